import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { fundingStream } from '../../src/domain/funding-stream/index.js';
import { held, part } from '../../src/domain/kernel/parts.js';
import { place } from '../../src/domain/place/index.js';
import { coverage, disclosure, eventsFor, spec, type GivenFor, type MoreFor, named } from './spec.js';

type Given = GivenFor<typeof fundingStream>;
type More<K extends keyof (typeof fundingStream)['events']> = MoreFor<typeof fundingStream, K>;
const happened = eventsFor(fundingStream);

// Agencies as they stand, so that these specs show this aggregate's rules alone.
const agencies = (() => {
  const { event } = kit<object>();
  return aggregate<object>()({
    name: 'agency',
    collection: 'agency',
    initial: () => ({}),
    title: () => 'agency',
    commands: {},
    events: {
      Stood: event(z.any(), { evolve: (s, d) => void Object.assign(s, d), describe: () => 'stood' }),
    },
  });
})();
const stood = (sector: string) => ({ type: 'Stood' as const, data: { status: 'registered', sector } });
const support = { cofog: ['10'], text: 'Support' };
const money = {
  name: 'Treatment Budget',
  years: { from: '2009-10', to: '2010-11' },
  ringFenced: true,
  purposes: { cofog: ['07'], text: 'Treatment' },
  conditions: 'Drugs only',
};
const registered = happened('StreamRegistered', { ...money, departmentId: 'dh' });
const relaxation = (more: object = {}) => ({
  relaxationId: 'r1',
  placeIds: ['durham'],
  from: '2009-09-01',
  to: '2009-09-30',
  purposes: support,
  ...more,
});
const relaxed = (more: More<'RingFenceRelaxed'> = {}) =>
  happened('RingFenceRelaxed', { ...relaxation(more), retrospective: false });
const ended = (on: string) => happened('RelaxationEnded', { relaxationId: 'r1', on, reason: 'Over' });
const over = happened('StreamEnded', { on: '2009-08-31', reason: 'Over' });
const opened = (programmeId: string) =>
  eventsFor(place)('PlaceOpened', { programmeId, kind: 'pilot', name: 'Place' });
/** The Department of Health's official, on 1 September 2009. */
const official = (t: Test, ...given: Given[]) =>
  spec(t, fundingStream)
    .id('ptb')
    .with(agencies, 'dh', stood('department'))
    .with(agencies, 'home-office', stood('department'))
    .with(agencies, 'council', stood('council'))
    .with(place, 'durham', opened('tp'))
    .with(place, 'kent', opened('nh'))
    .given(...given)
    .as('official', 'agency:dh');

test('a department registers its money', (t) => {
  const { state, access } = official(t)
    .when('RegisterStream', money)
    .then({ type: 'StreamRegistered', data: { ...money, departmentId: 'dh' } });
  t.match(state, { status: 'active', departmentId: 'dh', relaxations: {} });
  t.match(access, { tier: 'programme', parties: ['dh'] });
  t.equal(access.programmeId, undefined, 'read in every programme');
  t.equal(fundingStream.title(state, named('treatment')), 'Treatment Budget');
  official(t)
    .when('RegisterStream', { ...money, legalRef: 'NHS Act 2006' })
    .then({ type: 'StreamRegistered', data: { legalRef: 'NHS Act 2006' } });
  official(t)
    .when('RegisterStream', { ...money, years: { from: '2009-10', to: '2009-10' } })
    .then({ type: 'StreamRegistered' });
  official(t)
    .when('RegisterStream', { ...money, years: { from: '2010-11', to: '2009-10' } })
    .refuses('YEARS_OUT_OF_ORDER');
  official(t)
    .as('official', 'agency:council')
    .when('RegisterStream', money)
    .refuses('NOT_AWARDING_DEPARTMENT');
  official(t).as('finance-officer', 'agency:dh').when('RegisterStream', money).refuses('NOT_ALLOWED');
  official(t, registered).when('RegisterStream', money).refuses('RECORD_EXISTS');
  t.end();
});

test('only the awarding department changes it', (t) => {
  const data: Record<string, Record<string, unknown>> = {
    AmendConditions: { conditions: 'Wider', reason: 'Asked' },
    RelaxRingFence: relaxation(),
    EndRelaxation: { relaxationId: 'r1', reason: 'Over' },
    EndStream: { reason: 'Over' },
  };
  for (const [command, d] of Object.entries(data)) {
    official(t, registered, relaxed())
      .as('official', 'agency:home-office')
      .whenAny(command, d)
      .refuses('NOT_AWARDING_DEPARTMENT');
    official(t, registered, relaxed())
      .as('treasury', 'programme:tp')
      .whenAny(command, d)
      .refuses('NOT_ALLOWED');
    if (command !== 'EndRelaxation') official(t, registered, over).whenAny(command, d).refuses('WRONG_STATE');
  }
  t.end();
});

test('conditions are amended and the stream ends', (t) => {
  t.equal(
    official(t, registered)
      .when('AmendConditions', { conditions: 'And alcohol', reason: 'Asked' })
      .then({ type: 'StreamConditionsAmended', data: { from: 'Drugs only', to: 'And alcohol' } }).state
      .conditions,
    'And alcohol',
  );
  official(t, registered).when('AmendConditions', { conditions: 'Drugs only', reason: 'Asked' }).nothing();
  t.match(
    official(t, registered)
      .when('EndStream', { reason: 'Over' })
      .then({ type: 'StreamEnded', data: { on: '2009-09-01' } }).state,
    { status: 'ended', endedOn: '2009-09-01' },
  );
  t.end();
});

test('a ring-fence is relaxed from today on', (t) => {
  const relax = (more: object = {}, ...given: Given[]) =>
    official(t, registered, ...given).when('RelaxRingFence', relaxation(more));
  t.match(
    part(relax().then({ type: 'RingFenceRelaxed', data: { retrospective: false } }).state.relaxations, 'r1'),
    { placeIds: ['durham'], from: '2009-09-01', to: '2009-09-30' },
  );
  relax({ placeIds: ['durham', 'kent'] }).then({ type: 'RingFenceRelaxed' });
  relax({ placeIds: ['durham', 'never'] }).refuses('PLACE_UNKNOWN', /never/);
  relax({ placeIds: 'all', to: '2009-09-01' }).then({ type: 'RingFenceRelaxed', data: { placeIds: 'all' } });
  relax({ to: '2009-08-31' }).refuses('RELAXATION_DATES_OUT_OF_ORDER');
  relax({ from: '2009-08-31' }).refuses('RETROSPECTIVE_RELAXATION');
  relax({ from: '2009-08-31', retrospective: true }).refuses('RETROSPECTIVE_RELAXATION');
  relax({ from: '2009-08-31', legalRef: 'Direction 4' }).refuses('RETROSPECTIVE_RELAXATION');
  relax({ from: '2009-08-31', retrospective: true, legalRef: 'Direction 4' }).then({
    type: 'RingFenceRelaxed',
    data: { retrospective: true, legalRef: 'Direction 4' },
  });
  t.notOk(fundingStream.commands.RelaxRingFence!.data.safeParse(relaxation({ placeIds: [] })).success);
  t.end();
});

test('two relaxations never cover one place on one day', (t) => {
  const second = (more: object, ...given: Given[]) =>
    official(t, registered, relaxed(), ...given).when(
      'RelaxRingFence',
      relaxation({ relaxationId: 'r2', ...more }),
    );
  second({ from: '2009-09-30', to: '2009-10-30' }).refuses('RELAXATION_OVERLAPS');
  second({ from: '2009-10-01', to: '2009-10-30' }).then({ type: 'RingFenceRelaxed' });
  second({ placeIds: ['kent'] }).then({ type: 'RingFenceRelaxed' });
  second({ placeIds: ['kent', 'durham'] }).refuses('RELAXATION_OVERLAPS');
  second({ placeIds: 'all' }).refuses('RELAXATION_OVERLAPS');
  second({ relaxationId: 'r1', placeIds: ['kent'] }).refuses('RELAXATION_OVERLAPS');
  official(t, registered, relaxed({ placeIds: 'all' }))
    .when('RelaxRingFence', relaxation({ relaxationId: 'r2', placeIds: ['kent'] }))
    .refuses('RELAXATION_OVERLAPS');
  second({ from: '2009-09-10' }, ended('2009-09-10')).refuses('RELAXATION_OVERLAPS');
  second({ from: '2009-09-10' }, ended('2009-09-09')).then({ type: 'RingFenceRelaxed' });
  t.end();
});

test('a relaxation ends early, never late', (t) => {
  const relaxationEndedOn = (now: string, ...given: Given[]) =>
    official(t, registered, ...given)
      .at(now)
      .when('EndRelaxation', { relaxationId: 'r1', reason: 'Over' });
  t.equal(
    held(
      relaxationEndedOn('2009-09-10', relaxed()).then({ type: 'RelaxationEnded', data: { on: '2009-09-10' } })
        .state.relaxations,
      'r1',
    ).endedOn,
    '2009-09-10',
  );
  relaxationEndedOn('2009-09-30', relaxed()).then({ type: 'RelaxationEnded' });
  relaxationEndedOn('2009-10-01', relaxed()).nothing();
  relaxationEndedOn('2009-09-11', relaxed(), ended('2009-09-10')).nothing();
  relaxationEndedOn('2009-09-10', relaxed(), over).then({ type: 'RelaxationEnded' });
  relaxationEndedOn('2009-09-10').refuses('RELAXATION_UNKNOWN');
  t.end();
});

test('the department opens its stream to everybody', async (t) => {
  disclosure(t, fundingStream, [registered], {
    owner: ['official', 'agency:dh'],
    not: ['official', 'agency:clg'],
  });
});

test('every command and refusal has been shown', async (t) => coverage(t, fundingStream));
