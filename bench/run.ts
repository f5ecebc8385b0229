/**
 * The workloads, each beside its physical limit in the same run. `npm run bench` takes a few minutes; `--
 * --full` goes to a million events and five; `-- --only queries,commands` runs some; `-- --runs 7` takes
 * medians of more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadReference } from '../src/runtime/reference.js';
import { Report, type Workload } from './report.js';
import { accept } from './workloads/accept.js';
import { append } from './workloads/append.js';
import { asAt } from './workloads/as-at.js';
import { commands } from './workloads/commands.js';
import { growth } from './workloads/growth.js';
import { hot } from './workloads/hot.js';
import { lists20k } from './workloads/lists.js';
import { nodes } from './workloads/nodes.js';
import { overload } from './workloads/overload.js';
import { pagesBeside } from './workloads/pages.js';
import { positions } from './workloads/positions.js';
import { queries } from './workloads/queries.js';
import { readers } from './workloads/readers.js';
import { rebuild } from './workloads/rebuild.js';
import { scale } from './workloads/scale.js';
import { start } from './workloads/start.js';
import { waiting } from './workloads/waiting.js';

const workloads: readonly Workload[] = [
  append,
  hot,
  commands,
  queries,
  pagesBeside,
  rebuild,
  start,
  growth,
  accept,
  positions,
  waiting,
  lists20k,
  asAt,
  nodes,
  overload,
  scale,
  readers,
];

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string', default: '5' },
  },
});
const only = values.only?.split(',');
const chosen = only ? workloads.filter((w) => only.includes(w.name)) : workloads;
if (chosen.length === 0) throw new Error(`--only takes ${workloads.map((w) => w.name).join(', ')}`);

const ref = loadReference();
const report = new Report();
const lastMinute = (): number => loadavg()[0] ?? NaN;
const loadBefore = lastMinute();
for (const w of chosen) {
  console.log(`${w.name} (load ${lastMinute().toFixed(1)})`);
  const dir = mkdtempSync(join(tmpdir(), `total-place-bench-${w.name}-`));
  try {
    await w.run({
      dir,
      ref,
      full: values.full,
      runs: Number(values.runs),
      ratio: (...args) => report.ratio(...args),
      value: (...args) => report.value(...args),
      checked: (what) => report.checked(what),
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
console.table(report.rows);
console.log(
  JSON.stringify({
    at: new Date().toISOString(),
    node: process.version,
    full: values.full,
    runs: Number(values.runs),
    loadBefore,
    loadAfter: loadavg()[0],
    rows: report.rows,
    checks: report.checks,
  }),
);
