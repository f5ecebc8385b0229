/** A department's page: what it owes by the day first promised, and what its own people may do about it. */
import t from 'tap';
import { openWeb, readerCalled, wordsOf } from './world.js';

const pensions = '/departments/department-for-work-and-pensions';
const communities = '/departments/department-for-communities-and-local-government';

t.test('it says who waits, how many they are, and how often it answered in time', async (t) => {
  const world = await openWeb(t);
  const said = wordsOf((await world.get(readerCalled('TREASURY'), pensions)).html);
  t.match(said, /It has given no answer yet.*Places that wait for it Kent/);
  t.match(
    said,
    /Accept or decline to own the barrier.*34 working days late.*Waiting: Kent \(1,406,600 people\)/,
  );
  t.match(said, /Due 4 September 2009.*Due 18 September 2009/, 'soonest first');
  const communal = wordsOf((await world.get(readerCalled('TREASURY'), communities)).html);
  t.match(communal, /\d of \d answers came by the day first due/);
});

t.test('its own people answer from it; nobody else is offered to', async (t) => {
  const world = await openWeb(t);
  const own = await world.get(readerCalled('OFFICIAL'), pensions);
  const form = /class="govuk-button[^"]*"[^>]*href="(\/barriers\/kent-gateway-benefits\/[^"]*)"/.exec(
    own.html,
  )?.[1];
  t.match(form, /\/ownership-acceptances$/, 'what does it is a button');
  t.match(own.html, /class="govuk-button[^"]*"[^>]*href="\/barriers\/kent-gateway-benefits\/answers"/);
  t.match(await world.get(readerCalled('OFFICIAL'), form ?? ''), { status: 200 });
  const others = await world.get(readerCalled('TREASURY'), pensions);
  t.notMatch(others.html, /class="govuk-button-group/);
});

t.test('a promise says whose it is; what was moved says for when it was first promised', async (t) => {
  const world = await openWeb(t);
  const said = wordsOf((await world.get(readerCalled('TREASURY'), communities)).html);
  t.match(
    said,
    /This is a promise of the Department for Communities and Local Government *\. *Remove the barrier/,
  );
  t.notMatch(said, /accepted in your name/, 'in nobody’s name who is not of it');
  const docket = await world.get(readerCalled('TREASURY'), `${communities}/docket?format=json`);
  const { items } = JSON.parse(docket.html) as { items: { dueOn: string; firstDueOn: string }[] };
  t.ok(items.length > 0 && items.every(({ firstDueOn, dueOn }) => firstDueOn <= dueOn), { items });
});

t.test('what is no department has no such page', async (t) => {
  const world = await openWeb(t);
  t.match(await world.get(readerCalled('TREASURY'), '/departments/durham-county-council'), { status: 404 });
});
