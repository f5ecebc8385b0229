/**
 * Signing in with a real browser and a real provider: on plain http on this machine, and behind a proxy that
 * speaks TLS. What a browser makes of cookies, of redirects after a form and of other sites’ pages, only it says.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer as createPlain, request as ask } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { test, type Test } from 'tap';
import { openCounty, openWorld } from './door-world.js';
import { freePort, providersMissing } from './providers.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const skip =
  providersMissing || (existsSync(executablePath) ? false : 'no chromium here: apt-get install chromium');
const account = 'anna.of.testshire';

async function openBrowser(t: Test) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  return { context, page, refused };
}
/** A proxy with a certificate of its own, in front of a port. */
async function openProxy(t: Test, to: number): Promise<number> {
  const dir = t.testdir();
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  const proxy = createServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    ({ method, url, headers }, response) => {
      const forwarded = { ...headers, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' };
      const on = ask({ port: to, host: '127.0.0.1', method, path: url, headers: forwarded }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      on.on('error', () => response.destroy());
      response.req.pipe(on);
    },
  );
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.teardown(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return (proxy.address() as AddressInfo).port;
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What axe finds wrong with a page, wide and narrow, and whether it is wider than the screen. */
async function faultsOf(page: Page, url: string): Promise<string[]> {
  const faults: string[] = [];
  await page.goto(url);
  await page.evaluate(axe);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const found = await page.evaluate(
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id }) => id))",
    );
    faults.push(...(found as string[]));
    const root = 'document.documentElement';
    if (await page.evaluate(`${root}.scrollWidth > ${root}.clientWidth`)) faults.push(`wider than ${width}`);
  }
  return faults;
}
const heading = (page: Page): Promise<string> => page.locator('h1').first().innerText();

/** An invitation is taken up, its form is somebody else’s, and they sign out of both. */
async function inAndOut(t: Test, secure: boolean): Promise<void> {
  const { invite, open, eventsOf } = await openWorld(t);
  const port = await freePort();
  const publicPort = secure ? await openProxy(t, port) : port;
  const origin = secure ? `https://localhost:${publicPort}` : `http://127.0.0.1:${port}`;
  const { county, issuers } = await openCounty(t, origin);
  const { app } = await open({ issuers, port, origin });
  const secret = await invite(app, account, { role: 'secretariat', placeId: 'kent' });
  const { context, page, refused } = await openBrowser(t);

  await page.goto(`${origin}/invitation/${secret}`);
  t.equal(await heading(page), 'You have been invited');
  await page.getByRole('link', { name: 'Testshire County Council' }).click();
  await page.waitForURL(`${origin}/`);
  const name = secure ? '__Host-session' : 'session';
  const cookie = (await context.cookies(origin)).find((one) => one.name === name);
  t.match(cookie, { httpOnly: true, sameSite: 'Lax', secure, path: '/' });
  const own = (await context.cookies(origin)).filter((one) => !one.name.startsWith('_county'));
  t.equal(own.length, 1, 'nothing else of ours is left');
  t.equal(await page.evaluate('document.cookie'), '', 'no script reads it');
  t.ok(await page.getByRole('button', { name: 'Sign out' }).isVisible());

  for (const address of ['/sign-in', '/account/tokens', '/kept-form', '/sign-in/county/callback'])
    t.strictSame(await faultsOf(page, `${origin}${address}`), [], `axe finds nothing at ${address}`);

  const elsewhere = createPlain((_, response) =>
    response
      .setHeader('content-type', 'text/html')
      .end(`<form method="post" action="${origin}/sign-out"><button>Win a prize</button></form>`),
  ).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  t.teardown(() => {
    elsewhere.closeAllConnections();
    elsewhere.close();
  });
  const other = await context.newPage();
  await other.goto(
    `http://${secure ? '127.0.0.1' : 'localhost'}:${(elsewhere.address() as AddressInfo).port}/`,
  );
  await other.getByRole('button').click();
  await other.waitForURL(/sign/);
  await page.goto(`${origin}/places`);
  t.ok(
    await page.getByRole('button', { name: 'Sign out' }).isVisible(),
    'another site’s form signs nobody out',
  );
  t.equal(eventsOf('SessionEnded').length, 0);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL((url) => url.origin === county.issuer);
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.waitForURL(`${origin}/signed-out**`);
  t.equal(await heading(page), 'You are signed out');
  t.equal(eventsOf('SessionEnded').length, 1);
  await page.goto(`${origin}/places`);
  t.notOk(await page.getByRole('button', { name: 'Sign out' }).isVisible());
  t.strictSame(refused, [], 'nothing on the way was against the policy of a page');
}

test('on plain http on this machine', { skip, timeout: 120_000 }, (t) => inAndOut(t, false));
test('behind a proxy that speaks TLS', { skip, timeout: 120_000 }, (t) => inAndOut(t, true));
