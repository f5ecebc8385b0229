/** OwnershipEscalator: an owner's answer or deed overdue, ownership declined, or a will-not goes to the next rung. */
import { addDays } from '../../domain/calendar.js';
import type { Executor } from '../execute.js';
import type { DueRow } from '../../projections/due-items.js';
import type { Reactor, Step } from './runner.js';

const escalate = (id: string, agencyId: string, cause?: string): Step => ({
  name: `escalate.${agencyId}`,
  aggregate: 'barrier',
  id,
  command: 'Escalate',
  data: { agencyId },
  ...(cause ? { cause } : {}),
});

/** `overdue` answers the open items due before a day; a deed that became a commitment is late with it. */
export function ownershipEscalator(overdue: (day: string) => readonly DueRow[], executor: Executor): Reactor {
  async function ofCommitment(item: DueRow): Promise<Step[]> {
    const { from, ownerAgencyId } = (await executor.load('commitment', item.recordId)).state;
    return from?.kind === 'barrier' ? [escalate(from.id, ownerAgencyId, `${item.stream}.${item.code}.${item.key}.${item.dueOn}`)] : [];
  }
  return {
    name: 'ownership-escalator',
    on: {
      OwnershipDeclined: (e) => [escalate(e.recordId, e.data.agencyId)],
      BarrierAnswered: (e) => (e.data.position === 'will-not' ? [escalate(e.recordId, e.data.agencyId)] : []),
      // The same lateness seen on two days is one step: its cause is the item and its date.
      async DayClosed(e) {
        const items = overdue(addDays(e.data.date, 1));
        const late = items.filter((i) => i.aggregate === 'barrier' && (i.code === 'answer' || i.code === 'deed'));
        const promised = await Promise.all(items.filter((i) => i.code === 'delivery').map(ofCommitment));
        return [...late.flatMap((i) => i.owedBy.map((p) => escalate(i.recordId, p.id, `${i.stream}.${i.code}.${i.key}.${i.dueOn}`))), ...promised.flat()];
      },
    },
  };
}
