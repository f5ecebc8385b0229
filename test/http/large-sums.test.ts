/** Sums that numbers cannot hold are refused to the command that would make them. */
import { test } from 'tap';
import { isProblem, openHarness } from './harness.js';

const chair = [
  'chair@place:durham+agency:durham-county-council',
  'post.chief-executive.durham-county-council',
] as const;

test('pledges of a pool are together no more than one amount may be', async (t) => {
  const harness = await openHarness(t);
  const pool = '/v1/pools/durham-warm-homes';
  const { pledges, pledgedPence } = (await harness.inject(...chair, 'GET', pool)).json;
  const pledge = (pledgeId: string, pledgedPence: number) =>
    harness.inject(...chair, 'POST', `${pool}/pledges`, { pledgeId, financialYear: '2009-10', pledgedPence });
  const rest = 900_000_000_000_000 - pledgedPence;
  for (const pledgedPence of [899_999_999_999_999, rest + 1]) {
    const answer = await pledge('big', pledgedPence);
    isProblem(t, answer, 422, 'TOTAL_TOO_LARGE', `${pledgedPence}`);
    t.same(answer.json.errors, [
      { path: '/pledgedPence', message: 'The pledges of a pool are at most £9,000,000,000,000 together.' },
    ]);
  }
  t.equal((await pledge('big', rest)).status, 200);
  isProblem(t, await pledge('bigger', 1), 422, 'TOTAL_TOO_LARGE', 'a penny more');
  const after = (await harness.inject(...chair, 'GET', pool)).json;
  t.equal(after.pledges.length, pledges.length + 1);
  t.equal(after.pledgedPence, 900_000_000_000_000);
  const draft = (pence: number) =>
    harness.inject(...chair, 'POST', '/v1/decisions', {
      id: `of-${pence}`,
      placeId: 'durham',
      question: 'Shall we?',
      text: 'We shall.',
      forum: 'collaborative',
      money: [1, 2].map(() => ({ agencyId: 'durham-county-council', pence, financialYear: '2009-10' })),
    });
  const answer = await draft(450_000_000_000_001);
  isProblem(t, answer, 400, 'INVALID_REQUEST', 'the money of a decision');
  t.same(answer.json.errors, [
    { path: '/money', message: 'The amounts must be £9,000,000,000,000 or less together' },
  ]);
  t.equal((await draft(450_000_000_000_000)).status, 201);
});
