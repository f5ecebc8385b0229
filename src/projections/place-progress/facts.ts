/**
 * What one audience may know of a place on a day: the tables of `place-progress`, and the answer made of
 * them.
 */
import type { Database } from 'better-sqlite3';
import { isWithheld, type Audience, type Tier } from '../../domain/shared/access.js';
import { foldScale, judge, stepState, type Judgement, type PlaceStep } from '../../domain/progress/judge.js';
import { promiseCounts, type PromiseCounts } from '../../domain/progress/promises.js';
import type { Reference } from '../../domain/shared/reference.js';
import type { PeriodKind } from '../../domain/shared/reporting.js';
import type { Sum } from '../../domain/shared/sums.js';
import { belongingTables } from '../views/belonging.js';
import { readWithheld, type Tables } from '../engine/view.js';
import { docketsTable, dueItemsTable, readDue, waitingTable } from '../views/due-items.js';
import { lately } from '../engine/read-cache.js';
import { completion } from './completion.js';
import { poolSums, poolTables, type PoolSums } from './pools.js';
import { promiseTables, promisesIn } from './promises.js';
import type { Colour } from '../../domain/progress/due-codes.js';

export const audiences = ['members', 'programme', 'public'] as const satisfies readonly Audience[];
/** May this audience of its place see a record of this tier as it stands? */
export const isShownTo = (tier: Tier, audience: Audience): boolean => tiersShown[audience].includes(tier);
const tiersShown: Readonly<Record<Audience, readonly Tier[]>> = {
  members: ['members', 'programme', 'public'],
  programme: ['programme', 'public'],
  public: ['public'],
};

export const tables = {
  programmes: `CREATE TABLE {programmes} (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, scale TEXT NOT NULL, period TEXT NOT NULL, deadlineId TEXT,
      deadlineName TEXT
    ) STRICT, WITHOUT ROWID`,
  // What each programme says of a place; true of one, whose the place is by its own stream.
  places: `CREATE TABLE {places} (
      id TEXT, programmeId TEXT, name TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
      illustrative INTEGER NOT NULL, lastMovementOn TEXT NOT NULL, movementInvented INTEGER NOT NULL,
      position INTEGER NOT NULL, opened INTEGER NOT NULL, PRIMARY KEY (id, programmeId)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX {places}_programme ON {places} (programmeId, id)`,
  targets: `CREATE TABLE {targets} (
      programmeId TEXT, target TEXT, kind TEXT, dueOn TEXT NOT NULL, originalOn TEXT NOT NULL,
      fuzzy INTEGER NOT NULL, reason TEXT, PRIMARY KEY (programmeId, target)
    ) STRICT, WITHOUT ROWID`,
  // `doneBy`: what completes it, as `completed` has it (completion.ts).
  required: `CREATE TABLE {required} (
      programmeId TEXT, placeKind TEXT, n INTEGER, stepId TEXT NOT NULL, name TEXT NOT NULL,
      doneBy TEXT NOT NULL, target TEXT NOT NULL, illustrative INTEGER NOT NULL,
      PRIMARY KEY (programmeId, placeKind, n)
    ) STRICT, WITHOUT ROWID`,
  // What happened first of all that can complete a step, whether one is required for it or not.
  completed: `CREATE TABLE {completed} (
      placeId TEXT, doneBy TEXT, doneOn TEXT, signOffOwedBy TEXT, illustrative INTEGER NOT NULL,
      PRIMARY KEY (placeId, doneBy)
    ) STRICT, WITHOUT ROWID`,
  excuses: `CREATE TABLE {excuses} (
      programmeId TEXT, placeId TEXT, stepId TEXT, reason TEXT NOT NULL, illustrative INTEGER NOT NULL,
      PRIMARY KEY (programmeId, placeId, stepId)
    ) STRICT, WITHOUT ROWID`,
  extensions: `CREATE TABLE {extensions} (
      programmeId TEXT, placeId TEXT, target TEXT, dueOn TEXT NOT NULL, reason TEXT NOT NULL,
      PRIMARY KEY (programmeId, placeId, target)
    ) STRICT, WITHOUT ROWID`,
  records: `CREATE TABLE {records} (
      stream TEXT PRIMARY KEY, tier TEXT NOT NULL, placeId TEXT
    ) STRICT, WITHOUT ROWID`,
  returns: `CREATE TABLE {returns} (
      stream TEXT PRIMARY KEY, roundNo INTEGER NOT NULL, roundKind TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
  // Who sits at the rungs above a barrier: the champion's department, the chair's agency with its seat.
  sitting: `CREATE TABLE {sitting} (
      placeId TEXT, sits TEXT, partyKind TEXT NOT NULL, partyId TEXT NOT NULL, seatId TEXT,
      PRIMARY KEY (placeId, sits)
    ) STRICT, WITHOUT ROWID`,
  items: dueItemsTable,
  waiting: waitingTable,
  dockets: docketsTable,
  daily: `CREATE TABLE {daily} (
      placeId TEXT, audience TEXT, date TEXT, rag TEXT NOT NULL, whitehallRag TEXT NOT NULL,
      required INTEGER NOT NULL, due INTEGER NOT NULL, done INTEGER NOT NULL, reasons TEXT NOT NULL,
      pledgedPence INTEGER, atLeastPence INTEGER, figuresNotShared INTEGER, lastStepOn TEXT,
      PRIMARY KEY (placeId, audience, date)
    ) STRICT, WITHOUT ROWID`,
  ...belongingTables,
  ...poolTables,
  ...promiseTables,
};
export type T = Tables<keyof typeof tables & string>;
const undisclosed = {
  live: null,
  onTime: null,
  overdue: null,
  silent: null,
  red: null,
  completed: null,
  notDisclosed: true,
} as const;

export interface PlaceNow extends Judgement {
  readonly id: string;
  readonly programmeId: string;
  readonly name: string;
  readonly kind: 'pilot' | 'parallel';
  readonly audience: Audience;
  readonly steps: readonly PlaceStep[];
  readonly pools: { pooled: PoolSums; aligned: PoolSums };
  readonly commitments: PromiseCounts | typeof undisclosed;
  /** Over both kinds of pools; null where a pledge in them is withheld, or no pool is seen. */
  readonly pledged: Sum;
  readonly illustrative: boolean;
  readonly position: number;
}

/** Of a place, its name; of all of them, which are enrolled where. What seldom changes, whatever moves. */
export interface KeptPlaces {
  readonly name?: string | undefined;
  readonly enrolled?: readonly { readonly programmeId: string; readonly placeIds: readonly string[] }[];
}
/** A memory bound, nothing else. */
const most = { max: 5000 };
export const keptPlaces = (db: Database, t: T) => lately<KeptPlaces>(db, t.places, most);

export interface PlaceRow {
  id: string;
  programmeId: string;
  name: string;
  kind: 'pilot' | 'parallel';
  status: string;
  illustrative: number;
  lastMovementOn: string;
  /** Nothing that was done on that day stands in print. */
  movementInvented: number;
  position: number;
}

/** A place's own date counts while it is the later one. */
const later = (own: string | null, common: string): string => (own && own > common ? own : common);
/** Why the date is not the first one: the place's own reason, where its own date counts. */
const why = (step: {
  extendedTo: string | null;
  dueOn: string;
  reason: string | null;
  movedBecause: string | null;
}): string | null => (step.extendedTo && step.extendedTo > step.dueOn ? step.reason : step.movedBecause);

/**
 * Answers what one audience may know of a place on a day; the same for the daily rows and for a query now.
 */
export function progressOf(db: Database, tables: T, ref: Reference) {
  const wd = ref.workingDays;
  const place = db.prepare<[string], PlaceRow>(`SELECT * FROM ${tables.places} WHERE id = ? AND opened = 1`);
  const ofProgramme = db.prepare<[string], PlaceRow>(
    `SELECT * FROM ${tables.places} WHERE programmeId = ? AND opened = 1 ORDER BY id`,
  );
  const programme = db.prepare<
    [string],
    {
      name: string;
      scale: 'five' | 'three';
      period: PeriodKind;
      deadlineName: string | null;
      dueOn: string | null;
    }
  >(
    `SELECT p.name, p.scale, p.period, p.deadlineName, d.dueOn FROM ${tables.programmes} p
      LEFT JOIN ${tables.targets} d ON d.programmeId = p.id AND d.target = p.deadlineId WHERE p.id = ?`,
  );
  const steps = db.prepare<
    [string, string, string, string, string],
    {
      stepId: string;
      name: string;
      doneBy: string;
      dueOn: string;
      originalOn: string;
      fuzzy: number;
      required: number;
      extendedTo: string | null;
      reason: string | null;
      movedBecause: string | null;
      doneOn: string | null;
      excused: string | null;
      signOffOwedBy: string | null;
      illustrative: number;
    }
  >(
    `SELECT r.stepId, r.name, r.doneBy, d.dueOn, d.originalOn, d.fuzzy, x.dueOn AS extendedTo, x.reason,
      d.reason AS movedBecause, s.doneOn, o.reason AS excused, s.signOffOwedBy,
      max(r.illustrative, coalesce(s.illustrative, 0), coalesce(o.illustrative, 0)) AS illustrative
      FROM ${tables.required} r
      JOIN ${tables.targets} d ON d.programmeId = r.programmeId AND d.target = r.target
      LEFT JOIN ${tables.completed} s ON s.placeId = ? AND s.doneBy = r.doneBy
      LEFT JOIN ${tables.extensions} x ON x.programmeId = r.programmeId AND x.placeId = ?
      AND x.target = r.target
      LEFT JOIN ${tables.excuses} o ON o.programmeId = r.programmeId AND o.placeId = ?
      AND o.stepId = r.stepId
      WHERE r.programmeId = ? AND r.placeKind = ? ORDER BY r.n`,
  );
  const items = db.prepare<[string], Parameters<typeof readDue>[0] & { tier: Tier }>(
    `SELECT i.*, r.tier FROM ${tables.items} i JOIN ${tables.records} r ON r.stream = i.stream
      WHERE i.placeId = ? AND i.closedOn IS NULL AND i.dueOn > ''`,
  );
  const pools = poolSums(db, tables, isShownTo);
  const promises = promisesIn(db, tables, isShownTo);

  /** Required steps, as an audience may know them. */
  function stepsOf(row: PlaceRow, audience: Audience): PlaceStep[] {
    const all = steps.all(row.id, row.id, row.id, row.programmeId, row.kind);
    // Whether a required step is done is a fact for the programme by rule; the public knows of the place's
    // own profile only.
    const told = audience === 'public' ? all.filter(({ doneBy }) => doneBy === completion.active) : all;
    return told.map((step): PlaceStep => {
      const because = why(step);
      return {
        stepId: step.stepId,
        name: step.name,
        required: true,
        dueOn: later(step.extendedTo, step.dueOn),
        originalDueOn: step.originalOn,
        fuzzy: step.fuzzy === 1,
        illustrative: step.illustrative === 1,
        ...(because ? { extensionReason: because } : {}),
        ...(step.doneOn ? { doneOn: step.doneOn } : {}),
        ...(step.excused !== null ? { excused: step.excused } : {}),
        ...(step.signOffOwedBy && audience === 'members' ? { signOffOwedBy: step.signOffOwedBy } : {}),
      };
    });
  }

  function on(row: PlaceRow, audience: Audience, day: string): PlaceNow {
    const p = programme.get(row.programmeId);
    const visible = stepsOf(row, audience);
    const open = items
      .all(row.id)
      .filter(
        (item) =>
          (audience === 'members' ||
            (!isWithheld(readWithheld(item.private), audience) && isShownTo(item.tier, audience))) &&
          item.leftDays === null,
      );
    const promised = promises.ofPlace(row.id, audience);
    const period = p?.period ?? 'month';
    const judged = judge(
      {
        placeId: row.id,
        steps: visible,
        items: open.map(readDue),
        promises: promised,
        period,
        ...(p?.deadlineName && p.dueOn ? { deadline: { name: p.deadlineName, date: p.dueOn } } : {}),
        ...(audience === 'members'
          ? { lastMovement: { on: row.lastMovementOn, illustrative: row.movementInvented === 1 } }
          : {}),
      },
      day,
      wd,
    );
    const onScale = (level: Colour): Colour => foldScale(level, p?.scale ?? 'five');
    const { id, programmeId, name, kind, position } = row;
    return {
      ...judged,
      rag: onScale(judged.rag),
      whitehallRag: onScale(judged.whitehallRag),
      reasons: judged.reasons.map((r) => ({ ...r, level: onScale(r.level) })),
      id,
      programmeId,
      name,
      kind,
      audience,
      position,
      steps: visible,
      pools: { pooled: pools.of(id, 'pooled', audience), aligned: pools.of(id, 'aligned', audience) },
      pledged: pools.pledged(id, audience),
      // An audience that sees none gets no zero: a zero would say that there is none.
      commitments:
        audience === 'members' || promised.length > 0
          ? promiseCounts(promised, period, day, wd)
          : undisclosed,
      illustrative: row.illustrative === 1,
    };
  }
  return { place, ofProgramme, programme, promises, stepsOf, on };
}

/** Steps that are required, not excused and not done on a day. */
export const openSteps = (
  place: Pick<PlaceNow, 'steps'>,
  day: string,
  wd: Reference['workingDays'],
): PlaceStep[] =>
  place.steps.filter((s) => ['overdue', 'due-soon', 'not-yet-due'].includes(stepState(s, day, wd)));
