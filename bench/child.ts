/**
 * Work whose memory or start is measured, in a process of its own: `rebuild <file>` or `start <folder>`.
 * Prints one JSON line.
 */
import { build } from '../src/app.js';
import { SqliteLog } from '../src/log/sqlite/sqlite-log.js';
import { loadReference } from '../src/runtime/reference.js';
import { openService } from '../src/runtime/embedded.js';
import { openViewFile } from '../src/runtime/node/view-file.js';
import { Engine } from '../src/projections/engine/engine.js';
import { views } from '../src/projections/index.js';
import { must, time } from './report.js';

const [what, where] = process.argv.slice(2) as [string, string];
const ref = loadReference();

/** Milliseconds of the processor that some work takes: who else is on the machine changes them least. */
async function processor(work: () => Promise<number>): Promise<{ ms: number; cpu: number }> {
  const before = process.cpuUsage();
  const ms = await work();
  const { user, system } = process.cpuUsage(before);
  return { ms, cpu: (user + system) / 1000 };
}

async function rebuild(): Promise<object> {
  const log = new SqliteLog(where, { clock: 'simulated' });
  let events = 0;
  const scan = await processor(() =>
    time(() => {
      for (
        let after = 0, batch = log.readAll(after, 1000);
        batch.length > 0;
        batch = log.readAll(after, 1000)
      )
        for (const e of batch) {
          after = e.position;
          if (JSON.parse(e.body).version > 0) events++;
        }
    }),
  );
  const engine = new Engine(openViewFile(`${where}.views`), views, ref, {
    readAll: (after, limit) => log.readAll(after, limit),
    head: () => 0,
  });
  const all = await processor(() =>
    time(() => {
      while (engine.step());
    }),
  );
  must(
    engine.status().every((v) => v.state === 'live'),
    'every view is live',
  );
  await log.close();
  return {
    events,
    scan: events / scan.ms,
    rebuild: events / all.ms,
    work: scan.cpu / all.cpu,
    rssMB: process.resourceUsage().maxRSS / 1024,
  };
}

async function start(): Promise<object> {
  const service = openService({
    dataDir: where,
    clockKind: 'simulated',
    clock: { now: () => '2009-07-03T09:00:00.000Z' },
    ref,
  });
  const app = await build({
    service,
    verify: async () => ({ account: 'nobody', grants: [] }),
    version: 'bench',
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  await service.built();
  must((await app.inject('/health/ready')).statusCode === 200, 'the service is ready');
  const ms = performance.now();
  const { user, system } = process.cpuUsage();
  await app.close();
  await service.close();
  return { ms, cpu: (user + system) / 1000 };
}

console.log(JSON.stringify(what === 'rebuild' ? await rebuild() : await start()));
