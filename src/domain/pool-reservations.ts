/** Money held for a commitment while it is offered (domain.md 8.2, PoolReserver): the system's own commands. A refusal is an event, since its cause waits for an answer. */
import { z } from 'zod';
import { kit } from './aggregate.js';
import type { Context } from './core.js';
import { withdrawnRefusal } from './seats.js';
import { FinancialYear, Id, PartId, PositivePence } from './values.js';
import type {} from './commitment-state.js';
import { held, part } from './parts.js';
import { consentedAll, free, type PoolState } from './pool-state.js';
import { emit } from './pool-events.js';
import { yearSettled } from './pool-year-end.js';

const { command } = kit<PoolState>();
export const Reserve = z.strictObject({
  commitmentId: Id,
  pence: PositivePence,
  financialYear: FinancialYear,
  /** Filled in this order. */
  pledgeIds: z.array(PartId).min(1, 'Enter a pledge').max(200),
});
type Reserve = z.infer<typeof Reserve>;
/** Why nothing is reserved. No reason says a figure: the commitment repeats it to people who may not see the pool's. */
type Why = readonly [code: string, reason: string];

function whyNot(s: PoolState, d: Reserve, ctx: Context): Why | undefined {
  if (s.status !== 'open') return ['POOL_NOT_OPEN', `The pool is ${s.status}.`];
  const no = withdrawnRefusal(ctx, s.placeId);
  if (no) return [no.code, no.detail];
  if (ctx.read('commitment', d.commitmentId).state.placeId !== s.placeId) return ['POOL_OF_ANOTHER_PLACE', 'The pool belongs to another place than the commitment.'];
  if (!s.years.includes(d.financialYear)) return ['YEAR_NOT_IN_POOL', `The pool covers ${s.years.join(', ')}.`];
  const over = yearSettled(s, d.financialYear);
  if (over) return [over.code, over.detail];
  const unknown = d.pledgeIds.find((id) => part(s.pledges, id)?.status !== 'confirmed' || part(s.pledges, id)?.financialYear !== d.financialYear);
  if (unknown) return ['PLEDGE_UNKNOWN', `The pool has no confirmed pledge ${unknown} for ${d.financialYear}.`];
  return undefined;
}

export const reservationCommands = {
  /** On a pool that does not exist nothing happens: whoever names a pool reads first that there is one. */
  ReserveFunds: command(Reserve, {
    title: 'Reserve funds for a commitment',
    by: ['system'],
    refuses: {},
    example: { commitmentId: 'outreach-nurses', pence: 10_000_00, financialYear: '2009-10', pledgeIds: ['council-2009'] },
    decide(s, d, ctx) {
      const before = part(s.reservations, d.commitmentId);
      if (s.status === 'none' || (before && !before.released)) return [];
      const { commitmentId } = d;
      const why = whyNot(s, d, ctx);
      if (why) return [emit('FundsReservationRefused', { commitmentId, code: why[0], reason: why[1] })];
      // Asked again after its release: what was allocated to it meanwhile it has.
      const allocated = Object.values(s.allocations).filter((a) => a.commitmentId === commitmentId && !a.released);
      let wanted = Math.max(0, d.pence - allocated.flatMap((a) => Object.values(a.subBalances)).reduce((n, x) => n + x, 0));
      const subBalances = [];
      for (const pledgeId of new Set(d.pledgeIds)) {
        const pence = Math.min(wanted, free(held(s.pledges, pledgeId)));
        if (pence > 0) subBalances.push({ pledgeId, pence });
        wanted -= pence;
      }
      if (wanted === 0 && subBalances.length === 0) subBalances.push({ pledgeId: d.pledgeIds[0]!, pence: 0 });
      return wanted > 0
        ? [emit('FundsReservationRefused', { commitmentId, code: 'OVER_ALLOCATED', reason: 'Less than this is left of the pledges named.' })]
        : [emit('FundsReserved', { commitmentId, subBalances, consented: consentedAll(s, subBalances) })];
    },
  }),
  /** What was allocated to the commitment meanwhile stays allocated: its bills may still come. */
  ReleaseFunds: command(z.strictObject({ commitmentId: Id }), {
    title: 'Release what is reserved for a commitment',
    by: ['system'],
    refuses: {},
    example: { commitmentId: 'outreach-nurses' },
    decide(s, d) {
      const reserved = part(s.reservations, d.commitmentId);
      if (!reserved || reserved.released) return [];
      const subBalances = Object.entries(reserved.subBalances).map(([pledgeId, pence]) => ({ pledgeId, pence }));
      return [emit('FundsReleased', { ...d, subBalances, consented: consentedAll(s, subBalances) })];
    },
  }),
};
