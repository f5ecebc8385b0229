/** What several commands on a barrier ask: the standing of the place that raised it, and of those that joined (domain.md 9.7, 6.2). */
import { refuse, type Act, type Context } from '../kernel/types.js';
import { emit } from './events.js';
import { isRemoved, live, type BarrierIn, type BarrierState } from './state.js';
import { isEnrolled, seatRefusal, withdrawnRefusal } from '../shared/seats.js';

export const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
export const seatedHere = (s: BarrierState, ctx: Context) =>
  withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, s.placeId);
export const office = ['secretariat', 'chair'] as const;

export const atPlace = (_s: BarrierState, d: { placeId: string }) => ({ placeIds: [d.placeId] });
export const has = (s: BarrierState, placeId: string): boolean => Object.hasOwn(s.joined, placeId);
export function joinedRefusal(s: BarrierState, placeId: string, ctx: Context) {
  const no = withdrawnRefusal(ctx, placeId) ?? seatRefusal(ctx, placeId);
  return (
    no ??
    (has(s, placeId)
      ? undefined
      : refuse(
          'NOT_JOINED',
          'Only places that have joined the barrier can do this. Join it first.',
          '/placeId',
        ))
  );
}
export const joinedOnly = { ...seated, NOT_JOINED: 'who' } as const;
/** The joined places that count: one that was withdrawn from its programme has no say, whether or not it has left yet. */
export const here = (s: BarrierState, ctx: Context): string[] =>
  Object.keys(s.joined).filter((p) => isEnrolled(ctx, p));
/** What a confirmed removal comes to: removed, once enough of the places have confirmed it. */
export const removal = (
  s: BarrierIn<'removal-claimed'>,
  joined: string[],
  confirmed: string[],
  today: string,
) => (isRemoved(s, joined, confirmed, today) ? [emit('BarrierRemoved', { unconfirmed: false, joined })] : []);
/** Whoever acted for an owner says nothing for a place about what that owner owes, nor directs it; an owner that declined, or was of before a reopening, owes nothing. */
const forOwner = {
  after: ['OwnershipAccepted', 'BarrierAnswered', 'RemovalClaimed'] as const,
  but: (act: Act, s: BarrierState): boolean => !live(s).some((o) => o.agencyId === act.part),
};
export const ownersConfirmNothing = {
  code: 'OWNER_CANNOT_CONFIRM',
  ...forOwner,
  detail: 'You acted for an owner of this barrier. Somebody else of the place says whether it is removed.',
};
export const ownersActApart = {
  code: 'SOD_CONFLICT',
  ...forOwner,
  detail: 'You acted for an owner of this barrier. Somebody who did not does this.',
};
/** And the other way round: whoever directed an owner, or disputed its claim for a place, does not act for it. */
export const judgesActApart = {
  code: 'SOD_CONFLICT',
  after: ['BarrierDirected', 'RemovalDisputed'] as const,
  but: (act: Act, _s: BarrierState, ctx: Context): boolean => act.part !== ctx.actor.agency,
  detail:
    'You directed this owner, or disputed its claim for a place. Somebody else of the agency acts for it.',
};
