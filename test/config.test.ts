import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { configurationPage, envExample } from '../scripts/docs/config.js';
import { readConfig } from '../src/config.js';
import { demoIssuer } from '../src/demo/issuer.js';

test('every mistake is named at once, with what would be right', async (t) => {
  const wrong = {
    PORT: 'http',
    LOG_LEVEL: 'loud',
    LOG_URL: 'postgres://x',
    AUTH_ALGORITHMS: 'none',
    BODY_LIMIT: '12',
  };
  t.throws(() => readConfig(wrong), {
    message:
      /PORT must be a port from 0 to 65535; it is "http"[\s\S]*LOG_URL must be sqlite:[\s\S]*LOG_LEVEL must be fatal[\s\S]*AUTH_ALGORITHMS must be a list[\s\S]*BODY_LIMIT must be/,
  });
});

test('an empty environment is a whole configuration, frozen', async (t) => {
  const config = readConfig({ PORT: '' });
  t.match(config, { PORT: 3000, HOST: '127.0.0.1', DATA_DIR: './var' });
  t.ok(Object.isFrozen(config));
});

test('the issuer’s keys come over https, or from this machine', async (t) => {
  for (const url of [
    'https://issuer.example/keys',
    'http://localhost:8080/keys',
    'http://127.0.0.1/keys',
    'http://127.8.9.1:1/',
    'http://[::1]:8080/keys',
  ])
    t.equal(readConfig({ AUTH_JWKS_URL: url }).AUTH_JWKS_URL, url);
  for (const url of [
    'http://issuer.example/keys',
    'http://10.0.0.1/',
    'http://localhost.example/',
    'http://127.0.0.1.example/',
    'http://0.0.0.0/',
    'ftp://localhost/',
    'file:///keys',
    'keys',
  ])
    t.throws(
      () => readConfig({ AUTH_JWKS_URL: url }),
      { message: /AUTH_JWKS_URL must be an https address/ },
      url,
    );
  for (const url of ['https://user:canary@issuer.example/', 'http://canary@localhost/'])
    t.throws(
      () => readConfig({ AUTH_JWKS_URL: url }),
      { message: /AUTH_JWKS_URL must be an https address without a user[^@]*$/ },
      url,
    );
});

test('an operator’s token that can be guessed is refused, and not shown', async (t) => {
  const guessable = [
    ...[
      'a'.repeat(40),
      'ab'.repeat(20),
      '0123456789abcdef'.repeat(2),
      '1234567890'.repeat(4),
      'abcdefghijklmnopqrstuvwxyz0123456789',
      'zyxwvutsrqponmlkjihgfedcba9876543210',
    ],
    ...[
      'aabbccddeeffgghhiijjkkllmmnnoopp',
      'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6',
      'deadbeef'.repeat(4),
      '00000000-0000-0000-0000-000000000000',
      'qwertyuiopasdfghjklzxcvbnm1234567890',
    ],
    ...[
      'password'.repeat(4),
      'P@ssw0rd'.repeat(4),
      'changemechangemechangemechangeme',
      'insert-your-random-secret-here-32',
      'total-place-operator-token-secret',
    ],
    ...[
      'ThisIsAVeryLongOperatorTokenForTotalPlace!',
      'correct-horse-battery-staple-1234',
      'operator-token-of-durham-county-council-2009',
    ],
  ];
  for (const token of guessable) {
    t.throws(
      () => readConfig({ OPERATOR_TOKEN: token }),
      {
        message:
          /OPERATOR_TOKEN must be a random secret, such as `openssl rand -hex 32` makes: this one can be guessed$/,
      },
      token,
    );
  }
  t.throws(() => readConfig({ OPERATOR_TOKEN: 'short' }), {
    message: /OPERATOR_TOKEN must be at least 32 printable characters without spaces$/,
  });
  const made = (n: number, form: 'hex' | 'base64' | 'base64url') =>
    readConfig({ OPERATOR_TOKEN: randomBytes(n).toString(form) });
  for (let i = 0; i < 1000; i++) {
    made(32, 'hex');
    made(16, 'hex');
    made(24, 'base64');
    made(32, 'base64url');
    readConfig({ OPERATOR_TOKEN: randomUUID() });
  }
  t.pass('a random one is taken');
});

test('the issuer is one’s own, not the demo’s', async (t) => {
  t.equal(readConfig({ AUTH_ISSUER: 'https://issuer.example' }).AUTH_ISSUER, 'https://issuer.example');
  t.throws(() => readConfig({ AUTH_ISSUER: demoIssuer }), {
    message: /AUTH_ISSUER must be an issuer of your own: this is the demo’s; it is "urn:total-place:demo"$/,
  });
});

test('the documents are what the schema says: run npm run docs', async (t) => {
  const file = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  t.equal(file('.env.example'), envExample());
  t.equal(file('docs/configuration.md'), configurationPage());
});
