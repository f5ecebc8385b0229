/**
 * The journals (-wal) of the log and of the views beside another process that reads one moment of the files
 * and does not end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { test, type Test } from 'tap';
import { Journals } from '../../src/runtime/disk.js';
import { logFile, openService } from '../../src/runtime/embedded.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { viewFile } from '../../src/runtime/node/view-file.js';
import { seatHolder, must, pledge, propose, TestClock, world } from '../commands/world.js';
import { reference } from '../domain/spec.js';
import { events, fresh } from './conformance.js';

const limit = 64 * 1_048_576;
const journal = (file: string): number => statSync(`${file}-wal`).size;

/** Another process that reads a file as it is now, until it is ended. */
async function reader(t: Test, file: string): Promise<() => Promise<void>> {
  const reads = `
    const db = new (require('better-sqlite3'))(process.argv[1], { readonly: true });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    console.log('reads');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', reads, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

test('the journal of the log beside a reader grows, is told of once, and gives its room back when the reader is gone', async (t) => {
  const dataDir = t.testdir();
  const file = logFile(dataDir);
  const log = new SqliteLog(file, { clock: 'simulated' });
  t.teardown(() => log.close());
  const stream = fresh();
  let version = 0;
  const append = async (): Promise<void> =>
    void (version = (await log.append(stream, version, events(stream, version, 4, 'y'.repeat(50_000))))
      .version);
  for (let i = 0; i < 200; i++) await append();
  t.ok(journal(file) < limit / 2, 'beside nobody it is begun anew, long before');
  const told: string[] = [];
  const journals = new Journals(dataDir, (text) => told.push(text), limit);
  journals.look();
  t.same(told, []);

  const end = await reader(t, file);
  while (journal(file) <= 1.5 * limit) await append();
  journals.look();
  journals.look();
  t.equal(told.length, 1);
  t.match(
    told[0],
    /total-place\.db-wal is \d+ MiB and grows, because another process has long been reading .*fuser -v .*total-place\.db\) and end it/,
  );

  await end();
  for (let i = 0; i < 200; i++) await append();
  t.ok(journal(file) <= limit, `${journal(file)} bytes`);
  journals.look();
  t.match(told.slice(1), [/total-place\.db-wal is 64 MiB again\.$/]);
});

test('the journal of the views beside a reader: the same', { timeout: 120_000 }, async (t) => {
  const dataDir = t.testdir();
  const file = viewFile(dataDir);
  const service = openService({ dataDir, clockKind: 'simulated', clock: new TestClock(), ref: reference });
  t.teardown(() => service.close());
  await service.built();
  await world(service.log, service.executor);
  const pools = Array.from({ length: 32 }, (_, i) => `beside-${i}`);
  for (const pool of pools) await propose(service.executor, pool);
  let n = 0;
  const write = async (): Promise<void> => {
    n++;
    await Promise.all(
      pools.map((pool) => must(service.executor, seatHolder('pct'), 'pool', pool, 'Pledge', pledge(n))),
    );
  };
  const told: string[] = [];
  const journals = new Journals(dataDir, (text) => told.push(text), limit);
  const end = await reader(t, file);
  while (journal(file) <= 1.2 * limit) await write();
  journals.look();
  t.match(told, [/views\.db-wal is \d+ MiB and grows/]);
  await end();
  for (let i = 0; journal(file) > limit && i < 200; i++) await write();
  journals.look();
  t.match(told.slice(1), [/views\.db-wal is \d+ MiB again\.$/]);
});
