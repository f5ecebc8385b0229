/** View `refusals`: every refusal recorded, and how many a month by place and code; auditors alone read it (domain.md G7, 10.4). */
import type { Statement } from 'better-sqlite3';
import { view } from './core.js';

export interface RefusalRow {
  readonly position: number;
  readonly recordedAt: string;
  readonly day: string;
  readonly account: string;
  readonly role: string;
  readonly agencyId: string | null;
  readonly command: string;
  /** The stream addressed. */
  readonly target: string;
  readonly code: string;
  readonly placeId: string | null;
  readonly programmeId: string | null;
  /** Commands turned away undecided before this one. */
  readonly unrecorded: number | null;
}
/** Which refusals; dates are London days, both inclusive. */
export type RefusalFilter = { readonly [K in 'placeId' | 'code' | 'account' | 'from' | 'to']?: string | undefined };
export interface RefusalCount {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly placeId: string | null;
  readonly programmeId: string | null;
  readonly code: string;
  readonly count: number;
  readonly unrecorded: number;
}

export const refusals = view({
  name: 'refusals',
  version: 3,
  tables: {
    entries: `CREATE TABLE {entries} (position INTEGER PRIMARY KEY, recordedAt TEXT NOT NULL, day TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, agencyId TEXT, command TEXT NOT NULL, target TEXT NOT NULL,
        code TEXT NOT NULL, placeId TEXT, programmeId TEXT, unrecorded INTEGER) STRICT;
      CREATE INDEX {entries}_place ON {entries} (placeId);
      CREATE INDEX {entries}_account ON {entries} (account);
      CREATE INDEX {entries}_code ON {entries} (code);`,
    // An empty text for none: it is part of the key.
    counts:
      'CREATE TABLE {counts} (month TEXT, placeId TEXT, programmeId TEXT, code TEXT, count INTEGER NOT NULL, unrecorded INTEGER NOT NULL, PRIMARY KEY (month, placeId, programmeId, code)) STRICT, WITHOUT ROWID',
  },
  handlers(db, t) {
    const put = db.prepare(`INSERT INTO ${t.entries} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const count = db.prepare(`INSERT INTO ${t.counts} VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET count = count + 1, unrecorded = unrecorded + excluded.unrecorded`);
    return {
      on: {
        CommandRefused({ position, recordedAt, today, actor, data }) {
          const { command, target, code, placeId, programmeId, unrecorded } = data;
          put.run(position, recordedAt, today, actor.account, actor.role, actor.agency ?? null, command, target, code, placeId ?? null, programmeId ?? null, unrecorded ?? null);
          count.run(today.slice(0, 7), placeId ?? '', programmeId ?? '', code, unrecorded ?? 0);
        },
      },
    };
  },
  queries(db, t) {
    const terms = { placeId: 'placeId = ?', code: 'code = ?', account: 'account = ?', from: 'day >= ?', to: 'day <= ?' } as const;
    const statements = new Map<string, Statement<unknown[], RefusalRow>>();
    function page(filter: RefusalFilter, after: number, descending: boolean, limit: number): RefusalRow[] {
      const given = (Object.keys(terms) as (keyof typeof terms)[]).filter((k) => filter[k] !== undefined);
      const where = [`position ${descending ? '<' : '>'} ?`, ...given.map((k) => terms[k])].join(' AND ');
      const sql = `SELECT * FROM ${t.entries} WHERE ${where} ORDER BY position ${descending ? 'DESC' : 'ASC'} LIMIT ?`;
      let statement = statements.get(sql);
      if (!statement) statements.set(sql, (statement = db.prepare<unknown[], RefusalRow>(sql)));
      return statement.all(after, ...given.map((k) => filter[k]), limit);
    }
    const one = db.prepare<[number], RefusalRow>(`SELECT * FROM ${t.entries} WHERE position = ?`);
    const counts = db.prepare<[], RefusalCount>(`SELECT * FROM ${t.counts} WHERE month > '' ORDER BY month, placeId, code`);
    return {
      /** Those after a position, or before it where newest first. */
      page,
      one: (position: number): RefusalRow | undefined => one.get(position),
      counts: (): RefusalCount[] => counts.all().map((c) => ({ ...c, placeId: c.placeId || null, programmeId: c.programmeId || null })),
    };
  },
});
