/** A place's export from its page: who is offered it, and its own pages opened from a disk. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { test } from 'tap';
import { cells } from './cells.js';
import { browserMissing, Looking, openBrowser } from './looking.js';
import { openWeb, readerCalled, readerHeaders } from './world.js';
import { plant, readers, place } from '../http/secrets.js';

const [secretariat, auditor] = ['SECRETARIAT', 'AUDITOR'].map(readerCalled);
const address = '/places/durham/export';
const offered = /href="\/places\/durham\/export"/;

test('everything recorded of a place, as one file', { timeout: 120_000 }, async (t) => {
  const world = await openWeb(t);
  t.match((await world.get(secretariat, '/places/durham')).html, offered, 'offered on its page');
  const asWhitehall = await world.get(secretariat, '/places/durham?audience=programme');
  t.notMatch(
    asWhitehall.html,
    offered,
    'not beside what a wider audience is told: it is the reader’s own sight',
  );
  t.notMatch(
    (await world.get(undefined, '/places/durham')).html,
    offered,
    'nor to whoever has not signed in',
  );
  const unknown = await world.get(undefined, address);
  t.equal(unknown.status, 303, 'who has not signed in is asked to');
  t.match(unknown.headers.location, /^\/sign-in\?return=%2Fplaces%2Fdurham%2Fexport/);

  const { rawPayload, headers } = await world.app.inject({
    url: address,
    headers: readerHeaders(secretariat),
  });
  t.match(headers, { 'content-type': 'application/zip', vary: 'Cookie', 'cache-control': /no-store/ });
  const names = Object.keys(unzipSync(rawPayload));
  t.ok(names.length > 20 && names.every((name) => /^durham-2009-10-22-entry-\d+-for-members\//.test(name)));
  t.equal((await world.get(secretariat, '/places/nowhere/export')).status, 404);

  const rows = cells((await world.get(auditor, `/reads?address=${address}`)).html);
  t.strictSame(
    rows.map(([, what, , answered]) => [what, answered]),
    [['Durham: everything recorded of it, as one file', 'was shown']],
    'and is told of as one read',
  );
});

test('what stands in it, in a browser', { skip: browserMissing, timeout: 200_000 }, async (t) => {
  const world = await openWeb(t, { grantsInLog: false });
  await plant(world);
  const { as, account } = readers.member;
  const { rawPayload } = await world.app.inject({
    url: `/v1/places/${place}/export`,
    headers: { authorization: `Bearer ${await world.token(as, account)}` },
  });
  const home = t.testdir();
  const files = unzipSync(rawPayload);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), bytes);
  }
  const looked = Object.keys(files).filter((name) => name.endsWith('.html'));
  t.ok(looked.length > 2);
  const browser = await openBrowser(t);
  const looking = new Looking(t);
  // Axe stands in the page as a script: the page's own policy is not the browser's to hold here.
  const context = await browser.newContext({ offline: true, bypassCSP: true });
  const loaded: string[] = [];
  const said: string[] = [];
  for (const name of looked) {
    const page = await context.newPage();
    page.on('request', (request) => loaded.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    await page.goto(pathToFileURL(join(home, name)).href, { waitUntil: 'load' });
    // What axe itself asks for is none of the page's.
    page.removeAllListeners();
    await looking.at(page, name.slice(name.indexOf('/')));
    await page.close();
  }
  looking.settle({ went: false });
  t.strictSame(said, [], 'a browser has nothing to say about them');
  t.strictSame(
    loaded.filter((url) => !url.startsWith(pathToFileURL(home).href)),
    [],
    'nothing comes from elsewhere',
  );
  t.ok(
    loaded.some((url) => url.endsWith('/style.css')),
    'the stylesheet is found beside them',
  );
});
