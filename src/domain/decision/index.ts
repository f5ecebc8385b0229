/** Decision (domain.md 9.8): what was put to whom, by which rule, who said what, how it came out, and whether it held. */
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
import { part } from '../kernel/parts.js';
import { atCurrentVersions, unknownRecord } from '../kernel/record-ref.js';
import { electorateOf, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Id, InstantAt, Prose, longDate, longTime, ref } from '../shared/values.js';

const office = ['secretariat', 'chair'] as const;
const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
const standing = (placeId: string, ctx: Context) =>
  withdrawnRefusal(ctx, placeId) ?? seatRefusal(ctx, placeId);
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
const known = { AGENCY_UNKNOWN: 'rule', AGENCY_RETIRED: 'rule', RECORD_UNKNOWN: 'rule' } as const;
/** Agencies named exist; records referred to or acted on exist and may be known to the author and to the place. */
function motionRefusal(d: Motion, placeId: string, ctx: Context) {
  for (const id of affectedIds(d)) {
    const agency = ctx.read('agency', id).state;
    const path = d.affectedAgencies.includes(id) ? '/affectedAgencies' : '/money';
    if (agency.status === 'none')
      return refuse('AGENCY_UNKNOWN', `There is no agency ${id}. Register it first.`, path);
    if (isRetired(agency, ctx.today))
      return refuse('AGENCY_RETIRED', `The agency ${id} is retired. Name its successor.`, path);
  }
  const named = [
    ...d.refs.map((record, i) => [record, `/refs/${i}`] as const),
    ...d.authorises.map((a, i) => [a.record, `/authorises/${i}/record`] as const),
  ];
  for (const [record, path] of named) {
    const unknown = unknownRecord(record, placeId, ctx, path);
    if (unknown) return unknown;
  }
  return undefined;
}

/** Working days for the review of money where the outcome was recorded so late that its twelve months are over. */
const atOnce = 5;
/** Money decisions are reviewed within 12 months of their closing (`from`), then of the last review; a review lies ahead. */
function reviewRefusal(
  s: DecisionState,
  reviewOn: string | undefined,
  required: boolean,
  from: string,
  ctx: Context,
) {
  if (!reviewOn)
    return required
      ? refuse('REVIEW_DATE_REQUIRED', 'Enter the date on which the decision is reviewed.', '/reviewOn')
      : undefined;
  const [inTime, soon] = [yearsLater(from, 1), ctx.ref.workingDays.add(ctx.today, atOnce)];
  const last = s.affected.some((a) => a.money) ? (inTime > ctx.today ? inTime : soon) : undefined;
  if (reviewOn <= ctx.today || (last && reviewOn > last))
    return refuse(
      'REVIEW_DATE_OUT_OF_RANGE',
      `The review must be after today${last ? ` and, where money is spent, within 12 months: by ${longDate(last)}` : ''}.`,
      '/reviewOn',
    );
  return undefined;
}
/** The first and the last day on which a decision opened today can close. */
const closingDays = (urgent: boolean, ctx: Context) => ({
  first: ctx.ref.workingDays.add(ctx.today, urgent ? 1 : 5),
  last: addDays(ctx.today, 90),
});
const reviews = { REVIEW_DATE_REQUIRED: 'rule', REVIEW_DATE_OUT_OF_RANGE: 'rule' } as const;
const chairOf = (s: DecisionState, ctx: Context) => {
  const c = ctx.read('collaborative', s.placeId).state;
  const seat = part(c.seats, c.chair);
  return { placeId: s.placeId, ...(seat ? { chairAgencyId: seat.agencyId } : {}) };
};
/** A later carried decision that authorises just this. */
const successor = (s: DecisionState, d: { byDecisionId: string }, name: string, ctx: Context) =>
  seatRefusal(ctx, s.placeId) ??
  decisionRefusal(ctx, {
    decisionId: d.byDecisionId,
    placeId: s.placeId,
    aggregate: 'decision',
    command: name,
    terms: {},
  });

const commands = {
  DraftDecision: command(Motion.extend({ placeId: Id, replaces: ref('decision').optional() }), {
    title: 'Draft a decision',
    creates: true,
    givenBy: office,
    refuses: { ...seated, ...known, DECISION_UNKNOWN: 'rule' },
    example: { placeId: 'durham', ...exampleMotion },
    decide(_s, d, ctx) {
      const no = standing(d.placeId, ctx) ?? motionRefusal(d, d.placeId, ctx);
      if (no) return no;
      if (d.replaces && ctx.named('decision', d.replaces).state.placeId !== d.placeId)
        return refuse('DECISION_UNKNOWN', `There is no decision ${d.replaces} of this place.`, '/replaces');
      return [emit('DecisionDrafted', { ...d, programmeId: ctx.read('place', d.placeId).state.programmeId })];
    },
  }),
  AmendDecision: command(Motion, {
    title: 'Amend the draft of a decision',
    segment: 'amendments',
    givenBy: office,
    allowedIn: ['draft'],
    otherwiseRefuse: (s) =>
      s.status === 'none'
        ? undefined
        : refuse(
            'TEXT_FROZEN',
            'The text is frozen once a decision was opened. Withdraw it and draft another that names this one in replaces.',
          ),
    replaces: true,
    refuses: { ...seated, ...known, TEXT_FROZEN: 'state' },
    example: exampleMotion,
    decide: (s, d, ctx) =>
      standing(s.placeId, ctx) ??
      motionRefusal(d, s.placeId, ctx) ?? [emit('DecisionAmended', { placeId: s.placeId, ...d })],
  }),
  OpenDecision: command(z.strictObject({ closesAt: InstantAt, urgent: z.boolean().default(false) }), {
    title: 'Open a decision to positions',
    segment: 'opening',
    givenBy: office,
    allowedIn: ['draft'],
    refuses: { ...seated, ...known, NO_ELECTORATE: 'state', CLOSING_TIME_OUT_OF_RANGE: 'rule' },
    example: { closesAt: '2009-10-30T17:00:00Z', urgent: false },
    decide(s, d, ctx) {
      const no = standing(s.placeId, ctx) ?? motionRefusal(s, s.placeId, ctx);
      if (no) return no;
      const c = ctx.read('collaborative', s.placeId).state;
      const electorate = electorateOf(c, ctx.today);
      if (electorate.length === 0 || c.status === 'dissolved')
        return refuse('NO_ELECTORATE', 'Nobody could vote: the collaborative has no accepted voting seat.');
      const closesAt = new Date(Date.parse(d.closesAt)).toISOString();
      const { first, last } = closingDays(d.urgent, ctx);
      const day = londonDate(closesAt);
      if (day < first || day > last)
        return refuse(
          'CLOSING_TIME_OUT_OF_RANGE',
          `The decision must close from ${longDate(first)} (${d.urgent ? 'an urgent one is open for one working day' : 'five working days'}) to ${longDate(last)} (90 days).`,
          '/closesAt',
        );
      const affected = affectedIds(s).map((agencyId): Affected => ({
        agencyId,
        kind: ctx.read('agency', agencyId).state.sector === 'department' ? 'department' : 'agency',
        money: s.money.some((m) => m.agencyId === agencyId),
        votes: electorate.some((v) => v.agencyId === agencyId),
      }));
      const { question, text, money, authorises, placeId } = s;
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
          urgent: d.urgent,
          closesAt,
          refs: atCurrentVersions(s.refs, ctx),
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
    decide(s, _d, ctx) {
      const no = seatRefusal(ctx, s.placeId);
      if (no) return no;
      const poll = pollOf(s);
      const late = overdue(s, ctx);
      const { seats, agencies } = silent(poll);
      if (!late && (ctx.actor.role === 'system' || seats.length + agencies.length > 0))
        return refuse(
          'TOO_EARLY_TO_CLOSE',
          `The decision is open until ${longTime(s.closesAt)}. It can close earlier when all have spoken; still silent: ${[...seats, ...agencies].join(', ') || 'nobody'}.`,
        );
      return [
        emit('DecisionClosed', {
          ...chairOf(s, ctx),
          how: late ? 'clock' : 'all-spoken',
          ...resultOf(poll),
          unagreed: [...resultOf(poll).unagreed],
        }),
      ];
    },
  }),
  RecordOutcome: command(z.strictObject({ statement: Prose(), reviewOn: DateOn.optional() }), {
    title: 'Record the outcome of a carried decision',
    segment: 'outcome',
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', OUTCOME_EXISTS: 'state', ...reviews },
    example: { statement: 'The treatment money is pooled from 1 November', reviewOn: '2010-09-30' },
    decide(s, d, ctx) {
      const no = seatRefusal(ctx, s.placeId);
      if (no) return no;
      if (s.outcome !== undefined)
        return s.outcome === d.statement
          ? []
          : refuse('OUTCOME_EXISTS', 'The outcome is recorded. What is found later belongs into the review.');
      return (
        reviewRefusal(
          s,
          d.reviewOn,
          s.affected.some((a) => a.money),
          s.closedOn,
          ctx,
        ) ?? [emit('OutcomeRecorded', { ...chairOf(s, ctx), ...d })]
      );
    },
  }),
  WithdrawDecision: command(z.strictObject({ reason: Prose() }), {
    title: 'Withdraw a decision',
    segment: 'withdrawal',
    givenBy: office,
    allowedIn: ['draft', 'open'],
    otherwiseRefuse: whileOpen.otherwiseRefuse,
    refuses: { NOT_A_SEAT_HOLDER: 'who', DECISION_CLOSED: 'state' },
    example: { reason: 'To be redrafted with the new figures' },
    decide: (s, d, ctx) =>
      seatRefusal(ctx, s.placeId) ?? closedRefusal(s, ctx) ?? [emit('DecisionWithdrawn', d)],
  }),
  RecordReview: command(z.strictObject({ verdict: Verdict, note: Prose(), reviewOn: DateOn.optional() }), {
    title: 'Review a carried decision',
    segment: 'reviews',
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', REVIEW_NOT_DUE: 'state', ...reviews },
    example: { verdict: 'still-right', note: 'Waiting times fell as promised', reviewOn: '2011-03-31' },
    decide(s, d, ctx) {
      const no = seatRefusal(ctx, s.placeId);
      if (no) return no;
      // Found to be amended or rescinded, it is looked at again whenever the chair sees cause: nothing has replaced it.
      if (isConfirmed(s) !== false && (!s.reviewOn || ctx.today < s.reviewOn))
        return refuse(
          'REVIEW_NOT_DUE',
          s.reviewOn
            ? `The decision is reviewed from ${longDate(s.reviewOn)}.`
            : 'No review of this decision is due. Another decision can replace it.',
        );
      const still = d.verdict === 'still-right';
      const out = reviewRefusal(s, d.reviewOn, still, ctx.today, ctx);
      if (out) return out;
      return [emit('DecisionReviewed', { ...chairOf(s, ctx), ...d })];
    },
  }),
  Supersede: command(z.strictObject({ byDecisionId: ref('decision') }), {
    title: 'Supersede a decision by a carried one that names it',
    segment: 'supersession',
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', ...decisionRefusals },
    example: { byDecisionId: 'pool-again' },
    decide: (s, d, ctx) =>
      successor(s, d, 'Supersede', ctx) ?? [emit('DecisionSuperseded', { decisionId: d.byDecisionId })],
  }),
  Rescind: command(z.strictObject({ byDecisionId: ref('decision') }), {
    title: 'Rescind a decision by a carried one that names it',
    segment: 'rescission',
    givenBy: ['chair'],
    allowedIn: ['carried'],
    refuses: { NOT_A_SEAT_HOLDER: 'who', ...decisionRefusals },
    example: { byDecisionId: 'no-pool' },
    decide: (s, d, ctx) =>
      successor(s, d, 'Rescind', ctx) ?? [emit('DecisionRescinded', { decisionId: d.byDecisionId })],
  }),
};

export const decision = aggregate<DecisionState>()({
  name: 'decision',
  collection: 'decisions',
  initial,
  present,
  title: (s) => s.question,
  events,
  commands,
});
