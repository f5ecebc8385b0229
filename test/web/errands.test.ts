/**
 * Pages that no link leads to, in a browser: of coming in, of secrets that are shown once, of forms that came
 * too late or from elsewhere, and of what is out of order. Each is met as people meet it, and named.
 */
import { randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import { identityOf } from '../../src/demo/issuer.js';
import { posts } from '../../src/demo/readers.js';
import type { Issuer } from '../../src/web/issuers.js';
import { keyring } from '../../src/web/keyring.js';
import { beginSession, writeSession } from '../../src/web/session.js';
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
import { browserMissing } from './looking.js';
import { newLead } from './forms-world.js';
import { Browser, freePort, providersMissing, type Page } from './providers.js';
import { SeenPages } from './seen-pages.js';

const seen = new SeenPages();
const hour = 3_600_000;
const themes = '/places/durham/themes';
const theme = { themeId: 'families', title: 'Families with many needs' };
/** Longer than a cookie may be, and nothing that can be made shorter. */
const tooLong = (): string => randomBytes(12_000).toString('base64');
const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

/** Keeps a page for the browser, and sees that it is the one that is meant. */
function meet(t: Test, name: string, page: Page, status: number, text: string | RegExp): Page {
  t.match({ status: page.status, text: page.text }, { status, text }, name);
  seen.add(name, { status: page.status, html: page.text, headers: Object.fromEntries(page.headers) });
  return page;
}
/** What a form of one page sends that was filled so. */
async function filled(browser: Browser, own: string, address: string, values = {}) {
  return { ...formAt((await browser.go(`${own}${address}`)).text, address), ...values };
}

test('secrets that are shown once, and who they are for', async (t) => {
  const { open, give, eventsOf } = await openWorld(t);
  const { own, app } = await open({ posts, identityOf, origin: 'http://127.0.0.1' });
  const administrator = new Browser();
  await administrator.post(`${own}/sign-in`, { post: first });
  const invites = '/accounts/new';
  const invitation = await filled(administrator, own, invites, {
    ...newLead,
  });
  const check = await administrator.post(`${own}${invites}`, invitation);
  const recorded = await administrator.post(`${own}${invites}`, {
    ...formAt(check.text, invites),
    _record: '',
  });
  meet(t, 'an invitation, recorded', recorded, 200, '/invitation/');
  const link = /http:\/\/[^"<\s]*\/invitation\/[\w-]{43}/.exec(recorded.text)?.[0] ?? '';

  const newcomer = new Browser();
  meet(t, 'an invitation', await newcomer.go(link), 200, 'Take up the account');
  meet(t, 'no invitation', await newcomer.go(`${link}x`), 404, 'There is no such invitation');
  const forged = await newcomer.post(link, {}, elsewhere);
  meet(t, 'an invitation from elsewhere', forged, 403, 'Whom to ask');
  const { grantId } = eventsOf('GrantRequested').at(-1)?.data as { grantId: string };
  await give(app, second, '/v1/accounts/new.lead/grant-approvals', { grantId });
  meet(t, 'an invitation, taken up', await newcomer.post(link, {}), 200, 'Sign out');

  const lead = new Browser();
  await lead.post(`${own}/sign-in`, { post: secretariat });
  const tokens = '/account/tokens';
  meet(t, 'no token', await lead.go(`${own}${tokens}`), 200, 'This browser');
  const token = await filled(lead, own, tokens, {
    label: 'Nightly report',
    days: '30',
    grants: 'secretariat@place:durham',
  });
  const unnamed = await lead.post(`${own}${tokens}`, { ...token, label: '', days: '' });
  meet(t, 'a token for nothing', unnamed, 400, 'There is a problem');
  meet(t, 'a token, made', await lead.post(`${own}${tokens}`, token), 200, /tp_[\w-]{43}/);
  meet(t, 'tokens', await lead.go(`${own}${tokens}`), 200, 'Nightly report, a token');

  const calendar = '/account/calendar';
  meet(t, 'no calendar', await lead.go(`${own}${calendar}`), 200, 'You have no address yet');
  const made = await lead.post(`${own}${calendar}`, await filled(lead, own, calendar));
  meet(t, 'a calendar’s address, made', made, 200, '/v1/calendar/');
  meet(t, 'a calendar’s address', await lead.go(`${own}${calendar}`), 200, 'Withdraw the address');

  const chair = new Browser();
  await chair.post(`${own}/sign-in`, { post: 'post.chief-executive.durham-county-council' });
  const acting = await chair.go(`${own}/acting?return=/pools`);
  meet(t, 'in which role', acting, 200, 'Act as');
  const as = 'chair@place:durham+agency:durham-county-council';
  const chosen = await chair.post(`${own}/acting`, { ...formAt(acting.text, '/acting'), as });
  meet(t, 'acting in a role', chosen, 200, 'Chair of Durham for');
  meet(t, 'a form in a role', await chair.go(`${own}/waivers/new`), 200, 'In which of your roles');
});

test('coming in and going out in the demo, and forms that came too late', async (t) => {
  const { open, service } = await openWorld(t);
  let ahead = 0;
  const { own } = await open({ posts, identityOf, now: () => Date.now() + ahead });
  const browser = new Browser();
  meet(t, 'posts', await browser.go(`${own}/sign-in`), 200, 'Somebody who was invited');
  meet(t, 'no post', await browser.post(`${own}/sign-in`, {}), 400, 'Choose a post');
  const nobody = await browser.post(`${own}/sign-in`, { post: 'invited', other: 'nobody.here' });
  meet(t, 'nobody who was invited', nobody, 400, 'Enter the account whose invitation');
  const signIn = () => browser.post(`${own}/sign-in`, { post: secretariat });
  await signIn();
  const entered = await filled(browser, own, themes, theme);
  meet(
    t,
    'a form from elsewhere',
    await browser.post(`${own}${themes}`, entered, elsewhere),
    403,
    'for somebody',
  );
  ahead += hour;
  const long = await browser.post(`${own}${themes}`, { ...entered, why: tooLong() });
  meet(t, 'too late, and too long', long, 401, 'Copy what you need');
  meet(t, 'too late', await browser.post(`${own}${themes}`, entered), 401, 'You have been signed out');
  meet(t, 'a form that was kept', await signIn(), 200, 'Go on with the form that you sent');
  const kept = await browser.go(`${own}/kept-form`);
  const thrown = await browser.post(`${own}/kept-form`, formAt(kept.text, '/kept-form'));
  meet(t, 'no form that was kept', await browser.go(`${own}/kept-form`), 200, 'There is no form of yours');
  const out = await browser.post(`${own}/sign-out`, { 'form-token': fieldOf(thrown.text) });
  meet(t, 'signed out', out, 200, 'You are signed out');
  await signIn();
  await service.close();
  meet(t, 'nothing can be read', await browser.go(`${own}/pools`), 503, 'What to check');
});

test('coming in from an organisation that does not answer, and proving it again', async (t) => {
  const { open, give } = await openWorld(t);
  const { own: plain } = await open();
  meet(t, 'no organisation', await new Browser().go(`${plain}/sign-in`), 200, 'No organisation is set up');
  const secrets = [randomBytes(32)] as const;
  const issuer = onPort(await freePort());
  const away: Issuer = {
    id: 'police',
    name: 'Testshire Police',
    issuer,
    freshSignIn: { acr: [] },
    signIn: { clientId: 'total-place', scopes: [], proof: { secret: 'a secret', by: 'basic' } },
  };
  const { own, app } = await open({ issuers: [away], secrets });
  const browser = new Browser();
  meet(t, 'organisations', await browser.go(`${own}/sign-in`), 200, 'Choose your organisation');
  meet(t, 'one that is down', await browser.go(`${own}/sign-in/police`), 503, 'cannot be asked now');
  const back = await browser.go(`${own}/sign-in/police/callback?code=x&state=x`);
  meet(t, 'a sign-in that nobody began', back, 400, 'You are not signed in yet');

  const signedIn = { at: new Date(Date.now() - hour).toISOString(), issuer };
  const session = beginSession(second, Date.now(), { issuer, signedIn });
  browser.cookies(new URL(own)).set('session', writeSession(keyring(secrets), session));
  await give(app, first, '/v1/accounts', {
    account: 'new.champion',
    programmeId: 'total-place',
    invitation: 'c'.repeat(64),
    grant: { grantId: 'more', role: 'champion', placeId: 'kent', until: '2010-05-01' },
  });
  const approvals = '/accounts/new.champion/grant-approvals';
  const approval = await filled(browser, own, approvals, { grantId: 'more', _next: 'yes' });
  const again = await browser.post(`${own}${approvals}`, approval);
  meet(t, 'to sign in again', again, 403, 'come back to your answers');
  const long = await browser.post(`${own}${approvals}`, { ...approval, why: tooLong() });
  meet(t, 'to sign in again, of a long form', long, 403, 'Copy what you need');
});

test('coming in from an organisation', { skip: providersMissing }, async (t) => {
  const { open, invite } = await openWorld(t);
  const port = await freePort();
  const { county, issuers } = await openCounty(t, onPort(port));
  const { own, app } = await open({ issuers, port });
  const browser = new Browser();
  const stranger = await browser.go(`${own}/sign-in/county`);
  meet(t, 'no account', stranger, 403, 'You have no account here yet');
  const secret = await invite(app, 'anna.of.testshire', { role: 'secretariat', placeId: 'kent' });
  const invitation = await browser.go(`${own}/invitation/${secret}`);
  meet(t, 'an invitation among organisations', invitation, 200, 'Testshire County Council');
  const home = await browser.go(`${own}/sign-in/county`);
  const out = await browser.post(`${own}/sign-out`, { 'form-token': fieldOf(home.text) });
  meet(t, 'signed out, and asked to there', out, 200, 'Sign out of Testshire County Council');
  await county.set({ decline: true });
  const declined = await new Browser().go(`${own}/sign-in/county`);
  meet(t, 'declined', declined, 403, 'did not let you in');
  t.equal(heading(declined.text), 'You are not signed in');
});

test('what was met, in a browser', { skip: browserMissing }, (t) => seen.lookAt(t));
