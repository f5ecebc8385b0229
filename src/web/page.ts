/**
 * A page that somebody designed: an address, whom it is for, what it asks, and the template that is filled
 * with the answers.
 *
 * page({ address: '/places/:id', title: ({ place }) => place.name, for: 'everybody',
 *        ask: { place: ask('/v1/places/:id/progress', PlacePage) }, template: 'place.njk' })
 */
import type { z } from 'zod';
import { existing } from '../domain/kernel/parts.js';
import type { AnswerOf, ListQuery, Query as Question, RecordQuery, RowOf } from '../http/query/declare.js';
import { queries } from '../http/questions/index.js';
import type { Query } from './address.js';
import { listModel, type ListModel } from './pages/list.js';
import { possibleModel, type PossibleModel } from './pages/possible.js';
import { recordModel, type RecordModel } from './pages/record.js';
import type { Visit } from './visit.js';

/** What a page asks for its reader, given the id in its address and what else is asked in it. */
export type Ask<A = unknown> = (visit: Visit, id: string, asked: Query) => Promise<A>;

/** The query at an address of the API. */
const queryAt = (url: string): Question =>
  existing(
    queries.find((one) => one.url === url),
    url,
  );
function recordAt(url: string): RecordQuery {
  const question = queryAt(url);
  if (question.kind !== 'record') throw new Error(`${url} answers a list`);
  return question;
}
function listAt(url: string): ListQuery {
  const question = queryAt(url);
  if (question.kind !== 'list') throw new Error(`${url} answers no list`);
  return question;
}

/**
 * Asks about a record. `shape`: of the answer, as the query declares it, by which it has its type. `given`:
 * what is asked of it beside what the page's own address has.
 */
export function ask<B extends z.core.$ZodType>(url: string, shape: B, given: Query = {}): Ask<AnswerOf<B>> {
  const question = recordAt(url);
  if (question.body !== (shape as unknown)) throw new Error(`${url} declares another answer`);
  return async (visit, id, asked) =>
    (await visit.record(question, id, { ...asked, ...given })).body as AnswerOf<B>;
}
/**
 * Asks a list for its first rows. `shape`: of a row, as the list declares it. `given` may follow from the
 * page's id.
 */
export function askList<R extends z.ZodObject>(
  url: string,
  shape: R,
  given: (id: string, visit: Visit) => Query = () => ({}),
): Ask<{ readonly items: readonly RowOf<R>[]; readonly next: string | null }> {
  const list = listAt(url);
  if (list.row !== (shape as unknown)) throw new Error(`${url} declares other rows`);
  return async (visit, id) => {
    const { items, next } = await visit.list(list, given(id, visit));
    return { items: items as readonly RowOf<R>[], next };
  };
}
/** Asks a list for a table of some of its rows; undefined where nobody has signed in. */
export function table(url: string, given: Query): Ask<ListModel | undefined> {
  const list = listAt(url);
  return async (visit) => (visit.isSignedIn ? listModel(list, visit, given) : undefined);
}
/** The whole answer about a record, as its plain page shows it. */
export function whole(url: string): Ask<RecordModel> {
  const question = recordAt(url);
  return (visit, id, asked) => recordModel(question, id, visit, asked);
}
/** What may be done with a record of a collection. */
export const possible =
  (collection: string): Ask<PossibleModel | undefined> =>
  (visit, id) =>
    possibleModel(collection, id, visit);

type Answers<P extends Readonly<Record<string, Ask>>> = {
  readonly [K in keyof P]: Awaited<ReturnType<P[K]>>;
};
interface PageSpec<P extends Readonly<Record<string, Ask>>> {
  readonly address: string;
  readonly title: string | ((answers: Answers<P>) => string);
  /** Who has not signed in is asked to, where it is not for everybody. */
  readonly for: 'everybody' | 'signed-in';
  readonly ask: P;
  /** What the template is given beside the answers: only where answers are joined. */
  readonly view?: (answers: Answers<P>, visit: Visit) => object;
  readonly template: string;
}
/** A page as the server keeps it. */
export interface Page {
  readonly address: string;
  readonly for: 'everybody' | 'signed-in';
  readonly template: string;
  model(visit: Visit, id: string, asked: Query): Promise<PageModel>;
}
export interface PageModel {
  readonly title: string;
  readonly answers: object;
  readonly view: object;
}
/** Declares a page. */
export const page = <const P extends Readonly<Record<string, Ask>>>(spec: PageSpec<P>): Page => ({
  address: spec.address,
  for: spec.for,
  template: spec.template,
  async model(visit, id, asked) {
    const entries = Object.entries(spec.ask);
    const made = await Promise.all(entries.map(([, question]) => question(visit, id, asked)));
    const answers = Object.fromEntries(entries.map(([name], i) => [name, made[i]])) as Answers<P>;
    const title = typeof spec.title === 'string' ? spec.title : spec.title(answers);
    return { title, answers, view: spec.view?.(answers, visit) ?? {} };
  },
});
