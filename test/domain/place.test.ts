import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { nameOf } from '../../src/domain/kernel/naming.js';
import type { NewEvent } from '../../src/domain/kernel/types.js';
import { held } from '../../src/domain/kernel/parts.js';
import { place } from '../../src/domain/place/index.js';
import { coverage, eventsFor, metaOf, spec, type GivenFor, type MoreFor, named } from './spec.js';
import { aggregateNamed } from '../../src/domain/registry.js';

type Given = GivenFor<typeof place>;
type More<K extends keyof (typeof place)['events']> = MoreFor<typeof place, K>;
const happened = eventsFor(place);

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'programme' | 'collaborative' | 'agency' | 'commitment') => {
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

const opened = (kind = 'pilot') => happened('PlaceOpened', { programmeId: 'tp', kind, name: 'Durham' });
const body = happened('AccountableBodyNominated', { agencyId: 'council' });
const lead = happened('LeadContactNominated', { accountId: 'lead' });
const champion = happened('ChampionAssigned', { accountId: 'champion', from: '2009-06-15' });
const championEnded = happened('ChampionEnded', {
  accountId: 'champion',
  reason: 'Moves',
  programmeId: 'tp',
  kind: 'pilot',
});
const proposed = (themeId = 'housing', more: More<'ThemeProposed'> = {}) =>
  happened('ThemeProposed', { themeId, title: 'Housing', policyThemeIds: [], ...more });
const confirmed = happened('ThemeConfirmed', { themeId: 'housing', title: 'Housing' });
const dropped = happened('ThemeDropped', { themeId: 'housing', title: 'Housing', reason: 'Merged' });
const activated = happened('PlaceActivated');
const closedOut = happened('PlaceClosedOut', {
  handover: 'The partnership goes on',
  lessonIds: [],
  commitments: [],
});

interface World {
  kind?: string;
  status?: string;
  areas?: object[];
  collaborative?: string | undefined;
  enrolled?: boolean;
}
/** Durham as its programme has it, with a collaborative whose chair is `chair-1`. */
const world = (t: Test, circumstances: World = {}) => {
  const scene = spec(t, place)
    .id('durham')
    .with(
      standing('programme'),
      'tp',
      stood({
        places:
          circumstances.enrolled === false
            ? {}
            : {
                durham: {
                  name: 'Durham',
                  kind: circumstances.kind ?? 'pilot',
                  status: circumstances.status ?? 'enrolled',
                  areas: circumstances.areas ?? [{ code: 'E06000047', from: '2009-06-01' }],
                },
              },
        policyThemes: {
          drugs: { title: 'Drugs', status: 'active' },
          old: { title: 'Old', status: 'retired' },
        },
      }),
    )
    .with(standing('agency'), 'council', stood({ status: 'registered' }))
    .with(standing('agency'), 'cabinet-office', stood({ status: 'registered', sector: 'department' }))
    .with(standing('agency'), 'former', stood({ status: 'retired', retiredOn: '2009-03-31' }));
  if ('collaborative' in circumstances && !circumstances.collaborative) return scene;
  const seat = { seatId: 's1', agencyId: 'council', account: 'chair-1', kind: 'voting', status: 'accepted' };
  return scene.with(
    standing('collaborative'),
    'durham',
    stood({
      status: circumstances.collaborative ?? 'active',
      chair: 's1',
      seats: { s1: seat },
      delegations: [],
    }),
  );
};
const durham = (t: Test, circumstances: World = {}, ...given: Given[]) =>
  world(t, circumstances)
    .given(opened(circumstances.kind), ...given)
    .as('secretariat', 'place:durham');
const programmeOffice = (t: Test, circumstances: World = {}, ...given: Given[]) =>
  durham(t, circumstances, ...given).as('programme-office', 'programme:tp');
const chair = (t: Test, circumstances: World = {}, ...given: Given[]) =>
  durham(t, circumstances, ...given).as('chair', 'place:durham+agency:council');

test('a place is opened from its programme', (t) => {
  const open = (circumstances: World = {}) =>
    world(t, circumstances).as('system').when('OpenPlace', { programmeId: 'tp' });
  const { state, access } = open().then({
    type: 'PlaceOpened',
    data: { programmeId: 'tp', kind: 'pilot', name: 'Durham' },
  });
  t.match(state, { status: 'opened', programmeId: 'tp', themes: {} });
  t.match(access, { tier: 'public', programmeId: 'tp', placeId: 'durham' });
  open({ kind: 'parallel' }).then({ type: 'PlaceOpened', data: { kind: 'parallel' } });
  open({ enrolled: false }).refuses('PLACE_WITHDRAWN');
  open({ status: 'withdrawn' }).refuses('PLACE_WITHDRAWN');
  durham(t).as('system').when('OpenPlace', { programmeId: 'tp' }).nothing();
  // Two programmes enrolled it at once: the place's own stream has whose it is.
  durham(t)
    .with(
      standing('programme'),
      'nh',
      stood({ places: { durham: { name: 'Durham', kind: 'pilot', status: 'enrolled' } } }),
    )
    .as('system')
    .when('OpenPlace', { programmeId: 'nh' })
    .refuses('PLACE_ID_TAKEN', /tp/);
  world(t)
    .as('programme-office', 'programme:tp')
    .when('OpenPlace', { programmeId: 'tp' })
    .refuses('NOT_ALLOWED');
  t.end();
});

test('nothing new is recorded for a withdrawn place', (t) => {
  const data: Record<string, Record<string, unknown>> = {
    RecordPopulation: { value: 1, referenceOn: '2008-06-30', source: 'ONS' },
    NominateAccountableBody: { agencyId: 'council' },
    NominateLeadContact: { account: 'lead' },
    AssignChampion: { account: 'champion', from: '2009-06-15' },
    EndChampion: { reason: 'Moves' },
    ProposeTheme: { themeId: 'health', title: 'Health' },
    ConfirmTheme: { themeId: 'housing' },
    RenameTheme: { themeId: 'housing', title: 'Homes' },
    DropTheme: { themeId: 'housing', reason: 'Merged' },
    ActivatePlace: {},
    CloseOut: { handover: 'On', lessonIds: [], commitments: [] },
  };
  for (const [command, d] of Object.entries(data)) {
    const given = [proposed(), ...(command === 'CloseOut' ? [activated] : [])];
    const by = command === 'DropTheme' ? durham : programmeOffice;
    by(t, { status: 'withdrawn' }, ...given)
      .whenAny(command, d)
      .refuses('PLACE_WITHDRAWN', /withdrawn/);
    by(t, { enrolled: false }, ...given)
      .whenAny(command, d)
      .refuses('PLACE_WITHDRAWN', /not enrolled/);
  }
  t.end();
});

test('the profile: population, accountable body, lead contact', (t) => {
  const people = (data: object = {}, ...given: Given[]) =>
    durham(t, {}, ...given).when('RecordPopulation', {
      value: 508500,
      referenceOn: '2008-06-30',
      source: 'ONS mid-2008',
      ...data,
    });
  t.match(people().then({ type: 'PopulationRecorded', data: { value: 508500 } }).state.population, {
    value: 508500,
    referenceOn: '2008-06-30',
  });
  people({ referenceOn: '2009-09-01' }).then({ type: 'PopulationRecorded' });
  people({ referenceOn: '2009-09-02' }).refuses('REFERENCE_DATE_IN_FUTURE');
  people({}, activated, closedOut).refuses('WRONG_STATE');
  for (const value of [0, -1, 1.5])
    t.notOk(
      place.commands.RecordPopulation!.data.safeParse({ value, referenceOn: '2008-06-30', source: 'ONS' })
        .success,
    );

  const nominate = (agencyId: string, ...given: Given[]) =>
    durham(t, {}, ...given).when('NominateAccountableBody', { agencyId });
  t.equal(
    nominate('council').then({ type: 'AccountableBodyNominated', data: { agencyId: 'council' } }).state
      .accountableBodyId,
    'council',
  );
  nominate('council', body).nothing();
  nominate('never').refuses('AGENCY_UNKNOWN');
  nominate('former').refuses('AGENCY_RETIRED');

  t.equal(
    durham(t)
      .when('NominateLeadContact', { account: 'lead' })
      .then({ type: 'LeadContactNominated', data: { accountId: 'lead' } }).state.leadContact,
    'lead',
  );
  durham(t, {}, lead).when('NominateLeadContact', { account: 'lead' }).nothing();
  durham(t, {}, lead)
    .when('NominateLeadContact', { account: 'another' })
    .then({ type: 'LeadContactNominated' });
  t.notOk(
    place.commands.NominateLeadContact!.data.safeParse({ account: 'lead@example.org' }).success,
    'an account is no e-mail address',
  );
  t.end();
});

test('one champion at a time', (t) => {
  const assign = { account: 'champion', departmentId: 'cabinet-office', from: '2009-06-15' };
  const assigned = { accountId: 'champion', departmentId: 'cabinet-office', from: '2009-06-15' };
  t.same(
    programmeOffice(t).when('AssignChampion', assign).then({ type: 'ChampionAssigned', data: assigned }).state
      .champion,
    assigned,
  );
  programmeOffice(t, {}, champion).when('AssignChampion', assign).refuses('CHAMPION_EXISTS');
  programmeOffice(t, {}, champion, championEnded)
    .when('AssignChampion', { account: 'another', from: '2009-09-01' })
    .then({ type: 'ChampionAssigned' });
  durham(t).when('AssignChampion', assign).refuses('NOT_ALLOWED');
  for (const departmentId of ['never', 'council'])
    programmeOffice(t)
      .when('AssignChampion', { ...assign, departmentId })
      .refuses('NOT_A_DEPARTMENT');
  programmeOffice(t)
    .when('AssignChampion', { ...assign, account: 'chair-1' })
    .refuses('SOD_CONFLICT', /does not vote/);
  const delegated = (endOn: string) =>
    programmeOffice(t)
      .with(
        standing('collaborative'),
        'durham',
        stood({
          status: 'active',
          seats: {},
          delegations: [{ from: 'chief', to: 'champion', agencyId: 'council', startOn: '2009-08-01', endOn }],
        }),
      )
      .when('AssignChampion', assign);
  delegated('2009-09-01').refuses('SOD_CONFLICT', /delegation/);
  delegated('2009-08-31').then({ type: 'ChampionAssigned' });

  t.equal(
    programmeOffice(t, {}, champion)
      .when('EndChampion', { reason: 'Moves' })
      .then({
        type: 'ChampionEnded',
        data: { accountId: 'champion', reason: 'Moves', programmeId: 'tp', kind: 'pilot' },
      }).state.champion,
    undefined,
  );
  programmeOffice(t, { kind: 'parallel' }, champion)
    .when('EndChampion', { reason: 'Moves' })
    .then({ type: 'ChampionEnded', data: { kind: 'parallel' } });
  programmeOffice(t).when('EndChampion', { reason: 'Moves' }).nothing();
  t.end();
});

test('a pilot without a champion is the programme office’s to mend within ten working days', (t) => {
  const due = (e: NewEvent) =>
    aggregateNamed(place.name).events[e.type]!.due?.(
      e.data,
      metaOf(place, 'durham', e.type, 1, '2009-06-01T09:00:00.000Z', { account: 'a', role: 'system' }),
    );
  const owed = {
    open: 'champion',
    key: 'champion',
    deed: `Assign a champion to ${nameOf.place('durham')}`,
    workingDays: 10,
    place: 'durham',
    owedBy: [{ kind: 'programme-office', id: 'tp' }],
  };
  t.same(due(opened()), [owed]);
  t.same(due(opened('parallel')), []);
  t.same(due(champion), [{ close: 'champion' }]);
  t.same(due(championEnded), [owed]);
  t.same(due({ ...championEnded, data: { ...championEnded.data, kind: 'parallel' } }), []);
  // A place that becomes a pilot is owed one, and no longer when it is a pilot no more.
  const noted = (kind: string, hasChampion: boolean) =>
    happened('PlaceKindNoted', { programmeId: 'tp', kind, hasChampion });
  t.same(due(noted('pilot', false)), [owed]);
  t.same(due(noted('pilot', true)), []);
  t.same(due(noted('parallel', false)), [{ close: 'champion' }]);
  let programmeId = 'tp';
  const note = (kind: string, ...given: Given[]) =>
    durham(t, { kind: 'pilot' }, ...given)
      .as('system')
      .when('NoteKind', { programmeId, kind });
  note('pilot').then({
    type: 'PlaceKindNoted',
    data: { programmeId: 'tp', kind: 'pilot', hasChampion: false },
  });
  note('pilot', champion).then({ type: 'PlaceKindNoted', data: { hasChampion: true } });
  // It has changed again since.
  note('parallel').nothing();
  durham(t, { status: 'withdrawn' })
    .as('system')
    .when('NoteKind', { programmeId, kind: 'pilot' })
    .refuses('PLACE_WITHDRAWN');
  // What another programme says of the place is nothing to it.
  programmeId = 'nh';
  note('pilot').nothing();
  t.end();
});

test('themes are proposed, renamed and dropped by the secretariat', (t) => {
  const propose = (data: object = {}, ...given: Given[]) =>
    durham(t, {}, ...given).when('ProposeTheme', { themeId: 'housing', title: 'Housing', ...data });
  t.match(
    propose().then({ type: 'ThemeProposed', data: { themeId: 'housing', policyThemeIds: [] } }).state.themes,
    { housing: { title: 'Housing', status: 'proposed' } },
  );
  const full = {
    rationale: 'Cold homes',
    exclusions: 'Not hostels',
    parentThemeId: 'housing',
    policyThemeIds: ['drugs'],
  };
  propose({ themeId: 'heating', ...full }, proposed()).then({ type: 'ThemeProposed', data: full });
  propose({}, proposed()).refuses('THEME_EXISTS');
  propose({}, proposed(), dropped).refuses('THEME_EXISTS');
  propose({ parentThemeId: 'never' }).refuses('THEME_UNKNOWN');
  propose({ themeId: 'heating', parentThemeId: 'housing' }, proposed(), dropped).refuses('THEME_UNKNOWN');
  propose({ policyThemeIds: ['never'] }).refuses('THEME_UNKNOWN');
  propose({ policyThemeIds: ['drugs', 'old'] }).refuses('THEME_UNKNOWN');

  const rename = (title: string, ...given: Given[]) =>
    durham(t, {}, ...given).when('RenameTheme', { themeId: 'housing', title });
  t.equal(
    held(
      rename('Homes', proposed()).then({ type: 'ThemeRenamed', data: { from: 'Housing', to: 'Homes' } }).state
        .themes,
      'housing',
    ).title,
    'Homes',
  );
  rename('Housing', proposed()).nothing();
  rename('Homes').refuses('THEME_UNKNOWN');
  rename('Homes', proposed(), dropped).refuses('THEME_UNKNOWN');

  const drop = (...given: Given[]) =>
    durham(t, {}, ...given).when('DropTheme', { themeId: 'housing', reason: 'Merged' });
  t.equal(
    held(
      drop(proposed(), confirmed).then({ type: 'ThemeDropped', data: { title: 'Housing', reason: 'Merged' } })
        .state.themes,
      'housing',
    ).status,
    'dropped',
  );
  drop(proposed(), dropped).nothing();
  drop().refuses('THEME_UNKNOWN');
  const live = (...themes: (string | null)[]) =>
    durham(t, {}, proposed(), confirmed)
      .views({ liveCommitments: () => themes.map((themeId, n) => ({ id: `c-${n}`, themeId })) })
      .when('DropTheme', { themeId: 'housing', reason: 'Merged' });
  live('other', null).then({ type: 'ThemeDropped' });
  live('other', 'housing').refuses('THEME_IN_USE', /c-1/);
  // The answer tells whether there are promises of a theme, which may be open to the place's members alone.
  programmeOffice(t, {}, proposed(), confirmed)
    .when('DropTheme', { themeId: 'housing', reason: 'Merged' })
    .refuses('NOT_ALLOWED');
  t.end();
});

test('the chair confirms themes', (t) => {
  const confirm = { themeId: 'housing' };
  t.equal(
    held(
      chair(t, {}, proposed())
        .when('ConfirmTheme', confirm)
        .then({ type: 'ThemeConfirmed', data: { title: 'Housing' } }).state.themes,
      'housing',
    ).status,
    'confirmed',
  );
  chair(t, {}, proposed(), confirmed).when('ConfirmTheme', confirm).nothing();
  chair(t).when('ConfirmTheme', confirm).refuses('THEME_UNKNOWN');
  chair(t, {}, proposed(), dropped).when('ConfirmTheme', confirm).refuses('THEME_UNKNOWN');
  chair(t, {}, proposed())
    .as('chair', 'place:durham+agency:council', 'another')
    .when('ConfirmTheme', confirm)
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t, {}, proposed()).when('ConfirmTheme', confirm).refuses('ONLY_THE_CHAIR_CONFIRMS');
  programmeOffice(t, {}, proposed()).when('ConfirmTheme', confirm).refuses('ONLY_THE_CHAIR_CONFIRMS');
  // Who proposed a theme as the secretariat, or named it, does not confirm it as the chair.
  const as = <E>(account: string, event: E) => ({ event, by: { account, role: 'secretariat' as const } });
  const renamed = happened('ThemeRenamed', { themeId: 'housing', from: 'Housing', to: 'Homes' });
  for (const given of [
    [as('chair-1', proposed())],
    [proposed(), as('chair-1', renamed)],
  ] satisfies Given[][]) {
    chair(t, {}, ...given)
      .when('ConfirmTheme', confirm)
      .refuses('SOD_CONFLICT');
  }
  durham(t, { kind: 'parallel', collaborative: undefined }, as('secretariat-1', proposed()))
    .when('ConfirmTheme', confirm)
    .then({ type: 'ThemeConfirmed' });
  // A pilot waits for its collaborative; a parallel place may have none.
  durham(t, { collaborative: undefined }, proposed())
    .when('ConfirmTheme', confirm)
    .refuses('ONLY_THE_CHAIR_CONFIRMS');
  durham(t, { kind: 'parallel' }, proposed())
    .when('ConfirmTheme', confirm)
    .refuses('ONLY_THE_CHAIR_CONFIRMS');
  for (const who of [durham, programmeOffice])
    who(t, { kind: 'parallel', collaborative: undefined }, proposed())
      .when('ConfirmTheme', confirm)
      .then({ type: 'ThemeConfirmed' });
  t.end();
});

test('a pilot is activated when nothing is missing', (t) => {
  const all = [body, champion, proposed(), confirmed];
  const without = (e: NewEvent) => all.filter((x) => x !== e);
  t.equal(
    chair(t, {}, ...all)
      .when('ActivatePlace')
      .then({ type: 'PlaceActivated' }).state.status,
    'active',
  );
  chair(t, { areas: [] }, ...all)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /needs an area\./);
  chair(t, { areas: [{ code: 'E06000047', from: '2009-06-01', to: '2009-08-31' }] }, ...all)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /an area/);
  chair(t, { areas: [{ code: 'E06000047', from: '2009-09-02' }] }, ...all)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /an area/);
  chair(t, { areas: [{ code: 'E06000047', from: '2009-09-01', to: '2009-09-01' }] }, ...all)
    .when('ActivatePlace')
    .then({ type: 'PlaceActivated' });
  chair(t, {}, ...without(body))
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /an accountable body/);
  chair(t, { collaborative: 'forming' }, ...all)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /an active collaborative/);
  chair(t, {}, ...without(champion))
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /a champion/);
  chair(t, {}, ...all, championEnded)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /a champion/);
  chair(t, {}, ...without(confirmed))
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /a confirmed theme/);
  chair(t, {}, ...all, dropped)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /a confirmed theme/);
  chair(t, { areas: [], collaborative: 'forming' })
    .when('ActivatePlace')
    .refuses(
      'PLACE_NOT_READY',
      /an area, an accountable body, an active collaborative, a champion, a confirmed theme/,
    );
  chair(t, {}, ...all)
    .as('chair', 'place:durham+agency:council', 'another')
    .when('ActivatePlace')
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t, {}, ...all)
    .when('ActivatePlace')
    .refuses('ONLY_THE_CHAIR_CONFIRMS');
  chair(t, {}, ...all, activated)
    .when('ActivatePlace')
    .refuses('WRONG_STATE');
  t.end();
});

test('a parallel place needs an area and somebody to sign', (t) => {
  const alone: World = { kind: 'parallel', collaborative: undefined };
  for (const who of [durham, programmeOffice])
    who(t, alone, lead).when('ActivatePlace').then({ type: 'PlaceActivated' });
  chair(t, { kind: 'parallel' }, lead).when('ActivatePlace').then({ type: 'PlaceActivated' });
  durham(t, alone)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /a lead contact/);
  durham(t, { ...alone, areas: [] }, lead)
    .when('ActivatePlace')
    .refuses('PLACE_NOT_READY', /an area/);
  durham(t, { kind: 'parallel' }, lead).when('ActivatePlace').refuses('ONLY_THE_CHAIR_CONFIRMS');
  t.end();
});

test('the chair closes a place out once active', (t) => {
  const close = { handover: 'The partnership goes on', lessonIds: ['lesson-1'], commitments: [] };
  const { state } = chair(t, {}, activated)
    .when('CloseOut', close)
    .then({ type: 'PlaceClosedOut', data: close });
  t.equal(state.status, 'closed');
  t.equal(place.title(state, named('durham')), 'durham');
  chair(t).when('CloseOut', close).refuses('WRONG_STATE');
  const promise = (placeId: string) => stood({ access: { tier: 'members', placeId, programmeId: 'tp' } });
  const closing = (commitments: string[], live = ['one', 'two']) =>
    chair(t, {}, activated)
      .with(standing('commitment'), 'one', promise('durham'))
      .with(standing('commitment'), 'two', promise('durham'))
      .with(standing('commitment'), 'theirs', promise('kent'))
      .views({ liveCommitments: () => live.map((id) => ({ id, themeId: null })) })
      .when('CloseOut', { ...close, commitments });
  closing(['one'], ['one', 'two', 'theirs']).refuses(
    'OPEN_COMMITMENTS',
    /two, some that are not open to you/,
  );
  closing(['one', 'two', 'done']).refuses('COMMITMENT_UNKNOWN', /done/);
  closing(['one', 'theirs'], ['one', 'theirs']).refuses('COMMITMENT_UNKNOWN', /theirs/);
  closing(['one', 'never']).refuses('COMMITMENT_UNKNOWN', /never/);
  closing(['one', 'two']).then({ type: 'PlaceClosedOut', data: { commitments: ['one', 'two'] } });
  durham(t, {}, activated, closedOut)
    .when('ProposeTheme', { themeId: 'late', title: 'Late' })
    .refuses('WRONG_STATE');

  for (const who of [durham, programmeOffice])
    for (const kind of ['pilot', 'parallel'])
      who(t, { kind }, activated).when('CloseOut', close).refuses('ONLY_THE_CHAIR_CONFIRMS', /chair/);
  for (const who of [durham, programmeOffice])
    who(t, { collaborative: undefined }, activated)
      .when('CloseOut', close)
      .refuses('ONLY_THE_CHAIR_CONFIRMS');
  for (const who of [durham, programmeOffice])
    who(t, { kind: 'parallel', collaborative: undefined }, activated)
      .when('CloseOut', close)
      .then({ type: 'PlaceClosedOut', data: close });
  chair(t, { kind: 'parallel' }, activated).when('CloseOut', close).then({ type: 'PlaceClosedOut' });
  chair(t, {}, activated)
    .as('chair', 'place:durham+agency:council', 'another')
    .when('CloseOut', close)
    .refuses('NOT_A_SEAT_HOLDER');
  t.end();
});

test('every command and refusal has been shown', async (t) => coverage(t, place));
