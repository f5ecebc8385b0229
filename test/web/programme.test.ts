/** The page of the programme, as an official, a place and whoever has not signed in read it. */
import t from 'tap';
import { readers } from '../../src/demo/readers.js';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import { cells } from './cells.js';
import { openWeb } from './world.js';

const address = '/programmes/total-place';
const readerOf = (variable: string) => readers.find((reader) => reader.variable === variable)!;
const textOf = (html: string): string =>
  html
    .replace(/<head>.*?<\/head>/gs, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
const world = await openWeb(t);
const pageFor = async (variable: string | undefined, asked = '') => {
  const got = await world.get(variable === undefined ? undefined : readerOf(variable), `${address}${asked}`);
  return { ...got, text: textOf(got.html) };
};
/** The page's first words stand in this order. */
const inOrder = (text: string, words: readonly string[]): boolean => {
  const at = words.map((word) => text.indexOf(word));
  return at.every((index, i) => index >= 0 && (i === 0 || index > (at[i - 1] ?? 0)));
};

t.test('an official reads first how it stands, then each place, who must act and what is owed', async (t) => {
  const { status, text, html } = await pageFor('TREASURY');
  t.equal(status, 200);
  t.ok(
    inOrder(text, [
      'Of 23 places 2 are red: 1 for what the place owes, 2 for what Whitehall owes, 1 of them for both.',
      '106 working days to Budget 2010, 24 March 2010',
      'Where each place is',
      'Who must act',
      'What Whitehall owes',
      'What changed',
      'About the programme',
    ]),
    text.slice(0, 2000),
  );
  const [, matrix = ''] =
    /<table class="govuk-table app-table app-matrix".*?<tbody[^>]*>(.*?)<\/tbody>/s.exec(html) ?? [];
  const rows = matrix.split('</tr>').map(textOf);
  t.equal(rows.length, 24, 'a row a place');
  t.match(rows[0], /Kent|Leicester/, 'the worst first');
  t.match(
    rows.find((row) => row.includes('Durham')),
    /Whitehall’s colour: ◑ Amber .* A commitment for every theme: ✓ Done /,
  );
  const owed = textOf(/<h2[^>]*id="owed".*?<h2/s.exec(html)?.[0] ?? '');
  t.ok(inOrder(owed, ['Department for Work and Pensions', 'Cabinet Office']), 'what is latest first');
});

t.test('it is small enough to be sent, whoever reads it and whatever changed', async (t) => {
  for (const reader of ['TREASURY', 'AUDITOR', 'PROGRAMME_OFFICE', 'OFFICIAL', 'CHAIR', undefined])
    for (const asked of ['', '?since=2009-07-01']) {
      const { html } = await pageFor(reader, asked);
      t.ok(html.length <= 150_000, `${reader ?? 'nobody'}${asked}: ${html.length}`);
    }
});

t.test('its rounds, steps and themes stand on a page of their own', async (t) => {
  const { html } = await pageFor('TREASURY');
  t.match(html, 'href="/programmes/total-place/record">About the programme: its rounds, steps and themes');
  const { text, html: alone } = await pageFor('TREASURY', '/record');
  t.match(alone, 'href="/programmes/total-place?format=json">As JSON');
  t.ok(inOrder(text, ['Total Place: its rounds, steps and themes', 'Rounds', 'Restrictions']), text);
});

t.test('since a day: what changed and nothing else', async (t) => {
  const { text, html } = await pageFor('TREASURY', '?since=2009-10-01');
  t.match(text, 'What changed since 1 October 2009');
  const changes = textOf(/<h2[^>]*id="changes".*?<form/s.exec(html)?.[0] ?? '');
  t.match(changes, /Durham Whitehall’s colour: ✓ Green → ◑ Amber Steps done: A commitment for every theme/);
  t.notMatch(changes, 'Bradford');
  const { text: since } = await pageFor(undefined, '?since=2009-10-22');
  t.match(since, 'Nothing that you see changed since then.');
  t.match(await pageFor('TREASURY', '?since=2010-01-01'), { status: 400, text: /a day before it/ });
});

/** The places of the matrix, in the order of its rows. */
const placesIn = (html: string): string[] => {
  const [, matrix = ''] =
    /<table class="govuk-table app-table app-matrix".*?<tbody[^>]*>(.*?)<\/tbody>/s.exec(html) ?? [];
  return [...matrix.matchAll(/scope="row"[^>]*><a[^>]*href="\/places\/([^"]*)"/g)].map(([, id = '']) => id);
};

t.test('places are asked for by kind, colour, region and who must act; the address says so', async (t) => {
  const { html } = await pageFor('TREASURY');
  for (const [name, option] of [
    ['kind', 'value="parallel">Parallel'],
    ['colour', 'value="amber">Amber'],
    ['mustAct', 'value="department:department-for-work-and-pensions">Department for Work and Pensions'],
    ['region', 'value="North East">North East'],
  ] as const) {
    const [select = ''] = new RegExp(`<select[^>]*name="${name}".*?</select>`, 's').exec(html) ?? [];
    t.match(select, option, name);
  }
  const parallel = await pageFor('TREASURY', '?kind=parallel');
  t.equal(placesIn(parallel.html).length, 10);
  t.match(parallel.text, /Shown: 10 of 23 places\. Show every place/);
  t.match(parallel.text, 'Of 23 places 2 are red', 'what is counted counts all');
  t.match(parallel.html, '<option value="parallel" selected>');
  t.match(parallel.html, 'href="/programmes/total-place/progress?kind=parallel&amp;format=csv"');
  t.same(placesIn((await pageFor('TREASURY', '?region=North+East')).html).sort(), [
    'durham',
    'gateshead-south-tyneside-sunderland',
  ]);
  const owed = await pageFor(
    'TREASURY',
    '?mustAct=department:department-for-work-and-pensions&since=2009-10-01',
  );
  t.same(placesIn(owed.html), ['kent']);
  t.match(owed.text, /Kent .*Who must act: Department for Work and Pensions/);
  t.match(owed.html, /<input type="hidden" name="since" value="2009-10-01">.*<select/s, 'the day is kept');
  t.match(
    owed.html,
    /id="changes".*<input type="hidden" name="mustAct" value="department:department-for-work-and-pensions">/s,
    'and the body, where another day is asked for',
  );
  const none = await pageFor('TREASURY', '?kind=parallel&colour=red');
  t.same(placesIn(none.html), []);
  t.match(none.text, 'No place is as you asked for.');
  const then = await pageFor('TREASURY', '?asAt=2009-10-01&kind=parallel');
  t.match(then.text, /Where each place was.*Shown: 10 places\./);
  t.match(await pageFor('TREASURY', '?colour=odd'), { status: 400 });
});

t.test('a day that is over', async (t) => {
  const { status, text } = await pageFor('TREASURY', '?asAt=2009-10-01');
  t.equal(status, 200);
  t.match(text, /As it stood on 1 October 2009.*Where each place was.*Durham.*✓ Green/);
});

t.test('who was here before is offered what changed since then', async (t) => {
  const first = await pageFor('SECRETARIAT');
  t.notMatch(first.text, 'since your last visit', 'nobody was here before');
  const own = await openWeb(t);
  const { account } = readerOf('SECRETARIAT');
  await accountsOn(own.service).startSession(account, {
    sid: 'an-earlier-session',
    kind: 'browser',
    until: '2009-10-22T17:00:00.000Z',
  });
  (own.service.clock as SimulatedClock).advance('2009-10-27T09:00:00.000Z');
  for (const at of [address, '/places/durham']) {
    const { html } = await own.get(readerOf('SECRETARIAT'), `${at}?kind=pilot`.replace(/(durham).*/, '$1'));
    const [, href = '', said] =
      /<a[^>]*href="([^"]*)">(Show what changed since your last visit, on [^<]*)</.exec(html) ?? [];
    t.equal(said, 'Show what changed since your last visit, on 22 October 2009', at);
    t.match(href, /[?;]since=2009-10-21$/, 'that day is told with it');
    const changed = await own.get(readerOf('SECRETARIAT'), href.replaceAll('&amp;', '&'));
    t.match(textOf(changed.html), /21 October 2009/);
  }
});

t.test('a department leads to its page, and not to the list of what it owes', async (t) => {
  const { html } = await pageFor('SECRETARIAT');
  const owed = html.slice(html.indexOf('id="owed"'));
  t.match(owed, /<a class="govuk-link" href="\/departments\/home-office">Home Office</);
  t.notMatch(html, /href="\/departments\/[^"]*\/docket"/);
});

t.test('whoever has not signed in is told what is not shared', async (t) => {
  const { status, text } = await pageFor(undefined);
  t.equal(status, 200);
  t.match(text, /Not shared with you answers of Whitehall overdue/);
  t.match(text, /Pledged: not shared with you\. Confirmed: not shared with you\./);
  t.match(text, /What Whitehall owes Not shared with you\./);
});

t.test('a brief of one side is the programme’s, whoever of it reads', async (t) => {
  const at = `${address}/brief`;
  const read = async (variable: string) => {
    const { status, html } = await world.get(readerOf(variable), at);
    const text = textOf(/<div class="app-brief">.*?<form/s.exec(html)?.[0] ?? '');
    return { status, html, text };
  };
  const official = await read('TREASURY');
  t.equal(official.status, 200);
  t.ok(
    inOrder(official.text, [
      'Brief: Total Place',
      'For the programme: what departments, its office and its places may all read. As at 22 October 2009 at 9am. ' +
        'Illustrative in part: filled in to make the demonstrator live.',
      '106 working days to Budget 2010, 24 March 2010.',
      'Of 23 places 2 are red: 1 for what the place owes, 2 for what Whitehall owes, 1 of them for both. 33 of 33 steps due by today are done, of 92 in all.',
      'Confirmed in pooled and aligned budgets: at least £2.1 million.',
      'Whitehall has 2 answers overdue. What Whitehall owes longest is Kent: Accept or decline to own the barrier',
      'What is red, and why',
      'Kent: Answer the barrier',
      'What changed since 15 October 2009',
      'The next four weeks',
      '23 October 2009: Croydon: Direct ',
    ]),
    official.text,
  );
  const plain = textOf(/<textarea.*?<\/textarea>/s.exec(official.html)?.[0] ?? '');
  for (const line of ['Kent: Answer the barrier', 'What changed since 15 October 2009'])
    t.match(plain, line, 'all of it to copy');
  t.equal((await read('CHAIR')).text, official.text, 'a place is told no more in it');
  t.match(await world.get(undefined, at), { status: 303, headers: { location: /^\/sign-in/ } });
  t.equal((await read('PUBLIC')).status, 403, 'who is not of the programme');
});

t.test('its progress is headed by the name of its own deadline', async (t) => {
  const { html } = await world.get(readerOf('TREASURY'), `${address}/progress`);
  t.match(textOf(html), /Progress toward Budget 2010 Total Place/);
});

t.test('kinds of rounds are words on its pages', async (t) => {
  const { html } = await world.get(readerOf('AUDITOR'), '/submissions?placeId=durham&columns=all');
  const rows = cells(html);
  t.ok(
    rows.some((row) => row.includes('Interim')),
    'the kind is a cell of its own',
  );
  t.notOk(rows.flat().includes('interim'), 'and a word');
});
