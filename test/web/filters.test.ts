/** What narrows a list: asked by names, and mended on the page that asks for it. */
import { test } from 'tap';
import { cells } from './cells.js';
import { everybody, openWeb } from './world.js';

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
