/**
 * View `access`: a row for every record, read by the access checks of queries, the timeline and feeds; and
 * when what records show of each other last changed.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AccessChange } from '../../domain/kernel/types.js';
import { applyAccess } from '../../domain/kernel/fold.js';
import { aggregateNamed, entryOf } from '../../domain/registry.js';
import type { RecordAccess, Tier } from '../../domain/shared/access.js';
import { batchOf, writeBuffer } from '../engine/write-buffer.js';
import { view, type Recorded } from '../engine/view.js';
import { frozen, lately } from '../engine/read-cache.js';

export interface AccessRow extends RecordAccess {
  readonly stream: string;
  readonly aggregate: string;
  readonly id: string;
  readonly version: number;
  readonly position: number;
  readonly illustrative: boolean;
}

interface Row {
  stream: string;
  aggregate: string;
  id: string;
  version: number;
  position: number;
  tier: Tier;
  tierSince: number;
  programmeSince: number | null;
  programmeId: string | null;
  placeId: string | null;
  placeProgrammeId?: string | null;
  parties: string;
  illustrative: number;
  holder: string | null;
  alsoOf: string | null;
}

const read = (row: Row): AccessRow => ({
  stream: row.stream,
  aggregate: row.aggregate,
  id: row.id,
  version: row.version,
  position: row.position,
  tier: row.tier,
  tierSince: row.tierSince,
  parties: row.parties === '[]' ? [] : JSON.parse(row.parties),
  illustrative: row.illustrative === 1,
  ...(row.programmeSince === null ? {} : { programmeSince: row.programmeSince }),
  ...(row.programmeId ? { programmeId: row.programmeId } : {}),
  ...(row.placeId ? { placeId: row.placeId } : {}),
  ...(row.placeProgrammeId ? { placeProgrammeId: row.placeProgrammeId } : {}),
  ...(row.holder ? { holder: row.holder } : {}),
  ...(row.alsoOf ? { alsoOf: JSON.parse(row.alsoOf) as string[] } : {}),
});

/** Rows that are kept of those read lately, and that there is none: a memory bound, nothing else. */
const most = { max: 20_000 };
interface Kept {
  readonly row: AccessRow | undefined;
}

export const access = view({
  name: 'access',
  version: 6,
  tables: {
    records: `CREATE TABLE {records} (
        stream TEXT PRIMARY KEY, aggregate TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        position INTEGER NOT NULL, tier TEXT NOT NULL, tierSince INTEGER NOT NULL, programmeSince INTEGER,
        programmeId TEXT, placeId TEXT, parties TEXT NOT NULL, illustrative INTEGER NOT NULL,
        holder TEXT, alsoOf TEXT
      ) STRICT, WITHOUT ROWID`,
    placeAgencies: `CREATE TABLE {placeAgencies} (
        agencyId TEXT, placeId TEXT, why TEXT, PRIMARY KEY (agencyId, placeId, why)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {placeAgencies}_placeId ON {placeAgencies} (placeId)`,
    others:
      'CREATE TABLE {others} (one INTEGER PRIMARY KEY CHECK (one = 1), changedAt INTEGER NOT NULL) STRICT',
  },
  handlers(db, tables) {
    const get = db.prepare<[string], Row>(`SELECT * FROM ${tables.records} WHERE stream = ?`);
    const put = db.prepare(
      `INSERT OR REPLACE INTO ${tables.records} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const touch = db.prepare(`UPDATE ${tables.records} SET version = ?, position = ? WHERE stream = ?`);
    // Most events change nothing but these: a hot record is written once a batch.
    const touched = writeBuffer<{ version: number; position: number }>((stream, event) => {
      touch.run(event.version, event.position, stream);
      kept.delete(stream);
    });
    const kept = lately<Kept>(db, tables.records, most);
    const join = db.prepare(`INSERT OR IGNORE INTO ${tables.placeAgencies} VALUES (?, ?, ?)`);
    const leave = db.prepare(
      `DELETE FROM ${tables.placeAgencies} WHERE agencyId = ? AND placeId = ? AND why = ?`,
    );
    const owner = db
      .prepare<[string], string | null>(`SELECT programmeId FROM ${tables.records} WHERE stream = ?`)
      .pluck();
    /** A record of a programme that its place is not of is the programme's alone (belonging.ts). */
    const ofItsPlace = (event: Recorded, change: AccessChange): AccessChange => {
      const { placeId, ...rest } = change;
      if (!placeId || event.aggregate !== 'submission') return change;
      const of = owner.get(`place-${placeId}`);
      return of && of !== change.programmeId ? rest : change;
    };
    const putChanged = db.prepare(`INSERT OR REPLACE INTO ${tables.others} VALUES (1, ?)`);
    /** The last event of the batch by which what records show of each other changed. */
    const changed = writeBuffer<number>((_, position) => putChanged.run(position));
    const note = ({ position }: Recorded): void => changed.set('last', position);
    /** Whose records an agency reads with a place changes which links its officers may follow. */
    const seat = (event: Recorded, { changes }: { readonly changes: number }): void => {
      if (changes > 0) note(event);
    };
    const unbody = db.prepare(
      `DELETE FROM ${tables.placeAgencies} WHERE placeId = ? AND why = 'accountable-body'`,
    );
    return {
      on: {
        collaborative: {
          SeatAccepted: (event) => seat(event, join.run(event.data.agencyId, event.recordId, 'seat')),
          SeatVacated: (event) => seat(event, leave.run(event.data.agencyId, event.recordId, 'seat')),
          SeatSuspended: (event) => seat(event, leave.run(event.data.agencyId, event.recordId, 'seat')),
          SeatHolderReplaced: (event) => seat(event, leave.run(event.data.agencyId, event.recordId, 'seat')),
        },
        place: {
          AccountableBodyNominated: (event) => {
            unbody.run(event.recordId);
            seat(event, join.run(event.data.agencyId, event.recordId, 'accountable-body'));
          },
        },
      },
      each(event) {
        const entry = entryOf(event);
        const said = entry.access?.(event.data, event);
        const change = said && ofItsPlace(event, said);
        if (entry.renames) note(event);
        const illustrative = event.basis?.kind === 'illustrative';
        if (event.version > 1 && !change && !illustrative) return touched.set(event.stream, event);
        touched.drop(event.stream);
        const row = get.get(event.stream);
        const known: RecordAccess = row ? read(row) : { tier: 'members', tierSince: 0, parties: [] };
        const now = { ...known };
        if (change) applyAccess(now, change, event.version);
        // A record may have been named before it was there. What the machinery keeps no record names.
        if ((!row || !isDeepStrictEqual(now, known)) && !aggregateNamed(event.aggregate).machinery)
          note(event);
        put.run(
          event.stream,
          event.aggregate,
          event.recordId,
          event.version,
          event.position,
          now.tier,
          now.tierSince,
          now.programmeSince ?? null,
          now.programmeId ?? null,
          now.placeId ?? null,
          JSON.stringify(now.parties),
          illustrative || row?.illustrative ? 1 : 0,
          now.holder ?? null,
          now.alsoOf ? JSON.stringify(now.alsoOf) : null,
        );
        // The programme of a place is read with each of its records.
        if (event.aggregate === 'place') kept.clear();
        else kept.delete(event.stream);
      },
      ...batchOf(touched, changed, { flush() {}, forget: () => kept.clear() }),
    };
  },
  queries(db, tables) {
    const get = db.prepare<[string], Row>(
      `SELECT r.*, p.programmeId AS placeProgrammeId FROM ${tables.records} r
        LEFT JOIN ${tables.records} p ON p.stream = 'place-' || r.placeId WHERE r.stream = ?`,
    );
    const places = db
      .prepare<[string], string>(`SELECT DISTINCT placeId FROM ${tables.placeAgencies} WHERE agencyId = ?`)
      .pluck();
    const body = db
      .prepare<[string], number>(
        `SELECT 1 FROM ${tables.placeAgencies} WHERE agencyId = ? AND why = 'accountable-body' LIMIT 1`,
      )
      .pluck();
    const changedAt = db.prepare<[], number>(`SELECT changedAt FROM ${tables.others} WHERE one = 1`).pluck();
    const kept = lately<Kept>(db, tables.records, most);
    const has = db.prepare<[string], number>(`SELECT 1 FROM ${tables.records} WHERE stream = ?`).pluck();
    const ofStream = (stream: string): AccessRow | undefined => {
      let known = kept.get(stream);
      if (!known) {
        const row = get.get(stream);
        kept.set(stream, (known = { row: row && frozen(read(row)) }));
      }
      return known.row;
    };
    return {
      ofStream,
      /** There is such a record. */
      has: (stream: string): boolean => has.get(stream) === 1,
      /**
       * The access row of a record that a reader named, read anew: one that is not there takes what any other
       * takes.
       */
      rowReadAnew(aggregate: string, id: string): AccessRow | undefined {
        const row = get.get(`${aggregate}-${id}`);
        return row && frozen(read(row));
      },
      /** The access row of a record, or undefined; kept until it is written. */
      record: (aggregate: string, id: string): AccessRow | undefined => ofStream(`${aggregate}-${id}`),
      /** True of the accountable body of a place. */
      isAccountableBody: (agencyId: string): boolean => body.get(agencyId) === 1,
      /** Places where an agency holds a seat or is accountable body. */
      placesOf: (agencyId: string): ReadonlySet<string> => new Set(places.all(agencyId)),
      /**
       * Position of the last event by which what records show of each other changed: which there are, what
       * they are called, who may read them.
       */
      othersChangedAt: (): number => changedAt.get() ?? 0,
      programmeOf: (placeId: string): string | undefined => ofStream(`place-${placeId}`)?.programmeId,
    };
  },
});
