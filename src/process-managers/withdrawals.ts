/** Withdrawals: a place that was withdrawn leaves the barriers it had joined; what waited there for it ends (domain.md 10.1). */
import type { Reactor } from './runner.js';

/** `joined` answers the barriers that a place has joined and may leave. */
export function withdrawals(joined: (placeId: string) => readonly string[]): Reactor {
  return {
    name: 'withdrawals',
    on: {
      programme: {
        PlaceWithdrawn: ({ data: { placeId } }) =>
          joined(placeId).map((id) => ({ name: 'leave', aggregate: 'barrier', id, command: 'LeaveBarrier', data: { placeId, reason: 'The place was withdrawn from the programme' } })),
      },
    },
  };
}
