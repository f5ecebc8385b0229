/**
 * Events of a pooled budget. Whatever carries a pledge's figure is private without that pledge's consent
 * (docs/rules/pool.md#consent).
 */
import { z } from 'zod';
import { decides, kit, textKey } from '../kernel/aggregate.js';
import { sets } from '../kernel/set-value.js';
import { changed, put, existing } from '../kernel/parts.js';
import {
  DateOn,
  FinancialYear,
  Id,
  PartId,
  Pence,
  Prose,
  Purposes,
  longDate,
  pounds,
} from '../shared/values.js';
import { moneyEvents } from './money-events.js';
import { yearEndEvents } from './year-end-events.js';
import { orphanEvents } from './orphan-events.js';
import { confirmedSet, pledgedSet, restatesAll, restatesFigures } from './figures-set.js';
import {
  Agreement,
  Figures,
  Functions,
  LegalBasis,
  OfPledge,
  clearOrphan,
  ofPledge,
  openedBy,
  unlessConsented,
  present,
  type PoolState,
} from './state.js';
import { naming } from '../kernel/links.js';
import { nameOf } from '../kernel/naming.js';
import { daysFor } from './limits.js';

const { event } = kit<PoolState>();
export const events = {
  PoolProposed: event(
    z.strictObject({
      placeId: Id,
      programmeId: Id,
      name: Prose('name'),
      legalBasis: LegalBasis,
      partners: z.array(Id),
      host: Id,
      manager: Id,
      purposes: Purposes,
      years: z.array(FinancialYear),
      noticeMonths: z.int().min(0),
      functions: Functions.optional(),
    }),
    {
      evolve(state, data) {
        Object.assign(state, structuredClone(data), { status: 'proposed' });
      },
      describe: (data) => `proposed the pool ${data.name} (${data.legalBasis})`,
      sets: (data) => [sets(textKey('name'), 'Its name', data.name)],
      access: (data) => ({
        tier: 'members',
        placeId: data.placeId,
        programmeId: data.programmeId,
        addParties: [...data.partners, data.host, data.manager],
      }),
    },
  ),
  PledgeMade: event(OfPledge.extend({ amountPence: Pence, fundingStreamId: Id.optional() }), {
    evolve(state, data) {
      put(state.pledges, data.pledgeId, {
        pledgeId: data.pledgeId,
        agencyId: data.agencyId,
        financialYear: data.financialYear,
        status: 'pledged',
        pledged: data.amountPence,
        confirmed: 0,
        reserved: 0,
        allocated: 0,
        paidIn: 0,
        drawn: 0,
        ...(data.fundingStreamId ? { fundingStreamId: data.fundingStreamId } : {}),
        consented: false,
      });
      state.everPledged += data.amountPence;
    },
    links: { fundingStreamId: naming('money', 'fundingstream') },
    touches: ofPledge,
    describe: (data) => `pledged ${pounds(data.amountPence)} for ${data.financialYear}`,
    sets: (data) => [pledgedSet(data.pledgeId, data.amountPence)],
    act: (data) => data.pledgeId,
    private: unlessConsented,
    material: true,
    due: (data, meta) => [
      {
        open: 'pledge',
        key: data.pledgeId,
        owedBy: [{ kind: 'agency', id: data.agencyId }],
        deed:
          `Confirm the pledge of ${nameOf.agency(data.agencyId)} for ${data.financialYear} to ` +
          nameOf.record(`pool-${meta.recordId}`),
        workingDays: daysFor.confirmation,
      },
    ],
  }),
  PledgeChanged: event(OfPledge.extend({ fromPence: Pence, toPence: Pence, reason: Prose() }), {
    evolve(state, data) {
      changed(state.pledges, data.pledgeId).pledged = data.toPence;
      state.everPledged += data.toPence;
    },
    act: (data) => data.pledgeId,
    touches: ofPledge,
    describe: (data) =>
      `changed the pledge for ${data.financialYear} to ${pounds(data.toPence)}: ${data.reason}`,
    sets: (data) => [pledgedSet(data.pledgeId, data.toPence)],
    private: unlessConsented,
    material: true,
  }),
  PledgeWithdrawn: event(OfPledge.extend({ reason: Prose() }), {
    evolve(state, data, event) {
      const p = changed(state.pledges, data.pledgeId);
      p.status = 'withdrawn';
      p.withdrawnAt = event.version;
      clearOrphan(p);
    },
    touches: ofPledge,
    completes: ['orphan'],
    describe: (data) => `withdrew the pledge for ${data.financialYear}: ${data.reason}`,
    private: unlessConsented,
    material: true,
    due: (data) => [
      { close: 'pledge', key: data.pledgeId },
      { close: 'orphan', key: data.pledgeId },
    ],
  }),
  PledgeConfirmed: event(OfPledge.extend({ figures: Figures }), {
    evolve(state, data) {
      const p = changed(state.pledges, data.pledgeId);
      p.status = 'confirmed';
      p.confirmed = data.figures.confirmedPence;
      p.consented = data.consented;
    },
    touches: ofPledge,
    completes: ['pledge'],
    describe: (data) =>
      `confirmed the pledge of ${pounds(data.figures.confirmedPence)} for ${data.financialYear}`,
    sets: (data) => [...restatesFigures(data), confirmedSet(data.pledgeId, data.figures.confirmedPence)],
    private: unlessConsented,
    disclosesFigures: (data) => data.consented,
    material: true,
    due: (data) => [{ close: 'pledge', key: data.pledgeId }],
  }),
  PledgeDisclosureConsented: event(
    OfPledge.extend({
      figures: Figures,
      reservedPence: Pence.optional(),
      /** The figures of what moved with it and is open from now on; events before them were private. */
      opened: z
        .strictObject({
          pledges: z.array(z.strictObject({ pledgeId: PartId, figures: Figures, reservedPence: Pence })),
          allocations: z.array(z.strictObject({ allocationId: PartId, pence: Pence, drawnPence: Pence })),
        })
        .optional(),
    }),
    {
      evolve(state, data) {
        const { pledgeIds, allocationIds } = openedBy(state, data.pledgeId);
        changed(state.pledges, data.pledgeId).consented = true;
        for (const id of pledgeIds) delete changed(state.pledges, id).hidden;
        for (const id of allocationIds) delete changed(state.allocations, id).hidden;
      },
      touches: { pledges: (d) => [d.pledgeId, ...(d.opened?.pledges ?? []).map((p) => p.pledgeId)] },
      describe: (data) => `consented to show the pledge for ${data.financialYear}`,
      sets: (data) => [data, ...(data.opened?.pledges ?? [])].flatMap(restatesAll),
      disclosesFigures: true,
    },
  ),
  PledgeReduced: event(OfPledge.extend({ fromPence: Pence, toPence: Pence, reason: Prose() }), {
    evolve(state, data) {
      changed(state.pledges, data.pledgeId).confirmed = data.toPence;
    },
    touches: ofPledge,
    describe: (data) =>
      `reduced the pledge for ${data.financialYear} to ${pounds(data.toPence)}: ${data.reason}`,
    sets: (data) => [confirmedSet(data.pledgeId, data.toPence)],
    private: unlessConsented,
    material: true,
  }),
  AgreementProposed: event(z.strictObject({ agreement: Agreement }), {
    evolve(state, data) {
      state.agreements.push(structuredClone(data.agreement));
      state.signatures[data.agreement.version] = [];
    },
    describe: (data) => `proposed version ${data.agreement.version} of the agreement`,
    act: (data) => String(data.agreement.version),
    access: (data) => ({ addParties: [...data.agreement.partners, data.agreement.host] }),
    // Its reductions are figures of pledges that only their own events may open.
    private: (data) => (data.agreement.reductions?.length ?? 0) > 0,
  }),
  AgreementSigned: event(z.strictObject({ agencyId: Id, version: z.int().min(1), agreed: z.boolean() }), {
    evolve(state, data) {
      existing(state.signatures[data.version], `agreement ${data.version}`).push(data.agencyId);
      if (!data.agreed) return;
      const a = existing(
        state.agreements.find((x) => x.version === data.version),
        `agreement ${data.version}`,
      );
      Object.assign(state, {
        inForce: data.version,
        partners: [...a.partners],
        host: a.host,
        purposes: structuredClone(a.purposes),
        years: [...a.years],
      });
      if (state.status === 'proposed') state.status = 'agreed';
    },
    describe: (data) =>
      `signed version ${data.version} of the agreement${data.agreed ? ', which is now in force' : ''}`,
    sets: (data) => (data.agreed ? [sets('agreement', 'Agreement in force', `version ${data.version}`)] : []),
  }),
  PoolOpened: event(z.strictObject({ placeId: Id }), {
    evolve(state) {
      state.status = 'open';
    },
    describe: () => 'opened the pool',
  }),
  ...moneyEvents,
  ...yearEndEvents,
  ...orphanEvents,
  ExitNoticeGiven: event(z.strictObject({ agencyId: Id, leavesOn: DateOn, reason: Prose() }), {
    evolve(state, data) {
      put(state.notices, data.agencyId, data.leavesOn);
    },
    describe: (data) => `gave notice to leave on ${longDate(data.leavesOn)}: ${data.reason}`,
    sets: (data) => [sets(`notice.${data.agencyId}`, 'Leaves on', longDate(data.leavesOn))],
    material: true,
  }),
  PoolSuspended: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'suspended';
    },
    describe: (data) => `suspended the pool: ${data.reason}`,
  }),
  PoolResumed: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'open';
    },
    describe: (data) => `resumed the pool: ${data.reason}`,
  }),
  PoolClosed: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'closed';
    },
    describe: (data) => `closed the pool: ${data.reason}`,
    // What was never confirmed no longer can be.
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<PoolState>()(events, present);
