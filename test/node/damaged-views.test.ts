/**
 * The views of an embedded log, damaged in every way a disk has: the log is never touched by it, and they are
 * made anew.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { build } from '../../src/app.js';
import { logFile, openService, type EmbeddedService } from '../../src/runtime/embedded.js';
import { presentError } from '../../src/cli/present-error.js';
import { exportCommand, rebuildCommand, verifyCommand } from '../../src/cli/upkeep.js';
import { openDemo } from '../../src/demo/demo.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer } from '../../src/demo/issuer.js';
import Database from '../../src/log/sqlite/driver.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { viewFile } from '../../src/runtime/node/view-file.js';
import { buildOperator } from '../../src/http/server/operator-app.js';
import { poolLedger } from '../../src/projections/views/pool-ledger.js';
import { timeline } from '../../src/projections/views/timeline.js';
import { verify } from '../../src/runtime/verify.js';
import { run as runCommand } from '../cli-run.js';
import { seatHolder, must, office, pledge, TestClock, world } from '../commands/world.js';
import { reference } from '../domain/spec.js';

const opened = (dataDir: string, errors: unknown[] = []): EmbeddedService =>
  openService({
    dataDir,
    clockKind: 'simulated',
    clock: new TestClock(),
    ref: reference,
    onError: (e) => errors.push(e),
    readAfterMs: 50,
  });

/** A folder with a log of some pledges, and its views; nothing runs on it. */
async function folder(t: Test, pledges = 20): Promise<string> {
  const dataDir = t.testdir();
  const service = opened(dataDir);
  await service.built();
  await world(service.log, service.executor);
  for (let i = 0; i < pledges; i++)
    await must(service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(i));
  await service.reactors.idle();
  await service.close();
  return dataDir;
}
const aside = (dataDir: string): string[] =>
  readdirSync(dataDir).filter((name) => /^views\.db\.damaged-[^-]+-\d\d-\d\dT\d{6}\.\d{3}Z$/.test(name));
/** Writes rubbish over the pages of a file from this one on, counted from 0. */
function spoil(file: string, from: number, until = Infinity): void {
  const fd = openSync(file, 'r+');
  for (let at = from * 4096; at < Math.min(statSync(file).size, until * 4096); at += 4096)
    writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, at);
  closeSync(fd);
}
const whole = async (t: Test, service: EmbeddedService, what: string): Promise<void> =>
  void t.same(await verify(service.log, viewFile(service.dataDir), reference), [], what);

test('a view file that cannot be used is set aside at the start, and built anew', async (t) => {
  const dataDir = await folder(t);
  const older = join(dataDir, 'older.db');
  copyFileSync(viewFile(dataDir), older);
  const ways: Readonly<Record<string, () => void>> = {
    'no database': () =>
      writeFileSync(viewFile(dataDir), 'not a database, whatever its name says'.repeat(200)),
    'damaged in its schema': () => spoil(viewFile(dataDir), 0),
    'of another log': () => {
      const db = new Database(viewFile(dataDir));
      db.exec("UPDATE cursor SET log = '7b0d8f5c-0000-4000-8000-000000000000'");
      db.close();
    },
    'ahead of the log': () => {
      const db = new Database(viewFile(dataDir));
      db.exec('UPDATE cursor SET position = position + 100');
      db.close();
    },
    'level with another event': () => {
      const db = new Database(viewFile(dataDir));
      db.exec("UPDATE cursor SET id = '7b0d8f5c-0000-4000-8000-000000000000'");
      db.close();
    },
  };
  let n = 0;
  for (const [what, spoils] of Object.entries(ways)) {
    spoils();
    const errors: unknown[] = [];
    const service = opened(dataDir, errors);
    t.match(
      errors,
      [{ message: /views\.db cannot be used: .* It was set aside as .*views\.db\.damaged-/ }],
      what,
    );
    await must(service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(`while-${++n}`));
    await service.built();
    t.ok(await service.waitForPosition(await service.log.head()), `${what}: level again`);
    t.equal(aside(dataDir).length, n, `${what}: kept for who wants to look at it`);
    await whole(t, service, `${what}: the log is whole, and its views equal a rebuild`);
    await service.close();
  }
  rmSync(viewFile(dataDir));
  const service = opened(dataDir);
  await service.built();
  await whole(t, service, 'a file that is gone is made');
  await service.close();
  // Older than the log, as a power cut may leave it: it catches up.
  copyFileSync(older, viewFile(dataDir));
  for (const rest of ['-wal', '-shm']) rmSync(`${viewFile(dataDir)}${rest}`, { force: true });
  const behind = opened(dataDir);
  await behind.built();
  t.ok(await behind.follower.waitForPosition(await behind.log.head(), 60_000));
  t.equal(aside(dataDir).length, n, 'and is not set aside');
  await whole(t, behind, 'caught up');
  await behind.close();
});

test('pages found damaged by who reads: 503, commands go on, and the views are built beside the running service', async (t) => {
  const dataDir = await folder(t, 200);
  // Rows of the timeline alone: what is read at the start is whole.
  const file = new Database(viewFile(dataDir));
  const page = file
    .prepare<[string], number>('SELECT max(pageno) FROM dbstat WHERE name = ?')
    .pluck()
    .get(tableOf(file, 'timeline_entries'))!;
  file.close();
  spoil(viewFile(dataDir), page - 1, page);
  const errors: unknown[] = [];
  const service = opened(dataDir, errors);
  t.same(errors, []);
  const issuer = await localIssuer();
  const app = await build({ service, verify: createVerifier(issuer.verifier), version: '0.0.0-test' });
  t.teardown(async () => (await app.close(), await service.close()));
  const authorization = `Bearer ${await issuer.token('auditor', ['auditor@programme:tp'])}`;
  const read = () => app.inject({ url: '/v1/timeline', headers: { authorization } });
  const first = await read();
  t.equal(first.statusCode, 503, first.body);
  // Others were reading the same file: what they found is of that one.
  for (let n = 0; n < 3; n++)
    service.viewsFailed(
      Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' }),
    );
  t.match(first.json(), { code: /^VIEW/ });
  t.ok(first.headers['retry-after']);
  await must(service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('meanwhile'));
  await service.built();
  t.ok(await service.follower.waitForPosition(await service.log.head(), 60_000));
  t.equal((await read()).statusCode, 200);
  t.equal((await app.inject('/health/ready')).statusCode, 200);
  t.equal(aside(dataDir).length, 1);
  t.ok(errors.some((e) => /set aside/.test(String(e))));
  await whole(t, service, 'the log is whole, and its views equal a rebuild');
});

test('pages found damaged by what is written: the command is done', async (t) => {
  const dataDir = await folder(t, 200);
  const errors: unknown[] = [];
  const service = opened(dataDir, errors);
  t.teardown(() => service.close());
  await service.built();
  service.db.pragma('wal_checkpoint(TRUNCATE)');
  spoil(viewFile(dataDir), 1);
  service.db.pragma('cache_size = 0');
  service.db.pragma('shrink_memory');
  await must(service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('after'));
  await service.built();
  t.ok(await service.follower.waitForPosition(await service.log.head(), 60_000));
  t.equal(aside(dataDir).length, 1, String(errors));
  await whole(t, service, 'built anew while it ran');
});

test('views that cannot be written: commands go on, readers wait, what only views can answer is refused for now', async (t) => {
  const dataDir = await folder(t);
  const service = opened(dataDir);
  t.teardown(() => service.close());
  await service.built();
  service.db.pragma(`max_page_count = ${service.db.pragma('page_count', { simple: true }) as number}`);
  for (let n = 0; service.follower.lastError === undefined && n < 2000; n++)
    await must(service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(`full-${n}`));
  const head = await service.log.head();
  t.notOk(await service.waitForPosition(head), 'a reader that has seen it elsewhere is told to wait');
  t.ok(service.engine.queries(poolLedger).one('treatment'), 'others are answered from what was seen');
  t.match(service.logStatus(), { state: 'ready', lastError: /full/ }, 'and the operator why');
  const agency = {
    name: 'Police',
    sector: 'police',
    type: 'body',
    identifiers: [{ scheme: 'programme', code: 'TP-POL', from: '2009-04-01' }],
    startOn: '2009-04-01',
  };
  const register = () => must(service.executor, office, 'agency', 'police-force', 'RegisterAgency', agency);
  await t.rejects(
    register(),
    { name: 'Error', state: 'behind' },
    'is this code another agency’s? Only the views know',
  );
  service.db.pragma('max_page_count = 1000000');
  t.ok(await service.follower.waitForPosition(head, 60_000));
  await register();
  await whole(t, service, 'nothing was skipped');
});

test('views are built anew beside a running service, by its operator’s address', async (t) => {
  const dataDir = await folder(t);
  const service = opened(dataDir);
  const secret = randomUUID() + randomUUID();
  const app = await build({
    service,
    verify: async () => ({ account: 'nobody', grants: [] }),
    version: '0.0.0-test',
    operatorToken: secret,
  });
  const operator = buildOperator(app);
  t.teardown(async () => (await operator.close(), await app.close(), await service.close()));
  await service.built();
  const [main, own] = [
    await app.listen({ port: 0, host: '127.0.0.1' }),
    await operator.listen({ port: 0, host: '127.0.0.1' }),
  ];
  const lines: string[] = [];
  async function run(env: NodeJS.ProcessEnv, ...args: string[]) {
    lines.length = 0;
    const ended = await runCommand(
      rebuildCommand((line) => lines.push(line), env),
      ...args,
    );
    return { ...ended, said: lines.join('\n') };
  }
  service.db.exec(`DELETE FROM ${tableOf(service.db, 'timeline_entries')}`);
  t.match(await verify(service.log, viewFile(dataDir), reference), [
    { kind: 'view-differs', view: 'timeline' },
  ]);
  t.match(
    await run({}, '--data-dir', dataDir),
    { failed: /another process keeps its views in .* --service/ },
    'what runs is asked',
  );
  t.match(await run({ OPERATOR_TOKEN: secret }, 'timeline', '--service', main), {
    code: 0,
    failed: '',
    said: /^timeline: live at \d+$/,
  });
  t.same(await verify(service.log, viewFile(dataDir), reference), []);
  t.match(
    await run({}, '--service', own),
    { code: 0, failed: '', said: /^access: live/m },
    'all of them, at the operator’s own address',
  );
  t.match(await run({ OPERATOR_TOKEN: 'wrong' }, '--service', main), { failed: /does not take this token/ });
  t.match(await run({}, 'no-such', '--service', own), { failed: /There is no view no-such\. Views: / });
  t.match(await run({}, '--service', 'http://127.0.0.1:1'), { failed: /cannot be reached/ });
  // One that cannot be built: what is live goes on answering, and the command says so.
  const { handlers } = timeline;
  Object.assign(timeline, { handlers: () => ({ each: () => { throw new Error('cannot read this'); } }) }); // prettier-ignore
  t.match(await run({}, 'timeline', '--service', own), {
    code: 1,
    said: /timeline: live at \d+ \(cannot read this\)/,
  });
  Object.assign(timeline, { handlers });
  t.ok(service.engine.queries(timeline));
});
const tableOf = (db: Database.Database, prefix: string): string =>
  db
    .prepare<[string], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE ?")
    .pluck()
    .get(`${prefix}%`)!;

test('verify tells an event that was changed, one that is missing and a view that differs apart', async (t) => {
  const found = async (spoils: (log: Database.Database, views: Database.Database) => void) => {
    const dataDir = await folder(t);
    const [log, views] = [new Database(logFile(dataDir)), new Database(viewFile(dataDir))];
    spoils(log, views);
    log.close();
    views.close();
    const [said, warned]: [string[], string[]] = [[], []];
    await verifyCommand(
      (line) => said.push(line),
      {},
      (line) => warned.push(line),
    ).parseAsync(['--data-dir', dataDir], { from: 'user' });
    const code = process.exitCode;
    process.exitCode = 0;
    return { code, said: said.join('\n'), warned: warned.join('\n') };
  };
  const nothing = await found(() => {});
  t.match(nothing, { code: 0, said: 'The log is whole, and its views equal a rebuild.', warned: '' });
  // As careful as can be: canonical, the same length, and the row says what the text says.
  const changed = await found((log) =>
    log.exec(
      `UPDATE events SET body = replace(body, '"amountPence":100', '"amountPence":900') WHERE type = 'PledgeMade' AND version = 5`,
    ),
  );
  t.match(changed, {
    code: 1,
    warned:
      /^event changed: the event at position \d+ \(pool-treatment, version 5\) is not what it was when the views were given it$/,
  });
  t.match(
    changed.said,
    /^1 problem\. The log is not what was recorded\. Change nothing, and rebuild nothing/,
  );
  const missing = await found((log) =>
    log.exec("DELETE FROM events WHERE type = 'PledgeMade' AND version = 5"),
  );
  t.match(missing, {
    code: 1,
    warned: /^event missing: position \d+ is missing before \d+$/m,
    said: /rebuild nothing/,
  });
  const cut = await found((log) =>
    log.exec('DELETE FROM events WHERE position > (SELECT max(position) - 3 FROM events)'),
  );
  t.match(cut, {
    code: 1,
    warned: /^event missing: the views have seen position \d+, and the log ends at \d+/,
    said: /rebuild nothing/,
  });
  const differs = await found((_, views) => views.exec(`DELETE FROM ${tableOf(views, 'timeline_entries')}`));
  t.match(differs, {
    code: 1,
    warned: /^view differs: the view timeline/,
    said: /^1 problem\. The log is whole\. Rebuild what differs: total-place rebuild timeline$/,
  });
  for (const { warned, said } of [changed, missing, cut])
    t.notMatch(`${warned}${said}`, /total-place rebuild/);
});

test('a folder with views and no log is not begun anew: its log is somewhere else', async (t) => {
  const dataDir = await folder(t);
  const log = logFile(dataDir);
  renameSync(log, `${log}.elsewhere`);
  t.throws(() => opened(dataDir), {
    message: /There is no log at .*restore a backup; to begin a new record here, move .*views\.db away/,
  });
  t.notOk(existsSync(log), 'and none was made');
  t.same(aside(dataDir), []);
  renameSync(`${log}.elsewhere`, log);
  const service = opened(dataDir);
  await service.built();
  await whole(t, service, 'put back, it is as it was');
  await service.close();
});

test('pages of a view that nobody reads: verify finds them, and a rebuild of a stopped service sets the file aside', async (t) => {
  const dataDir = await folder(t, 200);
  const file = viewFile(dataDir);
  const db = new Database(file);
  const page = db
    .prepare<[], number>("SELECT max(pageno) FROM dbstat WHERE name LIKE 'timeline_%' AND pagetype = 'leaf'")
    .pluck()
    .get()!;
  db.close();
  spoil(file, page - 1, page);
  const log = new SqliteLog(logFile(dataDir), { clock: 'simulated', readOnly: true });
  const found = await verify(log, file, reference);
  await log.close();
  t.match(found, [{ kind: 'views', text: /the view file is damaged: .*total-place rebuild/ }]);
  const rebuilt = await runCommand(
    rebuildCommand(() => {}, {}),
    '--data-dir',
    dataDir,
  );
  t.match(rebuilt, { code: 0, failed: '' });
  t.equal(aside(dataDir).length, 1, 'it was set aside');
  const service = opened(dataDir);
  await service.built();
  await whole(t, service, 'and made anew');
  await service.close();
});

test('a log whose views stood in its own file opens, without them', async (t) => {
  const dataDir = await folder(t);
  const views = new Database(viewFile(dataDir));
  const tables = views
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL AND name NOT IN ('cursor', 'digests')",
    )
    .all();
  views.close();
  for (const rest of ['', '-wal', '-shm']) rmSync(`${viewFile(dataDir)}${rest}`, { force: true });
  const log = new Database(logFile(dataDir));
  for (const { sql } of tables) log.exec(sql);
  log.close();
  const service = opened(dataDir);
  t.teardown(() => service.close());
  const left = service.log.db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all();
  t.same(left, ['events', 'probe', 'seal', 'streams']);
  await service.built();
  await whole(t, service, 'the views are made anew beside it');
});

test('whoever looks beside a running service keeps its journals from nothing: they are brought into the files and emptied meanwhile', async (t) => {
  const dataDir = await folder(t, 100);
  const service = opened(dataDir);
  t.teardown(() => service.close());
  await service.built();
  const emptied = async (work: Promise<unknown>): Promise<number> => {
    let [done, turns] = [false, 0];
    const ended = work.finally(() => (done = true));
    for (let n = 0; !done; n++, turns++) {
      await must(
        service.executor,
        seatHolder('pct'),
        'pool',
        'treatment',
        'Pledge',
        pledge(`beside-${turns}-${n}-${Math.random()}`),
      );
      for (const db of [service.log.db, service.db])
        if ((db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }])[0].busy !== 0)
          throw new Error('somebody reads an old moment');
      await new Promise((r) => setImmediate(r));
    }
    await ended;
    return turns;
  };
  const reader = new SqliteLog(logFile(dataDir), { clock: 'simulated', readOnly: true });
  t.ok((await emptied(verify(reader, viewFile(dataDir), reference))) > 0, 'verify');
  await reader.close();
  const out = join(dataDir, 'out.jsonl');
  t.ok(
    (await emptied(exportCommand({}).parseAsync(['--data-dir', dataDir, '--out', out], { from: 'user' }))) >
      0,
    'export',
  );
});

test('a log with a page that cannot be read: verify says so and what to do, rebuild and the demo end with it', async (t) => {
  const dataDir = await folder(t, 200);
  const db = new Database(logFile(dataDir));
  db.pragma('wal_checkpoint(TRUNCATE)');
  const page = db
    .prepare<[], number>(
      "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 5",
    )
    .pluck()
    .get()!;
  db.close();
  for (const rest of ['-wal', '-shm']) rmSync(`${logFile(dataDir)}${rest}`, { force: true });
  spoil(logFile(dataDir), page - 1, page);
  const [said, warned]: [string[], string[]] = [[], []];
  await verifyCommand(
    (line) => said.push(line),
    {},
    (line) => warned.push(line),
  ).parseAsync(['--data-dir', dataDir], { from: 'user' });
  t.equal(process.exitCode, 1);
  process.exitCode = 0;
  t.match(
    warned.join('\n'),
    /^file: the log's file is damaged: .*\nfile: the log cannot be read on: database disk image is malformed$/,
  );
  t.match(said.join('\n'), /put the last backup back: total-place restore/);
  const sentence =
    /^the log cannot be read \(database disk image is malformed\): its file is damaged\. .*total-place verify, .*total-place restore\.$/;
  said.length = 0;
  const ended = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'well',
      (error: unknown) => presentError(error),
    );
  t.match(
    await ended(
      rebuildCommand((line) => said.push(line), {}).parseAsync(['--data-dir', dataDir], { from: 'user' }),
    ),
    sentence,
  );
  t.same(said, [], 'and it says nothing of trying again');
  rmSync(viewFile(dataDir));
  const errors: unknown[] = [];
  t.match(
    await ended(
      openDemo({ dataDir, ref: reference, seed: [], speed: 0, onError: (error) => errors.push(error) }),
    ),
    sentence,
    'the demo does not wait for what never comes',
  );
  t.same(errors, [], 'and says it once');
  // A service goes on with what it has, and says why views are missing.
  const service = opened(dataDir, errors);
  t.teardown(() => service.close());
  while (errors.length === 0) await new Promise((r) => setTimeout(r, 20));
  t.match(presentError(errors[0]), sentence, 'closed by then: its folder can be opened again');
  t.match(service.logStatus().lastError, /^the log cannot be read \(.*malformed\)$/);
});

test('a service whose views cannot be written closes its log all the same', async (t) => {
  const dataDir = await folder(t);
  const errors: unknown[] = [];
  const service = opened(dataDir, errors);
  await service.built();
  await must(service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('seen'));
  await service.reactors.idle();
  service.db.pragma('query_only = ON');
  await service.close();
  t.notOk(service.log.db.open);
  t.match(errors.at(-1), { code: 'SQLITE_READONLY' });
});
