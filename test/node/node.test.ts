/** One node and its view file: builds, follows, is killed, is put on another log, breaks. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { test } from 'tap';
import { OtherLog, type EventLog, type LoggedEvent } from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { viewFile } from '../../src/runtime/node/view-file.js';
import { poolLedger } from '../../src/projections/views/pool-ledger.js';
import { seatHolder, must, pledge, propose, world } from '../commands/world.js';
import { differences, folder, gapped, lent, level, nodeOn, open } from './nodes.js';

const some = async (node: ReturnType<typeof nodeOn>, n: number, pool = 'treatment'): Promise<void> => {
  for (let i = 0; i < n; i++)
    await must(node.executor, seatHolder('pct'), 'pool', pool, 'Pledge', pledge(randomUUID().slice(0, 13)));
};

test('views follow the log, effect and cursor together; a node opened again goes on where it was', async (t) => {
  const log = gapped();
  const dataDir = folder(t);
  const first = nodeOn(t, log, { dataDir });
  await first.built();
  await world(log, first.executor);
  await some(first, 20);
  await level(first);
  t.same(await differences(first, log), []);
  t.equal(first.position(), await log.head());
  await first.close();
  const stored = open(dataDir);
  t.equal(stored.prepare('SELECT position FROM cursor').pluck().get(), await log.head());
  stored.close();
  const writer = nodeOn(t, log);
  await writer.built();
  await some(writer, 5);
  const again = nodeOn(t, log, { dataDir });
  await again.built();
  t.ok(await again.waitForPosition(await log.head()));
  t.equal(Object.keys(again.engine.queries(poolLedger).one('treatment')!.state.pledges).length, 25);
  t.same(await differences(again, log), []);
  await Promise.all([writer.close(), again.close()]);
  t.same([...first.errors, ...writer.errors, ...again.errors], []);
});

test('a node killed at any batch applies every event once', async (t) => {
  const log = gapped();
  const full = nodeOn(t, log);
  await full.built();
  await world(log, full.executor);
  await some(full, 30);
  await level(full);
  const dataDir = folder(t);
  const head = await log.head();
  // A log that hands out three events and then ends the connection, as a kill between two transactions would.
  for (let from = -1, rounds = 0; from < head; rounds++) {
    const short: EventLog = Object.assign(Object.create(lent(log)) as EventLog, {
      identity: log.identity,
      head: () => log.head(),
      async follow(
        at: Parameters<EventLog['follow']>[0],
        onBatch: (b: readonly LoggedEvent[]) => void | Promise<void>,
        signal: AbortSignal,
      ) {
        const stop = new AbortController();
        await log.follow(
          at,
          async (batch) => {
            await onBatch(batch.slice(0, 3));
            stop.abort();
          },
          AbortSignal.any([signal, stop.signal]),
        );
        await new Promise<void>((resolve) =>
          signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
        );
      },
    });
    const node = nodeOn(t, short, { dataDir });
    const before = from;
    const db = open(dataDir);
    const at = () =>
      db
        .prepare<[], number>(
          'SELECT max(p) FROM (SELECT position p FROM cursor UNION SELECT max(position) FROM views)',
        )
        .pluck()
        .get()!;
    while (at() <= before) await new Promise((r) => setImmediate(r));
    from = at();
    db.close();
    await node.close();
    if (rounds > 500) throw new Error('it does not get on');
  }
  const node = nodeOn(t, log, { dataDir });
  await node.built();
  t.ok(await node.waitForPosition(head));
  t.same(await differences(node, log), []);
  await Promise.all([node.close(), full.close()]);
});

test('a view that must be built anew is built beside the others, from the log, and switched in once', async (t) => {
  const log = gapped();
  const dataDir = folder(t);
  const node = nodeOn(t, log, { dataDir });
  await node.built();
  await world(log, node.executor);
  await some(node, 10);
  await level(node);
  await node.close();
  const db = open(dataDir);
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'place\\_progress\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all();
  t.ok(tables.length > 0);
  // As if the file had been written by a version of the view that is no more.
  for (const table of tables) db.exec(`DROP TABLE ${table}`);
  db.exec("DELETE FROM views WHERE name = 'place-progress'");
  db.close();
  const again = nodeOn(t, log, { dataDir });
  await again.built();
  t.equal(again.engine.queries(poolLedger).list('durham').length, 1);
  t.ok(again.engine.status().every((v) => v.state === 'live'));
  await some(again, 3);
  await level(again);
  t.same(await differences(again, log), []);
  await again.close();
});

test('a view file of another log is refused with an instruction, and so is a log that goes back', async (t) => {
  const dataDir = folder(t);
  const log = gapped();
  const node = nodeOn(t, log, { dataDir });
  await node.built();
  await world(log, node.executor);
  await level(node);
  await node.close();
  t.throws(() => nodeOn(t, gapped(), { dataDir }), {
    name: 'OtherLog',
    message: /Point LOG_URL at the first one, or move the view file/,
  });
  // The same identity, and another event at the cursor: a restored backup.
  const restored: EventLog = Object.assign(Object.create(lent(log)) as EventLog, {
    identity: log.identity,
    follow: async () => {
      throw new OtherLog('At the cursor this log has another event');
    },
  });
  const refused = nodeOn(t, restored, { dataDir });
  while (refused.logStatus().state !== 'refused') await new Promise((r) => setImmediate(r));
  t.match(refused.logStatus().lastError, /another event/);
  await refused.close();
  // A server that gives what lies below the cursor, as 23.10 does.
  const all = await log.read('programme-tp');
  const below: EventLog = Object.assign(Object.create(lent(log)) as EventLog, {
    identity: log.identity,
    follow: async (_: unknown, onBatch: (b: readonly LoggedEvent[]) => Promise<void>) =>
      onBatch(all.slice(0, 1)),
  });
  const guarded = nodeOn(t, below, { dataDir });
  while (guarded.logStatus().state !== 'refused') await new Promise((r) => setImmediate(r));
  t.match(guarded.logStatus().lastError, /already stand at/);
  await guarded.close();
  rmSync(viewFile(dataDir));
});

test('a full disk stops no view: the same events are applied when there is space', async (t) => {
  const log = gapped();
  const node = nodeOn(t, log);
  await node.built();
  await world(log, node.executor);
  await level(node);
  const pages = node.db.pragma('page_count', { simple: true }) as number;
  node.db.pragma(`max_page_count = ${pages}`);
  const writer = nodeOn(t, log);
  await writer.built();
  for (let i = 0; i < 20; i++) await propose(writer.executor, `other-${i}`);
  while (node.errors.length === 0) await new Promise((r) => setTimeout(r, 5));
  t.match(node.errors[0], { code: 'SQLITE_FULL' });
  t.match(node.logStatus().lastError, /full/);
  node.db.pragma('max_page_count = 1000000');
  const head = await log.head();
  while (!(await node.waitForPosition(head)));
  t.ok(node.engine.status().every((v) => v.state === 'live'));
  t.equal(node.logStatus().lastError, undefined, 'and it is well again');
  t.same(await differences(node, log), []);
  await Promise.all([node.close(), writer.close()]);
});

test('who follows the node sees every event once, in order, never ahead of its views', async (t) => {
  const log = gapped();
  const node = nodeOn(t, log);
  await node.built();
  await world(log, node.executor);
  await level(node);
  const abort = new AbortController();
  const late = new AbortController();
  const seen: [number[], number[]] = [[], []];
  const collect = (into: number[], signal: AbortSignal) =>
    node.follow(
      0,
      (batch) => {
        for (const e of batch) {
          if (e.position > node.position()) t.fail('ahead of the views');
          into.push(e.position);
        }
      },
      signal,
    );
  const one = collect(seen[0], abort.signal);
  // More than a node keeps at hand.
  for (let i = 0; i < 45; i++) {
    const n = i * 100;
    await Promise.all(
      Array.from({ length: 100 }, (_, k) =>
        must(node.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(`${n + k}`)),
      ),
    );
  }
  await level(node);
  const two = collect(seen[1], late.signal);
  const head = await log.head();
  while (seen.some((s) => (s.at(-1) ?? 0) < head)) await new Promise((r) => setTimeout(r, 5));
  abort.abort();
  late.abort();
  await Promise.all([one, two]);
  t.same(seen[0], seen[1]);
  t.ok(seen[0].length > 4500 && seen[0].every((p, i) => i === 0 || p > seen[0][i - 1]!));
  await node.close();
});

test('an embedded kind of log works too: contiguity is neither needed nor in the way', async (t) => {
  const log = new MemoryLog('simulated');
  const node = nodeOn(t, log);
  await node.built();
  await world(log, node.executor);
  await level(node);
  t.same(await differences(node, log), []);
  await node.close();
});
