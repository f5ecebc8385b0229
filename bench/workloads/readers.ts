/**
 * Commands while two hundred live streams catch up from the beginning of a long log, beside the same commands
 * with nobody reading. Every stream sees every event: each is decoded, put into words and written for each of
 * them.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { positionToken } from '../../src/http/query/position.js';
import { logFile } from '../../src/runtime/embedded.js';
import { compareViews } from '../../src/runtime/verify.js';
import { propose, TestClock } from '../../test/commands/world.js';
import { writeHistory } from '../history.js';
import type { Heard, Listening } from '../listeners.js';
import { must, type Workload } from '../report.js';
import { openServer, type Job, type Server } from '../server.js';

const events = 100_000;
const streams = 200;
const anAccount = 8;
const seconds = 4;
const body = { pledgeId: '{id}', financialYear: '2009-10', pledgedPence: 100 };

async function listen(server: Server): Promise<ChildProcess> {
  const accounts = Array.from({ length: streams / anAccount }, (_, i) =>
    server.tokenOf(`member-${i}`, ['seat-holder@place:durham+agency:pct']),
  );
  const tokens = (await Promise.all(accounts)).flatMap((token) =>
    Array.from({ length: anAccount }, () => token),
  );
  const job: Listening = {
    url: server.url,
    tokens,
    lastEventId: positionToken(server.service.log.identity, 0),
  };
  const script = new URL(`../listeners${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
    .pathname;
  const child = fork(script, [JSON.stringify(job)], {
    execArgv: script.endsWith('.ts') ? ['--import=tsx'] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('the listeners have ended');
    }),
  ]);
  return child;
}

export const readers: Workload = {
  name: 'readers',
  async run(b) {
    const file = logFile(join(b.dir, 'readers'));
    mkdirSync(dirname(file), { recursive: true });
    await writeHistory(file, events);
    const clock = new TestClock();
    clock.ms = Date.parse('2009-08-03T09:00:00Z');
    const server = await openServer(b, { name: 'readers', make: false, clock });
    const { log, executor } = server.service;
    const end = await log.head();
    const at64: number[] = [];
    const paced: number[] = [];
    const moved: number[] = [];
    let n = 0;
    // A fresh pool each: every command folds on a warm lane, none on a long stream.
    const p99 = async (job: Pick<Job, 'connections' | 'pause'>): Promise<number> => {
      const pool = `readers-${n++}`;
      await propose(executor, pool);
      return (await server.load({ path: `/v1/pools/${pool}/pledges`, method: 'POST', body, seconds, ...job }))
        .p99;
    };
    const busy = { connections: 64 };
    const calm = { connections: 8, pause: 40 };
    // Once unmeasured: nobody's first request is what is asked about.
    for (let round = -1; round < b.runs; round++) {
      const idle = [await p99(busy), await p99(calm)] as const;
      const child = await listen(server);
      const began = performance.now();
      const reading = [await p99(busy), await p99(calm)] as const;
      const took = (performance.now() - began) / 1000;
      child.send('stop');
      const [heard] = (await once(child, 'message')) as [Heard];
      await once(child, 'exit');
      must(heard.ended === 0, `${heard.ended} streams ended by themselves`);
      must(
        heard.furthest > 0 && heard.furthest < end,
        `every stream was still catching up; one came to ${heard.furthest} of ${end}`,
      );
      if (round < 0) continue;
      console.log(
        `  p99 idle ${idle.map((x) => x.toFixed(0)).join(', ')} ms; while they read ` +
          `${reading.map((x) => x.toFixed(0)).join(', ')} ms`,
      );
      at64.push(reading[0] / idle[0]);
      paced.push(reading[1] / idle[1]);
      moved.push(heard.bytes / 1e6 / took);
    }
    b.ratio(
      `command p99 while ${streams} live streams catch up from 0 on ${events / 1000}k events ÷ idle, 64 ` +
        'connections',
      at64,
      '≤ 3',
    );
    b.ratio('the same, 8 connections that pause 40 ms', paced, '≤ 3');
    b.value(
      'what the streams were told meanwhile, all together',
      `${Math.min(...moved).toFixed(1)}–${Math.max(...moved).toFixed(1)} MB/s`,
      'for comparison',
    );
    const problems = await compareViews(log, server.service.db, b.ref);
    must(problems.length === 0, problems.join('; '));
    b.checked(`${streams} streams went on reading in every round, and views equal a rebuild`);
    await server.close();
  },
};
