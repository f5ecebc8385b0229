/**
 * View `refusals`: every refusal recorded, and how many a month by place and code; auditors alone read it
 * (docs/rules/system.md#who-reads-refusals).
 */
import { view } from '../engine/view.js';
import { positionIn, tieSql, walker, type Spot, type Walk } from '../engine/walk.js';

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
  /** What whoever asked was told, with the marks of its names. */
  readonly sentence: string | null;
}
/** Which refusals; dates are London days, both inclusive. */
export type RefusalFilter = {
  readonly [K in 'placeId' | 'code' | 'account' | 'from' | 'to']?: string | undefined;
};
/** One as a walk gives it. */
export type RefusalSpot = RefusalRow & Spot;
/** What one person would have done two parts by that are to be apart is refused with. */
const apart = new Set([
  'SOD_CONFLICT',
  'VERIFIER_NOT_INDEPENDENT',
  'SECOND_PERSON_REQUIRED',
  'OWNER_CANNOT_CONFIRM',
]);
const nearMiss = 'near = 1';
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
  version: 5,
  tables: {
    entries: `CREATE TABLE {entries} (
        position INTEGER PRIMARY KEY, recordedAt TEXT NOT NULL, day TEXT NOT NULL, account TEXT NOT NULL,
        role TEXT NOT NULL, agencyId TEXT, command TEXT NOT NULL, target TEXT NOT NULL, code TEXT NOT NULL,
        placeId TEXT, programmeId TEXT, unrecorded INTEGER, near INTEGER NOT NULL,
        sentence TEXT
      ) STRICT;
      CREATE INDEX {entries}_place ON {entries} (placeId);
      CREATE INDEX {entries}_account ON {entries} (account);
      CREATE INDEX {entries}_code ON {entries} (code);
      CREATE INDEX {entries}_near ON {entries} (position) WHERE ${nearMiss};
      CREATE INDEX {entries}_near_day ON {entries} (day, position) WHERE ${nearMiss};
      CREATE INDEX {entries}_near_place ON {entries} (placeId, position) WHERE ${nearMiss};`,
    // An empty text for none: it is part of the key.
    counts: `CREATE TABLE {counts} (
        month TEXT, placeId TEXT, programmeId TEXT, code TEXT, count INTEGER NOT NULL,
        unrecorded INTEGER NOT NULL, PRIMARY KEY (month, placeId, programmeId, code)
      ) STRICT, WITHOUT ROWID`,
  },
  handlers(db, tables) {
    const put = db.prepare(`INSERT INTO ${tables.entries} VALUES (${Array(14).fill('?').join(', ')})`);
    const count = db.prepare(
      `INSERT INTO ${tables.counts} VALUES (?, ?, ?, ?, 1, ?)
        ON CONFLICT DO UPDATE SET count = count + 1, unrecorded = unrecorded + excluded.unrecorded`,
    );
    return {
      on: {
        refusal: {
          CommandRefused({ position, recordedAt, today, actor, data }) {
            const { command, target, code, placeId, programmeId, unrecorded, sentence } = data;
            put.run(
              position,
              recordedAt,
              today,
              actor.account,
              actor.role,
              actor.agency ?? null,
              command,
              target,
              code,
              placeId ?? null,
              programmeId ?? null,
              unrecorded ?? null,
              apart.has(code) ? 1 : 0,
              sentence ?? null,
            );
            count.run(today.slice(0, 7), placeId ?? '', programmeId ?? '', code, unrecorded ?? 0);
          },
        },
      },
    };
  },
  queries(db, tables) {
    const tie = {
      sql: ['position'],
      of: (at: string) => [positionIn(at) ?? Number.MAX_SAFE_INTEGER],
      type: 'number',
    } as const;
    const walkBy = (column: string, more: readonly string[], type: 'text' | 'number' = 'number') =>
      walker<RefusalSpot>(db, {
        select: `SELECT *, ${column} AS key, ${tieSql('position')} AS tie FROM ${tables.entries}`,
        where: more,
        key: { sql: column, type, nullable: column === 'placeId' },
        tie,
      });
    const all = walkBy('position', []);
    const of = {
      account: walkBy('position', ['account = ?']),
      placeId: walkBy('position', ['placeId = ?']),
      code: walkBy('position', ['code = ?']),
    };
    const near = {
      position: walkBy('position', [nearMiss]),
      day: walkBy('day', [nearMiss], 'text'),
      placeId: walkBy('placeId', [nearMiss], 'text'),
    };
    const nearOf = db.prepare<[string], RefusalRow>(
      `SELECT * FROM ${tables.entries} WHERE placeId = ? AND ${nearMiss}`,
    );
    const one = db.prepare<[number], RefusalRow>(`SELECT * FROM ${tables.entries} WHERE position = ?`);
    // `month > ''` is true of every row, and lets SQLite search the index: without a condition its plan is a
    // scan. Every row may be read, because they are few by their nature.
    const counts = db.prepare<[], RefusalCount>(
      `SELECT * FROM ${tables.counts} WHERE month > '' ORDER BY month, placeId, code`,
    );
    return {
      /**
       * As they were recorded: of an account, a place or a code where one is named; what else is asked of
       * them is looked at row by row.
       */
      walk(filter: RefusalFilter): Walk<RefusalSpot> {
        const by = (['account', 'placeId', 'code'] as const).find((k) => filter[k] !== undefined);
        return by === undefined ? all() : of[by](filter[by]);
      },
      /** Those of one person in two parts that are to be apart. */
      nearMisses: (by: keyof typeof near): Walk<RefusalSpot> => near[by](),
      nearMissesOf: (placeId: string): RefusalRow[] => nearOf.all(placeId),
      one: (position: number): RefusalRow | undefined => one.get(position),
      counts: (): RefusalCount[] =>
        counts.all().map((c) => ({ ...c, placeId: c.placeId || null, programmeId: c.programmeId || null })),
    };
  },
});
