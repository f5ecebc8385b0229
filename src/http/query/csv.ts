/**
 * Lists as CSV: UTF-8 with BOM, safe to open in a spreadsheet, stable column names, and in every cell a plain
 * value.
 */
import { stringify } from 'csv-stringify/sync';
import type { FastifyReply } from 'fastify';
import { pageOf } from './links.js';
import type { AnySchema } from './read-schema.js';
import { isFailed } from './rows.js';
import { untold, whyNull } from './why-null.js';

export type Cell = string | number | boolean | null | undefined;
/** A column is a member of the row, or a name and what is made of the row under it. */
export type Column = string | readonly [name: string, cell: (row: never) => Cell];
type Plain<R> = {
  [K in keyof R]-?: NonNullable<R[K]> extends string | number | boolean ? K : never;
}[keyof R] &
  string;
/**
 * A column of rows of a shape: what is a list or an object needs a column that says how it is written.
 * `failed` stands in rows that did.
 */
export type ColumnOf<R> = Plain<R> | 'failed' | readonly [name: string, cell: (row: R) => Cell];
/**
 * The columns of an answer, with the version of their names (1 where none is said): docs/csv.md says what
 * raises it.
 */
export interface Columns {
  readonly columns: readonly Column[];
  readonly version?: number | undefined;
  /** The shape of a row, where one may hold what its reader is not told. */
  readonly row?: { readonly shape: Readonly<Record<string, AnySchema>> } | undefined;
}
/** What cells need to know beside the rows. */
export interface Written {
  /** Where people reach the pages; addresses are as the API has them where nobody said. */
  readonly publicAddress?: string | undefined;
}
export const columnName = (c: Column): string => (typeof c === 'string' ? c : c[0]);

/** Columns that hold an address of the API. */
const addressColumns = new Set(['link', 'lineage', 'targetLink']);

type Row = Readonly<Record<string, unknown>>;
/** What stands in a cell for a null. */
function ofNull(row: Row, column: string, { row: shape }: Columns): Cell {
  const why = whyNull(shape?.shape[column], row);
  return why === 'withheld' || why === 'either' ? untold[why] : undefined;
}
/** What a column has of a row. */
function valueOf(row: Row, column: Column, columns: Columns): Cell {
  if (typeof column !== 'string') return column[1](row as never);
  const value = row[column];
  if (value === null) return ofNull(row, column, columns);
  if (typeof value === 'object') throw new TypeError(`The column ${column} is no plain value`);
  return value as Cell;
}
/** In a file an address stands by itself, and is opened by people. */
function cellOf(row: Row, column: Column, columns: Columns, { publicAddress }: Written): Cell {
  const value = valueOf(row, column, columns);
  const isAddress =
    typeof value === 'string' && value.startsWith('/') && addressColumns.has(columnName(column));
  return isAddress && publicAddress !== undefined ? pageOf(publicAddress, value) : value;
}

/** A figure that is null where its reader is not told; undefined where there is none. */
export const toldOrNot = (figure: number | null | undefined): Cell =>
  figure === null ? untold.withheld : figure;

/**
 * A sum, and beside it what it is at least and how many figures are not shared, where one is: `pledgedPence`,
 * `pledgedAtLeastPence`, `pledgedFiguresNotShared`.
 */
export function sumColumns<F extends string, R>(
  column: string,
  figure: F,
  sums: (row: R) => Sums<F> | undefined,
): ColumnOf<R>[] {
  const name = column.replace(/Pence$/, '');
  return [
    [column, (row) => toldOrNot(sums(row)?.[figure])],
    [`${name}AtLeastPence`, (row) => sums(row)?.atLeastPence?.[figure]],
    [`${name}FiguresNotShared`, (row) => sums(row)?.figuresNotShared?.[figure]],
  ];
}
type Sums<F extends string> = { readonly [K in F]?: number | null | undefined } & {
  readonly atLeastPence?: { readonly [K in F]?: number | undefined } | undefined;
  readonly figuresNotShared?: { readonly [K in F]?: number | undefined } | undefined;
};

/** `head`: begins with the mark of UTF-8 and the names of the columns. */
export function csvText(columns: Columns, rows: readonly object[], written: Written, head = true): string {
  // Of a row that failed there is what is plainly known of it.
  const cells = rows.map((row) =>
    columns.columns.map((column) =>
      isFailed(row) && typeof column !== 'string' ? undefined : cellOf(row as Row, column, columns, written),
    ),
  );
  return stringify(cells, {
    bom: head,
    header: head,
    columns: columns.columns.map((column) => ({ key: columnName(column) })),
    escape_formulas: true,
    cast: { boolean: String },
  });
}
/** What the file of an address is called: its last part. */
export const csvNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
export const csvHeaders = (name: string, version = 1): Record<string, string> => ({
  'content-disposition': `attachment; filename="${name}.csv"`,
  'columns-version': String(version),
});
export const csvType = 'text/csv; charset=utf-8';
export const csvHead = (reply: FastifyReply, name: string, { version }: Columns): FastifyReply =>
  reply.type(csvType).headers(csvHeaders(name, version));
export function csvReply(
  reply: FastifyReply,
  name: string,
  columns: Columns,
  rows: readonly object[],
  written: Written,
): FastifyReply {
  return csvHead(reply, name, columns).send(csvText(columns, rows, written));
}

/** A record as one cell, as `?record=` takes it. */
export const recordColumn: readonly [
  string,
  (row: { readonly record: { readonly aggregate: string; readonly id: string } }) => Cell,
] = ['record', ({ record }) => `${record.aggregate}-${record.id}`];
export const recordVersionColumn: readonly [
  string,
  (row: { readonly record: { readonly version?: number | undefined } }) => Cell,
] = ['recordVersion', ({ record }) => record.version];
/** Who acted, a column for each part. */
export const actorColumns: readonly (readonly [
  string,
  (row: { readonly actor: ActorCells | null }) => Cell,
])[] = (
  [
    ['actorAccount', 'account'],
    ['actorName', 'name'],
    ['actorRole', 'role'],
    ['actorAgencyId', 'agencyId'],
    ['actorAgency', 'agency'],
    ['onBehalfOf', 'onBehalfOf'],
  ] as const
).map(([name, part]) => [name, ({ actor }: { readonly actor: ActorCells | null }) => actor?.[part]] as const);
type ActorCells = Readonly<
  Partial<Record<'account' | 'name' | 'role' | 'agencyId' | 'agency' | 'onBehalfOf', string | null>>
>;
/** Several things as one cell. */
export const words = (all: readonly string[]): string => all.join('; ');
