/** Personal tokens: somebody's scripts ask in their name, in the grants they chose, until they are ended. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import { personalTokenOf } from '../../src/http/server/personal-token.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import { isProblem, openHarness } from './harness.js';

const office = 'post.programme-office.total-place';
const held = 'programme-office@programme:total-place';
const later = '2010-02-01T00:00:00.000Z';

const newPersonalToken = (): string => personalTokenOf(randomBytes(32).toString('base64url'));
async function opened(t: Test) {
  const harness = await openHarness(t, { grantsInLog: true });
  const accounts = accountsOn(harness.service);
  let made = 0;
  async function make(more: { grants?: string[]; until?: string } = {}) {
    const token = newPersonalToken();
    const sid = `token-for-scripts-${++made}`;
    const secret = createHash('sha256').update(token).digest('hex');
    await accounts.startSession(office, {
      sid,
      kind: 'token',
      until: later,
      secret,
      label: 'Nightly',
      ...more,
    });
    return { token, sid };
  }
  const get = (token: string, url = '/v1/account') =>
    harness.send('GET', url, { authorization: `Bearer ${token}` });
  return { harness, accounts, make, get };
}

test('a personal token asks in its maker’s name, and is kept as a hash', async (t) => {
  const { harness, make, get } = await opened(t);
  const { token, sid } = await make();
  t.match(token, /^tp_[\w-]{43}$/);
  const { json } = await get(token);
  t.match(json, { account: office, grants: [held] });
  t.equal(json.sessions[0].sid, sid);
  t.notMatch(JSON.stringify(json), token);
  const stored = harness.service.log.readAll(0, 100_000).map(({ body }) => body);
  t.notOk(
    stored.some((body) => body.includes(token)),
    'it stands nowhere',
  );
  const propose = async (themeId: string, { token: by }: { token: string }) =>
    harness.send(
      'POST',
      '/v1/places/kent/themes',
      { authorization: `Bearer ${by}` },
      { themeId, title: 'Families' },
    );
  t.equal((await propose('families', { token })).status, 200);
  const [event] = (await harness.service.log.read('place-kent', 11)).slice(-1);
  t.match(
    JSON.parse(event!.body),
    { type: 'ThemeProposed', actor: { account: office } },
    'what it does is theirs',
  );
  const without = await propose('elders', await make({ grants: [] }));
  isProblem(t, without, 403, 'NOT_ALLOWED', 'without a grant it does nothing');
});

test('it has the grants that were chosen for it, as far as they are still held', async (t) => {
  const { make, get } = await opened(t);
  t.strictSame((await get((await make({ grants: [] })).token)).json.grants, []);
  t.strictSame((await get((await make({ grants: [held] })).token)).json.grants, [held]);
  const more = await make({ grants: [held, 'treasury@programme:total-place'] });
  t.strictSame((await get(more.token)).json.grants, [held], 'one that they never had is none');
});

test('one that was ended, is past its time or was never made is no token', async (t) => {
  const { accounts, harness, make, get } = await opened(t);
  const { token, sid } = await make();
  t.equal((await get(token)).status, 200);
  await accounts.endSession(office, sid);
  isProblem(t, await get(token), 401, 'INVALID_TOKEN', 'ended');
  const past = await make({ until: harness.service.clock.now() });
  harness.service.clockSet();
  t.equal((await get(past.token)).status, 200, 'to its last moment');
  const over = await make({ until: '2009-10-21T00:00:00.000Z' });
  isProblem(t, await get(over.token), 401, 'INVALID_TOKEN', 'past its time');
  for (const none of [newPersonalToken(), 'tp_', 'tp_short', `${token}x`, `TP_${token.slice(3)}`])
    isProblem(t, await get(none), 401, 'INVALID_TOKEN', none.slice(0, 8));
  t.match((await get(over.token)).headers['www-authenticate'], /invalid_token/);
});

test('where tokens say who may do what there are none', async (t) => {
  const harness = await openHarness(t);
  const answer = await harness.send('GET', '/v1/account', { authorization: `Bearer ${newPersonalToken()}` });
  isProblem(t, answer, 401, 'INVALID_TOKEN', 'no personal tokens');
});

test('an open stream ends with its token', async (t) => {
  const { accounts, harness, make } = await opened(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = harness.app.server.address() as AddressInfo;
  const { token, sid } = await make();
  const asked = request({
    port,
    host: '127.0.0.1',
    path: '/v1/live?scope=place:durham',
    headers: { authorization: `Bearer ${token}` },
  }).end();
  const [answer] = await once(asked, 'response');
  t.equal(answer.statusCode, 200);
  answer.resume();
  await accounts.endSession(office, sid);
  await once(answer, 'end');
  t.pass('it ended');
});
