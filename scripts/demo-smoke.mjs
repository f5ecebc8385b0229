// Starts the demo on a free port and looks at it over HTTP. Closing line: `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

let passed = 0;
let failed = 0;
function check(what, ok, detail = '') {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? 'ok' : 'NOT OK'} - ${what}${ok || detail === '' ? '' : `: ${detail}`}`);
}

const dataDir = mkdtempSync(join(tmpdir(), 'total-place-demo-'));
// A group of its own, so that npm and what it started end together.
const child = spawn(
  'npm',
  ['run', '--silent', 'demo', '--', '--json', '--port', '0', '--data-dir', dataDir],
  {
    cwd: new URL('../', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  },
);
const ended = new Promise((resolve) => {
  child.once('error', resolve);
  child.once('exit', (code, signal) => resolve(new Error(`the demo ended early (${signal ?? code})`)));
});
let running = true;
void ended.then(() => (running = false));
const signal = (name) => {
  try {
    process.kill(-child.pid, name);
  } catch {
    // ended already
  }
};
process.once('SIGINT', () => (signal('SIGKILL'), process.exit(130)));
process.once('SIGTERM', () => (signal('SIGKILL'), process.exit(143)));

async function firstLine() {
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const ready = JSON.parse(line);
    if (ready.url && ready.tokens) return ready;
  }
  throw new Error('the demo closed its output without saying it is ready');
}
const late = (ms) =>
  sleep(ms, undefined, { ref: false }).then(() => Promise.reject(new Error(`not ready in ${ms / 1000} s`)));

try {
  const ready = await Promise.race([firstLine(), late(180_000), ended.then((e) => Promise.reject(e))]);
  check(
    'the demo says where it is and gives tokens',
    typeof ready.url === 'string' && Object.keys(ready.tokens).length > 0,
  );
  const token = Object.entries(ready.tokens).find(([name]) => name.startsWith('treasury@'))?.[1];
  check('one of the tokens is of the treasury role', typeof token === 'string');
  const get = async (path, headers = { authorization: `Bearer ${token}` }) => {
    const r = await fetch(new URL(path, ready.url), { headers, signal: AbortSignal.timeout(30_000) });
    const text = await r.text();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      body = undefined;
    }
    return { status: r.status, body, text: text.slice(0, 300) };
  };

  const health = await get('/health/ready');
  check('/health/ready is 200', health.status === 200, `${health.status} ${health.text}`);

  const openapi = await get('/v1/openapi.json', {});
  check(
    '/v1/openapi.json is 200 without a token',
    openapi.status === 200,
    `${openapi.status} ${openapi.text}`,
  );
  check(
    'it is OpenAPI 3.1 with paths',
    /^3\.1\./.test(openapi.body?.openapi ?? '') && Object.keys(openapi.body?.paths ?? {}).length > 0,
  );

  const path = '/v1/programmes/total-place/progress';
  const bare = await get(path, {});
  check('progress without a token is 401', bare.status === 401, `${bare.status} ${bare.text}`);
  const progress = await get(path);
  check('progress with the token is 200', progress.status === 200, `${progress.status} ${progress.text}`);
  const places = Array.isArray(progress.body?.places) ? progress.body.places : [];
  const pilots = places.filter((p) => p.kind === 'pilot');
  check('it shows 23 places', places.length === 23, String(places.length));
  check('13 of them are pilots', pilots.length === 13, String(pilots.length));
  const bald = pilots.filter((p) => !(Array.isArray(p.reasons) && p.reasons.length > 0));
  check('each pilot has reasons', pilots.length > 0 && bald.length === 0, bald.map((p) => p.id).join(', '));
  const plain = pilots.filter((p) => typeof p.rag !== 'string' || p.rag === '');
  check('each pilot has a rag', pilots.length > 0 && plain.length === 0, plain.map((p) => p.id).join(', '));
} catch (error) {
  check('the demo can be looked at', false, error instanceof Error ? error.message : String(error));
} finally {
  signal('SIGTERM');
  await Promise.race([ended, sleep(12_000)]);
  if (running) signal('SIGKILL');
  await sleep(200);
  signal('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
