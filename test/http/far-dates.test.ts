/** Dates beyond the holidays that are known, and beyond what a calendar can end. */
import { test } from 'tap';
import { isProblem, office, officeAccount, openHarness } from './harness.js';

const auditor = ['auditor@programme:total-place', 'auditor'] as const;
const durham = ['secretariat@place:durham', 'post.lead.durham'] as const;
const health = [
  'seat-holder@place:durham+agency:county-durham-pct',
  'post.chief-executive.county-durham-pct',
] as const;

test('a milestone and a promise of 2061 break nobody’s page, and say that holidays are assumed', async (t) => {
  const harness = await openHarness(t);
  await harness.command(office, officeAccount, '/v1/programmes/total-place/milestones', {
    milestoneId: 'far',
    name: 'Far',
    kind: 'info',
    date: { from: '2061-01-01', to: '2061-01-31', precision: 'month', tbc: true },
  });
  await harness.command(...durham, '/v1/commitments', {
    ...{
      id: 'far-away',
      placeId: 'durham',
      title: 'Far',
      change: 'c',
      ownerAgencyId: 'county-durham-pct',
      level: 'place',
      accountable: { seatId: 'health' },
      measure: 'm',
    },
    ...{
      evidenceExpected: 'e',
      startOn: '2009-10-26',
      dueOn: '9998-12-31',
      afterProgramme: true,
      verifierAgencyId: 'durham-county-council',
    },
  });
  await harness.command(...durham, '/v1/commitments/far-away/offer', {});
  await harness.command(...health, '/v1/commitments/far-away/acceptance', { consent: true });
  for (const url of [
    '/v1/calendar',
    '/v1/calendar.ics',
    '/v1/places/durham/progress',
    '/v1/programmes/total-place/progress',
    '/v1/me/actions',
    '/v1/commitments/far-away',
    '/v1/exceptions',
  ]) {
    const answer = await harness.inject(...durham, 'GET', url);
    t.equal(answer.status, 200, `${url}: ${answer.raw.slice(0, 300)}`);
    t.notMatch(answer.raw, /"failed":true/, url);
  }
  const { items } = (await harness.inject(...durham, 'GET', '/v1/calendar?from=2010-06-01&limit=200')).json;
  t.match(
    items.find((e: { id: string }) => e.id.endsWith('.far')),
    { workingDaysLeft: Number, holidaysAssumed: true },
  );
  const near = (await harness.inject(...durham, 'GET', '/v1/calendar?to=2010-06-01&limit=200')).json.items;
  t.ok(
    near.length > 0 && near.every((e: object) => !('holidaysAssumed' in e)),
    'nothing is said where holidays are known',
  );
});

test('rounds, a place’s extension and a pledge beyond the holidays', async (t) => {
  const harness = await openHarness(t);
  const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
  const { rounds } = (await harness.service.executor.load('programme', 'total-place')).state;
  const roundNo = Object.keys(rounds).length + 1;
  const programme = '/v1/programmes/total-place';
  await harness.command(office, officeAccount, `${programme}/rounds`, {
    ...{ roundNo, kind: 'final', observation: { from: '2061-01-01', to: '2061-03-31' } },
    window: { from: day('2061-04-01'), to: day('2061-04-20') },
  });
  await harness.command(office, officeAccount, `${programme}/place-extensions`, {
    roundNo,
    placeId: 'durham',
    to: '2061-05-05',
    reason: 'Easter',
  });
  await harness.command(...durham, '/v1/pools', {
    ...{
      id: 'far-pool',
      name: 'Far',
      placeId: 'durham',
      legalBasis: 'aligned',
      partners: ['durham-county-council', 'county-durham-pct'],
      hostAgencyId: 'durham-county-council',
    },
    ...{
      managerAgencyId: 'durham-county-council',
      purposes: { cofog: ['07'], text: 'Far' },
      years: ['2097-98'],
      noticeMonths: 6,
    },
  });
  await harness.command(...health, '/v1/pools/far-pool/pledges', {
    pledgeId: 'far',
    financialYear: '2097-98',
    pledgedPence: 100,
  });
  for (const url of [
    '/v1/calendar?from=2061-01-01',
    `${programme}/progress`,
    '/v1/places/durham/progress',
    '/v1/pools/far-pool',
    '/v1/me/actions',
  ]) {
    const answer = await harness.inject(...durham, 'GET', url);
    t.equal(answer.status, 200, `${url}: ${answer.raw.slice(0, 300)}`);
    t.notMatch(answer.raw, /"failed":true/, url);
  }
  const { items } = (await harness.inject(...durham, 'GET', '/v1/calendar?from=2061-01-01&limit=200'))
    .json as {
    items: { holidaysAssumed?: boolean }[];
  };
  t.ok(items.length >= 3 && items.every((e) => e.holidaysAssumed));
});

test('commands, days and pages go on in 2075', async (t) => {
  const harness = await openHarness(t);
  (harness.service.clock as unknown as { advance(to: string): void }).advance('2075-03-04T09:00:00.000Z');
  const barrier = {
    id: 'late',
    placeId: 'durham',
    kind: 'guidance',
    statement: 'Slow',
    effectOnResidents: 'They wait',
  };
  await harness.command(...durham, '/v1/barriers', barrier);
  t.equal((await harness.inject(...durham, 'GET', '/v1/barriers/late')).status, 200);
  t.equal((await harness.inject(...durham, 'GET', '/v1/calendar?from=2075-01-01')).status, 200);
  // What is late is late by days of years whose holidays nobody knows: wherever such a number stands, it says
  // so.
  const auditor = ['auditor@programme:total-place', officeAccount] as const;
  const items = async (url: string): Promise<Record<string, unknown>[]> =>
    (await harness.inject(...auditor, 'GET', url)).json.items;
  const late = (await items('/v1/commitments?limit=200')).filter((c) => Number(c.daysLate) > 0);
  t.ok(late.length > 0 && late.every((c) => c.holidaysAssumed === true), 'promises');
  const overdue = (await items('/v1/exceptions?limit=200&sort=-day')).filter(
    (x) => x.kind === 'overdue-verification',
  );
  t.ok(
    overdue.every((x) => x.holidaysAssumed === true),
    'verifications',
  );
  const { owed, places } = (
    await harness.inject(office, officeAccount, 'GET', '/v1/programmes/total-place/progress')
  ).json as {
    owed: Record<string, unknown>[];
    places: { barriers: Record<string, unknown> }[];
  };
  const waits = owed.filter((o) => Number(o.oldestWorkingDays) > 0);
  t.ok(waits.length > 0 && waits.every((o) => o.holidaysAssumed === true), 'what departments owe');
  const counted = places.filter((p) => Number(p.barriers.oldestWorkingDays) > 0);
  t.ok(
    counted.length > 0 && counted.every((p) => p.barriers.holidaysAssumed === true),
    'what places are owed',
  );
});

test('what the calendar cannot end is refused where it is given', async (t) => {
  const harness = await openHarness(t);
  const refused = async (url: string, at: string): Promise<void> => {
    const answer = await harness.inject(...auditor, 'GET', url);
    isProblem(t, answer, 400, 'INVALID_PARAMETER', url);
    t.equal(answer.json.errors?.[0]?.path, at, url);
  };
  for (const moment of [
    '9999-12-31',
    '9999-12-30',
    '9998-12-31',
    '9999-12-31T23:59:59Z',
    '9999-12-31T23:59:59-10:00',
    '0000-01-01T00:00:00%2B10:00',
  ]) {
    await refused(`/v1/places/durham?asAt=${moment}`, '/asAt');
    await refused(`/v1/compare?record=place-durham&from=2009-09-01&to=${moment}`, '/to');
    await refused(`/v1/places/durham/progress?asAt=${moment}`, '/asAt');
  }
  await refused('/v1/decisions/ll-strategy-date/audit?asAt=9999-12-31', '/asAt');
  await refused('/v1/calendar?to=9999-12-31', '/to');
  const far = {
    milestoneId: 'far',
    name: 'Far',
    kind: 'info',
    date: { from: '9999-12-31', to: '9999-12-31', precision: 'day' },
  };
  const answer = await harness.inject(
    office,
    officeAccount,
    'POST',
    '/v1/programmes/total-place/milestones',
    far,
  );
  t.equal(answer.status, 400, answer.raw);
  t.match(answer.json.errors, [{ path: '/date/from', message: 'Enter a date before the year 9999' }]);
  const closing = await harness.inject(...durham, 'POST', '/v1/decisions/any/opening', {
    closesAt: '9999-12-31T23:59:59Z',
  });
  t.match(
    [closing.status, closing.json.errors],
    [400, [{ path: '/closesAt', message: 'Enter a time before the year 9999' }]],
  );
});
