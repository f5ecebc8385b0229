/** The private address of somebody's calendar, made in a browser. */
import { test } from 'tap';
import { posts } from '../../src/demo/readers.js';
import { formAt, openWorld, secretariat } from './door-world.js';
import { Browser } from './providers.js';

const page = '/account/calendar';
const addressIn = (html: string): string =>
  /http:[^"<\s]*\/v1\/calendar\/[\w-]{43}\.ics/.exec(html)?.[0] ?? '';

test('an address is made, shown once, made anew and withdrawn', async (t) => {
  const { open, eventsOf, log } = await openWorld(t);
  const { own, app } = await open({ posts });
  const browser = new Browser();
  t.equal((await browser.go(`${own}${page}`)).url.pathname, '/sign-in', 'who is not signed in is asked to');
  await browser.post(`${own}/sign-in`, { post: secretariat });
  t.match((await browser.go(`${own}/account`)).text, `href="${page}"`, 'found from the account’s page');
  const filled = formAt((await browser.go(`${own}${page}`)).text, page);
  const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  t.equal((await browser.post(`${own}${page}`, filled, elsewhere)).status, 403, 'no other site makes one');
  const address = addressIn((await browser.post(`${own}${page}`, filled)).text);
  t.not(address, '', 'it is shown');
  t.equal(addressIn((await browser.post(`${own}${page}`, filled)).text), address, 'sent twice it is one');
  t.equal(eventsOf('CalendarAddressSet').length, 1);
  const after = await browser.go(`${own}${page}`);
  t.equal(addressIn(after.text), '', 'and not shown again');
  const ask = async (url: string) => (await app.inject({ url: new URL(url).pathname })).statusCode;
  t.equal(await ask(address), 200, 'a calendar reads it without a token');
  const next = addressIn((await browser.post(`${own}${page}`, formAt(after.text, page))).text);
  t.not(next, address);
  t.same([await ask(address), await ask(next)], [404, 200], 'the one of before stops at once');
  const withdrawal = `/accounts/${secretariat}/calendar-address-withdrawals`;
  t.match((await browser.go(`${own}${page}`)).text, `href="${withdrawal}"`);
  const check = await browser.post(
    `${own}${withdrawal}`,
    formAt((await browser.go(`${own}${withdrawal}`)).text, withdrawal),
  );
  await browser.post(`${own}${withdrawal}`, { ...formAt(check.text, withdrawal), _record: '' });
  t.equal(await ask(next), 404, 'what is withdrawn is nobody’s');
  for (const told of [address, next])
    t.notMatch(log.join(''), told.split('/').at(-1) ?? '', 'no line of the log has it');
});
