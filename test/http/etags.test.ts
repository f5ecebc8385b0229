/**
 * A list's tag is of what it shows: what its reader may not see leaves it as it was, what leaves the list
 * changes it.
 */
import { test } from 'tap';
import { openHarness } from './harness.js';

const treasury = ['treasury@programme:total-place', 'a.treasury'] as const;
const durham = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;

test('the tag of a list', async (t) => {
  const harness = await openHarness(t);
  const get = (url: string, headers: Record<string, string> = {}, as: readonly [string, string] = treasury) =>
    harness.inject(...as, 'GET', url, undefined, headers);
  const raise = (id: string) =>
    harness.command(...durham, '/v1/barriers', {
      id,
      placeId: 'durham',
      kind: 'guidance',
      statement: `A rule in the way, ${id}`,
      effectOnResidents: 'They tell their story three times',
    });

  const lists = [
    '/v1/funding-streams',
    '/v1/barriers',
    '/v1/barriers?format=csv',
    '/v1/barriers?limit=2',
    '/v1/commitments',
  ];
  const before = new Map<string, string>();
  for (const url of lists) before.set(url, String((await get(url)).headers.etag));
  t.equal(new Set(before.values()).size, lists.length, 'each its own');
  const mine = String((await get('/v1/barriers', {}, durham)).headers.etag);
  const head = await harness.head();
  await raise('hidden-from-whitehall');
  t.ok((await harness.head()) > head, 'something was recorded');
  for (const url of lists) {
    const answer = await get(url, { 'if-none-match': before.get(url)! });
    t.same(
      [answer.status, answer.headers.etag, answer.raw, answer.headers.link],
      [304, before.get(url), '', undefined],
      `${url}: nothing that the Treasury sees`,
    );
    t.equal((await get(url, { 'if-none-match': before.get(url)! })).status, 304, `${url}: asked again`);
  }
  t.equal(
    (await get('/v1/barriers', { 'if-none-match': mine }, durham)).status,
    200,
    'its own place sees it',
  );

  const [url, tag] = ['/v1/barriers', String(before.get('/v1/barriers'))];
  for (const held of [`W/${tag}`, `"another", W/${tag}`, `"another",${tag}`, '*'])
    t.equal((await get(url, { 'if-none-match': held })).status, 304, `${held} is what they have`);
  for (const held of ['W/"another"', `"W/${tag.slice(1)}`, tag.slice(1, -1)])
    t.equal((await get(url, { 'if-none-match': held })).status, 200, `${held} is not`);

  const triaged = '/v1/barriers?status=triaged&placeId=durham';
  await harness.command(...durham, '/v1/barriers/hidden-from-whitehall/triage', {
    locus: 'whitehall',
    reason: 'The rule is a department’s',
  });
  const shown = await get(triaged);
  t.ok(
    shown.json.items.some((b: any) => b.id === 'hidden-from-whitehall'),
    'now it is open to them',
  );
  t.not((await get('/v1/barriers')).headers.etag, before.get('/v1/barriers'), 'and the list another');
  await harness.command(...durham, '/v1/barriers/hidden-from-whitehall/closure', {
    as: 'not-a-barrier',
    reason: 'The guidance allows it',
  });
  const left = await get(triaged, { 'if-none-match': String(shown.headers.etag) });
  t.equal(left.status, 200, 'a row that leaves the filter changes the tag');
  t.notOk(left.json.items.some((b: any) => b.id === 'hidden-from-whitehall'));

  // The next page is part of what is shown.
  const one = await get('/v1/barriers?limit=1');
  t.ok(one.headers.link && one.json.next);
  t.match(one.headers.position, /^[0-9a-f]{8}-/, 'a position for Read-After');
  t.same(harness.errors, []);
});
