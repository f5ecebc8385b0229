/** A department answers several barriers at once (docs/rules/barrier.md#several-at-once). */
import { test, type Test } from 'tap';
import { mostBarriersAnswered } from '../../src/http/query/department-answers.js';
import { isProblem, openHarness } from './harness.js';

const department = 'department-for-work-and-pensions';
const address = `/v1/departments/${department}/answers`;
const grant = `official@agency:${department}`;
const account = `post.official.${department}`;
const kent = 'kent-gateway-benefits';
const secretariat = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
const answer = {
  position: 'will-remove',
  official: 'A director',
  dueOn: '2010-02-26',
  measure: 'One assessment instead of three',
};

/** The demo with two more barriers that wait for the department, and one of Durham's own that is hidden. */
async function openBarriers(t: Test) {
  const harness = await openHarness(t);
  const raise = async (): Promise<string> => {
    const body = {
      placeId: 'durham',
      kind: 'guidance',
      statement: 'Three assessments of one family',
      effectOnResidents: 'They tell it three times',
    };
    return (await harness.command(...secretariat, '/v1/barriers', body)).json.id;
  };
  const propose = async (): Promise<string> => {
    const id = await raise();
    await harness.command(...secretariat, `/v1/barriers/${id}/triage`, {
      locus: 'whitehall',
      reason: 'It is theirs',
    });
    await harness.command(...secretariat, `/v1/barriers/${id}/owners`, { agencyIds: [department] });
    return id;
  };
  const waiting = [await propose(), await propose()] as const;
  const hidden = await raise();
  const send = (
    body: object,
    headers: Record<string, string> = {},
    as: readonly [string, string] = [grant, account],
    at = address,
  ) => harness.inject(...as, 'POST', at, body, headers);
  const answersOf = async (id: string) =>
    (await harness.inject(grant, account, 'GET', `/v1/barriers/${id}`)).json.answers;
  return { ...harness, waiting, hidden, send, answersOf };
}
const named = (...ids: readonly string[]) => ids.map((id) => ({ id }));

test('one answer is recorded of each barrier, and what is refused says why by itself', async (t) => {
  const world = await openBarriers(t);
  const { waiting, hidden, send, answersOf, eventsAfter, head } = world;
  const [first, second] = waiting;
  const barriers = named(first, hidden, 'nobody-s-barrier', second);
  const before = await head();

  const foreseen = await world.inject(grant, account, 'POST', `${address}?preview=true`, {
    barriers,
    answer,
  });
  t.match(foreseen.json, {
    recorded: 2,
    refused: 2,
    items: [{ barrierId: first, foreseen: { would: [{ type: 'BarrierAnswered' }] } }, { problem: {} }],
  });
  t.equal(await head(), before, 'a preview records nothing');

  const key = { 'idempotency-key': 'one-word-to-both' };
  const given = await send({ barriers, answer }, key);
  t.equal(given.status, 200, given.raw);
  t.equal(given.headers['idempotency-key'], key['idempotency-key']);
  t.match(given.json, {
    recorded: 2,
    refused: 2,
    items: [
      {
        barrierId: first,
        link: `/v1/barriers/${first}`,
        receipt: { id: first, events: ['BarrierAnswered'] },
      },
      { barrierId: hidden, problem: { status: 404, code: 'NOT_FOUND' } },
      { barrierId: 'nobody-s-barrier', problem: { status: 404, code: 'NOT_FOUND' } },
      { barrierId: second, receipt: { id: second, events: ['BarrierAnswered'] } },
    ],
  });
  const [, unseen, unknown] = given.json.items;
  t.same({ ...unseen.problem }, { ...unknown.problem }, 'a hidden barrier reads like one that is not there');
  t.equal(
    given.headers.position,
    given.json.items[3].receipt.position,
    'as far as the last that was recorded',
  );
  const recorded = eventsAfter(before).filter((type) => /^BarrierAnswered|CommandRefused/.test(type));
  t.same(
    recorded,
    ['BarrierAnswered', 'CommandRefused', 'CommandRefused', 'BarrierAnswered'],
    'each by itself',
  );
  for (const id of waiting) t.match(await answersOf(id), [{ position: 'will-remove', dueOn: answer.dueOn }]);

  await world.service.reactors.idle();
  const after = await head();
  const again = await send({ barriers: named(first, second), answer }, key);
  t.match(again.json, { recorded: 2, refused: 0 });
  t.equal(await head(), after, 'sent again it records nothing');
  const other = await send({ barriers: named(first), answer: { ...answer, dueOn: '2010-03-01' } }, key);
  t.match(other.json.items, [{ problem: { status: 422, code: 'IDEMPOTENCY_MISMATCH' } }]);
  const anew = await send({ barriers: named(first, kent), answer });
  t.match(anew.json, {
    items: [{ problem: { code: 'WRONG_STATE' } }, { barrierId: kent, receipt: {} }],
  });
});

test('what the answer lacks, or the version that was looked at, is said where it was sent', async (t) => {
  const { waiting, send, service } = await openBarriers(t);
  const [first, second] = waiting;
  const { version } = await service.executor.load('barrier', first);
  const barriers = [
    { id: first, expectedVersion: version },
    { id: second, expectedVersion: 1 },
  ];
  const lacking = await send({ barriers: named(first), answer: { position: 'will-not' } });
  t.match(lacking.json.items, [
    {
      problem: {
        code: 'REASON_REQUIRED',
        errors: [{ path: '/answer/reason' }, { path: '/answer/official' }],
      },
    },
  ]);
  const { json } = await send({ barriers, answer });
  t.match(json.items, [
    { barrierId: first, receipt: {} },
    {
      barrierId: second,
      problem: { status: 409, code: 'STALE_REVISION', since: [{ type: 'BarrierTriaged' }] },
    },
  ]);
  const twenty = Array.from({ length: mostBarriersAnswered + 1 }, (_, i) => ({ id: `barrier-${i}` }));
  for (const [what, body, path] of [
    ['nothing', {}, '/barriers'],
    ['no barrier', { barriers: [], answer }, '/barriers'],
    ['too many', { barriers: twenty, answer }, '/barriers'],
    ['one twice', { barriers: named(first, first), answer }, '/barriers/1/id'],
    ['no answer', { barriers: named(first) }, '/answer'],
    ['no position', { barriers: named(first), answer: {} }, '/answer/position'],
    ['a member too many', { barriers: named(first), answer: { ...answer, colour: 'red' } }, '/answer/colour'],
    [
      'one version for all',
      { barriers: named(first), answer: { ...answer, expectedVersion: 1 } },
      '/answer/expectedVersion',
    ],
  ] as const) {
    const refused = await send(body);
    isProblem(t, refused, 400, 'INVALID_REQUEST', what);
    t.ok(
      refused.json.errors.some((error: any) => error.path === path),
      `${what}: ${refused.raw}`,
    );
  }
});

test('it is given as official of the department that is named, and of no other', async (t) => {
  const { waiting, send, head, eventsAfter } = await openBarriers(t);
  const [first, second] = waiting;
  const body = { barriers: named(first, second), answer };
  const health = 'department-of-health';
  const theirs = [`official@agency:${health}`, `post.official.${health}`] as const;
  const before = await head();
  for (const as of [theirs, ['treasury@programme:total-place', 'demo.treasury']] as const)
    t.match((await send(body, {}, as)).json, { recorded: 0, items: [{ problem: { code: 'NOT_ALLOWED' } }] });
  t.same([...new Set(eventsAfter(before))], ['CommandRefused']);
  const forAnother = await send(body, {}, theirs, `/v1/departments/${health}/answers`);
  t.match(forAnother.json.items, [{ problem: { status: 403, code: 'NOT_OWNER' } }, { problem: {} }]);
  for (const nobody of ['nobody', 'durham-county-council'])
    isProblem(
      t,
      await send(body, {}, [grant, account], `/v1/departments/${nobody}/answers`),
      404,
      'NOT_FOUND',
      nobody,
    );
  const both = `${grant} official@agency:${health}`;
  t.match(
    (await send(body, {}, [both, account])).json,
    { recorded: 2 },
    'whoever acts for two says which by the address',
  );
});
