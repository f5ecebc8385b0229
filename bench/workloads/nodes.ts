/**
 * A node on a shared log, which is here the protocol stand-in of the tests, in a process of its own: commands
 * through the adapter beside the embedded log, the rate of catching up from zero and from a copied view file,
 * and how far views lag behind writers. The figures show our side of the wire; a real server is faster or
 * slower than the stand-in.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { encode } from '../../src/log/codec.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { compareLogs } from '../../src/migrate/compare.js';
import { copyLog } from '../../src/migrate/copy.js';
import { copyViews } from '../../src/runtime/node/copy.js';
import { openNode } from '../../src/runtime/node/node.js';
import { openService } from '../../src/runtime/embedded.js';
import { seatHolder, must as accepted, propose, TestClock, world } from '../../test/commands/world.js';
import type { Executor } from '../../src/commands/executor.js';
import { writeHistory } from '../history.js';
import { must, percentile, there, time, type Bench, type Workload } from '../report.js';

const here = '(stand-in)';

/** The stand-in as a process: from its source, whatever this runs as. */
export async function standIn(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    ['--import=tsx', join(process.cwd(), 'test/eventstore/stand-in/main.ts')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (l) =>
      resolve((JSON.parse(l) as { url: string }).url),
    );
    child.once('exit', () => reject(new Error('the stand-in did not start')));
  });
  return { url, child };
}
const logAt = (url: string, namespace: string): Promise<EventLog> =>
  openEventStoreLog(`${url}&namespace=${namespace}`, { clock: 'simulated', create: true });
const nodeOn = (log: EventLog, dataDir: string, b: Bench) =>
  openNode({ log, dataDir, clock: new TestClock(), ref: b.ref, onError: (e) => console.error(e) });

/** Commands a second of 64 callers on as many pools. */
async function commandsASecond(log: EventLog, executor: Executor, n: number): Promise<number> {
  await world(log, executor);
  const pools = Array.from({ length: 64 }, (_, i) => `bench-${i}`);
  for (const p of pools) await propose(executor, p);
  let i = 0;
  const ms = await time(() =>
    Promise.all(
      Array.from({ length: 64 }, async () => {
        for (let k = i++; k < n; k = i++)
          await accepted(executor, seatHolder('pct'), 'pool', there(pools[k % 64], 'a pool'), 'Pledge', {
            pledgeId: `p-${k}`,
            financialYear: '2009-10',
            pledgedPence: 100,
          });
      }),
    ),
  );
  return n / (ms / 1000);
}

async function commandsBeside(b: Bench, url: string): Promise<void> {
  const n = 3000;
  const ratios: number[] = [];
  let shared = 0;
  for (let run = 0; run < Math.min(b.runs, 3); run++) {
    const embedded = openService({
      dataDir: join(b.dir, `embedded-${run}`),
      clockKind: 'simulated',
      clock: new TestClock(),
      ref: b.ref,
    });
    await embedded.built();
    const own = await commandsASecond(embedded.log, embedded.executor, n);
    await embedded.close();
    const node = nodeOn(await logAt(url, `commands-${run}`), join(b.dir, `commands-${run}`), b);
    await node.built();
    shared = await commandsASecond(node.log, node.executor, n);
    must(
      await node.follower.waitForPosition(await node.log.head(), 60_000),
      'the node has seen every command',
    );
    await node.close();
    ratios.push(shared / own);
  }
  b.ratio(`commands through the adapter ${here} ÷ on the embedded log, 64 callers`, ratios, '≥ 0');
  b.value(`commands a second through the adapter ${here}`, shared.toFixed(0), 'for comparison');
}

/**
 * One caller, one command after the other, on a node that asks once what came since; in turns with one that
 * reads every record it looks at.
 */
async function oneCaller(b: Bench, url: string): Promise<void> {
  const ratios: number[] = [];
  for (let run = 0; run < Math.min(b.runs, 3); run++) {
    const open = async (name: string, follows: boolean) => {
      const node = nodeOn(await logAt(url, `one-${run}-${name}`), join(b.dir, `one-${run}-${name}`), b);
      if (!follows) node.executor.lanes.follow = async () => {};
      await node.built();
      await world(node.log, node.executor);
      return { node, ms: 0 };
    };
    const both = [await open('asks', true), await open('reads', false)] as const;
    for (let i = 0; i < 60; i++)
      for (const one of both)
        one.ms += await time(async () => {
          for (let k = 0; k < 5; k++)
            await accepted(one.node.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', {
              pledgeId: `p-${i}-${k}`,
              financialYear: '2009-10',
              pledgedPence: 100,
            });
        });
    for (const { node } of both) await node.close();
    ratios.push(both[1].ms / both[0].ms);
  }
  b.ratio(
    `commands of one caller that asks once what came since ${here} ÷ that reads each record`,
    ratios,
    '≥ 1',
  );
}

async function catchingUp(b: Bench, url: string): Promise<void> {
  const file = join(b.dir, 'history.db');
  const events = b.full ? 200_000 : 4_000;
  await writeHistory(file, events);
  const source = new SqliteLog(file, { clock: 'simulated', readOnly: true });
  const log = await logAt(url, 'catch-up');
  let done = { copied: 0, source: { position: 0 } };
  const copying = await time(
    async () => (done = await copyLog({ source, target: log, progressFile: join(b.dir, 'copy.json') })),
  );
  b.value(`copy-log, events a second ${here}`, (done.copied / (copying / 1000)).toFixed(0), 'for comparison');
  const compared = await compareLogs(source, log, done.source.position);
  must(compared.difference === undefined, compared.difference ?? '');
  b.checked(`the copy equals its source: ${compared.count} events, sha256 ${compared.hash.slice(0, 12)}`);
  await source.close();

  const first = nodeOn(log, join(b.dir, 'first'), b);
  const zero = await time(() => first.built());
  b.value(
    `catching up from zero, events a second, every view ${here}`,
    (done.copied / (zero / 1000)).toFixed(0),
    'for comparison',
  );
  await first.close();
  await copyViews(join(b.dir, 'first'), join(b.dir, 'second'));
  const again = await logAt(url, 'catch-up');
  const second = nodeOn(again, join(b.dir, 'second'), b);
  const copied = await time(async () =>
    must(await second.follower.waitForPosition(await again.head(), 60_000), 'the copied views are level'),
  );
  b.value(
    `level from a copied view file ${here}`,
    `${copied.toFixed(0)} ms, instead of ${zero.toFixed(0)} ms`,
    'for comparison',
  );
  await second.close();
}

/** Writers at a steady rate; how long after its acknowledgement each event is in the node's views. */
async function lag(b: Bench, url: string, rate: number): Promise<void> {
  const seconds = 4;
  const batch = 10;
  const log = await logAt(url, `lag-${rate}`);
  const node = nodeOn(log, join(b.dir, `lag-${rate}`), b);
  await node.built();
  await world(log, node.executor);
  const pools = Array.from({ length: 200 }, (_, i) => `lag-${i}`);
  for (const p of pools.slice(0, 1)) await propose(node.executor, p);
  await accepted(node.executor, seatHolder('pct'), 'pool', 'lag-0', 'Pledge', {
    pledgeId: 'p',
    financialYear: '2009-10',
    pledgedPence: 100,
  });
  const [proposed, made] = (await log.read('pool-lag-0')).map((e) => JSON.parse(e.body));
  const ctx = {
    recordedAt: made.recordedAt,
    actor: made.actor,
    commandId: made.commandId,
    fingerprint: made.fingerprint,
    correlation: made.correlation,
  };
  const lags: number[] = [];
  const waiting: { position: number; at: number }[] = [];
  const abort = new AbortController();
  const follow = node.follow(
    node.position(),
    (seen) => {
      const last = seen.at(-1)?.position ?? 0;
      const now = performance.now();
      for (let first = waiting.at(0); first && first.position <= last; first = waiting.at(0)) {
        waiting.shift();
        lags.push(Math.max(0, now - first.at));
      }
    },
    abort.signal,
  );
  let sent = 0;
  const started = performance.now();
  let n = 0;
  let underWay = 0;
  const appends: Promise<unknown>[] = [];
  while (performance.now() - started < seconds * 1000) {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    // A log that cannot take more is not asked for more: the rate that was reached is told.
    for (; sent < due && underWay < 48; sent += batch) {
      underWay++;
      const stream = `pool-lagged-${n++}`;
      const events = [
        { type: 'PoolProposed', data: proposed.data },
        ...Array.from({ length: batch - 1 }, (_, i) => ({
          type: 'PledgeMade',
          data: { ...made.data, pledgeId: `p-${i}` },
        })),
      ];
      appends.push(
        log.append(stream, 0, encode(stream, 0, events, ctx)).then((a) => {
          underWay--;
          waiting.push({ position: a.position, at: performance.now() });
          waiting.sort((x, y) => x.position - y.position);
        }),
      );
    }
    await new Promise((r) => setTimeout(r, 5));
  }
  await Promise.all(appends);
  const achieved = sent / ((performance.now() - started) / 1000);
  must(await node.follower.waitForPosition(await log.head(), 120_000), 'the node has seen every event');
  await node.reactors.idle();
  abort.abort();
  await follow;
  await node.close();
  must(lags.length > 0, 'something was measured');
  b.value(
    `lag behind ${rate} events a second ${here}`,
    `p50 ${percentile(lags, 0.5).toFixed(0)} ms, p99 ${percentile(lags, 0.99).toFixed(0)} ` +
      `ms${achieved < rate * 0.95 ? ` (only ${achieved.toFixed(0)} a second could be written)` : ''}`,
    'for comparison',
  );
}

export const nodes: Workload = {
  name: 'nodes',
  async run(b) {
    const { url, child } = await standIn();
    try {
      await commandsBeside(b, url);
      await oneCaller(b, url);
      await catchingUp(b, url);
      for (const rate of [1_000, 5_000]) await lag(b, url, rate);
    } finally {
      child.kill('SIGTERM');
    }
  },
};
