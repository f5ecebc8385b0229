/**
 * How long a process takes from nothing to ready on a long log: `--full` a million events, otherwise a
 * hundred thousand.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { logFile } from '../../src/runtime/embedded.js';
import { writeHistory } from '../history.js';
import { median, must, type Workload } from '../report.js';

/** To ready, in milliseconds by the clock and of the processor. */
interface Started {
  readonly ms: number;
  readonly cpu: number;
}
async function startOn(dataDir: string): Promise<Started> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    new URL('../child.js', import.meta.url).pathname,
    'start',
    dataDir,
  ]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Started;
}

export const start: Workload = {
  name: 'start',
  async run(b) {
    const size = b.full ? 1_000_000 : 100_000;
    const dataDir = join(b.dir, 'long');
    mkdirSync(dataDir, { recursive: true });
    await writeHistory(logFile(dataDir), size);
    const told = (what: string, { ms, cpu }: Started, goal: string): void =>
      b.value(
        `${what}, ${size / 1e6}M events`,
        `${Math.round(ms)} ms (of the processor ${Math.round(cpu)} ms)`,
        goal,
        goal === '' ? undefined : ms < 1000,
      );
    // The log was written beside the service: at the first start every view is built and its reactors see all
    // of it.
    told(
      'first start of a process to ready, every view built, reactors seeing the log for the first time',
      await startOn(dataDir),
      '',
    );
    const later: Started[] = [];
    for (let i = 0; i < b.runs; i++) later.push(await startOn(dataDir));
    must(later.length > 0, 'it started again');
    told(
      'start of a process to ready, every later one',
      { ms: median(later.map((s) => s.ms)), cpu: median(later.map((s) => s.cpu)) },
      '< 1000 ms',
    );
    b.checked(`${later.length + 1} processes on one log were ready`);
  },
};
