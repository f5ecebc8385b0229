/** Every view built from the log, beside a scan with JSON.parse; what a rebuild does to others. */
import { execFile } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { propose } from '../../test/commands/world.js';
import { logFile } from '../../src/runtime/embedded.js';
import { views } from '../../src/projections/index.js';
import { compareViews } from '../../src/runtime/verify.js';
import { writeHistory } from '../history.js';
import { must, type Bench, type Workload } from '../report.js';
import { openServer } from '../server.js';

const child = async <T>(...args: string[]): Promise<T> =>
  JSON.parse(
    (
      await promisify(execFile)(process.execPath, [new URL('../child.js', import.meta.url).pathname, ...args])
    ).stdout
      .trim()
      .split('\n')
      .at(-1) ?? '',
  ) as T;
interface Built {
  readonly events: number;
  readonly scan: number;
  readonly rebuild: number;
  /** Scan ÷ rebuild, in processor time. */
  readonly work: number;
  readonly rssMB: number;
}

async function at(b: Bench, count: number, dataDir: string): Promise<Built> {
  mkdirSync(dataDir, { recursive: true });
  await writeHistory(logFile(dataDir), count);
  const log = statSync(logFile(dataDir)).size;
  const built = await child<Built>('rebuild', logFile(dataDir));
  const size = `${(built.events / 1e6).toFixed(1)}M events`;
  b.ratio(`rebuild of all views ÷ scan with JSON.parse, ${size}`, [built.rebuild / built.scan], '≥ 0.5');
  b.ratio(`the same in processor time, ${size}`, [built.work], '≥ 0.5');
  b.value(
    `resident memory of that rebuild, ${size}`,
    `${Math.round(built.rssMB)} MB`,
    '≤ 250 MB',
    built.rssMB <= 250,
  );
  const all = log + statSync(`${logFile(dataDir)}.views`).size;
  const perEvent = log / built.events;
  b.value(
    `bytes an event, log alone, ${size}`,
    `${Math.round(perEvent)} B (with every view ${Math.round(all / built.events)} B)`,
    '≤ 600 B',
    perEvent <= 600,
  );
  return built;
}

export const rebuild: Workload = {
  name: 'rebuild',
  async run(b) {
    const count = b.full ? 1_000_000 : 100_000;
    const dataDir = join(b.dir, 'long');
    const built = await at(b, count, dataDir);
    const server = await openServer(b, { name: 'long', make: false });
    const { engine, log, executor } = server.service;
    await propose(executor, 'foreground');
    const job = {
      path: '/v1/pools/foreground/pledges',
      method: 'POST' as const,
      connections: 8,
      pause: 10,
      body: { pledgeId: '{id}', financialYear: '2009-10', pledgedPence: 100 },
    };
    const tails: number[] = [];
    for (let round = -1; round < Math.min(b.runs, 3); round++) {
      const idle = await server.load(job);
      for (const v of views) engine.rebuild(v.name);
      let over = false;
      const loading = server.load(job).finally(() => (over = true));
      while (!over && engine.step()) await new Promise((r) => setImmediate(r));
      const busy = await loading;
      must(b.full || round < 0 || busy.requests > 0, 'the foreground was answered');
      for (const v of views) engine.cancel(v.name);
      if (round >= 0) tails.push(busy.p99 / idle.p99);
    }
    b.ratio('foreground p99 while every view is rebuilt ÷ idle p99', tails, '< 2');
    for (const v of views) engine.rebuild(v.name);
    await engine.catchUp();
    if (!b.full) {
      const problems = await compareViews(log, server.service.db, b.ref);
      must(problems.length === 0, problems.join('; '));
      b.checked('views rebuilt under load equal a rebuild in memory');
    } else b.checked(`every view is live at position ${engine.source.head()}`);
    await server.close();

    if (!b.full) return;
    const large = await at(b, 5_000_000, join(b.dir, 'longer'));
    b.ratio('rebuild rate at 5M ÷ at 1M', [large.rebuild / built.rebuild], '≥ 0.85');
    b.checked('every view is live at 5M events');
  },
};
