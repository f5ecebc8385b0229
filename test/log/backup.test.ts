/** Copies of the embedded log: made beside a writer, put back in its place, and never half of either. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { backupCommand, restoreCommand } from '../../src/cli/backup.js';
import { verifyCommand } from '../../src/cli/upkeep.js';
import { logFile, openService } from '../../src/runtime/embedded.js';
import Database from '../../src/log/sqlite/driver.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { readsFile } from '../../src/reads/reads-log.js';
import { run as runCommand } from '../cli-run.js';
import { seatHolder, must, pledge, TestClock, world } from '../commands/world.js';
import { reference } from '../domain/spec.js';

const opened = (dataDir: string, errors: unknown[] = []) =>
  openService({
    dataDir,
    clockKind: 'simulated',
    clock: new TestClock(),
    ref: reference,
    onError: (e) => errors.push(e),
  });
type Service = ReturnType<typeof opened>;
const pledges = async ({ executor }: Service, from: number, to: number): Promise<void> => {
  for (let i = from; i < to; i++)
    await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(i));
};
const counted = async ({ log }: Service): Promise<number> =>
  (await log.read('pool-treatment')).filter((e) => e.type === 'PledgeMade').length;

const said: string[] = [];
const say = (line: string): void => void said.push(line);
async function run(
  command: typeof backupCommand,
  ...args: string[]
): Promise<{ code: number; failed: string; said: string }> {
  said.length = 0;
  return { ...(await runCommand(command(say, {}), ...args)), said: said.join('\n') };
}
const verified = (t: Test, dataDir: string) =>
  run((s, env) => verifyCommand(s, env, say), '--data-dir', dataDir).then((r) =>
    t.match(r, { code: 0, said: /^The log is whole/ }, 'verify'),
  );

test('a backup beside a writer ends, and holds what was acknowledged when it began', async (t) => {
  const dir = t.testdir({ copies: {} });
  const service = opened(join(dir, 'data'));
  t.teardown(() => service.close());
  await service.built();
  await world(service.log, service.executor);
  await pledges(service, 0, 700);
  // Many pages, and a commit in every turn in which the copy gives way: begun again at each, it would not
  // end.
  const pages = service.log.db.pragma('page_count', { simple: true }) as number;
  t.ok(pages > 100, `${pages} pages`);
  let done = false;
  let n = 700;
  const writing = (async () => {
    for (; !done && n < 5000; n++) await pledges(service, n, n + 1);
  })();
  const file = join(dir, 'copies', 'one.db');
  t.match(await run(backupCommand, file, '--data-dir', join(dir, 'data')), {
    failed: '',
    said: /^Copied to .*one\.db \(\d+ KiB\)\.$/,
  });
  done = true;
  await writing;
  t.ok(n < 5000, `it ended after ${n - 700} more commands`);
  t.same(readdirSync(join(dir, 'copies')), ['one.db'], 'one file, under its name');
  const copy = new SqliteLog(file, { clock: 'simulated', readOnly: true });
  t.ok((await copy.read('pool-treatment')).length > 700);
  await copy.close();
  t.match(await run(backupCommand, file, '--data-dir', join(dir, 'data')), {
    failed: /exists\. Name a new file/,
  });
  t.match(await run(backupCommand, join(dir, 'nowhere', 'x.db'), '--data-dir', join(dir, 'data')), {
    failed: /./,
  });
});

test('a backup is put back: not beside a service, not a damaged one, not another log’s; what it replaces is kept', async (t) => {
  const dir = t.testdir({ other: {} });
  const dataDir = join(dir, 'data');
  const backup = join(dir, 'backup.db');
  const restore = (file = backup, where = dataDir) => run(restoreCommand, file, '--data-dir', where);
  const service = opened(dataDir);
  await service.built();
  await world(service.log, service.executor);
  await pledges(service, 0, 10);
  await run(backupCommand, backup, '--data-dir', dataDir);
  await pledges(service, 10, 15);
  t.match(await restore(), { failed: /a service is running on this log\. Stop it first/ });
  await service.close();

  const before = () => readdirSync(dataDir).filter((name) => !name.includes('.lock')).sort(); // prettier-ignore
  const was = before();
  writeFileSync(join(dir, 'text.db'), 'no database at all');
  t.match(await restore(join(dir, 'text.db')), {
    failed: /This is no backup of a log\. Nothing was changed/,
  });
  t.match(await restore(join(dir, 'none.db')), { failed: /There is no backup at/ });
  copyFileSync(backup, join(dir, 'gap.db'));
  const gap = new Database(join(dir, 'gap.db'));
  gap.exec("DELETE FROM events WHERE type = 'PledgeMade' AND version = 4");
  gap.close();
  t.match(await restore(join(dir, 'gap.db')), {
    failed: /The backup is not whole, and nothing was changed: position \d+ is missing/,
  });
  copyFileSync(backup, join(dir, 'live.db'));
  writeFileSync(join(dir, 'live.db-wal'), 'something');
  t.match(await restore(join(dir, 'live.db')), {
    failed: /live\.db-wal lies beside it: this was copied from a log in use/,
  });
  const stranger = opened(join(dir, 'other'));
  await stranger.built();
  await world(stranger.log, stranger.executor);
  await stranger.close();
  t.match(await restore(backup, join(dir, 'other')), {
    failed: /is of the log .*, and .* is the log .*\. Nothing was changed/,
  });
  t.same(before(), was, 'nothing was changed by any of these');

  const done = await restore();
  t.match(done, { failed: '', code: 0, said: /^Kept: .*total-place\.db\.replaced-/ });
  t.match(done.said, /^Restored: the log ends at position \d+, recorded 2009-/m);
  t.match(
    done.said,
    /^The log that was replaced ended at position \d+: what was recorded between \d+ and \d+ is not in the backup/m,
  );
  await verified(t, dataDir);
  const again = opened(dataDir);
  await again.built();
  t.equal(await counted(again), 10, 'as it was when the backup was made');
  t.ok(await again.waitForPosition(await again.log.head()));
  await pledges(again, 20, 21);
  await again.close();
  await verified(t, dataDir);
  // A service that found no log made a new one: that is no reason to keep the backup out.
  const fresh = opened(join(dir, 'fresh'));
  await fresh.close();
  t.match(await restore(backup, join(dir, 'fresh')), { failed: '' });
  // And back: what was replaced is a log too.
  const kept = readdirSync(dataDir).find((name) =>
    /^total-place\.db\.replaced-[^-]+-\d\d-\d\dT\d{6}\.\d{3}Z$/.test(name),
  )!;
  t.match(await restore(join(dataDir, kept)), { failed: '' });
  const first = opened(dataDir);
  await first.built();
  t.equal(await counted(first), 15);
  await first.close();
});

test('over the log of a service that was killed: its journal is named and kept, and never taken for the backup’s', async (t) => {
  const dir = t.testdir();
  const [dataDir, killed] = [join(dir, 'data'), join(dir, 'killed')];
  const service = opened(dataDir);
  await service.built();
  await world(service.log, service.executor);
  await run(backupCommand, join(dir, 'backup.db'), '--data-dir', dataDir);
  await pledges(service, 0, 300);
  // As a kill leaves it: the file, and a journal that was not brought into it.
  mkdirSync(killed);
  for (const rest of ['', '-wal']) copyFileSync(`${logFile(dataDir)}${rest}`, `${logFile(killed)}${rest}`);
  await service.close();
  const done = await run(restoreCommand, join(dir, 'backup.db'), '--data-dir', killed);
  t.match(done, { failed: '', said: /^Kept: .*total-place\.db-wal\.replaced-/m });
  t.match(done.said, /A service that was killed had left its journal \(-wal\) there/);
  t.notOk(existsSync(`${logFile(killed)}-wal`));
  await verified(t, killed);
});

test('a backup copied by hand over a log whose journal was left is told by that journal', async (t) => {
  const dir = t.testdir();
  const dataDir = join(dir, 'data');
  const service = opened(dataDir);
  await service.built();
  await world(service.log, service.executor);
  service.log.db.pragma('wal_checkpoint(TRUNCATE)');
  await pledges(service, 0, 1);
  const [file, wal] = [join(dir, 'total-place.db'), join(dir, 'total-place.db-wal')];
  copyFileSync(`${logFile(dataDir)}-wal`, wal);
  writeFileSync(file, Buffer.alloc(40_960, 0x53));
  await service.close();
  t.throws(
    () => new SqliteLog(file, { clock: 'simulated' }),
    /total-place\.db cannot be read: .*total-place\.db-wal lies beside it: if a backup was copied over the log .*total-place restore/,
  );
});

test('a new log beside what looks like its backups says so', async (t) => {
  const dir = t.testdir();
  const [first, second] = [join(dir, 'first'), join(dir, 'second')];
  const service = opened(first);
  await service.built();
  mkdirSync(second);
  await run(backupCommand, join(second, 'monday.db'), '--data-dir', first);
  await service.close();
  writeFileSync(join(second, 'notes.txt'), 'SQLite is nice');
  const errors: unknown[] = [];
  const fresh = opened(second, errors);
  await fresh.close();
  t.match(errors, [
    {
      message:
        /The log in .*second is new and empty, and beside it lie monday\.db\. If one of them is its backup: stop the service, and total-place restore it\./,
    },
  ]);
});

test('who read what is in no backup, and is left where it is by a restore', async (t) => {
  const dir = t.testdir({ copies: {} });
  const dataDir = join(dir, 'data');
  const service = opened(dataDir);
  await service.built();
  await world(service.log, service.executor);
  service.reads.note({
    at: '2009-07-01T09:00:00.000Z',
    account: 'the-reader-of-it',
    grants: { tag: 'tag', names: [] },
    method: 'GET',
    path: '/v1/pools/treatment',
    query: '',
    status: 200,
  });
  t.ok(service.reads.flush());
  const copy = join(dir, 'copies', 'one.db');
  t.match(await run(backupCommand, copy, '--data-dir', dataDir), { code: 0 });
  await service.close();
  t.ok(existsSync(readsFile(dataDir)));
  t.same(readdirSync(join(dir, 'copies')), ['one.db']);
  const tables = new Database(copy, { readonly: true });
  t.same(tables.prepare("SELECT name FROM sqlite_master WHERE name LIKE '%read%'").all(), []);
  tables.close();
  t.notOk(readFileSync(copy).includes('the-reader-of-it'));
  t.match(await run(restoreCommand, copy, '--data-dir', dataDir), { code: 0 });
  const again = opened(dataDir);
  t.teardown(() => again.close());
  t.match(again.reads.walk({})({ descending: false, limit: 9 }), [{ account: 'the-reader-of-it' }]);
});

test('a new log beside reads of another says nothing of a backup', async (t) => {
  const dataDir = t.testdir();
  const other = new Database(readsFile(dataDir));
  other.exec('CREATE TABLE x (y)');
  other.close();
  const errors: unknown[] = [];
  const service = opened(dataDir, errors);
  t.teardown(() => service.close());
  t.same(errors, []);
});
