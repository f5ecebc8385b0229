/**
 * A node on a log that others share: its own file of views, fed by one follower; commands decided on states that are brought up
 * to date first. Every node is equal, and any may be killed.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from '../log/driver.js';
import type { Clock } from '../commands/execute.js';
import { Reactors } from '../commands/reactors/runner.js';
import type { Reference } from '../domain/reference.js';
import type { EventLog } from '../log/event-log.js';
import { Engine } from '../projections/engine.js';
import { views } from '../projections/index.js';
import { executorOn, reactorsOf, storedCheckpoints, timekeeper, type Service } from '../service.js';
import { takeLock } from '../log/sqlite/lock.js';
import { Follower } from './follower.js';
import { copies, type ViewsCopy } from './give.js';

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
}

/** A service on its own view file. */
export interface NodeService extends Service {
  readonly db: Database.Database;
  readonly follower: Follower;
  /** A copy of the view file for another node; undefined while there is none to give, or another is being given. */
  copyOfViews(): Promise<ViewsCopy | undefined>;
  /** Aborts when the service closes. */
  readonly closing: AbortSignal;
}

export const viewFile = (dataDir: string): string => join(dataDir, 'views.db');

/** A node's view file, opened and locked: a second process on it would follow beside the first. */
export interface OpenViews {
  readonly db: Database.Database;
  readonly follower: Follower;
  readonly engine: Engine;
  close(): void;
}

/** Throws `OtherLog` when the file was made from another log. */
export function openViews({ log, dataDir, ref, onError = () => {} }: Pick<NodeOptions, 'log' | 'dataDir' | 'ref' | 'onError'>): OpenViews {
  mkdirSync(dataDir, { recursive: true });
  const file = viewFile(dataDir);
  const lock = takeLock(`${file}.lock`, `another process keeps its views in ${dataDir}. Stop it, or give this one another DATA_DIR: each node has its own`);
  const db = new Database(file);
  const close = (): void => {
    db.close();
    lock.close();
  };
  try {
    db.pragma('journal_mode = WAL');
    // What a power cut takes is applied again from the log: effect and cursor are one transaction.
    db.pragma('synchronous = NORMAL');
    db.pragma('busy_timeout = 5000');
    const follower = new Follower(db, log, onError);
    const engine = new Engine(db, views, ref, { readAll: () => [], head: () => follower.position, end: () => follower.end });
    return { db, follower, engine, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Opens the view file and begins to follow. Throws `OtherLog` when the file was made from another log. */
export function openNode({ log, dataDir, clock, ref, holdReactors = false, onError = () => {}, readAfterMs = 2_000 }: NodeOptions): NodeService {
  const { db, follower, engine, close } = openViews({ log, dataDir, ref, onError });
  const executor = executorOn(log, engine, clock, ref, false);
  const checkpoints = storedCheckpoints(db);
  const reactors = new Reactors(follower, executor, reactorsOf(executor, engine), checkpoints, onError);
  const { built } = follower.start(engine);
  const closing = new AbortController();
  // Reactors look into the views, so they wait for them.
  void built.then(
    () => holdReactors || closing.signal.aborted || reactors.start(),
    () => {},
  );
  const time = timekeeper(executor, engine, reactors, clock, onError);
  return {
    log,
    db,
    follower,
    closing: closing.signal,
    copyOfViews: copies(db, dataDir, () => follower.position > 0),
    engine,
    executor,
    reactors,
    clock,
    ref,
    follow: (from, onBatch, signal) => follower.follow(from, onBatch, signal),
    position: () => follower.position,
    seen: (position) => follower.seen(position, readAfterMs),
    newestAt: () => follower.at,
    logStatus() {
      const status = log.status();
      const lastError = status.lastError ?? follower.lastError;
      return follower.refused ? { ...status, state: 'refused', lastError: follower.refused.message } : { ...status, ...(lastError ? { lastError } : {}) };
    },
    built: () => built,
    settle: time.settle,
    keepTime: time.keep,
    clockSet: time.clockSet,
    async close() {
      closing.abort();
      time.stop();
      await Promise.all([reactors.stop(), follower.stop()]);
      checkpoints.save();
      await log.close();
      close();
    },
  };
}
