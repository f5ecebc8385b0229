/** View `due`: the one list of what waits for whom until when. Reasons, actions, the calendar and escalation read it. */
import { dueItems, dueItemsTable, readDue, type DueRow } from './due-items.js';
import { view } from './core.js';

export const due = view({
  name: 'due',
  version: 1,
  tables: { items: dueItemsTable },
  handlers: (db, t, ref) => ({ each: dueItems(db, t.items, ref) }),
  queries(db, t) {
    type Row = Parameters<typeof readDue>[0];
    const open = db.prepare<[], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND dueOn > '' ORDER BY dueOn`);
    const ofPlace = db.prepare<[string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND placeId = ? ORDER BY dueOn`);
    const ofRecord = db.prepare<[string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND stream = ?`);
    const overdue = db.prepare<[string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND dueOn < ? ORDER BY dueOn`);
    return {
      open: (): DueRow[] => open.all().map(readDue),
      ofPlace: (placeId: string): DueRow[] => ofPlace.all(placeId).map(readDue),
      ofRecord: (stream: string): DueRow[] => ofRecord.all(stream).map(readDue),
      /** Open items due before a day, their clocks running. */
      overdue: (day: string): DueRow[] =>
        overdue
          .all(day)
          .map(readDue)
          .filter((r) => !r.stopped),
    };
  },
});
