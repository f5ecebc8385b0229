/**
 * Events of a pool's year end: one a pledge, so that each goes by its own consent
 * (docs/rules/pool.md#year-end).
 */
import { z } from 'zod';
import { kit } from '../kernel/aggregate.js';
import { changed, part, put } from '../kernel/parts.js';
import { forgets } from '../kernel/set-value.js';
import { confirmedSet, paidInSet, pledgeKey, pledgedSet } from './figures-set.js';
import { FinancialYear, Id, PartId, Pence, longDate, pounds, yearEnd } from '../shared/values.js';
import { OfPledge, clearOrphan, ofPledge, unlessConsented, type PoolState } from './state.js';

const { event } = kit<PoolState>();

export const yearEndEvents = {
  CarryForwardAgreed: event(
    z.strictObject({ agencyId: Id, financialYear: FinancialYear, agreed: z.boolean() }),
    {
      evolve(state, data) {
        (part(state.carrying, data.financialYear) ?? put(state.carrying, data.financialYear, [])).push(
          data.agencyId,
        );
      },
      describe: (data) =>
        'agreed to carry forward what is left of ' +
        `${data.financialYear}${data.agreed ? ', as has every contributor' : ''}`,
    },
  ),
  /**
   * What is in use of a pledge and not drawn becomes a pledge of the next year, with its cash, reservations
   * and allocations.
   */
  CarriedForward: event(
    OfPledge.extend({
      toPledgeId: PartId,
      toYear: FinancialYear,
      pence: Pence,
      paidInPence: Pence,
      reservedPence: Pence,
      allocatedPence: Pence,
    }),
    {
      evolve(state, data) {
        const p = changed(state.pledges, data.pledgeId);
        put(state.pledges, data.toPledgeId, {
          ...p,
          pledgeId: data.toPledgeId,
          financialYear: data.toYear,
          pledged: data.pence,
          confirmed: data.pence,
          paidIn: data.paidInPence,
          reserved: data.reservedPence,
          allocated: data.allocatedPence,
          drawn: 0,
        });
        clearOrphan(changed(state.pledges, data.toPledgeId));
        p.pledged -= data.pence;
        p.confirmed -= data.pence;
        p.paidIn -= data.paidInPence;
        p.reserved -= data.reservedPence;
        p.allocated -= data.allocatedPence;
        for (const r of Object.values(state.reservations)) {
          const left = part(r.subBalances, data.pledgeId) ?? 0;
          if (left > 0) Object.assign(r.subBalances, { [data.pledgeId]: 0, [data.toPledgeId]: left });
        }
        for (const a of Object.values(state.allocations)) {
          const spent = part(a.drawn, data.pledgeId) ?? 0;
          const left = (part(a.subBalances, data.pledgeId) ?? 0) - spent;
          if (left > 0 && !a.released)
            Object.assign(a.subBalances, { [data.pledgeId]: spent, [data.toPledgeId]: left });
        }
        if (p.consented && !data.consented) p.hidden = changed(state.pledges, data.toPledgeId).hidden = 'all';
      },
      touches: { pledges: (d) => [d.pledgeId, d.toPledgeId] },
      describe: (data) =>
        `carried forward ${pounds(data.pence)} from ${data.financialYear} to ${data.toYear}`,
      // What stays of the pledge that is carried is not said.
      sets: ({ pledgeId, toPledgeId, pence, paidInPence }) => [
        forgets(pledgeKey(pledgeId)),
        pledgedSet(toPledgeId, pence),
        confirmedSet(toPledgeId, pence),
        paidInSet(toPledgeId, paidInPence),
      ],
      private: unlessConsented,
    },
  ),
  CashReturned: event(OfPledge.extend({ pence: Pence, paidInPence: Pence }), {
    evolve(state, data) {
      const p = changed(state.pledges, data.pledgeId);
      p.paidIn = data.paidInPence;
      if (p.consented && !data.consented) p.hidden = 'all';
    },
    touches: ofPledge,
    describe: (data) =>
      `returned ${pounds(data.pence)} that was paid in for ${data.financialYear} and not drawn`,
    sets: (data) => [paidInSet(data.pledgeId, data.paidInPence)],
    private: unlessConsented,
  }),
  YearSettled: event(z.strictObject({ financialYear: FinancialYear }), {
    evolve(state, data) {
      state.settled.push(data.financialYear);
    },
    describe: (data) => `settled the year that ended on ${longDate(yearEnd(data.financialYear))}`,
  }),
};
