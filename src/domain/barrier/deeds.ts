/** A deed that became a commitment: moved there when it is accepted, given back when it ends otherwise, claimed when it is done (domain.md 8.2). */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { Id, Prose } from '../shared/values.js';
import { heldTo, type BarrierState, type Owner } from './state.js';
import { command, emit } from './events.js';
import { here } from './rules.js';
import { isLive, type CommitmentState } from '../commitment/state.js';
import { part } from '../kernel/parts.js';

const OfDeed = z.strictObject({ agencyId: Id, commitmentId: Id });
const example = { agencyId: 'dwp', commitmentId: 'one-form' };
const owing = ['triaged', 'owned', 'answered', 'in-action'] as const;

/** The owner's answer that promises a deed, and the commitment that keeps it. */
function promised(
  s: BarrierState,
  d: z.infer<typeof OfDeed>,
  ctx: Context,
): { owner?: Owner; commitment: CommitmentState } {
  const o = part(s.owners, d.agencyId);
  return {
    ...(o && heldTo(o)?.dueOn ? { owner: o } : {}),
    commitment: ctx.read('commitment', d.commitmentId).state,
  };
}

/** The commitment that owes an owner's deed today, if it is one that still has to be delivered. */
export function owingCommitment(o: Owner, ctx: Context): CommitmentState | undefined {
  const id = heldTo(o)?.commitmentId;
  const c = id ? ctx.read('commitment', id).state : undefined;
  return c && isLive(c) && c.status !== 'completion-claimed' ? c : undefined;
}

export const deedCommands = {
  MoveDeed: command(OfDeed, {
    title: 'Move an owner’s deed to the commitment that keeps it',
    givenBy: ['system'],
    allowedIn: owing,
    refuses: {},
    example,
    decide(s, d, ctx) {
      const { owner, commitment: c } = promised(s, d, ctx);
      const keeps =
        isLive(c) &&
        c.from?.kind === 'barrier' &&
        c.from.id === ctx.recordId &&
        c.ownerAgencyId === d.agencyId;
      if (!owner || !keeps || heldTo(owner)!.commitmentId === d.commitmentId) return [];
      return [emit('DeedMoved', { ...d, placeId: s.placeId, kind: owner.kind })];
    },
  }),
  ReturnDeed: command(OfDeed, {
    title: 'Give a deed back to the barrier, at its original date',
    givenBy: ['system'],
    allowedIn: owing,
    refuses: {},
    example,
    decide(s, d) {
      const o = part(s.owners, d.agencyId);
      const answer = o && heldTo(o);
      if (answer?.commitmentId !== d.commitmentId) return [];
      return [
        emit('DeedReturned', { ...d, placeId: s.placeId, kind: o!.kind, dueOn: answer.dueOn!, open: true }),
      ];
    },
  }),
  ClaimDeedDone: command(OfDeed.extend({ evidence: z.array(Prose(500)).min(1).max(50) }), {
    title: 'Claim that a barrier is removed, because its commitment is claimed complete',
    givenBy: ['system'],
    allowedIn: ['in-action'],
    refuses: { DEED_NOT_MOVED: 'state' },
    example: { ...example, evidence: ['Circular 12/2009 withdraws the condition'] },
    decide(s, d, ctx) {
      const { agencyId, commitmentId, evidence } = d;
      if (part(s.owners, agencyId)?.answer?.commitmentId !== commitmentId)
        return refuse('DEED_NOT_MOVED', 'This commitment does not keep the deed of this barrier.');
      const wd = ctx.ref.workingDays;
      return [
        emit('RemovalClaimed', {
          agencyId,
          placeId: s.placeId,
          evidence,
          joined: here(s, ctx),
          confirmBy: wd.add(ctx.today, 10),
          silentUntil: wd.add(ctx.today, 15),
        }),
      ];
    },
  }),
};
