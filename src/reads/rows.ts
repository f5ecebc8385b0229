/** Rows of the file of reads: those written now, and those of the first layout while there are any. */
import type Database from '../log/sqlite/driver.js';
import { londonDate, startOfDay } from '../domain/shared/calendar.js';
import { positionIn, tieSql, walker, type Spot, type Walk } from '../projections/engine/walk.js';
import { earlierTable } from './layout.js';
import type { Read } from './read.js';
import { Words } from './words.js';

/** One as a walk gives it. */
export interface ReadSpot extends Spot {
  readonly seq: number;
  readonly at: string;
  readonly day: string;
  readonly account: string;
  /** Their tag. */
  readonly grants: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly record: string | null;
  readonly placeId: string | null;
  readonly version: number | null;
  readonly status: number;
  readonly code: string | null;
}
/** What a read is found by. */
export const findable = ['record', 'placeId', 'account', 'path'] as const;
export interface By {
  readonly column: (typeof findable)[number];
  readonly value: string;
}

/** Rows of one table, by their numbers. */
export interface Rows {
  newest(): number;
  /** The instant of the newest; undefined where there is none. */
  lastAt(): string | undefined;
  /** All of them, or those found by something. */
  walk(by: By | undefined): Walk<ReadSpot>;
  /**
   * Takes out, oldest first, so many at most of the rows up to a number that are of days before one; gives
   * how many. To be called in a transaction.
   */
  prune(last: number, day: string, most: number): number;
}

/** A walk of a table by nothing, and by each of what reads are found by. */
function walksOf<S extends Spot>(db: Database.Database, table: string, columns: string) {
  const by = (where: readonly string[]) =>
    walker<S>(db, {
      select: `SELECT ${columns}, seq AS key, ${tieSql('seq')} AS tie FROM ${table}`,
      where,
      key: { sql: 'seq', type: 'number' },
      tie: { sql: ['seq'], of: (tie) => [positionIn(tie) ?? Number.MAX_SAFE_INTEGER], type: 'number' },
    });
  const of = (column: By['column']) => by([`${table}.${column} = ?`]);
  return {
    all: by([]),
    record: of('record'),
    placeId: of('placeId'),
    account: of('account'),
    path: of('path'),
  };
}
const newestOf = (db: Database.Database, table: string) =>
  db.prepare<[], number>(`SELECT ifnull(max(seq), 0) FROM ${table}`).pluck();

/** Rows of the first layout. */
export class EarlierRows implements Rows {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      newest: newestOf(db, earlierTable),
      lastAt: db.prepare<[], string>(`SELECT at FROM ${earlierTable} ORDER BY seq DESC LIMIT 1`).pluck(),
      prune: db.prepare(
        `DELETE FROM ${earlierTable} WHERE seq IN
          (SELECT seq FROM ${earlierTable} WHERE seq <= ? AND day < ? ORDER BY seq LIMIT ?)`,
      ),
      walk: walksOf<ReadSpot>(db, earlierTable, '*'),
    };
  }

  newest(): number {
    return this.#sql.newest.get() ?? 0;
  }
  lastAt(): string | undefined {
    return this.#sql.lastAt.get();
  }
  walk(by: By | undefined): Walk<ReadSpot> {
    return by === undefined ? this.#sql.walk.all() : this.#sql.walk[by.column](by.value);
  }
  prune(last: number, day: string, most: number): number {
    return this.#sql.prune.run(last, day, most).changes;
  }
}

/** As it stands in its table: words are told by their numbers, the instant in milliseconds. */
type Stored = Omit<ReadSpot, 'at' | 'day'> & { readonly at: number };
interface Pruned {
  readonly account: number;
  readonly path: number;
  readonly record: number | null;
  readonly placeId: number | null;
}
const instantOf = (ms: number): string => new Date(ms).toISOString();
const wordIn = (column: string): string => `(SELECT word FROM words WHERE id = reads.${column}) AS ${column}`;
const columns = [
  'seq',
  'at',
  wordIn('account'),
  wordIn('grants'),
  'method',
  wordIn('path'),
  'query',
  wordIn('record'),
  wordIn('placeId'),
  'version',
  'status',
  'code',
];
function shown(stored: Stored): ReadSpot {
  const at = instantOf(stored.at);
  return { ...stored, at, day: londonDate(at) };
}

const shownOf =
  (walk: Walk<Stored>): Walk<ReadSpot> =>
  (from) =>
    walk(from).map(shown);

/** Rows written by one statement: what is beside SQLite's own work is then paid once for so many. */
const rowsTogether = 20;
const values = `(${columns.map(() => '?').join(', ')})`;
/**
 * `OR FAIL`: what fails undoes the whole transaction. To undo one statement of several rows SQLite would
 * keep a copy of each page that it touches, which costs more than the rows.
 */
const insertOf = (rows: number): string =>
  `INSERT OR FAIL INTO reads VALUES ${Array(rows).fill(values).join(', ')}`;

/** Rows as they are written now. */
export class WordRows implements Rows {
  readonly #words: Words;
  readonly #sql;

  constructor(db: Database.Database) {
    this.#words = new Words(db);
    this.#sql = {
      newest: newestOf(db, 'reads'),
      lastAt: db.prepare<[], number>('SELECT at FROM reads ORDER BY seq DESC LIMIT 1').pluck(),
      put: db.prepare(insertOf(1)),
      putTogether: db.prepare(insertOf(rowsTogether)),
      prune: db.prepare<[number, number, number], Pruned>(
        `DELETE FROM reads WHERE seq IN (SELECT seq FROM reads WHERE seq <= ? AND at < ? ORDER BY seq LIMIT ?)
          RETURNING account, path, record, placeId`,
      ),
      walk: walksOf<Stored>(db, 'reads', columns.join(', ')),
    };
  }

  /** Puts rows after one with a number. To be called in a transaction; where that fails, `forget` is, too. */
  put(after: number, reads: readonly Read[]): void {
    const words = this.#words;
    let seq = after;
    let [at, ms] = ['', 0];
    let together: unknown[] = [];
    for (const read of reads) {
      // Many are of the same millisecond.
      if (read.at !== at) [at, ms] = [read.at, Date.parse(read.at)];
      const { record, placeId } = read;
      together.push(
        ++seq,
        ms,
        words.numberFor(read.account),
        words.numberFor(read.grants.tag),
        read.method,
        words.numberFor(read.path),
        read.query,
        record === undefined ? null : words.numberFor(record),
        placeId === undefined ? null : words.numberFor(placeId),
        read.version ?? null,
        read.status,
        read.code ?? null,
      );
      if (together.length < rowsTogether * columns.length) continue;
      this.#sql.putTogether.run(together);
      together = [];
    }
    for (let start = 0; start < together.length; start += columns.length)
      this.#sql.put.run(together.slice(start, start + columns.length));
  }
  /** What was put last does not stand there. */
  forget(): void {
    this.#words.forget();
  }

  newest(): number {
    return this.#sql.newest.get() ?? 0;
  }
  lastAt(): string | undefined {
    const at = this.#sql.lastAt.get();
    return at === undefined ? undefined : instantOf(at);
  }
  walk(by: By | undefined): Walk<ReadSpot> {
    if (by === undefined) return shownOf(this.#sql.walk.all());
    const walk = this.#sql.walk[by.column];
    // Asked for each page anew: once no read holds a word its number may be another's.
    return (from) => {
      const number = this.#words.numberOf(by.value);
      return number === undefined ? [] : shownOf(walk(number))(from);
    };
  }
  prune(last: number, day: string, most: number): number {
    const pruned = this.#sql.prune.all(last, Date.parse(startOfDay(day)), most);
    const words = pruned.flatMap(({ account, path, record, placeId }) => [account, path, record, placeId]);
    this.#words.removeUnused(new Set(words.filter((word) => word !== null)));
    return pruned.length;
  }
}
