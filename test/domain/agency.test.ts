import { test, type Test } from 'tap';
import { agency, isRetired } from '../../src/domain/agency.js';
import { collaborative } from '../../src/domain/collaborative.js';
import type { NewEvent } from '../../src/domain/core.js';
import { coverage, load, spec } from './spec.js';

const gss = { scheme: 'gss', code: 'E06000047', from: '2009-04-01', provisional: false };
const registered = (more: object = {}): NewEvent => ({
  type: 'AgencyRegistered',
  data: { name: 'Durham', sector: 'council', type: 'unitary authority', identifiers: [gss], startOn: '2009-04-01', ...more },
});
const standIn = registered({ sector: 'nhs', identifiers: [{ scheme: 'programme', code: 'TP-PCT-01', from: '2009-04-01', provisional: true }] });
const added = (code: string, from: string): NewEvent => ({ type: 'AgencyIdentifierAdded', data: { scheme: 'gss', code, from, provisional: false } });
const succeeded = (...successors: string[]): NewEvent => ({ type: 'AgencySucceeded', data: { successors, date: '2009-06-01' } });
const retired: NewEvent = { type: 'AgencyRetired', data: { on: '2009-08-31', reason: 'Abolished' } };

const office = (t: Test) => spec(t, agency).id('durham-council').as('programme-office', 'programme:tp');
const council = (t: Test, ...given: NewEvent[]) => office(t).given(registered(), ...given);
/** The code belongs to these agencies. */
const belongs = (code: string, ...ids: string[]) => ({ agenciesWithIdentifier: (_s: string, c: string) => (c === code ? ids : []) });

test('an agency is registered by the code its sector goes by', (t) => {
  const data = (sector: string, ...schemes: string[]) => ({
    name: 'Durham',
    sector,
    type: 'body',
    identifiers: schemes.map((scheme) => ({ scheme, code: 'X1', from: '2009-04-01' })),
    startOn: '2009-04-01',
  });
  const register = (sector: string, ...schemes: string[]) => office(t).when('RegisterAgency', data(sector, ...schemes));
  const { state, access } = register('council', 'gss').then({ type: 'AgencyRegistered', data: { name: 'Durham', identifiers: [{ scheme: 'gss', provisional: false }] } });
  t.match(state, { status: 'registered', successors: [] });
  t.match(access, { tier: 'public', parties: ['durham-council'] });
  const proper: [string, string][] = [
    ['nhs', 'ods'],
    ['department', 'iati'],
    ['department', 'department'],
    ['voluntary', 'charity'],
    ['voluntary', 'company'],
    ['private', 'company'],
    ['joint-company', 'company'],
    ['police', 'programme'],
    ['other', 'programme'],
  ];
  for (const [sector, scheme] of proper) register(sector, scheme).then({ type: 'AgencyRegistered', data: { identifiers: [{ scheme, provisional: false }] } });
  for (const sector of ['council', 'nhs', 'department', 'voluntary', 'private', 'joint-company'])
    register(sector, 'programme').then({ type: 'AgencyRegistered', data: { identifiers: [{ provisional: true }] } });
  register('council', 'ods', 'gss').then({ type: 'AgencyRegistered' });
  for (const [sector, scheme] of [
    ['council', 'ods'],
    ['nhs', 'gss'],
    ['department', 'company'],
    ['private', 'charity'],
    ['police', 'gss'],
  ] as const)
    register(sector, scheme).refuses('IDENTIFIER_REQUIRED', new RegExp('programme'));
  register('council').refuses('IDENTIFIER_REQUIRED', /gss or programme/);
  spec(t, agency).id('durham-council').as('secretariat', 'place:durham').when('RegisterAgency', data('council', 'gss')).then({ type: 'AgencyRegistered' });
  spec(t, agency).as('seat-holder', 'place:durham+agency:pct').when('RegisterAgency', data('council', 'gss')).refuses('NOT_ALLOWED');
  council(t).when('RegisterAgency', data('council', 'gss')).refuses('RECORD_EXISTS');
  t.end();
});

test('a code belongs to one agency', (t) => {
  const data = { name: 'Durham', sector: 'council', type: 'body', identifiers: [{ scheme: 'gss', code: 'E06000047', from: '2009-04-01' }], startOn: '2009-04-01' };
  office(t)
    .views(belongs('E06000047', 'other'))
    .when('RegisterAgency', data)
    .refuses('AGENCY_IDENTIFIER_TAKEN', /E06000047/);
  office(t).views(belongs('E06000047', 'durham-council')).when('RegisterAgency', data).then({ type: 'AgencyRegistered' });
  const two = { ...data, identifiers: [...data.identifiers, { scheme: 'ods', code: '5ND', from: '2009-04-01' }] };
  office(t)
    .views(belongs('5ND', 'durham-council', 'other'))
    .when('RegisterAgency', two)
    .refuses('AGENCY_IDENTIFIER_TAKEN');
  t.end();
});

test('a new name', (t) => {
  t.equal(
    council(t)
      .when('RenameAgency', { name: 'County Durham' })
      .then({ type: 'AgencyRenamed', data: { from: 'Durham', to: 'County Durham' } }).state.name,
    'County Durham',
  );
  council(t).when('RenameAgency', { name: 'Durham' }).nothing();
  council(t, retired).when('RenameAgency', { name: 'County Durham' }).refuses('WRONG_STATE');
  t.end();
});

test('a secretariat keeps the record of its own place’s partners only', (t) => {
  const seat = (agencyId: string, placeId: string): NewEvent[] =>
    ['SeatOffered', 'SeatAccepted'].map((type) => ({ type, data: { seatId: 'one', agencyId, account: 'head', kind: 'voting', placeId } }));
  const changes: [string, Record<string, unknown>, string][] = [
    ['RenameAgency', { name: 'County Durham' }, 'AgencyRenamed'],
    ['AddIdentifier', { scheme: 'gss', code: 'E06000099', from: '2009-09-01' }, 'AgencyIdentifierAdded'],
    ['CorrectIdentifier', { scheme: 'gss', code: 'E06000047', to: { scheme: 'gss', code: 'E06000048' }, reason: 'A slip' }, 'AgencyIdentifierCorrected'],
    ['RecordSuccession', { successors: ['next'], date: '2009-09-01' }, 'AgencySucceeded'],
    ['RetireAgency', { on: '2009-08-31', reason: 'Abolished' }, 'AgencyRetired'],
  ];
  for (const [command, data, type] of changes) {
    const secretariat = (place: string) =>
      spec(t, agency)
        .id('durham-council')
        .given(registered())
        .with(agency, 'next', registered())
        .with(collaborative, 'durham', ...seat('durham-council', 'durham'))
        .with(collaborative, 'kent', ...seat('kent-council', 'kent'))
        .as('secretariat', `place:${place}`)
        .when(command, data);
    secretariat('durham').then({ type });
    secretariat('kent').refuses('NOT_OF_THE_PLACE');
  }
  t.end();
});

test('a new code from a date ends the one before it', (t) => {
  const next = { scheme: 'gss', code: 'E06000099', from: '2013-04-01' };
  const { state } = council(t)
    .when('AddIdentifier', next)
    .then({ type: 'AgencyIdentifierAdded', data: { ...next, provisional: false } });
  t.same(state.identifiers, [
    { ...gss, to: '2013-04-01' },
    { ...next, provisional: false },
  ]);
  t.equal(
    council(t)
      .when('AddIdentifier', { ...next, scheme: 'programme' })
      .then({ type: 'AgencyIdentifierAdded', data: { provisional: true } }).state.identifiers[0]!.to,
    undefined,
  );
  council(t).when('AddIdentifier', { scheme: 'gss', code: 'E06000047', from: '2010-04-01' }).nothing();
  council(t).views(belongs('E06000099', 'other')).when('AddIdentifier', next).refuses('AGENCY_IDENTIFIER_TAKEN');
  council(t).views(belongs('E06000099', 'durham-council')).when('AddIdentifier', next).then({ type: 'AgencyIdentifierAdded' });
  council(t, retired).when('AddIdentifier', next).refuses('WRONG_STATE');
  t.end();
});

test('a stand-in is corrected at any time, a proper code only until it is used', (t) => {
  const toProper = { scheme: 'programme', code: 'TP-PCT-01', to: { scheme: 'ods', code: '5ND' }, reason: 'The proper code is known' };
  const used = { agencyReferenced: () => true };
  const after = office(t)
    .given(standIn)
    .views(used)
    .when('CorrectIdentifier', toProper)
    .then({ type: 'AgencyIdentifierCorrected', data: { from: { code: 'TP-PCT-01', provisional: true }, to: { code: '5ND', provisional: false } } });
  t.same(after.state.identifiers, [{ scheme: 'ods', code: '5ND', from: '2009-04-01', provisional: false }]);
  const mend = { scheme: 'gss', code: 'E06000047', to: { scheme: 'gss', code: 'E06000048' }, reason: 'Typing error' };
  council(t).when('CorrectIdentifier', mend).then({ type: 'AgencyIdentifierCorrected' });
  council(t)
    .views(used)
    .when('CorrectIdentifier', mend)
    .refuses('IDENTIFIER_IN_USE', /new code/);
  council(t)
    .when('CorrectIdentifier', { ...mend, code: 'E06000001' })
    .refuses('IDENTIFIER_UNKNOWN');
  council(t)
    .when('CorrectIdentifier', { ...mend, scheme: 'ods' })
    .refuses('IDENTIFIER_UNKNOWN');
  council(t).views(belongs('E06000048', 'other')).when('CorrectIdentifier', mend).refuses('AGENCY_IDENTIFIER_TAKEN');
  council(t, retired).when('CorrectIdentifier', mend).refuses('WRONG_STATE');
  const ended = council(t, added('E06000099', '2013-04-01')).when('CorrectIdentifier', mend).then({ type: 'AgencyIdentifierCorrected' });
  t.match(ended.state.identifiers, [{ code: 'E06000048', to: '2013-04-01' }, { code: 'E06000099' }], 'a code that has ended stays ended');
  t.end();
});

test('succession never leads back', (t) => {
  const succeed = (successors: string[], date = '2009-06-01', given: NewEvent[] = []) =>
    council(t, ...given)
      .with(agency, 'b', registered())
      .with(agency, 'c', registered(), succeeded('b'))
      .with(agency, 'back', registered(), succeeded('b', 'durham-council'))
      .with(agency, 'detour', registered(), succeeded('back'))
      .with(agency, 'ring-1', registered(), succeeded('ring-2'))
      .with(agency, 'ring-2', registered(), succeeded('ring-1'))
      .when('RecordSuccession', { successors, date });
  t.same(
    succeed(['b', 'c'])
      .needsVersion(false)
      .then({ type: 'AgencySucceeded', data: { successors: ['b', 'c'] } }).state.successors,
    ['b', 'c'],
  );
  succeed(['b'], '2009-06-01', [succeeded('b')])
    .needsVersion(false)
    .nothing();
  succeed(['c'], '2009-06-01', [succeeded('b')])
    .needsVersion(true)
    .then({ type: 'AgencySucceeded' });
  succeed(['b'], '2009-07-01', [succeeded('b')])
    .needsVersion(true)
    .then({ type: 'AgencySucceeded', data: { date: '2009-07-01' } });
  succeed(['b'], '2009-06-01', [retired]).then({ type: 'AgencySucceeded' });
  succeed(['ring-1']).then({ type: 'AgencySucceeded' });
  for (const id of ['durham-council', 'back', 'detour']) succeed(['b', id]).refuses('SUCCESSION_CYCLE');
  succeed(['b', 'never']).refuses('AGENCY_UNKNOWN');
  succeed(['b'], '2009-04-01').then({ type: 'AgencySucceeded' });
  succeed(['b'], '2009-03-31').refuses('SUCCESSION_BEFORE_START');
  t.end();
});

test('a retirement recorded ahead holds from its day', (t) => {
  const { state } = load(agency, 'council', [registered(), retired]);
  t.notOk(isRetired(state, '2009-08-31'), 'its last day');
  t.ok(isRetired(state, '2009-09-01'));
  t.notOk(isRetired(load(agency, 'council', [registered()]).state, '2009-09-01'));
  t.end();
});

test('an agency is retired', (t) => {
  const retire = (on: string, ...given: NewEvent[]) => council(t, ...given).when('RetireAgency', { on, reason: 'Abolished' });
  t.match(retire('2009-08-31').then({ type: 'AgencyRetired', data: { on: '2009-08-31' } }).state, { status: 'retired', retiredOn: '2009-08-31' });
  retire('2009-04-01').then({ type: 'AgencyRetired' });
  retire('2009-03-31').refuses('RETIREMENT_BEFORE_START');
  retire('2009-08-31', retired).refuses('WRONG_STATE');
  t.end();
});

test('until the day after its last, an agency that will be retired is kept like any other', (t) => {
  const changes: [string, Record<string, unknown>, string][] = [
    ['RenameAgency', { name: 'County Durham' }, 'AgencyRenamed'],
    ['AddIdentifier', { scheme: 'gss', code: 'E06000099', from: '2009-09-01' }, 'AgencyIdentifierAdded'],
    ['CorrectIdentifier', { scheme: 'gss', code: 'E06000047', to: { scheme: 'gss', code: 'E06000048' }, reason: 'A slip' }, 'AgencyIdentifierCorrected'],
    ['RetireAgency', { on: '2009-12-31', reason: 'Put off' }, 'AgencyRetired'],
  ];
  for (const [command, data, type] of changes) {
    const on = (day: string) => council(t, retired).at(day).when(command, data);
    on('2009-08-31').then({ type });
    on('2009-09-01').refuses('WRONG_STATE', /31 August 2009/);
  }
  const retire = (day: string, ...given: NewEvent[]) =>
    council(t, ...given)
      .at('2009-08-31')
      .when('RetireAgency', { on: day, reason: 'Abolished' });
  retire('2009-08-31').needsVersion(false).then({ type: 'AgencyRetired' });
  retire('2009-08-31', retired).needsVersion(false).nothing();
  t.equal(retire('2009-12-31', retired).needsVersion(true).then({ type: 'AgencyRetired' }).state.retiredOn, '2009-12-31', 'a retirement ahead is moved');
  t.end();
});

test('codes are dated: one follows another, and a code is taken only for its own days', (t) => {
  const add = (from: string, code = 'E06000099', ...given: NewEvent[]) => council(t, ...given).when('AddIdentifier', { scheme: 'gss', code, from });
  for (const from of ['2008-04-01', '2009-04-01']) add(from).refuses('IDENTIFIER_BEFORE_PRESENT', /E06000047 holds from 1 April 2009/);
  add('2009-04-02').then({ type: 'AgencyIdentifierAdded' });
  add('2013-04-01', 'E06000100', added('E06000099', '2013-04-01')).refuses('IDENTIFIER_BEFORE_PRESENT', /E06000099/);
  add('2013-04-02', 'E06000100', added('E06000099', '2013-04-01')).then({ type: 'AgencyIdentifierAdded' });
  // It is asked for the days on which the code would hold.
  const asked: unknown[] = [];
  const views = { agenciesWithIdentifier: (...of: unknown[]) => (asked.push(of), []) };
  council(t).views(views).when('AddIdentifier', { scheme: 'gss', code: 'E06000099', from: '2013-04-01' }).then({ type: 'AgencyIdentifierAdded' });
  t.same(asked.at(-1), ['gss', 'E06000099', '2013-04-01', undefined]);
  const mend = { scheme: 'gss', code: 'E06000047', to: { scheme: 'gss', code: 'E06000048' }, reason: 'Typing error' };
  council(t, added('E06000099', '2013-04-01')).views(views).when('CorrectIdentifier', mend).then({ type: 'AgencyIdentifierCorrected' });
  t.same(asked.at(-1), ['gss', 'E06000048', '2009-04-01', '2013-04-01']);
  // Two registered at once follow each other as well.
  const both = load(agency, 'gateshead', [
    registered({
      identifiers: [
        { scheme: 'gss', code: 'E08000037', from: '2013-04-01', provisional: false },
        { scheme: 'gss', code: 'E08000020', from: '2009-01-01', provisional: false },
        { scheme: 'programme', code: 'TP-1', from: '2009-01-01', provisional: true },
      ],
    }),
  ]);
  t.same(
    both.state.identifiers.map((i) => [i.code, i.to]),
    [
      ['E08000037', undefined],
      ['E08000020', '2013-04-01'],
      ['TP-1', undefined],
    ],
  );
  t.end();
});

test('every command and refusal has been shown', async (t) => coverage(t, agency));
