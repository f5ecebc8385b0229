/**
 * A list's tag is of what it shows: what its reader may not see leaves it as it was, what leaves the list
 * changes it.
 */
import { test } from 'tap';
import { build } from '../../src/app.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import type { States } from '../../src/domain/states.js';
import { queries } from '../../src/http/questions/index.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { decode } from '../../src/log/codec.js';
import { everyCase } from '../holds.js';
import { office, officeAccount, openHarness, type Answer } from './harness.js';
import { questions, type World } from './questions.js';
import { noun, place, plant, readers } from './secrets.js';

const treasury = ['treasury@programme:total-place', 'a.treasury'] as const;
const durham = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;

test('the tag of a list', async (t) => {
  const harness = await openHarness(t);
  const get = (url: string, headers: Record<string, string> = {}, as: readonly [string, string] = treasury) =>
    harness.inject(...as, 'GET', url, undefined, headers);
  const raise = (id: string) =>
    harness.command(...durham, '/v1/barriers', {
      id,
      placeId: 'durham',
      kind: 'guidance',
      statement: `A rule in the way, ${id}`,
      effectOnResidents: 'They tell their story three times',
    });

  const lists = [
    '/v1/funding-streams',
    '/v1/barriers',
    '/v1/barriers?format=csv',
    '/v1/barriers?limit=2',
    '/v1/commitments',
  ];
  const before = new Map<string, string>();
  for (const url of lists) before.set(url, String((await get(url)).headers.etag));
  t.equal(new Set(before.values()).size, lists.length, 'each its own');
  const mine = String((await get('/v1/barriers', {}, durham)).headers.etag);
  const head = await harness.head();
  await raise('hidden-from-whitehall');
  t.ok((await harness.head()) > head, 'something was recorded');
  for (const url of lists) {
    const answer = await get(url, { 'if-none-match': before.get(url)! });
    t.same(
      [answer.status, answer.headers.etag, answer.raw, answer.headers.link],
      [304, before.get(url), '', undefined],
      `${url}: nothing that the Treasury sees`,
    );
    t.equal((await get(url, { 'if-none-match': before.get(url)! })).status, 304, `${url}: asked again`);
  }
  t.equal(
    (await get('/v1/barriers', { 'if-none-match': mine }, durham)).status,
    200,
    'its own place sees it',
  );

  const [url, tag] = ['/v1/barriers', String(before.get('/v1/barriers'))];
  for (const held of [`W/${tag}`, `"another", W/${tag}`, `"another",${tag}`, '*'])
    t.equal((await get(url, { 'if-none-match': held })).status, 304, `${held} is what they have`);
  for (const held of ['W/"another"', `"W/${tag.slice(1)}`, tag.slice(1, -1)])
    t.equal((await get(url, { 'if-none-match': held })).status, 200, `${held} is not`);

  const triaged = '/v1/barriers?status=triaged&placeId=durham';
  await harness.command(...durham, '/v1/barriers/hidden-from-whitehall/triage', {
    locus: 'whitehall',
    reason: 'The rule is a department’s',
  });
  const shown = await get(triaged);
  t.ok(
    shown.json.items.some((b: any) => b.id === 'hidden-from-whitehall'),
    'now it is open to them',
  );
  t.not((await get('/v1/barriers')).headers.etag, before.get('/v1/barriers'), 'and the list another');
  await harness.command(...durham, '/v1/barriers/hidden-from-whitehall/closure', {
    as: 'not-a-barrier',
    reason: 'The guidance allows it',
  });
  const left = await get(triaged, { 'if-none-match': String(shown.headers.etag) });
  t.equal(left.status, 200, 'a row that leaves the filter changes the tag');
  t.notOk(left.json.items.some((b: any) => b.id === 'hidden-from-whitehall'));

  // The next page is part of what is shown.
  const one = await get('/v1/barriers?limit=1');
  t.ok(one.headers.link && one.json.next);
  t.match(one.headers.position, /^[0-9a-f]{8}-/, 'a position for Read-After');
  t.same(harness.errors, []);
});

test('the tag of a record that names others', async (t) => {
  const harness = await openHarness(t);
  const url = '/v1/pools/durham-warm-homes';
  const { etag } = (await harness.inject(...durham, 'GET', url)).headers;
  const again = () => harness.inject(...durham, 'GET', url, undefined, { 'if-none-match': etag });
  const { version } = (await harness.inject(...durham, 'GET', '/v1/places/kent')).json;
  await harness.command(office, officeAccount, `/v1/places/kent/${noun('RecordPopulation')}`, {
    value: 1_660_000,
    referenceOn: '2009-06-30',
    source: 'An estimate',
    expectedVersion: version,
  });
  t.same([(await again()).status, (await again()).raw], [304, ''], 'what it does not show changes nothing');
  await harness.command(office, officeAccount, `/v1/agencies/durham-county-council/${noun('RenameAgency')}`, {
    name: 'The council of Durham',
    expectedVersion: (await harness.inject(...durham, 'GET', '/v1/agencies/durham-county-council')).json
      .version,
  });
  const renamed = await again();
  t.match(
    [renamed.status, renamed.json],
    [200, { hostName: 'The council of Durham' }],
    'its host is renamed',
  );

  const upgraded = await build({
    service: harness.service,
    verify: createVerifier(harness.issuer.verifier),
    version: '0.0.1-test',
  });
  t.teardown(() => upgraded.close());
  const authorization = `Bearer ${await harness.token(...durham)}`;
  const { statusCode } = await upgraded.inject({
    url,
    headers: { authorization, 'if-none-match': String(renamed.headers.etag) },
  });
  t.equal(statusCode, 200, 'another version of the software may answer otherwise');
  t.same(harness.errors, []);
});

/** Readers of every audience: of the place, party to its records, of the programme, outside. */
const sweeping = ['member', 'placeOfficer', 'partyOfficer', 'treasury', 'auditor', 'nobody'] as const;

test('one tag is of one body, whatever an answer shows of other records', { timeout: 280_000 }, async (t) => {
  const harness = await openHarness(t);
  const start = await harness.head();
  await plant(harness);
  const { member, seatHolder } = readers;
  const versionOf = async (aggregate: keyof States, id: string): Promise<number> =>
    (await harness.service.executor.load(aggregate, id)).version;
  /** A command on a record as it stands, by its name. */
  const change = async (
    { as, account }: { readonly as: string; readonly account: string },
    aggregate: keyof States,
    id: string,
    command: string,
    data: object,
  ) =>
    harness.command(as, account, `/v1/${aggregateNamed(aggregate).collection}/${id}/${noun(command)}`, {
      ...data,
      ...(aggregateNamed(aggregate).commands[command]!.replaces
        ? { expectedVersion: await versionOf(aggregate, id) }
        : {}),
    });
  const disclose = async (aggregate: string, id: string, to: string): Promise<void> => {
    const { kind } = await harness.service.executor.execute({
      aggregate,
      id,
      command: 'Disclose',
      data: { to },
      commandId: `disclose.${aggregate}.${id}.${to}`,
      actor: { account: 'system:discloser', role: 'system' },
    });
    t.equal(kind, 'done');
    await harness.service.reactors.idle();
  };
  const draft = {
    question: 'Shall we build on it?',
    text: 'As was said',
    forum: 'collaborative',
    options: [],
    affectedAgencies: [],
    money: [],
    refs: ['barrier-barrier-one'],
    authorises: [],
  };
  await harness.command(member.as, member.account, '/v1/decisions', {
    ...draft,
    id: 'resting',
    placeId: place,
  });
  await disclose('decision', 'resting', 'programme');
  const asOffice = readers.office;
  const treasurer = {
    as: 'finance-officer@agency:testshire-council',
    account: 'post.treasurer.testshire-council',
  };
  const population = { value: 4242, referenceOn: '2009-06-30', source: 'An estimate' };

  const changes: readonly (readonly [what: string, change: () => Promise<unknown>])[] = [
    [
      'an agency is renamed',
      () => change(asOffice, 'agency', 'testshire-council', 'RenameAgency', { name: 'One' }),
    ],
    [
      'a department is renamed',
      () => change(asOffice, 'agency', 'department-of-tests', 'RenameAgency', { name: 'Two' }),
    ],
    [
      'a place is renamed',
      () => change(asOffice, 'programme', 'total-place', 'RenamePlace', { placeId: place, name: 'Three' }),
    ],
    [
      'a programme is retitled',
      () => change(asOffice, 'programme', 'total-place', 'RetitleProgramme', { name: 'Four' }),
    ],
    ...(
      [
        ['commitment', 'commitment-two', 'title'],
        ['pool', 'pool-two', 'name'],
        ['barrier', 'barrier-three', 'statement'],
      ] as const
    ).map(
      ([aggregate, id, field]) =>
        [
          `the ${field} of a ${aggregate} is corrected`,
          () => change(member, aggregate, id, 'Correct', { field, to: `Five ${field}`, reason: 'A slip' }),
        ] as const,
    ),
    [
      'a draft is amended',
      () => change(member, 'decision', 'resting', 'AmendDecision', { ...draft, question: 'Six?' }),
    ],
    [
      'a record that another names is opened to the programme',
      () => disclose('barrier', 'barrier-one', 'programme'),
    ],
    [
      'a record that another names is opened to the public',
      () => disclose('barrier', 'barrier-one', 'public'),
    ],
    ...[seatHolder.account, member.account].map(
      (account) =>
        [
          `${account}, who acted, is given a name`,
          () =>
            harness.command(asOffice.as, asOffice.account, '/v1/people', {
              programmeId: 'total-place',
              account,
              name: 'Seven',
              post: 'A head',
            }),
        ] as const,
    ),
    [
      'a person is renamed',
      () =>
        change(asOffice, 'person', `total-place.${seatHolder.account}`, 'RenamePerson', { name: 'Eight' }),
    ],
    ['a population is recorded', () => change(asOffice, 'place', place, 'RecordPopulation', population)],
    [
      'a position is changed',
      () =>
        change(seatHolder, 'decision', 'decision-one', 'ChangePosition', { stance: 'agree', reason: 'Now' }),
    ],
    ['a cost is disclosed', () => change(treasurer, 'barrier', 'barrier-three', 'DiscloseBarrierCost', {})],
    [
      'a department answers, and its promise is drafted',
      () =>
        change(readers.official, 'barrier', 'barrier-three', 'Respond', {
          position: 'will-remove',
          official: 'Jane Doe',
          dueOn: '2010-02-26',
          measure: 'One assessment instead of three',
          evidenceExpected: 'The circular',
          verifierAgencyId: 'testshire-council',
        }),
    ],
    ['a promise is offered', () => change(member, 'commitment', 'commitment-two', 'Offer', {})],
    [
      'an agency leaves the table',
      () =>
        change(member, 'collaborative', place, 'VacateSeat', {
          seatId: 'testshire-trust',
          reason: 'Moves on',
        }),
    ],
    [
      'a place is enrolled and opened',
      () =>
        harness.command(asOffice.as, asOffice.account, '/v1/programmes/total-place/places', {
          placeId: 'newshire',
          name: 'Newshire',
          kind: 'parallel',
          region: 'East of England',
        }),
    ],
  ];

  const world: Record<string, string[]> = {
    programme: ['total-place'],
    agency: ['durham-county-council'],
    place: ['durham'],
    collaborative: ['durham'],
    pool: ['durham-warm-homes'],
    commitment: ['durham-home-from-hospital', 'll-night-time-economy'],
    barrier: ['durham-housing-returns', 'bradford-discharge', 'll-unit-price'],
    decision: ['ll-strategy-date', 'suffolk-after-the-summit'],
    submission: ['total-place.1.durham'],
    person: ['total-place.chris-wormald'],
  };
  for (const e of harness.service.log.readAll(start, 100_000).map(decode))
    if (!world[e.aggregate]?.includes(e.recordId)) (world[e.aggregate] ??= []).push(e.recordId);
  // As they are asked mostly, as they stood, and as a spreadsheet has them.
  const asked = questions(world satisfies World, queries).filter((url) =>
    /^[^?]*(\?(limit=200|asAt=[^&]*|format=csv))?$/.test(url),
  );
  const answers = async (urls: Iterable<string>): Promise<Map<string, Answer & { readonly url: string }>> => {
    const found = new Map<string, Answer & { readonly url: string }>();
    for (const url of urls)
      for (const reader of sweeping) {
        const { as, account } = readers[reader];
        const answer = await harness.inject(as, account, 'GET', url);
        if (answer.status === 200) found.set(`${reader} ${url}`, { ...answer, url });
      }
    return found;
  };
  let before = await answers(asked);
  const answered = new Set([...before.values()].map(({ url }) => url));
  t.ok(before.size > 300, `${before.size} answers`);
  await everyCase(t, 'an answer with the tag it had has the body it had', async (look) => {
    for (const [what, make] of changes) {
      await make();
      const after = await answers(answered);
      for (const [question, { headers, raw }] of after) {
        const known = before.get(question);
        if (known && known.headers.etag === headers.etag) look(`${what}: ${question}`, raw, known.raw);
      }
      before = after;
    }
  });
  t.same(harness.errors, []);
});
