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
  t.notMatch(theirs, /What needs you|What you may do|Next dates/, 'nothing of its reader’s own');
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
