/**
 * View `due`: the one list of what waits for whom until when. Reasons, actions, the calendar and escalation
 * read it; `my-actions` is its table `waiting`, asked by party. The list itself is kept by `place-progress`,
 * whose daily rows need it as of each day's close (docs/adr/0003).
 */
import { keptAs, keptItems, readDue, type DueRow } from './due-items.js';
import { over } from '../engine/view.js';
import { frozen } from '../engine/read-cache.js';
import { tieAt, tieDigits, under, walker, type Spot, type Walk } from '../engine/walk.js';
import { placeProgress } from '../place-progress/place-progress.js';
import type { DueParty } from '../../domain/progress/due-codes.js';

/** What an order of what waits for a party goes by. */
export type WaitingOrder = 'dueOn' | 'code' | 'placeId';
/** What an order of open items goes by: their day, their place, or a key by which all are alike. */
export type DueOrder = 'dueOn' | 'placeId' | { readonly alike: string };
interface Place {
  readonly opened: number;
  readonly nth: number;
}
/**
 * Where an item stands among others, as text. Ties of other rows may stand before every item (a space first),
 * or after.
 */
const tieOf = ({ opened, nth }: Place): string => tieAt(opened) + tieAt(nth);
const twoPositions = new RegExp(`^\\d{${2 * tieDigits}}$`);
function placeAt(tie: string): [opened: number, nth: number] {
  if (twoPositions.test(tie)) return [Number(tie.slice(0, tieDigits)), Number(tie.slice(tieDigits))];
  return tie < '0' ? [-1, 0] : [Number.MAX_SAFE_INTEGER, 0];
}
const dayChars = 'YYYY-MM-DD'.length;

export const due = over(placeProgress, 'due', (db, tables) => {
  type Row = Parameters<typeof readDue>[0];
  const open = db.prepare<[], Row>(
    `SELECT * FROM ${tables.items} WHERE closedOn IS NULL AND dueOn > '' ORDER BY dueOn`,
  );
  const ofPlace = db.prepare<[string], Row>(
    `SELECT * FROM ${tables.items} WHERE closedOn IS NULL AND placeId = ? ORDER BY dueOn`,
  );
  const ofRecord = db.prepare<[string], Row>(
    `SELECT * FROM ${tables.items} WHERE closedOn IS NULL AND stream = ?`,
  );
  const waitedAt = db.prepare<[string, number, number], Row>(
    `SELECT * FROM ${tables.items} WHERE stream = ? AND opened <= ? AND (closedOn IS NULL OR position >= ?)`,
  );
  const overdue = db.prepare<[string], Row>(
    `SELECT * FROM ${tables.items} WHERE closedOn IS NULL AND dueOn < ? ORDER BY dueOn`,
  );
  const verifications = db.prepare<[string], Row>(
    `SELECT * FROM ${tables.items} WHERE closedOn IS NULL AND code = 'verification' AND dueOn < ?
      ORDER BY dueOn`,
  );
  const waiting = db
    .prepare<[string], [opened: number, nth: number]>(
      `SELECT opened, nth FROM ${tables.waiting} WHERE party = ? ORDER BY dueOn, opened, nth`,
    )
    .raw();
  type At = Spot & Place & { readonly dueOn: string };
  const select = (key: string, table: string): string =>
    `SELECT ${key} AS key, '' AS tie, dueOn, opened, nth FROM ${table}`;
  const byDay = {
    key: { sql: 'dueOn', type: 'text' },
    tie: { sql: ['opened', 'nth'], of: placeAt, type: 'number' },
  } as const;
  const soonest = walker<At>(db, { select: select('dueOn', tables.waiting), where: ['party = ?'], ...byDay });
  // Among all open items a tie begins with the day: whatever the order, those alike by it follow each other
  // by their day.
  const spotOf = (row: At): Spot => ({ key: row.key, tie: row.dueOn + tieOf(row) });
  const dayTie = {
    sql: ['opened', 'nth'],
    of: (tie: string) => placeAt(tie.length > dayChars ? tie.slice(dayChars) : tie),
    type: 'number',
  } as const;
  const dayAndTie = {
    sql: ['dueOn', 'opened', 'nth'],
    of: (tie: string) => [tie.slice(0, dayChars), ...dayTie.of(tie)],
    type: 'number',
  } as const;
  const waits = {
    code: walker<At>(db, {
      select: select('code', tables.waiting),
      where: ['party = ?'],
      key: { sql: 'code', type: 'text' },
      tie: dayAndTie,
    }),
    placeId: walker<At>(db, {
      select: select('placeId', tables.waiting),
      where: ['party = ?'],
      key: { sql: 'placeId', type: 'text', nullable: true },
      tie: dayAndTie,
    }),
  };
  const openByDay = walker<At>(db, {
    select: select('dueOn', tables.items),
    where: ['closedOn IS NULL'],
    key: byDay.key,
    tie: dayTie,
  });
  const placeByDay = walker<At>(db, {
    select: select('dueOn', tables.items),
    where: ['closedOn IS NULL', 'placeId = ?'],
    key: byDay.key,
    tie: dayTie,
  });
  const byPlace = walker<At>(db, {
    select: select('placeId', tables.items),
    where: ['closedOn IS NULL'],
    key: { sql: 'placeId', type: 'text', nullable: true },
    tie: dayAndTie,
  });
  const at = db.prepare<[number, number], Row>(`SELECT * FROM ${tables.items} WHERE opened = ? AND nth = ?`);
  const kept = keptItems(db, tables.items);
  const itemAt = (opened: number, nth: number): DueRow => {
    let item = kept.get(keptAs(opened, nth));
    if (!item) {
      // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- spots come of this table
      const row = at.get(opened, nth)!;
      kept.set(keptAs(opened, nth), (item = frozen(readDue(row))));
    }
    return item;
  };
  const parties = db
    .prepare<[string, string], string>(
      `SELECT DISTINCT party FROM ${tables.waiting} WHERE party > ? AND party < ? ORDER BY party`,
    )
    .pluck();
  const everOf = db
    .prepare<[string], string>(`SELECT stream FROM ${tables.dockets} WHERE departmentId = ?`)
    .pluck();
  const running = (rows: Row[]): DueRow[] => rows.map(readDue).filter((r) => !r.stopped);
  return {
    open: (): DueRow[] => open.all().map(readDue),
    ofPlace: (placeId: string): DueRow[] => ofPlace.all(placeId).map(readDue),
    ofRecord: (stream: string): DueRow[] => ofRecord.all(stream).map(readDue),
    /** What waited in a record when an event was recorded there, what the event opened or closed among it. */
    waitedAt: (stream: string, position: number): DueRow[] =>
      waitedAt.all(stream, position, position).map(readDue),
    /** Open items due before a day, their clocks running. */
    overdue: (day: string): DueRow[] => running(overdue.all(day)),
    /** Verifications among them. */
    verificationsOverdue: (day: string): DueRow[] => running(verifications.all(day)),
    /** Streams of the records in which something ever waited for a department. */
    everOf: (departmentId: string): string[] => everOf.all(departmentId),
    /** Ids of the parties of a kind for whom something waits. */
    parties: (kind: DueParty['kind']): string[] =>
      parties.all(`${kind}:`, `${kind};`).map((p) => p.slice(kind.length + 1)),
    /** What waits for a party (`department:dwp`), soonest first. */
    waitingFor: (party: string): DueRow[] => waiting.all(party).map(([opened, nth]) => itemAt(opened, nth)),
    /** Where the same stand in an order, soonest first by default, a few at a time. */
    walk(party: string, by: WaitingOrder = 'dueOn'): Walk {
      if (by === 'dueOn') {
        const walk = soonest(party);
        return (from) => walk(from).map((row) => ({ key: row.key, tie: tieOf(row) }));
      }
      const walk = waits[by](party);
      return (from) => walk(from).map(spotOf);
    },
    /**
     * Where all open items stand, or those of a place, a few at a time; stopped ones, too. Ties begin with
     * the day.
     */
    walkOpen(by: DueOrder, placeId?: string): Walk {
      const days = placeId === undefined ? openByDay() : placeByDay(placeId);
      if (by === 'dueOn') return (from) => days(from).map(spotOf);
      if (by === 'placeId' && placeId === undefined) {
        const places = byPlace();
        return (from) => places(from).map(spotOf);
      }
      return under(typeof by === 'object' ? by.alike : (placeId ?? null), ({ after, ...from }) =>
        days({ ...from, after: after && { key: after.tie.slice(0, dayChars), tie: after.tie } }).map(spotOf),
      );
    },
    /** The item that stands there. */
    at: (tie: string): DueRow => itemAt(...placeAt(tie.slice(-2 * tieDigits))),
  };
});
