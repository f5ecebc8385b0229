/**
 * View `timeline`: every event in plain words: who, in which role, what, before and after. Refusals are there
 * for auditors.
 */
import type { Statement } from 'better-sqlite3';
import { isOpenTo, type Audience, type RecordAccess } from '../../domain/shared/access.js';
import { dataFor, type EventEntry } from '../../domain/kernel/types.js';
import { entryOf, is, textOf } from '../../domain/registry.js';
import { batchOf, writeBuffer, readCache } from '../engine/write-buffer.js';
import { belonging, belongingTables } from './belonging.js';
import { storedWithheld, view, type Recorded } from '../engine/view.js';
import { changesKeeper, changesTables, type KeptChange } from './changes.js';

export interface TimelineRow {
  readonly position: number;
  readonly recordedAt: string;
  readonly effectiveOn: string | null;
  readonly stream: string;
  readonly aggregate: string;
  readonly recordId: string;
  readonly version: number;
  readonly type: string;
  readonly account: string;
  readonly role: string;
  readonly agencyId: string | null;
  readonly onBehalfOf: string | null;
  readonly text: string;
  /** What it replaced, as JSON; null where nothing. */
  readonly changes: string | null;
  readonly reason: string | null;
  readonly placeId: string | null;
  readonly basis: 'sourced' | 'illustrative' | null;
  readonly source: string | null;
  readonly commandId: string;
  readonly private: number;
  /**
   * What it says to whom it does not tell everything, as JSON by audience; null where it tells all the same.
   */
  readonly outside: string | null;
}
/** Where an event stands, and when it was recorded. */
export type Entry = Pick<TimelineRow, 'position' | 'recordedAt'>;
/** What an event says. */
export interface Wording {
  readonly text: string;
  readonly reason: string | null;
  readonly changes: readonly KeptChange[];
}
const wording = (
  entry: EventEntry,
  event: Recorded,
  audience: Audience,
  changes: readonly KeptChange[],
): Wording => {
  const data = dataFor(entry, event.data, audience);
  return { text: entry.describe(data, event), reason: textOf({ data }, 'reason') ?? null, changes };
};
/** A row in the words for its reader's audience, before `access` is asked what of it they may be told. */
const inWordsFor = (row: TimelineRow, audience: Audience): Wording =>
  row.outside && audience !== 'members'
    ? (JSON.parse(row.outside) as Record<Audience, Wording>)[audience]
    : { text: row.text, reason: row.reason, changes: changesOf(row) };
const changesOf = ({ changes }: TimelineRow): readonly KeptChange[] =>
  changes === null ? [] : (JSON.parse(changes) as KeptChange[]);
/**
 * A row as an audience of its record is told it. A value that was set by an event which is closed to them is
 * not told: to them this one set it first.
 */
export function toldTo(row: TimelineRow, record: RecordAccess, audience: Audience): Wording {
  const said = inWordsFor(row, audience);
  const changes = said.changes.filter(({ setBy }) => !setBy || isOpenTo(record, audience, setBy));
  return { ...said, changes };
}

/**
 * What to show: at most `limit` rows older than `before`, newest first. Dates are London days, both
 * inclusive.
 */
export interface TimelineFilter {
  readonly placeId?: string;
  readonly account?: string;
  readonly aggregate?: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly record?: string;
  /** Events of records of these kinds are left out. */
  readonly without?: readonly string[];
}

export const timeline = view({
  name: 'timeline',
  version: 12,
  tables: {
    // Every index ends in the position by itself: it is the row's own key.
    entries: `CREATE TABLE {entries} (
        position INTEGER PRIMARY KEY, recordedAt TEXT NOT NULL, effectiveOn TEXT, day TEXT NOT NULL,
        stream TEXT NOT NULL, aggregate TEXT NOT NULL, recordId TEXT NOT NULL, version INTEGER NOT NULL,
        type TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, agencyId TEXT, onBehalfOf TEXT,
        text TEXT NOT NULL, changes TEXT, reason TEXT, placeId TEXT, basis TEXT, source TEXT,
        commandId TEXT NOT NULL, private INTEGER NOT NULL, outside TEXT
      ) STRICT;
      CREATE INDEX {entries}_place ON {entries} (placeId);
      CREATE INDEX {entries}_account ON {entries} (account);
      CREATE INDEX {entries}_kind ON {entries} (aggregate);
      CREATE INDEX {entries}_type ON {entries} (type);
      CREATE INDEX {entries}_record ON {entries} (stream);`,
    // Between which positions a day's entries lie; commands in flight at midnight may lie out of the order of
    // days.
    days: `CREATE TABLE {days} (
        day TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ...belongingTables,
    ...changesTables,
    places: `CREATE TABLE {places} (stream TEXT PRIMARY KEY, placeId TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  },
  handlers(db, tables) {
    const put = db.prepare(`INSERT INTO ${tables.entries} VALUES (${Array(22).fill('?').join(', ')})`);
    const setPlace = db.prepare(`INSERT OR REPLACE INTO ${tables.places} VALUES (?, ?)`);
    const storedPlace = db
      .prepare<[string], string>(`SELECT placeId FROM ${tables.places} WHERE stream = ?`)
      .pluck();
    const place = readCache((stream) => storedPlace.get(stream));
    const { stray, batch } = belonging(db, tables);
    const replacedBy = changesKeeper(db, tables);
    const elsewhere = db.prepare(
      `UPDATE ${tables.entries} SET placeId = NULL
        WHERE placeId = ? AND aggregate = 'programme' AND recordId <> ?`,
    );
    const setDay = db.prepare(
      `INSERT INTO ${tables.days} VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last`,
    );
    const days = writeBuffer<{ first: number; last: number }>((day, d) => setDay.run(day, d.first, d.last));
    return {
      each(event) {
        // The log's own first event is of the machine's day, also where the clock is simulated.
        if (event.aggregate !== 'log')
          days.set(event.today, {
            first: days.get(event.today)?.first ?? event.position,
            last: event.position,
          });
        const entry = entryOf(event);
        const ours = !stray(event);
        if (is(event, 'place', 'PlaceOpened')) elsewhere.run(event.recordId, event.data.programmeId);
        const named = ours ? entry.access?.(event.data, event).placeId : undefined;
        if (named) {
          setPlace.run(event.stream, named);
          place.set(event.stream, named);
        }
        // A day's refusals of an account stand in one stream, each of its own place.
        const inherited =
          event.version > 1 && event.aggregate !== 'refusal' ? place.get(event.stream) : undefined;
        const placeId = ours ? (textOf(event, 'placeId') ?? named ?? inherited ?? null) : null;
        const replaced = replacedBy(entry, event);
        const said = (audience: Audience): Wording =>
          wording(entry, event, audience, replaced.toldTo(audience));
        const { text, reason, changes } = said('members');
        put.run(
          event.position,
          event.recordedAt,
          event.effectiveOn ?? null,
          event.today,
          event.stream,
          event.aggregate,
          event.recordId,
          event.version,
          event.type,
          event.actor.account,
          event.actor.role,
          event.actor.agency ?? null,
          event.actor.onBehalfOf ?? null,
          text,
          changes.length > 0 ? JSON.stringify(changes) : null,
          reason,
          placeId,
          event.basis?.kind ?? null,
          event.basis?.source ?? null,
          event.commandId,
          storedWithheld(event.private),
          entry.membersOnly || replaced.differs
            ? JSON.stringify({ programme: said('programme'), public: said('public') })
            : null,
        );
      },
      ...batchOf(place, days, batch),
    };
  },
  queries(db, tables) {
    const columns = ['placeId', 'account', 'aggregate', 'type'] as const;
    const statements = new Map<string, Statement<unknown[], TimelineRow>>();
    const recordedAt = db
      .prepare<[number], string>(`SELECT recordedAt FROM ${tables.entries} WHERE position = ?`)
      .pluck();
    const lastTo = db
      .prepare<[string], number | null>(`SELECT max(last) FROM ${tables.days} WHERE day <= ?`)
      .pluck();
    const firstFrom = db
      .prepare<[string], number | null>(`SELECT min(first) FROM ${tables.days} WHERE day >= ?`)
      .pluck();
    const one = db.prepare<[number], TimelineRow>(`SELECT * FROM ${tables.entries} WHERE position = ?`);
    const ofVersion = db.prepare<[string, number], Entry>(
      `SELECT position, recordedAt FROM ${tables.entries} WHERE stream = ? AND version = ?`,
    );
    const lastBefore = db
      .prepare<[string], number | null>(`SELECT max(last) FROM ${tables.days} WHERE day < ?`)
      .pluck();
    const lastOfDay = db
      .prepare<[string, string, string], number | null>(
        `SELECT max(position) FROM ${tables.entries}
          WHERE position BETWEEN (SELECT first FROM ${tables.days} WHERE day = ?)
            AND (SELECT last FROM ${tables.days} WHERE day = ?) AND recordedAt <= ?`,
      )
      .pluck();
    const entryAt = db.prepare<[number], Entry>(
      `SELECT position, recordedAt FROM ${tables.entries} WHERE position = ?`,
    );
    return {
      one: (position: number): TimelineRow | undefined => one.get(position),
      /** When the event at a position was recorded. */
      recordedAt: (position: number): string | undefined => recordedAt.get(position),
      /** When a record came to be at a version. */
      versionRecordedAt: (stream: string, version: number): string | undefined =>
        ofVersion.get(stream, version)?.recordedAt,
      /** Where the event by which a record came to a version stands. */
      versionPosition: (stream: string, version: number): number | undefined =>
        ofVersion.get(stream, version)?.position,
      /** The last event, of whatever record, that was recorded by an instant of a London day. */
      lastBy(instant: string, on: string): Entry | undefined {
        const position = lastOfDay.get(on, on, instant) ?? lastBefore.get(on) ?? undefined;
        return position === undefined ? undefined : entryAt.get(position);
      },
      /** Rows in order, newest first, older than a position. */
      page(filter: TimelineFilter, before: number, limit: number): TimelineRow[] {
        const where = ['position < ?'];
        let upTo = before;
        const values: (string | number)[] = [];
        for (const c of columns) {
          if (filter[c] !== undefined) {
            where.push(`${c} = ?`);
            values.push(filter[c]);
          }
        }
        if (filter.record) {
          where.push('stream = ?');
          values.push(filter.record);
        }
        if (filter.without) {
          where.push(`aggregate NOT IN (${filter.without.map(() => '?').join(', ')})`);
          values.push(...filter.without);
        }
        if (filter.from) {
          const first = firstFrom.get(filter.from);
          if (first === null || first === undefined) return [];
          where.push('position >= ?', 'day >= ?');
          values.push(first, filter.from);
        }
        if (filter.to) {
          upTo = Math.min(before, (lastTo.get(filter.to) ?? 0) + 1);
          where.push('day <= ?');
          values.push(filter.to);
        }
        const sql = `SELECT * FROM ${tables.entries} WHERE ${where.join(' AND ')}
          ORDER BY position DESC LIMIT ?`;
        let statement = statements.get(sql);
        if (!statement) statements.set(sql, (statement = db.prepare<unknown[], TimelineRow>(sql)));
        return statement.all(upTo, ...values, limit);
      },
    };
  },
});
