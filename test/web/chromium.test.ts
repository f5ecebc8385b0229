/**
 * Pages in a browser (they have no script): axe on each structure, wide and narrow; nothing wider than the
 * screen, nothing from elsewhere, nothing that the policy forbids. `WEB_FULL=1` looks at every structure there
 * is; without it at so few pages that each place of an element is looked at. Skipped where there is no
 * Chromium.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import t from 'tap';
import { fixedPages } from '../../src/web/pages/fixed.js';
import { Property } from '../holds.js';
import { covering, structureOf, type Structure } from './structure.js';
import { browserCookies, everybody, feedPages, nameOf, openWeb, queryPages, type WebWorld } from './world.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const isFull = process.env.WEB_FULL === '1';
/** So many records of a kind. */
const mostOfAKind = isFull ? 40 : 6;
const widths = [1280, 320] as const;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

type Reader = (typeof everybody)[number];
interface Visited {
  readonly reader: Reader;
  readonly url: string;
}
/** Every page of every reader, once a structure. */
async function structures(world: WebWorld): Promise<[Visited, Structure][]> {
  const found = new Map<string, [Visited, Structure]>();
  const urls = [
    ...queryPages(world, mostOfAKind),
    ...feedPages(),
    ...fixedPages.map(({ address }) => address),
    '/lineage?record=commitment-ll-commissioning-strategy',
    '/compare?record=place-durham&from=2009-06-30',
    '/pools?columns=all',
    '/barriers?status=closed',
    '/barriers?status=odd',
    '/places/durham?asAt=2009-09-01',
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

interface Looked {
  readonly violations: readonly string[];
  readonly isWider: boolean;
  readonly console: readonly string[];
  readonly elsewhere: readonly string[];
}
async function look(browser: Browser, at: string, { reader, url }: Visited, width: number): Promise<Looked> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
  });
  try {
    await context.addCookies(browserCookies(reader, at));
    const page = await context.newPage();
    const said: string[] = [];
    const elsewhere: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(at)) elsewhere.push(request.url());
    });
    await page.goto(`${at}${url}`);
    return {
      violations: await violationsOn(page),
      isWider: await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      ),
      // What is answered with a status of its own is told by the browser, and is no fault.
      console: said.filter((text) => !/the server responded with a status of/.test(text)),
      elsewhere,
    };
  } finally {
    await context.close();
  }
}
async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )) as Violation[];
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map(({ html }) => html.slice(0, 160))
        .slice(0, 2)
        .join(' | ')}`,
  );
}

t.test(
  'pages in a browser',
  { skip: !existsSync(executablePath) && `there is no ${executablePath}` },
  async (t) => {
    const world = await openWeb(t);
    const all = await structures(world);
    const visited = isFull ? all.map(([page]) => page) : covering(all);
    t.comment(`${all.length} structures, ${visited.length} pages looked at`);
    const at = await world.app.listen({ port: 0, host: '127.0.0.1' });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    t.teardown(() => browser.close());
    const isAccessible = new Property('axe finds nothing');
    const fits = new Property('nothing is wider than the screen');
    const isOwn = new Property('nothing comes from elsewhere, and the policy forbids nothing that is there');
    for (const page of visited)
      for (const width of widths) {
        const name = `${nameOf(page.reader)} ${page.url} at ${width}`;
        const looked = await look(browser, at, page, width);
        isAccessible.same(t, name, looked.violations, []);
        fits.same(t, name, looked.isWider, false);
        isOwn.same(
          t,
          name,
          { console: looked.console, elsewhere: looked.elsewhere },
          { console: [], elsewhere: [] },
        );
      }
    for (const property of [isAccessible, fits, isOwn]) property.settle(t);
  },
);
