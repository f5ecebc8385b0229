/** Tables in a browser: no word, day or sum of a cell is broken at a screen's width; only ids are. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import t from 'tap';
import { readers } from '../../src/demo/readers.js';
import { wrapping } from '../../src/web/words/format.js';
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
  },
);
