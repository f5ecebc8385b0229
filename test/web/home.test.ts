/** The first page: what waits for its reader with a button each, their place or department, what happened. */
import t from 'tap';
import { everybody, openWeb } from './world.js';

const reader = (variable: string) => everybody.find((one) => one?.variable === variable);
const words = (html: string): string =>
  html
    .replace(/^.*?<h1/s, '<h1')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

t.test('the first page tells what waits, how one’s own stands, and what happened', async (t) => {
  const world = await openWeb(t);
  const own = await world.get(reader('SECRETARIAT'), '/');
  t.match(
    words(own.html),
    /What waits for you Final report .*due 28 February 2010\. Waits for you as secretariat for Durham.*Durham at a glance What the place owes: ✓ Green.*What happened since yesterday/,
  );
  t.match(own.html, /<a class="govuk-button[^>]*>Open the record/, 'a button');
  t.match(own.html, 'href="/timeline?from=2009-10-21"');
  const official = words((await world.get(reader('OFFICIAL'), '/')).html);
  t.match(official, /Department for Work and Pensions at a glance It has given no answer yet/);
  const nobody = words((await world.get(undefined, '/')).html);
  t.match(nobody, /Sign in to see what waits for you/);
  t.notMatch(nobody, /at a glance|What happened/, 'nothing of anybody’s own');
});
