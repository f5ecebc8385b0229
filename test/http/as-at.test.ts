/**
 * Records as they stood: equal to what the service would have answered then, cut to what the reader might see
 * then; and what changed since.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { test, type Test } from 'tap';
import { aggregateNamed } from '../../src/domain/registry.js';
import { queries } from '../../src/http/questions/index.js';
import { decode } from '../../src/log/codec.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';
import { poolOfDurham } from './pool-of-durham.js';
import { then } from './then.js';

type Reader = 'office' | 'member' | 'treasury' | 'auditor' | 'nobody';
const readers: Readonly<Record<Reader, readonly [as: string, account: string]>> = {
  office: [office, officeAccount],
  member: ['secretariat@place:durham', 'post.lead.durham'],
  treasury: ['treasury@programme:total-place', 'treasury'],
  auditor: ['auditor@programme:total-place', 'auditor'],
  nobody: ['', 'somebody'],
};

async function anyInstant(t: Test, harness: Harness): Promise<void> {
  const clock = harness.service.clock as unknown as { advance(to: string): void };
  for (const id of ['first', 'second']) {
    clock.advance(new Date(Date.parse(harness.service.clock.now()) + 60_000).toISOString());
    const asked = {
      id,
      rule: 'RAG_CONTRADICTED',
      placeId: 'durham',
      reason: 'The minutes are late',
      until: '2009-11-30',
    };
    await harness.command(...readers.member, '/v1/waivers', asked);
  }
  const events = harness.service.log.readAll(0, 100_000).map(decode);
  // Instants after which a later one follows: what was recorded by then is a prefix of the log.
  // What people are called is told as of today: the demo says it near its beginning.
  const named = events.findLastIndex((e) => e.type === 'PersonRegistered');
  const ends = events.filter(
    (e, i) => i >= named && events[i + 1] && events[i + 1]!.recordedAt > e.recordedAt,
  );
  const recordQueries = queries.filter((q) => q.kind === 'record' && q.of) as { url: string; of: string }[];
  const ids = new Map<string, [id: string, position: number][]>();
  for (const e of events)
    if (e.version === 1) ids.set(e.aggregate, [...(ids.get(e.aggregate) ?? []), [e.recordId, e.position]]);
  const asked = { found: 0, hidden: 0, kinds: new Set<string>() };

  const kinds = [
    'programme',
    'place',
    'agency',
    'pool',
    'barrier',
    'submission',
    'commitment',
    'decision',
    'waiver',
  ];
  const bornAll = Math.max(...kinds.map((kind) => ids.get(kind)![0]![1]));
  const property = (instants: typeof ends) =>
    fc.asyncProperty(fc.constantFrom(...instants), fc.infiniteStream(fc.nat()), async (end, random) => {
      const past = await then(t, harness, end.position, end.recordedAt);
      const pick = <T>(list: readonly T[]): T => list[random.next().value! % list.length]!;
      for (const q of recordQueries)
        for (let n = 0; n < 4; n++) {
          // Records of a kind that few have are young: most picked at random did not exist then.
          const born = ids.get(q.of)?.filter(([, position]) => position <= end.position) ?? [];
          const [id] = pick(
            n % 2 && born.length > 0 ? born : (ids.get(q.of) ?? [['nothing-of-the-kind', 0]]),
          );
          const url = q.url.replace(':id', id);
          for (const reader of Object.keys(readers) as Reader[]) {
            const [as, account] = readers[reader];
            const authorization = `Bearer ${await harness.token(as, account)}`;
            const expected = await past.app.inject({ method: 'GET', url, headers: { authorization } });
            const actual = await harness.send('GET', `${url}?asAt=${end.recordedAt}`, { authorization });
            if (actual.status !== expected.statusCode)
              throw new Error(
                `${url} as ${reader} at ${end.recordedAt}: ${actual.status} ${actual.raw}, and then ` +
                  `${expected.statusCode} ${expected.body}`,
              );
            if (actual.status === 404) {
              asked.hidden++;
              continue;
            }
            const { asAt, recordVersion, ...body } = actual.json;
            if (JSON.stringify(body) !== JSON.stringify(expected.json())) {
              t.strictSame(body, expected.json(), `${url} as ${reader} at ${end.recordedAt}`);
              return false;
            }
            if (asAt !== end.recordedAt || !(recordVersion >= 1))
              throw new Error(`${url} does not say as of when`);
            asked.found++;
            asked.kinds.add(q.of);
          }
        }
      await past.close();
      return true;
    });
  await fc.assert(property(ends), { numRuns: 3 });
  // Some kinds begin late: among the instants must be one at which there is a record of each.
  await fc.assert(property(ends.filter((e) => e.position >= bornAll)), { numRuns: 1 });
  t.ok(
    asked.found > 50 && asked.hidden > 50,
    `${asked.found} answers and ${asked.hidden} that were not open were the same`,
  );
  for (const kind of kinds) t.ok(asked.kinds.has(kind), `${kind} was among them`);
}

test('every query of one record can be asked as it stood', async (t) => {
  for (const q of queries) {
    // What may be done is done now.
    const ofNow = /\/(progress|docket|commands|choices)$/.test(q.url);
    if (q.kind !== 'record' || !q.url.includes('/:id') || ofNow) continue;
    t.ok(q.of, `${q.url} says of what kind its record is`);
    if (q.of) t.doesNotThrow(() => aggregateNamed(q.of!), `${q.url}: ${q.of} is a kind`);
  }
});

async function opened(t: Test, harness: Harness): Promise<void> {
  const at = (): string => harness.service.clock.now();
  const clock = harness.service.clock as unknown as { advance(to: string): void };
  const later = (): string => {
    clock.advance(new Date(Date.parse(at()) + 60_000).toISOString());
    return at();
  };
  const [lead, head] = ['secretariat@place:durham', 'seat-holder@place:durham+agency:county-durham-pct'];
  const missing = await harness.inject(lead, 'post.lead.durham', 'GET', `/v1/pools/talk?asAt=${at()}`);
  isProblem(t, missing, 404, 'NOT_FOUND', 'before it existed');
  const unborn = at();
  const begun = later();
  await harness.command(lead, 'post.lead.durham', '/v1/pools', poolOfDurham('talk', 'Talking therapies'));
  const proposed = at();
  later();
  await harness.command(head, 'post.chief-executive.county-durham-pct', '/v1/pools/talk/pledges', {
    pledgeId: 'ours',
    financialYear: '2009-10',
    pledgedPence: 7_654_321,
  });
  const pledged = at();
  later();
  await harness.service.executor.execute({
    aggregate: 'pool',
    id: 'talk',
    command: 'Disclose',
    data: { to: 'programme' },
    commandId: randomUUID(),
    actor: { account: 'system:discloser', role: 'system' },
  });
  const disclosed = at();
  later();
  await harness.command(
    'finance-officer@agency:county-durham-pct',
    'post.treasurer.pct',
    '/v1/pools/talk/pledge-confirmations',
    { pledgeId: 'ours', consent: true },
  );
  const confirmed = later();

  const get = (reader: Reader, when: string) =>
    harness.inject(...readers[reader], 'GET', `/v1/pools/talk?asAt=${encodeURIComponent(when)}`);
  t.match((await get('member', proposed)).json, {
    version: 1,
    recordVersion: 1,
    asAt: proposed,
    pledgedPence: 0,
    pledges: [],
  });
  t.match((await get('member', pledged)).json, { version: 2, pledgedPence: 7_654_321 });
  isProblem(
    t,
    await get('member', unborn),
    404,
    'NOT_YET_RECORDED',
    'before it existed, to who may see how it began',
  );
  for (const when of [unborn, begun, proposed, pledged])
    isProblem(t, await get('treasury', when), 404, 'NOT_FOUND', 'before it was opened to them');
  const then = (await get('treasury', disclosed)).json;
  t.match(
    then,
    { version: 3, pledgedPence: null, notDisclosed: true },
    'a figure withheld then is withheld of then',
  );
  const open = await get('treasury', confirmed);
  t.match(open.json, { version: 4, confirmedPence: 7_654_321 });
  const again = await harness.inject(
    ...readers.treasury,
    'GET',
    `/v1/pools/talk?asAt=${confirmed}`,
    undefined,
    {
      'if-none-match': String(open.headers.etag),
    },
  );
  t.equal(again.status, 304);
  t.equal(
    (await get('member', confirmed.replace('Z', '+00:00'))).json.asAt,
    confirmed,
    'an offset is read as the instant it is',
  );

  const compare = (reader: Reader, query: string) =>
    harness.inject(...readers[reader], 'GET', `/v1/compare?record=pool-talk&${query}`);
  const members = await compare('member', `from=${proposed}&to=${pledged}`);
  t.match(members.json, {
    record: { aggregate: 'pool', id: 'talk' },
    from: { asAt: proposed, version: 1 },
    to: { asAt: pledged, version: 2 },
    events: [{ type: 'PledgeMade', record: { version: 2 }, text: /£76,543/, actor: { role: 'seat-holder' } }],
  });
  const changed = (r: typeof members, field: string) =>
    r.json.changes.find((c: { field: string }) => c.field === field);
  t.match(changed(members, '/pledgedPence'), {
    then: 0,
    now: 7_654_321,
    text: 'Pledged: rose from £0.00 to £76,543.21',
  });
  t.match(changed(members, '/pledges/ours/status'), { then: null, now: 'pledged' });
  const outside = await compare('treasury', `from=${proposed}`);
  t.match(outside.json, { from: { version: null }, to: { version: 4 } });
  t.match(
    outside.json.events.map((e: { type: string }) => e.type),
    ['RecordDisclosed', 'PledgeConfirmed'],
  );
  t.match(changed(outside, '/confirmedPence'), { then: null, now: 7_654_321 });
  const outsideBefore = (await compare('treasury', `from=${unborn}`)).json.from;
  t.same(
    { ...outsideBefore, asAt: null },
    { ...outside.json.from, asAt: null },
    'to others one that was not there reads like one that was hidden',
  );
  t.match((await compare('member', `from=${unborn}&to=${pledged}`)).json, {
    from: { version: null, code: 'NOT_YET_RECORDED', text: /did not exist then/ },
    to: { version: 2 },
  });
  isProblem(
    t,
    await compare('member', `from=${unborn}&to=${unborn}`),
    404,
    'NOT_YET_RECORDED',
    'a comparison before it existed',
  );
  isProblem(
    t,
    await compare('treasury', `from=${unborn}&to=${unborn}`),
    404,
    'NOT_FOUND',
    'a comparison before it existed, to others',
  );
  const nothing = await compare('treasury', `from=${disclosed}&to=${disclosed}`);
  t.match(nothing.json, { changes: [], events: [] });
  isProblem(
    t,
    await compare('treasury', `from=${proposed}&to=${pledged}`),
    404,
    'NOT_FOUND',
    'a comparison before it was opened',
  );

  isProblem(t, await get('member', '2030-01-01T00:00:00Z'), 400, 'INVALID_PARAMETER', 'a time to come');
  isProblem(t, await get('member', 'yesterday'), 400, 'INVALID_PARAMETER', 'no time at all');
  isProblem(
    t,
    await compare('member', `from=${confirmed}&to=${disclosed}`),
    400,
    'INVALID_PARAMETER',
    'the wrong way round',
  );
  isProblem(
    t,
    await compare('member', `from=${disclosed}&to=2030-01-01T00:00:00Z`),
    400,
    'INVALID_PARAMETER',
    'a comparison with a time to come',
  );
  isProblem(
    t,
    await harness.inject(...readers.member, 'GET', `/v1/compare?record=teapot-1&from=${disclosed}`),
    400,
    'INVALID_PARAMETER',
    'a kind there is not',
  );
  isProblem(
    t,
    await harness.inject(...readers.member, 'GET', `/v1/compare?record=refusal-x&from=${disclosed}`),
    400,
    'INVALID_PARAMETER',
    'a kind that cannot be read',
  );
  isProblem(
    t,
    await harness.inject(...readers.nobody, 'GET', `/v1/compare?record=pool-talk&from=${disclosed}`),
    404,
    'NOT_FOUND',
    'hidden',
  );
  isProblem(
    t,
    await harness.inject(...readers.nobody, 'GET', `/v1/compare?record=pool-none&from=${disclosed}`),
    404,
    'NOT_FOUND',
    'unknown',
  );
}

async function days(t: Test, harness: Harness): Promise<void> {
  const get = (reader: Reader, url: string) => harness.inject(...readers[reader], 'GET', url);
  const url = '/v1/programmes/total-place/progress';
  const now = (await get('treasury', `${url}?series=true`)).json;
  const series = now.places.find((p: { id: string }) => p.id === 'durham').series as {
    date: string;
    rag: string;
    done: number;
    required: number;
  }[];
  t.ok(series.length > 30);
  for (const day of [series[0]!, series[Math.floor(series.length / 2)]!, series.at(-1)!]) {
    const then = (await get('treasury', `${url}?asAt=${day.date}&series=true`)).json;
    t.match(then, { programme: { id: 'total-place' }, asAt: day.date });
    const durham = then.places.find((p: { id: string }) => p.id === 'durham');
    t.match(durham, {
      audience: 'programme',
      rag: day.rag,
      steps: { done: day.done, required: day.required },
      pledgedPence: null,
      notDisclosed: true,
    });
    t.equal(durham.series.at(-1).date, day.date);
    t.equal(then.series.at(-1).date, day.date);
    const one = (await get('member', `/v1/places/durham/progress?asAt=${day.date}`)).json;
    t.match(one, { id: 'durham', audience: 'members', asAt: day.date });
    t.match((await get('member', `/v1/places/durham/progress?asAt=${day.date}&audience=programme`)).json, {
      audience: 'programme',
      rag: day.rag,
    });
  }
  t.same((await get('treasury', `${url}?asAt=2009-01-01`)).json.places, [], 'before there was a place');
  isProblem(
    t,
    await get('treasury', '/v1/places/durham/progress?asAt=2009-01-01'),
    404,
    'NOT_FOUND',
    'a place before it was enrolled',
  );
  isProblem(
    t,
    await get('treasury', `${url}?asAt=2009-10-22`),
    400,
    'INVALID_PARAMETER',
    'a day that is not over',
  );
  isProblem(
    t,
    await get('treasury', `${url}?asAt=2009-10-01&since=2009-09-01`),
    400,
    'INVALID_PARAMETER',
    'both',
  );
}

test('the past, as each reader may see it', { timeout: 240_000 }, async (t) => {
  const harness = await openHarness(t);
  await t.test('as at any instant: what the service would have answered then', (t) => anyInstant(t, harness));
  await t.test('progress as at a day, from its daily row', (t) => days(t, harness));
  await t.test('a pool before and after it was opened to the programme, and what changed', (t) =>
    opened(t, harness),
  );
});
