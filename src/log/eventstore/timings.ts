/** How long the adapter waits, in milliseconds. Tests shorten them; nothing else should need to. */
import type { BackoffLimits } from '../waiting.js';

export interface Timings extends BackoffLimits {
  /** One append, sent once. The server gives up on its own majority after about 2.8 s. */
  readonly appendDeadline: number;
  /** One append with all its re-sends. */
  readonly appendBudget: number;
  /** Finding out what became of an append. */
  readonly settleBudget: number;
  /** One page of a read. */
  readonly readTimeout: number;
  /** A whole read with its retries. */
  readonly readBudget: number;
  /** While calls wait without any answer, the node is asked for a sign of life this often. */
  readonly probeEvery: number;
  readonly probeTimeout: number;
  /** Choosing a node, and its first answer. */
  readonly connectTimeout: number;
  readonly confirmTimeout: number;
  readonly watchEvery: number;
  /**
   * A follower that sees nothing for so long while there is something to see is on a node cut off from the
   * others.
   */
  readonly stuckAfter: number;
}
/** A call has so long at least, however little of its budget is left: with less it could not be answered. */
export const leastMs = 250;
export const defaultTimings: Timings = {
  appendDeadline: 5_000,
  appendBudget: 8_000,
  settleBudget: 3_000,
  readTimeout: 5_000,
  readBudget: 8_000,
  probeEvery: 500,
  probeTimeout: 1_500,
  connectTimeout: 2_500,
  confirmTimeout: 15_000,
  backoffMin: 50,
  backoffMax: 1_000,
  watchEvery: 3_000,
  stuckAfter: 15_000,
};
/** Appends under way at once. */
export const maxInFlight = 64;

/**
 * Calls back after `ms`, and only once answers that already wait in a socket have been taken in: a process
 * that stood still must not blame the other side.
 */
export function alarm(ms: number, ring: () => void): () => void {
  let off = false;
  const timer = setTimeout(() => setImmediate(() => setImmediate(() => off || ring())), ms);
  return () => {
    off = true;
    clearTimeout(timer);
  };
}
