/**
 * However commands and moments come: the quorum never shrinks, nothing counts after the close, and no
 * decision is used twice or for other terms.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { test } from 'tap';
import type { NewEvent } from '../../src/domain/kernel/types.js';
import { quorumOf, resultOf } from '../../src/domain/decision/rule.js';
import { pollOf, type DecisionState } from '../../src/domain/decision/state.js';
import { part } from '../../src/domain/kernel/parts.js';
import { World } from './streams.js';

const agencies = ['council', 'pct', 'police', 'fire', 'college'] as const;
const secretariat = ['secretariat@place:durham', 'lead'] as const;
const chair = ['chair@place:durham+agency:council', 'seat-holder.council'] as const;
const seatHolder = (a: string) => [`seat-holder@place:durham+agency:${a}`, `seat-holder.${a}`] as const;
const motion = { placeId: 'durham', question: 'Shall we?', text: 'We shall.', forum: 'collaborative' };

function table(rule: object, quorum: { n: number; d: number }): World {
  const world = new World();
  world.stands('programme', 'tp', { places: { durham: { status: 'enrolled' } }, endOn: '2010-03-31' });
  world.stands('place', 'durham', { programmeId: 'tp' });
  for (const a of [...agencies, 'late']) world.stands('agency', a, { status: 'registered', sector: 'other' });
  world.stands('agency', 'dwp', { status: 'registered', sector: 'department' });
  const seats = Object.fromEntries(
    agencies.map((a) => [
      a,
      { seatId: a, agencyId: a, account: `seat-holder.${a}`, kind: 'voting', status: 'accepted' },
    ]),
  );
  world.stands(
    'collaborative',
    'durham',
    { status: 'active', rule, quorum, seats, chair: 'council' },
    { tier: 'programme', placeId: 'durham' },
  );
  return world;
}

const agency = fc.constantFrom(...agencies);
const stance = fc.record({
  stance: fc.constantFrom('agree', 'agree', 'agree', 'abstain', 'disagree', 'object'),
  reason: fc.constant('A reason long enough'),
});
type Step = (world: World) => string;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(agency, stance).map(
      ([a, d]): Step =>
        (world) =>
          world.play(...seatHolder(a), 'decision', 'd', 'TakePosition', d),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(agency, stance).map(
      ([a, d]): Step =>
        (world) =>
          world.play(...seatHolder(a), 'decision', 'd', 'ChangePosition', d),
    ),
  },
  {
    weight: 2,
    arbitrary: agency.map(
      (a): Step =>
        (world) =>
          world.play(...seatHolder(a), 'decision', 'd', 'WithdrawObjection', { reason: 'Settled' }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(agency, fc.boolean()).map(
      ([a, pecuniary]): Step =>
        (world) =>
          world.play(...seatHolder(a), 'decision', 'd', 'DeclareInterest', { pecuniary, nature: 'Trustee' }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>((world) =>
      world.play('official@agency:dwp', 'dwp.1', 'decision', 'd', 'RecordExternalConsent', {
        evidence: 'Minute 7',
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((world) => world.play(...chair, 'decision', 'd', 'CloseDecision')),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((world) => world.play('system', 'system', 'decision', 'd', 'CloseDecision')),
  },
  // Seats come and go meanwhile; the rule changes under the decision's feet.
  {
    weight: 1,
    arbitrary: agency.map(
      (a): Step =>
        (world) =>
          world.play(...secretariat, 'collaborative', 'durham', 'VacateSeat', {
            seatId: a,
            reason: 'Leaves',
          }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((world) =>
      world.play(...secretariat, 'collaborative', 'durham', 'OfferSeat', {
        seatId: 'late',
        agencyId: 'late',
        account: 'seat-holder.late',
        kind: 'voting',
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((world) =>
      world.play(...seatHolder('late'), 'collaborative', 'durham', 'AcceptSeat', { seatId: 'late' }),
    ),
  },
  {
    weight: 1,
    arbitrary: stance.map(
      (d): Step =>
        (world) =>
          world.play(...seatHolder('late'), 'decision', 'd', 'TakePosition', d),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 60 }).map((hours): Step => (world) => {
      world.now += hours * 3_600_000;
      return 'time passes';
    }),
  },
);
/** Its time passes, and the closer comes. */
const toItsEnd: Step = (world) => {
  world.now = Math.max(world.now, Date.parse('2009-10-13T17:10:00Z'));
  return world.play('system', 'system', 'decision', 'd', 'CloseDecision');
};
const rules = fc.constantFrom(
  { kind: 'consent' },
  { kind: 'majority' },
  { kind: 'supermajority', n: 2, d: 3 },
);
const quorums = fc.constantFrom({ n: 1, d: 2 }, { n: 2, d: 3 }, { n: 1, d: 1 });

test('one decision, however it goes', async (t) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      rules,
      quorums,
      fc.boolean(),
      fc.boolean(),
      fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
      (rule, quorum, urgent, money, steps) => {
        const world = table(rule, quorum);
        const spends = money
          ? {
              money: ['dwp', 'police'].map((agencyId) => ({
                agencyId,
                pence: 100,
                financialYear: '2009-10',
              })),
            }
          : {};
        world.play(...secretariat, 'decision', 'd', 'DraftDecision', { ...motion, ...spends });
        world.play(...secretariat, 'decision', 'd', 'OpenDecision', {
          closesAt: '2009-10-13T16:00:00Z',
          urgent,
        });
        const { state } = world.of<DecisionState>('decision', 'd');
        const least = quorumOf(agencies.length, quorum);
        const { textHash, closesAt, electorate } = structuredClone(state);
        let needed = resultOf(pollOf(state)).needed;
        for (const taken of [...steps, toItsEnd]) {
          const before = world.events.length;
          const outcome = taken(world);
          seen.add(outcome);
          const made = world.events.slice(before).filter((e) => e.stream === 'decision-d');
          const result = resultOf(pollOf(state));
          if (result.needed < least) throw new Error(`the quorum fell to ${result.needed} of ${least}`);
          if (!urgent && result.needed !== needed)
            throw new Error(`the quorum moved from ${needed} to ${result.needed}`);
          needed = result.needed;
          if (
            state.textHash !== textHash ||
            state.closesAt !== closesAt ||
            !isDeepStrictEqual(state.electorate, electorate)
          )
            throw new Error('what was opened changed');
          for (const { event, at } of made) {
            if (event.type !== 'DecisionClosed' && at > closesAt)
              throw new Error(`${event.type} was recorded at ${at}, after the close`);
            if (event.type !== 'DecisionClosed') continue;
            seen.add(event.data.result as string);
            if (
              event.data.result === 'carried' &&
              ((event.data.spoken as number) < least || (event.data.unagreed as string[]).length > 0)
            )
              throw new Error('carried without its quorum, or its money');
            if (
              (event.data.spoken as number) !==
              Object.entries(state.positions).filter(([seat]) => !part(state.interests, seat)?.pecuniary)
                .length
            )
              throw new Error('somebody was not counted, or twice');
          }
        }
        const closings = world.events.filter((e) => e.event.type === 'DecisionClosed');
        if (closings.length > 1) throw new Error('closed twice');
        const after = closings[0]
          ? world.events.slice(world.events.indexOf(closings[0]) + 1).filter((e) => e.stream === 'decision-d')
          : [];
        if (after.length > 0) throw new Error(`${after[0]!.event.type} after the close`);
      },
    ),
    { numRuns: 300 },
  );
  for (const what of [
    'PositionTaken',
    'PositionChanged',
    'ObjectionWithdrawn',
    'InterestDeclared',
    'ExternalConsentRecorded',
    'carried',
    'not-carried',
    'lapsed',
    'DECISION_CLOSED',
    'TOO_EARLY_TO_CLOSE',
    'NOT_IN_ELECTORATE',
    'INTEREST_DECLARED',
  ])
    t.ok(seen.has(what), `the sequences came upon ${what}`);
});

const ids = ['d1', 'd2', 'd3'] as const;
const terms = {
  Disclose: fc.constantFrom({ to: 'programme' }, { to: 'public' }),
  ChangeRule: fc.constantFrom(
    { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 } },
    { rule: { kind: 'consent' }, quorum: { n: 1, d: 2 } },
  ),
  Reschedule: fc.constantFrom({ dueOn: '2010-02-01' }, { dueOn: '2010-02-15' }),
  Withdraw: fc.constant({}),
  Supersede: fc.constantFrom({ by: 'n1' }, { by: 'n2' }),
  Vire: fc.constantFrom(
    ...[100, 200].map((pence) => ({ from: 'beds', to: 'outreach', subBalances: [{ pledgeId: 'g', pence }] })),
    {
      from: 'outreach',
      to: 'beds',
      subBalances: [{ pledgeId: 'g', pence: 100 }],
    },
  ),
  none: fc.constant({}),
};
const wanted = fc.oneof(
  fc.tuple(
    fc.constant('Disclose'),
    fc.constantFrom('pool-p', 'collaborative-durham', 'decision-d1'),
    terms.Disclose,
  ),
  fc.tuple(fc.constant('ChangeRule'), fc.constant('collaborative-durham'), terms.ChangeRule),
  fc.tuple(fc.constant('Reschedule'), fc.constantFrom('commitment-c1', 'commitment-c2'), terms.Reschedule),
  fc.tuple(fc.constant('Withdraw'), fc.constantFrom('commitment-c1', 'commitment-c2'), terms.Withdraw),
  fc.tuple(fc.constant('Supersede'), fc.constant('commitment-c1'), terms.Supersede),
  fc.tuple(fc.constant('Vire'), fc.constant('pool-p'), terms.Vire),
  fc.tuple(
    fc.constantFrom('Supersede', 'Rescind'),
    fc.constantFrom('decision-d1', 'decision-d2'),
    terms.none,
  ),
);
const authorises = fc.uniqueArray(
  wanted.map(([command, record, t]) => ({ command, record, terms: t })),
  { selector: (a) => a.record, maxLength: 4 },
);
/** What a use did, as the decision must have said it. */
function usedAs({
  type,
  data,
}: NewEvent): { command: string; terms: unknown; decisionId: string } | undefined {
  const decisionId = data.decisionId as string | undefined;
  if (!decisionId) return undefined;
  if (type === 'RecordDisclosed') return { command: 'Disclose', terms: { to: data.to }, decisionId };
  if (type === 'CommitmentRescheduled')
    return { command: 'Reschedule', terms: { dueOn: data.to }, decisionId };
  if (type === 'CommitmentWithdrawn') return { command: 'Withdraw', terms: {}, decisionId };
  if (type === 'CommitmentSuperseded') return { command: 'Supersede', terms: { by: data.by }, decisionId };
  if (type === 'FundsVired')
    return {
      command: 'Vire',
      terms: { from: data.from, to: data.to, subBalances: data.subBalances },
      decisionId,
    };
  if (type === 'RuleChanged') return { command: 'ChangeRule', terms: data.to, decisionId };
  return { command: type === 'DecisionSuperseded' ? 'Supersede' : 'Rescind', terms: {}, decisionId };
}

test('no decision is used twice on a record, or for other terms', async (t) => {
  const seen = new Set<string>();
  const status = fc.constantFrom('carried', 'carried', 'carried', 'not-carried', 'open');
  const decisions = fc.tuple(
    ...ids.map(() =>
      fc.record({
        status,
        authorises,
        under: terms.ChangeRule,
        placeId: fc.constantFrom('durham', 'durham', 'durham', 'kent'),
      }),
    ),
  );
  // Often what a decision says, and often something else.
  const said = fc.record({ i: fc.nat({ max: 2 }), j: fc.nat({ max: 3 }) });
  const other = fc.record({ want: wanted, by: fc.constantFrom(...ids, 'never') });
  const uses = fc.array(fc.oneof({ weight: 2, arbitrary: said }, { weight: 1, arbitrary: other }), {
    minLength: 5,
    maxLength: 60,
    size: 'max',
  });
  fc.assert(
    fc.property(decisions, uses, (given, tries) => {
      const world = table({ kind: 'consent' }, { n: 1, d: 2 });
      for (const [i, { under, ...d }] of given.entries())
        world.stands('decision', ids[i]!, structuredClone({ ...d, ...under }), {
          tier: 'members',
          placeId: d.placeId,
        });
      const allocation = (title: string) => ({
        title,
        cofog: ['07'],
        subBalances: { g: 1_000_000 },
        drawn: {},
        released: false,
      });
      const pledge = {
        pledgeId: 'g',
        agencyId: 'council',
        financialYear: '2009-10',
        status: 'confirmed',
        pledged: 2_000_000,
        confirmed: 2_000_000,
        allocated: 2_000_000,
      };
      const pool = {
        purposes: { cofog: ['07'], text: 'Care' },
        allocations: { beds: allocation('Beds'), outreach: allocation('Outreach') },
      };
      const pledges = {
        g: { ...pledge, reserved: 0, paidIn: 0, drawn: 0, pledgedBy: 'seat-holder.council', consented: true },
      };
      world.stands(
        'pool',
        'p',
        { placeId: 'durham', status: 'open', legalBasis: 'aligned', ...pool, pledges },
        { tier: 'members', placeId: 'durham' },
      );
      const promised = {
        placeId: 'durham',
        programmeId: 'tp',
        status: 'accepted',
        level: 'place',
        ownerAgencyId: 'council',
        dueOn: '2009-12-18',
        baselineDueOn: '2009-12-18',
      };
      for (const c of ['c1', 'c2']) world.stands('commitment', c, promised);
      for (const n of ['n1', 'n2']) world.stands('commitment', n, { ...promised, supersedes: 'c1' });
      for (const u of tries) {
        const entry =
          'i' in u
            ? given[u.i]!.authorises[u.j]
            : { command: u.want[0], record: u.want[1], terms: u.want[2] };
        if (!entry) continue;
        const { command, record, terms } = entry;
        const decisionId = 'i' in u ? ids[u.i]! : u.by;
        const dash = record.indexOf('-');
        const reason = record.startsWith('commitment') ? { reason: 'Later' } : {};
        const key = record.startsWith('decision') && command !== 'Disclose' ? 'byDecisionId' : 'decisionId';
        // Stood back meanwhile, so that the same can be asked for again: what refuses then is that the
        // decision was used.
        for (const c of ['c1', 'c2'])
          Object.assign(world.of<object>('commitment', c).state, { status: 'accepted', dueOn: '2009-12-18' });
        const before = structuredClone(ids.map((id) => world.of<DecisionState>('decision', id).state.status));
        const from = world.events.length;
        seen.add(
          world.play(
            ...((command === 'Vire' ? secretariat : chair) as readonly [string, string]),
            record.slice(0, dash),
            record.slice(dash + 1),
            command,
            { ...terms, ...reason, [key]: decisionId },
          ),
        );
        for (const { event, stream } of world.events.slice(from)) {
          const use = usedAs(event)!;
          const i = ids.indexOf(use.decisionId as 'd1');
          if (before[i] !== 'carried') throw new Error(`${use.decisionId} was ${before[i]} when it was used`);
          if (given[i]!.placeId !== 'durham') throw new Error('a decision of another place was used');
          if (
            !given[i]!.authorises.some(
              (a) =>
                a.command === use.command && a.record === stream && isDeepStrictEqual(a.terms, use.terms),
            )
          )
            throw new Error(`${use.command} on ${stream} was never authorised`);
        }
      }
      const all = world.events.flatMap((e) => usedAs(e.event)?.decisionId.concat(' ', e.stream) ?? []);
      if (new Set(all).size !== all.length) throw new Error(`used twice: ${all.join(', ')}`);
    }),
    { numRuns: 500 },
  );
  for (const what of [
    'RecordDisclosed',
    'RuleChanged',
    'CommitmentRescheduled',
    'CommitmentWithdrawn',
    'CommitmentSuperseded',
    'FundsVired',
    'DecisionSuperseded',
    'DecisionRescinded',
    'DECISION_NOT_CARRIED',
    'DECISION_DOES_NOT_MATCH',
    'DECISION_ALREADY_USED',
  ])
    t.ok(seen.has(what), `the sequences came upon ${what}`);
});
