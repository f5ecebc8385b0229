/** What a query is, and what it may look at. */
import type { z } from 'zod';
import type { Audience, Viewer } from '../../domain/shared/access.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { Recorded, View } from '../../projections/engine/view.js';
import { aggregates } from '../../domain/registry.js';
import type { Column, Columns } from './csv.js';
import type { HttpDeps } from './deps.js';
import type { Spot } from '../../projections/engine/walk.js';
import type { Source } from './list.js';

export type Row = Record<string, unknown>;

/** What a query's function is given. */
export interface Reading {
  readonly viewer: Viewer;
  readonly params: Record<string, string>;
  readonly query: any;
  /** Today in London, by the log's clock. */
  readonly day: string;
  /** The log's time. */
  readonly now: string;
  readonly deps: HttpDeps;
  /** Queries of a live view; one being built is a 503. */
  of<Q>(view: View<Q, any>): Q;
  /** As `of`, for the record asked for: the same view as it stood at the moment asked for (`asAt`), else as it stands. */
  own<Q>(view: View<Q, any>): Q;
  /** The access row of a record that the reader may see; a 404 otherwise, the same for hidden and unknown. */
  visible(aggregate: string, id: string): AccessRow;
  /** As `visible`: undefined instead of the 404. */
  asked(aggregate: string, id: string): AccessRow | undefined;
  /** The same of a record that nobody named, such as a row of a list. */
  seen(aggregate: string, id: string): AccessRow | undefined;
  /** The address of a record that the reader may open; null where it is hidden, unknown or has none. */
  link(aggregate: string, id: string): string | null;
  /** The reader's audience for a place, or a wider one they asked for. */
  audience(placeId: string): Audience;
}

interface Common {
  /** For OpenAPI. */
  readonly title: string;
  readonly url: string;
  readonly query?: z.ZodObject;
}
export interface RecordQuery extends Common {
  readonly kind: 'record';
  /** The kind of the record that `:id` names: it can then be asked for as it stood (`?asAt=`). */
  readonly of?: string;
  /** Other streams whose past the answer shows beside the record's own, given that one's events. */
  also?(events: readonly Recorded[], r: Reading): readonly string[];
  /** Where the answer is a list within a record: its rows as CSV. */
  readonly csv?: Columns & { rows(body: any): readonly object[] };
  /** Where its `items` come a page at a time, with `next`: `limit` and `cursor` are taken, and `body` is given which. */
  readonly paged?: true;
  /** What members of the answer mean where their name does not say it, for OpenAPI; `/` between names of nested ones. */
  readonly members?: Readonly<Record<string, string>>;
  /** The answer, and what its ETag is made of besides position and day. A body that is a function is made only where it is sent. */
  run(r: Reading): { readonly position: number; readonly body: unknown; readonly tag?: string };
}
/** The page asked for of what is paged. */
export interface Page {
  readonly after: Spot | undefined;
  readonly limit: number;
  /** The address of the page after a row. */
  next(last: Spot): string;
}
export interface ListQuery extends Common {
  readonly kind: 'list';
  /** Sort keys, the first one the default. */
  readonly sorts: readonly string[];
  /** Columns of the CSV, in order; stable names. */
  readonly columns: readonly Column[];
  /** Of the columns' names: raised when one goes, is renamed or changes its meaning (docs/csv.md). */
  readonly columnsVersion?: number;
  /** Where its rows come from in the order of a key. `show` makes those that the reader may see and asks for; each has `id`. */
  sources(r: Reading, key: string): readonly Source<Row>[];
}
export type Query = RecordQuery | ListQuery;

/** The body of an answer, made. */
export const bodyOf = (q: RecordQuery, r: Reading): unknown => {
  const { body } = q.run(r);
  return typeof body === 'function' ? body() : body;
};

/** The query of one record, by its kind: the one at `/v1/{collection}/:id`. */
export function queriesByKind(queries: readonly Query[]): ReadonlyMap<string, RecordQuery> {
  const urls = new Map<string, string>(aggregates.map((a) => [a.name, `/v1/${a.collection}/:id`]));
  return new Map(queries.flatMap((q) => (q.kind === 'record' && q.of && q.url === urls.get(q.of) ? [[q.of, q] as const] : [])));
}
