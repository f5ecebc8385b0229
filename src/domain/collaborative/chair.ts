/** Who has the chair, and who takes it when the chair leaves (domain.md 9.4). Both are appointed through the secretariat (6.2). */
import { z } from 'zod';
import { refuse } from '../kernel/types.js';
import { command, emit } from './events.js';
import { live, type CollaborativeState, type Seat } from './state.js';
import { held, part } from '../kernel/parts.js';
import { PartId } from '../shared/values.js';

const mayChair = (seat: Seat | undefined): seat is Seat =>
  seat?.status === 'accepted' && seat.kind === 'voting';
const appointed = ({ seatId, agencyId, account }: Seat) => ({ seatId, agencyId, account });

/** What a seat that somebody leaves takes with it: the chair, which the deputy of that moment takes. */
export const withChair = (s: CollaborativeState, seat: Seat) =>
  s.chair === seat.seatId ? { wasChair: true as const, ...(s.deputy ? { deputySeatId: s.deputy } : {}) } : {};
/** The deputy takes the chair, where it was the chair who left. */
export const succeeded = (s: CollaborativeState, seat: Seat) =>
  s.chair === seat.seatId && s.deputy
    ? [emit('ChairAppointed', { ...appointed(held(s.seats, s.deputy)), wasDeputy: true })]
    : [];

export const chairCommands = {
  AppointChair: command(z.strictObject({ seatId: PartId }), {
    title: 'Appoint the chair',
    segment: 'chair',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (s, d) => ![undefined, d.seatId].includes(s.chair),
    refuses: { CHAIR_NEEDS_VOTING_SEAT: 'rule' },
    example: { seatId: 'council' },
    decide(s, d) {
      const seat = part(s.seats, d.seatId);
      if (!mayChair(seat))
        return refuse('CHAIR_NEEDS_VOTING_SEAT', 'The chair holds an accepted voting seat.', '/seatId');
      return s.chair === d.seatId ? [] : [emit('ChairAppointed', appointed(seat))];
    },
  }),
  AppointDeputy: command(z.strictObject({ seatId: PartId }), {
    title: 'Appoint the chair’s deputy',
    segment: 'deputy',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (s, d) => ![undefined, d.seatId].includes(s.deputy),
    refuses: { CHAIR_VACANT: 'state', DEPUTY_NEEDS_VOTING_SEAT: 'rule' },
    example: { seatId: 'police' },
    decide(s, d) {
      if (!s.chair)
        return refuse('CHAIR_VACANT', 'There is no chair to be deputy of. Appoint the chair first.');
      const seat = part(s.seats, d.seatId);
      if (!mayChair(seat) || s.chair === d.seatId)
        return refuse(
          'DEPUTY_NEEDS_VOTING_SEAT',
          'The deputy holds an accepted voting seat, another one than the chair’s.',
          '/seatId',
        );
      return s.deputy === d.seatId ? [] : [emit('DeputyAppointed', appointed(seat))];
    },
  }),
};
