/** Events of the log on their way to readers: what is closed to one is passed over before it is read. */
import { LRUCache } from 'lru-cache';
import { canSee, type Viewer } from '../../domain/shared/access.js';
import { aggregateNamed, is, splitStream } from '../../domain/registry.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { Recorded } from '../../projections/engine/view.js';
import { decode, type Engine } from '../../projections/engine/engine.js';
import { accessRow } from './deps.js';
import { seesRefusal } from './refusal-sight.js';

type Logged = Parameters<typeof decode>[0];
/** An event that is open to a reader, and the access row of its record. */
export interface OpenEvent {
  readonly e: Recorded;
  readonly row: AccessRow;
}

/** Events kept decoded: a memory bound, nothing else. */
const mostDecoded = 4096;

export class OpenEvents {
  /** Many who read from one position read the same events at much the same time. */
  readonly #decoded = new LRUCache<number, Recorded>({ max: mostDecoded });

  constructor(private readonly engine: Engine) {}

  /**
   * The event where this reader may see it. Most are decided by the record, its version and its type alone:
   * only what may be open is decoded. `within` says by its record whether it is asked for; a day's refusals
   * of an account stand in one stream, each of its own place and programme, and are asked about with that.
   */
  of(
    viewer: Viewer,
    logged: Logged,
    within: (row: AccessRow) => boolean = () => true,
  ): OpenEvent | undefined {
    const [aggregate, id] = splitStream(logged.stream);
    const refusal = aggregate === 'refusal';
    if (refusal && !viewer.grants.some((g) => g.role === 'auditor')) return undefined;
    const row = accessRow(this.engine, aggregate, id);
    if (
      !row ||
      !(
        refusal ||
        (canSee(viewer, row, { version: logged.version, private: alwaysWithheld(aggregate, logged.type) }) &&
          within(row))
      )
    )
      return undefined;
    const e = this.#decode(logged);
    if (!refusal) return canSee(viewer, row, e) ? { e, row } : undefined;
    if (!is(e, 'refusal', 'CommandRefused')) return undefined;
    const own = { ...row, placeId: e.data.placeId, programmeId: e.data.programmeId };
    return seesRefusal(this.engine, viewer, e.data) && within(own) ? { e, row: own } : undefined;
  }

  #decode(logged: Logged): Recorded {
    let e = this.#decoded.get(logged.position);
    if (!e) this.#decoded.set(logged.position, (e = decode(logged) as Recorded));
    return e;
  }
}

/** From whom every event of the type is withheld; what its data says is asked when it is read. */
function alwaysWithheld(aggregate: string, type: string) {
  const withheld = aggregateNamed(aggregate).events[type]?.private;
  return typeof withheld === 'function' ? false : (withheld ?? false);
}
