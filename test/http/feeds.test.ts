/** The timeline's filters, the calendar, what waits for whom, and the live stream's scopes. */
import ICAL from 'ical.js';
import { test } from 'tap';
import { commandRoutes } from '../../src/http/commands.js';
import { access } from '../../src/projections/views/access.js';
import { barrierRegister } from '../../src/projections/views/barrier-register.js';
import { due } from '../../src/projections/views/due.js';
import { isProblem, office, officeAccount, openHarness } from './harness.js';
import { listen } from './live.js';

const auditor = ['auditor@programme:total-place', 'post.auditor'] as const;
const noun = (name: string): string => commandRoutes.find((r) => r.name === name)!.entry.segment!;
const day = (on: string) => ({ from: on, to: on, precision: 'day', tbc: false });

test('the timeline by place, actor, kind, type, record and day; page after page', async (t) => {
  const harness = await openHarness(t);
  const get = async (query: string): Promise<any[]> => {
    const items: any[] = [];
    let url: string | undefined = `/v1/timeline?limit=200&${query}`;
    while (url) {
      const answer = await harness.inject(...auditor, 'GET', url);
      t.equal(answer.status, 200, answer.raw.slice(0, 300));
      items.push(...answer.json.items);
      url = /<([^>]+)>/.exec(answer.headers.link ?? '')?.[1];
    }
    return items;
  };
  // The log's own first event bears the machine's time.
  const all = (await get('')).filter((e) => e.type !== 'LogCreated');
  t.ok(all.length > 300, `the seed has ${all.length} events`);
  t.same(
    all.map((e) => e.recordedAt),
    all
      .map((e) => e.recordedAt)
      .sort()
      .reverse(),
    'newest first',
  );
  const same = async (query: string, keep: (e: any) => boolean): Promise<void> => {
    const expected = all.filter(keep);
    t.ok(expected.length > 0, `${query} finds something`);
    t.same(
      (await get(query)).map((e) => e.position),
      expected.map((e) => e.position),
      query,
    );
  };
  await same('place=durham', (e) => e.placeId === 'durham');
  await same(`account=${officeAccount}`, (e) => e.actor.account === officeAccount);
  await same('kind=pool', (e) => e.record.aggregate === 'pool');
  await same('type=PledgeMade', (e) => e.type === 'PledgeMade');
  await same('kind=programme&type=MilestoneAdded', (e) => e.type === 'MilestoneAdded');
  t.same(await get('kind=pool&type=MilestoneAdded'), [], 'both must fit');
  const { record } = all.find((e) => e.record.aggregate === 'barrier');
  await same(
    `record=barrier-${record.id}`,
    (e) => e.record.aggregate === 'barrier' && e.record.id === record.id,
  );
  await same(
    'from=2009-09-01&to=2009-09-18',
    (e) => e.recordedAt >= '2009-08-31T23:00:00.000Z' && e.recordedAt < '2009-09-18T23:00:00.000Z',
  );
  await same('to=2009-06-01', (e) => e.recordedAt < '2009-06-01T23:00:00.000Z');
  await same('from=2009-10-22', (e) => e.recordedAt >= '2009-10-21T23:00:00.000Z');
  await same(
    'from=2009-09-01&to=2009-09-30&placeId=durham&kind=submission',
    (e) =>
      e.recordedAt.startsWith('2009-09') && e.placeId === 'durham' && e.record.aggregate === 'submission',
  );
  t.same(await get('from=2010-01-01'), [], 'nothing has happened then');
  for (const bad of [
    'kind=PledgeMade',
    'type=pool',
    'record=barrier',
    'place=NO',
    'limit=0',
    'kind=pool&kind=barrier',
  ]) {
    isProblem(
      t,
      await harness.inject(...auditor, 'GET', `/v1/timeline?${bad}`),
      400,
      'INVALID_PARAMETER',
      bad,
    );
  }
});

test('a reader who sees little gets short pages and goes on', async (t) => {
  const harness = await openHarness(t);
  const wrongly = Array.from({ length: 2100 }, (_, n) => ({
    stream: `refusal-somebody.200910${String((n % 28) + 1).padStart(2, '0')}`,
    commandId: `refusal-${n}`,
    actor: { account: 'somebody', role: 'public' as const },
    data: { code: 'NOT_ALLOWED', command: 'OpenPool', target: 'pool-x', versionSeen: 0, payload: 'sha256:0' },
    again: false,
  }));
  await Promise.all(wrongly.map((refusal) => harness.service.executor.refusals.write(refusal)));
  const first = await harness.inject('', 'citizen', 'GET', '/v1/timeline');
  t.same(first.json.items, [], 'the newest 2,000 events are refusals, which are not theirs to see');
  t.ok(first.json.next, 'but there is more');
  const second = await harness.inject('', 'citizen', 'GET', `/v1/timeline?before=${first.json.next}`);
  t.equal(second.json.items.length, 50, 'and the next page has it');
});

test('the calendar: dates, moved dates, extensions, steps and due items, as JSON, CSV and iCalendar', async (t) => {
  const harness = await openHarness(t);
  const programme = '/v1/programmes/total-place';
  const { version } = (await harness.inject(office, officeAccount, 'GET', programme)).json;
  await harness.command(office, officeAccount, `${programme}/${noun('RescheduleMilestone')}`, {
    milestoneId: 'lga-conference',
    date: day('2009-11-04'),
    reason: 'The hall; was taken, again',
    expectedVersion: version,
  });
  const list = async (as: string, account: string, query = ''): Promise<any[]> =>
    (await harness.inject(as, account, 'GET', `/v1/calendar?limit=200${query}`)).json.items;
  const treasury = ['treasury@programme:total-place', 'post.treasury'] as const;
  const entries = await list(...treasury, '&to=2010-06-01');
  const moved = entries.find((e) => e.id === 'total-place.milestone.lga-conference');
  t.match(moved, {
    to: '2009-11-04',
    originalTo: '2009-11-03',
    reason: 'The hall; was taken, again',
    status: 'planned',
    workingDaysLeft: 9,
    link: programme,
  });
  t.match(
    entries.find((e) => e.title === 'Pilots active'),
    { status: 'passed' },
    'a day that is over is not planned any more',
  );
  t.ok(
    entries.every((e) => e.status !== 'planned' || e.to >= '2009-10-22'),
    'none is',
  );
  const order = entries.map((e) => e.id);
  const sameDay = entries.filter(
    (e) => e.kind === 'round-opens' && entries.some((x) => x.kind === 'round-closes' && x.to === e.to),
  );
  for (const e of sameDay)
    for (const x of entries)
      if (x.kind === 'round-closes' && x.to === e.to)
        t.ok(order.indexOf(e.id) < order.indexOf(x.id), `${e.id} comes before ${x.id}`);
  t.ok(sameDay.length > 0, 'a round opens on a day on which one closes');
  t.match(
    entries.find((e) => e.id === 'total-place.round.1.closes'),
    { kind: 'round-closes', status: 'closed', to: '2009-09-18' },
  );
  t.match(
    entries.find((e) => e.id === 'total-place.milestone.ministerial-group'),
    { precision: 'part-month', tbc: true, from: '2009-11-01', to: '2009-11-10' },
  );
  t.match(
    entries.find((e) => e.id === 'place-durham.step.final'),
    {
      kind: 'step',
      code: 'step',
      placeId: 'durham',
      owedBy: [{ kind: 'place', id: 'durham', name: 'Durham' }],
    },
    'what each place must do is a fact for the programme',
  );

  // What is due of undisclosed records is seen by those who see the records.
  const hidden = harness.service.engine
    .queries(due)
    .open()
    .filter((i) => i.private || i.code === 'triage');
  t.ok(hidden.length > 0, 'there are due items of private events or untriaged barriers');
  const place = hidden[0]!.placeId!;
  const ids = (es: any[]): string[] => es.map((e) => e.id);
  const id = `${hidden[0]!.stream}.${hidden[0]!.code}.${hidden[0]!.key}`;
  const member = [`secretariat@place:${place}`, 'post.lead'] as const;
  t.ok(ids(await list(...member, `&placeId=${place}`)).includes(id), 'a member sees it');
  for (const [as, account] of [
    treasury,
    ['secretariat@place:norfolk', 'post.lead'],
    ['', 'citizen'],
  ] as const) {
    const seen = [...(await list(as, account, `&placeId=${place}`)), ...(await list(as, account))];
    t.same(
      hidden
        .map((i) => `${i.stream}.${i.code}.${i.key}`)
        .filter((x) => place !== 'norfolk' && ids(seen).includes(x)),
      [],
      `${as || 'the public'} does not`,
    );
    const ics = (await harness.inject(as, account, 'GET', '/v1/calendar.ics')).raw;
    t.notOk(ics.includes(hidden[0]!.recordId), 'nor in the feed');
  }

  const feed = await harness.inject(...member, 'GET', `/v1/calendar.ics?placeId=${place}`);
  t.match(feed.headers['content-type'], /^text\/calendar/);
  t.ok(
    feed.raw.split('\r\n').every((line) => Buffer.byteLength(line) <= 75),
    'lines are folded',
  );
  const events = new ICAL.Component(ICAL.parse(feed.raw))
    .getAllSubcomponents('vevent')
    .map((c) => new ICAL.Event(c));
  t.ok(
    events.some((e) => e.uid === `${id}@total-place`),
    'the member’s feed has the hidden item',
  );
  const conference = events.find((e) => e.uid === 'total-place.milestone.lga-conference@total-place')!;
  t.equal(conference.startDate.toString(), '2009-11-04');
  t.equal(conference.endDate.toString(), '2009-11-05', 'whole days; the end is exclusive');
  t.match(conference.description, /First planned for 2009-11-03/);
  t.match(conference.description, /The hall; was taken, again/, 'text is escaped');
  const csv = await harness.inject(...treasury, 'GET', '/v1/calendar?format=csv');
  t.match(csv.raw, /^\uFEFFid,programmeId,kind,code,title,/);
  for (const url of ['/v1/calendar?colour=red', '/v1/calendar.ics?colour=red', '/v1/calendar.ics?from=soon'])
    isProblem(t, await harness.inject(...treasury, 'GET', url), 400, 'INVALID_PARAMETER', url);
});

test('what waits is matched to the reader’s grants, each with why', async (t) => {
  const harness = await openHarness(t);
  const open = harness.service.engine
    .queries(due)
    .open()
    .filter((i) => !i.stopped);
  const actions = async (as: string, account = 'somebody', query = ''): Promise<any[]> =>
    (await harness.inject(as, account, 'GET', `/v1/me/actions?limit=200${query}`)).json.items;
  const answer = open.find((i) => i.code === 'answer' && i.owedBy[0]!.kind === 'department')!;
  const department = answer.owedBy[0]!.id;
  const official = await actions(`official@agency:${department}`);
  const key = (i: (typeof open)[number]): string => `${i.stream}.${i.code}.${i.key}`;
  const found = official.find((a) => a.id === key(answer));
  t.match(found, {
    code: 'answer',
    dueOn: answer.dueOn,
    as: `official@agency:${department}`,
    link: `/v1/barriers/${answer.recordId}`,
    record: { aggregate: 'barrier', id: answer.recordId },
  });
  t.match(found.why, /^official for /);
  t.equal(found.title, harness.service.engine.queries(barrierRegister).one(answer.recordId)!.state.statement);
  t.same(
    official.map((a) => a.id).sort(),
    open
      .filter(
        (i) => i.owedBy.some((p) => p.id === department) && ['ownership', 'answer', 'deed'].includes(i.code),
      )
      .map(key)
      .sort(),
    'everything the department owes, and nothing else',
  );
  t.notOk(
    (await actions(`finance-officer@agency:${department}`)).some((a) => a.code === 'answer'),
    'an answer is not a finance officer’s to give',
  );
  t.same(await actions(`champion@place:${answer.placeId}`), [], 'nor does anything wait for a champion');
  t.same(await actions(''), [], 'nor for the public');
  // What is due of a pool by the agreement's own rules names no place; the pool does.
  const records = harness.service.engine.queries(access);
  const placeless = open.flatMap((i) => {
    const placeId = records.record(i.aggregate, i.recordId)?.placeId;
    const owner = i.owedBy.find((p) => p.kind === 'agency');
    return !i.placeId && placeId && owner ? [{ i, placeId, owner: owner.id }] : [];
  });
  t.ok(placeless.length > 0, 'some items say no place of their own');
  for (const { i, placeId, owner } of placeless) {
    const as = `finance-officer@agency:${owner}`;
    const mine = (await actions(as)).find((a) => a.id === key(i));
    if (!mine) continue;
    t.equal(mine.placeId, placeId, `${mine.id} is of its record's place`);
    t.ok(
      (await actions(as, 'somebody', `&placeId=${placeId}`)).some((a) => a.id === mine.id),
      'and is found by it',
    );
  }
  const pledge = open.find((i) => i.code === 'pledge');
  if (pledge) {
    const agency = pledge.owedBy[0]!.id;
    t.ok(
      (await actions(`finance-officer@agency:${agency}`)).some((a) => a.id === key(pledge)),
      'a pledge waits for the agency’s finance officer',
    );
    t.notOk(
      (await actions(`seat-holder@place:${pledge.placeId}+agency:${agency}`)).some(
        (a) => a.id === key(pledge),
      ),
      'not for its seat-holder',
    );
  }
  const steps = await actions('secretariat@place:durham');
  t.ok(
    steps.some((a) => a.id === 'place-durham.step.final' && a.link === '/v1/places/durham'),
    'an open step waits for the secretariat',
  );
  const both = `secretariat@place:durham official@agency:${department}`;
  t.same(
    (await actions(both)).map((a) => a.id).sort(),
    [...steps, ...official].map((a) => a.id).sort(),
    'all grants of the reader together',
  );
  t.same(
    (await actions(both, 'somebody', `&as=official@agency:${department}`)).map((a) => a.id).sort(),
    official.map((a) => a.id).sort(),
    'or the one asked for',
  );
  isProblem(
    t,
    await harness.inject(both, 'somebody', 'GET', '/v1/me/actions?as=chair@place:durham'),
    400,
    'INVALID_PARAMETER',
    'a grant that is not theirs',
  );

  // Done is gone; withdrawn places wait for nothing.
  const programme = '/v1/programmes/total-place';
  const place = answer.placeId!;
  await harness.command(office, officeAccount, `${programme}/${noun('WithdrawPlace')}`, {
    placeId: place,
    reason: 'It merged with its neighbour',
  });
  t.notOk(
    (await actions(`official@agency:${department}`)).some((a) => a.placeId === place),
    'nothing is due for a place that has left',
  );
  t.same(harness.service.engine.queries(due).ofPlace(place), []);
});

test('live streams by place, theme, docket and programme', async (t) => {
  const harness = await openHarness(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const places = (await harness.inject(office, officeAccount, 'GET', '/v1/places?limit=200')).json
    .items as any[];
  const register = await import('../../src/projections/views/register.js');
  const themed = (id: string) =>
    Object.values(
      (harness.service.engine.queries(register.register).one('place', id)?.state.themes ?? {}) as object,
    ).flatMap((x: any) => x.policyThemeIds);
  const pursues = places.find((p) => themed(p.id).includes('drugs-and-alcohol'))!.id as string;
  const other = places.find((p) => !themed(p.id).includes('drugs-and-alcohol'))!.id as string;
  const answer = harness.service.engine
    .queries(due)
    .open()
    .find((i) => i.code === 'answer' && i.owedBy[0]!.kind === 'department')!;
  const department = answer.owedBy[0]!.id;
  const streams = {
    programme: await listen(t, harness, office, officeAccount, 'programme'),
    place: await listen(t, harness, office, officeAccount, `place:${pursues}`),
    theme: await listen(t, harness, office, officeAccount, 'theme:drugs-and-alcohol'),
    docket: await listen(t, harness, office, officeAccount, `docket:${department}`),
  };
  const population = { value: 4321, referenceOn: '2009-06-30', source: 'A count' };
  for (const id of [other, pursues]) {
    const { version } = (await harness.inject(office, officeAccount, 'GET', `/v1/places/${id}`)).json;
    await harness.command(office, officeAccount, `/v1/places/${id}/${noun('RecordPopulation')}`, {
      ...population,
      expectedVersion: version,
    });
  }
  await harness.command(
    `official@agency:${department}`,
    'post.official',
    `/v1/barriers/${answer.recordId}/${noun('Respond')}`,
    {
      position: 'will-not',
      reason: 'The statute does not allow it',
      official: 'Director of delivery',
    },
  );
  await harness.command(office, officeAccount, '/v1/programmes/total-place/milestones', {
    milestoneId: 'last',
    name: 'The last',
    kind: 'info',
    date: day('2009-11-26'),
  });
  await Promise.all([
    streams.programme.until((e) => e.type === 'MilestoneAdded'),
    ...[streams.place, streams.theme].map((s) =>
      s.until((e) => e.type === 'PopulationRecorded' && e.data.record.id === pursues),
    ),
    streams.docket.until((e) => e.type === 'BarrierAnswered'),
  ]);
  const got = (name: keyof typeof streams): string[] =>
    streams[name].events.map((e) => `${e.type} ${e.data.record.id}`);
  t.ok(
    got('programme').includes(`PopulationRecorded ${other}`) &&
      got('programme').includes('MilestoneAdded total-place'),
    'the programme’s has all',
  );
  t.ok(
    got('place').includes(`PopulationRecorded ${pursues}`) &&
      !got('place').includes(`PopulationRecorded ${other}`),
    'a place’s its own',
  );
  t.ok(
    got('theme').includes(`PopulationRecorded ${pursues}`) &&
      !got('theme').includes(`PopulationRecorded ${other}`),
    'a theme’s that of the places that work on it',
  );
  t.ok(
    got('docket').includes(`BarrierAnswered ${answer.recordId}`),
    'a docket’s what the department does and owes',
  );
  t.notOk(
    got('docket').some((e) => e.startsWith('PopulationRecorded')),
    'and nothing else',
  );
  for (const live of Object.values(streams)) live.close();
  for (const bad of [
    'scope=theme:',
    'scope=docket',
    'scope=place:A',
    'since=1',
    'scope=programme&scope=programme',
  ]) {
    isProblem(
      t,
      await harness.inject(office, officeAccount, 'GET', `/v1/live?${bad}`),
      400,
      'INVALID_PARAMETER',
      bad,
    );
  }
});

test('one event is told in the same words everywhere, and by the names its reader may know', async (t) => {
  const harness = await openHarness(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
  const asker = ['auditor@programme:total-place', 'post.auditor'] as const;
  const live = await listen(t, harness, ...asker, 'programme');
  await harness.command(office, officeAccount, '/v1/people', {
    programmeId: 'total-place',
    account: 'post.cleo',
    name: 'Cleo Quill',
    officeHolder: true,
  });
  const instant = harness.service.clock.now();
  const { version } = (await harness.inject(...lead, 'GET', '/v1/places/durham')).json;
  await harness.command(office, officeAccount, `/v1/places/durham/${noun('EndChampion')}`, {
    reason: 'Moves',
  });
  await harness.command(office, officeAccount, `/v1/places/durham/${noun('AssignChampion')}`, {
    account: 'post.cleo',
    from: '2009-10-22',
    expectedVersion: version + 1,
  });
  await live.until((e) => e.type === 'ChampionAssigned');
  const item = (
    await harness.inject(...asker, 'GET', '/v1/timeline?type=ChampionAssigned&placeId=durham&limit=1')
  ).json.items[0];
  const alike = (other: object, where: string): unknown =>
    t.strictSame(other, Object.fromEntries(Object.keys(other).map((k) => [k, item[k]])), where);
  t.match(item, {
    text: 'assigned Cleo Quill as champion',
    actor: {
      account: officeAccount,
      role: 'programme-office',
      agencyId: null,
      agency: null,
      onBehalfOf: null,
    },
    record: { aggregate: 'place', id: 'durham' },
  });
  alike(live.events.find((e) => e.type === 'ChampionAssigned')!.data, 'the live stream');
  const compared = (
    await harness.inject(
      ...asker,
      'GET',
      `/v1/compare?record=place-durham&from=${encodeURIComponent(new Date(Date.parse(instant) - 1).toISOString())}`,
    )
  ).json.events;
  alike(
    compared.find((e: { type: string }) => e.type === 'ChampionAssigned'),
    'a comparison',
  );
  const stale = await harness.inject(
    office,
    officeAccount,
    'POST',
    `/v1/places/durham/${noun('AssignChampion')}`,
    {
      account: 'post.other',
      from: '2009-10-22',
      expectedVersion: version,
    },
  );
  t.match(stale.json.since.at(-1), { type: 'ChampionAssigned', text: item.text }, 'a stale command');

  // Names of bodies are for everybody; an id without a name stays one.
  const seat = (
    await harness.inject(...asker, 'GET', '/v1/timeline?type=SeatAccepted&placeId=durham&limit=1')
  ).json.items[0];
  t.match(seat.text, /^accepted the seat of [A-Z]/, 'an agency by its name');
  t.equal(
    seat.actor.agency,
    (await harness.inject(...asker, 'GET', `/v1/agencies/${seat.actor.agencyId}`)).json.name,
  );
  live.close();
});

test('a refusal names what was addressed and links it', async (t) => {
  const harness = await openHarness(t);
  const asker = ['auditor@programme:total-place', 'post.auditor'] as const;
  const pool = (await harness.inject(...asker, 'GET', '/v1/pools?placeId=durham')).json.items[0];
  const tried = [`/v1/pools/${pool.id}/opening`, '/v1/pools/no-such-pool/opening'];
  for (const url of tried)
    await harness.inject('seat-holder@place:kent+agency:kent-county-council', 'person-nosy', 'POST', url, {});
  const told = (await harness.inject(...asker, 'GET', '/v1/timeline?type=CommandRefused&account=person-nosy'))
    .json.items;
  t.match(told, [
    {
      text: 'was refused “Open a pool” on pool-no-such-pool: There is no such record, or it is not open to you.',
      target: { aggregate: 'pool', id: 'no-such-pool', title: null, link: null },
    },
    {
      text: new RegExp(`^was refused “Open a pool” on “${pool.name}”: [A-Z].*\\.$`),
      target: { aggregate: 'pool', id: pool.id, title: pool.name, link: `/v1/pools/${pool.id}` },
    },
  ]);
  const refusals = (await harness.inject(...asker, 'GET', '/v1/refusals?account=person-nosy')).json.items;
  t.match(refusals, [
    {
      record: { aggregate: 'pool', id: 'no-such-pool' },
      title: null,
      link: null,
      actor: { account: 'person-nosy' },
    },
    { title: pool.name, link: `/v1/pools/${pool.id}` },
  ]);
  const csv = await harness.inject(
    ...asker,
    'GET',
    '/v1/timeline?type=CommandRefused&account=person-nosy&format=csv',
  );
  t.match(
    csv.raw,
    /^\ufeffposition,recordedAt,effectiveOn,type,record,recordVersion,placeId,actorAccount,actorName,actorRole,actorAgencyId,actorAgency,onBehalfOf,text,/,
  );
  t.match(csv.raw, new RegExp(`person-nosy,.*pool-${pool.id},${pool.name},/v1/pools/${pool.id}\n`));
  t.notMatch(csv.raw, /\{""/, 'no JSON in a cell');
});

test('a stale revision tells what happened since, but not what its reader may not see', async (t) => {
  const harness = await openHarness(t);
  // A barrier open to the programme, with a cost that its agency keeps to itself.
  const answer = harness.service.engine
    .queries(due)
    .open()
    .find((i) => i.code === 'answer' && i.owedBy[0]!.kind === 'department')!;
  const department = answer.owedBy[0]!.id;
  const member = [`secretariat@place:${answer.placeId}`, 'post.lead'] as const;
  const url = `/v1/barriers/${answer.recordId}`;
  const seats = (await harness.inject(...member, 'GET', `/v1/places/${answer.placeId}/collaborative`)).json
    .seats as any[];
  const agency = seats.find((s) => s.status === undefined || s.status === 'accepted')!.agencyId as string;
  const { version } = (await harness.inject(...member, 'GET', url)).json;
  await harness.command(
    `finance-officer@agency:${agency}`,
    'post.treasurer',
    `${url}/${noun('CostBarrier')}`,
    {
      pence: 77_777_700,
      evidence: 'Our own secret ledger',
      consent: false,
    },
  );
  const stale = { position: 'will-not', reason: 'No', official: 'A director', expectedVersion: version };
  const theirs = await harness.inject(
    `official@agency:${department}`,
    'post.official',
    'POST',
    `${url}/${noun('Respond')}`,
    stale,
  );
  isProblem(t, theirs, 409, 'STALE_REVISION', 'the department');
  t.same(theirs.json.since, [], 'the cost is not theirs to know');
  t.notMatch(theirs.raw, /777,777|secret/);
  const own = await harness.inject(...member, 'POST', `${url}/${noun('Ask')}`, {
    askId: 'x',
    remedy: 'x',
    detail: 'x',
    dueOn: '2009-12-01',
    expectedVersion: version,
  });
  isProblem(t, own, 409, 'STALE_REVISION', 'a member');
  t.match(own.json.since, [{ type: 'BarrierCosted', text: /£777,777/ }], 'members are told');
});

test('a command’s address takes no parameters', async (t) => {
  const harness = await openHarness(t);
  const head = await harness.head();
  isProblem(
    t,
    await harness.inject(
      office,
      officeAccount,
      'POST',
      '/v1/programmes/total-place/milestones?dryRun=true',
      {},
    ),
    400,
    'INVALID_PARAMETER',
    'a parameter on a command',
  );
  t.equal(await harness.head(), head, 'nothing is recorded');
});
