/**
 * The private address of a calendar: who has it reads this feed alone, as its account may read now, until it
 * is made anew or withdrawn; and it stands nowhere but where it was shown.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { pino } from 'pino';
import { test } from 'tap';
import { personalTokenOf } from '../../src/http/server/personal-token.js';
import { secretHash } from '../../src/domain/accounts/state.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import { isProblem, openHarness, type Answer, type Harness } from './harness.js';

const lead = 'post.programme-lead.suffolk';
const administrator = 'total-place.administrator-1';
const as =
  (harness: Harness, account: string) =>
  (method: string, url: string, body?: object): Promise<Answer> =>
    harness.inject('', account, method, url, body);
/** The path of a new address, and its secret. */
async function make(harness: Harness, account = lead): Promise<{ path: string; secret: string }> {
  const made = await as(harness, account)('POST', '/v1/account/calendar-address');
  if (made.status !== 201) throw new Error(made.raw);
  const path = new URL(made.json.address).pathname;
  return { path, secret: path.replace(/^\/v1\/calendar\/|\.ics$/g, '') };
}
/** As a calendar asks: without a token. */
const ask = (harness: Harness, url: string, headers: Record<string, string> = {}, method = 'GET') =>
  harness.send(method, url, headers);

test('who has the address reads what its account may, in a calendar of its own, and nothing else', async (t) => {
  const harness = await openHarness(t, { grantsInLog: true, publicAddress: 'https://place.example' });
  const made = await as(harness, lead)('POST', '/v1/account/calendar-address');
  t.match(made.json.address, /^https:\/\/place\.example\/v1\/calendar\/[A-Za-z0-9_-]{43}\.ics$/, '256 bits');
  t.equal(made.headers['cache-control'], 'no-store');
  const { path } = await make(harness);
  const feed = await ask(harness, path);
  t.equal(feed.status, 200, feed.raw);
  t.match(feed.headers, { 'content-type': /^text\/calendar/, 'x-robots-tag': 'noindex', etag: String });
  const own = await as(harness, lead)('GET', '/v1/calendar.ics');
  t.equal(feed.raw, own.raw, 'what its account reads');
  t.ok(new ICAL.Component(ICAL.parse(feed.raw)).getAllSubcomponents('vevent').length > 10);
  t.equal((await ask(harness, path, { 'if-none-match': feed.headers.etag })).status, 304);
  t.equal((await ask(harness, path, {}, 'HEAD')).status, 200);
  const ofPlace = await ask(harness, `${path}?placeId=suffolk`);
  t.match(ofPlace.raw, 'X-WR-CALNAME:Suffolk: ');
  isProblem(t, await ask(harness, `${path}?colour=red`), 400, 'INVALID_PARAMETER', 'what it does not take');
  for (const [what, answer] of [
    [
      'the secret as a token',
      await ask(harness, '/v1/pools', { authorization: `Bearer ${path.slice(13, -4)}` }),
    ],
    ['at another address', await ask(harness, path.replace('/calendar/', '/pools/'))],
    ['to write', await ask(harness, path, {}, 'POST')],
  ] as const)
    t.ok(answer.status === 401 || answer.status === 405, `${what}: ${answer.status}`);
  t.match((await as(harness, lead)('GET', '/v1/account')).json, { calendarAddressSince: '2009-10-22' });
});

test('made anew or withdrawn, the address of before is dead; of a hidden and of no account alike', async (t) => {
  const harness = await openHarness(t, { grantsInLog: true });
  const dead = async (path: string, what: string): Promise<void> =>
    isProblem(t, await ask(harness, path), 404, 'NOT_FOUND', what);
  await dead(`/v1/calendar/${'A'.repeat(43)}.ics`, 'a guess');
  await dead('/v1/calendar/short.ics', 'what is no secret');
  const first = await make(harness);
  t.equal((await ask(harness, first.path)).status, 200);
  const second = await make(harness);
  await dead(first.path, 'the one before');
  t.equal((await ask(harness, second.path)).status, 200);
  const other = await make(harness, 'post.programme-lead.kent');
  t.equal((await ask(harness, second.path)).status, 200, 'another’s is another');
  const withdrawn = await as(harness, lead)('POST', `/v1/accounts/${lead}/calendar-address-withdrawals`, {});
  t.equal(withdrawn.status, 200, withdrawn.raw);
  await dead(second.path, 'withdrawn');
  t.match((await as(harness, lead)('GET', '/v1/account')).json, { calendarAddressSince: null });
  const suspended = await as(harness, administrator)(
    'POST',
    '/v1/accounts/post.programme-lead.kent/suspensions',
    { reason: 'Laptop stolen' },
  );
  t.equal(suspended.status, 200, suspended.raw);
  await dead(other.path, 'of an account that is suspended');
  isProblem(
    t,
    await as(harness, 'post.programme-lead.kent')('POST', '/v1/account/calendar-address'),
    409,
    'WRONG_STATE',
    'nor is another made for it',
  );
});

test('a grant that is revoked is shown no more', async (t) => {
  const harness = await openHarness(t, { grantsInLog: true });
  const { path } = await make(harness);
  const events = async (): Promise<number> =>
    (await ask(harness, path)).raw.match(/BEGIN:VEVENT/g)?.length ?? 0;
  const before = await events();
  const { held } = (await as(harness, lead)('GET', '/v1/account')).json;
  for (const { grantId } of held) {
    const revoked = await as(harness, administrator)('POST', `/v1/accounts/${lead}/grant-revocations`, {
      grantId,
      reason: 'Left the council',
    });
    t.equal(revoked.status, 200, revoked.raw);
  }
  const after = await events();
  t.ok(after > 0 && after < before, `${after} of ${before}: what is public`);
});

test('the secret stands in no line, no read, no event and no answer, but where it was shown', async (t) => {
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
  const harness = await openHarness(t, { grantsInLog: true, logger });
  const { path, secret } = await make(harness);
  for (const url of [
    path,
    `${path}?placeId=suffolk`,
    `${path}/`,
    path.replace('.ics', ''),
    `${path}?x=${secret}`,
  ])
    await ask(harness, url);
  t.notMatch(lines.join(''), secret, 'lines of the log');
  t.match(lines.join(''), '/v1/calendar/:secret.ics?placeId=suffolk', 'which tell of it all the same');
  const reads = await as(harness, 'demo.auditor')('GET', `/v1/reads?account=${lead}`);
  t.equal(reads.status, 200, reads.raw);
  t.match(
    reads.json.items.map((row: any) => row.address),
    ['/v1/calendar/:secret.ics?x=…', '/v1/calendar/:secret.ics?placeId=suffolk', '/v1/calendar/:secret.ics'],
    'and whose calendar was read, auditors are told',
  );
  t.notMatch(reads.raw, secret);
  const shown = await as(harness, lead)('GET', '/v1/account');
  t.notMatch(shown.raw, new RegExp(`${secret}|${secretHash(secret)}`));
  const { dataDir, log } = harness.service;
  const events = log
    .readAll(0, 1_000_000)
    .map(({ body }) => body)
    .join('\n');
  t.match(events, createHash('sha256').update(secret).digest('hex'), 'its hash is an event’s');
  harness.service.reads.flush();
  for (const file of readdirSync(dataDir).filter((name) => /\.db/.test(name)))
    t.notOk(readFileSync(join(dataDir, file)).includes(secret), `${file} holds no secret`);
});

test('it is made by whoever holds the account, and answered so often a minute', async (t) => {
  const harness = await openHarness(t, { grantsInLog: true });
  const token = personalTokenOf('x'.repeat(43));
  await accountsOn(harness.service).startSession(lead, {
    sid: 'a-token-for-scripts-0001',
    kind: 'token',
    until: '2010-01-01T00:00:00Z',
    grants: ['secretariat@place:suffolk'],
    secret: secretHash(token),
    label: 'A script',
  });
  const narrow = await ask(
    harness,
    '/v1/account/calendar-address',
    { authorization: `Bearer ${token}` },
    'POST',
  );
  isProblem(t, narrow, 403, 'NOT_ALLOWED', 'by a token of some grants');
  isProblem(
    t,
    await ask(harness, '/v1/account/calendar-address', {}, 'POST'),
    401,
    'TOKEN_REQUIRED',
    'by nobody',
  );
  const { path } = await make(harness);
  for (let n = 0; n < 30; n++) t.equal((await ask(harness, path)).status, 200, `the ${n + 1}th`);
  isProblem(t, await ask(harness, path), 429, 'TOO_MANY_REQUESTS', 'the 31st');
  t.equal((await as(harness, lead)('GET', '/v1/pools')).status, 200, 'and its account goes on');

  const older = await openHarness(t);
  const made = await older.inject('secretariat@place:suffolk', lead, 'POST', '/v1/account/calendar-address');
  isProblem(t, made, 409, 'GRANTS_IN_TOKENS', 'where tokens say who may do what');
});
