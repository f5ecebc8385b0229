/**
 * What an error of the client means for the call that met it. By type and code, and by text where the client
 * gives neither.
 */
import type { Host } from './url.js';

export type Meaning =
  /** The stream is at another version. */
  | { readonly kind: 'conflict'; readonly actual: number }
  | { readonly kind: 'no-stream' }
  /** Refused for good: nothing was written, and trying again changes nothing. */
  | { readonly kind: 'refused'; readonly what: 'rights' | 'size' | 'deleted' | 'other' }
  /** Nothing was written; another node, or later, will do. */
  | { readonly kind: 'elsewhere'; readonly leader?: Host }
  /** The call may or may not have been carried out, and the connection is not to be trusted. */
  | { readonly kind: 'broken' }
  /**
   * No answer in time, ours or the server's: once may be a slow node, twice in a row is a dead one, or one
   * without its peers.
   */
  | { readonly kind: 'silent' };

/** No answer within our own time: reads have no deadline in the client. */
export class TimedOut extends Error {}
/** The connection was given up while a call waited on it. */
export class Retired extends Error {}

export function classify(error: unknown): Meaning {
  if (error instanceof TimedOut) return { kind: 'silent' };
  if (error instanceof Retired) return { kind: 'broken' };
  const e = error as {
    type?: string;
    code?: number;
    message?: string;
    actualVersion?: bigint | string;
    leader?: Host;
  };
  const text = e.message ?? '';
  switch (e.type) {
    case 'wrong-expected-version':
      return {
        kind: 'conflict',
        actual: typeof e.actualVersion === 'bigint' ? Number(e.actualVersion) + 1 : 0,
      };
    case 'stream-not-found':
      return { kind: 'no-stream' };
    case 'stream-deleted':
      return { kind: 'refused', what: 'deleted' };
    case 'access-denied':
      return { kind: 'refused', what: 'rights' };
    case 'maximum-append-size-exceeded':
      return { kind: 'refused', what: 'size' };
    case 'not-leader':
      return { kind: 'elsewhere', ...(e.leader ? { leader: e.leader } : {}) };
    case 'deadline-exceeded':
    case 'timeout':
      return { kind: 'silent' };
  }
  // Untyped: discovery, an election, a node that starts. None of them wrote anything.
  if (/Failed to discover|No leader info|Server Is (Not Ready|Too Busy|Busy)/i.test(text))
    return { kind: 'elsewhere' };
  if (/Maximum Append Event Size/i.test(text)) return { kind: 'refused', what: 'size' };
  if (e.type === 'unavailable' || e.type === 'cancelled') return { kind: 'broken' };
  switch (e.code) {
    case 4:
    case 10:
      return { kind: 'silent' };
    case 7:
    case 16:
      return { kind: 'refused', what: 'rights' };
    case 1:
    case 8:
    case 13:
    case 14:
    case 15:
      return { kind: 'broken' };
  }
  return { kind: 'refused', what: 'other' };
}

/** Of a line: what a log of the operator shows without wrapping for long. */
const mostChars = 300;
/** One line for people: what the client said, and nothing it carries. */
export const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\n[^]*/, '').slice(0, mostChars);
