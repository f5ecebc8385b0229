/**
 * Who sits at the rungs above a place's barriers, as it stands: the champion's department, the chair's
 * agency, the programme's office.
 */
import type { Database } from 'better-sqlite3';
import type { EventOf, HandlerTable } from '../../domain/registry.js';
import type { WhoSits } from '../views/due-items.js';
import type { DueParty } from '../../domain/progress/due-codes.js';

type T = Readonly<Record<'sitting' | 'places', string>>;

export function sittingHandlers(
  db: Database,
  tables: T,
): { on: Required<Pick<HandlerTable, 'place' | 'collaborative'>>; whoSits: WhoSits } {
  const sit = db.prepare(`INSERT OR REPLACE INTO ${tables.sitting} VALUES (?, ?, ?, ?, ?)`);
  const leave = db.prepare(`DELETE FROM ${tables.sitting} WHERE placeId = ? AND sits = ? AND seatId IS ?`);
  const sitting = db.prepare<[string, string], DueParty>(
    `SELECT partyKind AS kind, partyId AS id FROM ${tables.sitting} WHERE placeId = ? AND sits = ?`,
  );
  const programme = db
    .prepare<[string], string>(`SELECT programmeId FROM ${tables.places} WHERE id = ? AND opened = 1`)
    .pluck();
  const left = (event: EventOf<'collaborative', 'SeatVacated' | 'SeatHolderReplaced' | 'SeatSuspended'>) =>
    leave.run(event.recordId, 'chair', event.data.seatId);
  return {
    on: {
      place: {
        ChampionAssigned: (event) =>
          event.data.departmentId
            ? sit.run(event.recordId, 'champion', 'department', event.data.departmentId, null)
            : leave.run(event.recordId, 'champion', null),
        ChampionEnded: (event) => leave.run(event.recordId, 'champion', null),
      },
      collaborative: {
        ChairAppointed: (event) =>
          sit.run(event.recordId, 'chair', 'agency', event.data.agencyId, event.data.seatId),
        SeatVacated: left,
        SeatHolderReplaced: left,
        // A chair's own suspension of before `wasChair` was recorded left the chair where it was.
        SeatSuspended: (event) => event.data.wasChair && left(event),
      },
    },
    whoSits(sits, placeId) {
      const found = sits === 'programme-office' ? undefined : sitting.get(placeId, sits);
      if (found) return found;
      // The place owes itself a chair; a champion of no department, or none, is the programme office's to
      // find.
      return sits === 'chair'
        ? { kind: 'place', id: placeId }
        : { kind: 'programme-office', id: programme.get(placeId) ?? '' };
    },
  };
}
