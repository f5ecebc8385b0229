/** What a query answers, apart from how it is sent. */
import type { Spot } from '../../projections/engine/walk.js';
import { asAt, checkAsAt, marked } from './as-at.js';
import type { QueryContext } from './context.js';
import type { Answered, ListQuery, RecordQuery } from './declare.js';
import { Reader } from './list.js';
import type { AnyParameters } from './parameters.js';
import { Problem } from '../server/problem.js';

/** The answer about a record, as it stands or, where `asAt` is asked, as it stood. */
export async function answer(
  q: RecordQuery,
  query: AnyParameters & { readonly id: string },
  r: QueryContext,
): Promise<Answered<unknown>> {
  const instant = q.of ? query.asAt : undefined;
  if (instant === undefined) return q.answer(query, r);
  checkAsAt(r, instant);
  const then = await asAt(q, r, query.id, instant);
  return marked(then, instant, q.answer(query, then));
}
/** The body of an answer, made. */
export const bodyOf = ({ body }: Answered<unknown>): unknown =>
  typeof body === 'function' ? (body as () => unknown)() : body;

/** The order that a list is asked for in: its key, and whether the other way round. */
export function orderOf(
  q: ListQuery,
  sort = q.sorts[0]!,
): { readonly key: string; readonly descending: boolean } {
  const key = sort.replace(/^-/, '');
  if (!q.sorts.includes(sort) && !q.sorts.includes(key))
    throw new Problem(
      400,
      'INVALID_PARAMETER',
      `sort must be one of ${q.sorts.join(', ')}, with - before it for the other way round.`,
    );
  return { key, descending: sort.startsWith('-') };
}
/** The rows of a list after a spot, in an order; each `take` goes on where the last one stopped. */
export const rowsOf = (
  q: ListQuery,
  query: object,
  r: QueryContext,
  { key, descending }: ReturnType<typeof orderOf>,
  after: Spot | undefined,
): Reader<object> => new Reader(q.sources(query, r, key), { after, descending, slices: r.deps.slices });
