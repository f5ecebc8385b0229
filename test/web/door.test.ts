/** The door on a real log: the demo’s posts, and people of an organisation on two nodes of one service. */
import { test } from 'tap';
import { identityOf } from '../../src/demo/issuer.js';
import { posts } from '../../src/demo/readers.js';
import {
  fieldOf,
  first,
  formAt,
  heading,
  onPort,
  openCounty,
  openWorld,
  second,
  secretariat,
} from './door-world.js';
import { newLead } from './forms-world.js';
import { Browser, freePort, providersMissing } from './providers.js';

test('the demo signs in by choosing a post', async (t) => {
  const { eventsOf, open } = await openWorld(t);
  const { own, door } = await open({ posts });
  const browser = new Browser();
  const page = await browser.go(`${own}/sign-in?return=/pools`);
  t.equal(heading(page.text), 'Sign in to the demonstration');
  t.equal(page.text.match(/type="radio"/g)?.length, posts.length);
  const signedIn = await browser.post(`${own}/sign-in`, { post: secretariat, return: '/pools' });
  t.equal(signedIn.url.pathname, '/pools');
  t.match(signedIn.text, /Signed in: .*Sign out/s);
  t.match(
    eventsOf('SessionStarted'),
    [{ data: { accountId: secretariat, kind: 'browser' } }],
    'it stands in the log',
  );
  const token = await browser.go(`${own}/v1/account`);
  t.equal(token.status, 401, 'the API knows no cookie');
  t.equal((await browser.post(`${own}/sign-in`, { post: 'nobody' })).status, 400);
  const forged = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  t.equal((await browser.post(`${own}/sign-in`, { post: first }, forged)).status, 403);
  const out = await browser.post(`${own}/sign-out`, { 'form-token': fieldOf(signedIn.text) });
  t.equal(heading(out.text), 'You are signed out');
  t.notMatch((await browser.go(`${own}/pools`)).text, /Signed in:/);
  t.ok(door.sessions);
});

/** The id of the grant that was asked for last. */
const grantIdOf = (eventsOf: (type: string) => { readonly data: object }[]): string =>
  (eventsOf('GrantRequested').at(-1)?.data as { grantId: string }).grantId;

test('the demo: who is invited by a form, which shows the link once, takes it up and comes again', async (t) => {
  const { eventsOf, give, open } = await openWorld(t);
  // The demo does not know its port before it listens.
  const { own, app } = await open({ posts, identityOf, origin: 'http://127.0.0.1' });
  const administrator = new Browser();
  await administrator.post(`${own}/sign-in`, { post: first });
  const form = await administrator.go(`${own}/accounts/new`);
  const filled = {
    ...formAt(form.text, '/accounts/new'),
    ...newLead,
  };
  const check = await administrator.post(`${own}/accounts/new`, filled);
  t.match(check.text, /Check before you record it/);
  const record = { ...formAt(check.text, '/accounts/new'), _record: '' };
  const recorded = await administrator.post(`${own}/accounts/new`, record);
  const link = /http:\/\/[^"<\s]*\/invitation\/[A-Za-z0-9_-]{43}/.exec(recorded.text)?.[0] ?? '';
  t.ok(link.startsWith(`${own}/`), 'the link is shown');
  t.notMatch((await administrator.go(recorded.url.href)).text, /\/invitation\//, 'once');
  await administrator.post(`${own}/accounts/new`, record);
  t.equal(
    eventsOf('AccountInvited').filter((e) => e.recordId === 'new.lead').length,
    1,
    'sent twice it is one',
  );

  await give(app, second, '/v1/accounts/new.lead/grant-approvals', { grantId: grantIdOf(eventsOf) });
  const newcomer = new Browser();
  t.match((await newcomer.go(link)).text, /Take up the account/);
  const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  t.equal((await newcomer.post(link, {}, cross)).status, 403, 'not from another site');
  const taken = await newcomer.post(link, {});
  t.match(taken.text, /Signed in: .*new\.lead|Signed in: .*Secretariat of Kent/s);
  t.equal((await new Browser().post(link, {})).status, 404, 'nobody takes it up after them');

  const again = new Browser();
  const unknown = await again.post(`${own}/sign-in`, { post: 'invited', other: 'nobody.here' });
  t.equal(unknown.status, 400);
  t.match(unknown.text, /id="other-error"[^]*nobody\.here is none that did/, 'the form, with what is wrong');
  t.match(unknown.text, /value="nobody\.here"/, 'and what was typed');
  const none = await again.post(`${own}/sign-in`, {});
  t.match(none.text, /href="#post"[^]*id="post-error"/);
  const back = await again.post(`${own}/sign-in`, {
    post: 'invited',
    other: 'new.lead',
    return: '/account',
  });
  t.equal(back.url.pathname, '/account');
  t.match(back.text, /Secretariat of Kent/);
});

test('nobody comes in so where there are no posts', async (t) => {
  const { accounts, open } = await openWorld(t);
  const { own, app } = await open();
  const browser = new Browser();
  const page = await browser.post(`${own}/sign-in`, { post: secretariat });
  t.equal(page.status, 405, 'there is nothing to send it to');
  t.same([...browser.cookies(new URL(own)).keys()], []);
  t.match((await browser.go(`${own}/sign-in`)).text, /No organisation is set up/);
  const taken = await browser.post(`${own}/invitation/${'x'.repeat(43)}`, {});
  t.equal(taken.status, 405, 'nor is an invitation taken up without signing in');
  t.ok(accounts.grantsInLog());
  t.ok(app);
});

test(
  'people of an organisation, on two nodes of one log: invited, approved, in, ended, suspended',
  { skip: providersMissing },
  async (t) => {
    const { accounts, open, give, invite, eventsOf, log } = await openWorld(t);
    const [port, otherPort] = [await freePort(), await freePort()];
    const { county, issuers } = await openCounty(t, onPort(port), onPort(otherPort));
    const one = await open({ issuers, port });
    const other = await open({ issuers, port: otherPort });
    const account = 'anna.of.testshire';
    const secret = await invite(one.app, account, { role: 'secretariat', placeId: 'kent' });

    const browser = new Browser();
    const stranger = await new Browser().go(`${one.own}/sign-in/county`);
    t.equal(heading(stranger.text), 'You have no account here yet');
    t.match(stranger.text, `${county.issuer}#anna@example.org`);
    t.equal(
      heading((await browser.go(`${one.own}/invitation/${secret}x`)).text),
      'There is no such invitation',
    );
    const invitation = await browser.go(`${one.own}/invitation/${secret}`);
    t.match(invitation.text, account);
    const entered = await browser.go(`${one.own}/sign-in/county?return=/places/kent`);
    t.equal(entered.status, 200);
    t.match(entered.text, /Signed in: .*Kent/s);
    t.equal(accounts.bound({ issuer: county.issuer, subject: 'anna@example.org' }), account);
    t.equal(
      heading((await browser.go(`${one.own}/invitation/${secret}`)).text),
      'There is no such invitation',
    );

    const here = browser.cookies(new URL(one.own));
    browser.jar.set(new URL(other.own).host, new Map(here));
    const there = await browser.go(`${other.own}/places`);
    t.match(there.text, /Signed in: /, 'the other node knows them');
    const copied = new Map(here);
    await browser.post(`${other.own}/sign-out`, { 'form-token': fieldOf(there.text) });
    browser.jar.set(new URL(one.own).host, copied);
    t.notMatch((await browser.go(`${one.own}/places`)).text, /Signed in: /, 'ended there, ended here');
    t.equal(eventsOf('SessionEnded').length, 1);

    await browser.go(`${one.own}/sign-in/county`);
    t.match((await browser.go(`${one.own}/places`)).text, /Signed in: /);
    await give(one.app, first, `/v1/accounts/${account}/suspensions`, { reason: 'Left the council' });
    t.notMatch(
      (await browser.go(`${one.own}/places`)).text,
      /Signed in: /,
      'who is suspended is out at once',
    );

    const lines = log.join('');
    t.match(lines, /"url":"\/invitation\/:secret"/);
    for (const [what, text] of [
      ['the secret of an invitation', secret.slice(0, 20)],
      ['a code', /code=[^…]/],
      ['a state', /state=[^…]/],
      ['a cookie', /session=|"cookie"/],
      ['the secret of this service', 'a secret of this service'],
      ['who somebody is to their organisation', 'anna@example.org'],
    ] as const)
      t.notMatch(lines, text, `no line of the log holds ${what}`);
  },
);

test('whoever signs in too often waits', async (t) => {
  const { open } = await openWorld(t);
  const { app } = await open({ posts });
  const ask = () => app.inject({ method: 'GET', url: '/sign-in' });
  let answer = await ask();
  for (let asked = 1; asked < 120; asked++) answer = await ask();
  t.equal(answer.statusCode, 200, 'as often as a council does in a minute');
  answer = await app.inject({ method: 'GET', url: '/sign-in/county' });
  t.equal(answer.statusCode, 429, 'whichever of its addresses they ask');
  t.match(answer.headers['retry-after'], /^\d+$/);
  t.equal((await app.inject({ method: 'GET', url: '/places' })).statusCode, 200, 'the pages go on');
});
