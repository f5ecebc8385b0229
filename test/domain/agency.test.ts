import { test, type Test } from 'tap';
import { agency } from '../../src/domain/agency/index.js';
import { isRetired } from '../../src/domain/agency/state.js';
import { isSameCode } from '../../src/domain/agency/codes.js';
import { collaborative } from '../../src/domain/collaborative/index.js';
import { place } from '../../src/domain/place/index.js';
import { programme } from '../../src/domain/programme/index.js';
import { coverage, eventsFor, load, spec, type GivenFor, type MoreFor } from './spec.js';

type Given = GivenFor<typeof agency>;
type More<K extends keyof (typeof agency)['events']> = MoreFor<typeof agency, K>;
const happened = eventsFor(agency);

const gss = { scheme: 'gss', code: 'E06000047', from: '2009-04-01', provisional: false };
const registered = (more: More<'AgencyRegistered'> = {}) =>
  happened('AgencyRegistered', {
    name: 'Durham',
    sector: 'council',
    type: 'unitary authority',
    identifiers: [gss],
    startOn: '2009-04-01',
    ...more,
  });
const standIn = registered({
  sector: 'nhs',
  identifiers: [{ scheme: 'programme', code: 'TP-PCT-01', from: '2009-04-01', provisional: true }],
});
const added = (code: string, from: string) =>
  happened('AgencyIdentifierAdded', { scheme: 'gss', code, from, provisional: false });
const succeeded = (...successors: string[]) =>
  happened('AgencySucceeded', { successors, date: '2009-06-01' });
const retired = happened('AgencyRetired', { on: '2009-08-31', reason: 'Abolished' });

const programmeOffice = (t: Test) =>
  spec(t, agency).id('durham-council').as('programme-office', 'programme:tp');
const council = (t: Test, ...given: Given[]) => programmeOffice(t).given(registered(), ...given);
/** The code belongs to these agencies. */
const belongs = (code: string, ...ids: string[]) => ({
  agenciesWithIdentifier: (_s: string, c: string) => (c === code ? ids : []),
});

const codes: Record<string, string> = {
  gss: 'E06000047',
  ods: '5ND',
  iati: 'GB-GOV-1',
  department: 'DCLG',
  charity: '1161290',
  company: '01234567',
  programme: 'TP-PCT-01',
};

test('an agency is registered by the code its sector goes by', (t) => {
  const data = (sector: string, ...schemes: string[]) => ({
    name: 'Durham',
    sector,
    type: 'body',
    identifiers: schemes.map((scheme) => ({ scheme, code: codes[scheme]!, from: '2009-04-01' })),
    startOn: '2009-04-01',
  });
  const register = (sector: string, ...schemes: string[]) =>
    programmeOffice(t).when('RegisterAgency', data(sector, ...schemes));
  const { state, access } = register('council', 'gss').then({
    type: 'AgencyRegistered',
    data: { name: 'Durham', programmeId: 'tp', identifiers: [{ scheme: 'gss', provisional: false }] },
  });
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
  for (const [sector, scheme] of proper)
    register(sector, scheme).then({
      type: 'AgencyRegistered',
      data: { identifiers: [{ scheme, provisional: false }] },
    });
  for (const sector of ['council', 'nhs', 'department', 'voluntary', 'private', 'joint-company'])
    register(sector, 'programme').then({
      type: 'AgencyRegistered',
      data: { identifiers: [{ provisional: true }] },
    });
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
  const enrolled = eventsFor(programme)('PlaceEnrolled', {
    placeId: 'durham',
    name: 'Durham',
    kind: 'pilot',
    region: 'North East',
  });
  const lead = (...since: GivenFor<typeof programme>[]) =>
    spec(t, agency)
      .id('durham-council')
      .with(place, 'durham', {
        type: 'PlaceOpened',
        data: { programmeId: 'tp', kind: 'pilot', name: 'Durham' },
      })
      .with(programme, 'tp', enrolled, ...since)
      .as('secretariat', 'place:durham')
      .when('RegisterAgency', data('council', 'gss'));
  lead().then({ type: 'AgencyRegistered', data: { programmeId: 'tp' } });
  lead({ type: 'PlaceWithdrawn', data: { placeId: 'durham', reason: 'Leaves' } }).refuses('PLACE_WITHDRAWN');
  // Of no programme, it would be nobody's to keep.
  spec(t, agency)
    .id('orphan')
    .as('secretariat', 'place:nowhere')
    .when('RegisterAgency', data('council', 'gss'))
    .refuses('PLACE_WITHDRAWN');
  spec(t, agency)
    .as('seat-holder', 'place:durham+agency:pct')
    .when('RegisterAgency', data('council', 'gss'))
    .refuses('NOT_ALLOWED');
  council(t).when('RegisterAgency', data('council', 'gss')).refuses('RECORD_EXISTS');
  t.end();
});

test('a code belongs to one agency', (t) => {
  const data = {
    name: 'Durham',
    sector: 'council',
    type: 'body',
    identifiers: [{ scheme: 'gss', code: 'E06000047', from: '2009-04-01' }],
    startOn: '2009-04-01',
  };
  programmeOffice(t)
    .views(belongs('E06000047', 'other'))
    .when('RegisterAgency', data)
    .refuses('AGENCY_IDENTIFIER_TAKEN', /E06000047/);
  programmeOffice(t)
    .views(belongs('E06000047', 'durham-council'))
    .when('RegisterAgency', data)
    .then({ type: 'AgencyRegistered' });
  const two = {
    ...data,
    identifiers: [...data.identifiers, { scheme: 'ods', code: '5ND', from: '2009-04-01' }],
  };
  programmeOffice(t)
    .views(belongs('5ND', 'durham-council', 'other'))
    .when('RegisterAgency', two)
    .refuses('AGENCY_IDENTIFIER_TAKEN');
  t.end();
});

test('a code has its scheme’s own form, however it is typed', (t) => {
  const data = (scheme: string, code: unknown) => ({ scheme, code, from: '2013-04-01' });
  const issues = (scheme: string, code: unknown) =>
    agency.commands
      .AddIdentifier!.data.safeParse(data(scheme, code))
      .error?.issues.map((i) => [i.path.join('/'), i.message]);
  const right: [scheme: string, typed: string, stored: string][] = [
    ...Object.entries(codes).flatMap(([scheme, code]): [string, string, string][] => [
      [scheme, code, code],
      [scheme, code.toLowerCase(), code],
      [scheme, `\t${code} `, code],
    ]),
    ['gss', 's12000033', 'S12000033'],
    ['ods', 'a81001', 'A81001'],
    ['iati', 'GB-COH-01234567', 'GB-COH-01234567'],
    ['iati', 'XM-DAC-41114', 'XM-DAC-41114'],
    ['charity', 'sc012345', 'SC012345'],
    ['charity', 'nic101234', 'NIC101234'],
    ['charity', '200453-1', '200453-1'],
    ['company', 'sc123456', 'SC123456'],
    ['company', 'ip12345r', 'IP12345R'],
    ['programme', 'dwp', 'DWP'],
  ];
  for (const [scheme, typed, stored] of right)
    t.equal(
      (agency.commands.AddIdentifier!.data.parse(data(scheme, typed)) as { code: string }).code,
      stored,
      `${scheme} ${JSON.stringify(typed)}`,
    );
  const wrong: Record<string, string[]> = {
    gss: [
      'x',
      'E0600004',
      'E060000477',
      'X06000047',
      'E06 000047',
      'E0600004O',
      '\uff2506000047',
      'E06000047\u200b',
    ],
    ods: ['x', '5-ND', '5 ND', 'A'.repeat(11), '5N\u00df'],
    iati: ['1', 'GB', 'GB-GOV', 'GB-GOV-', 'GB GOV 1', 'GB-GOV-1/2', 'G-GOV-1'],
    department: ['1', 'D CLG', 'DCLG-', '-DCLG', '\u0131'],
    charity: ['12345', '12345678', 'SC01234', 'X1', '200453-'],
    company: ['1234567', '123456789', 'SC12345', '0123-4567'],
    programme: ['TP PCT', 'TP--1', '-TP', 'TP-', 'a'.repeat(41)],
  };
  for (const [scheme, all] of Object.entries(wrong))
    for (const code of all)
      t.match(issues(scheme, code), [['code', /^Enter /]], `${scheme} ${encodeURIComponent(code)}`);
  for (const scheme of Object.keys(codes))
    for (const code of ['', '  '])
      t.match(issues(scheme, code)![0], ['code', 'Enter a code'], `${scheme}: nothing`);
  t.match(issues('gss', 'x'), [['code', 'Enter an area code, like E06000047']]);
  const register = agency.commands.RegisterAgency!.data.safeParse({
    name: 'D',
    sector: 'council',
    type: 'c',
    identifiers: [data('gss', 'E06000047'), data('gss', 'x')],
    startOn: '2009-04-01',
  });
  t.same(register.error?.issues[0]!.path, ['identifiers', 1, 'code']);
  const correct = agency.commands.CorrectIdentifier!.data.safeParse({
    scheme: 'gss',
    code: 'x',
    to: { scheme: 'gss', code: 'y' },
    reason: 'A slip',
  });
  t.same(correct.error?.issues[0]!.path, ['to', 'code'], 'what is corrected may be no code at all');
  t.end();
});

test('a code that an older log holds as it was typed is the same code', (t) => {
  const registeredWith = (code: string, scheme = 'gss') =>
    registered({ identifiers: [{ scheme, code, from: '2009-04-01', provisional: scheme === 'programme' }] });
  const mend = {
    scheme: 'gss',
    code: 'E06000047',
    to: { scheme: 'gss', code: 'E06000047' },
    reason: 'As the register writes it',
  };
  for (const code of ['e06000047', 'E06000047 ', 'E06 000047']) {
    programmeOffice(t)
      .given(registeredWith(code))
      .when('AddIdentifier', { scheme: 'gss', code: 'E06000047', from: '2013-04-01' })
      .nothing();
    for (const named of [code, 'E06000047']) {
      const after = programmeOffice(t)
        .given(registeredWith(code))
        .views({ agencyReferenced: () => true })
        .when('CorrectIdentifier', { ...mend, code: named })
        .then({ type: 'AgencyIdentifierCorrected', data: { from: { code }, to: { code: 'E06000047' } } });
      t.match(
        after.state.identifiers,
        [{ code: 'E06000047' }],
        `${JSON.stringify(code)} named ${JSON.stringify(named)}`,
      );
    }
  }
  programmeOffice(t)
    .given(registeredWith('TP PCT', 'programme'))
    .when('AddIdentifier', { scheme: 'programme', code: 'TP-PCT', from: '2013-04-01' })
    .then({ type: 'AgencyIdentifierAdded' });
  for (const [scheme, a, b, same] of [
    ['company', '1234567', '01234567', true],
    ['company', '0123 4567', '01234567', true],
    ['company', 'sc123456', 'SC123456', true],
    ['ods', '5-nd', '5ND', true],
    ['iati', 'gb-gov-1', 'GB-GOV-1', true],
    ['iati', 'GB-GOV-11', 'GB-GOV-1-1', false],
    ['programme', 'TP-11', 'TP-1-1', false],
    ['charity', '200453-1', '2004531', false],
  ] as const)
    t.equal(isSameCode({ scheme, code: a }, { scheme, code: b }), same, `${scheme} ${a} ${b}`);
  t.notOk(
    isSameCode({ scheme: 'company', code: '01234567' }, { scheme: 'charity', code: '01234567' }),
    'of one scheme',
  );
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
  const seat = (agencyId: string, placeId: string) =>
    (['SeatOffered', 'SeatAccepted'] as const).map((type) =>
      eventsFor(collaborative)(type, { seatId: 'one', agencyId, account: 'head', kind: 'voting', placeId }),
    );
  const changes: [string, Record<string, unknown>, string][] = [
    ['RenameAgency', { name: 'County Durham' }, 'AgencyRenamed'],
    ['AddIdentifier', { scheme: 'gss', code: 'E06000099', from: '2009-09-01' }, 'AgencyIdentifierAdded'],
    [
      'CorrectIdentifier',
      { scheme: 'gss', code: 'E06000047', to: { scheme: 'gss', code: 'E06000048' }, reason: 'A slip' },
      'AgencyIdentifierCorrected',
    ],
    ['RecordSuccession', { successors: ['next'], succeededOn: '2009-09-01' }, 'AgencySucceeded'],
    ['RetireAgency', { retiredOn: '2009-08-31', reason: 'Abolished' }, 'AgencyRetired'],
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
        .whenAny(command, data);
    secretariat('durham').thenAny({ type });
    secretariat('kent').refuses('NOT_OF_THE_PLACE');
    // A place makes whom it likes its accountable body; a seat is accepted by the body itself.
    spec(t, agency)
      .id('durham-council')
      .given(registered())
      .with(agency, 'next', registered())
      .with(collaborative, 'durham', seat('durham-council', 'durham')[0]!)
      .with(
        place,
        'durham',
        { type: 'PlaceOpened', data: { programmeId: 'tp', kind: 'pilot', name: 'Durham' } },
        { type: 'AccountableBodyNominated', data: { agencyId: 'durham-council' } },
      )
      .as('secretariat', 'place:durham')
      .whenAny(command, data)
      .refuses('NOT_OF_THE_PLACE');
    // Agencies are one register; each is kept by the programme whose people registered it.
    const actingOn = (programmeId: string, as: string, scope: string) =>
      spec(t, agency)
        .id('durham-council')
        .given(registered({ programmeId: 'tp' }))
        .with(agency, 'next', registered())
        .with(place, 'nh-one', { type: 'PlaceOpened', data: { programmeId, kind: 'pilot', name: 'One' } })
        .with(collaborative, 'nh-one', ...seat('durham-council', 'nh-one'))
        .as(as as 'secretariat', scope)
        .whenAny(command, data);
    actingOn('nh', 'programme-office', 'programme:nh').refuses('OTHER_PROGRAMME', /tp/);
    actingOn('nh', 'secretariat', 'place:nh-one').refuses('OTHER_PROGRAMME');
    actingOn('tp', 'programme-office', 'programme:tp').thenAny({ type });
    actingOn('tp', 'secretariat', 'place:nh-one').thenAny({ type });
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
      .when('AddIdentifier', { ...next, scheme: 'programme', code: 'TP-1' })
      .then({ type: 'AgencyIdentifierAdded', data: { provisional: true } }).state.identifiers[0]!.to,
    undefined,
  );
  council(t).when('AddIdentifier', { scheme: 'gss', code: 'E06000047', from: '2010-04-01' }).nothing();
  council(t)
    .views(belongs('E06000099', 'other'))
    .when('AddIdentifier', next)
    .refuses('AGENCY_IDENTIFIER_TAKEN');
  council(t)
    .views(belongs('E06000099', 'durham-council'))
    .when('AddIdentifier', next)
    .then({ type: 'AgencyIdentifierAdded' });
  council(t, retired).when('AddIdentifier', next).refuses('WRONG_STATE');
  t.end();
});

test('a stand-in is corrected at any time, a proper code only until it is used', (t) => {
  const toProper = {
    scheme: 'programme',
    code: 'TP-PCT-01',
    to: { scheme: 'ods', code: '5ND' },
    reason: 'The proper code is known',
  };
  const used = { agencyReferenced: () => true };
  const after = programmeOffice(t)
    .given(standIn)
    .views(used)
    .when('CorrectIdentifier', toProper)
    .then({
      type: 'AgencyIdentifierCorrected',
      data: { from: { code: 'TP-PCT-01', provisional: true }, to: { code: '5ND', provisional: false } },
    });
  t.same(after.state.identifiers, [{ scheme: 'ods', code: '5ND', from: '2009-04-01', provisional: false }]);
  const mend = {
    scheme: 'gss',
    code: 'E06000047',
    to: { scheme: 'gss', code: 'E06000048' },
    reason: 'Typing error',
  };
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
  council(t)
    .views(belongs('E06000048', 'other'))
    .when('CorrectIdentifier', mend)
    .refuses('AGENCY_IDENTIFIER_TAKEN');
  council(t, retired).when('CorrectIdentifier', mend).refuses('WRONG_STATE');
  const ended = council(t, added('E06000099', '2013-04-01'))
    .when('CorrectIdentifier', mend)
    .then({ type: 'AgencyIdentifierCorrected' });
  t.match(
    ended.state.identifiers,
    [{ code: 'E06000048', to: '2013-04-01' }, { code: 'E06000099' }],
    'a code that has ended stays ended',
  );
  t.end();
});

test('succession never leads back', (t) => {
  const succeed = (successors: string[], succeededOn = '2009-06-01', given: Given[] = []) =>
    council(t, ...given)
      .with(agency, 'b', registered())
      .with(agency, 'c', registered(), succeeded('b'))
      .with(agency, 'back', registered(), succeeded('b', 'durham-council'))
      .with(agency, 'detour', registered(), succeeded('back'))
      .with(agency, 'ring-1', registered(), succeeded('ring-2'))
      .with(agency, 'ring-2', registered(), succeeded('ring-1'))
      .when('RecordSuccession', { successors, succeededOn });
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
  const retire = (retiredOn: string, ...given: Given[]) =>
    council(t, ...given).when('RetireAgency', { retiredOn, reason: 'Abolished' });
  t.match(retire('2009-08-31').then({ type: 'AgencyRetired', data: { on: '2009-08-31' } }).state, {
    status: 'retired',
    retiredOn: '2009-08-31',
  });
  retire('2009-04-01').then({ type: 'AgencyRetired' });
  retire('2009-03-31').refuses('RETIREMENT_BEFORE_START');
  retire('2009-08-31', retired).refuses('WRONG_STATE');
  t.end();
});

test('until the day after its last, an agency that will be retired is kept like any other', (t) => {
  const changes: [string, Record<string, unknown>, string][] = [
    ['RenameAgency', { name: 'County Durham' }, 'AgencyRenamed'],
    ['AddIdentifier', { scheme: 'gss', code: 'E06000099', from: '2009-09-01' }, 'AgencyIdentifierAdded'],
    [
      'CorrectIdentifier',
      { scheme: 'gss', code: 'E06000047', to: { scheme: 'gss', code: 'E06000048' }, reason: 'A slip' },
      'AgencyIdentifierCorrected',
    ],
    ['RetireAgency', { retiredOn: '2009-12-31', reason: 'Put off' }, 'AgencyRetired'],
  ];
  for (const [command, data, type] of changes) {
    const on = (day: string) => council(t, retired).at(day).whenAny(command, data);
    on('2009-08-31').thenAny({ type });
    on('2009-09-01').refuses('WRONG_STATE', /31 August 2009/);
  }
  const retire = (day: string, ...given: Given[]) =>
    council(t, ...given)
      .at('2009-08-31')
      .when('RetireAgency', { retiredOn: day, reason: 'Abolished' });
  retire('2009-08-31').needsVersion(false).then({ type: 'AgencyRetired' });
  retire('2009-08-31', retired).needsVersion(false).nothing();
  t.equal(
    retire('2009-12-31', retired).needsVersion(true).then({ type: 'AgencyRetired' }).state.retiredOn,
    '2009-12-31',
    'a retirement ahead is moved',
  );
  t.end();
});

test('codes are dated: one follows another, and a code is taken only for its own days', (t) => {
  const identifierFrom = (from: string, code = 'E06000099', ...given: Given[]) =>
    council(t, ...given).when('AddIdentifier', { scheme: 'gss', code, from });
  for (const from of ['2008-04-01', '2009-04-01'])
    identifierFrom(from).refuses('IDENTIFIER_BEFORE_PRESENT', /E06000047 holds from 1 April 2009/);
  identifierFrom('2009-04-02').then({ type: 'AgencyIdentifierAdded' });
  identifierFrom('2013-04-01', 'E06000100', added('E06000099', '2013-04-01')).refuses(
    'IDENTIFIER_BEFORE_PRESENT',
    /E06000099/,
  );
  identifierFrom('2013-04-02', 'E06000100', added('E06000099', '2013-04-01')).then({
    type: 'AgencyIdentifierAdded',
  });
  // It is asked for the days on which the code would hold.
  const asked: unknown[] = [];
  const views = { agenciesWithIdentifier: (...of: unknown[]) => (asked.push(of), []) };
  council(t)
    .views(views)
    .when('AddIdentifier', { scheme: 'gss', code: 'E06000099', from: '2013-04-01' })
    .then({ type: 'AgencyIdentifierAdded' });
  t.same(asked.at(-1), ['gss', 'E06000099', '2013-04-01', undefined]);
  const mend = {
    scheme: 'gss',
    code: 'E06000047',
    to: { scheme: 'gss', code: 'E06000048' },
    reason: 'Typing error',
  };
  council(t, added('E06000099', '2013-04-01'))
    .views(views)
    .when('CorrectIdentifier', mend)
    .then({ type: 'AgencyIdentifierCorrected' });
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
