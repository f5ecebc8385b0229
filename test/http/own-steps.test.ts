/** A programme whose rounds and steps are its own: every answer that speaks of them has its words. */
import { test } from 'tap';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { openHarness } from './harness.js';

const office = ['programme-office@programme:nh', 'office.nh'] as const;
const secretariat = ['secretariat@place:heath', 'lead.nh'] as const;
const nh = '/v1/programmes/nh';
const day = (on: string) => ({ from: on, to: on, precision: 'day', tbc: false });
const quarterly = (roundNo: number, name: string, from: string, to: string) => ({
  roundNo,
  kind: 'quarterly',
  name,
  observation: { from: '2009-06-01', to: '2009-09-30' },
  window: { from: day(from), to: day(to) },
});

test('rounds and steps of a programme’s own are called by their names wherever they are told', async (t) => {
  const harness = await openHarness(t);
  const give = (url: string, body: object) => harness.command(...office, url, body);
  const get = async (url: string) => (await harness.inject(...office, 'GET', url)).json;
  await give('/v1/programmes', {
    id: 'nh',
    name: 'New Homes',
    kind: 'regional',
    ragScale: 'three',
    period: 'quarter',
    startOn: '2009-06-01',
    endOn: '2010-12-31',
  });
  await give(`${nh}/milestones`, {
    milestoneId: 'review',
    name: 'Spending review',
    kind: 'deadline',
    date: day('2010-10-20'),
  });
  await give(`${nh}/rounds`, quarterly(1, 'Return of the autumn', '2009-10-12', '2009-10-30'));
  await give(`${nh}/rounds`, quarterly(2, 'Return of the winter', '2010-01-11', '2010-01-29'));
  await give(`${nh}/templates`, {
    roundKind: 'quarterly',
    placeKind: 'parallel',
    sections: [{ sectionId: 'one', title: 'One', prompt: 'What?', kind: 'prose' }],
  });
  const step = (stepId: string, name: string, roundNo: number) => ({
    stepId,
    name,
    doneWhen: 'return-submitted',
    due: { roundNo },
  });
  const steps = [step('autumn', 'Autumn is told', 1), step('winter', 'Winter is told', 2)];
  await give(`${nh}/required-steps`, { placeKind: 'parallel', steps });
  for (const placeId of ['heath', 'moor'])
    await give(`${nh}/places`, { placeId, name: placeId, kind: 'parallel', region: 'South East' });
  await give(`${nh}/start`, {});
  await give(`${nh}/round-openings`, { roundNo: 1 });

  const { items } = await get('/v1/calendar?programmeId=nh&limit=200');
  const titles = items.map(({ title }: { title: string }) => title);
  for (const title of [
    'Round 1 (Return of the autumn) closes',
    'Round 2 (Return of the winter) opens',
    'heath: Autumn is told',
    'moor: Winter is told',
  ])
    t.ok(titles.includes(title), `${title}: ${titles.join('; ')}`);
  const { raw: ical } = await harness.inject(...office, 'GET', '/v1/calendar.ics?programmeId=nh');
  t.match(ical, /SUMMARY:Round 1 \(Return of the autumn\) closes/);

  t.match(await get(nh), {
    rounds: { 1: { kind: 'quarterly', name: 'Return of the autumn' } },
    steps: { parallel: steps },
  });
  const standing = (await get(`${nh}/progress`)).places[0].steps;
  t.match(standing, [
    { id: 'autumn', name: 'Autumn is told', state: 'due-soon', dueOn: '2009-10-30' },
    { id: 'winter', name: 'Winter is told', state: 'not-yet-due', dueOn: '2010-01-29' },
  ]);
  t.match((await get('/v1/milestones?programmeId=nh')).items, [
    { name: 'Spending review', places: 2, stepsOutstanding: 4 },
  ]);

  const offered = async (command: string, member: string) =>
    (await get(`${nh}/commands/${command}/choices?member=${member}`)).items;
  t.same(await offered('ExcuseStep', 'stepId'), [
    { id: 'autumn', title: 'Autumn is told' },
    { id: 'winter', title: 'Winter is told' },
  ]);
  t.same(await offered('SetSubmissionTemplate', 'roundKind'), [{ id: 'quarterly', title: 'Quarterly' }]);

  const begun = { programmeId: 'nh', roundNo: 1, placeId: 'heath' };
  await harness.command(...secretariat, '/v1/submissions', begun);
  const { json: own } = await harness.inject(...secretariat, 'GET', '/v1/submissions/nh.1.heath');
  t.match(own, { roundKind: 'quarterly', roundName: 'Return of the autumn', status: 'in-progress' });
  await give(`${nh}/step-excuses`, { placeId: 'moor', stepId: 'autumn', reason: 'Joined late' });

  (harness.service.clock as SimulatedClock).advance('2009-11-04T09:00:00Z');
  await harness.service.settle();
  await give(`${nh}/round-closures`, { roundNo: 1 });
  (harness.service.clock as SimulatedClock).advance('2009-11-06T09:00:00Z');
  await harness.service.settle();
  const told = (await get('/v1/timeline?record=programme-nh&limit=200')).items;
  const sentences = told.map(({ text }: { text: string }) => text).join('\n');
  t.match(sentences, /planned round 1 \(Return of the autumn\), closing 30 October 2009/);
  t.match(sentences, /opened round 1 \(Return of the autumn\) until/);
  t.match(sentences, /excused moor from the step Autumn is told: Joined late/);
  t.match(sentences, /required of parallel places: Autumn is told, Winter is told/);

  t.match(
    (await get('/v1/exceptions?limit=200&placeId=moor')).items.filter(
      ({ type }: { type: string }) => type === 'SubmissionMissed',
    ),
    [{ kind: 'excused', reason: 'Joined late' }],
  );
  const csv = await harness.inject(...office, 'GET', `${nh}/progress?format=csv`);
  t.match(csv.raw, /Autumn is told/, 'what is overdue, by name');
  const now = (await get(`${nh}/progress`)).places;
  t.match(now[0].reasons, [{ text: 'Autumn is told: 5 working days late (due 30 October 2009)' }]);
  t.match(now[1].steps, [{ id: 'autumn', state: 'excused', excused: 'Joined late' }]);

  await harness.command(...office, `${nh}/step-excuses`, {
    placeId: 'heath',
    stepId: 'winter',
    reason: 'Merged',
  });
  const { version: expectedVersion } = await get(nh);
  await give(`${nh}/required-steps`, {
    expectedVersion,
    placeKind: 'parallel',
    steps: [steps[0], { ...steps[1], name: 'Winter and spring are told' }],
  });
  const compared = await get('/v1/compare?record=programme-nh&from=2009-11-05');
  t.strictSame(
    compared.changes.map(({ text }: { text: string }) => text).sort(),
    [
      'Places (heath), excused (Winter and spring are told): Merged (nothing before)',
      'Steps (parallel) (Winter and spring are told), name: “Winter is told”, then “Winter and spring are told”',
    ],
    'a comparison names steps, and what changed of each',
  );
});
