/**
 * Everything below HTTP, put together: log, views, execution, reactors, days. On the embedded log here, with the views in the
 * log's own file and transaction; on a log that other nodes share in `node/node.ts`.
 */
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { dayEnds, closeDays, lapses } from './commands/reactors/clock.js';
import { askToCommitment, orphanGuard, poolReserver } from './commands/reactors/commitments.js';
import { discloser, signOffVoider, submissionAssembler } from './commands/reactors/submissions.js';
import { closeDecisions } from './commands/reactors/decision-closer.js';
import { ownershipEscalator } from './commands/reactors/ownership-escalator.js';
import { withdrawals } from './commands/reactors/withdrawals.js';
import { placeOpener } from './commands/reactors/places.js';
import { Reactors, type Checkpoints, type Reactor } from './commands/reactors/runner.js';
import { Executor, type Clock } from './commands/execute.js';
import type { Reference } from './domain/reference.js';
import type { EventLog, LogIdentity, LogStatus } from './log/event-log.js';
import { SqliteLog } from './log/sqlite-log.js';
import { commitmentRegister } from './projections/commitment-register.js';
import { poolLedger } from './projections/pool-ledger.js';
import { decisionLog } from './projections/decision-log.js';
import { due } from './projections/due.js';
import { Engine } from './projections/engine.js';
import { views } from './projections/index.js';
import { barrierRegister } from './projections/barrier-register.js';
import { placeProgress } from './projections/place-progress.js';
import { register } from './projections/register.js';
import { submissionTracker } from './projections/submission-tracker.js';
import { returnFacts } from './return-facts.js';

export interface Service {
  readonly log: EventLog;
  readonly engine: Engine;
  readonly executor: Executor;
  readonly reactors: Reactors;
  readonly clock: Clock;
  readonly ref: Reference;
  /** Events as this node's views have seen them, never ahead of these. */
  readonly follow: EventLog['follow'];
  /** Position up to which this node's views stand. */
  position(): number;
  /** True once this node's views have seen a position; false when they have not in time. */
  seen(position: number): Promise<boolean>;
  /** When the newest of these was recorded, by the log's clock; empty where there is none. */
  newestAt(): string;
  /** How the log is, as this node sees it. */
  logStatus(): LogStatus;
  /** Resolves when no view is being built any more. */
  built(): Promise<void>;
  /** Closes every decision and day whose time is over, lets the reactors act, and does so again whenever a decision's time ends, and at each London midnight. */
  keepTime(): Promise<void>;
  /** The clock was set: when the day ends is reckoned anew. */
  clockSet(): void;
  /** Closes days up to now and waits until the reactors have acted. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** A service whose log and views are one file of this machine. */
export interface EmbeddedService extends Service {
  readonly log: SqliteLog;
}

export interface ServiceOptions {
  readonly dataDir: string;
  readonly clockKind: LogIdentity['clock'];
  readonly clock: Clock;
  readonly ref: Reference;
  /** The caller starts the reactors, once the clock by which they act is set. */
  readonly holdReactors?: boolean;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds of the machine, by which refusals are counted. */
  readonly machine?: () => number;
}

export const logFile = (dataDir: string): string => join(dataDir, 'total-place.db');

/** Opens the embedded log and what stands on it. Views that are not live are built in the background by `engine.catchUp()`. */
export function openService({ dataDir, clockKind, clock, ref, holdReactors = false, onError = () => {}, machine }: ServiceOptions): EmbeddedService {
  const log = new SqliteLog(logFile(dataDir), { clock: clockKind });
  const engine = openEngine(log, ref);
  const executor = executorOn(log, engine, clock, ref, true, machine);
  const checkpoints = storedCheckpoints(log.db);
  const reactors = new Reactors(log, executor, reactorsOf(executor, engine), checkpoints, onError);
  if (!holdReactors) reactors.start();
  const time = timekeeper(executor, engine, reactors, clock, onError);
  return {
    log,
    engine,
    executor,
    reactors,
    clock,
    ref,
    follow: (from, onBatch, signal) => log.follow(from, onBatch, signal),
    position: () => engine.source.head(),
    seen: async (position) => position <= engine.source.head(),
    newestAt() {
      const newest = log.readAll(engine.source.head() - 1, 1)[0];
      return newest ? (JSON.parse(newest.body) as { recordedAt: string }).recordedAt : '';
    },
    logStatus: () => log.status(),
    built: () => engine.catchUp(),
    settle: time.settle,
    keepTime: time.keep,
    clockSet: time.clockSet,
    async close() {
      time.stop();
      await reactors.stop();
      checkpoints.save();
      await log.close();
    },
  };
}

/** The earliest instant after which something must happen: a decision's time is over, or the London day. */
export function nextInstant(engine: Engine, clock: Clock): string {
  const ends = dayEnds(clock);
  const closing = engine.status().find((v) => v.name === decisionLog.name)?.state === 'live' ? engine.queries(decisionLog).nextClosing() : undefined;
  return closing !== undefined && closing < ends ? closing : ends;
}

/** Views on a log's own file: changed in the log's transaction. */
export function openEngine(log: SqliteLog, ref: Reference): Engine {
  const newest = log.db.prepare<[], number>('SELECT position FROM events ORDER BY position DESC LIMIT 1').pluck();
  const engine = new Engine(log.db, views, ref, { readAll: (after, limit) => log.readAll(after, limit), head: () => newest.get() ?? 0 });
  log.inline = (events) => engine.apply(events);
  log.onInlineFailure = (error) => void engine.stopCurrent(error);
  log.onRollback = () => engine.rolledBack();
  return engine;
}

/** `alone`: no other process appends to this log. */
export function executorOn(log: EventLog, engine: Engine, clock: Clock, ref: Reference, alone: boolean, machine?: () => number): Executor {
  return new Executor({
    log,
    clock,
    ref,
    alone,
    ...(machine ? { machine } : {}),
    views: {
      agenciesWithIdentifier: (...of) => engine.queries(register).agenciesWithIdentifier(...of),
      agencyReferenced: (id) => engine.queries(register).agencyReferenced(id),
      liveCommitments: (placeId) => engine.queries(placeProgress).liveCommitments(placeId),
    },
  });
}

export function reactorsOf(executor: Executor, engine: Engine): Reactor[] {
  const dueNow = () => engine.queries(due);
  return [
    placeOpener,
    lapses(
      executor,
      () => dueNow().open(),
      (programmeId, day) => engine.queries(barrierRegister).claimed(programmeId, day),
    ),
    withdrawals((placeId) => engine.queries(barrierRegister).joinedBy(placeId)),
    ownershipEscalator((day) => dueNow().overdue(day), executor),
    askToCommitment(executor),
    poolReserver(executor),
    orphanGuard(executor, {
      commitments: (agencyId) => engine.queries(commitmentRegister).liveOf(agencyId),
      pools: (agencyId, before) => engine.queries(poolLedger).pledgedTo(agencyId, before),
    }),
    submissionAssembler(returnFacts(engine)),
    signOffVoider((aggregate, id) => engine.queries(submissionTracker).pinning(aggregate, id)),
    discloser,
  ];
}

export interface Timekeeper {
  settle(): Promise<void>;
  keep(): Promise<void>;
  clockSet(): void;
  stop(): void;
}

/** Decisions and days are closed at their end by the log's clock; it wakes when the next of them ends. */
export function timekeeper(executor: Executor, engine: Engine, reactors: Reactors, clock: Clock, onError: (error: unknown) => void): Timekeeper {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** What could not be done is tried again, but not at once. */
  let soonest = 20;
  async function close(): Promise<void> {
    const programmes = engine
      .queries(register)
      .programmes()
      .map((p) => p.id);
    await closeDays(executor, clock, programmes, (instant) => closeDecisions(executor, engine.queries(decisionLog).overdue(instant)));
  }
  async function settle(): Promise<void> {
    await reactors.idle();
    await close();
    await reactors.idle();
  }
  function wake(): void {
    if (stopped) return;
    const at = nextInstant(engine, clock);
    // A clock that stands reaches no instant.
    const wait = 'until' in clock ? ((clock as { until(i: string): number | undefined }).until(at) ?? Infinity) : Date.parse(at) - Date.now();
    const failed = (error: unknown): void => {
      onError(error);
      soonest = 1000;
    };
    // A minute at most: what another node opened may end sooner than anything this one knew when it fell asleep.
    timer = setTimeout(() => void ((soonest = 20), tick().catch(failed).then(wake)), Math.min(Math.max(wait + 5, soonest), 60_000));
    timer.unref();
  }
  /** What stands in the log now is reacted to first; under constant writes "idle" might never come. */
  async function tick(): Promise<void> {
    await reactors.reached(await reactors.log.head());
    await close();
  }
  return {
    settle,
    async keep() {
      await tick().catch(onError);
      wake();
    },
    clockSet() {
      if (!timer) return;
      clearTimeout(timer);
      wake();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Kept in memory, written now and then: they only save work. */
export function storedCheckpoints(db: Database): Checkpoints & { save(): void } {
  db.exec('CREATE TABLE IF NOT EXISTS reactors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT');
  const get = db.prepare<[string], number>('SELECT position FROM reactors WHERE name = ?').pluck();
  const put = db.prepare('INSERT OR REPLACE INTO reactors VALUES (?, ?)');
  const known = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    db.transaction(() => known.forEach((position, name) => put.run(name, position)))();
  };
  return {
    get: (name) => known.get(name) ?? get.get(name) ?? 0,
    set(name, position) {
      known.set(name, position);
      timer ??= setTimeout(() => db.open && save(), 5_000).unref();
    },
    save,
  };
}
