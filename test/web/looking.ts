/**
 * Pages in Chromium (they have no script): axe, wide and narrow; nothing wider than the screen, nothing from
 * elsewhere, nothing that the policy forbids. Where there is no Chromium, such tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { Test } from 'tap';
import { Property } from '../holds.js';
import { covering, type Structure } from './structure.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Why nothing can be looked at here; false where it can. */
export const browserMissing = !existsSync(executablePath) && `there is no ${executablePath}`;
/** Whether every structure is looked at, and not only so few that each place of an element is. */
export const isFull = process.env.WEB_FULL === '1';

const screens = [
  { width: 1280, height: 900 },
  { width: 320, height: 900 },
] as const;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Places of elements that were looked at in this process, in whichever of its test files. */
const lookedAt = new Set<string>();
/** Of pages by their structures, those to look at. */
export const toLookAt = <P>(pages: readonly (readonly [P, Structure])[]): P[] =>
  isFull ? pages.map(([page]) => page) : covering(pages, lookedAt);

export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  return browser;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
/** Of an element that axe finds something about, so many characters are told; of so many of them. */
const [mostOfElement, mostElements] = [160, 2];
async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )) as Violation[];
  return found.map(({ id, nodes }) => {
    const elements = nodes.slice(0, mostElements).map(({ html }) => html.slice(0, mostOfElement));
    return `${id}: ${elements.join(' | ')}`;
  });
}

/** What holds of every page that is looked at: an assertion each. */
export class Looking {
  readonly #isAccessible = new Property('axe finds nothing');
  readonly #fits = new Property('nothing is wider than the screen');
  readonly #isOwn = new Property(
    'nothing comes from elsewhere, and the policy forbids nothing that is there',
  );

  constructor(private readonly t: Test) {}

  /** Looks at the page that is open, wide and narrow. */
  async at(page: Page, name: string): Promise<void> {
    for (const screen of screens) {
      await page.setViewportSize(screen);
      const at = `${name} at ${screen.width}`;
      this.#isAccessible.same(this.t, at, await violationsOn(page), []);
      const isWider = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      this.#fits.same(this.t, at, isWider, false);
    }
  }

  /** Goes to an address of the service at `origin`, and looks at its page. */
  async goTo(context: BrowserContext, origin: string, address: string, name: string): Promise<void> {
    const page = await context.newPage();
    try {
      const said: string[] = [];
      const elsewhere: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith(origin)) elsewhere.push(request.url());
      });
      await page.goto(`${origin}${address}`);
      await this.at(page, name);
      // What is answered with a status of its own is told by the browser, and is no fault.
      const console = said.filter((text) => !/the server responded with a status of/.test(text));
      this.#isOwn.same(this.t, name, { console, elsewhere }, { console: [], elsewhere: [] });
    } finally {
      await page.close();
    }
  }

  /** Of pages that it did not go to itself, where they take from is not known. */
  settle({ went }: { readonly went: boolean } = { went: true }): void {
    for (const property of [this.#isAccessible, this.#fits]) property.settle(this.t);
    if (went) this.#isOwn.settle(this.t);
  }
}
