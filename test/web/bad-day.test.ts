/**
 * Pages where something is missing: without a mouse, in the colours that a reader's own system sets, on paper;
 * no page has a script, so that nothing is tried with one. Skipped where there is no Chromium.
 */
import type { BrowserContext, Page } from 'playwright-core';
import t from 'tap';
import { Property } from '../holds.js';
import { openForms } from './forms-world.js';
import { browserMissing, openBrowser } from './looking.js';
import { browserCookies, readerCalled } from './world.js';

/** Pages of each kind, and whose. */
const looked: readonly (readonly [variable: string, address: string])[] = [
  ['TREASURY', '/programmes/total-place'],
  ['TREASURY', '/programmes/total-place/brief'],
  ['CHAIR', '/'],
  ['CHAIR', '/places/durham'],
  ['OFFICIAL', '/departments/department-for-work-and-pensions'],
  ['OFFICIAL', '/barriers'],
  ['SECRETARIAT', '/pools/durham-warm-homes'],
  ['SUFFOLK', '/commitments?placeId=suffolk'],
  ['LEICESTERSHIRE', '/decisions/ll-strategy-date/audit'],
  ['PROGRAMME_OFFICE', '/this-week'],
  ['PROGRAMME_OFFICE', '/programmes/total-place/rounds'],
  ['AUDITOR', '/timeline?placeId=durham'],
  ['AUDITOR', '/exceptions'],
];
const pledge = '/pools/durham-warm-homes/pledges';

/** Of what has the focus: what it is, where it stands, and whether it can be seen. */
interface Focused {
  readonly what: string;
  readonly isBody: boolean;
  readonly order: number;
  readonly isOnScreen: boolean;
  readonly isMarked: boolean;
}
const focused = `(() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const label = one.labels?.[0];
  const beside = label ? getComputedStyle(label, '::before') : style;
  return {
    what: (one.tagName + ' ' + (one.textContent || one.name || '')).trim().slice(0, 60),
    isBody: one === document.body,
    order: [...document.querySelectorAll('*')].indexOf(one),
    isOnScreen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    isMarked: [style, beside].some((s) => s.outlineStyle !== 'none' && s.outlineWidth !== '0px')
      || style.boxShadow !== 'none' || beside.boxShadow !== 'none',
  };
})()`;
/** More than any of the pages has. */
const mostStops = 400;

/** Presses Tab until it has gone round; what had the focus, in this order. */
async function tabbed(page: Page): Promise<Focused[]> {
  const stops: Focused[] = [];
  while (stops.length < mostStops) {
    await page.keyboard.press('Tab');
    const stop = (await page.evaluate(focused)) as Focused;
    if (stop.isBody || stop.order === stops[0]?.order) return stops;
    // A date has a day, a month, a year and a calendar: it is one, marked at whichever of them.
    if (stop.order !== stops.at(-1)?.order) stops.push(stop);
  }
  return stops;
}

t.test('on a bad day', { skip: browserMissing }, async (t) => {
  const world = await openForms(t);
  const at = await world.app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await openBrowser(t);
  async function asReader(
    variable: string,
    address: string,
    act: (page: Page) => Promise<void>,
    options = {},
  ) {
    const context: BrowserContext = await browser.newContext({
      viewport: { width: 1000, height: 900 },
      ...options,
    });
    await context.addCookies(browserCookies(readerCalled(variable), at));
    const page = await context.newPage();
    await page.goto(`${at}${address}`);
    await act(page);
    await context.close();
  }

  t.test('without a mouse', async (t) => {
    const isInOrder = new Property('the focus goes down the page, first to its contents');
    const isSeen = new Property('what has the focus is on the screen, and marked');
    for (const [variable, address] of looked)
      await asReader(variable, address, async (page) => {
        const stops = await tabbed(page);
        const orders = stops.map(({ order }) => order);
        isInOrder.same(
          t,
          address,
          [stops[0]?.what, orders],
          ['A Skip to main content', orders.toSorted((a, b) => a - b)],
        );
        isSeen.same(
          t,
          address,
          stops.filter(({ isOnScreen, isMarked }) => !isOnScreen || !isMarked),
          [],
        );
      });
    for (const property of [isInOrder, isSeen]) property.settle(t);

    await asReader('SEAT_HOLDER', pledge, async (page) => {
      const to = async (what: RegExp) => {
        for (let stop = 0; stop < mostStops; stop++) {
          await page.keyboard.press('Tab');
          if (
            what.test(
              String(
                await page.evaluate('document.activeElement.name || document.activeElement.textContent'),
              ),
            )
          )
            return;
        }
        throw new Error(`The focus never comes to ${what}.`);
      };
      await to(/^pledgedPence$/);
      await page.keyboard.type('a lot');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.govuk-error-summary');
      t.equal(
        await page.evaluate('document.activeElement.className'),
        'govuk-error-summary',
        'what is wrong has the focus',
      );
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      t.equal(await page.evaluate('location.hash'), '#pledgedPence', 'and leads to its field');
    });
  });

  t.test('in the colours of the reader’s own system', async (t) => {
    const isDrawn = new Property('what a figure draws stands out from what is behind it');
    const isTold = new Property('no word has the colour of what is behind it');
    for (const [variable, address] of looked)
      for (const colorScheme of ['light', 'dark'] as const)
        await asReader(
          variable,
          address,
          async (page) => {
            const lost = await page.evaluate(`(() => {
              const canvas = getComputedStyle(document.body).backgroundColor;
              return [...document.querySelectorAll('svg rect, svg path, svg line, svg circle')].filter((one) => {
                const { fill, stroke } = getComputedStyle(one);
                return [fill, stroke].every((paint) => paint === 'none' || paint === canvas);
              }).length;
            })()`);
            isDrawn.same(t, `${address} ${colorScheme}`, lost, 0);
            const unread = await page.evaluate(`(() => {
              const behind = (one) => {
                for (let up = one; up; up = up.parentElement) {
                  const { backgroundColor } = getComputedStyle(up);
                  if (backgroundColor !== 'rgba(0, 0, 0, 0)') return backgroundColor;
                }
              };
              return [...document.querySelectorAll('body *')]
                .filter((one) => !one.closest('svg, script, style') && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
                .filter((one) => getComputedStyle(one).color === behind(one))
                .map((one) => one.textContent.trim().slice(0, 40));
            })()`);
            isTold.same(t, `${address} ${colorScheme}`, unread, []);
          },
          { forcedColors: 'active', colorScheme },
        );
    for (const property of [isDrawn, isTold]) property.settle(t);
  });

  t.test('on paper', async (t) => {
    const isBare = new Property('nothing that only a screen can use is printed, and for whom it was made is');
    const fits = new Property('nothing is wider than the paper');
    for (const [variable, address] of looked)
      await asReader(
        variable,
        address,
        async (page) => {
          await page.emulateMedia({ media: 'print' });
          const printed = String(await page.evaluate('document.body.innerText'));
          // A form that is printed is one to fill in: its buttons stand.
          const buttons = await page.evaluate(`
            [...document.querySelectorAll('nav, button, .govuk-button')]
              .filter((one) => !one.closest('form[method="post"]:not([action="/sign-out"])'))
              .map((one) => (one.checkVisibility() ? one.innerText.trim() : ''))
              .filter((text) => text !== '')`);
          isBare.same(t, address, [buttons, /Made for .+, on /.test(printed)], [[], true]);
          const isWider = await page.evaluate(
            'document.documentElement.scrollWidth > document.documentElement.clientWidth',
          );
          fits.same(t, address, isWider, false);
        },
        // A4 between margins of a centimetre, at 96 dots an inch.
        { viewport: { width: 718, height: 1047 } },
      );
    for (const property of [isBare, fits]) property.settle(t);
  });
});
