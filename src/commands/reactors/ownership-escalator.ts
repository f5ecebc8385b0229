/** OwnershipEscalator: an owner's answer or deed overdue, ownership declined, or a will-not goes to the next rung. */
import { addDays } from '../../domain/calendar.js';
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

/** `overdue` answers the open items due before a day. */
export function ownershipEscalator(overdue: (day: string) => readonly DueRow[]): Reactor {
  return {
    name: 'ownership-escalator',
    on: {
      OwnershipDeclined: (e) => [escalate(e.recordId, e.data.agencyId)],
      BarrierAnswered: (e) => (e.data.position === 'will-not' ? [escalate(e.recordId, e.data.agencyId)] : []),
      // The same lateness seen on two days is one step: its cause is the item and its date.
      DayClosed: (e) =>
        overdue(addDays(e.data.date, 1))
          .filter((i) => i.aggregate === 'barrier' && (i.code === 'answer' || i.code === 'deed'))
          .flatMap((i) => i.owedBy.map((p) => escalate(i.recordId, p.id, `${i.stream}.${i.code}.${i.key}.${i.dueOn}`))),
    },
  };
}
