/** The log's append rate when it has grown, beside its rate when it was empty. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { must, type Workload } from '../report.js';
import { fill } from './append.js';

const probe = 20_000;

export const growth: Workload = {
  name: 'growth',
  async run(b) {
    const size = b.full ? 5_000_000 : 300_000;
    const streams = size / 20;
    const file = join(b.dir, 'grown.db');
    const log = new SqliteLog(file, { clock: 'simulated' });
    const versions = new Map<string, number>();
    const empty: number[] = [];
    for (let i = 0; i < b.runs; i++) {
      const fresh = new SqliteLog(join(b.dir, `empty-${i}.db`), { clock: 'simulated' });
      // Twenty events a stream there too: a stream that is new costs more than one that is known.
      empty.push(await fill(fresh, probe, probe / 20, new Map()));
      await fresh.close();
    }
    await fill(log, size, streams, versions);
    const ratios: number[] = [];
    for (const rate of empty) ratios.push((await fill(log, probe, streams, versions)) / rate);
    const label = `${size / 1e6}M events`;
    b.ratio(`append rate at ${label} ÷ empty, 64 callers`, ratios, '≥ 0.8');
    b.value(
      `bytes an event of 400 bytes, ${label}`,
      `${Math.round(statSync(file).size / (await log.head()))} B`,
      '≤ 600 B',
      statSync(file).size / (await log.head()) <= 600,
    );
    const acknowledged = [...versions.values()].reduce((n, v) => n + v, 0);
    must((await log.head()) === acknowledged + 1, 'the log holds what was acknowledged');
    for (const [stream, version] of [...versions].slice(0, 500))
      must((await log.read(stream)).length === version, `${stream} holds what was acknowledged`);
    b.checked(`${acknowledged} acknowledged events are in the log, and nothing else`);
    await log.close();
  },
};
