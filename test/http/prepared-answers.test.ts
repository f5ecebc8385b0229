/** A department's officials share the work of an answer (docs/rules/barrier.md#answers, #handlers). */
import { test } from 'tap';
import { openHarness } from './harness.js';

const barrier = '/v1/barriers/kent-gateway-benefits';
const department = 'department-for-work-and-pensions';
const grant = `official@agency:${department}`;
const [desk, director] = ['post.desk.pensions', `post.official.${department}`];
const others = [
  ['secretariat@place:kent', 'post.programme-lead.kent'],
  ['treasury@programme:total-place', 'demo.treasury'],
  ['auditor@programme:total-place', 'demo.auditor'],
  ['official@agency:department-of-health', 'post.official.department-of-health'],
] as const;

test(
  'what a department prepared is told to its own people alone, until it is given',
  { timeout: 280_000 },
  async (t) => {
    const { command, inject } = await openHarness(t);
    const read = async (as: string, account: string, path = barrier) =>
      (await inject(as, account, 'GET', path)).json;
    const reason = 'The rule is canary-law';
    await command(grant, desk, `${barrier}/prepared-answers`, { position: 'will-not', reason });

    t.match(await read(grant, director), {
      prepared: { answer: { position: 'will-not', reason }, preparedBy: { account: desk } },
    });
    const { items } = await read(grant, director, `${barrier}/commands`);
    t.match(
      items.find(({ name }: { name: string }) => name === 'Respond').values,
      { position: 'will-not', reason },
      'its form begins with it',
    );
    const listed = await inject(grant, director, 'GET', '/v1/barriers?limit=200');
    t.match(listed.raw, 'kent-gateway-benefits');
    t.notMatch(listed.raw, /canary-law/, 'it stands in the barrier alone, in no list');
    for (const [as, account] of others) {
      t.notOk('prepared' in (await read(as, account)), as);
      for (const path of [
        '/v1/timeline?record=barrier-kent-gateway-benefits',
        '/v1/barriers?limit=200',
        '/v1/events',
        `${barrier}/commands`,
      ]) {
        const { raw } = await inject(as, account, 'GET', path);
        t.notMatch(raw, /canary-law/, `${as} ${path}`);
      }
    }

    const official = 'A director';
    await command(grant, director, `${barrier}/answers`, { position: 'will-not', reason, official });
    const answered = await read('treasury@programme:total-place', 'demo.treasury');
    t.match(answered, { prepared: undefined, answers: [{ reason, preparedBy: { account: desk } }] });
  },
);

test('who handles a barrier is named where it waits', { timeout: 280_000 }, async (t) => {
  const { command, inject } = await openHarness(t);
  await command(grant, desk, `${barrier}/handlers`, { account: director });
  const read = async (account: string, path: string) => (await inject(grant, account, 'GET', path)).json;
  const mine = await read(director, '/v1/me/actions?handler=me');
  t.ok(mine.items.length > 0);
  t.match(mine.items, [{ record: { id: 'kent-gateway-benefits' }, handler: { account: director } }]);
  t.same((await read(desk, '/v1/me/actions?handler=me')).items, [], 'of what others handle nothing');
  const { items } = await read(director, `/v1/departments/${department}/docket`);
  t.match(items, [{ handler: { account: director } }]);
});

test('whoever handles a barrier is chosen among the agency’s own', { timeout: 280_000 }, async (t) => {
  const { inject } = await openHarness(t, { grantsInLog: true });
  const ask = (method: 'GET' | 'POST', path: string, body?: object) =>
    inject(grant, director, method, path, body, { 'idempotency-key': 'one' });
  const { json } = await ask('GET', `${barrier}/commands/AssignHandler/choices?member=account`);
  t.match(json, { items: [{ id: director }], more: false });
  t.equal(json.items.length, 1, 'nobody of another agency is offered', json.items);
  const strange = await ask('POST', `${barrier}/handlers`, { account: 'total-place.administrator-1' });
  t.match(strange, { status: 422, json: { code: 'NOT_OF_THE_AGENCY' } });
  t.match(strange.json.detail, /acts for the Department for Work and Pensions|acts for Department for Work/);
});
