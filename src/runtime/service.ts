/**
 * What everything below HTTP is put together from, whatever the log: execution, reactors, the keeping of
 * time. Put together in `node/node.ts`.
 */
import type { Database } from 'better-sqlite3';
import { dayEnds, closeDays, lapses } from '../process-managers/clock.js';
import { askToCommitment, orphanGuard, poolReserver } from '../process-managers/commitments.js';
import { discloser, signOffVoider, submissionAssembler } from '../process-managers/submissions.js';
import { closeDecisions } from '../process-managers/decision-closer.js';
import { ownershipEscalator } from '../process-managers/ownership-escalator.js';
import { withdrawals } from '../process-managers/withdrawals.js';
import { placeOpener } from '../process-managers/places.js';
import type { Reactors } from '../process-managers/runner.js';
import { type Checkpoints, type Reactor } from '../process-managers/runner.js';
import { Executor, type Clock } from '../commands/executor.js';
import type { Reference } from '../domain/shared/reference.js';
import type { EventLog, LogStatus } from '../log/event-log.js';
import { commitmentRegister } from '../projections/views/commitment-register.js';
import { poolLedger } from '../projections/views/pool-ledger.js';
import { decisionLog } from '../projections/views/decision-log.js';
import { access } from '../projections/views/access.js';
import { accounts } from '../projections/views/accounts.js';
import { waitsFor } from '../domain/progress/due-codes.js';
import { due } from '../projections/views/due.js';
import type { View } from '../projections/engine/view.js';
import { ViewNotLive, type Engine } from '../projections/engine/engine.js';
import { barrierRegister } from '../projections/views/barrier-register.js';
import { placeProgress } from '../projections/place-progress/place-progress.js';
import { register } from '../projections/views/register.js';
import { submissionTracker } from '../projections/views/submission-tracker.js';
import type { ReadsLog } from '../reads/reads-log.js';
import { returnFacts } from './return-facts.js';

export interface Service {
  readonly log: EventLog;
  readonly engine: Engine;
  readonly executor: Executor;
  readonly reactors: Reactors;
  readonly clock: Clock;
  readonly ref: Reference;
  /** Who read what of this node. */
  readonly reads: ReadsLog;
  /** Events as this node's views have seen them, never ahead of these. */
  readonly follow: EventLog['follow'];
  /** Position up to which this node's views stand. */
  position(): number;
  /** True once this node's views have seen a position; false when they have not in time. */
  waitForPosition(position: number): Promise<boolean>;
  /** When the newest of these was recorded, by the log's clock; empty where there is none. */
  newestAt(): string;
  /** How the log is, as this node sees it. */
  logStatus(): LogStatus;
  /** Resolves when no view is being built any more. */
  built(): Promise<void>;
  /**
   * Begins to build these views anew beside what is live, all where none is named; gives which. Throws a
   * `RangeError` for one that there is not.
   */
  rebuild(names: readonly string[]): readonly string[];
  /** To be told of what reading views gave: a damaged file is set aside and made anew. */
  viewsFailed(error: unknown): void;
  /**
   * Closes every decision and day whose time is over, lets the reactors act, and does so again whenever a
   * decision's time ends, and at each London midnight.
   */
  keepTime(): Promise<void>;
  /** The clock was set: when the day ends is reckoned anew. */
  clockSet(): void;
  /** Closes days up to now and waits until the reactors have acted. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The earliest instant after which something must happen: a decision's time is over, or the London day. */
export function nextInstant(engine: Engine, clock: Clock): string {
  const ends = dayEnds(clock);
  const closing =
    engine.status().find((v) => v.name === decisionLog.name)?.state === 'live'
      ? engine.queries(decisionLog).nextClosing()
      : undefined;
  return closing !== undefined && closing < ends ? closing : ends;
}

export interface ExecutorOn {
  /** No other process appends to this log. */
  readonly alone: boolean;
  /**
   * True while the views have not seen all that the log holds: what only they can answer is not asked then.
   */
  readonly behind?: () => boolean;
  readonly machine?: () => number;
}
export function executorOn(
  log: EventLog,
  engine: Engine,
  clock: Clock,
  ref: Reference,
  { alone, behind = () => false, machine }: ExecutorOn,
): Executor {
  const level = <Q>(view: View<Q>): Q => {
    const answers = engine.queries(view);
    if (behind()) throw new ViewNotLive(view.name, 'behind', 1);
    return answers;
  };
  return new Executor({
    log,
    clock,
    ref,
    alone,
    ...(machine ? { machine } : {}),
    views: {
      agenciesWithIdentifier: (...of) => level(register).agenciesWithIdentifier(...of),
      agencyReferenced: (id) => level(register).agencyReferenced(id),
      accountOfSubject: (binding) => level(accounts).ofSubject(binding),
      accountsHolding: (grant, day) => level(accounts).holding(grant, day),
      isAccountableBody: (agencyId) => level(access).isAccountableBody(agencyId),
      certificationsDue: (agencyId) =>
        level(due)
          .waitingFor(`agency:${agencyId}`)
          .some((item) => waitsFor(item, { role: 'finance-officer', agency: agencyId }) !== undefined),
      // There is no record of audit cases yet, so none is open.
      openCases: () => [],
      liveCommitments: (placeId) => level(placeProgress).liveCommitments(placeId),
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

/**
 * Milliseconds between two wake-ups of the timekeeper: at least, and after one that failed; at most; and how
 * far past an end it wakes.
 */
const [soonestMs, afterFailureMs, longestSleepMs, pastMs] = [20, 1_000, 60_000, 5];

/** Decisions and days are closed at their end by the log's clock; it wakes when the next of them ends. */
export function timekeeper(
  executor: Executor,
  engine: Engine,
  reactors: Reactors,
  clock: Clock,
  onError: (error: unknown) => void,
): Timekeeper {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** What could not be done is tried again, but not at once. */
  let soonest = soonestMs;
  async function close(): Promise<void> {
    const programmes = engine
      .queries(register)
      .programmes()
      .map((p) => p.id);
    await closeDays(executor, clock, programmes, (instant) =>
      closeDecisions(executor, engine.queries(decisionLog).overdue(instant)),
    );
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
    const wait =
      'until' in clock
        ? ((clock as { until(i: string): number | undefined }).until(at) ?? Infinity)
        : Date.parse(at) - Date.now();
    const failed = (error: unknown): void => {
      onError(error);
      soonest = afterFailureMs;
    };
    // No longer: what another node opened may end sooner than anything this one knew when it fell
    // asleep.
    timer = setTimeout(
      () => void ((soonest = soonestMs), tick().catch(failed).then(wake)),
      Math.min(Math.max(wait + pastMs, soonest), longestSleepMs),
    );
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

/** Milliseconds after which what a reactor has come to is written. */
const writeAfterMs = 5_000;
/** Kept in memory, written now and then beside the views: they only save work. */
export function storedCheckpoints(file: () => Database): Checkpoints & { save(): void } {
  const known = new Map<string, number>();
  // By the file: views that were copied or found damaged are another one, and its statements are made anew.
  const sql = new WeakMap<Database, ReturnType<typeof prepared>>();
  const prepared = (db: Database) => {
    db.exec('CREATE TABLE IF NOT EXISTS reactors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT');
    return {
      get: db.prepare<[string], number>('SELECT position FROM reactors WHERE name = ?').pluck(),
      put: db.prepare<[string, number]>('INSERT OR REPLACE INTO reactors VALUES (?, ?)'),
    };
  };
  const statements = (): ReturnType<typeof prepared> => {
    const db = file();
    let s = sql.get(db);
    if (!s) sql.set(db, (s = prepared(db)));
    return s;
  };
  let timer: NodeJS.Timeout | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const { put } = statements();
    file().transaction(() => known.forEach((position, name) => put.run(name, position)))();
  };
  return {
    get: (name) => known.get(name) ?? statements().get.get(name) ?? 0,
    set(name, position) {
      known.set(name, position);
      // What could not be written now is written with what comes.
      timer ??= setTimeout(() => {
        try {
          if (file().open) save();
        } catch {
          timer = undefined;
        }
      }, writeAfterMs).unref();
    },
    save,
  };
}
