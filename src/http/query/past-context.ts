/**
 * A list, or a docket, as it stood (`?asAt=`): the very query of today, over views that hold the records it
 * is made of as they stood then (docs/adr/0036). What a reader is told of them is what both today and then
 * allow.
 */
import { canSee, type Audience } from '../../domain/shared/access.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { PastsBusy, PastViews, Pasts } from '../../projections/engine/past.js';
import type { Engine } from '../../projections/engine/engine.js';
import type { View, Views } from '../../projections/engine/view.js';
import type { AccessRow } from '../../projections/views/access.js';
import { access } from '../../projections/views/access.js';
import { barrierRegister } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { decisionLog } from '../../projections/views/decision-log.js';
import { names } from '../../projections/views/names.js';
import { register } from '../../projections/views/register.js';
import { submissionTracker } from '../../projections/views/submission-tracker.js';
import { timeline } from '../../projections/views/timeline.js';
import { Problem, notThere } from '../server/problem.js';
import { notYet, tellsNotYet } from './as-at.js';
import { QueryContext } from './context.js';
import { eventsOf, recordsIn, type PastOf } from './past-streams.js';
import { VisibleBarriers, type PlaceAudiences } from './visible-barriers.js';

/**
 * Views that say how records stand. Of the others each row is of one event and never changes: what was
 * recorded later is passed over by whoever walks them.
 */
const standing: readonly View[] = [
  access,
  register,
  names,
  placeProgress,
  barrierRegister,
  commitmentRegister,
  decisionLog,
  submissionTracker,
];

/** Beside the engine whose log they are of. */
const pasts = new WeakMap<Engine, Pasts>();
const pastsOf = (engine: Engine): Pasts => {
  let kept = pasts.get(engine);
  if (!kept) pasts.set(engine, (kept = new Pasts(() => new PastViews(engine.replay, standing))));
  return kept;
};

/**
 * Barriers of places that are not among the records of this past: whether there was one follows from when it
 * was opened to an audience, which it stays.
 */
class BarriersThen extends VisibleBarriers {
  readonly #context: PastContext;
  constructor(context: PastContext) {
    super(context);
    this.#context = context;
  }
  override inAny(places: PlaceAudiences): boolean {
    const { today } = this.#context;
    const { streamsOf } = today.of(barrierRegister);
    return [...places].some(([id, audience]) =>
      streamsOf(id).some((stream) => this.#wasOpen(stream, audience)),
    );
  }
  #wasOpen(stream: string, audience: Audience): boolean {
    const { today, now } = this.#context;
    const row = today.of(access).ofStream(stream);
    if (!row || !isShownTo(row.tier, audience)) return false;
    const since = {
      members: 1,
      programme: row.programmeSince ?? row.tierSince,
      public: row.tierSince,
    }[audience];
    const openedAt = today.of(timeline).versionRecordedAt(stream, Math.max(1, since));
    return openedAt !== undefined && openedAt <= now;
  }
}

/** A question about many records as they stood. Links lead to each as it stood at the same instant. */
export class PastContext extends QueryContext {
  readonly #today: QueryContext;
  readonly #views: PastViews;
  #barriersThen: BarriersThen | undefined;

  constructor(today: QueryContext, instant: string, views: PastViews) {
    super(today.askedAt(instant));
    this.#today = today;
    this.#views = views;
  }

  override get today(): QueryContext {
    return this.#today;
  }
  override get views(): Views {
    return this.#views;
  }
  override of<Q>(view: View<Q>): Q {
    return this.#views.has(view) ? this.#views.queries(view) : this.today.of(view);
  }
  override get barriers(): VisibleBarriers {
    return (this.#barriersThen ??= new BarriersThen(this));
  }

  /** The row then, of a record that may be seen now and might be seen then. */
  override seen(aggregate: string, id: string): AccessRow | undefined {
    if (!this.today.seen(aggregate, id)) return undefined;
    const then = this.of(access).record(aggregate, id);
    return then && canSee(this.viewer, then) ? then : undefined;
  }
  override asked(aggregate: string, id: string): AccessRow | undefined {
    return this.today.asked(aggregate, id) && this.seen(aggregate, id);
  }
  override visible(aggregate: string, id: string): AccessRow {
    const now = this.today.visible(aggregate, id);
    const then = this.of(access).record(aggregate, id);
    if (!then && tellsNotYet(this, now)) throw new Problem(404, notYet.code, notYet.text);
    if (!then || !canSee(this.viewer, then)) throw notThere();
    return then;
  }
  override link(aggregate: string, id: string): string | null {
    const address = this.seen(aggregate, id) ? this.today.link(aggregate, id) : null;
    return address === null ? null : `${address}?asAt=${this.now}`;
  }
}

/** Milliseconds after which nobody records what belongs before: clocks of nodes differ by less. */
const settledAfter = 60_000;

/** What `work` answers of a past; many that ask for the same one share it. */
export async function inPast<R>(
  context: QueryContext,
  past: PastOf,
  instant: string,
  work: (then: PastContext) => R | Promise<R>,
): Promise<R> {
  const { service, slices } = context.deps;
  const records = await recordsIn(context, past, instant);
  const isSettled = Date.parse(service.newestAt()) - Date.parse(instant) > settledAfter;
  const key = `${past.name} ${instant} ${isSettled ? '' : service.position()}`;
  const fill = async (views: PastViews): Promise<void> => {
    const events = await eventsOf(context, past, records, instant);
    let slice = await slices.turn();
    try {
      await views.fill(events, async () => {
        if (slice.over) slice = await slices.turn();
      });
    } finally {
      slice.end();
    }
  };
  try {
    return await pastsOf(service.engine).lend(key, fill, (views) =>
      work(new PastContext(context, instant, views)),
    );
  } catch (error) {
    if (!(error instanceof PastsBusy)) throw error;
    throw new Problem(503, 'TOO_BUSY', 'Many ask about the past at once. Try again in 5 seconds.', {
      headers: { 'retry-after': '5' },
    });
  }
}
