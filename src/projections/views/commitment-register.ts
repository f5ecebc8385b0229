/**
 * View `commitment-register`: each promise with its owner, dates, reports and end, for the audience that asks
 * (docs/rules/commitment.md).
 */
import type { Audience } from '../../domain/shared/access.js';
import {
  delivering,
  inDelivery,
  isIn,
  isLive,
  isSilent,
  lastReport,
  slippage,
  worstOf,
  type CommitmentState,
  type Report,
} from '../../domain/commitment/state.js';
import type { PeriodKind } from '../../domain/shared/reporting.js';
import type { WorkingDays } from '../../domain/shared/calendar.js';
import { held, part } from '../../domain/kernel/parts.js';
import { type EventOf, is } from '../../domain/registry.js';
import { view } from '../engine/view.js';
import { stateTable, type StateRow } from '../engine/state-table.js';
import { Past, type Tells } from './past.js';
import { lateBy } from '../../domain/progress/due-codes.js';

/**
 * A change of the due date, and by whose word. `version`: of the commitment, that says it, here and below.
 */
export interface Move {
  readonly version: number;
  readonly from: string;
  readonly to: string;
  readonly on: string;
  readonly reason: string;
  readonly decisionId?: string;
  readonly official?: string;
}
/** What a verifier said of a claim. */
type Outcome = NonNullable<CommitmentState['verification']>['level'] | 'returned';
/** A claim that it is done, and what its verifier said; none while it has not spoken. */
export interface Claim {
  readonly version: number;
  readonly on: string;
  readonly evidence: NonNullable<CommitmentState['claim']>['evidence'];
  answer?: { outcome: Outcome; reason?: string; answeredOn: string; version: number };
}
interface Extra {
  statusSince: string;
  status: string;
  draftedOn: string;
  moves: Move[];
  /** Oldest first: a claim that was returned stays, with what it rested on. */
  claims: Claim[];
  /** How it ended or was returned, in its own words. */
  reason?: { text: string; version: number };
  /** The decision or official by whose word an accepted promise was ended. */
  endedBy?: { decisionId?: string; official?: string };
}
export type CommitmentRow = StateRow<CommitmentState, Extra>;

const beginsOn = (state: CommitmentState): string | null =>
  isIn(state, 'accepted') && state.startOn !== undefined && state.startOn > state.acceptedOn
    ? state.startOn
    : null;
const rows = stateTable<CommitmentState, Extra>({
  extra: () => ({ statusSince: '', status: 'none', draftedOn: '', moves: [], claims: [] }),
  columns: {
    placeId: ['TEXT NOT NULL', (r) => r.state.placeId],
    ownerId: ['TEXT NOT NULL', (r) => r.state.ownerAgencyId],
    live: ['INTEGER NOT NULL', (r) => (isLive(r.state) ? 1 : 0)],
    status: [
      'TEXT NOT NULL',
      ({ state: s }) => (s.status === 'accepted' && beginsOn(s) === null ? 'in-delivery' : s.status),
    ],
    // Of what was accepted to begin on a later day than that: `statusOn` says what it is on which.
    beginsOn: ['TEXT', (r) => beginsOn(r.state)],
    level: ['TEXT NOT NULL', (r) => r.state.level],
    themeId: ['TEXT', (r) => r.state.themeId ?? null],
    dueOn: ['TEXT', (r) => r.state.dueOn ?? null],
    slippageDays: ['INTEGER', (r) => slippage(r.state) ?? null],
    // What can be late, by the day it is due: the later that is, the less late is it on any day.
    runsUntil: ['TEXT', (r) => (isIn(r.state, ...delivering) ? r.state.dueOn : null)],
    title: ['TEXT NOT NULL', (r) => r.state.title],
  },
  indexes: ['ownerId, live, id'],
  orders: {
    by: ['dueOn', 'placeId', 'ownerId', 'status', 'themeId', 'slippageDays', 'runsUntil', 'title'],
    within: 'placeId',
    only: { beginning: 'beginsOn IS NOT NULL' },
  },
});

/** What a day makes of a promise; dates and reports alone decide. */
export function standingOn(state: CommitmentState, period: PeriodKind, day: string, wd: WorkingDays) {
  const running = isIn(state, ...delivering);
  const daysLate = running ? lateBy(state.dueOn, day, wd) : 0;
  const last = lastReport(state);
  const rag = last ? worstOf(last.rag) : null;
  return {
    overdue: daysLate > 0,
    daysLate,
    silent: isSilent(state, period, day, wd),
    red: running && rag === 'red',
    rag,
  };
}

const reportFor = ({ on, progress, rag, narrative, nextStep, version: _, ...rest }: Report) => ({
  on,
  progress,
  rag,
  worst: worstOf(rag),
  narrative,
  nextStep,
  ...rest,
});

/** What is asked of a pool is shown to members and parties only: it is other bodies' money. */
function moneyFor(state: CommitmentState, audience: Audience) {
  if (!state.money) return { money: null };
  return audience === 'members'
    ? { money: { ...state.money, funds: state.funds ?? null } }
    : { money: null, notDisclosed: true as const };
}

/** The status of a commitment that is one: a stream may hold a refused step alone. */
export type Standing = Exclude<CommitmentState['status'], 'none'>;
/**
 * The state on a day, and since when: delivery begins by the first report or on the start date
 * (docs/rules/commitment.md#reporting).
 */
export function statusOn(
  { state: s, extra }: CommitmentRow,
  day: string,
): { status: Standing; statusSince: string } {
  if (s.status === 'none') throw new Error('no commitment stands in this row');
  return s.status === 'accepted' && inDelivery(s, day)
    ? { status: 'in-delivery', statusSince: begun(s, extra.statusSince) }
    : { status: s.status, statusSince: extra.statusSince };
}
/** The start date of what was accepted on a day. */
const begun = (state: CommitmentState, since: string): string =>
  state.startOn && state.startOn > since ? state.startOn : since;

/**
 * A row of the register, as an audience may see it on a day. The last report stands, and so do dates,
 * slippage and their count; the one before it is history.
 */
export function commitmentFor(
  row: CommitmentRow,
  audience: Audience,
  tells: Tells,
  period: PeriodKind,
  day: string,
  wd: WorkingDays,
) {
  const s = row.state;
  const periods = Object.keys(s.reports).sort();
  const [last, previous] = [periods.at(-1), periods.at(-2)].map((p) => part(s.reports, p));
  return {
    id: row.id,
    version: row.version,
    placeId: s.placeId,
    programmeId: s.programmeId,
    title: s.title,
    level: s.level,
    ...statusOn(row, day),
    ownerAgencyId: s.ownerAgencyId,
    accountable: s.accountable ?? null,
    themeId: s.themeId ?? null,
    from: s.from ?? null,
    offeredOn: s.offeredOn ?? null,
    lapsesOn: s.lapsesOn ?? null,
    acceptedOn: s.acceptedOn ?? null,
    baselineDueOn: s.baselineDueOn ?? null,
    dueOn: s.dueOn ?? null,
    slippageDays: slippage(s) ?? null,
    reschedules: s.reschedules,
    progress: last?.progress ?? null,
    rag: last?.rag ?? null,
    previousRag: previous && tells(previous) ? previous.rag : null,
    ...standingOnDay(s, period, day, wd),
    lastReport: periods.at(-1) ?? null,
    lastReportOn: last?.on ?? null,
    cause: last?.cause ?? null,
    nextStep: last?.nextStep ?? null,
    verifierAgencyId: s.verifierAgencyId ?? null,
    ...moneyFor(s, audience),
    consented: s.consented,
    orphanedOn: s.orphanedOn ?? null,
    audience,
    illustrative: row.illustrative,
    corrected: row.corrected,
  };
}
function standingOnDay(state: CommitmentState, period: PeriodKind, day: string, wd: WorkingDays) {
  const { rag: worst, ...rest } = standingOn(state, period, day, wd);
  return {
    worst,
    ...rest,
    ...(rest.daysLate > 0 && state.dueOn !== undefined && wd.assumes(state.dueOn, day)
      ? { holidaysAssumed: true as const }
      : {}),
  };
}

const closedBy: readonly CommitmentState['status'][] = ['withdrawn', 'superseded', 'declined'];

/**
 * The page: everything of the row, and what the register has no column for. Of what was reported, moved,
 * claimed and answered there stand the last report, the claim that waits or was verified with its
 * verification, and how the promise ended; the rest is history.
 */
export function commitmentPage(
  row: CommitmentRow,
  audience: Audience,
  tells: Tells,
  period: PeriodKind,
  day: string,
  wd: WorkingDays,
) {
  const { state: s, extra } = row;
  const past = new Past(tells);
  const periods = Object.keys(s.reports).sort();
  const claims = extra.claims.flatMap(({ version, on, evidence, answer }, index) => {
    const stands = s.claim !== undefined && index === extra.claims.length - 1;
    const claim = past.part({ on, evidence }, { version }, stands);
    const said = answer && past.part(answer, answer, stands);
    const { outcome = null, answeredOn = null, reason = null } = said ?? {};
    return claim || said
      ? [{ on: claim?.on ?? null, evidence: claim?.evidence ?? null, outcome, answeredOn, reason }]
      : [];
  });
  const verification = s.verification && past.part(s.verification, s.verification, s.status === 'completed');
  const reason = extra.reason && past.part(extra.reason.text, extra.reason, closedBy.includes(s.status));
  const reports = periods.flatMap(
    (id) =>
      past.part(
        { period: id, ...reportFor(held(s.reports, id)) },
        held(s.reports, id),
        id === periods.at(-1),
      ) ?? [],
  );
  const moves = past.of(extra.moves).map(({ version: _, ...m }) => m);
  return {
    ...commitmentFor(row, audience, tells, period, day, wd),
    change: s.change,
    measure: s.measure ?? null,
    evidenceExpected: s.evidenceExpected ?? null,
    startOn: s.startOn ?? null,
    milestones: Object.entries(s.milestones)
      .map(([milestoneId, m]) => ({
        milestoneId,
        title: m.title,
        dueOn: m.dueOn,
        reachedOn: m.reachedOn ?? null,
      }))
      .sort((a, b) => Number(a.dueOn > b.dueOn) - Number(a.dueOn < b.dueOn)),
    reports,
    moves,
    dependsOn: s.dependsOn,
    claims,
    evidence: s.claim?.evidence ?? [],
    claimedOn: s.claim?.on ?? null,
    verification: verification
      ? {
          level: verification.level,
          by: verification.by,
          agencyId: verification.agencyId,
          on: verification.on,
          ...(verification.reason ? { reason: verification.reason } : {}),
        }
      : null,
    supersedes: s.supersedes ?? null,
    supersededBy: s.supersededBy ?? null,
    endedOn: s.endedOn ?? null,
    endedBy: extra.endedBy ?? null,
    reason: reason ?? null,
    /** Reports, moves, claims and answers of before it was opened to this audience. */
    earlierNotShared: past.notShared,
  };
}

/** By whose word something was done: a decision's, an official's. */
const wordOf = ({ decisionId, official }: { decisionId?: string; official?: string }) => ({
  ...(decisionId ? { decisionId } : {}),
  ...(official ? { official } : {}),
});

/** What was claimed last has its answer. */
function answered(
  extra: Extra,
  { version, today, data: { reason } }: EventOf<'commitment', 'CompletionReturned' | 'CompletionVerified'>,
  outcome: Outcome,
): void {
  const claim = extra.claims.at(-1);
  if (claim) claim.answer = { outcome, answeredOn: today, ...(reason ? { reason } : {}), version };
}

export const commitmentRegister = view({
  name: 'commitment-register',
  version: 5,
  tables: {
    ...rows.tables,
    programmes: 'CREATE TABLE {programmes} (id TEXT PRIMARY KEY, period TEXT NOT NULL) STRICT, WITHOUT ROWID',
  },
  handlers(db, tables) {
    const { fold, batch } = rows.write(db, tables);
    const programme = db.prepare(`INSERT OR REPLACE INTO ${tables.programmes} VALUES (?, ?)`);
    return {
      on: { programme: { ProgrammeDefined: (event) => programme.run(event.recordId, event.data.period) } },
      each(event) {
        if (event.aggregate !== 'commitment') return;
        const { state, extra } = fold(event);
        const { version, today } = event;
        if (version === 1) extra.draftedOn = today;
        if (extra.status === 'accepted' && state.status === 'in-delivery') {
          // Begun by its start date, a first report changes nothing.
          const start = begun(state, extra.statusSince);
          Object.assign(extra, { status: state.status, statusSince: start < today ? start : today });
        } else if (extra.status !== state.status)
          Object.assign(extra, { status: state.status, statusSince: today });
        if (is(event, 'commitment', 'CompletionClaimed'))
          extra.claims.push({ version, on: today, evidence: structuredClone(event.data.evidence) });
        if (is(event, 'commitment', 'CompletionReturned')) answered(extra, event, 'returned');
        if (is(event, 'commitment', 'CompletionVerified')) answered(extra, event, event.data.level);
        if (is(event, 'commitment', 'CommitmentRescheduled')) {
          const { from, to, reason } = event.data;
          extra.moves.push({ version, from, to, on: today, reason, ...wordOf(event.data) });
        }
        if (is(event, 'commitment', 'CommitmentWithdrawn', 'CommitmentSuperseded'))
          extra.endedBy = wordOf(event.data);
        if (
          is(
            event,
            'commitment',
            'CommitmentWithdrawn',
            'CommitmentSuperseded',
            'CommitmentDeclined',
            'CompletionReturned',
            'CommitmentReopened',
          )
        )
          extra.reason = { text: event.data.reason, version };
      },
      ...batch,
    };
  },
  queries(db, tables) {
    const read = rows.read(db, tables);
    const ofPlace = read.where('placeId = ? ORDER BY id');
    const liveOf = read.where('ownerId = ? AND live = 1 ORDER BY id');
    const period = db
      .prepare<[string], PeriodKind>(`SELECT period FROM ${tables.programmes} WHERE id = ?`)
      .pluck();
    return {
      one: (id: string): CommitmentRow | undefined => {
        const row = read.one(`commitment-${id}`);
        return row && row.state.status !== 'none' ? row : undefined;
      },
      list: (placeId: string): CommitmentRow[] => ofPlace(placeId),
      /** A stream that holds a refused step alone is no commitment: its status is `none`. */
      walk: read.walk,
      /** Accepted commitments of an agency that have not ended. */
      liveOf: (agencyId: string): CommitmentRow[] => liveOf(agencyId),
      /** How a programme reports: by month or by quarter. */
      periodOf: (programmeId: string): PeriodKind => period.get(programmeId) ?? 'month',
    };
  },
});
