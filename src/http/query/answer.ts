/** What a query answers, apart from how it is sent. */
import type { z } from 'zod';
import type { Spot } from '../../projections/engine/walk.js';
import { asAt, checkAsAt, marked } from './as-at.js';
import type { QueryContext } from './context.js';
import { defaultOrder, kindIn } from './declare.js';
import type { Answered, ListQuery, Page, Paged, Query, RecordQuery } from './declare.js';
import { Reader, type Entry } from './list.js';
import { decodeCursor, nextPage } from './paging.js';
import { part } from '../../domain/kernel/parts.js';
import { bounds, type AnyParameters, type ListParameters } from './parameters.js';
import { inPast, type PastContext } from './past-context.js';
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
  if (question.past && query.asAt !== undefined) {
    noteShown(question, id, undefined, context);
    return pagedThen(question, query, context, query.asAt);
  }
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
/** What `work` answers of many records as they stood. */
function asTheyStood<R>(
  question: Query,
  query: object,
  context: QueryContext,
  instant: string,
  work: (then: PastContext) => R | Promise<R>,
): Promise<R> {
  checkAsAt(context, instant);
  const past = question.past?.(query, context);
  if (past) return inPast(context, past, instant, work);
  const names = bounds(question);
  throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
    errors: [
      {
        path: `/${names[0] ?? 'asAt'}`,
        message: `Choose ${names.join(' or ')} too: not everything is read as it stood at once`,
      },
    ],
  });
}
/** The answer of what comes a page at a time, as it stood: each page is made of that past anew. */
function pagedThen(
  question: RecordQuery,
  query: AnyParameters & { readonly id: string },
  context: QueryContext,
  instant: string,
): Answered<Paged> {
  return {
    position: context.deps.service.position(),
    body: (page: Page) =>
      asTheyStood(question, query, context, instant, async (then) => {
        const { body } = await question.answer(query, then);
        return (body as Paged)(page);
      }),
    tag: `.${Date.parse(instant).toString(36)}`,
  };
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
/** Rows of a list that are read by and by. */
export type Rows = Pick<Reader<object>, 'take'>;
/** The rows of a list after a spot, in an order; each `take` goes on where the last one stopped. */
export function rowsOf(
  list: ListQuery,
  query: AnyParameters,
  context: QueryContext,
  order: ReturnType<typeof orderOf>,
  after: Spot | undefined,
): Rows {
  return list.past && query.asAt !== undefined
    ? rowsThen(list, query, context, query.asAt, order, after)
    : readerOf(list, query, context, order, after);
}
const readerOf = (
  list: ListQuery,
  query: object,
  context: QueryContext,
  { key, descending }: ReturnType<typeof orderOf>,
  after: Spot | undefined,
): Rows => new Reader(list.sources(query, context, key), { after, descending, slices: context.deps.slices });
/**
 * The same of a list as it stood. Its past is lent for each reading by itself: whoever takes its rows slowly
 * keeps nobody else from another past.
 */
function rowsThen(
  list: ListQuery,
  query: object,
  context: QueryContext,
  instant: string,
  order: ReturnType<typeof orderOf>,
  after: Spot | undefined,
): Rows {
  let last = after;
  return {
    async take(count) {
      const found = await asTheyStood(list, query, context, instant, (then) =>
        readerOf(list, query, then, order, last).take(count),
      );
      last = found.at(-1)?.spot ?? last;
      return found;
    },
  };
}

/** What is asked of any list. */
export type ListAsked = AnyParameters & z.output<typeof ListParameters>;
/** The first rows asked for, whether there are more than these, and the reading, to go on with. */
export interface Begun {
  readonly found: readonly Entry<object>[];
  readonly more: boolean;
  readonly reading: Rows;
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
  /** The instant that was asked for. */
  readonly asAt?: string;
}
/** The page that was begun; `requested` is the address that it was asked for at. */
export function pageOf(
  list: ListQuery,
  { limit, sort = defaultOrder(list), asAt }: Pick<ListAsked, 'limit' | 'sort' | 'asAt'>,
  { found, more }: Begun,
  requested: string,
): ListPage {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((entry) => entry.shown),
    next: last && more ? nextPage(requested, sort, last.spot) : null,
    ...(asAt === undefined ? {} : { asAt }),
  };
}
