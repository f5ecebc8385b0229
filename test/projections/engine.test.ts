import Database from '../../src/log/sqlite/driver.js';
import { join } from 'node:path';
import { test } from 'tap';
import { view } from '../../src/projections/engine/view.js';
import { Engine } from '../../src/projections/engine/engine.js';
import { placeProgress } from '../../src/projections/place-progress/place-progress.js';
import { due } from '../../src/projections/views/due.js';
import { views } from '../../src/projections/index.js';
import { poolLedger } from '../../src/projections/views/pool-ledger.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { compareViews } from '../../src/runtime/verify.js';
import { viewsOn } from '../views-on.js';
import { executorOn, seatHolder, must, pledge, world } from '../commands/world.js';
import { reference } from '../domain/spec.js';

async function filled(path: string, pledges = 30) {
  const log = new SqliteLog(path, { clock: 'simulated' });
  const { db, engine, follower, built } = viewsOn(log, reference, path.replace('log.db', 'views.db'));
  await built;
  const executor = executorOn(log);
  await world(log, executor);
  for (let i = 0; i < pledges; i++)
    await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(i));
  return { log, db, engine, follower, executor };
}

test('live views equal a rebuild; a corrupted table is found, and mended by rebuilding', async (t) => {
  const { log, db, engine } = await filled(join(t.testdir(), 'log.db'));
  t.same(await compareViews(log, db, reference), []);
  const table = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'place_progress_rows%'",
    )
    .pluck()
    .get()!;
  db.exec(`UPDATE ${table} SET placeId = 'elsewhere'`);
  t.match(await compareViews(log, db, reference), [/place-progress differs from a rebuild/]);
  engine.rebuild('place-progress');
  t.equal(engine.queries(poolLedger).list('elsewhere').length, 1, 'the live generation answers meanwhile');
  await engine.catchUp();
  t.equal(engine.queries(poolLedger).list('durham').length, 1);
  t.same(await compareViews(log, db, reference), []);
  await log.close();
});

test('what an earlier release kept for a view that is no more is dropped, and nothing of another whose name begins alike', async (t) => {
  const path = join(t.testdir(), 'log.db');
  const { log, db, engine } = await filled(path, 1);
  const tables = () =>
    db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  const before = tables();
  const { version } = placeProgress;
  db.exec(`CREATE TABLE place_rows_v${version}_g1 (stream TEXT)`);
  db.exec(`INSERT INTO views VALUES ('place', ${version}, 1, 'live', 0, NULL)`);
  engine.moveTo(db);
  t.strictSame(tables(), before);
  t.ok(engine.queries(poolLedger).one('treatment'), 'and every view is live');
  t.equal(db.prepare("SELECT count(*) FROM views WHERE name = 'place'").pluck().get(), 0);
  await log.close();
});

test('every split of the history into batches gives the same tables', async (t) => {
  const { log } = await filled(join(t.testdir(), 'log.db'), 3);
  const all = log.readAll(0, 1000);
  const dump = async (size: number): Promise<string> => {
    const db = new Database(':memory:');
    const engine = new Engine(db, views, reference, { readAll: () => [], head: () => 0 });
    await engine.catchUp();
    for (let i = 0; i < all.length; i += size) db.transaction(() => engine.apply(all.slice(i, i + size)))();
    const names = db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'views' ORDER BY name",
      )
      .pluck()
      .all();
    return JSON.stringify(
      names.map((n) => [
        n,
        db
          .prepare(`SELECT * FROM ${n}`)
          .raw()
          .all()
          .map((r) => JSON.stringify(r))
          .sort(),
      ]),
    );
  };
  const whole = await dump(all.length);
  for (let size = 1; size < all.length; size++) t.equal(await dump(size), whole, `batches of ${size}`);
  await log.close();
});

test('a handler that fails stops that one view, visibly; commands and the others go on', async (t) => {
  let broken = true;
  const fragile = view({
    name: 'fragile',
    version: 1,
    tables: { seen: 'CREATE TABLE {seen} (position INTEGER PRIMARY KEY) STRICT' },
    handlers: (db, tables) => ({
      on: {
        pool: {
          PledgeMade: (event) => {
            db.prepare(`INSERT INTO ${tables.seen} VALUES (?)`).run(event.position);
            if (broken && event.data.pledgeId === 'p-bad') throw new Error('cannot read this');
          },
        },
      },
    }),
    queries: (db, tables) => ({
      count: () => db.prepare<[], number>(`SELECT count(*) FROM ${tables.seen}`).pluck().get()!,
    }),
  });
  const log = new SqliteLog(join(t.testdir(), 'log.db'), { clock: 'simulated' });
  const { engine, built } = viewsOn(log, reference, ':memory:', [...views, fragile]);
  await built;
  const executor = executorOn(log);
  await world(log, executor);
  const trust = seatHolder('pct');
  await must(executor, trust, 'pool', 'treatment', 'Pledge', pledge('good'));
  await must(executor, trust, 'pool', 'treatment', 'Pledge', pledge('bad'));
  await must(executor, trust, 'pool', 'treatment', 'Pledge', pledge('later'));
  t.equal((await log.read('pool-treatment')).length, 4, 'the commands were durable');
  t.match(
    engine.status().find((v) => v.name === 'fragile'),
    { state: 'stopped', error: 'cannot read this' },
  );
  t.ok(
    engine
      .status()
      .filter((v) => v.name !== 'fragile')
      .every((v) => v.state === 'live'),
  );
  t.throws(() => engine.queries(fragile), { message: 'the view fragile is stopped' });
  t.equal(
    Object.keys(engine.queries(poolLedger).one('treatment')!.state.pledges).length,
    3,
    'the others go on',
  );
  broken = false;
  engine.rebuild('fragile');
  await engine.catchUp();
  t.equal(engine.queries(fragile).count(), 3, 'nothing was skipped');
  await log.close();
});

test('a disk that is full while views are written is nobody’s fault: commands go on, no view stops, readers wait until there is room', async (t) => {
  const { log, db, engine, follower, executor } = await filled(join(t.testdir(), 'log.db'), 1);
  // Space enough for the events, none for what the views make of them.
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);
  for (let n = 0; follower.lastError === undefined && n < 2000; n++)
    await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(`full-${n}`));
  t.match(follower.lastError, /full/);
  await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('in-the-log'));
  const head = await log.head();
  t.ok(follower.position < head, 'the views are behind the log');
  t.notOk(await follower.waitForPosition(head, 20), 'who asks for what was written waits');
  t.ok(
    engine.status().every((v) => v.state === 'live'),
    'no view stopped',
  );
  t.same(await compareViews(log, db, reference), [], 'and none is half written');
  db.pragma('max_page_count = 1000000');
  t.ok(await follower.waitForPosition(head, 60_000), 'it goes on by itself');
  await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('after'));
  t.equal(follower.position, await log.head(), 'and what is written is seen at once again');
  t.same(await compareViews(log, db, reference), []);
  await follower.stop();
  await log.close();
});

test('the access, due, timeline and progress queries are answered from indexes', async (t) => {
  const { log, db } = await filled(join(t.testdir(), 'log.db'), 1);
  const scanned = new Set<string>();
  const names = new Set(
    db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all(),
  );
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    if (/^SELECT/i.test(sql)) {
      const named = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map((m) => [m[1]!, 'x']));
      const given = Object.keys(named).length > 0 ? [named] : Array(sql.split('?').length - 1).fill('x');
      const plan = prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...given);
      for (const { detail } of plan) {
        const table = /^SCAN (\S+)/.exec(detail)?.[1];
        if (table && names.has(table) && !/USING (COVERING )?INDEX/.test(detail))
          scanned.add(`${table}: ${sql}`);
      }
    }
    return prepare(sql);
  }) as never;
  for (const v of [...views, due, poolLedger]) {
    const { name } = v.over ?? v;
    const tables = Object.fromEntries(
      Object.keys(v.tables).map((k) => [k, `${name.replaceAll('-', '_')}_${k}_v${v.version}_g1`]),
    );
    v.queries(db, tables, reference);
  }
  // The lists of every pool and every barrier (a few a place) are read whole, in the order of their primary
  // key.
  t.same(
    [...scanned].filter((s) => !/^(place_progress_rows|barrier_register_rows)/.test(s)),
    [],
  );
  await log.close();
});
