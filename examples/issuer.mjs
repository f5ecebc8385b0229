// An organisation for an afternoon, on this machine alone: it signs in whoever says who they are, and asks for no proof.
// For trying the service out before your own organisation is connected; it keeps nothing, and its key ends with it.
//
//   node examples/issuer.mjs <port> <client> <secret> <subject>…
//
// It speaks OpenID Connect: the code flow with PKCE for pages, and client credentials for tokens of the API.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

const [port, client, secret, ...subjects] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...publicKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' };

const base64 = (value) => Buffer.from(value).toString('base64url');
/** As it stood before it was written for an address; what nobody wrote so is read as it may be. */
const plain = (text) => new URLSearchParams(`text=${text}`).get('text');
const now = () => Math.floor(Date.now() / 1000);
/** A token of ten minutes. */
function token(typ, claims) {
  const said = { iss: issuer, iat: now(), exp: now() + 600, ...claims };
  const text = [{ alg: 'ES256', typ, kid: key.kid }, said]
    .map((part) => base64(JSON.stringify(part)))
    .join('.');
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${base64(signature)}`;
}
const access = (sub) => token('at+jwt', { sub, aud: 'total-place', client_id: client, jti: randomUUID() });

/** Codes that wait to be taken, each once. */
const codes = new Map();
const answers = {
  '/.well-known/openid-configuration': () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  }),
  '/keys': () => ({ keys: [key] }),
  '/token': (asked, authorization) => {
    const proof = Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
    // Names and secrets are sent as in an address (RFC 6749, 2.3.1).
    if (proof.split(':').map(plain).join(':') !== `${client}:${secret}`) return { error: 'invalid_client' };
    if (asked.get('grant_type') === 'client_credentials')
      return { access_token: access(asked.get('subject')), token_type: 'Bearer', expires_in: 600 };
    const code = codes.get(asked.get('code'));
    codes.delete(asked.get('code'));
    const challenge = createHash('sha256')
      .update(asked.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || challenge !== code.challenge) return { error: 'invalid_grant' };
    const { sub, nonce } = code;
    const id = token('JWT', { sub, aud: client, nonce, auth_time: now() });
    return { access_token: access(sub), id_token: id, token_type: 'Bearer', expires_in: 600 };
  },
};

/** Who signs in is chosen from a list; the choice comes back to the same address. */
function authorize(asked, response) {
  const back = new URL(asked.get('redirect_uri'));
  const sub = asked.get('as');
  if (!subjects.includes(sub)) {
    const links = subjects.map((one) => {
      const href = `/authorize?${new URLSearchParams([...asked, ['as', one]])}`.replaceAll('&', '&amp;');
      return `<li><a href="${href}">${one}</a></li>`;
    });
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    return response.end(
      `<!doctype html><html lang="en"><title>Who are you?</title><h1>Who are you?</h1><ul>${links.join('')}</ul>`,
    );
  }
  const code = randomUUID();
  codes.set(code, { sub, nonce: asked.get('nonce') ?? undefined, challenge: asked.get('code_challenge') });
  back.search = new URLSearchParams({ code, state: asked.get('state') ?? '', iss: issuer }).toString();
  return response.writeHead(302, { location: back.href }).end();
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (pathname === '/authorize') return authorize(searchParams, response);
  let body = '';
  for await (const part of request) body += part;
  const answer = answers[pathname]?.(new URLSearchParams(body), request.headers.authorization);
  const status = answer === undefined ? 404 : answer.error ? 400 : 200;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  return response.end(JSON.stringify(answer ?? { error: 'not_found' }));
}).listen(Number(port), '127.0.0.1');
