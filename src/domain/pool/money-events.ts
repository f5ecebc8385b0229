/** Events of a pool's money: paid in, reserved, allocated, drawn (domain.md 9.21). What moves several pledges is private unless each is consented (8.4). */
import { z } from 'zod';
import { kit } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { changed, held, part, put } from '../kernel/parts.js';
import { FinancialYear, Id, PartId, Pence, Prose, Purposes, pounds } from '../shared/values.js';
import {
  OfPledge,
  Period,
  SubBalances,
  hide,
  ofPledge,
  total,
  unlessConsented,
  type PoolState,
} from './state.js';
import { naming } from '../kernel/links.js';

const { event } = kit<PoolState>();
const paidFor = naming('money', 'commitment');
const moved = {
  pledges: (d: { subBalances: readonly { pledgeId: string }[] }) => d.subBalances.map((x) => x.pledgeId),
};
const Moved = z.strictObject({
  allocationId: PartId,
  title: Prose(300),
  subBalances: SubBalances,
  consented: z.boolean(),
});
const Reserved = z.strictObject({ commitmentId: Id, subBalances: SubBalances, consented: z.boolean() });

export const moneyEvents = {
  CashPaidIn: event(OfPledge.extend({ pence: Pence, paidInPence: Pence, reference: Prose(100) }), {
    evolve(s, d) {
      changed(s.pledges, d.pledgeId).paidIn = d.paidInPence;
    },
    touches: ofPledge,
    describe: (d) => `paid in ${pounds(d.pence)} for ${d.financialYear}`,
    private: unlessConsented,
  }),
  FundsReserved: event(Reserved, {
    evolve(s, d) {
      // One that was released before keeps its pledges, with nothing in them: they did move together.
      const before = Object.keys(part(s.reservations, d.commitmentId)?.subBalances ?? {}).map((id) => [
        id,
        0,
      ]);
      put(s.reservations, d.commitmentId, {
        subBalances: Object.fromEntries([...before, ...d.subBalances.map((x) => [x.pledgeId, x.pence])]),
        released: false,
      });
      for (const x of d.subBalances) changed(s.pledges, x.pledgeId).reserved += x.pence;
      hide(s, d);
    },
    links: { commitmentId: paidFor },
    touches: moved,
    describe: (d) => `reserved ${pounds(total(d.subBalances))} for a commitment`,
    membersOnly: { commitmentId: 'members' },
    private: unlessConsented,
  }),
  // How much is left is not said, but that it did not suffice tells of every pledge that was asked.
  FundsReservationRefused: event(z.strictObject({ commitmentId: Id, code: z.string(), reason: Prose() }), {
    evolve() {},
    links: { commitmentId: paidFor },
    describe: (d) =>
      `did not reserve funds for the commitment ${nameOf.record(`commitment-${d.commitmentId}`)}: ${d.reason}`,
    private: true,
  }),
  // `reason` where the place let go of it; else the promise had ended.
  FundsReleased: event(Reserved.extend({ reason: Prose().optional() }), {
    evolve(s, d) {
      const r = changed(s.reservations, d.commitmentId);
      r.released = true;
      for (const x of d.subBalances) {
        changed(s.pledges, x.pledgeId).reserved -= x.pence;
        put(r.subBalances, x.pledgeId, 0);
      }
      hide(s, d);
    },
    links: { commitmentId: paidFor },
    touches: moved,
    describe: (d) => `released ${pounds(total(d.subBalances))} that was reserved for a commitment`,
    membersOnly: { commitmentId: 'members', reason: 'members' },
    private: unlessConsented,
  }),
  FundsAllocated: event(Moved.extend({ purposes: Purposes, commitmentId: Id.optional() }), {
    evolve(s, d) {
      put(s.allocations, d.allocationId, {
        title: d.title,
        cofog: [...d.purposes.cofog],
        subBalances: Object.fromEntries(d.subBalances.map((x) => [x.pledgeId, x.pence])),
        drawn: {},
        released: false,
        ...(d.commitmentId ? { commitmentId: d.commitmentId } : {}),
      });
      for (const x of d.subBalances) {
        changed(s.pledges, x.pledgeId).allocated += x.pence;
        if (!d.commitmentId) continue;
        // What was reserved for the commitment is what it is given.
        changed(s.pledges, x.pledgeId).reserved -= x.pence;
        const { subBalances } = changed(s.reservations, d.commitmentId);
        put(subBalances, x.pledgeId, held(subBalances, x.pledgeId) - x.pence);
      }
      hide(s, d, part(s.allocations, d.allocationId));
    },
    links: { commitmentId: paidFor },
    touches: moved,
    describe: (d) => `allocated ${pounds(total(d.subBalances))} to ${d.title}`,
    act: (d) => d.allocationId,
    membersOnly: { commitmentId: 'members' },
    private: unlessConsented,
  }),
  AllocationReleased: event(Moved.extend({ reason: Prose() }), {
    evolve(s, d) {
      changed(s.allocations, d.allocationId).released = true;
      for (const x of d.subBalances) changed(s.pledges, x.pledgeId).allocated -= x.pence;
      hide(s, d, part(s.allocations, d.allocationId));
    },
    touches: moved,
    describe: (d) => `released ${pounds(total(d.subBalances))} from ${d.title}: ${d.reason}`,
    private: unlessConsented,
  }),
  FundsDrawn: event(Moved, {
    evolve(s, d) {
      const a = changed(s.allocations, d.allocationId);
      for (const x of d.subBalances) {
        // A draw on a pledge that never was could be recorded under an inherited name: it took nothing.
        const p = part(s.pledges, x.pledgeId);
        if (!p) continue;
        put(a.drawn, x.pledgeId, (part(a.drawn, x.pledgeId) ?? 0) + x.pence);
        p.drawn += x.pence;
      }
      hide(s, d, a);
    },
    touches: moved,
    describe: (d) => `drew ${pounds(total(d.subBalances))} for ${d.title}`,
    private: unlessConsented,
  }),
  FundsVired: event(
    z.strictObject({
      from: PartId,
      to: PartId,
      fromTitle: Prose(300),
      toTitle: Prose(300),
      subBalances: SubBalances,
      consented: z.boolean(),
      decisionId: Id.optional(),
    }),
    {
      evolve(s, d) {
        const [from, to] = [changed(s.allocations, d.from), changed(s.allocations, d.to)];
        for (const { pledgeId, pence } of d.subBalances) {
          put(from.subBalances, pledgeId, held(from.subBalances, pledgeId) - pence);
          put(to.subBalances, pledgeId, (part(to.subBalances, pledgeId) ?? 0) + pence);
          const { financialYear } = changed(s.pledges, pledgeId);
          put(s.vired, financialYear, (part(s.vired, financialYear) ?? 0) + pence);
        }
        if (!d.consented) from.hidden = to.hidden = true;
      },
      spends: 'decisionId',
      touches: moved,
      describe: (d) => `moved ${pounds(total(d.subBalances))} from ${d.fromTitle} to ${d.toTitle}`,
      act: (d) => d.to,
      private: unlessConsented,
      material: true,
    },
  ),
  PositionReported: event(
    z.strictObject({
      period: Period,
      financialYear: FinancialYear,
      budgetPence: Pence,
      actualPence: Pence,
      forecastPence: Pence,
      cause: Prose().optional(),
      action: Prose().optional(),
      consented: z.boolean(),
    }),
    {
      evolve(s, { period, budgetPence, actualPence, forecastPence, consented, cause, action }, { version }) {
        put(s.positions, period, {
          budgetPence,
          actualPence,
          forecastPence,
          consented,
          version,
          ...(cause ? { cause } : {}),
          ...(action ? { action } : {}),
        });
      },
      describe: (d) =>
        `reported ${pounds(d.actualPence)} spent to ${d.period} and a forecast of ${pounds(d.forecastPence)} for ${d.financialYear}${d.cause ? `: ${d.cause}` : ''}`,
      private: unlessConsented,
    },
  ),
};
