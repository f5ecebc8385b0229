/**
 * Questions asked of a collaborative by other aggregates: who holds a seat, which agencies are partners
 * (docs/rules/shared.md#seats).
 */
import type { Context, States } from '../kernel/types.js';
import { refuse } from '../kernel/types.js';
import { part } from '../kernel/parts.js';
import * as wording from './wording.js';

type CollaborativeState = States['collaborative'];

/** True when the agency holds an accepted seat: it is a partner of the place. Nobody's agency is none. */
export function isPartner(state: CollaborativeState, agencyId: string | undefined): boolean {
  return Object.values(state.seats).some((s) => s.agencyId === agencyId && s.status === 'accepted');
}

/**
 * True when the account holds the agency's accepted voting seat, or is on the day the delegate of who holds
 * it.
 */
export function holdsSeat(
  state: CollaborativeState,
  agencyId: string | undefined,
  account: string,
  today: string,
): boolean {
  const holds = (who: string) =>
    Object.values(state.seats).some(
      (s) => s.agencyId === agencyId && s.account === who && s.kind === 'voting' && s.status === 'accepted',
    );
  return (
    holds(account) ||
    state.delegations.some(
      (data) =>
        data.agencyId === agencyId &&
        data.to === account &&
        data.startOn <= today &&
        today <= data.endOn &&
        holds(data.from),
    )
  );
}

export function isChair(state: CollaborativeState, account: string): boolean {
  const seat = part(state.seats, state.chair);
  return seat?.account === account && seat.status === 'accepted';
}

/** Who acts, on which day, and what is known of seats: all that is asked of somebody who sits at a table. */
export interface AtTable extends Pick<Context, 'actor' | 'today'> {
  read(aggregate: 'collaborative', placeId: string): { readonly state: CollaborativeState };
}
/**
 * Refuses a seat-holder or chair whose grant has no seat behind it (a grant without the seat is not enough);
 * other roles pass. `NOT_A_SEAT_HOLDER` is of kind who.
 */
export function seatRefusal(context: AtTable, placeId: string) {
  if (context.actor.role !== 'seat-holder' && context.actor.role !== 'chair') return undefined;
  const { state } = context.read('collaborative', placeId);
  if (context.actor.role === 'chair') {
    return isChair(state, context.actor.account)
      ? undefined
      : refuse('NOT_A_SEAT_HOLDER', wording.onlyTheChair);
  }
  return holdsSeat(state, context.actor.agency, context.actor.account, context.today)
    ? undefined
    : refuse('NOT_A_SEAT_HOLDER', wording.onlySeatHolders);
}

/** True when an agency is of the place: it holds a seat or is the accountable body. */
export const agencyOfPlace = (context: Context, agencyId: string, placeId: string): boolean =>
  isPartner(context.read('collaborative', placeId).state, agencyId) ||
  context.read('place', placeId).state.accountableBodyId === agencyId;
/**
 * True when a person is of the place by their own word or their holder's: accepted a seat that is not
 * vacated, or is a delegate. Whom its secretariat offers a seat, or makes secretary or lead contact, is
 * anybody it likes. Its champion is not, with an observer's seat either: champions are the programme office's
 * (docs/rules/person.md).
 */
export function personOfPlace(context: Context, account: string, placeId: string): boolean {
  const { champion } = context.read('place', placeId).state;
  const { seats, delegations } = context.read('collaborative', placeId).state;
  if (champion?.accountId === account) return false;
  const named = [
    ...delegations.map((d) => d.to),
    ...Object.values(seats).map((seat) =>
      ['accepted', 'suspended'].includes(seat.status) ? seat.account : undefined,
    ),
  ];
  return named.includes(account);
}
/** The same of the agency that a finance officer acts for. */
export const officerOfPlace = (context: Context, placeId: string): boolean =>
  context.actor.agency !== undefined && agencyOfPlace(context, context.actor.agency, placeId);

/** True while the place is enrolled in its programme; read directly. */
export function isEnrolled(context: Context, placeId: string): boolean {
  const place = context.read('place', placeId);
  return (
    place.version > 0 &&
    part(context.read('programme', place.state.programmeId).state.places, placeId)?.status === 'enrolled'
  );
}

/** Refuses when the place was withdrawn from its programme or is not enrolled; read directly. */
export function withdrawnRefusal(context: Context, placeId: string) {
  const place = context.read('place', placeId);
  const enrolled =
    place.version > 0
      ? part(context.read('programme', place.state.programmeId).state.places, placeId)
      : undefined;
  if (!enrolled) return refuse('PLACE_WITHDRAWN', 'This place is not enrolled in a programme.');
  return enrolled.status === 'withdrawn' ? refuse('PLACE_WITHDRAWN', wording.placeWithdrawn) : undefined;
}

/** The accepted voting seats by id, each with the delegates who may act for its holder on the day. */
export function electorateOf(
  state: CollaborativeState,
  today: string,
): { seatId: string; agencyId: string; account: string; delegates: string[] }[] {
  return Object.values(state.seats)
    .filter((s) => s.kind === 'voting' && s.status === 'accepted')
    .sort((a, b) => (a.seatId < b.seatId ? -1 : 1))
    .map(({ seatId, agencyId, account }) => ({
      seatId,
      agencyId,
      account,
      delegates: [
        ...new Set(
          state.delegations
            .filter(
              (d) => d.agencyId === agencyId && d.from === account && d.startOn <= today && today <= d.endOn,
            )
            .map((d) => d.to),
        ),
      ],
    }));
}
