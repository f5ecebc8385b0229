/**
 * Progress and the docket over the seed: every field of the shape, and that what Whitehall owes is said once
 * and alike.
 */
import { test } from 'tap';
import { isProblem, openHarness } from './harness.js';
import { pence, plant, readers, type Reader } from './secrets.js';
import { Property } from '../holds.js';

const progress = '/v1/programmes/total-place/progress';

test('the shape of progress, field by field', async (t) => {
  const harness = await openHarness(t);
  const body = (
    await harness.inject(
      'treasury@programme:total-place',
      'post.treasury',
      'GET',
      `${progress}?since=2009-10-01`,
    )
  ).json;
  t.same(Object.keys(body).sort(), ['asAt', 'deadline', 'owed', 'places', 'position', 'programme', 'totals']);
  t.same(body.deadline, {
    name: 'Budget 2010',
    date: '2010-03-24',
    workingDaysLeft: body.deadline.workingDaysLeft,
  });
  t.equal(
    body.deadline.workingDaysLeft,
    106,
    'working days from 22 October 2009 to the Budget, Christmas and New Year apart',
  );
  t.equal(body.places.length, 23);
  const whole = new Property('a place, its parts and what is owed have every member');
  const begun = new Property('a reason has begun, it is not to come');
  const withheld = new Property('what is null is said to be withheld');
  const colours = new Property('the colours of a place are those of its reasons');
  const has = (what: string, part: object, members: readonly string[]): void =>
    whole.same(
      t,
      what,
      members.filter((member) => !(member in part)),
      [],
    );
  for (const p of body.places) {
    const fields = [
      'audience',
      'barriers',
      'champion',
      'changed',
      'id',
      'illustrative',
      'kind',
      'name',
      'pools',
      'rag',
      'reasons',
      'steps',
      'themes',
      'whitehallRag',
    ];
    has(p.id, p, fields);
    for (const step of p.steps)
      has(`${p.id} step ${step.id}`, step, ['id', 'name', 'dueOn', 'originalDueOn', 'state', 'doneOn']);
    for (const reason of p.reasons) {
      has(`${p.id} reason ${reason.code}`, reason, [
        'code',
        'level',
        'text',
        'since',
        'owedBy',
        'deed',
        'dueOn',
        'link',
        'illustrative',
      ]);
      begun.holds(t, `${p.id} ${reason.code}`, reason.since <= '2009-10-22', reason.since);
    }
    has(`${p.id} barriers`, p.barriers, [
      'whitehall',
      'joint',
      'local',
      'untriaged',
      'open',
      'ownershipOverdue',
      'answersOverdue',
      'deedsOverdue',
      'oldestWorkingDays',
    ]);
    for (const part of [p.barriers, p.pools.pooled, p.pools.aligned]) {
      const hidden = Object.entries(part).some(([k, v]) => v === null && k !== 'oldestWorkingDays');
      withheld.same(t, p.id, part.notDisclosed ?? false, hidden);
    }
    has(`${p.id} changed`, p.changed, [
      'rag',
      'whitehallRag',
      'stepsDone',
      'answers',
      'pledgedPence',
      'reasonsNew',
      'reasonsGone',
    ]);
    const green = p.reasons.every((r: any) => r.level === 'green');
    colours.same(t, p.id, p.rag === 'green' && p.whitehallRag === 'green', green);
  }
  for (const o of body.owed ?? []) {
    has(o.department.id, o, [
      'department',
      'proposed',
      'answered',
      'removed',
      'refused',
      'audience',
      'ownershipOverdue',
      'answersOverdue',
      'deedsOverdue',
      'oldestWorkingDays',
      'places',
      'link',
    ]);
  }
  for (const property of [whole, begun, withheld, colours]) property.settle(t);
});

test('what changed since a day comes first, and the series starts there', async (t) => {
  const harness = await openHarness(t);
  const get = async (query: string): Promise<any> =>
    (
      await harness.inject(
        'treasury@programme:total-place',
        'post.treasury',
        'GET',
        `/v1/places/durham/progress${query}`,
      )
    ).json;
  const [whole, body] = [await get('?series=true'), await get('?series=true&since=2009-10-01')];
  t.same(
    body.series,
    whole.series.filter((d: any) => d.date >= '2009-10-01'),
  );
  t.ok(
    body.series.length > 0 && body.series.length < whole.series.length,
    `${body.series.length} of ${whole.series.length} days`,
  );
  const members = Object.keys(body);
  t.ok(members.indexOf('changed') < members.indexOf('series'));
  t.notOk('series' in (await get('?since=2009-10-01')), 'told where it is asked for alone');
  t.match(await get('?series=false'), {
    code: 'INVALID_PARAMETER',
    errors: [{ path: '/series', message: 'Enter true, or leave it out' }],
  });
});

test('day by day a programme’s steps are the sums of what the answer says of its places', async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  const sums = new Property('the sums of the places that the same answer tells of');
  const seen = new Set<string>();
  for (const reader of ['member', 'official', 'treasury', 'auditor', 'neighbour', 'nobody'] as const) {
    const { as, account } = readers[reader];
    const get = async (query: string): Promise<any> =>
      (await harness.inject(as, account, 'GET', `${progress}${query}`)).json;
    for (const query of ['?series=true', '?series=true&since=2009-10-01', '?series=true&asAt=2009-10-01']) {
      const body = await get(query);
      const total = (date: string, count: 'required' | 'due' | 'done'): number =>
        body.places
          .flatMap((place: any) => place.series.filter((day: any) => day.date === date))
          .reduce((sum: number, day: any) => sum + day[count], 0);
      const days: readonly string[] = [
        ...new Set<string>(body.places.flatMap((place: any) => place.series.map((day: any) => day.date))),
      ].sort();
      sums.same(
        t,
        `${reader} ${query}`,
        body.series,
        days.map((date) => ({
          date,
          required: total(date, 'required'),
          due: total(date, 'due'),
          done: total(date, 'done'),
        })),
      );
      if (query === '?series=true') seen.add(JSON.stringify(body.series.at(-1)));
    }
    const plain = await get('');
    sums.same(
      t,
      `${reader}, who did not ask`,
      ['series' in plain, 'series' in plain.places[0]],
      [false, false],
    );
  }
  sums.settle(t);
  t.ok(seen.size > 1, 'not everybody sees every step');
});

test('the days as CSV: a row a day, with the columns of a place or of a programme', async (t) => {
  const harness = await openHarness(t);
  const { as, account } = readers.treasury;
  const get = (url: string) => harness.inject(as, account, 'GET', url);
  for (const [url, columns] of [
    [progress, 'date,required,due,done'],
    ['/v1/places/durham/progress', 'date,required,due,done,rag,whitehallRag,failed'],
  ] as const) {
    const json = (await get(`${url}?series=true`)).json;
    const text = await get(`${url}?series=true&format=csv`);
    const [head, ...rows] = text.raw.trim().split('\n');
    t.equal(head?.replace('\uFEFF', ''), columns, url);
    t.equal(rows.length, json.series.length, `${url}: a row a day`);
    t.equal(text.headers['columns-version'], '1');
    const last = json.series.at(-1);
    t.match(rows.at(-1), `${last.date},${last.required},${last.due},${last.done}`);
  }
});

test('the series makes an answer long, and is told where it is asked for', async (t) => {
  const harness = await openHarness(t);
  const { as, account } = readers.treasury;
  const get = async (url: string) => (await harness.inject(as, account, 'GET', url)).raw.length;
  const [plain, whole] = [await get(progress), await get(`${progress}?series=true`)];
  t.ok(3 * plain < whole, `${plain} characters, with the series ${whole}`);
});

test('progress and records are asked for by a day and by an instant alike', async (t) => {
  const harness = await openHarness(t);
  const get = (url: string) => harness.inject('treasury@programme:total-place', 'post.treasury', 'GET', url);
  const place = '/v1/places/durham/progress?asAt=';
  const [day, instant] = [await get(`${place}2009-10-01`), await get(`${place}2009-10-01T09:00:00Z`)];
  t.equal(instant.status, 200, instant.raw);
  t.same(instant.json, day.json, 'an instant is its day for progress');
  t.equal(
    (await get(`${place}2009-10-01T23:30:00Z`)).json.asAt,
    '2009-10-02',
    'which is London’s, an hour ahead in summer',
  );
  isProblem(
    t,
    await get(`${place}2009-10-22T00:30:00Z`),
    400,
    'INVALID_PARAMETER',
    'an instant of a day that is not over',
  );
  const record = '/v1/programmes/total-place?asAt=';
  t.same(
    (await get(`${record}2009-10-01`)).json,
    (await get(`${record}2009-10-01T22:59:59.999Z`)).json,
    'a day is its end for a record',
  );
  t.equal((await get(`${record}2009-10-01`)).json.asAt, '2009-10-01T22:59:59.999Z');
  t.match((await get(`${record}2009-10-22`)).json.errors, [
    { path: '/asAt', message: /or a day that is over/ },
  ]);
  for (const url of [place, record])
    t.match((await get(`${url}soon`)).json.errors, [
      { path: '/asAt', message: 'Enter a day or a time, like 2009-10-09 or 2009-10-09T12:00:00Z' },
    ]);
});

test('one place with its records linked, those its reader may open', async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  const records = async (reader: Reader): Promise<string[]> => {
    const { as, account } = readers[reader];
    const answer = await harness.inject(as, account, 'GET', '/v1/places/testshire/progress');
    for (const x of answer.json.records)
      t.equal((await harness.inject(as, account, 'GET', x.link)).status, 200, `${reader} opens ${x.link}`);
    return answer.json.records.map((x: any) => `${x.aggregate}-${x.id}`).sort();
  };
  const open = [
    'barrier-barrier-three',
    'collaborative-testshire',
    'pool-pool-two',
    'submission-total-place.5.testshire',
  ];
  const members = await records('member');
  for (const id of [
    ...open,
    'barrier-barrier-one',
    'barrier-barrier-two',
    'pool-pool-one',
    'decision-decision-one',
    'submission-total-place.4.testshire',
  ])
    t.ok(members.includes(id), `a member has ${id}`);
  const treasury = await records('treasury');
  t.same(
    treasury.filter((x) => !x.startsWith('commitment')),
    open,
    'the Treasury has what is open to the programme',
  );
  t.same(await records('nobody'), [], 'the public none');
});

test('what departments owe as CSV: a row each; of a day that is over it is not kept', async (t) => {
  const harness = await openHarness(t);
  const { as, account } = readers.treasury;
  const get = (query: string): Promise<any> => harness.inject(as, account, 'GET', `${progress}?${query}`);
  const { raw, status } = await get('owed=true&format=csv');
  t.equal(status, 200);
  const { owed } = (await get('')).json;
  const rows = raw.trim().split(/\r?\n/).slice(1);
  t.same(
    rows.map((row: string) => row.split(',', 1)[0]),
    owed.map((one: any) => one.department.id),
  );
  t.match(
    rows.find((row: string) => row.startsWith('home-office')),
    /^home-office,Home Office,21,1,0,0,0,1,0,1,0,0,/,
  );
  const none = await harness.inject(
    readers.nobody.as,
    readers.nobody.account,
    'GET',
    `${progress}?owed=true&format=csv`,
  );
  t.match(none.raw.trim(), /^\uFEFF?id,name,[^\r\n]*$/, 'whoever is told of none has no row');
  t.match(await get('owed=true&asAt=2009-10-01'), { status: 400 });
});

test('the docket and what progress says is owed agree, for every reader', async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  const agrees = new Property(
    'a docket is what progress says is owed, its places and days those of its items',
  );
  let late = 0;
  let owned = 0;
  for (const reader of ['member', 'official', 'treasury', 'auditor', 'neighbour', 'nobody'] as const) {
    const { as, account } = readers[reader];
    const get = async (url: string): Promise<any> => (await harness.inject(as, account, 'GET', url)).json;
    const { owed, places } = await get(progress);
    const names = new Map<string, string>(
      (places as { id: string; name: string }[]).map((p) => [p.id, p.name]),
    );
    if (reader !== 'nobody') t.ok(owed.length > 0, `${reader} sees what is owed`);
    else t.equal(owed, null, 'the public sees no barrier, and is not told that nothing is owed');
    for (const o of owed ?? []) {
      const docket = await get(o.link);
      const { items, answeredOnTime: _, asAt: __, next: ____, ...totals } = docket;
      const { link: ___, ...said } = o;
      const whose = `${reader}: ${o.department.id}`;
      agrees.same(t, whose, totals, said);
      agrees.same(
        t,
        `${whose}, the places by name`,
        o.placeNames,
        o.places.map((p: string) => names.get(p)),
      );
      // What is owed of one barrier is counted once, whichever items say it.
      const overdue = (what: (i: any) => boolean): number =>
        new Set(
          items.filter((i: any) => i.daysLate > 0 && what(i)).map((i: any) => i.barrier?.id ?? i.record.id),
        ).size;
      const directed = (i: any): boolean => i.code === 'rung' && i.id.endsWith(':answer');
      if (o.proposed !== null)
        agrees.same(
          t,
          `${whose}, what is overdue`,
          {
            ownershipOverdue: overdue((i) => i.code === 'ownership'),
            answersOverdue: overdue((i) => i.code === 'answer' || directed(i)),
            deedsOverdue: overdue((i) => i.code === 'deed' || i.code === 'delivery'),
            directionsOverdue: overdue((i) => i.code === 'rung' && !directed(i)),
          },
          {
            ownershipOverdue: o.ownershipOverdue,
            answersOverdue: o.answersOverdue,
            deedsOverdue: o.deedsOverdue,
            directionsOverdue: o.directionsOverdue,
          },
        );
      const days = items.map((i: any) => i.daysLate).filter((n: number) => n > 0);
      const oldest = days.length > 0 ? Math.max(...days) : null;
      agrees.same(t, `${whose}, the oldest item`, oldest, o.oldestWorkingDays);
      const between = (from: number, to: number): number =>
        items.filter((i: any) => i.daysLate >= from && i.daysLate <= to).length;
      agrees.same(
        t,
        `${whose}, by how late it is`,
        {
          notLate: between(0, 0),
          late1To10: between(1, 10),
          late11To20: between(11, 20),
          lateLonger: between(21, Infinity),
        },
        o.waiting,
      );
      const strange = items
        .flatMap((i: any) => [i.placeId, ...i.places.map((p: any) => p.id)])
        .filter((p: string) => !o.places.includes(p));
      agrees.same(t, `${whose}, places that wait and are not named`, strange, []);
      late += o.answersOverdue + o.deedsOverdue;
      owned += o.ownershipOverdue;
    }
  }
  agrees.settle(t);
  t.ok(late > 0 && owned > 0, 'something is late in the seed, an ownership among it');
  const { as, account } = readers.treasury;
  t.equal(
    (await harness.inject(as, account, 'GET', '/v1/departments/testshire-council/docket')).status,
    404,
    'a council has no docket',
  );
  t.equal((await harness.inject(as, account, 'GET', '/v1/departments/no-such-body/docket')).status, 404);
});

test('a department that broke its word owes a deed, though its barrier is before a higher rung', async (t) => {
  const harness = await openHarness(t);
  const id = 'department-for-communities-and-local-government';
  const { treasury } = readers;
  const get = async (url: string): Promise<any> =>
    (await harness.inject(treasury.as, treasury.account, 'GET', url)).json;
  const docket = await get(`/v1/departments/${id}/docket`);
  t.match(
    docket,
    { audience: 'programme', answersOverdue: 0, deedsOverdue: 1, oldestWorkingDays: 4 },
    'promised for Friday 16 October, today is Thursday 22',
  );
  const item = docket.items.find((i: any) => i.code === 'deed');
  t.match(item, {
    deed: /^Remove the barrier “[^”]+”$/,
    audience: 'programme',
    dueOn: '2009-10-16',
    daysLate: 4,
    level: 'amber',
    rung: 'champion',
    answer: { position: 'will-remove', dueOn: '2009-10-16' },
  });
  const body = await get(progress);
  t.match(
    body.owed.find((o: any) => o.department.id === id),
    { answersOverdue: 0, deedsOverdue: 1, oldestWorkingDays: 4 },
  );
  const { barriers } = body.places.find((p: any) => p.id === item.placeId);
  t.ok(barriers.deedsOverdue >= 1 && barriers.oldestWorkingDays >= 4, 'its place counts it too');
  const place = body.places.find((p: any) => p.id === item.placeId);
  const of = (code: string) => place.reasons.find((x: any) => x.code === code && x.link === item.link);
  t.match(
    of('deed'),
    { level: 'amber', owedBy: [{ kind: 'department', id }] },
    'what was promised colours by its own day',
  );
  const rung = of('rung');
  t.match(
    rung,
    {
      text: /^Direct Department for Communities and Local Government, which promised to act by 16 October 2009, on the barrier “[^”]+”: due /,
    },
    'and beside it, who is to direct by when',
  );
  t.notMatch(rung.owedBy, [{ id }], 'the champion’s department owes that, not the owner');
});

test('an ownership that waits too long is the oldest thing owed', async (t) => {
  const harness = await openHarness(t);
  const { treasury } = readers;
  const get = async (url: string): Promise<any> =>
    (await harness.inject(treasury.as, treasury.account, 'GET', url)).json;
  const { owed, places } = await get(progress);
  const department = owed.find((o: any) => o.department.id === 'department-for-work-and-pensions');
  t.match(department, { oldestWorkingDays: 34 });
  t.ok(department.ownershipOverdue > 0);
  t.ok(
    places.some((p: any) => p.barriers.ownershipOverdue > 0 && p.barriers.oldestWorkingDays === 34),
    'the place says the same',
  );
});

test('beside a sum that is withheld stand what it is at least and how many figures are not shared, as its reader counts them', async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  let withheld = 0;
  for (const reader of ['treasury', 'neighbour', 'official', 'nobody', 'member'] as const) {
    const { as, account } = readers[reader];
    const get = async (url: string): Promise<any> => (await harness.inject(as, account, 'GET', url)).json;
    const audience = reader === 'nobody' ? 'public' : 'programme';
    const pools: any[] = (await get(`/v1/pools?placeId=testshire&audience=${audience}`)).items;
    const pledged = pools.flatMap((p) =>
      p.pledges.filter((x: any) => x.status !== 'withdrawn').map((x: any) => x.pledgedPence),
    );
    const [atLeast, missing] = [
      pledged.reduce((n: number, x: number | null) => n + (x ?? 0), 0),
      pledged.filter((x) => x === null).length,
    ];
    const { changed } = await get(`/v1/places/testshire/progress?audience=${audience}&since=2009-10-01`);
    if (reader === 'nobody') {
      t.same(
        [pools, changed.pledgedPence.to, changed.atLeastPence.to],
        [[], null, null],
        'who sees no pool is told of none',
      );
      continue;
    }
    t.ok(missing > 0 && atLeast > 0, `${reader}: ${missing} pledges withheld`);
    t.match(changed, {
      pledgedPence: { to: null },
      atLeastPence: { to: atLeast },
      figuresNotShared: { to: missing },
      notDisclosed: true,
    });
    for (const p of pools) {
      if (p.pledgedPence !== null) continue;
      withheld++;
      const own = p.pledges.filter((x: any) => x.status !== 'withdrawn');
      for (const k of ['pledgedPence', 'paidInPence', 'drawnPence']) {
        t.equal(
          p.atLeastPence[k],
          own.reduce((n: number, x: any) => n + (x[k] ?? 0), 0),
          `${reader}: ${p.id} ${k} at least`,
        );
        t.equal(
          p.figuresNotShared[k],
          own.filter((x: any) => x[k] === null).length,
          `${reader}: ${p.id} ${k} not shared`,
        );
      }
    }
  }
  t.ok(withheld > 0);
});

test('a docket never says nothing where its reader sees nothing', async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  const get = async (reader: Reader, id: string): Promise<any> =>
    (await harness.inject(readers[reader].as, readers[reader].account, 'GET', `/v1/departments/${id}/docket`))
      .json;
  const nothing = {
    proposed: null,
    answered: { willRemove: null, willPilot: null, needEvidence: null, willNot: null },
    removed: null,
    refused: null,
    ownershipOverdue: null,
    answersOverdue: null,
    deedsOverdue: null,
    oldestWorkingDays: null,
    notDisclosed: true,
    answeredOnTime: { onTime: null, of: null },
    items: [],
  };
  // Progress says it alike, programme-wide: nobody knows from an empty list that nothing is owed.
  const owed = async (reader: Reader): Promise<any> =>
    (await harness.inject(readers[reader].as, readers[reader].account, 'GET', progress)).json;
  t.match(await owed('nobody'), { owed: null, notDisclosed: true }, 'the public of the programme');
  for (const reader of ['treasury', 'auditor'] as const) {
    const body = await owed(reader);
    t.ok(body.owed.length > 0 && !('notDisclosed' in body), `${reader} is told what it sees`);
  }
  for (const id of ['home-office', 'department-for-work-and-pensions'])
    t.match(await get('nobody', id), { ...nothing, audience: 'public' }, `the public of ${id}`);
  t.match(
    await get('auditor', 'ministry-of-justice'),
    { audience: 'members', proposed: 0, answersOverdue: 0, notDisclosed: undefined },
    'who sees everything counts none as 0',
  );
  // Who sees barriers of the programme is told that this department owes none of them.
  const owes = {
    proposed: 0,
    answered: { willRemove: 0, willNot: 0 },
    answersOverdue: 0,
    answeredOnTime: { onTime: 0, of: 0 },
    notDisclosed: undefined,
    places: [],
    placeNames: [],
  };
  t.match(await get('treasury', 'ministry-of-justice'), { ...owes, audience: 'programme' });
  const tests = await get('treasury', 'department-of-tests');
  t.match(tests, { proposed: 1, audience: 'programme', notDisclosed: undefined });
  t.match(
    tests.items
      .filter((i: any) => i.record.aggregate === 'barrier')
      .map((i: any) => [i.pence, i.notDisclosed, i.atLeastPence, i.figuresNotShared]),
    [[null, true, pence.costShown, 1]],
    'a cost withheld, beside the one that is shown',
  );
  const summed = (await get('member', 'department-of-tests')).items.find(
    (i: any) => i.record.aggregate === 'barrier',
  );
  t.match(
    summed,
    { pence: pence.costShown + pence.costHidden, atLeastPence: undefined },
    'who sees both sees their sum',
  );
  for (const reader of ['treasury', 'auditor'] as const) {
    const items = (await get(reader, 'department-for-work-and-pensions')).items.filter(
      (i: any) => i.record.aggregate === 'barrier',
    );
    t.ok(items.length > 0);
    for (const i of items)
      t.match(
        i,
        { pence: null, notDisclosed: undefined },
        `${reader}: nobody has costed it, as its record says to the same reader`,
      );
  }
});

test('totals are what the answer says of its places, for each audience', async (t) => {
  const harness = await openHarness(t);
  type Place = {
    rag: string;
    whitehallRag: string;
    steps: { state: string; dueOn: string }[];
    reasons: { level: string; owedBy: { id: string }[] }[];
  };
  for (const { grant, account, least } of [
    { grant: 'treasury@programme:total-place', account: 'post.treasury', least: 210_000_000 },
    { grant: 'public@', account: 'nobody', least: 0 },
  ]) {
    const { totals, places, owed } = (await harness.inject(grant, account, 'GET', progress)).json;
    const all = places as Place[];
    const steps = all.flatMap((place) => place.steps).filter(({ state }) => !/required|excused/.test(state));
    const due = steps.filter(({ dueOn }) => dueOn <= '2009-10-22');
    const isDone = ({ state }: { state: string }) => state === 'done' || state === 'done-late';
    t.match(totals, {
      places: 23,
      placesFailed: 0,
      rag: { red: all.filter(({ rag }) => rag === 'red').length },
      whitehallRag: { green: all.filter(({ whitehallRag }) => whitehallRag === 'green').length },
      redPlaces: all.filter((place) => [place.rag, place.whitehallRag].includes('red')).length,
      steps: {
        required: steps.length,
        done: steps.filter(isDone).length,
        due: due.length,
        doneOfDue: due.filter(isDone).length,
      },
      pledged: { pence: null, notDisclosed: true, atLeastPence: least },
    });
    t.equal(
      totals.answersOverdue,
      owed && owed.reduce((sum: number, one: { answersOverdue: number }) => sum + one.answersOverdue, 0),
      `${grant}: what departments have not answered, where that is told`,
    );
    const red = (id: string) =>
      all.filter(({ reasons }) =>
        reasons.some((one) => one.level === 'red' && one.owedBy.some((party) => party.id === id)),
      ).length;
    for (const party of totals.mustAct) t.equal(party.redPlaces, red(party.id), `${grant}: ${party.id}`);
  }
});

test('places are asked for by kind, colour, region and who must act; what is counted counts all', async (t) => {
  const harness = await openHarness(t);
  const ask = (asked: string, headers: Record<string, string> = {}) =>
    harness.inject(
      'treasury@programme:total-place',
      'demo.treasury',
      'GET',
      `${progress}${asked}`,
      undefined,
      headers,
    );
  const all = (await ask('')).json;
  const ids = (places: readonly any[]): string[] => places.map(({ id }) => id);
  const those = (is: (place: any) => boolean): string[] => ids(all.places.filter(is));
  const worked = 'department:department-for-work-and-pensions';
  const acts = ({ reasons }: any): boolean =>
    reasons.some(({ owedBy }: any) => owedBy.some((one: any) => `${one.kind}:${one.id}` === worked));
  for (const [asked, expected] of [
    ['kind=parallel', those(({ kind }) => kind === 'parallel')],
    ['colour=amber', those(({ rag, whitehallRag }) => rag === 'amber' || whitehallRag === 'amber')],
    [`mustAct=${worked}`, those(acts)],
    [
      'kind=pilot&colour=red',
      those(({ kind, rag, whitehallRag }) => kind === 'pilot' && [rag, whitehallRag].includes('red')),
    ],
    ['kind=parallel&colour=red', []],
    ['region=Nowhere', []],
  ] as const) {
    const { json } = await ask(`?${asked}`);
    t.same(ids(json.places), expected, asked);
    t.same(json.totals, all.totals, `${asked}: the totals are the programme’s`);
    t.same(json.owed, all.owed, asked);
  }
  const { items } = (
    await harness.inject('treasury@programme:total-place', 'demo.treasury', 'GET', '/v1/places?limit=100')
  ).json;
  const north = ids(items.filter(({ region }: any) => region === 'North East')).sort();
  t.ok(north.length > 1);
  t.same(ids((await ask('?region=North%20East')).json.places).sort(), north);
  t.same(
    ids((await ask('?asAt=2009-10-01&region=North%20East')).json.places).sort(),
    north,
    'of a day that is over too',
  );
  const lines = (await ask('?region=North%20East&format=csv')).raw.split(/\r?\n/);
  const rows = lines.map((line) => line.split(',')[0] ?? '').filter((id) => ids(all.places).includes(id));
  t.same(rows.sort(), north, 'a row of a file each');
  const { etag } = (await ask('')).headers;
  t.equal((await ask('', { 'if-none-match': etag })).status, 304);
  t.equal(
    (await ask('?kind=pilot', { 'if-none-match': etag })).status,
    200,
    'another answer has another tag',
  );
  for (const odd of ['kind=odd', 'colour=odd', 'mustAct=nobody'])
    isProblem(t, await ask(`?${odd}`), 400, 'INVALID_PARAMETER', odd);
});
