/** Every page that is made of a query, for every role of the demo, in process. */
import t from 'tap';
import { gzipSync } from 'node:zlib';
import { ViewNotLive } from '../../src/projections/engine/engine.js';
import { loadAssets } from '../../src/web/assets.js';
import { Property } from '../holds.js';
import { everybody, feedPages, nameOf, openWeb, pageAddresses } from './world.js';

/** So many records of a kind: what differs between them is looked at by other tests. */
const mostOfAKind = 4;

/** The text of a page, without its tags. */
const textOf = (html: string): string =>
  html
    .replace(/<head>.*?<\/head>/gs, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/\s+/g, ' ');
const titleOf = (html: string): string => /<title>(.*?)<\/title>/s.exec(html)?.[1] ?? '';

/** Of the software alone: pages have other words for them. */
const neverSaid = /\b(docket|locus|rung|burn-up|lineage|deed|cofog|tier)s?\b/i;
const noValue = /\bundefined\b|\bNaN\b|\[object |\bnull\b/;

t.test('every page of a query answers every role', async (t) => {
  const world = await openWeb(t);
  const urls = [...pageAddresses(world, mostOfAKind), ...feedPages()];
  const isAnswered = new Property('a page is shown, or it is said why not');
  const isWhole = new Property('one heading of the first level, a title, and no value that is none');
  const isPlain = new Property('no word that only this software says');
  const isSecure = new Property('no script, no style and no address of anybody else’s');
  for (const reader of everybody)
    for (const url of urls) {
      const { status, html, headers } = await world.get(reader, url);
      const name = `${nameOf(reader)} ${url}`;
      isAnswered.holds(t, name, [200, 303, 403, 404].includes(status), {
        status,
        html: textOf(html).slice(0, 400),
      });
      if (status === 303) continue;
      isWhole.same(
        t,
        name,
        {
          headings: html.match(/<h1\b/g)?.length,
          hasTitle: titleOf(html) !== '',
          none: noValue.exec(textOf(html))?.[0],
        },
        { headings: 1, hasTitle: true, none: undefined },
      );
      // What was read, auditors are shown by its address.
      const words = textOf(html).replace(/(^|\s)\/\S+/g, ' ');
      isPlain.same(t, name, neverSaid.exec(words)?.[0], undefined);
      isSecure.holds(
        t,
        name,
        !/<script|<style|\sstyle=|\son[a-z]+=|(src|href|action)="(https?:)?\/\//i.test(html) &&
          headers['cache-control'] === 'no-store' &&
          /default-src 'none'/.test(String(headers['content-security-policy'])),
      );
    }
  for (const property of [isAnswered, isWhole, isPlain, isSecure]) property.settle(t);
  t.strictSame(world.errors, [], 'nothing failed meanwhile');
});

t.test('two pages of one reader have two titles', async (t) => {
  const world = await openWeb(t);
  const office = everybody.find((reader) => reader?.variable === 'AUDITOR');
  const titles = new Map<string, string[]>();
  for (const url of pageAddresses(world, mostOfAKind)) {
    const { status, html } = await world.get(office, url);
    if (status === 200) titles.set(titleOf(html), [...(titles.get(titleOf(html)) ?? []), url]);
  }
  t.strictSame(
    [...titles].filter(([, urls]) => urls.length > 1),
    [],
  );
});

t.test('what pages load is small, kept for good, and not GOV.UK’s own', async (t) => {
  const world = await openWeb(t);
  const assets = Object.values(await loadAssets());
  const packed = assets.reduce((sum, { content }) => sum + gzipSync(content).length, 0);
  t.ok(packed <= 40_000, 'less than 40 kB as they are sent', { packed });
  for (const { url, content } of assets) {
    const { status, headers } = await world.get(undefined, url);
    t.match({ status, headers }, { status: 200, headers: { 'cache-control': /immutable/ } }, url);
    t.notMatch(content.toString(), /GDS Transport|@font-face|govuk-crest|crown|logotype|url\(/i, url);
  }
  const { html } = await world.get(undefined, '/places');
  t.notMatch(html, /GDS Transport|govuk-crest|govuk-footer__crown|logotype|Open Government Licence/i);
  t.match(await world.get(undefined, '/assets/other.css'), { status: 404 });
});

t.test('who may read what is the API’s to say: a token is not read here, nor a cookie there', async (t) => {
  const world = await openWeb(t);
  const office = everybody.find((reader) => reader?.variable === 'PROGRAMME_OFFICE')!;
  const token = await world.token(office.grant, office.account);
  const bearer = { authorization: `Bearer ${token}` };
  const pool = '/pools/durham-warm-homes';
  t.match(await world.get(office, pool), { status: 200 });
  t.match(await world.get(undefined, pool, bearer), { status: 404 }, 'a token opens no page');
  const { status } = await world.send('GET', `/v1${pool}`, { 'x-reader': office.variable });
  t.equal(status, 401, 'what names a reader to pages names none to the API');
});

t.test('the list of what programs may ask speaks as pages do; addresses alone are as they are', async (t) => {
  const { html } = await (await openWeb(t)).get(undefined, '/api');
  const prose = html.replace(/<(div|span) class="[^"]*app-code"[^]*?<\/\1>/g, '');
  t.match(prose, 'What led to this, what followed');
  t.notMatch(textOf(prose), neverSaid);
});

t.test('a problem is told also while nothing can be looked up', async (t) => {
  const world = await openWeb(t);
  const { engine } = world.service;
  const office = everybody.find((reader) => reader?.variable === 'PROGRAMME_OFFICE')!;
  t.match(await world.get(office, '/pools'), { status: 200 });
  const { queries } = engine;
  engine.queries = () => {
    throw new ViewNotLive('access', 'building', 0.5);
  };
  t.teardown(() => (engine.queries = queries));
  const got = await world.get(office, '/pools');
  t.match(got, { status: 503, headers: { 'content-type': /^text\/html/, 'retry-after': '2' } });
  t.match(got.html, /not available now.*What to check/s);
  engine.queries = queries;
  t.match(await world.get(office, '/pools'), { status: 200 }, 'and it is there again');
});

t.test('a file is what the API answers, and says for whom and when it was made', async (t) => {
  const world = await openWeb(t);
  const office = everybody.find((reader) => reader?.variable === 'PROGRAMME_OFFICE')!;
  const csv = await world.get(office, '/pools?format=csv');
  const said = await world.inject(office.grant, office.account, 'GET', '/v1/pools?format=csv');
  t.equal(csv.html, said.raw);
  t.match(csv.headers, {
    'cache-control': 'no-store',
    'content-disposition': /pooled-budgets-for-programme-office-of-total-place-2009-10-22\.csv/,
  });
  const json = await world.get(office, '/pools/durham-warm-homes?format=json');
  t.same(
    JSON.parse(json.html),
    (await world.inject(office.grant, office.account, 'GET', '/v1/pools/durham-warm-homes')).json,
  );
  t.match(await world.get(undefined, '/pools/durham-warm-homes?format=json'), { status: 404 });
  t.match(
    await world.get(office, '/agencies/durham-county-council?format=csv'),
    { status: 400, html: /What to check/ },
    'of what is no list there is no CSV',
  );
});

t.test('what a form left empty is not asked: the address is the short one', async (t) => {
  const world = await openWeb(t);
  const got = await world.get(undefined, '/barriers?placeId=&status=raised&sort=');
  t.match(got, { status: 303, headers: { location: '/barriers?status=raised' } });
});

t.test('what is wrong is told as a page, and as a problem document to programs', async (t) => {
  const world = await openWeb(t);
  for (const [url, status] of [
    ['/nowhere', 404],
    ['/pools/nowhere', 404],
    ['/barriers?status=odd&colour=red', 400],
    ['/pools?colour=red', 400],
    ['/refusals', 403],
    ['/%E0%A4%A', 400],
  ] as const) {
    const got = await world.get(undefined, url);
    t.equal(got.status, status, url);
    t.match(got.headers, { 'content-type': /^text\/html/ }, url);
    t.match(got.html, /What to check.*Whom to ask/s, url);
  }
  const answer = await world.send('GET', '/v1/nowhere');
  t.match(answer, { status: 401, headers: { 'content-type': /^application\/problem\+json/ } });
});

t.test('the calendar begins at this week; what was before is a link away', async (t) => {
  const world = await openWeb(t);
  const reader = everybody.find((one) => one?.variable === 'PROGRAMME_OFFICE');
  const today = await world.get(reader, '/calendar');
  t.match(today.html, 'href="/calendar?from=2009-10-22&amp;format=csv"', 'its files begin today');
  const earlier = /href="([^"]*)">Show what was before/.exec(today.html)?.[1];
  t.equal(earlier, '/calendar?from=1900-01-01');
  const all = await world.get(reader, earlier ?? '');
  const begun = 'Budget 2009: Total Place launched';
  t.notMatch(today.html, begun);
  t.match(all.html, begun);
  t.notMatch(all.html, 'Show what was before');
});
