/** What narrows a list: asked by names, and mended on the page that asks for it. */
import { test } from 'tap';
import { cells } from './cells.js';
import { everybody, openWeb, wordsOf } from './world.js';

const auditor = everybody.find((one) => one?.variable === 'AUDITOR');

/** What a page says is wrong, beside its fields and above them. */
const errorsIn = (html: string) => ({
  title: /<title>Error: /.test(html),
  summary: [...html.matchAll(/<a href="#([^"]+)">([^<]+)<\/a>/g)].map(([, field]) => field),
  fields: [...html.matchAll(/id="([A-Za-z]+)-error"/g)].map(([, field]) => field),
});

test('a mistake in what narrows a list is told in its form', async (t) => {
  const world = await openWeb(t);
  for (const [url, field] of [
    ['/barriers?status=odd', 'status'],
    ['/reads?from=yesterday', 'from'],
    ['/commitments?placeId=nowhere', 'placeId'],
    ['/timeline?record=nothing+that+is', 'record'],
    ['/reads?record=nothing+that+is', 'record'],
  ] as const) {
    const { status, html } = await world.get(auditor, url);
    t.equal(status, 400, url);
    t.same(errorsIn(html), { title: true, summary: [field], fields: [field] }, url);
    t.match(
      html,
      new RegExp(`<(input|select)[^>]* id="${field}"[^>]*aria-describedby="[^"]*${field}-error"`),
      url,
    );
    t.match(html, 'class="app-filter', 'and the form is there');
  }
  const typed = await world.get(auditor, '/reads?record=nothing+that+is');
  t.match(typed.html, 'value="nothing that is"', 'what was typed stays');
});

test('a word that means several things is called by what it means where it stands', async (t) => {
  const world = await openWeb(t);
  const optionsOf = (html: string, field: string): string[] => {
    const [, select = ''] = new RegExp(`<select[^>]* id="${field}"(.*?)</select>`, 's').exec(html) ?? [];
    return [...select.matchAll(/<option value="(?:programme|public)"[^>]*>([^<]*)</g)].map(
      ([, name = '']) => name,
    );
  };
  for (const [url, field, called] of [
    ['/timeline', 'kind', ['Programme']],
    ['/milestones', 'kind', ['Programme']],
    ['/commitments', 'audience', ['Everybody in the programme', 'Everybody']],
  ] as const) {
    const { html } = await world.get(auditor, url);
    t.same(optionsOf(html, field), called, url);
  }
  const { html } = await world.get(auditor, '/milestones');
  const pilots = cells(html).find((row) => row.includes('Thirteen pilots start'));
  t.ok(pilots?.includes('Programme'), `a milestone by its kind: ${pilots?.join(' | ')}`);
});

test('a record is asked for by its name; of several it is chosen', async (t) => {
  const world = await openWeb(t);
  const one = await world.get(auditor, '/reads?record=Warm+and+safe+homes');
  t.match(one, { status: 303, headers: { location: '/reads?record=pool-durham-warm-homes' } });
  const shown = await world.get(auditor, '/reads?record=pool-durham-warm-homes');
  t.match(shown.html, /id="record-hint">Warm and safe homes \(pooled budget\)/, 'its name beside its id');
  const several = await world.get(auditor, '/reads?record=durham+co');
  t.equal(several.status, 400);
  t.match(several.html, /<select[^>]* id="record"(.*<option){3}/s, 'those that fit');

  const place = await world.get(auditor, '/commitments?placeId=Suffolk');
  t.match(place, { status: 303, headers: { location: '/commitments?placeId=suffolk' } });
});

test('an account is chosen by the name of who holds it', async (t) => {
  const world = await openWeb(t);
  const lead = everybody.find((one) => one?.variable === 'SECRETARIAT');
  await world.get(lead, '/pools');
  const { html } = await world.get(auditor, '/reads?account=post.programme-lead.durham');
  const chosen = /<select[^>]* id="account".*?<option value="([^"]*)" selected>([^<]*)</s.exec(html);
  t.equal(chosen?.[1], 'post.programme-lead.durham');
  const [who = ''] = cells(html)[0] ?? [];
  t.equal(chosen?.[2], who, 'as the list names them');
  t.notMatch(who, /^post\./);
});

test('a list is shown as it stood on a day, with what it says then', async (t) => {
  const world = await openWeb(t);
  const { status, html } = await world.get(auditor, '/commitments?placeId=suffolk&asAt=2009-10-09');
  t.equal(status, 200);
  t.match(html, 'As it stood on 9 October 2009. ');
  t.match(html, /<a [^>]*href="\/commitments\?placeId=suffolk">Show it as it stands/);
  t.match(html, /<input[^>]* id="asAt" name="asAt" type="date" value="2009-10-09"/);
  const [, link = ''] = /href="(\/commitments\/suffolk-[^"]*asAt=[^"]*)"/.exec(html) ?? [];
  const record = await world.get(auditor, link);
  t.match(record.html, 'As it stood on 9 October 2009. ', 'a row leads to its record of then');
  const board = await world.get(auditor, '/barriers?placeId=durham&asAt=2009-10-09');
  t.match(board.html, /href="\/barriers\/durham-housing-returns\?asAt=/, 'a card too');
  const place = await world.get(auditor, '/places/suffolk?asAt=2009-10-09');
  t.match(place.html, 'href="/commitments?placeId=suffolk&amp;asAt=2009-10-09"', 'lists of the same moment');
  const docket = await world.get(auditor, '/departments/home-office/docket?asAt=2009-10-09');
  t.match(docket.html, 'As it stood on 9 October 2009. ');
  t.match(
    (await world.get(auditor, '/departments/home-office?asAt=2009-10-09')).html,
    'As it stood on 9 Oct',
  );

  for (const [url, status, field] of [
    ['/commitments?asAt=2009-10-09', 400, 'placeId'],
    ['/commitments?placeId=durham&asAt=2030-01-01', 400, 'asAt'],
    ['/commitments/durham-home-from-hospital?asAt=2030-01-01', 400, 'asAt'],
    ['/commitments/durham-home-from-hospital?asAt=soon', 400, 'asAt'],
    ['/commitments/durham-home-from-hospital?asAt=2009-01-01', 404, 'asAt'],
    ['/places/durham?asAt=2030-01-01', 400, 'asAt'],
    ['/pools/durham-warm-homes?asAt=2030-01-01', 400, 'asAt'],
    ['/departments/home-office/docket?asAt=2030-01-01', 400, 'asAt'],
  ] as const) {
    const wrong = await world.get(auditor, url);
    t.equal(wrong.status, status, url);
    t.same(errorsIn(wrong.html), { title: true, summary: [field], fields: [field] }, url);
    t.notMatch(wrong.html, 'There is a problem with what was asked', 'no page of its own for it');
  }
  const hidden = await world.get(undefined, '/commitments/durham-home-from-hospital?asAt=2030-01-01');
  t.notMatch(hidden.html, 'Error: ', 'who may not see it is told what they are told of none');
});

test('what is wrong is said with days as people write them, and with the names of fields', async (t) => {
  const web = await openWeb(t);
  for (const [url, says] of [
    [
      '/compare?record=pool-durham-warm-homes&from=2009-10-01&to=2009-10-22',
      'Enter a time until 22 October 2009 at 9',
    ],
    [
      '/commitments?placeId=durham&asAt=2009-10-22',
      'Enter a time until 22 October 2009 at 9am, or a day that',
    ],
    ['/places/durham?asAt=2009-10-22', 'Enter a time until 22 October 2009 at 9am, or a day that is over'],
    ['/programmes/total-place?since=2009-10-30', 'Enter 22 October 2009 or a day before it'],
    ['/barriers?asAt=2009-10-09', 'Choose “Place” or “Whose it is” too: not everything'],
    ['/barriers?limit=900', '“Limit” must be 200 or fewer'],
  ] as const) {
    const { status, html } = await web.get(auditor, url);
    const words = wordsOf(html);
    t.equal(status, 400, url);
    t.match(words, says, url);
    t.notMatch(words, /\d{4}-\d\d-\d\d|placeId|ownerAgencyId/, url);
  }
});
