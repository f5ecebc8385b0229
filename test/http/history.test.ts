/**
 * What is told of a record's past: in every answer what the timeline tells that reader, beside what stood
 * when the record was opened to them (docs/rules/shared.md#disclosure). And a record that is not open is
 * judged before it is read.
 */
import { test, type Test } from 'tap';
import { decode } from '../../src/log/codec.js';
import { is } from '../../src/domain/registry.js';
import type { Recorded } from '../../src/projections/engine/view.js';
import { access } from '../../src/projections/views/access.js';
import { office, officeAccount, openHarness, type Answer, type Harness } from './harness.js';
import { questions as everyQuestion } from './questions.js';
import { opened, place, plantPast, readers, standingSince, textsOf, type Reader } from './past.js';

/** The answer to a question, page after page. */
/** What a command takes is told in words that stand in texts of people, too: it is the same for everybody. */
function withoutSchemas(question: string, { json, raw, status }: Answer): string {
  if (status !== 200 || !question.endsWith('/commands')) return raw;
  return JSON.stringify(json.items.map((item: object) => ({ ...item, schema: undefined })));
}
async function answerTo(harness: Harness, reader: Reader, question: string): Promise<string> {
  const { as, account } = readers[reader];
  let text = '';
  for (let url: string | undefined = question, n = 0; url && n < 50; n++) {
    const answer = await harness.inject(as, account, 'GET', url);
    if (answer.status === 500) throw new Error(`${reader} ${url}: ${answer.raw}`);
    text += withoutSchemas(question, answer);
    url = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1];
  }
  return text;
}
/** Events that the timeline shows a reader, `{stream}@{version}`. */
async function shownTo(harness: Harness, reader: Reader): Promise<Set<string>> {
  const { as, account } = readers[reader];
  const shown = new Set<string>();
  for (let url: string | undefined = '/v1/timeline?limit=200'; url;) {
    const { json, headers } = await harness.inject(as, account, 'GET', url);
    for (const { record: r } of json.items) shown.add(`${r.aggregate}-${r.id}@${r.version}`);
    url = /<([^>]+)>; rel="next"/.exec(String(headers.link ?? ''))?.[1];
  }
  return shown;
}

/** Everything that is asked: each record's every address and comparison, the lists also as CSV, the feeds. */
function asked(streams: ReadonlyMap<string, readonly Recorded[]>): string[] {
  const world: Record<string, string[]> = {};
  for (const [e] of streams.values()) (world[e!.aggregate] ??= []).push(e!.recordId);
  const ours = Object.fromEntries(
    opened.map(([aggregate, id]) => [
      aggregate,
      [
        ...new Set([
          ...(world[aggregate] ?? []).filter((x) => opened.some(([a, i]) => a === aggregate && i === x)),
          id,
        ]),
      ],
    ]),
  );
  const moments = [
    '2009-11-09T13:00:00.000Z',
    '2009-11-10T12:00:00.000Z',
    '2009-11-11T13:00:00.000Z',
    '2009-11-12T12:00:00.000Z',
    '2009-11-13T12:00:00.000Z',
  ];
  const compared = opened.flatMap(([aggregate, id]) =>
    moments
      .slice(0, -1)
      .map((from, i) => `/v1/compare?record=${aggregate}-${id}&from=${from}&to=${moments[i + 1]}`),
  );
  const then = everyQuestion(ours)
    .filter((q) => /^\/v1\/[a-z-]+\/[^/?]+(\/(audit|versions))?$/.test(q))
    .flatMap((q) => moments.map((m) => `${q}?asAt=${m}`));
  return [
    ...new Set([
      ...everyQuestion({ place: [place], programme: ['total-place'], ...ours }).filter(
        (q) => !q.includes('asAt='),
      ),
      ...everyQuestion(world).filter((q) => !q.includes('?') || q.endsWith('format=csv')),
      ...compared,
      ...then,
      '/v1/events',
      '/v1/compare?record=place-testshire&from=2009-10-22',
    ]),
  ];
}

async function told(t: Test, harness: Harness): Promise<void> {
  const streams = new Map<string, Recorded[]>();
  for (const logged of harness.service.log.readAll(0, 1_000_000)) {
    const e = decode(logged) as Recorded;
    if (!['log', 'clock', 'days', 'refusal'].includes(e.aggregate))
      streams.set(e.stream, [...(streams.get(e.stream) ?? []), e]);
  }
  const rows = harness.service.engine.queries(access);
  const every = asked(streams);
  for (const reader of Object.keys(readers) as Reader[]) {
    const shown = await shownTo(harness, reader);
    /** Texts that this reader is told by nobody's word: where they were written. */
    const history = new Map<string, string>();
    const open = new Set<string>();
    for (const [stream, events] of streams) {
      const row = rows.ofStream(stream)!;
      const reads = reader === 'nobody' ? row.tier === 'public' : row.tier !== 'members';
      if (reads)
        for (const text of standingSince(
          events,
          reader === 'nobody' ? row.tierSince : (row.programmeSince ?? row.tierSince),
        ))
          open.add(text);
      for (const e of events) {
        const isTold = shown.has(`${stream}@${e.version}`);
        for (const { text, path } of textsOf(e.data)) {
          if (isTold) open.add(text);
          else history.set(text, `${stream}@${e.version} ${e.type}.${path}`);
        }
      }
    }
    for (const text of open) history.delete(text);
    const texts = [...history];
    const leaks = new Set<string>();
    let all = '';
    for (const question of every) {
      const said = (await answerTo(harness, reader, question)).replaceAll('\\n', '\n').replaceAll('\\"', '"');
      all += said;
      for (const [text, where] of texts) if (said.includes(text)) leaks.add(`${where} by ${question}`);
    }
    if (reader === 'member')
      t.ok([...textsOf([...streams.values()].flat().filter((e) => e.stream === 'commitment-one').map((e) => e.data))].every(({ text }) => all.includes(text)), 'its members are told the whole'); // prettier-ignore
    else
      t.ok(
        texts.filter(([text]) => text.includes('cnry')).length > 10,
        `${reader} is not told ${texts.length} texts`,
      );
    t.same([...leaks].slice(0, 40), [], `${reader} is told of the past what the timeline tells`);
  }
}

/** Runs something and says what the log was asked for and which statements the views ran meanwhile. */
async function workOf(harness: Harness, run: () => Promise<unknown>): Promise<string[]> {
  const done: string[] = [];
  const log = harness.service.log as unknown as {
    read(...args: unknown[]): unknown;
    db: { prepare(sql: string): object };
  };
  const read = log.read;
  log.read = function (...args) {
    done.push('log.read');
    return read.apply(this, args);
  };
  const statements = Object.getPrototypeOf(log.db.prepare('SELECT 1')) as Record<
    string,
    (...args: unknown[]) => unknown
  >;
  const own = Object.fromEntries(['get', 'all', 'iterate', 'run'].map((name) => [name, statements[name]!]));
  for (const [name, call] of Object.entries(own))
    statements[name] = function (this: { source: string }, ...args) {
      done.push(this.source);
      return call.apply(this, args);
    };
  try {
    await run();
  } finally {
    log.read = read;
    Object.assign(statements, own);
  }
  return done;
}

/**
 * Of records that a reader may not see: as much is done as for one that is not there, and the same is said.
 */
async function judged(t: Test, harness: Harness): Promise<void> {
  const lead = readers.member;
  await harness.command(lead.as, lead.account, '/v1/barriers', {
    id: 'hidden',
    placeId: place,
    kind: 'guidance',
    statement: 'Hidden',
    effectOnResidents: 'They wait',
  });
  await harness.command(lead.as, lead.account, '/v1/decisions', {
    id: 'hidden',
    placeId: place,
    question: 'Shall we?',
    text: 'We shall',
    forum: 'collaborative',
  });
  for (let n = 0; n < 3; n++)
    await harness.command(lead.as, lead.account, '/v1/barriers/hidden/asks', {
      askId: `ask-${n}`,
      remedy: 'A rule',
      detail: 'Another',
      dueOn: '2009-12-18',
    });
  const strangers = [
    ...Object.entries(readers).filter(([name]) => name !== 'member'),
    ['treasurer', { as: 'finance-officer@agency:durham-county-council', account: 'post.treasurer' }],
  ] as [string, { as: string; account: string }][];
  const questions = ['barrier', 'decision'].flatMap((kind) => [
    `/v1/${kind}s/ID`,
    `/v1/${kind}s/ID?asAt=2009-11-13T12:00:00.000Z`,
    `/v1/compare?record=${kind}-ID&from=2009-11-12T12:00:00.000Z`,
    `/v1/lineage?record=${kind}-ID`,
    `/v1/timeline?record=${kind}-ID`,
    ...(kind === 'decision'
      ? [`/v1/decisions/ID/audit`, `/v1/decisions/ID/audit?asAt=2009-11-13T12:00:00.000Z`]
      : []),
  ]);
  for (const [name, { as, account }] of strangers)
    for (const question of questions) {
      const ask = async (id: string) => {
        let said = '';
        const work = await workOf(harness, async () => {
          const answer = await harness.inject(as, account, 'GET', question.replace('ID', id));
          said = `${answer.status} ${answer.raw.replace(/"correlationId":"[^"]*"/, '').replaceAll(id, 'ID')}`;
        });
        return { said, work };
      };
      // What is kept in memory of either is kept of both.
      for (const id of ['hidden', 'nothing']) await ask(id);
      const closed = await ask('hidden');
      t.same(closed, await ask('nothing'), `${name}: ${question}`);
      t.notOk(closed.work.includes('log.read'), `${name}: ${question}: nothing is read`);
      // The first time, with nothing in memory.
      const fresh = async (id: string) => {
        await harness.command(lead.as, lead.account, '/v1/barriers/hidden/asks', {
          askId: `ask-${Math.random().toString(36).slice(2)}`,
          remedy: 'A rule',
          detail: 'Another',
          dueOn: '2009-12-18',
        });
        // Whoever may see it has just looked: what is kept for them is kept of nobody else.
        await harness.inject(lead.as, lead.account, 'GET', question.replace('ID', 'hidden'));
        return ask(id);
      };
      const [hidden, nothing] = [await fresh('hidden'), await fresh('nothing')];
      t.same(hidden.work, nothing.work, `${name}: ${question}, the first time, after a member asked`);
    }
}

/**
 * Small leaks: what a place did of its steps is the programme's to know, whom money is held for its members'.
 */
async function small(t: Test, harness: Harness): Promise<void> {
  const bureau = { as: office, account: officeAccount };
  const version = async () => ({
    expectedVersion: (await harness.inject(bureau.as, bureau.account, 'GET', '/v1/programmes/total-place'))
      .json.version as number,
  });
  await harness.command(bureau.as, bureau.account, '/v1/programmes/total-place/step-excuses', {
    placeId: 'durham',
    stepId: 'pools',
    reason: 'The cnry-excuse of it',
    ...(await version()),
  });
  const everything = async (reader: Reader): Promise<string> => {
    const urls = ['/v1/timeline?limit=200', '/v1/timeline?type=RoundClosed', '/v1/timeline?type=StepExcused', '/v1/programmes/total-place', '/v1/programmes/total-place/progress', '/v1/places/durham/progress', '/v1/places/durham', '/v1/calendar?limit=200', '/v1/calendar.ics', '/v1/events', '/v1/exceptions?limit=200', '/v1/compare?record=programme-total-place&from=2009-09-01']; // prettier-ignore
    let text = '';
    for (const url of urls) text += await answerTo(harness, reader, url);
    return text;
  };
  const asOffice = (path: string, body: object) =>
    harness.command(bureau.as, bureau.account, `/v1/programmes/total-place/${path}`, body);
  await asOffice('place-extensions', {
    placeId: 'durham',
    roundNo: 3,
    to: '2009-12-04',
    reason: 'The cnry-longer of it',
    ...(await version()),
  });
  const events = harness.service.log.readAll(0, 1_000_000).map((l) => decode(l) as Recorded);
  t.ok(
    events.some((e) => is(e, 'programme', 'RoundClosed') && e.data.submitted.length > 0),
    'the seed has a round that closed',
  );
  const [office_, nobody] = [await everything('treasury'), await everything('nobody')];
  for (const what of ['cnry-excuse', 'cnry-longer', '"submitted":[', '"missing":[', ' missing']) {
    t.ok(office_.includes(what), `the programme is told ${what}`);
    t.notOk(nobody.includes(what), `the public is not told ${what}`);
  }
  t.match(nobody, /"text":"closed round 1"/, 'but that the round closed');

  for (const [reader, seats] of [
    ['treasury', 4],
    ['nobody', 3],
  ] as const) {
    const { json } = await harness.inject(
      readers[reader].as,
      readers[reader].account,
      'GET',
      `/v1/collaboratives/${place}`,
    );
    t.match(
      [json.seats.length, json.earlierNotShared],
      [seats, 4 - seats],
      `${reader}: who left the table before it was public`,
    );
  }

  // For whom a pool holds money: it and the promise are open, the link is not.
  const lineage = async (reader: Reader, record: string) => {
    const { links } = (
      await harness.inject(
        readers[reader].as,
        readers[reader].account,
        'GET',
        `/v1/lineage?record=${record}&depth=1`,
      )
    ).json as { links: { from: string; to: string }[] };
    return links.filter((l) => [l.from, l.to].sort().join() === 'commitment-funded,pool-treatment').length;
  };
  t.ok((await lineage('member', 'pool-treatment')) > 0, 'members are told');
  for (const reader of ['treasury', 'neighbour', 'stranger', 'nobody'] as const)
    for (const record of ['pool-treatment', 'commitment-funded'])
      t.equal(await lineage(reader, record), 0, `${reader} is not told by the lineage of ${record}`);
  for (const reader of ['treasury', 'nobody'] as const) {
    const reserved = (await answerTo(harness, reader, '/v1/events'))
      .split('\n')
      .filter((l) => l.includes('pool.FundsReserved') && l.includes('pool-treatment'));
    t.ok(
      reserved.length === (reader === 'treasury' ? 1 : 0) &&
        reserved.every((l) => !l.includes('funded') && !l.includes('causationid')),
      'nor by the event or what it followed from',
    );
    // Whose cost, or whose pledge, nobody consented to show.
    const { costs } = (
      await harness.inject(readers[reader].as, readers[reader].account, 'GET', '/v1/barriers/forms')
    ).json;
    const { pledges, earlierNotShared } = (
      await harness.inject(readers[reader].as, readers[reader].account, 'GET', '/v1/pools/treatment')
    ).json;
    t.match(pledges, [
      { pledgeId: 'by-council', agencyId: 'testshire-council' },
      { pledgeId: null, agencyId: null, agency: null, status: null, pledgedPence: null, notDisclosed: true },
    ]);
    t.match([pledges.length, earlierNotShared], [2, 1], 'one was withdrawn, and never open');
    t.match(costs, [
      { agencyId: null, agency: null, pence: null, notDisclosed: true },
      { agencyId: 'testshire-council', pence: 888_123 },
    ]);
  }
}

test('the past of what was opened', { timeout: 280_000 }, async (t) => {
  const harness = await openHarness(t);
  await plantPast(harness);
  await t.test('every answer tells of it what the timeline tells', (t) => told(t, harness));
  await t.test('small leaks', (t) => small(t, harness));
  await t.test('a record that is not open is judged before it is read', (t) => judged(t, harness));
  t.same(harness.errors, []);
});
