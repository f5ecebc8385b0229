/**
 * Milestones, and how far places are with what is due by each: for whom, and as steps are excused and days
 * pass.
 */
import { test } from 'tap';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';

const treasury = ['treasury@programme:total-place', 'post.treasury'] as const;
const citizen = ['', 'citizen'] as const;
const listed = async (harness: Harness, who: readonly [string, string], query = ''): Promise<any[]> =>
  (await harness.inject(...who, 'GET', `/v1/milestones?limit=200${query}`)).json.items;
const one = async (harness: Harness, milestoneId: string, who: readonly [string, string] = treasury) =>
  (await listed(harness, who)).find((m) => m.milestoneId === milestoneId);

test('milestones are those of the programme, with what their places have still to do as its progress says it', async (t) => {
  const harness = await openHarness(t);
  const all = await listed(harness, treasury);
  const { milestones } = (await harness.inject(...treasury, 'GET', '/v1/programmes/total-place')).json;
  t.same(all.map((m) => m.milestoneId).sort(), Object.keys(milestones).sort());
  t.strictSame(
    all.map((m) => m.to),
    all.map((m) => m.to).sort(),
    'by their days',
  );
  for (const m of all)
    t.match(milestones[m.milestoneId], {
      name: m.name,
      kind: m.kind,
      date: { from: m.from, to: m.to, precision: m.precision, tbc: m.tbc },
    });
  t.match(await one(harness, 'pools-open'), {
    programmeId: 'total-place',
    status: 'planned',
    places: 13,
    placesReady: 2,
    placesLate: 0,
    stepsOutstanding: 11,
    link: '/v1/programmes/total-place',
  });
  t.match(
    await one(harness, 'queens-speech-2009'),
    { places: 0, placesReady: 0, placesLate: 0, stepsOutstanding: 0 },
    'no step is due by it',
  );

  const { places, deadline } = (
    await harness.inject(...treasury, 'GET', '/v1/programmes/total-place/progress')
  ).json;
  const open = (steps: any[]) =>
    steps.filter((s) => ['overdue', 'due-soon', 'not-yet-due'].includes(s.state)).length;
  const left: number[] = places.map((p: any) => open(p.steps));
  t.match(
    await one(harness, 'budget-2010'),
    {
      places: places.length,
      placesReady: left.filter((n) => n === 0).length,
      placesLate: 0,
      stepsOutstanding: left.reduce((a, b) => a + b, 0),
      to: deadline.date,
      workingDaysLeft: deadline.workingDaysLeft,
    },
    'by the deadline every step',
  );
  t.strictSame(
    (await listed(harness, treasury, '&kind=deadline')).map((m) => m.milestoneId),
    ['budget-2010'],
  );
  isProblem(
    t,
    await harness.inject(...treasury, 'GET', '/v1/milestones?programmeId=nh'),
    400,
    'INVALID_PARAMETER',
    'there is no such programme',
  );
});

test('steps excused, days that pass and places that leave are counted', async (t) => {
  const harness = await openHarness(t);
  const asOffice = (noun: string, body: object) =>
    harness.command(office, officeAccount, `/v1/programmes/total-place/${noun}`, body);
  await asOffice('step-excuses', {
    placeId: 'kent',
    stepId: 'commitments',
    reason: 'Its themes were confirmed late',
  });
  t.match(
    await one(harness, 'commitments-made'),
    { places: 13, placesReady: 3, stepsOutstanding: 10 },
    'who is excused is ready',
  );
  (harness.service.clock as SimulatedClock).advance('2009-12-21T09:00:00Z');
  await harness.service.settle();
  t.match(await one(harness, 'commitments-made'), {
    status: 'passed',
    placesReady: 3,
    placesLate: 10,
    workingDaysLeft: -1,
  });
  t.match(await one(harness, 'pools-open'), { status: 'planned', placesReady: 2, placesLate: 0 });
  await asOffice('place-withdrawals', { placeId: 'bradford', reason: 'Its council left the programme' });
  t.match(await one(harness, 'commitments-made'), {
    places: 12,
    placesReady: 3,
    placesLate: 9,
    stepsOutstanding: 9,
  });

  const { version } = (await harness.inject(office, officeAccount, 'GET', '/v1/programmes/total-place')).json;
  await asOffice('milestones-reached', {
    milestoneId: 'queens-speech-2009',
    evidence: 'Hansard',
    expectedVersion: version,
  });
  const date = { from: '2010-02-26', to: '2010-02-26', precision: 'day', tbc: false };
  await asOffice('milestone-changes', {
    milestoneId: 'pools-open',
    date,
    reason: 'Two agreements wait for signatures',
    expectedVersion: version + 1,
  });
  t.equal((await one(harness, 'queens-speech-2009')).status, 'reached');
  t.match(await one(harness, 'pools-open'), {
    to: '2010-02-26',
    originalTo: '2010-01-29',
    reason: 'Two agreements wait for signatures',
  });
});

test('whether steps are done is the programme’s to know', async (t) => {
  const harness = await openHarness(t);
  for (const who of [citizen, ['programme-office@programme:nh', 'post.programme-office.nh']] as const) {
    t.strictSame(
      (await listed(harness, who)).map((m) => m.milestoneId),
      (await listed(harness, treasury)).map((m) => m.milestoneId),
      'the dates are everybody’s',
    );
    const withheld = {
      places: 13,
      placesReady: null,
      placesLate: null,
      stepsOutstanding: null,
      notDisclosed: true,
    };
    t.match(await one(harness, 'pools-open', who), withheld);
    t.notOk(
      'notDisclosed' in (await one(harness, 'queens-speech-2009', who)),
      'where no step is due nothing is withheld',
    );
  }
  for (const as of [
    'champion@place:kent',
    'member@place:suffolk',
    'official@agency:department-of-health',
    'auditor@programme:total-place',
  ])
    t.match(await one(harness, 'pools-open', [as, 'reader']), { placesReady: 2, stepsOutstanding: 11 }, as);
});
