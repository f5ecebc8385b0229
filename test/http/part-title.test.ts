/** What parts of records are called. */
import { test } from 'tap';
import { nameOf } from '../../src/domain/kernel/naming.js';
import { partTitle } from '../../src/http/query/name-resolver.js';

test('a seat says its body once', (t) => {
  const title = `${nameOf.agency('suffolk-pct')}, ${nameOf.person('post')}`;
  const called = (agency: string, person: string) =>
    partTitle(title, (kind) => (kind === 'agency' ? agency : person));
  t.equal(called('Suffolk PCT', 'Chief executive, Suffolk PCT'), 'Chief executive, Suffolk PCT');
  t.equal(
    called('Jobcentre Plus, Suffolk', 'Chief executive, Jobcentre Plus, Suffolk'),
    'Chief executive, Jobcentre Plus, Suffolk',
    'one whose name has a comma',
  );
  t.equal(called('Suffolk PCT', 'Ann Lee'), 'Suffolk PCT, Ann Lee');
  t.equal(called('Suffolk PCT', 'Chair, Kent PCT'), 'Suffolk PCT, Chair, Kent PCT');
  t.end();
});
