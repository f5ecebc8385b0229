/**
 * The file of the log of reads, beside the log and never part of it: rows in the order in which they were
 * noted. A day's rows are found by `days`, so that no index on the time is kept; what is asked most (a
 * record, an account, a place, an address) has an index of its own.
 */
import { randomBytes } from 'node:crypto';
import Database from '../log/sqlite/driver.js';
import { setJournal, setReading } from '../log/sqlite/pragmas.js';
import { londonDate } from '../domain/shared/calendar.js';
import {
  compareSpots,
  positionIn,
  tieAt,
  tieSql,
  walker,
  type Spot,
  type Walk,
} from '../projections/engine/walk.js';
import type { Gap, GapCause, Read } from './read.js';

const schema = `
  CREATE TABLE IF NOT EXISTS reads (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, day TEXT NOT NULL, account TEXT NOT NULL, grants TEXT NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, record TEXT, placeId TEXT,
    version INTEGER, status INTEGER NOT NULL, code TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS reads_record ON reads (record, seq) WHERE record IS NOT NULL;
  CREATE INDEX IF NOT EXISTS reads_account ON reads (account, seq);
  CREATE INDEX IF NOT EXISTS reads_place ON reads (placeId, seq) WHERE placeId IS NOT NULL;
  CREATE INDEX IF NOT EXISTS reads_path ON reads (path, seq);
  CREATE TABLE IF NOT EXISTS days (
    day TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS gaps (
    seq INTEGER PRIMARY KEY, since TEXT, until TEXT NOT NULL, why TEXT NOT NULL, count INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS grants (tag TEXT PRIMARY KEY, names TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS file (node TEXT NOT NULL, open TEXT) STRICT;`;

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
  const walkBy = (where: readonly string[]) =>
    walker<ReadSpot>(db, {
      select: `SELECT *, seq AS key, ${tieSql('seq')} AS tie FROM reads`,
      where,
      key: { sql: 'seq', type: 'number' },
      tie: { sql: ['seq'], of: (tie) => [positionIn(tie) ?? Number.MAX_SAFE_INTEGER], type: 'number' },
    });
  return {
    newest: db
      .prepare<[], number>(
        'SELECT max(ifnull((SELECT max(seq) FROM reads), 0), ifnull((SELECT max(seq) FROM gaps), 0))',
      )
      .pluck(),
    put: db.prepare('INSERT INTO reads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
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
    lastAt: db.prepare<[], string>('SELECT at FROM reads ORDER BY seq DESC LIMIT 1').pluck(),
    firstOf: db.prepare<[string], number | null>('SELECT min(first) FROM days WHERE day >= ?').pluck(),
    lastOf: db.prepare<[string], number | null>('SELECT max(last) FROM days WHERE day <= ?').pluck(),
    gaps: db.prepare<[], GapRow>('SELECT * FROM gaps ORDER BY seq'),
    prune: db.prepare(
      `DELETE FROM reads WHERE seq IN
        (SELECT seq FROM reads WHERE seq <= ? AND day < ? ORDER BY seq LIMIT ?)`,
    ),
    pruneDays: db.prepare('DELETE FROM days WHERE day < ?'),
    pruneGaps: db.prepare('DELETE FROM gaps WHERE until < ?'),
    walk: {
      all: walkBy([]),
      record: walkBy(['record = ?']),
      account: walkBy(['account = ?']),
      placeId: walkBy(['placeId = ?']),
      path: walkBy(['path = ?']),
    },
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
      db.exec(schema);
      this.#sql = statementsOf(db);
      this.#sql.make.run(randomBytes(nodeBytes).toString('hex'));
      const { node, open } = this.#sql.file.get() as { node: string; open: string | null };
      this.node = node;
      this.leftOpen = open === null ? undefined : (this.#sql.lastAt.get() ?? open);
      this.#newest = this.#sql.newest.get() ?? 0;
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
      throw error;
    }
    this.#inUse = true;
    for (const tag of met) this.#knownGrants.add(tag);
  }

  #putAll(reads: readonly Read[], met: Set<string>): void {
    const days = new Map<string, { readonly first: number; last: number }>();
    for (const read of reads) {
      const seq = ++this.#newest;
      const day = londonDate(read.at);
      const of = days.get(day);
      if (of) of.last = seq;
      else days.set(day, { first: seq, last: seq });
      const { tag, names } = read.grants;
      if (!this.#knownGrants.has(tag) && !met.has(tag)) {
        met.add(tag);
        this.#sql.putGrants.run(tag, JSON.stringify(names));
      }
      this.#put(seq, day, read);
    }
    for (const [day, { first, last }] of days) this.#sql.putDay.run(day, first, last);
  }
  #putGap({ since, until, why, count }: Gap): void {
    this.#sql.putGap.run(++this.#newest, since ?? null, until, why, count ?? null);
  }

  #put(seq: number, day: string, read: Read): void {
    const { at, account, grants, method, path, query, record, placeId, version, status, code } = read;
    this.#sql.put.run(
      seq,
      at,
      day,
      account,
      grants.tag,
      method,
      path,
      query,
      record ?? null,
      placeId ?? null,
      version ?? null,
      status,
      code ?? null,
    );
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
    const last = this.#sql.lastOf.get(day) ?? 0;
    if (this.#sql.prune.run(last, day, most).changes === most) return true;
    this.#sql.pruneDays.run(day);
    this.#sql.pruneGaps.run(day);
    return false;
  }

  /** The grants behind a tag, by their names. */
  grantsOf(tag: string): readonly string[] {
    return JSON.parse(this.#sql.grants.get(tag) ?? '[]') as string[];
  }

  /** Reads in order, by the narrowest of what is asked. */
  walk(filter: ReadFilter): Walk<ReadSpot> {
    const by = (['record', 'placeId', 'account', 'path'] as const).find((key) => filter[key] !== undefined);
    const walk = by === undefined ? this.#sql.walk.all() : this.#sql.walk[by](filter[by]);
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
