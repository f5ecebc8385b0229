/** Moving house: to a server and back, beside the writer, killed at any point, sealed for the last pass. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import Database from '../../src/log/sqlite/driver.js';
import { encode } from '../../src/log/codec.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { Unavailable, type EventLog } from '../../src/log/event-log.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { compareLogs } from '../../src/migrate/compare.js';
import { CannotCopy, copyLog } from '../../src/migrate/copy.js';
import { sealedAt, sealFile, unchanged, unsealFile } from '../../src/migrate/seal.js';
import { asTypeScript } from '../as-typescript.js';
import { startRemote } from '../eventstore/stand-in/remote.js';
import { StandIn } from '../eventstore/stand-in/index.js';
import { executorOn, give, seatHolder, must, pledge, world } from '../commands/world.js';
import { everything, folder, nodeOn } from '../node/nodes.js';

async function filled(file: string, pledges: number): Promise<SqliteLog> {
  const log = new SqliteLog(file, { clock: 'simulated' });
  const executor = executorOn(log);
  await world(log, executor);
  await more(log, pledges);
  return log;
}
/** Pledges, refusals beside them, and appends of many events: what a real log holds. */
async function more(log: EventLog, pledges: number): Promise<void> {
  const executor = executorOn(log);
  const n = randomUUID().slice(0, 8);
  for (let i = 0; i < pledges; i += 8)
    await Promise.all(
      Array.from({ length: 8 }, (_, k) =>
        must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(`${n}-${i + k}`)),
      ),
    );
  await give(executor, seatHolder('police'), 'pool', 'treatment', 'WithdrawPledge', {
    pledgeId: 'p-unknown',
    reason: 'no',
  });
}
const ofHistory = async (log: EventLog): Promise<string[]> =>
  (await everything(log))
    .filter((e) => e.stream !== 'log-identity')
    .map((e) => `${e.id} ${e.stream} ${e.version} ${e.type} ${e.body}`);
const readOnly = (file: string): SqliteLog => new SqliteLog(file, { clock: 'simulated', readOnly: true });

async function server(t: Test): Promise<{ url: string; open: () => Promise<EventLog>; standIn: StandIn }> {
  const standIn = await StandIn.start();
  t.teardown(() => standIn.close());
  await standIn.writeForeign('somebody-else', {}, 3);
  const url = await standIn.url({ namespace: 'moved' });
  return { url, standIn, open: () => openEventStoreLog(url, { clock: 'simulated', create: true }) };
}

test('there in passes beside the writer, sealed for the last one; on there; and back into a new log', async (t) => {
  const dir = folder(t);
  const file = join(dir, 'old.db');
  const progressFile = join(dir, 'copy.json');
  const writer = await filled(file, 80);
  const { open } = await server(t);
  const target = await open();

  const pass = async () => {
    const source = readOnly(file);
    const done = await copyLog({ source, target, progressFile });
    await source.close();
    return done;
  };
  const first = await pass();
  t.equal(first.copied, (await ofHistory(writer)).length);
  t.equal((await pass()).copied, first.copied, 'safe to run again');
  await more(writer, 40);
  const second = await pass();
  t.ok(second.copied > first.copied, 'a delta pass beside the writer');

  await more(writer, 8);
  sealFile(file);
  const executor = executorOn(writer);
  await t.rejects(
    must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('late')),
    Unavailable,
    'the writer is stopped in its next append',
  );
  t.match(writer.status(), { state: 'ready', lastError: /sealed on/ });
  const history = await ofHistory(writer);
  await writer.close();
  const again = new SqliteLog(file, { clock: 'simulated' });
  await t.rejects(
    must(executorOn(again), seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('late')),
    /sealed on .*LOG_URL must name the new one/,
    'after a restart too',
  );
  t.equal(await unchanged(again, 50), true);
  await again.close();
  t.match(sealedAt(file), /^20/);

  const last = await pass();
  t.equal(last.copied, history.length);
  const source = readOnly(file);
  const found = await compareLogs(source, target, last.source.position);
  t.match(found, { count: history.length, difference: undefined });
  t.match(found.hash, /^[0-9a-f]{64}$/);
  t.same(await ofHistory(target), history, 'order, ids, versions and bytes are what they were');

  // Life goes on in the new house; the way back leads into a new log only.
  const node = nodeOn(t, target);
  await node.built();
  await must(node.executor, seatHolder('council'), 'pool', 'treatment', 'Pledge', {
    ...pledge('after'),
    pledgedPence: 700,
  });
  await node.close();
  await t.rejects(copyLog({ source, target, progressFile }), {
    constructor: CannotCopy,
    message: /The target has gone on by itself/,
  });
  unsealFile(file);
  const old = new SqliteLog(file, { clock: 'simulated' });
  await must(executorOn(old), seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('elsewhere'));
  await t.rejects(
    copyLog({ source: target, target: old, progressFile: join(dir, 'wrong.json') }),
    { message: /The target is no copy of the source: event \d+ differs/ },
    'two histories are never mixed',
  );
  await old.close();
  const home = new SqliteLog(join(dir, 'home.db'), { clock: 'simulated' });
  const back = await copyLog({ source: target, target: home, progressFile: join(dir, 'back.json') });
  t.equal(back.copied, history.length + 1);
  const there = await compareLogs(target, home, back.source.position);
  t.equal(there.difference, undefined);
  t.same((await ofHistory(home)).slice(0, history.length), history);
  t.not(home.identity.logId, target.identity.logId, 'so that old positions are refused');
  t.equal(sealedAt(join(dir, 'home.db')), undefined);
  await Promise.all([home.close(), target.close(), source.close()]);
});

test('a difference says where', async (t) => {
  const dir = folder(t);
  const log = await filled(join(dir, 'a.db'), 16);
  const copy = new SqliteLog(join(dir, 'b.db'), { clock: 'simulated' });
  const done = await copyLog({ source: log, target: copy, progressFile: join(dir, 'p.json') });
  const equal = await compareLogs(log, copy, done.source.position);
  t.equal(equal.difference, undefined);
  const db = new Database(join(dir, 'b.db'));
  db.prepare(
    "UPDATE events SET body = replace(body, '100', '101') WHERE position = (SELECT max(position) FROM events WHERE type = 'PledgeMade')",
  ).run();
  t.match(
    (await compareLogs(log, copy, done.source.position)).difference,
    /event \d+ differs in body: the source has pool-treatment version \d+ \(PledgeMade/,
  );
  db.prepare('DELETE FROM events WHERE position = (SELECT max(position) FROM events)').run();
  db.close();
  await copy.close();
  const shorter = new SqliteLog(join(dir, 'b.db'), { clock: 'simulated' });
  const cut = await compareLogs(log, shorter, done.source.position);
  t.match(cut.difference, /differs in body|the target ends after \d+ events: it lacks/);
  t.not(cut.hash, equal.hash);
  await Promise.all([shorter.close(), log.close()]);
});

test('a progress file of another copy is refused, a lost one is no loss', async (t) => {
  const dir = folder(t);
  const log = await filled(join(dir, 'a.db'), 16);
  const copy = new SqliteLog(join(dir, 'b.db'), { clock: 'simulated' });
  const other = join(dir, 'other.json');
  writeFileSync(
    other,
    JSON.stringify({
      from: randomUUID(),
      to: copy.identity.logId,
      source: { position: 5, id: randomUUID() },
      target: { position: 5, id: randomUUID() },
      copied: 4,
    }),
  );
  await t.rejects(
    copyLog({ source: log, target: copy, progressFile: other }),
    /tells of another copy .* Name another file with --progress/,
  );
  await t.rejects(copyLog({ source: log, target: log, progressFile: other }), /the same log/);
  const first = await copyLog({ source: log, target: copy, progressFile: join(dir, 'p.json') });
  const second = await copyLog({ source: log, target: copy, progressFile: join(dir, 'never-written.json') });
  t.same([second.copied, second.source, second.target], [first.copied, first.source, first.target]);
  await Promise.all([copy.close(), log.close()]);
});

test('faults of the server between two appends leave one copy', async (t) => {
  const dir = folder(t);
  const log = await filled(join(dir, 'a.db'), 64);
  const { standIn, url } = await server(t);
  const target = await openEventStoreLog(url, {
    clock: 'simulated',
    create: true,
    timings: { appendDeadline: 300, appendBudget: 600, settleBudget: 400, readTimeout: 400, readBudget: 800 },
  });
  for (const kind of [
    'append-reply-lost',
    'append-never-answered',
    'append-refused',
    'append-commit-timeout',
    'append-swallowed',
    'read-refused',
  ] as const)
    await standIn.strike({ kind, times: 2, match: 'moved' });
  await standIn.strike({ kind: 'append-delayed', times: 2, ms: 700, match: 'moved' });
  const done = await copyLog({ source: log, target, progressFile: join(dir, 'p.json') });
  t.match(await standIn.counts(), {
    'append-reply-lost': { struck: 2 },
    'append-never-answered': { struck: 2 },
  });
  t.equal((await compareLogs(log, target, done.source.position)).difference, undefined);
  await Promise.all([target.close(), log.close()]);
});

for (const direction of ['to a server', 'back from it'] as const) {
  test(`killed at random points ${direction}, and gone on each time`, { timeout: 240_000 }, async (t) => {
    const dir = folder(t);
    const file = join(dir, 'a.db');
    const log = await filled(file, 16);
    // Many small streams, so that there are many appends to be killed between.
    for (let i = 0; i < 600; i++) {
      const stream = `refusal-somebody.2009${String(i).padStart(4, '0')}`;
      const data = {
        code: 'X',
        command: 'Y',
        target: 'pool-treatment',
        versionSeen: i,
        payload: 'sha256:00',
      };
      const actor = { account: 'somebody', role: 'system' as const };
      await log.append(
        stream,
        0,
        encode(stream, 0, [{ type: 'CommandRefused', data }], {
          recordedAt: new Date(i).toISOString(),
          actor,
          commandId: randomUUID(),
          correlation: randomUUID(),
          fingerprint: 'f',
        }),
      );
    }
    await log.close();
    const standIn = await startRemote();
    t.teardown(() => standIn.close());
    const url = `${await standIn.url({ namespace: 'killed' })}`;
    const progressFile = join(dir, 'p.json');
    let [from, to] = [file, url];
    if (direction === 'back from it') {
      const [source, target] = [
        readOnly(file),
        await openEventStoreLog(url, { clock: 'simulated', create: true }),
      ];
      await copyLog({ source, target, progressFile });
      await Promise.all([source.close(), target.close()]);
      [from, to] = [url, join(dir, 'home.db')];
    }
    const progress = join(dir, 'killed.json');
    let kills = 0;
    const once = (steps: number | undefined): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const child = fork(new URL('./copy-child.ts', import.meta.url), [from, to, progress], {
          execArgv: [asTypeScript],
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        });
        let seen = 0;
        let copied: number | undefined;
        child.on('message', (m: number | { done: number }) => {
          if (typeof m === 'object') copied = m.done;
          else if (++seen === steps) setTimeout(() => child.kill('SIGKILL'), Math.random() * 4);
        });
        child.on('exit', (code, signal) => {
          if (signal === 'SIGKILL') kills++;
          if (signal === 'SIGKILL' || code === 0) resolve(copied);
          else reject(new Error(`the copy ended with ${code}`));
        });
      });
    const rounds = direction === 'to a server' ? 8 : 2;
    for (let i = 0; i < rounds; i++)
      await once(1 + Math.floor(Math.random() * (direction === 'to a server' ? 60 : 2)));
    const copied = await once(undefined);
    t.ok(kills > 0, `${kills} kills`);
    const open = async (address: string): Promise<EventLog> =>
      address.startsWith('esdb') ? openEventStoreLog(address, { clock: 'simulated' }) : readOnly(address);
    const [source, target] = [await open(from), await open(to)];
    const found = await compareLogs(source, target, await source.head());
    t.match(found, { count: copied, difference: undefined });
    t.ok(found.count > 600);
    await Promise.all([source.close(), target.close()]);
  });
}
