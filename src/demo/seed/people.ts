import { personId } from '../../domain/person/state.js';
import { posts, readers } from '../readers.js';
import { give, programmeOffice, supplement, type SeedCommand } from './types.js';

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

const programmeId = 'total-place';
const register = (account: string, name: string, source?: string): SeedCommand =>
  give(
    '2009-06-01T08:06:00.000Z',
    programmeOffice,
    'person',
    personId(account, programmeId),
    'RegisterPerson',
    { programmeId, account, name, officeHolder: true },
    source,
  );

export const people: SeedCommand[] = champions.map((name) =>
  register(name.replace(/^Sir /, '').toLowerCase().replaceAll(' ', '-'), name, supplement),
);

/** What agencies and places are called, by their ids, where the seed names them. */
function namesIn(deeds: readonly SeedCommand[]): ReadonlyMap<unknown, string> {
  const named = deeds.flatMap(({ command, id, data }): [unknown, unknown][] => {
    if (command === 'RegisterAgency') return [[id, data.name]];
    return command === 'EnrolPlace' ? [[data.placeId, data.name]] : [];
  });
  return new Map(named.filter((one): one is [unknown, string] => typeof one[1] === 'string'));
}
/** `post.chief-executive.suffolk-pct`: which post, and of what. */
const postForm = /^post\.([a-z-]+)\.([a-z0-9-]+)$/;

/**
 * Whoever acts in the seed, or looks around, and is not named in print is called by their post: "Chief
 * executive, Suffolk PCT".
 */
export function postsIn(deeds: readonly SeedCommand[]): SeedCommand[] {
  const names = namesIn(deeds);
  const accounts = new Set([
    ...deeds.flatMap(({ account, data }) => [account, data.account]),
    ...readers.map(({ account }) => account),
  ]);
  const held = [...accounts].flatMap((account) => {
    const [, post = '', of] = postForm.exec(typeof account === 'string' ? account : '') ?? [];
    if (typeof account !== 'string' || post === '') return [];
    const title = post.charAt(0).toUpperCase() + post.slice(1).replaceAll('-', ' ');
    const whose = names.get(of);
    return [register(account, whose === undefined ? title : `${title}, ${whose}`)];
  });
  const named = new Map([...readers, ...posts].map(({ account, title }) => [account, title]));
  const others = [...named].filter(([account]) => !postForm.test(account) && /[.]/.test(account));
  return [...held, ...others.map(([account, title]) => register(account, title))];
}
