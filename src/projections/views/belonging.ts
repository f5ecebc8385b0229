/**
 * Whose a place is, its own stream says (docs/rules/programme.md#whose-a-place-is). What another programme's
 * stream says of it, and a return that was begun of it there, is nothing to it. Logs hold such events: of the
 * moment before one of two programmes was first, and of the time before an id was refused.
 */
import type { Database } from 'better-sqlite3';
import { entryOf, is, memberOf } from '../../domain/registry.js';
import { batchOf, readCache } from '../engine/write-buffer.js';
import { giveOne, type Handlers, type Recorded, type Tables } from '../engine/view.js';

/** Beside the tables of a view that believes what an event says of a place. */
export const belongingTables = {
  owners: 'CREATE TABLE {owners} (placeId TEXT PRIMARY KEY, programmeId TEXT NOT NULL) STRICT, WITHOUT ROWID',
  strays: 'CREATE TABLE {strays} (stream TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
};

export interface Belonging {
  /**
   * True where the event is not of the programme that the place is of: asked of every event once, in their
   * order.
   */
  stray(event: Recorded): boolean;
  /** To be spread into the view's handlers. */
  readonly batch: Required<Pick<Handlers, 'flush' | 'forget'>>;
}

export function belonging(db: Database, tables: Tables<keyof typeof belongingTables>): Belonging {
  const setOwner = db.prepare(`INSERT OR IGNORE INTO ${tables.owners} VALUES (?, ?)`);
  const owner = db
    .prepare<[string], string>(`SELECT programmeId FROM ${tables.owners} WHERE placeId = ?`)
    .pluck();
  const addStray = db.prepare(`INSERT OR IGNORE INTO ${tables.strays} VALUES (?)`);
  const isStray = db.prepare<[string], number>(`SELECT 1 FROM ${tables.strays} WHERE stream = ?`).pluck();
  const owners = readCache((placeId) => owner.get(placeId));
  const strays = readCache((stream) => isStray.get(stream) === 1);
  const another = (placeId: string | undefined, programmeId: string | undefined): boolean => {
    const of = placeId === undefined ? undefined : owners.get(placeId);
    return of !== undefined && of !== programmeId;
  };
  return {
    stray(event) {
      if (is(event, 'place', 'PlaceOpened')) {
        setOwner.run(event.recordId, event.data.programmeId);
        owners.set(event.recordId, event.data.programmeId);
      }
      if (event.aggregate === 'programme')
        return another(memberOf(event, 'programme', 'placeId'), event.recordId);
      // A return alone names its programme itself: every other record has it of its place.
      if (event.aggregate !== 'submission') return false;
      const named = entryOf(event).access?.(event.data, event);
      if (event.version > 1 || !another(named?.placeId, named?.programmeId)) return strays.get(event.stream);
      addStray.run(event.stream);
      strays.set(event.stream, true);
      return true;
    },
    batch: batchOf(owners, strays),
  };
}

/** Handlers that hear nothing that is not of the place's own programme. */
export function believing(of: Belonging, handlers: Handlers): Handlers {
  const { flush = () => {}, forget = () => {} } = handlers;
  return {
    each(event) {
      if (!of.stray(event)) giveOne(handlers, event);
    },
    ...batchOf(of.batch, { flush, forget }),
  };
}
