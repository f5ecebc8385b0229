/** Separation of duties between the grants of one account, both ways round. */
import { test } from 'tap';
import { grantName, parseGrant, type Grant } from '../../src/domain/shared/access.js';
import { conflictingGrant } from '../../src/domain/shared/separation.js';

const grant = (name: string): Grant => {
  const [role = '', scope = ''] = name.split('@');
  return parseGrant(role, scope)!;
};
const programmes: Record<string, string> = { durham: 'tp', kent: 'tp', leeds: 'other' };
const between = (a: string, b: string): (string | undefined)[] =>
  [
    [a, b],
    [b, a],
  ].map(([chosen, beside]) => {
    const found = conflictingGrant(
      grant(chosen!),
      [grant(chosen!), grant(beside!)],
      (placeId) => programmes[placeId],
    );
    return found && grantName(found);
  });

test('an auditor holds no other role in the same programme', async (t) => {
  const auditor = 'auditor@programme:tp';
  for (const other of [
    'programme-office@programme:tp',
    'treasury@programme:tp',
    'access-administrator@programme:tp',
    'secretariat@place:durham',
    'champion@place:kent',
    'member@place:kent',
    'seat-holder@place:durham+agency:pct',
    // An agency's grant is of every programme.
    'finance-officer@agency:pct',
    'official@agency:dwp',
  ])
    t.same(between(auditor, other), [other, auditor], other);
  t.same(
    between('auditor@place:durham', 'secretariat@place:kent'),
    ['secretariat@place:kent', 'auditor@place:durham'],
    'an auditor of one place is of its programme',
  );
  t.same(
    between('auditor@place:nowhere', 'secretariat@place:nowhere'),
    ['secretariat@place:nowhere', 'auditor@place:nowhere'],
    'a place that is not there is one place all the same',
  );
  for (const other of [
    'programme-office@programme:other',
    'secretariat@place:leeds',
    'public@',
    'auditor@place:durham',
    'secretariat@place:nowhere',
  ])
    t.same(between(auditor, other), [undefined, undefined], `${other} stands beside it`);
});

test('a champion holds no seat in the same place', async (t) => {
  const champion = 'champion@place:kent';
  for (const other of ['seat-holder@place:kent+agency:pct', 'chair@place:kent+agency:pct'])
    t.same(between(champion, other), [other, champion], other);
  for (const other of [
    'seat-holder@place:durham+agency:pct',
    'official@agency:dwp',
    'secretariat@place:kent',
    'champion@place:durham',
  ])
    t.same(between(champion, other), [undefined, undefined], `${other} stands beside it`);
  t.same(
    between('seat-holder@place:kent+agency:pct', 'chair@place:kent+agency:pct'),
    [undefined, undefined],
    'a chair is a seat-holder',
  );
});
