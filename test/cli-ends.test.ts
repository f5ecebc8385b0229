/** How the service ends: by a signal, and by an error that nobody caught. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { logFile } from '../src/runtime/embedded.js';
import Database from '../src/log/sqlite/driver.js';
import { asTypeScript } from './as-typescript.js';
import { copySeeded } from './seeded.js';

const root = fileURLToPath(new URL('../', import.meta.url));
/** A demo that listens; `preload` is a script run in it first. `fresh`: it seeds itself. */
async function demo(t: Test, { preload = '', fresh = false } = {}) {
  const dataDir = join(t.testdir(), 'demo');
  if (!fresh) await copySeeded(dataDir);
  const loaded = preload ? [`--import=data:text/javascript,${encodeURIComponent(preload)}`] : [];
  const child = spawn(
    process.execPath,
    [
      asTypeScript,
      ...loaded,
      'src/cli.ts',
      'demo',
      '--json',
      '--port',
      '0',
      '--operator-port',
      '0',
      '--data-dir',
      dataDir,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { url, operator, tokens } = JSON.parse(line) as {
    url: string;
    operator: string;
    tokens: Record<string, string>;
  };
  const closed = (): boolean =>
    !existsSync(`${logFile(dataDir)}-wal`) || statSync(`${logFile(dataDir)}-wal`).size === 0;
  return { child, ended, url, operator, tokens, dataDir, said: () => said, closed };
}

test(
  'SIGTERM with silent connections and streams that never end: the log is closed, and the exit code is 0',
  { timeout: 240_000 },
  async (t) => {
    const { child, ended, url, operator, tokens, closed, said, dataDir } = await demo(t, { fresh: true });
    const { port } = new URL(url);
    const silent = connect(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    silent.on('error', () => {});
    // Half a request, and no more of it.
    const half = connect(Number(port), '127.0.0.1');
    half.on('error', () => {});
    half.write(
      'POST /v1/barriers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    const live = await fetch(`${url}/v1/live`, {
      headers: { authorization: `Bearer ${Object.values(tokens)[0]}` },
    });
    t.equal(live.status, 200);
    void live.text().catch(() => {});
    t.match(
      await (await fetch(`${operator}/metrics`)).text(),
      /^live_streams 1$/m,
      'the operator has an address of its own',
    );
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    t.equal(code, 0, `${signal ?? ''} ${said()}`);
    t.ok(closed(), 'nothing is left in the journal');
    const db = new Database(logFile(dataDir), { readonly: true });
    t.equal(db.pragma('quick_check', { simple: true }), 'ok');
    db.close();
    silent.destroy();
    half.destroy();

    const taken = createServer().listen(0, '127.0.0.1');
    t.teardown(() => taken.close());
    await once(taken, 'listening');
    const args = [
      'demo',
      '--port',
      String((taken.address() as AddressInfo).port),
      '--operator-port',
      '0',
      '--data-dir',
      dataDir,
    ];
    const again = spawnSync(process.execPath, [asTypeScript, 'src/cli.ts', ...args], {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
    });
    t.equal(again.status, 1, 'an address that is taken ends it, though the operator’s could be listened on');
    t.match(again.stderr, /--port \d+ or --operator-port 0 cannot be listened on: .*EADDRINUSE/);
  },
);

test(
  'an error that nobody caught is told with its cause, and the log is closed',
  { timeout: 240_000 },
  async (t) => {
    for (const fails of [
      "throw new Error('beyond repair', { cause: new Error('a broken thing') })",
      "Promise.reject(new Error('beyond repair', { cause: new Error('a broken thing') }))",
    ]) {
      const { child, ended, said, closed } = await demo(t, {
        preload: `process.on('SIGWINCH', () => { ${fails} })`,
      });
      child.kill('SIGWINCH');
      t.equal((await ended)[0], 1);
      t.match(said(), /Fatal, closing: Error: beyond repair[\s\S]*\[cause\]: Error: a broken thing/);
      t.ok(closed());
    }
  },
);
