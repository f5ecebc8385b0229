/**
 * Amounts and their sums are safe integers, or refused (docs/rules/shared.md#amounts): beyond
 * 9007199254740991 a number skips pence.
 */
import { refuse } from '../kernel/types.js';
import { largestPence, pounds } from './values.js';

/** The exact sum; undefined where a number cannot hold it, or an amount is none. */
export function exactSum(amounts: readonly number[]): number | undefined {
  let sum = 0;
  for (const pence of amounts) if (!Number.isSafeInteger((sum += pence))) return undefined;
  return sum;
}

/**
 * Whether an amount is more than there is. What is no safe integer is more than anything, and nothing is
 * there of it.
 */
export const exceeds = (pence: number, there: number): boolean =>
  !(Number.isSafeInteger(pence) && Number.isSafeInteger(there) && pence <= there);

/**
 * The amounts of one record are together no more than one amount may be: whatever is summed of them is exact,
 * and can stand in an event.
 */
export const totalRefusal = (amounts: readonly number[], what: string, path: string) =>
  exceeds(exactSum(amounts) ?? NaN, largestPence)
    ? refuse('TOTAL_TOO_LARGE', `${what} are at most ${pounds(largestPence)} together.`, path)
    : undefined;
