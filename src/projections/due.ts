/**
 * View `due`: the one list of what waits for whom until when. Reasons, actions, the calendar and escalation read it; `my-actions`
 * is its table `waiting`, asked by party. The list itself is kept by `place-progress`, whose daily rows need it as of each day's
 * close (docs/adr/0003).
 */
import type { DueParty } from '../domain/core.js';
import { readDue, type DueRow } from './due-items.js';
import { over } from './core.js';
import { tieAt, walker, type Walk } from './walk.js';
import { placeProgress } from './place-progress.js';

export const due = over(placeProgress, 'due', (db, t) => {
  type Row = Parameters<typeof readDue>[0];
  const open = db.prepare<[], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND dueOn > '' ORDER BY dueOn`);
  const between = db.prepare<[string, string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND dueOn >= ? AND dueOn <= ? ORDER BY dueOn`);
  const ofPlace = db.prepare<[string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND placeId = ? ORDER BY dueOn`);
  const ofRecord = db.prepare<[string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND stream = ?`);
  const overdue = db.prepare<[string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND dueOn < ? ORDER BY dueOn`);
  const verifications = db.prepare<[string], Row>(`SELECT * FROM ${t.items} WHERE closedOn IS NULL AND code = 'verification' AND dueOn < ? ORDER BY dueOn`);
  const waiting = db.prepare<[string], Row>(
    `SELECT i.* FROM ${t.waiting} w CROSS JOIN ${t.items} i ON i.opened = w.opened AND i.nth = w.nth WHERE w.party = ? ORDER BY w.dueOn, w.opened, w.nth`,
  );
  const parts = (tie: string): [opened: number, nth: number] => (/^\d/.test(tie) ? [Number(tie.slice(0, 16)), Number(tie.slice(16))] : [Number.MAX_SAFE_INTEGER, 0]);
  const soonest = walker<{ key: string; tie: string; opened: number; nth: number }>(db, {
    select: `SELECT dueOn AS key, '' AS tie, opened, nth FROM ${t.waiting}`,
    where: ['party = ?'],
    key: { sql: 'dueOn', type: 'text' },
    tie: { sql: ['opened', 'nth'], of: parts, type: 'number' },
  });
  const at = db.prepare<[number, number], Row>(`SELECT * FROM ${t.items} WHERE opened = ? AND nth = ?`);
  const parties = db.prepare<[string, string], string>(`SELECT DISTINCT party FROM ${t.waiting} WHERE party > ? AND party < ? ORDER BY party`).pluck();
  const running = (rows: Row[]): DueRow[] => rows.map(readDue).filter((r) => !r.stopped);
  return {
    open: (): DueRow[] => open.all().map(readDue),
    /** Open items due from one day to another, both inclusive, their clocks running. */
    between: (from: string, to: string): DueRow[] => running(between.all(from, to)),
    ofPlace: (placeId: string): DueRow[] => ofPlace.all(placeId).map(readDue),
    ofRecord: (stream: string): DueRow[] => ofRecord.all(stream).map(readDue),
    /** Open items due before a day, their clocks running. */
    overdue: (day: string): DueRow[] => running(overdue.all(day)),
    /** Verifications among them. */
    verificationsOverdue: (day: string): DueRow[] => running(verifications.all(day)),
    /** Ids of the parties of a kind for whom something waits. */
    parties: (kind: DueParty['kind']): string[] => parties.all(`${kind}:`, `${kind};`).map((p) => p.slice(kind.length + 1)),
    /** What waits for a party (`department:dwp`), soonest first. */
    waitingFor: (party: string): DueRow[] => waiting.all(party).map(readDue),
    /** Where the same stand, soonest first, a few at a time. */
    walk(party: string): Walk {
      const walk = soonest(party);
      return (from) => walk(from).map(({ key, opened, nth }) => ({ key, tie: tieAt(opened) + tieAt(nth) }));
    },
    /** The item that stands there. */
    at: (tie: string): DueRow => readDue(at.get(...parts(tie))!),
  };
});
