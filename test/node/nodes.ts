/** Nodes on one log in one process: each with its own view file, none owning the log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import Database from '../../src/log/sqlite/driver.js';
import type { EventLog, LoggedEvent } from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { openNode, type NodeOptions, type NodeService } from '../../src/runtime/node/node.js';
import { viewFile } from '../../src/runtime/node/view-file.js';
import { compareTables, rebuildFrom } from '../../src/runtime/verify.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { TestClock } from '../commands/world.js';
import { freshLogUrl, serverUrl } from '../eventstore/real/url.js';
import { StandIn } from '../eventstore/stand-in/index.js';
import { reference } from '../domain/spec.js';

/** The log without its end: a node that closes leaves it open for the others. */
export function lent<L extends EventLog>(log: L): L {
  return new Proxy(log, {
    get(target, key) {
      if (key === 'close') return async () => {};
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A log whose positions do not follow by one, as a server's do not. */
export const gapped = (): MemoryLog => new MemoryLog('simulated', { gaps: true });

export function folder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'total-place-node-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function nodeOn(
  t: Test,
  log: EventLog,
  options: Partial<NodeOptions> = {},
): NodeService & { readonly dataDir: string; readonly errors: unknown[]; readonly time: TestClock } {
  const dataDir = options.dataDir ?? folder(t);
  const errors: unknown[] = [];
  const time = new TestClock();
  const node = openNode({
    log: lent(log),
    dataDir,
    clock: time,
    ref: reference,
    onError: (e) => errors.push(e),
    ...options,
  });
  return Object.assign(node, { dataDir, errors, time });
}

export async function everything(log: EventLog): Promise<LoggedEvent[]> {
  const abort = new AbortController();
  const head = await log.head();
  const all: LoggedEvent[] = [];
  await log.follow(
    0,
    (batch) => {
      all.push(...batch);
      if (all.at(-1)!.position >= head) abort.abort();
    },
    abort.signal,
  );
  return all;
}

/** Where a node's views differ from what the log makes, up to where the node stands. */
export async function differences(node: NodeService, log: EventLog): Promise<string[]> {
  const position = node.position();
  const rebuilt = await rebuildFrom(
    (await everything(log)).filter((e) => e.position <= position),
    reference,
  );
  const problems = compareTables(node.db, rebuilt);
  rebuilt.close();
  return problems;
}

/** Waits until a node has seen everything in the log and its reactors have acted. */
export async function level(...nodes: NodeService[]): Promise<void> {
  for (let round = 0; round < 2; round++) for (const node of nodes) await node.reactors.idle();
  for (const node of nodes) while (!(await node.waitForPosition(await node.log.head())));
}

export const open = (dataDir: string): Database.Database => new Database(viewFile(dataDir));

/**
 * Every log that several nodes can share: memory, the stand-in, and a real server where EVENTSTORE_URL names
 * one.
 */
export const sharedLogs: readonly [string, (t: Test) => Promise<EventLog>][] = [
  ['memory', async () => gapped()],
  [
    'the stand-in',
    async (t) => {
      const standIn = await StandIn.start();
      t.teardown(() => standIn.close());
      const log = await openEventStoreLog(await standIn.url({ namespace: 'nodes' }), {
        clock: 'simulated',
        create: true,
      });
      t.teardown(() => log.close());
      return log;
    },
  ],
  ...(serverUrl
    ? [
        [
          'a real server',
          async (t: Test) => {
            const log = await openEventStoreLog(freshLogUrl(), { clock: 'simulated', create: true });
            t.teardown(() => log.close());
            return log;
          },
        ] as [string, (t: Test) => Promise<EventLog>],
      ]
    : []),
];
