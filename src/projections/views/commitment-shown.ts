/**
 * What an audience is shown of a commitment on a day: a row of the register, and its page
 * (docs/rules/commitment.md).
 */
import type { Audience } from '../../domain/shared/access.js';
import { slippage, worstOf, type CommitmentState, type Report } from '../../domain/commitment/state.js';
import { held, part } from '../../domain/kernel/parts.js';
import type { WorkingDays } from '../../domain/shared/calendar.js';
import { lateBy } from '../../domain/progress/due-codes.js';
import { reportDue, type PeriodKind } from '../../domain/shared/reporting.js';
import { standingOn, statusOn, type CommitmentRow } from './commitment-register.js';
import { Past, type Tells } from './past.js';

/** A report of a period, by when it was due and so many working days late. */
export const reportFor = (
  period: string,
  { on, progress, rag, narrative, nextStep, version: _, ...rest }: Report,
  wd: WorkingDays,
) => ({
  period,
  on,
  dueOn: reportDue(period, wd),
  // One that was given again has the day of its correction: whether the first was late is history.
  daysLate: rest.correctionReason === undefined ? lateBy(reportDue(period, wd), on, wd) : null,
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
      past.part(reportFor(id, held(s.reports, id), wd), held(s.reports, id), id === periods.at(-1)) ?? [],
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
