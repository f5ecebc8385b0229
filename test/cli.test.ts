/** What the command line says to whoever gives it something that cannot be. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, existsSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import t from 'tap';
import { teller } from '../src/cli/present-error.js';
import { Unavailable } from '../src/log/event-log.js';
import { SqliteLog } from '../src/log/sqlite/sqlite-log.js';
import { refuseShared } from '../src/runtime/data-dir.js';
import { asTypeScript } from './as-typescript.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const cli = (...args: string[]) =>
  spawnSync(process.execPath, [asTypeScript, 'src/cli.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH },
  });

t.test('a folder without a log', async (t) => {
  const dir = join(t.testdir({}), 'nothing');
  for (const command of ['verify', 'export', 'rebuild']) {
    const { status, stderr, stdout } = cli(command, '--data-dir', dir);
    t.equal(status, 1, `${command} fails`);
    t.match(stderr, /There is no log at .*nothing.* Name its folder with --data-dir/);
    t.equal(stdout, '');
  }
});

t.test('a log whose file is damaged: each command says so, in one sentence, and ends', async (t) => {
  const dir = t.testdir({});
  const file = join(dir, 'total-place.db');
  await new SqliteLog(file, { clock: 'simulated' }).close();
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(3_996, 0xa5), 0, 3_996, 100);
  closeSync(fd);
  // The demo shows how far it is; what is drawn must not outlive it.
  for (const args of [['demo', '--port', '0'], ['verify'], ['export'], ['rebuild']]) {
    const { status, stderr } = cli(...args, '--data-dir', dir);
    t.equal(status, 1, `${args[0]} ends`);
    t.match(
      stderr,
      /total-place\.db cannot be read: database disk image is malformed\. Put a backup back with total-place restore; it keeps what it replaces\.\n$/,
    );
    t.notMatch(stderr, /^ +at /m);
  }
});

t.test('what a service tries again is told once a minute, in a sentence', async (t) => {
  let now = 0;
  const said: unknown[] = [];
  const tell = teller(
    (text) => said.push(text),
    () => now,
  );
  const away = new Unavailable('the log cannot be read', { cause: new Error('disk I/O error') });
  const other = new Error('other');
  for (const [at, error] of [
    [0, away],
    [5_000, away],
    [6_000, other],
    [7_000, other],
    [59_999, away],
    [60_000, away],
  ] as const) {
    now = at;
    tell(error);
  }
  t.same(said, [
    'the log cannot be read (disk I/O error).',
    other,
    other,
    'the log cannot be read (disk I/O error).',
  ]);
});

t.test('options that cannot be are named before anything is made', async (t) => {
  for (const [option, value] of [
    ['--port', 'abc'],
    ['--port', '70000'],
    ['--operator-port', '70000'],
    ['--speed', '-1'],
    ['--speed', 'fast'],
  ] as const) {
    const { status, stderr } = cli('demo', option, value);
    t.equal(status, 1);
    t.match(stderr, new RegExp(`option '${option} <n>' argument '${value}' is invalid. Enter a`));
  }
});

t.test(
  'a demo on a log that nodes share needs their secret, and says so before it opens anything',
  async (t) => {
    const dir = t.testdir({});
    const shared = ['--data-dir', join(dir, 'data'), '--log', 'esdb://127.0.0.1:1?tls=false&namespace=demo'];
    const { status, stderr } = cli('demo', ...shared);
    t.equal(status, 1);
    t.match(stderr, /^--session-keys must name a file with a secret that all nodes of this log share/);
    t.notOk(existsSync(join(dir, 'data')), 'nothing is made');
    const file = join(dir, 'session-keys');
    writeFileSync(file, 'secret\n', { mode: 0o600 });
    t.match(cli('demo', ...shared, '--session-keys', file).stderr, /--session-keys must hold a secret of 64/);
  },
);

const tokensOf = { AUTH_ISSUER: 'https://issuer.example', AUTH_JWKS_URL: 'https://issuer.example/keys' };
const serve = (env: NodeJS.ProcessEnv) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [asTypeScript, 'src/cli.ts', 'serve'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH, ...env },
  });
  return { status, stderr, stdout };
};

t.test('serve without whose tokens to accept, or with settings that are wrong', async (t) => {
  t.match(serve({}).stderr, /AUTH_ISSUER and AUTH_JWKS_URL say whose tokens to accept/);
  const dir = t.testdir({ data: {} });
  for (const [env, said] of [
    [
      { AUTH_ISSUER: 'urn:total-place:demo' },
      /AUTH_ISSUER must be an issuer of your own: this is the demo’s/,
    ],
    [
      { AUTH_JWKS_URL: 'http://issuer.example/keys' },
      /AUTH_JWKS_URL must be an https address .*it is "http:\/\/issuer.example\/keys"/,
    ],
    [
      { OPERATOR_TOKEN: 'changeme'.repeat(4) },
      /OPERATOR_TOKEN must be a random secret, such as `openssl rand -hex 32` makes: this one can be guessed$/m,
    ],
    [
      { AUTH_TOKEN_KIND: 'sub' },
      /AUTH_TOKEN_KIND must be at\+jwt, or of an issuer that sends no type a claim of its access tokens alone: .*; it is "sub"/,
    ],
    [{ AUTH_LONGEST_AGE: '3153600000' }, /AUTH_LONGEST_AGE must be a number of seconds from 60 to 604800/],
  ] as const) {
    const { status, stderr, stdout } = serve({ DATA_DIR: join(dir, 'data'), ...tokensOf, ...env });
    t.equal(status, 1);
    t.match(stderr, said);
    t.notMatch(stderr + stdout, /changeme/);
  }
  t.same(readdirSync(join(dir, 'data')), [], 'nothing was made');
});

t.test(
  'serve on a data directory that others may write',
  { skip: process.platform === 'win32' && 'no such bits' },
  async (t) => {
    const dir = t.testdir({ group: {}, all: {}, file: { 'total-place.db': '' } });
    chmodSync(join(dir, 'group'), 0o770);
    chmodSync(join(dir, 'all'), 0o1757);
    chmodSync(join(dir, 'file'), 0o755);
    chmodSync(join(dir, 'file/total-place.db'), 0o666);
    for (const [name, said] of [
      [
        'group',
        /DATA_DIR must be a folder that nobody else may write: .*group may be written by its group \(mode 770\)\. Mend it: chmod -R go-w .*group/,
      ],
      ['all', /all may be written by everybody \(mode 1757\)/],
      ['file', /file\/total-place\.db may be written by its group and everybody \(mode 666\)/],
    ] as const) {
      const { status, stderr } = serve({ DATA_DIR: join(dir, name), ...tokensOf });
      t.equal(status, 1, name);
      t.match(stderr, said);
    }
    chmodSync(join(dir, 'file/total-place.db'), 0o644);
    t.doesNotThrow(() => refuseShared(join(dir, 'file')), 'others may read: their own affair');
    t.doesNotThrow(() => refuseShared(join(dir, 'not-there')), 'it is made for its user alone');
  },
);

t.test('serve takes its settings: the kind and age of tokens, and the operator’s own address', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const keys = createServer(
    (_, response) => void exportJWK(publicKey).then((jwk) => response.end(JSON.stringify({ keys: [jwk] }))),
  );
  await new Promise<void>((done) => keys.listen(0, '127.0.0.1', done));
  const env = {
    ...{
      PATH: process.env.PATH,
      PORT: '0',
      OPERATOR_PORT: '0',
      DATA_DIR: join(t.testdir({}), 'data'),
      AUTH_ISSUER: 'https://issuer.example',
      // Whoever asks here has no account.
      GRANTS: 'token',
    },
    ...{
      AUTH_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`,
      AUTH_TOKEN_KIND: 'token_use=access',
      AUTH_LONGEST_AGE: '600',
    },
  };
  const child = spawn(process.execPath, [asTypeScript, 'src/cli.ts', 'serve'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const ended = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
    keys.closeAllConnections();
    keys.close();
  });
  const listening: string[] = [];
  let warned = '';
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg } = JSON.parse(line) as { msg: string };
    if (/claim token_use/.test(msg)) warned = msg;
    const at = /Server listening at (\S+)/.exec(msg)?.[1];
    if (at && listening.push(at) === 2) break;
  }
  t.equal(
    warned,
    'Access tokens of https://issuer.example are told by their claim token_use, not by their type',
  );
  const [operator, main] = listening as [string, string];
  const now = Math.floor(Date.now() / 1000);
  const ask = async (claims: object): Promise<number> => {
    const token = await new SignJWT({
      iss: env.AUTH_ISSUER,
      aud: 'total-place',
      sub: 'somebody',
      iat: now,
      exp: now + 600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(privateKey);
    return (await fetch(`${main}/v1/programmes`, { headers: { authorization: `Bearer ${token}` } })).status;
  };
  t.equal(await ask({ token_use: 'access' }), 200);
  t.equal(await ask({ token_use: 'id' }), 401);
  t.equal(await ask({ token_use: 'access', exp: now + 700 }), 401);
  t.match(
    await (await fetch(`${operator}/metrics`)).text(),
    /http_request_seconds_count\{method="GET",route="\/v1\/programmes",status="200"\} 1/,
  );
  t.equal((await fetch(`${main}/metrics`)).status, 404);
});
