/** Commands of the rungs above an owner: a barrier is escalated one rung at a time, and the rung directs (domain.md 9.7). */
import { z } from 'zod';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { owingCommitment } from './deeds.js';
import { command, emit } from './events.js';
import { office, ownersActApart, seated, seatedHere } from './rules.js';
import { Rung, heldTo, inWork, ladder, type BarrierState, type Owner } from './state.js';
import { partOr } from '../kernel/parts.js';
import { Id, Name, Prose } from '../shared/values.js';

const escalable = ['triaged', 'owned', 'answered', 'in-action'] as const;

/** The date by which an owner that will act said it would; a commitment made of it may have been rescheduled. */
function promisedFor(o: Owner, ctx: Context): string | undefined {
  const answer = heldTo(o);
  return answer?.commitmentId ? owingCommitment(o, ctx)?.dueOn : answer?.dueOn;
}

/** Why an escalation is due for this owner today, if it is. */
function causeOf(s: BarrierState, o: Owner, ctx: Context): 'overdue' | 'declined' | 'will-not' | undefined {
  const { today } = ctx;
  if (o.rungDueOn) return today > o.rungDueOn ? 'overdue' : undefined;
  if (o.struck) return 'declined';
  if (o.answer?.position === 'will-not') return 'will-not';
  if (o.answer) {
    // One that is claimed complete is not late.
    const dueOn = promisedFor(o, ctx);
    return dueOn && today > dueOn && s.claim?.agencyId !== o.agencyId ? 'overdue' : undefined;
  }
  // A direction gives the owner its days to answer, however late it was before.
  if (o.directionDueOn) return !o.directionStopped && today > o.directionDueOn ? 'overdue' : undefined;
  return o.leftDays === undefined && today > o.dueOn ? 'overdue' : undefined;
}
/** The next rung; the champion's is skipped where there is none or they are of the owning department. */
function rungAbove(s: BarrierState, o: Owner, ctx: Context): Rung | undefined {
  const rungs = s.locus ? ladder(s.locus) : [];
  const next = rungs[rungs.indexOf(o.rung) + 1];
  if (next !== 'champion') return next;
  const { champion } = ctx.read('place', s.placeId).state;
  return champion && champion.departmentId !== o.agencyId ? next : 'champions-group';
}
const ownerNamed = (s: BarrierState, agencyId: string) =>
  partOr(s.owners, agencyId, () =>
    refuse('OWNER_UNKNOWN', `${agencyId} was not proposed as owner.`, '/agencyId'),
  );
function rungRefusal(s: BarrierState, rung: Rung, ctx: Context) {
  const { role, account } = ctx.actor;
  const right =
    rung === 'champion'
      ? role === 'champion' && ctx.read('place', s.placeId).state.champion?.accountId === account
      : rung === 'chair'
        ? role === 'chair'
        : role === 'programme-office';
  return right
    ? undefined
    : refuse(
        'NOT_THIS_RUNG',
        'The place’s champion directs at the champion’s rung, the programme office at the groups’, the chair at the last rung of a local barrier.',
        '/rung',
      );
}

export const escalationCommands = {
  Escalate: command(z.strictObject({ agencyId: Id }), {
    title: 'Escalate a barrier above an owner by one rung',
    segment: 'escalations',
    givenBy: [...office, 'champion', 'programme-office', 'system'],
    allowedIn: inWork,
    refuses: { ...seated, OWNER_UNKNOWN: 'rule', ESCALATION_NOT_DUE: 'rule' },
    example: { agencyId: 'dwp' },
    decide(s, d, ctx) {
      const o = seatedHere(s, ctx) ?? ownerNamed(s, d.agencyId);
      if (isRefusal(o)) return o;
      const cause = causeOf(s, o, ctx);
      const rung = cause && rungAbove(s, o, ctx);
      if (cause && rung) {
        const promised = promisedFor(o, ctx);
        const answered = {
          ...(o.answer ? { answered: true as const } : {}),
          ...(promised ? { promisedFor: promised } : {}),
        };
        return [
          emit('BarrierEscalated', {
            agencyId: d.agencyId,
            kind: o.kind,
            placeId: s.placeId,
            rung,
            from: o.rung,
            cause,
            dueOn: ctx.ref.workingDays.add(ctx.today, 5),
            ...answered,
          }),
        ];
      }
      if (ctx.actor.role === 'system') return [];
      return refuse(
        'ESCALATION_NOT_DUE',
        cause
          ? 'There is no higher rung.'
          : 'A barrier is escalated when its owner is overdue, has declined or will not change it, one rung at a time.',
        '/agencyId',
      );
    },
  }),
  Direct: command(z.strictObject({ agencyId: Id, rung: Rung, direction: Prose(), official: Name }), {
    title: 'Direct an owner from a higher rung',
    segment: 'directions',
    givenBy: ['champion', 'programme-office', 'chair'],
    allowedIn: escalable,
    apart: ownersActApart,
    refuses: { ...seated, OWNER_UNKNOWN: 'rule', NOT_THIS_RUNG: 'who', RUNG_NOT_OPEN: 'state' },
    example: {
      agencyId: 'dwp',
      rung: 'champion',
      direction: 'Agree one assessment with the place',
      official: 'Jane Doe',
    },
    decide(s, d, ctx) {
      const o = seatedHere(s, ctx) ?? ownerNamed(s, d.agencyId);
      if (isRefusal(o)) return o;
      const wrong = rungRefusal(s, d.rung, ctx);
      if (wrong) return wrong;
      if (!o.rungDueOn || o.rung !== d.rung)
        return refuse('RUNG_NOT_OPEN', 'The barrier is not before this rung. Escalate it first.', '/rung');
      return [
        emit('BarrierDirected', {
          ...d,
          placeId: s.placeId,
          kind: o.kind,
          answerDueOn: ctx.ref.workingDays.add(ctx.today, 5),
        }),
      ];
    },
  }),
};
