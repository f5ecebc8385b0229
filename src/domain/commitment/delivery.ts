/**
 * Keeping a promise: reports, milestones, the claim that it is done, and who else says so
 * (docs/rules/commitment.md#reporting).
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { waiverRefusal } from '../shared/authority.js';
import { refuse, type Act, type Context, refusedIn } from '../kernel/types.js';
import { whole } from '../shared/fields.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Prose, ref, partId, Reason } from '../shared/values.js';
import {
  Cause,
  Completion,
  Evidence,
  Milestone,
  Period,
  Rag,
  delivering,
  dimensions,
  inDelivery,
  isRed,
  lastReport,
  worstOf,
  type CommitmentIn,
  type CommitmentState,
} from './state.js';
import { kindOfPeriod, periodEnd, periodStart } from '../shared/reporting.js';
import { yearsLater } from '../shared/calendar.js';
import { command, emit } from './events.js';
import { own, ownRefusal, owned, verifierKind } from './rules.js';
import { held, part, partOr } from '../kernel/parts.js';
import * as wording from './wording.js';
import { allOfIt, atMost, daysFor, reopenWithinYears } from './limits.js';
import { nameOf } from '../kernel/naming.js';

const ownersPeople = ['seat-holder', 'chair', 'secretariat', 'contributor', 'official', 'member'] as const;
const Evidences = z.array(Evidence).max(atMost.evidence);

const ReportData = z.strictObject({
  period: Period.meta({ label: 'Which period' }),
  progress: whole('Enter progress in per cent')
    .min(0, 'Enter progress from 0 to 100')
    .max(allOfIt, 'Enter progress from 0 to 100')
    .meta({ label: 'Progress in per cent', hint: 'From 0 to 100.' }),
  rag: Rag.meta({ label: 'Colours' }),
  narrative: Prose().meta({ label: 'What was done' }),
  nextStep: Prose('remark').meta({ label: 'What is next' }),
  cause: Cause.optional().meta({ label: 'Cause', hint: 'Needed where a colour is amber or worse.' }),
  causeText: Prose('title')
    .optional()
    .meta({ label: 'What the cause is', when: { cause: 'other' } }),
  recovery: Prose('remark')
    .optional()
    .meta({ label: 'What is done about it', hint: 'Needed where a colour is amber or worse.' }),
  recoveryOn: DateOn.optional().meta({
    label: 'When it will be back on course',
    hint: 'Needed where a colour is amber or worse.',
  }),
  fallReason: Prose('remark')
    .optional()
    .meta({ label: 'Why progress is less than before', hint: 'Needed only where it is.' }),
  correctionReason: Prose('remark').optional().meta({
    label: 'Why an earlier report is corrected',
    hint: 'Needed only for a period that was reported.',
  }),
  waiverId: ref('waiver')
    .optional()
    .meta({ label: 'Waiver', hint: 'Only where a waiver lets you report green against the facts.' }),
  overrideReason: Prose('remark')
    .optional()
    .meta({ label: 'Why delivery is green all the same', hint: 'Needed only with a waiver.' }),
});
type ReportData = z.infer<typeof ReportData>;

function periodRefusal(state: CommitmentIn<(typeof delivering)[number]>, data: ReportData, context: Context) {
  const { period, ragScale } = context.read('programme', state.programmeId).state;
  if (kindOfPeriod(data.period) !== period)
    return refuse('PERIOD_NOT_VALID', wording.programmeReportsBy(period), '/period');
  if (periodStart(data.period) > context.today)
    return refuse('PERIOD_NOT_VALID', 'Report a period that has begun.', '/period');
  if (periodEnd(data.period) < state.acceptedOn && !part(state.reports, data.period))
    return refuse('PERIOD_NOT_VALID', wording.acceptedLaterThanPeriod(state.acceptedOn), '/period');
  if (part(state.reports, data.period) && !data.correctionReason)
    return refuse(
      'PERIOD_ALREADY_REPORTED',
      wording.periodReported(data.period, held(state.reports, data.period).on),
      '/period',
    );
  const off = dimensions.find(
    (k) => ragScale === 'three' && !['green', 'amber', 'red'].includes(data.rag[k]),
  );
  return off
    ? refuse(
        'RAG_NOT_ON_SCALE',
        'This programme uses three colours. Select green, amber or red.',
        `/rag/${off}`,
      )
    : undefined;
}
function explanationRefusal(data: ReportData, before: number) {
  const no = (path: string, detail: string) => refuse('EXPLANATION_REQUIRED', detail, path);
  if (data.progress < before && !data.fallReason)
    return no('/fallReason', `Progress falls from ${before} per cent. Enter the reason.`);
  if (['green', 'amber-green'].includes(worstOf(data.rag))) return undefined;
  if (!data.cause) return no('/cause', 'Select the cause: something is amber or worse.');
  if (data.cause === 'other' && !data.causeText) return no('/causeText', 'Enter the cause.');
  if (!data.recovery) return no('/recovery', 'Enter what is done about it.');
  return data.recoveryOn
    ? undefined
    : no('/recoveryOn', 'Enter the date by which it will be back on course.');
}
/**
 * Why delivery cannot be green: a milestone more than ten working days overdue, or something it depends on is
 * red.
 */
function contradiction(state: CommitmentState, context: Context): string | undefined {
  for (const m of Object.values(state.milestones)) {
    const late = m.reachedOn ? 0 : context.ref.workingDays.between(m.dueOn, context.today);
    if (late > daysFor.lateMilestone) return wording.milestoneOverdue(m.title, late);
  }
  // What the author may not see says nothing to them.
  const red = state.dependsOn.find((id) => isRed(context.named('commitment', id).state));
  return red && `the commitment ${red}, on which it depends, is red`;
}

/** Only the verifier's own people. */
function verifierRefusal(state: CommitmentState, context: Context) {
  const no = withdrawnRefusal(context, state.placeId);
  if (no) return no;
  const { role, agency } = context.actor;
  const refusal = (detail: string) => refuse('VERIFIER_NOT_INDEPENDENT', detail);
  if (agency !== state.verifierAgencyId)
    return refusal(`Only ${nameOf.agency(state.verifierAgencyId ?? '')} verifies this commitment.`);
  if (role === 'finance-officer') return state.money ? undefined : refusal(wording.officersVerifyMoneyOnly);
  return seatRefusal(context, state.placeId);
}
const verifiers = ['seat-holder', 'chair', 'finance-officer', 'official'] as const;
/** Whoever had a part in the promise but for the verifying agency does not judge how it was kept. */
const apart = {
  code: 'VERIFIER_NOT_INDEPENDENT',
  after: [
    'CommitmentDrafted',
    'CommitmentOffered',
    'CommitmentAccepted',
    'CommitmentDisclosureConsented',
    'ProgressReported',
    'CommitmentMilestoneAdded',
    'CommitmentMilestoneReached',
    'CommitmentRescheduled',
    'AccountableReplaced',
    'CommitmentReassigned',
    'CompletionClaimed',
  ] as const,
  but: (act: Act, s: CommitmentState): boolean => act.agency === s.verifierAgencyId,
  detail: wording.verifierHadAPart,
};
const verifying = {
  PLACE_WITHDRAWN: 'state',
  NOT_A_SEAT_HOLDER: 'who',
  VERIFIER_NOT_INDEPENDENT: 'who',
} as const;
/** A verifier's agency need not be of the place: the grant alone is looked at, and then the seat. */
const anyPlace = (state: CommitmentState) => ({ placeIds: [state.placeId] });

function evidenceRefusal(evidence: readonly z.infer<typeof Evidence>[], today: string) {
  if (evidence.length === 0)
    return refuse('EVIDENCE_REQUIRED', 'Enter at least one piece of evidence.', '/evidence');
  for (const [i, { date, locator, sha256 }] of evidence.entries()) {
    if (date > today)
      return refuse(
        'EVIDENCE_REQUIRED',
        'The evidence’s date must be today or earlier.',
        `/evidence/${i}/date`,
      );
    if (!(locator ?? sha256))
      return refuse(
        'EVIDENCE_REQUIRED',
        'Enter where the evidence is, or its SHA-256.',
        `/evidence/${i}/locator`,
      );
  }
  return undefined;
}
/** Evidence that the verifier had before it when it closed the commitment reopens nothing. */
function newEvidenceRefusal(state: CommitmentIn<'completed'>, evidence: readonly z.infer<typeof Evidence>[]) {
  const known = evidence.every((e) => state.claim.evidence.some((x) => isDeepStrictEqual(x, e)));
  return known ? refuse('EVIDENCE_REQUIRED', wording.evidenceSeenBefore, '/evidence') : undefined;
}
const evidence = [
  {
    type: 'monitoring-data' as const,
    description: 'Sample of case records',
    date: '2010-01-20',
    locator: 'Board paper 12',
  },
];

const VerifyData = z.strictObject({
  level: Completion.meta({ label: 'How far it was done' }),
  reason: Prose().optional().meta({ label: 'Reason', hint: 'Needed where it is not complete.' }),
});
const ReopenCommitmentData = z.strictObject({
  evidence: Evidences.meta({ label: 'New evidence' }),
  reason: Reason,
});
/** The owner's people, and for a place's commitment its secretariat. */
const byOffice = (state: CommitmentState, context: Context) => ownRefusal(state, context, true);

export const deliveryCommands = {
  Report: command(ReportData, {
    title: 'Report progress on a commitment',
    segment: 'reports',
    givenBy: ownersPeople,
    allowedIn: delivering,
    // A correction takes the stead of a report that another may have corrected meanwhile.
    replaces: (_s, data) => data.correctionReason !== undefined,
    refuses: {
      ...own,
      PERIOD_NOT_VALID: 'rule',
      PERIOD_ALREADY_REPORTED: 'state',
      RAG_NOT_ON_SCALE: 'rule',
      EXPLANATION_REQUIRED: 'rule',
      RAG_CONTRADICTED: 'rule',
      WAIVER_DOES_NOT_APPLY: 'rule',
    },
    example: {
      period: '2009-10',
      progress: 40,
      rag: { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' },
      narrative: 'The form is agreed',
      nextStep: 'Train staff',
    },
    guard: byOffice,
    decide(state, data, context) {
      const earlier = lastReport(state, data.period);
      const no = periodRefusal(state, data, context) ?? explanationRefusal(data, earlier?.progress ?? 0);
      if (no) return no;
      const { waiverId, overrideReason, correctionReason, ...rest } = data;
      const why = data.rag.delivery === 'green' ? contradiction(state, context) : undefined;
      const waived = why && waiverId && overrideReason ? { waiverId, overrideReason } : undefined;
      if (why && !waived) {
        return refuse(
          'RAG_CONTRADICTED',
          wording.deliveryNotGreen(why),
          waiverId ? '/overrideReason' : '/rag/delivery',
        );
      }
      const wrong = waived
        ? waiverRefusal(
            context,
            waived.waiverId,
            'RAG_CONTRADICTED',
            state.placeId,
            `commitment-${context.recordId}`,
          )
        : undefined;
      if (wrong) return wrong;
      const before = part(state.reports, data.period) ?? earlier;
      return [
        emit('ProgressReported', {
          placeId: state.placeId,
          ownerAgencyId: state.ownerAgencyId,
          ...rest,
          ...(part(state.reports, data.period) && correctionReason ? { correctionReason } : {}),
          ...waived,
          turnedRed: worstOf(data.rag) === 'red' && !(before && worstOf(before.rag) === 'red'),
        }),
      ];
    },
  }),
  AddCommitmentMilestone: command(Milestone, {
    title: 'Add a milestone to a commitment',
    segment: 'milestones',
    givenBy: ownersPeople,
    allowedIn: delivering,
    refuses: { ...own, MILESTONE_EXISTS: 'state', DATES_OUT_OF_ORDER: 'rule' },
    example: { milestoneId: 'training', title: 'Staff trained', dueOn: '2009-12-18' },
    guard: byOffice,
    decide(state, data) {
      if (part(state.milestones, data.milestoneId))
        return refuse(
          'MILESTONE_EXISTS',
          'There is a milestone with this id. Choose another.',
          '/milestoneId',
        );
      const inside = (state.startOn ?? '') <= data.dueOn && data.dueOn <= state.dueOn;
      return inside
        ? [emit('CommitmentMilestoneAdded', data)]
        : refuse('DATES_OUT_OF_ORDER', wording.milestoneAfterDue(state.dueOn), '/dueOn');
    },
  }),
  ReachCommitmentMilestone: command(
    z.strictObject({
      milestoneId: partId('milestone').meta({ label: 'Milestone' }),
      note: Prose('remark').optional().meta({ label: 'Note' }),
    }),
    {
      title: 'Mark a commitment’s milestone as reached',
      segment: 'milestones-reached',
      givenBy: ownersPeople,
      allowedIn: delivering,
      refuses: { ...own, MILESTONE_UNKNOWN: 'rule' },
      example: { milestoneId: 'form', note: 'Agreed by all four services' },
      part: {
        member: 'milestoneId',
        among: ({ milestones }) =>
          Object.entries(milestones).flatMap(([id, { title, reachedOn }]) =>
            reachedOn ? [] : [{ id, title }],
          ),
      },
      guard: (state, context, milestoneId) =>
        refusedIn(
          byOffice(state, context) ??
            partOr(state.milestones, milestoneId, () =>
              refuse('MILESTONE_UNKNOWN', 'The commitment has no such milestone.', '/milestoneId'),
            ),
        ),
      decide(state, data) {
        const m = held(state.milestones, data.milestoneId);
        return m.reachedOn ? [] : [emit('CommitmentMilestoneReached', { ...data, title: m.title })];
      },
    },
  ),
  ClaimComplete: command(z.strictObject({ evidence: Evidences.meta({ label: 'Evidence' }) }), {
    title: 'Claim that a commitment is complete',
    segment: 'completion-claims',
    givenBy: ['seat-holder', 'chair', 'contributor', 'official'],
    allowedIn: delivering,
    refuses: { ...own, EVIDENCE_REQUIRED: 'rule' },
    example: { evidence },
    guard(state, context) {
      const no = ownRefusal(state, context, false);
      if (no) return no;
      return inDelivery(state, context.today)
        ? undefined
        : refuse('WRONG_STATE', wording.deliveryNotBegun(state.startOn ?? state.acceptedOn));
    },
    decide(state, data, context) {
      const verifierAgencyId = state.verifierAgencyId;
      return (
        evidenceRefusal(data.evidence, context.today) ?? [
          emit('CompletionClaimed', {
            ...owned(state),
            evidence: data.evidence,
            verifierAgencyId,
            verifierKind: verifierKind(context, verifierAgencyId),
            verifyBy: context.ref.workingDays.add(context.today, daysFor.verification),
          }),
        ]
      );
    },
  }),
  Verify: command(VerifyData, {
    title: 'Verify how far a commitment was completed',
    segment: 'verification',
    givenBy: verifiers,
    target: anyPlace,
    allowedIn: ['completion-claimed'],
    apart,
    refuses: { ...verifying, REASON_REQUIRED: 'rule' },
    example: { level: 'complete' },
    guard: verifierRefusal,
    decide(state, data) {
      if (data.level !== 'complete' && !data.reason)
        return refuse('REASON_REQUIRED', 'Enter what is missing, and why that is enough or not.', '/reason');
      const closes = data.level === 'complete' || data.level === 'substantial';
      return [
        emit('CompletionVerified', {
          ...owned(state),
          verifierAgencyId: state.verifierAgencyId,
          ...data,
          closes,
          dueOn: state.dueOn,
        }),
      ];
    },
  }),
  ReturnClaim: command(z.strictObject({ reason: Reason }), {
    title: 'Return a claim of completion to the owner',
    segment: 'claim-returns',
    givenBy: verifiers,
    target: anyPlace,
    allowedIn: ['completion-claimed'],
    apart,
    refuses: verifying,
    example: { reason: 'The sample covers one town only' },
    guard: verifierRefusal,
    decide: (state, data) => [
      emit('CompletionReturned', { ...owned(state), dueOn: state.dueOn, reason: data.reason }),
    ],
  }),
  ReopenCommitment: command(ReopenCommitmentData, {
    title: 'Reopen a completed commitment on new evidence',
    segment: 'reopening',
    givenBy: verifiers,
    target: anyPlace,
    allowedIn: ['completed'],
    apart,
    refuses: { ...verifying, EVIDENCE_REQUIRED: 'rule', REOPEN_TOO_LATE: 'rule' },
    example: { evidence, reason: 'The old forms are back in two towns' },
    guard(state, context) {
      const no = verifierRefusal(state, context);
      if (no) return no;
      return context.today > yearsLater(state.endedOn, reopenWithinYears)
        ? refuse('REOPEN_TOO_LATE', 'A commitment can be reopened within two years. Draft a new one.')
        : undefined;
    },
    decide(state, data, context) {
      const no = evidenceRefusal(data.evidence, context.today) ?? newEvidenceRefusal(state, data.evidence);
      if (no) return no;
      const least = context.ref.workingDays.add(context.today, daysFor.reopened);
      return [
        emit('CommitmentReopened', {
          ...owned(state),
          ...data,
          dueOn: state.dueOn > least ? state.dueOn : least,
        }),
      ];
    },
  }),
};
