/** Collaborative (domain.md 9.4): who holds a seat at a place's table. One per place; its id is the place's. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { isRetired } from './agency.js';
import { aggregate, emitter, kit } from './aggregate.js';
import { decisionRefusal, decisionRefusals } from './authority.js';
import { refuse, type Context, type DueChange, type Refusal } from './core.js';
import { addDays, daysBetween } from './calendar.js';
import { Fraction, Rule, type CollaborativeState, type Seat } from './collaborative-state.js';
import { seatRefusal, withdrawnRefusal } from './seats.js';
import { AccountId, DateOn, Id, PartId, Prose, Sha256 } from './values.js';

const { event, command } = kit<CollaborativeState>();
const Kind = z.enum(['voting', 'observer']);
const Terms = z.strictObject({ rule: Rule, quorum: Fraction });
type Terms = z.infer<typeof Terms>;
const inWords = ({ rule, quorum }: Terms): string => `${rule.kind}${rule.kind === 'supermajority' ? ` of ${rule.n}/${rule.d}` : ''} with a quorum of ${quorum.n}/${quorum.d}`;
const SeatData = z.strictObject({ placeId: Id, seatId: PartId, agencyId: Id, account: AccountId, kind: Kind });

/** Said of a leaving that leaves the chair vacant; events of before this was recorded go without. */
const Leaving = SeatData.extend({ wasChair: z.literal(true).optional() });
/** Where the chair left, the place owes a new one within 10 working days. */
const chairDue = (d: z.infer<typeof Leaving>): DueChange[] =>
  d.wasChair ? [{ open: 'orphan', key: 'chair', place: d.placeId, owedBy: [{ kind: 'place', id: d.placeId }], deed: 'Appoint a chair', workingDays: 10 }] : [];

/** What ends with a holder's seat: the delegations they gave, and the chair. An observer's seat carries neither. */
function leave(s: CollaborativeState, d: z.infer<typeof SeatData>, today: string): void {
  if (d.kind === 'voting') s.delegations = s.delegations.filter((x) => x.from !== d.account || x.agencyId !== d.agencyId);
  if (s.chair !== d.seatId) return;
  delete s.chair;
  s.chairVacantSince = today;
}

const events = {
  CollaborativeEstablished: event(z.strictObject({ placeId: Id, programmeId: Id, rule: Rule, quorum: Fraction }), {
    evolve(s, d) {
      s.status = 'forming';
      s.rule = d.rule;
      s.quorum = d.quorum;
    },
    says: (d) => `established the collaborative, deciding by ${d.rule.kind}`,
    access: (d) => ({ tier: 'programme', placeId: d.placeId, programmeId: d.programmeId }),
  }),
  SeatOffered: event(SeatData, {
    evolve(s, { placeId: _, ...d }) {
      s.seats[d.seatId] = { ...d, status: 'offered' };
    },
    says: (d) => `offered ${d.agencyId} ${d.kind === 'voting' ? 'a seat' : 'an observer’s seat'}`,
  }),
  SeatAccepted: event(SeatData, {
    evolve(s, d) {
      s.seats[d.seatId]!.status = 'accepted';
    },
    says: (d) => `accepted the seat of ${d.agencyId}`,
  }),
  SeatHolderReplaced: event(Leaving.extend({ from: AccountId }), {
    evolve(s, d, m) {
      s.seats[d.seatId]!.account = d.account;
      s.seats[d.seatId]!.status = 'offered';
      leave(s, { ...d, account: d.from }, m.today);
    },
    says: (d) => `offered the seat of ${d.agencyId} to ${d.account} in place of ${d.from}`,
    changes: (d) => ({ before: d.from, after: d.account }),
    due: chairDue,
  }),
  SeatVacated: event(Leaving.extend({ reason: Prose() }), {
    evolve(s, d, m) {
      s.seats[d.seatId]!.status = 'vacated';
      leave(s, d, m.today);
    },
    says: (d) => `vacated the seat of ${d.agencyId}: ${d.reason}`,
    due: chairDue,
  }),
  SeatSuspended: event(SeatData.extend({ reason: Prose() }), {
    evolve(s, d) {
      s.seats[d.seatId]!.status = 'suspended';
    },
    says: (d) => `suspended the seat of ${d.agencyId}: ${d.reason}`,
  }),
  ChairAppointed: event(z.strictObject({ seatId: PartId, agencyId: Id, account: AccountId }), {
    evolve(s, d) {
      s.chair = d.seatId;
      delete s.chairVacantSince;
    },
    says: (d) => `appointed the seat-holder of ${d.agencyId} as chair`,
    due: () => [{ close: 'orphan', key: 'chair' }],
  }),
  SecretaryAppointed: event(z.strictObject({ account: AccountId }), {
    evolve(s, d) {
      s.secretary = d.account;
    },
    says: () => 'appointed a secretary',
  }),
  DelegateNominated: event(z.strictObject({ agencyId: Id, from: AccountId, to: AccountId, startOn: DateOn, endOn: DateOn }), {
    evolve(s, d) {
      s.delegations.push({ ...d });
    },
    says: (d) => `named ${d.to} as delegate of ${d.agencyId} until ${d.endOn}`,
  }),
  DelegationEnded: event(z.strictObject({ agencyId: Id, to: AccountId }), {
    evolve(s, d) {
      s.delegations = s.delegations.filter((x) => x.agencyId !== d.agencyId || x.to !== d.to);
    },
    says: (d) => `ended the delegation to ${d.to}`,
  }),
  TermsAdopted: event(z.strictObject({ hash: Sha256 }), {
    evolve(s, d) {
      s.terms = d.hash;
    },
    says: () => 'recorded the adopted terms of reference',
  }),
  RuleChanged: event(z.strictObject({ from: Terms, to: Terms, decisionId: Id }), {
    evolve(s, d) {
      s.rule = d.to.rule;
      s.quorum = d.to.quorum;
    },
    says: (d) => `changed the rule from ${inWords(d.from)} to ${inWords(d.to)} by decision ${d.decisionId}`,
    changes: (d) => ({ before: inWords(d.from), after: inWords(d.to) }),
  }),
  CollaborativeActivated: event(z.strictObject({}), {
    evolve(s) {
      s.status = 'active';
    },
    says: () => 'activated the collaborative',
  }),
  CollaborativeDissolved: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'dissolved';
    },
    says: (d) => `dissolved the collaborative: ${d.reason}`,
    due: () => [{ close: '*' }],
  }),
};
const emit = emitter(events);
const live = ['forming', 'active'];
const accepted = (s: CollaborativeState): Seat[] => Object.values(s.seats).filter((x) => x.status === 'accepted');
const held = (x: Seat): boolean => x.status === 'offered' || x.status === 'accepted' || x.status === 'suspended';
const unknownSeat = (): Refusal => refuse('SEAT_UNKNOWN', 'There is no such seat.', '/seatId');
const data = (ctx: Context, { status: _, ...seat }: Seat) => ({ placeId: ctx.recordId, ...seat });
/** A seat that somebody leaves, with the chair where it goes with them. */
const leaving = (s: CollaborativeState, ctx: Context, seat: Seat) => ({ ...data(ctx, seat), ...(s.chair === seat.seatId ? { wasChair: true as const } : {}) });

const seatRules = (s: CollaborativeState, d: { agencyId: string; account: string; kind: string }, ctx: Context, but?: string): Refusal | undefined => {
  const agency = ctx.read('agency', d.agencyId).state;
  if (agency.status === 'none') return refuse('AGENCY_UNKNOWN', 'Register the agency first.', '/agencyId');
  if (isRetired(agency, ctx.today)) return refuse('AGENCY_RETIRED', 'This agency is retired. Offer the seat to its successor.', '/agencyId');
  const champion = ctx.read('place', ctx.recordId).state.champion?.accountId === d.account;
  if (d.kind === 'voting' && (agency.sector === 'department' || champion)) return refuse('OBSERVERS_ONLY', 'Champions and officials of departments may be observers only.', '/kind');
  if (d.kind === 'observer') return undefined;
  const voting = Object.values(s.seats).filter((x) => x.seatId !== but && x.kind === 'voting' && held(x));
  if (voting.some((x) => x.agencyId === d.agencyId)) return refuse('AGENCY_HAS_SEAT', 'The agency has a voting seat here. One is all an agency has.', '/agencyId');
  if (voting.some((x) => x.account === d.account)) return refuse('PERSON_HAS_SEAT', 'This person has a voting seat here. One is all a person has.', '/account');
  return undefined;
};
const seatCodes = { AGENCY_UNKNOWN: 'rule', AGENCY_RETIRED: 'rule', OBSERVERS_ONLY: 'rule', AGENCY_HAS_SEAT: 'state', PERSON_HAS_SEAT: 'state' } as const;
/** Only the person a seat was offered to, acting for that agency. */
const ownSeat = (seat: Seat | undefined, ctx: Context): Refusal | undefined => {
  if (!seat) return unknownSeat();
  const agency = ctx.actor.role === 'champion' || seat.agencyId === ctx.actor.agency;
  return seat.account === ctx.actor.account && agency ? undefined : refuse('ONLY_THE_PERSON_OFFERED', 'Only the person to whom this seat was offered can do this, acting for that agency.');
};

const ranges = { QUORUM_OUT_OF_RANGE: 'rule', RULE_OUT_OF_RANGE: 'rule' } as const;
function rangeRefusal(d: Terms): Refusal | undefined {
  if (d.quorum.n * 2 < d.quorum.d || d.quorum.n > d.quorum.d) return refuse('QUORUM_OUT_OF_RANGE', 'The quorum is a fraction of the voting seats from a half to all.', '/quorum');
  return d.rule.kind === 'supermajority' && (d.rule.n * 2 <= d.rule.d || d.rule.n > d.rule.d)
    ? refuse('RULE_OUT_OF_RANGE', 'A supermajority is more than a half and at most all.', '/rule')
    : undefined;
}

const commands = {
  EstablishCollaborative: command(z.strictObject({ placeId: Id, rule: Rule, quorum: Fraction }), {
    title: 'Establish a place’s collaborative',
    creates: true,
    id: (d) => d.placeId,
    by: ['secretariat'],
    refuses: { PLACE_WITHDRAWN: 'state', ...ranges },
    example: { placeId: 'durham', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 } },
    decide(_s, d, ctx) {
      const no = withdrawnRefusal(ctx, d.placeId);
      if (no) return no;
      return rangeRefusal(d) ?? [emit('CollaborativeEstablished', { ...d, programmeId: ctx.read('place', d.placeId).state.programmeId })];
    },
  }),
  OfferSeat: command(z.strictObject({ seatId: PartId, agencyId: Id, account: AccountId, kind: Kind }), {
    title: 'Offer a seat',
    noun: 'seats',
    by: ['secretariat'],
    from: live,
    refuses: { PLACE_WITHDRAWN: 'state', SEAT_EXISTS: 'state', ...seatCodes },
    example: { seatId: 'police', agencyId: 'durham-constabulary', account: 'post.chief-constable.durham-constabulary', kind: 'voting' },
    decide(s, d, ctx) {
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? (s.seats[d.seatId] ? refuse('SEAT_EXISTS', 'There is a seat with this id. Choose another.', '/seatId') : seatRules(s, d, ctx));
      return no ?? [emit('SeatOffered', { placeId: ctx.recordId, ...d })];
    },
  }),
  AcceptSeat: command(z.strictObject({ seatId: PartId }), {
    title: 'Accept a seat',
    noun: 'seat-acceptances',
    by: ['seat-holder', 'champion', 'official'],
    target: (_s, _d, l) => ({ placeIds: [l.access.placeId!] }),
    from: live,
    refuses: { SEAT_UNKNOWN: 'rule', ONLY_THE_PERSON_OFFERED: 'who', SEAT_NOT_OFFERED: 'state', AGENCY_RETIRED: 'rule' },
    example: { seatId: 'police' },
    decide(s, d, ctx) {
      const seat = s.seats[d.seatId];
      const no = ownSeat(seat, ctx);
      if (no) return no;
      if (seat!.status === 'accepted') return [];
      if (seat!.status !== 'offered') return refuse('SEAT_NOT_OFFERED', `The seat is ${seat!.status}. It has to be offered again.`);
      if (isRetired(ctx.read('agency', seat!.agencyId).state, ctx.today)) return refuse('AGENCY_RETIRED', 'The agency is retired since the offer.');
      return [emit('SeatAccepted', data(ctx, seat!))];
    },
  }),
  ReplaceHolder: command(z.strictObject({ seatId: PartId, account: AccountId }), {
    title: 'Offer a seat to a new holder',
    noun: 'seat-holders',
    by: ['secretariat'],
    from: live,
    replaces: true,
    refuses: { SEAT_UNKNOWN: 'rule', ...seatCodes },
    example: { seatId: 'police', account: 'post.deputy-chief-constable.durham-constabulary' },
    decide(s, d, ctx) {
      const seat = s.seats[d.seatId];
      if (!seat) return unknownSeat();
      if (seat.account === d.account && (seat.status === 'offered' || seat.status === 'accepted')) return [];
      return seatRules(s, { ...seat, account: d.account }, ctx, d.seatId) ?? [emit('SeatHolderReplaced', { ...leaving(s, ctx, seat), account: d.account, from: seat.account })];
    },
  }),
  VacateSeat: command(z.strictObject({ seatId: PartId, reason: Prose() }), {
    title: 'Vacate a seat',
    noun: 'seat-departures',
    by: ['seat-holder', 'champion', 'official', 'secretariat'],
    target: (_s, _d, l) => ({ placeIds: [l.access.placeId!] }),
    from: live,
    refuses: { SEAT_UNKNOWN: 'rule', ONLY_THE_PERSON_OFFERED: 'who' },
    example: { seatId: 'police', reason: 'Retires' },
    decide(s, d, ctx) {
      const seat = s.seats[d.seatId];
      const no = seat && ctx.actor.role === 'secretariat' ? undefined : ownSeat(seat, ctx);
      return no ?? (seat!.status === 'vacated' ? [] : [emit('SeatVacated', { ...leaving(s, ctx, seat!), reason: d.reason })]);
    },
  }),
  SuspendSeat: command(z.strictObject({ seatId: PartId, reason: Prose() }), {
    title: 'Suspend a seat',
    noun: 'seat-suspensions',
    by: ['chair'],
    from: live,
    refuses: { SEAT_UNKNOWN: 'rule', NOT_A_SEAT_HOLDER: 'who', SEAT_IS_NOT_HELD: 'state' },
    example: { seatId: 'police', reason: 'Under inquiry' },
    decide(s, d, ctx) {
      const no = seatRefusal(ctx, ctx.recordId);
      const seat = s.seats[d.seatId];
      if (no ?? !seat) return no ?? unknownSeat();
      return seat!.status === 'accepted' ? [emit('SeatSuspended', { ...data(ctx, seat!), reason: d.reason })] : refuse('SEAT_IS_NOT_HELD', `The seat is ${seat!.status}.`);
    },
  }),
  AppointChair: command(z.strictObject({ seatId: PartId }), {
    title: 'Appoint the chair',
    noun: 'chair',
    by: ['secretariat'],
    from: live,
    replaces: true,
    refuses: { CHAIR_NEEDS_VOTING_SEAT: 'rule' },
    example: { seatId: 'council' },
    decide(s, d) {
      const seat = s.seats[d.seatId];
      if (seat?.status !== 'accepted' || seat.kind !== 'voting') return refuse('CHAIR_NEEDS_VOTING_SEAT', 'The chair holds an accepted voting seat.', '/seatId');
      return s.chair === d.seatId ? [] : [emit('ChairAppointed', { seatId: seat.seatId, agencyId: seat.agencyId, account: seat.account })];
    },
  }),
  AppointSecretary: command(z.strictObject({ account: AccountId }), {
    title: 'Appoint the secretary',
    noun: 'secretary',
    by: ['secretariat'],
    from: live,
    replaces: true,
    refuses: {},
    example: { account: 'post.programme-lead.durham' },
    decide: (s, d) => (s.secretary === d.account ? [] : [emit('SecretaryAppointed', d)]),
  }),
  NominateDelegate: command(z.strictObject({ to: AccountId, startOn: DateOn, endOn: DateOn }), {
    title: 'Name a delegate for a time',
    noun: 'delegations',
    by: ['seat-holder', 'chair'],
    from: live,
    refuses: { CANNOT_DELEGATE: 'rule', ONLY_SEAT_HOLDERS_DELEGATE: 'who' },
    example: { to: 'post.deputy.durham-constabulary', startOn: '2009-10-01', endOn: '2009-10-31' },
    decide(s, d, ctx) {
      const { account, agency } = ctx.actor;
      const seat = accepted(s).find((x) => x.account === account && x.agencyId === agency && x.kind === 'voting');
      if (s.delegations.some((x) => x.to === account && x.endOn >= ctx.today)) return refuse('CANNOT_DELEGATE', 'A delegate cannot delegate again.');
      if (!seat) return refuse('ONLY_SEAT_HOLDERS_DELEGATE', 'Only the holder of the agency’s voting seat names its delegate.');
      if (Object.values(s.seats).some((x) => x.account === d.to && x.kind === 'voting' && held(x)))
        return refuse('CANNOT_DELEGATE', 'The delegate holds a seat already. Name somebody without one.', '/to');
      if (d.startOn > d.endOn || daysBetween(d.startOn, d.endOn) > 90 || d.endOn < ctx.today)
        return refuse('CANNOT_DELEGATE', `A delegation lasts 90 days at most, until ${addDays(d.startOn, 90)} from that start.`, '/endOn');
      return [emit('DelegateNominated', { agencyId: agency!, from: account, ...d })];
    },
  }),
  EndDelegation: command(z.strictObject({ to: AccountId }), {
    title: 'End a delegation',
    noun: 'delegation-ends',
    by: ['seat-holder', 'chair'],
    from: live,
    refuses: { NOT_A_SEAT_HOLDER: 'who' },
    example: { to: 'post.deputy.durham-constabulary' },
    decide: (s, d, ctx) =>
      seatRefusal(ctx, ctx.recordId) ??
      (s.delegations.some((x) => x.agencyId === ctx.actor.agency && x.to === d.to) ? [emit('DelegationEnded', { agencyId: ctx.actor.agency!, to: d.to })] : []),
  }),
  AdoptTerms: command(z.strictObject({ hash: Sha256 }), {
    title: 'Record the adopted terms of reference',
    noun: 'terms',
    by: ['secretariat'],
    from: live,
    replaces: true,
    refuses: {},
    example: { hash: '0'.repeat(64) },
    decide: (s, d) => (s.terms === d.hash ? [] : [emit('TermsAdopted', d)]),
  }),
  ChangeRule: command(z.strictObject({ rule: Rule, quorum: Fraction, decisionId: Id }), {
    title: 'Change the rule by a carried decision',
    noun: 'rules',
    by: ['chair', 'secretariat'],
    from: live,
    replaces: true,
    refuses: { NOT_A_SEAT_HOLDER: 'who', RULE_CHANGE_NEEDS_DECISION: 'rule', ...ranges, ...decisionRefusals },
    example: { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 }, decisionId: 'rule-change' },
    decide(s, { decisionId, ...terms }, ctx) {
      const no = seatRefusal(ctx, ctx.recordId) ?? rangeRefusal(terms);
      if (no) return no;
      if (isDeepStrictEqual([s.rule, s.quorum], [terms.rule, terms.quorum])) return [];
      const unauthorised = decisionRefusal(ctx, { decisionId, placeId: ctx.recordId, aggregate: 'collaborative', command: 'ChangeRule', terms });
      if (unauthorised) return unauthorised;
      const { rule, quorum } = ctx.read('decision', decisionId).state;
      if (!isDeepStrictEqual([rule, quorum], [s.rule, s.quorum]))
        return refuse(
          'RULE_CHANGE_NEEDS_DECISION',
          'This decision was opened under another rule than the one in force. A rule is changed by a decision carried under the one it replaces.',
          '/decisionId',
        );
      return [emit('RuleChanged', { from: { rule: s.rule, quorum: s.quorum }, to: terms, decisionId })];
    },
  }),
  ActivateCollaborative: command(z.strictObject({}), {
    title: 'Activate a collaborative',
    noun: 'activation',
    by: ['chair', 'secretariat'],
    from: ['forming'],
    refuses: { COLLABORATIVE_INCOMPLETE: 'rule', NOT_A_SEAT_HOLDER: 'who', PLACE_WITHDRAWN: 'state' },
    example: {},
    decide(s, _d, ctx) {
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? seatRefusal(ctx, ctx.recordId);
      if (no) return no;
      const sectors = accepted(s).map((x) => ctx.read('agency', x.agencyId).state.sector);
      const agencies = new Set(accepted(s).map((x) => x.agencyId)).size;
      const missing = [
        agencies >= 3 ? '' : `${3 - agencies} more ${agencies === 2 ? 'agency' : 'agencies'}`,
        new Set(sectors).size >= 2 ? '' : 'a second sector',
        sectors.includes('council') ? '' : 'a council',
        s.chair ? '' : 'a chair',
        s.terms ? '' : 'adopted terms of reference',
      ].filter(Boolean);
      return missing.length > 0 ? refuse('COLLABORATIVE_INCOMPLETE', `The collaborative still needs ${missing.join(', ')}.`) : [emit('CollaborativeActivated', {})];
    },
  }),
  DissolveCollaborative: command(z.strictObject({ reason: Prose() }), {
    title: 'Dissolve a collaborative',
    noun: 'dissolution',
    by: ['chair', 'secretariat'],
    from: live,
    refuses: { NOT_A_SEAT_HOLDER: 'who' },
    example: { reason: 'The place has closed out' },
    decide: (_s, d, ctx) => seatRefusal(ctx, ctx.recordId) ?? [emit('CollaborativeDissolved', d)],
  }),
};

export const collaborative = aggregate<CollaborativeState>({
  name: 'collaborative',
  collection: 'collaboratives',
  initial: () => ({ status: 'none', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 }, seats: {}, delegations: [] }),
  title: () => 'Leadership collaborative',
  events,
  commands,
});
