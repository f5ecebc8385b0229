/**
 * Collaborative (docs/rules/collaborative.md): who holds a seat at a place's table. One per place; its id is
 * the place's.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { decisionRefusal, decisionRefusals, forWantOf } from '../shared/authority.js';
import { existing } from '../kernel/parts.js';
import { refuse, type Context } from '../kernel/types.js';
import { chairCommands } from './chair.js';
import { delegationCommands } from './delegations.js';
import { command, emit, events } from './events.js';
import { seatCommands } from './seats.js';
import { Fraction, Rule, accepted, live, type CollaborativeState, type Terms } from './state.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { PersonAccount, Sha256, ref, idOf, Reason } from '../shared/values.js';
import { countOf } from '../shared/wording.js';
import * as wording from './wording.js';

const ranges = { QUORUM_OUT_OF_RANGE: 'rule', RULE_OUT_OF_RANGE: 'rule' } as const;
function rangeRefusal(data: Terms) {
  if (data.quorum.n * 2 < data.quorum.d || data.quorum.n > data.quorum.d)
    return refuse('QUORUM_OUT_OF_RANGE', wording.quorumOutOfRange, '/quorum');
  return data.rule.kind === 'supermajority' && (data.rule.n * 2 <= data.rule.d || data.rule.n > data.rule.d)
    ? refuse('RULE_OUT_OF_RANGE', wording.supermajorityOutOfRange, '/rule')
    : undefined;
}

const seatedHere = (_s: CollaborativeState, context: Context) => seatRefusal(context, context.recordId);

/** Agencies with a voting seat, of two sectors, without which a collaborative does not begin its work. */
const fewestAgencies = 3;

const EstablishCollaborativeData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Place' }),
  rule: Rule.meta({ label: 'Rule' }),
  quorum: Fraction.meta({ label: 'Seats that must take part' }),
});
const AdoptTermsData = z.strictObject({
  termsHash: Sha256.meta({
    label: 'Fingerprint of the terms of reference',
    hint: 'The SHA-256 of the document, 64 hexadecimal digits.',
  }),
});
const ChangeRuleData = z.strictObject({
  rule: Rule.meta({ label: 'New rule', from: '/rule' }),
  quorum: Fraction.meta({ label: 'Seats that must take part', from: '/quorum' }),
  decisionId: ref('decision').optional().meta({
    label: 'Decision that allows it',
    hint: 'Choose a decision that was carried and says so.',
  }),
});

const commands = {
  EstablishCollaborative: command(EstablishCollaborativeData, {
    title: 'Establish a place’s collaborative',
    creates: true,
    id: (data) => data.placeId,
    givenBy: ['secretariat'],
    refuses: { PLACE_WITHDRAWN: 'state', ...ranges },
    example: { placeId: 'durham', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 } },
    guard: (_s, context) => withdrawnRefusal(context, context.actor.place),
    decide: (_s, data, context) =>
      rangeRefusal(data) ?? [
        emit('CollaborativeEstablished', {
          ...data,
          programmeId: context.read('place', data.placeId).state.programmeId,
        }),
      ],
  }),
  ...seatCommands,
  ...chairCommands,
  AppointSecretary: command(z.strictObject({ account: PersonAccount.meta({ label: 'Secretary' }) }), {
    title: 'Appoint the secretary',
    segment: 'secretary',
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (state, data) => ![undefined, data.account].includes(state.secretary),
    refuses: {},
    example: { account: 'post.programme-lead.durham' },
    decide: (state, data) => (state.secretary === data.account ? [] : [emit('SecretaryAppointed', data)]),
  }),
  ...delegationCommands,
  AdoptTerms: command(AdoptTermsData, {
    title: 'Record the adopted terms of reference',
    segment: 'terms',
    renamed: { hash: 'termsHash' },
    givenBy: ['secretariat'],
    allowedIn: live,
    replaces: (state, data) => ![undefined, data.termsHash].includes(state.terms),
    refuses: {},
    example: { termsHash: '0'.repeat(64) },
    decide: (state, { termsHash: hash }) => (state.terms === hash ? [] : [emit('TermsAdopted', { hash })]),
  }),
  ChangeRule: command(ChangeRuleData, {
    title: 'Change the rule by a carried decision',
    segment: 'rules',
    authorised: { by: 'decisionId', on: ['rule', 'quorum'] },
    givenBy: ['chair', 'secretariat'],
    allowedIn: live,
    replaces: true,
    refuses: { NOT_A_SEAT_HOLDER: 'who', RULE_CHANGE_NEEDS_DECISION: 'rule', ...ranges, ...decisionRefusals },
    example: { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 }, decisionId: 'rule-change' },
    guard: seatedHere,
    decide(state, { decisionId, ...terms }, context) {
      const no = rangeRefusal(terms);
      if (no) return no;
      if (isDeepStrictEqual([state.rule, state.quorum], [terms.rule, terms.quorum])) return [];
      const want = {
        placeId: context.recordId,
        aggregate: 'collaborative',
        command: 'ChangeRule',
        terms,
      } as const;
      const unauthorised = decisionRefusal(context, { decisionId, ...want });
      if (unauthorised) return unauthorised;
      const carried = existing(decisionId, 'decision that authorises it');
      const { rule, quorum } = context.read('decision', carried).state;
      if (!isDeepStrictEqual([rule, quorum], [state.rule, state.quorum]))
        return forWantOf(
          refuse('RULE_CHANGE_NEEDS_DECISION', wording.decidedUnderAnotherRule, '/decisionId'),
          context,
          want,
        );
      const from = { rule: state.rule, quorum: state.quorum };
      return [emit('RuleChanged', { from, to: terms, decisionId: carried })];
    },
  }),
  ActivateCollaborative: command(z.strictObject({}), {
    title: 'Activate a collaborative',
    segment: 'activation',
    givenBy: ['chair', 'secretariat'],
    allowedIn: ['forming'],
    refuses: { COLLABORATIVE_INCOMPLETE: 'rule', NOT_A_SEAT_HOLDER: 'who', PLACE_WITHDRAWN: 'state' },
    example: {},
    guard(state, context) {
      const no = withdrawnRefusal(context, context.recordId) ?? seatRefusal(context, context.recordId);
      if (no) return no;
      // Who only observes leads nothing: the agencies that count are those that vote.
      const voting = accepted(state).filter((x) => x.kind === 'voting');
      const sectors = voting.map((x) => context.read('agency', x.agencyId).state.sector);
      const agencies = new Set(voting.map((x) => x.agencyId)).size;
      const needed: [name: string, there: boolean][] = [
        [countOf(fewestAgencies - agencies, 'more agency', 'more agencies'), agencies >= fewestAgencies],
        ['a second sector', new Set(sectors).size >= 2],
        ['a council', sectors.includes('council')],
        ['a chair', state.chair !== undefined],
        ['adopted terms of reference', state.terms !== undefined],
      ];
      const missing = needed.filter(([, there]) => !there).map(([name]) => name);
      return missing.length > 0
        ? refuse('COLLABORATIVE_INCOMPLETE', `The collaborative still needs ${missing.join(', ')}.`)
        : undefined;
    },
    decide: () => [emit('CollaborativeActivated', {})],
  }),
  DissolveCollaborative: command(z.strictObject({ reason: Reason }), {
    title: 'Dissolve a collaborative',
    segment: 'dissolution',
    givenBy: ['chair', 'secretariat'],
    allowedIn: live,
    refuses: { NOT_A_SEAT_HOLDER: 'who' },
    example: { reason: 'The place has closed out' },
    guard: seatedHere,
    decide: (_s, data) => [emit('CollaborativeDissolved', data)],
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
  title: (_, { id, nameOfPlace }) => `Leadership collaborative of ${nameOfPlace(id)}`,
  events,
  commands,
});
