/** Collaborative (domain.md 9.4): who holds a seat at a place's table. One per place; its id is the place's. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { decisionRefusal, decisionRefusals } from '../shared/authority.js';
import { refuse } from '../kernel/types.js';
import { chairCommands } from './chair.js';
import { delegationCommands } from './delegations.js';
import { command, emit, events } from './events.js';
import { seatCommands } from './seats.js';
import { Fraction, Rule, accepted, live, type CollaborativeState, type Terms } from './state.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Id, PersonAccount, Prose, Sha256, ref } from '../shared/values.js';

const ranges = { QUORUM_OUT_OF_RANGE: 'rule', RULE_OUT_OF_RANGE: 'rule' } as const;
function rangeRefusal(d: Terms) {
  if (d.quorum.n * 2 < d.quorum.d || d.quorum.n > d.quorum.d)
    return refuse(
      'QUORUM_OUT_OF_RANGE',
      'The quorum is a fraction of the voting seats from a half to all.',
      '/quorum',
    );
  return d.rule.kind === 'supermajority' && (d.rule.n * 2 <= d.rule.d || d.rule.n > d.rule.d)
    ? refuse('RULE_OUT_OF_RANGE', 'A supermajority is more than a half and at most all.', '/rule')
    : undefined;
}

const commands = {
  EstablishCollaborative: command(z.strictObject({ placeId: Id, rule: Rule, quorum: Fraction }), {
    title: 'Establish a place’s collaborative',
    creates: true,
    id: (d) => d.placeId,
    givenBy: ['secretariat'],
    refuses: { PLACE_WITHDRAWN: 'state', ...ranges },
    example: { placeId: 'durham', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 } },
    decide(_s, d, ctx) {
      const no = withdrawnRefusal(ctx, d.placeId);
      if (no) return no;
      return (
        rangeRefusal(d) ?? [
          emit('CollaborativeEstablished', {
            ...d,
            programmeId: ctx.read('place', d.placeId).state.programmeId,
          }),
        ]
      );
    },
  }),
  ...seatCommands,
  ...chairCommands,
  AppointSecretary: command(z.strictObject({ account: PersonAccount }), {
    title: 'Appoint the secretary',
    segment: 'secretary',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (s, d) => ![undefined, d.account].includes(s.secretary),
    refuses: {},
    example: { account: 'post.programme-lead.durham' },
    decide: (s, d) => (s.secretary === d.account ? [] : [emit('SecretaryAppointed', d)]),
  }),
  ...delegationCommands,
  AdoptTerms: command(z.strictObject({ hash: Sha256 }), {
    title: 'Record the adopted terms of reference',
    segment: 'terms',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (s, d) => ![undefined, d.hash].includes(s.terms),
    refuses: {},
    example: { hash: '0'.repeat(64) },
    decide: (s, d) => (s.terms === d.hash ? [] : [emit('TermsAdopted', d)]),
  }),
  ChangeRule: command(z.strictObject({ rule: Rule, quorum: Fraction, decisionId: ref('decision') }), {
    title: 'Change the rule by a carried decision',
    segment: 'rules',
    givenBy: ['chair', 'secretariat'],
    allowedIn: live,
    replaces: true,
    refuses: { NOT_A_SEAT_HOLDER: 'who', RULE_CHANGE_NEEDS_DECISION: 'rule', ...ranges, ...decisionRefusals },
    example: { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 }, decisionId: 'rule-change' },
    decide(s, { decisionId, ...terms }, ctx) {
      const no = seatRefusal(ctx, ctx.recordId) ?? rangeRefusal(terms);
      if (no) return no;
      if (isDeepStrictEqual([s.rule, s.quorum], [terms.rule, terms.quorum])) return [];
      const unauthorised = decisionRefusal(ctx, {
        decisionId,
        placeId: ctx.recordId,
        aggregate: 'collaborative',
        command: 'ChangeRule',
        terms,
      });
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
    segment: 'activation',
    givenBy: ['chair', 'secretariat'],
    allowedIn: ['forming'],
    refuses: { COLLABORATIVE_INCOMPLETE: 'rule', NOT_A_SEAT_HOLDER: 'who', PLACE_WITHDRAWN: 'state' },
    example: {},
    decide(s, _d, ctx) {
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? seatRefusal(ctx, ctx.recordId);
      if (no) return no;
      // Who only observes leads nothing: the agencies that count are those that vote.
      const voting = accepted(s).filter((x) => x.kind === 'voting');
      const sectors = voting.map((x) => ctx.read('agency', x.agencyId).state.sector);
      const agencies = new Set(voting.map((x) => x.agencyId)).size;
      const missing = [
        agencies >= 3 ? '' : `${3 - agencies} more ${agencies === 2 ? 'agency' : 'agencies'}`,
        new Set(sectors).size >= 2 ? '' : 'a second sector',
        sectors.includes('council') ? '' : 'a council',
        s.chair ? '' : 'a chair',
        s.terms ? '' : 'adopted terms of reference',
      ].filter(Boolean);
      return missing.length > 0
        ? refuse('COLLABORATIVE_INCOMPLETE', `The collaborative still needs ${missing.join(', ')}.`)
        : [emit('CollaborativeActivated', {})];
    },
  }),
  DissolveCollaborative: command(z.strictObject({ reason: Prose() }), {
    title: 'Dissolve a collaborative',
    segment: 'dissolution',
    givenBy: ['chair', 'secretariat'],
    allowedIn: live,
    refuses: { NOT_A_SEAT_HOLDER: 'who' },
    example: { reason: 'The place has closed out' },
    decide: (_s, d, ctx) => seatRefusal(ctx, ctx.recordId) ?? [emit('CollaborativeDissolved', d)],
  }),
};

export const collaborative = aggregate<CollaborativeState>()({
  name: 'collaborative',
  collection: 'collaboratives',
  initial: () => ({
    status: 'none',
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
    seats: {},
    delegations: [],
  }),
  title: () => 'Leadership collaborative',
  events,
  commands,
});
