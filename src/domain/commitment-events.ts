/** Events of a commitment (domain.md 9.21). Those that carry what is asked of a pool are private (8.4). */
import { z } from 'zod';
import { emitter, kit } from './aggregate.js';
import type { DueParty } from './core.js';
import { DateOn, Id, Name, PartId, Pence, Prose, longDate, pounds } from './values.js';
import { Accountable, Cause, Completion, Evidence, Level, Milestone, Money, OwnerKind, Period, Rag, Source, worstOf, type CommitmentState, type Report } from './commitment-state.js';

const { event } = kit<CommitmentState>();
/** Whose it is; kept with every event that opens something this agency owes. */
export const Owned = z.strictObject({ placeId: Id, ownerAgencyId: Id, ownerKind: OwnerKind });
export const Terms = z.strictObject({
  accountable: Accountable.optional(),
  measure: Prose(500).optional(),
  evidenceExpected: Prose(500).optional(),
  startOn: DateOn.optional(),
  dueOn: DateOn.optional(),
  verifierAgencyId: Id.optional(),
});
/** By what an accepted promise is changed or ended: a carried decision (place), a named official (Whitehall). */
export const Word = z.strictObject({ reason: Prose(), decisionId: Id.optional(), official: Name.optional() });
const party = (id: string, kind: z.infer<typeof OwnerKind>): DueParty[] => [{ kind: kind === 'department' ? 'department' : 'agency', id }];
const delivery = (d: z.infer<typeof Owned>, on: string) =>
  ({ open: 'delivery', key: 'delivery', place: d.placeId, owedBy: party(d.ownerAgencyId, d.ownerKind), deed: 'Deliver the commitment', on }) as const;
const offer = (d: z.infer<typeof Owned>, on: string) =>
  ({ open: 'offer', key: 'offer', place: d.placeId, owedBy: party(d.ownerAgencyId, d.ownerKind), deed: 'Accept or decline the commitment', on }) as const;
const ended = (s: CommitmentState, status: CommitmentState['status'], today: string): void => {
  s.status = status;
  s.endedOn = today;
};
const returned = (s: CommitmentState): void => {
  s.status = 'in-delivery';
  delete s.claim;
};

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
        Object.assign(s, structuredClone(d), { status: 'draft', draftedBy: m.actor.account, ...(m.actor.role === 'system' ? { bySystem: true } : {}) });
        for (const { milestoneId, ...x } of milestones) s.milestones[milestoneId] = x;
      },
      says: (d) => `drafted the commitment ${d.title} for ${d.ownerAgencyId}`,
      access: (d) => ({ tier: d.level === 'whitehall' ? 'programme' : 'members', placeId: d.placeId, programmeId: d.programmeId, addParties: [d.ownerAgencyId] }),
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
      says: (d) => `offered the commitment to ${d.ownerAgencyId}, due ${longDate(d.dueOn)}, to be verified by ${d.verifierAgencyId}`,
      access: (d) => ({ addParties: [d.verifierAgencyId] }),
      due: (d) => [offer(d, d.lapsesOn)],
    },
  ),
  FundsRequested: event(Money, {
    evolve(s) {
      s.funds = 'requested';
    },
    says: (d) => `asked the pool ${d.poolId} to reserve ${pounds(d.pence)} for ${d.financialYear}`,
    private: true,
  }),
  CommitmentFundsConfirmed: event(z.strictObject({ poolId: Id, pence: Pence }), {
    evolve(s) {
      s.funds = 'confirmed';
    },
    says: (d) => `had ${pounds(d.pence)} reserved in the pool ${d.poolId}`,
    private: true,
  }),
  CommitmentFundsRefused: event(z.strictObject({ poolId: Id, code: z.string(), reason: Prose() }), {
    evolve(s) {
      s.funds = 'refused';
    },
    says: (d) => `was refused money by the pool ${d.poolId}: ${d.reason}`,
    private: true,
  }),
  CommitmentAccepted: event(Owned.extend({ themeId: PartId.optional(), dueOn: DateOn, baselineDueOn: DateOn, reschedules: z.int().min(0), consent: z.boolean() }), {
    evolve(s, d, m) {
      Object.assign(s, { status: 'accepted', acceptedOn: m.today, baselineDueOn: d.baselineDueOn, reschedules: d.reschedules, consented: d.consent });
      delete s.lapsesOn;
    },
    says: (d) => `accepted the commitment for ${d.ownerAgencyId}, due ${longDate(d.dueOn)}`,
    due: (d) => [{ close: 'offer' }, delivery(d, d.dueOn)],
  }),
  CommitmentDisclosureConsented: event(z.strictObject({ ownerAgencyId: Id }), {
    evolve(s) {
      s.consented = true;
    },
    says: (d) => `consented for ${d.ownerAgencyId} to show the commitment to the programme`,
  }),
  CommitmentDeclined: event(z.strictObject({ ownerAgencyId: Id, reason: Prose() }), {
    evolve: (s, _d, m) => ended(s, 'declined', m.today),
    says: (d) => `declined the commitment for ${d.ownerAgencyId}: ${d.reason}`,
    due: () => [{ close: '*' }],
  }),
  OfferLapsed: event(z.strictObject({ ownerAgencyId: Id, offeredOn: DateOn }), {
    evolve: (s, _d, m) => ended(s, 'lapsed', m.today),
    says: (d) => `let the offer of ${longDate(d.offeredOn)} to ${d.ownerAgencyId} lapse`,
    due: () => [{ close: '*' }],
  }),
  ProgressReported: event(
    z.strictObject({
      placeId: Id,
      ownerAgencyId: Id,
      period: Period,
      progress: z.int().min(0).max(100),
      rag: Rag,
      narrative: Prose(),
      nextStep: Prose(500),
      cause: Cause.optional(),
      causeText: Prose(300).optional(),
      recovery: Prose(500).optional(),
      recoveryOn: DateOn.optional(),
      fallReason: Prose(500).optional(),
      correctionReason: Prose(500).optional(),
      waiverId: Id.optional(),
      overrideReason: Prose(500).optional(),
      /** It is red, and was not by the last report before it. */
      turnedRed: z.boolean(),
    }),
    {
      evolve(s, { placeId: _p, ownerAgencyId: _o, period, turnedRed: _t, ...d }, m) {
        s.reports[period] = { ...structuredClone(d), on: m.today } as Report;
        if (s.status === 'accepted') s.status = 'in-delivery';
      },
      says: (d) =>
        `${d.correctionReason ? 'corrected the report' : 'reported'} for ${d.period}: ${d.progress} per cent, ${worstOf(d.rag)}${d.waiverId ? ', against the facts, by a waiver' : ''}. ${d.narrative}`,
      material: (d) => d.turnedRed,
    },
  ),
  CommitmentRescheduled: event(z.strictObject({ from: DateOn, to: DateOn, afterProgramme: z.boolean().optional(), ...Word.shape }), {
    evolve(s, d) {
      s.dueOn = d.to;
      s.reschedules++;
      if (d.afterProgramme) s.afterProgramme = true;
    },
    says: (d) => `rescheduled the commitment from ${longDate(d.from)} to ${longDate(d.to)}: ${d.reason}${d.official ? ` (${d.official})` : ''}`,
    changes: (d) => ({ before: d.from, after: d.to }),
    material: true,
    due: (d) => [{ move: 'delivery', key: 'delivery', on: d.to }],
  }),
  CommitmentMilestoneAdded: event(Milestone, {
    evolve(s, { milestoneId, ...d }) {
      s.milestones[milestoneId] = d;
    },
    says: (d) => `added the milestone ${d.title}, due ${longDate(d.dueOn)}`,
  }),
  CommitmentMilestoneReached: event(z.strictObject({ milestoneId: PartId, title: Prose(300), note: Prose(500).optional() }), {
    evolve(s, d, m) {
      s.milestones[d.milestoneId]!.reachedOn = m.today;
    },
    says: (d) => `reached the milestone ${d.title}${d.note ? `: ${d.note}` : ''}`,
  }),
  AccountableReplaced: event(z.strictObject({ from: Accountable, to: Accountable, reason: Prose() }), {
    evolve(s, d) {
      s.accountable = structuredClone(d.to);
      delete s.orphanedOn;
    },
    says: (d) => `named who answers for the commitment anew: ${d.reason}`,
    changes: (d) => ({ before: Object.values(d.from)[0]!, after: Object.values(d.to)[0]! }),
    due: () => [{ close: 'orphan' }],
  }),
  CommitmentReassigned: event(Owned.extend({ fromAgencyId: Id, accountable: Accountable, reason: Prose(), lapsesOn: DateOn }), {
    evolve(s, d, m) {
      Object.assign(s, { status: 'offered', ownerAgencyId: d.ownerAgencyId, accountable: structuredClone(d.accountable), offeredOn: m.today, lapsesOn: d.lapsesOn, consented: false });
      delete s.acceptedOn;
      delete s.orphanedOn;
    },
    says: (d) => `offered the commitment of ${d.fromAgencyId} to ${d.ownerAgencyId}: ${d.reason}`,
    changes: (d) => ({ before: d.fromAgencyId, after: d.ownerAgencyId }),
    material: true,
    access: (d) => ({ addParties: [d.ownerAgencyId] }),
    due: (d) => [{ close: '*' }, offer(d, d.lapsesOn)],
  }),
  CompletionClaimed: event(Owned.extend({ evidence: z.array(Evidence), verifierAgencyId: Id, verifierKind: OwnerKind, verifyBy: DateOn }), {
    evolve(s, d, m) {
      s.status = 'completion-claimed';
      s.claim = { by: m.actor.account, on: m.today, evidence: structuredClone(d.evidence) };
    },
    says: (d) => `claimed for ${d.ownerAgencyId} that the commitment is complete, to be verified by ${d.verifierAgencyId}`,
    due: (d) => [
      { close: 'delivery' },
      { open: 'verification', key: 'verification', place: d.placeId, owedBy: party(d.verifierAgencyId, d.verifierKind), deed: 'Verify that the commitment is complete', on: d.verifyBy },
    ],
  }),
  CompletionReturned: event(Owned.extend({ dueOn: DateOn, reason: Prose() }), {
    evolve: returned,
    says: (d) => `returned the claim of completion to ${d.ownerAgencyId}: ${d.reason}`,
    due: (d) => [{ close: 'verification' }, delivery(d, d.dueOn)],
  }),
  CompletionVerified: event(Owned.extend({ verifierAgencyId: Id, level: Completion, closes: z.boolean(), reason: Prose().optional(), dueOn: DateOn }), {
    evolve(s, d, m) {
      s.verification = { level: d.level, by: m.actor.account, agencyId: d.verifierAgencyId, on: m.today, ...(d.reason ? { reason: d.reason } : {}) };
      if (d.closes) ended(s, 'completed', m.today);
      else returned(s);
    },
    says: (d) => `verified for ${d.verifierAgencyId}: ${d.level}${d.reason ? `, ${d.reason}` : ''}`,
    due: (d) => (d.closes ? [{ close: '*' }] : [{ close: 'verification' }, delivery(d, d.dueOn)]),
  }),
  CommitmentReopened: event(Owned.extend({ evidence: z.array(Evidence), reason: Prose(), dueOn: DateOn }), {
    evolve(s, d) {
      returned(s);
      s.dueOn = d.dueOn;
      delete s.endedOn;
    },
    says: (d) => `reopened the commitment, now due ${longDate(d.dueOn)}: ${d.reason}`,
    due: (d) => [delivery(d, d.dueOn)],
  }),
  CommitmentWithdrawn: event(z.strictObject({ ownerAgencyId: Id, accepted: z.boolean(), ...Word.shape }), {
    evolve: (s, _d, m) => ended(s, 'withdrawn', m.today),
    says: (d) => `withdrew the commitment${d.accepted ? ' after its acceptance' : ''}: ${d.reason}${d.official ? ` (${d.official})` : ''}`,
    material: true,
    due: () => [{ close: '*' }],
  }),
  CommitmentSuperseded: event(z.strictObject({ ownerAgencyId: Id, by: Id, ...Word.shape }), {
    evolve(s, d, m) {
      ended(s, 'superseded', m.today);
      s.supersededBy = d.by;
    },
    says: (d) => `put the commitment ${d.by} in the stead of this one: ${d.reason}${d.official ? ` (${d.official})` : ''}`,
    material: true,
    due: () => [{ close: '*' }],
  }),
  DutyOrphaned: event(z.strictObject({ placeId: Id, ownerAgencyId: Id, cause: z.enum(['seat-left', 'agency-retired']), dueOn: DateOn }), {
    evolve(s, _d, m) {
      s.orphanedOn = m.today;
    },
    says: (d) => `left the commitment without anybody who answers for it at ${d.ownerAgencyId}: ${d.cause === 'seat-left' ? 'the seat was left' : 'the agency is retired'}`,
    due: (d) => [{ open: 'orphan', key: 'orphan', place: d.placeId, owedBy: [{ kind: 'place', id: d.placeId }], deed: `Reassign the commitment of ${d.ownerAgencyId}`, on: d.dueOn }],
  }),
};
export const emit = emitter(events);
