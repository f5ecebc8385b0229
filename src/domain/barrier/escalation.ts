/**
 * Commands of the rungs above an owner: a barrier is escalated one rung at a time, and the rung directs
 * (docs/rules/barrier.md#escalation).
 */
import { z } from 'zod';
import { nameOf } from '../kernel/naming.js';
import { isRefusal, refusedIn, refuse, type Context, type PartOf } from '../kernel/types.js';
import { owingCommitment } from './deeds.js';
import { command, emit } from './events.js';
import { office, ownersActApart, seated, seatedHere } from './rules.js';
import { Rung, heldTo, inWork, ladder, type BarrierState, type Owner } from './state.js';
import { held, partOr } from '../kernel/parts.js';
import { Id, Name, Prose } from '../shared/values.js';
import * as wording from './wording.js';
import { daysFor } from './limits.js';

const escalable = ['triaged', 'owned', 'answered', 'in-action'] as const;

/**
 * The date by which an owner that will act said it would; a commitment made of it may have been rescheduled.
 */
function promisedFor(owner: Owner, context: Context): string | undefined {
  const answer = heldTo(owner);
  return answer?.commitmentId ? owingCommitment(owner, context)?.dueOn : answer?.dueOn;
}

/** Why an escalation is due for this owner today, if it is. */
function causeOf(
  state: BarrierState,
  owner: Owner,
  context: Context,
): 'overdue' | 'declined' | 'will-not' | undefined {
  const { today } = context;
  if (owner.rungDueOn) return today > owner.rungDueOn ? 'overdue' : undefined;
  if (owner.struck) return 'declined';
  if (owner.answer?.position === 'will-not') return 'will-not';
  if (owner.answer) {
    // One that is claimed complete is not late.
    const dueOn = promisedFor(owner, context);
    return dueOn && today > dueOn && state.claim?.agencyId !== owner.agencyId ? 'overdue' : undefined;
  }
  // A direction gives the owner its days to answer, however late it was before.
  if (owner.directionDueOn)
    return !owner.directionStopped && today > owner.directionDueOn ? 'overdue' : undefined;
  return owner.leftDays === undefined && today > owner.dueOn ? 'overdue' : undefined;
}
/** The next rung; the champion's is skipped where there is none or they are of the owning department. */
function rungAbove(state: BarrierState, owner: Owner, context: Context): Rung | undefined {
  const rungs = state.locus ? ladder(state.locus) : [];
  const next = rungs[rungs.indexOf(owner.rung) + 1];
  if (next !== 'champion') return next;
  const { champion } = context.read('place', state.placeId).state;
  return champion && champion.departmentId !== owner.agencyId ? next : 'champions-group';
}
/** A command is about one of those who were proposed to own it. */
const aboutOwner = {
  member: 'agencyId' as const,
  among: ({ owners }: BarrierState): PartOf[] =>
    Object.values(owners).map(({ agencyId }) => ({ id: agencyId, title: nameOf.agency(agencyId) })),
};
const ownerNamed = (state: BarrierState, agencyId: string) =>
  partOr(state.owners, agencyId, () =>
    refuse('OWNER_UNKNOWN', `${nameOf.agency(agencyId)} was not proposed as owner.`, '/agencyId'),
  );
function rungRefusal(state: BarrierState, rung: Rung, context: Context) {
  const { role, account } = context.actor;
  const sitting = rung === 'champion' || rung === 'chair' ? rung : 'programme-office';
  const right =
    role === sitting &&
    (rung !== 'champion' || context.read('place', state.placeId).state.champion?.accountId === account);
  return right ? undefined : refuse('NOT_THIS_RUNG', wording.whoDirectsAtWhichRung, '/rung');
}

const DirectData = z.strictObject({
  agencyId: Id.meta({ field: 'part', part: 'owner', label: 'Owner' }),
  rung: Rung.meta({ label: 'To whom it is escalated' }),
  direction: Prose().meta({ label: 'What the owner is told to do' }),
  official: Name.meta({ label: 'Name and post of who directs' }),
});

export const escalationCommands = {
  Escalate: command(z.strictObject({ agencyId: Id.meta({ field: 'part', part: 'owner', label: 'Owner' }) }), {
    title: 'Escalate a barrier above an owner, by one step',
    segment: 'escalations',
    givenBy: [...office, 'champion', 'programme-office', 'system'],
    allowedIn: inWork,
    refuses: { ...seated, OWNER_UNKNOWN: 'rule', ESCALATION_NOT_DUE: 'rule' },
    example: { agencyId: 'dwp' },
    part: aboutOwner,
    guard(state, context, agencyId) {
      const o = seatedHere(state, context) ?? ownerNamed(state, agencyId);
      if (isRefusal(o)) return o;
      // What is not due the system passes over.
      if (context.actor.role === 'system') return undefined;
      const cause = causeOf(state, o, context);
      if (!cause) return refuse('ESCALATION_NOT_DUE', wording.escalationNotDue, '/agencyId');
      return rungAbove(state, o, context)
        ? undefined
        : refuse('ESCALATION_NOT_DUE', 'Nobody is above whom it stands before.', '/agencyId');
    },
    decide(state, data, context) {
      const o = held(state.owners, data.agencyId);
      const cause = causeOf(state, o, context);
      const rung = cause && rungAbove(state, o, context);
      if (!cause || !rung) return [];
      const promised = promisedFor(o, context);
      return [
        emit('BarrierEscalated', {
          agencyId: data.agencyId,
          kind: o.kind,
          placeId: state.placeId,
          rung,
          from: o.rung,
          cause,
          dueOn: context.ref.workingDays.add(context.today, daysFor.direction),
          ...(o.answer ? { answered: true as const } : {}),
          ...(promised ? { promisedFor: promised } : {}),
        }),
      ];
    },
  }),
  Direct: command(DirectData, {
    title: 'Direct an owner from above',
    segment: 'directions',
    givenBy: ['champion', 'programme-office', 'chair'],
    allowedIn: escalable,
    part: aboutOwner,
    apart: ownersActApart,
    refuses: { ...seated, OWNER_UNKNOWN: 'rule', NOT_THIS_RUNG: 'who of rung', RUNG_NOT_OPEN: 'state' },
    example: {
      agencyId: 'dwp',
      rung: 'champion',
      direction: 'Agree one assessment with the place',
      official: 'Jane Doe',
    },
    guard: (state, context, agencyId) => refusedIn(seatedHere(state, context) ?? ownerNamed(state, agencyId)),
    decide(state, data, context) {
      const o = held(state.owners, data.agencyId);
      const wrong = rungRefusal(state, data.rung, context);
      if (wrong) return wrong;
      if (!o.rungDueOn || o.rung !== data.rung)
        return refuse('RUNG_NOT_OPEN', 'The barrier does not stand before them. Escalate it first.', '/rung');
      return [
        emit('BarrierDirected', {
          ...data,
          placeId: state.placeId,
          kind: o.kind,
          answerDueOn: context.ref.workingDays.add(context.today, daysFor.directedAnswer),
        }),
      ];
    },
  }),
};
