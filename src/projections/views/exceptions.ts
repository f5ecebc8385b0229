/**
 * View `exceptions`: what went another way than the rules' ordinary one, event by event. What is overdue now
 * follows from `due`.
 */
import type { Withheld } from '../../domain/shared/access.js';
import { daysBetween } from '../../domain/shared/calendar.js';
import { dataFor, waiverUsed } from '../../domain/kernel/types.js';
import {
  aggregates,
  type ByEvent,
  entryOf,
  handlerFor,
  type HandlerTable,
  is,
  ofEvent,
  textOf,
} from '../../domain/registry.js';
import { belonging, belongingTables } from './belonging.js';
import { binder, boundTables } from './bound-subjects.js';
import { readWithheld, storedWithheld, view, type Recorded } from '../engine/view.js';
import { dueItems, dueItemsTable } from './due-items.js';
import { positionIn, tieDigits, tieSql, under, walker, type Spot, type Walk } from '../engine/walk.js';
import { completesItem, lateBy, type DueItem } from '../../domain/progress/due-codes.js';
import { reportDue } from '../../domain/shared/reporting.js';

export const exceptionKinds = [
  'backdated',
  'late',
  'late-report',
  'excused',
  'waived',
  'voided',
  'contradicted',
  'reopened',
  'orphaned',
  'bound-twice',
  'urgent',
  'retrospective',
  'overdue-verification',
  'near-miss',
] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

export interface ExceptionRow {
  readonly position: number;
  readonly kind: ExceptionKind;
  readonly aggregate: string;
  readonly recordId: string;
  readonly version: number;
  readonly private: Withheld;
  readonly type: string;
  readonly recordedAt: string;
  readonly day: string;
  readonly account: string;
  readonly role: string;
  readonly agencyId: string | null;
  /** By when it was to be done, where it is late and that is known. */
  readonly dueOn: string | null;
  /** Days it was backdated, or late; working days, of a report. */
  readonly days: number | null;
  readonly reason: string | null;
  readonly waiverId: string | null;
  /** The place of its record. */
  readonly placeId: string | null;
}
type Row = Omit<ExceptionRow, 'private'> & { private: number };
/** One as a walk gives it. */
export type ExceptionSpot = Row & Spot;
/** The orders in which they are walked. */
export type ExceptionOrder = 'day' | 'kind' | 'placeId' | 'days';

/** Events that are exceptions whatever they say. */
export const always: ByEvent<ExceptionKind> = {
  submission: { SignOffVoided: 'voided' },
  programme: { EnrolmentVoided: 'voided' },
  barrier: { BarrierReopened: 'reopened' },
  commitment: { CommitmentReopened: 'reopened', DutyOrphaned: 'orphaned' },
  pool: { PledgeOrphaned: 'orphaned' },
};
/** Whose due items are looked at: records with an event that completes one. */
const dutiful: ReadonlySet<string> = new Set(
  aggregates.flatMap(({ name, events }) =>
    Object.values(events).some((entry) => entry.completes) ? [name] : [],
  ),
);
interface Found {
  readonly kind: ExceptionKind;
  readonly dueOn?: string;
  readonly days?: number;
  readonly reason?: string;
}
/** Events that are exceptions by what they say, with the days where they are late. */
export const sometimes: HandlerTable<Found | undefined> = {
  submission: {
    FindingsSubmitted: ({ data }) => (data.lateDays > 0 ? { kind: 'late', days: data.lateDays } : undefined),
    SubmissionMissed: () => ({ kind: 'late' }),
  },
  commitment: {
    CommitmentDeclined: ({ data }) => (data.promisedBefore ? { kind: 'orphaned' } : undefined),
    OfferLapsed: ({ data }) => (data.promisedBefore ? { kind: 'orphaned' } : undefined),
    // Reported well against the facts: allowed by a waiver, with its reason.
    ProgressReported: ({ data }) =>
      data.overrideReason ? { kind: 'contradicted', reason: data.overrideReason } : undefined,
  },
  decision: { DecisionOpened: ({ data }) => (data.urgent ? { kind: 'urgent' } : undefined) },
  fundingstream: {
    RingFenceRelaxed: ({ data }) => (data.retrospective ? { kind: 'retrospective' } : undefined),
  },
};

/** Every exception that an event is: it may be several. */
function exceptionsOf(event: Recorded & { backdatedBecause?: string }): Found[] {
  const { effectiveOn, today, backdatedBecause: reason } = event;
  const found: Found[] = [];
  if (effectiveOn && effectiveOn < today)
    found.push({ kind: 'backdated', days: daysBetween(effectiveOn, today), ...(reason ? { reason } : {}) });
  if (waiverUsed(entryOf(event), event.data) !== undefined) found.push({ kind: 'waived' });
  const kind = ofEvent(always, event);
  if (kind) found.push({ kind });
  const said = handlerFor(sometimes, event)?.(event);
  if (said) found.push(said);
  return found;
}

export const readException = (r: Row): ExceptionRow => ({ ...r, private: readWithheld(r.private) });

export const exceptions = view({
  name: 'exceptions',
  version: 13,
  tables: {
    entries: `CREATE TABLE {entries} (
        position INTEGER, kind TEXT, aggregate TEXT NOT NULL, recordId TEXT NOT NULL,
        version INTEGER NOT NULL, private INTEGER NOT NULL, type TEXT NOT NULL, recordedAt TEXT NOT NULL,
        day TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, agencyId TEXT, dueOn TEXT, days INTEGER,
        reason TEXT, waiverId TEXT, placeId TEXT, PRIMARY KEY (position, kind)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {entries}_kind ON {entries} (kind, position);
      CREATE INDEX {entries}_day ON {entries} (day, position, kind);
      CREATE INDEX {entries}_place ON {entries} (placeId, position, kind);
      CREATE INDEX {entries}_days ON {entries} (days, position, kind);
      CREATE INDEX {entries}_missed ON {entries} (position) WHERE type = 'SubmissionMissed'`,
    places: 'CREATE TABLE {places} (stream TEXT PRIMARY KEY, placeId TEXT NOT NULL) STRICT, WITHOUT ROWID',
    items: dueItemsTable,
    ...boundTables,
    ...belongingTables,
  },
  handlers(db, tables, ref) {
    const track = dueItems(db, tables.items, ref);
    const { stray, batch } = belonging(db, tables);
    const boundTwice = binder(db, tables);
    const closed = db.prepare<[string, number], Pick<DueItem, 'code' | 'key' | 'dueOn'>>(
      `SELECT code, key, dueOn FROM ${tables.items}
        WHERE stream = ? AND position = ? AND closedOn IS NOT NULL ORDER BY dueOn`,
    );
    const open = db
      .prepare<[string, string], string | null>(
        `SELECT min(dueOn) FROM ${tables.items} WHERE stream = ? AND code = ? AND closedOn IS NULL`,
      )
      .pluck();
    /** What an event did late, by how many days. */
    function late(event: Recorded): Found[] {
      // A review opens the next one in the stead of its own item: what that was due by is asked before.
      const before = is(event, 'decision', 'DecisionReviewed') ? open.get(event.stream, 'review') : undefined;
      if (dutiful.has(event.aggregate) || is(event, 'programme', 'PlaceWithdrawn')) track(event);
      const { completes } = entryOf(event);
      const dueOn =
        before ??
        (completes &&
          closed.all(event.stream, event.position).find((i) => completesItem(completes, i))?.dueOn);
      return dueOn && event.today > dueOn
        ? [{ kind: 'late', dueOn, days: daysBetween(dueOn, event.today) }]
        : [];
    }
    /** A period that is reported after its report was due; given again, it is as late as it first was. */
    function lateReport(event: Recorded): Found[] {
      if (!is(event, 'commitment', 'ProgressReported') || event.data.correctionReason !== undefined)
        return [];
      const dueOn = reportDue(event.data.period, ref.workingDays);
      const days = lateBy(dueOn, event.today, ref.workingDays);
      return days > 0 ? [{ kind: 'late-report', dueOn, days }] : [];
    }
    const put = db.prepare(`INSERT INTO ${tables.entries} VALUES (${Array(17).fill('?').join(', ')})`);
    const setPlace = db.prepare(`INSERT OR REPLACE INTO ${tables.places} VALUES (?, ?)`);
    const placeOf = db
      .prepare<[string], string>(`SELECT placeId FROM ${tables.places} WHERE stream = ?`)
      .pluck();
    return {
      each(event) {
        // What it did of another programme's place is its own exception, and closes nothing there.
        const isStray = stray(event);
        const lateToo = isStray ? [] : late(event);
        // As `access` has it.
        const placeId = entryOf(event).access?.(event.data, event).placeId;
        if (placeId && !(isStray && event.aggregate === 'submission')) setPlace.run(event.stream, placeId);
        const twice: Found[] = boundTwice(event, event.recordId) ? [{ kind: 'bound-twice' }] : [];
        const found = [...exceptionsOf(event), ...lateToo, ...lateReport(event), ...twice];
        for (const { kind, dueOn, days, reason } of found) {
          const { position, aggregate, recordId, version, type, recordedAt, today, actor, data } = event;
          // In words for everybody whom the event is told to.
          const open = dataFor(entryOf(event), data, 'public');
          const given = reason ?? textOf({ data: open }, 'reason') ?? null;
          put.run(
            position,
            kind,
            aggregate,
            recordId,
            version,
            storedWithheld(event.private),
            type,
            recordedAt,
            today,
            actor.account,
            actor.role,
            actor.agency ?? null,
            dueOn ?? null,
            days ?? null,
            given,
            waiverUsed(entryOf(event), data) ?? null,
            placeOf.get(event.stream) ?? null,
          );
        }
      },
      ...batch,
    };
  },
  queries(db, tables) {
    const all = db.prepare<[], Row>(`SELECT * FROM ${tables.entries} WHERE position > 0 ORDER BY position`);
    const ofKind = db.prepare<[string], Row>(
      `SELECT * FROM ${tables.entries} WHERE kind = ? ORDER BY position`,
    );
    const ofPlace = db
      .prepare<[string], string>(
        `SELECT DISTINCT aggregate || '-' || recordId FROM ${tables.entries} WHERE placeId = ?`,
      )
      .pluck();
    const select = (key: string): string =>
      `SELECT *, ${key} AS key, ${tieSql('position')} || '.' || kind AS tie FROM ${tables.entries}`;
    // What waits, and was not recorded, stands after what was.
    const parts = (tie: string): [position: number, kind: string] => {
      const position = positionIn(tie);
      return position === undefined ? [Number.MAX_SAFE_INTEGER, ''] : [position, tie.slice(tieDigits + 1)];
    };
    const tie = { sql: ['position', 'kind'], of: parts, type: 'number' } as const;
    const byPosition = { sql: ['position'], of: (at: string) => [parts(at)[0]], type: 'number' } as const;
    const walks = {
      day: walker<ExceptionSpot>(db, { select: select('day'), key: { sql: 'day', type: 'text' }, tie }),
      kind: walker<ExceptionSpot>(db, {
        select: select('kind'),
        key: { sql: 'kind', type: 'text' },
        tie: byPosition,
      }),
      placeId: walker<ExceptionSpot>(db, {
        select: select('placeId'),
        key: { sql: 'placeId', type: 'text', nullable: true },
        tie,
      }),
      days: walker<ExceptionSpot>(db, {
        select: select('days'),
        key: { sql: 'days', type: 'number', nullable: true },
        tie,
      }),
    };
    const missed = walker<ExceptionSpot>(db, {
      select: select('position'),
      where: ["type = 'SubmissionMissed'"],
      key: { sql: 'position', type: 'number' },
      tie: byPosition,
    });
    return {
      list: (kind?: string): ExceptionRow[] => (kind ? ofKind.all(kind) : all.all()).map(readException),
      /** Streams of the records of a place that had any. */
      streamsOf: (placeId: string): string[] => ofPlace.all(placeId),
      walk: (by: ExceptionOrder): Walk<ExceptionSpot> => walks[by](),
      /** Returns that were missed, under another kind than their own. */
      missed: (kind: ExceptionKind): Walk<ExceptionSpot> => under(kind, missed()),
    };
  },
});
