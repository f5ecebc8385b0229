/** View `timeline`: every event in plain words: who, in which role, what, before and after. Refusals are there for auditors. */
import { aggregateNamed } from '../domain/index.js';
import { view } from './core.js';

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
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly placeId: string | null;
  readonly basis: string | null;
  readonly source: string | null;
  readonly commandId: string;
  readonly private: number;
}

/** What to show: at most `limit` rows older than `before`, newest first. Dates are London days, both inclusive. */
export interface TimelineFilter {
  readonly placeId?: string;
  readonly account?: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly record?: string;
}

export const timeline = view({
  name: 'timeline',
  version: 1,
  tables: {
    entries: `CREATE TABLE {entries} (
        position INTEGER PRIMARY KEY, recordedAt TEXT NOT NULL, effectiveOn TEXT, day TEXT NOT NULL, stream TEXT NOT NULL, aggregate TEXT NOT NULL, recordId TEXT NOT NULL,
        version INTEGER NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, agencyId TEXT, onBehalfOf TEXT, text TEXT NOT NULL, before TEXT, after TEXT, reason TEXT,
        placeId TEXT, basis TEXT, source TEXT, commandId TEXT NOT NULL, private INTEGER NOT NULL) STRICT;
      CREATE INDEX {entries}_place ON {entries} (placeId, position);
      CREATE INDEX {entries}_account ON {entries} (account, position);
      CREATE INDEX {entries}_type ON {entries} (type, position);
      CREATE INDEX {entries}_record ON {entries} (stream, position);
      CREATE INDEX {entries}_day ON {entries} (day, position);`,
    places: `CREATE TABLE {places} (stream TEXT PRIMARY KEY, placeId TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  },
  handlers(db, t) {
    const put = db.prepare(`INSERT INTO ${t.entries} VALUES (${Array(22).fill('?').join(', ')})`);
    const setPlace = db.prepare(`INSERT OR REPLACE INTO ${t.places} VALUES (?, ?)`);
    const place = db.prepare<[string], string>(`SELECT placeId FROM ${t.places} WHERE stream = ?`).pluck();
    return {
      each(e) {
        const entry = aggregateNamed(e.aggregate).events[e.type]!;
        const named = entry.access?.(e.data, e).placeId;
        if (named) setPlace.run(e.stream, named);
        const placeId = e.data.placeId ?? named ?? (e.version > 1 ? place.get(e.stream) : undefined) ?? null;
        const changes = entry.changes?.(e.data);
        put.run(
          e.position,
          e.recordedAt,
          e.effectiveOn ?? null,
          e.today,
          e.stream,
          e.aggregate,
          e.recordId,
          e.version,
          e.type,
          e.actor.account,
          e.actor.role,
          e.actor.agency ?? null,
          e.actor.onBehalfOf ?? null,
          entry.says(e.data, e),
          changes?.before ?? null,
          changes?.after ?? null,
          typeof e.data.reason === 'string' ? e.data.reason : null,
          placeId,
          e.basis?.kind ?? null,
          e.basis?.source ?? null,
          e.commandId,
          e.private ? 1 : 0,
        );
      },
    };
  },
  queries(db, t) {
    const columns = ['placeId', 'account', 'type'] as const;
    return {
      /** Rows in order, newest first, older than a position. */
      page(filter: TimelineFilter, before: number, limit: number): TimelineRow[] {
        const where = ['position < ?'];
        const values: (string | number)[] = [before];
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
        if (filter.from) {
          where.push('day >= ?');
          values.push(filter.from);
        }
        if (filter.to) {
          where.push('day <= ?');
          values.push(filter.to);
        }
        return db.prepare<unknown[], TimelineRow>(`SELECT * FROM ${t.entries} WHERE ${where.join(' AND ')} ORDER BY position DESC LIMIT ?`).all(...values, limit);
      },
    };
  },
});
