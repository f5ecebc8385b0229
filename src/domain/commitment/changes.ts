/**
 * Changing a promise that was made: its date, who answers for it, whose it is, or its end
 * (docs/rules/commitment.md#rescheduling).
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { decisionRefusal, forWantOf } from '../shared/authority.js';
import { daysBetween } from '../shared/calendar.js';
import { refuse, type Context } from '../kernel/types.js';
import { yesNo } from '../shared/fields.js';
import { DateOn, ref, idOf } from '../shared/values.js';
import {
  Accountable,
  Word,
  delivering,
  isLive,
  isPromised,
  type CommitmentIn,
  type CommitmentState,
} from './state.js';
import { command, emit } from './events.js';
import {
  accountableProblem,
  dated,
  datesRefusal,
  own,
  ownRefusal,
  owned,
  ownerKind,
  ownerRefusal,
  ownersNamed,
  pastDue,
  verifierProblem,
  worded,
  wordRefusal,
} from './rules.js';
import { drafterRefusal, lapseDay } from './offer.js';
import { part } from '../kernel/parts.js';
import * as wording from './wording.js';
import { daysFor, ownWord } from './limits.js';

type Delivering = CommitmentIn<(typeof delivering)[number]>;
const changers = ['seat-holder', 'chair', 'secretariat', 'official'] as const;

/** Why moving to this date is more than the owner's own word can do. */
function needsDecision(state: Delivering, dueOn: string, today: string): string | undefined {
  if (today > state.dueOn) return 'its due date has passed';
  if (state.reschedules >= ownWord.reschedules) return `it was rescheduled ${state.reschedules} times`;
  const moved = daysBetween(state.baselineDueOn, dueOn);
  return moved > ownWord.days ? wording.movedPastFirstDate(moved) : undefined;
}
function rescheduleRefusal(
  state: Delivering,
  data: { dueOn: string; afterProgramme?: boolean; decisionId?: string; official?: string },
  context: Context,
) {
  // A decision that is named is always looked at: naming it uses it.
  const terms = {
    dueOn: data.dueOn,
    ...(data.afterProgramme === undefined ? {} : { afterProgramme: data.afterProgramme }),
  };
  const want = { placeId: state.placeId, aggregate: 'commitment', command: 'Reschedule', terms } as const;
  if (data.decisionId) return decisionRefusal(context, { decisionId: data.decisionId, ...want });
  const why = needsDecision(state, data.dueOn, context.today);
  if (!why || (state.level === 'whitehall' && data.official)) return undefined;
  return state.level === 'whitehall'
    ? refuse('RESCHEDULE_NEEDS_DECISION', wording.rescheduleNeedsOfficial(why), '/official')
    : forWantOf(
        refuse('RESCHEDULE_NEEDS_DECISION', wording.rescheduleNeedsDecision(why), '/decisionId'),
        context,
        want,
      );
}
const { reason, decisionId, official } = Word.shape;

const ReplaceAccountableData = z.strictObject({
  accountable: Accountable.meta({ label: 'Who answers for it from now on' }),
  reason,
});
const ReassignData = z.strictObject({
  ownerAgencyId: idOf('agency').meta({ label: 'Who must keep it from now on' }),
  accountable: Accountable.meta({ label: 'Who answers for it' }),
  reason,
});
const SupersedeData = z.strictObject({
  by: ref('commitment').meta({ label: 'Commitment that takes its place' }),
  reason,
  decisionId,
  official,
});
/** The owner's people, and for a place's commitment its secretariat. */
const byOffice = (state: CommitmentState, context: Context) => ownRefusal(state, context, true);
/**
 * Offered anew to another agency, it is still what was promised once: the way round would end it by nobody’s
 * word.
 */
const wasPromised = ({ baselineDueOn }: CommitmentState): boolean => baselineDueOn !== undefined;

export const changeCommands = {
  Reschedule: command(
    z.strictObject({
      dueOn: DateOn.meta({ label: 'New date', from: '/dueOn' }),
      afterProgramme: yesNo().optional().meta({ label: 'May it be done after the programme ends?' }),
      reason,
      decisionId,
      official,
    }),
    {
      title: 'Reschedule a commitment',
      segment: 'reschedules',
      authorised: { by: 'decisionId', on: ['dueOn', 'afterProgramme'] },
      givenBy: changers,
      allowedIn: delivering,
      replaces: true,
      refuses: {
        ...own,
        ...dated,
        DUE_DATE_IN_PAST: 'rule',
        RESCHEDULE_NEEDS_DECISION: 'rule',
        DECISION_NOT_CARRIED: 'rule',
        DECISION_DOES_NOT_MATCH: 'rule',
        DECISION_ALREADY_USED: 'state',
      },
      example: { dueOn: '2010-02-26', reason: 'The contract was let later than planned' },
      guard: byOffice,
      decide(state, data, context) {
        if (data.dueOn === state.dueOn) return [];
        const after = data.afterProgramme ?? state.afterProgramme;
        const wrong =
          pastDue(context, data.dueOn, '/dueOn') ??
          datesRefusal(
            context,
            state.programmeId,
            { startOn: state.startOn, dueOn: data.dueOn, afterProgramme: after },
            Object.values(state.milestones),
          ) ??
          rescheduleRefusal(state, data as { dueOn: string }, context);
        const { dueOn, ...rest } = data;
        return wrong ?? [emit('CommitmentRescheduled', { from: state.dueOn, to: dueOn, ...rest })];
      },
    },
  ),
  ReplaceAccountable: command(ReplaceAccountableData, {
    title: 'Name anew who answers for a commitment',
    segment: 'accountable',
    givenBy: changers,
    allowedIn: [...delivering, 'completion-claimed'],
    replaces: true,
    refuses: { ...own, ACCOUNTABLE_NOT_OF_OWNER: 'rule' },
    example: { accountable: { seatId: 'council' }, reason: 'The chief executive has changed' },
    guard: byOffice,
    decide(state, data, context) {
      const wrong = accountableProblem(
        context,
        state.level,
        state.placeId,
        state.ownerAgencyId,
        data.accountable,
      );
      if (wrong) return refuse('ACCOUNTABLE_NOT_OF_OWNER', wrong, '/accountable');
      return isDeepStrictEqual(state.accountable, data.accountable) && !state.orphanedOn
        ? []
        : [
            emit('AccountableReplaced', {
              from: state.accountable,
              to: data.accountable,
              reason: data.reason,
            }),
          ];
    },
  }),
  Reassign: command(ReassignData, {
    title: 'Offer a commitment to another agency',
    segment: 'reassignment',
    renamed: { toAgencyId: 'ownerAgencyId' },
    givenBy: changers,
    allowedIn: delivering,
    replaces: true,
    refuses: { ...own, ...ownersNamed, COMMITMENT_NOT_VERIFIABLE: 'rule', DUE_DATE_IN_PAST: 'rule' },
    example: {
      ownerAgencyId: 'county-durham-pct',
      accountable: { seatId: 'pct' },
      reason: 'The service moves to the trust',
    },
    guard: byOffice,
    decide(state, data, context) {
      const no = ownerRefusal(
        context,
        state.level,
        state.placeId,
        data.ownerAgencyId,
        '/ownerAgencyId',
        state.from,
      );
      if (no) return no;
      if (data.ownerAgencyId === state.ownerAgencyId) return [];
      const wrong = accountableProblem(
        context,
        state.level,
        state.placeId,
        data.ownerAgencyId,
        data.accountable,
      );
      if (wrong) return refuse('COMMITMENT_NOT_VERIFIABLE', wrong, '/accountable');
      const unfit = verifierProblem(
        context,
        state.placeId,
        data.ownerAgencyId,
        state.verifierAgencyId,
        state.from,
      );
      if (unfit) return refuse('COMMITMENT_NOT_VERIFIABLE', unfit, '/ownerAgencyId');
      return (
        pastDue(context, state.dueOn) ?? [
          emit('CommitmentReassigned', {
            ...owned(state),
            ownerAgencyId: data.ownerAgencyId,
            ownerKind: ownerKind(state.level),
            fromAgencyId: state.ownerAgencyId,
            accountable: data.accountable,
            reason: data.reason,
            lapsesOn: lapseDay(context),
          }),
        ]
      );
    },
  }),
  Withdraw: command(Word, {
    title: 'Withdraw a commitment',
    segment: 'withdrawal',
    authorised: { by: 'decisionId', on: [] },
    givenBy: [...changers, 'contributor', 'member'],
    allowedIn: ['draft', 'offered', ...delivering],
    refuses: { ...own, ...worded, NOT_DRAFTER: 'who' },
    example: { reason: 'The service was closed', decisionId: 'close-the-service' },
    guard: (state, context) =>
      wasPromised(state) ? byOffice(state, context) : drafterRefusal(state, context),
    decide(state, data, context) {
      const accepted = wasPromised(state);
      const no = accepted ? wordRefusal(state, context, 'Withdraw', data, {}) : undefined;
      // Before its acceptance nothing was promised: a decision named then would be used for nothing.
      const word = accepted ? data : { reason: data.reason };
      return no ?? [emit('CommitmentWithdrawn', { ownerAgencyId: state.ownerAgencyId, accepted, ...word })];
    },
  }),
  Supersede: command(SupersedeData, {
    title: 'Put an accepted commitment in the stead of this one',
    segment: 'supersession',
    authorised: { by: 'decisionId', on: ['by'] },
    givenBy: changers,
    allowedIn: delivering,
    refuses: { ...own, ...worded, SUCCESSOR_NOT_ACCEPTED: 'rule' },
    example: { by: 'one-assessment-2', reason: 'One commitment for both towns', decisionId: 'one-for-both' },
    guard: byOffice,
    decide(state, data, context) {
      const next = context.named('commitment', data.by).state;
      if (next.supersedes !== context.recordId || !isPromised(next))
        return refuse('SUCCESSOR_NOT_ACCEPTED', wording.successorNotAccepted(data.by), '/by');
      return (
        wordRefusal(state, context, 'Supersede', data, { by: data.by }) ?? [
          emit('CommitmentSuperseded', { ownerAgencyId: state.ownerAgencyId, ...data }),
        ]
      );
    },
  }),
  OrphanDuty: command(z.strictObject({}), {
    title: 'Note that nobody answers for a commitment any more',
    givenBy: ['system'],
    refuses: {},
    example: {},
    decide(state, _d, context) {
      if (!isLive(state) || state.orphanedOn) return [];
      // Noted when the retirement is recorded, though its date may lie ahead: there is no second event to
      // hear of.
      const retired = context.read('agency', state.ownerAgencyId).state.status === 'retired';
      // A seat that waits for its next holder is not left.
      const seat =
        'seatId' in state.accountable
          ? part(context.read('collaborative', state.placeId).state.seats, state.accountable.seatId)
          : undefined;
      const left = state.level === 'place' && (!seat || seat.status === 'vacated');
      if (!retired && !left) return [];
      return [
        emit('DutyOrphaned', {
          placeId: state.placeId,
          ownerAgencyId: state.ownerAgencyId,
          cause: retired ? 'agency-retired' : 'seat-left',
          dueOn: context.ref.workingDays.add(context.today, daysFor.orphan),
        }),
      ];
    },
  }),
};
