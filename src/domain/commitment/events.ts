/**
 * Events of a commitment. Those that carry what is asked of a pool are private
 * (docs/rules/commitment.md#money).
 */
import { z } from 'zod';
import { decides, kit, textKey } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { DateOn, Id, PartId, Pence, Prose, longDate, pounds } from '../shared/values.js';
import { delivery, deliveryEvents, dueSet, ended, party, theCommitment } from './delivery-events.js';
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
  whoAnswers,
  type CommitmentState,
} from './state.js';
import { put } from '../kernel/parts.js';
import type { Meta } from '../kernel/types.js';
import { naming, namingEach, namingKind } from '../kernel/links.js';
import { restates, sets, type SetValue } from '../kernel/set-value.js';

const { event } = kit<CommitmentState>();
const asked = naming('money', 'pool');
const offer = (data: z.infer<typeof Owned>, on: string, meta: Pick<Meta, 'recordId'>) =>
  ({
    open: 'offer',
    key: 'offer',
    place: data.placeId,
    owedBy: party(data.ownerAgencyId, data.ownerKind),
    deed: `Accept or decline ${theCommitment(meta)}`,
    on,
  }) as const;

const titleSet = (title: string): SetValue => sets(textKey('title'), 'What is promised', title);
const ownerSet = (agencyId: string): SetValue => sets('owner', 'Owner', nameOf.agency(agencyId));
const accountableSet = (who: z.infer<typeof Accountable>): SetValue =>
  sets('accountable', 'Who answers for it', whoAnswers(who));
const verifierSet = (agencyId: string): SetValue => sets('verifier', 'Verifier', nameOf.agency(agencyId));

/** It was accepted by an earlier owner, who offered it on: ended so, a promise is kept by nobody. */
const PromisedBefore = z.literal(true).optional();
const ofNobody = (data: { promisedBefore?: true | undefined }): string =>
  data.promisedBefore ? '; what was promised before is now owed by nobody' : '';

export const events = {
  CommitmentDrafted: event(
    Owned.extend({
      programmeId: Id,
      title: Prose('title'),
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
      evolve(state, { ownerKind: _, milestones, ...d }, event) {
        Object.assign(state, structuredClone(d), {
          status: 'draft',
          draftedBy: event.actor.account,
          ...(event.actor.role === 'system' ? { bySystem: true } : {}),
        });
        for (const { milestoneId, ...x } of milestones) put(state.milestones, milestoneId, x);
      },
      act: true,
      links: {
        from: namingKind('from'),
        supersedes: naming('replaces', 'commitment'),
        dependsOn: namingEach('depends-on', 'commitment'),
        money: { kind: 'money', streams: ({ poolId }) => [`pool-${poolId}`] },
      },
      describe: (data) => `drafted the commitment ${data.title} for ${nameOf.agency(data.ownerAgencyId)}`,
      sets: (data) => [
        titleSet(data.title),
        ownerSet(data.ownerAgencyId),
        ...(data.accountable ? [accountableSet(data.accountable)] : []),
        ...(data.dueOn === undefined ? [] : [dueSet(data.dueOn)]),
        ...(data.verifierAgencyId === undefined ? [] : [verifierSet(data.verifierAgencyId)]),
      ],
      access: (data) => ({
        tier: data.level === 'whitehall' ? 'programme' : 'members',
        placeId: data.placeId,
        programmeId: data.programmeId,
        addParties: [data.ownerAgencyId],
      }),
      private: (data) => data.money !== undefined,
    },
  ),
  // What was drafted is frozen; it stands here whole, for those who read the record from here on.
  CommitmentOffered: event(
    Owned.extend({
      title: Prose('title'),
      change: Prose(),
      ...Terms.required().shape,
      startOn: DateOn.optional(),
      verifierKind: OwnerKind,
      lapsesOn: DateOn,
      afterProgramme: z.boolean().optional(),
    }),
    {
      evolve(state, { ownerKind: _o, verifierKind: _v, placeId: _p, ...d }, event) {
        Object.assign(state, structuredClone(d), { status: 'offered', offeredOn: event.today });
      },
      act: true,
      describe: (data) =>
        `offered the commitment to ${nameOf.agency(data.ownerAgencyId)}, due ${longDate(data.dueOn)}, ` +
        `to be verified by ${nameOf.agency(data.verifierAgencyId)}`,
      sets: (data) =>
        [
          titleSet(data.title),
          ownerSet(data.ownerAgencyId),
          accountableSet(data.accountable),
          dueSet(data.dueOn),
          verifierSet(data.verifierAgencyId),
        ].map(restates),
      access: (data) => ({ addParties: [data.verifierAgencyId] }),
      due: (data, meta) => [offer(data, data.lapsesOn, meta)],
    },
  ),
  FundsRequested: event(Money, {
    evolve(state, data, event) {
      // Else its draft said it.
      state.money ??= data;
      state.funds = 'requested';
      state.askedByPlace = event.actor.place === state.placeId;
    },
    links: { poolId: asked },
    describe: (data) =>
      `asked the pool ${nameOf.record(`pool-${data.poolId}`)} to reserve ${pounds(data.pence)} for ` +
      `${data.financialYear}`,
    private: true,
  }),
  CommitmentFundsConfirmed: event(z.strictObject({ poolId: Id, pence: Pence }), {
    evolve(state) {
      state.funds = 'confirmed';
    },
    links: { poolId: asked },
    describe: (data) =>
      `had ${pounds(data.pence)} reserved in the pool ${nameOf.record(`pool-${data.poolId}`)}`,
    private: true,
  }),
  CommitmentFundsRefused: event(z.strictObject({ poolId: Id, code: z.string(), reason: Prose() }), {
    evolve(state) {
      state.funds = 'refused';
    },
    links: { poolId: asked },
    describe: (data) =>
      `was refused money by the pool ${nameOf.record(`pool-${data.poolId}`)}: ${data.reason}`,
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
      evolve(state, data, event) {
        Object.assign(state, {
          status: 'accepted',
          acceptedOn: event.today,
          baselineDueOn: data.baselineDueOn,
          reschedules: data.reschedules,
          consented: data.consent,
        });
        delete state.lapsesOn;
      },
      act: true,
      describe: (data) =>
        `accepted the commitment for ${nameOf.agency(data.ownerAgencyId)}, due ${longDate(data.dueOn)}`,
      sets: (data) => [ownerSet(data.ownerAgencyId), dueSet(data.dueOn)].map(restates),
      due: (data, meta) => [{ close: 'offer' }, delivery(data, data.dueOn, meta)],
    },
  ),
  CommitmentDisclosureConsented: event(z.strictObject({ ownerAgencyId: Id }), {
    evolve(state) {
      state.consented = true;
    },
    act: true,
    describe: (data) =>
      `consented for ${nameOf.agency(data.ownerAgencyId)} to show the commitment to the programme`,
  }),
  CommitmentDeclined: event(
    z.strictObject({ ownerAgencyId: Id, reason: Prose(), promisedBefore: PromisedBefore }),
    {
      evolve: (state, _d, event) => ended(state, 'declined', event.today),
      describe: (data) =>
        `declined the commitment for ${nameOf.agency(data.ownerAgencyId)}: ${data.reason}${ofNobody(data)}`,
      due: () => [{ close: '*' }],
    },
  ),
  OfferLapsed: event(
    z.strictObject({ ownerAgencyId: Id, offeredOn: DateOn, promisedBefore: PromisedBefore }),
    {
      evolve: (state, _d, event) => ended(state, 'lapsed', event.today),
      describe: (data) =>
        `let the offer of ${longDate(data.offeredOn)} to ${nameOf.agency(data.ownerAgencyId)} ` +
        `lapse${ofNobody(data)}`,
      due: () => [{ close: '*' }],
    },
  ),
  CommitmentRescheduled: event(
    z.strictObject({ from: DateOn, to: DateOn, afterProgramme: z.boolean().optional(), ...Word.shape }),
    {
      evolve(state, data) {
        state.dueOn = data.to;
        state.reschedules++;
        if (data.afterProgramme) state.afterProgramme = true;
      },
      act: true,
      spends: 'decisionId',
      describe: (data) =>
        `rescheduled the commitment from ${longDate(data.from)} to ${longDate(data.to)}: ` +
        `${data.reason}${data.official ? ` (${data.official})` : ''}`,
      sets: (data) => [dueSet(data.to)],
      material: true,
      due: (data) => [{ move: 'delivery', key: 'delivery', on: data.to }],
    },
  ),
  AccountableReplaced: event(z.strictObject({ from: Accountable, to: Accountable, reason: Prose() }), {
    evolve(state, data) {
      state.accountable = structuredClone(data.to);
      delete state.orphanedOn;
    },
    act: true,
    completes: ['orphan'],
    describe: (data) => `named who answers for the commitment anew: ${data.reason}`,
    sets: (data) => [accountableSet(data.to)],
    due: () => [{ close: 'orphan' }],
  }),
  CommitmentReassigned: event(
    Owned.extend({ fromAgencyId: Id, accountable: Accountable, reason: Prose(), lapsesOn: DateOn }),
    {
      evolve(state, data, event) {
        Object.assign(state, {
          status: 'offered',
          ownerAgencyId: data.ownerAgencyId,
          accountable: structuredClone(data.accountable),
          offeredOn: event.today,
          lapsesOn: data.lapsesOn,
          consented: false,
        });
        delete state.acceptedOn;
        delete state.orphanedOn;
      },
      act: true,
      completes: ['orphan'],
      describe: (data) =>
        `offered the commitment of ${nameOf.agency(data.fromAgencyId)} to ` +
        `${nameOf.agency(data.ownerAgencyId)}: ${data.reason}`,
      sets: (data) => [ownerSet(data.ownerAgencyId), accountableSet(data.accountable)],
      material: true,
      access: (data) => ({ addParties: [data.ownerAgencyId] }),
      due: (data, meta) => [{ close: '*' }, offer(data, data.lapsesOn, meta)],
    },
  ),
  CommitmentWithdrawn: event(z.strictObject({ ownerAgencyId: Id, accepted: z.boolean(), ...Word.shape }), {
    evolve: (state, _d, event) => ended(state, 'withdrawn', event.today),
    spends: 'decisionId',
    describe: (data) =>
      `withdrew the commitment${data.accepted ? ' after its acceptance' : ''}: ` +
      `${data.reason}${data.official ? ` (${data.official})` : ''}`,
    material: true,
    due: () => [{ close: '*' }],
  }),
  CommitmentSuperseded: event(z.strictObject({ ownerAgencyId: Id, by: Id, ...Word.shape }), {
    evolve(state, data, event) {
      ended(state, 'superseded', event.today);
      state.supersededBy = data.by;
    },
    spends: 'decisionId',
    describe: (data) =>
      `put the commitment ${nameOf.record(`commitment-${data.by}`)} in the stead of this one: ` +
      `${data.reason}${data.official ? ` (${data.official})` : ''}`,
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
      evolve(state, _d, event) {
        state.orphanedOn = event.today;
      },
      describe: (data) =>
        'left the commitment without anybody who answers for it at ' +
        `${nameOf.agency(data.ownerAgencyId)}: ` +
        `${data.cause === 'seat-left' ? 'the seat was left' : 'the agency is retired'}`,
      due: (data, meta) => [
        {
          open: 'orphan',
          key: 'orphan',
          place: data.placeId,
          owedBy: [{ kind: 'place', id: data.placeId }],
          deed: `Reassign ${theCommitment(meta)} of ${nameOf.agency(data.ownerAgencyId)}`,
          on: data.dueOn,
        },
      ],
    },
  ),
  ...deliveryEvents,
};
export const { command, emit } = decides<CommitmentState>()(events, present);
