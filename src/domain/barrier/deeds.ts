/**
 * A deed that became a commitment: moved there when it is accepted, given back when it ends otherwise,
 * claimed when it is done (docs/rules/barrier.md#deeds).
 */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { Id, Prose } from '../shared/values.js';
import { heldTo, type Answer, type BarrierState, type Owner } from './state.js';
import { command, emit } from './events.js';
import { here } from './rules.js';
import { isLive, type CommitmentState } from '../commitment/state.js';
import { part } from '../kernel/parts.js';
import { atMost, daysFor } from './limits.js';

const OfDeed = z.strictObject({ agencyId: Id, commitmentId: Id });
const example = { agencyId: 'dwp', commitmentId: 'one-form' };
const owing = ['triaged', 'owned', 'answered', 'in-action'] as const;

/** The owner's answer that promises a deed, and the commitment that keeps it. */
function promised(
  state: BarrierState,
  data: z.infer<typeof OfDeed>,
  context: Context,
): { owner?: Owner; answer?: Answer; commitment: CommitmentState } {
  const owner = part(state.owners, data.agencyId);
  const answer = owner && heldTo(owner);
  return {
    ...(answer?.dueOn ? { owner, answer } : {}),
    commitment: context.read('commitment', data.commitmentId).state,
  };
}

/** The commitment that owes an owner's deed today, if it is one that still has to be delivered. */
export function owingCommitment(owner: Owner, context: Context): CommitmentState | undefined {
  const id = heldTo(owner)?.commitmentId;
  const c = id ? context.read('commitment', id).state : undefined;
  return c && isLive(c) && c.status !== 'completion-claimed' ? c : undefined;
}

export const deedCommands = {
  MoveDeed: command(OfDeed, {
    title: 'Move an owner’s deed to the commitment that keeps it',
    givenBy: ['system'],
    allowedIn: owing,
    refuses: {},
    example,
    decide(state, data, context) {
      const { owner, answer, commitment: c } = promised(state, data, context);
      const keeps =
        isLive(c) &&
        c.from?.kind === 'barrier' &&
        c.from.id === context.recordId &&
        c.ownerAgencyId === data.agencyId;
      if (!owner || !keeps || answer?.commitmentId === data.commitmentId) return [];
      return [emit('DeedMoved', { ...data, placeId: state.placeId, kind: owner.kind })];
    },
  }),
  ReturnDeed: command(OfDeed, {
    title: 'Give a deed back to the barrier, at its original date',
    givenBy: ['system'],
    allowedIn: owing,
    refuses: {},
    example,
    decide(state, data) {
      const owner = part(state.owners, data.agencyId);
      const answer = owner && heldTo(owner);
      // A deed that was moved has a date.
      if (!owner || !answer?.dueOn || answer.commitmentId !== data.commitmentId) return [];
      return [
        emit('DeedReturned', {
          ...data,
          placeId: state.placeId,
          kind: owner.kind,
          dueOn: answer.dueOn,
          open: true,
        }),
      ];
    },
  }),
  ClaimDeedDone: command(
    OfDeed.extend({ evidence: z.array(Prose('remark')).min(1).max(atMost.evidenceOfDeed) }),
    {
      title: 'Claim that a barrier is removed, because its commitment is claimed complete',
      givenBy: ['system'],
      allowedIn: ['in-action'],
      refuses: { DEED_NOT_MOVED: 'state' },
      example: { ...example, evidence: ['Circular 12/2009 withdraws the condition'] },
      decide(state, data, context) {
        const { agencyId, commitmentId, evidence } = data;
        if (part(state.owners, agencyId)?.answer?.commitmentId !== commitmentId)
          return refuse('DEED_NOT_MOVED', 'This commitment does not keep the deed of this barrier.');
        const wd = context.ref.workingDays;
        return [
          emit('RemovalClaimed', {
            agencyId,
            placeId: state.placeId,
            evidence,
            joined: here(state, context),
            confirmBy: wd.add(context.today, daysFor.confirmation),
            silentUntil: wd.add(context.today, daysFor.silence),
          }),
        ];
      },
    },
  ),
};
