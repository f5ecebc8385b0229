/**
 * Rows read along an index, a few at a time: how every long list is read, in each order that it offers. A row
 * stands in an order by its sort key and, among rows alike by that, by its `tie`; what has no key comes after
 * everything, and the other way round is the exact reverse. A walk gives light rows (what to sort and to sift
 * by); whoever shows one reads the whole record then.
 */
import type { Database, Statement } from 'better-sqlite3';

export type Key = string | number | null;
/** Where a row stands in an order. */
export interface Spot {
  readonly key: Key;
  readonly tie: string;
}
/** Which rows: at most `limit` that come after a spot. */
export interface From {
  readonly after?: Spot | undefined;
  readonly descending: boolean;
  readonly limit: number;
}
export type Walk<L extends Spot = Spot> = (from: From) => readonly L[];

/** What JavaScript's own order puts elsewhere. */
const beyond = /[\ud800-\udfff]/;
/** By code points, as SQLite compares text. */
function compareText(one: string, other: string): number {
  if (one === other) return 0;
  if (beyond.test(one) || beyond.test(other)) return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
}
/** The order of all walks, ascending. */
export function compareSpots(one: Spot, other: Spot): number {
  if (one.key !== other.key) {
    if (one.key === null) return 1;
    if (other.key === null) return -1;
    const by =
      typeof one.key === 'number' && typeof other.key === 'number'
        ? one.key - other.key
        : compareText(String(one.key), String(other.key));
    if (by !== 0) return by;
  }
  return compareText(one.tie, other.tie);
}

/** Digits of the greatest position that can be: written with so many, texts are in the numbers' order. */
export const tieDigits = String(Number.MAX_SAFE_INTEGER).length;
/** A position of the log as a tie: as text in the order of the numbers. */
export const tieAt = (position: number): string => String(position).padStart(tieDigits, '0');
/** The same of a table's column, in SQL. */
export const tieSql = (column: string): string => `printf('%0${tieDigits}d', ${column})`;
const beginsWithPosition = new RegExp(`^\\d{${tieDigits}}`);
/** The position that a tie begins with, if it does. */
export const positionIn = (tie: string): number | undefined =>
  beginsWithPosition.test(tie) ? Number(tie.slice(0, tieDigits)) : undefined;

/** Rows that are few by their nature, or made for this answer, as a walk. */
export function walkOf<L extends Spot>(rows: readonly L[]): Walk<L> {
  const sorted = [...rows].sort(compareSpots);
  const reversed = [...sorted].reverse();
  return ({ after, descending, limit }) => {
    const all = descending ? reversed : sorted;
    const sign = descending ? -1 : 1;
    const from = after === undefined ? 0 : all.findIndex((row) => sign * compareSpots(row, after) > 0);
    return from < 0 ? [] : all.slice(from, from + limit);
  };
}

/**
 * A walk the other way round, for a key that grows where another falls. Its spots stand in that order, too:
 * no other source may be merged with it.
 */
export const back =
  <L extends Spot>(walk: Walk<L>): Walk<L> =>
  ({ descending, ...from }) =>
    walk({ ...from, descending: !descending });

/** Rows that a walk gives in the order of their ties, all of them under one key. */
export function under<L extends Spot>(key: Key, walk: Walk<L>): Walk<L> {
  return ({ after, descending, limit }) => {
    const sign = descending ? -1 : 1;
    const past = after && sign * compareSpots({ key: after.key, tie: '' }, { key, tie: '' });
    if (past !== undefined && past > 0) return [];
    return walk({
      after: after && past === 0 ? { key: after.tie, tie: after.tie } : undefined,
      descending,
      limit,
    }).map((row) => ({ ...row, key }));
  };
}

/**
 * The rows of a walk with keys from one to another, both inclusive: read from the first of them on. Keys are
 * texts.
 */
export function between<L extends Spot>(from: string, to: string, walk: Walk<L>): Walk<L> {
  const start = { ascending: { key: from, tie: ends.text[0] }, descending: { key: to, tie: ends.text[1] } };
  return ({ after, descending, limit }) => {
    const first = start[descending ? 'descending' : 'ascending'];
    const later = after !== undefined && (descending ? -1 : 1) * compareSpots(after, first) > 0;
    const rows = walk({ after: later ? after : first, descending, limit });
    return rows.filter(
      ({ key }) =>
        typeof key === 'string' && (descending ? compareText(key, from) >= 0 : compareText(key, to) <= 0),
    );
  };
}

/** Before and after every key and tie. */
const ends = {
  text: ['', '\u{10ffff}'],
  number: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
} as const;

export interface WalkSpec {
  /** `SELECT … FROM …` of `key`, `tie` and what else a light row has. */
  readonly select: string;
  /**
   * Of rows with these values alone, each an equality, in the order of the values given: `['aggregate = ?']`.
   */
  readonly where?: readonly string[];
  readonly key: { readonly sql: string; readonly type: keyof typeof ends; readonly nullable?: boolean };
  /**
   * Columns that order rows alike by the key, and their values in a spot's tie. One of them alone where the
   * key is unique and is the tie.
   */
  readonly tie: {
    readonly sql: readonly string[];
    readonly of: (tie: string) => readonly (string | number)[];
    readonly type: keyof typeof ends;
  };
}

/**
 * Walks along the index on the equalities, the key and the tie, in that order. Statements are prepared once.
 */
export function walker<L extends Spot>(
  db: Database,
  { select, where = [], key, tie }: WalkSpec,
): (...values: unknown[]) => Walk<L> {
  const prepared = new Map<string, Statement<unknown[], L>>();
  const run = (sql: string, values: readonly unknown[]): L[] => {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, (statement = db.prepare<unknown[], L>(sql)));
    return statement.all(...values);
  };
  const unique = tie.sql.length === 1 && tie.sql[0] === key.sql;
  const [keyed, alone] = [unique ? tie.sql : [key.sql, ...tie.sql], tie.sql];
  const query = (more: readonly string[], columns: readonly string[], descending: boolean): string => {
    const conditions = [
      ...where,
      ...more,
      `(${columns.join(', ')}) ${descending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`,
    ];
    return `${select} WHERE ${conditions.join(' AND ')}
      ORDER BY ${columns.map((c) => `${c}${descending ? ' DESC' : ''}`).join(', ')} LIMIT ?`;
  };
  return (...values) =>
    ({ after, descending, limit }) => {
      const end = (type: keyof typeof ends): string | number => ends[type][descending ? 1 : 0];
      const ties = (spot: Spot | undefined): readonly unknown[] =>
        spot === undefined ? tie.sql.map(() => end(tie.type)) : tie.of(spot.tie);
      const withKey = (from: Spot | undefined, most: number): L[] =>
        run(query([], keyed, descending), [
          ...values,
          ...(unique ? [] : [from?.key ?? end(key.type)]),
          ...ties(from),
          most,
        ]);
      const without = (from: Spot | undefined, most: number): L[] =>
        key.nullable
          ? run(query([`${key.sql} IS NULL`], alone, descending), [...values, ...ties(from), most])
          : [];
      // What has no key stands at the far end.
      const [first, second, isFirst] = descending
        ? [without, withKey, (s: Spot) => s.key === null]
        : [withKey, without, (s: Spot) => s.key !== null];
      const found = after === undefined || isFirst(after) ? first(after, limit) : [];
      if (found.length === limit) return found;
      return [
        ...found,
        ...second(after === undefined || isFirst(after) ? undefined : after, limit - found.length),
      ];
    };
}
