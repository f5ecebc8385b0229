/** The barriers of places as the audiences of the places see them. */
import type { Audience } from '../../domain/shared/access.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import { barrierRegister, type BarrierRow } from '../../projections/views/barrier-register.js';
import { tierOf } from './deps.js';
import type { NameResolver } from './name-resolver.js';

/** For each place of an answer, what is told of it. */
export type PlaceAudiences = ReadonlyMap<string, Audience>;

/** Read once for each question: an answer about many departments asks of the same places over again. */
export class VisibleBarriers {
  readonly #ofPlace = new Map<string, readonly BarrierRow[]>();
  readonly #inAny = new Map<PlaceAudiences, boolean>();

  constructor(private readonly context: Pick<NameResolver, 'views' | 'of'>) {}

  /** Those raised by a place that an audience may see. */
  ofPlace(placeId: string, audience: Audience): readonly BarrierRow[] {
    const key = `${placeId}.${audience}`;
    let found = this.#ofPlace.get(key);
    if (!found) {
      found = this.context
        .of(barrierRegister)
        .list(placeId)
        .filter((barrier) => isShownTo(tierOf(this.context.views, 'barrier', barrier.id), audience));
      this.#ofPlace.set(key, found);
    }
    return found;
  }

  /** Does the audience of any of these places see a barrier there? */
  inAny(places: PlaceAudiences): boolean {
    let found = this.#inAny.get(places);
    if (found === undefined) {
      found = this.context
        .of(barrierRegister)
        .places()
        .some((id) => {
          const audience = places.get(id);
          return audience !== undefined && this.ofPlace(id, audience).length > 0;
        });
      this.#inAny.set(places, found);
    }
    return found;
  }
}
