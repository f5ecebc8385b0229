/**
 * Lists as CSV: UTF-8 with BOM, safe to open in a spreadsheet, stable column names, and in every cell a plain
 * value.
 */
import { stringify } from 'csv-stringify/sync';
import type { FastifyReply } from 'fastify';
import { isFailed } from './rows.js';

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
}
export const columnName = (c: Column): string => (typeof c === 'string' ? c : c[0]);

/** A column's cell. */
function cellOf(row: Readonly<Record<string, unknown>>, column: Column): Cell {
  if (typeof column !== 'string') return column[1](row as never);
  const value = row[column];
  if (value !== null && typeof value === 'object')
    throw new TypeError(`The column ${column} is no plain value`);
  return value as Cell;
}

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
    [column, (row) => sums(row)?.[figure]],
    [`${name}AtLeastPence`, (row) => sums(row)?.atLeastPence?.[figure]],
    [`${name}FiguresNotShared`, (row) => sums(row)?.figuresNotShared?.[figure]],
  ];
}
type Sums<F extends string> = { readonly [K in F]?: number | null | undefined } & {
  readonly atLeastPence?: { readonly [K in F]?: number | undefined } | undefined;
  readonly figuresNotShared?: { readonly [K in F]?: number | undefined } | undefined;
};

/** `head`: begins with the mark of UTF-8 and the names of the columns. */
export function csvText(columns: readonly Column[], rows: readonly object[], head = true): string {
  // Of a row that failed there is what is plainly known of it.
  const cells = rows.map((row) =>
    isFailed(row)
      ? columns.map((c) => (typeof c === 'string' ? cellOf(row as Record<string, unknown>, c) : undefined))
      : columns.map((c) => cellOf(row as Record<string, unknown>, c)),
  );
  return stringify(cells, {
    bom: head,
    header: head,
    columns: columns.map((c) => ({ key: columnName(c) })),
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
): FastifyReply {
  return csvHead(reply, name, columns).send(csvText(columns.columns, rows));
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
