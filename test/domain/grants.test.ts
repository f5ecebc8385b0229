/** A grant's scope names exactly the parts that its role takes: every role with every set of parts. */
import { test } from 'tap';
import { z } from 'zod';
import { grantName, parseGrant, roles } from '../../src/domain/shared/access.js';
import type { CommandEntry } from '../../src/domain/kernel/types.js';
import { aggregates } from '../../src/domain/registry.js';
import { PersonAccount } from '../../src/domain/shared/values.js';
import { Property } from '../holds.js';

const parts = ['programme', 'place', 'agency'] as const;
const subsets = Array.from({ length: 8 }, (_, n) => parts.filter((_, i) => n & (1 << i)));

test('a role takes its own scope and no other', async (t) => {
  const taken: Record<string, string[]> = {};
  const anyOrder = new Property('a scope is the same in any order of its parts, and is written in one');
  for (const role of Object.keys(roles))
    for (const named of subsets) {
      const scope = named.map((part) => `${part}:one`).join('+');
      const grant = parseGrant(role, scope);
      const reversed = scope.split('+').reverse().join('+');
      anyOrder.same(t, `${role}@${reversed}`, parseGrant(role, reversed), grant);
      if (!grant) continue;
      (taken[role] ??= []).push(named.join('+'));
      anyOrder.same(t, `${role}@${scope}, written`, grantName(grant), `${role}@${scope}`);
    }
  anyOrder.settle(t);
  t.strictSame(taken, {
    'seat-holder': ['place+agency'],
    chair: ['place+agency'],
    secretariat: ['place'],
    contributor: ['place+agency'],
    'finance-officer': ['agency'],
    champion: ['place'],
    official: ['agency'],
    treasury: ['programme'],
    'programme-office': ['programme'],
    auditor: ['programme', 'place'],
    member: ['place'],
    public: [''],
    'access-administrator': ['programme'],
  });
});

test('what is no scope is none', async (t) => {
  for (const scope of [
    'place:',
    'place',
    'place:a+',
    '+place:a',
    'place:a+place:a',
    'place:A',
    ' place:a',
    'place:a ',
    'place:a+planet:b',
    `place:${'a'.repeat(101)}`,
    'place:constructor',
  ])
    t.equal(parseGrant('secretariat', scope), undefined, scope);
  for (const role of ['system', 'king', '', 'constructor', 'toString', '__proto__'])
    t.equal(parseGrant(role, ''), undefined, role);
});

test('a command gives nothing to the machinery', async (t) => {
  const given: string[] = [];
  const people = new Property('who is given something is a person');
  for (const a of aggregates)
    for (const [name, { data, givenBy: by }] of Object.entries<CommandEntry>(a.commands)) {
      const schema = JSON.stringify(z.toJSONSchema(data, { io: 'input', unrepresentable: 'any' }));
      if (schema.includes('#/$defs/PersonAccount')) given.push(name);
      // To take something back, whoever has it is named.
      else if (by.some((role) => role !== 'system') && name !== 'EndDelegation')
        people.holds(t, name, !schema.includes('#/$defs/AccountId'));
    }
  people.settle(t);
  t.strictSame(given.sort(), [
    'Adopt',
    'AppointAdministrator',
    'AppointSecretary',
    'AssignChampion',
    'AssignHandler',
    'Invite',
    'NominateDelegate',
    'NominateLeadContact',
    'OfferSeat',
    'RegisterPerson',
    'ReplaceHolder',
  ]);
  for (const account of ['system', 'system:clock', 'System:Log', 'SYSTEM'])
    t.notOk(PersonAccount.safeParse(account).success, account);
  for (const account of ['systems', 'system.clock', 'anna', '_7f3', `s.${'a'.repeat(26)}`])
    t.ok(PersonAccount.safeParse(account).success, account);
});
