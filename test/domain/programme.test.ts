import { test, type Test } from 'tap';
import { z } from 'zod';
import { nameOf } from '../../src/domain/kernel/naming.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { fold, emptyLoaded } from '../../src/domain/kernel/fold.js';
import { held, part } from '../../src/domain/kernel/parts.js';
import { programme } from '../../src/domain/programme/index.js';
import { isDoneBy, type RequiredStep } from '../../src/domain/programme/state.js';
import {
  coverage,
  eventsFor,
  load,
  metaOf,
  spec,
  type DataFor,
  type EventDataFor,
  type EventFor,
  type GivenFor,
  named,
} from './spec.js';

type Given = GivenFor<typeof programme>;
const happened = eventsFor(programme);

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'place' | 'submission' | 'waiver') => {
  const { event } = kit<object>();
  return aggregate<object>()({
    name,
    collection: name,
    initial: () => ({}),
    title: () => name,
    commands: {},
    events: {
      Stood: event(z.any(), {
        evolve: (s, d) => void Object.assign(s, d),
        describe: () => 'stood',
        access: (d) => d.access ?? {},
      }),
    },
  });
};
const stood = (data: object) => ({ type: 'Stood' as const, data });
const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
const month = (from: string, to: string) => ({ from, to, precision: 'month', tbc: false });

const definition = {
  name: 'Total Place',
  kind: 'national',
  ragScale: 'five',
  period: 'month',
  startOn: '2009-06-01',
  endOn: '2010-03-31',
};
const defined = happened('ProgrammeDefined', definition);
const running = happened('ProgrammeStarted');
const closing = happened('ProgrammeClosing', { reason: 'Budget day is over' });
const closed = happened('ProgrammeClosed', { reason: 'Handed over' });
const enrolled = (placeId: string, kind = 'pilot', name = placeId) =>
  happened('PlaceEnrolled', { placeId, name, kind, region: 'North East' });
const withdrawn = (placeId: string) => happened('PlaceWithdrawn', { placeId, reason: 'Left' });
const area = (placeId: string, code: string, from = '2009-06-01') =>
  happened('AreaAdded', { placeId, code, name: code, from });
const areaEnded = (placeId: string, code: string, on: string) => happened('AreaEnded', { placeId, code, on });
const budget = { milestoneId: 'budget', name: 'Budget 2010', kind: 'deadline', date: day('2010-03-24') };
const workshop = {
  milestoneId: 'workshop',
  name: 'Workshop',
  kind: 'programme',
  date: { from: '2009-11-09', to: '2009-11-13', precision: 'part-month', tbc: true },
};
const milestone = (data: EventDataFor<typeof programme, 'MilestoneAdded'>) =>
  happened('MilestoneAdded', data);
const reached = happened('MilestoneReached', {
  milestoneId: 'workshop',
  name: 'Workshop',
  evidence: 'Minutes',
});
const theme = (policyThemeId: string) =>
  happened('PolicyThemeAdded', { policyThemeId, title: policyThemeId });
const round1 = {
  roundNo: 1,
  kind: 'interim',
  observation: { from: '2009-06-01', to: '2009-08-31' },
  window: { from: day('2009-09-01'), to: day('2009-09-18') },
};
const planned = (data: EventDataFor<typeof programme, 'RoundPlanned'> = round1) =>
  happened('RoundPlanned', data);
const opened = happened('RoundOpened', { roundNo: 1, kind: 'interim', to: '2009-09-18' });
const roundClosed = happened('RoundClosed', {
  roundNo: 1,
  kind: 'interim',
  submitted: [],
  late: [],
  missing: [],
});
const section = (sectionId: string) => ({
  sectionId,
  title: `The ${sectionId}`,
  prompt: 'What?',
  kind: 'prose',
});
const template = (placeKind = 'pilot', ...ids: string[]) =>
  happened('SubmissionTemplateSet', {
    roundKind: 'interim',
    placeKind,
    version: 1,
    sections: (ids.length ? ids : ['pools', 'risks']).map(section),
  });
const restricted = happened('PublicationRestricted', {
  restrictionId: 'election',
  from: '2010-04-06',
  to: '2010-05-06',
  reason: 'Election',
});
const lifted = happened('PublicationRestrictionLifted', { restrictionId: 'election' });
const programmeOffice = (t: Test) => spec(t, programme).id('tp').as('programme-office', 'programme:tp');
const totalPlace = (t: Test, ...given: Given[]) => programmeOffice(t).given(defined, ...given);

test('a programme is defined, retitled, started and closed', (t) => {
  const { state, access } = programmeOffice(t)
    .when('DefineProgramme', definition)
    .then({ type: 'ProgrammeDefined', data: definition });
  t.equal(state.status, 'planned');
  t.equal(programme.title(state, named('total-place')), 'Total Place');
  t.match(access, { tier: 'public', programmeId: 'tp' });
  programmeOffice(t)
    .when('DefineProgramme', { ...definition, endOn: '2009-06-01' })
    .refuses('PROGRAMME_DATES_OUT_OF_ORDER');
  programmeOffice(t)
    .when('DefineProgramme', { ...definition, endOn: '2009-06-02' })
    .then({ type: 'ProgrammeDefined' });
  totalPlace(t).when('DefineProgramme', definition).refuses('RECORD_EXISTS');
  spec(t, programme)
    .as('secretariat', 'place:durham')
    .when('DefineProgramme', definition)
    .refuses('NOT_ALLOWED');
  programmeOffice(t)
    .as('programme-office', 'programme:nh')
    .when('DefineProgramme', definition)
    .refuses('ONLY_OWN_PROGRAMME', /nh/);

  totalPlace(t)
    .when('RetitleProgramme', { name: 'Total Place 2' })
    .then({ type: 'ProgrammeRetitled', data: { from: 'Total Place', to: 'Total Place 2' } });
  totalPlace(t).when('RetitleProgramme', { name: 'Total Place' }).nothing();
  totalPlace(t, running, closing, closed).when('RetitleProgramme', { name: 'Late' }).refuses('WRONG_STATE');

  t.equal(
    totalPlace(t, milestone(budget)).when('StartProgramme').then({ type: 'ProgrammeStarted' }).state.status,
    'running',
  );
  totalPlace(t, milestone(workshop)).when('StartProgramme').refuses('DEADLINE_MISSING');
  totalPlace(t, running).when('StartProgramme').refuses('WRONG_STATE');
  const reason = { reason: 'The Budget has been and gone' };
  t.equal(
    totalPlace(t, running).when('BeginClosing', reason).then({ type: 'ProgrammeClosing', data: reason }).state
      .status,
    'closing',
  );
  totalPlace(t).when('BeginClosing', reason).refuses('WRONG_STATE');
  t.equal(
    totalPlace(t, running, planned(), opened, roundClosed, closing)
      .when('CloseProgramme', reason)
      .then({ type: 'ProgrammeClosed', data: reason }).state.status,
    'closed',
  );
  totalPlace(t, running, planned(), opened, closing)
    .when('CloseProgramme', reason)
    .refuses('ROUND_STILL_OPEN');
  totalPlace(t, running).when('CloseProgramme', reason).refuses('WRONG_STATE');
  t.end();
});

test('places: names are unique however they are written', (t) => {
  const durham = { placeId: 'durham', name: 'Durham', kind: 'pilot', region: 'North East' };
  t.match(
    part(
      totalPlace(t).when('EnrolPlace', durham).then({ type: 'PlaceEnrolled', data: durham }).state.places,
      'durham',
    ),
    { name: 'Durham', status: 'enrolled', areas: [] },
  );
  totalPlace(t, enrolled('durham'))
    .when('EnrolPlace', { ...durham, name: 'Other' })
    .refuses('PLACE_EXISTS');
  for (const name of ['County Durham', 'COUNTY  durham', ' County\u00a0Durham ', 'Ｃounty Durham']) {
    totalPlace(t, enrolled('durham', 'pilot', 'County Durham'))
      .when('EnrolPlace', { ...durham, placeId: 'another', name })
      .refuses('PLACE_NAME_TAKEN');
  }
  totalPlace(t, enrolled('old', 'pilot', 'Durham'), withdrawn('old'))
    .when('EnrolPlace', durham)
    .then({ type: 'PlaceEnrolled' });
  totalPlace(t, running, closing).when('EnrolPlace', durham).refuses('WRONG_STATE');

  const two = [enrolled('durham', 'pilot', 'Durham'), enrolled('kent', 'pilot', 'Kent')];
  totalPlace(t, ...two)
    .when('RenamePlace', { placeId: 'durham', name: 'County Durham' })
    .then({ type: 'PlaceRenamed', data: { from: 'Durham', to: 'County Durham' } });
  totalPlace(t, ...two)
    .when('RenamePlace', { placeId: 'durham', name: 'DURHAM' })
    .then({ type: 'PlaceRenamed' });
  totalPlace(t, ...two)
    .when('RenamePlace', { placeId: 'durham', name: 'Durham' })
    .nothing();
  totalPlace(t, ...two)
    .when('RenamePlace', { placeId: 'durham', name: 'kent' })
    .refuses('PLACE_NAME_TAKEN');
  totalPlace(t, ...two)
    .when('RenamePlace', { placeId: 'leeds', name: 'Leeds' })
    .refuses('PLACE_UNKNOWN');
  totalPlace(t, ...two, withdrawn('kent'))
    .when('RenamePlace', { placeId: 'kent', name: 'Kent and Medway' })
    .refuses('PLACE_WITHDRAWN');

  t.equal(
    held(
      totalPlace(t, ...two)
        .when('WithdrawPlace', { placeId: 'kent', reason: 'Left' })
        .then({ type: 'PlaceWithdrawn', data: { placeId: 'kent' } }).state.places,
      'kent',
    ).status,
    'withdrawn',
  );
  totalPlace(t, ...two, withdrawn('kent'))
    .when('WithdrawPlace', { placeId: 'kent', reason: 'Left' })
    .nothing();
  totalPlace(t).when('WithdrawPlace', { placeId: 'kent', reason: 'Left' }).refuses('PLACE_UNKNOWN');
  t.end();
});

test('areas: codes hold on their dates, and in one pilot at most', (t) => {
  const gateshead = [enrolled('gateshead')];
  const add = (code: string, from: string, placeId = 'gateshead', given: Given[] = gateshead) =>
    totalPlace(t, ...given).when('AddArea', { placeId, code, from });
  // Gateshead's code changed on 1 April 2013.
  add('E08000020', '2009-06-01').then({
    type: 'AreaAdded',
    data: { placeId: 'gateshead', code: 'E08000020', snac: '00CH', name: 'Gateshead', from: '2009-06-01' },
  });
  add('E08000020', '2013-03-31').then({ type: 'AreaAdded' });
  add('E08000020', '2013-04-01').refuses('AREA_NOT_VALID_ON_DATE', /E08000037/);
  add('E08000037', '2013-03-31').refuses('AREA_NOT_VALID_ON_DATE', /valid from 2013-04-01/);
  const after = add('E08000037', '2013-04-01').then({ type: 'AreaAdded' });
  t.same(
    held(after.state.places, 'gateshead').areas,
    [{ code: 'E08000037', from: '2013-04-01' }],
    'a code without a SNAC has none',
  );
  add('E99999999', '2009-06-01').refuses('AREA_NOT_VALID_ON_DATE');
  add('E08000020', '2009-06-01', 'nowhere').refuses('PLACE_UNKNOWN');
  add('E08000020', '2009-06-01', 'gateshead', [...gateshead, withdrawn('gateshead')]).refuses(
    'PLACE_WITHDRAWN',
  );
  add('E08000020', '2009-07-01', 'gateshead', [...gateshead, area('gateshead', 'E08000020')]).nothing();

  const kent = 'E10000016',
    ashford = 'E07000105',
    canterbury = 'E07000106';
  const two = [enrolled('kent'), enrolled('ashford')];
  add(ashford, '2009-06-01', 'ashford', [...two, area('kent', kent)]).refuses(
    'AREA_IN_ANOTHER_PILOT',
    /kent/,
  );
  add(kent, '2009-06-01', 'kent', [...two, area('ashford', ashford)]).refuses('AREA_IN_ANOTHER_PILOT');
  add(canterbury, '2009-06-01', 'kent', [...two, area('ashford', ashford)]).then({ type: 'AreaAdded' });
  add(ashford, '2009-06-01', 'ashford', [...two, area('kent', kent), withdrawn('kent')]).then({
    type: 'AreaAdded',
  });
  add(ashford, '2009-06-01', 'ashford', [
    enrolled('kent', 'parallel'),
    enrolled('ashford'),
    area('kent', kent),
  ]).then({ type: 'AreaAdded' });
  add(ashford, '2009-06-01', 'ashford', [
    enrolled('kent'),
    enrolled('ashford', 'parallel'),
    area('kent', kent),
  ]).then({ type: 'AreaAdded' });
  // An area that ends is the pilot's up to its last day.
  const ended = [...two, area('kent', kent), areaEnded('kent', kent, '2009-12-31')];
  add(ashford, '2009-12-31', 'ashford', ended).refuses('AREA_IN_ANOTHER_PILOT');
  add(ashford, '2010-01-01', 'ashford', ended).then({ type: 'AreaAdded' });

  const areaEndsOn = (to: string, ...given: Given[]) =>
    totalPlace(t, ...two, area('kent', kent), ...given).when('EndArea', { placeId: 'kent', code: kent, to });
  t.match(
    held(
      areaEndsOn('2009-12-31').then({
        type: 'AreaEnded',
        data: { placeId: 'kent', code: kent, on: '2009-12-31' },
      }).state.places,
      'kent',
    ).areas,
    [{ code: kent, to: '2009-12-31' }],
  );
  areaEndsOn('2009-06-01').then({ type: 'AreaEnded' });
  areaEndsOn('2009-05-31').refuses('AREA_UNKNOWN');
  areaEndsOn('2009-12-31', areaEnded('kent', kent, '2009-11-30')).refuses('AREA_UNKNOWN');
  totalPlace(t).when('EndArea', { placeId: 'kent', code: kent, to: '2009-12-31' }).refuses('PLACE_UNKNOWN');
  totalPlace(t, enrolled('kent'), withdrawn('kent'))
    .when('EndArea', { placeId: 'kent', code: kent, to: '2009-12-31' })
    .refuses('PLACE_WITHDRAWN', /kent/i);

  const become = (kind: string, ...given: Given[]) =>
    totalPlace(t, ...given)
      .at('2009-12-31')
      .when('ChangePlaceKind', { placeId: 'ashford', kind, reason: 'Joins the pilots' });
  const parallel = [enrolled('kent'), enrolled('ashford', 'parallel'), area('ashford', ashford)];
  become('pilot', ...parallel).then({
    type: 'PlaceKindChanged',
    data: { placeId: 'ashford', from: 'parallel', to: 'pilot' },
  });
  become('pilot', ...parallel, area('kent', kent)).refuses('AREA_IN_ANOTHER_PILOT');
  become('pilot', ...parallel, area('kent', kent), areaEnded('kent', kent, '2009-12-31')).refuses(
    'AREA_IN_ANOTHER_PILOT',
  );
  become('pilot', ...parallel, area('kent', kent), areaEnded('kent', kent, '2009-12-30')).then({
    type: 'PlaceKindChanged',
  });
  become('pilot', ...parallel, area('kent', kent), areaEnded('ashford', ashford, '2009-12-30')).then({
    type: 'PlaceKindChanged',
  });
  become('parallel', ...parallel).nothing();
  become('parallel', ...two, area('kent', kent)).then({ type: 'PlaceKindChanged', data: { to: 'parallel' } });
  become('pilot').refuses('PLACE_UNKNOWN');
  become('pilot', ...parallel, withdrawn('ashford')).refuses('PLACE_WITHDRAWN');
  t.end();
});

test('the calendar has one deadline, and keeps what was first planned', (t) => {
  t.match(
    part(
      totalPlace(t).when('AddMilestone', budget).then({ type: 'MilestoneAdded', data: budget }).state
        .milestones,
      'budget',
    ),
    { originalDate: budget.date },
  );
  totalPlace(t, milestone(budget))
    .when('AddMilestone', workshop)
    .then({ type: 'MilestoneAdded', data: workshop });
  totalPlace(t, milestone(workshop)).when('AddMilestone', workshop).refuses('MILESTONE_EXISTS');
  totalPlace(t, milestone(budget))
    .when('AddMilestone', { ...budget, milestoneId: 'another' })
    .refuses('DEADLINE_EXISTS');
  totalPlace(t)
    .when('AddMilestone', { ...budget, date: month('2010-03-01', '2010-03-31') })
    .refuses('DEADLINE_NOT_EXACT');
  totalPlace(t)
    .when('AddMilestone', { ...budget, date: { ...budget.date, tbc: true } })
    .refuses('DEADLINE_NOT_EXACT');

  const both = [milestone(budget), milestone(workshop)];
  const move = (
    milestoneId: string,
    date: DataFor<typeof programme, 'RescheduleMilestone'>['date'],
    ...given: Given[]
  ) => totalPlace(t, ...given).when('RescheduleMilestone', { milestoneId, date, reason: 'Confirmed' });
  const moved = move('workshop', day('2009-11-10'), ...both).then({
    type: 'MilestoneRescheduled',
    data: { name: 'Workshop', from: workshop.date, to: day('2009-11-10'), reason: 'Confirmed' },
  });
  t.match(part(moved.state.milestones, 'workshop'), { date: day('2009-11-10'), originalDate: workshop.date });
  move('budget', day('2010-03-25'), ...both).then({ type: 'MilestoneRescheduled' });
  move('budget', month('2010-04-01', '2010-04-30'), ...both).refuses('DEADLINE_NOT_EXACT');
  move('workshop', day('2009-11-10'), ...both, reached).refuses('MILESTONE_WAS_REACHED');
  move('never', day('2009-11-10'), ...both).refuses('MILESTONE_UNKNOWN');

  const mark = (at: string, ...given: Given[]) =>
    totalPlace(t, ...given)
      .at(at)
      .when('MarkMilestoneReached', { milestoneId: 'workshop', evidence: 'Minutes' });
  t.equal(
    held(
      mark('2009-11-09', ...both).then({
        type: 'MilestoneReached',
        data: { name: 'Workshop', evidence: 'Minutes' },
      }).state.milestones,
      'workshop',
    ).reachedOn,
    '2009-11-09',
  );
  mark('2009-11-08', ...both).refuses('MILESTONE_IN_FUTURE');
  mark('2009-11-20', ...both, reached).nothing();
  mark('2009-11-20').refuses('MILESTONE_UNKNOWN');
  t.end();
});

test('a milestone was reached on the day that it was recorded, whatever date was given', (t) => {
  const loaded = load(programme, 'tp', [defined, milestone(workshop)]);
  fold(programme, loaded, reached, {
    ...metaOf(programme, 'tp', 'MilestoneReached', 3, '2009-11-20T09:00:00.000Z', {
      account: 'a',
      role: 'programme-office',
    }),
    effectiveOn: '2009-11-10',
  });
  t.equal(held(loaded.state.milestones, 'workshop').reachedOn, '2009-11-20');
  t.end();
});

test('a place belongs to one programme: whose it is, its own record says', (t) => {
  const kent = { placeId: 'kent', name: 'Kent', kind: 'pilot', region: 'South East' };
  const kentIn = (programmeId: string, ...given: Given[]) =>
    totalPlace(t, ...given).with(
      standing('place'),
      'kent',
      stood({ status: 'opened', programmeId, themes: {} }),
    );
  kentIn('nh')
    .when('EnrolPlace', kent)
    .refuses('PLACE_ID_TAKEN', /another programme/);
  kentIn('nh', enrolled('kent')).when('EnrolPlace', kent).refuses('PLACE_ID_TAKEN');
  kentIn('tp', enrolled('kent')).when('EnrolPlace', kent).refuses('PLACE_EXISTS');

  // Enrolled here too, as it could be once, or in the moment before the other programme's enrolment was
  // opened.
  const required = happened('StepsRequired', {
    placeKind: 'pilot',
    steps: [
      { stepId: 'pools', name: 'Pools', due: { milestoneId: 'budget' }, dueOn: '2010-03-24', fuzzy: false },
    ],
  });
  const given = [
    milestone(budget),
    running,
    enrolled('kent'),
    area('kent', 'E10000016'),
    required,
    template(),
    planned(),
    opened,
  ];
  const commands: [string, object][] = [
    ['RenamePlace', { name: 'Nice Houses' }],
    ['ChangePlaceKind', { kind: 'parallel', reason: 'r' }],
    ['AddArea', { code: 'E06000047', from: '2009-06-01' }],
    ['EndArea', { code: 'E10000016', to: '2009-09-01' }],
    ['WithdrawPlace', { reason: 'r' }],
    ['ExcuseStep', { stepId: 'pools', reason: 'r' }],
    ['ExtendRoundForPlace', { roundNo: 1, to: '2009-09-30', reason: 'r' }],
  ];
  for (const [command, data] of commands) {
    kentIn('nh', ...given)
      .whenAny(command, { placeId: 'kent', ...data })
      .refuses('PLACE_UNKNOWN');
    t.equal(
      kentIn('tp', ...given)
        .whenAny(command, { placeId: 'kent', ...data })
        .happened(),
      true,
      `${command} of its own place`,
    );
  }
  // A round is of the programme's own places.
  const open = [running, enrolled('kent'), template(), planned()];
  kentIn('nh', ...open)
    .when('OpenRound', { roundNo: 1 })
    .refuses('NO_PLACES');
  kentIn('tp', ...open)
    .when('OpenRound', { roundNo: 1 })
    .then({ type: 'RoundOpened' });
  kentIn('nh', ...open, opened)
    .at('2009-09-21')
    .when('CloseRound', { roundNo: 1 })
    .then({ type: 'RoundClosed', data: { missing: [] } });

  // Two enrolled it at once, and the other was first: what was prepared here goes, and the name is free.
  const parallel = enrolled('thanet', 'parallel');
  const shared = happened('AreaAdded', {
    placeId: 'thanet',
    code: 'E07000114',
    name: 'Thanet',
    from: '2009-06-01',
    overlaps: [{ code: 'E07000114', placeId: 'kent', theirCode: 'E10000016' }],
  });
  const voiding = (programmeId: string) =>
    kentIn(programmeId, enrolled('kent'), area('kent', 'E10000016'), parallel, shared)
      .as('system')
      .when('VoidEnrolment', { placeId: 'kent' });
  const { state } = voiding('nh').then({ type: 'EnrolmentVoided', data: { placeId: 'kent', name: 'kent' } });
  t.match(state.places, { kent: undefined, thanet: { overlaps: [] } });
  voiding('tp').nothing();
  kentIn('nh').as('system').when('VoidEnrolment', { placeId: 'kent' }).nothing();
  totalPlace(t, enrolled('kent')).as('system').when('VoidEnrolment', { placeId: 'kent' }).nothing();
  t.end();
});

test('policy themes', (t) => {
  t.match(
    totalPlace(t)
      .when('AddPolicyTheme', { policyThemeId: 'drugs', title: 'Drugs' })
      .then({ type: 'PolicyThemeAdded' }).state.policyThemes,
    { drugs: { title: 'Drugs', status: 'active' } },
  );
  totalPlace(t, theme('drugs'))
    .when('AddPolicyTheme', { policyThemeId: 'drugs', title: 'Drugs' })
    .refuses('THEME_EXISTS');

  let place = {};
  const retire = (themes: object, data: object = {}, ...given: Given[]) =>
    totalPlace(t, enrolled('durham'), theme('drugs'), theme('health'), ...given)
      .with(standing('place'), 'durham', stood({ programmeId: 'tp', themes, ...place }))
      .when('RetirePolicyTheme', { policyThemeId: 'drugs', ...data });
  const retired = happened('PolicyThemeRetired', { policyThemeId: 'drugs', title: 'drugs' });
  const used = { a: { title: 'A', policyThemeIds: ['drugs'], status: 'proposed' } };
  retire({}).then({ type: 'PolicyThemeRetired', data: { policyThemeId: 'drugs', title: 'drugs' } });
  retire(used).refuses('THEME_IN_USE');
  // The place is another programme's: what it works on is nothing to this one.
  place = { programmeId: 'nh' };
  retire(used).then(retired);
  place = {};
  retire({ a: { ...used.a, status: 'dropped' } }).then({ type: 'PolicyThemeRetired' });
  retire({ a: { ...used.a, policyThemeIds: ['health'] } }).then({ type: 'PolicyThemeRetired' });
  t.match(
    part(
      retire(used, { successor: 'health' }).then({
        type: 'PolicyThemeRetired',
        data: { successor: 'health' },
      }).state.policyThemes,
      'drugs',
    ),
    {
      status: 'retired',
      successor: 'health',
    },
  );
  retire(used, { successor: 'drugs' }).refuses('THEME_UNKNOWN');
  retire(used, { successor: 'never' }).refuses('THEME_UNKNOWN');
  retire({}, { policyThemeId: 'never' }).refuses('THEME_UNKNOWN');
  retire({}, {}, retired).nothing();
  retire({}, { policyThemeId: 'health', successor: 'drugs' }, retired).refuses('THEME_UNKNOWN');
  t.end();
});

test('rounds are planned in order and opened on exact dates', (t) => {
  const plan = (data: object = {}, ...given: Given[]) =>
    totalPlace(t, ...given).when('PlanRound', { ...round1, ...data });
  t.match(plan().then({ type: 'RoundPlanned', data: round1 }).state.rounds[1], {
    no: 1,
    status: 'planned',
    originalTo: '2009-09-18',
    extensions: {},
  });
  plan({ roundNo: 2, kind: 'final' }, planned()).then({ type: 'RoundPlanned' });
  plan({}, planned()).refuses('ROUND_NUMBER_TAKEN', /next is 2/);
  plan({ roundNo: 3 }, planned()).refuses('ROUND_NUMBER_TAKEN');
  const observed = (to: string) => ({ observation: { from: '2009-06-01', to } });
  plan(observed('2009-09-01')).then({ type: 'RoundPlanned' });
  plan(observed('2009-09-02')).refuses('ROUND_DATES_OUT_OF_ORDER');
  plan(observed('2009-05-31')).refuses('ROUND_DATES_OUT_OF_ORDER');
  plan({ window: { from: day('2009-09-18'), to: day('2009-09-18') } }).then({ type: 'RoundPlanned' });
  plan({ window: { from: day('2009-09-19'), to: day('2009-09-18') } }).refuses('ROUND_DATES_OUT_OF_ORDER');

  const ready = [running, enrolled('durham'), template()];
  const open = (...given: Given[]) =>
    totalPlace(t, ...given)
      .at('2009-09-01')
      .when('OpenRound', { roundNo: 1 });
  t.equal(
    open(...ready, planned()).then({
      type: 'RoundOpened',
      data: { roundNo: 1, kind: 'interim', to: '2009-09-18' },
    }).state.rounds[1]!.status,
    'open',
  );
  open(...ready, planned(), opened).nothing();
  open(...ready, planned(), opened, roundClosed).refuses('ROUND_NOT_PLANNED');
  open(...ready).refuses('ROUND_UNKNOWN');
  const fuzzy = planned({ ...round1, window: { ...round1.window, to: month('2009-09-01', '2009-09-30') } });
  open(...ready, fuzzy).refuses('ROUND_DATE_NOT_EXACT');
  open(
    ...ready,
    planned({ ...round1, window: { ...round1.window, to: { ...day('2009-09-18'), tbc: true } } }),
  ).refuses('ROUND_DATE_NOT_EXACT');
  const confirmed = happened('RoundExtended', {
    roundNo: 1,
    from: '2009-09-30',
    to: '2009-09-25',
    reason: 'Confirmed',
  });
  open(...ready, fuzzy, confirmed).then({ type: 'RoundOpened', data: { to: '2009-09-25' } });
  totalPlace(t, ...ready, planned())
    .at('2009-08-31T22:59:59.999Z')
    .when('OpenRound', { roundNo: 1 })
    .refuses('ROUND_DATE_NOT_EXACT', /opens on/);
  totalPlace(t, ...ready, planned())
    .at('2009-08-31T23:00:00.000Z')
    .when('OpenRound', { roundNo: 1 })
    .then({ type: 'RoundOpened' });
  open(running, template(), planned()).refuses('NO_PLACES');
  open(...ready, withdrawn('durham'), planned()).refuses('NO_PLACES');
  open(running, enrolled('durham'), planned()).refuses('TEMPLATE_MISSING', /pilot/);
  open(...ready, enrolled('suffolk', 'parallel'), planned()).refuses('TEMPLATE_MISSING', /parallel/);
  open(...ready, enrolled('suffolk', 'parallel'), template('parallel'), planned()).then({
    type: 'RoundOpened',
  });
  open(...ready.slice(1), planned()).refuses('WRONG_STATE');
  t.end();
});

test('a round’s dates are made exact before it opens', (t) => {
  const fuzzy = {
    ...round1,
    window: { from: month('2009-09-01', '2009-09-30'), to: month('2009-10-01', '2009-10-31') },
  };
  const move = (more: object = {}, ...given: Given[]) =>
    totalPlace(t, ...(given.length ? given : [planned(fuzzy)])).when('RescheduleRound', {
      roundNo: 1,
      observation: round1.observation,
      window: round1.window,
      reason: 'Confirmed',
      ...more,
    });
  const { state } = move().then({
    type: 'RoundRescheduled',
    data: { roundNo: 1, kind: 'interim', from: { window: fuzzy.window }, to: { window: round1.window } },
  });
  t.match(state.rounds[1], { window: round1.window, originalTo: '2009-10-31', status: 'planned' });
  // What could never be opened now can.
  const exact = happened('RoundRescheduled', {
    roundNo: 1,
    kind: 'interim',
    from: { observation: fuzzy.observation, window: fuzzy.window },
    to: { observation: round1.observation, window: round1.window },
    reason: 'Confirmed',
  });
  const start = (...given: Given[]) =>
    totalPlace(t, running, enrolled('durham'), template(), planned(fuzzy), ...given).when('OpenRound', {
      roundNo: 1,
    });
  start().refuses('ROUND_DATE_NOT_EXACT', /Move the round/);
  start(exact).then({ type: 'RoundOpened', data: { to: '2009-09-18' } });
  move({ window: fuzzy.window }).nothing();
  move({ roundNo: 2 }).refuses('ROUND_UNKNOWN');
  move({ observation: { from: '2009-06-01', to: '2009-09-02' } }).refuses('ROUND_DATES_OUT_OF_ORDER');
  move({ window: { from: day('2009-09-18'), to: day('2009-09-17') } }).refuses('ROUND_DATES_OUT_OF_ORDER');
  move({}, planned(), opened).refuses('ROUND_NOT_PLANNED', /extend it/);
  move({}, planned(), opened, roundClosed).refuses('ROUND_NOT_PLANNED');
  t.end();
});

test('ground that a pilot and a parallel place share is allowed, and said', (t) => {
  const both = [enrolled('durham'), enrolled('county', 'parallel')];
  const add = (placeId: string, code: string, ...given: Given[]) =>
    totalPlace(t, ...both, ...given).when('AddArea', { placeId, code, from: '2009-06-01' });
  const { state } = add('county', 'E06000047', area('durham', 'E06000047')).then({
    type: 'AreaAdded',
    data: { overlaps: [{ code: 'E06000047', placeId: 'durham', theirCode: 'E06000047' }] },
  });
  t.match(state.places, {
    county: { overlaps: [{ placeId: 'durham' }] },
    durham: { overlaps: [{ placeId: 'county' }] },
  });
  const one = add('durham', 'E06000047', area('county', 'E06000047')).then({ type: 'AreaAdded' }).state;
  t.equal(held(one.places, 'durham').overlaps.length, 1);
  const shared = happened('AreaAdded', {
    ...area('county', 'E06000047').data,
    overlaps: [{ code: 'E06000047', placeId: 'durham', theirCode: 'E06000047' }],
  });
  const over = [area('durham', 'E06000047'), shared];
  t.match(
    aggregateNamed('programme').events.AreaAdded!.describe(shared.data, {} as never),
    /warning: E06000047 is also ground of .*durham/,
  );
  const none = (command: string, data: Record<string, unknown>) => {
    const after = totalPlace(t, running, ...both, ...over)
      .whenAny(command, data)
      .then({ type: /./ as never });
    t.same(
      [held(after.state.places, 'durham').overlaps, held(after.state.places, 'county').overlaps],
      [[], []],
      `${command} ends it on both`,
    );
  };
  none('EndArea', { placeId: 'durham', code: 'E06000047', to: '2009-07-01' });
  none('EndArea', { placeId: 'county', code: 'E06000047', to: '2009-07-01' });
  none('WithdrawPlace', { placeId: 'durham', reason: 'Left' });
  none('ChangePlaceKind', { placeId: 'durham', kind: 'parallel', reason: 'Less' });
  // A place that changes its kind meets those it did not before.
  const two = [
    enrolled('a', 'parallel'),
    enrolled('b', 'parallel'),
    area('a', 'E06000047'),
    area('b', 'E06000047'),
  ];
  totalPlace(t, ...two)
    .when('ChangePlaceKind', { placeId: 'a', kind: 'pilot', reason: 'More' })
    .then({
      type: 'PlaceKindChanged',
      data: { overlaps: [{ code: 'E06000047', placeId: 'b', theirCode: 'E06000047' }] },
    });
  t.notOk(
    'overlaps' in
      (totalPlace(t, ...both)
        .when('AddArea', { placeId: 'county', code: 'E06000047', from: '2009-06-01' })
        .then({ type: 'AreaAdded' }).state.places as object),
  );
  t.end();
});

test('the name is corrected, the scale never', (t) => {
  const correct = (field: string, to: string) =>
    totalPlace(t).when('Correct', { field, to, reason: 'A slip' });
  t.equal(
    correct('name', 'Total Place programme').then({
      type: 'RecordCorrected',
      data: { field: 'name', from: 'Total Place' },
    }).state.name,
    'Total Place programme',
  );
  correct('name', 'Total Place').nothing();
  correct('name', 'x'.repeat(201)).refuses('CORRECTION_NOT_VALID');
  for (const scale of ['three', 'five'])
    correct('ragScale', scale).refuses('RAG_SCALE_FIXED', /never changes/);
  t.end();
});

test('an open round’s date moves later only', (t) => {
  const extend = (to: string, ...given: Given[]) =>
    totalPlace(t, ...given).when('ExtendRound', { roundNo: 1, to, reason: 'Holidays' });
  const after = extend('2009-09-19', planned(), opened).then({
    type: 'RoundExtended',
    data: { roundNo: 1, from: '2009-09-18', to: '2009-09-19', reason: 'Holidays' },
  });
  t.match(after.state.rounds[1], { window: { to: day('2009-09-19') }, originalTo: '2009-09-18' });
  extend('2009-09-18', planned(), opened).refuses('DEADLINE_CANNOT_MOVE_EARLIER');
  extend('2009-09-17', planned()).then({ type: 'RoundExtended' });
  extend('2009-09-01', planned()).then({ type: 'RoundExtended' });
  extend('2009-08-31', planned()).refuses('ROUND_DATES_OUT_OF_ORDER');
  extend('2009-09-25', planned(), opened, roundClosed).refuses('ROUND_IS_CLOSED');
  extend('2009-09-25').refuses('ROUND_UNKNOWN');

  const given = [running, enrolled('kent'), planned(), opened];
  const place = (to: string, versions: object[] = [], more: Given[] = [], data: object = {}) =>
    totalPlace(t, ...given, ...more)
      .with(standing('submission'), 'tp.1.kent', stood({ versions }))
      .when('ExtendRoundForPlace', { roundNo: 1, placeId: 'kent', to, reason: 'Flood', ...data });
  const granted = happened('ExtensionGranted', {
    placeId: 'kent',
    roundNo: 1,
    from: '2009-09-18',
    to: '2009-09-25',
    reason: 'Flood',
  });
  t.match(
    place('2009-09-30').then({
      type: 'ExtensionGranted',
      data: { placeId: 'kent', from: '2009-09-18', to: '2009-09-30' },
    }).state.rounds[1]!.extensions,
    {
      kent: { to: '2009-09-30' },
    },
  );
  place('2009-09-30').needsVersion(false).then({ type: 'ExtensionGranted' });
  place('2009-09-30', [], [granted])
    .needsVersion(true)
    .then({ type: 'ExtensionGranted', data: { from: '2009-09-25' } });
  place('2009-09-25', [], [granted]).refuses('DEADLINE_CANNOT_MOVE_EARLIER');
  place('2009-09-18').refuses('DEADLINE_CANNOT_MOVE_EARLIER');
  // 16 October 2009 is the twentieth working day after 18 September; the weekend after it is none.
  place('2009-10-16').then({ type: 'ExtensionGranted' });
  place('2009-10-18').then({ type: 'ExtensionGranted' });
  place('2009-10-19').refuses('EXTENSION_TOO_LONG');
  place('2009-10-19', [], [granted]).refuses('EXTENSION_TOO_LONG');
  place('2099-01-01').refuses('EXTENSION_TOO_LONG');
  const waived = (data: object = {}, to = '2009-10-19', today = '2009-09-01') =>
    totalPlace(t, ...given)
      .at(today)
      .with(
        standing('waiver'),
        'w1',
        stood({
          status: 'granted',
          rule: 'EXTENSION_TOO_LONG',
          placeId: 'kent',
          until: '2009-10-31',
          access: { tier: 'programme', programmeId: 'tp' },
          ...data,
        }),
      )
      .when('ExtendRoundForPlace', { roundNo: 1, placeId: 'kent', to, reason: 'Flood', waiverId: 'w1' });
  waived().then({ type: 'ExtensionGranted', data: { to: '2009-10-19', waiverId: 'w1' } });
  waived({ record: 'programme-tp' }).then({ type: 'ExtensionGranted' });
  t.notOk(
    'waiverId' in
      totalPlace(t, ...given)
        .when('ExtendRoundForPlace', {
          roundNo: 1,
          placeId: 'kent',
          to: '2009-09-30',
          reason: 'Flood',
          waiverId: 'never',
        })
        .then({ type: 'ExtensionGranted' }).state,
    'what needs no waiver uses none',
  );
  for (const other of [
    { status: 'requested' },
    { status: 'revoked' },
    { rule: 'DUE_AFTER_PROGRAMME' },
    { placeId: 'durham' },
    { record: 'programme-other' },
    { until: '2009-08-31' },
  ])
    waived(other).refuses('WAIVER_DOES_NOT_APPLY');
  place('2009-09-30', [{ version: 1, lateDays: 0 }]).refuses('RETURN_EXISTS');
  place('2009-09-30', [], [withdrawn('kent')]).refuses('PLACE_UNKNOWN');
  place('2009-09-30', [], [], { placeId: 'leeds' }).refuses('PLACE_UNKNOWN');
  place('2009-09-30', [], [], { roundNo: 2 }).refuses('ROUND_UNKNOWN');
  t.end();
});

test('a round closes after its day and says who submitted', (t) => {
  const places = ['durham', 'kent', 'leeds', 'left', 'suffolk'];
  const given = [running, ...places.map((id) => enrolled(id)), withdrawn('left'), planned(), opened];
  const returns: Record<string, object> = {
    durham: { status: 'accepted', versions: [{ version: 1, lateDays: 0 }] },
    // A second version on its way does not undo the first.
    kent: { status: 'awaiting-sign-off', versions: [{ version: 1, lateDays: 2 }] },
    leeds: { status: 'in-progress', versions: [] },
    left: { status: 'in-progress', versions: [] },
  };
  const close = (at: string, events: Given[] = given) => {
    const scene = totalPlace(t, ...events).at(at);
    for (const [id, state] of Object.entries(returns))
      scene.with(standing('submission'), `tp.1.${id}`, stood(state));
    return scene.when('CloseRound', { roundNo: 1 });
  };
  t.equal(
    close('2009-09-19').then({
      type: 'RoundClosed',
      data: {
        roundNo: 1,
        kind: 'interim',
        submitted: ['durham', 'kent'],
        late: ['kent'],
        missing: ['leeds', 'suffolk'],
      },
    }).state.rounds[1]!.status,
    'closed',
  );
  close('2009-09-18T22:59:59.999Z').refuses('TOO_EARLY_TO_CLOSE');
  close('2009-09-18T23:00:00.000Z').then({ type: 'RoundClosed' });
  close('2009-09-19', [running, planned()]).refuses('ROUND_NOT_OPENED');
  close('2009-09-19', [running]).refuses('ROUND_UNKNOWN');
  close('2009-09-20', [...given, roundClosed]).nothing();
  t.end();
});

test('templates keep their sections while a round is open', (t) => {
  const setTemplate = (ids: string[], given: Given[] = [], data: object = {}) =>
    totalPlace(t, ...given).when('SetSubmissionTemplate', {
      roundKind: 'interim',
      placeKind: 'pilot',
      sections: ids.map(section),
      ...data,
    });
  setTemplate(['pools']).then({
    type: 'SubmissionTemplateSet',
    data: { roundKind: 'interim', placeKind: 'pilot', version: 1 },
  });
  setTemplate(['pools'], [template()]).then({ type: 'SubmissionTemplateSet', data: { version: 2 } });
  setTemplate(['pools'], [template()], { placeKind: 'parallel' }).then({
    type: 'SubmissionTemplateSet',
    data: { version: 1 },
  });
  const open = [template(), planned(), opened];
  setTemplate(['pools'], open).refuses('SECTION_DROPPED', /The risks/);
  setTemplate(['risks', 'pools', 'more'], open).then({ type: 'SubmissionTemplateSet', data: { version: 2 } });
  setTemplate(['pools'], open, { roundKind: 'final' }).then({
    type: 'SubmissionTemplateSet',
    data: { version: 1 },
  });
  setTemplate(['pools'], [...open, roundClosed]).then({ type: 'SubmissionTemplateSet' });
  setTemplate(['pools', 'pools']).refuses('SECTION_TWICE');
  t.end();
});

type Step = DataFor<typeof programme, 'RequireSteps'>['steps'][number];
test('steps are due by a milestone or a round, and may be excused', (t) => {
  const step = (stepId: string, due: Step['due']) => ({ stepId, name: `Step ${stepId}`, due });
  const require = (steps: Step[], ...given: Given[]) =>
    totalPlace(t, planned(), milestone(workshop), ...given).when('RequireSteps', {
      placeKind: 'pilot',
      steps,
    });
  const { state } = require([
    step('activation', { milestoneId: 'workshop' }),
    step('interim', { roundNo: 1 }),
    step('pools', { roundNo: 1 }),
  ]).then({
    type: 'StepsRequired',
    data: {
      placeKind: 'pilot',
      steps: [
        { stepId: 'activation', dueOn: '2009-11-13', fuzzy: true },
        { stepId: 'interim', dueOn: '2009-09-18', fuzzy: false },
        { stepId: 'pools', due: { roundNo: 1 } },
      ],
    },
  });
  t.same(held(state.steps, 'pilot')[0], {
    ...step('activation', { milestoneId: 'workshop' }),
    doneWhen: 'place-active',
  });
  require([]).then({ type: 'StepsRequired', data: { steps: [] } });
  require([step('pools', { roundNo: 1 }), step('pools', { roundNo: 1 })]).refuses('STEP_TWICE');
  require([step('pools', { milestoneId: 'never' })]).refuses('MILESTONE_UNKNOWN');
  require([step('pools', { roundNo: 2 })]).refuses('ROUND_UNKNOWN');
  require([step('final', { roundNo: 1 })]).refuses('STEP_NEEDS_ITS_ROUND');
  require([step('interim', { milestoneId: 'workshop' })]).refuses('STEP_NEEDS_ITS_ROUND');

  const required = happened('StepsRequired', {
    placeKind: 'pilot',
    steps: [{ ...step('pools', { roundNo: 1 }), dueOn: '2009-09-18', fuzzy: false }],
  });
  const excused = happened('StepExcused', { placeId: 'kent', stepId: 'pools', reason: 'No pool' });
  const excuse = (data: object = {}, ...given: Given[]) =>
    totalPlace(t, planned(), enrolled('kent'), enrolled('suffolk', 'parallel'), required, ...given).when(
      'ExcuseStep',
      { placeId: 'kent', stepId: 'pools', reason: 'No pool', ...data },
    );
  t.same(
    held(excuse().needsVersion(false).then({ type: 'StepExcused', data: excused.data }).state.places, 'kent')
      .excused,
    { pools: 'No pool' },
  );
  excuse({}, excused).needsVersion(false).nothing();
  excuse({ placeId: 'leeds' }, excused).needsVersion(false).refuses('PLACE_UNKNOWN');
  excuse({ reason: 'Another' }, excused).needsVersion(true).then({ type: 'StepExcused' });
  excuse({}, withdrawn('kent')).refuses('PLACE_WITHDRAWN');
  excuse({ stepId: 'final' }).refuses('STEP_NOT_REQUIRED');
  excuse({ placeId: 'suffolk' }).refuses('STEP_NOT_REQUIRED');
  excuse({ placeId: 'leeds' }).refuses('PLACE_UNKNOWN');
  t.end();
});

test('steps and rounds are called as the programme calls them, and each step says what completes it', (t) => {
  const quarter = (roundNo: number, kind = 'quarterly') =>
    planned({ ...round1, roundNo, kind, name: `Return of quarter ${roundNo}` });
  const require = (...steps: Step[]) =>
    totalPlace(t, quarter(1), quarter(2), milestone(workshop)).when('RequireSteps', {
      placeKind: 'parallel',
      steps,
    });
  const first = { stepId: 'q1', name: 'Autumn', doneWhen: 'return-submitted', due: { roundNo: 1 } } as const;
  const second = { ...first, stepId: 'q2', name: 'Winter', due: { roundNo: 2 } } as const;
  const once = { ...second, stepId: 'once', doneWhen: 'any-return-submitted' } as const;
  const { state } = require(first, second, once).then({
    type: 'StepsRequired',
    data: { steps: [first, second, once] },
  });
  t.same(held(state.steps, 'parallel'), [first, second, once]);
  const done = (step: Pick<RequiredStep, 'doneWhen' | 'due'>, roundNo: number, kind: string) =>
    isDoneBy(state, step, { roundNo, kind });
  t.same(
    [first, second, once].map((step) => [done(step, 1, 'quarterly'), done(step, 2, 'quarterly')]),
    [
      [true, false],
      [false, true],
      [true, true],
    ],
  );
  t.equal(done(once, 3, 'interim'), false);
  t.equal(done({ doneWhen: 'pool-open', due: { roundNo: 1 } }, 1, 'quarterly'), false);
  t.equal(done({ doneWhen: 'return-submitted', due: { milestoneId: 'workshop' } }, 1, 'quarterly'), false);

  const byMilestone = { milestoneId: 'workshop' };
  const { doneWhen: _, ...untold } = first;
  require(untold).refuses('STEP_RULE_MISSING', /Autumn/);
  require({ ...first, due: byMilestone }).refuses('STEP_NEEDS_ITS_ROUND', /Autumn/);
  require({ ...once, due: byMilestone }).refuses('STEP_NEEDS_ITS_ROUND');
  require({ ...first, doneWhen: 'pool-open', due: byMilestone }).then({ type: 'StepsRequired' });
  // Of the ids that once were all, what completes them is known; what is said counts before it.
  require({ ...untold, stepId: 'interim' }).refuses('STEP_NEEDS_ITS_ROUND', /interim/);
  require({ ...first, stepId: 'interim' }).then({ type: 'StepsRequired' });
  const known = { activation: 'place-active', commitments: 'commitment-for-each-theme', pools: 'pool-open' };
  for (const [stepId, doneWhen] of Object.entries(known))
    require({ ...untold, stepId, due: byMilestone }).then({
      type: 'StepsRequired',
      data: { steps: [{ stepId, doneWhen }] },
    });
  totalPlace(t, planned())
    .when('RequireSteps', { placeKind: 'pilot', steps: [{ ...untold, stepId: 'interim' }] })
    .then({ type: 'StepsRequired', data: { steps: [{ doneWhen: 'any-return-submitted' }] } });

  const excused = totalPlace(
    t,
    quarter(1),
    enrolled('kent'),
    happened('StepsRequired', {
      placeKind: 'pilot',
      steps: [{ ...first, dueOn: '2009-09-18', fuzzy: false }],
    }),
  )
    .when('ExcuseStep', { placeId: 'kent', stepId: 'q1', reason: 'Joined late' })
    .then({ type: 'StepExcused', data: { stepId: 'q1', name: 'Autumn' } });
  t.same(held(excused.state.places, 'kent').excused, { q1: 'Joined late' });

  const setFor = (roundKind: string, ...given: Given[]) =>
    totalPlace(t, ...given).when('SetSubmissionTemplate', {
      roundKind,
      placeKind: 'pilot',
      sections: [section('pools')],
    });
  setFor('quarterly', quarter(1)).then({ type: 'SubmissionTemplateSet', data: { roundKind: 'quarterly' } });
  setFor('quarterley', quarter(1)).refuses('ROUND_KIND_UNKNOWN', /quarterley/);
  setFor('final', quarter(1)).then({ type: 'SubmissionTemplateSet' });

  const plan = totalPlace(t)
    .when('PlanRound', { ...round1, kind: 'quarterly', name: 'Return of quarter 1' })
    .then({ type: 'RoundPlanned', data: { kind: 'quarterly', name: 'Return of quarter 1' } });
  t.equal(plan.state.rounds[1]!.name, 'Return of quarter 1');
  const asked = happened('SubmissionTemplateSet', {
    roundKind: 'quarterly',
    placeKind: 'pilot',
    version: 1,
    sections: [section('pools')],
  });
  const open = (...given: Given[]) =>
    totalPlace(t, running, enrolled('kent'), quarter(1), ...given).when('OpenRound', { roundNo: 1 });
  open(asked).then({ type: 'RoundOpened', data: { name: 'Return of quarter 1' } });
  open(template()).refuses('TEMPLATE_MISSING', /quarterly/);

  const told = (type: 'RoundPlanned' | 'RoundOpened' | 'StepExcused', data: object): string =>
    aggregateNamed('programme').events[type]!.describe(data, {} as never);
  const named = { roundNo: 1, kind: 'quarterly', name: 'Return of quarter 1', to: '2009-09-18' };
  t.match(told('RoundPlanned', { ...round1, ...named }), /^planned round 1 \(Return of quarter 1\), closing/);
  t.match(told('RoundPlanned', round1), /^planned round 1 \(interim\), closing/);
  t.match(told('RoundOpened', named), /^opened round 1 \(Return of quarter 1\) until/);
  t.match(told('RoundOpened', { ...named, name: undefined }), /^opened round 1 \(quarterly\) until/);
  const excuse = { placeId: 'kent', stepId: 'q1', reason: 'Joined late' };
  t.equal(
    told('StepExcused', { ...excuse, name: 'Autumn' }),
    `excused ${nameOf.place('kent')} from the step Autumn: Joined late`,
  );
  t.equal(told('StepExcused', excuse), `excused ${nameOf.place('kent')} from the step q1: Joined late`);
  t.end();
});

test('restrictions on publication do not overlap', (t) => {
  const declare = (from: string, to: string, given: Given[] = [], restrictionId = 'local') =>
    totalPlace(t, ...given).when('DeclareRestriction', { restrictionId, from, to, reason: 'Election' });
  declare('2010-04-06', '2010-04-06').then({ type: 'PublicationRestricted', data: { from: '2010-04-06' } });
  declare('2010-04-07', '2010-04-06').refuses('RESTRICTION_DATES_OUT_OF_ORDER');
  declare('2010-05-06', '2010-06-01', [restricted]).refuses('RESTRICTION_OVERLAPS');
  declare('2010-03-01', '2010-04-06', [restricted]).refuses('RESTRICTION_OVERLAPS');
  declare('2010-05-07', '2010-06-01', [restricted]).then({ type: 'PublicationRestricted' });
  declare('2010-05-07', '2010-06-01', [restricted], 'election').refuses('RESTRICTION_OVERLAPS');
  declare('2010-04-06', '2010-05-06', [restricted, lifted]).then({ type: 'PublicationRestricted' });

  t.equal(
    totalPlace(t, restricted)
      .when('LiftRestriction', { restrictionId: 'election' })
      .then({ type: 'PublicationRestrictionLifted' }).state.restrictions[0]!.liftedOn,
    '2009-09-01',
  );
  totalPlace(t, restricted, lifted).when('LiftRestriction', { restrictionId: 'election' }).nothing();
  totalPlace(t).when('LiftRestriction', { restrictionId: 'election' }).refuses('RESTRICTION_UNKNOWN');
  t.end();
});

test('folding leaves every event as it was written', (t) => {
  const all = structuredClone<EventFor<typeof programme>[]>([
    defined,
    enrolled('durham'),
    planned(),
    opened,
    { type: 'RoundExtended', data: { roundNo: 1, from: '2009-09-18', to: '2009-09-25', reason: 'Holidays' } },
    milestone(workshop),
    reached,
    restricted,
    lifted,
  ]);
  const before = structuredClone(all);
  const loaded = emptyLoaded(programme);
  for (const e of all)
    fold(
      programme,
      loaded,
      e,
      metaOf(programme, 'tp', e.type, loaded.version + 1, '2009-09-01T09:00:00.000Z', {
        account: 'a',
        role: 'system',
      }),
    );
  t.same(all, before);
  t.same(loaded.state, load(programme, 'tp', before, '2009-09-01T09:00:00.000Z').state);
  t.end();
});

test('every command and refusal has been shown', async (t) => coverage(t, programme));
