/**
 * The first acknowledged append comes within 8 s of there being a leader among the other nodes, by the waits
 * the service really has. What a machine adds is not ours: counted is how many new clients it took, and what
 * the waits of so many add up to.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { defaultTimings as d } from '../../src/log/eventstore/timings.js';
import { asTypeScript } from '../as-typescript.js';
import type { HalfOpen, Recovered } from './half-open-child.js';

/** As `eventstore-log.ts` sets it. */
const gossipTimeout = 1_000;

test('the waits of one client that goes silent and one that never comes about are 8 s', async (t) => {
  const silent = d.probeEvery + 2 * d.probeTimeout;
  const neverReady = gossipTimeout + d.connectTimeout + d.backoffMax;
  t.ok(silent + neverReady <= 8_000, `${silent} + ${neverReady} ms`);
});

const cases: HalfOpen[] = [
  { electionMs: 300, staleGossipMs: 3_000, writers: 1 },
  { electionMs: 300, staleGossipMs: 3_000, writers: 8 },
  { electionMs: 6_000, staleGossipMs: 0, writers: 4 },
];
for (const options of cases) {
  test(
    `the leader freezes with its sockets open: ${JSON.stringify(options)}`,
    { timeout: 90_000 },
    async (t) => {
      const child = spawn(
        process.execPath,
        [
          asTypeScript,
          fileURLToPath(new URL('./half-open-child.ts', import.meta.url)),
          JSON.stringify(options),
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      t.teardown(() => child.kill('SIGKILL'));
      let [out, said] = ['', ''];
      child.stdout.on('data', (data: Buffer) => (out += data.toString()));
      child.stderr.on('data', (data: Buffer) => (said += data.toString()));
      const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
      t.equal(code, 0, `the process goes on to its end ${said}`);
      const told = JSON.parse(out) as Recovered;
      t.comment(
        `${told.appendMs} ms from the new leader to the first acknowledged append, ${told.followerMs} ms to the first event seen, ${told.asked} new clients asked for the leader`,
      );
      // For appends and for the follower each: one that never came about, the one that did, and one to spare.
      t.ok(told.asked >= 1 && told.asked <= 6, `${told.asked} new clients`);
      t.equal(told.seen, told.acknowledged, 'every event is seen once');
    },
  );
}
