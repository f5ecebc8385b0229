/** What `serve` is told of who signs in: said at once where something is missing, before anything is made. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { entryOf, issuersOf } from '../src/cli/door.js';
import { readConfig } from '../src/config.js';

const env = { AUTH_ISSUER: 'https://one.example', AUTH_JWKS_URL: 'https://one.example/keys' };
function folder(t: Test) {
  const dir = t.testdir();
  const put = (name: string, text: string): string => {
    const file = join(dir, name);
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    return file;
  };
  put('secret', 'a secret');
  const file = put(
    'issuers.yaml',
    `issuers:
  - id: county
    name: Testshire County Council
    issuer: https://login.testshire.example
    signIn: { clientId: total-place, secretFile: secret }
    tokens: { kind: scp }
  - id: machines
    name: Machines
    issuer: https://machines.example
    tokens: {}
`,
  );
  return { dir, file, put };
}

test('whose tokens are taken: one issuer’s by AUTH_…, several by a file, and not both', async (t) => {
  const { file } = folder(t);
  const one = issuersOf(readConfig(env));
  t.match(one, { issuers: [], verifiers: [{ issuer: env.AUTH_ISSUER, oneOfSeveral: undefined }] });
  const several = issuersOf(readConfig({ ISSUERS_FILE: file }));
  t.same(
    several.verifiers.map(({ issuer, oneOfSeveral }) => [issuer, oneOfSeveral]),
    [
      ['https://login.testshire.example', true],
      ['https://machines.example', true],
    ],
  );
  t.throws(() => issuersOf(readConfig({ ...env, ISSUERS_FILE: file })), /leave these out/);
  t.throws(() => issuersOf(readConfig({})), /AUTH_ISSUER and AUTH_JWKS_URL say whose tokens/);
  t.throws(() => issuersOf(readConfig({ ISSUERS_FILE: `${file}x` })), /ISSUERS_FILE cannot be read: ENOENT/);
});

test('who signs in needs an address to come back to, and keys that all nodes share', async (t) => {
  const { dir, file, put } = folder(t);
  const DATA_DIR = join(dir, 'data');
  const given = { ISSUERS_FILE: file, DATA_DIR };
  const entry = (more: Record<string, string>) => {
    const config = readConfig({ ...given, ...more });
    return entryOf(config, issuersOf(config).issuers);
  };
  t.throws(() => entry({}), /PUBLIC_ADDRESS must say where people reach the pages/);
  t.notOk(existsSync(DATA_DIR), 'nothing was made');
  const here = { PUBLIC_ADDRESS: 'https://total-place.example' };
  t.match(entry(here), { origin: here.PUBLIC_ADDRESS, secrets: { length: 1 } });
  t.ok(existsSync(join(DATA_DIR, 'session-keys')));
  const shared = { ...here, LOG_URL: 'esdb://127.0.0.1:2113?tls=false' };
  t.throws(() => entry(shared), /SESSION_KEYS_FILE must name a file/, 'from the second node on');
  const keys = put('keys', `${randomBytes(32).toString('hex')}\n${randomBytes(32).toString('hex')}\n`);
  t.match(entry({ ...shared, SESSION_KEYS_FILE: keys }), { secrets: { length: 2 } });
  t.equal(entryOf(readConfig(env), []), undefined, 'of tokens alone there are no pages');
});

test('where people reach the pages is a host over https, or this machine', async (t) => {
  for (const PUBLIC_ADDRESS of ['https://a.example', 'https://a.example:8443', 'http://127.0.0.1:3000'])
    t.equal(readConfig({ PUBLIC_ADDRESS }).PUBLIC_ADDRESS, PUBLIC_ADDRESS);
  for (const PUBLIC_ADDRESS of [
    'http://a.example',
    'https://a.example/',
    'https://a.example/pages',
    'https://a.example?x',
    'https://A.example',
    'a.example',
    'https://user@a.example',
  ])
    t.throws(() => readConfig({ PUBLIC_ADDRESS }), /PUBLIC_ADDRESS must be an address like/, PUBLIC_ADDRESS);
});
