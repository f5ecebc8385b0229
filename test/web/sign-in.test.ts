/** Signing in, against real providers: what proves somebody, and all that does not. */
import { randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import { keyring } from '../../src/web/keyring.js';
import type { Issuer } from '../../src/web/issuers.js';
import { AccountsInMemory, openDoor, type Door, type DoorOptions } from './door.js';
import { Browser, freePort, Provider, providersMissing } from './providers.js';

const skip = providersMissing;
const anna = 'anna@example.org';
const account = 'post.lead.durham';

/** Two organisations that both sign people in, and a door to both. */
async function world(t: Test, more: Partial<DoorOptions> & { acr?: string[] } = {}) {
  const port = more.port ?? (await freePort());
  const origin = more.origin ?? `http://127.0.0.1:${port}`;
  // Each would send its answer to the other's address, too: what is refused is refused here.
  const redirectUris = ['county', 'police'].map((id) => `${origin}/sign-in/${id}/callback`);
  const start = (name: string, at?: number): Promise<Provider> =>
    Provider.start(t, {
      name,
      redirectUris,
      signedOut: `${origin}/signed-out`,
      ...(at === undefined ? {} : { port: at }),
    });
  const [county, police] = await Promise.all([start('county'), start('police')]);
  const client = (id: string, name: string, issuer: string): Issuer => ({
    id,
    name,
    issuer,
    freshSignIn: { acr: more.acr ?? [] },
    signIn: {
      clientId: 'total-place',
      scopes: [],
      proof: { secret: 'a secret of this service', by: 'basic' },
    },
  });
  const issuers = [
    client('county', 'Testshire County Council', county.issuer),
    client('police', 'Testshire Police', police.issuer),
  ];
  const accounts = new AccountsInMemory();
  accounts.bind(county.issuer, anna, account, 'secretariat@place:durham');
  const door = await openDoor(t, { port, issuers, accounts, ...more });
  return { county, police, start, accounts, issuers, door, port };
}
/** An officer, whom the police alone sign in. */
const officer = 'officer@example.org';
const officersAccount = 'post.officer.testshire';
const signIn = (browser: Browser, { origin }: Door, asked = '') =>
  browser.go(`${origin}/sign-in/county${asked}`);
const who = async (browser: Browser, { origin }: Door) => (await browser.once(`${origin}/who`)).json.reader;
const isCallback = (url: URL): boolean => url.pathname.endsWith('/callback');

test('somebody signs in with their organisation, and out again', { skip }, async (t) => {
  const { county, accounts, door } = await world(t);
  const browser = new Browser();
  const choice = await browser.go(`${door.origin}/sign-in?return=/pools/youth`);
  t.match(choice.json, {
    title: 'Sign in',
    ways: [
      { text: 'Testshire County Council', href: '/sign-in/county?return=%2Fpools%2Fyouth' },
      { text: 'Testshire Police', href: '/sign-in/police?return=%2Fpools%2Fyouth' },
    ],
  });
  t.equal(choice.headers.get('cache-control'), 'no-store');
  t.equal(await who(browser, door), null, 'nobody is signed in yet');
  const landed = await browser.go(`${door.origin}${choice.json.ways[0].href}`);
  t.equal(landed.url.pathname, '/pools/youth', 'they are where they wanted to be');
  const asked = browser.way[0]!;
  t.equal(asked.origin, county.issuer);
  t.match(Object.fromEntries(asked.searchParams), {
    response_type: 'code',
    scope: 'openid',
    code_challenge_method: 'S256',
    code_challenge: /^[\w-]{43}$/,
    state: /^[\w-]{43}$/,
    nonce: /^[\w-]{43}$/,
    redirect_uri: `${door.origin}/sign-in/county/callback`,
    prompt: undefined,
  });
  const { reader, field, name } = landed.json;
  const [session] = accounts.started;
  t.match(reader, {
    account,
    grants: [{ role: 'secretariat', place: 'durham' }],
    session: session!.sid,
  });
  t.match(session, { account, until: '2009-10-22T17:00:00.000Z' }, 'eight hours by the log’s clock');
  t.same([...browser.cookies(new URL(door.origin)).keys()], ['session'], 'no other cookie is left');

  t.equal((await browser.post(`${door.origin}/sign-out`, {})).json.code, 'FORM_NOT_YOURS');
  const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  const forged = await browser.post(`${door.origin}/sign-out`, { [name]: field }, elsewhere);
  t.equal(forged.json.code, 'FORM_NOT_YOURS');
  t.ok(await who(browser, door), 'nobody is signed out by another’s page');
  const stolen = new Map(browser.cookies(new URL(door.origin)));
  const out = await browser.post(`${door.origin}/sign-out`, { [name]: field });
  t.equal(out.url.pathname, '/signed-out');
  t.same(out.json.ways[0].text, 'Sign out of Testshire County Council');
  const refresh = /^0; url=(.*)$/.exec(out.headers.get('refresh') ?? '')?.[1] ?? '';
  t.equal(new URL(refresh).origin, county.issuer, 'and goes on to sign out there');
  t.equal(new URL(refresh).searchParams.get('post_logout_redirect_uri'), `${door.origin}/signed-out`);
  t.equal(await who(browser, door), null);
  t.same([...accounts.ended], [session!.sid]);
  browser.jar.set(new URL(door.origin).host, stolen);
  t.equal(await who(browser, door), null, 'a cookie that was copied before is dead');
  const again = await browser.go(`${door.origin}/signed-out`);
  t.equal(again.headers.get('refresh'), null, 'whoever is led there by a link is signed out of nothing');
});

test('a session that was ended on another node is ended on all', { skip }, async (t) => {
  const keys = keyring([randomBytes(32)]);
  const { accounts, issuers, door } = await world(t, { keys });
  const other = await openDoor(t, { port: await freePort(), issuers, accounts, keys });
  const browser = new Browser();
  await signIn(browser, door);
  const here = browser.cookies(new URL(door.origin));
  browser.jar.set(new URL(other.origin).host, new Map(here));
  t.equal((await who(browser, other)).account, account, 'the other node knows them by the same cookie');
  const { field, name } = (await browser.once(`${other.origin}/who`)).json;
  await browser.post(`${other.origin}/sign-out`, { [name]: field });
  t.ok(here.get('session'), 'the cookie is still there');
  t.equal(await who(browser, door), null);
});

test('another session at each sign-in, and the one before is over', { skip }, async (t) => {
  const { accounts, door } = await world(t);
  const browser = new Browser();
  await signIn(browser, door);
  const before = new Map(browser.cookies(new URL(door.origin)));
  await signIn(browser, door);
  const [first, second] = accounts.started;
  t.not(first!.sid, second!.sid);
  t.same([...accounts.ended], [first!.sid]);
  browser.jar.set(new URL(door.origin).host, before);
  t.equal(await who(browser, door), null, 'whoever gave somebody their session has nothing of it');
});

test('of two organisations that sign people in one stops, and the other goes on', { skip }, async (t) => {
  const { county, police, start, accounts, door } = await world(t);
  await police.set({ subject: officer });
  accounts.bind(police.issuer, officer, officersAccount, 'seat-holder@place:durham+agency:police');
  const [one, other] = [new Browser(), new Browser()];
  const down = async (of: Browser, address: string | URL, organisation: string) => {
    const page = await of.go(address);
    t.match(page.json, {
      status: 503,
      title: `${organisation} cannot be asked now`,
      says: [/does not answer .* Try again in a few minutes\./, 'Other organisations are not touched by it.'],
    });
    return page;
  };
  await signIn(one, door);
  await other.go(`${door.origin}/sign-in/police`);
  t.equal((await who(one, door)).account, account);
  t.equal((await who(other, door)).account, officersAccount, 'both sign people in');

  const back = (await new Browser().go(`${door.origin}/sign-in/police`, isCallback)).url;
  const halfway = new Browser();
  const under = await halfway.go(`${door.origin}/sign-in/police`, isCallback);
  await police.stop();
  const page = await down(
    new Browser(),
    `${door.origin}/sign-in/police?return=/pools/youth`,
    'Testshire Police',
  );
  t.equal(page.json.ways[0].href, '/sign-in/county?return=%2Fpools%2Fyouth', 'the other is a link away');
  t.match(door.log.join(''), /"issuer":"police","kind":"IssuerDown","reason":"ECONNREFUSED"/);
  await down(halfway, under.url, 'Testshire Police');
  t.equal(await who(halfway, door), null, 'who came back with its answer is not signed in by it');
  await signIn(halfway, door);
  t.equal((await who(halfway, door)).account, account, 'but with the other');
  t.equal((await who(other, door)).account, officersAccount, 'whoever it signed in before goes on');
  t.equal((await new Browser().go(back)).status, 400, 'an answer without its browser is asked of nobody');

  const restarted = await start('police', police.port);
  await restarted.set({ subject: officer });
  const again = new Browser();
  await again.go(`${door.origin}/sign-in/police`);
  t.equal((await who(again, door)).account, officersAccount, 'and signs in again when it is back');
  const late = await one.go(`${door.origin}/sign-in/county`, isCallback);
  await county.stop();
  await down(one, late.url, 'Testshire County Council');
  t.equal((await one.go(`${door.origin}/sign-in/nobody`)).status, 404);
});

test('one organisation’s answer is not taken for another’s', { skip }, async (t) => {
  const { county, police, accounts, door } = await world(t);
  await police.set({ subject: officer });
  accounts.bind(police.issuer, officer, officersAccount);
  /** The address to which somebody is led who was sent to one, and whom the other answers. */
  const mixedUp = async (browser: Browser): Promise<URL> => {
    const asked = (await browser.go(`${door.origin}/sign-in/county`, (url) => url.port === `${county.port}`))
      .url;
    asked.port = `${police.port}`;
    return (await browser.go(asked, isCallback)).url;
  };
  const withChanged = (url: URL, name: string, value: string): URL => {
    const changed = new URL(url);
    changed.searchParams.set(name, value);
    return changed;
  };
  const cases: [what: string, why: string | null, answer: (mixed: URL) => URL][] = [
    ['its code and name', 'OAUTH_INVALID_RESPONSE', (mixed) => mixed],
    ['its code in the other’s name', 'invalid_grant', (mixed) => withChanged(mixed, 'iss', county.issuer)],
    ['at its own address', null, (mixed) => new URL(mixed.href.replace('/county/', '/police/'))],
  ];
  for (const [what, why, answer] of cases) {
    const browser = new Browser();
    const mixed = await mixedUp(browser);
    t.match(mixed.pathname, '/sign-in/county/callback');
    t.equal(mixed.searchParams.get('iss'), police.issuer);
    t.match(mixed.searchParams.get('code'), /./, 'it answers with a code of its own');
    door.log.splice(0);
    const page = await browser.go(answer(mixed));
    t.match(page.json, { status: 400, title: 'You are not signed in yet' }, what);
    const line = door.log.find((text) => text.includes('no sign-in'));
    t.equal(line === undefined ? null : (JSON.parse(line) as { reason: string }).reason, why, what);
    t.equal(await who(browser, door), null);
  }
  t.same(accounts.started, [], 'nobody was let in');
  const browser = new Browser();
  await browser.go(`${door.origin}/sign-in/police`);
  t.equal((await who(browser, door)).account, officersAccount, 'each signs in its own');
  await signIn(browser, door);
  t.equal((await who(browser, door)).account, account);
});

test('keys are changed between two sign-ins, and between asking and answering', { skip }, async (t) => {
  const { county, door } = await world(t);
  const browser = new Browser();
  await signIn(browser, door);
  await county.rotate();
  t.equal((await signIn(browser, door)).url.pathname, '/');
  const under = await browser.go(`${door.origin}/sign-in/county`, isCallback);
  await county.rotate();
  t.equal((await browser.go(under.url)).url.pathname, '/', 'none is waited for');
});

test('what proves nobody lets nobody in', { skip }, async (t) => {
  const { county, accounts, door, issuers } = await world(t);
  const startAgain = { status: 400, title: 'You are not signed in yet' };
  /** Why, as the log says it; null where nothing was asked of anybody. */
  const reason = (): string | null => {
    const line = door.log.splice(0).find((text) => text.includes('no sign-in'));
    return line === undefined ? null : (JSON.parse(line) as { reason: string }).reason;
  };
  const tried = async (what: string, why: string | null, url: (back: URL) => URL | string) => {
    const browser = new Browser();
    const under = await browser.go(`${door.origin}/sign-in/county`, isCallback);
    door.log.splice(0);
    t.match((await browser.go(url(under.url))).json, startAgain, what);
    t.equal(reason(), why, `${what}: for that reason`);
    t.equal(await who(browser, door), null);
  };
  const now = Math.floor(Date.now() / 1000);
  const [compared, timed, invalid] = [
    'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
    'OAUTH_INVALID_RESPONSE',
  ];
  for (const [what, claims, why] of [
    ['for another service', { aud: 'another-service' }, compared],
    ['for several, of whom another asked', { aud: ['total-place', 'another'], azp: 'another' }, compared],
    ['for another sign-in', { nonce: 'another' }, compared],
    ['for no sign-in', { nonce: null }, invalid],
    ['in another issuer’s name', { iss: 'https://other.example' }, compared],
    ['expired', { exp: now - 60 }, timed],
    ['of times to come', { nbf: now + 3_600 }, timed],
    ['of nobody', { sub: null }, invalid],
  ] as const) {
    await county.set({ claims });
    await tried(what, why, (back) => back);
  }
  await county.set({ claims: {}, key: 'another' });
  await tried('signed by another key', invalid, (back) => back);
  await county.set({ key: null, codeSeconds: 1 });
  const late = new Browser();
  const under = await late.go(`${door.origin}/sign-in/county`, isCallback);
  await new Promise((done) => setTimeout(done, 2_100));
  t.match((await late.go(under.url)).json, startAgain, 'a code that has expired');
  t.equal(reason(), 'invalid_grant');
  await county.set({ codeSeconds: 60 });
  const changed = (name: string, value: string | null) => (back: URL) => {
    const url = new URL(back);
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
    return url;
  };
  await tried('another state', null, changed('state', 'x'.repeat(43)));
  await tried('no state', null, changed('state', null));
  await tried('no code', invalid, changed('code', null));
  await tried('another code', 'invalid_grant', changed('code', 'x'.repeat(43)));
  await tried('another issuer in the answer', invalid, changed('iss', 'https://other.example'));
  await tried('no issuer in the answer of one that says it', invalid, changed('iss', null));
  await tried('the answer at another’s address', null, (back) => back.href.replace('/county/', '/police/'));

  const used = new Browser();
  const back = (await used.go(`${door.origin}/sign-in/county`, isCallback)).url;
  const cookies = new Map(used.cookies(back));
  t.equal((await used.go(back)).url.pathname, '/');
  t.equal(accounts.started.length, 1);
  t.match((await used.go(back)).json, startAgain, 'an answer that was taken');
  used.jar.set(back.host, cookies);
  door.log.splice(0);
  t.match((await used.go(back)).json, startAgain, 'and with the cookie it was taken with');
  t.equal(reason(), null, 'of which its issuer is not asked again');
  t.match((await new Browser().go(back)).json, startAgain, 'in another browser');
  const old = new Browser();
  const slow = (await old.go(`${door.origin}/sign-in/county`, isCallback)).url;
  const later = await openDoor(t, {
    port: await freePort(),
    issuers,
    accounts,
    now: () => Date.now() + 601_000,
  });
  old.jar.set(new URL(later.origin).host, new Map(old.cookies(slow)));
  const there = `${later.origin}${slow.pathname}${slow.search}`;
  t.match((await old.go(there)).json, startAgain, 'after ten minutes');
  t.equal(accounts.started.length, 1, 'nobody was let in');
});

test('whoever is declined is told so, in words of ours', { skip }, async (t) => {
  const { county, door } = await world(t);
  await county.set({ decline: true });
  const page = await signIn(new Browser(), door);
  t.match(page.json, { status: 403, title: 'You are not signed in' });
  t.notMatch(page.text, /canary|access_denied/);
});

test('who has no account sees whom to ask, and an invitation is taken up once', { skip }, async (t) => {
  const { county, accounts, door } = await world(t);
  const browser = new Browser();
  await county.set({ subject: 'ben' });
  const stranger = await signIn(browser, door);
  t.match(stranger.json, {
    status: 403,
    title: 'You have no account here yet',
    quoted: `${county.issuer}#ben`,
  });
  t.match(stranger.text, /administrator of your programme/);
  const secret = 'canary-of-an-invitation-4711';
  accounts.invitations.set(secret, 'ben.at.testshire');
  t.match((await browser.go(`${door.origin}/invitation/${secret}x`)).json, { status: 404 });
  const invitation = await browser.go(`${door.origin}/invitation/${secret}`);
  t.match(invitation.json, { status: 200, title: 'You have been invited' });
  t.notMatch(invitation.json.ways[0].href, /canary/, 'the secret goes no further');
  const landed = await browser.go(`${door.origin}${invitation.json.ways[0].href}`);
  t.equal(landed.json.reader.account, 'ben.at.testshire');
  t.match((await browser.go(`${door.origin}/invitation/${secret}`)).json, { status: 404 }, 'once');
});

test('signing in again is asked of the organisation, and counts for ten minutes', { skip }, async (t) => {
  let ahead = 0;
  const { county, accounts, door } = await world(t, { acr: ['mfa'], now: () => Date.now() + ahead });
  const browser = new Browser();
  const freshUntil = async (): Promise<number | undefined> => (await who(browser, door)).freshUntil;
  await signIn(browser, door);
  t.equal(await freshUntil(), undefined, 'by a password alone it never counts');
  await county.set({ acr: 'mfa' });
  const landed = await signIn(browser, door, '?again=yes&return=/pools/youth');
  t.equal(landed.url.pathname, '/pools/youth', 'and they are back at what they did');
  t.match(Object.fromEntries(browser.way[0]!.searchParams), {
    max_age: '600',
    prompt: 'login',
    acr_values: 'mfa',
  });
  const until = await freshUntil();
  const { signedIn } = await who(browser, door);
  t.match(signedIn, { acr: 'mfa', issuer: county.issuer });
  t.equal(until, Date.parse(signedIn.at) + 600_000);
  ahead = 1_000_000;
  t.equal(await freshUntil(), until, 'it is not renewed by being used');
  ahead = 0;
  await county.set({ claims: { auth_time: Math.floor(Date.now() / 1000) - 700 } });
  t.match((await signIn(browser, door, '?again=yes')).json, { status: 400 }, 'proven long ago');
  await county.set({ claims: { auth_time: null } });
  t.match((await signIn(browser, door, '?again=yes')).json, { status: 400 }, 'who knows when');
  await county.set({ claims: {}, subject: 'carla' });
  accounts.bind(county.issuer, 'carla', 'post.chair.durham');
  browser.jar.delete(new URL(county.issuer).host);
  const other = await signIn(browser, door, '?again=yes&return=/pools/youth');
  t.equal(other.url.pathname, '/', 'somebody else is not led on to another’s form');
  t.equal((await who(browser, door)).account, 'post.chair.durham');
});
