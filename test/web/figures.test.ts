/** Figures: what they draw, the numbers beside them, and how they are seen. */
import t from 'tap';
import { owedFigure } from '../../src/web/figures/owed.js';
import { stepsFigure } from '../../src/web/figures/steps.js';
import { owedTold } from '../../src/web/words/progress.js';
import { waitingDrawn } from '../../src/web/pages/department.js';
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

const owing = (name: string, oldest: number | null, waiting: object = {}) => ({
  name,
  oldest,
  waiting: { notLate: 0, late1To10: 0, late11To20: 0, lateLonger: 0, ...waiting },
});
t.test('what is owed is drawn by how late it is, the latest first', async (t) => {
  const all = [
    owing('Cabinet Office', null, { notLate: 1 }),
    owing('Department of Health', null),
    owing('Home Office', 4, { late1To10: 1, notLate: 1 }),
    owing('Department for Children, Schools, Families and More', 34, { lateLonger: 4 }),
  ];
  const figure = owedFigure(all);
  t.match(
    figure?.numbers.map(({ name, all: count }) => [name, count]),
    [
      ['Department for Children, Schools, Families and More', 4],
      ['Home Office', 2],
      ['Cabinet Office', 1],
    ],
    'who owes nothing is not drawn',
  );
  t.same(
    figure?.texts.map(({ text }) => text),
    [
      ...['Department for Children, Schools, Families and', 'More', '4, the latest by 34'],
      ...['Home Office', '2, the latest by 4', 'Cabinet Office', '1'],
    ],
    'each by its name, with how much and how late; a long name in two lines',
  );
  const bars = figure?.parts.map(({ path }) =>
    [...path.matchAll(/h(\d+)v20h/g)].map(([, long]) => Number(long)),
  );
  t.same(bars, [[310], [], [78], [77, 78]], 'as long as there are things, half of 4 for 2, in its two parts');
  t.equal(owedFigure([owing('Home Office', null)]), undefined, 'nothing is owed');
  for (const [told, ...of] of [
    ['7 things wait for departments: 5 are late, the latest by 34 working days.', ...all],
    ['1 thing waits for departments: none is late.', owing('Cabinet Office', null, { notLate: 1 })],
    ['1 thing waits for departments: 1 is late, by 1 working day.', owing('A', 1, { late1To10: 1 })],
  ] as const)
    t.equal(owedTold(of, 'departments'), told);
});

t.test('what a department owes is drawn where it cannot be read off ten rows', async (t) => {
  const world = await openWeb(t);
  const at = '/departments/department-for-work-and-pensions';
  const treasury = readerCalled('TREASURY');
  t.notMatch((await world.get(treasury, at)).html, /<svg class="app-chart"/, 'two things are read');
  const { html } = await world.get(treasury, `${at}/docket?format=json`);
  const [item] = (JSON.parse(html) as { items: Parameters<typeof waitingDrawn>[0] }).items;
  if (!item) throw new Error('It owes nothing.');
  const norfolk = { ...item, daysLate: 0, places: [{ id: 'norfolk', name: 'Norfolk' }] };
  const ten = [...Array.from({ length: 9 }, () => item), norfolk];
  t.equal(waitingDrawn(ten, 'it'), undefined, 'ten are');
  t.match(waitingDrawn([...ten, norfolk], 'it'), {
    finding: '11 things wait for it: 9 are late, the latest by 34 working days.',
    figure: {
      numbers: [
        { name: 'Kent', all: 9, oldest: 34 },
        { name: 'Norfolk', all: 2, oldest: null },
      ],
    },
  });
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
  const progress = (await world.get(treasury, '/programmes/total-place')).html;
  const owed = /<h2[^>]*>What Whitehall owes<.*?<\/details>/s.exec(progress)?.[0] ?? '';
  const found = '6 things wait for departments: 4 are late, the latest by 34 working days.';
  t.match(wordsOf(`<h1${owed}`), found);
  t.match(/<desc[^>]*>[^<]*/.exec(owed)?.[0], found, 'its description is the finding');
  t.match(
    wordsOf(`<h1${owed}`),
    /Department for Work and Pensions 2, the latest by 34 Home Office 1, the latest by 21 /,
  );
  t.match(owed, /<svg[^>]* role="img" aria-labelledby="owed-title owed-text".*Show the numbers/s);
  t.notMatch(owed, /style=|#[0-9a-f]{3,6}"/);
  const drawn = /<svg.*?<\/svg>/s.exec(owed)?.[0] ?? '';
  t.ok(drawn.length > 0 && drawn.length < 6000, 'small', { length: drawn.length });
  const csv = /href="([^"]*format=csv)"/.exec(owed)?.[1]?.replaceAll('&amp;', '&') ?? '';
  t.match(await world.get(treasury, csv), {
    status: 200,
    html: /^\uFEFF?id,name,oldestWorkingDays,lateLonger,late11To20,late1To10,notLate,.*department-for-work-and-pensions,Department for Work and Pensions,34,2,0,0,0,/s,
  });
  const { html } = await world.get(undefined, '/programmes/total-place');
  t.notMatch(html, 'owed-title', 'what is not shared is not drawn');
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
    const lost = await page.evaluate(`(() => {
      const behind = getComputedStyle(document.body).backgroundColor;
      return [...document.querySelectorAll('.app-chart path[stroke-width], .app-chart text')]
        .filter((one) => getComputedStyle(one)[one.matches('text') ? 'fill' : 'stroke'] === behind).length;
    })()`);
    t.equal(lost, 0, `${url}: forced colours`);
    await page.emulateMedia({ forcedColors: 'none', media: 'print' });
    const charts = await page.locator('.app-chart').all();
    const printed = await Promise.all(charts.map((chart) => chart.isVisible()));
    t.same(printed, url.startsWith('/programmes') ? [true, true] : [true], `${url}: in print`);
    await page.emulateMedia({ media: 'screen' });
  }
});
