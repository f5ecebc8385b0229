/** Events of a collaborative (domain.md 9.21). Where the chair falls vacant and no deputy takes it, the place owes a new one. */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { Fraction, Rule, SeatKind, Terms, type CollaborativeState } from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, put } from '../kernel/parts.js';
import { AccountId, DateOn, Id, PartId, Prose, Sha256, longDate } from '../shared/values.js';
import type { DueChange } from '../progress/due-codes.js';

const { event } = kit<CollaborativeState>();
const inWords = ({ rule, quorum }: Terms): string =>
  `${rule.kind}${rule.kind === 'supermajority' ? ` of ${rule.n}/${rule.d}` : ''} with a quorum of ${quorum.n}/${quorum.d}`;
const SeatData = z.strictObject({
  placeId: Id,
  seatId: PartId,
  agencyId: Id,
  account: AccountId,
  kind: SeatKind,
});

/**
 * Said of a leaving that takes the chair with it, and by which seat's deputy it is taken in the same append; events of before
 * this was recorded go without.
 */
const Leaving = SeatData.extend({ wasChair: z.literal(true).optional(), deputySeatId: PartId.optional() });
/** Where the chair left and no deputy follows, the place owes a new one within 10 working days. */
const chairDue = (d: z.infer<typeof Leaving>): DueChange[] =>
  d.wasChair && !d.deputySeatId
    ? [
        {
          open: 'orphan',
          key: 'chair',
          place: d.placeId,
          owedBy: [{ kind: 'place', id: d.placeId }],
          deed: 'Appoint a chair',
          workingDays: 10,
        },
      ]
    : [];
const Appointed = z.strictObject({ seatId: PartId, agencyId: Id, account: AccountId });

/** What a holder has of the collaborative besides the seat: they are chair or deputy no longer. */
function stepDown(s: CollaborativeState, seatId: string, today: string): void {
  if (s.deputy === seatId) delete s.deputy;
  if (s.chair !== seatId) return;
  delete s.chair;
  s.chairVacantSince = today;
}
/** What ends with a holder's seat: the delegations they gave, and the chair or the deputy's part. An observer's seat carries none. */
function leave(s: CollaborativeState, d: z.infer<typeof SeatData>, today: string): void {
  if (d.kind === 'voting')
    s.delegations = s.delegations.filter((x) => x.from !== d.account || x.agencyId !== d.agencyId);
  stepDown(s, d.seatId, today);
}

export const events = {
  CollaborativeEstablished: event(
    z.strictObject({ placeId: Id, programmeId: Id, rule: Rule, quorum: Fraction }),
    {
      evolve(s, d) {
        s.status = 'forming';
        s.rule = d.rule;
        s.quorum = d.quorum;
      },
      describe: (d) => `established the collaborative, deciding by ${d.rule.kind}`,
      access: (d) => ({ tier: 'programme', placeId: d.placeId, programmeId: d.programmeId }),
    },
  ),
  SeatOffered: event(SeatData, {
    evolve(s, { placeId: _, ...d }) {
      put(s.seats, d.seatId, { ...d, status: 'offered' });
    },
    describe: (d) =>
      `offered ${nameOf.agency(d.agencyId)} ${d.kind === 'voting' ? 'a seat' : 'an observer’s seat'}`,
  }),
  SeatAccepted: event(SeatData, {
    evolve(s, d) {
      changed(s.seats, d.seatId).status = 'accepted';
    },
    describe: (d) => `accepted the seat of ${nameOf.agency(d.agencyId)}`,
  }),
  SeatHolderReplaced: event(Leaving.extend({ from: AccountId }), {
    evolve(s, d, m) {
      const seat = changed(s.seats, d.seatId);
      Object.assign(seat, { account: d.account, status: 'offered' });
      delete seat.vacatedAt;
      leave(s, { ...d, account: d.from }, m.today);
    },
    describe: (d) =>
      `offered the seat of ${nameOf.agency(d.agencyId)} to ${nameOf.person(d.account)} in place of ${nameOf.person(d.from)}`,
    changes: (d) => ({ before: d.from, after: d.account }),
    due: chairDue,
  }),
  SeatVacated: event(Leaving.extend({ reason: Prose() }), {
    evolve(s, d, m) {
      const seat = changed(s.seats, d.seatId);
      seat.status = 'vacated';
      seat.vacatedAt = m.version;
      leave(s, d, m.today);
    },
    describe: (d) => `vacated the seat of ${nameOf.agency(d.agencyId)}: ${d.reason}`,
    due: chairDue,
  }),
  SeatSuspended: event(Leaving.extend({ reason: Prose() }), {
    evolve(s, d, m) {
      changed(s.seats, d.seatId).status = 'suspended';
      // A chair's own suspension of before `wasChair` was recorded left the chair where it was.
      if (d.wasChair || s.deputy === d.seatId) stepDown(s, d.seatId, m.today);
    },
    describe: (d) => `suspended the seat of ${nameOf.agency(d.agencyId)}: ${d.reason}`,
    due: chairDue,
  }),
  ChairAppointed: event(Appointed.extend({ wasDeputy: z.literal(true).optional() }), {
    evolve(s, d) {
      s.chair = d.seatId;
      delete s.chairVacantSince;
      if (s.deputy === d.seatId) delete s.deputy;
    },
    completes: ['orphan'],
    describe: (d) =>
      d.wasDeputy
        ? `passed the chair to the deputy, the seat-holder of ${nameOf.agency(d.agencyId)}`
        : `appointed the seat-holder of ${nameOf.agency(d.agencyId)} as chair`,
    due: () => [{ close: 'orphan', key: 'chair' }],
  }),
  DeputyAppointed: event(Appointed, {
    evolve(s, d) {
      s.deputy = d.seatId;
    },
    describe: (d) => `appointed the seat-holder of ${nameOf.agency(d.agencyId)} as deputy chair`,
  }),
  SecretaryAppointed: event(z.strictObject({ account: AccountId }), {
    evolve(s, d) {
      s.secretary = d.account;
    },
    describe: () => 'appointed a secretary',
  }),
  DelegateNominated: event(
    z.strictObject({ agencyId: Id, from: AccountId, to: AccountId, startOn: DateOn, endOn: DateOn }),
    {
      evolve(s, d) {
        s.delegations.push({ ...d });
      },
      describe: (d) =>
        `named ${nameOf.person(d.to)} as delegate of ${nameOf.agency(d.agencyId)} until ${longDate(d.endOn)}`,
    },
  ),
  DelegationEnded: event(z.strictObject({ agencyId: Id, to: AccountId }), {
    evolve(s, d) {
      s.delegations = s.delegations.filter((x) => x.agencyId !== d.agencyId || x.to !== d.to);
    },
    describe: (d) => `ended the delegation to ${nameOf.person(d.to)}`,
  }),
  TermsAdopted: event(z.strictObject({ hash: Sha256 }), {
    evolve(s, d) {
      s.terms = d.hash;
    },
    describe: () => 'recorded the adopted terms of reference',
  }),
  RuleChanged: event(z.strictObject({ from: Terms, to: Terms, decisionId: Id }), {
    evolve(s, d) {
      s.rule = d.to.rule;
      s.quorum = d.to.quorum;
    },
    spends: 'decisionId',
    describe: (d) =>
      `changed the rule from ${inWords(d.from)} to ${inWords(d.to)} by the decision ${nameOf.record(`decision-${d.decisionId}`)}`,
    changes: (d) => ({ before: inWords(d.from), after: inWords(d.to) }),
  }),
  CollaborativeActivated: event(z.strictObject({}), {
    evolve(s) {
      s.status = 'active';
    },
    describe: () => 'activated the collaborative',
  }),
  CollaborativeDissolved: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'dissolved';
    },
    describe: (d) => `dissolved the collaborative: ${d.reason}`,
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<CollaborativeState>()(events);
