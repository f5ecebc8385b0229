/** The organisations whose word is taken: every mistake of the file is named at once, and no secret with it. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { test, type Test } from 'tap';
import { createVerifier } from '../../src/http/server/auth.js';
import { discoveredKeys } from '../../src/http/server/issuer-keys.js';
import { readClosed } from '../../src/runtime/closed-file.js';
import { readIssuers } from '../../src/web/issuers.js';

const canary = 'canary-4711';
function folder(t: Test) {
  const dir = t.testdir();
  const put = (name: string, text: string, mode = 0o600): void => {
    writeFileSync(join(dir, name), text);
    chmodSync(join(dir, name), mode);
  };
  const read = (text: string) => readIssuers(text, dir, readClosed);
  const mistakes = (text: string): string[] => {
    try {
      read(text);
      return [];
    } catch (error) {
      const [first, ...rest] = (error as Error).message.replaceAll(dir, '').split('\n');
      t.equal(first, 'ISSUERS_FILE needs mending:');
      return rest.map((line) => line.trim());
    }
  };
  return { dir, put, read, mistakes };
}

test('an organisation, in as few words as it takes and in as many as there are', async (t) => {
  const { dir, put, read } = folder(t);
  put('secret', `${canary}\n`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  put('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  execFileSync('openssl', [
    ...'req -x509 -new -days 1 -subj /CN=total-place -key'.split(' '),
    join(dir, 'key.pem'),
    '-out',
    join(dir, 'cert.pem'),
  ]);
  chmodSync(join(dir, 'cert.pem'), 0o600);
  const [county, police, machines] = read(`
issuers:
  - id: county
    name: Testshire County Council
    issuer: https://login.testshire.example/
    signIn: { clientId: total-place, secretFile: secret }
  - id: police
    name: Testshire Police
    issuer: https://login.police.example/realms/staff
    contact: the service desk, on 01632 960000
    signIn:
      clientId: 6b1f
      keyFile: key.pem
      keyId: k1
      keyAlgorithm: PS256
      certificateFile: cert.pem
      scopes: [profile]
    freshSignIn: { acr: [mfa] }
    tokens: { audience: api, kind: scp, keys: https://login.police.example/keys, longestAge: 600 }
  - id: machines
    name: Machines
    issuer: https://machines.example
    tokens: {}
`);
  t.match(county, {
    issuer: 'https://login.testshire.example/',
    freshSignIn: { acr: [] },
    signIn: { clientId: 'total-place', scopes: [], proof: { secret: canary, by: 'basic' } },
    tokens: undefined,
  });
  t.match(police, {
    contact: /service desk/,
    freshSignIn: { acr: ['mfa'] },
    signIn: { proof: { algorithm: 'PS256', headers: { kid: 'k1', 'x5t#S256': /^[\w-]{43}$/ } } },
    tokens: { audience: 'api', kind: { claim: 'scp' }, longestAge: 600, oneOfSeveral: true },
  });
  t.match(machines, { signIn: undefined, tokens: { audience: 'total-place', kind: { typ: 'at+jwt' } } });
});

test('every mistake is named at once, with what would be right', async (t) => {
  const { put, mistakes } = folder(t);
  put('open', canary, 0o644);
  put('empty', '\n');
  put('not-a-key', canary);
  t.same(
    mistakes(`
issuers:
  - id: County Council
    name: ''
    issuer: http://login.testshire.example
    signIn: { clientId: total-place }
    tokens: { kind: aud, algorithms: [none], longestAge: 1, keys: http://keys.example }
    pasword: x
  - id: police
    name: Police
    issuer: https://${canary}:x@login.police.example
    signIn: { clientId: total-place, secretFile: a, keyFile: b, secretBy: mail }
    freshSignIn: { acr: [] }
`).sort(),
    [
      'issuers[0].id must be a word of lower-case letters, digits and hyphens',
      'issuers[0].issuer must be an https address without a user; http only on this machine (localhost, 127.0.0.1, [::1])',
      'issuers[0].name must be the name of the organisation, as people call it',
      'issuers[0].pasword must be left out: nothing is known of it',
      'issuers[0].signIn must be named with either secretFile or keyFile',
      'issuers[0].tokens.algorithms[0] must be of RS256, RS384, RS512, ES256, ES384, PS256, EdDSA',
      'issuers[0].tokens.keys must be an https address without a user; http only on this machine (localhost, 127.0.0.1, [::1])',
      'issuers[0].tokens.kind must be at+jwt, or of an issuer that sends no type a claim of its access tokens alone: scp, scope, client_id, one of these with a value, or token_use, token_type, typ, idtyp with one, like token_use=access',
      'issuers[0].tokens.longestAge must be a number of seconds from 60 to 604800',
      'issuers[1].freshSignIn.acr must be a list of classes (acr)',
      'issuers[1].issuer must be an https address without a user; http only on this machine (localhost, 127.0.0.1, [::1])',
      'issuers[1].signIn.secretBy must be basic or post',
    ],
  );
  const one = (id: string, issuer: string, file: string, more = ''): string =>
    `  - { id: ${id}, name: N, issuer: "https://${issuer}.example", signIn: { clientId: c, ${file}${more} } }\n`;
  t.same(
    mistakes(
      'issuers:\n' +
        one('a', 'a', 'secretFile: open') +
        one('b', 'a', 'secretFile: none') +
        one('a', 'c', 'secretFile: empty') +
        one('d', 'd', 'keyFile: not-a-key', ', certificateFile: not-a-key'),
    ).sort(),
    [
      'issuers[0].signIn.secretFile must be closed to others (chmod o-rwx,g-w; it is 644): /open',
      'issuers[1].issuer must be another than those above',
      'issuers[1].signIn.secretFile must be a file: /none',
      'issuers[2].id must be another than those above',
      'issuers[2].signIn.secretFile must be a file that holds the client secret',
      'issuers[3].signIn.certificateFile must be a certificate in PEM',
      'issuers[3].signIn.keyFile must be a private key in PEM: RSA, P-256 or Ed25519, without a password',
    ],
  );
  t.same(mistakes('issuers: []'), ['issuers must be a list of organisations, 100 at most']);
  t.same(mistakes('issuers: [x]'), ['issuers[0] must be a mapping with id, name and issuer']);
  t.same(mistakes(''), ['it must be a mapping with the list issuers']);
  t.match(mistakes(`issuers: [\n  ${canary}: "`), [/^it must be YAML: (?!.*canary)/]);
});

test('where an issuer’s keys are it says itself', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA', use: 'sig' };
  let up = false;
  let asked = 0;
  let says = (own: string): string => own;
  const server = createServer((request, response) => {
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    asked++;
    if (!up) return void response.writeHead(500).end();
    const answer =
      request.url === '/.well-known/openid-configuration'
        ? { issuer: says(own), jwks_uri: `${own}/keys` }
        : { keys: [jwk] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let now = 0;
  const audience = 'total-place';
  const verifier = () =>
    createVerifier({ issuer, audience, algorithms: ['EdDSA'], keys: discoveredKeys(issuer, () => now) });
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k', typ: 'at+jwt' })
    .setSubject('somebody')
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
  const verify = verifier();
  const told = (by = verify) =>
    by(`Bearer ${token}`).then(
      ({ account }) => account,
      (problem: { code: string }) => problem.code,
    );
  t.equal(await told(), 'ISSUER_UNAVAILABLE', 'nothing is wrong with the token');
  const before = asked;
  up = true;
  t.equal(await told(), 'ISSUER_UNAVAILABLE');
  t.equal(asked, before, 'an issuer in trouble is not asked again at once');
  now += 2_000;
  t.equal(await told(), 'somebody');
  says = (own) => `${own}/`;
  t.equal(await told(verifier()), 'ISSUER_UNAVAILABLE', 'one that calls itself otherwise is another');
});
