/** Briefs: what stands on one side of paper, for whom, and that it is one side. */
import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { DemoReader } from '../../src/demo/readers.js';
import { existing } from '../../src/domain/kernel/parts.js';
import { isAhead, part } from '../../src/web/pages/brief.js';
import { browserMissing, openBrowser } from './looking.js';
import { browserCookies, openWeb, readerCalled, wordsOf, type WebWorld } from './world.js';

const pensions = '/departments/department-for-work-and-pensions/brief';
const briefIn = (html: string): string => wordsOf(/<div class="app-brief">.*?<form/s.exec(html)?.[0] ?? '');

/** Barriers of a place that wait to be sorted, with long names, opened to its programme. */
async function manyBarriers(world: WebWorld, { grant, account }: DemoReader): Promise<void> {
  const placeId = grant.replace('secretariat@place:', '');
  for (let i = 0; i < 30; i++) {
    const id = `many-${i}`;
    await world.command(grant, account, '/v1/barriers', {
      id,
      placeId,
      kind: 'guidance',
      statement: `${i} A benefit is assessed three times by offices that may not tell each other`,
      effectOnResidents: 'They tell their story three times',
    });
    await world.service.executor.execute({
      aggregate: 'barrier',
      id,
      command: 'Disclose',
      data: { to: 'programme' },
      commandId: randomUUID(),
      actor: { account: 'system:discloser', role: 'system' },
    });
  }
}

t.test('what does not fit is counted, and where it is read is said', async (t) => {
  t.same(part('A', [], 'None.', 'see there').lines, ['None.']);
  const lines = Array.from({ length: 11 }, (_, i) => `${i}`);
  t.same(part('A', lines, 'None.', 'see there').lines, [...lines.slice(0, 9), 'And 2 more: see there']);
  t.same(part('A', lines.slice(2), 'None.', 'see there').lines, lines.slice(2), 'all that fits');
  const long = lines.map(() => 'word '.repeat(50));
  t.equal(part('A', long, 'None.', 'see there').lines.length, 4, 'a long line takes the room of several');
  t.equal(part('A', ['word '.repeat(500), 'b'], 'None.', 'there').lines.at(-1), 'And 1 more: there');
});

/** The days that a part of a brief begins its lines with. */
const daysIn = (html: string, title: string): string[] => {
  const [, part = ''] = new RegExp(`>${title}</h2>(.*?)(?:<h2|</div>)`, 's').exec(html) ?? [];
  return [...part.matchAll(/<li>(\d{1,2} \w+ \d{4}):/g)].map(([, on = '']) => on);
};

t.test('the next four weeks are four weeks', async (t) => {
  t.same(
    ['2009-10-21', '2009-10-22', '2009-11-19', '2009-11-20'].map((on) => isAhead(on, '2009-10-22')),
    [false, true, true, false],
  );
  const world = await openWeb(t);
  const addresses = [
    '/programmes/total-place',
    '/places/durham',
    '/places/kent',
    '/departments/department-for-communities-and-local-government',
  ];
  const all = await Promise.all(
    addresses.map(async (at) => {
      const { html } = await world.get(readerCalled('TREASURY'), `${at}/brief`);
      t.match(html, '>The next four weeks</h2>', at);
      return daysIn(html, 'The next four weeks');
    }),
  );
  const days = all.flat();
  t.ok(days.length > 0, 'something is due');
  t.same(
    days.filter((on) => Date.parse(`${on} UTC`) > Date.parse('19 November 2009 UTC')),
    [],
    'nothing that is due later',
  );
});

t.test('a place’s is the programme’s, whoever of it reads', async (t) => {
  const world = await openWeb(t);
  const read = async (variable: string) => world.get(readerCalled(variable), '/places/durham/brief');
  const official = briefIn((await read('TREASURY')).html);
  t.match(
    official,
    /Brief: Durham For the programme: .* As at 22 October 2009 at 9am\. .*What the place owes: Green\. What Whitehall owes it: Amber\. 2 of 2 steps due by today are done, of 5 in all\. Confirmed in pooled and aligned budgets: at least £1\.2 million\. Whitehall has 0 answers overdue\. What Whitehall owes longest is Durham: Remove the barrier [^.]*: 4 working days late \(due 16 October 2009\) \(Department for Communities and Local Government\)\. What is red, and why Nothing is red\. What changed since 15 October 2009 .*The next four weeks /,
  );
  t.equal(briefIn((await read('SECRETARIAT')).html), official, 'its own people are told no more in it');
  t.match(/<textarea.*?<\/textarea>/s.exec((await read('TREASURY')).html)?.[0], 'What is red, and why');
  t.match(await world.get(undefined, '/places/durham/brief'), { status: 303 });
  t.equal((await read('PUBLIC')).status, 403, 'who is not of the programme');
});

t.test('a department’s says what it owes, how late, and what changed', async (t) => {
  const world = await openWeb(t);
  const read = async (variable: string, asked = '') =>
    world.get(readerCalled(variable), `${pensions}${asked}`);
  const official = briefIn((await read('TREASURY', '?since=2009-09-01')).html);
  t.match(
    official,
    /Brief: Department for Work and Pensions For the programme: .*It has given no answer yet\. It has 1 answer overdue\. What it owes longest is Kent: [^.]*, 34 working days late\. Places that wait for it: Kent\. Their steps: \d of \d steps due by today are done, of 5 in all\. Confirmed in their pooled and aligned budgets: [^.]*\. What is red, and why Kent: Answer the barrier .*, due 18 September 2009, 24 working days late What changed since 1 September 2009 New: Kent: Answer .*Was Amber green: Kent: Accept /,
  );
  t.equal(briefIn((await read('OFFICIAL', '?since=2009-09-01')).html), official, 'its own people too');
  t.equal((await read('PUBLIC')).status, 403);
  t.equal((await read('TREASURY', '?since=2010-01-01')).status, 400, 'a day to come');
});

t.test('a programme’s names what changed, what is owed longest, to whom and by whom', async (t) => {
  const world = await openWeb(t);
  const text = briefIn((await world.get(readerCalled('TREASURY'), '/programmes/total-place/brief')).html);
  t.match(
    text,
    /What Whitehall owes longest is Kent: .*: 34 working days late \(due .*\) \(Department for Work/,
  );
  const changed = /What changed since 15 October 2009 (.*?) The next four weeks/.exec(text)?.[1] ?? '';
  t.match(
    changed,
    /Durham: Whitehall’s colour from Amber green to Amber; Was Amber green: Remove the barrier/,
    'place and reason',
  );
  t.notMatch(changed, /\d+ (new|changed) reasons?|reasons? gone/);
});

/** Pages of what a browser prints. */
async function printed(t: Test, world: WebWorld, addresses: readonly string[]): Promise<void> {
  const at = await world.app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await openBrowser(t);
  const context = await browser.newContext();
  await context.addCookies(browserCookies(readerCalled('TREASURY'), at));
  const page = await context.newPage();
  for (const address of addresses) {
    await page.goto(`${at}${address}`);
    const file = (await page.pdf({ format: 'A4' })).toString('latin1');
    t.equal(file.match(/\/Type\s*\/Page\b/g)?.length, 1, `${address} is one side`);
  }
  await page.goto(`${at}/programmes/total-place`);
  const whole = (await page.pdf({ format: 'A4' })).toString('latin1');
  t.ok((whole.match(/\/Type\s*\/Page\b/g)?.length ?? 0) > 1, 'a page that is no brief is longer');
}

t.test('briefs are one side of A4', { skip: browserMissing }, async (t) => {
  const world = await openWeb(t);
  const lead = existing(readerCalled('LEICESTERSHIRE'), 'LEICESTERSHIRE');
  await manyBarriers(world, lead);
  const crowded = '/places/leicester-leicestershire/brief';
  const text = briefIn((await world.get(readerCalled('TREASURY'), crowded)).html);
  t.match(text, /And \d+ more: see the page of Leicester/, 'what changed');
  t.match(text, /And \d+ more: see its calendar/, 'what comes');
  await printed(t, world, [
    crowded,
    '/places/durham/brief?since=2009-06-01',
    '/places/kent/brief?since=2009-06-01',
    `${pensions}?since=2009-06-01`,
    '/departments/department-for-communities-and-local-government/brief?since=2009-06-01',
    '/programmes/total-place/brief?since=2009-06-01',
  ]);
});
