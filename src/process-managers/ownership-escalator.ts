/**
 * OwnershipEscalator: an owner's answer or deed overdue, a rung that did not direct or was not answered,
 * ownership declined, or a will-not goes to the next rung.
 */
import { readKey } from '../domain/barrier/state.js';
import { addDays } from '../domain/shared/calendar.js';
import type { Executor } from '../commands/executor.js';
import type { DueRow } from '../projections/views/due-items.js';
import { invented, step, type Reactor, type ReactorStep, type ReactorStepMore } from './runner.js';

// The same lateness seen on two days is one step: its cause is the item and its date. What is late because of
// a day that was filled in is filled in.
const causedBy = (late: DueRow): ReactorStepMore => ({
  cause: `${late.stream}.${late.code}.${late.key}.${late.dueOn}`,
  ...invented(late),
});
const escalate = (id: string, agencyId: string, late?: DueRow): ReactorStep =>
  step(`escalate.${agencyId}`, 'barrier', id, 'Escalate', { agencyId }, late && causedBy(late));

/** `overdue` answers the open items due before a day; a deed that became a commitment is late with it. */
export function ownershipEscalator(overdue: (day: string) => readonly DueRow[], executor: Executor): Reactor {
  async function ofCommitment(item: DueRow): Promise<ReactorStep[]> {
    const { from, ownerAgencyId } = (await executor.load('commitment', item.recordId)).state;
    return from?.kind === 'barrier' ? [escalate(from.id, ownerAgencyId, item)] : [];
  }
  return {
    name: 'ownership-escalator',
    on: {
      barrier: {
        OwnershipDeclined: (event) => [escalate(event.recordId, event.data.agencyId)],
        BarrierAnswered: (event) =>
          event.data.position === 'will-not' ? [escalate(event.recordId, event.data.agencyId)] : [],
      },
      days: {
        async DayClosed(event) {
          const items = overdue(addDays(event.data.date, 1));
          // A rung may be late beside what it was called for: the barrier knows whether it is due to go
          // higher.
          const late = items.filter(
            (i) => i.aggregate === 'barrier' && ['answer', 'deed', 'rung'].includes(i.code),
          );
          const promised = await Promise.all(items.filter((i) => i.code === 'delivery').map(ofCommitment));
          return [...late.map((i) => escalate(i.recordId, readKey(i.key).agencyId, i)), ...promised.flat()];
        },
      },
    },
  };
}
