/**
 * Events of a pool's money: paid in, reserved, allocated, drawn. What moves several pledges is private unless
 * each is consented (docs/rules/pool.md#consent).
 */
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
import { sets } from '../kernel/set-value.js';
import { paidInSet } from './figures-set.js';

const { event } = kit<PoolState>();
const paidFor = naming('money', 'commitment');
const moved = {
  pledges: (d: { subBalances: readonly { pledgeId: string }[] }) => d.subBalances.map((x) => x.pledgeId),
};
const Moved = z.strictObject({
  allocationId: PartId,
  title: Prose('title'),
  subBalances: SubBalances,
  consented: z.boolean(),
});
const Reserved = z.strictObject({ commitmentId: Id, subBalances: SubBalances, consented: z.boolean() });
/** The commitment that money is held for, to whom it is told. */
const commitment = ({ commitmentId }: { readonly commitmentId?: string }): string =>
  commitmentId === undefined
    ? 'a commitment'
    : `the commitment ${nameOf.record(`commitment-${commitmentId}`)}`;

export const moneyEvents = {
  CashPaidIn: event(OfPledge.extend({ pence: Pence, paidInPence: Pence, reference: Prose('label') }), {
    evolve(state, data) {
      changed(state.pledges, data.pledgeId).paidIn = data.paidInPence;
    },
    touches: ofPledge,
    describe: (data) => `paid in ${pounds(data.pence)} for ${data.financialYear}`,
    sets: (data) => [paidInSet(data.pledgeId, data.paidInPence)],
    private: unlessConsented,
  }),
  FundsReserved: event(Reserved, {
    evolve(state, data) {
      // One that was released before keeps its pledges, with nothing in them: they did move together.
      const before = Object.keys(part(state.reservations, data.commitmentId)?.subBalances ?? {}).map((id) => [
        id,
        0,
      ]);
      put(state.reservations, data.commitmentId, {
        subBalances: Object.fromEntries([...before, ...data.subBalances.map((x) => [x.pledgeId, x.pence])]),
        released: false,
      });
      for (const x of data.subBalances) changed(state.pledges, x.pledgeId).reserved += x.pence;
      hide(state, data);
    },
    links: { commitmentId: paidFor },
    touches: moved,
    describe: (data) => `reserved ${pounds(total(data.subBalances))} for ${commitment(data)}`,
    membersOnly: { commitmentId: 'members' },
    private: unlessConsented,
  }),
  // How much is left is not said, but that it did not suffice tells of every pledge that was asked.
  FundsReservationRefused: event(z.strictObject({ commitmentId: Id, code: z.string(), reason: Prose() }), {
    evolve() {},
    links: { commitmentId: paidFor },
    describe: (data) => `did not reserve funds for ${commitment(data)}: ${data.reason}`,
    private: true,
  }),
  // `reason` where the place let go of it; else the promise had ended.
  FundsReleased: event(Reserved.extend({ reason: Prose().optional() }), {
    evolve(state, data) {
      const r = changed(state.reservations, data.commitmentId);
      r.released = true;
      for (const x of data.subBalances) {
        changed(state.pledges, x.pledgeId).reserved -= x.pence;
        put(r.subBalances, x.pledgeId, 0);
      }
      hide(state, data);
    },
    links: { commitmentId: paidFor },
    touches: moved,
    describe: (data) =>
      `released ${pounds(total(data.subBalances))} that was reserved for ${commitment(data)}`,
    membersOnly: { commitmentId: 'members', reason: 'members' },
    private: unlessConsented,
  }),
  FundsAllocated: event(Moved.extend({ purposes: Purposes, commitmentId: Id.optional() }), {
    evolve(state, data) {
      put(state.allocations, data.allocationId, {
        title: data.title,
        cofog: [...data.purposes.cofog],
        subBalances: Object.fromEntries(data.subBalances.map((x) => [x.pledgeId, x.pence])),
        drawn: {},
        released: false,
        ...(data.commitmentId ? { commitmentId: data.commitmentId } : {}),
      });
      for (const x of data.subBalances) {
        changed(state.pledges, x.pledgeId).allocated += x.pence;
        if (!data.commitmentId) continue;
        // What was reserved for the commitment is what it is given.
        changed(state.pledges, x.pledgeId).reserved -= x.pence;
        const { subBalances } = changed(state.reservations, data.commitmentId);
        put(subBalances, x.pledgeId, held(subBalances, x.pledgeId) - x.pence);
      }
      hide(state, data, part(state.allocations, data.allocationId));
    },
    links: { commitmentId: paidFor },
    touches: moved,
    describe: (data) => `allocated ${pounds(total(data.subBalances))} to ${data.title}`,
    act: (data) => data.allocationId,
    membersOnly: { commitmentId: 'members' },
    private: unlessConsented,
  }),
  AllocationReleased: event(Moved.extend({ reason: Prose() }), {
    evolve(state, data) {
      changed(state.allocations, data.allocationId).released = true;
      for (const x of data.subBalances) changed(state.pledges, x.pledgeId).allocated -= x.pence;
      hide(state, data, part(state.allocations, data.allocationId));
    },
    touches: moved,
    describe: (data) => `released ${pounds(total(data.subBalances))} from ${data.title}: ${data.reason}`,
    private: unlessConsented,
  }),
  FundsDrawn: event(Moved, {
    evolve(state, data) {
      const a = changed(state.allocations, data.allocationId);
      for (const x of data.subBalances) {
        // A draw on a pledge that never was could be recorded under an inherited name: it took nothing.
        const p = part(state.pledges, x.pledgeId);
        if (!p) continue;
        put(a.drawn, x.pledgeId, (part(a.drawn, x.pledgeId) ?? 0) + x.pence);
        p.drawn += x.pence;
      }
      hide(state, data, a);
    },
    touches: moved,
    describe: (data) => `drew ${pounds(total(data.subBalances))} for ${data.title}`,
    private: unlessConsented,
  }),
  FundsVired: event(
    z.strictObject({
      from: PartId,
      to: PartId,
      fromTitle: Prose('title'),
      toTitle: Prose('title'),
      subBalances: SubBalances,
      consented: z.boolean(),
      decisionId: Id.optional(),
    }),
    {
      evolve(state, data) {
        const [from, to] = [changed(state.allocations, data.from), changed(state.allocations, data.to)];
        for (const { pledgeId, pence } of data.subBalances) {
          put(from.subBalances, pledgeId, held(from.subBalances, pledgeId) - pence);
          put(to.subBalances, pledgeId, (part(to.subBalances, pledgeId) ?? 0) + pence);
          const { financialYear } = changed(state.pledges, pledgeId);
          put(state.vired, financialYear, (part(state.vired, financialYear) ?? 0) + pence);
        }
        if (!data.consented) from.hidden = to.hidden = true;
      },
      spends: 'decisionId',
      touches: moved,
      describe: (data) =>
        `moved ${pounds(total(data.subBalances))} from ${data.fromTitle} to ${data.toTitle}`,
      act: (data) => data.to,
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
      evolve(
        state,
        { period, budgetPence, actualPence, forecastPence, consented, cause, action },
        { version },
      ) {
        put(state.positions, period, {
          budgetPence,
          actualPence,
          forecastPence,
          consented,
          version,
          ...(cause ? { cause } : {}),
          ...(action ? { action } : {}),
        });
      },
      describe: (data) =>
        `reported ${pounds(data.actualPence)} spent to ${data.period} and a forecast of ` +
        `${pounds(data.forecastPence)} for ${data.financialYear}${data.cause ? `: ${data.cause}` : ''}`,
      sets: ({ financialYear: year, period: at, budgetPence, actualPence, forecastPence }) => [
        { ...sets(`forecast.${year}`, 'Forecast', pounds(forecastPence)), at },
        { ...sets(`actual.${year}`, 'Spent', pounds(actualPence)), at },
        { ...sets(`budget.${year}`, 'Budget', pounds(budgetPence)), at },
      ],
      private: unlessConsented,
    },
  ),
};
