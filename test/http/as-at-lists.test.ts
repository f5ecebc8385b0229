/**
 * Lists and dockets as they stood: what the service would have answered then, read from the records of one
 * place or department, and no more of it than may be seen today.
 */
import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { test, type Test } from 'tap';
import { endOfDay, londonDate } from '../../src/domain/shared/calendar.js';
import { mostRecords } from '../../src/http/query/past-streams.js';
import { Slices } from '../../src/http/server/slices.js';
import { decode, encode } from '../../src/log/codec.js';
import { eventsTogether } from '../../src/projections/engine/past.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';
import { poolOfDurham } from './pool-of-durham.js';
import { then } from './then.js';

const readers: Readonly<Record<string, readonly [as: string, account: string]>> = {
  office: [office, officeAccount],
  secretariat: ['secretariat@place:durham', 'post.lead.durham'],
  head: ['seat-holder@place:durham+agency:county-durham-pct', 'post.chief-executive.county-durham-pct'],
  treasurer: ['finance-officer@agency:county-durham-pct', 'post.treasurer.pct'],
  neighbour: ['secretariat@place:kent', 'post.lead.kent'],
  champion: ['champion@place:durham', 'post.champion'],
  official: ['official@agency:department-for-work-and-pensions', 'post.official'],
  treasury: ['treasury@programme:total-place', 'treasury'],
  auditor: ['auditor@programme:total-place', 'auditor'],
  nobody: ['', 'somebody'],
};
const get = async (harness: Harness, reader: keyof typeof readers | string, url: string) =>
  harness.inject(...readers[reader]!, 'GET', url);

/** An answer without what says of which moment it is: links lead to the same moment. */
const bare = (body: any): unknown =>
  JSON.parse(JSON.stringify({ ...body, asAt: undefined }).replaceAll(/\?asAt=[0-9TZ:.-]+/g, ''));

async function sameAsThen(t: Test, harness: Harness): Promise<void> {
  const events = harness.service.log.readAll(0, 100_000).map(decode);
  const today = londonDate(harness.service.clock.now());
  const days = [...new Set(events.map((e) => londonDate(e.recordedAt)))].filter((d) => d < today).sort();
  const agencies = (await get(harness, 'office', '/v1/agencies?sort=sector&limit=200')).json.items as {
    id: string;
    sector: string;
  }[];
  const departments = agencies.filter(({ sector }) => sector === 'department').map(({ id }) => id);
  const places = ['durham', 'kent', 'leicester-leicestershire', 'suffolk'];
  const urls = [
    ...places.flatMap((place) =>
      ['barriers', 'commitments', 'decisions', 'pools', 'exceptions'].flatMap((list) => [
        `/v1/${list}?placeId=${place}&limit=200`,
        `/v1/${list}?placeId=${place}&limit=200&since=2009-09-15`,
      ]),
    ),
    ...['county-durham-pct', ...departments].flatMap((agency) => [
      `/v1/barriers?ownerAgencyId=${agency}&limit=200`,
      `/v1/commitments?ownerAgencyId=${agency}&limit=200&sort=status`,
    ]),
    ...departments.flatMap((id) => [
      `/v1/departments/${id}/docket?limit=200`,
      `/v1/departments/${id}/docket?limit=200&since=2009-09-15`,
    ]),
  ];
  const told = new Map<string, number>();
  for (const share of [0.6, 0.8, 1]) {
    const day = days[Math.ceil(days.length * share) - 1]!;
    const instant = endOfDay(day);
    const last = events.findLast((e) => e.recordedAt <= instant)!;
    const past = await then(t, harness, last.position, instant);
    for (const url of urls) {
      if (url.includes('since') && day < '2009-09-15') continue;
      for (const [reader, [as, account]] of Object.entries(readers)) {
        const authorization = `Bearer ${await harness.token(as, account)}`;
        const expected = await past.app.inject({ method: 'GET', url, headers: { authorization } });
        const actual = await get(harness, reader, `${url}&asAt=${day}`);
        // What was not there yet is no parameter then; it is today, and has nothing.
        if (expected.statusCode === 400) {
          t.strictSame(actual.json.items, [], `${url} as ${reader} on ${day}: nothing yet`);
          continue;
        }
        if (actual.status !== expected.statusCode)
          t.fail(`${url} as ${reader} on ${day}: ${actual.raw}, and then ${expected.body}`);
        if (actual.status !== 200) continue;
        const list = url.replace(/\?.*$/, '').replace(/departments.*/, 'docket');
        told.set(list, (told.get(list) ?? 0) + actual.json.items.length);
        if (JSON.stringify(bare(actual.json)) !== JSON.stringify(bare(expected.json())))
          t.strictSame(bare(actual.json), bare(expected.json()), `${url} as ${reader} on ${day}`);
        if (actual.json.asAt !== instant) t.fail(`${url} says as of ${actual.json.asAt}`);
      }
    }
    await past.close();
  }
  for (const [list, rows] of told) t.ok(rows >= 10, `${list}: ${rows} rows were the same as then`);
  t.equal(told.size, 6);
}

/** Every list of these places, and every department's docket. */
const everything = (places: readonly string[], departments: readonly string[]): string[] => [
  ...places.flatMap((place) =>
    ['barriers', 'commitments', 'decisions', 'pools', 'exceptions'].map(
      (list) => `/v1/${list}?placeId=${place}&limit=200`,
    ),
  ),
  ...departments.flatMap((id) => [
    `/v1/departments/${id}/docket?limit=200`,
    `/v1/commitments?ownerAgencyId=${id}&limit=200`,
    `/v1/barriers?ownerAgencyId=${id}&limit=200`,
  ]),
];
const dcms = 'department-for-communities-and-local-government';
const council = 'durham-county-council';
const urls = everything(['durham', 'kent'], ['cabinet-office', dcms, council]).filter(
  (url) => url !== `/v1/departments/${council}/docket?limit=200`,
);

async function afterwards(t: Test, harness: Harness): Promise<void> {
  const clock = harness.service.clock as unknown as { advance(to: string): void };
  const later = (): string => {
    clock.advance(new Date(Date.parse(harness.service.clock.now()) + 120_000).toISOString());
    return harness.service.clock.now();
  };
  const refused = async (place: string, account: string): Promise<void> => {
    const { status } = await harness.inject(
      office,
      officeAccount,
      'POST',
      `/v1/places/${place}/champions`,
      { account, from: '2009-10-22' },
      { 'idempotency-key': `champion-${place}` },
    );
    t.equal(status, 403, 'a champion with a seat there is refused');
  };
  const seats = async (place: string) =>
    Object.entries((await harness.service.executor.load('collaborative', place)).state.seats).filter(
      ([, seat]) => seat.status === 'accepted' && seat.kind === 'voting',
    );
  const end = (place: string) =>
    harness.command(office, officeAccount, `/v1/places/${place}/champion-ends`, { reason: 'Moves' });
  const kentSeat = (await seats('kent'))[0]![1];
  await end('kent');
  await refused('kent', kentSeat.account);
  const instant = later();
  const before = new Map<string, any>();
  for (const url of urls)
    for (const reader of Object.keys(readers))
      before.set(`${reader} ${url}`, (await get(harness, reader, url)).json);
  const { items: missed } = before.get('auditor /v1/exceptions?placeId=kent&limit=200');
  t.match(
    missed.find(({ kind }: { kind: string }) => kind === 'near-miss'),
    { actor: { name: /./ }, title: /Kent/, reason: /./ },
    'a near miss is told with its names',
  );

  later();
  // Called otherwise, given to another, opened, begun, ended: all of it later than what is asked about.
  const version = async (aggregate: 'agency' | 'commitment', id: string): Promise<number> =>
    (await harness.service.executor.load(aggregate, id)).version;
  await harness.command(office, officeAccount, `/v1/agencies/${dcms}/names`, {
    name: 'Ministry of Housing',
    expectedVersion: await version('agency', dcms),
  });
  const durham = await seats('durham');
  const [pctSeat] = durham.find(([, { agencyId }]) => agencyId === 'county-durham-pct')!;
  const [otherSeat, other] = durham.find(
    ([, { agencyId }]) => !['county-durham-pct', council].includes(agencyId),
  )!;
  const home = 'durham-home-from-hospital';
  const lead = readers.secretariat!;
  await harness.command(...lead, `/v1/commitments/${home}/reassignment`, {
    ownerAgencyId: other.agencyId,
    accountable: { seatId: otherSeat },
    reason: 'The service moves',
    expectedVersion: await version('commitment', home),
  });
  await harness.service.executor.execute({
    aggregate: 'pool',
    id: 'durham-warm-homes',
    command: 'Disclose',
    data: { to: 'public' },
    commandId: randomUUID(),
    actor: { account: 'system:discloser', role: 'system' },
  });
  await harness.command(...lead, '/v1/pools', poolOfDurham('talk', 'Talking therapies'));
  await end('durham');
  await refused('durham', durham[0]![1].account);
  later();

  let rows = 0;
  for (const url of urls)
    for (const reader of Object.keys(readers)) {
      const was = before.get(`${reader} ${url}`);
      const { json: now } = await get(harness, reader, `${url}&asAt=${instant}`);
      rows += was.items.length;
      if (JSON.stringify(bare(now)) !== JSON.stringify(bare(was)))
        t.strictSame(bare(now), bare(was), `${url} as ${reader}`);
    }
  t.ok(rows > 50, `${rows} rows are told as they were before all that`);
  const ids = async (reader: string, url: string): Promise<string[]> =>
    (await get(harness, reader, url)).json.items.map(({ id }: { id: string }) => id);
  const mine = `/v1/commitments?ownerAgencyId=${council}`;
  t.notOk((await ids('office', mine)).includes(home), 'a promise of another agency now');
  t.ok((await ids('secretariat', `${mine}&asAt=${instant}`)).includes(home), 'was this one’s then');
  const cabinet = '/v1/departments/cabinet-office/docket';
  t.same(await ids('office', cabinet), [], 'nothing waits for the department of the champion who went');
  t.ok((await ids('office', `${cabinet}?asAt=${instant}`)).length > 0, 'something did then');
  t.ok((await ids('secretariat', '/v1/pools?placeId=durham')).includes('talk'));
  t.notOk((await ids('secretariat', `/v1/pools?placeId=durham&asAt=${instant}`)).includes('talk'));
  t.same(await ids('nobody', '/v1/pools?placeId=durham'), ['durham-warm-homes'], 'open to everybody now');
  t.same(await ids('nobody', `/v1/pools?placeId=durham&asAt=${instant}`), [], 'and not of then');

  // Who sees less today is told less of then, too.
  const funds = '/v1/commitments?placeId=durham';
  t.ok((await ids('treasurer', `${funds}&asAt=${instant}`)).includes(home), 'a partner is told');
  await harness.command(...lead, `/v1/collaboratives/durham/seat-departures`, {
    seatId: pctSeat,
    reason: 'Merged',
  });
  let less = 0;
  for (const list of ['commitments', 'decisions', 'pools', 'barriers', 'exceptions']) {
    const url = `/v1/${list}?placeId=durham&limit=200`;
    const today = await ids('treasurer', url);
    const then = await ids('treasurer', `${url}&asAt=${instant}`);
    less += before.get(`treasurer ${url}`).items.length - then.length;
    for (const id of then) if (!today.includes(id)) t.fail(`${id} of ${list} is told to who sees it no more`);
  }
  t.ok(less > 0, `${less} rows less than were told then`);
}

async function paged(t: Test, harness: Harness): Promise<void> {
  const url = '/v1/commitments?placeId=leicester-leicestershire&asAt=2009-10-15';
  const whole = await get(harness, 'auditor', `${url}&limit=200`);
  t.equal(whole.json.asAt, endOfDay('2009-10-15'));
  t.ok(whole.json.items.length > 3);
  const pages: unknown[] = [];
  for (let next: string | null = `${url}&limit=1`; next !== null;) {
    const { json } = await get(harness, 'auditor', next);
    t.equal(json.asAt, whole.json.asAt, 'each page is of the same moment');
    pages.push(...json.items);
    next = json.next;
  }
  t.strictSame(pages, whole.json.items, 'a page at a time');
  const { raw } = await get(harness, 'auditor', `${url}&format=csv`);
  t.strictSame(
    (parse(raw, { bom: true, columns: true }) as Record<string, string>[]).map(({ id, link }) => [id, link]),
    whole.json.items.map(({ id, link }: Record<string, string>) => [id, link]),
    'as CSV',
  );
  const { link } = whole.json.items[0];
  t.match(link, /asAt=2009-10-15T/, 'a link leads to the record as it stood');
  t.match((await get(harness, 'auditor', link)).json, { asAt: whole.json.asAt });
  const again = await harness.inject(...readers.auditor!, 'GET', `${url}&limit=200`, undefined, {
    'if-none-match': String(whole.headers.etag),
  });
  t.equal(again.status, 304);
  t.not((await get(harness, 'auditor', `${url}&limit=1`)).headers.etag, whole.headers.etag);
  const docket = '/v1/departments/home-office/docket';
  const then = await get(harness, 'office', `${docket}?asAt=2009-10-15`);
  t.match(then.json, { asAt: endOfDay('2009-10-15'), items: [{ workingDaysLeft: Number }] });
  t.not(then.headers.etag, (await get(harness, 'office', docket)).headers.etag);
  t.equal(
    parse((await get(harness, 'office', `${docket}?asAt=2009-10-15&format=csv`)).raw, {
      bom: true,
      columns: true,
    }).length,
    then.json.items.length,
  );

  const refused = async (url: string, status: number, message: RegExp): Promise<void> => {
    const answer = await get(harness, 'office', url);
    isProblem(t, answer, status, 'INVALID_PARAMETER', url);
    t.match(answer.json.errors[0].message, message);
  };
  await refused('/v1/commitments?asAt=2009-10-15', 400, /placeId or ownerAgencyId/);
  await refused('/v1/pools?asAt=2009-10-15', 400, /Choose placeId too/);
  await refused('/v1/pools?placeId=durham&asAt=2009-10-23', 400, /a day that is over/);
  await refused(
    '/v1/pools?placeId=durham&asAt=2009-10-15&since=2009-10-16',
    400,
    /2009-10-15 or a day before/,
  );
  await refused(`${docket}?asAt=2009-10-15&since=2009-10-16`, 400, /2009-10-15 or a day before/);
  await refused(`${docket}?asAt=tomorrow`, 400, /Enter a day or a time/);
  isProblem(
    t,
    await get(harness, 'office', '/v1/departments/durham-county-council/docket?asAt=2009-10-15'),
    404,
    'NOT_FOUND',
    'no department',
  );
  t.same((await get(harness, 'office', '/v1/pools?placeId=durham&asAt=2009-01-01')).json.items, []);
  const unborn = await get(harness, 'office', `${docket}?asAt=2009-01-01`);
  isProblem(t, unborn, 404, 'NOT_YET_RECORDED', 'a department before it was registered');
}

async function together(t: Test, harness: Harness): Promise<void> {
  const days = ['2009-09-10', '2009-09-20', '2009-10-01', '2009-10-10', '2009-10-20'];
  const asked = days.flatMap((day) => [
    `/v1/barriers?placeId=leicester-leicestershire&asAt=${day}`,
    `/v1/commitments?placeId=leicester-leicestershire&asAt=${day}`,
  ]);
  const ask = async (url: string) => (await get(harness, 'auditor', url)).json;
  const alone: unknown[] = [];
  for (const url of asked) alone.push(await ask(url));
  const rowsOf = (body: unknown): string => JSON.stringify((body as { readonly items: unknown }).items);
  t.ok(new Set(alone.map(rowsOf)).size > asked.length / 2, 'the rows of most are other rows');
  // Something is recorded, so that no answer is kept from before.
  await harness.command(...readers.secretariat!, '/v1/pools', poolOfDurham('beside', 'Beside'));
  t.strictSame(await Promise.all(asked.map(ask)), alone, 'asked all at once each is what it is alone');
}

async function tooMany(t: Test, harness: Harness): Promise<void> {
  const { log } = harness.service;
  const before = harness.service.clock.now();
  (harness.service.clock as unknown as { advance(to: string): void }).advance(
    new Date(Date.parse(before) + 120_000).toISOString(),
  );
  const [first] = await log.read('barrier-bradford-discharge');
  const told = decode(first!);
  const { actor, commandId, fingerprint, correlation, reads } = told;
  const recordedAt = harness.service.clock.now();
  const url = '/v1/barriers?placeId=bradford';
  const there = (await get(harness, 'auditor', `${url}&limit=200`)).json.items.length;
  for (let n = 1; n <= mostRecords; n++) {
    const stream = `barrier-many-${n}`;
    await log.append(
      stream,
      0,
      encode(stream, 0, [{ type: told.type, data: told.data as Record<string, unknown> }], {
        actor,
        commandId,
        fingerprint,
        correlation,
        reads,
        recordedAt,
      }),
    );
  }
  const refused = await get(harness, 'auditor', `${url}&asAt=${recordedAt}`);
  isProblem(t, refused, 422, 'TOO_MANY_RECORDS', 'a place with so many barriers');
  t.match(refused.json.detail, new RegExp(`${there + mostRecords} records.* ${mostRecords} at most`));
  t.equal(
    (await get(harness, 'auditor', `${url}&asAt=${before}`)).json.items.length,
    there,
    'before they were recorded they are not counted',
  );
}

test('lists as they stood', { timeout: 600_000 }, async (t) => {
  const harness = await openHarness(t);
  await t.test('on a day that is over: what the service would have answered then', (t) =>
    sameAsThen(t, harness),
  );
  await t.test('a page at a time, as CSV, marked and tagged; and what is refused', (t) => paged(t, harness));
  await t.test('several at once stand beside each other', (t) => together(t, harness));
  await t.test('whatever happened since, and to nobody who may see less today', (t) =>
    afterwards(t, harness),
  );
  await t.test('of too many records nothing is read', (t) => tooMany(t, harness));
});

test('the past of many records is read in turns', { timeout: 120_000 }, async (t) => {
  let turns = 0;
  const slices = new Slices({ ms: 0, later: (callback) => setImmediate(() => (turns++, callback())) });
  const harness = await openHarness(t, { slices });
  const url = '/v1/barriers?placeId=leicester-leicestershire&limit=200';
  const records = (await get(harness, 'auditor', url)).json.items as { version: number }[];
  turns = 0;
  await get(harness, 'auditor', `${url}&asAt=${harness.service.clock.now()}`);
  const events = records.reduce((sum, { version }) => sum + version, 0);
  t.ok(turns > records.length + events / eventsTogether, `${turns} turns for ${events} events`);
});
