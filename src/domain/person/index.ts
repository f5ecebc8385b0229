/** Person (domain.md 9.20): the name behind an account id, kept apart from everything else. */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { refuse, type Context } from '../kernel/types.js';
import { personId, type PersonState } from './state.js';
import { keptElsewhere } from '../shared/registers.js';
import { personOfPlace } from '../shared/seats.js';
import { AccountId, Id, Name, PersonAccount } from '../shared/values.js';

const { event } = kit<PersonState>();
const Registered = z.strictObject({
  accountId: AccountId,
  name: Name,
  post: Name.optional(),
  officeHolder: z.boolean().default(false),
});

const events = {
  PersonRegistered: event(Registered.extend({ programmeId: Id.optional() }), {
    evolve(s, d) {
      Object.assign(s, d, { status: 'registered' });
    },
    describe: (d) => `registered ${d.name}`,
    // Office holders are public; other names are read by every grant in the log.
    access: (d) => ({ tier: d.officeHolder ? 'public' : 'programme' }),
  }),
  PersonRenamed: event(z.strictObject({ from: Name, to: Name }), {
    evolve(s, d) {
      s.name = d.to;
    },
    describe: (d) => `renamed ${d.from} to ${d.to}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  /** The post held before and the one held from now on; absent where none was or is. */
  PersonPostChanged: event(z.strictObject({ from: Name.optional(), to: Name.optional() }), {
    evolve(s, d) {
      if (d.to === undefined) delete s.post;
      else s.post = d.to;
    },
    describe(d) {
      if (d.to === undefined) return `recorded the end of the post ${d.from}`;
      return d.from === undefined
        ? `recorded the post ${d.to}`
        : `changed the post from ${d.from} to ${d.to}`;
    },
    changes: (d) => ({ before: d.from ?? '', after: d.to ?? '' }),
  }),
};
const { command, emit } = decides<PersonState>()(events);
const by = ['programme-office', 'secretariat'] as const;
/** Refuses what a secretariat would say of somebody who is not at its own place's table (domain.md 6.1). */
const notOfItsTable = (ctx: Context, accountId: string) =>
  ctx.actor.role !== 'secretariat' || personOfPlace(ctx, accountId, ctx.actor.place!)
    ? undefined
    : refuse(
        'NOT_OF_THE_PLACE',
        'A secretariat names those at its own place’s table only, not its champion. Ask the programme office to name the others.',
      );

const commands = {
  RegisterPerson: command(Registered.extend({ accountId: PersonAccount, programmeId: Id }), {
    title: 'Register a person’s name and post',
    creates: true,
    id: (d) => personId(d.accountId, d.programmeId),
    givenBy: by,
    target: (_s, d) => ({ programmeId: d.programmeId }),
    refuses: { NOT_OF_THE_PLACE: 'who' },
    example: {
      programmeId: 'total-place',
      accountId: 'chris-wormald',
      name: 'Chris Wormald',
      officeHolder: true,
    },
    decide: (_s, d, ctx) => notOfItsTable(ctx, d.accountId) ?? [emit('PersonRegistered', d)],
  }),
  RenamePerson: command(z.strictObject({ name: Name }), {
    title: 'Correct a person’s name',
    segment: 'names',
    givenBy: by,
    allowedIn: ['registered'],
    replaces: true,
    refuses: { NOT_OF_THE_PLACE: 'who' },
    example: { name: 'Sir Chris Wormald' },
    decide(s, d, ctx) {
      const no = keptElsewhere(s.programmeId, ctx) ?? notOfItsTable(ctx, s.accountId);
      if (no) return no;
      return s.name === d.name ? [] : [emit('PersonRenamed', { from: s.name, to: d.name })];
    },
  }),
  ChangePost: command(z.strictObject({ post: Name.optional() }), {
    title: 'Change a person’s post, or without one, end it',
    segment: 'posts',
    givenBy: by,
    allowedIn: ['registered'],
    replaces: (s, d) => ![undefined, d.post].includes(s.post),
    refuses: { NOT_OF_THE_PLACE: 'who' },
    example: { post: 'Permanent Secretary' },
    decide(s, d, ctx) {
      const no = keptElsewhere(s.programmeId, ctx) ?? notOfItsTable(ctx, s.accountId);
      if (no) return no;
      if (s.post === d.post) return [];
      return [
        emit('PersonPostChanged', { ...(s.post ? { from: s.post } : {}), ...(d.post ? { to: d.post } : {}) }),
      ];
    },
  }),
};

export const person = aggregate<PersonState>()({
  name: 'person',
  collection: 'people',
  initial: () => ({ status: 'none', accountId: '', name: '', officeHolder: false }),
  title: (s) => s.name,
  events,
  commands,
  disclosure: 'owner',
  mayDisclose: (_s, ctx) => ctx.actor.role === 'programme-office',
});
