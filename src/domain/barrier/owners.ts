/**
 * What the owners of a barrier do, each for itself: accept or decline it, claim that it is removed
 * (docs/rules/barrier.md#owners).
 */
import { z } from 'zod';
import { isRefusal, refusedIn, refuse, type Context } from '../kernel/types.js';
import { command, emit } from './events.js';
import { here, judgesActApart, seated, seatedHere } from './rules.js';
import { following, type BarrierState, type Owner } from './state.js';
import { partOr, held } from '../kernel/parts.js';
import { Prose, idOf, Reason } from '../shared/values.js';
import * as wording from './wording.js';
import { atMost, daysFor } from './limits.js';

/**
 * Officials answer for departments, holders of an accepted seat for partners; each for its own agency only.
 */
export function ownerOf(state: BarrierState, context: Context) {
  const no = seatedHere(state, context);
  if (no) return no;
  const notOwner = () => refuse('NOT_OWNER', 'Only an owner of the barrier can do this, each for itself.');
  const o = partOr(state.owners, context.actor.agency, notOwner);
  if (isRefusal(o)) return o;
  if (!speaksFor(o, context.actor.role)) return notOwner();
  return o.struck ? refuse('NOT_OWNER', wording.declinedToOwn) : o;
}
export const ownerRefusal = (state: BarrierState, context: Context) => refusedIn(ownerOf(state, context));
/** Who speaks for an owner. */
export const owners = ['official', 'seat-holder', 'chair'] as const;
/** Does whoever holds a role for the owner's agency speak for it? */
export const speaksFor = ({ kind }: Pick<Owner, 'kind'>, role: string): boolean =>
  kind === 'department' ? role === 'official' : role === 'seat-holder' || role === 'chair';
export const mine = { ...seated, NOT_OWNER: 'who' } as const;

const DeclineOwnershipData = z.strictObject({
  reason: Reason,
  suggests: idOf('agency').optional().meta({ label: 'Who owns it instead' }),
});

export const ownerCommands = {
  AcceptOwnership: command(z.strictObject({}), {
    title: 'Accept to own a barrier for your agency',
    segment: 'ownership-acceptances',
    givenBy: owners,
    apart: judgesActApart,
    allowedIn: ['triaged', 'owned'],
    refuses: mine,
    example: {},
    guard: ownerRefusal,
    decide(state, _d, context) {
      const o = held(state.owners, context.actor.agency);
      return o.acceptedOn
        ? []
        : [
            emit('OwnershipAccepted', {
              agencyId: o.agencyId,
              placeId: state.placeId,
              next: following(state, { ...o, acceptedOn: context.today }),
            }),
          ];
    },
  }),
  DeclineOwnership: command(DeclineOwnershipData, {
    title: 'Decline to own a barrier for your agency',
    segment: 'ownership-refusals',
    givenBy: owners,
    allowedIn: ['triaged'],
    refuses: { ...mine, ALREADY_ACCEPTED: 'state' },
    example: { reason: 'The rule is the Treasury’s', suggests: 'hm-treasury' },
    guard(state, context) {
      const o = ownerOf(state, context);
      if (isRefusal(o)) return o;
      return o.acceptedOn ? refuse('ALREADY_ACCEPTED', wording.acceptedToOwn) : undefined;
    },
    decide: (state, data, context) => [
      emit('OwnershipDeclined', { agencyId: context.actor.agency, placeId: state.placeId, ...data }),
    ],
  }),
  ClaimRemoved: command(
    z.strictObject({
      evidence: z
        .array(Prose('remark'))
        .min(1, 'Enter the evidence')
        .max(atMost.evidence)
        .meta({ label: 'Evidence that it is removed', hint: 'Enter each piece on a line of its own.' }),
    }),
    {
      title: 'Claim that a barrier is removed',
      segment: 'removal-claims',
      givenBy: owners,
      apart: judgesActApart,
      allowedIn: ['in-action'],
      refuses: mine,
      example: { evidence: ['Circular 12/2009 withdraws the condition'] },
      guard: ownerRefusal,
      decide(state, data, context) {
        const wd = context.ref.workingDays;
        return [
          emit('RemovalClaimed', {
            agencyId: context.actor.agency,
            placeId: state.placeId,
            evidence: data.evidence,
            joined: here(state, context),
            confirmBy: wd.add(context.today, daysFor.confirmation),
            silentUntil: wd.add(context.today, daysFor.silence),
          }),
        ];
      },
    },
  ),
};
