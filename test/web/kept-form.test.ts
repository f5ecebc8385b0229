/** A form that came when its author had to sign in first: kept for them, and for nobody else. */
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { posts } from '../../src/demo/readers.js';
import { first, formAt, heading, onPort, openCounty, openWorld, secretariat } from './door-world.js';
import { Browser, freePort, providersMissing } from './providers.js';

const address = '/places/durham/themes';
const theme = { themeId: 'families', title: 'Families with many needs' };
const hour = 3_600_000;

test('a form that was sent too late is offered again to whoever it was written for', async (t) => {
  const { open, eventsOf } = await openWorld(t);
  let ahead = 0;
  const { own } = await open({ posts, now: () => Date.now() + ahead });
  const browser = new Browser();
  const signIn = (post: string, to = '/') => browser.post(`${own}/sign-in`, { post, return: to });
  await signIn(secretariat);
  const page = await browser.go(`${own}${address}`);
  const filled = { ...formAt(page.text, address), ...theme };
  ahead = hour;
  const before = eventsOf('ThemeProposed').length;
  const late = await browser.post(`${own}${address}`, { ...filled, _next: 'yes' });
  t.equal(late.status, 401);
  t.equal(heading(late.text), 'You have been signed out');
  t.match(late.text, /is kept in this browser for 14 days/);
  const cookies = [...browser.cookies(new URL(own))].map(([, value]) => value).join(' ');
  t.notMatch(cookies, /Families/);

  t.equal((await signIn('demo.auditor')).url.pathname, '/kept-form', 'there is one, whosever it is');
  const others = await browser.go(`${own}/kept-form`);
  t.equal(heading(others.text), 'There is no form of yours here');
  t.notMatch(others.text, /Families/, 'nobody else is told');

  const offered = await signIn(secretariat);
  t.equal(heading(offered.text), 'Go on with the form that you sent');
  const again = await browser.post(`${own}${address}`, formAt(offered.text, address));
  t.match(again.text, /Families with many needs/, 'as it was entered');
  const check = again.text.includes('name="_record"')
    ? again
    : await browser.post(`${own}${address}`, { ...formAt(again.text, address), _next: 'yes' });
  const recorded = await browser.post(`${own}${address}`, { ...formAt(check.text, address), _record: 'yes' });
  t.match(recorded.url.pathname, /\/recorded$/);
  t.equal(eventsOf('ThemeProposed').length, before + 1);
  t.equal((await signIn(secretariat)).url.pathname, '/', 'and is offered no more');
});

test('what is not theirs, too old, or too long is not kept', async (t) => {
  const { open } = await openWorld(t);
  let ahead = 0;
  const { own } = await open({ posts, now: () => Date.now() + ahead });
  const browser = new Browser();
  const signIn = (post: string) => browser.post(`${own}/sign-in`, { post });
  await signIn(secretariat);
  const filled = { ...formAt((await browser.go(`${own}${address}`)).text, address), ...theme };
  ahead += hour;
  const kept = () => browser.cookies(new URL(own)).has('kept');
  const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  await browser.post(`${own}${address}`, filled, elsewhere);
  t.notOk(kept(), 'another site’s page leaves nothing to be offered');
  await browser.post(`${own}${address}`, { ...filled, 'form-token': 'x'.repeat(22) });
  t.notOk(kept(), 'nor does a form that was written for nobody');
  const text = randomBytes(12_000).toString('base64');
  const long = await browser.post(`${own}${address}`, { ...filled, why: text });
  t.notOk(kept());
  t.match(long.text, 'It is too long to be kept');
  t.ok(long.text.includes(text.slice(0, 500)), 'but is there to be copied');
  await browser.post(`${own}${address}`, filled);
  t.ok(kept());
  await signIn(secretariat);
  ahead += 13 * 24 * hour;
  await signIn(secretariat);
  const offered = await browser.go(`${own}/kept-form`);
  t.equal(heading(offered.text), 'Go on with the form that you sent', 'for days');
  ahead += 24 * hour;
  await signIn(secretariat);
  t.equal(heading((await browser.go(`${own}/kept-form`)).text), 'There is no form of yours here');
  ahead -= 24 * hour;
  await signIn(secretariat);
  const back = await browser.go(`${own}/kept-form`);
  const thrown = await browser.post(`${own}/kept-form`, formAt(back.text, '/kept-form'));
  t.equal(thrown.url.pathname, '/');
  t.notOk(kept(), 'and can be thrown away');
});

test(
  'who approves a grant signs in again, and comes back to the form',
  { skip: providersMissing },
  async (t) => {
    const { open, give, invite, eventsOf } = await openWorld(t);
    const port = await freePort();
    const { county, issuers } = await openCounty(t, onPort(port));
    const { own, app } = await open({ issuers, port });
    const account = 'anna.of.testshire';
    const secret = await invite(app, account, { role: 'access-administrator', programmeId: 'total-place' });
    const grant = { grantId: 'more', role: 'champion', placeId: 'kent', until: '2010-05-01' };
    await give(app, first, '/v1/accounts', {
      account: 'new.champion',
      programmeId: 'total-place',
      invitation: 'c'.repeat(64),
      grant,
    });
    const browser = new Browser();
    await browser.go(`${own}/invitation/${secret}`);
    await browser.go(`${own}/sign-in/county`);
    const approvals = '/accounts/new.champion/grant-approvals';
    const form = await browser.go(`${own}${approvals}`);
    t.equal(form.status, 200, form.text.slice(0, 200));
    // When their answers are checked, before anything would be recorded.
    const asked = await browser.post(`${own}${approvals}`, {
      ...formAt(form.text, approvals),
      grantId: 'more',
      _next: 'yes',
    });
    t.equal(asked.status, 403);
    t.equal(heading(asked.text), 'Sign in again to do this');
    const way =
      /href="(\/sign-in\/county\?again=yes[^"]*)"/.exec(asked.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const back = await browser.go(`${own}${way}`);
    t.equal(heading(back.text), 'Go on with the form that you sent');
    t.equal(browser.way[0]?.searchParams.get('prompt'), 'login');
    const again = await browser.post(`${own}${approvals}`, formAt(back.text, approvals));
    const last = again.text.includes('name="_record"')
      ? again
      : await browser.post(`${own}${approvals}`, { ...formAt(again.text, approvals), _next: 'yes' });
    const done = await browser.post(`${own}${approvals}`, {
      ...formAt(last.text, approvals),
      _record: 'yes',
    });
    t.match(done.url.pathname, /\/recorded$/, heading(done.text));
    const approved = eventsOf('GrantApproved').at(-1);
    t.match(approved, { actor: { account }, signedIn: { issuer: county.issuer, at: /^20\d\d-/ } });
  },
);
