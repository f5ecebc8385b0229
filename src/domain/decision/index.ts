/**
 * Decision (docs/rules/decision.md): what was put to whom, by which rule, who said what, how it came out, and
 * whether it held.
 */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { aggregate } from '../kernel/aggregate.js';
import { decisionRefusal, decisionRefusals } from '../shared/authority.js';
import { addDays, londonDate, yearsLater } from '../shared/calendar.js';
import { refuse, type Context } from '../kernel/types.js';
import { command, emit, events } from './events.js';
import { closedRefusal, overdue, positionCommands, whileOpen } from './positions.js';
import { resultOf, silent } from './rule.js';
import {
  affectedIds,
  initial,
  isConfirmed,
  Motion,
  pollOf,
  present,
  Verdict,
  type Affected,
  type DecisionState,
} from './state.js';
import { contentHash } from '../kernel/hash.js';
import { existing, part } from '../kernel/parts.js';
import { atCurrentVersions, unknownRecord } from '../kernel/record-ref.js';
import { yesNo } from '../shared/fields.js';
import { electorateOf, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, InstantAt, Prose, ref, idOf, Reason } from '../shared/values.js';
import { noSuchAgency } from '../shared/wording.js';
import * as wording from './wording.js';
import { daysFor, longestOpen, reviewWithinYears } from './limits.js';
import { nameOf } from '../kernel/naming.js';

const office = ['secretariat', 'chair'] as const;
const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
const seatedRefusal = (placeId: string, context: Context) =>
  withdrawnRefusal(context, placeId) ?? seatRefusal(context, placeId);
type Motion = z.infer<typeof Motion>;

const exampleMotion: Motion = {
  question: 'Shall the drug strategy’s treatment money be pooled?',
  text: 'The partners pool their treatment budgets for 2009-10 under one manager.',
  forum: 'collaborative',
  options: [],
  affectedAgencies: ['durham-constabulary'],
  money: [{ agencyId: 'durham-constabulary', pence: 5_000_000, financialYear: '2009-10' }],
  refs: ['pool-durham-treatment'],
  authorises: [{ command: 'Disclose', record: 'pool-durham-treatment', terms: { to: 'programme' } }],
};
const motionRefuses = {
  AGENCY_UNKNOWN: 'rule',
  AGENCY_RETIRED: 'rule',
  RECORD_UNKNOWN: 'rule',
  COMMAND_UNKNOWN: 'rule',
  TERMS_NOT_VALID: 'rule',
} as const;
/**
 * Agencies named exist; records referred to or acted on exist and may be known to the author and to the
 * place.
 */
function motionRefusal(data: Motion, placeId: string, context: Context) {
  for (const id of affectedIds(data)) {
    const agency = context.read('agency', id).state;
    const path = data.affectedAgencies.includes(id) ? '/affectedAgencies' : '/money';
    if (agency.status === 'none') return refuse('AGENCY_UNKNOWN', noSuchAgency(id), path);
    if (isRetired(agency, context.today))
      return refuse('AGENCY_RETIRED', `${nameOf.agency(id)} is retired. Name its successor.`, path);
  }
  const named = [
    ...data.refs.map((record, i) => [record, `/refs/${i}`] as const),
    ...data.authorises.map((a, i) => [a.record, `/authorises/${i}/record`] as const),
  ];
  for (const [record, path] of named) {
    const unknown = unknownRecord(record, placeId, context, path);
    if (unknown) return unknown;
  }
  for (const [i, wanted] of data.authorises.entries()) {
    const wrong = context.unauthorisable(wanted);
    if (wrong) return refuse(wrong.code, wrong.detail, `/authorises/${i}${wrong.path}`);
  }
  return undefined;
}

/**
 * Money decisions are reviewed within 12 months of their closing (`from`), then of the last review; a review
 * lies ahead.
 */
function reviewRefusal(
  state: DecisionState,
  reviewOn: string | undefined,
  required: boolean,
  from: string,
  context: Context,
) {
  if (!reviewOn)
    return required
      ? refuse('REVIEW_DATE_REQUIRED', 'Enter the date on which the decision is reviewed.', '/reviewOn')
      : undefined;
  const [inTime, soon] = [
    yearsLater(from, reviewWithinYears),
    context.ref.workingDays.add(context.today, daysFor.lateReview),
  ];
  const latest = inTime > context.today ? inTime : soon;
  const last = state.affected.some((a) => a.money) ? latest : undefined;
  if (reviewOn <= context.today || (last && reviewOn > last))
    return refuse('REVIEW_DATE_OUT_OF_RANGE', wording.reviewOutOfRange(last), '/reviewOn');
  return undefined;
}
/** The first and the last day on which a decision opened today can close. */
const closingDays = (urgent: boolean, context: Context) => ({
  first: context.ref.workingDays.add(context.today, urgent ? daysFor.urgentPositions : daysFor.positions),
  last: addDays(context.today, longestOpen),
});
const reviews = { REVIEW_DATE_REQUIRED: 'rule', REVIEW_DATE_OUT_OF_RANGE: 'rule' } as const;
const chairOf = (state: DecisionState, context: Context) => {
  const c = context.read('collaborative', state.placeId).state;
  const seat = part(c.seats, c.chair);
  return { placeId: state.placeId, ...(seat ? { chairAgencyId: seat.agencyId } : {}) };
};
const chairsWord = (state: DecisionState, context: Context) => seatRefusal(context, state.placeId);
/** A later carried decision that authorises just this. */
const successor = (state: DecisionState, data: { byDecisionId?: string }, name: string, context: Context) =>
  decisionRefusal(context, {
    decisionId: data.byDecisionId,
    path: '/byDecisionId',
    placeId: state.placeId,
    aggregate: 'decision',
    command: name,
    terms: {},
  });

const DraftDecisionData = Motion.extend({
  placeId: idOf('place').meta({ label: 'Place' }),
  replaces: ref('decision').optional().meta({ label: 'Decision that it replaces' }),
});
const OpenDecisionData = z.strictObject({
  closesAt: InstantAt.meta({
    label: 'When it closes',
    hint: 'By the clock in London.',
  }),
  urgent: yesNo().default(false).meta({ label: 'Is it urgent?' }),
});
const RecordOutcomeData = z.strictObject({
  statement: Prose().meta({ label: 'What came of it' }),
  reviewOn: DateOn.optional().meta({ label: 'When it is looked at again' }),
});
const RecordReviewData = z.strictObject({
  verdict: Verdict.meta({ label: 'What the review found' }),
  note: Prose().meta({ label: 'Why' }),
  reviewOn: DateOn.optional().meta({ label: 'When it is looked at again' }),
});
const SupersedeData = z.strictObject({
  byDecisionId: ref('decision').optional().meta({ label: 'Decision that supersedes it' }),
});
const RescindData = z.strictObject({
  byDecisionId: ref('decision').optional().meta({ label: 'Decision that rescinds it' }),
});

const commands = {
  DraftDecision: command(DraftDecisionData, {
    title: 'Draft a decision',
    creates: true,
    givenBy: office,
    refuses: { ...seated, ...motionRefuses, DECISION_UNKNOWN: 'rule' },
    example: { placeId: 'durham', ...exampleMotion },
    guard: (_s, context) => seatedRefusal(context.actor.place, context),
    decide(_s, data, context) {
      const no = motionRefusal(data, data.placeId, context);
      if (no) return no;
      if (data.replaces && context.named('decision', data.replaces).state.placeId !== data.placeId)
        return refuse(
          'DECISION_UNKNOWN',
          `There is no decision ${data.replaces} of this place.`,
          '/replaces',
        );
      return [
        emit('DecisionDrafted', {
          ...data,
          programmeId: context.read('place', data.placeId).state.programmeId,
        }),
      ];
    },
  }),
  AmendDecision: command(Motion, {
    title: 'Amend the draft of a decision',
    segment: 'amendments',
    givenBy: office,
    allowedIn: ['draft'],
    otherwiseRefuse: (state) =>
      state.status === 'none' ? undefined : refuse('TEXT_FROZEN', wording.textFrozen),
    replaces: true,
    refuses: { ...seated, ...motionRefuses, TEXT_FROZEN: 'state' },
    example: exampleMotion,
    guard: (state, context) => seatedRefusal(state.placeId, context),
    decide: (state, data, context) =>
      motionRefusal(data, state.placeId, context) ?? [
        emit('DecisionAmended', { placeId: state.placeId, ...data }),
      ],
  }),
  OpenDecision: command(OpenDecisionData, {
    title: 'Open a decision to positions',
    segment: 'opening',
    givenBy: office,
    allowedIn: ['draft'],
    refuses: { ...seated, ...motionRefuses, NO_ELECTORATE: 'state', CLOSING_TIME_OUT_OF_RANGE: 'rule' },
    example: { closesAt: '2009-10-30T17:00:00Z', urgent: false },
    guard(state, context) {
      const no = seatedRefusal(state.placeId, context) ?? motionRefusal(state, state.placeId, context);
      if (no) return no;
      const table = context.read('collaborative', state.placeId).state;
      return electorateOf(table, context.today).length === 0 || table.status === 'dissolved'
        ? refuse('NO_ELECTORATE', wording.nobodyCouldVote)
        : undefined;
    },
    decide(state, data, context) {
      const c = context.read('collaborative', state.placeId).state;
      const electorate = electorateOf(c, context.today);
      const closesAt = new Date(Date.parse(data.closesAt)).toISOString();
      const { first, last } = closingDays(data.urgent, context);
      const day = londonDate(closesAt);
      if (day < first || day > last)
        return refuse(
          'CLOSING_TIME_OUT_OF_RANGE',
          wording.closesBetween(first, last, data.urgent),
          '/closesAt',
        );
      const affected = affectedIds(state).map((agencyId): Affected => ({
        agencyId,
        kind: context.read('agency', agencyId).state.sector === 'department' ? 'department' : 'agency',
        money: state.money.some((m) => m.agencyId === agencyId),
        votes: electorate.some((v) => v.agencyId === agencyId),
      }));
      const { question, text, money, authorises, placeId } = state;
      const textHash = contentHash({ question, text, money, authorises });
      return [
        emit('DecisionOpened', {
          placeId,
          question,
          textHash,
          electorate,
          rule: c.rule,
          quorum: c.quorum,
          affected,
          urgent: data.urgent,
          closesAt,
          refs: atCurrentVersions(state.refs, context),
        }),
      ];
    },
  }),
  ...positionCommands,
  CloseDecision: command(z.strictObject({}), {
    title: 'Close a decision',
    segment: 'closure',
    givenBy: ['chair', 'system'],
    allowedIn: ['open'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', TOO_EARLY_TO_CLOSE: 'rule' },
    example: {},
    guard(state, context) {
      const no = seatRefusal(context, state.placeId);
      if (no) return no;
      const { seats, agencies } = silent(pollOf(state));
      const spoken = context.actor.role !== 'system' && seats.length + agencies.length === 0;
      return overdue(state, context) || spoken
        ? undefined
        : refuse('TOO_EARLY_TO_CLOSE', wording.tooEarlyToClose(state.closesAt, [...seats, ...agencies]));
    },
    decide(state, _d, context) {
      const poll = pollOf(state);
      const late = overdue(state, context);
      return [
        emit('DecisionClosed', {
          ...chairOf(state, context),
          how: late ? 'clock' : 'all-spoken',
          ...resultOf(poll),
          unagreed: [...resultOf(poll).unagreed],
        }),
      ];
    },
  }),
  RecordOutcome: command(RecordOutcomeData, {
    title: 'Record the outcome of a carried decision',
    segment: 'outcome',
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', OUTCOME_EXISTS: 'state', ...reviews },
    example: { statement: 'The treatment money is pooled from 1 November', reviewOn: '2010-09-30' },
    guard: chairsWord,
    decide(state, data, context) {
      if (state.outcome !== undefined)
        return state.outcome === data.statement ? [] : refuse('OUTCOME_EXISTS', wording.outcomeStands);
      return (
        reviewRefusal(
          state,
          data.reviewOn,
          state.affected.some((a) => a.money),
          state.closedOn,
          context,
        ) ?? [emit('OutcomeRecorded', { ...chairOf(state, context), ...data })]
      );
    },
  }),
  WithdrawDecision: command(z.strictObject({ reason: Reason }), {
    title: 'Withdraw a decision',
    segment: 'withdrawal',
    givenBy: office,
    allowedIn: ['draft', 'open'],
    otherwiseRefuse: whileOpen.otherwiseRefuse,
    refuses: { NOT_A_SEAT_HOLDER: 'who', DECISION_CLOSED: 'state' },
    example: { reason: 'To be redrafted with the new figures' },
    guard: (state, context) => seatRefusal(context, state.placeId) ?? closedRefusal(state, context),
    decide: (_s, data) => [emit('DecisionWithdrawn', data)],
  }),
  RecordReview: command(RecordReviewData, {
    title: 'Review a carried decision',
    segment: 'reviews',
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', REVIEW_NOT_DUE: 'state', ...reviews },
    example: { verdict: 'still-right', note: 'Waiting times fell as promised', reviewOn: '2011-03-31' },
    guard(state, context) {
      const no = seatRefusal(context, state.placeId);
      if (no) return no;
      // Found to be amended or rescinded, it is looked at again whenever the chair sees cause: nothing has
      // replaced it.
      return isConfirmed(state) !== false && (!state.reviewOn || context.today < state.reviewOn)
        ? refuse('REVIEW_NOT_DUE', wording.reviewNotDue(state.reviewOn))
        : undefined;
    },
    decide(state, data, context) {
      const still = data.verdict === 'still-right';
      const out = reviewRefusal(state, data.reviewOn, still, context.today, context);
      if (out) return out;
      return [emit('DecisionReviewed', { ...chairOf(state, context), ...data })];
    },
  }),
  Supersede: command(SupersedeData, {
    title: 'Supersede a decision by a carried one that names it',
    segment: 'supersession',
    authorised: { by: 'byDecisionId', on: [] },
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', ...decisionRefusals },
    example: { byDecisionId: 'pool-again' },
    guard: chairsWord,
    decide: (state, data, context) =>
      successor(state, data, 'Supersede', context) ?? [
        emit('DecisionSuperseded', { decisionId: existing(data.byDecisionId, 'later decision') }),
      ],
  }),
  Rescind: command(RescindData, {
    title: 'Rescind a decision by a carried one that names it',
    segment: 'rescission',
    authorised: { by: 'byDecisionId', on: [] },
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', ...decisionRefusals },
    example: { byDecisionId: 'no-pool' },
    guard: chairsWord,
    decide: (state, data, context) =>
      successor(state, data, 'Rescind', context) ?? [
        emit('DecisionRescinded', { decisionId: existing(data.byDecisionId, 'later decision') }),
      ],
  }),
};

export const decision = aggregate<DecisionState>()({
  name: 'decision',
  collection: 'decisions',
  initial,
  present,
  title: (state) => state.question,
  events,
  commands,
});
