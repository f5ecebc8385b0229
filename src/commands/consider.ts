/**
 * What somebody asks of a record without giving a command: judged on its durable state, in one turn, so that
 * everything in one answer is of one version. Nothing is queued, folded or written.
 */
import type { Context, Loaded, States } from '../domain/kernel/types.js';
import { ClockInDoubt } from './clock-watch.js';
import type { Looks, Stand } from './judge.js';
import { Suspended, type Lane, type Lanes } from './lanes.js';
import type { ExecutorDeps } from './request.js';

/** A record as it stands in the log: `done` is what a command's id wrote there. */
export interface Standing extends Omit<Stand, 'done'> {
  done(commandId: string): Stand['done'];
}

/**
 * Calls `look` with a record and what may be read beside it; again from the start where something must be
 * fetched first, so that it does nothing but answer. What it answers must hold none of the states: they
 * change. Throws `Unavailable`, `ClockInDoubt` and what a view check throws.
 */
export async function consider<T>(
  { deps, lanes }: { readonly deps: ExecutorDeps; readonly lanes: Lanes },
  aggregate: keyof States & string,
  recordId: string,
  look: (standing: Standing, looks: Looks) => T,
): Promise<T> {
  const moment = lanes.fence.next();
  const durable = (lane: Lane): Loaded => (deps.alone ? lane.durable() : lane.durableSince(moment));
  const read: Context['read'] = <K extends keyof States>(name: K, id: string) =>
    durable(lanes.get(`${name}-${id}`)) as Loaded<States[K]>;
  const { clock, ref, views } = deps;
  for (;;) {
    try {
      const lane = lanes.get(`${aggregate}-${recordId}`);
      const loaded = durable(lane);
      if (clock.doubt?.()) throw new ClockInDoubt();
      const wall = clock.now();
      const now = loaded.lastAt && loaded.lastAt > wall ? loaded.lastAt : wall;
      const done = (commandId: string): Stand['done'] => lane.receipts.get(commandId);
      return look({ aggregate: lane.aggregate, recordId, loaded, done }, { now, ref, views, read });
    } catch (error) {
      if (!(error instanceof Suspended)) throw error;
      await error.ready();
    }
  }
}
