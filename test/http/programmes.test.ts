/**
 * Two programmes on one log: neither takes what is the other's, and what was refused is told to the auditors
 * of whom it concerned.
 */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';

const newHomes = { as: 'programme-office@programme:nh', account: 'post.programme-office.nh' };
const definition = {
  name: 'New Homes',
  kind: 'regional',
  ragScale: 'three',
  period: 'quarter',
  startOn: '2009-06-01',
  endOn: '2010-03-31',
};
const key = () => ({ 'idempotency-key': randomUUID() });
const give = (harness: Harness, url: string, body: object, who = newHomes) =>
  harness.inject(who.as, who.account, 'POST', url, body, key());

test('a programme is defined only by its own office, under its own id', async (t) => {
  const harness = await openHarness(t);
  const nameless = await give(harness, '/v1/programmes', definition);
  isProblem(t, nameless, 400, 'INVALID_REQUEST', 'no id was given');
  t.match(nameless.json.errors, [{ path: '/id', message: 'Enter an id' }]);
  isProblem(
    t,
    await give(harness, '/v1/programmes', { ...definition, id: 'other' }),
    403,
    'ONLY_OWN_PROGRAMME',
    'an id of nobody’s grant',
  );
  t.equal((await give(harness, '/v1/programmes', { ...definition, id: 'nh' })).status, 201);
});

test('a place is not taken by another programme', async (t) => {
  const harness = await openHarness(t);
  const audited = async (as: string) =>
    (await harness.inject(as, 'auditor', 'GET', '/v1/refusals?limit=200')).json.items.map(
      (x: { code: string }) => x.code,
    ) as string[];
  const pages = async () => {
    const bodies = [];
    for (const [as, url] of [
      ['treasury@programme:total-place', '/v1/programmes/total-place/progress'],
      ['treasury@programme:total-place', '/v1/places?limit=200'],
      ['secretariat@place:kent', '/v1/places/kent/progress'],
      ['public@', '/v1/places/kent'],
    ] as const) {
      const { asAt: _, position: __, ...body } = (await harness.inject(as, 'reader', 'GET', url)).json;
      bodies.push(body);
    }
    return bodies;
  };
  const before = await pages();
  await harness.command(newHomes.as, newHomes.account, '/v1/programmes', { ...definition, id: 'nh' });
  const kent = { placeId: 'kent', name: 'Kent', kind: 'parallel', region: 'South East' };
  isProblem(
    t,
    await give(harness, '/v1/programmes/nh/places', kent),
    409,
    'PLACE_ID_TAKEN',
    'kent is the other’s',
  );
  isProblem(
    t,
    await give(harness, '/v1/programmes/nh/places', { ...kent, placeId: 'suffolk' }),
    409,
    'PLACE_ID_TAKEN',
    'and suffolk',
  );
  isProblem(
    t,
    await give(harness, '/v1/programmes/nh/areas', {
      placeId: 'suffolk',
      code: 'E10000029',
      from: '2009-06-01',
    }),
    422,
    'PLACE_UNKNOWN',
    'an area of it',
  );
  isProblem(
    t,
    await give(harness, '/v1/programmes', { ...definition, id: 'elsewhere' }),
    403,
    'ONLY_OWN_PROGRAMME',
    'a programme beside its own',
  );
  await harness.service.settle();
  t.strictSame(await pages(), before, 'who reads the place’s own programme sees what they saw');

  const told = ['ONLY_OWN_PROGRAMME', 'PLACE_ID_TAKEN', 'PLACE_ID_TAKEN', 'PLACE_UNKNOWN'];
  t.strictSame(
    (await audited('auditor@programme:nh')).sort(),
    told,
    'the auditor of the office that asked reads what it was refused',
  );
  const others = await audited('auditor@programme:total-place');
  t.notOk(
    told.some((code) => others.includes(code)),
    'the other programme’s auditor does not',
  );
  // The id that nobody has is everybody's to take; the name is taken in its own programme only.
  await harness.command(newHomes.as, newHomes.account, '/v1/programmes/nh/places', {
    ...kent,
    placeId: 'nh-kent',
  });
  t.equal((await harness.inject('public@', 'reader', 'GET', '/v1/places/nh-kent')).json.programmeId, 'nh');
});

test('one programme’s office changes nothing of another’s places', async (t) => {
  const harness = await openHarness(t);
  await harness.command(newHomes.as, newHomes.account, '/v1/programmes', { ...definition, id: 'nh' });
  const { version } = (await harness.inject(office, officeAccount, 'GET', '/v1/places/kent')).json;
  isProblem(
    t,
    await give(harness, '/v1/places/kent/champion-ends', { reason: 'r' }),
    403,
    'NOT_ALLOWED',
    'the champion of a place of another programme',
  );
  isProblem(
    t,
    await give(harness, '/v1/programmes/total-place/places', {
      placeId: 'x',
      name: 'X',
      kind: 'pilot',
      region: 'r',
    }),
    403,
    'NOT_ALLOWED',
    'a place for another programme',
  );
  t.equal((await harness.inject(office, officeAccount, 'GET', '/v1/places/kent')).json.version, version);

  // An agency of both reads what is open to either programme; its grant for a place reads and acts in the
  // place's own.
  await harness.command(newHomes.as, newHomes.account, '/v1/programmes/nh/places', {
    placeId: 'nh-kent',
    name: 'Kent',
    kind: 'parallel',
    region: 'South East',
  });
  const both = {
    as: 'chair@place:nh-kent+agency:kent-county-council',
    account: 'post.head.kent-county-council',
  };
  const seen = async (as: string) =>
    (await harness.inject(as, both.account, 'GET', '/v1/barriers?limit=200')).json.items;
  t.same(await seen(both.as), [], 'a seat of one programme opens nothing of the other');
  const barriers = (await seen('finance-officer@agency:kent-county-council')) as {
    id: string;
    status: string;
    version: number;
  }[];
  const barrier = barriers.find((b) => b.status === 'triaged' || b.status === 'owned');
  t.ok(barrier, 'there is a barrier that is worked on');
  const joined = await give(
    harness,
    `/v1/barriers/${barrier?.id}/joins`,
    { placeId: 'nh-kent', localEffect: 'Here too' },
    both,
  );
  isProblem(t, joined, 404, 'NOT_FOUND', 'a barrier of another programme is not joined');
  for (const [as, opens] of [
    ['official@agency:kent-county-council', true],
    ['chair@place:nh-kent+agency:kent-county-council', false],
    ['contributor@place:nh-kent+agency:kent-county-council', false],
    ['seat-holder@place:durham+agency:kent-county-council', true],
  ] as const)
    // A party's officers read the whole of a record, in whichever of its programme's seats.
    t.equal((await harness.inject(as, 'reader', 'GET', '/v1/pools/kent-gateways')).status === 200, opens, as);
  const begun = await give(
    harness,
    '/v1/submissions',
    { programmeId: 'total-place', roundNo: 1, placeId: 'nh-kent' },
    { as: 'secretariat@place:nh-kent', account: 'post.lead.nh-kent' },
  );
  isProblem(t, begun, 403, 'OTHER_PROGRAMME', 'nor is a return begun there');
});

test('one programme’s people change nothing of bodies and people that another’s registered', async (t) => {
  const harness = await openHarness(t);
  await harness.command(newHomes.as, newHomes.account, '/v1/programmes', { ...definition, id: 'nh' });
  await harness.command(newHomes.as, newHomes.account, '/v1/programmes/nh/places', {
    placeId: 'newtown',
    name: 'Newtown',
    kind: 'pilot',
    region: 'South East',
  });
  const lead = { as: 'secretariat@place:newtown', account: 'post.lead.newtown' };
  const asked = async () => {
    const bodies = [];
    for (const [as, url] of [
      ['treasury@programme:total-place', '/v1/programmes/total-place/progress'],
      ['treasury@programme:total-place', '/v1/departments/department-for-work-and-pensions/docket'],
      [
        'treasury@programme:total-place',
        '/v1/departments/department-for-work-and-pensions/docket?audience=programme',
      ],
      ['secretariat@place:durham', '/v1/places/durham/progress'],
      ['secretariat@place:durham', '/v1/pools/durham-warm-homes'],
      ['public@', '/v1/agencies/durham-county-council'],
      ['public@', '/v1/places/durham'],
      ['public@', '/v1/places/kent'],
      ['public@', '/v1/people/total-place.chris-wormald'],
      ['secretariat@place:durham', '/v1/timeline?placeId=durham&limit=200'],
      ['public@', '/v1/timeline?placeId=durham&limit=200'],
    ] as const) {
      const { status, json } = await harness.inject(as, 'reader', 'GET', url);
      const { asAt: _, position: __, ...body } = json;
      bodies.push({ status, body });
    }
    return bodies;
  };
  const before = await asked();
  await harness.command(lead.as, lead.account, '/v1/places/newtown/accountable-body', {
    agencyId: 'county-durham-pct',
  });
  await harness.command(lead.as, lead.account, '/v1/places/newtown/lead-contact', {
    account: 'post.chief-executive.durham-county-council',
  });
  for (const who of [newHomes, lead])
    for (const agencyId of [
      'durham-county-council',
      'county-durham-pct',
      'department-for-work-and-pensions',
    ]) {
      const agency = `/v1/agencies/${agencyId}`;
      const { version } = (await harness.inject('public@', 'reader', 'GET', agency)).json;
      for (const [noun, body] of [
        ['names', { name: 'Hijacked', expectedVersion: version }],
        ['identifiers', { scheme: 'programme', code: 'HIJACK', from: '2009-10-01' }],
        ['successions', { successors: ['kent-county-council'], date: '2009-10-01' }],
        ['retirement', { retiredOn: '2009-10-01', reason: 'x' }],
      ] as const)
        isProblem(
          t,
          await give(harness, `${agency}/${noun}`, body, who),
          403,
          'OTHER_PROGRAMME',
          `${who.as}: ${agencyId} ${noun}`,
        );
    }
  isProblem(
    t,
    await give(harness, '/v1/people/total-place.chris-wormald/names', {
      name: 'Mallory',
      expectedVersion: 1,
    }),
    403,
    'OTHER_PROGRAMME',
    'a champion’s name',
  );
  // What an account is called in a programme, that programme says: nobody is named from outside, before or
  // after their own.
  const chief = 'post.chief-executive.durham-county-council';
  const named = { account: chief, name: 'Mallory', officeHolder: true };
  isProblem(
    t,
    await give(harness, '/v1/people', { ...named, programmeId: 'total-place' }),
    403,
    'NOT_ALLOWED',
    'a name in another programme',
  );
  isProblem(
    t,
    await give(harness, '/v1/people', { ...named, programmeId: 'total-place' }, lead),
    403,
    'OTHER_PROGRAMME',
    'by a secretariat',
  );
  isProblem(
    t,
    await give(harness, '/v1/people', { ...named, programmeId: 'nh' }, lead),
    403,
    'NOT_OF_THE_PLACE',
    'somebody who is not at its table',
  );
  for (const account of [chief, 'chris-wormald', 'post.lead.durham'])
    await harness.command(newHomes.as, newHomes.account, '/v1/people', {
      ...named,
      account,
      programmeId: 'nh',
    });
  // Within one programme too: naming a body gives no power over it.
  const suffolk = { as: 'secretariat@place:suffolk', account: 'post.lead.suffolk' };
  const profile = (await harness.inject(suffolk.as, suffolk.account, 'GET', '/v1/places/suffolk')).json;
  await harness.command(suffolk.as, suffolk.account, '/v1/places/suffolk/accountable-body', {
    agencyId: 'county-durham-pct',
    expectedVersion: profile.version,
  });
  isProblem(
    t,
    await give(
      harness,
      '/v1/agencies/county-durham-pct/retirement',
      { retiredOn: '2009-10-01', reason: 'x' },
      suffolk,
    ),
    403,
    'NOT_OF_THE_PLACE',
    'a body that a place nominated',
  );
  await harness.service.settle();
  t.strictSame(await asked(), before, 'who reads the other programme is answered as before');
});
