import { test } from 'tap';
import type { NewEvent } from '../../src/domain/core.js';
import { person, personId } from '../../src/domain/person.js';
import { Id } from '../../src/domain/values.js';
import { coverage, disclosure, spec } from './spec.js';

const registered: NewEvent = { type: 'PersonRegistered', data: { accountId: 'anna', name: 'Anna Gill', officeHolder: false } };

test('a name is registered once for an account', (t) => {
  const data = { accountId: 'anna', name: 'Anna Gill' };
  const office = () => spec(t, person).id('anna').as('programme-office', 'programme:tp');
  const { state, access } = office()
    .when('RegisterPerson', data)
    .then({ type: 'PersonRegistered', data: { ...data, officeHolder: false } });
  t.match(state, { status: 'registered', accountId: 'anna', name: 'Anna Gill', officeHolder: false });
  t.notOk('post' in state);
  t.equal(access.tier, 'programme', 'other people’s names are not public');
  const minister = office()
    .when('RegisterPerson', { ...data, post: 'Minister', officeHolder: true })
    .then({ type: 'PersonRegistered', data: { post: 'Minister' } });
  t.equal(minister.access.tier, 'public', 'an office holder is');
  spec(t, person).id('anna').as('secretariat', 'place:durham').when('RegisterPerson', data).then({ type: 'PersonRegistered' });
  spec(t, person).id('anna').as('seat-holder', 'place:durham+agency:pct').when('RegisterPerson', data).refuses('NOT_ALLOWED');
  office().given(registered).when('RegisterPerson', data).refuses('RECORD_EXISTS');
  t.notOk(person.commands.RegisterPerson!.data.safeParse({ ...data, accountId: 'anna@example.org' }).success, 'no e-mail address is an account id');
  t.notOk(person.commands.RegisterPerson!.data.safeParse({ ...data, name: '  ' }).success);
  t.end();
});

test('the record’s id follows from the account id', (t) => {
  t.equal(person.commands.RegisterPerson!.id!({ accountId: 'chris-wormald', name: 'A' }), 'chris-wormald');
  const accounts = ['a', 'A', 'post.chief-durham', 'Post.Chief|Durham', 'post.chief|durham', 'A:b_c|D-e.f', 'Z'.repeat(100), 'z'.repeat(100), personId('A')];
  for (const accountId of accounts) t.ok(Id.safeParse(personId(accountId)).success, accountId);
  t.equal(new Set(accounts.map(personId)).size, accounts.length, 'two accounts are two people, however alike they are written');
  t.end();
});

test('a name is corrected', (t) => {
  const anna = (name: string, ...given: NewEvent[]) =>
    spec(t, person)
      .id('anna')
      .given(...given)
      .as('secretariat', 'place:durham')
      .when('RenamePerson', { name });
  const { state } = anna('Anna Hill', registered).then({ type: 'PersonRenamed', data: { from: 'Anna Gill', to: 'Anna Hill' } });
  t.equal(person.title(state), 'Anna Hill');
  t.same(person.events.PersonRenamed!.changes!({ from: 'Anna Gill', to: 'Anna Hill' }), { before: 'Anna Gill', after: 'Anna Hill' });
  anna('Anna Gill', registered).nothing();
  anna('Anna Hill').refuses('WRONG_STATE');
  t.end();
});

test('the programme office opens a name to everybody', async (t) => {
  disclosure(t, person, [registered], { owner: ['programme-office', 'programme:tp'], not: ['official', 'agency:clg'] });
});

test('every command and refusal has been shown', async (t) => coverage(t, person));
