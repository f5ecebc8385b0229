/**
 * What several commands on a barrier ask: the standing of the place that raised it, and of those that joined
 * (docs/rules/barrier.md#places).
 */
import { refuse, type Act, type Context } from '../kernel/types.js';
import { emit } from './events.js';
import { isRemoved, live, type BarrierIn, type BarrierState } from './state.js';
import { isEnrolled, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import * as wording from './wording.js';

export const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
export const seatedHere = (state: BarrierState, context: Context) =>
  withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);
export const office = ['secretariat', 'chair'] as const;

/** Where it is not said for which place, any. */
export const atPlace = (_s: BarrierState, { placeId }: { placeId?: string }) =>
  placeId === undefined ? {} : { placeIds: [placeId] };
export const has = (state: BarrierState, placeId: string): boolean => Object.hasOwn(state.joined, placeId);
export function joinedRefusal(state: BarrierState, placeId: string, context: Context) {
  const no = withdrawnRefusal(context, placeId) ?? seatRefusal(context, placeId);
  return (
    no ??
    (has(state, placeId)
      ? undefined
      : refuse(
          'NOT_JOINED',
          'Only places that have joined the barrier can do this. Join it first.',
          '/placeId',
        ))
  );
}
export const joinedOnly = { ...seated, NOT_JOINED: 'who' } as const;
/**
 * The joined places that count: one that was withdrawn from its programme has no say, whether or not it has
 * left yet.
 */
export const here = (state: BarrierState, context: Context): string[] =>
  Object.keys(state.joined).filter((p) => isEnrolled(context, p));
/** What a confirmed removal comes to: removed, once enough of the places have confirmed it. */
export const removal = (
  state: BarrierIn<'removal-claimed'>,
  joined: string[],
  confirmed: string[],
  today: string,
) =>
  isRemoved(state, joined, confirmed, today) ? [emit('BarrierRemoved', { unconfirmed: false, joined })] : [];
/**
 * Whoever acted for an owner says nothing for a place about what that owner owes, nor directs it; an owner
 * that declined, or was of before a reopening, owes nothing.
 */
const forOwner = {
  after: ['OwnershipAccepted', 'AnswerPrepared', 'BarrierAnswered', 'RemovalClaimed'] as const,
  but: (act: Act, s: BarrierState): boolean => !live(s).some((o) => o.agencyId === act.part),
};
export const ownersConfirmNothing = {
  code: 'OWNER_CANNOT_CONFIRM',
  ...forOwner,
  detail: wording.ownersConfirmNothing,
};
export const ownersActApart = {
  code: 'SOD_CONFLICT',
  ...forOwner,
  detail: wording.ownersActApart,
};
/**
 * And the other way round: whoever directed an owner, or disputed its claim for a place, does not act for it.
 */
export const judgesActApart = {
  code: 'SOD_CONFLICT',
  after: ['BarrierDirected', 'RemovalDisputed'] as const,
  but: (act: Act, _s: BarrierState, context: Context): boolean => act.part !== context.actor.agency,
  detail: wording.judgesActApart,
};
