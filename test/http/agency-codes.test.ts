/** One body is registered once, however its code is typed, and whatever an older log holds. */
import { test } from 'tap';
import { isProblem, office, officeAccount, openHarness } from './harness.js';

test('a code of another agency is taken, however it is typed', async (t) => {
  const harness = await openHarness(t, { seed: [] });
  let n = 0;
  const register = (code: string, from = '2009-04-01') =>
    harness.inject(office, officeAccount, 'POST', '/v1/agencies', {
      id: `durham-${++n}`,
      name: 'Durham County Council',
      sector: 'council',
      type: 'unitary',
      identifiers: [{ scheme: 'gss', code, from }],
      startOn: '2009-04-01',
    });
  t.equal((await register('e06000047')).status, 201);
  t.match(
    (await harness.inject(office, officeAccount, 'GET', '/v1/agencies/durham-1')).json.identifiers,
    [{ code: 'E06000047' }],
    'stored as the register writes it',
  );
  for (const code of ['E06000047', 'e06000047', 'E06000047 ', '\tE06000047']) {
    const answer = await register(code);
    isProblem(t, answer, 409, 'AGENCY_IDENTIFIER_TAKEN', JSON.stringify(code));
    t.match(answer.json.detail, /E06000047/);
  }
  const x = await register('x');
  isProblem(t, x, 400, 'INVALID_REQUEST', 'x');
  t.same(x.json.errors, [{ path: '/identifiers/0/code', message: 'Enter an area code, like E06000047' }]);

  // An older log holds codes as they were typed.
  const outcome = await harness.service.executor.execute({
    aggregate: 'agency',
    id: 'old-kent',
    command: 'RegisterAgency',
    data: {
      name: 'Kent',
      sector: 'council',
      type: 'county',
      identifiers: [{ scheme: 'gss', code: 'e100 00016 ', from: '2009-04-01' }],
      startOn: '2009-04-01',
    },
    commandId: '6f1e4a52-8f0f-5a3e-9d8a-2f6f0c1f7a98',
    actor: { account: officeAccount, role: 'programme-office' },
  });
  t.equal(outcome.kind, 'done');
  isProblem(t, await register('E10000016'), 409, 'AGENCY_IDENTIFIER_TAKEN', 'the same code');
  const url = '/v1/agencies/durham-1';
  isProblem(
    t,
    await harness.inject(office, officeAccount, 'POST', `${url}/identifiers`, {
      scheme: 'gss',
      code: 'e10000016',
      from: '2013-04-01',
    }),
    409,
    'AGENCY_IDENTIFIER_TAKEN',
    'as the next one of another agency',
  );
  const mend = {
    scheme: 'gss',
    code: 'E06000047',
    to: { scheme: 'gss', code: 'E10000016' },
    reason: 'A slip',
    expectedVersion: 1,
  };
  isProblem(
    t,
    await harness.inject(office, officeAccount, 'POST', `${url}/identifier-corrections`, mend),
    409,
    'AGENCY_IDENTIFIER_TAKEN',
    'as a correction',
  );
  const proper = {
    scheme: 'gss',
    code: 'E10000016',
    to: { scheme: 'gss', code: 'E10000016' },
    reason: 'As the register writes it',
    expectedVersion: 1,
  };
  t.equal(
    (
      await harness.inject(
        office,
        officeAccount,
        'POST',
        '/v1/agencies/old-kent/identifier-corrections',
        proper,
      )
    ).status,
    200,
    'it is brought into its form',
  );
  t.match((await harness.inject(office, officeAccount, 'GET', '/v1/agencies/old-kent')).json.identifiers, [
    { code: 'E10000016' },
  ]);
  isProblem(t, await register('E10000016'), 409, 'AGENCY_IDENTIFIER_TAKEN', 'and is taken still');
});
