/** What a query may look at: the views, the day, and records as far as its reader sees them. */
import { audienceOf, canSee, type Audience, type Viewer } from '../../domain/shared/access.js';
import { londonDate } from '../../domain/shared/calendar.js';
import type { View } from '../../projections/engine/view.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { Shown } from '../server/reads.js';
import { Problem, notThere } from '../server/problem.js';
import { namedRow, viewerFor, type HttpDeps, type Principal } from './deps.js';
import type { Addresses } from './links.js';
import { NameResolver } from './name-resolver.js';
import { VisibleBarriers } from './visible-barriers.js';

/** From the narrowest audience to the widest. */
const width = { members: 0, programme: 1, public: 2 } as const;

/** Who asks, and of which moment. */
export interface Asked {
  readonly deps: HttpDeps;
  readonly viewer: Viewer;
  readonly addressOf: Addresses;
  readonly now: string;
  readonly audienceAsked: Audience | undefined;
  /** Is told which record is shown, and in which version: it is noted as read. */
  readonly shows: (shown: Shown) => void;
}

/**
 * One question: what its function is given beside what is asked of it, and what is kept while it is answered.
 * Views: `of` as they stand; `own` of the record asked for, at the moment asked for. Records: `visible` and
 * `asked` where the reader named them (a 404, or undefined), `seen` where nobody did, `link` and `nameFor`
 * for what an answer shows of others.
 */
export class QueryContext extends NameResolver {
  /** The log's time. */
  readonly now: string;
  /** That day in London. */
  readonly day: string;
  /** The audience that the reader asked for instead of their own. */
  readonly audienceAsked: Audience | undefined;
  /** To be told which record is shown, and in which version: it is noted as read. */
  readonly shows: (shown: Shown) => void;
  #barriers: VisibleBarriers | undefined;

  constructor({ deps, viewer, addressOf, now, audienceAsked, shows }: Asked) {
    super(deps, viewer, addressOf);
    this.now = now;
    this.day = londonDate(now);
    this.audienceAsked = audienceAsked;
    this.shows = shows;
  }

  /** The same question of today. */
  get today(): QueryContext {
    return this;
  }

  /** A command's: all that whoever gives it may see, with no address to link. */
  static ofCommand(deps: HttpDeps, principal: Principal, shows: Asked['shows'] = () => {}): QueryContext {
    const viewer = viewerFor(deps, principal);
    const now = deps.service.clock.now();
    return new QueryContext({ deps, viewer, addressOf: () => null, now, audienceAsked: undefined, shows });
  }

  /** The same question of another moment. */
  askedAt(now: string): Asked {
    const { deps, viewer, addressOf, audienceAsked, shows } = this;
    return { deps, viewer, addressOf, now, audienceAsked, shows };
  }

  /** Few questions look at barriers of many places. */
  get barriers(): VisibleBarriers {
    return (this.#barriers ??= new VisibleBarriers(this));
  }

  /**
   * As `of`, for the record asked for: the same view as it stood at the moment asked for (`asAt`), else as it
   * stands.
   */
  own<Q>(view: View<Q>): Q {
    return this.of(view);
  }

  /**
   * The access row of a record that the reader named and may see; undefined for a hidden one as for an
   * unknown one.
   */
  asked(aggregate: string, id: string): AccessRow | undefined {
    const row = namedRow(this.deps.service.engine, this.viewer.account, aggregate, id);
    return row && canSee(this.viewer, row) ? row : undefined;
  }

  /** As `asked`: a 404 instead of undefined. */
  visible(aggregate: string, id: string): AccessRow {
    const row = this.asked(aggregate, id);
    if (!row) throw notThere();
    return row;
  }

  /** The reader's audience for a place, or a wider one they asked for. */
  audience(placeId: string): Audience {
    const own = audienceOf(this.viewer, placeId);
    if (!this.audienceAsked) return own;
    if (width[this.audienceAsked] < width[own])
      throw new Problem(
        403,
        'AUDIENCE_TOO_NARROW',
        `You read this place as ${own}. Ask for that or a wider audience.`,
      );
    return this.audienceAsked;
  }
}
