/** Somebody's own sign-ins and tokens, in a browser: seen, ended, made. */
import { test } from 'tap';
import { posts } from '../../src/demo/readers.js';
import { formAt, heading, onPort, openCounty, openWorld, secretariat } from './door-world.js';
import { Browser, freePort, providersMissing } from './providers.js';

const address = '/account/tokens';
const grant = 'secretariat@place:durham';
const tokenIn = (html: string): string => /tp_[\w-]{43}/.exec(html)?.[0] ?? '';

test('a token is made in a browser, shown once, used by a script and ended', async (t) => {
  const { open, eventsOf, log } = await openWorld(t);
  const { own, app } = await open({ posts });
  const browser = new Browser();
  t.equal(
    (await browser.go(`${own}${address}`)).url.pathname,
    '/sign-in',
    'who is not signed in is asked to',
  );
  await browser.post(`${own}/sign-in`, { post: secretariat });
  t.match((await browser.go(`${own}/account`)).text, `href="${address}"`, 'found from the account’s page');
  const page = await browser.go(`${own}${address}`);
  t.match(page.text, 'This browser');
  const filled = { ...formAt(page.text, address), label: 'Nightly report', days: '30', grants: grant };
  for (const [what, wrong, text] of [
    ['for nothing', { label: '' }, 'Enter what the token is for'],
    [
      'in a role that is not theirs',
      { grants: 'auditor@programme:total-place' },
      'Choose in which of your roles',
    ],
    ['for ever', { days: '36500' }, 'Choose how long it lasts'],
  ] as const) {
    const refused = await browser.post(`${own}${address}`, { ...filled, ...wrong });
    t.match([refused.status, refused.text], [400, text], what);
  }
  const { grants: _, ...none } = filled;
  t.equal((await browser.post(`${own}${address}`, none)).status, 400, 'in none at all');
  const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  t.equal((await browser.post(`${own}${address}`, filled, elsewhere)).status, 403);
  t.equal(
    eventsOf('SessionStarted').filter(({ data }) => (data as { kind: string }).kind === 'token').length,
    0,
  );

  const made = await browser.post(`${own}${address}`, filled);
  const token = tokenIn(made.text);
  t.ok(token, 'it is shown');
  t.equal(tokenIn((await browser.post(`${own}${address}`, filled)).text), token, 'sent twice it is one');
  t.equal(tokenIn((await browser.go(`${own}${address}`)).text), '', 'and not shown again');
  const started = eventsOf('SessionStarted').filter(
    ({ data }) => (data as { kind: string }).kind === 'token',
  );
  t.match(started, [{ data: { accountId: secretariat, label: 'Nightly report', grants: [grant] } }]);
  t.notMatch(JSON.stringify(started) + log.join(''), token);
  const ask = () => app.inject({ url: '/v1/account', headers: { authorization: `Bearer ${token}` } });
  t.match((await ask()).json(), { account: secretariat, grants: [grant] });

  const list = await browser.go(`${own}${address}`);
  t.match(list.text, 'Nightly report, a token');
  const { sid } = started[0]!.data as { sid: string };
  const field = formAt(list.text, `${address}/end`)['form-token']!;
  const other = new Browser();
  await other.post(`${own}/sign-in`, { post: 'demo.auditor' });
  const theirs = formAt((await other.go(`${own}${address}`)).text, `${address}/end`)['form-token']!;
  await other.post(`${own}${address}/end`, { 'form-token': theirs, sid });
  t.equal((await ask()).statusCode, 200, 'nobody else ends it');
  const ended = await browser.post(`${own}${address}/end`, { 'form-token': field, sid });
  t.notMatch(ended.text, 'Nightly report');
  t.equal((await ask()).statusCode, 401);

  const second = new Browser();
  await second.post(`${own}/sign-in`, { post: secretariat });
  const own2 = /name="sid" value="(\w+)"[\s\S]{0,400}?this browser/i.exec(ended.text)?.[1] ?? '';
  const from = await second.go(`${own}${address}`);
  const ends = formAt(from.text, `${address}/end`)['form-token']!;
  await second.post(`${own}${address}/end`, { 'form-token': ends, sid: own2 });
  t.equal((await browser.go(`${own}${address}`)).url.pathname, '/sign-in', 'a sign-in is ended from another');
});

test('a token is made by who signed in a moment ago', { skip: providersMissing }, async (t) => {
  const { open, invite, eventsOf } = await openWorld(t);
  const port = await freePort();
  const { issuers } = await openCounty(t, onPort(port));
  const { own, app } = await open({ issuers, port });
  const secret = await invite(app, 'anna.of.testshire', { role: 'secretariat', placeId: 'kent' });
  const browser = new Browser();
  await browser.go(`${own}/invitation/${secret}`);
  await browser.go(`${own}/sign-in/county`);
  const page = await browser.go(`${own}${address}`);
  const filled = {
    ...formAt(page.text, address),
    label: 'Report',
    days: '90',
    grants: 'secretariat@place:kent',
  };
  const asked = await browser.post(`${own}${address}`, filled);
  t.equal(heading(asked.text), 'Sign in again to do this', 'a stolen cookie makes none');
  const way =
    /href="(\/sign-in\/county\?again=yes[^"]*)"/.exec(asked.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const back = await browser.go(`${own}${way}`);
  const made = await browser.post(`${own}${address}`, formAt(back.text, address));
  t.ok(tokenIn(made.text), 'and is made of what was entered');
  t.match(eventsOf('SessionStarted').at(-1), { data: { kind: 'token', label: 'Report' } });
});
