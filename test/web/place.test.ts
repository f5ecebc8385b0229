/** A place's page: what stands first for whom, and what a wider audience is told of it. */
import t from 'tap';
import { openWeb, readerCalled, wordsOf } from './world.js';

const secretariat = readerCalled('SECRETARIAT');

t.test('a place says first what needs its reader, then its two colours and why', async (t) => {
  const world = await openWeb(t);
  const own = await world.get(secretariat, '/places/durham');
  const said = wordsOf(own.html);
  t.match(
    said,
    /Durham .*What needs you Final report.*How it stands What the place owes: ✓ Green.*What Whitehall owes it: ◑ Amber.*Next dates.*What changed.*What is recorded/,
    'in this order',
  );
  t.match(said, /Remove the barrier .*: 4 working days late .*Who must act: Department for Communities/);
  t.match(said, /Steps 4 of 5 required steps done. Next: Final report, due 28 February 2010/);
  t.match(said, /Barriers 1 open. Who must act: Whitehall 1; Whitehall and partners 0/);
  t.match(said, /Pooled budgets Pledged £2 million, confirmed £2 million, paid in £600,000/);
  t.match(own.html, /href="\/barriers\?placeId=durham"/);
  t.match(said, /What you may do .*The whole record .*North East/);
});

t.test('what is late of a party counts in its colour alone', async (t) => {
  const world = await openWeb(t);
  const { html } = await world.get(secretariat, '/places/durham');
  const [place, whitehall] = wordsOf(html).split('What Whitehall owes it:');
  t.match(place, /Nothing that the place owes is late or due soon/);
  t.notMatch(place, /Remove the barrier .*: 4 working days late/);
  t.match(whitehall, /^ ◑ Amber ◑ Amber Remove the barrier/);
});

t.test('as Whitehall sees us is one click, and says so', async (t) => {
  const world = await openWeb(t);
  const own = await world.get(secretariat, '/places/durham');
  const href = /href="([^"]*)">As Whitehall sees us/.exec(own.html)?.[1];
  t.equal(href, '/places/durham?audience=programme');
  const theirs = wordsOf((await world.get(secretariat, href ?? '')).html);
  t.match(theirs, /As Whitehall sees us. This is what everybody in the programme is told of Durham/);
  t.notMatch(theirs, /What needs you|What you may do/, 'nothing of its reader’s own');
  const treasury = wordsOf((await world.get(readerCalled('TREASURY'), '/places/durham')).html);
  const standing = (text: string) =>
    /How it stands.*?(Next dates|What changed)/.exec(text)?.[0].slice(0, -12);
  t.equal(standing(theirs)?.slice(0, 200), standing(treasury)?.slice(0, 200), 'as the Treasury reads it');
  const refused = await world.get(undefined, '/places/durham?audience=members');
  t.equal(refused.status, 403, 'nobody is told more than they may know');
});

t.test('what is not shared is said to be so, never told as none', async (t) => {
  const world = await openWeb(t);
  const { status, html } = await world.get(undefined, '/places/durham');
  t.equal(status, 200);
  const said = wordsOf(html);
  t.match(said, /Barriers Not shared with you/);
  t.notMatch(said, /What needs you|Barriers 0/);
});

t.test('changes since a day are asked for by a form; a place as it stood has its record alone', async (t) => {
  const world = await openWeb(t);
  const { html } = await world.get(secretariat, '/places/durham?since=2009-10-01');
  t.match(wordsOf(html), /Since the end of 1 October 2009: .*Step done: A commitment for every theme/);
  t.match(html, /<input[^>]*name="since"[^>]*value="2009-10-01"/);
  t.match(html, 'href="/places/durham/progress?since=2009-10-01&amp;format=csv"');
  const then = wordsOf((await world.get(secretariat, '/places/durham?asAt=2009-09-01')).html);
  t.match(then, /As it stood on 1 September 2009.*The whole record/);
  t.notMatch(then, /How it stands|What needs you/);
  t.match(await world.get(secretariat, '/places/durham?since=2009-13-01'), { status: 400 });
});

/** The lines of what is recorded, by what each is of. */
const recordedIn = (html: string): ReadonlyMap<string, { readonly text: string; readonly href: string }> =>
  new Map(
    [
      ...html.matchAll(
        /<dt class="govuk-summary-list__key">([^<]*)<\/dt>\s*<dd[^>]*>(.*?)<\/dd>\s*<dd([^]*?)<\/dd>/g,
      ),
    ].map(([, key = '', value = '', link = '']) => [
      key,
      {
        text: wordsOf(`<h1>${value}`)
          .replace(/\s+([.,;])/g, '$1')
          .trim(),
        href: (/href="([^"]*)"/.exec(link)?.[1] ?? '').replaceAll('&amp;', '&'),
      },
    ]),
  );

t.test('as Whitehall sees us is so behind every link, and names from whom a thing is kept', async (t) => {
  const world = await openWeb(t);
  const chief = readerCalled('CHAIR');
  const { html } = await world.get(chief, '/places/durham?audience=programme');
  const lines = recordedIn(html);
  const kinds = ['Steps', 'Commitments', 'Barriers', 'Pooled budgets', 'Decisions', 'Returns'];
  for (const kind of kinds) {
    const href = lines.get(kind)?.href ?? '';
    t.ok(href.includes('audience=programme'), kind, { href });
    t.equal((await world.get(chief, href)).status, 200, href);
  }
  t.equal(lines.get('Commitments')?.text, 'Not shared with Whitehall.');
  t.equal(lines.get('Who sits at the table')?.href, '', 'nothing that is told to members alone');
  t.equal(
    lines.get('Barriers')?.text.replace(/ The oldest.*/, ''),
    '1 open. Who must act: Whitehall 1. How many wait for Whitehall and partners, for partners and to be ' +
      'sorted is not shared with Whitehall.',
  );
  t.notMatch(wordsOf(html), 'Not shared with you');
  const official = recordedIn((await world.get(readerCalled('TREASURY'), '/places/suffolk')).html);
  t.equal(official.get('Commitments')?.text, 'Not shared with you.');
});

t.test('the dates of a place are those that its reader, or who else was asked for, is told', async (t) => {
  const world = await openWeb(t);
  const datesIn = (html: string): string => wordsOf(`<h1>${/>Next dates<.*?<\/ul>/s.exec(html)?.[0] ?? ''}`);
  const asked = await world.get(secretariat, '/places/durham?audience=programme');
  const treasury = readerCalled('TREASURY');
  const own = datesIn((await world.get(treasury, '/places/durham')).html);
  t.match(own, /\d{4} : /, 'there are some');
  t.equal(datesIn(asked.html), own, 'as an official reads them');
  t.match(asked.html, 'href="/calendar?placeId=durham&amp;audience=programme"');
});

t.test('where neither owes what is late, each colour says whose', async (t) => {
  const world = await openWeb(t);
  const { html } = await world.get(readerCalled('TREASURY'), '/places/suffolk');
  const said = wordsOf(html);
  const [place = '', whitehall = ''] = (/How it stands(.*?)What changed/.exec(said)?.[1] ?? '').split(
    'What Whitehall owes it:',
  );
  t.match(place, /Nothing that the place owes is late or due soon: \d of \d required steps done\./);
  t.match(whitehall, /Nothing that Whitehall owes it is late or due soon\./);
  t.notMatch(said, 'Nothing due is late');
});
