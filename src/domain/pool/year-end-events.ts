/** Events of a pool's year end: one a pledge, so that each goes by its own consent (domain.md 8.4, 9.12). */
import { z } from 'zod';
import { kit } from '../kernel/aggregate.js';
import { changed, part, put } from '../kernel/parts.js';
import { FinancialYear, Id, PartId, Pence, longDate, pounds, yearEnd } from '../shared/values.js';
import { OfPledge, clearOrphan, ofPledge, unlessConsented, type PoolState } from './state.js';

const { event } = kit<PoolState>();

export const yearEndEvents = {
  CarryForwardAgreed: event(
    z.strictObject({ agencyId: Id, financialYear: FinancialYear, agreed: z.boolean() }),
    {
      evolve(s, d) {
        (part(s.carrying, d.financialYear) ?? put(s.carrying, d.financialYear, [])).push(d.agencyId);
      },
      describe: (d) =>
        `agreed to carry forward what is left of ${d.financialYear}${d.agreed ? ', as has every contributor' : ''}`,
    },
  ),
  /** What is in use of a pledge and not drawn becomes a pledge of the next year, with its cash, reservations and allocations. */
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
      evolve(s, d) {
        const p = changed(s.pledges, d.pledgeId);
        put(s.pledges, d.toPledgeId, {
          ...p,
          pledgeId: d.toPledgeId,
          financialYear: d.toYear,
          pledged: d.pence,
          confirmed: d.pence,
          paidIn: d.paidInPence,
          reserved: d.reservedPence,
          allocated: d.allocatedPence,
          drawn: 0,
        });
        clearOrphan(changed(s.pledges, d.toPledgeId));
        p.pledged -= d.pence;
        p.confirmed -= d.pence;
        p.paidIn -= d.paidInPence;
        p.reserved -= d.reservedPence;
        p.allocated -= d.allocatedPence;
        for (const r of Object.values(s.reservations)) {
          const left = part(r.subBalances, d.pledgeId) ?? 0;
          if (left > 0) Object.assign(r.subBalances, { [d.pledgeId]: 0, [d.toPledgeId]: left });
        }
        for (const a of Object.values(s.allocations)) {
          const spent = part(a.drawn, d.pledgeId) ?? 0;
          const left = (part(a.subBalances, d.pledgeId) ?? 0) - spent;
          if (left > 0 && !a.released)
            Object.assign(a.subBalances, { [d.pledgeId]: spent, [d.toPledgeId]: left });
        }
        if (p.consented && !d.consented) p.hidden = changed(s.pledges, d.toPledgeId).hidden = 'all';
      },
      touches: { pledges: (d) => [d.pledgeId, d.toPledgeId] },
      describe: (d) => `carried forward ${pounds(d.pence)} from ${d.financialYear} to ${d.toYear}`,
      private: unlessConsented,
    },
  ),
  CashReturned: event(OfPledge.extend({ pence: Pence, paidInPence: Pence }), {
    evolve(s, d) {
      const p = changed(s.pledges, d.pledgeId);
      p.paidIn = d.paidInPence;
      if (p.consented && !d.consented) p.hidden = 'all';
    },
    touches: ofPledge,
    describe: (d) => `returned ${pounds(d.pence)} that was paid in for ${d.financialYear} and not drawn`,
    private: unlessConsented,
  }),
  YearSettled: event(z.strictObject({ financialYear: FinancialYear }), {
    evolve(s, d) {
      s.settled.push(d.financialYear);
    },
    describe: (d) => `settled the year that ended on ${longDate(yearEnd(d.financialYear))}`,
  }),
};
