/** Requests by the names that their members had, for one release (docs/rules/shared.md#earlier-names). */
import { test } from 'tap';
import { commandRoutes, readBody } from '../../src/http/commands.js';
import { openapi } from '../../src/http/openapi.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { queries } from '../../src/http/questions/index.js';
import { withEarlierNames } from '../../src/domain/kernel/renamed.js';
import { decode, fingerprint } from '../../src/log/codec.js';
import { isProblem, openHarness } from './harness.js';

const place = 'durham';
const lead = [`secretariat@place:${place}`, 'post.lead'] as const;
const reader = ['programme-office@programme:total-place', 'post.office'] as const;
const council = 'durham-county-council';
const trust = 'county-durham-pct';
const terms = {
  name: 'Therapies',
  placeId: place,
  legalBasis: 'aligned',
  partners: [council, trust],
  purposes: { cofog: ['07'], text: 'Therapies' },
  years: ['2009-10'],
  noticeMonths: 6,
};
const earlier = { ...terms, host: council, manager: trust };
const present = { ...terms, hostAgencyId: council, managerAgencyId: trust };
const keyed = (key: string) => ({ 'idempotency-key': key });

test('a command takes either name, and is one command by either', async (t) => {
  const harness = await openHarness(t);
  const propose = (key: string, body: object) =>
    harness.inject(...lead, 'POST', '/v1/pools', body, keyed(key));
  for (const [first, then] of [
    [earlier, present],
    [present, earlier],
  ] as const) {
    const key = first === earlier ? 'earlier-first' : 'present-first';
    const made = await propose(key, first);
    t.equal(made.status, 201, made.raw);
    for (const body of [first, then]) {
      const again = await propose(key, body);
      t.same(
        [again.status, again.json, again.headers['idempotent-replayed']],
        [201, made.json, 'true'],
        `${key}: the same command`,
      );
    }
    // As releases before wrote it: a retry across the change finds what it wrote.
    const [event] = (await harness.service.log.read(`pool-${made.json.id}`)).map(decode);
    t.equal(
      event!.fingerprint,
      fingerprint({ aggregate: 'pool', command: 'ProposePool', data: earlier }),
      `${key}: its receipt is made of the earlier names`,
    );
    isProblem(
      t,
      await propose(key, { ...present, hostAgencyId: trust }),
      422,
      'IDEMPOTENCY_MISMATCH',
      'another host is another command',
    );
    const shown = await harness.inject(...lead, 'GET', `/v1/pools/${made.json.id}`);
    t.match(shown.json, { hostAgencyId: council, managerAgencyId: trust });
    t.notOk('host' in shown.json || 'manager' in shown.json, 'answers have the present name alone');
  }
  const both = await propose('both', { ...earlier, ...present });
  t.equal(both.status, 201, 'both with one value');
});

test('a member under both names with different values is a mistake that names both', async (t) => {
  const harness = await openHarness(t);
  const differ = await harness.inject(...lead, 'POST', '/v1/pools', { ...present, host: trust });
  isProblem(t, differ, 400, 'INVALID_REQUEST', 'two hosts');
  t.match(differ.json.errors, [
    {
      path: '/host',
      message: 'host is the earlier name of hostAgencyId, and they differ here. Send hostAgencyId alone.',
    },
  ]);
  t.equal(differ.json.errors.length, 1);
  const parameters = await harness.inject(...lead, 'GET', '/v1/timeline?place=kent&placeId=durham');
  isProblem(t, parameters, 400, 'INVALID_PARAMETER', 'two places');
  t.match(parameters.json.errors, [{ path: '/place', message: /place is the earlier name of placeId/ }]);
  // What is wrong with a value is told of the present name.
  const wrong = await harness.inject(...lead, 'POST', '/v1/pools', { ...earlier, host: 5 });
  t.match(wrong.json.errors, [{ path: '/hostAgencyId', message: /.+/ }]);
});

test('each renamed member of a command is read, and described as deprecated', async (t) => {
  const { components } = openapi('0.0.0-test');
  const renaming = commandRoutes.filter((route) => route.entry.renamed);
  t.ok(renaming.length > 0);
  for (const route of renaming) {
    const { renamed = {}, example } = route.entry;
    const id = route.entry.idGiven ? { id: 'total-place' } : {};
    const read = (data: unknown) => readBody(route, { ...(data as object), ...id }).data;
    t.same(read(withEarlierNames(renamed, example)), read(example), route.name);
    const schema = components.schemas[`${route.aggregate.name}.${route.name}`] as any;
    for (const [was, is] of Object.entries(renamed)) {
      t.match(
        schema.properties[was],
        { deprecated: true, description: new RegExp(`earlier name of ${is}`) },
        `${route.name}: ${was} is deprecated`,
      );
      t.notOk(schema.properties[is].deprecated, `${route.name}: ${is} is not`);
      t.notOk(schema.required?.includes(was), `${route.name}: ${was} is not asked for`);
    }
  }
});

test('each renamed parameter is answered alike, and described as deprecated', async (t) => {
  const harness = await openHarness(t);
  const { paths, components } = openapi('0.0.0-test');
  const values: Readonly<Record<string, string>> = {
    placeId: place,
    account: lead[1],
    ownerAgencyId: 'department-for-work-and-pensions',
  };
  for (const { url, renamed = {} } of [...queries, ...feeds])
    for (const [was, is] of Object.entries(renamed)) {
      const value = values[is]!;
      t.ok(value, `${is} is tried`);
      const ask = (name: string) => harness.inject(...reader, 'GET', `${url}?${name}=${value}`);
      const [before, after, all] = [
        await ask(was),
        await ask(is),
        await harness.inject(...reader, 'GET', url),
      ];
      t.equal(before.status, 200, `${url}?${was}: ${before.raw.slice(0, 200)}`);
      t.same(before.json.items, after.json.items, `${url}: ${was} is ${is}`);
      t.notSame(before.json.items, all.json.items, `${url}: and ${was} is no parameter that nobody reads`);
      const described = (paths[url]!.get!.parameters as any[])
        .map((p) => (p.$ref ? components.parameters[p.$ref.split('/').at(-1)] : p))
        .filter((p) => p.name === was || p.name === is);
      t.match(
        Object.fromEntries(described.map((p) => [p.name, p.deprecated])),
        { [was]: true, [is]: undefined },
        `${url}: ${was} is deprecated`,
      );
    }
});

test('a list is sorted by a renamed member under either name', async (t) => {
  const harness = await openHarness(t);
  const sorted = async (sort: string) => {
    const first = await harness.inject(...reader, 'GET', `/v1/commitments?limit=1&sort=${sort}`);
    t.equal(first.status, 200, first.raw);
    const next = await harness.inject(...reader, 'GET', first.json.next);
    t.equal(next.status, 200, `what follows it: ${next.raw}`);
    return [...first.json.items, ...next.json.items].map((c) => [c.ownerAgencyId, c.id]);
  };
  const up = await sorted('ownerAgencyId');
  t.same(await sorted('ownerId'), up);
  const down = await sorted('-ownerAgencyId');
  t.same(await sorted('-ownerId'), down, 'the other way round');
  t.notSame(down, up);
});
