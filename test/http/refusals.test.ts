/**
 * Refusals over HTTP: bounded by the minute, told whole afterwards, and read by those who audit where they
 * are kept.
 */
import { parse } from 'csv-parse/sync';
import { test } from 'tap';
import { commandRoutes } from '../../src/http/commands.js';
import { isProblem, office, officeAccount, openHarness } from './harness.js';
import { listen } from './live.js';
import { poolOfDurham } from './pool-of-durham.js';

const noun = (name: string): string => commandRoutes.find((r) => r.name === name)!.entry.segment!;
const auditor = ['auditor@programme:total-place', 'post.auditor'] as const;
const lead = ['secretariat@place:durham', 'post.lead.durham'] as const;

test('whoever is refused too often waits, and what went undecided is told with the next refusal', async (t) => {
  let now = 0;
  const harness = await openHarness(t, { machine: () => now });
  const wrong = (by: readonly [string, string], id = 'no-such-pool') =>
    harness.inject(...by, 'POST', `/v1/pools/${id}/${noun('Disclose')}`, { to: 'programme' });
  const barrier = (by: readonly [string, string]) =>
    harness.inject(...by, 'POST', '/v1/barriers', {
      placeId: 'durham',
      kind: 'guidance',
      statement: 'One',
      effectOnResidents: 'Three',
    });
  for (let n = 0; n < 60; n++) t.equal((await wrong(lead)).status, 404, `the refusal ${n + 1}`);
  now += 15_500;
  const head = await harness.head();
  for (const [what, answer] of [
    ['the 61st', await wrong(lead)],
    ['a command that nothing is wrong with', await barrier(lead)],
    ['in another role', await barrier(['chair@place:durham+agency:durham-county-council', lead[1]])],
  ] as const) {
    isProblem(t, answer, 429, 'TOO_MANY_REFUSALS', what);
    t.equal(answer.headers['retry-after'], '45', what);
  }
  t.equal((await harness.inject(...lead, 'GET', '/v1/barriers')).status, 200, 'reading goes on');
  isProblem(
    t,
    await harness.inject(...lead, 'POST', '/v1/barriers', { placeId: 'durham' }),
    400,
    'INVALID_REQUEST',
    'what is no request is told so',
  );
  t.equal(await harness.head(), head, 'nothing was decided, and nothing recorded');
  const other = ['secretariat@place:durham', 'post.other.durham'] as const;
  t.equal((await barrier(other)).status, 201, 'another account at the same desk goes on');
  t.equal((await wrong(other)).status, 404, 'and is refused as ever');

  now += 44_500;
  t.equal((await barrier(lead)).status, 201, 'when the minute is over');
  t.equal((await wrong(lead)).status, 404);
  t.equal((await wrong(lead)).status, 404);

  const url = `/v1/refusals?account=${lead[1]}&sort=recordedAt&limit=200`;
  const { items } = (await harness.inject(...auditor, 'GET', url)).json;
  t.equal(items.length, 62);
  t.same(
    items.flatMap((x: any, i: number) => (x.unrecorded === null ? [] : [[i, x.unrecorded]])),
    [[60, 3]],
    'the first afterwards tells of three',
  );
  const csv = parse((await harness.inject(...auditor, 'GET', `${url}&format=csv`)).raw, {
    bom: true,
    columns: true,
  }) as Record<string, string>[];
  t.equal(csv[60]!.unrecorded, '3');
  const told = (
    await harness.inject(...auditor, 'GET', `/v1/timeline?account=${lead[1]}&type=CommandRefused&limit=2`)
  ).json.items.map((x: any) => x.text);
  t.match(told, [
    /: There is no such record, or it is not open to you\.$/,
    /not open to you\. Before it 3 commands were turned away undecided\.$/,
  ]);
  const trend = (await harness.inject(...auditor, 'GET', '/v1/refusals/trend?placeId=durham&code=NOT_FOUND'))
    .json.items;
  t.match(trend, [{ count: 63, unrecorded: 3 }]);
  t.match(
    (await harness.send('GET', '/v1/openapi.json')).json.paths['/v1/barriers'].post.responses,
    { 429: {} },
    'the API’s description says that it can be',
  );
  t.same(harness.errors, []);
});

test('a command on a hidden record is read of by who audits its place, and by who audits the asker; they cannot tell it from one on no record', async (t) => {
  const harness = await openHarness(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const neighbour = ['secretariat@place:norfolk', 'post.lead.norfolk'] as const;
  const readers: Record<'programme' | 'place' | 'asker' | 'elsewhere' | 'other', readonly [string, string]> =
    {
      programme: auditor,
      place: ['auditor@place:durham', 'post.auditor.durham'],
      asker: ['auditor@place:norfolk', 'post.auditor.norfolk'],
      elsewhere: ['auditor@place:croydon', 'post.auditor.croydon'],
      other: ['auditor@programme:nh', 'post.auditor.nh'],
    };
  await harness.command(...lead, '/v1/pools', poolOfDurham('hidden-one', 'Talking'));
  const live = await listen(t, harness, ...readers.elsewhere, 'programme');
  const start = (await harness.inject(...auditor, 'GET', '/v1/events')).headers.position as string;
  const ask = (by: readonly [string, string], id: string) =>
    harness.inject(...by, 'POST', `/v1/pools/${id}/${noun('Disclose')}`, { to: 'programme' });
  const [hidden, unknown] = [await ask(neighbour, 'hidden-one'), await ask(neighbour, 'unknown-one')];
  const { correlationId: _, ...answer } = hidden.json;
  t.match(unknown.json, answer, 'answered alike');
  t.equal(hidden.raw.length, unknown.raw.length);
  // The same account, the same day, one stream: a refusal of another place, the last.
  const moved = await harness.inject(
    'secretariat@place:croydon',
    neighbour[1],
    'POST',
    `/v1/places/croydon/${noun('AssignChampion')}`,
    { account: 'x', from: '2009-10-22' },
  );
  t.equal(moved.status, 403, moved.raw);

  type Who = keyof typeof readers;
  const ids = ['hidden-one', 'unknown-one', 'croydon'];
  const seen: Record<Who, string[]> = {
    programme: ids,
    place: ['hidden-one'],
    asker: ['hidden-one', 'unknown-one'],
    elsewhere: ['croydon'],
    other: [],
  };
  for (const who of Object.keys(readers) as Who[]) {
    const get = async (url: string): Promise<any[]> =>
      (await harness.inject(...readers[who], 'GET', url)).json.items;
    const listed = await get(`/v1/refusals?account=${neighbour[1]}&sort=recordedAt`);
    t.same(
      listed.map((x) => x.record.id),
      seen[who],
      `${who}: refusals`,
    );
    const timeline = await get(`/v1/timeline?type=CommandRefused&account=${neighbour[1]}`);
    t.same(timeline.map((x) => x.target.id).reverse(), seen[who], `${who}: timeline`);
    const events = (await harness.inject(...readers[who], 'GET', `/v1/events?from=${start}`)).raw
      .split('\n')
      .filter(Boolean);
    const refused = events.map((line) => JSON.parse(line)).filter((e) => e.type.startsWith('refusal.'));
    t.same(
      refused.map((e) => e.data.target.slice(e.data.target.indexOf('-') + 1)),
      seen[who],
      `${who}: events`,
    );
    t.same(
      refused.map((e) => e.placeid),
      refused.map((e) => e.data.placeId),
      `${who}: each under its own place`,
    );
    for (const x of listed.filter((item) => item.record.id !== 'croydon')) {
      const sees = ['programme', 'place'].includes(who) && x.record.id === 'hidden-one';
      t.match(
        x,
        {
          code: 'NOT_FOUND',
          placeId: 'norfolk',
          title: sees ? 'Talking' : null,
          link: sees ? '/v1/pools/hidden-one' : null,
        },
        `${who}: ${x.record.id}`,
      );
    }
  }
  for (const [as, account] of [
    lead,
    neighbour,
    [office, officeAccount],
    ['treasury@programme:total-place', 'post.treasury'],
    ['', 'citizen'],
  ] as const) {
    isProblem(t, await harness.inject(as, account, 'GET', '/v1/refusals'), 403, 'NOT_ALLOWED', as);
    t.same((await harness.inject(as, account, 'GET', '/v1/timeline?type=CommandRefused')).json.items, [], as);
  }
  // Whoever audits another programme cannot ask the list whether an id is taken: of their own attempts they
  // read both.
  for (const id of ['hidden-one', 'unknown-one']) t.equal((await ask(readers.other, id)).status, 404);
  const own = (await harness.inject(...readers.other, 'GET', '/v1/refusals?sort=recordedAt')).json.items;
  t.same(
    own.map(({ id: __, record: ___, ...x }: any) => x),
    [own[0], own[0]].map(({ id: __, record: ___, ...x }: any) => x),
  );
  t.same(
    own.map((x: any) => x.record.id),
    ['hidden-one', 'unknown-one'],
  );

  await live.until((e) => e.type === 'CommandRefused');
  t.same(
    live.events.filter((e) => e.type === 'CommandRefused').map((e) => e.data.target.id),
    ['croydon'],
    'live, too',
  );
  live.close();
});
