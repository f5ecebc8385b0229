/**
 * Who has the chair, and who takes it when the chair leaves (docs/rules/collaborative.md#chair-and-deputy).
 * Both are appointed through the secretariat.
 */
import { z } from 'zod';
import { refuse } from '../kernel/types.js';
import { aboutSeat } from './about.js';
import { command, emit } from './events.js';
import { live, type CollaborativeState, type Seat } from './state.js';
import { held, part } from '../kernel/parts.js';
import { partId } from '../shared/values.js';

const mayChair = (seat: Seat | undefined): seat is Seat =>
  seat?.status === 'accepted' && seat.kind === 'voting';
const appointed = ({ seatId, agencyId, account }: Seat) => ({ seatId, agencyId, account });

/** What a seat that somebody leaves takes with it: the chair, which the deputy of that moment takes. */
export const withChair = (state: CollaborativeState, seat: Seat) =>
  state.chair === seat.seatId
    ? { wasChair: true as const, ...(state.deputy ? { deputySeatId: state.deputy } : {}) }
    : {};
/** The deputy takes the chair, where it was the chair who left. */
export const succeeded = (state: CollaborativeState, seat: Seat) =>
  state.chair === seat.seatId && state.deputy
    ? [emit('ChairAppointed', { ...appointed(held(state.seats, state.deputy)), wasDeputy: true })]
    : [];

const AppointChairData = z.strictObject({
  seatId: partId('seat').meta({ label: 'Seat whose holder takes the chair' }),
});
const AppointDeputyData = z.strictObject({
  seatId: partId('seat').meta({ label: 'Seat whose holder stands in for the chair' }),
});

export const chairCommands = {
  AppointChair: command(AppointChairData, {
    title: 'Appoint the chair',
    segment: 'chair',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (state, data) => ![undefined, data.seatId].includes(state.chair),
    refuses: { CHAIR_NEEDS_VOTING_SEAT: 'rule' },
    example: { seatId: 'council' },
    part: aboutSeat((seat, state) => mayChair(seat) && seat.seatId !== state.chair),
    guard: (state, _context, seatId) =>
      mayChair(part(state.seats, seatId))
        ? undefined
        : refuse('CHAIR_NEEDS_VOTING_SEAT', 'The chair holds an accepted voting seat.', '/seatId'),
    decide(state, data) {
      const seat = held(state.seats, data.seatId);
      return state.chair === data.seatId ? [] : [emit('ChairAppointed', appointed(seat))];
    },
  }),
  AppointDeputy: command(AppointDeputyData, {
    title: 'Appoint the chair’s deputy',
    segment: 'deputy',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (state, data) => ![undefined, data.seatId].includes(state.deputy),
    refuses: { CHAIR_VACANT: 'state', DEPUTY_NEEDS_VOTING_SEAT: 'rule' },
    example: { seatId: 'police' },
    part: aboutSeat((seat, { chair, deputy }) => mayChair(seat) && ![chair, deputy].includes(seat.seatId)),
    guard(state, _context, seatId) {
      if (!state.chair)
        return refuse('CHAIR_VACANT', 'There is no chair to be deputy of. Appoint the chair first.');
      return mayChair(part(state.seats, seatId)) && state.chair !== seatId
        ? undefined
        : refuse(
            'DEPUTY_NEEDS_VOTING_SEAT',
            'The deputy holds an accepted voting seat, another one than the chair’s.',
            '/seatId',
          );
    },
    decide(state, data) {
      const seat = held(state.seats, data.seatId);
      return state.deputy === data.seatId ? [] : [emit('DeputyAppointed', appointed(seat))];
    },
  }),
};
