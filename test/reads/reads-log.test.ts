/** The log of reads: what it keeps, for how long, and what it says when it could not. */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { ReadsLog, readsFile, type ReadsOptions } from '../../src/reads/reads-log.js';
import { asTypeScript } from '../as-typescript.js';
import { everyCase } from '../holds.js';
import { at, from } from './reader.js';

const mebibyte = 2 ** 20;
class Clock {
  at = at;
  inDoubt = false;
  now(): string {
    return this.at;
  }
  doubt(): string | undefined {
    return this.inDoubt ? 'it may be wrong' : undefined;
  }
}
function open(t: Test, options: Partial<ReadsOptions> = {}) {
  const told: string[] = [];
  const clock = new Clock();
  const dataDir = options.dataDir ?? t.testdir();
  const log = new ReadsLog({
    clock,
    onError: (error) => told.push((error as Error).message),
    ...options,
    dataDir,
  });
  t.teardown(() => log.close());
  return { log, clock, told, dataDir };
}
type Filter = Parameters<ReadsLog['walk']>[0];
const everything = { descending: false, limit: 1_000 } as const;
const paths = (log: ReadsLog, filter: Filter = {}): string[] =>
  log
    .walk(filter)(everything)
    .map((r) => r.path);
const gaps = (log: ReadsLog, filter: Filter = {}) =>
  log.gaps(filter).map(({ since, until, why, count }) => ({ since, until, why, count }));

test('a read stands there as it was noted, in order, and by what it is asked for', async (t) => {
  const { log, told } = open(t);
  const all = [
    from('ann', '/v1/pools/one', { record: 'pool-one', placeId: 'durham', version: 3 }),
    from('ben', '/v1/pools/one', {
      record: 'pool-one',
      placeId: 'durham',
      version: 4,
      method: 'HEAD',
      status: 304,
    }),
    from('ann', '/v1/pools', { query: '?sort=name' }),
    from('ann', '/v1/pools/two', { record: 'pool-two', placeId: 'kent', status: 404, code: 'NOT_FOUND' }),
  ];
  for (const read of all) log.note(read);
  t.match(log.status, { state: 'ready', waiting: 4, missing: 0, failures: 0 });
  const rows = log.walk({})(everything);
  t.same(
    rows.map(({ at, account, grants, method, path, query, record, placeId, version, status, code }) => ({
      at,
      account,
      grants,
      method,
      path,
      query,
      record,
      placeId,
      version,
      status,
      code,
    })),
    all.map((read) => ({
      ...{ record: null, placeId: null, version: null, code: null },
      ...read,
      grants: read.grants.tag,
    })),
  );
  t.equal(log.status.waiting, 0, 'asked for, what waits is written');
  t.same(log.grantsOf('tag-ann'), ['auditor@programme:total-place']);
  t.same(log.grantsOf('another'), []);
  everyCase(t, 'what is asked for', (look) => {
    for (const [filter, found] of [
      [{ record: 'pool-one' }, ['/v1/pools/one', '/v1/pools/one']],
      [{ account: 'ben' }, ['/v1/pools/one']],
      [{ placeId: 'kent' }, ['/v1/pools/two']],
      [{ path: '/v1/pools' }, ['/v1/pools']],
      [{ record: 'pool-none' }, []],
    ] as const)
      look(JSON.stringify(filter), paths(log, filter), found);
  });
  t.same(gaps(log), []);
  t.same(told, []);
});

test('pages go on where the last one stopped, either way round, and days bound them', async (t) => {
  const { log } = open(t);
  const days = ['2009-10-20', '2009-10-21', '2009-10-22'];
  for (const day of days)
    for (const hour of ['08', '12', '22'])
      log.note(from('ann', `/${day}/${hour}`, { at: `${day}T${hour}:30:00.000Z` }));
  // London's day begins before that of UTC.
  log.note(from('ann', '/late', { at: '2009-10-22T23:30:00.000Z' }));
  const walked = (filter: Filter, descending: boolean): string[] => {
    const walk = log.walk(filter);
    const found: string[] = [];
    for (let page = walk({ descending, limit: 2 }); page.length > 0;) {
      found.push(...page.map((read) => read.path));
      page = walk({ descending, limit: 2, after: page.at(-1) });
    }
    return found;
  };
  const whole = paths(log);
  t.equal(whole.length, 10);
  const on = (...wanted: string[]): string[] =>
    whole.filter((path) => wanted.some((day) => path.includes(day)));
  everyCase(t, 'days', (look) => {
    for (const [filter, found] of [
      [{}, whole],
      [{ from: '2009-10-21' }, [...on('2009-10-21', '2009-10-22'), '/late']],
      [{ to: '2009-10-21' }, on('2009-10-20', '2009-10-21')],
      [{ from: '2009-10-21', to: '2009-10-21' }, on('2009-10-21')],
      [{ from: '2009-10-23' }, ['/late']],
      [{ from: '2009-10-24' }, []],
      [{ to: '2009-10-19' }, []],
      [{ account: 'ann', from: '2009-10-22', to: '2009-10-22' }, on('2009-10-22')],
    ] as const) {
      look(`${JSON.stringify(filter)} up`, walked(filter, false), found);
      look(`${JSON.stringify(filter)} down`, walked(filter, true), [...found].reverse());
    }
  });
});

test('closed and opened again it goes on; not closed, it says that the last second may be missing', async (t) => {
  const { log, dataDir } = open(t);
  log.note(from('ann', '/first'));
  log.close();
  const second = open(t, { dataDir });
  second.log.note(from('ann', '/second'));
  t.same(paths(second.log), ['/first', '/second']);
  t.same(gaps(second.log), []);
  const { node } = second.log;
  // What this one has noted since dies with its process.
  second.log.note(from('ann', '/lost'));
  const third = open(t, { dataDir });
  third.clock.at = '2009-10-22T10:00:00.000Z';
  third.log.note(from('ann', '/third', { at: third.clock.at }));
  t.same(paths(third.log), ['/first', '/second', '/third']);
  const ended = { since: at, until: third.clock.at, why: 'process-ended', count: undefined };
  t.same(gaps(third.log), [ended]);
  t.equal(third.log.node, node, 'the file keeps its name');
  third.log.close();
  t.same(gaps(open(t, { dataDir }).log), [ended], 'and the gap stays');
});

test('what nobody reads writes nothing', async (t) => {
  const { log, dataDir } = open(t);
  log.close();
  t.same(readdirSync(dataDir), []);
});

test('while the disk is left to the log, reads wait; those that do not fit are counted, and the file says so', async (t) => {
  let free = 0;
  const { log, clock, told } = open(t, { room: () => free, most: 3 });
  for (const path of ['/1', '/2', '/3']) log.note(from('ann', path));
  t.notOk(log.flush());
  t.match(log.status, { state: 'not-written', waiting: 3, missing: 0, failures: 1, lastError: /32 MiB/ });
  clock.at = '2009-10-22T09:05:00.000Z';
  for (const path of ['/4', '/5']) log.note(from('ben', path, { at: clock.at }));
  t.match(log.status, { waiting: 3, missing: 2 });
  t.match(told, [/^Reads cannot be logged: .*32 MiB.*They are answered all the same; 3 wait/]);
  clock.at = '2009-10-22T09:10:00.000Z';
  t.same(paths(log), [], 'what waits is in no list');
  t.same(
    gaps(log),
    [
      { since: at, until: clock.at, why: 'not-written', count: 3 },
      { since: '2009-10-22T09:05:00.000Z', until: clock.at, why: 'not-written', count: 2 },
    ],
    'but is told',
  );
  free = mebibyte * 100;
  t.ok(log.flush());
  log.note(from('ann', '/6', { at: clock.at }));
  t.same(paths(log), ['/1', '/2', '/3', '/6']);
  const missing = [{ since: '2009-10-22T09:05:00.000Z', until: clock.at, why: 'not-written', count: 2 }];
  t.same(gaps(log), missing);
  t.match(log.status, { state: 'ready', waiting: 0, missing: 2 });
  t.match(told.slice(1), [/^Reads are logged again, after \d+ seconds\.$/]);
  t.same(gaps(log, { from: '2009-10-23' }), [], 'a gap is of its days');
  t.same(gaps(log, { to: '2009-10-21' }), []);
  t.same(gaps(log, { from: '2009-10-22', to: '2009-10-22' }), missing);
});

const overwrite = (file: string, start: number, bytes = 4096): void => {
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(bytes, 0x55), 0, bytes, start);
  closeSync(fd);
};

test('a file that is damaged is set aside and kept, and the new one says so', async (t) => {
  const { log, dataDir } = open(t);
  log.note(from('ann', '/before'));
  log.close();
  overwrite(readsFile(dataDir), 0);
  const { log: next, told } = open(t, { dataDir });
  next.note(from('ann', '/after'));
  t.ok(next.flush(), 'it is written all the same');
  t.same(paths(next), ['/after']);
  t.match(gaps(next), [{ since: undefined, until: at, why: 'file-damaged', count: undefined }]);
  const aside = readdirSync(dataDir).filter((name) => /^reads\.db\.damaged-[\dT.Z-]+$/.test(name));
  t.equal(aside.length, 1);
  t.ok(statSync(join(dataDir, aside[0]!)).size > 4096, 'with what was in it');
  t.match(told, [/cannot be used: .*It was set aside as .*keep it for whoever audits\.$/]);
});

test('damage that is found while it is read is answered, and found once', async (t) => {
  const { log, dataDir } = open(t);
  for (let n = 0; n < 5_000; n++) log.note(from('ann', `/${n}`, { record: `pool-${n}` }));
  log.close();
  const file = readsFile(dataDir);
  // Every page but the first, which says what is in the file.
  overwrite(file, 4096, statSync(file).size - 4096);
  const { log: next, told } = open(t, { dataDir });
  t.same(paths(next, { record: 'pool-7' }), []);
  t.match(gaps(next), [{ why: 'file-damaged' }]);
  t.equal(told.length, 1);
  t.equal(next.status.state, 'ready');
});

test('what cannot be opened is told once, stops nobody, and cannot be asked', async (t) => {
  const { log, told } = open(t, { dataDir: join(t.testdir(), 'gone') });
  log.note(from('ann', '/1'));
  t.notOk(log.flush());
  t.throws(() => log.walk({}), { name: 'ReadsUnreadable' });
  t.throws(() => log.gaps({}), { name: 'ReadsUnreadable' });
  t.throws(() => log.grantsOf('tag'), { name: 'ReadsUnreadable' });
  t.match(log.status, { state: 'not-written', waiting: 1 });
  t.equal(told.length, 1);
});

test('what is older than is kept is taken out, however much it is; by a clock in doubt nothing is', async (t) => {
  const { log, clock, dataDir } = open(t, { keptDays: 30 });
  const noteAll = (count: number, name: string): void => {
    for (let n = 0; n < count; n++) log.note(from('ann', `/${name}`, { at: clock.at }));
  };
  noteAll(4_500, 'old');
  clock.at = '2009-10-23T09:00:00.000Z';
  noteAll(1, 'young');
  t.ok(log.flush());
  const count = (path: string): number => log.walk({ path })({ descending: false, limit: 10_000 }).length;
  log.prune();
  t.same([count('/old'), count('/young')], [4_500, 1], 'nothing is too old');
  clock.at = '2011-01-01T09:00:00.000Z';
  clock.inDoubt = true;
  log.prune();
  t.same([count('/old'), count('/young')], [4_500, 1], 'so says the clock, and it may be wrong');
  clock.inDoubt = false;
  clock.at = '2009-11-22T09:00:00.000Z';
  let rounds = 1;
  while (log.prune()) rounds++;
  t.ok(rounds > 2, `in pieces: ${rounds}`);
  t.same([count('/old'), count('/young')], [0, 1], 'the day after the thirtieth');
  t.same(paths(log, { from: '2009-10-01' }), ['/young']);
  log.close();
  const { log: next } = open(t, { dataDir });
  t.same(paths(next), ['/young']);
});

test('many at once are written without a second having to pass', async (t) => {
  const { log } = open(t);
  for (let n = 0; n < 4_100; n++) log.note(from('ann', '/x'));
  t.equal(log.status.waiting, 4_100, 'not before whoever notes has gone on');
  await new Promise((done) => setImmediate(done));
  t.equal(log.status.waiting, 0);
});

interface Answer {
  readonly written: boolean;
  readonly status: ReadsLog['status'];
  readonly told: readonly string[];
}
const here = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));

for (const [what, cause] of [
  ['full', /SQLITE_FULL/],
  ['sync', /SQLITE_IOERR/],
  ['write', /SQLITE_IOERR/],
  ['read-only', /SQLITE_/],
] as const)
  test(`on a disk that fails (${what}) nothing is lost but what does not fit, and nothing stands there twice`, async (t) => {
    const dataDir = t.testdir();
    const library = join(t.testdirName, 'failing.so');
    const compiled =
      process.platform === 'linux' &&
      spawnSync('cc', ['-shared', '-fPIC', '-o', library, here('../log/disk/failing.c'), '-ldl']);
    if (!compiled || compiled.status !== 0)
      return void t.pass('a disk that fails', { skip: 'no C compiler makes one here' });
    const flag = join(dataDir, 'fails');
    const child = fork(here('disk-child.ts'), [dataDir, '4'], {
      execArgv: [asTypeScript],
      env: { ...process.env, LD_PRELOAD: library, FAILING: flag },
    });
    const ended = once(child, 'exit');
    t.teardown(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const note = async (...given: string[]): Promise<Answer> => {
      child.send({ note: given });
      const [answer] = (await once(child, 'message')) as [Answer];
      return answer;
    };
    t.match(await note('/1', '/2'), { written: true, status: { state: 'ready', waiting: 0 }, told: [] });
    writeFileSync(flag, what);
    t.match(await note('/3'), {
      written: false,
      status: { state: 'not-written', waiting: 1, failures: 1 },
      told: [cause],
    });
    t.match(await note('/4', '/5', '/6', '/7', '/8'), {
      written: false,
      status: { waiting: 4, missing: 2 },
      told: [],
    });
    rmSync(flag);
    t.match(await note(), {
      written: true,
      status: { state: 'ready', waiting: 0, missing: 2 },
      told: [/^Reads are logged again/],
    });
    await note('/9');
    child.kill('SIGKILL');
    await ended;
    const { log } = open(t, { dataDir });
    t.same(paths(log), ['/1', '/2', '/3', '/4', '/5', '/6', '/9']);
    t.match(gaps(log), [
      { why: 'not-written', count: 2 },
      { why: 'process-ended', count: undefined },
    ]);
  });
