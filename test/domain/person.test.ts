import { test } from 'tap';
import { collaborative } from '../../src/domain/collaborative/index.js';
import { person } from '../../src/domain/person/index.js';
import { personId } from '../../src/domain/person/state.js';
import { place } from '../../src/domain/place/index.js';
import { Id } from '../../src/domain/shared/values.js';
import { doesReplace } from '../../src/domain/kernel/command.js';
import { coverage, disclosure, eventsFor, load, metaOf, spec, type GivenFor, named } from './spec.js';

type Given = GivenFor<typeof person>;
const happened = eventsFor(person);

const programmeOffice = { account: 'office', role: 'programme-office' } as const;
const registered = happened('PersonRegistered', {
  accountId: 'anna',
  name: 'Anna Gill',
  officeHolder: false,
});

test('a name is registered once for an account in a programme', (t) => {
  const data = { programmeId: 'tp', account: 'anna', name: 'Anna Gill' };
  const office = () => spec(t, person).id('anna').as('programme-office', 'programme:tp');
  const { state, access } = office()
    .when('RegisterPerson', data)
    .then({
      type: 'PersonRegistered',
      data: { programmeId: 'tp', accountId: 'anna', name: 'Anna Gill', officeHolder: false },
    });
  t.match(state, {
    status: 'registered',
    programmeId: 'tp',
    accountId: 'anna',
    name: 'Anna Gill',
    officeHolder: false,
  });
  t.notOk('post' in state);
  t.equal(access.tier, 'programme', 'other people’s names are not public');
  const minister = office()
    .when('RegisterPerson', { ...data, post: 'Minister', officeHolder: true })
    .then({ type: 'PersonRegistered', data: { post: 'Minister' } });
  t.equal(minister.access.tier, 'public', 'an office holder is');
  spec(t, person)
    .id('anna')
    .as('programme-office', 'programme:nh')
    .when('RegisterPerson', data)
    .refuses('NOT_ALLOWED');
  spec(t, person)
    .id('anna')
    .as('seat-holder', 'place:durham+agency:pct')
    .when('RegisterPerson', data)
    .refuses('NOT_ALLOWED');
  office().given(registered).when('RegisterPerson', data).refuses('RECORD_EXISTS');
  t.notOk(
    person.commands.RegisterPerson!.data.safeParse({ ...data, account: 'anna@example.org' }).success,
    'no e-mail address is an account id',
  );
  t.notOk(person.commands.RegisterPerson!.data.safeParse({ ...data, name: '  ' }).success);
  t.end();
});

test('the record’s id follows from the account id', (t) => {
  t.equal(
    person.commands.RegisterPerson.id!({
      programmeId: 'tp',
      account: 'chris-wormald',
      name: 'A',
      officeHolder: false,
    }),
    'tp.chris-wormald',
  );
  const accounts = [
    'a',
    'A',
    'post.chief-durham',
    'Post.Chief|Durham',
    'post.chief|durham',
    'A:b_c|D-e.f',
    'Z'.repeat(100),
    'z'.repeat(100),
    personId('A'),
  ];
  const ids = [undefined, 'tp', 'a', 'a.', 'a.a', 'a..a', 'post', 'p'.repeat(100)].flatMap((programmeId) =>
    accounts.map((accountId) => personId(accountId, programmeId)),
  );
  for (const id of ids) t.ok(Id.safeParse(id).success, id);
  t.equal(
    new Set(ids).size,
    ids.length,
    'two accounts are two people, however alike they are written, and one is called in each programme what that one says',
  );
  t.end();
});

test('a name is corrected', (t) => {
  const anna = (name: string, ...given: Given[]) =>
    spec(t, person)
      .id('anna')
      .given(...given)
      .as('programme-office', 'programme:tp')
      .when('RenamePerson', { name });
  const { state } = anna('Anna Hill', registered).then({
    type: 'PersonRenamed',
    data: { from: 'Anna Gill', to: 'Anna Hill' },
  });
  t.equal(person.title(state, named('anna')), 'Anna Hill');
  anna('Anna Gill', registered).nothing();
  anna('Anna Hill').refuses('WRONG_STATE');
  t.end();
});

test('a post changes, ends, and is told as it was and is', (t) => {
  const state = (...given: Given[]) => load(person, 'anna', [registered, ...given]).state;
  const appointed = happened('PersonPostChanged', { to: 'Director of Housing' });
  const moved = happened('PersonPostChanged', { from: 'Director of Housing', to: 'Chief Executive' });
  const left = happened('PersonPostChanged', { from: 'Chief Executive' });
  t.equal(state(appointed).post, 'Director of Housing');
  t.equal(state(appointed, moved).post, 'Chief Executive');
  t.notOk('post' in state(appointed, moved, left), 'who holds none has none');
  const { describe: says, sets } = person.events.PersonPostChanged!;
  t.strictSame(
    [appointed, moved, left].map(({ data }) =>
      says(data, metaOf(person, 'anna', 'PersonPostChanged', 2, '2009-09-01T09:00:00.000Z', programmeOffice)),
    ),
    [
      'recorded the post Director of Housing',
      'changed the post from Director of Housing to Chief Executive',
      'recorded the end of the post Chief Executive',
    ],
  );
  const meta = metaOf(person, 'anna', 'PersonPostChanged', 2, '2009-09-01T09:00:00.000Z', programmeOffice);
  t.match(sets!(moved.data, meta), [{ key: 'post', value: 'Chief Executive' }]);
  t.match(sets!(left.data, meta), [{ key: 'post', value: 'none' }]);
  t.end();
});

test('a post is changed or ended by a command, which says which one it replaces', (t) => {
  const director = happened('PersonRegistered', {
    accountId: 'anna',
    name: 'Anna Gill',
    post: 'Director of Housing',
    officeHolder: false,
  });
  const anna = (data: { post?: string }, ...given: Given[]) =>
    spec(t, person)
      .id('anna')
      .given(...given)
      .as('programme-office', 'programme:tp')
      .when('ChangePost', data);
  const first = anna({ post: 'Director of Housing' }, registered).then({
    type: 'PersonPostChanged',
    data: { from: undefined, to: 'Director of Housing' },
  });
  t.equal(first.state.post, 'Director of Housing');
  const next = anna({ post: 'Chief Executive' }, director).then({
    type: 'PersonPostChanged',
    data: { from: 'Director of Housing', to: 'Chief Executive' },
  });
  t.equal(next.state.post, 'Chief Executive');
  t.equal(next.state.name, 'Anna Gill', 'the name stays');
  const left = anna({}, director).then({
    type: 'PersonPostChanged',
    data: { from: 'Director of Housing', to: undefined },
  });
  t.notOk('post' in left.state);
  anna({ post: 'Director of Housing' }, director).nothing();
  anna({}, registered).nothing();
  anna({ post: 'Chief Executive' }).refuses('WRONG_STATE');
  const replaces = (post: string | undefined, ...given: Given[]) =>
    doesReplace(person.commands.ChangePost, load(person, 'anna', given).state, { post }, programmeOffice);
  t.notOk(replaces('Chief Executive', registered), 'the first post replaces none');
  t.notOk(replaces('Director of Housing', director), 'nor the same again');
  t.ok(replaces('Chief Executive', director));
  t.ok(replaces(undefined, director), 'that it ends replaces it too');
  t.notOk(person.commands.ChangePost.data.safeParse({ post: '  ' }).success);
  t.end();
});

test('a secretariat registers and corrects the names and posts of those at its own place’s table only', (t) => {
  const held = { seatId: 'one', agencyId: 'council', account: 'anna', kind: 'voting', placeId: 'durham' };
  const established = eventsFor(collaborative)('CollaborativeEstablished', {
    placeId: 'durham',
    programmeId: 'tp',
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
  });
  const happenedThere = eventsFor(collaborative);
  const seat = (type: 'SeatOffered' | 'SeatAccepted', kind = 'voting') =>
    happenedThere(type, { ...held, kind });
  const opened = eventsFor(place)('PlaceOpened', { programmeId: 'tp', kind: 'pilot', name: 'Durham' });
  const champion = eventsFor(place)('ChampionAssigned', { accountId: 'anna', from: '2009-06-15' });
  const kent = eventsFor(place)('PlaceOpened', { programmeId: 'tp', kind: 'pilot', name: 'Kent' });
  const asked = (
    command: string,
    data: Record<string, unknown>,
    given: Given[],
    at: string,
    table: GivenFor<typeof collaborative>[],
    profile: GivenFor<typeof place>[],
  ) =>
    spec(t, person)
      .id('anna')
      .given(...given)
      .with(collaborative, 'durham', established, ...table)
      .with(place, 'durham', opened, ...profile)
      .with(place, 'kent', kent)
      .as('secretariat', `place:${at}`)
      .whenAny(command, data);
  const anna = (
    at: string,
    table: GivenFor<typeof collaborative>[],
    profile: GivenFor<typeof place>[] = [],
  ) => {
    const registers = asked(
      'RegisterPerson',
      { programmeId: 'tp', account: 'anna', name: 'Anna Gill' },
      [],
      at,
      table,
      profile,
    );
    const corrects = asked('RenamePerson', { name: 'Anna Hill' }, [registered], at, table, profile);
    const moves = asked('ChangePost', { post: 'Chief Executive' }, [registered], at, table, profile);
    return {
      may: () => [
        registers.then({ type: 'PersonRegistered' }),
        corrects.then({ type: 'PersonRenamed' }),
        moves.then({ type: 'PersonPostChanged' }),
      ],
      mayNot: (says?: RegExp) =>
        [registers, corrects, moves].forEach((x) => x.refuses('NOT_OF_THE_PLACE', says)),
    };
  };
  const offered = seat('SeatOffered');
  const delegate = happenedThere('DelegateNominated', {
    agencyId: 'council',
    from: 'chief',
    to: 'anna',
    startOn: '2009-09-01',
    endOn: '2009-09-30',
  });
  for (const table of [
    [offered, seat('SeatAccepted')],
    [offered, seat('SeatAccepted'), happenedThere('SeatSuspended', { ...held, reason: 'On leave' })],
    [delegate],
  ]) {
    anna('durham', table).may();
    anna('kent', table).mayNot(/programme office/);
  }
  // Whom a secretariat names by its own word is anybody it likes.
  for (const table of [[offered], [happenedThere('SecretaryAppointed', { account: 'anna' })]])
    anna('durham', table).mayNot();
  anna('durham', [], [{ type: 'LeadContactNominated', data: { accountId: 'anna' } }]).mayNot();
  anna('durham', []).mayNot();
  anna('durham', [offered, happenedThere('SeatVacated', { ...held, reason: 'Retires' })]).mayNot();
  anna('durham', [], [champion]).mayNot(/champion/);
  anna('durham', [seat('SeatOffered', 'observer')], [champion]).mayNot();
  t.end();
});

test('a name and a post are their programme’s to correct', (t) => {
  const office = (programme: string) =>
    spec(t, person).id('anna').as('programme-office', `programme:${programme}`);
  const data = { accountId: 'anna', name: 'Anna Gill', officeHolder: false };
  office('tp')
    .when('RegisterPerson', { programmeId: 'tp', account: 'anna', name: 'Anna Gill' })
    .then({ type: 'PersonRegistered', data: { programmeId: 'tp' } });
  const theirs = happened('PersonRegistered', { ...data, programmeId: 'tp' });
  office('tp').given(theirs).when('RenamePerson', { name: 'Anna Hill' }).then({ type: 'PersonRenamed' });
  office('nh').given(theirs).when('RenamePerson', { name: 'Mallory' }).refuses('OTHER_PROGRAMME', /tp/);
  office('tp')
    .given(theirs)
    .when('ChangePost', { post: 'Chief Executive' })
    .then({ type: 'PersonPostChanged' });
  office('nh').given(theirs).when('ChangePost', { post: 'Caretaker' }).refuses('OTHER_PROGRAMME', /tp/);
  // What older logs hold, every office mends.
  office('nh').given(registered).when('RenamePerson', { name: 'Anna Hill' }).then({ type: 'PersonRenamed' });
  t.end();
});

test('the programme office opens a name to everybody', async (t) => {
  disclosure(t, person, [registered], {
    owner: ['programme-office', 'programme:tp'],
    not: ['official', 'agency:clg'],
  });
});

test('every command and refusal has been shown', async (t) => coverage(t, person));
