/** Who read what, over HTTP: everything that is answered stands there, and auditors alone are told. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { parse } from 'csv-parse/sync';
import { test, type Test } from 'tap';
import { pino } from 'pino';
import Database from '../../src/log/sqlite/driver.js';
import { readsFile } from '../../src/reads/reads-log.js';
import { everyCase } from '../holds.js';
import { isProblem, openHarness, type Answer, type Harness } from './harness.js';
import { listen } from './live.js';
import { poolOfDurham } from './pool-of-durham.js';

const auditor = ['auditor@programme:total-place', 'post.auditor'] as const;
const auditorOfDurham = ['auditor@place:durham', 'post.auditor.durham'] as const;
const lead = ['secretariat@place:durham', 'post.lead.durham'] as const;
const neighbour = ['secretariat@place:norfolk', 'post.lead.norfolk'] as const;

async function opened(t: Test, options: Parameters<typeof openHarness>[1] = {}) {
  const harness = await openHarness(t, options);
  await harness.command(...lead, '/v1/pools', poolOfDurham('hidden-one', 'Talking'));
  return harness;
}
type Row = Record<string, any>;
async function reads(
  harness: Harness,
  query: string,
  by: readonly [string, string] = auditor,
): Promise<Row[]> {
  const answer = await harness.inject(...by, 'GET', `/v1/reads?sort=at&limit=200${query}`);
  if (answer.status !== 200) throw new Error(answer.raw);
  return answer.json.items;
}
const told = (rows: readonly Row[]): unknown[][] =>
  rows.map(({ account, method, address, version, status, code }) => [
    account.replace('post.', ''),
    method,
    address,
    version,
    status,
    code,
  ]);

test('whoever read a record stands there: how, in which version, and who was told that it is not there', async (t) => {
  const harness = await opened(t);
  const get = (
    by: readonly [string, string],
    url: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ) => harness.inject(...by, method, url, undefined, headers);
  const pool = '/v1/pools/hidden-one';
  const first = await get(lead, pool);
  await get(lead, pool, { 'if-none-match': first.headers.etag });
  await get(lead, pool, {}, 'HEAD');
  await get(neighbour, pool);
  await get(neighbour, '/v1/pools/unknown-one');
  await get(lead, `${pool}?asAt=2009-10-21`);
  await get(lead, `${pool}?token=eyJhbGciOiJIUzI1NiJ9.secret`);
  await get(lead, '/v1/timeline?record=pool-hidden-one&limit=1');
  await get(neighbour, '/v1/timeline?record=pool-hidden-one');
  await get(neighbour, '/v1/compare?record=pool-hidden-one&from=2009-10-01');
  const at = harness.service.clock.now();
  const rows = await reads(harness, '&record=pool-hidden-one');
  t.strictSame(told(rows), [
    ['lead.durham', 'GET', pool, 1, 200, null],
    ['lead.durham', 'GET', pool, 1, 304, null],
    ['lead.durham', 'HEAD', pool, 1, 200, null],
    ['lead.norfolk', 'GET', pool, null, 404, 'NOT_FOUND'],
    ['lead.durham', 'GET', `${pool}?asAt=2009-10-21`, null, 404, 'NOT_YET_RECORDED'],
    ['lead.durham', 'GET', `${pool}?token=…`, null, 400, 'INVALID_PARAMETER'],
    ['lead.durham', 'GET', '/v1/timeline?record=pool-hidden-one&limit=1', 1, 200, null],
    ['lead.norfolk', 'GET', '/v1/timeline?record=pool-hidden-one', null, 200, null],
    ['lead.norfolk', 'GET', '/v1/compare?record=pool-hidden-one&from=2009-10-01', null, 404, 'NOT_FOUND'],
  ]);
  t.match(rows[0], {
    at,
    name: null,
    grants: [lead[0]],
    grantsTag: /^[\w-]{12}$/,
    record: { aggregate: 'pool', id: 'hidden-one' },
    title: 'Talking',
    link: pool,
    missing: null,
    node: /^[0-9a-f]{8}$/,
  });
  t.equal(new Set(rows.map((row) => row.grantsTag)).size, 2, 'a tag tells grants from others');
  t.strictSame(
    told((await reads(harness, '&record=pool-hidden-one')).slice(9)),
    [['auditor', 'GET', '/v1/reads?sort=at&limit=200&record=pool-hidden-one', 1, 200, null]],
    'who looked at this stands there too',
  );
  t.strictSame(
    told(await reads(harness, '&record=pool-unknown-one')),
    [['lead.norfolk', 'GET', '/v1/pools/unknown-one', null, 404, 'NOT_FOUND']],
    'an id at which nothing is',
  );
});

test('whatever is read stands there: lists, CSV, feeds, exports, streams, and what has no address', async (t) => {
  const harness = await opened(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const asked: [string, number][] = [
    ['/v1/pools?sort=-name', 200],
    ['/v1/pools?format=csv', 200],
    ['/v1/timeline?format=csv', 200],
    ['/v1/calendar.ics', 200],
    ['/v1/events', 200],
    ['/v1/me/actions', 200],
    ['/v1/places/durham/progress', 200],
    ['/v1/departments/department-for-work-and-pensions/docket', 200],
    ['/v1/refusals', 403],
    ['/v1/nowhere', 404],
    ['/v1/pools/not%20an%20id', 404],
    ['/v1/lineage?record=pool-hidden-one&depth=2', 200],
  ];
  for (const [url, status] of asked) t.equal((await harness.inject(...lead, 'GET', url)).status, status, url);
  const live = await listen(t, harness, ...lead, 'place:durham');
  const open = await reads(harness, `&account=${lead[1]}`);
  t.strictSame(
    open.map((row) => [row.address, row.status]),
    [...asked, ['/v1/live?scope=place:durham', 200]],
    'a stream from when it begins',
  );
  live.close();
  everyCase(t, 'the record that an address is of', (look) => {
    const of = (url: string) => open.find((row) => row.address === url)?.record ?? null;
    look('progress of a place', of('/v1/places/durham/progress'), { aggregate: 'place', id: 'durham' });
    look('docket', of('/v1/departments/department-for-work-and-pensions/docket'), {
      aggregate: 'agency',
      id: 'department-for-work-and-pensions',
    });
    look('a list', of('/v1/pools?sort=-name'), null);
    look('what is no id', of('/v1/pools/not%20an%20id'), null);
    look('lineage', of('/v1/lineage?record=pool-hidden-one&depth=2'), {
      aggregate: 'pool',
      id: 'hidden-one',
    });
  });
  const exported = await reads(harness, '&address=/v1/events');
  t.same(
    exported.map((row) => row.account),
    [lead[1]],
    'who exported everything',
  );
  t.strictSame(await reads(harness, '&address=/v1/events&from=2009-10-23'), [], 'on days after it');
  t.equal((await reads(harness, '&address=/v1/events&from=2009-10-22&to=2009-10-22')).length, 1);
  for (const url of ['/v1/openapi.json', '/health/ready', '/v1/schemas/pool.PoolProposed.v1'])
    await harness.send('GET', url);
  await harness.send('GET', '/v1/pools');
  await harness.command(...lead, '/v1/barriers', {
    placeId: 'durham',
    kind: 'guidance',
    statement: 'One',
    effectOnResidents: 'Three',
  });
  t.equal(
    (await reads(harness, `&account=${lead[1]}`)).length,
    open.length,
    'a command is in the log itself',
  );
  t.same(
    [...new Set((await reads(harness, '')).map((row) => row.account))].sort(),
    [auditor[1], lead[1]],
    'nobody’s reads, and what is open to everybody, are not there',
  );
});

test('who has begun to take an answer has read', async (t) => {
  const harness = await openHarness(t);
  // More than the system takes at once: it is never sent whole.
  const large = Buffer.alloc(64 * 2 ** 20, ' ');
  harness.app.get('/v1/large', async (request) => {
    await harness.app.principal(request);
    return large;
  });
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((harness.app.server.address() as AddressInfo).port, '127.0.0.1');
  const token = await harness.token(...lead);
  socket.write(`GET /v1/large HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  t.strictSame(told(await reads(harness, '&address=/v1/large')), [
    ['lead.durham', 'GET', '/v1/large', null, 200, null],
  ]);
  socket.destroy();
});

test('what a page shows is read like what the API answers', async (t) => {
  const reader = { account: 'post.reader', grants: [{ role: 'secretariat' as const, place: 'durham' }] };
  const harness = await opened(t, {
    pages: { reader: async ({ headers }) => (headers['x-reader'] ? reader : undefined) },
  });
  const signedIn = { 'x-reader': 'yes' };
  await harness.send('GET', '/pools/hidden-one', signedIn);
  await harness.send('GET', '/pools/unknown-one', signedIn);
  await harness.send('GET', '/pools?sort=name&token=s3cret', signedIn);
  await harness.send('GET', '/pools?format=csv', signedIn);
  await harness.send('GET', '/timeline?record=pool-hidden-one', signedIn);
  await harness.send('GET', '/pools/hidden-one');
  t.strictSame(
    (await reads(harness, '&account=post.reader')).map((row) => [
      row.address,
      row.record && `${row.record.aggregate}-${row.record.id}`,
      row.version,
      row.status,
    ]),
    [
      ['/pools/hidden-one', 'pool-hidden-one', 1, 200],
      ['/pools/unknown-one', 'pool-unknown-one', null, 404],
      ['/pools?sort=name&token=…', null, null, 400],
      ['/pools?format=csv', null, null, 200],
      ['/timeline?record=pool-hidden-one', 'pool-hidden-one', 1, 200],
    ],
  );
});

test('auditors alone are told, each of what they audit', async (t) => {
  const harness = await opened(t);
  const get = (by: readonly [string, string], url: string): Promise<Answer> =>
    harness.inject(...by, 'GET', url);
  isProblem(t, await get(lead, '/v1/reads'), 403, 'NOT_ALLOWED', 'a secretariat');
  isProblem(t, await get(lead, '/v1/reads?record=pool-hidden-one'), 403, 'NOT_ALLOWED', 'of its own pool');
  const others = ['programme-office@programme:total-place', 'access-administrator@programme:total-place', ''];
  for (const as of others)
    isProblem(t, await get([as, 'somebody'], '/v1/reads'), 403, 'NOT_ALLOWED', as || 'no grant');
  await get(lead, '/v1/pools/hidden-one');
  await get(neighbour, '/v1/pools/hidden-one');
  await get(neighbour, '/v1/pools/unknown-one');
  await get(neighbour, '/v1/pools');
  await get(neighbour, '/v1/places/norfolk');
  await get(['secretariat@place:elsewhere', 'post.lead.elsewhere'], '/v1/pools/hidden-one');
  await get(['official@agency:dwp', 'post.official'], '/v1/pools');
  await get(['official@agency:dwp', 'post.official'], '/v1/places/durham');
  const seen = async (by: readonly [string, string], query = ''): Promise<unknown[]> =>
    (await reads(harness, query, by))
      .filter((row) => !/auditor|somebody/.test(row.account) && row.status !== 403)
      .map(
        ({ account, address }) => `${account.replace(/^post\.(lead\.)?/, '')} ${address.replace('/v1/', '')}`,
      );
  const all = [
    'durham pools/hidden-one',
    'norfolk pools/hidden-one',
    'norfolk pools/unknown-one',
    'norfolk pools',
    'norfolk places/norfolk',
    'elsewhere pools/hidden-one',
    'official pools',
    'official places/durham',
  ];
  t.strictSame(await seen(auditor), all, 'of the programme: its records, and its people');
  t.strictSame(
    await seen(auditorOfDurham),
    [
      'durham pools/hidden-one',
      'norfolk pools/hidden-one',
      'elsewhere pools/hidden-one',
      'official places/durham',
    ],
    'of a place: its records alone',
  );
  t.strictSame(await seen(['auditor@place:norfolk', 'a.norfolk']), ['norfolk places/norfolk']);
  t.strictSame(
    await seen(['auditor@place:norfolk auditor@place:durham', 'a.both']),
    [
      'durham pools/hidden-one',
      'norfolk pools/hidden-one',
      'norfolk places/norfolk',
      'elsewhere pools/hidden-one',
      'official places/durham',
    ],
    'of two places, in order',
  );
  t.strictSame(await seen(auditorOfDurham, `&account=${neighbour[1]}`), ['norfolk pools/hidden-one']);
  t.strictSame(await seen(auditorOfDurham, '&record=pool-unknown-one'), []);
  t.strictSame(
    await seen(['auditor@programme:nh', 'a.nh']),
    ['elsewhere pools/hidden-one', 'official pools'],
    'of another programme: what it may be that its own people met',
  );
});

test('a page after another, newest first, and all of it as CSV', async (t) => {
  const harness = await opened(t);
  for (let n = 0; n < 7; n++) await harness.inject(...lead, 'GET', `/v1/pools?limit=${n + 1}`);
  const found: string[] = [];
  let next: string | null = `/v1/reads?account=${lead[1]}&limit=3`;
  for (let pages = 0; next !== null && pages < 9; pages++) {
    const page: Answer = await harness.inject(...auditor, 'GET', next);
    t.match(page.headers.link ?? null, page.json.next && `<${page.json.next}>; rel="next"`);
    found.push(...page.json.items.map((row: Row) => row.address));
    next = page.json.next;
  }
  t.strictSame(
    found,
    [7, 6, 5, 4, 3, 2, 1].map((n) => `/v1/pools?limit=${n}`),
  );
  const csv = await harness.inject(...auditor, 'GET', `/v1/reads?account=${lead[1]}&format=csv`);
  const rows = parse(csv.raw, { bom: true, columns: true }) as Record<string, string>[];
  t.equal(rows.length, 7);
  t.match(rows[0], {
    account: lead[1],
    grants: lead[0],
    address: '/v1/pools?limit=7',
    status: '200',
    record: '',
  });
  isProblem(
    t,
    await harness.inject(...auditor, 'GET', '/v1/reads?address=pools'),
    400,
    'INVALID_PARAMETER',
    'no address',
  );
});

test('what may be a secret in an address stands in no line of the log, and in no read', async (t) => {
  const lines: string[] = [];
  const harness = await opened(t, {
    logger: pino({ level: 'debug' }, { write: (line) => void lines.push(line) }),
  });
  const secrets = [
    '?token=s3cret-1',
    '?limit=1&access_token=s3cret-2',
    '?s3cret-3',
    '?a=b&s3cret-4',
    '?limit=5&s3cret-5=x=y',
  ];
  for (const path of ['/v1/pools', '/v1/pools/hidden-one', '/v1/nowhere', '/health/ready'])
    for (const query of secrets) await harness.inject(...lead, 'GET', `${path}${query}`);
  const kept = JSON.stringify(await reads(harness, ''));
  t.match(kept, '/v1/pools?limit=1&access_token=…');
  t.notMatch(kept.replace('s3cret-5=…', ''), /s3cret-[124]|s3cret-3/);
  t.notMatch(lines.join(''), /s3cret-[124]|s3cret-3/);
  t.match(lines.join(''), '/v1/pools?limit=1&access_token=…', 'the rest of it is told');
});

const operatorToken = 'the-operators-own-token-0123456789abcdef';
const operator = { authorization: `Bearer ${operatorToken}` };

test('reads and commands go on while reads cannot be logged; the operator and the auditors are told', async (t) => {
  const harness = await opened(t, { operatorToken });
  const health = async (): Promise<unknown> =>
    (await harness.send('GET', '/health/details', operator)).json.reads;
  const metrics = async (): Promise<(string | undefined)[]> => {
    const { raw } = await harness.send('GET', '/metrics', operator);
    return ['reads_waiting', 'reads_missing', 'reads_not_written', 'reads_failures'].map(
      (name) => new RegExp(`^${name} (\\S+)$`, 'm').exec(raw)?.[1],
    );
  };
  const ask = (url: string): Promise<Answer> => harness.inject(...lead, 'GET', url);
  await ask('/v1/pools/hidden-one');
  t.match(await health(), { state: 'ready', waiting: 1, missing: 0, failures: 0 });
  t.strictSame(await metrics(), ['1', '0', '0', '0']);
  t.equal((await reads(harness, '')).length, 1);
  // Another process holds the file.
  const other = new Database(readsFile(harness.service.dataDir));
  other.exec('BEGIN EXCLUSIVE');
  const at = harness.service.clock.now();
  t.equal((await ask('/v1/pools/hidden-one')).status, 200);
  const during = await reads(harness, `&account=${lead[1]}`);
  t.strictSame(
    during.map((row) => [row.account, row.missing]),
    [
      [lead[1], null],
      // The auditor's own is among them.
      [null, { why: 'not-written', since: at, count: 2 }],
    ],
    'who asks is told that more was read',
  );
  t.match(await health(), { state: 'not-written', waiting: 3, failures: 1, lastError: 'database is locked' });
  t.strictSame((await metrics()).slice(0, 3), ['3', '0', '1']);
  t.equal((await harness.send('GET', '/health/ready')).status, 200, 'it is ready all the same');
  await harness.command(...lead, '/v1/barriers', {
    placeId: 'durham',
    kind: 'guidance',
    statement: 'One',
    effectOnResidents: 'Three',
  });
  t.match(
    harness.errors,
    [{ message: /^Reads cannot be logged: database is locked \(SQLITE_BUSY\)/ }],
    'told once',
  );
  other.exec('ROLLBACK');
  other.close();
  t.equal((await reads(harness, '')).length, 4, 'all of it is written when that is over');
  t.match(await health(), { state: 'ready', missing: 0 });
  t.match(harness.errors.slice(1), [{ message: /^Reads are logged again/ }]);
});

test('a damaged file of reads is set aside, and neither a view nor an answer is touched by it', async (t) => {
  const harness = await opened(t);
  const { dataDir } = harness.service;
  writeFileSync(readsFile(dataDir), 'no database at all'.repeat(1_000));
  t.equal((await harness.inject(...lead, 'GET', '/v1/pools/hidden-one')).status, 200);
  const [gap, read] = await reads(harness, '');
  t.match(gap, { account: null, missing: { why: 'file-damaged', since: null, count: null } });
  t.match(read, { account: lead[1], version: 1 });
  const named = readdirSync(dataDir).filter((name) => name.includes('damaged'));
  t.match(named, [/^reads\.db\.damaged-/]);
  t.match(harness.errors, [{ message: /^.*reads\.db cannot be used: .*It was set aside as / }]);
  const csv = await harness.inject(...auditor, 'GET', '/v1/reads?sort=at&format=csv');
  t.match(parse(csv.raw, { bom: true, columns: true }), [
    { account: '', missingWhy: 'file-damaged' },
    {},
    {},
  ]);
});

test('where the file of reads cannot be opened, auditors are told so and everybody else is answered', async (t) => {
  const harness = await opened(t);
  mkdirSync(readsFile(harness.service.dataDir));
  t.equal((await harness.inject(...lead, 'GET', '/v1/pools/hidden-one')).status, 200);
  const answer = await harness.inject(...auditor, 'GET', '/v1/reads');
  isProblem(t, answer, 503, 'READS_UNREADABLE', 'who asks who read');
  t.equal(answer.headers['retry-after'], '5');
  t.equal((await harness.inject(...lead, 'GET', '/v1/pools')).status, 200);
});
