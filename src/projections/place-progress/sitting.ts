/** Who sits at the rungs above a place's barriers, as it stands: the champion's department, the chair's agency, the programme's office. */
import type { Database } from 'better-sqlite3';
import type { DueParty } from '../../domain/kernel/types.js';
import type { Recorded } from '../engine/view.js';
import type { WhoSits } from '../views/due-items.js';

type T = Readonly<Record<'sitting' | 'places', string>>;

export function sittingHandlers(db: Database, t: T): { on: Record<string, (e: Recorded) => void>; whoSits: WhoSits } {
  const sit = db.prepare(`INSERT OR REPLACE INTO ${t.sitting} VALUES (?, ?, ?, ?, ?)`);
  const leave = db.prepare(`DELETE FROM ${t.sitting} WHERE placeId = ? AND sits = ? AND seatId IS ?`);
  const sitting = db.prepare<[string, string], DueParty>(`SELECT partyKind AS kind, partyId AS id FROM ${t.sitting} WHERE placeId = ? AND sits = ?`);
  const programme = db.prepare<[string], string>(`SELECT programmeId FROM ${t.places} WHERE id = ? AND opened = 1`).pluck();
  const left = (e: Recorded) => leave.run(e.recordId, 'chair', e.data.seatId);
  return {
    on: {
      ChampionAssigned: (e) => (e.data.departmentId ? sit.run(e.recordId, 'champion', 'department', e.data.departmentId, null) : leave.run(e.recordId, 'champion', null)),
      ChampionEnded: (e) => leave.run(e.recordId, 'champion', null),
      ChairAppointed: (e) => sit.run(e.recordId, 'chair', 'agency', e.data.agencyId, e.data.seatId),
      SeatVacated: left,
      SeatHolderReplaced: left,
      // A chair's own suspension of before `wasChair` was recorded left the chair where it was.
      SeatSuspended: (e) => e.data.wasChair && left(e),
    },
    whoSits(sits, placeId) {
      const found = sits === 'programme-office' ? undefined : sitting.get(placeId, sits);
      if (found) return found;
      // The place owes itself a chair; a champion of no department, or none, is the programme office's to find.
      return sits === 'chair' ? { kind: 'place', id: placeId } : { kind: 'programme-office', id: programme.get(placeId) ?? '' };
    },
  };
}
