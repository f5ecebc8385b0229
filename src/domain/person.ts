/** Person (domain.md 9.20): the name behind an account id, kept apart from everything else. */
import { z } from 'zod';
import { aggregate, emitter, kit } from './aggregate.js';
import { refuse } from './core.js';
import { contentHash } from './hash.js';
import { keptElsewhere } from './registers.js';
import { personOfPlace } from './seats.js';
import { AccountId, Id, Name, PersonAccount } from './values.js';

export interface PersonState {
  status: 'none' | 'registered';
  accountId: string;
  name: string;
  post?: string;
  officeHolder: boolean;
  /** Whose office registered them, and keeps the name. */
  programmeId?: string;
}
declare module './core.js' {
  interface States {
    person: PersonState;
  }
}
const { event, command } = kit<PersonState>();
const Registered = z.strictObject({ accountId: AccountId, name: Name, post: Name.optional(), officeHolder: z.boolean().default(false) });

const events = {
  PersonRegistered: event(Registered.extend({ programmeId: Id.optional() }), {
    evolve(s, d) {
      Object.assign(s, d, { status: 'registered' });
    },
    says: (d) => `registered ${d.name}`,
    // Office holders are public; other names are read by every grant in the log.
    access: (d) => ({ tier: d.officeHolder ? 'public' : 'programme' }),
  }),
  PersonRenamed: event(z.strictObject({ from: Name, to: Name }), {
    evolve(s, d) {
      s.name = d.to;
    },
    says: (d) => `renamed ${d.from} to ${d.to}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
};
const emit = emitter(events);
const by = ['programme-office', 'secretariat'] as const;

const commands = {
  RegisterPerson: command(Registered.extend({ accountId: PersonAccount }), {
    title: 'Register a person’s name and post',
    creates: true,
    id: (d) => personId(d.accountId),
    by,
    refuses: {},
    example: { accountId: 'chris-wormald', name: 'Chris Wormald', officeHolder: true },
    // A secretariat registers whom it works with, of whichever programme they are: what it wrote, every office mends.
    decide: (_s, d, ctx) => [emit('PersonRegistered', { ...d, ...(ctx.ofProgramme ? { programmeId: ctx.ofProgramme } : {}) })],
  }),
  RenamePerson: command(z.strictObject({ name: Name }), {
    title: 'Correct a person’s name',
    noun: 'names',
    by,
    from: ['registered'],
    replaces: true,
    refuses: { NOT_OF_THE_PLACE: 'who' },
    example: { name: 'Sir Chris Wormald' },
    decide(s, d, ctx) {
      const { role, place } = ctx.actor;
      const elsewhere = keptElsewhere(s.programmeId, ctx);
      if (elsewhere) return elsewhere;
      if (role === 'secretariat' && !personOfPlace(ctx, s.accountId, place!))
        return refuse('NOT_OF_THE_PLACE', 'A secretariat corrects the names of those at its own place’s table only, not its champion’s. The programme office corrects the others.');
      return s.name === d.name ? [] : [emit('PersonRenamed', { from: s.name, to: d.name })];
    },
  }),
};

/**
 * A person's record id follows from the account id, so that an account has one name, and two accounts are never one person: an account that
 * is no record id itself (capitals, other signs) has its hash's.
 */
export const personId = (accountId: string): string => (Id.safeParse(accountId).success && !accountId.startsWith('account-') ? accountId : `account-${contentHash(accountId).slice(0, 40)}`);

export const person = aggregate<PersonState>({
  name: 'person',
  collection: 'people',
  initial: () => ({ status: 'none', accountId: '', name: '', officeHolder: false }),
  title: (s) => s.name,
  events,
  commands,
  disclosure: 'owner',
  mayDisclose: (_s, ctx) => ctx.actor.role === 'programme-office',
});
