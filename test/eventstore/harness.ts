/** The adapter on a stand-in, with short waits and long patience: outcomes are checked, never times. */
import type { Test } from 'tap';
import { openEventStoreLog, type EventStoreOptions } from '../../src/log/eventstore/eventstore-log.js';
import type { EventLog, LoggedEvent } from '../../src/log/event-log.js';
import { StandIn, type StandInOptions } from './stand-in/index.js';

export const quick = {
  appendDeadline: 400,
  appendBudget: 20_000,
  settleBudget: 3_000,
  readTimeout: 800,
  readBudget: 20_000,
  probeEvery: 150,
  probeTimeout: 400,
  connectTimeout: 800,
  confirmTimeout: 1_500,
  backoffMin: 10,
  backoffMax: 100,
  watchEvery: 200,
  stuckAfter: 800,
};
/** Gives up nothing before minutes are over: for what must succeed on however slow a machine. */
export const patient = {
  ...quick,
  appendDeadline: 5_000,
  appendBudget: 240_000,
  settleBudget: 120_000,
  readTimeout: 5_000,
  readBudget: 240_000,
  probeTimeout: 5_000,
  connectTimeout: 5_000,
  confirmTimeout: 15_000,
};
export const namespace = 'test';

export async function standIn(t: Test, options: StandInOptions = {}): Promise<StandIn> {
  const it = await StandIn.start(options);
  t.teardown(() => it.close());
  return it;
}
export async function open(
  t: Test,
  server: StandIn,
  options: Partial<EventStoreOptions> = {},
): ReturnType<typeof openEventStoreLog> {
  const log = await openEventStoreLog(await server.url({ namespace }), {
    clock: 'simulated',
    create: true,
    ...options,
    timings: { ...quick, ...options.timings },
  });
  t.teardown(() => log.close());
  return log;
}

/** Ids of a stream as they stand in the server's log. */
export const idsOf = async (server: StandIn, stream: string): Promise<string[]> =>
  (await server.records()).filter((r) => r.stream === `${namespace}:${stream}`).map((r) => r.id);

export interface Following {
  readonly seen: LoggedEvent[];
  /** Resolves when a condition on what was seen holds. */
  until(condition: (seen: readonly LoggedEvent[]) => boolean): Promise<void>;
  readonly done: Promise<void>;
  stop(): void;
}
export function following(log: EventLog, from: Parameters<EventLog['follow']>[0] = 0): Following {
  const abort = new AbortController();
  const seen: LoggedEvent[] = [];
  let waiting: { condition: (seen: readonly LoggedEvent[]) => boolean; resolve: () => void }[] = [];
  const done = log.follow(
    from,
    (batch) => {
      seen.push(...batch);
      waiting = waiting.filter((w) => !w.condition(seen) || (w.resolve(), false));
    },
    abort.signal,
  );
  done.catch(() => {});
  return {
    seen,
    until: (condition) =>
      Promise.race([
        new Promise<void>((resolve) => (condition(seen) ? resolve() : waiting.push({ condition, resolve }))),
        done,
      ]),
    done,
    stop: () => abort.abort(),
  };
}
export const streamOf = (seen: readonly LoggedEvent[], stream: string): number[] =>
  seen.filter((e) => e.stream === stream).map((e) => e.version);
/** Resolves when a condition holds, looking again and again. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((r) => setTimeout(r, 20));
}
