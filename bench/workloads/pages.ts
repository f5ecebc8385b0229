/**
 * Pages beside what they are made of: each beside its queries, a form's last POST beside the command it gives,
 * and two hundred people who read while twenty record, none of them told what is another's.
 */
import { join } from 'node:path';
import { build } from '../../src/app.js';
import { openDemo } from '../../src/demo/demo.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { posts } from '../../src/demo/readers.js';
import { seed } from '../../src/demo/seed/index.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { backlog } from '../../src/http/server/connections.js';
import { decode } from '../../src/log/codec.js';
import { accountRecordId } from '../../src/domain/accounts/state.js';
import { accounts as accountsView } from '../../src/projections/views/accounts.js';
import { register } from '../../src/projections/views/register.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import type { EmbeddedService } from '../../src/runtime/embedded.js';
import { own } from '../../src/web/form/inputs.js';
import { formField, writeFormToken } from '../../src/web/cross-site.js';
import { Door } from '../../src/web/door.js';
import { keyring } from '../../src/web/keyring.js';
import { beginSession, writeSession } from '../../src/web/session.js';
import { must, there, type Bench, type Workload } from '../report.js';
import { loader, type Each, type Job, type Load } from '../server.js';

const secrets = [new Uint8Array(32)] as const;
const keys = keyring(secrets);
const [many, writing] = [200, 20];

/** What the filter of a page offers. */
const offered = ['/v1/places?limit=200', '/v1/agencies?limit=200'];
/** Pages that people open most, each beside the answers it is made of. */
const pages = [
  {
    page: '/programmes/total-place',
    queries: [
      '/v1/programmes/total-place/progress?series=true',
      '/v1/programmes/total-place',
      '/v1/programmes/total-place/commands',
    ],
  },
  {
    page: '/places/durham',
    queries: [
      '/v1/places/durham',
      '/v1/places/durham/commands',
      '/v1/places/durham/progress?series=true',
      '/v1/me/actions?placeId=durham&limit=5',
      '/v1/calendar?placeId=durham&from=2009-10-22&sort=to&limit=5',
    ],
  },
  {
    page: '/barriers/kent-gateway-benefits',
    queries: ['/v1/barriers/kent-gateway-benefits', '/v1/barriers/kent-gateway-benefits/commands'],
  },
  { page: '/barriers', queries: ['/v1/barriers', '/v1/barriers/commands', ...offered] },
  { page: '/timeline', queries: ['/v1/timeline', '/v1/accounts?limit=200', ...offered] },
];
/** What is recorded again and again, and the form of it. */
const form = '/barriers/new';
const barrier = {
  kind: 'ring-fence',
  statement: 'Two funds may not be spent together',
  effectOnResidents: 'A family waits twice for the same help',
};

/** The demo with its pages, listening. */
async function openPages(b: Bench) {
  const service: EmbeddedService = await openDemo({
    dataDir: join(b.dir, 'demo'),
    ref: b.ref,
    seed,
    speed: 1,
  });
  const accounts = accountsOn(service);
  const issuer = await localIssuer();
  const door = new Door({
    secrets,
    accounts,
    issuers: [],
    posts,
    origin: 'http://127.0.0.1',
    logNow: () => service.clock.now(),
    waitForPosition: (position) => service.waitForPosition(position),
  });
  const verify = createVerifier(issuer.verifier);
  const app = await build({
    service,
    verify,
    accounts,
    version: 'bench',
    ratePerMinute: 1e9,
    pages: { door },
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1', backlog });
  return {
    service,
    url,
    load: loader(url),
    token: (account: string) => issuer.token(account, []),
    async close() {
      await app.close();
      await service.close();
    },
  };
}
type Pages = Awaited<ReturnType<typeof openPages>>;

/** Somebody who has signed in, and what the browser sends. */
interface Reader {
  readonly account: string;
  readonly sid: string;
  readonly headers: Readonly<Record<string, string>>;
}
function signedIn(account: string): Reader {
  const session = beginSession(account, Date.now());
  const cookie = `session=${writeSession(keys, session)}`;
  return { account, sid: session.sid, headers: { cookie, 'sec-fetch-site': 'same-origin' } };
}
/** What a page calls whoever has signed in. */
const calledIn = (html: string): string =>
  there(/Signed in: (<a href="\/account">[^<]+<\/a>)/.exec(html)?.[1], 'a name at the head of the page');

/** Each page beside its queries, asked one after the other as the page does. */
async function beside(b: Bench, { load, token }: Pages): Promise<void> {
  const account = 'demo.auditor';
  const { headers } = signedIn(account);
  const tokens = [await token(account)];
  const job: Omit<Job, 'path'> = { method: 'GET', connections: 1, seconds: 1 };
  for (const { page, queries } of pages) {
    const ratios: number[] = [];
    for (let round = -1; round < b.runs; round++) {
      const whole = await load({ ...job, path: page, each: [{ headers }] });
      const asked: Load[] = [];
      for (const path of queries) asked.push(await load({ ...job, path, tokens }));
      if (round >= 0) ratios.push(whole.p95 / asked.reduce((sum, { p95 }) => sum + p95, 0));
    }
    b.ratio(`${page}: p95 of the page ÷ of its queries`, ratios, '≤ 3');
  }
}

const newBarrier = (placeId: string) => ({ ...barrier, placeId });
/** The last step of the form, by somebody for their place: another barrier each time. */
function posting({ sid, headers }: Reader, place: string): Each {
  const inputs = { ...newBarrier(place), [formField]: writeFormToken(keys, sid, form), [own.record]: 'yes' };
  return {
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(inputs).toString(),
  };
}
const secretariatOf = (place: string): string => `post.programme-lead.${place}`;

/** A form's last POST beside the command that it gives. */
async function recording(b: Bench, { load, token }: Pages): Promise<void> {
  const [place, count] = ['durham', 200];
  const reader = signedIn(secretariatOf(place));
  const authorization = `Bearer ${await token(reader.account)}`;
  const body = JSON.stringify(newBarrier(place));
  const command = { headers: { authorization, 'content-type': 'application/json' }, body };
  const job: Omit<Job, 'path'> = { method: 'POST', connections: 1, count };
  const ratios: number[] = [];
  for (let round = -1; round < b.runs; round++) {
    const each = Array.from({ length: count }, () => posting(reader, place));
    const posted = await load({ ...job, path: form, each });
    const given = await load({ ...job, path: '/v1/barriers', each: [command] });
    if (round >= 0) ratios.push(posted.p95 / given.p95);
  }
  b.ratio('a form’s last POST ÷ the command that it gives, p95', ratios, '≤ 1.5');
}

/** Readers and writers at once for a minute: each is told of themselves, and recorded as themselves. */
async function crowd(b: Bench, { load, service, url }: Pages): Promise<void> {
  const seconds = b.full ? 60 : 20;
  const [readEvery, recordEvery] = [5, 2];
  const people: { readonly account: string; readonly says: string }[] = [];
  const held = service.engine.queries(accountsView);
  for (const id of held.ids()) {
    const { account, headers } = signedIn(there(held.one(id)?.state.accountId, 'an account'));
    const page = await fetch(`${url}/account`, { headers, redirect: 'manual' });
    if (page.status !== 200) continue;
    const says = calledIn(await page.text());
    // Two of one name cannot be told apart by it.
    if (people.length < many && people.every((one) => one.says !== says)) people.push({ account, says });
  }
  const readers = Array.from({ length: many }, (_, i): Each => {
    const { account, says } = there(people[i % people.length], 'somebody');
    return { headers: signedIn(account).headers, says };
  });
  const places = service.engine
    .queries(register)
    .ids('place')
    .filter((place) => held.one(accountRecordId(secretariatOf(place))) !== undefined)
    .slice(0, writing);
  const writers = places.map((place) => ({ place, reader: signedIn(secretariatOf(place)) }));
  const count = (writers.length * seconds) / recordEvery;
  const before = await service.log.head();
  const read = load({
    path: '/',
    method: 'GET',
    connections: readers.length,
    pause: readEvery * 1000,
    seconds,
    each: readers,
  });
  const written = await load({
    path: form,
    method: 'POST',
    connections: writers.length,
    pause: recordEvery * 1000,
    count,
    each: Array.from({ length: count }, (_, n) => {
      const { reader, place } = there(writers[n % writers.length], 'a writer');
      return posting(reader, place);
    }),
  });
  const { requests, p95 } = await read;
  b.value(
    `${readers.length} sessions of ${people.length} people who read a page every ${readEvery} s, ${writers.length} who record every ${recordEvery}`,
    `${requests} pages, p95 ${p95.toFixed(0)} ms; ${written.requests} records, p95 ${written.p95.toFixed(0)} ms`,
    'for comparison',
  );
  const events = service.log.readAll(before, 1_000_000).map(decode);
  const recorded = events.filter(({ type }) => type === 'BarrierRecorded');
  must(recorded.length === count, `${count} barriers are recorded, not ${recorded.length}`);
  const others = recorded.filter(
    ({ actor, data }) => actor.account !== secretariatOf((data as { readonly placeId: string }).placeId),
  );
  must(others.length === 0, `each is recorded as whose form it was; ${others.length} are not`);
  b.checked(
    `${requests} pages named their own reader, ${count} forms were recorded once, each by its author`,
  );
}

export const pagesBeside: Workload = {
  name: 'pages',
  async run(b) {
    const open = await openPages(b);
    await beside(b, open);
    await recording(b, open);
    await crowd(b, open);
    await open.close();
  },
};
