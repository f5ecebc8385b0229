/**
 * View `calendar`: the dates of each programme – milestones, rounds, and places' own closing dates – as they
 * stand now.
 */
import type { FuzzyDate } from '../../domain/shared/values.js';
import { roundInWords } from '../../domain/programme/state.js';
import { believing, belonging, belongingTables } from './belonging.js';
import { view } from '../engine/view.js';

export type CalendarKind =
  | 'deadline'
  | 'political'
  | 'programme'
  | 'engagement'
  | 'info'
  | 'round-opens'
  | 'round-closes'
  | 'extension';
/** Whole days, both inclusive; `to` is the date that counts. */
export interface CalendarRow {
  readonly programmeId: string;
  readonly entryId: string;
  readonly kind: CalendarKind;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly precision: FuzzyDate['precision'];
  readonly tbc: boolean;
  /** The date first given, where it has moved. */
  readonly originalTo: string;
  readonly status: 'planned' | 'reached' | 'open' | 'closed';
  /** The place whose own date it is. */
  readonly placeId: string | null;
  readonly reason: string | null;
  readonly illustrative: boolean;
  readonly position: number;
}
type Row = Omit<CalendarRow, 'tbc' | 'illustrative' | 'from' | 'to'> & {
  tbc: number;
  illustrative: number;
  fromOn: string;
  toOn: string;
};

export const calendar = view({
  name: 'calendar',
  version: 3,
  tables: {
    ...belongingTables,
    entries: `CREATE TABLE {entries} (
        programmeId TEXT, entryId TEXT, kind TEXT NOT NULL, title TEXT NOT NULL, fromOn TEXT NOT NULL,
        toOn TEXT NOT NULL, precision TEXT NOT NULL, tbc INTEGER NOT NULL, originalTo TEXT NOT NULL,
        status TEXT NOT NULL, placeId TEXT, reason TEXT, illustrative INTEGER NOT NULL,
        position INTEGER NOT NULL, PRIMARY KEY (programmeId, entryId)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {entries}_place ON {entries} (placeId)`,
  },
  handlers(db, tables) {
    const put = db.prepare(
      `INSERT OR REPLACE INTO ${tables.entries} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const move = db.prepare(
      `UPDATE ${tables.entries}
        SET fromOn = ?, toOn = ?, precision = ?, tbc = ?, reason = ?, illustrative = max(illustrative, ?),
        position = ?
        WHERE programmeId = ? AND entryId = ?`,
    );
    const mark = db.prepare(
      `UPDATE ${tables.entries} SET status = ?, position = ? WHERE programmeId = ? AND entryId = ?`,
    );
    const leave = db.prepare(
      `DELETE FROM ${tables.entries}
        WHERE programmeId = ? AND entryId > 'extension.' AND entryId < 'extension/' AND placeId = ?`,
    );
    const elsewhere = db.prepare(`DELETE FROM ${tables.entries} WHERE placeId = ? AND programmeId <> ?`);
    const invented = (e: { basis?: { kind: string } }): number => (e.basis?.kind === 'illustrative' ? 1 : 0);
    return believing(belonging(db, tables), {
      on: {
        place: { PlaceOpened: (event) => elsewhere.run(event.recordId, event.data.programmeId) },
        programme: {
          MilestoneAdded: (event) => {
            const { milestoneId, name, kind, date } = event.data;
            put.run(
              event.recordId,
              `milestone.${milestoneId}`,
              kind,
              name,
              date.from,
              date.to,
              date.precision,
              date.tbc ? 1 : 0,
              date.to,
              'planned',
              null,
              null,
              invented(event),
              event.position,
            );
          },
          MilestoneRescheduled: (event) => {
            const { from, to, precision, tbc } = event.data.to;
            move.run(
              from,
              to,
              precision,
              tbc ? 1 : 0,
              event.data.reason,
              invented(event),
              event.position,
              event.recordId,
              `milestone.${event.data.milestoneId}`,
            );
          },
          MilestoneReached: (event) =>
            mark.run('reached', event.position, event.recordId, `milestone.${event.data.milestoneId}`),
          RoundPlanned: (event) => {
            const { roundNo, window } = event.data;
            for (const [end, date] of [
              ['opens', window.from],
              ['closes', window.to],
            ] as const) {
              const title = `Round ${roundInWords(event.data)} ${end}`;
              put.run(
                event.recordId,
                `round.${roundNo}.${end}`,
                `round-${end}`,
                title,
                date.from,
                date.to,
                date.precision,
                date.tbc ? 1 : 0,
                date.to,
                'planned',
                null,
                null,
                invented(event),
                event.position,
              );
            }
          },
          RoundRescheduled: (event) => {
            const { roundNo, to, reason } = event.data;
            for (const [end, date] of [
              ['opens', to.window.from],
              ['closes', to.window.to],
            ] as const)
              move.run(
                date.from,
                date.to,
                date.precision,
                date.tbc ? 1 : 0,
                reason,
                invented(event),
                event.position,
                event.recordId,
                `round.${roundNo}.${end}`,
              );
          },
          RoundOpened: (event) => {
            move.run(
              event.data.to,
              event.data.to,
              'day',
              0,
              null,
              invented(event),
              event.position,
              event.recordId,
              `round.${event.data.roundNo}.closes`,
            );
            mark.run('open', event.position, event.recordId, `round.${event.data.roundNo}.opens`);
            mark.run('open', event.position, event.recordId, `round.${event.data.roundNo}.closes`);
          },
          RoundExtended: (event) =>
            move.run(
              event.data.to,
              event.data.to,
              'day',
              0,
              event.data.reason,
              invented(event),
              event.position,
              event.recordId,
              `round.${event.data.roundNo}.closes`,
            ),
          RoundClosed: (event) => {
            mark.run('closed', event.position, event.recordId, `round.${event.data.roundNo}.opens`);
            mark.run('closed', event.position, event.recordId, `round.${event.data.roundNo}.closes`);
          },
          ExtensionGranted: (event) => {
            const { placeId, roundNo, from, to, reason } = event.data;
            put.run(
              event.recordId,
              `extension.${roundNo}.${placeId}`,
              'extension',
              `Round ${roundNo} closes for this place`,
              to,
              to,
              'day',
              0,
              from,
              'open',
              placeId,
              reason,
              invented(event),
              event.position,
            );
          },
          PlaceWithdrawn: (event) => leave.run(event.recordId, event.data.placeId),
        },
      },
    });
  },
  queries(db, tables) {
    const ofProgramme = db.prepare<[string], Row>(
      `SELECT * FROM ${tables.entries} WHERE programmeId = ? ORDER BY entryId`,
    );
    return {
      /** Every date of a programme: as many as it has milestones, rounds and extensions. */
      ofProgramme: (programmeId: string): CalendarRow[] =>
        ofProgramme.all(programmeId).map(({ fromOn, toOn, ...r }) => ({
          ...r,
          from: fromOn,
          to: toOn,
          tbc: r.tbc === 1,
          illustrative: r.illustrative === 1,
        })),
    };
  },
});
