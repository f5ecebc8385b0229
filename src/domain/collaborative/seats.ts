/**
 * Commands on seats: offered to a person for an agency, accepted by that person, handed on, vacated or
 * suspended (docs/rules/collaborative.md#seats).
 */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { isRefusal, refusedIn, refuse, type Context, type Loaded } from '../kernel/types.js';
import { aboutSeat } from './about.js';
import { succeeded, withChair } from './chair.js';
import { command, emit } from './events.js';
import { SeatKind, held, live, type CollaborativeState, type Seat } from './state.js';
import { held as seatOf, part, partOr } from '../kernel/parts.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { PersonAccount, idOf, partId, NewPartId, Reason } from '../shared/values.js';
import * as wording from './wording.js';

/** Where the role is held: in the place alone, since its programme is not its holder's. */
const inItsPlace = (_s: CollaborativeState, _d: unknown, { access }: Pick<Loaded, 'access'>) => ({
  placeIds: access.placeId ? [access.placeId] : [],
});
const unknownSeat = () => refuse('SEAT_UNKNOWN', 'There is no such seat.', '/seatId');
const data = (context: Context, { status: _, vacatedAt: __, ...seat }: Seat) => ({
  placeId: context.recordId,
  ...seat,
});
/** A seat that somebody leaves, with the chair where it goes with them. */
const leaving = (state: CollaborativeState, context: Context, seat: Seat) => ({
  ...data(context, seat),
  ...withChair(state, seat),
});

const seatRules = (
  state: CollaborativeState,
  data: { agencyId: string; account: string; kind: string },
  context: Context,
  but?: string,
) => {
  const agency = context.read('agency', data.agencyId).state;
  if (agency.status === 'none') return refuse('AGENCY_UNKNOWN', 'Register the agency first.', '/agencyId');
  if (isRetired(agency, context.today))
    return refuse('AGENCY_RETIRED', 'This agency is retired. Offer the seat to its successor.', '/agencyId');
  const champion = context.read('place', context.recordId).state.champion?.accountId === data.account;
  if (data.kind === 'voting' && (agency.sector === 'department' || champion))
    return refuse('OBSERVERS_ONLY', wording.observersOnly, '/kind');
  if (data.kind === 'observer') return undefined;
  const voting = Object.values(state.seats).filter((x) => x.seatId !== but && x.kind === 'voting' && held(x));
  if (voting.some((x) => x.agencyId === data.agencyId))
    return refuse('AGENCY_HAS_SEAT', wording.agencyHasSeat, '/agencyId');
  if (voting.some((x) => x.account === data.account))
    return refuse('PERSON_HAS_SEAT', wording.personHasSeat, '/account');
  return undefined;
};
const seatCodes = {
  AGENCY_UNKNOWN: 'rule',
  AGENCY_RETIRED: 'rule',
  OBSERVERS_ONLY: 'rule',
  AGENCY_HAS_SEAT: 'state',
  PERSON_HAS_SEAT: 'state',
} as const;
/** Only the person a seat was offered to, acting for that agency. */
const ownSeat = (state: CollaborativeState, seatId: string, context: Context) => {
  const seat = partOr(state.seats, seatId, unknownSeat);
  if (isRefusal(seat)) return seat;
  const agency = context.actor.role === 'champion' || seat.agencyId === context.actor.agency;
  return seat.account === context.actor.account && agency
    ? seat
    : refuse('ONLY_THE_PERSON_OFFERED', wording.onlyThePersonOffered);
};

const ReplaceHolderData = z.strictObject({
  seatId: partId('seat').meta({ label: 'Seat' }),
  account: PersonAccount.meta({ label: 'New holder' }),
});

export const seatCommands = {
  OfferSeat: command(
    z.strictObject({
      seatId: NewPartId,
      agencyId: idOf('agency').meta({ label: 'Agency' }),
      account: PersonAccount.meta({ label: 'Who is offered the seat' }),
      kind: SeatKind.meta({ label: 'What the seat may do' }),
    }),
    {
      title: 'Offer a seat',
      segment: 'seats',
      givenBy: ['secretariat'],
      allowedIn: live,
      refuses: { PLACE_WITHDRAWN: 'state', SEAT_EXISTS: 'state', ...seatCodes },
      example: {
        seatId: 'police',
        agencyId: 'durham-constabulary',
        account: 'post.chief-constable.durham-constabulary',
        kind: 'voting',
      },
      guard: (_s, context) => withdrawnRefusal(context, context.recordId),
      decide(state, data, context) {
        const no = part(state.seats, data.seatId)
          ? refuse('SEAT_EXISTS', 'There is a seat with this id. Choose another.', '/seatId')
          : seatRules(state, data, context);
        return no ?? [emit('SeatOffered', { placeId: context.recordId, ...data })];
      },
    },
  ),
  AcceptSeat: command(z.strictObject({ seatId: partId('seat').meta({ label: 'Seat' }) }), {
    title: 'Accept a seat',
    segment: 'seat-acceptances',
    givenBy: ['seat-holder', 'champion', 'official'],
    target: inItsPlace,
    allowedIn: live,
    refuses: {
      SEAT_UNKNOWN: 'rule',
      ONLY_THE_PERSON_OFFERED: 'who',
      SEAT_NOT_OFFERED: 'state',
      AGENCY_RETIRED: 'rule',
    },
    example: { seatId: 'police' },
    part: aboutSeat(({ status }) => status === 'offered'),
    guard(state, context, seatId) {
      const seat = ownSeat(state, seatId, context);
      if (isRefusal(seat)) return seat;
      if (seat.status === 'accepted') return undefined;
      if (seat.status !== 'offered')
        return refuse('SEAT_NOT_OFFERED', `The seat is ${seat.status}. It has to be offered again.`);
      return isRetired(context.read('agency', seat.agencyId).state, context.today)
        ? refuse('AGENCY_RETIRED', 'The agency is retired since the offer.')
        : undefined;
    },
    decide(state, given, context) {
      const seat = seatOf(state.seats, given.seatId);
      return seat.status === 'accepted' ? [] : [emit('SeatAccepted', data(context, seat))];
    },
  }),
  ReplaceHolder: command(ReplaceHolderData, {
    title: 'Offer a seat to a new holder',
    segment: 'seat-holders',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: true,
    refuses: { SEAT_UNKNOWN: 'rule', ...seatCodes },
    example: { seatId: 'police', account: 'post.deputy-chief-constable.durham-constabulary' },
    part: aboutSeat(() => true),
    guard: (state, _context, seatId) => refusedIn(partOr(state.seats, seatId, unknownSeat)),
    decide(state, data, context) {
      const seat = seatOf(state.seats, data.seatId);
      if (seat.account === data.account && (seat.status === 'offered' || seat.status === 'accepted'))
        return [];
      const no = seatRules(state, { ...seat, account: data.account }, context, data.seatId);
      return (
        no ?? [
          emit('SeatHolderReplaced', {
            ...leaving(state, context, seat),
            account: data.account,
            from: seat.account,
          }),
          ...succeeded(state, seat),
        ]
      );
    },
  }),
  VacateSeat: command(z.strictObject({ seatId: partId('seat').meta({ label: 'Seat' }), reason: Reason }), {
    title: 'Vacate a seat',
    segment: 'seat-departures',
    givenBy: ['seat-holder', 'champion', 'official', 'secretariat'],
    target: inItsPlace,
    allowedIn: live,
    refuses: { SEAT_UNKNOWN: 'rule', ONLY_THE_PERSON_OFFERED: 'who' },
    example: { seatId: 'police', reason: 'Retires' },
    part: aboutSeat(({ status }) => status !== 'vacated'),
    guard: (state, context, seatId) =>
      refusedIn(
        context.actor.role === 'secretariat'
          ? partOr(state.seats, seatId, unknownSeat)
          : ownSeat(state, seatId, context),
      ),
    decide(state, data, context) {
      const seat = seatOf(state.seats, data.seatId);
      return seat.status === 'vacated'
        ? []
        : [
            emit('SeatVacated', { ...leaving(state, context, seat), reason: data.reason }),
            ...succeeded(state, seat),
          ];
    },
  }),
  SuspendSeat: command(z.strictObject({ seatId: partId('seat').meta({ label: 'Seat' }), reason: Reason }), {
    title: 'Suspend a seat',
    segment: 'seat-suspensions',
    givenBy: ['chair'],
    allowedIn: live,
    refuses: { SEAT_UNKNOWN: 'rule', NOT_A_SEAT_HOLDER: 'who', SEAT_IS_NOT_HELD: 'state' },
    example: { seatId: 'police', reason: 'Under inquiry' },
    part: aboutSeat(({ status }) => status === 'accepted'),
    guard(state, context, seatId) {
      const seat = seatRefusal(context, context.recordId) ?? partOr(state.seats, seatId, unknownSeat);
      if (isRefusal(seat)) return seat;
      return seat.status === 'accepted'
        ? undefined
        : refuse('SEAT_IS_NOT_HELD', `The seat is ${seat.status}.`);
    },
    decide(state, data, context) {
      const seat = seatOf(state.seats, data.seatId);
      return [
        emit('SeatSuspended', { ...leaving(state, context, seat), reason: data.reason }),
        ...succeeded(state, seat),
      ];
    },
  }),
};
