/** A department's page: what it owes by the day first promised, and what its own people may do about it. */
import t from 'tap';
import { existing } from '../../src/domain/kernel/parts.js';
import { goneTold } from '../../src/web/words/changes.js';
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

t.test('what nobody has costed is told as that, there and on the board of barriers', async (t) => {
  const world = await openWeb(t);
  for (const address of [pensions, '/barriers?placeId=kent']) {
    const said = wordsOf((await world.get(readerCalled('TREASURY'), address)).html);
    t.match(said, /(?:What it costs the places|Costs): Not costed yet/, address);
  }
});

t.test('nobody waits for what it will not do; what it answered is a link away', async (t) => {
  const world = await openWeb(t);
  const at = 'department-for-children-schools-and-families';
  const { html } = await world.get(readerCalled('TREASURY'), `/departments/${at}`);
  t.match(wordsOf(html), /not remove 1;.*Places that wait for it None that you may see/);
  const [, list = ''] = /href="([^"]*)">Every barrier that it was asked to remove/.exec(html) ?? [];
  t.equal(list, `/barriers?ownerAgencyId=${at}`);
  t.match(wordsOf((await world.get(readerCalled('TREASURY'), list)).html), /Will not, said on/);
});

t.test('what it is offered is no promise yet, and is accepted from its page', async (t) => {
  const world = await openWeb(t);
  const { grant, account } = existing(readerCalled('LEICESTERSHIRE'), 'LEICESTERSHIRE');
  const offered = {
    id: 'one-form',
    placeId: 'leicester-leicestershire',
    title: 'Form',
    change: 'One form',
    ownerAgencyId: 'department-for-work-and-pensions',
    level: 'whitehall',
    accountable: { official: 'Deputy director' },
    measure: 'One form',
    evidenceExpected: 'The circular',
    dueOn: '2009-12-18',
    verifierAgencyId: 'leicestershire-county-council',
  };
  await world.command(grant, account, '/v1/commitments', offered);
  await world.command(grant, account, '/v1/commitments/one-form/offer', {});
  const { html } = await world.get(readerCalled('OFFICIAL'), pensions);
  t.match(wordsOf(html), /Accept or decline the commitment “Form”.*Last day to accept \d+ November 2009:/);
  t.notMatch(wordsOf(html), /accepted in your name|First promised/);
  t.match(html, /class="govuk-button[^"]*"[^>]*href="\/commitments\/one-form\/acceptance"/);
});

t.test('it is asked for as it stood, and for what changed since', async (t) => {
  const world = await openWeb(t);
  const { html } = await world.get(readerCalled('TREASURY'), pensions);
  t.match(html, /<input[^>]* name="asAt"/);
  t.match(html, /<input[^>]* name="since"/);
  t.notMatch(html, 'What changed</h2>');
  const since = await world.get(readerCalled('TREASURY'), `${pensions}?asAt=&since=2009-09-01`);
  const { location } = since.headers;
  t.match(since, { status: 303 }, 'what a form left empty is not asked');
  const changed = (await world.get(readerCalled('TREASURY'), String(location))).html;
  t.match(
    wordsOf(changed),
    /What changed Since the end of 1 September 2009: New: Kent: Answer .*Was Amber green: Kent: Accept /,
  );
  t.match(changed, /name="since" type="date" value="2009-09-01"/);
  t.match(wordsOf(changed), /Waiting: Kent/, 'beside all that it owes');
  const past = await world.get(readerCalled('TREASURY'), `${pensions}?asAt=2009-09-10`);
  t.match(past.html, /name="asAt" type="date" value="2009-09-10"/);
  t.match(wordsOf(past.html), /As it stood on 10 September 2009/);
});

t.test('how late something was that is over is told as what it was', async (t) => {
  const deed = 'answer the barrier “Advice: who gives it”';
  const told = (rest: string): string => goneTold({ deed, text: `${deed}${rest}` });
  t.equal(
    told(': 19 working days late (due 4 September 2009)'),
    'Answer the barrier “Advice: who gives it”: was 19 working days late (due 4 September 2009)',
  );
  t.equal(
    told(' (Home Office): due 4 November 2009'),
    'Answer the barrier “Advice: who gives it” (Home Office): was due 4 November 2009',
  );
  const other = 'The deadline has passed without: the return';
  t.equal(goneTold({ deed: '', text: other }), other);
});
