/** Pages that were sent in the course of a test, one a structure, to be looked at again in a browser. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { loadAssets } from '../../src/web/assets.js';
import { Looking, openBrowser, toLookAt } from './looking.js';
import { structureOf, type Structure } from './structure.js';

export interface SeenPage {
  readonly status: number;
  readonly html: string;
  readonly headers: Readonly<Record<string, unknown>>;
}
interface Named extends SeenPage {
  readonly name: string;
}

export class SeenPages {
  readonly #byStructure = new Map<string, readonly [Named, Structure]>();
  readonly #names = new Set<string>();

  /** What was sent, whether or not a page before it was alike. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** Keeps a page whose structure none had before; what is no page is passed over. */
  add(name: string, { status, html, headers }: SeenPage): void {
    if (!String(headers['content-type']).startsWith('text/html')) return;
    this.#names.add(name);
    const structure = structureOf(html);
    if (!this.#byStructure.has(structure.whole))
      this.#byStructure.set(structure.whole, [{ name, status, html, headers }, structure]);
  }

  /** Looks at them in Chromium: all, or so few that each place of an element is looked at. */
  async lookAt(t: Test): Promise<void> {
    const all = [...this.#byStructure.values()];
    const pages = toLookAt(all);
    t.comment(`${all.length} structures, ${pages.length} pages looked at`);
    const origin = await serve(t, pages);
    const context = await (await openBrowser(t)).newContext();
    const looking = new Looking(t);
    for (const [index, { name }] of pages.entries()) await looking.goTo(context, origin, `/${index}`, name);
    looking.settle();
  }
}

/** Of a page's headers, what a browser is not told again: it would leave the page, or wait for more of it. */
const notAgain = new Set(['refresh', 'content-length', 'connection', 'keep-alive', 'transfer-encoding']);

/** Sends pages as they were sent, by their numbers, with what they load; gives the origin. */
async function serve(t: Test, pages: readonly SeenPage[]): Promise<string> {
  const assets = Object.values(await loadAssets());
  const server = createServer(({ url = '' }, response) => {
    const asset = assets.find((one) => one.url === url);
    if (asset) return response.writeHead(200, { 'content-type': asset.type }).end(asset.content);
    const page = pages[Number(url.slice(1))];
    if (!page) return response.writeHead(404).end();
    const headers = Object.entries(page.headers).filter(([name]) => !notAgain.has(name));
    return response
      .writeHead(page.status, Object.fromEntries(headers.map(([name, value]) => [name, String(value)])))
      .end(page.html);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
