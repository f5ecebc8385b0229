import { personId } from '../../domain/person/state.js';
import type { SeedCommand } from './types.js';

/** The Whitehall champions of the pilots; only persons named in print have names. */
const champions = [
  'Helen Ghosh',
  'Andrew Campbell',
  'Mark Fisher',
  'Bill Stow',
  'Carolyn Downs',
  'Tom Jeffrey',
  'Chris Wormald',
  'Alexis Cleveland',
  'Helen Bailey',
  'Lindsay Bell',
  'Peter Makeham',
  'David Behan',
  'Sir Michael Bichard',
];

export const people: SeedCommand[] = champions.map((name) => {
  const accountId = name.replace(/^Sir /, '').toLowerCase().replaceAll(' ', '-');
  return {
    at: '2009-06-01T08:06:00.000Z',
    as: 'programme-office@programme:total-place',
    account: 'post.programme-office.total-place',
    aggregate: 'person',
    id: personId(accountId, 'total-place'),
    command: 'RegisterPerson',
    data: { programmeId: 'total-place', account: accountId, name, officeHolder: true },
    basis: { kind: 'sourced', source: 'Total Place supplement, October 2009' },
  };
});
