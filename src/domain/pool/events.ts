/** Events of a pooled budget (domain.md 9.21). Whatever carries a pledge's figure is private without that pledge's consent (8.4). */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { changed, put } from '../kernel/parts.js';
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

const { event } = kit<PoolState>();
export const events = {
  PoolProposed: event(
    z.strictObject({
      placeId: Id,
      programmeId: Id,
      name: Prose(200),
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
      evolve(s, d) {
        Object.assign(s, structuredClone(d), { status: 'proposed' });
      },
      describe: (d) => `proposed the pool ${d.name} (${d.legalBasis})`,
      access: (d) => ({
        tier: 'members',
        placeId: d.placeId,
        programmeId: d.programmeId,
        addParties: [...d.partners, d.host, d.manager],
      }),
    },
  ),
  PledgeMade: event(OfPledge.extend({ amountPence: Pence, fundingStreamId: Id.optional() }), {
    evolve(s, d) {
      put(s.pledges, d.pledgeId, {
        pledgeId: d.pledgeId,
        agencyId: d.agencyId,
        financialYear: d.financialYear,
        status: 'pledged',
        pledged: d.amountPence,
        confirmed: 0,
        reserved: 0,
        allocated: 0,
        paidIn: 0,
        drawn: 0,
        ...(d.fundingStreamId ? { fundingStreamId: d.fundingStreamId } : {}),
        consented: false,
      });
      s.everPledged += d.amountPence;
    },
    links: { fundingStreamId: naming('money', 'fundingstream') },
    touches: ofPledge,
    describe: (d) => `pledged ${pounds(d.amountPence)} for ${d.financialYear}`,
    act: (d) => d.pledgeId,
    private: unlessConsented,
    material: true,
    due: (d) => [
      {
        open: 'pledge',
        key: d.pledgeId,
        owedBy: [{ kind: 'agency', id: d.agencyId }],
        deed: `Confirm the pledge for ${d.financialYear}`,
        workingDays: 20,
      },
    ],
  }),
  PledgeChanged: event(OfPledge.extend({ fromPence: Pence, toPence: Pence, reason: Prose() }), {
    evolve(s, d) {
      changed(s.pledges, d.pledgeId).pledged = d.toPence;
      s.everPledged += d.toPence;
    },
    act: (d) => d.pledgeId,
    touches: ofPledge,
    describe: (d) => `changed the pledge for ${d.financialYear} to ${pounds(d.toPence)}: ${d.reason}`,
    changes: (d) => ({ before: pounds(d.fromPence), after: pounds(d.toPence) }),
    private: unlessConsented,
    material: true,
  }),
  PledgeWithdrawn: event(OfPledge.extend({ reason: Prose() }), {
    evolve(s, d, m) {
      const p = changed(s.pledges, d.pledgeId);
      p.status = 'withdrawn';
      p.withdrawnAt = m.version;
      clearOrphan(p);
    },
    touches: ofPledge,
    completes: ['orphan'],
    describe: (d) => `withdrew the pledge for ${d.financialYear}: ${d.reason}`,
    private: unlessConsented,
    material: true,
    due: (d) => [
      { close: 'pledge', key: d.pledgeId },
      { close: 'orphan', key: d.pledgeId },
    ],
  }),
  PledgeConfirmed: event(OfPledge.extend({ figures: Figures }), {
    evolve(s, d) {
      const p = changed(s.pledges, d.pledgeId);
      p.status = 'confirmed';
      p.confirmed = d.figures.confirmedPence;
      p.consented = d.consented;
    },
    touches: ofPledge,
    completes: ['pledge'],
    describe: (d) => `confirmed the pledge of ${pounds(d.figures.confirmedPence)} for ${d.financialYear}`,
    private: unlessConsented,
    disclosesFigures: (d) => d.consented,
    material: true,
    due: (d) => [{ close: 'pledge', key: d.pledgeId }],
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
      evolve(s, d) {
        const { pledgeIds, allocationIds } = openedBy(s, d.pledgeId);
        changed(s.pledges, d.pledgeId).consented = true;
        for (const id of pledgeIds) delete changed(s.pledges, id).hidden;
        for (const id of allocationIds) delete changed(s.allocations, id).hidden;
      },
      touches: { pledges: (d) => [d.pledgeId, ...(d.opened?.pledges ?? []).map((p) => p.pledgeId)] },
      describe: (d) => `consented to show the pledge for ${d.financialYear}`,
      disclosesFigures: true,
    },
  ),
  PledgeReduced: event(OfPledge.extend({ fromPence: Pence, toPence: Pence, reason: Prose() }), {
    evolve(s, d) {
      changed(s.pledges, d.pledgeId).confirmed = d.toPence;
    },
    touches: ofPledge,
    describe: (d) => `reduced the pledge for ${d.financialYear} to ${pounds(d.toPence)}: ${d.reason}`,
    changes: (d) => ({ before: pounds(d.fromPence), after: pounds(d.toPence) }),
    private: unlessConsented,
    material: true,
  }),
  AgreementProposed: event(z.strictObject({ agreement: Agreement }), {
    evolve(s, d) {
      s.agreements.push(structuredClone(d.agreement));
      s.signatures[d.agreement.version] = [];
    },
    describe: (d) => `proposed version ${d.agreement.version} of the agreement`,
    act: (d) => String(d.agreement.version),
    access: (d) => ({ addParties: [...d.agreement.partners, d.agreement.host] }),
    // Its reductions are figures of pledges that only their own events may open.
    private: (d) => (d.agreement.reductions?.length ?? 0) > 0,
  }),
  AgreementSigned: event(z.strictObject({ agencyId: Id, version: z.int().min(1), agreed: z.boolean() }), {
    evolve(s, d) {
      s.signatures[d.version]!.push(d.agencyId);
      if (!d.agreed) return;
      const a = s.agreements.find((x) => x.version === d.version)!;
      Object.assign(s, {
        inForce: d.version,
        partners: [...a.partners],
        host: a.host,
        purposes: structuredClone(a.purposes),
        years: [...a.years],
      });
      if (s.status === 'proposed') s.status = 'agreed';
    },
    describe: (d) =>
      `signed version ${d.version} of the agreement${d.agreed ? ', which is now in force' : ''}`,
  }),
  PoolOpened: event(z.strictObject({ placeId: Id }), {
    evolve(s) {
      s.status = 'open';
    },
    describe: () => 'opened the pool',
  }),
  ...moneyEvents,
  ...yearEndEvents,
  ...orphanEvents,
  ExitNoticeGiven: event(z.strictObject({ agencyId: Id, leavesOn: DateOn, reason: Prose() }), {
    evolve(s, d) {
      put(s.notices, d.agencyId, d.leavesOn);
    },
    describe: (d) => `gave notice to leave on ${longDate(d.leavesOn)}: ${d.reason}`,
    material: true,
  }),
  PoolSuspended: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'suspended';
    },
    describe: (d) => `suspended the pool: ${d.reason}`,
  }),
  PoolResumed: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'open';
    },
    describe: (d) => `resumed the pool: ${d.reason}`,
  }),
  PoolClosed: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'closed';
    },
    describe: (d) => `closed the pool: ${d.reason}`,
    // What was never confirmed no longer can be.
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<PoolState>()(events, present);
