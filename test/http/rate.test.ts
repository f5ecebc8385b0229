/** Rate limits: by account wherever it asks from, and by address whoever asks; each told when to come again. */
import { test } from 'tap';
import { isProblem, openHarness } from './harness.js';

test('an account that asks too often waits; another at the same address does not', async (t) => {
  const h = await openHarness(t, { ratePerMinute: 1000, accountRatePerMinute: 3, trustProxy: 'loopback' });
  const ask = (account: string, from = '192.0.2.1') => h.inject('', account, 'GET', '/v1/programmes', undefined, { 'x-forwarded-for': from });
  for (let n = 0; n < 3; n++) t.equal((await ask('often')).status, 200);
  const refused = await ask('often', '192.0.2.2');
  isProblem(t, refused, 429, 'TOO_MANY_REQUESTS', 'the fourth in a minute, from elsewhere too');
  t.ok(Number(refused.headers['retry-after']) > 0, 'Retry-After says when');
  t.equal((await ask('seldom')).status, 200);
});

test('an address that asks too often waits; behind a trusted proxy it is the client’s', async (t) => {
  const h = await openHarness(t, { ratePerMinute: 2, accountRatePerMinute: 1000, trustProxy: 'loopback' });
  const ask = (from: string, account: string) => h.inject('', account, 'GET', '/v1/programmes', undefined, { 'x-forwarded-for': from });
  t.equal((await ask('192.0.2.1', 'a')).status, 200);
  t.equal((await ask('192.0.2.1', 'b')).status, 200);
  isProblem(t, await ask('192.0.2.1', 'c'), 429, 'TOO_MANY_REQUESTS', 'the third of one address');
  t.equal((await ask('192.0.2.2', 'c')).status, 200, 'another client of the same proxy');
  const unknown = (from: string) => h.send('GET', '/v1/nothing', { 'x-forwarded-for': from });
  for (let n = 0; n < 2; n++) isProblem(t, await unknown('192.0.2.3'), 401, 'TOKEN_REQUIRED', 'an unknown address');
  isProblem(t, await unknown('192.0.2.3'), 429, 'TOO_MANY_REQUESTS', 'unknown addresses count too');
});
