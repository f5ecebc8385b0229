/** What is hidden from whom, on pages: as test/http/access.test.ts and tier.test.ts have it of the API. */
import { test } from 'tap';
import { decode } from '../../src/log/codec.js';
import type { DemoReader } from '../../src/demo/readers.js';
import { queries } from '../../src/http/questions/index.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { hasPage } from '../../src/web/words/subjects.js';
import * as pools from '../http/access-world.js';
import { questions } from '../http/questions.js';
import { canaries, plant, readers as everybody, type Reader } from '../http/secrets.js';
import { everyCase, Property } from '../holds.js';
import { readerOf, takeOver } from './signed-in.js';
import { openWeb, type WebWorld } from './world.js';

/** The readers of an API's world, signed in. */
const signedIn = (
  readers: Readonly<Record<string, { readonly as: string; readonly account: string }>>,
): ReadonlyMap<string, DemoReader> =>
  new Map(Object.entries(readers).map(([who, { as, account }]) => [who, readerOf(account, as)]));
/** Without what is another in each answer: its reference, and the fields of its forms. */
const withoutItsMoment = (html: string): string =>
  html.replace(/[0-9a-f-]{36}/g, 'REFERENCE').replace(/(name="form-token"\s+value=")[^"]*/g, '$1');
/** As it is read: names are broken where a line may be. */
const asRead = (html: string): string => html.replaceAll('<wbr>', '').replaceAll('&#39;', "'");

test('who sees what of pools, on pages', async (t) => {
  const web = await openWeb(t, { grantsInLog: false });
  await pools.prepare(web);
  const sessions = signedIn(pools.readers);
  await takeOver(web, [...sessions.values()]);
  const { hidden, open, place, figures, written } = pools;
  const record = `/pools/${hidden}`;
  const pages = [
    '/pools?limit=200',
    `/pools?placeId=${place}`,
    record,
    `/pools/${open}`,
    '/timeline?limit=200',
    `/timeline?limit=200&placeId=${place}`,
    '/timeline?type=PledgeConfirmed&limit=200',
    `/places/${place}`,
    `/places/${place}/progress`,
    '/programmes/total-place/progress',
    '/submissions?limit=200',
    '/me/actions?limit=200',
    `/agencies/${pools.trust}`,
    '/pools?limit=200&format=csv',
    `/timeline?limit=200&format=csv&placeId=${place}`,
  ];
  const secret = [
    `Named ${hidden}`,
    ...written(figures.hidden),
    ...written(figures.hiddenToo),
    ...written(figures.withheld),
    ...written(figures.withheld + figures.shown),
  ];
  const get = async (who: string, url: string) => {
    const { status, html } = await web.get(sessions.get(who), url);
    return { status, text: asRead(html) };
  };
  await everyCase(t, 'a member finds what outsiders do not', async (look) => {
    for (const who of pools.insiders) {
      const pool = await get(who, record);
      look(`${who} opens the pool`, pool.status, 200);
      look(`${who} reads its figures`, pool.text.includes('£2,345,678.91'), true);
      const { text: list } = await get(who, '/pools?limit=200');
      look(`${who} finds it in the list`, list.includes(record), true);
      const { text: shown } = await get(who, `/pools/${open}`);
      look(`${who} reads the withheld pledge`, shown.includes('£3,456,789.12'), true);
    }
  });
  // Somebody who has not signed in reads as somebody without a grant does.
  const outsiders = [...pools.outsiders, 'not signed in'];
  await everyCase(t, 'an outsider finds nothing of it on any page', async (look) => {
    for (const who of outsiders)
      for (const url of pages) {
        const { status, text } = await get(who, url);
        const isHidden = url === record;
        if (isHidden) look(`${who} opens the pool`, status, 404);
        const own = isHidden ? [] : [record];
        look(
          `${who} ${url}`,
          [...secret, ...own].filter((needle) => text.includes(needle)),
          [],
        );
      }
  });
  await everyCase(t, 'of what is open to the programme, what was consented is shown to it', async (look) => {
    for (const who of outsiders) {
      const { status, text } = await get(who, `/pools/${open}`);
      const isOfProgramme = pools.programmeReaders.some((one) => one === who);
      look(`${who} opens it`, status, isOfProgramme ? 200 : 404);
      look(`${who} reads the pledge`, text.includes('£4,567,891.23'), isOfProgramme);
      look(`${who} is told of what is withheld`, text.includes('Not shared with you'), isOfProgramme);
    }
  });
  await everyCase(t, 'a pool that is hidden and one that never was are told alike', async (look) => {
    const told = async (who: string, id: string) => {
      const { status, text } = await get(who, `/pools/${id}`);
      return { status, text: withoutItsMoment(text.replaceAll(id, 'ID')) };
    };
    for (const who of outsiders) look(who, await told(who, hidden), await told(who, 'never-was-a-pool'));
  });
  t.strictSame(web.errors, []);
});

/**
 * Every page there is about what was planted, asked as plainly as it can be, and as a file: what else can be asked of a page
 * is read from the same answers, and looked at there (test/http/tier.test.ts).
 */
function pagesAbout(web: WebWorld, since: number): string[] {
  const world: Record<string, string[]> = { programme: ['total-place'] };
  for (const { aggregate, recordId } of web.service.log.readAll(since, 100_000).map(decode))
    world[aggregate] = [...new Set([...(world[aggregate] ?? []), recordId])];
  const shown = [...queries.filter(({ url }) => hasPage(url)), ...feeds.filter(({ body }) => body)];
  const plainest = new Map<string, string>();
  for (const url of questions(world, shown)) {
    const [page = ''] = url.split('?');
    const isFile = url.includes('format=csv');
    const key = isFile ? `${page} as a file` : page;
    if (!plainest.has(key)) plainest.set(key, url.replace(/^\/v1/, ''));
  }
  return [...plainest.values()];
}

test('every page, every session, every secret', async (t) => {
  const web = await openWeb(t, { grantsInLog: false });
  const since = await web.head();
  await plant(web);
  const pages = pagesAbout(web, since);
  const sessions = signedIn(everybody);
  await takeOver(web, [...sessions.values()]);
  const hides = new Property('nobody is shown what their tier hides');
  const found = new Map<string, Set<string>>(Object.keys(canaries).map((name) => [name, new Set()]));
  for (const [who, reader] of sessions)
    for (const url of pages) {
      const { html } = await web.get(reader, url);
      const text = asRead(html);
      const seen = Object.entries(canaries).filter(([, { texts }]) =>
        texts.some((one) => text.includes(one)),
      );
      for (const [name] of seen) found.get(name)?.add(who);
      const leaked = seen.filter(([, { seenBy }]) => !seenBy.includes(who as Reader)).map(([name]) => name);
      hides.same(t, `${who} ${url}`, leaked, []);
    }
  hides.settle(t);
  everyCase(t, 'what is planted is shown to those who may see it', (look) => {
    for (const [name, { seenBy, optional }] of Object.entries(canaries))
      if (!optional) look(name, [...(found.get(name) ?? [])].sort(), [...seenBy].sort());
  });
  t.comment(`${pages.length} pages, ${sessions.size} readers`);
  t.strictSame(web.errors, []);
});
