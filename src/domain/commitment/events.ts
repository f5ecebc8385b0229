/** Events of a commitment (domain.md 9.21). Those that carry what is asked of a pool are private (8.4). */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { DateOn, Id, PartId, Pence, Prose, longDate, pounds } from '../shared/values.js';
import { delivery, deliveryEvents, ended, party } from './delivery-events.js';
import {
  Accountable,
  Level,
  Milestone,
  Money,
  Owned,
  OwnerKind,
  Source,
  Terms,
  Word,
  present,
  type CommitmentState,
} from './state.js';
import { put } from '../kernel/parts.js';
import { naming, namingEach, namingKind } from '../kernel/links.js';

const { event } = kit<CommitmentState>();
const asked = naming('money', 'pool');
const offer = (d: z.infer<typeof Owned>, on: string) =>
  ({
    open: 'offer',
    key: 'offer',
    place: d.placeId,
    owedBy: party(d.ownerAgencyId, d.ownerKind),
    deed: 'Accept or decline the commitment',
    on,
  }) as const;

/** It was accepted by an earlier owner, who offered it on: ended so, a promise is kept by nobody. */
const PromisedBefore = z.literal(true).optional();
const ofNobody = (d: { promisedBefore?: true | undefined }): string =>
  d.promisedBefore ? '; what was promised before is now owed by nobody' : '';

export const events = {
  CommitmentDrafted: event(
    Owned.extend({
      programmeId: Id,
      title: Prose(300),
      change: Prose(),
      level: Level,
      themeId: PartId.optional(),
      ...Terms.shape,
      afterProgramme: z.boolean().optional(),
      milestones: z.array(Milestone),
      money: Money.optional(),
      dependsOn: z.array(Id),
      from: Source.optional(),
      supersedes: Id.optional(),
    }),
    {
      evolve(s, { ownerKind: _, milestones, ...d }, m) {
        Object.assign(s, structuredClone(d), {
          status: 'draft',
          draftedBy: m.actor.account,
          ...(m.actor.role === 'system' ? { bySystem: true } : {}),
        });
        for (const { milestoneId, ...x } of milestones) put(s.milestones, milestoneId, x);
      },
      act: true,
      links: {
        from: namingKind('from'),
        supersedes: naming('replaces', 'commitment'),
        dependsOn: namingEach('depends-on', 'commitment'),
        money: { kind: 'money', streams: ({ poolId }) => [`pool-${poolId}`] },
      },
      describe: (d) => `drafted the commitment ${d.title} for ${nameOf.agency(d.ownerAgencyId)}`,
      access: (d) => ({
        tier: d.level === 'whitehall' ? 'programme' : 'members',
        placeId: d.placeId,
        programmeId: d.programmeId,
        addParties: [d.ownerAgencyId],
      }),
      private: (d) => d.money !== undefined,
    },
  ),
  // What was drafted is frozen; it stands here whole, for those who read the record from here on.
  CommitmentOffered: event(
    Owned.extend({
      title: Prose(300),
      change: Prose(),
      ...Terms.required().shape,
      startOn: DateOn.optional(),
      verifierKind: OwnerKind,
      lapsesOn: DateOn,
      afterProgramme: z.boolean().optional(),
    }),
    {
      evolve(s, { ownerKind: _o, verifierKind: _v, placeId: _p, ...d }, m) {
        Object.assign(s, structuredClone(d), { status: 'offered', offeredOn: m.today });
      },
      act: true,
      describe: (d) =>
        `offered the commitment to ${nameOf.agency(d.ownerAgencyId)}, due ${longDate(d.dueOn)}, to be verified by ${nameOf.agency(d.verifierAgencyId)}`,
      access: (d) => ({ addParties: [d.verifierAgencyId] }),
      due: (d) => [offer(d, d.lapsesOn)],
    },
  ),
  FundsRequested: event(Money, {
    evolve(s, _d, m) {
      s.funds = 'requested';
      s.askedByPlace = m.actor.place === s.placeId;
    },
    links: { poolId: asked },
    describe: (d) =>
      `asked the pool ${nameOf.record(`pool-${d.poolId}`)} to reserve ${pounds(d.pence)} for ${d.financialYear}`,
    private: true,
  }),
  CommitmentFundsConfirmed: event(z.strictObject({ poolId: Id, pence: Pence }), {
    evolve(s) {
      s.funds = 'confirmed';
    },
    links: { poolId: asked },
    describe: (d) => `had ${pounds(d.pence)} reserved in the pool ${nameOf.record(`pool-${d.poolId}`)}`,
    private: true,
  }),
  CommitmentFundsRefused: event(z.strictObject({ poolId: Id, code: z.string(), reason: Prose() }), {
    evolve(s) {
      s.funds = 'refused';
    },
    links: { poolId: asked },
    describe: (d) => `was refused money by the pool ${nameOf.record(`pool-${d.poolId}`)}: ${d.reason}`,
    private: true,
  }),
  CommitmentAccepted: event(
    Owned.extend({
      themeId: PartId.optional(),
      dueOn: DateOn,
      baselineDueOn: DateOn,
      reschedules: z.int().min(0),
      consent: z.boolean(),
    }),
    {
      evolve(s, d, m) {
        Object.assign(s, {
          status: 'accepted',
          acceptedOn: m.today,
          baselineDueOn: d.baselineDueOn,
          reschedules: d.reschedules,
          consented: d.consent,
        });
        delete s.lapsesOn;
      },
      act: true,
      describe: (d) =>
        `accepted the commitment for ${nameOf.agency(d.ownerAgencyId)}, due ${longDate(d.dueOn)}`,
      due: (d) => [{ close: 'offer' }, delivery(d, d.dueOn)],
    },
  ),
  CommitmentDisclosureConsented: event(z.strictObject({ ownerAgencyId: Id }), {
    evolve(s) {
      s.consented = true;
    },
    act: true,
    describe: (d) =>
      `consented for ${nameOf.agency(d.ownerAgencyId)} to show the commitment to the programme`,
  }),
  CommitmentDeclined: event(
    z.strictObject({ ownerAgencyId: Id, reason: Prose(), promisedBefore: PromisedBefore }),
    {
      evolve: (s, _d, m) => ended(s, 'declined', m.today),
      describe: (d) =>
        `declined the commitment for ${nameOf.agency(d.ownerAgencyId)}: ${d.reason}${ofNobody(d)}`,
      due: () => [{ close: '*' }],
    },
  ),
  OfferLapsed: event(
    z.strictObject({ ownerAgencyId: Id, offeredOn: DateOn, promisedBefore: PromisedBefore }),
    {
      evolve: (s, _d, m) => ended(s, 'lapsed', m.today),
      describe: (d) =>
        `let the offer of ${longDate(d.offeredOn)} to ${nameOf.agency(d.ownerAgencyId)} lapse${ofNobody(d)}`,
      due: () => [{ close: '*' }],
    },
  ),
  CommitmentRescheduled: event(
    z.strictObject({ from: DateOn, to: DateOn, afterProgramme: z.boolean().optional(), ...Word.shape }),
    {
      evolve(s, d) {
        s.dueOn = d.to;
        s.reschedules++;
        if (d.afterProgramme) s.afterProgramme = true;
      },
      act: true,
      spends: 'decisionId',
      describe: (d) =>
        `rescheduled the commitment from ${longDate(d.from)} to ${longDate(d.to)}: ${d.reason}${d.official ? ` (${d.official})` : ''}`,
      changes: (d) => ({ before: d.from, after: d.to }),
      material: true,
      due: (d) => [{ move: 'delivery', key: 'delivery', on: d.to }],
    },
  ),
  AccountableReplaced: event(z.strictObject({ from: Accountable, to: Accountable, reason: Prose() }), {
    evolve(s, d) {
      s.accountable = structuredClone(d.to);
      delete s.orphanedOn;
    },
    act: true,
    completes: ['orphan'],
    describe: (d) => `named who answers for the commitment anew: ${d.reason}`,
    changes: (d) => ({ before: Object.values(d.from)[0]!, after: Object.values(d.to)[0]! }),
    due: () => [{ close: 'orphan' }],
  }),
  CommitmentReassigned: event(
    Owned.extend({ fromAgencyId: Id, accountable: Accountable, reason: Prose(), lapsesOn: DateOn }),
    {
      evolve(s, d, m) {
        Object.assign(s, {
          status: 'offered',
          ownerAgencyId: d.ownerAgencyId,
          accountable: structuredClone(d.accountable),
          offeredOn: m.today,
          lapsesOn: d.lapsesOn,
          consented: false,
        });
        delete s.acceptedOn;
        delete s.orphanedOn;
      },
      act: true,
      completes: ['orphan'],
      describe: (d) =>
        `offered the commitment of ${nameOf.agency(d.fromAgencyId)} to ${nameOf.agency(d.ownerAgencyId)}: ${d.reason}`,
      changes: (d) => ({ before: d.fromAgencyId, after: d.ownerAgencyId }),
      material: true,
      access: (d) => ({ addParties: [d.ownerAgencyId] }),
      due: (d) => [{ close: '*' }, offer(d, d.lapsesOn)],
    },
  ),
  CommitmentWithdrawn: event(z.strictObject({ ownerAgencyId: Id, accepted: z.boolean(), ...Word.shape }), {
    evolve: (s, _d, m) => ended(s, 'withdrawn', m.today),
    spends: 'decisionId',
    describe: (d) =>
      `withdrew the commitment${d.accepted ? ' after its acceptance' : ''}: ${d.reason}${d.official ? ` (${d.official})` : ''}`,
    material: true,
    due: () => [{ close: '*' }],
  }),
  CommitmentSuperseded: event(z.strictObject({ ownerAgencyId: Id, by: Id, ...Word.shape }), {
    evolve(s, d, m) {
      ended(s, 'superseded', m.today);
      s.supersededBy = d.by;
    },
    spends: 'decisionId',
    describe: (d) =>
      `put the commitment ${nameOf.record(`commitment-${d.by}`)} in the stead of this one: ${d.reason}${d.official ? ` (${d.official})` : ''}`,
    material: true,
    due: () => [{ close: '*' }],
  }),
  DutyOrphaned: event(
    z.strictObject({
      placeId: Id,
      ownerAgencyId: Id,
      cause: z.enum(['seat-left', 'agency-retired']),
      dueOn: DateOn,
    }),
    {
      evolve(s, _d, m) {
        s.orphanedOn = m.today;
      },
      describe: (d) =>
        `left the commitment without anybody who answers for it at ${nameOf.agency(d.ownerAgencyId)}: ${d.cause === 'seat-left' ? 'the seat was left' : 'the agency is retired'}`,
      due: (d) => [
        {
          open: 'orphan',
          key: 'orphan',
          place: d.placeId,
          owedBy: [{ kind: 'place', id: d.placeId }],
          deed: `Reassign the commitment of ${nameOf.agency(d.ownerAgencyId)}`,
          on: d.dueOn,
        },
      ],
    },
  ),
  ...deliveryEvents,
};
export const { command, emit } = decides<CommitmentState>()(events, present);
