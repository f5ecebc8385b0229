/**
 * What becomes of a form, in a browser: with mistakes, with rows added, with a search, checked, recorded. axe
 * finds nothing in any of them, wide and narrow, and nothing is wider than the screen. Skipped where there is
 * no Chromium.
 */
import type { Page } from 'playwright-core';
import t from 'tap';
import { openForms } from './forms-world.js';
import { waitingBarrier } from './waiting-barriers.js';
import { browserMissing, Looking, openBrowser } from './looking.js';
import { browserCookies } from './world.js';
import { readers } from '../../src/demo/readers.js';

const press = (name: string, value?: string) => (page: Page) =>
  page.click(`button[name="${name}"]:not([aria-hidden])${value === undefined ? '' : `[value="${value}"]`}`);
const type = (name: string, text: string) => (page: Page) => page.fill(`[name="${name}"]`, text);
const choose = (name: string, value: string) => (page: Page) =>
  page.check(`[name="${name}"][value="${value}"]`);
/** By the keyboard, as whoever has no mouse. */
const tick = (name: string, index: number) => async (page: Page) => {
  await page.locator(`[name="${name}"]`).nth(index).focus();
  await page.keyboard.press('Space');
};
const next = press('_next');

type Step = readonly [what: string, ...acts: readonly ((page: Page) => Promise<unknown>)[]];
interface Way {
  readonly reader: string;
  readonly address: string;
  readonly steps: readonly Step[];
}
const ways: readonly Way[] = [
  {
    reader: 'SEAT_HOLDER',
    address: '/pools/durham-warm-homes/pledges',
    steps: [
      ['a mistake in a step', next],
      ['the next step', type('pledgedPence', '12,400.50'), next],
      ['the last step', type('financialYear', '2009-10'), next],
      ['the check', next],
      ['changed', press('_change', 'pledgedPence')],
      ['checked again', next, next, next],
      ['recorded', press('_record')],
    ],
  },
  {
    reader: 'PROGRAMME_OFFICE',
    address: '/programmes/total-place/rounds',
    steps: [['mistakes in dates, days and choices', next]],
  },
  {
    reader: 'PROGRAMME_OFFICE',
    address: '/programmes/total-place/required-steps',
    steps: [
      ['rows as they stand', choose('placeKind', 'pilot'), next],
      ['a row more', press('_add', 'steps')],
      ['mistakes in rows', type('steps.0.name', ''), next],
      ['a row less', press('_remove', 'steps.1')],
    ],
  },
  {
    reader: 'LEICESTERSHIRE',
    address: '/pools/new',
    steps: [
      ['a search', type('_search.partners', 'leicester'), press('_find', 'partners')],
      ['mistakes in boxes and groups', next],
    ],
  },
  {
    reader: 'OFFICIAL',
    address: '/departments/department-for-work-and-pensions/answers',
    steps: [
      ['several barriers, none of them ticked', next],
      ['two of them ticked', tick('barriers', 0), tick('barriers', 1), choose('position', 'will-not'), next],
      ['mistakes in their answer', next],
      ['their check', type('reason', 'It is the law'), type('official', 'A director'), next],
      ['both answered', press('_record')],
    ],
  },
];

t.test('what becomes of a form, in a browser', { skip: browserMissing }, async (t) => {
  const world = await openForms(t);
  await waitingBarrier(world, 'Two letters for one claim');
  const at = await world.app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await openBrowser(t);
  const looking = new Looking(t);
  for (const { reader: variable, address, steps } of ways) {
    const reader = readers.find((one) => one.variable === variable);
    const context = await browser.newContext();
    await context.addCookies(browserCookies(reader, at));
    const page = await context.newPage();
    await page.goto(`${at}${address}`);
    for (const [what, ...acts] of steps) {
      for (const act of acts) await act(page);
      await looking.at(page, `${address}: ${what},`);
    }
    t.match(await page.title(), /Total Place$/, `${address} is gone through`);
    await context.close();
  }
  looking.settle({ went: false });
});
