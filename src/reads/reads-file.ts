/**
 * The file of the log of reads, beside the log and never part of it: rows in the order in which they were
 * noted. A day's rows are found by `days`, so that no index on the time is kept; what is asked most (a
 * record, an account, a place, an address) has an index of its own.
 */
import { randomBytes } from 'node:crypto';
import Database from '../log/sqlite/driver.js';
import { setJournal, setReading } from '../log/sqlite/pragmas.js';
import { addDays, londonDate } from '../domain/shared/calendar.js';
import { compareSpots, tieAt, type Spot, type Walk } from '../projections/engine/walk.js';
import { earlierTable, hasTable, layOut } from './layout.js';
import type { Gap, GapCause, Read } from './read.js';
import { EarlierRows, findable, WordRows, type ReadSpot, type Rows } from './rows.js';

/**
 * Which reads; days are London's, both inclusive. One of the others is walked by, the rest is the caller's.
 */
export interface ReadFilter {
  readonly record?: string | undefined;
  readonly account?: string | undefined;
  readonly placeId?: string | undefined;
  readonly path?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
export type GapSpot = Gap & Spot;
interface GapRow {
  readonly seq: number;
  readonly since: string | null;
  readonly until: string;
  readonly why: GapCause;
  readonly count: number | null;
}

/** So long another process that holds a lock is waited for: nobody else writes, and everybody waits. */
const busyMs = 100;
/** Bytes of a file's name for itself. */
const nodeBytes = 4;

function statementsOf(db: Database.Database) {
  return {
    newestGap: db.prepare<[], number>('SELECT ifnull(max(seq), 0) FROM gaps').pluck(),
    putDay: db.prepare(
      `INSERT INTO days VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`,
    ),
    putGap: db.prepare('INSERT INTO gaps VALUES (?, ?, ?, ?, ?)'),
    putGrants: db.prepare('INSERT INTO grants VALUES (?, ?) ON CONFLICT DO NOTHING'),
    grants: db.prepare<[string], string>('SELECT names FROM grants WHERE tag = ?').pluck(),
    file: db.prepare<[], { readonly node: string; readonly open: string | null }>(
      'SELECT node, open FROM file',
    ),
    make: db.prepare('INSERT INTO file SELECT ?, NULL WHERE NOT EXISTS (SELECT 1 FROM file)'),
    setOpen: db.prepare('UPDATE file SET open = ?'),
    firstOf: db.prepare<[string], number | null>('SELECT min(first) FROM days WHERE day >= ?').pluck(),
    lastOf: db.prepare<[string], number | null>('SELECT max(last) FROM days WHERE day <= ?').pluck(),
    gaps: db.prepare<[], GapRow>('SELECT * FROM gaps ORDER BY seq'),
    pruneDays: db.prepare('DELETE FROM days WHERE day < ?'),
    pruneGaps: db.prepare('DELETE FROM gaps WHERE until < ?'),
  };
}

export class ReadsFile {
  /** By which the reads of one file are told from those of another node's. */
  readonly node: string;
  /**
   * Where the file was not closed by who wrote to it last: the instant of the last read that stands in it, or
   * when it was opened, where none does.
   */
  readonly leftOpen: string | undefined;
  readonly #db: Database.Database;
  readonly #sql: ReturnType<typeof statementsOf>;
  readonly #rows: WordRows;
  /** Those of the first layout, all before the others, until their days are over. */
  readonly #earlier: Rows | undefined;
  readonly #knownGrants = new Set<string>();
  #newest: number;
  /** The file says that it is. */
  #inUse = false;

  /** Opens the file, or makes it. Throws the driver's error where it cannot be used. */
  constructor(file: string) {
    const db = new Database(file);
    try {
      db.pragma('journal_mode = WAL');
      // A power cut takes what a crash does: what was not flushed.
      db.pragma('synchronous = FULL');
      setJournal(db);
      setReading(db);
      db.pragma(`busy_timeout = ${busyMs}`);
      layOut(db);
      this.#sql = statementsOf(db);
      this.#rows = new WordRows(db);
      this.#earlier = hasTable(db, earlierTable) ? new EarlierRows(db) : undefined;
      this.#sql.make.run(randomBytes(nodeBytes).toString('hex'));
      const { node, open } = this.#sql.file.get() as { node: string; open: string | null };
      this.node = node;
      this.leftOpen = open === null ? undefined : (this.#rows.lastAt() ?? this.#earlier?.lastAt() ?? open);
      this.#newest = Math.max(
        this.#rows.newest(),
        this.#earlier?.newest() ?? 0,
        this.#sql.newestGap.get() ?? 0,
      );
      this.#db = db;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Writes what was missing before some reads, these, and what is missing after them: all or nothing. */
  write(before: readonly Gap[], reads: readonly Read[], after: readonly Gap[] = []): void {
    const newest = this.#newest;
    const met = new Set<string>();
    try {
      this.#db.transaction(() => {
        for (const gap of before) this.#putGap(gap);
        this.#putAll(reads, met);
        for (const gap of after) this.#putGap(gap);
        const at = reads[0]?.at ?? [...before, ...after][0]?.until;
        if (!this.#inUse && at !== undefined) this.#sql.setOpen.run(at);
      })();
    } catch (error) {
      this.#newest = newest;
      this.#rows.forget();
      throw error;
    }
    this.#inUse = true;
    for (const tag of met) this.#knownGrants.add(tag);
  }

  #putAll(reads: readonly Read[], met: Set<string>): void {
    const days = new Map<string, { readonly first: number; last: number }>();
    this.#rows.put(this.#newest, reads);
    for (const { at, grants } of reads) {
      const seq = ++this.#newest;
      const day = londonDate(at);
      const of = days.get(day);
      if (of) of.last = seq;
      else days.set(day, { first: seq, last: seq });
      if (this.#knownGrants.has(grants.tag) || met.has(grants.tag)) continue;
      met.add(grants.tag);
      this.#sql.putGrants.run(grants.tag, JSON.stringify(grants.names));
    }
    for (const [day, { first, last }] of days) this.#sql.putDay.run(day, first, last);
  }
  #putGap({ since, until, why, count }: Gap): void {
    this.#sql.putGap.run(++this.#newest, since ?? null, until, why, count ?? null);
  }

  /** Of the newest row. */
  get newest(): number {
    return this.#newest;
  }
  /** What stands in the journal is written to the file and to the disk once more. */
  bringToDisk(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** Takes out rows of days before one, so many at most; true where there may be more. */
  prune(day: string, most: number): boolean {
    const last = this.#sql.lastOf.get(addDays(day, -1)) ?? 0;
    return this.#db.transaction(() => {
      const earlier = this.#earlier?.prune(last, day, most) ?? 0;
      if (earlier === most) return true;
      if (this.#rows.prune(last, day, most - earlier) === most - earlier) return true;
      this.#sql.pruneDays.run(day);
      this.#sql.pruneGaps.run(day);
      return false;
    })();
  }

  /** The grants behind a tag, by their names. */
  grantsOf(tag: string): readonly string[] {
    return JSON.parse(this.#sql.grants.get(tag) ?? '[]') as string[];
  }

  /** Reads in order, by the narrowest of what is asked. */
  walk(filter: ReadFilter): Walk<ReadSpot> {
    const column = findable.find((key) => filter[key] !== undefined);
    const by = column && { column, value: filter[column] ?? '' };
    const rows = this.#rows.walk(by);
    const walk = this.#earlier ? inTurn(this.#earlier.walk(by), rows) : rows;
    const first = filter.from === undefined ? 0 : this.#sql.firstOf.get(filter.from);
    const last = filter.to === undefined ? this.#newest : this.#sql.lastOf.get(filter.to);
    return first === null || first === undefined || last === null || last === undefined
      ? () => []
      : within(first, last, walk);
  }

  /** All of them: they are few. */
  gaps(): GapSpot[] {
    return this.#sql.gaps.all().map(({ seq, since, until, why, count }) => ({
      key: seq,
      tie: tieAt(seq),
      since: since ?? undefined,
      until,
      why,
      count: count ?? undefined,
    }));
  }

  /** `clean`: everything that was noted stands in it. */
  close(clean: boolean): void {
    try {
      if (clean) this.#sql.setOpen.run(null);
    } finally {
      this.#db.close();
    }
  }
}

/** Two walks of which one's rows are all before the other's. */
const inTurn =
  (earlier: Walk<ReadSpot>, later: Walk<ReadSpot>): Walk<ReadSpot> =>
  ({ limit, ...from }) => {
    const [first, second] = from.descending ? [later, earlier] : [earlier, later];
    const found = first({ ...from, limit });
    return found.length === limit ? found : [...found, ...second({ ...from, limit: limit - found.length })];
  };

/** The rows of a walk along `seq` from one to another, both inclusive: read from the first of them on. */
const within =
  (low: number, high: number, walk: Walk<ReadSpot>): Walk<ReadSpot> =>
  ({ after, descending, limit }) => {
    const edge = descending ? high + 1 : Math.max(0, low - 1);
    const start = { key: edge, tie: tieAt(edge) };
    const later = after !== undefined && (descending ? -1 : 1) * compareSpots(after, start) > 0;
    return walk({ after: later ? after : start, descending, limit }).filter(
      ({ seq }) => seq >= low && seq <= high,
    );
  };
