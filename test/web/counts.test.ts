/** Counts of exceptions and refused requests: they agree with the lists, for every reader of the demo. */
import { test } from 'tap';
import { readers } from '../../src/demo/readers.js';
import { londonDate } from '../../src/domain/shared/calendar.js';
import { everyCase } from '../holds.js';
import { noun } from '../http/secrets.js';
import { openWeb, readerCalled, wordsOf, type WebWorld } from './world.js';

type Row = Readonly<Record<string, string | null>>;
const lists: Readonly<Record<string, (row: Row) => Row>> = {
  '/v1/exceptions': ({ kind = '', day, placeId = null }) => ({ kind, day: String(day), placeId }),
  '/v1/refusals': ({ code = '', recordedAt, placeId = null }) => ({
    kind: code,
    day: londonDate(String(recordedAt)),
    placeId,
  }),
};
const filters = ['', '&placeId=durham', '&from=2009-09-20&to=2009-10-31'];

/** How many rows a list has by month, place and kind, page by page. */
async function tallied(web: WebWorld, as: readonly [string, string], url: string, list: string) {
  const tally: Record<string, number> = {};
  for (let next: string | null = url; next !== null;) {
    const { json } = await web.inject(...as, 'GET', next);
    for (const row of json.items.map(lists[list])) {
      const key = `${row.day.slice(0, 7)} ${row.placeId} ${row.kind}`;
      tally[key] = (tally[key] ?? 0) + 1;
    }
    next = json.next;
  }
  return tally;
}

test('counts are of the rows that each reader may see, by kind, place and month', async (t) => {
  const web = await openWeb(t, { grantsInLog: false });
  const nosy = ['seat-holder@place:kent+agency:kent-county-council', 'person-nosy'] as const;
  for (const id of ['durham-warm-homes', 'durham-warm-homes', 'no-such-pool'])
    await web.inject(...nosy, 'POST', `/v1/pools/${id}/${noun('OpenPool')}`, {});
  const told = new Set<string>();
  await everyCase(t, 'counts agree with the list', async (look) => {
    for (const { grant, account } of readers)
      for (const list of Object.keys(lists))
        for (const filter of filters) {
          const as = [grant, account] as const;
          const name = `${grant} ${list} ${filter}`;
          const counted = await web.inject(...as, 'GET', `${list}/counts?${filter.slice(1)}`);
          const listed = await web.inject(...as, 'GET', `${list}?limit=1${filter}`);
          look(`${name}: answered alike`, counted.status, listed.status);
          if (counted.status !== 200) continue;
          const tally = await tallied(web, as, `${list}?limit=200${filter}`, list);
          const items = counted.json.items.map(
            (item: Row & { count: number }) =>
              [`${item.month} ${item.placeId} ${item.kind}`, item.count] as const,
          );
          look(name, Object.fromEntries(items), tally);
          const total = Object.values(tally).reduce((sum, count) => sum + count, 0);
          look(`${name}: in all`, counted.json.count, total);
          const inMonths = counted.json.kinds.flatMap((kind: { months: { count: number }[] }) =>
            kind.months.map(({ count }) => count),
          );
          look(
            `${name}: by kind and month`,
            inMonths.reduce((sum: number, n: number) => sum + n, 0),
            total,
          );
          if (total > 0) told.add(`${list} ${filter}`);
        }
  });
  t.equal(told.size, Object.keys(lists).length * filters.length, 'there is something to count of each');

  const auditor = readerCalled('AUDITOR');
  for (const list of ['/exceptions', '/refusals']) {
    const { html } = await web.get(auditor, `${list}?placeId=durham`);
    const table = /<h2[^>]*>How many<\/h2>.*?<\/table>/s.exec(html)?.[0] ?? '';
    const [, href = '', said] = /<td[^>]*>.*?<a [^>]*href="([^"]*from=[^"]*)">(\d+)<\/a>/s.exec(table) ?? [];
    t.match(href, `${list}?placeId=durham`, 'a number keeps the filter');
    const led = await web.get(auditor, href.replaceAll('&amp;', '&'));
    t.match(wordsOf(led.html), `One by one ${said} shown`, `${list}: it leads to so many rows`);
  }
  t.match(wordsOf((await web.get(auditor, '/refusals')).html), /How many .* Not allowed .* One by one/);
  const csv = await web.get(auditor, '/exceptions/counts?format=csv');
  t.match(csv.html, 'kind,placeId,month,from,to,count');
});

test('the page counts by place, too, and a late return says whose, by when and by how many days', async (t) => {
  const web = await openWeb(t);
  const auditor = readerCalled('AUDITOR');
  const { html } = await web.get(auditor, '/exceptions');
  const table = /aria-label="How many, by place and month">.*?<\/table>/s.exec(html)?.[0] ?? '';
  const places = [...table.matchAll(/href="\/exceptions\?placeId=([a-z-]+)"/g)].map(([, id = '']) => id);
  t.ok(new Set(places).size > 3, 'a row a place');
  const counted = JSON.parse((await web.get(auditor, '/exceptions/counts?format=json')).html);
  t.strictSame(
    [...new Set(places)].sort(),
    [...new Set(counted.items.flatMap(({ placeId }: Row) => placeId ?? []))].sort(),
  );
  const own = (await web.get(auditor, `/exceptions?placeId=${places[0]}`)).html;
  t.match(own, 'How many, by kind and month');
  t.notMatch(own, 'How many, by place and month');
  const list = html.slice(html.indexOf('One by one'));
  for (const head of ['Place', 'Due', 'Days'])
    t.match(list, new RegExp(`<th[^>]*>(<a[^>]*>)?\\s*${head}`), head);
});
