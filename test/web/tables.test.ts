/**
 * Tables in a browser: no word, day or sum of a cell is broken at a screen's width; only ids are. At a phone's
 * every row is a card, of which all is seen and every cell says what it is of; to a reader of the screen it is
 * the same table.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import t from 'tap';
import { readers } from '../../src/demo/readers.js';
import { wrapping } from '../../src/http/words/format.js';
import { browserCookies, openWeb } from './world.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const addresses = [
  '/calendar',
  '/commitments',
  '/pools?columns=all',
  '/access-review',
  '/exceptions',
  '/pools/durham-warm-homes',
];

/** Run in the page: words of cells whose letters stand in more than one line. */
const wordsBroken = `(() => {
const broken = [];
let count = 0;
for (const cell of document.querySelectorAll('td, th')) {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (node.parentElement?.closest('.app-id, .govuk-visually-hidden')) continue;
    const isWhole = node.parentElement?.closest('.app-whole') !== null;
    for (const word of (node.textContent ?? '').matchAll(isWhole ? /\\S.*\\S/g : /[^\\s-–/]+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      count += 1;
      if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word[0]);
    }
  }
}
return { broken, count };
})()`;

/** Run in the page: what is wrong with its rows as cards, and how many cells there are. A figure may be moved. */
const cardFaults = `(() => {
const faults = [];
const width = document.documentElement.clientWidth;
const cells = [...document.querySelectorAll('.app-table tbody td, .app-table tbody th')];
for (const cell of cells) {
  const name = cell.innerText.slice(0, 60);
  let isSeen = true;
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.closest('thead, .govuk-visually-hidden')) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    isSeen &&= [...range.getClientRects()].every(({ left, right }) => left >= 0 && right <= width);
  }
  if (!isSeen) faults.push('not all of it is seen: ' + name);
  if (cell.tagName === 'TH') continue;
  const label = cell.querySelector('.app-cell-label');
  if (!label || label.getClientRects().length === 0) faults.push('it does not say what it is of: ' + name);
}
for (const scroll of document.querySelectorAll('.app-scroll:not(:has(> svg))'))
  if (scroll.scrollWidth > scroll.clientWidth) faults.push('it is to be moved: ' + scroll.ariaLabel);
return { faults, count: cells.length };
})()`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

t.test('how a text may be broken', async (t) => {
  for (const whole of ['24 March 2010', '£1,234.56', '−£0.05', '2009 to 2010'])
    t.equal(wrapping(whole), 'app-whole', whole);
  t.equal(wrapping('post.chief-executive.suffolk-pct'), 'app-id');
  t.equal(wrapping('a'.repeat(64)), 'app-id');
  t.equal(wrapping('Due on 24 March 2010'), 'app-prose');
});

t.test(
  'words of a table stay whole',
  { skip: !existsSync(executablePath) && `there is no ${executablePath}` },
  async (t) => {
    const world = await openWeb(t);
    const url = await world.app.listen({ host: '127.0.0.1', port: 0 });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    t.teardown(() => browser.close());
    const reader = readers.find(({ variable }) => variable === 'AUDITOR');
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.addCookies(browserCookies(reader, url));
    const page = await context.newPage();
    let words = 0;
    for (const address of addresses) {
      await page.goto(`${url}${address}`);
      const found = await page.evaluate<{ broken: string[]; count: number }>(wordsBroken);
      words += found.count;
      t.same(found.broken, [], address);
    }
    t.ok(words > 500, `${words} words`);

    await t.test('at a phone’s width each row is a card, and still a row', async (t) => {
      await page.setViewportSize({ width: 320, height: 640 });
      let cells = 0;
      for (const address of [...addresses, '/reads', '/access', '/me/actions']) {
        await page.goto(`${url}${address}`);
        const found = await page.evaluate<{ faults: string[]; count: number }>(cardFaults);
        cells += found.count;
        t.same(found.faults, [], address);
      }
      t.ok(cells > 500, `${cells} cells`);

      await page.goto(`${url}/access-review?status=in-force`);
      await page.evaluate(axe);
      const violations = await page.evaluate<string[]>(
        'axe.run(document).then(({ violations }) => violations.map(({ id }) => id))',
      );
      t.same(violations, [], 'axe finds nothing');
      const tree = await (await context.newCDPSession(page)).send('Accessibility.getFullAXTree');
      const named = (role: string): unknown[] =>
        tree.nodes
          .filter((node) => node.ignored !== true && node.role?.value === role)
          .map((node) => node.name?.value as unknown);
      t.match(named('columnheader').slice(0, 3), ['Name', 'Grant', 'Status']);
      t.ok(named('rowheader').length > 10, 'each row is told by its name');
      t.ok(named('cell').includes('In force'), 'a cell is told without its label');
      t.same(named('table').length, 1);
    });
  },
);
