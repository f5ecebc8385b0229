/** The first page: what waits for its reader with a button each, their place or department, what happened. */
import t from 'tap';
import { openWeb, readerCalled, wordsOf } from './world.js';

t.test('the first page tells what waits, how one’s own stands, and what happened', async (t) => {
  const world = await openWeb(t);
  const own = await world.get(readerCalled('SECRETARIAT'), '/');
  t.match(
    wordsOf(own.html),
    /What waits for you Final report .*due 28 February 2010\. Waits for you as secretariat for Durham.*Durham at a glance What the place owes: ✓ Green.*What happened since yesterday/,
  );
  t.match(own.html, /<a class="govuk-button[^>]*>Open the record/, 'a button');
  t.match(own.html, 'href="/timeline?from=2009-10-21"');
  const official = wordsOf((await world.get(readerCalled('OFFICIAL'), '/')).html);
  t.match(official, /Department for Work and Pensions at a glance It has given no answer yet/);
  const nobody = wordsOf((await world.get(undefined, '/')).html);
  t.match(nobody, /Sign in to see what waits for you/);
  t.notMatch(nobody, /at a glance|What happened/, 'nothing of anybody’s own');
});
