import { test } from 'tap';
import { seed } from '../src/demo/seed/index.js';
import type { CommandEntry } from '../src/domain/kernel/types.js';
import { parseGrant } from '../src/domain/shared/access.js';
import { aggregateNamed } from '../src/domain/registry.js';
import { personId } from '../src/domain/person/state.js';
import { Property } from './holds.js';

/** True of a command that is given in this grant; what was there before anybody was asked, the system gives. */
function givenBy(as: string, entry: CommandEntry): boolean {
  const [role = '', scope = ''] = as.split('@');
  const giver = as === 'system' ? 'system' : parseGrant(role, scope)?.role;
  return giver !== undefined && entry.givenBy.includes(giver);
}

test('every command of the seed fits its schema, its giver and its day', async (t) => {
  const fits = new Property('a command of the seed fits');
  let last = '';
  for (const c of seed) {
    const what = `${c.at} ${c.command} ${c.id} ${JSON.stringify(c.data).slice(0, 80)}`;
    const entry = aggregateNamed(c.aggregate).commands[c.command]!;
    const parsed = entry.data.safeParse({
      ...c.data,
      ...(c.statementHash ? { statementHash: '0'.repeat(64) } : {}),
    });
    const faults = [
      last <= c.at && c.at <= '2009-10-22T07:59:00.000Z' ? '' : 'out of order',
      c.basis.kind !== 'sourced' || c.basis.source ? '' : 'names no source',
      parsed.success ? '' : parsed.error.message,
      givenBy(c.as, entry) ? '' : `may not be given as ${c.as}`,
      parsed.success && entry.id && entry.id(parsed.data) !== c.id ? 'has another id' : '',
    ].filter(Boolean);
    fits.same(t, what, faults, []);
    last = c.at;
  }
  fits.settle(t);
});

/** A post, of a body or of the demo itself: nobody in particular. */
const isPost = (account: string): boolean =>
  /^(post\.|demo\.|total-place\.administrator-[12]$|system:demo$)/.test(account);

test('only persons named in print have names', async (t) => {
  const named = seed.filter((c) => c.command === 'RegisterPerson');
  const inventedNames = named.filter((c) => c.basis.kind !== 'sourced' && !isPost(String(c.data.account)));
  t.strictSame(inventedNames, [], 'what is not in print is the name of a post');
  const known = new Set(named.map((c) => c.id));
  const posts = new Property('accounts of the seed are posts, or persons in print');
  for (const c of seed) {
    const accounts = [
      c.account,
      ...['account', 'accountId'].map((k) => c.data[k]).filter((x): x is string => typeof x === 'string'),
    ];
    const others = accounts.filter((a) => !isPost(a) && !known.has(personId(a, 'total-place')));
    posts.same(t, `${c.command} ${c.id}`, others, []);
  }
  posts.settle(t);
});
