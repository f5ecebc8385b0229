/** Who is signed in, and whose form it is: what nobody else can make, and what does not last. */
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { isOwnRequest, readFormToken, writeFormToken } from '../../src/web/cross-site.js';
import { keyring } from '../../src/web/keyring.js';
import {
  beginSession,
  endsUnused,
  idleMs,
  longestMs,
  readSession,
  usedNow,
  writeSession,
} from '../../src/web/session.js';
import { Property } from '../holds.js';

const [secret, older, other] = [randomBytes(32), randomBytes(32), randomBytes(32)] as const;
const keys = keyring([secret]);
const now = Date.parse('2026-03-02T09:00:00Z');
const minute = 60_000;
/** A text with its character at an index exchanged for another of the same alphabet. */
const changedAt = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);

test('a session is read as it was written, and by nobody’s hand changed', async (t) => {
  const signedIn = { at: '2026-03-02T08:59:30.000Z', acr: 'mfa', issuer: 'https://issuer.example' };
  const session = beginSession('post.lead.durham', now, { issuer: signedIn.issuer, signedIn });
  const cookie = writeSession(keys, session);
  t.same(readSession(keys, cookie, now), { session, over: false });
  t.notMatch(cookie, /[^A-Za-z0-9_.-]/, 'as a cookie has it, without quotes');
  const refused = new Property('a cookie that was changed is nobody’s');
  for (let i = 0; i < cookie.length; i++)
    refused.same(t, `at ${i}`, readSession(keys, changedAt(cookie, i), now), undefined);
  for (const text of ['', '.', cookie.split('.')[0]!, `${cookie}.`, `${cookie}x`, cookie.slice(0, -1)])
    refused.same(t, text, readSession(keys, text, now), undefined);
  const [text = ''] = cookie.split('.');
  refused.same(t, 'signed as a form', readSession(keys, `${text}.${keys.mac('form', text)}`, now), undefined);
  refused.settle(t);
});

test('another session at each sign-in', async (t) => {
  const sids = new Set(Array.from({ length: 100 }, () => beginSession('a', now).sid));
  t.equal(sids.size, 100);
  t.match(beginSession('a', now).sid, /^[a-z0-9]{32}$/, 'an id that a record takes');
});

test('a session is over when it was not used for half an hour, and after eight hours in any case', async (t) => {
  const session = beginSession('a', now);
  const over = (s: typeof session, at: number): boolean | undefined =>
    readSession(keys, writeSession(keys, s), at)?.over;
  t.equal(idleMs, 30 * minute);
  t.equal(longestMs, 8 * 60 * minute);
  t.equal(over(session, now + idleMs - 1), false);
  t.equal(over(session, now + idleMs), true, 'it still says whose it was');
  let used = session;
  for (let at = now; at < now + longestMs; at += 20 * minute) used = usedNow(used, at);
  t.equal(over(used, now + longestMs - 1), false, 'used all day');
  t.equal(over(used, now + longestMs), true);
  t.equal(endsUnused(used), now + longestMs, 'and it says so beforehand');
  t.equal(usedNow(session, now + minute - 1), session, 'within a minute it is not written again');
  t.equal(usedNow(session, now + minute).seen, now + minute);
  t.equal(over({ ...session, seen: now + 30 * minute }, now), true, 'one that was seen in times to come');
});

test('keys are changed without anybody being signed out', async (t) => {
  const before = keyring([older]);
  const during = keyring([secret, older]);
  const session = beginSession('a', now);
  t.same(readSession(during, writeSession(before, session), now)?.session, session, 'the older key’s');
  t.same(
    readSession(keys, writeSession(during, session), now)?.session,
    session,
    'the newest makes new ones',
  );
  t.equal(readSession(keys, writeSession(before, session), now), undefined, 'and then it is gone');
  t.equal(during.open('sign-in', before.seal('sign-in', 'x')), 'x');
  t.equal(keyring([other]).open('sign-in', during.seal('sign-in', 'x')), undefined);
});

test('what is sealed can be neither read nor changed, and is for one purpose', async (t) => {
  const canary = 'a text with a canary – and its sign';
  const sealed = keys.seal('sign-in', canary);
  t.equal(keys.open('sign-in', sealed), canary);
  t.notMatch(Buffer.from(sealed, 'base64url').toString('latin1'), /canary/);
  t.not(keys.seal('sign-in', canary), sealed, 'twice the same text is not the same');
  t.equal(keys.open('kept-form', sealed), undefined, 'for another purpose');
  const refused = new Property('what was changed is not opened');
  for (let i = 0; i < sealed.length - 1; i++)
    refused.same(t, `at ${i}`, keys.open('sign-in', changedAt(sealed, i)), undefined);
  for (const text of ['', 'AAAA', sealed.slice(0, 30)])
    refused.same(t, text, keys.open('sign-in', text), undefined);
  refused.settle(t);
});

test('a form is this session’s, for this address', async (t) => {
  const address = '/pools/youth/pledges';
  const field = writeFormToken(keys, 'sid-1', address);
  const nonce = readFormToken(keys, 'sid-1', address, field);
  t.match(nonce, /^[\w-]{22}$/, 'and says under which key it is done once');
  t.equal(
    readFormToken(keys, 'sid-1', address, writeFormToken(keys, 'sid-1', address, nonce)),
    nonce,
    'its next step keeps it',
  );
  const refused = new Property('any other is refused');
  refused.same(t, 'another session', readFormToken(keys, 'sid-2', address, field), undefined);
  refused.same(t, 'another address', readFormToken(keys, 'sid-1', '/pools/other/pledges', field), undefined);
  refused.same(t, 'the bar elsewhere', readFormToken(keys, 'sid-1|', address.slice(1), field), undefined);
  refused.same(t, 'another key', readFormToken(keyring([other]), 'sid-1', address, field), undefined);
  for (let i = 0; i < field.length; i++)
    refused.same(t, `changed at ${i}`, readFormToken(keys, 'sid-1', address, changedAt(field, i)), undefined);
  for (const none of [undefined, '', '.', [field], {}, nonce, `${field}.`])
    refused.same(t, JSON.stringify(none), readFormToken(keys, 'sid-1', address, none), undefined);
  refused.settle(t);
});

test('a page of another site changes nothing here', async (t) => {
  const https = 'https://total-place.example';
  const http = 'http://127.0.0.1:3000';
  const cases: [what: string, own: boolean, origin: string, headers: Record<string, string>][] = [
    ['a browser’s own page', true, https, { 'sec-fetch-site': 'same-origin', origin: https }],
    ['an older browser’s', true, https, { origin: https }],
    ['typed, or from a bookmark: no form is', false, https, { 'sec-fetch-site': 'none' }],
    ['another site', false, https, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sister of it', false, https, { 'sec-fetch-site': 'same-site', origin: 'https://x.example' }],
    ['one that says so in one header alone', false, https, { 'sec-fetch-site': 'cross-site', origin: https }],
    ['and in the other', false, https, { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['an opaque page', false, https, { origin: 'null' }],
    ['one without a referrer', true, https, { 'sec-fetch-site': 'same-origin', origin: 'null' }],
    ['an opaque page elsewhere', false, https, { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['plain http', false, https, { origin: 'http://total-place.example' }],
    ['another port', false, https, { origin: `${https}:8443` }],
    ['what begins like it', false, https, { origin: `${https}.evil.example` }],
    ['no browser', false, https, {}],
    ['this machine', true, http, { origin: http, host: '127.0.0.1:3000' }],
    ['by its other name', true, http, { origin: 'http://localhost:3000', host: 'localhost:3000' }],
    ['another service on it', false, http, { origin: 'http://localhost:4000', host: 'localhost:3000' }],
    ['a name that leads here', false, http, { origin: 'http://evil.example', host: 'evil.example' }],
    [
      'and is nobody’s on the network',
      false,
      https,
      { origin: 'http://localhost:3000', host: 'localhost:3000' },
    ],
  ];
  for (const [what, own, origin, headers] of cases) t.equal(isOwnRequest(headers, origin), own, what);
});
