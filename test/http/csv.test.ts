/**
 * CSV beside JSON on every list: flat, complete, and refused clearly where there is no list; and where each
 * record comes from.
 */
import { parse } from 'csv-parse/sync';
import { test } from 'tap';
import { columnName } from '../../src/http/query/csv.js';
import { csvRows } from '../../src/http/query/declare.js';
import { queries } from '../../src/http/questions/index.js';
import { isProblem, openHarness } from './harness.js';

const lead = ['secretariat@place:leicester-leicestershire', 'post.lead'] as const;
const auditor = ['auditor@programme:total-place', 'post.auditor'] as const;
const csv = { accept: 'text/csv' };

test('an answer without the rows that its CSV is of is a fault, and no empty table', async (t) => {
  t.throws(() => csvRows({ rows: 'items', columns: ['id'] }, { next: null }), /there is no items/);
});

const ids: Readonly<Record<string, string>> = {
  programmes: 'total-place',
  places: 'durham',
  departments: 'department-for-work-and-pensions',
  decisions: 'll-strategy-date',
  pools: 'durham-warm-homes',
};

test('every list as CSV has its columns, a row for each, and no JSON in a cell', async (t) => {
  const harness = await openHarness(t);
  await harness.command(...lead, '/v1/waivers', {
    id: 'more-time',
    rule: 'EXTENSION_TOO_LONG',
    placeId: 'leicester-leicestershire',
    reason: 'Flood',
    until: '2009-12-31',
  });
  await harness.inject(...lead, 'POST', '/v1/pools/no-such-pool/opening', {});
  let filled = 0;
  for (const q of queries) {
    if (q.kind !== 'list' && !q.csv) continue;
    const url = q.url.replace(/(?<=\/v1\/([a-z-]+)\/):id/, (_, collection: string) => ids[collection]!);
    const reader: readonly [string, string] = q.url === '/v1/me/actions' ? lead : auditor;
    // Who asks is among those who read.
    const others = url === '/v1/reads' ? `&account=${lead[1]}` : '';
    const asked = q.kind === 'list' ? `${url}?limit=200${others}` : url;
    const [json, text] = [
      await harness.inject(...reader, 'GET', asked),
      await harness.inject(...reader, 'GET', asked, undefined, csv),
    ];
    t.equal(text.status, 200, `${url}: ${text.raw.slice(0, 200)}`);
    t.match(text.headers['content-type'], /^text\/csv; charset=utf-8/);
    t.equal(
      text.headers['columns-version'],
      String((q.kind === 'list' ? q.columnsVersion : q.csv?.version) ?? 1),
      `${url}: the version of its columns`,
    );
    t.not(json.headers.etag, text.headers.etag, 'another tag than the JSON');
    const [head, ...rows] = parse(text.raw, { bom: true }) as string[][];
    t.same(head, (q.kind === 'list' ? q.columns : q.csv!.columns).map(columnName), `${url}: columns`);
    t.equal(
      rows.length,
      q.kind === 'list' ? json.json.items.length : csvRows(q.csv!, json.json).length,
      `${url}: rows`,
    );
    filled += rows.length > 0 ? 1 : 0;
    const odd = rows.flat().filter((cell) => /^\s*[{[]|\[object/.test(cell));
    t.same(odd, [], `${url}: cells`);
    t.equal(
      (await harness.inject(...reader, 'GET', `${asked}${asked.includes('?') ? '&' : '?'}format=csv`)).raw,
      text.raw,
      `${url}: by parameter`,
    );
  }
  t.ok(filled >= 16, `${filled} lists had rows`);

  const docket = parse(
    (
      await harness.inject(
        ...auditor,
        'GET',
        '/v1/departments/department-for-work-and-pensions/docket?format=csv',
      )
    ).raw,
    { bom: true, columns: true },
  ) as Record<string, string>[];
  const { items } = (
    await harness.inject(...auditor, 'GET', '/v1/departments/department-for-work-and-pensions/docket')
  ).json;
  t.match(docket[0], {
    record: `${items[0].record.aggregate}-${items[0].record.id}`,
    dueOn: items[0].dueOn,
    places: items[0].places.map((p: { name: string }) => p.name).join('; '),
  });
  const progress = parse(
    (await harness.inject(...auditor, 'GET', '/v1/programmes/total-place/progress?format=csv')).raw,
    { bom: true, columns: true },
  ) as Record<string, string>[];
  const { places } = (await harness.inject(...auditor, 'GET', '/v1/programmes/total-place/progress')).json;
  for (const [i, p] of places.entries()) {
    const row = progress[i]!;
    t.match(row, {
      id: p.id,
      rag: p.rag,
      barriersOpen: String(p.barriers.open),
      commitmentsLive: String(p.commitments.live),
      pooledPledgedPence: String(p.pools.pooled.pledgedPence),
    });
    t.ok(
      p.reasons.every((x: { text: string }) => row.reasons!.includes(x.text)),
      `${p.id}: every reason`,
    );
  }
  const then = await harness.inject(
    ...auditor,
    'GET',
    '/v1/programmes/total-place/progress?asAt=2009-10-01&format=csv',
  );
  t.match((parse(then.raw, { bom: true, columns: true }) as Record<string, string>[])[0], {
    id: String,
    stepsDone: /^\d+$/,
    barriersOpen: '',
  });
});

test('a list is sent as whoever asks would rather have it', async (t) => {
  const harness = await openHarness(t);
  for (const [accept, type] of [
    ['text/csv;q=0.9, application/json;q=0.5', 'text/csv'],
    ['text/csv, */*;q=0.1', 'text/csv'],
    ['text/*', 'text/csv'],
    ['TEXT/CSV', 'text/csv'],
    ['text/csv;q=0.5, application/json', 'application/json'],
    ['text/csv;q=0, */*', 'application/json'],
    ['application/json, text/csv;q=0.1', 'application/json'],
    ['application/json, text/csv;q=0', 'application/json'],
    ['text/html, */*;q=0.8', 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'application/json'],
  ] as const)
    t.match(
      (await harness.inject(...auditor, 'GET', '/v1/pools', undefined, { accept })).headers['content-type'],
      new RegExp(`^${type};`),
      accept,
    );
});

test('where there is no list, CSV alone is refused', async (t) => {
  const harness = await openHarness(t);
  for (const url of [
    '/v1/places/durham',
    '/v1/agencies/durham-county-council',
    '/v1/lineage?record=place-durham',
    '/v1/compare?record=place-durham&from=2009-09-01',
    '/v1/calendar.ics',
  ]) {
    isProblem(t, await harness.inject(...auditor, 'GET', url, undefined, csv), 406, 'NOT_ACCEPTABLE', url);
    t.equal(
      (await harness.inject(...auditor, 'GET', url, undefined, { accept: 'text/csv, */*;q=0.1' })).status,
      200,
      `${url}: whoever takes something else too is answered`,
    );
  }
});

test('every kind of record that others follow from, and its rows, link to where they come from', async (t) => {
  const harness = await openHarness(t);
  await harness.command(...lead, '/v1/waivers', {
    id: 'more-time',
    rule: 'EXTENSION_TOO_LONG',
    placeId: 'leicester-leicestershire',
    reason: 'Flood',
    until: '2009-12-31',
  });
  const kinds = {
    barriers: 'barrier',
    commitments: 'commitment',
    decisions: 'decision',
    pools: 'pool',
    submissions: 'submission',
    waivers: 'waiver',
    'funding-streams': 'fundingstream',
  };
  for (const [collection, aggregate] of Object.entries(kinds)) {
    const { items } = (await harness.inject(...auditor, 'GET', `/v1/${collection}?limit=200`)).json;
    t.ok(items.length > 0, `there are ${collection}`);
    for (const x of items)
      t.match(x, { link: `/v1/${collection}/${x.id}`, lineage: `/v1/lineage?record=${aggregate}-${x.id}` });
    const [{ link, lineage }] = items;
    t.equal((await harness.inject(...auditor, 'GET', link)).json.lineage, lineage, `${collection}: the page`);
    t.equal((await harness.inject(...auditor, 'GET', lineage)).status, 200);
  }
  const { items } = (
    await harness.inject(...auditor, 'GET', '/v1/departments/department-for-work-and-pensions/docket')
  ).json;
  t.ok(items.length > 0);
  for (const x of items) t.equal(x.lineage, `/v1/lineage?record=${x.record.aggregate}-${x.record.id}`);
});

test('every page says how widely its record is open', async (t) => {
  const harness = await openHarness(t);
  const get = async (url: string) => (await harness.inject(...auditor, 'GET', url)).json;
  const tiers = new Set<string>();
  for (const kind of ['pools', 'barriers', 'commitments', 'decisions', 'submissions']) {
    const { items } = await get(`/v1/${kind}?limit=200`);
    t.ok(items.length > 0, kind);
    for (const x of [...items, await get(`/v1/${kind}/${items[0].id}`)]) {
      t.match(x.tier, /^(members|programme|public)$/, `${kind}: ${x.id}`);
      tiers.add(x.tier);
    }
  }
  t.ok(tiers.has('members') && tiers.has('programme'), 'the seed has records of both');
});

test('who is named by id is named', async (t) => {
  const harness = await openHarness(t);
  const get = async (url: string) => (await harness.inject(...auditor, 'GET', url)).json;
  const nameOf = async (id: string): Promise<string> => (await get(`/v1/agencies/${id}`)).name;
  const pool = await get('/v1/pools/durham-warm-homes');
  t.same(pool.partnerNames, await Promise.all(pool.partners.map(nameOf)));
  t.same(
    [pool.hostName, pool.managerName],
    [await nameOf(pool.hostAgencyId), await nameOf(pool.managerAgencyId)],
  );
  t.ok(pool.pledges.length > 0);
  for (const p of pool.pledges) t.equal(p.agency, await nameOf(p.agencyId), p.pledgeId);
  const { items } = await get('/v1/barriers?limit=200');
  const events = parse((await harness.inject(...auditor, 'GET', '/v1/timeline?format=csv')).raw, {
    bom: true,
    columns: true,
  }) as Record<string, string>[];
  const pages: string[] = [];
  for (let before = ''; ;) {
    const { items, next } = (await harness.inject(...auditor, 'GET', `/v1/timeline?limit=200${before}`)).json;
    pages.push(...items.map((e: { position: string }) => e.position));
    if (next === null) break;
    before = `&before=${next}`;
  }
  t.ok(pages.length > 400, `${pages.length} events`);
  t.same(
    events.map((e) => e.position),
    pages,
    'the timeline without a limit is all of it',
  );
  const rows = parse((await harness.inject(...auditor, 'GET', '/v1/barriers?limit=200&format=csv')).raw, {
    bom: true,
    columns: true,
  }) as Record<string, string>[];
  let owners = 0;
  for (const [i, b] of items.entries())
    for (const o of b.owners) {
      t.match(
        [o.agency, rows[i]!.owners!.includes(`${o.agency}: `)],
        [await nameOf(o.agencyId), true],
        `${b.id}: ${o.agencyId}`,
      );
      owners++;
    }
  t.ok(owners > 0, 'some barrier has owners');
});

test('a record is asked for as its cell names it, refusals of every account included', async (t) => {
  const harness = await openHarness(t);
  const accounts = [
    'auth0|6f1c',
    'urn:people:7',
    'Anna.B',
    '_7f3',
    'two_words',
    'A'.repeat(100),
    'anna@example.org',
  ];
  for (const account of accounts)
    await harness.inject(lead[0], account, 'POST', '/v1/pools/no-such-pool/opening', {});
  const seen = parse(
    (
      await harness.inject(
        ...auditor,
        'GET',
        '/v1/timeline?kind=refusal&from=2009-10-22&limit=200',
        undefined,
        csv,
      )
    ).raw,
    { bom: true, columns: true },
  ) as Record<string, string>[];
  t.equal(new Set(seen.map((row) => row.record)).size, accounts.length, 'a day of refusals each');
  const streams = new Set(harness.service.log.readAll(0, 100_000).map((e) => e.stream));
  for (const record of [...streams, ...seen.map((row) => row.record!)]) {
    const q = `record=${encodeURIComponent(record)}`;
    const answer = await harness.inject(...auditor, 'GET', `/v1/timeline?${q}`);
    t.equal(answer.status, 200, `${record}: ${answer.raw.slice(0, 200)}`);
    if (!record.startsWith('refusal-')) continue;
    t.match(answer.json.items, [
      { type: 'CommandRefused', record: { aggregate: 'refusal', id: record.slice(8) } },
    ]);
    t.match(
      (await harness.inject(...auditor, 'GET', `/v1/lineage?${q}`)).json,
      { record, records: [{ record }] },
      `${record}: lineage`,
    );
    // A refusal has no page whose past could be compared; that is what is said, and not that there is no such
    // name.
    const compared = await harness.inject(...auditor, 'GET', `/v1/compare?${q}&from=2009-10-01`);
    t.match(
      compared.json.errors,
      [{ path: '/record', message: /^record must begin with a kind that can be read/ }],
      `${record}: compare`,
    );
    t.same(
      (await harness.inject(...lead, 'GET', `/v1/timeline?${q}`)).json.items,
      [],
      `${record}: for auditors alone`,
    );
    isProblem(
      t,
      await harness.inject(...lead, 'GET', `/v1/lineage?${q}`),
      404,
      'NOT_FOUND',
      `${record}: for auditors alone`,
    );
  }
  for (const record of [
    'pool-Durham',
    'pool-a|b',
    'refusal-a|b',
    'refusal-a b.20091022',
    'refusal-a@b.20091022',
    '-a',
    `refusal-${'a'.repeat(101)}.20091022`,
  ])
    isProblem(
      t,
      await harness.inject(...auditor, 'GET', `/v1/timeline?record=${encodeURIComponent(record)}`),
      400,
      'INVALID_PARAMETER',
      record,
    );
});
