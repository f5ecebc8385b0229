import { join } from 'node:path';
import { test } from 'tap';
import { Conflict, Unavailable } from '../../src/log/event-log.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { conformance, events, fresh } from './conformance.js';
import { Property } from '../holds.js';

test('the embedded log', async (t) => {
  let n = 0;
  const file = () => join(t.testdir(), `log-${n++}.db`);
  const files = new WeakMap<object, string>();
  const open = (path = file()) => {
    const log = new SqliteLog(path, { clock: 'simulated' });
    files.set(log, path);
    return log;
  };
  conformance(
    t,
    async () => open(),
    async (log) => open(files.get(log)),
  );

  t.test('a second writer is refused, a reader is not', async (t) => {
    const path = join(t.testdir(), 'one.db');
    const log = open(path);
    t.throws(() => new SqliteLog(path, { clock: 'simulated' }), /another process is writing this log/);
    const reader = new SqliteLog(path, { clock: 'simulated', readOnly: true });
    t.equal(reader.readAll(0, 10)[0]!.type, 'LogCreated');
    const stream = fresh();
    await t.rejects(reader.append(stream, 0, events(stream, 0)), Unavailable);
    await reader.close();
    await log.close();
  });

  t.test('a folder that cannot be written is not told as another process', async (t) => {
    const dir = t.testdir({ 'total-place.db.lock': {} });
    t.throws(
      () => open(join(dir, 'total-place.db')),
      /total-place\.db\.lock cannot be written: .*\(SQLITE_CANTOPEN\w*\)\. Is the disk full, or mounted for reading only/,
    );
  });

  t.test('play and record never mix', async (t) => {
    const path = join(t.testdir(), 'kind.db');
    await open(path).close();
    t.throws(() => new SqliteLog(path, { clock: 'machine' }), /demo's log/);
    const real = join(t.testdir(), 'real.db');
    await new SqliteLog(real, { clock: 'machine' }).close();
    t.throws(() => open(real), /real log/);
  });

  t.test(
    'a full disk: nothing is acknowledged, nothing is half written, and the log recovers when space returns',
    async (t) => {
      const log = open(join(t.testdir(), 'full.db'));
      const stream = fresh();
      await log.append(stream, 0, events(stream, 0));
      const pages = log.db.pragma('page_count', { simple: true }) as number;
      log.db.pragma(`max_page_count = ${pages + 8}`);
      let version = 1;
      let failed: unknown;
      while (!failed && version < 500) {
        await log.append(stream, version, events(stream, version, 1, 'y'.repeat(2000))).then(
          (a) => (version = a.version),
          (e: unknown) => (failed = e),
        );
      }
      t.ok(failed instanceof Unavailable, 'the append says so');
      t.equal((await log.read(stream)).length, version, 'what was acknowledged is there, and no more');
      log.db.pragma('max_page_count = 1000000');
      t.equal(
        (await log.append(stream, version, events(stream, version))).version,
        version + 1,
        'it goes on',
      );
      await log.close();
    },
  );

  t.test(
    'room for less than was asked is no room: the log is not told writable by its own attempt before an append of that size would be',
    async (t) => {
      const told: string[] = [];
      const log = new SqliteLog(join(t.testdir(), 'narrow.db'), {
        clock: 'simulated',
        onError: (e) => told.push((e as Error).message),
      });
      const stream = fresh();
      await log.append(stream, 0, events(stream, 0));
      const pages = log.db.pragma('page_count', { simple: true }) as number;
      log.db.pragma(`max_page_count = ${pages + 4}`);
      await t.rejects(log.append(stream, 1, events(stream, 1, 1, 'y'.repeat(50_000))), Unavailable);
      await new Promise((r) => setTimeout(r, 6_000));
      t.equal(log.status().state, 'not-writable', 'a row would fit, the events would not');
      log.db.pragma(`max_page_count = ${pages + 200}`);
      while (log.status().state !== 'ready') await new Promise((r) => setTimeout(r, 100));
      t.equal((await log.append(stream, 1, events(stream, 1, 1, 'y'.repeat(50_000)))).version, 2);
      t.match(told, [/cannot be written/, /can be written again/], 'told once, and that it is over');
      await log.close();
    },
  );

  t.test(
    'forced rollbacks leave no gap, no half append and no lost acknowledgement: before, in and at the commit',
    async (t) => {
      const log = open(join(t.testdir(), 'rollbacks.db'));
      // Made to happen by the file itself: an insert that is refused, and a promise to a row that is never
      // there, found out at the commit.
      log.db
        .exec(`CREATE TABLE parents (id INTEGER PRIMARY KEY); CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER first BEFORE INSERT ON events WHEN NEW.body LIKE '%fail-insert%' BEGIN SELECT RAISE(ABORT, 'refused'); END;
      CREATE TRIGGER last AFTER INSERT ON events WHEN NEW.body LIKE '%fail-commit%' BEGIN INSERT INTO children VALUES (1); END;`);
      log.db.pragma('foreign_keys = ON');
      const streams = Array.from({ length: 8 }, fresh);
      const acked = new Map(streams.map((s) => [s, 0]));
      const conflicts = new Property('a conflict says the version that was acknowledged');
      let refused = 0;
      let tries = 0;
      const write = async (s: string): Promise<void> => {
        for (let done = 0; done < 60;) {
          const version = acked.get(s)!;
          // One in three names a version that is taken, beside those that may win.
          const expected = done % 3 === 2 && version > 0 ? version - 1 : version;
          // The first attempts at some fail, in the insert or at the commit; the next is without the word
          // that makes them.
          const fails = tries++ % 50 === 0 ? 'fail-insert' : tries % 35 === 0 ? 'fail-commit' : '';
          await log.append(s, expected, events(s, expected, 1 + (done % 3), fails)).then(
            (a) => {
              acked.set(s, a.version);
              done++;
            },
            (error: unknown) => {
              if (error instanceof Conflict) {
                conflicts.same(t, s, error.actual, acked.get(s)!);
                done++;
              } else if (error instanceof Unavailable) refused++;
              else throw error;
            },
          );
        }
      };
      await Promise.all(streams.map(write));
      conflicts.settle(t);
      t.ok(refused > 20, `${refused} were refused`);
      for (const stream of streams)
        t.same(
          (await log.read(stream)).map((e) => e.version),
          Array.from({ length: acked.get(stream)! }, (_, i) => i + 1),
          'what was acknowledged, and nothing else',
        );
      const positions = log.readAll(0, 100_000).map((e) => e.position);
      t.same(
        positions,
        positions.map((_, i) => i + 1),
        'positions without a gap',
      );
      t.equal(await log.head(), positions.length);
      await log.close();
    },
  );
});
