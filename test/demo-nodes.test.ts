/**
 * `npm run demo -- --log stand-in`: whoever signed in at one node is signed in at both, until they sign out
 * of either or lose their grant through either; whatever is killed comes back, and what was acknowledged is
 * still there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { hiddenIn } from './web/hidden.js';
import { Browser } from './web/providers.js';

const root = fileURLToPath(new URL('../', import.meta.url));

interface News {
  readonly name: string;
  readonly what: 'ended' | 'ready';
  readonly pid?: number;
  readonly with?: string | number;
}
interface Ready {
  readonly urls: [string, string];
  readonly processes: Record<'stand-in' | 'node-0' | 'node-1', number>;
  readonly tokens: Record<string, string>;
}
const seatHolder = 'seat-holder@place:durham+agency:county-durham-pct';

/** A browser that has one jar for all ports of this machine, as browsers have. */
function machineBrowser(urls: readonly string[]): Browser {
  const browser = new Browser();
  const jar = browser.cookies(new URL(urls[0]!));
  for (const url of urls) browser.jar.set(new URL(url).host, jar);
  return browser;
}
/** Asks until the answer is so: a node tells what another wrote once it has seen it. */
async function until<Answer>(ask: () => Promise<Answer>, isSo: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await sleep(100);
  }
}
const financeOfficer = 'post.finance-director.county-durham-pct';
const administrator = 'access-administrator@programme:total-place';

/** Signing in, out, and the end of a grant, each at one node and seen at the other. */
async function sessionsCount(t: Test, { urls, tokens }: Ready): Promise<void> {
  for (const [here, there] of [urls, [...urls].reverse()] as [string, string][]) {
    const browser = machineBrowser(urls);
    const at = (url: string, page: string) => browser.once(`${url}${page}`);
    const isIn = (page: { readonly status: number }): boolean => page.status === 200;
    await browser.post(`${here}/sign-in`, { post: financeOfficer, return: '/account' });
    t.equal((await at(here, '/account')).status, 200, 'signed in at one');
    t.equal((await at(there, '/account')).status, 200, 'and at the other');
    const copied = new Map(browser.cookies(new URL(here)));
    const { text } = await at(there, '/account');
    await browser.post(`${there}/sign-out`, hiddenIn(text, '/sign-out'));
    for (const [name, value] of copied) browser.cookies(new URL(here)).set(name, value);
    const out = await until(
      () => at(here, '/account'),
      (page) => !isIn(page),
    );
    t.match(out.headers.get('location'), /^\/sign-in\?/, 'ended at the other, over at the first');
    t.match((await at(there, '/account')).headers.get('location'), /^\/sign-in\?/);
  }

  const browser = machineBrowser(urls);
  await browser.post(`${urls[0]}/sign-in`, { post: financeOfficer, return: '/account' });
  const grantsAt = async (url: string): Promise<string[]> =>
    ((await browser.once(`${url}/account?format=json`)).json as { grants: string[] }).grants;
  const held = ['finance-officer@agency:county-durham-pct'];
  for (const url of urls) t.same(await grantsAt(url), held, 'may act on both');
  const revoked = await fetch(`${urls[1]}/v1/accounts/${financeOfficer}/grant-revocations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[administrator]}`, 'content-type': 'application/json' },
    body: JSON.stringify({ grantId: 'finance-officer-county-durham-pct', reason: 'Left the trust' }),
  });
  t.equal(revoked.status, 200, await revoked.text());
  for (const url of urls)
    t.same(
      await until(
        () => grantsAt(url),
        (grants) => grants.length === 0,
      ),
      [],
      'and on neither any more',
    );
}

t.test('two nodes know the same people, and what is killed comes back', { timeout: 290_000 }, async (t) => {
  const dataDir = t.testdir({});
  const demo = spawn(
    process.execPath,
    ['scripts/demo.mjs', '--log', 'stand-in', '--json', '--port', '0', '--speed', '0', '--data-dir', dataDir],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(demo, 'exit');
  let said = '';
  demo.stderr.on('data', (d: Buffer) => (said = (said + d.toString()).slice(-4_000)));
  t.teardown(async () => {
    demo.kill('SIGTERM');
    await ended;
  });
  const news: News[] = [];
  const ready = await new Promise<Ready>((resolve, reject) => {
    void ended.then(() => reject(new Error(`the demo ended: ${said}`)));
    createInterface({ input: demo.stdout }).on('line', (line) => {
      const told = JSON.parse(line) as News | Ready;
      if ('urls' in told) resolve(told);
      else news.push(told);
    });
  });
  const { urls, tokens, processes } = ready;
  t.equal(statSync(join(dataDir, 'session-keys')).mode & 0o777, 0o600, 'a secret for both');
  await sessionsCount(t, ready);
  const authorization = `Bearer ${tokens[seatHolder]}`;
  /** Through one node, with the same key until it is acknowledged; gives the position. */
  const pledge = async (url: string, pledgeId: string): Promise<string> => {
    for (;;) {
      const answer = await fetch(`${url}/v1/pools/durham-warm-homes/pledges`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'idempotency-key': pledgeId },
        body: JSON.stringify({ pledgeId, financialYear: '2009-10', pledgedPence: 100 }),
      }).catch(() => undefined);
      if (answer?.status === 200) return answer.headers.get('position')!;
      if (answer && answer.status !== 503) throw new Error(`${answer.status} ${await answer.text()}`);
      await sleep(200);
    }
  };
  const pledges = async (url: string, after: string): Promise<string> => {
    for (;;) {
      const answer = await fetch(`${url}/v1/pools/durham-warm-homes`, {
        headers: { authorization, 'read-after': after },
      }).catch(() => undefined);
      if (answer?.status === 200) return await answer.text();
      if (answer && answer.status !== 503) throw new Error(`${answer.status} ${await answer.text()}`);
      await sleep(200);
    }
  };
  const back = async (name: string, from: number): Promise<number> => {
    for (;;) {
      const at = news.findIndex((n, i) => i >= from && n.name === name && n.what === 'ready');
      if (at >= 0) return news[at]!.pid!;
      if (demo.exitCode !== null) throw new Error(said);
      await sleep(100);
    }
  };

  t.match(
    await pledges(urls[1], await pledge(urls[0], 'before')),
    /"before"/,
    'written through one, read through the other',
  );

  let from = news.length;
  process.kill(processes['node-0'], 'SIGKILL');
  const through = await pledge(urls[1], 'meanwhile');
  await back('node-0', from);
  t.match(news[from], { name: 'node-0', what: 'ended', with: 'SIGKILL' });
  t.match(
    await pledges(urls[0], through),
    /"meanwhile"/,
    'at its old address, with what came while it was away',
  );
  await pledge(urls[0], 'again');

  from = news.length;
  process.kill(processes['stand-in'], 'SIGKILL');
  t.not(await back('stand-in', from), processes['stand-in'], 'another process, on the same log');
  const last = await pledge(urls[1], 'after');
  for (const url of urls) {
    const text = await pledges(url, last);
    for (const id of ['before', 'meanwhile', 'again', 'after'])
      t.ok(text.includes(`"${id}"`), `${id} is there`);
  }
  t.equal(demo.exitCode, null, 'the demo goes on');
});
