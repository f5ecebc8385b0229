/** The board of barriers in a browser: columns beside each other, and below each other on a phone. */
import { test } from 'tap';
import { openForms } from './forms-world.js';
import { browserMissing, Looking, openBrowser } from './looking.js';
import { waitingBarrier } from './waiting-barriers.js';
import { browserCookies, readerCalled } from './world.js';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}
const boxesOf = (selector: string): string =>
  `[...document.querySelectorAll('${selector}')].map((one) => {
    const { left, right, top } = one.getBoundingClientRect();
    return { left: Math.round(left), right: Math.round(right), top: Math.round(top) };
  })`;

test(
  'the board fits a phone and a desk, whatever a barrier is called',
  { skip: browserMissing },
  async (t) => {
    const world = await openForms(t);
    await waitingBarrier(
      world,
      `A rule about ${'Arbeitsmarktdienstleistungsvermittlung'.repeat(4)} and forms`,
    );
    const at = await world.app.listen({ port: 0, host: '127.0.0.1' });
    const browser = await openBrowser(t);
    const context = await browser.newContext();
    await context.addCookies(browserCookies(readerCalled('TREASURY'), at));
    const page = await context.newPage();
    await page.goto(`${at}/barriers`);
    const looking = new Looking(t);
    await looking.at(page, 'the board');
    const boxes = async (width: number, selector: string): Promise<Box[]> => {
      await page.setViewportSize({ width, height: 900 });
      return page.evaluate<Box[]>(boxesOf(selector));
    };
    const rising = (numbers: readonly number[]): boolean =>
      numbers.every((one, i) => i === 0 || one > (numbers[i - 1] ?? 0));

    const narrow = await boxes(320, '.app-board__column');
    t.ok(narrow.length > 1, `${narrow.length} columns`);
    t.equal(new Set(narrow.map(({ left }) => left)).size, 1, 'on a phone they begin at the same edge');
    t.ok(rising(narrow.map(({ top }) => top)), 'one below the other');
    const cards = await boxes(320, '.app-card, .app-card__title');
    t.ok(cards.length > 1);
    t.same(
      cards.filter(({ left, right }) => left < 0 || right > 320),
      [],
      'no card and no title leaves the screen',
    );
    const wide = await boxes(1280, '.app-board__column');
    t.equal(new Set(wide.map(({ top }) => top)).size, 1, 'on a desk they begin at the same height');
    t.ok(rising(wide.map(({ left }) => left)), 'one beside the other');
    looking.settle({ went: false });
  },
);
