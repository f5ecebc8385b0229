/** What a query answers, apart from how it is sent. */
import type { Spot } from '../../projections/engine/walk.js';
import { asAt, checkAsAt, marked } from './as-at.js';
import type { QueryContext } from './context.js';
import { defaultOrder, type Answered, type ListQuery, type RecordQuery } from './declare.js';
import { Reader } from './list.js';
import { part } from '../../domain/kernel/parts.js';
import type { AnyParameters } from './parameters.js';
import { Problem } from '../server/problem.js';

/** The answer about a record, as it stands or, where `asAt` is asked, as it stood. */
export async function answer(
  question: RecordQuery,
  query: AnyParameters & { readonly id: string },
  context: QueryContext,
): Promise<Answered<unknown>> {
  const instant = question.of ? query.asAt : undefined;
  if (instant === undefined) return question.answer(query, context);
  checkAsAt(context, instant);
  const then = await asAt(question, context, query.id, instant);
  return marked(then, instant, await question.answer(query, then));
}
/** The body of an answer, made. */
export const bodyOf = ({ body }: Answered<unknown>): unknown =>
  typeof body === 'function' ? (body as () => unknown)() : body;

/** The order that a list is asked for in: its key, and whether the other way round. */
export function orderOf(
  list: ListQuery,
  asked = defaultOrder(list),
): { readonly key: string; readonly descending: boolean } {
  const named = asked.replace(/^-/, '');
  const { renamed = {} } = list;
  const key = part(renamed, named) ?? named;
  if (!list.sorts.includes(key))
    throw new Problem(
      400,
      'INVALID_PARAMETER',
      `sort must be one of ${list.sorts.join(', ')}, with - before it for the other way round.`,
    );
  return { key, descending: asked.startsWith('-') };
}
/** The rows of a list after a spot, in an order; each `take` goes on where the last one stopped. */
export const rowsOf = (
  list: ListQuery,
  query: object,
  context: QueryContext,
  { key, descending }: ReturnType<typeof orderOf>,
  after: Spot | undefined,
): Reader<object> =>
  new Reader(list.sources(query, context, key), { after, descending, slices: context.deps.slices });
