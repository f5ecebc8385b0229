/** Changing a promise that was made: its date, who answers for it, whose it is, or its end (domain.md 9.9). */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { decisionRefusal } from '../shared/authority.js';
import { daysBetween } from '../shared/calendar.js';
import { refuse, type Context } from '../kernel/types.js';
import { DateOn, Id, ref } from '../shared/values.js';
import { Accountable, Word, delivering, isLive, isPromised, type CommitmentIn } from './state.js';
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
  owners,
  pastDue,
  verifierProblem,
  worded,
  wordRefusal,
} from './rules.js';
import { drafterRefusal, lapseDay } from './offer.js';
import { part } from '../kernel/parts.js';

type Delivering = CommitmentIn<(typeof delivering)[number]>;
const changers = ['seat-holder', 'chair', 'secretariat', 'official'] as const;

/** Why moving to this date is more than the owner's own word can do. */
function needsDecision(s: Delivering, dueOn: string, today: string): string | undefined {
  if (today > s.dueOn) return 'its due date has passed';
  if (s.reschedules >= 2) return `it was rescheduled ${s.reschedules} times`;
  const moved = daysBetween(s.baselineDueOn, dueOn);
  return moved > 30 ? `it would be ${moved} days after the date first accepted` : undefined;
}
function rescheduleRefusal(
  s: Delivering,
  d: { dueOn: string; afterProgramme?: boolean; decisionId?: string; official?: string },
  ctx: Context,
) {
  // A decision that is named is always looked at: naming it uses it.
  const terms = {
    dueOn: d.dueOn,
    ...(d.afterProgramme === undefined ? {} : { afterProgramme: d.afterProgramme }),
  };
  if (d.decisionId)
    return decisionRefusal(ctx, {
      decisionId: d.decisionId,
      placeId: s.placeId,
      aggregate: 'commitment',
      command: 'Reschedule',
      terms,
    });
  const why = needsDecision(s, d.dueOn, ctx.today);
  if (!why || (s.level === 'whitehall' && d.official)) return undefined;
  return s.level === 'whitehall'
    ? refuse(
        'RESCHEDULE_NEEDS_DECISION',
        `This needs the department’s senior responsible official by name, because ${why}. Enter official.`,
        '/official',
      )
    : refuse(
        'RESCHEDULE_NEEDS_DECISION',
        `This needs a carried decision of the place, because ${why}. Enter decisionId.`,
        '/decisionId',
      );
}
const { reason, decisionId, official } = Word.shape;

export const changeCommands = {
  Reschedule: command(
    z.strictObject({ dueOn: DateOn, afterProgramme: z.boolean().optional(), reason, decisionId, official }),
    {
      title: 'Reschedule a commitment',
      segment: 'reschedules',
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
      decide(s, d, ctx) {
        const no = ownRefusal(s, ctx, true);
        if (no) return no;
        if (d.dueOn === s.dueOn) return [];
        const after = d.afterProgramme ?? s.afterProgramme;
        const wrong =
          pastDue(ctx, d.dueOn, '/dueOn') ??
          datesRefusal(
            ctx,
            s.programmeId,
            { startOn: s.startOn, dueOn: d.dueOn, afterProgramme: after },
            Object.values(s.milestones),
          ) ??
          rescheduleRefusal(s, d as { dueOn: string }, ctx);
        const { dueOn, ...rest } = d;
        return wrong ?? [emit('CommitmentRescheduled', { from: s.dueOn, to: dueOn, ...rest })];
      },
    },
  ),
  ReplaceAccountable: command(z.strictObject({ accountable: Accountable, reason }), {
    title: 'Name anew who answers for a commitment',
    segment: 'accountable',
    givenBy: changers,
    allowedIn: [...delivering, 'completion-claimed'],
    replaces: true,
    refuses: { ...own, ACCOUNTABLE_NOT_OF_OWNER: 'rule' },
    example: { accountable: { seatId: 'council' }, reason: 'The chief executive has changed' },
    decide(s, d, ctx) {
      const no = ownRefusal(s, ctx, true);
      if (no) return no;
      const wrong = accountableProblem(ctx, s.level, s.placeId, s.ownerAgencyId, d.accountable);
      if (wrong) return refuse('ACCOUNTABLE_NOT_OF_OWNER', wrong, '/accountable');
      return isDeepStrictEqual(s.accountable, d.accountable) && !s.orphanedOn
        ? []
        : [emit('AccountableReplaced', { from: s.accountable, to: d.accountable, reason: d.reason })];
    },
  }),
  Reassign: command(z.strictObject({ toAgencyId: Id, accountable: Accountable, reason }), {
    title: 'Offer a commitment to another agency',
    segment: 'reassignment',
    givenBy: changers,
    allowedIn: delivering,
    replaces: true,
    refuses: { ...own, ...owners, COMMITMENT_NOT_VERIFIABLE: 'rule', DUE_DATE_IN_PAST: 'rule' },
    example: {
      toAgencyId: 'county-durham-pct',
      accountable: { seatId: 'pct' },
      reason: 'The service moves to the trust',
    },
    decide(s, d, ctx) {
      const no =
        ownRefusal(s, ctx, true) ??
        ownerRefusal(ctx, s.level, s.placeId, d.toAgencyId, '/toAgencyId', s.from);
      if (no) return no;
      if (d.toAgencyId === s.ownerAgencyId) return [];
      const wrong = accountableProblem(ctx, s.level, s.placeId, d.toAgencyId, d.accountable);
      if (wrong) return refuse('COMMITMENT_NOT_VERIFIABLE', wrong, '/accountable');
      const unfit = verifierProblem(ctx, s.placeId, d.toAgencyId, s.verifierAgencyId, s.from);
      if (unfit) return refuse('COMMITMENT_NOT_VERIFIABLE', unfit, '/toAgencyId');
      return (
        pastDue(ctx, s.dueOn) ?? [
          emit('CommitmentReassigned', {
            ...owned(s),
            ownerAgencyId: d.toAgencyId,
            ownerKind: ownerKind(s.level),
            fromAgencyId: s.ownerAgencyId,
            accountable: d.accountable,
            reason: d.reason,
            lapsesOn: lapseDay(ctx),
          }),
        ]
      );
    },
  }),
  Withdraw: command(Word, {
    title: 'Withdraw a commitment',
    segment: 'withdrawal',
    givenBy: [...changers, 'contributor', 'member'],
    allowedIn: ['draft', 'offered', ...delivering],
    refuses: { ...own, ...worded, NOT_DRAFTER: 'who' },
    example: { reason: 'The service was closed', decisionId: 'close-the-service' },
    decide(s, d, ctx) {
      // Offered anew to another agency, it is still what was promised once: the way round would end it by nobody’s word.
      const accepted = s.baselineDueOn !== undefined;
      const no = accepted
        ? (ownRefusal(s, ctx, true) ?? wordRefusal(s, ctx, 'Withdraw', d, {}))
        : drafterRefusal(s, ctx);
      // Before its acceptance nothing was promised: a decision named then would be used for nothing.
      const word = accepted ? d : { reason: d.reason };
      return no ?? [emit('CommitmentWithdrawn', { ownerAgencyId: s.ownerAgencyId, accepted, ...word })];
    },
  }),
  Supersede: command(z.strictObject({ by: ref('commitment'), reason, decisionId, official }), {
    title: 'Put an accepted commitment in the stead of this one',
    segment: 'supersession',
    givenBy: changers,
    allowedIn: delivering,
    refuses: { ...own, ...worded, SUCCESSOR_NOT_ACCEPTED: 'rule' },
    example: { by: 'one-assessment-2', reason: 'One commitment for both towns', decisionId: 'one-for-both' },
    decide(s, d, ctx) {
      const no = ownRefusal(s, ctx, true);
      if (no) return no;
      const next = ctx.named('commitment', d.by).state;
      if (next.supersedes !== ctx.recordId || !isPromised(next))
        return refuse(
          'SUCCESSOR_NOT_ACCEPTED',
          `${d.by} is not an accepted commitment that was drafted to supersede this one.`,
          '/by',
        );
      return (
        wordRefusal(s, ctx, 'Supersede', d, { by: d.by }) ?? [
          emit('CommitmentSuperseded', { ownerAgencyId: s.ownerAgencyId, ...d }),
        ]
      );
    },
  }),
  OrphanDuty: command(z.strictObject({}), {
    title: 'Note that nobody answers for a commitment any more',
    givenBy: ['system'],
    refuses: {},
    example: {},
    decide(s, _d, ctx) {
      if (!isLive(s) || s.orphanedOn) return [];
      // Noted when the retirement is recorded, though its date may lie ahead: there is no second event to hear of.
      const retired = ctx.read('agency', s.ownerAgencyId).state.status === 'retired';
      // A seat that waits for its next holder is not left.
      const seat =
        'seatId' in s.accountable
          ? part(ctx.read('collaborative', s.placeId).state.seats, s.accountable.seatId)
          : undefined;
      const left = s.level === 'place' && (!seat || seat.status === 'vacated');
      if (!retired && !left) return [];
      return [
        emit('DutyOrphaned', {
          placeId: s.placeId,
          ownerAgencyId: s.ownerAgencyId,
          cause: retired ? 'agency-retired' : 'seat-left',
          dueOn: ctx.ref.workingDays.add(ctx.today, 20),
        }),
      ];
    },
  }),
};
