/**
 * Pages in a browser, one a structure. `WEB_FULL=1` looks at every structure there is; without it at so few
 * pages that each place of an element is looked at. Forms as they are filled, and what becomes of them, are
 * looked at where that is tested (stories.test.ts, forms.test.ts, errands.test.ts).
 */
import t from 'tap';
import { browserMissing, isFull, Looking, openBrowser, toLookAt } from './looking.js';
import { structureOf, type Structure } from './structure.js';
import {
  browserCookies,
  everybody,
  feedPages,
  nameOf,
  openWeb,
  pageAddresses,
  type WebWorld,
} from './world.js';

/** So many records of a kind. */
const mostOfAKind = isFull ? 40 : 6;

type Reader = (typeof everybody)[number];
interface Visited {
  readonly reader: Reader;
  readonly url: string;
}
/** Every page of every reader, once a structure. */
async function structures(world: WebWorld): Promise<[Visited, Structure][]> {
  const found = new Map<string, [Visited, Structure]>();
  const urls = [
    ...pageAddresses(world, mostOfAKind),
    ...feedPages(),
    '/lineage?record=commitment-ll-commissioning-strategy',
    '/compare?record=place-durham&from=2009-06-30',
    '/pools?columns=all',
    '/programmes/total-place?kind=parallel&since=2009-10-01',
    '/programmes/total-place?kind=parallel&colour=red',
    '/barriers?status=closed',
    '/barriers?status=odd',
    '/places/durham?asAt=2009-09-01',
    '/commitments?placeId=suffolk&asAt=2009-10-09',
    '/pools/durham-warm-homes?asAt=2030-01-01',
    '/nowhere',
    '/sign-in',
    '/api',
    '/api/pool.Pledge',
    '/api/get.pools.id',
  ];
  const forms = new Map<string, Visited>();
  const visit = async (reader: Reader, url: string): Promise<void> => {
    const { status, html } = await world.get(reader, url);
    if (status === 303) return;
    const structure = structureOf(html);
    if (!found.has(structure.whole)) found.set(structure.whole, [{ reader, url }, structure]);
    for (const form of formsOn(html)) {
      const kind = form.replace(/^(\/[^/]+\/)[^/]+(?=\/)/, '$1:id');
      if (!forms.has(kind)) forms.set(kind, { reader, url: form });
    }
  };
  for (const reader of everybody) for (const url of urls) await visit(reader, url);
  for (const { reader, url } of [...forms.values()]) await visit(reader, url);
  return [...found.values()];
}

/** Addresses of the forms that a page offers. */
function formsOn(html: string): string[] {
  const part = /<section aria-labelledby="possible".*?<\/section>/s.exec(html)?.[0] ?? '';
  return [...part.matchAll(/href="([^"]+)"/g)].map(([, address = '']) => address);
}

t.test('pages in a browser', { skip: browserMissing }, async (t) => {
  const world = await openWeb(t);
  const all = await structures(world);
  const visited = toLookAt(all);
  t.comment(`${all.length} structures, ${visited.length} pages looked at`);
  const at = await world.app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await openBrowser(t);
  const looking = new Looking(t);
  for (const { reader, url } of visited) {
    const context = await browser.newContext();
    await context.addCookies(browserCookies(reader, at));
    await looking.goTo(context, at, url, `${nameOf(reader)} ${url}`);
    await context.close();
  }
  looking.settle();
});
