/**
 * What a workload is given, and what becomes of its figures: ratios of one run, their medians, a table and
 * JSON.
 */
import type { Reference } from '../src/domain/shared/reference.js';

export interface Bench {
  /** An empty folder; gone afterwards. */
  readonly dir: string;
  readonly ref: Reference;
  /** A million events and more; otherwise a few minutes in all. */
  readonly full: boolean;
  readonly runs: number;
  /** Ratios measured side by side, one a run; the goal as docs/performance.md states it ("≥ 0.8"). */
  ratio(workload: string, values: readonly number[], goal: string): void;
  /** A figure that is no ratio of two rates. */
  value(workload: string, value: string, goal: string, met?: boolean): void;
  /** A correctness check that held. Every workload ends in one. */
  checked(what: string): void;
}
export interface Workload {
  readonly name: string;
  run(b: Bench): Promise<void>;
}

export interface Row {
  readonly workload: string;
  readonly value: string;
  readonly goal: string;
  readonly met: string;
}

export const median = (xs: readonly number[]): number =>
  [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)] ?? NaN;
export const percentile = (xs: readonly number[], p: number): number =>
  [...xs].sort((a, b) => a - b)[Math.min(xs.length - 1, Math.floor(xs.length * p))] ?? NaN;

export class Report {
  readonly rows: Row[] = [];
  readonly checks: string[] = [];

  ratio(workload: string, values: readonly number[], goal: string): void {
    const m = median(values);
    const bound = Number(/[\d.]+/.exec(goal)?.[0]);
    const met = goal.startsWith('≥') ? m >= bound : m <= bound;
    this.#add({
      workload,
      value: `${m.toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`,
      goal,
      met: met ? 'yes' : 'no',
    });
  }
  value(workload: string, value: string, goal: string, met?: boolean): void {
    const word = met ? 'yes' : 'no';
    this.#add({ workload, value, goal, met: met === undefined ? '' : word });
  }
  checked(what: string): void {
    this.checks.push(what);
    console.log(`  checked: ${what}`);
  }
  #add(row: Row): void {
    this.rows.push(row);
    console.log(`  ${row.workload}: ${row.value}  [${row.goal}] ${row.met}`);
  }
}

/** Milliseconds that some work takes. */
export async function time(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
/** Throws what a check found. */
/** What is there, or the measurement means nothing. */
export function there<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`check failed: there is ${what}`);
  return value;
}
export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`check failed: ${otherwise}`);
}
