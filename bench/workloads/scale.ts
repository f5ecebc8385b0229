/**
 * One, two and three API nodes on the stand-in, 500 events a second arriving and 150 reads a second of each:
 * what share of a processor the events and the reads take of a node, and how long a write through one takes
 * to be readable through another. What a read alone costs cannot be told here: a node that also reads applies
 * its events in larger batches, and saves more than the reads cost.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from '../../src/log/codec.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { executorOn, seatHolder, must as accepted, propose, world } from '../../test/commands/world.js';
import type { NodeChild } from '../node-child.js';
import { median, must, percentile, there, type Bench, type Workload } from '../report.js';
import { standIn } from './nodes.js';

const eventsASecond = 500;
const readsASecond = 150;
const windowMs = 2_000;
const wait = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));

class Node {
  url = '';
  #child: ChildProcess;
  constructor(options: NodeChild) {
    const script = fileURLToPath(
      new URL(`../node-child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    );
    this.#child = fork(script, [JSON.stringify(options)], {
      execArgv: script.endsWith('.ts') ? ['--import=tsx'] : [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }
  async #told<M>(): Promise<M> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('a node has ended'));
      this.#child.once('exit', ended);
      this.#child.once('message', (m) => (this.#child.off('exit', ended), resolve(m as M)));
    });
  }
  async started(): Promise<this> {
    this.url = (await this.#told<{ url: string }>()).url;
    return this;
  }
  /** Milliseconds of processor time so far. */
  async cpu(): Promise<number> {
    const answer = this.#told<{ cpu: number }>();
    this.#child.send('cpu');
    return (await answer).cpu / 1000;
  }
  end(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Appends at a steady rate until it is stopped; gives the events it has written. */
function arriving(
  log: EventLog,
  template: readonly { type: string; data: Record<string, unknown> }[],
  ctx: Parameters<typeof encode>[3],
): () => Promise<number> {
  let [on, written, n] = [true, 0, 0];
  const started = performance.now();
  const work = (async () => {
    while (on) {
      // A machine that cannot keep up stops all the same.
      for (
        ;
        on && written < ((performance.now() - started) / 1000) * eventsASecond;
        written += template.length
      ) {
        const stream = `pool-arriving-${n++}`;
        await log.append(stream, 0, encode(stream, 0, template, ctx));
      }
      await wait(10);
    }
  })();
  return async () => {
    on = false;
    await work;
    return written / ((performance.now() - started) / 1000);
  };
}

export const scale: Workload = {
  name: 'scale',
  async run(b) {
    const { url, child } = await standIn();
    try {
      await measure(b, url);
    } finally {
      child.kill();
    }
  },
};

async function measure(b: Bench, url: string): Promise<void> {
  const address = `${url}&namespace=scale`;
  const log = await openEventStoreLog(address, { clock: 'simulated', create: true });
  const executor = executorOn(log);
  await world(log, executor);
  await propose(executor, 'read');
  await accepted(executor, seatHolder('pct'), 'pool', 'read', 'Pledge', {
    pledgeId: 'p',
    financialYear: '2009-10',
    pledgedPence: 100,
  });
  const [proposed, made] = (await log.read('pool-read')).map((e) => JSON.parse(e.body));
  const ctx = {
    recordedAt: made.recordedAt,
    actor: made.actor,
    commandId: made.commandId,
    fingerprint: made.fingerprint,
    correlation: made.correlation,
  };
  const template = [
    { type: 'PoolProposed', data: proposed.data },
    ...Array.from({ length: 9 }, (_, i) => ({
      type: 'PledgeMade',
      data: { ...made.data, pledgeId: `p-${i}` },
    })),
  ];
  const issuerKey = join(b.dir, 'issuer.jwk');
  const token = await (
    await localIssuer(issuerKey)
  ).token('seat-holder.pct', ['seat-holder@place:durham+agency:pct']);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

  const nodes: Node[] = [];
  const reading: number[] = [];
  const shares: number[] = [];
  const stop = arriving(log, template, ctx);
  try {
    for (let n = 1; n <= 3; n++) {
      nodes.push(await new Node({ log: address, dataDir: join(b.dir, `node-${n}`), issuerKey }).started());
      await wait(windowMs / 2);
      const [withReads, share]: [number[], number[]] = [[], []];
      for (let round = 0; round < 3; round++) {
        const cpus = (): Promise<number[]> => Promise.all(nodes.map((x) => x.cpu()));
        // Of one core, in per cent, a node.
        const spent = async (work: () => Promise<unknown>): Promise<number> => {
          const [began, before] = [performance.now(), await cpus()];
          await work();
          const after = await cpus();
          return (
            (after.reduce((sum, c, i) => sum + c - (before[i] ?? 0), 0) /
              nodes.length /
              (performance.now() - began)) *
            100
          );
        };
        share.push(await spent(() => wait(windowMs)));
        withReads.push(await spent(() => Promise.all(nodes.map((node) => reads(node.url, headers)))));
      }
      reading.push(median(withReads));
      shares.push(median(share));
    }
    const lags = await readAfter(nodes, headers);
    const rate = await stop();
    const percent = (of: number[]): string => of.map((s) => `${s.toFixed(0)} %`).join(', ');
    b.value(
      `a node’s share of a core for ${rate.toFixed(0)} events a second, at one, two, three nodes (stand-in)`,
      percent(shares),
      'for comparison',
    );
    b.value(
      `the same with ${readsASecond} reads a second of each (stand-in)`,
      percent(reading),
      'for comparison',
    );
    b.value(
      'written through one node, read through another with Read-After (stand-in)',
      `p50 ${percentile(lags, 0.5).toFixed(0)} ms, p99 ${percentile(lags, 0.99).toFixed(0)} ms`,
      'within 2 s',
    );
    b.checked(`${lags.length} writes were read through another node, each within its Read-After wait`);
  } finally {
    await stop();
    nodes.forEach((x) => x.end());
    await log.close();
  }
}

/** Reads one record at the steady rate for a window. */
async function reads(url: string, headers: Record<string, string>): Promise<number> {
  const began = performance.now();
  let done = 0;
  const open = (): boolean => performance.now() - began < windowMs * 0.9;
  while (open()) {
    for (; open() && done < ((performance.now() - began) / 1000) * readsASecond; done++) {
      const r = await fetch(`${url}/v1/pools/read`, { headers });
      must(r.status === 200, `a read was answered ${r.status}`);
      await r.arrayBuffer();
    }
    await wait(5);
  }
  return done;
}

/** Writes through one node in turn, read through the next. */
async function readAfter(nodes: readonly Node[], headers: Record<string, string>): Promise<number[]> {
  const lags: number[] = [];
  for (let n = 0; n < 150; n++) {
    const writer = there(nodes[n % nodes.length], 'a node');
    const reader = there(nodes[(n + 1) % nodes.length], 'a node');
    const pledgeId = `w-${n}`;
    const written = await fetch(`${writer.url}/v1/pools/read/pledges`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': randomUUID() },
      body: JSON.stringify({ pledgeId, financialYear: '2009-10', pledgedPence: 100 }),
    });
    must(written.status === 200, `a write was answered ${written.status} ${await written.text()}`);
    const began = performance.now();
    const read = await fetch(`${reader.url}/v1/pools/read`, {
      headers: { ...headers, 'read-after': there(written.headers.get('position'), 'a position') },
    });
    const text = await read.text();
    must(
      read.status === 200 && text.includes(`"${pledgeId}"`),
      `${pledgeId} was not readable through another node: ${read.status}`,
    );
    lags.push(performance.now() - began);
  }
  return lags;
}
