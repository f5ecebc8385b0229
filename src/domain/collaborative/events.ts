/**
 * Events of a collaborative (docs/rules/collaborative.md). Where the chair falls vacant and no deputy takes
 * it, the place owes a new one.
 */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { Fraction, Rule, SeatKind, Terms, type CollaborativeState } from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, put } from '../kernel/parts.js';
import { AccountId, DateOn, Id, PartId, Prose, Sha256, longDate } from '../shared/values.js';
import type { DueChange } from '../progress/due-codes.js';
import { nobody, sets, type SetValue } from '../kernel/set-value.js';

const { event } = kit<CollaborativeState>();
const termsPhrase = ({ rule, quorum }: Terms): string =>
  `${rule.kind}${rule.kind === 'supermajority' ? ` of ${rule.n}/${rule.d}` : ''} with a quorum of ` +
  `${quorum.n}/${quorum.d}`;
const ruleSet = (terms: Terms): SetValue => sets('rule', 'Rule', termsPhrase(terms));
const SeatData = z.strictObject({
  placeId: Id,
  seatId: PartId,
  agencyId: Id,
  account: AccountId,
  kind: SeatKind,
});

const holder = ({ seatId, account }: z.infer<typeof SeatData>): SetValue =>
  sets(`seat.${seatId}`, 'Holder of the seat', nameOf.person(account));
/** Whoever leaves a seat is chair or deputy no longer. */
const steppedDown = (account: string): SetValue[] => [
  { ...sets('chair', 'Chair', nobody), where: nameOf.person(account) },
  { ...sets('deputy', 'Deputy chair', nobody), where: nameOf.person(account) },
];

/**
 * Said of a leaving that takes the chair with it, and by which seat's deputy it is taken in the same append;
 * events of before this was recorded go without.
 */
const Leaving = SeatData.extend({ wasChair: z.literal(true).optional(), deputySeatId: PartId.optional() });
/** Working days in which the place appoints a chair (docs/rules/collaborative.md#chair-and-deputy). */
const chairWithin = 10;
/** Where the chair left and no deputy follows, the place owes a new one. */
const chairDue = (data: z.infer<typeof Leaving>): DueChange[] =>
  data.wasChair && !data.deputySeatId
    ? [
        {
          open: 'orphan',
          key: 'chair',
          place: data.placeId,
          owedBy: [{ kind: 'place', id: data.placeId }],
          deed: `Appoint a chair in ${nameOf.place(data.placeId)}`,
          workingDays: chairWithin,
        },
      ]
    : [];
const Appointed = z.strictObject({ seatId: PartId, agencyId: Id, account: AccountId });

/** What a holder has of the collaborative besides the seat: they are chair or deputy no longer. */
function stepDown(state: CollaborativeState, seatId: string, today: string): void {
  if (state.deputy === seatId) delete state.deputy;
  if (state.chair !== seatId) return;
  delete state.chair;
  state.chairVacantSince = today;
}
/**
 * What ends with a holder's seat: the delegations they gave, and the chair or the deputy's part. An
 * observer's seat carries none.
 */
function leave(state: CollaborativeState, data: z.infer<typeof SeatData>, today: string): void {
  if (data.kind === 'voting')
    state.delegations = state.delegations.filter(
      (x) => x.from !== data.account || x.agencyId !== data.agencyId,
    );
  stepDown(state, data.seatId, today);
}

export const events = {
  CollaborativeEstablished: event(
    z.strictObject({ placeId: Id, programmeId: Id, rule: Rule, quorum: Fraction }),
    {
      evolve(state, data) {
        state.status = 'forming';
        state.rule = data.rule;
        state.quorum = data.quorum;
      },
      describe: (data) => `established the collaborative, deciding by ${data.rule.kind}`,
      sets: (data) => [ruleSet(data)],
      access: (data) => ({ tier: 'programme', placeId: data.placeId, programmeId: data.programmeId }),
    },
  ),
  SeatOffered: event(SeatData, {
    evolve(state, { placeId: _, ...d }) {
      put(state.seats, d.seatId, { ...d, status: 'offered' });
    },
    describe: (data) =>
      `offered ${nameOf.agency(data.agencyId)} ${data.kind === 'voting' ? 'a seat' : 'an observer’s seat'}`,
    sets: (data) => [holder(data)],
  }),
  SeatAccepted: event(SeatData, {
    evolve(state, data) {
      changed(state.seats, data.seatId).status = 'accepted';
    },
    describe: (data) => `accepted the seat of ${nameOf.agency(data.agencyId)}`,
  }),
  SeatHolderReplaced: event(Leaving.extend({ from: AccountId }), {
    evolve(state, data, event) {
      const seat = changed(state.seats, data.seatId);
      Object.assign(seat, { account: data.account, status: 'offered' });
      delete seat.vacatedAt;
      leave(state, { ...data, account: data.from }, event.today);
    },
    describe: (data) =>
      `offered the seat of ${nameOf.agency(data.agencyId)} to ${nameOf.person(data.account)} in place ` +
      `of ${nameOf.person(data.from)}`,
    sets: (data) => [holder(data), ...steppedDown(data.from)],
    due: chairDue,
  }),
  SeatVacated: event(Leaving.extend({ reason: Prose() }), {
    evolve(state, data, event) {
      const seat = changed(state.seats, data.seatId);
      seat.status = 'vacated';
      seat.vacatedAt = event.version;
      leave(state, data, event.today);
    },
    describe: (data) => `vacated the seat of ${nameOf.agency(data.agencyId)}: ${data.reason}`,
    sets: (data) => steppedDown(data.account),
    due: chairDue,
  }),
  SeatSuspended: event(Leaving.extend({ reason: Prose() }), {
    evolve(state, data, event) {
      changed(state.seats, data.seatId).status = 'suspended';
      // A chair's own suspension of before `wasChair` was recorded left the chair where it was.
      if (data.wasChair || state.deputy === data.seatId) stepDown(state, data.seatId, event.today);
    },
    describe: (data) => `suspended the seat of ${nameOf.agency(data.agencyId)}: ${data.reason}`,
    sets: (data) => steppedDown(data.account).filter(({ key }) => key === 'deputy' || data.wasChair),
    due: chairDue,
  }),
  ChairAppointed: event(Appointed.extend({ wasDeputy: z.literal(true).optional() }), {
    evolve(state, data) {
      state.chair = data.seatId;
      delete state.chairVacantSince;
      if (state.deputy === data.seatId) delete state.deputy;
    },
    completes: ['orphan'],
    describe: (data) =>
      data.wasDeputy
        ? `passed the chair to the deputy, the seat-holder of ${nameOf.agency(data.agencyId)}`
        : `appointed the seat-holder of ${nameOf.agency(data.agencyId)} as chair`,
    sets: (data) => [
      sets('chair', 'Chair', nameOf.person(data.account)),
      { ...sets('deputy', 'Deputy chair', nobody), where: nameOf.person(data.account) },
    ],
    due: () => [{ close: 'orphan', key: 'chair' }],
  }),
  DeputyAppointed: event(Appointed, {
    evolve(state, data) {
      state.deputy = data.seatId;
    },
    describe: (data) => `appointed the seat-holder of ${nameOf.agency(data.agencyId)} as deputy chair`,
    sets: (data) => [sets('deputy', 'Deputy chair', nameOf.person(data.account))],
  }),
  SecretaryAppointed: event(z.strictObject({ account: AccountId }), {
    evolve(state, data) {
      state.secretary = data.account;
    },
    describe: () => 'appointed a secretary',
    sets: (data) => [sets('secretary', 'Secretary', nameOf.person(data.account))],
  }),
  DelegateNominated: event(
    z.strictObject({ agencyId: Id, from: AccountId, to: AccountId, startOn: DateOn, endOn: DateOn }),
    {
      evolve(state, data) {
        state.delegations.push({ ...data });
      },
      describe: (data) =>
        `named ${nameOf.person(data.to)} as delegate of ${nameOf.agency(data.agencyId)} until ` +
        `${longDate(data.endOn)}`,
    },
  ),
  DelegationEnded: event(z.strictObject({ agencyId: Id, to: AccountId }), {
    evolve(state, data) {
      state.delegations = state.delegations.filter((x) => x.agencyId !== data.agencyId || x.to !== data.to);
    },
    describe: (data) => `ended the delegation to ${nameOf.person(data.to)}`,
  }),
  TermsAdopted: event(z.strictObject({ hash: Sha256 }), {
    evolve(state, data) {
      state.terms = data.hash;
    },
    describe: () => 'recorded the adopted terms of reference',
    sets: (data) => [sets('terms', 'Fingerprint of the terms', data.hash)],
  }),
  RuleChanged: event(z.strictObject({ from: Terms, to: Terms, decisionId: Id }), {
    evolve(state, data) {
      state.rule = data.to.rule;
      state.quorum = data.to.quorum;
    },
    spends: 'decisionId',
    describe: (data) =>
      `changed the rule from ${termsPhrase(data.from)} to ${termsPhrase(data.to)} by the decision ` +
      `${nameOf.record(`decision-${data.decisionId}`)}`,
    sets: (data) => [ruleSet(data.to)],
  }),
  CollaborativeActivated: event(z.strictObject({}), {
    evolve(state) {
      state.status = 'active';
    },
    describe: () => 'activated the collaborative',
  }),
  CollaborativeDissolved: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'dissolved';
    },
    describe: (data) => `dissolved the collaborative: ${data.reason}`,
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<CollaborativeState>()(events);
