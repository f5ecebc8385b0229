/** The seats that commands on a table are about, as they are offered to whoever gives one. */
import type { PartOf } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import type { CollaborativeState, Seat } from './state.js';

/** A command is about a seat, one of these. */
export const aboutSeat = (which: (seat: Seat, state: CollaborativeState) => boolean) => ({
  member: 'seatId' as const,
  among: (state: CollaborativeState): PartOf[] =>
    Object.values(state.seats)
      .filter((seat) => which(seat, state))
      .map(({ seatId, agencyId, account }) => ({
        id: seatId,
        title: `${nameOf.agency(agencyId)}, ${nameOf.person(account)}`,
      })),
});
