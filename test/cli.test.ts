/** What the command line says to whoever gives it something that cannot be. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../', import.meta.url));
const cli = (...args: string[]) => spawnSync(process.execPath, ['--import=tsx', 'src/cli.ts', ...args], { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH } });

t.test('a folder without a log', async (t) => {
  const dir = join(t.testdir({}), 'nothing');
  for (const command of ['verify', 'export', 'rebuild']) {
    const { status, stderr, stdout } = cli(command, '--data-dir', dir);
    t.equal(status, 1, `${command} fails`);
    t.match(stderr, /There is no log at .*nothing.* Name its folder with --data-dir/);
    t.equal(stdout, '');
  }
});

t.test('options that cannot be are named before anything is made', async (t) => {
  for (const [option, value] of [
    ['--port', 'abc'],
    ['--port', '70000'],
    ['--speed', '-1'],
    ['--speed', 'fast'],
  ] as const) {
    const { status, stderr } = cli('demo', option, value);
    t.equal(status, 1);
    t.match(stderr, new RegExp(`option '${option} <n>' argument '${value}' is invalid. Enter a`));
  }
});

t.test('serve without whose tokens to accept, or with settings that are wrong', async (t) => {
  t.match(cli('serve').stderr, /AUTH_ISSUER and AUTH_JWKS_URL say whose tokens to accept/);
});
