/** Figures: what they draw, the numbers beside them, and how they are seen. */
import t from 'tap';
import { stepsFigure } from '../../src/web/figures/steps.js';
import { browserMissing, openBrowser } from './looking.js';
import { browserCookies, openWeb, readerCalled, wordsOf } from './world.js';

const day = (date: number, done: number, due = 2) => ({
  date: `2009-06-${String(date).padStart(2, '0')}`,
  required: 5,
  due,
  done,
});

t.test('days are drawn where they are too many to be read, the numbers where one changed', async (t) => {
  const over = Array.from({ length: 10 }, (_, i) => day(i + 1, i < 4 ? 0 : 1));
  t.equal(stepsFigure(over.slice(1), day(10, 1)), undefined, 'ten days are read');
  const figure = stepsFigure(over, day(11, 1));
  t.same(figure?.numbers, [day(1, 0), day(5, 1), day(11, 1)]);
  t.match(figure?.lines, [
    { isMain: false, under: undefined, end: { text: 'Due 2' } },
    { isMain: true, under: /^M.*Z$/, end: { text: 'Done 1' } },
  ]);
  t.match(figure?.days, [{ date: '2009-06-01' }, { date: '2009-06-11' }]);
  t.equal(figure?.counts[0]?.y, figure?.bottom, 'nothing done lies on the axis');
  const same = stepsFigure(over, day(11, 2));
  const [due = 0, done = 0] = same?.lines.map(({ end }) => end.y) ?? [];
  t.ok(Math.abs(due - done) >= 30, 'the words of two ends do not meet', { due, done });
  t.ok(
    stepsFigure(
      Array.from({ length: 11 }, (_, i) => day(i + 1, 0, 0)),
      day(12, 0, 0),
    ),
    'nothing at all',
  );
});

t.test('a figure says what it shows, and has its numbers and its file', async (t) => {
  const world = await openWeb(t);
  const treasury = readerCalled('TREASURY');
  const sentence = '33 of 33 steps due by today are done, of 92 in all.';
  for (const [url, finding] of [
    ['/programmes/total-place', sentence],
    ['/places/durham', /\d of \d steps due by today are done, of 5 in all\./],
  ] as const) {
    const { html } = await world.get(treasury, url);
    const figure = /<h2[^>]*>Steps done so far<.*?<\/details>/s.exec(html)?.[0] ?? '';
    t.match(wordsOf(`<h1${figure}`), finding, url);
    t.match(figure, /<svg[^>]* role="img" aria-labelledby="steps-title steps-text"/);
    t.match(/<desc[^>]*>[^<]*/.exec(figure)?.[0], finding, 'its description is the finding');
    t.match(figure, /Show the numbers.*22 October 2009/s);
    t.notMatch(figure, /style=|#[0-9a-f]{3,6}"/, 'no style, and no colour that is not the text’s');
    const file = /href="([^"]*format=csv)"/.exec(figure)?.[1]?.replaceAll('&amp;', '&') ?? '';
    t.match(await world.get(treasury, file), { status: 200, html: /^\uFEFF?date,required,due,done/ });
  }
  const { html } = await world.get(undefined, '/programmes/total-place');
  t.match(
    html,
    /<desc[^>]*>13 of 13 steps due by today are done, of 23 in all/,
    'whoever has not signed in: of what everybody is told',
  );
});

t.test('figures on a phone, in forced colours and in print', { skip: browserMissing }, async (t) => {
  const world = await openWeb(t);
  const at = await world.app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await openBrowser(t);
  const context = await browser.newContext({ viewport: { width: 320, height: 900 } });
  await context.addCookies(browserCookies(readerCalled('TREASURY'), at));
  const page = await context.newPage();
  for (const url of ['/programmes/total-place', '/places/durham']) {
    await page.goto(`${at}${url}`);
    const outside = await page.evaluate(`[...document.querySelectorAll('.app-chart text')].filter((text) => {
      const { left, right } = text.getBoundingClientRect();
      const svg = text.ownerSVGElement.getBoundingClientRect();
      return left < svg.left || right > svg.right || svg.right > document.documentElement.clientWidth;
    }).map(({ textContent }) => textContent)`);
    t.same(outside, [], `${url}: every word of it is seen at 320`);
    await page.emulateMedia({ forcedColors: 'active' });
    const colours = await page.evaluate(`(() => {
      const path = document.querySelector('.app-chart path[stroke-width]');
      const text = document.querySelector('.app-chart text');
      const body = getComputedStyle(document.body);
      return { drawn: getComputedStyle(path).stroke !== body.backgroundColor,
        read: getComputedStyle(text).fill !== body.backgroundColor };
    })()`);
    t.same(colours, { drawn: true, read: true }, `${url}: forced colours`);
    await page.emulateMedia({ forcedColors: 'none', media: 'print' });
    t.equal(await page.locator('.app-chart').isVisible(), true, `${url}: in print`);
    await page.emulateMedia({ media: 'screen' });
  }
});
