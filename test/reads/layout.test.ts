/** The file of the log of reads: words told by numbers, and files of an earlier and of a later layout. */
import { join } from 'node:path';
import { test, type Test } from 'tap';
import Database from '../../src/log/sqlite/driver.js';
import { ReadsFile } from '../../src/reads/reads-file.js';
import { ReadsLog, readsFile } from '../../src/reads/reads-log.js';
import { everyCase } from '../holds.js';
import { at, from } from './reader.js';

type Filter = Parameters<ReadsLog['walk']>[0];

function open(t: Test, dataDir = t.testdir()) {
  const told: string[] = [];
  const clock = { at, now: () => clock.at };
  const log = new ReadsLog({
    dataDir,
    clock,
    keptDays: 30,
    onError: (error) => told.push((error as Error).message),
  });
  t.teardown(() => log.close());
  return { log, clock, told, dataDir };
}
/** Looks into the file, which nobody else has open. */
function within<T>(dataDir: string, look: (db: Database.Database) => T): T {
  const db = new Database(readsFile(dataDir));
  try {
    return look(db);
  } finally {
    db.close();
  }
}
const wordsIn = (dataDir: string): string[] =>
  within(dataDir, (db) => db.prepare<[], string>('SELECT word FROM words ORDER BY word').pluck().all());
const paths = (log: ReadsLog, filter: Filter = {}): string[] =>
  log
    .walk(filter)({ descending: false, limit: 1_000 })
    .map(({ path }) => path);
/** Read a few at a time. */
function walked(log: ReadsLog, filter: Filter, descending: boolean, limit: number): string[] {
  const walk = log.walk(filter);
  const found: string[] = [];
  for (let page = walk({ descending, limit }); page.length > 0;) {
    found.push(...page.map(({ path }) => path));
    page = walk({ descending, limit, after: page.at(-1) });
  }
  return found;
}

test('rows that are put many at once are what was noted, however many there are', (t) => {
  const counts = [1, 19, 20, 21, 39, 40, 61];
  const folder = t.testdir(Object.fromEntries(counts.map((count) => [`of-${count}`, {}])));
  for (const count of counts) {
    const { log } = open(t, join(folder, `of-${count}`));
    const all = Array.from({ length: count }, (_, n) =>
      from(`reader-${n % 3}`, `/v1/pools/${n}`, {
        at: new Date(Date.parse(at) + n).toISOString(),
        query: n % 2 === 0 ? '' : `?n=${n}`,
        record: n % 4 === 0 ? undefined : `pool-${n}`,
        placeId: n % 5 === 0 ? undefined : `place-${n % 2}`,
        version: n % 3 === 0 ? undefined : n,
        status: n % 3 === 0 ? 404 : 200,
        code: n % 3 === 0 ? 'NOT_FOUND' : undefined,
      }),
    );
    for (const read of all) log.note(read);
    t.same(
      log
        .walk({})({ descending: false, limit: 100 })
        .map(({ key, tie, seq, day, ...row }) => ({ ...row, seq, day })),
      all.map(({ grants, ...read }, index) => ({
        seq: index + 1,
        day: '2009-10-22',
        ...read,
        grants: grants.tag,
        record: read.record ?? null,
        placeId: read.placeId ?? null,
        version: read.version ?? null,
        code: read.code ?? null,
      })),
      `${count} of them`,
    );
  }
  t.end();
});

test('a name stands in the file no longer than the reads that hold it', (t) => {
  const { log, clock, dataDir } = open(t);
  log.note(from('ann', '/v1/pools/old', { record: 'pool-old', placeId: 'kent' }));
  log.note(from('ben', '/v1/pools/both', { record: 'pool-both', placeId: 'durham' }));
  clock.at = '2009-11-22T09:00:00.000Z';
  log.note(from('ben', '/v1/pools/both', { at: clock.at, record: 'pool-both', placeId: 'durham' }));
  t.ok(log.flush());
  t.notOk(log.prune());
  log.note(from('cat', '/v1/pools/new', { at: clock.at, record: 'pool-new', placeId: 'kent' }));
  t.same(paths(log), ['/v1/pools/both', '/v1/pools/new']);
  t.same(paths(log, { placeId: 'kent' }), ['/v1/pools/new'], 'taken out and noted again');
  t.same(paths(log, { account: 'ann' }), []);
  log.close();
  const tags = ['tag-ann', 'tag-ben', 'tag-cat'];
  t.same(wordsIn(dataDir), [
    '/v1/pools/both',
    '/v1/pools/new',
    'ben',
    'cat',
    'durham',
    'kent',
    'pool-both',
    'pool-new',
    ...tags,
  ]);
  t.end();
});

test('words of a commit that failed are given numbers again', (t) => {
  const path = readsFile(t.testdir());
  const file = new ReadsFile(path);
  t.teardown(() => file.close(true));
  file.write([], [from('ann', '/1')]);
  const other = new Database(path);
  t.teardown(() => other.close());
  // After the words are in: the row of the day is put last.
  other.exec(`CREATE TRIGGER fails BEFORE UPDATE ON days BEGIN SELECT raise(ABORT, 'it fails'); END`);
  t.throws(() => file.write([], [from('ben', '/2')]), /it fails/);
  other.exec('DROP TRIGGER fails');
  // Whoever comes first now is given the number that another had.
  file.write([], [from('cat', '/3'), from('ben', '/2')]);
  t.same(
    file
      .walk({})({ descending: false, limit: 9 })
      .map(({ account, path }) => `${account} ${path}`),
    ['ann /1', 'cat /3', 'ben /2'],
  );
  t.end();
});

/** As files were laid out first. */
const first = `
  CREATE TABLE reads (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, day TEXT NOT NULL, account TEXT NOT NULL, grants TEXT NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, record TEXT, placeId TEXT,
    version INTEGER, status INTEGER NOT NULL, code TEXT
  ) STRICT;
  CREATE INDEX reads_record ON reads (record, seq) WHERE record IS NOT NULL;
  CREATE INDEX reads_account ON reads (account, seq);
  CREATE INDEX reads_place ON reads (placeId, seq) WHERE placeId IS NOT NULL;
  CREATE INDEX reads_path ON reads (path, seq);
  CREATE TABLE days (
    day TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE gaps (
    seq INTEGER PRIMARY KEY, since TEXT, until TEXT NOT NULL, why TEXT NOT NULL, count INTEGER
  ) STRICT;
  CREATE TABLE grants (tag TEXT PRIMARY KEY, names TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE file (node TEXT NOT NULL, open TEXT) STRICT;
  INSERT INTO file VALUES ('abcd1234', '2009-10-20T08:00:00.000Z');
  INSERT INTO grants VALUES ('tag-ann', '["auditor@programme:total-place"]');
  INSERT INTO gaps VALUES (4, NULL, '2009-10-21T09:00:00.000Z', 'file-damaged', NULL);
  INSERT INTO days VALUES ('2009-10-20', 1, 3), ('2009-10-21', 5, 5);`;
const earlier = [
  [1, '2009-10-20T08:00:00.000Z', '2009-10-20', 'ann', '/v1/pools/one', 'pool-one', 'durham'],
  [2, '2009-10-20T09:00:00.000Z', '2009-10-20', 'ben', '/v1/pools/one', 'pool-one', 'durham'],
  [3, '2009-10-20T10:00:00.000Z', '2009-10-20', 'ann', '/v1/pools', null, null],
  [5, '2009-10-21T10:00:00.000Z', '2009-10-21', 'ann', '/v1/pools/two', 'pool-two', 'kent'],
] as const;
function makeFirst(dataDir: string): void {
  within(dataDir, (db) => {
    db.pragma('journal_mode = WAL');
    db.exec(first);
    const put = db.prepare(
      `INSERT INTO reads VALUES (?, ?, ?, ?, 'tag-ann', 'GET', ?, '', ?, ?, 3, 200, NULL)`,
    );
    for (const row of earlier) put.run(...row);
  });
}
const hasEarlier = (dataDir: string): boolean =>
  within(dataDir, (db) => db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'earlier'`).all().length > 0);

test('a file of the first layout is opened, nothing of it is lost, and it goes on where it ended', (t) => {
  const dataDir = t.testdir();
  makeFirst(dataDir);
  const { log, told } = open(t, dataDir);
  log.note(from('ben', '/v1/pools/two', { record: 'pool-two', placeId: 'kent', version: 4 }));
  log.note(from('ann', '/v1/pools'));
  t.ok(log.flush());
  t.same(told, []);
  t.equal(log.node, 'abcd1234', 'it is the same node’s');
  t.same(log.grantsOf('tag-ann'), ['auditor@programme:total-place']);
  t.match(log.gaps({}), [
    { key: 4, why: 'file-damaged' },
    { key: 6, why: 'process-ended', since: '2009-10-21T10:00:00.000Z', until: at },
  ]);
  const rows = log.walk({})({ descending: false, limit: 9 });
  t.same(
    rows.map(({ seq, day }) => [seq, day]),
    [...earlier.map(([seq, , day]) => [seq, day]), [7, '2009-10-22'], [8, '2009-10-22']],
  );
  const shape = (row: object | undefined): string[] => Object.keys(row ?? {}).sort();
  t.same(shape(rows[0]), shape(rows.at(-1)), 'all are told alike');
  everyCase(t, 'what is asked for', (look) => {
    for (const [filter, found] of [
      [{}, ['one', 'one', '', 'two', 'two', '']],
      [{ record: 'pool-two' }, ['two', 'two']],
      [{ record: 'pool-one' }, ['one', 'one']],
      [{ placeId: 'kent' }, ['two', 'two']],
      [{ account: 'ben' }, ['one', 'two']],
      [{ path: '/v1/pools' }, ['', '']],
      [{ from: '2009-10-21' }, ['two', 'two', '']],
      [{ to: '2009-10-21' }, ['one', 'one', '', 'two']],
      [{ account: 'ann', from: '2009-10-21', to: '2009-10-22' }, ['two', '']],
      [{ account: 'nobody' }, []],
    ] as const) {
      const whole = found.map((id) => (id === '' ? '/v1/pools' : `/v1/pools/${id}`));
      for (const limit of [1, 2, 3, 9]) {
        look(`${JSON.stringify(filter)} up by ${limit}`, walked(log, filter, false, limit), whole);
        look(
          `${JSON.stringify(filter)} down by ${limit}`,
          walked(log, filter, true, limit),
          [...whole].reverse(),
        );
      }
    }
  });
  log.close();
  const again = open(t, dataDir);
  again.log.note(from('cat', '/v1/events'));
  t.equal(paths(again.log).length, 7, 'and once more');
  t.same(again.log.gaps({}).length, 2);
  t.end();
});

test('rows of the first layout are taken out when their days are over, and their table then', (t) => {
  const dataDir = t.testdir();
  makeFirst(dataDir);
  const { log, clock } = open(t, dataDir);
  log.note(from('ann', '/now'));
  t.ok(log.flush());
  clock.at = '2009-11-20T09:00:00.000Z';
  t.notOk(log.prune());
  t.same(paths(log), ['/v1/pools/two', '/now'], 'a day after the other');
  t.equal(log.walk({ from: '2009-10-01', to: '2009-10-21' })({ descending: true, limit: 9 }).length, 1);
  log.close();
  t.ok(hasEarlier(dataDir));
  const second = open(t, dataDir);
  second.clock.at = '2009-11-21T09:00:00.000Z';
  t.same(paths(second.log), ['/v1/pools/two', '/now']);
  t.notOk(second.log.prune());
  t.same(paths(second.log), ['/now']);
  second.log.close();
  const third = open(t, dataDir);
  t.same(paths(third.log), ['/now']);
  third.log.close();
  t.notOk(hasEarlier(dataDir));
  t.end();
});

test('a file that newer software made is left as it is, and the operator is told', (t) => {
  const dataDir = t.testdir();
  const { log } = open(t, dataDir);
  log.note(from('ann', '/1'));
  log.close();
  within(dataDir, (db) => db.pragma('user_version = 99'));
  const { log: older, told } = open(t, dataDir);
  older.note(from('ben', '/2'));
  t.notOk(older.flush());
  t.match(told, [/layout 99, and this software knows \d+: run the newer one/]);
  t.match(older.status, { state: 'not-written', waiting: 1 });
  t.throws(() => older.walk({}), { name: 'ReadsUnreadable' });
  within(dataDir, (db) => db.pragma('user_version = 2'));
  t.ok(older.flush(), 'until it is in order');
  t.same(paths(older), ['/1', '/2']);
  t.end();
});
