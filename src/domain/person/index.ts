/** Person (docs/rules/person.md): the name behind an account id, kept apart from everything else. */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { refuse, type Context } from '../kernel/types.js';
import { personId, type PersonState } from './state.js';
import { yesNo } from '../shared/fields.js';
import { keptElsewhere } from '../shared/registers.js';
import { personOfPlace } from '../shared/seats.js';
import { AccountId, Id, Name, PersonAccount, idOf } from '../shared/values.js';
import { none, sets } from '../kernel/set-value.js';

const { event } = kit<PersonState>();
const Registered = z.strictObject({
  accountId: AccountId,
  name: Name.meta({ label: 'Name' }),
  post: Name.optional().meta({ label: 'Post' }),
  officeHolder: yesNo()
    .default(false)
    .meta({ label: 'Do they hold a public office?', hint: 'The name of an office holder is public.' }),
});

const events = {
  PersonRegistered: event(Registered.extend({ programmeId: Id.optional() }), {
    evolve(state, data) {
      Object.assign(state, data, { status: 'registered' });
    },
    describe: (data) => `registered ${data.name}`,
    sets: (data) => [sets('name', 'Name', data.name), sets('post', 'Post', data.post ?? none)],
    // Office holders are public; other names are read by every grant in the log.
    access: (data) => ({ tier: data.officeHolder ? 'public' : 'programme' }),
  }),
  PersonRenamed: event(z.strictObject({ from: Name, to: Name }), {
    evolve(state, data) {
      state.name = data.to;
    },
    renames: true,
    describe: (data) => `renamed ${data.from} to ${data.to}`,
    sets: (data) => [sets('name', 'Name', data.to)],
  }),
  /** The post held before and the one held from now on; absent where none was or is. */
  PersonPostChanged: event(z.strictObject({ from: Name.optional(), to: Name.optional() }), {
    evolve(state, data) {
      if (data.to === undefined) delete state.post;
      else state.post = data.to;
    },
    describe(data) {
      if (data.to === undefined) return `recorded the end of the post ${data.from}`;
      return data.from === undefined
        ? `recorded the post ${data.to}`
        : `changed the post from ${data.from} to ${data.to}`;
    },
    sets: (data) => [sets('post', 'Post', data.to ?? none)],
  }),
};
const { command, emit } = decides<PersonState>()(events);
const by = ['programme-office', 'secretariat'] as const;
/**
 * Refuses what a secretariat would say of somebody who is not at its own place's table
 * (docs/rules/person.md#who-keeps-them).
 */
function notOfItsTable(context: Context, accountId: string) {
  const { role, place = '' } = context.actor;
  return role !== 'secretariat' || personOfPlace(context, accountId, place)
    ? undefined
    : refuse(
        'NOT_OF_THE_PLACE',
        'A secretariat names those at its own place’s table only, not its champion. Ask the programme ' +
          'office to name the others.',
      );
}

const ChangePostData = z.strictObject({
  post: Name.optional().meta({
    label: 'New post',
    from: '/post',
    hint: 'Leave it empty if they hold none any more.',
  }),
});
const mayChange = (state: PersonState, context: Context) =>
  keptElsewhere(state.programmeId, context) ?? notOfItsTable(context, state.accountId);

const commands = {
  RegisterPerson: command(
    Registered.omit({ accountId: true }).extend({
      account: PersonAccount.meta({
        field: 'line',
        label: 'Account',
        hint: 'The name under which they sign in; never an e-mail address.',
      }),
      programmeId: idOf('programme').meta({ label: 'Programme' }),
    }),
    {
      title: 'Register a person’s name and post',
      creates: true,
      renamed: { accountId: 'account' },
      id: (data) => personId(data.account, data.programmeId),
      givenBy: by,
      target: (_s, data) => ({ programmeId: data.programmeId }),
      refuses: { NOT_OF_THE_PLACE: 'who of account' },
      example: {
        programmeId: 'total-place',
        account: 'chris-wormald',
        name: 'Chris Wormald',
        officeHolder: true,
      },
      decide: (_s, { account, ...named }, context) =>
        notOfItsTable(context, account) ?? [emit('PersonRegistered', { ...named, accountId: account })],
    },
  ),
  RenamePerson: command(z.strictObject({ name: Name.meta({ label: 'Right name', from: '/name' }) }), {
    title: 'Correct a person’s name',
    segment: 'names',
    givenBy: by,
    allowedIn: ['registered'],
    replaces: true,
    refuses: { NOT_OF_THE_PLACE: 'who' },
    example: { name: 'Sir Chris Wormald' },
    guard: mayChange,
    decide: (state, data) =>
      state.name === data.name ? [] : [emit('PersonRenamed', { from: state.name, to: data.name })],
  }),
  ChangePost: command(ChangePostData, {
    title: 'Change a person’s post, or without one, end it',
    segment: 'posts',
    givenBy: by,
    allowedIn: ['registered'],
    replaces: (state, data) => ![undefined, data.post].includes(state.post),
    refuses: { NOT_OF_THE_PLACE: 'who' },
    example: { post: 'Permanent Secretary' },
    guard: mayChange,
    decide(state, data) {
      if (state.post === data.post) return [];
      return [
        emit('PersonPostChanged', {
          ...(state.post ? { from: state.post } : {}),
          ...(data.post ? { to: data.post } : {}),
        }),
      ];
    },
  }),
};

export const person = aggregate<PersonState>()({
  name: 'person',
  collection: 'people',
  initial: () => ({ status: 'none', accountId: '', name: '', officeHolder: false }),
  title: (state) => state.name,
  events,
  commands,
  disclosure: 'owner',
  mayDisclose: (_s, context) => context.actor.role === 'programme-office',
});
