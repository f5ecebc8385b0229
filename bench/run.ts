/**
 * The workloads of design.md section 10 that exist here, each beside its physical limit in the same run; medians of five.
 * Ends in a correctness check: what was acknowledged is in the log, and views equal a rebuild.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { build } from '../src/app.js';
import { createVerifier } from '../src/http/auth.js';
import { localIssuer } from '../src/issuer.js';
import { SqliteLog } from '../src/log/sqlite-log.js';
import type { StoredEvent } from '../src/log/event-log.js';
import { pool } from '../src/domain/pool.js';
import { openService } from '../src/service.js';
import { compareViews } from '../src/verify.js';
import { loadReference } from '../src/reference.js';
import { propose, TestClock, world } from '../test/commands/world.js';

const dir = mkdtempSync(join(tmpdir(), 'total-place-bench-'));
const ref = loadReference();
const runs = 5;
const median = (xs: number[]): number => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!;
const rows: { workload: string; value: string; goal: string }[] = [];
const ratio = (workload: string, values: number[], goal: string): void =>
  void rows.push({ workload, value: `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`, goal });

const event = (stream: string, version: number): StoredEvent => ({ id: uuidv7(), stream, version, type: 'PledgeMade', body: JSON.stringify({ n: version, text: 'x'.repeat(380) }) });

/** Events a second of the log with 64 callers, of a bare loop at the same batch, and of one commit an event. */
async function appends(round: number): Promise<{ log: number; bare: number; single: number }> {
  const n = 20_000;
  const log = new SqliteLog(join(dir, `append-${round}.db`), { clock: 'simulated' });
  const versions = Array.from({ length: 1000 }, () => 0);
  let i = 0;
  let t = performance.now();
  await Promise.all(
    Array.from({ length: 64 }, async (_, caller) => {
      while (i < n) {
        i++;
        // Each caller has its own streams: nobody races.
        const s = caller + 64 * (i % 15);
        await log.append(`pool-b${s}`, versions[s]!, [event(`pool-b${s}`, versions[s]! + 1)]);
        versions[s]!++;
      }
    }),
  );
  const perLog = n / ((performance.now() - t) / 1000);
  await log.close();
  const db = new Database(join(dir, `bare-${round}.db`));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  db.exec(
    'CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL) STRICT; CREATE UNIQUE INDEX u ON events (stream, version)',
  );
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
  let position = 0;
  const batch = db.transaction((size: number) => {
    for (let k = 0; k < size; k++) {
      const e = event('pool-x', ++position);
      insert.run(position, position % 1000, position, e.id, e.type, e.body);
    }
  });
  t = performance.now();
  for (let k = 0; k < n / 64; k++) batch(64);
  const bare = n / ((performance.now() - t) / 1000);
  t = performance.now();
  for (let k = 0; k < 1500; k++) batch(1);
  const single = 1500 / ((performance.now() - t) / 1000);
  db.close();
  return { log: perLog, bare, single };
}

async function http(): Promise<void> {
  const service = openService({ dataDir: join(dir, 'http'), clockKind: 'simulated', clock: new TestClock(), ref });
  await service.engine.catchUp();
  await world(service.log, service.executor);
  const pools = Array.from({ length: 64 }, (_, i) => `bench-${i}`);
  for (const p of pools) await propose(service.executor, p);
  const issuer = await localIssuer();
  const verify = createVerifier(issuer.verifier);
  const app = await build({ service, verify, version: 'bench', ratePerMinute: 1e9 });
  const schema = pool.commands.Pledge!.data as z.ZodType;
  app.post('/noop', async (request) => {
    await verify(request.headers.authorization);
    schema.parse(request.body);
    return { ok: true };
  });
  app.get('/noop', async (request) => {
    await verify(request.headers.authorization);
    return { ok: true };
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const token = await issuer.token('sh.pct', ['seat-holder@place:durham+agency:pct']);
  type Result = { requests: number; failed: number; perSecond: number; p50: number; p99: number };
  const load = async (job: Record<string, unknown>): Promise<Result> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import=tsx', new URL('./client.ts', import.meta.url).pathname, JSON.stringify({ url, token, seconds: 2, ...job })]);
    return JSON.parse(stdout) as Result;
  };
  const body = { financialYear: '2009-10', amountPence: 100 };
  const before = (await service.log.head()) as number;
  let acknowledged = 0;
  const share: number[] = [];
  const hot: number[] = [];
  const tail: number[] = [];
  const query: number[] = [];
  const fresh: number[] = [];
  const noop256: number[] = [];
  for (let round = 0; round < runs; round++) {
    const noop = await load({ path: '/noop', method: 'POST', connections: 64, body });
    // A fresh hot pool each round: every command folds on a warm lane, none on a long stream.
    const hotPool = `hot-${round}`;
    await propose(service.executor, hotPool);
    const command = await load({ path: `/v1/pools/${hotPool}/pledges`, method: 'POST', connections: 64, body });
    const noop2 = await load({ path: '/noop', method: 'POST', connections: 256, body });
    const command2 = await load({ path: `/v1/pools/bench-${round}/pledges`, method: 'POST', connections: 256, body });
    const get = await load({ path: '/noop', method: 'GET', connections: 64 });
    const one = await load({ path: '/v1/agencies/pct', method: 'GET', connections: 64 });
    const etag = (await fetch(`${url}/v1/agencies/pct`, { headers: { authorization: `Bearer ${token}` } })).headers.get('etag')!;
    const unchanged = await load({ path: '/v1/agencies/pct', method: 'GET', connections: 64, headers: { 'if-none-match': etag } });
    for (const r of [noop, command, noop2, command2, get, one, unchanged]) if (r.failed > 0) throw new Error(`${r.failed} requests failed`);
    acknowledged += command.requests + command2.requests;
    share.push(command.perSecond / noop.perSecond);
    noop256.push(command2.perSecond / noop2.perSecond);
    tail.push(command.p99 / noop.p99);
    hot.push(command.perSecond);
    query.push(one.perSecond / get.perSecond);
    fresh.push(unchanged.perSecond / get.perSecond);
  }
  ratio('durable command over HTTP ÷ no-op POST, 64 connections on one hot pool', share, '≥ 0.5');
  ratio('the same, 256 connections', noop256, '≥ 0.6');
  ratio('its p99 ÷ the no-op’s p99', tail, '≤ 4');
  ratio('single-resource query ÷ no-op GET', query, '≥ 0.7');
  ratio('304 ÷ no-op GET', fresh, '≥ 0.9');
  rows.push({ workload: 'conflict retries under 64 callers on one pool', value: String(service.executor.conflicts), goal: '0' });
  // Correctness: everything acknowledged is there, and nothing else.
  let pledges = 0;
  for (let after = before, batch = service.log.readAll(after, 1000); batch.length > 0; batch = service.log.readAll(after, 1000)) {
    pledges += batch.filter((e) => e.type === 'PledgeMade').length;
    after = batch.at(-1)!.position;
  }
  if (pledges !== acknowledged) throw new Error(`${acknowledged} acknowledged, ${pledges} in the log`);
  const problems = await compareViews(service.log, ref);
  if (problems.length > 0) throw new Error(problems.join('; '));
  console.log(`checked: ${acknowledged} acknowledged commands are in the log once, views equal a rebuild`);
  await app.close();
  await service.close();
}

const loadBefore = loadavg()[0]!;
const measured = [];
for (let i = 0; i < runs; i++) measured.push(await appends(i));
ratio(
  'log append, 64 callers ÷ bare loop at the same batch',
  measured.map((m) => m.log / m.bare),
  '≥ 0.8',
);
ratio(
  'log append, 64 callers ÷ one commit an event',
  measured.map((m) => m.log / m.single),
  '≥ 8',
);
await http();
console.table(rows);
console.log(JSON.stringify({ at: new Date().toISOString(), node: process.version, loadBefore, loadAfter: loadavg()[0], runs, rows }));
rmSync(dir, { recursive: true });
