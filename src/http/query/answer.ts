/** What a query answers, apart from how it is sent. */
import type { z } from 'zod';
import type { Spot } from '../../projections/engine/walk.js';
import { asAt, checkAsAt, marked } from './as-at.js';
import type { QueryContext } from './context.js';
import { defaultOrder, kindIn, type Answered, type ListQuery, type RecordQuery } from './declare.js';
import { Reader, type Entry } from './list.js';
import { decodeCursor, nextPage } from './paging.js';
import { part } from '../../domain/kernel/parts.js';
import type { AnyParameters, ListParameters } from './parameters.js';
import { Problem } from '../server/problem.js';

/** Says which record an answer shows, where it is one's. */
function noteShown(
  question: RecordQuery,
  id: string,
  version: number | undefined,
  context: QueryContext,
): void {
  const aggregate = kindIn(question);
  if (aggregate !== undefined) context.shows({ record: { aggregate, id }, version });
}
/** The answer about a record, as it stands or, where `asAt` is asked, as it stood. */
export async function answer(
  question: RecordQuery,
  query: AnyParameters & { readonly id: string },
  context: QueryContext,
): Promise<Answered<unknown>> {
  const { id } = query;
  const instant = question.of ? query.asAt : undefined;
  if (instant === undefined) {
    const answered = await question.answer(query, context);
    const kind = kindIn(question);
    noteShown(question, id, kind === undefined ? undefined : context.asked(kind, id)?.version, context);
    return answered;
  }
  checkAsAt(context, instant);
  const then = await asAt(question, context, id, instant);
  const answered = marked(then, instant, await question.answer(query, then));
  noteShown(question, id, then.version, context);
  return answered;
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

/** What is asked of any list. */
export type ListAsked = AnyParameters & z.output<typeof ListParameters>;
/** The first rows asked for, whether there are more than these, and the reading, to go on with. */
export interface Begun {
  readonly found: readonly Entry<object>[];
  readonly more: boolean;
  readonly reading: Reader<object>;
}
/**
 * Begins to read a list where its cursor says; throws the 400 of a cursor or an order that is not its own.
 */
export async function beginList(
  list: ListQuery,
  query: ListAsked,
  context: QueryContext,
  most: number,
): Promise<Begun> {
  const { cursor, sort = defaultOrder(list) } = query;
  const after = cursor === undefined ? undefined : decodeCursor(cursor, sort);
  const reading = rowsOf(list, query, context, orderOf(list, sort), after);
  // One more than is shown: that there is one says that there is another page.
  const found = await reading.take(most + 1);
  return { found, more: found.length > most, reading };
}

/** A page of a list. */
export interface ListPage {
  readonly items: readonly object[];
  /** The address of the page after it. */
  readonly next: string | null;
}
/** The page that was begun; `requested` is the address that it was asked for at. */
export function pageOf(
  list: ListQuery,
  { limit, sort = defaultOrder(list) }: Pick<ListAsked, 'limit' | 'sort'>,
  { found, more }: Begun,
  requested: string,
): ListPage {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((entry) => entry.shown),
    next: last && more ? nextPage(requested, sort, last.spot) : null,
  };
}
