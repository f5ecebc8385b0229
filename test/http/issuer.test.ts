/**
 * Whose tokens are taken: the issuer's keys as they come over the network, and which of its tokens are for
 * this.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { test, type Test } from 'tap';
import { createVerifier } from '../../src/http/server/auth.js';
import { issuerKeys } from '../../src/http/server/issuer-keys.js';
import { parseTokenKind } from '../../src/http/server/token-kind.js';
import { isProblem, openHarness } from './harness.js';

const issuer = 'https://issuer.example';
const audience = 'total-place';
/** As the token is made: how long the files of this folder take, one after the other, is of no matter. */
const now = (): number => Math.floor(Date.now() / 1000);
function good(): JWTPayload {
  const at = now();
  return { sub: 'somebody', iss: issuer, aud: audience, iat: at, exp: at + 600 };
}
type Verify = ReturnType<typeof createVerifier>;

async function served(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
/** An application whose verifier is another at each question. */
async function opened(t: Test) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA', use: 'sig' };
  const sign = (claims: JWTPayload, header: Record<string, unknown> = { typ: 'at+jwt' }): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: 'k', ...header }).sign(privateKey);
  let verify: Verify;
  const harness = await openHarness(t, { verify: (authorization) => verify(authorization) });
  const ask = (by: Verify, token: string) => {
    verify = by;
    return harness.send('GET', '/v1/programmes', { authorization: `Bearer ${token}` });
  };
  return { jwk, sign, ask };
}

test('keys that cannot be had are nothing wrong with the token', async (t) => {
  const { jwk, sign, ask } = await opened(t);
  const token = await sign(good());
  const set = JSON.stringify({ keys: [jwk] });
  let serveKeys: RequestListener = () => {};
  const url = await served(t, (request, response) => serveKeys(request, response));
  const elsewhere = await served(t, (_, response) =>
    response.setHeader('content-type', 'application/json').end(set),
  );
  const by = (): Verify => createVerifier({ issuer, audience, algorithms: ['EdDSA'], keys: new URL(url) });
  const body =
    (text: string, status = 200, headers: Record<string, string> = {}): RequestListener =>
    (_, response) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);

  serveKeys = body(set);
  const fine = by();
  t.equal((await ask(fine, token)).status, 200, 'a set of keys');
  serveKeys = body(JSON.stringify({ keys: [{}, { kty: 'new', x: 'y' }, jwk] }));
  t.equal((await ask(by(), token)).status, 200, 'members that are not understood are passed over');
  serveKeys = body(`${set}${' '.repeat(1_048_576 - set.length)}`);
  t.equal((await ask(by(), token)).status, 200, 'a whole mebibyte');
  const bad: [what: string, listener: RequestListener][] = [
    ['an error document', body('{"error":"temporarily unavailable"}')],
    ['keys that are a text', body('{"keys":"x"}')],
    ['a list', body('[]')],
    ['null', body('null')],
    ['a key of nothing', body('{"keys":[{}]}')],
    ['keys of nothing', body('{"keys":[null]}')],
    ['no key', body('{"keys":[]}')],
    ['a key without its number', body(JSON.stringify({ keys: [{ ...jwk, x: undefined }] }))],
    ['a shared secret', body('{"keys":[{"kty":"oct","k":"AAAA","kid":"k"}]}')],
    ['a private key', body(JSON.stringify({ keys: [{ ...jwk, d: jwk.x }] }))],
    ['a number that is no key', body(JSON.stringify({ keys: [{ ...jwk, x: 'AAAA' }] }))],
    ['a page', body('<!doctype html>', 200, { 'content-type': 'text/html' })],
    ['nothing', body('')],
    ['half of it', body(set.slice(0, 40))],
    ['503', body('{"error":"busy"}', 503)],
    ['404 with keys', body(set, 404)],
    ['a redirect to keys', body('', 302, { location: elsewhere })],
    ['a permanent redirect to keys', body('', 308, { location: elsewhere })],
    ['more than a mebibyte', body(`${set}${' '.repeat(1_048_577 - set.length)}`)],
    ['a hangup', (request) => request.socket.destroy()],
  ];
  for (const [what, listener] of bad) {
    serveKeys = listener;
    const answer = await ask(by(), token);
    isProblem(t, answer, 503, 'ISSUER_UNAVAILABLE', what);
    t.equal(answer.headers['retry-after'], '5', what);
  }
  t.equal((await ask(fine, token)).status, 200, 'who had the keys has them');
  isProblem(
    t,
    await ask(fine, await sign({ ...good(), aud: 'another' })),
    401,
    'INVALID_TOKEN',
    'and what is wrong is wrong',
  );
});

test('an answer that does not end is not waited for', async (t) => {
  let closed = 0;
  const url = await served(t, (request, response) => {
    request.socket.once('close', () => closed++);
    response.writeHead(200).write('{"keys":[');
  });
  const keys = issuerKeys(new URL(url), 50);
  await t.rejects(async () => keys({ alg: 'EdDSA' }, { payload: '', signature: '' }), {
    code: 'ERR_JWKS_TIMEOUT',
  });
  let sent = 0;
  const endless = await served(t, (request, response) => {
    response.writeHead(200);
    request.socket.once('close', () => closed++);
    const more = (): void => {
      if (response.destroyed) return;
      sent += 65_536;
      response.write(' '.repeat(65_536), more);
    };
    more();
  });
  await t.rejects(
    async () => issuerKeys(new URL(endless), 60_000)({ alg: 'EdDSA' }, { payload: '', signature: '' }),
    { code: 'ERR_JWKS_INVALID' },
  );
  t.ok(sent >= 1_048_576, 'given up after a mebibyte');
  while (closed < 2) await new Promise((done) => setTimeout(done, 5));
  t.pass('and both were hung up on');
});

test('which tokens are access tokens, of an issuer that sends no type', async (t) => {
  const { jwk, sign, ask } = await opened(t);
  const by = (setting: string): Verify =>
    createVerifier({
      issuer,
      audience,
      algorithms: ['EdDSA'],
      keys: { keys: [jwk] },
      kind: parseTokenKind(setting)!,
    });
  const access = {
    ...good(),
    token_use: 'access',
    scope: 'openid total-place',
    scp: ['read', 'write'],
    client_id: 'site',
  };
  const accepted: [setting: string, claims: JWTPayload, header?: Record<string, unknown>][] = [
    ['token_use=access', access],
    ['token_use=access', access, { typ: 'at+jwt' }],
    ['token_use=access', access, { typ: 'application/jwt' }],
    ['scope', access],
    ['scope=total-place', access],
    ['scp', access],
    ['scp=write', access],
    ['scp=read', { ...access, scp: 'read' }],
    ['client_id', access],
    ['client_id=site', access],
  ];
  for (const [setting, claims, header = { typ: 'JWT' }] of accepted) {
    t.equal(
      (await ask(by(setting), await sign(claims, header))).status,
      200,
      `${setting} ${JSON.stringify(header)}`,
    );
    t.equal((await ask(by(setting), await sign(claims, {}))).status, 200, `${setting} without a type`);
  }
  const refused: [what: string, setting: string, claims: JWTPayload, header?: Record<string, unknown>][] = [
    ['no such claim', 'token_use=access', good()],
    ['an ID token', 'token_use=access', { ...good(), token_use: 'id' }],
    ['a claim that holds the value among others', 'token_use=access', { ...good(), token_use: 'accessory' }],
    ['an empty scope', 'scope', { ...good(), scope: '' }],
    ['a scope of nothing', 'scope', { ...good(), scope: ' ' }],
    ['no scope in the list', 'scp', { ...good(), scp: [] }],
    ['another scope', 'scope=total-place', { ...good(), scope: 'total-place-too openid' }],
    ['a scope that is true', 'scope', { ...good(), scope: true }],
    ['a logout token by its type', 'token_use=access', access, { typ: 'logout+jwt' }],
    ['another token by its type', 'scope', access, { typ: 'id+jwt' }],
    ['an ID token by its nonce', 'token_use=access', { ...access, nonce: 'n' }],
    ['an ID token by a hash', 'token_use=access', { ...access, at_hash: 'h' }],
    ['a logout token by its events', 'token_use=access', { ...access, events: {} }],
    ['an ID token by its own scope', 'scope', { ...good(), scope: 'openid' }],
    [
      'a refresh token by what another claim says',
      'scope',
      { ...good(), scope: 'total-place offline', typ: 'Refresh' },
    ],
    [
      'an ID token by what another claim says',
      'client_id',
      { ...good(), client_id: 'site', token_use: 'id' },
    ],
    ['an ID token under the type of access tokens', 'at+jwt', { ...good(), nonce: 'n' }, { typ: 'at+jwt' }],
    ['too old a one', 'token_use=access', { ...access, iat: now() - 90_000 }],
  ];
  for (const [what, setting, claims, header = { typ: 'JWT' }] of refused)
    isProblem(
      t,
      await ask(by(setting), await sign(claims, header)),
      401,
      what === 'too old a one' ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN',
      `${setting}: ${what}`,
    );
});

test('a setting that would take any token of the issuer is none', async (t) => {
  const none = [
    ...[
      '',
      '*',
      'any',
      'none',
      'JWT',
      'typ',
      'token_use',
      'token_use=',
      '=access',
      'token_use=id',
      'token_use=ID',
      'typ=JWT',
      'typ=ID',
      'typ=Logout',
      'typ=logout+jwt',
      'token_type=id_token',
    ],
    ...[
      'sub',
      'iss',
      'aud',
      'aud=total-place',
      'iss=https://issuer.example',
      'azp',
      'ver=2.0',
      'roles',
      'grants',
      'nonce',
      'constructor',
      '__proto__',
      'scope=a b',
      'scope=openid',
      'scp=openid',
      'scp,scope',
    ],
  ];
  for (const text of none) t.equal(parseTokenKind(text), undefined, text);
  t.same(parseTokenKind('at+jwt'), { typ: 'at+jwt' });
  t.same(parseTokenKind('typ=Bearer'), { claim: 'typ', value: 'Bearer' });
});

test('a token ends when it is as old as the operator allows', async (t) => {
  const { jwk, sign, ask } = await opened(t);
  const by = createVerifier({
    issuer,
    audience,
    algorithms: ['EdDSA'],
    keys: { keys: [jwk] },
    longestAge: 600,
  });
  t.equal((await ask(by, await sign(good()))).status, 200);
  isProblem(
    t,
    await ask(by, await sign({ ...good(), exp: now() + 660 })),
    401,
    'INVALID_TOKEN',
    'it says that it lives longer',
  );
  isProblem(
    t,
    await ask(by, await sign({ ...good(), iat: now() - 700, exp: now() + 60 })),
    401,
    'TOKEN_EXPIRED',
    'it is older',
  );
});

test('of several issuers a token is its own’s alone', async (t) => {
  const { jwk, sign } = await opened(t);
  const other = await opened(t);
  const second = 'https://second.example';
  let fetched = 0;
  const url = await served(t, (_, response) => {
    fetched++;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [other.jwk] }));
  });
  const common = { audience, algorithms: ['EdDSA'], oneOfSeveral: true };
  const by = createVerifier(
    { ...common, issuer, keys: { keys: [jwk] } },
    { ...common, issuer: second, keys: new URL(url) },
  );
  const told = async (token: string): Promise<unknown> =>
    by(`Bearer ${token}`).then(
      ({ account, identity }) => ({ account, ...identity }),
      (problem: { code: string }) => problem.code,
    );
  const first = (await told(await sign(good()))) as { account: string };
  t.match(first, { account: /^s\.[a-z2-7]{26}$/, issuer, subject: 'somebody' }, 'the first one’s');
  for (const [what, token] of [
    ['one that nobody knows', await sign({ ...good(), iss: 'https://third.example' })],
    ['one that is written a little otherwise', await sign({ ...good(), iss: `${second}/` })],
    ['several in a list', await sign({ ...good(), iss: [issuer, second] as never })],
    ['none', await sign({ ...good(), iss: undefined })],
    ['an object', await sign({ ...good(), iss: {} as never })],
  ] as const)
    t.equal(await told(token), 'INVALID_TOKEN', what);
  t.equal(fetched, 0, 'nothing is fetched for them');
  t.equal(
    await told(await sign({ ...good(), iss: second })),
    'INVALID_TOKEN',
    'signed by the first in the name of the second',
  );
  const theirs = (await told(await other.sign({ ...good(), iss: second }))) as { account: string };
  t.match(theirs, { account: /^s\./, issuer: second, subject: 'somebody' });
  t.not(theirs.account, first.account, 'the same subject of two issuers is two accounts');
});

test('when and how they proved who they are is read, and no more is believed than is possible', async (t) => {
  const { jwk, sign } = await opened(t);
  const by = createVerifier({ issuer, audience, algorithms: ['EdDSA'], keys: { keys: [jwk] } });
  const signedIn = async (claims: JWTPayload): Promise<unknown> =>
    (await by(`Bearer ${await sign({ ...good(), ...claims })}`)).signedIn;
  const ago = now() - 60;
  const at = new Date(ago * 1000).toISOString();
  t.same(await signedIn({ auth_time: ago, acr: 'mfa' }), { at, acr: 'mfa', issuer });
  t.same(await signedIn({ auth_time: ago }), { at, issuer });
  t.same(await signedIn({ auth_time: ago, acr: 7 }), { at, issuer }, 'a class that is no text');
  for (const auth_time of [undefined, 'now', 0, -1, now() + 600, 1e300, null])
    t.equal(await signedIn({ auth_time, acr: 'mfa' }), undefined, String(auth_time));
});
