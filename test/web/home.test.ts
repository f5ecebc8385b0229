/** The first page: what waits for its reader with a button each, their place or department, what happened. */
import t from 'tap';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import { officeAccount } from '../http/harness.js';
import { noun } from '../http/secrets.js';
import { openWeb, readerCalled, wordsOf } from './world.js';

t.test('the first page tells what waits, how one’s own stands, and what happened', async (t) => {
  const world = await openWeb(t);
  const own = await world.get(readerCalled('SECRETARIAT'), '/');
  t.match(
    wordsOf(own.html),
    /What waits for you Final report .*due 28 February 2010\. Waits for you as secretariat for Durham.*Durham at a glance What the place owes: ✓ Green.*What happened lately [^ ]/,
  );
  t.match(own.html, /<a class="govuk-button[^>]*>Open the record/, 'a button');
  t.match(own.html, 'href="/timeline?without=housekeeping"', 'whenever it was: they were not here before');
  const official = wordsOf((await world.get(readerCalled('OFFICIAL'), '/')).html);
  t.match(official, /Department for Work and Pensions at a glance It has given no answer yet/);
  const nobody = wordsOf((await world.get(undefined, '/')).html);
  t.match(nobody, /Sign in to see what waits for you/);
  t.notMatch(nobody, /at a glance|What happened/, 'nothing of anybody’s own');
});

t.test('what happened is told since its reader’s last visit, and is what was done to records', async (t) => {
  const world = await openWeb(t);
  const auditor = readerCalled('AUDITOR');
  await accountsOn(world.service).startSession(auditor?.account ?? '', {
    sid: 'an-earlier-session',
    kind: 'browser',
    until: '2009-10-22T17:00:00.000Z',
  });
  (world.service.clock as SimulatedClock).advance('2009-10-27T09:00:00.000Z');
  const agency = '/v1/agencies/durham-county-council';
  const { version: expectedVersion } = (await world.inject('', officeAccount, 'GET', agency)).json;
  await world.command('', officeAccount, `${agency}/${noun('RenameAgency')}`, {
    name: 'Durham Council',
    expectedVersion,
  });
  const { html } = await world.get(auditor, '/');
  const [told = ''] = /<h2[^>]*>What happened.*?Everything that was done since [^<]*/s.exec(html) ?? [];
  const words = wordsOf(`<h1>${told}`);
  t.match(words, 'What happened since your last visit, on 22 October 2009');
  t.match(words, /27 October 2009 at 9am: Durham Council/);
  t.match(told, 'href="/timeline?without=housekeeping&amp;from=2009-10-22"');
  t.notMatch(words, /signed in|closed the day|clock|Session|\d{4}-\d\d/, 'but nothing of the machinery');
});

t.test('whoever is signed in is so at an address where there is nothing, too', async (t) => {
  const world = await openWeb(t);
  const own = await world.get(readerCalled('SECRETARIAT'), '/nonsense/x/y');
  t.equal(own.status, 404);
  t.match(own.html, /Signed in: <a href="\/account">/);
  t.notMatch(own.html, 'href="/sign-in');
  const nobody = await world.get(undefined, '/nonsense/x/y');
  t.equal(nobody.status, 404);
  t.match(nobody.html, 'href="/sign-in');
});
