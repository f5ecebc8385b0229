/**
 * What is said while a decision is open: interests, positions, and the consent of those whose money it is
 * (docs/rules/decision.md#positions).
 */
import { z } from 'zod';
import { londonDate } from '../shared/calendar.js';
import { isRefusal, refusedIn, refuse, type Act, type Context } from '../kernel/types.js';
import { command, emit } from './events.js';
import { Stances, type DecisionState, type Voter } from './state.js';
import { held, part } from '../kernel/parts.js';
import { atCurrentVersions } from '../kernel/record-ref.js';
import { apartRefusal } from '../shared/acts.js';
import { yesNo } from '../shared/fields.js';
import { holdsSeat, seatRefusal, type AtTable } from '../shared/seats.js';
import { Prose, Reason } from '../shared/values.js';
import * as wording from './wording.js';
import { shortestReason } from './limits.js';

const closed = () => refuse('DECISION_CLOSED', wording.decisionClosed);
/** What may still be recorded ends with the clock, whether or not the closing was. */
export const whileOpen = {
  allowedIn: ['open'],
  otherwiseRefuse: (state: DecisionState) =>
    ['carried', 'not-carried', 'lapsed', 'superseded', 'rescinded'].includes(state.status)
      ? closed()
      : undefined,
} as const;
export const overdue = (state: DecisionState, context: Pick<Context, 'now'>): boolean =>
  context.now > state.closesAt;
export const closedRefusal = (state: DecisionState, context: Pick<Context, 'now'>) =>
  state.status === 'open' && overdue(state, context) ? closed() : undefined;
/**
 * The actor's seat among those that stood at the opening, and whether its holder or a delegate of today
 * speaks.
 */
function seatOf(decision: DecisionState, context: Context) {
  const late = closedRefusal(decision, context);
  if (late) return late;
  const { account, agency } = context.actor;
  const voter = decision.electorate.find((voter) => voter.agencyId === agency);
  const { state } = context.read('collaborative', decision.placeId);
  if (!voter || !holdsSeat(state, voter.agencyId, account, context.today))
    return refuse('NOT_IN_ELECTORATE', wording.onlyElectorate);
  const holder = Object.values(state.seats).some(
    (seat) =>
      seat.agencyId === agency &&
      seat.account === account &&
      seat.kind === 'voting' &&
      seat.status === 'accepted',
  );
  return { voter, capacity: holder ? ('holder' as const) : ('delegate' as const) };
}
const said = (
  state: DecisionState,
  context: Context,
  { voter, capacity }: { voter: Voter; capacity: 'holder' | 'delegate' },
) => ({
  placeId: state.placeId,
  seatId: voter.seatId,
  agencyId: voter.agencyId,
  capacity,
  refs: atCurrentVersions(state.refs, context),
});
const conflicted = (state: DecisionState, voter: Voter) =>
  part(state.interests, voter.seatId)?.pecuniary
    ? refuse('INTEREST_DECLARED', wording.seatConflicted)
    : undefined;
/** The actor's seat, where no interest keeps it from speaking. */
function speaking(state: DecisionState, context: Context) {
  const seat = seatOf(state, context);
  return isRefusal(seat) ? seat : (conflicted(state, seat.voter) ?? seat);
}
const dissenting = ['disagree', 'object'] as const;
const unreasoned = (data: { stance: string; reason?: string | undefined }) =>
  dissenting.some((stance) => stance === data.stance) && (data.reason ?? '').trim().length < shortestReason
    ? refuse('REASON_REQUIRED', wording.dissentUnreasoned, '/reason')
    : undefined;
const voters = ['seat-holder', 'chair'] as const;
/**
 * In one decision one person speaks for one body, and nobody agrees for a body to what they wrote for the
 * place.
 */
const forTheSame = (act: Act, _s: DecisionState, context: Pick<Context, 'actor'>): boolean =>
  act.agency === context.actor.agency;
const spoken = ['PositionTaken', 'PositionChanged', 'ExternalConsentRecorded'] as const;
const voices = {
  code: 'SOD_CONFLICT',
  after: spoken,
  but: forTheSame,
  detail: wording.spokeForAnother,
};
const consenters = {
  code: 'SOD_CONFLICT',
  after: [...spoken, 'DecisionDrafted', 'DecisionAmended', 'DecisionOpened'] as const,
  but: forTheSame,
  detail: wording.agreesApart,
};
const electoral = { NOT_IN_ELECTORATE: 'who', DECISION_CLOSED: 'state' } as const;
const Stand = z.strictObject({
  stance: Stances.meta({ label: 'Your view' }),
  reason: Prose()
    .optional()
    .meta({
      label: 'Reason',
      needed: wording.dissentUnreasoned,
      neededWhen: { stance: [...dissenting] },
    }),
});

/** What is looked at before somebody's consent is taken: no more than their reader's list has at hand. */
export type Consenting = Pick<Context, 'now' | 'acts'> & AtTable;
/** Refuses who does not agree for their agency outside the vote, whatever else they did on the decision. */
function consentRefusal(state: DecisionState, context: Pick<Context, 'now'> & AtTable) {
  const late = closedRefusal(state, context);
  if (late) return late;
  const { agency: agencyId } = context.actor;
  if (agencyId === undefined || !state.affected.some((a) => a.agencyId === agencyId))
    return refuse('NOT_AFFECTED', 'This decision names neither your agency nor its money.');
  const no = seatRefusal(context, context.actor.place ?? state.placeId);
  if (no) return no;
  const voter = state.electorate.find((voter) => voter.agencyId === agencyId);
  if (!voter) return undefined;
  const interest = part(state.interests, voter.seatId);
  if (!interest?.pecuniary) return refuse('AGREES_BY_POSITION', wording.agreesByPosition);
  // For a conflicted seat somebody acts who may act for it and did not declare the interest: its delegate.
  const acts =
    holdsSeat(
      context.read('collaborative', state.placeId).state,
      agencyId,
      context.actor.account,
      context.today,
    ) && !interest.conflicted.includes(context.actor.account);
  if (!acts) return refuse('INTEREST_DECLARED', wording.delegateConsents);
  return undefined;
}
/** Would the consent that waits be taken from whoever acts here? `RecordExternalConsent` goes by the same. */
export const mayConsent = (state: DecisionState, context: Consenting): boolean =>
  state.status === 'open' &&
  (apartRefusal(consenters, state, context) ?? consentRefusal(state, context)) === undefined;

const RecordExternalConsentData = z.strictObject({
  evidence: Prose().meta({ label: 'How your agency agreed' }),
});

export const positionCommands = {
  DeclareInterest: command(
    z.strictObject({
      pecuniary: yesNo('Select whether the interest is pecuniary').meta({
        label: 'Is money of yours at stake?',
      }),
      nature: Prose('paragraph').meta({ label: 'What the interest is' }),
    }),
    {
      title: 'Declare an interest in a decision',
      segment: 'interests',
      givenBy: voters,
      ...whileOpen,
      refuses: electoral,
      example: { pecuniary: true, nature: 'Trustee of the provider that would be paid' },
      guard: (state, context) => refusedIn(seatOf(state, context)),
      decide(state, data, context) {
        const seat = seatOf(state, context);
        if (isRefusal(seat)) return seat;
        const before = part(state.interests, seat.voter.seatId);
        // Another interest of the same person is another declaration; the same one twice is one.
        if (
          before?.declared.some(
            (interest) =>
              interest.account === context.actor.account &&
              interest.pecuniary === data.pecuniary &&
              interest.nature === data.nature,
          )
        )
          return [];
        const mine = state.affected.find((a) => a.agencyId === seat.voter.agencyId);
        const asks = data.pecuniary && !before?.pecuniary && mine?.money;
        return [
          emit('InterestDeclared', {
            ...said(state, context, seat),
            ...data,
            ...(asks
              ? { consent: { question: state.question, dueOn: londonDate(state.closesAt), kind: mine.kind } }
              : {}),
          }),
        ];
      },
    },
  ),
  TakePosition: command(Stand, {
    title: 'Take a position on a decision',
    segment: 'positions',
    givenBy: voters,
    ...whileOpen,
    apart: voices,
    refuses: { ...electoral, INTEREST_DECLARED: 'rule', REASON_REQUIRED: 'rule', POSITION_EXISTS: 'state' },
    example: { stance: 'agree' },
    guard: (state, context) => refusedIn(speaking(state, context)),
    decide(state, data, context) {
      const seat = speaking(state, context);
      if (isRefusal(seat)) return seat;
      const no = unreasoned(data);
      if (no) return no;
      const before = part(state.positions, seat.voter.seatId);
      if (before && before.stance === data.stance && before.reason === data.reason && !before.withdrawn)
        return [];
      if (before)
        return refuse(
          'POSITION_EXISTS',
          'Your seat has taken a position. Change it instead, with position-changes.',
          '/stance',
        );
      return [emit('PositionTaken', { ...said(state, context, seat), ...data })];
    },
  }),
  ChangePosition: command(Stand, {
    title: 'Change a position on a decision',
    segment: 'position-changes',
    givenBy: voters,
    ...whileOpen,
    apart: voices,
    refuses: { ...electoral, INTEREST_DECLARED: 'rule', REASON_REQUIRED: 'rule', NO_POSITION: 'state' },
    example: { stance: 'disagree', reason: 'The figures of September changed the case' },
    guard(state, context) {
      const seat = speaking(state, context);
      if (isRefusal(seat)) return seat;
      return part(state.positions, seat.voter.seatId)
        ? undefined
        : refuse('NO_POSITION', 'Your seat has not taken a position yet. Take one.');
    },
    decide(state, data, context) {
      const seat = speaking(state, context);
      if (isRefusal(seat)) return seat;
      const no = unreasoned(data);
      if (no) return no;
      const before = held(state.positions, seat.voter.seatId);
      if (before.stance === data.stance && before.reason === data.reason && !before.withdrawn) return [];
      return [
        emit('PositionChanged', {
          ...said(state, context, seat),
          from: before.stance,
          to: data.stance,
          ...(data.reason ? { reason: data.reason } : {}),
        }),
      ];
    },
  }),
  WithdrawObjection: command(z.strictObject({ reason: Reason }), {
    title: 'Withdraw an objection',
    segment: 'objection-withdrawals',
    givenBy: voters,
    ...whileOpen,
    refuses: { ...electoral, INTEREST_DECLARED: 'rule', NO_OBJECTION: 'state' },
    example: { reason: 'The text of the agreement settles it' },
    guard(state, context) {
      const seat = speaking(state, context);
      if (isRefusal(seat)) return seat;
      return part(state.positions, seat.voter.seatId)?.stance === 'object'
        ? undefined
        : refuse('NO_OBJECTION', 'Your seat has not objected.');
    },
    decide(state, data, context) {
      const seat = speaking(state, context);
      if (isRefusal(seat)) return seat;
      const p = held(state.positions, seat.voter.seatId);
      return p.withdrawn ? [] : [emit('ObjectionWithdrawn', { ...said(state, context, seat), ...data })];
    },
  }),
  RecordExternalConsent: command(RecordExternalConsentData, {
    title: 'Agree for an affected agency outside the vote',
    segment: 'consents',
    givenBy: ['official', 'finance-officer', 'seat-holder', 'chair'],
    // Their seat may be at another place's table.
    target: () => ({}),
    ...whileOpen,
    apart: consenters,
    refuses: {
      DECISION_CLOSED: 'state',
      NOT_AFFECTED: 'who',
      NOT_A_SEAT_HOLDER: 'who',
      AGREES_BY_POSITION: 'rule',
      INTEREST_DECLARED: 'rule',
    },
    example: { evidence: 'Minute 7 of the board of 12 October 2009' },
    guard: consentRefusal,
    decide(state, data, context) {
      const { agency: agencyId } = context.actor;
      return state.consents.includes(agencyId)
        ? []
        : [
            emit('ExternalConsentRecorded', {
              placeId: state.placeId,
              agencyId,
              ...data,
              refs: atCurrentVersions(state.refs, context),
            }),
          ];
    },
  }),
};
