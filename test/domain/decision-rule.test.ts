import fc from 'fast-check';
import { test } from 'tap';
import {
  explain,
  quorumOf,
  resultOf,
  silent,
  type Poll,
  type Stance,
} from '../../src/domain/decision/rule.js';

const closesAt = '2009-10-30T17:00:00.000Z';
/** Seats s1, s2, … of agencies a1, a2, …; positions in order, `-` for a silent seat. */
const poll = (seats: number, positions: (Stance | '-' | 'withdrawn')[], more: Partial<Poll> = {}): Poll => ({
  electorate: Array.from({ length: seats }, (_, i) => ({ seatId: `s${i + 1}`, agencyId: `a${i + 1}` })),
  rule: { kind: 'consent' },
  quorum: { n: 1, d: 2 },
  urgent: false,
  closesAt,
  positions: Object.fromEntries(
    positions.flatMap((p, i) =>
      p === '-'
        ? []
        : [
            [
              `s${i + 1}`,
              p === 'withdrawn'
                ? { stance: 'object' as const, withdrawn: true, at: closesAt }
                : { stance: p, at: closesAt },
            ],
          ],
    ),
  ),
  out: [],
  money: [],
  consents: [],
  ...more,
});
const said = (p: Poll) => explain(p).map((x) => x.text);

test('the quorum is a fraction of the seats at the opening, rounded up', async (t) => {
  for (const [seats, n, d, q] of [
    [7, 1, 2, 4],
    [6, 1, 2, 3],
    [1, 1, 2, 1],
    [3, 2, 3, 2],
    [4, 2, 3, 3],
    [22, 1, 1, 22],
    [100, 51, 100, 51],
    [3, 1, 3, 1],
  ] as const)
    t.equal(quorumOf(seats, { n, d }), q, `${n}/${d} of ${seats}`);
});

test('an abstention is a position, an interest none, and the quorum does not shrink for it', async (t) => {
  const oneRecused = poll(7, ['agree', 'agree', 'agree', 'abstain', '-', '-', '-'], { out: ['s5'] });
  t.match(resultOf(oneRecused), {
    mayVote: 6,
    needed: 4,
    spoken: 4,
    quorate: true,
    ruleMet: true,
    result: 'carried',
  });
  t.equal(resultOf(oneRecused).why, undefined);
  const three = poll(7, ['agree', 'agree', 'agree', '-', '-', '-', '-'], { out: ['s5'] });
  t.match(
    resultOf(three),
    { needed: 4, spoken: 3, quorate: false, result: 'lapsed', why: 'QUORUM_NOT_REACHED' },
    'three of the six that may vote are not four of seven',
  );
  const before = poll(7, ['agree', 'agree', 'agree', 'abstain', '-', '-', '-'], { out: ['s4'] });
  t.match(
    resultOf(before),
    { spoken: 3, result: 'lapsed' },
    'what a seat said before it declared its interest counts no more',
  );
});

test('nobody spends another body’s money: it agrees itself', async (t) => {
  const silentPolice = poll(7, ['agree', 'agree', 'agree', 'abstain', '-', '-', '-'], {
    money: ['a7', 'a7'],
  });
  t.match(resultOf(silentPolice), {
    quorate: true,
    ruleMet: true,
    unagreed: ['a7'],
    result: 'not-carried',
    why: 'AFFECTED_AGENCY_HAS_NOT_AGREED',
  });
  const with7 = (p: Stance | 'withdrawn', more: Partial<Poll> = {}) =>
    resultOf(poll(7, ['agree', 'agree', 'agree', '-', '-', '-', p], { money: ['a7'], ...more })).result;
  t.equal(with7('agree'), 'carried');
  t.equal(with7('abstain'), 'not-carried', 'to abstain is not to agree');
  t.equal(with7('withdrawn'), 'not-carried', 'nor is an objection withdrawn');
  t.equal(with7('abstain', { consents: ['a7'] }), 'not-carried', 'a seat that votes agrees by its position');
  const withConsents = (consents: string[]) =>
    resultOf(
      poll(7, ['agree', 'agree', 'agree', 'agree', '-', '-', 'agree'], {
        money: ['a7'],
        out: ['s7'],
        consents,
      }),
    );
  t.match(
    withConsents([]),
    { unagreed: ['a7'], result: 'not-carried' },
    'a conflicted seat’s position does not agree for its agency',
  );
  t.equal(withConsents(['a7']).result, 'carried', 'its delegate’s consent does');
  const department = (consents: string[]) =>
    resultOf(poll(3, ['agree', 'agree'], { money: ['dwp', 'a1'], consents })).unagreed;
  t.same(department([]), ['dwp']);
  t.same(department(['dwp']), []);
});

test('each rule at its edge', async (t) => {
  const resultUnder = (rule: Poll['rule'], ...positions: Parameters<typeof poll>[1]) => {
    const { result, why } = resultOf(poll(positions.length, positions, { rule }));
    return why ?? result;
  };
  const consent = { kind: 'consent' } as const;
  t.equal(resultUnder(consent, 'agree', 'disagree', 'disagree'), 'carried', 'to disagree is not to object');
  t.equal(resultUnder(consent, 'agree', 'agree', 'object'), 'OBJECTION_STANDS');
  t.equal(resultUnder(consent, 'agree', 'agree', 'withdrawn'), 'carried');
  const majority = { kind: 'majority' } as const;
  t.equal(resultUnder(majority, 'agree', 'agree', 'disagree'), 'carried');
  t.equal(resultUnder(majority, 'agree', 'disagree'), 'NO_MAJORITY', 'a tie is no majority');
  t.equal(
    resultUnder(majority, 'agree', 'agree', 'disagree', 'object'),
    'NO_MAJORITY',
    'objections count as disagreement',
  );
  t.equal(
    resultUnder(majority, 'agree', 'agree', 'disagree', 'withdrawn'),
    'carried',
    'but not when withdrawn',
  );
  t.equal(resultUnder(majority, 'agree', 'abstain', 'abstain'), 'carried');
  t.equal(resultUnder(majority, 'abstain', 'abstain'), 'NO_MAJORITY');
  const two3 = { kind: 'supermajority', n: 2, d: 3 } as const;
  t.equal(resultUnder(two3, 'agree', 'agree', 'disagree'), 'carried', 'exactly two thirds are enough');
  t.equal(resultUnder(two3, 'agree', 'agree', 'agree', 'disagree', 'disagree'), 'NO_SUPERMAJORITY');
  t.equal(
    resultUnder(two3, 'agree', 'agree', 'disagree', 'abstain', 'abstain'),
    'carried',
    'an abstention is no vote cast',
  );
  t.equal(resultUnder(two3, 'abstain', 'abstain'), 'NO_SUPERMAJORITY');
});

test('an urgent decision needs every seat that may vote', async (t) => {
  const urgent = (positions: Parameters<typeof poll>[1], out: string[] = []) =>
    resultOf(poll(4, positions, { urgent: true, out }));
  t.match(urgent(['agree', 'agree', 'agree', '-']), { needed: 4, result: 'lapsed' });
  t.match(urgent(['agree', 'agree', 'agree', 'abstain']), { needed: 4, result: 'carried' });
  t.match(urgent(['agree', 'agree', 'agree', '-'], ['s4']), { needed: 3, result: 'carried' });
  t.match(
    urgent(['agree', '-', '-', '-'], ['s2', 's3', 's4']),
    { needed: 2, result: 'lapsed' },
    'and never less than the ordinary quorum',
  );
});

test('nothing recorded after the closing time counts', async (t) => {
  const late = poll(2, ['agree', 'agree']);
  const objectedAfter = (ms: number) => ({
    ...late,
    positions: {
      ...late.positions,
      s2: { stance: 'object' as const, at: new Date(Date.parse(closesAt) + ms).toISOString() },
    },
  });
  t.match(resultOf(objectedAfter(0)), { spoken: 2, result: 'not-carried' });
  t.match(resultOf(objectedAfter(1)), { spoken: 1, result: 'carried' });
  t.match(resultOf({ ...objectedAfter(1), money: ['a2'] }), { unagreed: ['a2'] });
});

test('who has still to speak before an early close', async (t) => {
  t.same(silent(poll(4, ['agree', '-', '-', 'object'], { out: ['s3'], money: ['a3', 'dwp', 'a2'] })), {
    seats: ['s2'],
    agencies: ['a3', 'dwp'],
  });
  t.same(silent(poll(2, ['abstain', 'agree'], { money: ['dwp'], consents: ['dwp'] })), {
    seats: [],
    agencies: [],
  });
});

test('the arithmetic is said step by step', async (t) => {
  t.same(said(poll(7, ['agree', 'agree', 'agree', 'abstain'], { out: ['s5'], money: ['a7'] })), [
    '7 voting seats stood when the decision was opened.',
    '1 seat declared a pecuniary interest and is out of vote and quorum (a5): 6 seats may vote.',
    'The quorum is 1/2 of the 7 seats at the opening, rounded up: 4. 4 seats took a position.',
    '3 agree, 1 abstain, 0 disagree, 0 object.',
    'By consent it carries when no objection stands: 0 objections stand.',
    'It spends money of a7, each of which has to agree itself: a7 has not.',
    'Not carried: an agency whose money it spends has not agreed.',
  ]);
  const two3 = said(
    poll(4, ['agree', 'agree', 'disagree', 'withdrawn'], {
      urgent: true,
      rule: { kind: 'supermajority', n: 2, d: 3 },
    }),
  );
  t.match(two3[2], /urgent.*needed: 4/);
  t.match(two3[3], /1 objection withdrawn/);
  t.match(two3[4], /2 of 3, where 2 × 3 = 6 has to reach 3 × 2 = 6/);
  t.match(said(poll(2, ['agree', 'object'], { rule: { kind: 'majority' } }))[4], /1 against 1/);
  t.equal(said(poll(2, ['-', '-'])).at(-1), 'Lapsed: the quorum was not reached.');
  const now = (p: Poll) => explain(p, { closed: false, nameOf: (id) => `the ${id}` }).map((x) => x.text);
  t.equal(now(poll(2, ['-', '-'])).at(-1), 'If it closed now it would lapse: the quorum is not reached.');
  t.equal(
    now(poll(2, ['agree', 'object'])).at(-1),
    'If it closed now it would not be carried: an objection stands.',
  );
  t.match(now(poll(2, ['agree', 'agree'], { money: ['a2'] })).slice(-2), [
    /money of the a2, .*: all have/,
    'If it closed now it would be carried.',
  ]);
  t.same(
    explain(poll(2, ['agree', 'agree'])).map((x) => x.met),
    [undefined, undefined, true, undefined, true, true, true],
  );
});

test('for every poll: the quorum never shrinks, and carrying means what it says', async () => {
  const stance = fc.constantFrom<Stance | '-' | 'withdrawn'>(
    'agree',
    'abstain',
    'disagree',
    'object',
    '-',
    'withdrawn',
  );
  const polls = fc
    .record({
      positions: fc.array(stance, { minLength: 1, maxLength: 12 }),
      rule: fc.constantFrom<Poll['rule']>(
        { kind: 'consent' },
        { kind: 'majority' },
        { kind: 'supermajority', n: 3, d: 4 },
      ),
      n: fc.integer({ min: 1, max: 100 }),
      d: fc.integer({ min: 1, max: 100 }),
      urgent: fc.boolean(),
      out: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
      money: fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 3 }),
      consents: fc.uniqueArray(fc.integer({ min: 1, max: 14 })),
    })
    .filter(({ n, d }) => n * 2 >= d && n <= d)
    .map(({ positions, rule, n, d, urgent, out, money, consents }) =>
      poll(positions.length, positions, {
        rule,
        quorum: { n, d },
        urgent,
        out: out.filter((i) => i <= positions.length).map((i) => `s${i}`),
        money: money.map((i) => `a${i}`),
        consents: consents.map((i) => `a${i}`),
      }),
    );
  fc.assert(
    fc.property(polls, (p) => {
      const result = resultOf(p);
      const least = Math.ceil(Number(((p.electorate.length * p.quorum.n) / p.quorum.d).toFixed(9)));
      if (result.needed < least) return false;
      if (result.result === 'carried' && (result.spoken < least || result.unagreed.length > 0)) return false;
      if (result.result === 'carried' && p.rule.kind === 'consent' && result.tally.object > 0) return false;
      const { agree, abstain, disagree, object, withdrawn } = result.tally;
      if (agree + abstain + disagree + object + withdrawn !== result.spoken || result.spoken > result.mayVote)
        return false;
      // Another interest neither lowers what is needed by the rule nor adds a voice.
      const more = { ...p, out: [...new Set([...p.out, 's1'])] };
      return (
        resultOf(more).needed >= least &&
        resultOf(more).spoken <= result.spoken &&
        explain(p).at(-1)!.met === (result.result === 'carried')
      );
    }),
  );
});
