/**
 * How a query is declared: its parameters, the shape of what it answers, and the function that answers. From
 * the shape follow the type of the answer, the columns of its CSV, what OpenAPI says of it, and what the
 * tests hold every answer against.
 */
import { z } from 'zod';
import { aggregates } from '../../domain/registry.js';
import type { States } from '../../domain/states.js';
import type { Recorded } from '../../projections/engine/view.js';
import type { Spot } from '../../projections/engine/walk.js';
import type { QueryContext } from './context.js';
import type { Column, ColumnOf, Columns } from './csv.js';
import type { Source } from './list.js';
import { isFailed, type Failed } from './rows.js';
import type { PastOf } from './past-streams.js';
import { FailedShape, InstantShape, Version } from './shapes.js';
import type { Renamed } from '../../domain/kernel/renamed.js';
import type { Schema } from '../../domain/kernel/schema.js';
import { existing } from '../../domain/kernel/parts.js';

/** An answer as its schema has it: whoever is given one changes nothing of it. */
export type Shown<T> = T extends readonly (infer U)[]
  ? readonly Shown<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Shown<T[K]> }
    : T;
/** What a schema answers. */
export type AnswerOf<B extends z.core.$ZodType> = Shown<z.output<B>>;
/** A row of a list, or what is known of one that could not be made. */
export type RowOf<R extends z.core.$ZodType> =
  AnswerOf<R> | (Partial<AnswerOf<R>> & { readonly id: string } & Failed);

/** What is asked: the parameters, and the id in the address where there is one. */
type Asked<U extends string, P> = (P extends z.ZodObject ? z.output<P> : unknown) &
  (U extends `${string}:id${string}` ? { readonly id: string } : unknown) &
  (U extends `${string}:name${string}` ? { readonly name: string } : unknown);

interface Common {
  /** For OpenAPI. */
  readonly title: string;
  readonly url: string;
  readonly query?: z.ZodObject | undefined;
  /** Parameters that had another name, which is still taken; of a list also as a key to sort by. */
  readonly renamed?: Renamed;
  /**
   * Of what is made of many records: which these are, of what is asked about. Then it can be asked for as it
   * stood (`?asAt=`). Undefined where what is asked names nothing that would bound them.
   */
  past?(query: object, context: QueryContext): PastOf | undefined;
}
/**
 * An answer, and what its ETag is made of besides the day, who asks, the version of the software, and when
 * any record last came to be, was called otherwise or was opened to others. A body that is a function is made
 * only where it is sent.
 */
export interface Answered<B> {
  /** Of the newest event that the body tells of: of the record's own, and of others whose facts it shows. */
  readonly position: number;
  readonly body: B | (() => B);
  /** What else changes the body at one position: the audience, a parameter, which other records it shows. */
  readonly tag?: string;
}
/** The page asked for of what is paged. */
export interface Page {
  readonly after: Spot | undefined;
  readonly limit: number;
  /** The address of the page after a row. */
  next(last: Spot): string;
}
/** The body of what is paged, a page at a time. */
export type Paged<B = { readonly next: string | null }> = (page: Page) => Promise<B>;

/** The columns of a CSV, and the list of the answer whose rows it has. */
type CsvRows = Columns & { readonly rows: string | ((body: never) => readonly object[]) };
/** Other rows of the answer, where a parameter is given. */
type CsvAsked = CsvRows & { readonly parameter: string };
export interface RecordQuery extends Common {
  readonly kind: 'record';
  /** The kind of the record that `:id` names: it can then be asked for as it stood (`?asAt=`). */
  readonly of?: string | undefined;
  /** The shape of the answer. */
  readonly body: Schema;
  /** Other streams whose past the answer shows beside the record's own, given that one's events. */
  also?(events: readonly Recorded[], context: QueryContext, id: string): readonly string[];
  /** Where the answer is a list within a record, or is told in rows: these as CSV. */
  readonly csv?: (CsvRows & { readonly asked?: readonly CsvAsked[] }) | undefined;
  /**
   * Where its `items` come a page at a time, with `next`: `limit` and `cursor` are taken, and the body is a
   * function of which.
   */
  readonly paged?: true;
  answer(query: object, context: QueryContext): Answered<unknown> | Promise<Answered<unknown>>;
}
export interface ListQuery extends Common {
  readonly kind: 'list';
  /** The shape of a row. */
  readonly row: z.ZodObject;
  /**
   * What is known of a row that failed, as it is stored: what reads it may be what fails. Where nothing is
   * said, any members of a row.
   */
  readonly failedRow?: z.ZodObject | undefined;
  /** Members of a row that it can be sorted by: each both ways, so that none has a sign here. */
  readonly sorts: readonly [string, ...string[]];
  /**
   * The order where none is asked for, with `-` before it for the other way round; where nothing is said, by
   * the first of `sorts`.
   */
  readonly first?: string | undefined;
  /** Columns of the CSV, in order; stable names. */
  readonly columns: readonly Column[];
  /** Its rows stand in no view and may change when none does: no answer is kept for the next who asks. */
  readonly changesByItself?: true;
  /** Of the columns' names: raised when one goes, is renamed or changes its meaning (docs/csv.md). */
  readonly columnsVersion?: number;
  /**
   * Where its rows come from in the order of a key. `show` makes those that the reader may see and asks for;
   * each has `id`.
   */
  sources(query: object, context: QueryContext, key: string): readonly Source<object>[];
}
export type Query = RecordQuery | ListQuery;

interface ListSpec<
  U extends string,
  R extends z.ZodObject,
  S extends string,
  P extends z.ZodObject | undefined,
> extends Omit<
  ListQuery,
  'kind' | 'url' | 'query' | 'row' | 'sorts' | 'first' | 'columns' | 'past' | 'sources'
> {
  readonly url: U;
  readonly query?: P;
  readonly row: R;
  readonly sorts: readonly [S, ...S[]];
  readonly first?: NoInfer<S> | `-${NoInfer<S>}`;
  readonly columns: readonly ColumnOf<AnswerOf<R>>[];
  past?(query: Asked<U, P>, context: QueryContext): PastOf | undefined;
  sources(query: Asked<U, P>, context: QueryContext, key: S): readonly Source<RowOf<R>>[];
}
/**
 * A query as all are kept: its function is given what its own parameters have read, its columns its own rows.
 */
const erased = <Q extends Query>(q: object): Q => q as Q;

/** Declares a list. */
export const list = <
  const U extends string,
  R extends z.ZodObject,
  const S extends keyof AnswerOf<R> & string,
  P extends z.ZodObject | undefined = undefined,
>(
  spec: ListSpec<U, R, S, P>,
): ListQuery => erased({ kind: 'list', ...spec });

/** The order of a list where none is asked for. */
export const defaultOrder = ({ sorts: [key], first = key }: Pick<ListQuery, 'sorts' | 'first'>): string =>
  first;

/** The rows of a CSV: the answer itself, or the list that it has by a name. */
type RowsIn<B, K> = B extends unknown
  ? K extends keyof B
    ? NonNullable<B[K]> extends readonly (infer L)[]
      ? L
      : never
    : K extends 'self'
      ? B
      : never
  : never;
/**
 * Of what is answered about a record, `rows` are a CSV: the list of that name, or the answer itself (`self`).
 * Of those that failed there is what is plainly known.
 */
interface CsvRowsSpec<B, K> extends Columns {
  readonly rows: K;
  readonly columns: readonly ColumnOf<Exclude<RowsIn<B, K>, Failed>>[];
}
/** `asked`: other rows of the answer, where a parameter is given; of several the first. */
interface CsvSpec<B, K, L, P> extends CsvRowsSpec<B, K> {
  readonly asked?: readonly ((CsvRowsSpec<B, L> | MadeCsv<B>) & { readonly parameter: keyof P & string })[];
}
/** As `CsvSpec`, with rows that are made of the answer. */
export interface MadeCsv<B> extends Columns {
  rows(body: B): readonly object[];
}
/** Declares rows made of an answer: its columns are those of these rows. */
export const csvOf = <B, R extends object>(
  spec: Omit<Columns, 'columns'> & {
    readonly columns: readonly ColumnOf<R>[];
    readonly rows: (body: B) => readonly R[];
  },
): MadeCsv<B> => spec;
interface RecordSpec<
  U extends string,
  B extends z.core.$ZodType,
  P extends z.ZodObject | undefined,
  A,
  K,
  L,
> extends Omit<RecordQuery, 'kind' | 'url' | 'of' | 'query' | 'body' | 'csv' | 'paged' | 'past' | 'answer'> {
  readonly url: U;
  readonly of?: keyof States;
  readonly query?: P;
  readonly body: B;
  readonly csv?:
    MadeCsv<AnswerOf<B>> | CsvSpec<AnswerOf<B>, K, L, P extends z.ZodObject ? z.output<P> : object>;
  past?(query: Asked<U, P>, context: QueryContext): PastOf | undefined;
  answer(query: Asked<U, P>, context: QueryContext): Answered<A> | Promise<Answered<A>>;
}
/** The rows that an answer has as CSV. */
export function csvRows({ rows }: CsvRows, body: object): readonly object[] {
  if (typeof rows === 'function') return rows(body as never);
  return rows === 'self' || isFailed(body)
    ? [body]
    : existing((body as Readonly<Record<string, readonly object[]>>)[rows], rows);
}
/** The CSV of an answer to what was asked. */
export const csvAsked = (csv: NonNullable<RecordQuery['csv']>, query: object): CsvRows =>
  csv.asked?.find(({ parameter }) => Object.hasOwn(query, parameter)) ?? csv;
/** Declares the answer to a question about one record. */
export const record = <
  const U extends string,
  B extends z.core.$ZodType,
  P extends z.ZodObject | undefined = undefined,
  const K extends string = never,
  const L extends string = never,
>(
  spec: RecordSpec<U, B, P, AnswerOf<B>, K, L>,
): RecordQuery => erased({ kind: 'record', ...spec });
/** As `record`, for one whose `items` come a page at a time. */
export const paged = <
  const U extends string,
  B extends z.core.$ZodType,
  P extends z.ZodObject | undefined = undefined,
  const K extends string = never,
  const L extends string = never,
>(
  spec: RecordSpec<U, B, P, Paged<AnswerOf<B>>, K, L>,
): RecordQuery => erased({ kind: 'record', paged: true, ...spec });

/** A row as a list shows it: whole, or what is known of one that failed. */
export const shownRow = ({ row, failedRow = row.partial() }: Pick<ListQuery, 'row' | 'failedRow'>): Schema =>
  z.union([row, failedRow.extend({ id: z.string(), failed: FailedShape })]);

/** The same as it is documented: what is known of a row that failed are some of its members. */
const FailedRow = z.looseObject({ id: z.string(), failed: FailedShape }).meta({ id: 'FailedRow' });
export const documentedRow = ({ row }: Pick<ListQuery, 'row'>): Schema => z.union([row, FailedRow]);

/** The marker of an answer about a record as it stood. */
const AsItStood = z
  .strictObject({
    asAt: InstantShape.optional().meta({ description: 'The instant asked for' }),
    recordVersion: Version.optional().meta({ description: 'Of the record then' }),
  })
  .meta({ id: 'AsItStood', description: 'There where `asAt` is asked' });
/** Its answer can be asked for as it stood. */
export const isOfRecord = (question: Query): question is RecordQuery & { readonly body: z.ZodObject } =>
  question.kind === 'record' && question.of !== undefined && question.body instanceof z.ZodObject;
/** What a query sends, as it is documented: a record that is named once, with its marker beside it. */
export const documentedAnswer = (question: Query): Schema =>
  isOfRecord(question) ? z.intersection(question.body, AsItStood) : sentBy(question, documentedRow);

/**
 * What a query sends: of lists and of what is paged a page, of a record asked for as it stood its marker too.
 */
export function sentBy(question: Query, rowOf: (q: ListQuery) => Schema = shownRow): Schema {
  if (question.kind === 'list')
    return z.strictObject({
      items: z.array(rowOf(question)),
      next: z.string().nullable().meta({ description: 'The address of the next page' }),
      ...(question.past
        ? { asAt: InstantShape.optional().meta({ description: 'The instant, where asAt is asked' }) }
        : {}),
    });
  return isOfRecord(question) ? question.body.extend(AsItStood.shape) : question.body;
}

/** What stands in an address instead of the collection of a kind of record, or beside it. */
const departments = { collection: 'departments', name: 'agency' };
/** The kind of the record that `:id` names in the address of a query; undefined where it has none. */
export function kindIn({ url }: Pick<Query, 'url'>): string | undefined {
  const collection = /^\/v1\/([^/]+)\/:id/.exec(url)?.[1];
  return [...aggregates, departments].find((kind) => kind.collection === collection)?.name;
}

/** The query of one record, by its kind: the one at `/v1/{collection}/:id`. */
export function queriesByKind(queries: readonly Query[]): ReadonlyMap<string, RecordQuery> {
  const urls = new Map<string, string>(aggregates.map((a) => [a.name, `/v1/${a.collection}/:id`]));
  return new Map(
    queries.flatMap((question) =>
      question.kind === 'record' && question.of && question.url === urls.get(question.of)
        ? [[question.of, question] as const]
        : [],
    ),
  );
}

/** The list of the records of a kind, by the kind: the one at `/v1/{collection}`. */
export function listsByKind(queries: readonly Query[]): ReadonlyMap<string, ListQuery> {
  const kinds = new Map<string, string>(aggregates.map((a) => [`/v1/${a.collection}`, a.name]));
  return new Map(
    queries.flatMap((question) => {
      const kind = question.kind === 'list' ? kinds.get(question.url) : undefined;
      return kind === undefined ? [] : [[kind, question as ListQuery] as const];
    }),
  );
}
