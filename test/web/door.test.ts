/** The door on a real log: the demo’s posts, and people of an organisation on two nodes of one service. */
import { createHash, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { test, type Test } from 'tap';
import { build } from '../../src/app.js';
import { openDemo } from '../../src/demo/demo.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { posts } from '../../src/demo/readers.js';
import { seed } from '../../src/demo/seed/index.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { decode } from '../../src/log/codec.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import { loadReference } from '../../src/runtime/reference.js';
import { Door, type DoorOptions } from '../../src/web/door.js';
import type { Issuer } from '../../src/web/issuers.js';
import { restless } from '../commands/world.js';
import { copySeeded } from '../seeded.js';
import { Browser, freePort, Provider, providersMissing } from './providers.js';

const programme = 'total-place';
const [first, second] = ['total-place.administrator-1', 'total-place.administrator-2'] as const;
const secretariat = 'post.programme-lead.durham';

async function openWorld(t: Test) {
  const dataDir = t.testdir();
  await copySeeded(dataDir);
  const service = await openDemo({ dataDir, ref: loadReference(), seed, speed: 0, machine: restless() });
  t.teardown(() => service.close());
  const accounts = accountsOn(service);
  const issuer = await localIssuer();
  const secrets = [randomBytes(32)] as const;
  const log: string[] = [];
  const into = new Writable({
    write(line: Buffer, _, done) {
      log.push(line.toString());
      done();
    },
  });
  /** A node of it, listening. */
  async function open(given: Partial<DoorOptions> & { port?: number } = {}) {
    const port = given.port ?? (await freePort());
    const door = new Door({
      secrets,
      accounts,
      issuers: [],
      origin: `http://127.0.0.1:${port}`,
      logNow: () => service.clock.now(),
      waitForPosition: (position) => service.waitForPosition(position),
      ...given,
    });
    const app = await build({
      service,
      version: '0',
      accounts,
      verify: createVerifier(issuer.verifier),
      logger: pino({ level: 'debug' }, into) as never,
      pages: { door },
    });
    const own = `http://127.0.0.1:${port}`;
    await app.listen({ port, host: '127.0.0.1' });
    t.teardown(() => app.close());
    return { app, own, door };
  }
  /** A command of the API by one of the demo's accounts. */
  async function give(
    app: Awaited<ReturnType<typeof open>>['app'],
    account: string,
    url: string,
    body: object,
  ) {
    const authorization = `Bearer ${await issuer.token(account, [])}`;
    const answer = await app.inject({ method: 'POST', url, headers: { authorization }, payload: body });
    if (answer.statusCode > 201) throw new Error(`${url}: ${answer.body}`);
  }
  return { service, accounts, open, give, log };
}
/** The hidden field of the form that signs out. */
const fieldOf = (html: string): string => /name="form-token" value="([^"]+)"/.exec(html)?.[1] ?? '';
const heading = (html: string): string => /<h1[^>]*>([^<]*)/.exec(html)?.[1] ?? '';

test('the demo signs in by choosing a post', async (t) => {
  const { service, open } = await openWorld(t);
  const { own, door } = await open({ posts });
  const browser = new Browser();
  const page = await browser.go(`${own}/sign-in?return=/pools`);
  t.equal(heading(page.text), 'Sign in to the demonstration');
  t.equal(page.text.match(/type="radio"/g)?.length, posts.length);
  const signedIn = await browser.post(`${own}/sign-in`, { post: secretariat, return: '/pools' });
  t.equal(signedIn.url.pathname, '/pools');
  t.match(signedIn.text, /Signed in: .*Sign out/s);
  const started = service.log
    .readAll(0, 100_000)
    .map(decode)
    .filter((e) => e.type === 'SessionStarted');
  t.match(started, [{ data: { accountId: secretariat, kind: 'browser' } }], 'it stands in the log');
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

test('nobody comes in so where there are no posts', async (t) => {
  const { accounts, open } = await openWorld(t);
  const { own, app, door } = await open();
  const browser = new Browser();
  const page = await browser.post(`${own}/sign-in`, { post: secretariat });
  t.equal(page.status, 405, 'there is nothing to send it to');
  t.same([...browser.cookies(new URL(own)).keys()], []);
  t.match((await browser.go(`${own}/sign-in`)).text, /No organisation is set up/);
  const refused = async (given: Door) =>
    given.signInAs({} as never, {} as never, secretariat).then(
      () => 'signed in',
      (error: Error) => error.message,
    );
  t.match(await refused(door), /is no post of a demo/);
  t.ok(accounts.grantsInLog());
  t.ok(app);
});

test(
  'people of an organisation, on two nodes of one log: invited, approved, in, ended, suspended',
  { skip: providersMissing },
  async (t) => {
    const { service, accounts, open, give, log } = await openWorld(t);
    const [port, otherPort] = [await freePort(), await freePort()];
    const county = await Provider.start(t, {
      name: 'county',
      redirectUris: [port, otherPort].map((p) => `http://127.0.0.1:${p}/sign-in/county/callback`),
      signedOut: `http://127.0.0.1:${port}/signed-out`,
    });
    const issuers: Issuer[] = [
      {
        id: 'county',
        name: 'Testshire County Council',
        issuer: county.issuer,
        freshSignIn: { acr: [] },
        signIn: {
          clientId: 'total-place',
          scopes: [],
          proof: { secret: 'a secret of this service', by: 'basic' },
        },
      },
    ];
    const one = await open({ issuers, port });
    const other = await open({ issuers, port: otherPort });
    const secret = `canary${randomBytes(24).toString('base64url')}`;
    const account = 'anna.of.testshire';
    await give(one.app, first, '/v1/accounts', {
      account,
      programmeId: programme,
      invitation: createHash('sha256').update(secret).digest('hex'),
      grant: { grantId: 'kent', role: 'secretariat', placeId: 'kent', until: '2010-05-01' },
    });
    await give(one.app, second, `/v1/accounts/${account}/grant-approvals`, { grantId: 'kent' });

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
    const ended = service.log
      .readAll(0, 100_000)
      .map(decode)
      .filter((e) => e.type === 'SessionEnded');
    t.equal(ended.length, 1);

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
