/**
 * View `place-progress`: what stands between each place and the Budget, for each audience. Facts are kept in its own tables;
 * `DayClosed` writes a row a place and audience, from which burn-up, movement and `since` are answered.
 */
import type { Database } from 'better-sqlite3';
import type { Audience, Tier } from '../domain/access.js';
import { aggregateNamed } from '../domain/index.js';
import { judge, reasonKey, stepState, type Judgement, type Level, type Reason, type Step } from '../domain/progress.js';
import { promiseCounts, reportItems, type PromiseCounts } from '../domain/progress-promises.js';
import type { Reference } from '../domain/reference.js';
import type { PeriodKind } from '../domain/reporting.js';
import type { FuzzyDate } from '../domain/values.js';
import { batchOf, heldBack, remembered } from './batch.js';
import { view, type Recorded, type Tables } from './core.js';
import { dueItems, dueItemsTable, readDue, waitingTable } from './due-items.js';
import { poolHandlers, poolSums, poolTables, type Sums } from './progress-pools.js';
import { promiseHandlers, promiseTables, promisesIn } from './progress-promises.js';

export const audiences = ['members', 'programme', 'public'] as const satisfies readonly Audience[];
/** May this audience of its place see a record of this tier as it stands? */
export const seen = (tier: Tier, audience: Audience): boolean =>
  audience === 'members' ? tier !== 'auditors' : audience === 'programme' ? tier === 'programme' || tier === 'public' : tier === 'public';

const tables = {
  programmes: 'CREATE TABLE {programmes} (id TEXT PRIMARY KEY, name TEXT NOT NULL, scale TEXT NOT NULL, period TEXT NOT NULL, deadlineId TEXT, deadlineName TEXT) STRICT, WITHOUT ROWID',
  places: `CREATE TABLE {places} (id TEXT PRIMARY KEY, programmeId TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, illustrative INTEGER NOT NULL,
      lastMovementOn TEXT NOT NULL, movementInvented INTEGER NOT NULL, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX {places}_programme ON {places} (programmeId, id)`,
  targets:
    'CREATE TABLE {targets} (programmeId TEXT, target TEXT, kind TEXT, dueOn TEXT NOT NULL, originalOn TEXT NOT NULL, fuzzy INTEGER NOT NULL, reason TEXT, PRIMARY KEY (programmeId, target)) STRICT, WITHOUT ROWID',
  required:
    'CREATE TABLE {required} (programmeId TEXT, placeKind TEXT, n INTEGER, stepId TEXT NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL, illustrative INTEGER NOT NULL, PRIMARY KEY (programmeId, placeKind, n)) STRICT, WITHOUT ROWID',
  steps:
    'CREATE TABLE {steps} (placeId TEXT, stepId TEXT, doneOn TEXT, excused TEXT, signOffOwedBy TEXT, illustrative INTEGER NOT NULL, PRIMARY KEY (placeId, stepId)) STRICT, WITHOUT ROWID',
  extensions: 'CREATE TABLE {extensions} (placeId TEXT, target TEXT, dueOn TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (placeId, target)) STRICT, WITHOUT ROWID',
  records: 'CREATE TABLE {records} (stream TEXT PRIMARY KEY, tier TEXT NOT NULL, placeId TEXT) STRICT, WITHOUT ROWID',
  returns: 'CREATE TABLE {returns} (stream TEXT PRIMARY KEY, roundKind TEXT NOT NULL) STRICT, WITHOUT ROWID',
  items: dueItemsTable,
  waiting: waitingTable,
  daily: `CREATE TABLE {daily} (placeId TEXT, audience TEXT, date TEXT, rag TEXT NOT NULL, whitehallRag TEXT NOT NULL, required INTEGER NOT NULL, done INTEGER NOT NULL,
      reasons TEXT NOT NULL, pledgedPence INTEGER, PRIMARY KEY (placeId, audience, date)) STRICT, WITHOUT ROWID`,
  ...poolTables,
  ...promiseTables,
};
type T = Tables<keyof typeof tables & string>;
const undisclosed = { live: null, onTime: null, overdue: null, silent: null, red: null, completed: null, notDisclosed: true } as const;

export interface DailyRow {
  readonly date: string;
  readonly rag: Level;
  readonly whitehallRag: Level;
  readonly required: number;
  readonly done: number;
  readonly reasons: readonly Reason[];
  readonly pledgedPence: number | null;
}
export interface PlaceNow extends Judgement {
  readonly id: string;
  readonly programmeId: string;
  readonly name: string;
  readonly kind: 'pilot' | 'parallel';
  readonly audience: Audience;
  readonly steps: readonly Step[];
  readonly pools: { pooled: Sums; aligned: Sums };
  readonly commitments: PromiseCounts | typeof undisclosed;
  /** Over both kinds; null where a pledge in them is withheld, or no pool is seen. */
  readonly pledgedPence: number | null;
  readonly illustrative: boolean;
  readonly position: number;
}

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
const why = (s: { extendedTo: string | null; dueOn: string; reason: string | null; movedBecause: string | null }): string | null =>
  s.extendedTo && s.extendedTo > s.dueOn ? s.reason : s.movedBecause;

/** Answers what one audience may know of a place on a day; the same for the daily rows and for a query now. */
function progressOf(db: Database, t: T, ref: Reference) {
  const wd = ref.workingDays;
  const place = db.prepare<[string], PlaceRow>(`SELECT * FROM ${t.places} WHERE id = ?`);
  const ofProgramme = db.prepare<[string], PlaceRow>(`SELECT * FROM ${t.places} WHERE programmeId = ? ORDER BY id`);
  const programme = db.prepare<[string], { name: string; scale: 'five' | 'three'; period: PeriodKind; deadlineName: string | null; dueOn: string | null }>(
    `SELECT p.name, p.scale, p.period, p.deadlineName, d.dueOn FROM ${t.programmes} p LEFT JOIN ${t.targets} d ON d.programmeId = p.id AND d.target = p.deadlineId WHERE p.id = ?`,
  );
  const steps = db.prepare<
    [string, string, string, string],
    {
      stepId: string;
      name: string;
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
    `SELECT r.stepId, r.name, d.dueOn, d.originalOn, d.fuzzy, x.dueOn AS extendedTo, x.reason, d.reason AS movedBecause, s.doneOn, s.excused, s.signOffOwedBy, max(r.illustrative, coalesce(s.illustrative, 0)) AS illustrative
     FROM ${t.required} r JOIN ${t.targets} d ON d.programmeId = r.programmeId AND d.target = r.target
     LEFT JOIN ${t.steps} s ON s.placeId = ? AND s.stepId = r.stepId LEFT JOIN ${t.extensions} x ON x.placeId = ? AND x.target = r.target
     WHERE r.programmeId = ? AND r.placeKind = ? ORDER BY r.n`,
  );
  const items = db.prepare<[string], Parameters<typeof readDue>[0] & { tier: Tier }>(
    `SELECT i.*, r.tier FROM ${t.items} i JOIN ${t.records} r ON r.stream = i.stream WHERE i.placeId = ? AND i.closedOn IS NULL AND i.dueOn > ''`,
  );
  const pools = poolSums(db, t);
  const promises = promisesIn(db, t, seen);

  /** Required steps, as an audience may know them. */
  function stepsOf(row: PlaceRow, audience: Audience): Step[] {
    const all = steps.all(row.id, row.id, row.programmeId, row.kind).map((s): Step => ({
      stepId: s.stepId,
      name: s.name,
      required: true,
      dueOn: later(s.extendedTo, s.dueOn),
      originalDueOn: s.originalOn,
      fuzzy: s.fuzzy === 1,
      illustrative: s.illustrative === 1,
      ...(why(s) ? { extensionReason: why(s)! } : {}),
      ...(s.doneOn ? { doneOn: s.doneOn } : {}),
      ...(s.excused !== null ? { excused: s.excused } : {}),
      ...(s.signOffOwedBy && audience === 'members' ? { signOffOwedBy: s.signOffOwedBy } : {}),
    }));
    // Whether a required step is done is a fact for the programme by rule; the public knows of the place's own profile only.
    return audience === 'public' ? all.filter((s) => s.stepId === 'activation') : all;
  }

  function on(row: PlaceRow, audience: Audience, day: string): PlaceNow {
    const p = programme.get(row.programmeId);
    const visible = stepsOf(row, audience);
    const open = items.all(row.id).filter((i) => (audience === 'members' || (!i.private && seen(i.tier, audience))) && i.leftDays === null);
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
        ...(audience === 'members' ? { lastMovement: { on: row.lastMovementOn, illustrative: row.movementInvented === 1 } } : {}),
      },
      day,
      wd,
    );
    const scale = p?.scale ?? 'five';
    const { id, programmeId, name, kind, position } = row;
    return {
      ...judged,
      ...(scale === 'three' ? { rag: three(judged.rag), whitehallRag: three(judged.whitehallRag), reasons: judged.reasons.map((r) => ({ ...r, level: three(r.level) })) } : {}),
      id,
      programmeId,
      name,
      kind,
      audience,
      position,
      steps: visible,
      pools: { pooled: pools.of(id, 'pooled', audience), aligned: pools.of(id, 'aligned', audience) },
      pledgedPence: pools.pledged(id, audience),
      // An audience that sees none gets no zero: a zero would say that there is none.
      commitments: audience === 'members' || promised.length > 0 ? promiseCounts(promised, period, day, wd) : undisclosed,
      illustrative: row.illustrative === 1,
    };
  }
  return { place, ofProgramme, programme, promises, stepsOf, on };
}

const three = (l: Level): Level => (l === 'amber-green' ? 'green' : l === 'amber-red' ? 'red' : l);

/** Steps that are required, not excused and not done on a day. */
export const openSteps = (p: Pick<PlaceNow, 'steps'>, day: string, wd: Reference['workingDays']): Step[] =>
  p.steps.filter((s) => ['overdue', 'due-soon', 'not-yet-due'].includes(stepState(s, day, wd)));
/** A date that may still be another day, or is to be confirmed: it counts as its last day, and says so. */
const fuzzy = (d: FuzzyDate): number => (d.precision === 'day' && !d.tbc ? 0 : 1);
const lastDay = (d: FuzzyDate): string => d.to;

export const placeProgress = view({
  name: 'place-progress',
  version: 5,
  tables,
  handlers(db, t: T, ref) {
    const track = dueItems(db, t.items, t.waiting, ref);
    const facts = progressOf(db, t, ref);
    const setRecord = db.prepare(`INSERT INTO ${t.records} VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tier = excluded.tier, placeId = coalesce(excluded.placeId, placeId)`);
    const setTier = db.prepare(`UPDATE ${t.records} SET tier = ? WHERE stream = ?`);
    const storedPlace = db.prepare<[string], string | null>(`SELECT placeId FROM ${t.records} WHERE stream = ?`).pluck();
    const placeOf = remembered((stream) => storedPlace.get(stream) ?? null);
    const setMoved = db.prepare(
      `UPDATE ${t.places} SET movementInvented = CASE WHEN $on > lastMovementOn THEN $invented WHEN $on = lastMovementOn THEN min(movementInvented, $invented) ELSE movementInvented END,
       lastMovementOn = max(lastMovementOn, $on), position = max(position, $position) WHERE id = $placeId`,
    );
    const moved = heldBack<{ on: string; invented: number; position: number }>((placeId, m) => setMoved.run({ ...m, placeId }));
    const target = db.prepare(`INSERT OR IGNORE INTO ${t.targets} VALUES (?, ?, ?, ?, ?, ?, NULL)`);
    const moveTarget = db.prepare(`UPDATE ${t.targets} SET dueOn = ?, fuzzy = ?, reason = coalesce(?, reason) WHERE programmeId = ? AND target = ?`);
    const latch = db.prepare(
      `INSERT INTO ${t.steps} VALUES (?, ?, ?, NULL, NULL, ?) ON CONFLICT DO UPDATE SET doneOn = coalesce(doneOn, excluded.doneOn), signOffOwedBy = NULL, illustrative = excluded.illustrative WHERE doneOn IS NULL`,
    );
    const excuse = db.prepare(`INSERT INTO ${t.steps} VALUES (?, ?, NULL, ?, NULL, ?) ON CONFLICT DO UPDATE SET excused = excluded.excused, illustrative = excluded.illustrative`);
    const signOff = db.prepare(`INSERT INTO ${t.steps} VALUES (?, ?, NULL, NULL, ?, 0) ON CONFLICT DO UPDATE SET signOffOwedBy = excluded.signOffOwedBy WHERE doneOn IS NULL`);
    const daily = db.prepare(`INSERT OR REPLACE INTO ${t.daily} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const setPlace = db.prepare(`UPDATE ${t.places} SET name = coalesce(?, name), kind = coalesce(?, kind), status = coalesce(?, status), position = ? WHERE id = ?`);
    const clearRequired = db.prepare(`DELETE FROM ${t.required} WHERE programmeId = ? AND placeKind = ?`);
    const addRequired = db.prepare(`INSERT INTO ${t.required} VALUES (?, ?, ?, ?, ?, ?, ?)`);
    const invented = (e: Recorded): number => (e.basis?.kind === 'illustrative' ? 1 : 0);
    const done = (placeId: string, step: string, e: Recorded) => latch.run(placeId, step, e.today, invented(e));
    const beginReturn = db.prepare(`INSERT INTO ${t.returns} VALUES (?, ?)`);
    const roundKind = db.prepare<[string], string>(`SELECT roundKind FROM ${t.returns} WHERE stream = ?`).pluck();
    const noLongerWaits = (e: Recorded) => signOff.run(placeOf.get(e.stream), roundKind.get(e.stream), null);

    const promised = promiseHandlers(db, t, (placeId, e) => done(placeId, 'commitments', e));
    return {
      on: {
        ...promised,
        ProgrammeDefined: (e) => db.prepare(`INSERT INTO ${t.programmes} VALUES (?, ?, ?, ?, NULL, NULL)`).run(e.recordId, e.data.name, e.data.ragScale, e.data.period),
        RecordCorrected: (e) => {
          if (e.aggregate === 'programme' && e.data.field === 'name') db.prepare(`UPDATE ${t.programmes} SET name = ? WHERE id = ?`).run(e.data.to, e.recordId);
          else promised.RecordCorrected!(e);
        },
        ProgrammeRetitled: (e) => db.prepare(`UPDATE ${t.programmes} SET name = ? WHERE id = ?`).run(e.data.to, e.recordId),
        PlaceEnrolled: (e) =>
          db
            .prepare(`INSERT OR REPLACE INTO ${t.places} VALUES (?, ?, ?, ?, 'enrolled', ?, ?, ?, ?)`)
            .run(e.data.placeId, e.recordId, e.data.name, e.data.kind, invented(e), e.today, invented(e), e.position),
        PlaceRenamed: (e) => setPlace.run(e.data.to, null, null, e.position, e.data.placeId),
        PlaceKindChanged: (e) => setPlace.run(null, e.data.to, null, e.position, e.data.placeId),
        PlaceWithdrawn: (e) => setPlace.run(null, null, 'withdrawn', e.position, e.data.placeId),
        MilestoneAdded: (e) => {
          const { milestoneId, name, date, kind } = e.data;
          target.run(e.recordId, `milestone:${milestoneId}`, kind, lastDay(date), lastDay(date), fuzzy(date));
          if (kind === 'deadline') db.prepare(`UPDATE ${t.programmes} SET deadlineId = ?, deadlineName = ? WHERE id = ?`).run(`milestone:${milestoneId}`, name, e.recordId);
        },
        MilestoneRescheduled: (e) => moveTarget.run(lastDay(e.data.to), fuzzy(e.data.to), e.data.reason, e.recordId, `milestone:${e.data.milestoneId}`),
        RoundPlanned: (e) => target.run(e.recordId, `round:${e.data.roundNo}`, `round-${e.data.kind}`, lastDay(e.data.window.to), lastDay(e.data.window.to), fuzzy(e.data.window.to)),
        RoundRescheduled: (e) => moveTarget.run(lastDay(e.data.to.window.to), fuzzy(e.data.to.window.to), e.data.reason ?? null, e.recordId, `round:${e.data.roundNo}`),
        RoundExtended: (e) => moveTarget.run(e.data.to, 0, e.data.reason, e.recordId, `round:${e.data.roundNo}`),
        ExtensionGranted: (e) => db.prepare(`INSERT OR REPLACE INTO ${t.extensions} VALUES (?, ?, ?, ?)`).run(e.data.placeId, `round:${e.data.roundNo}`, e.data.to, e.data.reason),
        StepsRequired: (e) => {
          clearRequired.run(e.recordId, e.data.placeKind);
          (e.data.steps as { stepId: string; name: string; due: { milestoneId?: string; roundNo?: number } }[]).forEach((s, n) =>
            addRequired.run(e.recordId, e.data.placeKind, n, s.stepId, s.name, s.due.milestoneId ? `milestone:${s.due.milestoneId}` : `round:${s.due.roundNo}`, invented(e)),
          );
        },
        StepExcused: (e) => excuse.run(e.data.placeId, e.data.stepId, e.data.reason, invented(e)),
        PlaceActivated: (e) => done(e.recordId, 'activation', e),
        PoolOpened: (e) => {
          const placeId = placeOf.get(e.stream);
          if (placeId) done(placeId, 'pools', e);
        },
        SubmissionStarted: (e) => beginReturn.run(e.stream, e.data.roundKind),
        SubmissionSentForSignOff: (e) => e.data.accountableBodyId && signOff.run(e.data.placeId, e.data.roundKind, e.data.accountableBodyId),
        SignOffDeclined: noLongerWaits,
        SubmissionSignedOff: noLongerWaits,
        SignOffVoided: noLongerWaits,
        FindingsSubmitted: (e) => done(e.data.placeId, e.data.roundKind, e),
        DayClosed: (e) => {
          moved.flush();
          for (const row of facts.ofProgramme.all(e.recordId)) {
            if (row.status !== 'enrolled') continue;
            for (const audience of audiences) {
              const p = facts.on(row, audience, e.data.date);
              const required = p.steps.filter((s) => s.excused === undefined);
              daily.run(
                row.id,
                audience,
                e.data.date,
                p.rag,
                p.whitehallRag,
                required.length,
                required.filter((s) => s.doneOn).length,
                JSON.stringify(p.reasons.filter((r) => r.code !== 'nothing-late')),
                p.pledgedPence,
              );
            }
          }
        },
        ...poolHandlers(db, t),
      },
      each(e) {
        const entry = aggregateNamed(e.aggregate).events[e.type]!;
        const change = entry.access?.(e.data, e);
        if (e.version === 1) {
          setRecord.run(e.stream, change?.tier ?? 'members', change?.placeId ?? null);
          placeOf.set(e.stream, change?.placeId ?? null);
        }
        if (e.version > 1 && change?.tier && seen(change.tier, 'programme')) setTier.run(change.tier, e.stream);
        track(e);
        if (e.actor.role !== 'system') {
          const placeId = placeOf.get(e.stream);
          const last = placeId ? moved.get(placeId) : undefined;
          if (placeId) {
            const same = last?.on === e.today;
            const now = { on: e.today, invented: same ? Math.min(last.invented, invented(e)) : invented(e) };
            moved.set(placeId, { ...(last && last.on > e.today ? last : now), position: e.position });
          }
        }
      },
      ...batchOf(placeOf, moved),
    };
  },
  queries(db, t: T, ref) {
    const facts = progressOf(db, t, ref);
    const row = db.prepare<[string, string, string], Omit<DailyRow, 'reasons'> & { reasons: string }>(
      `SELECT date, rag, whitehallRag, required, done, reasons, pledgedPence FROM ${t.daily} WHERE placeId = ? AND audience = ? AND date <= ? ORDER BY date DESC LIMIT 1`,
    );
    const series = db.prepare<[string, string], Pick<DailyRow, 'date' | 'required' | 'done' | 'rag' | 'whitehallRag'>>(
      `SELECT date, required, done, rag, whitehallRag FROM ${t.daily} WHERE placeId = ? AND audience = ? ORDER BY date`,
    );
    const daily = (placeId: string, audience: Audience, date: string): DailyRow | undefined => {
      const found = row.get(placeId, audience, date);
      return found && { ...found, reasons: JSON.parse(found.reasons) as Reason[] };
    };
    return {
      programme: (id: string) => facts.programme.get(id),
      places: (programmeId: string) => facts.ofProgramme.all(programmeId).filter((p) => p.status === 'enrolled'),
      /** Those withdrawn since, too. */
      everyPlace: (programmeId: string): PlaceRow[] => facts.ofProgramme.all(programmeId),
      programmeOf: (placeId: string) => facts.place.get(placeId)?.programmeId,
      nameOf: (placeId: string) => facts.place.get(placeId)?.name,
      /** A place as one audience sees it on a day. */
      place(placeId: string, audience: Audience, day: string): PlaceNow | undefined {
        const found = facts.place.get(placeId);
        return found && facts.on(found, audience, day);
      },
      /** The required steps of a place that are open on a day, without judging the rest of it. */
      openSteps(placeId: string, audience: Audience, day: string): Step[] {
        const found = facts.place.get(placeId);
        return found ? openSteps({ steps: facts.stepsOf(found, audience) }, day, ref.workingDays) : [];
      },
      /** Commitments of a place that are accepted and not ended: what stands in the way of closing it out, or dropping a theme. */
      liveCommitments: (placeId: string) => facts.promises.live(placeId),
      /** Reports that an agency owes on a day, wherever it promised. */
      reportsOf: (agencyId: string, day: string) => facts.promises.ofOwner(agencyId).flatMap((p) => reportItems([p], p.period, day, ref.workingDays)),
      series: (placeId: string, audience: Audience) => series.all(placeId, audience),
      daily,
      /** What moved since a date, from the daily row of that day to now. */
      changed(now: PlaceNow, since: string) {
        const then = daily(now.id, now.audience, since);
        const keysThen = new Set((then?.reasons ?? []).map(reasonKey));
        const open = now.reasons.filter((r) => r.code !== 'nothing-late');
        const keysNow = new Set(open.map(reasonKey));
        return {
          rag: { from: then?.rag ?? null, to: now.rag },
          whitehallRag: { from: then?.whitehallRag ?? null, to: now.whitehallRag },
          stepsDone: now.steps.filter((s) => s.doneOn && s.doneOn > since).map((s) => s.stepId),
          pledgedPence: { from: then?.pledgedPence ?? null, to: now.pledgedPence },
          ...(now.pledgedPence === null || then?.pledgedPence === null ? { notDisclosed: true as const } : {}),
          reasonsNew: open.filter((r) => !keysThen.has(reasonKey(r))),
          reasonsGone: (then?.reasons ?? []).filter((r) => !keysNow.has(reasonKey(r))),
        };
      },
    };
  },
});
