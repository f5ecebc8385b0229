/** Commands on seats: offered to a person for an agency, accepted by that person, handed on, vacated or suspended (domain.md 9.4). */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { succeeded, withChair } from './chair.js';
import { command, emit } from './events.js';
import { SeatKind, held, live, type CollaborativeState, type Seat } from './state.js';
import { part, partOr } from '../kernel/parts.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Id, PartId, PersonAccount, Prose } from '../shared/values.js';

const unknownSeat = () => refuse('SEAT_UNKNOWN', 'There is no such seat.', '/seatId');
const data = (ctx: Context, { status: _, vacatedAt: __, ...seat }: Seat) => ({
  placeId: ctx.recordId,
  ...seat,
});
/** A seat that somebody leaves, with the chair where it goes with them. */
const leaving = (s: CollaborativeState, ctx: Context, seat: Seat) => ({
  ...data(ctx, seat),
  ...withChair(s, seat),
});

const seatRules = (
  s: CollaborativeState,
  d: { agencyId: string; account: string; kind: string },
  ctx: Context,
  but?: string,
) => {
  const agency = ctx.read('agency', d.agencyId).state;
  if (agency.status === 'none') return refuse('AGENCY_UNKNOWN', 'Register the agency first.', '/agencyId');
  if (isRetired(agency, ctx.today))
    return refuse('AGENCY_RETIRED', 'This agency is retired. Offer the seat to its successor.', '/agencyId');
  const champion = ctx.read('place', ctx.recordId).state.champion?.accountId === d.account;
  if (d.kind === 'voting' && (agency.sector === 'department' || champion))
    return refuse('OBSERVERS_ONLY', 'Champions and officials of departments may be observers only.', '/kind');
  if (d.kind === 'observer') return undefined;
  const voting = Object.values(s.seats).filter((x) => x.seatId !== but && x.kind === 'voting' && held(x));
  if (voting.some((x) => x.agencyId === d.agencyId))
    return refuse(
      'AGENCY_HAS_SEAT',
      'The agency has a voting seat here. One is all an agency has.',
      '/agencyId',
    );
  if (voting.some((x) => x.account === d.account))
    return refuse(
      'PERSON_HAS_SEAT',
      'This person has a voting seat here. One is all a person has.',
      '/account',
    );
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
const ownSeat = (s: CollaborativeState, seatId: string, ctx: Context) => {
  const seat = partOr(s.seats, seatId, unknownSeat);
  if (isRefusal(seat)) return seat;
  const agency = ctx.actor.role === 'champion' || seat.agencyId === ctx.actor.agency;
  return seat.account === ctx.actor.account && agency
    ? seat
    : refuse(
        'ONLY_THE_PERSON_OFFERED',
        'Only the person to whom this seat was offered can do this, acting for that agency.',
      );
};

export const seatCommands = {
  OfferSeat: command(
    z.strictObject({ seatId: PartId, agencyId: Id, account: PersonAccount, kind: SeatKind }),
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
      decide(s, d, ctx) {
        const no =
          withdrawnRefusal(ctx, ctx.recordId) ??
          (part(s.seats, d.seatId)
            ? refuse('SEAT_EXISTS', 'There is a seat with this id. Choose another.', '/seatId')
            : seatRules(s, d, ctx));
        return no ?? [emit('SeatOffered', { placeId: ctx.recordId, ...d })];
      },
    },
  ),
  AcceptSeat: command(z.strictObject({ seatId: PartId }), {
    title: 'Accept a seat',
    segment: 'seat-acceptances',
    givenBy: ['seat-holder', 'champion', 'official'],
    target: (_s, _d, l) => ({ placeIds: [l.access.placeId!] }),
    allowedIn: live,
    refuses: {
      SEAT_UNKNOWN: 'rule',
      ONLY_THE_PERSON_OFFERED: 'who',
      SEAT_NOT_OFFERED: 'state',
      AGENCY_RETIRED: 'rule',
    },
    example: { seatId: 'police' },
    decide(s, d, ctx) {
      const seat = ownSeat(s, d.seatId, ctx);
      if (isRefusal(seat)) return seat;
      if (seat.status === 'accepted') return [];
      if (seat.status !== 'offered')
        return refuse('SEAT_NOT_OFFERED', `The seat is ${seat.status}. It has to be offered again.`);
      if (isRetired(ctx.read('agency', seat.agencyId).state, ctx.today))
        return refuse('AGENCY_RETIRED', 'The agency is retired since the offer.');
      return [emit('SeatAccepted', data(ctx, seat))];
    },
  }),
  ReplaceHolder: command(z.strictObject({ seatId: PartId, account: PersonAccount }), {
    title: 'Offer a seat to a new holder',
    segment: 'seat-holders',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: true,
    refuses: { SEAT_UNKNOWN: 'rule', ...seatCodes },
    example: { seatId: 'police', account: 'post.deputy-chief-constable.durham-constabulary' },
    decide(s, d, ctx) {
      const seat = partOr(s.seats, d.seatId, unknownSeat);
      if (isRefusal(seat)) return seat;
      if (seat.account === d.account && (seat.status === 'offered' || seat.status === 'accepted')) return [];
      const no = seatRules(s, { ...seat, account: d.account }, ctx, d.seatId);
      return (
        no ?? [
          emit('SeatHolderReplaced', { ...leaving(s, ctx, seat), account: d.account, from: seat.account }),
          ...succeeded(s, seat),
        ]
      );
    },
  }),
  VacateSeat: command(z.strictObject({ seatId: PartId, reason: Prose() }), {
    title: 'Vacate a seat',
    segment: 'seat-departures',
    givenBy: ['seat-holder', 'champion', 'official', 'secretariat'],
    target: (_s, _d, l) => ({ placeIds: [l.access.placeId!] }),
    allowedIn: live,
    refuses: { SEAT_UNKNOWN: 'rule', ONLY_THE_PERSON_OFFERED: 'who' },
    example: { seatId: 'police', reason: 'Retires' },
    decide(s, d, ctx) {
      const seat =
        ctx.actor.role === 'secretariat' ? partOr(s.seats, d.seatId, unknownSeat) : ownSeat(s, d.seatId, ctx);
      if (isRefusal(seat)) return seat;
      return seat.status === 'vacated'
        ? []
        : [emit('SeatVacated', { ...leaving(s, ctx, seat), reason: d.reason }), ...succeeded(s, seat)];
    },
  }),
  SuspendSeat: command(z.strictObject({ seatId: PartId, reason: Prose() }), {
    title: 'Suspend a seat',
    segment: 'seat-suspensions',
    givenBy: ['chair'],
    allowedIn: live,
    refuses: { SEAT_UNKNOWN: 'rule', NOT_A_SEAT_HOLDER: 'who', SEAT_IS_NOT_HELD: 'state' },
    example: { seatId: 'police', reason: 'Under inquiry' },
    decide(s, d, ctx) {
      const seat = seatRefusal(ctx, ctx.recordId) ?? partOr(s.seats, d.seatId, unknownSeat);
      if (isRefusal(seat)) return seat;
      if (seat.status !== 'accepted') return refuse('SEAT_IS_NOT_HELD', `The seat is ${seat.status}.`);
      return [emit('SeatSuspended', { ...leaving(s, ctx, seat), reason: d.reason }), ...succeeded(s, seat)];
    },
  }),
};
