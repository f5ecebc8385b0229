/**
 * A service on a log: its own file of views, fed by one follower. On a log that others share commands are
 * decided on states that are brought up to date first: every node is equal, and any may be killed. On a log
 * of its own nobody else appends.
 */
import type Database from '../../log/sqlite/driver.js';
import type { Clock } from '../../commands/executor.js';
import { Reactors } from '../../process-managers/runner.js';
import type { Reference } from '../../domain/shared/reference.js';
import type { EventLog, LoggedEvent } from '../../log/event-log.js';
import { ReadsLog } from '../../reads/reads-log.js';
import { executorOn, reactorsOf, storedCheckpoints, timekeeper, type Service } from '../service.js';
import type { Follower } from './follower.js';
import { copies, type ViewsCopy } from './give.js';
import { openViews } from './open-views.js';

export interface NodeOptions {
  /** Opened by the caller, closed with the service. */
  readonly log: EventLog;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ref: Reference;
  /** The caller starts the reactors, once the views are built and the clock by which they act is set. */
  readonly holdReactors?: boolean;
  readonly onError?: (error: unknown) => void;
  /** How long a reader waits for a position it has seen elsewhere. */
  readonly readAfterMs?: number;
  /** Milliseconds of the machine, by which refusals are counted. */
  readonly machine?: () => number;
  /** Days for which it is kept who read what. */
  readonly readsKeptDays?: number;
}
/** A log of this process: what it holds is known without asking. */
export type OwnLog = EventLog & {
  readonly newest: number;
  onCommitted: (events: readonly LoggedEvent[]) => void;
};

/** A service on its own view file. */
export interface NodeService extends Service {
  readonly dataDir: string;
  /** The view file in use now. */
  readonly db: Database.Database;
  readonly follower: Follower;
  /**
   * A copy of the view file for another node of the log; undefined while there is none to give, or another is
   * being given.
   */
  copyOfViews?(): Promise<ViewsCopy | undefined>;
  /** Aborts when the service closes. */
  readonly closing: AbortSignal;
}

/**
 * Opens the view file and begins to follow. Throws `OtherLog` when the file was made from another log. `own`:
 * the same log, where it is this process's.
 */
export function openNode(
  {
    log,
    dataDir,
    clock,
    ref,
    holdReactors = false,
    onError: tell = () => {},
    readAfterMs = 2_000,
    machine,
    readsKeptDays,
  }: NodeOptions,
  own?: OwnLog,
): NodeService {
  const views = openViews({ log, dataDir, ref, onError: tell });
  const { follower, engine } = views;
  const reads = new ReadsLog({
    dataDir,
    clock,
    onError: tell,
    ...(readsKeptDays === undefined ? {} : { keptDays: readsKeptDays }),
  });
  // Whoever reads views may be the first to find their file damaged.
  const onError = (error: unknown): void => (tell(error), views.failed(error));
  const executor = executorOn(log, engine, clock, ref, {
    alone: own !== undefined,
    behind: () => follower.position < (own?.newest ?? 0),
    ...(machine ? { machine } : {}),
  });
  const checkpoints = storedCheckpoints(views.db);
  const reactors = new Reactors(follower, executor, reactorsOf(executor, engine), checkpoints, onError);
  if (own) own.onCommitted = (events) => follower.take(events);
  const { built } = follower.start(engine);
  const closing = new AbortController();
  // Reactors look into the views, so they wait for them.
  void built.then(
    () => holdReactors || closing.signal.aborted || reactors.start(),
    () => {},
  );
  // Warm states are known by what the views were shown; on a log of its own they are all there is.
  if (!own)
    void built
      .then(() => executor.lanes.follow(follower, follower.position, closing.signal))
      .catch((error: unknown) => follower.refused || onError(error));
  let levelAt: number | undefined;
  /** Of what this process wrote, views see all in the turn of its commit: those that do not, could not. */
  const lagOf = ({ newest }: OwnLog): { lag?: number } => {
    const now = performance.now();
    if (follower.position >= newest) levelAt = now;
    return levelAt === undefined ? {} : { lag: now - levelAt };
  };
  const time = timekeeper(executor, engine, reactors, clock, onError);
  return {
    log,
    dataDir,
    get db() {
      return views.db();
    },
    follower,
    closing: closing.signal,
    ...(own ? {} : { copyOfViews: copies(views.db, dataDir, () => follower.position > 0) }),
    engine,
    executor,
    reactors,
    clock,
    ref,
    reads,
    follow: (from, onBatch, signal) => follower.follow(from, onBatch, signal),
    position: () => follower.position,
    waitForPosition: (position) => follower.waitForPosition(position, readAfterMs),
    newestAt: () => follower.at,
    logStatus() {
      const status = own ? { ...log.status(), ...lagOf(own) } : log.status();
      const lastError = status.lastError ?? follower.lastError;
      return follower.refused
        ? { ...status, state: 'refused', lastError: follower.refused.message }
        : { ...status, ...(lastError ? { lastError } : {}) };
    },
    built: () => follower.built,
    viewsFailed: (error) => views.failed(error),
    rebuild(names) {
      const wanted = names.length > 0 ? names : engine.status().map((v) => v.name);
      for (const name of wanted) engine.rebuild(name);
      void follower.build();
      return wanted;
    },
    settle: time.settle,
    keepTime: time.keep,
    clockSet: time.clockSet,
    async close() {
      closing.abort();
      time.stop();
      await Promise.all([reactors.stop(), follower.stop()]);
      try {
        checkpoints.save();
      } catch (error) {
        // They only save work; the log is closed whatever becomes of the views.
        tell(error);
      }
      reads.close();
      try {
        await log.close();
      } finally {
        views.close();
      }
    },
  };
}
