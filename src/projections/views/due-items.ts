/** Keeps a table of due items from what event entries open and close. */
import type { Database } from 'better-sqlite3';
import type { Withheld } from '../../domain/shared/access.js';
import { entryOf, eventsOf, is, textOf } from '../../domain/registry.js';
import type { Reference } from '../../domain/shared/reference.js';
import { readWithheld, storedWithheld, type Recorded } from '../engine/view.js';
import { lately } from '../engine/read-cache.js';
import type { DueChange, DueCode, DueItem, DueParty, Sitting } from '../../domain/progress/due-codes.js';

/**
 * DDL of a table of due items, with `{items}` for its name. One row an item, named by the event that first
 * opened it and which of its changes did; opening it again replaces it. So new items come last in every index
 * but one: their keys are random, and each index in the order of these would cost every event a page of its
 * own.
 */
export const dueItemsTable = `CREATE TABLE {items} (
    opened INTEGER NOT NULL, nth INTEGER NOT NULL, stream TEXT NOT NULL, code TEXT NOT NULL,
    key TEXT NOT NULL, aggregate TEXT NOT NULL, recordId TEXT NOT NULL, placeId TEXT, owedBy TEXT NOT NULL,
    deed TEXT NOT NULL, dueOn TEXT NOT NULL, openedBy TEXT NOT NULL, openedOn TEXT NOT NULL, closedOn TEXT,
    leftDays INTEGER, private INTEGER NOT NULL, illustrative INTEGER NOT NULL, position INTEGER NOT NULL,
    sits TEXT, PRIMARY KEY (opened, nth)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX {items}_key ON {items} (stream, code, key);
  CREATE INDEX {items}_open ON {items} (placeId, dueOn) WHERE closedOn IS NULL;
  CREATE INDEX {items}_due ON {items} (dueOn) WHERE closedOn IS NULL;
  CREATE INDEX {items}_verification ON {items} (dueOn) WHERE code = 'verification' AND closedOn IS NULL;
  CREATE INDEX {items}_sits ON {items} (placeId) WHERE sits IS NOT NULL AND closedOn IS NULL;`;

/**
 * DDL of who waits for what, by party and date; `{waiting}` for its name. Open items whose clock runs only.
 */
export const waitingTable = `CREATE TABLE {waiting} (
    party TEXT, dueOn TEXT, opened INTEGER, nth INTEGER, code TEXT NOT NULL, placeId TEXT,
    PRIMARY KEY (party, dueOn, opened, nth)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX {waiting}_code ON {waiting} (party, code, dueOn);
  CREATE INDEX {waiting}_place ON {waiting} (party, placeId, dueOn)`;
/**
 * DDL of where something ever waited for a department, whoever it waits for since; `{dockets}` for its name:
 * the records that its docket of an earlier day is made of. Of other parties nobody asks.
 */
export const docketsTable = `CREATE TABLE {dockets} (
    departmentId TEXT, stream TEXT, PRIMARY KEY (departmentId, stream)
  ) STRICT, WITHOUT ROWID`;
/** A party as `waiting` names it. */
export const partyKey = (p: DueParty): string => `${p.kind}:${p.id}`;

export interface DueRow extends DueItem {
  readonly stream: string;
  readonly private: Withheld;
  /** The clock is stopped: nothing is due of this party until it is resumed. */
  readonly stopped: boolean;
  readonly position: number;
}

interface Row extends Omit<DueItem, 'owedBy' | 'illustrative'> {
  opened: number;
  nth: number;
  stream: string;
  owedBy: string;
  private: number;
  illustrative: number;
  leftDays: number | null;
  closedOn: string | null;
  position: number;
  sits: Sitting['sits'] | null;
}

/** What an item is called in lists. */
export const itemId = (item: Pick<DueRow, 'stream' | 'code' | 'key'>): string =>
  `${item.stream}.${item.code}.${item.key}`;

export const readDue = (row: Row): DueRow => ({
  stream: row.stream,
  code: row.code,
  key: row.key,
  aggregate: row.aggregate,
  recordId: row.recordId,
  ...(row.placeId ? { placeId: row.placeId } : {}),
  owedBy: JSON.parse(row.owedBy) as DueParty[],
  deed: row.deed,
  dueOn: row.dueOn,
  openedBy: row.openedBy,
  openedOn: row.openedOn,
  private: readWithheld(row.private),
  illustrative: row.illustrative === 1,
  stopped: row.leftDays !== null,
  position: row.position,
});

type Waits = Pick<
  Row,
  'opened' | 'nth' | 'stream' | 'code' | 'placeId' | 'owedBy' | 'dueOn' | 'closedOn' | 'leftDays'
>;

/** Items kept of those read lately: a memory bound, nothing else. */
const most = { max: 10_000 };
/** By `keptAs`. */
export const keptItems = (db: Database, table: string) => lately<DueRow>(db, table, most);
export const keptAs = (opened: number, nth: number): string => `${opened} ${nth}`;

/** Keeps `waiting` in step with an item, and readers from what it was: what it was goes, what it is comes. */
function waitingKeeper(
  db: Database,
  { table, dockets, placeOf }: Waiting,
  items: string,
): (before: Waits | undefined, after: Waits | undefined) => void {
  const add = db.prepare(`INSERT OR IGNORE INTO ${table} VALUES (?, ?, ?, ?, ?, ?)`);
  const drop = db.prepare(`DELETE FROM ${table} WHERE party = ? AND dueOn = ? AND opened = ? AND nth = ?`);
  const waited = db.prepare(`INSERT OR IGNORE INTO ${dockets} VALUES (?, ?)`);
  const kept = keptItems(db, items);
  const each = (row: Waits | undefined, work: (party: string, row: Waits, of: DueParty) => void): void => {
    if (row) kept.delete(keptAs(row.opened, row.nth));
    if (!row || row.closedOn !== null || row.leftDays !== null) return;
    for (const p of JSON.parse(row.owedBy) as DueParty[]) work(partyKey(p), row, p);
  };
  return (before, after) => {
    each(before, (party, { dueOn, opened, nth }) => drop.run(party, dueOn, opened, nth));
    each(after, (party, { dueOn, opened, nth, code, placeId, stream }, { kind, id }) => {
      add.run(party, dueOn, opened, nth, code, placeId ?? placeOf(stream));
      if (kind === 'department') waited.run(id, stream);
    });
  };
}

/** Who sits somewhere for a place, after each event. */
export type WhoSits = (sits: Sitting['sits'], placeId: string) => DueParty;
/** Events after which another may sit there; the record's id is the place's. */
const reseats: ReadonlySet<string> = new Set([
  ...eventsOf('place', 'ChampionAssigned', 'ChampionEnded'),
  ...eventsOf('collaborative', 'ChairAppointed', 'SeatVacated', 'SeatSuspended', 'SeatHolderReplaced'),
]);

/** Which item of its record a change is of, where it neither opens nor closes one. */
function changedBy(change: Exclude<DueChange, { open: DueCode } | { close: unknown }>): DueCode {
  if ('stop' in change) return change.stop;
  return 'resume' in change ? change.resume : change.move;
}

/** Where it is kept who waits for what. */
export interface Waiting {
  readonly table: string;
  /** Where it is kept in which records something ever waited for a department. */
  readonly dockets: string;
  readonly whoSits: WhoSits;
  /** The place of a record whose events do not name it. */
  readonly placeOf: (stream: string) => string | null;
}

/**
 * Applies each event's changes to the table, and, where it is told who sits where, to `waiting` beside it.
 */
export function dueItems(
  db: Database,
  table: string,
  ref: Reference,
  waiting?: Waiting,
): (event: Recorded) => void {
  const wd = ref.workingDays;
  const values = `INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?, ?)`;
  const add = db.prepare(`INSERT ${values} ON CONFLICT DO NOTHING`);
  const put = db.prepare(`REPLACE ${values}`);
  const of = db.prepare<[string], Row>(`SELECT * FROM ${table} WHERE stream = ? AND closedOn IS NULL`);
  const one = db.prepare<[string, string, string], Row>(
    `SELECT * FROM ${table} WHERE stream = ? AND code = ? AND key = ?`,
  );
  const openOne = db.prepare<[string, string, string], Row>(
    `SELECT * FROM ${table} WHERE stream = ? AND code = ? AND key = ? AND closedOn IS NULL`,
  );
  const close = db.prepare(
    `UPDATE ${table} SET closedOn = ?, position = ? WHERE stream = ? AND code = ? AND key = ?`,
  );
  const keep = waiting === undefined ? () => {} : waitingKeeper(db, waiting, table);
  const seated = db.prepare<[string], Row>(
    `SELECT * FROM ${table} WHERE placeId = ? AND sits IS NOT NULL AND closedOn IS NULL`,
  );
  const reseat = db.prepare(`UPDATE ${table} SET owedBy = ? WHERE opened = ? AND nth = ?`);
  const party = (owedBy: DueParty | Sitting, placeId: string | null): DueParty[] => {
    if ('kind' in owedBy) return [owedBy];
    return waiting && placeId ? [waiting.whoSits(owedBy.sits, placeId)] : [];
  };
  const set = db.prepare(
    `UPDATE ${table} SET dueOn = ?, leftDays = ?, position = ?, illustrative = max(illustrative, ?)
      WHERE stream = ? AND code = ? AND key = ?`,
  );

  function dueOn(change: Extract<DueChange, { open: DueCode }>, today: string): string {
    if ('workingDays' in change) return wd.add(today, change.workingDays);
    const least =
      change.atLeastWorkingDays === undefined ? change.on : wd.add(today, change.atLeastWorkingDays);
    return change.on > least ? change.on : least;
  }

  const ofPlace = db.prepare<[string], Row>(`SELECT * FROM ${table} WHERE placeId = ? AND closedOn IS NULL`);

  return (event) => {
    const entry = entryOf(event);
    if (is(event, 'programme', 'PlaceWithdrawn')) {
      // Nobody can act for the place any more: what waits there ends, in whatever record it stands.
      for (const row of ofPlace.all(event.data.placeId)) {
        close.run(event.today, event.position, row.stream, row.code, row.key);
        keep(row, undefined);
      }
    }
    if (waiting && reseats.has(event.type)) {
      for (const row of seated.all(event.recordId)) {
        if (row.sits === null) continue;
        const owedBy = JSON.stringify(party({ sits: row.sits }, row.placeId ?? null));
        reseat.run(owedBy, row.opened, row.nth);
        keep(row, { ...row, owedBy });
      }
    }
    if (!entry.due) return;
    const invented = event.basis?.kind === 'illustrative' ? 1 : 0;
    for (const [nth, c] of entry.due(event.data, event).entries()) {
      if ('open' in c) {
        const place =
          c.place ?? (event.aggregate === 'place' ? event.recordId : (textOf(event, 'placeId') ?? null));
        const [owedBy, due] = [
          JSON.stringify(c.owedBy.flatMap((p) => party(p, place))),
          dueOn(c, event.today),
        ];
        const sits = c.owedBy.flatMap((p) => ('sits' in p ? p.sits : []))[0] ?? null;
        const row = [
          event.stream,
          c.open,
          c.key,
          event.aggregate,
          event.recordId,
          place,
          owedBy,
          c.deed,
          due,
          event.id,
          event.today,
          storedWithheld(event.private),
          invented,
          event.position,
          sits,
        ];
        // Most are new: what one was before is looked up only where there is one.
        const before =
          add.run(event.position, nth, row).changes === 1 ? undefined : one.get(event.stream, c.open, c.key);
        if (before) put.run(before.opened, before.nth, row);
        keep(before, {
          opened: before?.opened ?? event.position,
          nth: before?.nth ?? nth,
          stream: event.stream,
          code: c.open,
          ...(place === null ? {} : { placeId: place }),
          owedBy,
          dueOn: due,
          closedOn: null,
          leftDays: null,
        });
      } else if ('close' in c) {
        // One that is named is looked up: a record may have hundreds open.
        const named =
          c.close !== '*' && c.key !== undefined
            ? openOne.all(event.stream, c.close, c.key)
            : of.all(event.stream);
        for (const row of named) {
          if (c.close !== '*' && row.code !== c.close) continue;
          if (c.key !== undefined && row.key !== c.key) continue;
          if (c.place !== undefined && row.placeId !== c.place) continue;
          if (c.owedBy !== undefined && !readDue(row).owedBy.some((p) => p.id === c.owedBy)) continue;
          close.run(event.today, event.position, event.stream, row.code, row.key);
          keep(row, undefined);
        }
      } else {
        const code = changedBy(c);
        const row = one.get(event.stream, code, c.key);
        if (!row) continue;
        if ('move' in c) set.run(c.on, row.leftDays, event.position, invented, event.stream, code, c.key);
        else if ('stop' in c)
          set.run(
            row.dueOn,
            Math.max(0, wd.between(event.today, row.dueOn)),
            event.position,
            invented,
            event.stream,
            code,
            c.key,
          );
        else if (row.leftDays !== null)
          set.run(
            wd.add(event.today, Math.max(1, row.leftDays)),
            null,
            event.position,
            invented,
            event.stream,
            code,
            c.key,
          );
        keep(row, one.get(event.stream, code, c.key));
      }
    }
  };
}
