/**
 * Parts of an answer that are made one by one: a row of a list, a place of a page. What goes wrong in one of
 * them is shown in its stead, and the rest is answered.
 */
import type { FastifyBaseLogger } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Unavailable } from '../../commands/executor.js';
import { ViewNotLive } from '../../projections/engine/engine.js';
import { Problem } from '../server/problem.js';

/** What stands for a part that could not be made: what is known of it without, and that it failed. */
export type Failed = { readonly failed: true };
/** Is told of each part that failed. */
export interface Failures {
  (part: string, error: unknown): void;
  /** Parts that failed since the process started, each time they were asked for. */
  readonly count: number;
}

/** Parts that are remembered as logged; past these the oldest may be logged again. */
const mostKnown = 1000;
/** Counts failures, and logs each part's first with the part's id and the cause. */
export function failuresTo(log: Pick<FastifyBaseLogger, 'error'>): Failures {
  const known = new LRUCache<string, true>({ max: mostKnown });
  let count = 0;
  const tell = (part: string, error: unknown): void => {
    count++;
    if (known.has(part)) return;
    known.set(part, true);
    log.error({ part, err: error }, 'a part of an answer could not be made, and is shown as failed');
  };
  return Object.defineProperty(tell, 'count', { get: () => count }) as Failures;
}

/** An answer to the whole question, or trouble with all that is read: no fault of one part. */
const ofThePage = (error: unknown): boolean =>
  error instanceof Problem ||
  error instanceof ViewNotLive ||
  error instanceof Unavailable ||
  (error instanceof Error && error.name === 'SqliteError');

/** Of what a query is given: whom to tell. */
interface Teller {
  readonly deps: { readonly failures: Failures };
}

/**
 * The part as `make` makes it; where that throws, what is `known` of it, marked as failed. `id` is what the
 * operator's log calls it.
 */
export function partOf<K extends object, R>(
  { deps }: Teller,
  id: string,
  known: K,
  make: () => R,
): R | (K & Failed) {
  try {
    return make();
  } catch (error) {
    if (ofThePage(error)) throw error;
    deps.failures(id, error);
    return { ...known, failed: true };
  }
}
/** A row of a list: as `partOf`, known by its id. */
export const rowOf = <K extends { readonly id: string }, R>(
  teller: Teller,
  known: K,
  make: () => R,
): R | (K & Failed) => partOf(teller, known.id, known, make);
export const isFailed = (part: object): part is Failed => 'failed' in part && part.failed === true;

type Joined<T extends readonly object[]> = T extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? First & Joined<Rest>
  : unknown;
/**
 * One row of several parts whose members differ, in their order: as `{ ...a, ...b }`, which takes thirty
 * times as long for a row of twenty members.
 */
export const joined = <const T extends readonly object[]>(...parts: T): Joined<T> =>
  Object.assign({}, ...parts) as Joined<T>;
