/** `/v1/events`: what each reader may see, a line each, resumable anywhere; snapshots where sight widens. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudEvent } from 'cloudevents';
import { test, type Test } from 'tap';
import { aggregateNamed } from '../../src/domain/registry.js';
import { decode } from '../../src/log/codec.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';
import { Property } from '../holds.js';

type Line = Record<string, any>;
type Who = readonly [as: string, account: string];
const treasury: Who = ['treasury@programme:total-place', 'treasury'];
const member: Who = ['secretariat@place:durham', 'post.lead.durham'];
const lines = (raw: string): Line[] =>
  raw
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l) as Line);
async function events(harness: Harness, who: Who, from?: string): Promise<Line[]> {
  const answer = await harness.inject(...who, 'GET', `/v1/events${from ? `?from=${from}` : ''}`);
  if (answer.status !== 200) throw new Error(answer.raw);
  return lines(answer.raw);
}
const isEvent = (l: Line): boolean => !l.type.includes('.snapshot.');

async function feeds(t: Test, harness: Harness): Promise<void> {
  const standard = new Property('every line is an event of the standard');
  const told = new Property('every reader is told of an event what is theirs to know');
  const goesOn = new Property('it goes on after any line');
  const logged = new Map(harness.service.log.readAll(0, 100_000).map((l) => [l.id, decode(l)]));
  for (const who of [
    [office, officeAccount],
    member,
    treasury,
    ['auditor@programme:total-place', 'auditor'],
    ['', 'nobody'],
  ] as Who[]) {
    const all = await events(harness, who);
    const expected: string[] = [];
    for (let url: string | undefined = '/v1/timeline?limit=200'; url;) {
      const page: any = await harness.inject(...who, 'GET', url);
      expected.unshift(...page.json.items.map((i: Line) => i.position).reverse());
      url = /<([^>]+)>/.exec(page.headers.link ?? '')?.[1];
    }
    const seen = all.filter(isEvent);
    t.strictSame(
      seen.map((l) => l.position),
      expected,
      `${who[0] || 'the public'}: ${seen.length} events, as in the timeline`,
    );
    for (const l of all) {
      const faults = [
        l.specversion === '1.0' ? '' : 'specversion',
        typeof l.id === 'string' && l.id ? '' : 'id',
        typeof l.source === 'string' && l.source.startsWith('/logs/') ? '' : 'source',
        /^[a-z]+\.[A-Za-z]+\.v\d+$/.test(l.type) ? '' : 'type',
        l.time === new Date(l.time).toISOString() ? '' : 'time',
        Object.keys(l).every((k) => /^[a-z0-9]{1,20}$/.test(k)) ? '' : 'attribute names',
        Object.entries(l).every(
          ([k, v]) => k === 'data' || ['string', 'number', 'boolean'].includes(typeof v),
        )
          ? ''
          : 'attribute values',
      ].filter(Boolean);
      // The SDK of the standard itself takes every line.
      if (new CloudEvent(l as never).type !== l.type) faults.push('type, to the SDK');
      standard.same(t, JSON.stringify(l), faults, []);
    }
    t.strictSame(
      new Set(all.map((l) => `${l.source}${l.id}`)).size,
      all.length,
      'source and id tell every line apart',
    );
    for (const l of seen) {
      const { data } = logged.get(l.id)!;
      if (JSON.stringify(l.data) === JSON.stringify(data)) continue;
      // Less than the whole is told only to those outside, and only of what is marked so.
      const { membersOnly: inside = {} } = aggregateNamed(l.type.split('.')[0]!).events[
        l.type.split('.')[1]!
      ]!;
      told.same(
        t,
        `${l.type} of ${l.subject}, to ${who[0] || 'the public'}`,
        l.data,
        Object.fromEntries(
          Object.entries(data as object).filter(
            ([key]) =>
              inside[key] !== 'nobody' &&
              (who[0] === '' ? !Object.hasOwn(inside, key) : inside[key] !== 'members'),
          ),
        ),
      );
    }
    for (const i of [
      0,
      Math.floor(seen.length / 3),
      Math.floor(seen.length / 2),
      seen.length - 2,
      seen.length - 1,
    ]) {
      if (i < 0 || !seen[i]) continue;
      const rest = await events(harness, who, seen[i]!.position);
      goesOn.same(t, `${who[0] || 'the public'}, line ${i}`, rest, all.slice(all.indexOf(seen[i]!) + 1));
    }
  }
  for (const property of [standard, told, goesOn]) property.settle(t);
}

const durham = {
  partners: ['durham-county-council', 'county-durham-pct'],
  hostAgencyId: 'durham-county-council',
  purposes: { cofog: ['07'], text: 'Therapies' },
  years: ['2009-10'],
};
const lead = ['secretariat@place:durham', 'post.lead.durham'] as const;
const holder: Who = [
  'seat-holder@place:durham+agency:county-durham-pct',
  'post.chief-executive.county-durham-pct',
];

async function snapshots(t: Test, harness: Harness): Promise<void> {
  const start = (await harness.inject(...treasury, 'GET', '/v1/events')).headers.position as string;
  await harness.command(...lead, '/v1/pools', {
    id: 'talk',
    name: 'Talking therapies',
    placeId: 'durham',
    legalBasis: 'aligned',
    ...durham,
    managerAgencyId: 'durham-county-council',
    noticeMonths: 6,
  });
  await harness.command(...holder, '/v1/pools/talk/pledges', {
    pledgeId: 'ours',
    financialYear: '2009-10',
    pledgedPence: 7_654_321,
  });
  const outside = 'finance-officer@agency:department-of-health';
  const partners = [...durham.partners, 'department-of-health'];
  const riskShare = [{ agencyId: durham.hostAgencyId, overBp: 10_000, underBp: 10_000 }];
  await harness.command(...lead, '/v1/pools/talk/agreements', {
    agreementVersion: 1,
    hash: 'a'.repeat(64),
    ...durham,
    partners,
    riskShare,
  });
  await harness.service.executor.execute({
    aggregate: 'pool',
    id: 'talk',
    command: 'Disclose',
    data: { to: 'programme' },
    commandId: randomUUID(),
    actor: { account: 'system:discloser', role: 'system' },
  });
  await harness.command(
    'finance-officer@agency:county-durham-pct',
    'post.treasurer.pct',
    '/v1/pools/talk/pledge-confirmations',
    { pledgeId: 'ours', consent: true },
  );
  const of = async (who: Who): Promise<Line[]> =>
    (await events(harness, who, start)).filter((l) => l.subject === 'pool-talk');
  const types = (all: Line[]): string[] => all.map((l) => l.type);

  const members = await of(member);
  t.strictSame(
    types(members),
    ['PoolProposed', 'PledgeMade', 'AgreementProposed', 'RecordDisclosed', 'PledgeConfirmed'].map(
      (type) => `pool.${type}.v1`,
    ),
    'members saw it from the start: no snapshot',
  );
  const programme = await of(treasury);
  t.strictSame(types(programme), [
    'pool.snapshot.v2',
    'pool.RecordDisclosed.v1',
    'pool.snapshot.v2',
    'pool.PledgeConfirmed.v1',
  ]);
  const [opened, , consented] = programme as [Line, Line, Line];
  t.match(opened, {
    recordversion: 4,
    data: { id: 'talk', version: 4, audience: 'programme', pledgedPence: null, notDisclosed: true },
  });
  t.match(consented, {
    recordversion: 5,
    data: { version: 5, confirmedPence: 7_654_321, pledges: [{ pledgedPence: 7_654_321 }] },
  });
  t.notOk('position' in opened, 'a snapshot is no place to go on from');
  t.match(opened, { dataschema: /^https?:\/\/[^/]+\/v1\/schemas\/pool\.snapshot\.v2$/ });
  // A program that checks a line asks without a token.
  const schema = await harness.send('GET', new URL(opened!.dataschema).pathname);
  t.match(schema, { status: 200, headers: { 'content-type': /^application\/schema\+json/ } });
  t.match(JSON.parse(schema.raw), { $id: opened!.dataschema, type: 'object' });
  isProblem(
    t,
    await harness.inject('', 'nobody', 'GET', '/v1/schemas/constructor'),
    404,
    'NOT_FOUND',
    'no schema of that name',
  );
  const { schemas } = (await harness.send('GET', '/v1/openapi.json')).json.components;
  for (const l of programme) t.ok(schemas[l.dataschema.split('/').at(-1)!], `${l.dataschema} is there`);
  t.notMatch(JSON.stringify(opened), /7654321/);
  const party = await of([outside, 'post.health']);
  t.strictSame(
    types(party),
    ['pool.snapshot.v2', 'pool.AgreementProposed.v1', 'pool.RecordDisclosed.v1', 'pool.PledgeConfirmed.v1'],
    'from when their agency became a party',
  );
  t.match(party[0], { recordversion: 3, data: { version: 3, audience: 'members', pledgedPence: 7_654_321 } });
}

async function manners(t: Test, harness: Harness): Promise<void> {
  const all = await harness.inject(...treasury, 'GET', '/v1/events');
  t.match(String(all.headers['content-type']), /^application\/x-ndjson/);
  t.strictSame(await events(harness, treasury, all.headers.position), [], 'nothing after the end');
  isProblem(t, await harness.send('GET', '/v1/events'), 401, 'TOKEN_REQUIRED', 'without a token');
  isProblem(
    t,
    await harness.inject(...treasury, 'GET', '/v1/events?from=00000000-1'),
    400,
    'FOREIGN_POSITION',
    'another log’s position',
  );
  isProblem(
    t,
    await harness.inject(...treasury, 'GET', '/v1/events?from=yesterday'),
    400,
    'INVALID_POSITION',
    'no position',
  );
  isProblem(
    t,
    await harness.inject(...treasury, 'GET', '/v1/events?since=1'),
    400,
    'INVALID_PARAMETER',
    'no such parameter',
  );
  const [log] = String(all.headers.position).split('-');
  isProblem(
    t,
    await harness.inject(...treasury, 'GET', `/v1/events?from=${log}-zzzzz`),
    400,
    'POSITION_BEYOND_LOG',
    'a position that the log does not reach',
  );

  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = harness.app.server.address() as AddressInfo;
  const authorization = `Bearer ${await harness.token(...(['auditor@programme:total-place', 'auditor'] as const))}`;
  const gone = httpRequest({ port, host: '127.0.0.1', path: '/v1/events', headers: { authorization } });
  gone.on('error', () => {});
  gone.end();
  const [response] = await once(gone, 'response');
  response.on('error', () => {});
  response.destroy();
  const whole = httpRequest({ port, host: '127.0.0.1', path: '/v1/events', headers: { authorization } });
  whole.end();
  const [answer] = await once(whole, 'response');
  let raw = '';
  for await (const chunk of answer) raw += String(chunk);
  t.ok(lines(raw).length > 300, 'the next reader gets everything');
  t.strictSame(harness.errors, []);
}

test('the events of a log, as each reader may see them', { timeout: 120_000 }, async (t) => {
  const harness = await openHarness(t);
  await t.test(
    'each reader gets what the timeline shows them, as CloudEvents, and can go on from any line',
    (t) => feeds(t, harness),
  );
  await t.test(
    'a snapshot enters where a record or a figure is opened, and where an agency becomes a party',
    (t) => snapshots(t, harness),
  );
  await t.test('positions, tokens, and a reader who goes away', (t) => manners(t, harness));
});
