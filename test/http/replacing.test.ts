/**
 * Over HTTP and the live views: what replaces something names the version it replaces, and an agency's codes
 * are taken by their dates.
 */
import { test } from 'tap';
import { isProblem, office, officeAccount, openHarness } from './harness.js';

test('the first of its kind needs no version; what replaces it does', async (t) => {
  const harness = await openHarness(t);
  const agency = (id: string, code: string, from = '2009-04-01') =>
    harness.command(office, officeAccount, '/v1/agencies', {
      id,
      name: id,
      sector: 'council',
      type: 'council',
      identifiers: [{ scheme: 'gss', code, from }],
      startOn: '2009-04-01',
    });
  await agency('old-council', 'E06999001');
  await agency('next-council', 'E06999002');
  const succeed = (more: object = {}) =>
    harness.inject(office, officeAccount, 'POST', '/v1/agencies/old-council/successions', {
      successors: ['next-council'],
      succeededOn: '2009-10-01',
      ...more,
    });
  t.equal((await succeed()).status, 200);
  t.equal((await succeed({ succeededOn: '2009-10-01' })).status, 200, 'the same again replaces nothing');
  isProblem(
    t,
    await succeed({ succeededOn: '2009-11-01' }),
    400,
    'VERSION_REQUIRED',
    'another without the version looked at',
  );
  isProblem(
    t,
    await succeed({ succeededOn: '2009-11-01', expectedVersion: 1 }),
    409,
    'STALE_REVISION',
    'on an old version',
  );
  t.equal((await succeed({ succeededOn: '2009-11-01', expectedVersion: 2 })).status, 200);
  const { paths, components } = (await harness.inject(office, officeAccount, 'GET', '/v1/openapi.json')).json;
  const { example, schema } = paths['/v1/agencies/{id}/names'].post.requestBody.content['application/json'];
  t.match(example, { expectedVersion: 1 });
  t.same(schema, { $ref: '#/components/schemas/agency.RenameAgency' });
  t.same(components.schemas['agency.RenameAgency'].required, ['name', 'expectedVersion']);
  t.same(components.schemas['agency.RecordSuccession'].required, ['successors', 'succeededOn']);
  t.match(paths['/v1/agencies/{id}/successions'].post.description, /expectedVersion is required/);
});

test('a code ends where the next begins, not before, and is another’s to take only then', async (t) => {
  const harness = await openHarness(t);
  const register = (id: string, code: string, from: string) =>
    harness.inject(office, officeAccount, 'POST', '/v1/agencies', {
      id,
      name: id,
      sector: 'council',
      type: 'council',
      identifiers: [{ scheme: 'gss', code, from }],
      startOn: '2009-04-01',
    });
  t.equal((await register('gateshead-council', 'E08999020', '2009-04-01')).status, 201);
  await harness.command(office, officeAccount, '/v1/agencies/gateshead-council/identifiers', {
    scheme: 'gss',
    code: 'E08999037',
    from: '2013-04-01',
  });
  for (const [code, from] of [
    ['E08999020', '2009-10-01'],
    ['E08999020', '2013-03-31'],
    ['E08999037', '2013-04-01'],
    // It would hold still when the other's begins.
    ['E08999037', '2012-04-01'],
  ] as const)
    isProblem(
      t,
      await register('another-council', code, from),
      409,
      'AGENCY_IDENTIFIER_TAKEN',
      `${code} from ${from}`,
    );
  t.equal(
    (await register('another-council', 'E08999020', '2013-04-01')).status,
    201,
    'free from the day its holder goes by another',
  );
  const { json } = await harness.inject(office, officeAccount, 'GET', '/v1/agencies/gateshead-council');
  t.match(json.identifiers ?? json.state?.identifiers, [
    { code: 'E08999020', from: '2009-04-01', to: '2013-04-01' },
    { code: 'E08999037', from: '2013-04-01' },
  ]);
});
