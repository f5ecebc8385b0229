/**
 * Rate limits: by account wherever it asks from, and by address whoever asks; each told when to come again.
 */
import { test } from 'tap';
import { isProblem, openHarness } from './harness.js';

test('an account that asks too often waits; another at the same address does not', async (t) => {
  const harness = await openHarness(t, {
    ratePerMinute: 1000,
    accountRatePerMinute: 3,
    trustProxy: 'loopback',
  });
  const ask = (account: string, from = '192.0.2.1') =>
    harness.inject('', account, 'GET', '/v1/programmes', undefined, { 'x-forwarded-for': from });
  for (let n = 0; n < 3; n++) t.equal((await ask('often')).status, 200);
  const refused = await ask('often', '192.0.2.2');
  isProblem(t, refused, 429, 'TOO_MANY_REQUESTS', 'the fourth in a minute, from elsewhere too');
  t.ok(Number(refused.headers['retry-after']) > 0, 'Retry-After says when');
  t.equal((await ask('seldom')).status, 200);
});

test('an address that asks too often waits; behind a trusted proxy it is the client’s', async (t) => {
  const harness = await openHarness(t, {
    ratePerMinute: 2,
    accountRatePerMinute: 1000,
    trustProxy: 'loopback',
  });
  const ask = (from: string, account: string) =>
    harness.inject('', account, 'GET', '/v1/programmes', undefined, { 'x-forwarded-for': from });
  t.equal((await ask('192.0.2.1', 'a')).status, 200);
  t.equal((await ask('192.0.2.1', 'b')).status, 200);
  isProblem(t, await ask('192.0.2.1', 'c'), 429, 'TOO_MANY_REQUESTS', 'the third of one address');
  t.equal((await ask('192.0.2.2', 'c')).status, 200, 'another client of the same proxy');
  const unknown = (from: string) => harness.send('GET', '/v1/nothing', { 'x-forwarded-for': from });
  for (let n = 0; n < 2; n++)
    isProblem(t, await unknown('192.0.2.3'), 401, 'TOKEN_REQUIRED', 'an unknown address');
  isProblem(t, await unknown('192.0.2.3'), 429, 'TOO_MANY_REQUESTS', 'unknown addresses count too');
});

test('a forwarded address is one client whatever the port, and a trusted proxy stays one', async (t) => {
  const harness = await openHarness(t, {
    ratePerMinute: 2,
    accountRatePerMinute: 1000,
    trustProxy: 'loopback,192.0.2.0/24,2001:db8:1::/48',
  });
  const ask = async (forwarded: string): Promise<number> =>
    (await harness.send('GET', '/v1/nothing', { 'x-forwarded-for': forwarded })).status;
  const clients: [string, ...string[]][] = [
    [
      'one that is forwarded with its port',
      '203.0.113.8:40001',
      '203.0.113.8:40002',
      '203.0.113.8:40003',
      '203.0.113.8',
    ],
    ['one of IPv6', '[2001:db8::1]:40001', '[2001:db8::1]:40002', '[2001:db8::1]', '2001:db8::1'],
    ['one written as IPv6', '[::ffff:203.0.113.9]:40001', '203.0.113.9:40002', '203.0.113.9'],
    [
      'one behind a trusted proxy that is forwarded with its own',
      '203.0.113.10:1, 192.0.2.7:1',
      '203.0.113.10:2, 192.0.2.7:2',
      '203.0.113.10:3,192.0.2.8',
    ],
    [
      'one behind a trusted proxy of IPv6',
      '203.0.113.11, [2001:db8:1::7]:1',
      '203.0.113.11,[2001:db8:1::8]:2',
      '203.0.113.11',
    ],
    [
      'one that says it was another',
      '198.51.100.1:1, 203.0.113.12:1',
      '198.51.100.2:1, 203.0.113.12:2',
      '198.51.100.3, 203.0.113.12:3',
    ],
  ];
  for (const [what, ...addresses] of clients) {
    const answers: number[] = [];
    for (const address of addresses) answers.push(await ask(address));
    t.same(answers, [401, 401, ...addresses.slice(2).map(() => 429)], what);
  }
  t.same(
    [await ask('203.0.113.10:9, 192.0.2.7:9'), await ask('203.0.113.13:9, 192.0.2.7:9')],
    [429, 401],
    'clients of one proxy are told apart',
  );
});
