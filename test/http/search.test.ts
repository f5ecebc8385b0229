/** Records are found by words of their names, in lists and among all; nobody finds what they may not see. */
import { test, type Test } from 'tap';
import { decode } from '../../src/log/codec.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import { queries } from '../../src/http/questions/index.js';
import { names, namedKinds, wordsIn } from '../../src/projections/views/names.js';
import { titleOf } from '../../src/http/query/titles.js';
import type { NameResolver } from '../../src/http/query/name-resolver.js';
import { Property } from '../holds.js';
import { office, officeAccount, openHarness, type Harness } from './harness.js';
import { place, plant, readers, type Reader } from './secrets.js';

type Found = { id: string; aggregate: string; recordId: string; exact: boolean; link: string | null };
/** One of each width: every reader is asked everything in tier.test.ts. */
const everybody: readonly Reader[] = [
  'member',
  'partyOfficer',
  'neighbour',
  'official',
  'office',
  'auditor',
  'nobody',
];

async function search(harness: Harness, reader: Reader, q: string): Promise<{ items: Found[]; more: any[] }> {
  const { as, account } = readers[reader];
  const { status, json, raw } = await harness.inject(
    as,
    account,
    'GET',
    `/v1/search?${new URLSearchParams({ q }).toString()}`,
  );
  if (status !== 200) throw new Error(raw);
  return json;
}
/** Ids of a list, page after page. */
async function listed(harness: Harness, reader: Reader, url: string): Promise<string[]> {
  const { as, account } = readers[reader];
  const ids: string[] = [];
  for (let at: string | null = url; at !== null;) {
    const { json, raw, status } = await harness.inject(as, account, 'GET', at);
    if (status !== 200) throw new Error(`${at}: ${raw}`);
    ids.push(...json.items.map(({ id }: { id: string }) => id));
    at = json.next;
  }
  return ids;
}
const register = (harness: Harness, id: string, name: string) =>
  harness.command(office, officeAccount, '/v1/agencies', {
    id,
    name,
    sector: 'other',
    type: 'body',
    identifiers: [{ scheme: 'programme', code: id.toUpperCase(), from: '2009-06-01' }],
    startOn: '2009-06-01',
  });

test('words are what a name begins with, whatever its capitals, accents and apostrophes', (t: Test) => {
  t.strictSame(wordsIn('Children’s Trust, Ynys Môn (£2m)'), ['childrens', 'trust', 'ynys', 'mon', '2m']);
  t.strictSame(wordsIn('Kent kent KENT'), ['kent']);
  t.strictSame(wordsIn(' – '), []);
  t.end();
});

test('every record of the demo is found by the words of what it is called', async (t) => {
  const { service } = await openHarness(t);
  const resolver = {
    of: service.engine.queries.bind(service.engine),
    nameFor: () => null,
  } as Pick<NameResolver, 'of' | 'nameFor'>;
  const { has } = service.engine.queries(names);
  const isFound = new Property('a record has the words of its title');
  const seen = new Set<string>();
  for (const { aggregate, recordId } of service.log.readAll(0, 1_000_000).map(decode)) {
    const key = `${aggregate}-${recordId}`;
    if (seen.has(key) || !namedKinds.includes(aggregate) || aggregate === 'account') continue;
    seen.add(key);
    // Of its place, which it is called after, the id is looked up.
    const title = titleOf(resolver, aggregate, recordId).replace(/ of (?!round|[A-Z]+_).*$|, .*$/, '');
    const asked = ['collaborative', 'submission'].includes(aggregate)
      ? title
      : titleOf(resolver, aggregate, recordId);
    isFound.same(t, key, has(aggregate, recordId, wordsIn(`${asked} ${recordId}`)), true);
  }
  t.ok(seen.size > 200, `${seen.size} records`);
  isFound.settle(t);
});

test('in a list, each word begins one of the name or the id; and a name that was changed is found by the new one', async (t) => {
  const harness = await openHarness(t);
  await register(harness, 'cafe-trust', 'Café Föderation of Children’s Centres');
  const agencies = (q: string): Promise<string[]> =>
    listed(harness, 'office', `/v1/agencies?${new URLSearchParams({ q, limit: '200' }).toString()}`);
  for (const q of ['cafe fod', 'CAFÉ', 'childrens centre', "children's", 'föderation café', 'cafe-tr'])
    t.strictSame(await agencies(q), ['cafe-trust'], q);
  for (const q of ['oderation', 'cafe nothing', 'entres']) t.strictSame(await agencies(q), [], q);
  const { version } = (await harness.inject(office, officeAccount, 'GET', '/v1/agencies/cafe-trust')).json;
  await harness.command(office, officeAccount, '/v1/agencies/cafe-trust/names', {
    name: 'Bistro Union',
    expectedVersion: version,
  });
  t.strictSame(await agencies('bistro'), ['cafe-trust']);
  t.strictSame(await agencies('foderation'), []);
  const all = await listed(harness, 'office', '/v1/agencies?q=council&limit=200');
  t.ok(all.length > 10, `${all.length} councils`);
  t.strictSame(await listed(harness, 'office', '/v1/agencies?q=council&limit=3'), all, 'a page at a time');
  const people = (await harness.inject(office, officeAccount, 'GET', '/v1/people?limit=200')).json.items;
  t.ok(people.length > 3);
  const one = people[1];
  const found = await listed(harness, 'office', `/v1/people?q=${encodeURIComponent(one.name)}`);
  t.ok(found.includes(one.id), one.name);
});

test(
  'nobody finds what they may not see; whoever sees a record finds it by its reference',
  { timeout: 280_000 },
  async (t) => {
    const harness = await openHarness(t);
    const start = await harness.head();
    await plant(harness);
    // More than are shown of a kind, all of them hidden from most.
    for (let n = 0; n < 12; n++)
      await harness.command(readers.member.as, readers.member.account, '/v1/barriers', {
        id: `gnu-${n}`,
        placeId: place,
        kind: 'guidance',
        statement: `Gnuherd rule ${n}`,
        effectOnResidents: 'Nobody knows',
      });
    const records = new Map<string, readonly [string, string]>();
    for (const { aggregate, recordId } of harness.service.log.readAll(start, 100_000).map(decode))
      if (namedKinds.includes(aggregate)) records.set(`${aggregate}-${recordId}`, [aggregate, recordId]);
    const exact = new Property(
      'a reference finds the record for whom its page is there, and for nobody else',
    );
    const alike = new Property('what is hidden and what does not exist are answered alike');
    const pages = new Set(queries.map(({ url }) => url));
    for (const reader of everybody)
      for (const [name, [aggregate, id]] of records) {
        const url = `/v1/${aggregateNamed(aggregate).collection}/:id`;
        if (!pages.has(url)) continue;
        const { as, account } = readers[reader];
        const { status } = await harness.inject(
          as,
          account,
          'GET',
          url.replace(':id', encodeURIComponent(id)),
        );
        const { items } = await search(harness, reader, name);
        exact.same(
          t,
          `${reader} ${name}`,
          items.some((item) => item.exact && item.id === name),
          status === 200,
        );
        if (status === 404 && items.length === 0)
          alike.same(
            t,
            `${reader} ${name}`,
            { items, more: [] },
            await search(harness, reader, `${aggregate}-no-such`),
          );
      }
    exact.settle(t);
    alike.settle(t);
    const secrets = ['quokka', 'Axolotl', 'numbat', 'aye-aye', 'kudu', 'wombat', 'nilgai', 'gnuherd'];
    const kinds = new Map(queries.flatMap((q) => (q.kind === 'list' ? [[q.url, q] as const] : [])));
    const same = new Property('search and the list of the kind find the same');
    const seenBy: Record<string, string[]> = {};
    for (const reader of everybody)
      for (const q of secrets) {
        const { items, more } = await search(harness, reader, q);
        if (items.length > 0) (seenBy[q] ??= []).push(reader);
        for (const aggregate of ['barrier', 'pool', 'commitment', 'person']) {
          const url = `/v1/${aggregateNamed(aggregate).collection}`;
          if (!kinds.has(url)) continue;
          const inList = await listed(harness, reader, `${url}?limit=200&q=${encodeURIComponent(q)}`);
          const found = items.filter((item) => item.aggregate === aggregate).map(({ recordId }) => recordId);
          same.same(
            t,
            `${reader} ${q} ${aggregate}`,
            {
              found: found.filter((id) => inList.includes(id)).length,
              more: more.some((one) => one.aggregate === aggregate),
            },
            { found: Math.min(8, inList.length), more: inList.length > 8 },
          );
        }
      }
    same.settle(t);
    const members = ['member', 'auditor'];
    t.strictSame(seenBy.gnuherd?.sort(), [...members].sort(), 'twelve barriers are no sign to others');
    t.strictSame(seenBy.quokka?.sort(), [...members, 'partyOfficer'].sort());
    t.strictSame(
      [seenBy.numbat, seenBy['aye-aye']],
      [undefined, undefined],
      'earlier names are nobody’s to find by',
    );
    t.same(harness.errors, []);
  },
);

test('nothing is found where no word is asked for; what is meant exactly stands first', async (t) => {
  const harness = await openHarness(t);
  t.strictSame(await search(harness, 'office', ' – '), { items: [], more: [] });
  t.strictSame((await harness.inject(office, officeAccount, 'GET', '/v1/search')).json, {
    items: [],
    more: [],
  });
  const { items } = await search(harness, 'office', 'durham');
  t.match(items[0], { id: 'place-durham', exact: true, link: '/v1/places/durham' });
  t.equal(new Set(items.map(({ id }) => id)).size, items.length, 'each stands once');
  const csv = await harness.inject(office, officeAccount, 'GET', '/v1/search?q=durham&format=csv');
  t.equal(csv.raw.trim().split('\n').length, items.length + 1);
});
