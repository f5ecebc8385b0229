/**
 * Withdrawals: a place that was withdrawn leaves the barriers it had joined; what waited there for it ends
 * (docs/rules/barrier.md#places).
 */
import { step, type Reactor } from './runner.js';

/** `joined` answers the barriers that a place has joined and may leave. */
export function withdrawals(joined: (placeId: string) => readonly string[]): Reactor {
  return {
    name: 'withdrawals',
    on: {
      programme: {
        PlaceWithdrawn: ({ data: { placeId } }) =>
          joined(placeId).map((id) =>
            step('leave', 'barrier', id, 'LeaveBarrier', {
              placeId,
              reason: 'The place was withdrawn from the programme',
            }),
          ),
      },
    },
  };
}
