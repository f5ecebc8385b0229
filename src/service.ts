/** Everything below HTTP, put together on the embedded log: log, views, execution, reactors, days. */
import { join } from 'node:path';
import { dayEnds, closeDays, lapses } from './commands/reactors/clock.js';
import { askToCommitment, orphanGuard, poolReserver } from './commands/reactors/commitments.js';
import { discloser, signOffVoider, submissionAssembler } from './commands/reactors/submissions.js';
import { closeDecisions } from './commands/reactors/decision-closer.js';
import { ownershipEscalator } from './commands/reactors/ownership-escalator.js';
import { placeOpener } from './commands/reactors/places.js';
import { Reactors, type Checkpoints, type Reactor } from './commands/reactors/runner.js';
import { Executor, type Clock } from './commands/execute.js';
import type { Reference } from './domain/reference.js';
import type { LogIdentity } from './log/event-log.js';
import { SqliteLog } from './log/sqlite-log.js';
import { access } from './projections/access.js';
import { commitmentRegister } from './projections/commitment-register.js';
import { decisionLog } from './projections/decision-log.js';
import { due } from './projections/due.js';
import { Engine } from './projections/engine.js';
import { views } from './projections/index.js';
import { poolLedger } from './projections/pool-ledger.js';
import { register } from './projections/register.js';
import { submissionTracker } from './projections/submission-tracker.js';

export interface Service {
  readonly log: SqliteLog;
  readonly engine: Engine;
  readonly executor: Executor;
  readonly reactors: Reactors;
  readonly clock: Clock;
  readonly ref: Reference;
  /** Closes every decision and day whose time is over, lets the reactors act, and does so again whenever a decision's time ends, and at each London midnight. */
  keepTime(): Promise<void>;
  /** Closes days up to now and waits until the reactors have acted. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly dataDir: string;
  readonly clockKind: LogIdentity['clock'];
  readonly clock: Clock;
  readonly ref: Reference;
  readonly onError?: (error: unknown) => void;
}

export const logFile = (dataDir: string): string => join(dataDir, 'total-place.db');

/** Opens the embedded log and what stands on it. Views that are not live are built in the background by `engine.catchUp()`. */
export function openService({ dataDir, clockKind, clock, ref, onError = () => {} }: ServiceOptions): Service {
  const log = new SqliteLog(logFile(dataDir), { clock: clockKind });
  const engine = openEngine(log, ref);
  const executor = new Executor({
    log,
    clock,
    ref,
    views: {
      agenciesWithIdentifier: (scheme, code) => engine.queries(register).agenciesWithIdentifier(scheme, code),
      agencyReferenced: (id) => engine.queries(register).agencyReferenced(id),
    },
  });
  const checkpoints = storedCheckpoints(log);
  const reactors = new Reactors(log, executor, reactorsOf(executor, engine, ref), checkpoints, onError);
  reactors.start();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function settle(): Promise<void> {
    await reactors.idle();
    const programmes = engine
      .queries(register)
      .programmes()
      .map((p) => p.id);
    await closeDays(executor, clock, programmes, (instant) => closeDecisions(executor, engine.queries(decisionLog).overdue(instant)));
    await reactors.idle();
  }
  function wake(): void {
    if (closed) return;
    const at = nextInstant(engine, clock);
    const simulated = 'until' in clock ? (clock as { until(i: string): number | undefined }).until(at) : undefined;
    const wait = simulated ?? Date.parse(at) - Date.now();
    timer = setTimeout(() => void settle().catch(onError).then(wake), Math.min(Math.max(wait + 5, 20), 3_600_000));
    timer.unref();
  }

  return {
    log,
    engine,
    executor,
    reactors,
    clock,
    ref,
    settle,
    async keepTime() {
      await settle();
      wake();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
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
  log.onInlineFailure = (error) => engine.stopCurrent(error);
  log.onRollback = () => engine.rolledBack();
  return engine;
}

export function reactorsOf(executor: Executor, engine: Engine, ref: Reference): Reactor[] {
  const dueNow = () => engine.queries(due);
  return [
    placeOpener,
    lapses(executor, () => dueNow().open(), ref.workingDays),
    ownershipEscalator((day) => dueNow().overdue(day), executor),
    askToCommitment(executor),
    poolReserver(executor),
    orphanGuard(executor, (agencyId) => engine.queries(commitmentRegister).liveOf(agencyId)),
    // A pool is prefilled once it is open to the programme: what others may not see is not put into a return.
    submissionAssembler((placeId) => ({
      rows: {
        pools: engine
          .queries(poolLedger)
          .list(placeId)
          .filter((p) => engine.queries(access).record('pool', p.id)?.tier !== 'members')
          .map((p) => ({ label: p.state.name, value: p.state.status })),
      },
    })),
    signOffVoider((aggregate, id) => engine.queries(submissionTracker).pinning(aggregate, id)),
    discloser,
  ];
}

/** Kept in memory, written now and then: they only save work. */
function storedCheckpoints(log: SqliteLog): Checkpoints & { save(): void } {
  log.db.exec('CREATE TABLE IF NOT EXISTS reactors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT');
  const get = log.db.prepare<[string], number>('SELECT position FROM reactors WHERE name = ?').pluck();
  const put = log.db.prepare('INSERT OR REPLACE INTO reactors VALUES (?, ?)');
  const known = new Map<string, number>();
  let savedAt = Date.now();
  const save = (): void => log.db.transaction(() => known.forEach((position, name) => put.run(name, position)))();
  return {
    get: (name) => known.get(name) ?? get.get(name) ?? 0,
    set(name, position) {
      known.set(name, position);
      if (Date.now() - savedAt > 5000) {
        savedAt = Date.now();
        save();
      }
    },
    save,
  };
}
