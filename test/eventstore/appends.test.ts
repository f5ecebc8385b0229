/** What becomes of an append when the server, the network or the clock is against it. */
import { test } from 'tap';
import { Conflict, OutcomeUnknown, Unavailable } from '../../src/log/event-log.js';
import { events, fresh } from '../log/conformance.js';
import { eventually, patient, idsOf, open, standIn } from './harness.js';
import type { FaultKind } from './stand-in/index.js';

test('an append is written once, whatever strikes its first attempts', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const kinds: FaultKind[] = [
    'append-refused',
    'append-reply-lost',
    'append-never-answered',
    'append-swallowed',
    'append-commit-timeout',
    'append-not-ready',
    'not-leader',
    'no-leader',
    'append-delayed',
  ];
  for (const kind of kinds) {
    const stream = fresh();
    await log.append(stream, 0, events(stream, 0));
    await server.strike({ kind, match: stream, times: 2, ms: 1_000 });
    const list = events(stream, 1, 3);
    const { version, position } = await log.append(stream, 1, list);
    t.equal(version, 4, kind);
    const stored = await log.read(stream);
    t.same(
      stored.slice(1).map((e) => e.id),
      list.map((e) => e.id),
      `${kind}: once, in order`,
    );
    t.equal(stored.at(-1)!.position, position, `${kind}: the position of its last event`);
  }
  const counts = await server.counts();
  for (const kind of kinds) t.equal(counts[kind]?.struck, 2, `${kind} struck twice`);
  await log.close();
});

test('an attempt that lands late can only conflict, and is never taken for a later one', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server, {
    timings: { appendDeadline: 250, appendBudget: 3_000, settleBudget: 300 },
  });
  const unhurried = await open(t, server, { timings: patient });
  const stream = fresh();
  // Every attempt, however many there is time for.
  await server.strike({ kind: 'append-held', match: stream, times: 100 });
  const early = events(stream, 0);
  const first = await log.append(stream, 0, early).catch((e: unknown) => e);
  t.ok(first instanceof OutcomeUnknown, 'nobody can know yet');
  await server.clearFaults();
  // The caller looks, finds nothing, and decides again: fresh ids at the same version.
  t.same(await unhurried.read(stream), []);
  const later = events(stream, 0);
  t.equal((await unhurried.append(stream, 0, later)).version, 1);
  await server.release();
  const { struck } = (await server.counts())['append-held']!;
  await eventually(async () => (await server.counts())['append-released']?.struck === struck);
  t.same(await idsOf(server, stream), [later[0]!.id], 'the late ones found their place taken');
  await Promise.all([log.close(), unhurried.close()]);
});

test('overtaken by its own re-send, a delayed attempt finds itself written', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  await server.strike({ kind: 'append-held', match: stream });
  const list = events(stream, 0, 2);
  t.equal((await log.append(stream, 0, list)).version, 2);
  t.equal((await log.append(stream, 2, events(stream, 2))).version, 3);
  await server.release();
  await eventually(async () => (await server.counts())['append-released']?.struck === 1);
  t.equal((await idsOf(server, stream)).length, 3, 'no event twice');
  await log.close();
});

test('a doubt is settled by reading', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server, { timings: { appendBudget: 600, appendDeadline: 300 } });
  await t.test('written, and never answered', async (t) => {
    const stream = fresh();
    await server.strike({ kind: 'append-never-answered', match: stream, times: 50 });
    const list = events(stream, 0, 2);
    const { version, position } = await log.append(stream, 0, list);
    t.equal(version, 2);
    t.equal(position, (await log.read(stream)).at(-1)!.position);
    await server.clearFaults();
  });
  await t.test('another writer was there first', async (t) => {
    const stream = fresh();
    const other = await open(t, server);
    await server.strike({ kind: 'append-swallowed', match: stream, times: 1 });
    const mine = log.append(stream, 0, events(stream, 0)).catch((e: unknown) => e);
    await eventually(async () => (await server.counts())['append-swallowed']?.struck === 1);
    await other.append(stream, 0, events(stream, 0, 2));
    const error = await mine;
    t.ok(error instanceof Conflict, 'so nothing of ours was written');
    t.equal((error as Conflict).actual, 2);
    await other.close();
  });
  await t.test('nothing there: it may still come, and the caller must look', async (t) => {
    const stream = fresh();
    await server.strike({ kind: 'append-swallowed', match: stream, times: 50 });
    t.ok((await log.append(stream, 0, events(stream, 0)).catch((e: unknown) => e)) instanceof OutcomeUnknown);
    await server.clearFaults();
  });
  await log.close();
});

test('with no server nothing was sent, and it says so; it goes on when the server is back', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server, { timings: { appendBudget: 500, readBudget: 500 } });
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0));
  await server.kill();
  await eventually(() => log.status().state === 'away');
  const error = await log.append(stream, 1, events(stream, 1)).catch((e: unknown) => e);
  t.ok(error instanceof Unavailable, `${error}`);
  await t.rejects(log.read(stream), Unavailable);
  t.match(log.status().lastError, /./, 'the reason is kept for readiness');
  await server.restart();
  await eventually(() => log.status().state === 'ready');
  t.equal((await log.append(stream, 1, events(stream, 1))).version, 2);
  await log.close();
});

test('a closed log refuses, after what was under way', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  const under = Array.from({ length: 100 }, (_, i) => `${stream}.${i}`).map((stream) =>
    log.append(stream, 0, events(stream, 0)),
  );
  await log.close();
  t.equal((await Promise.all(under)).length, 100, 'every append under way was answered');
  await t.rejects(log.append(stream, 0, events(stream, 0)), Unavailable);
});

test('histories that were deleted or cut on the server are not read as if they were whole', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const [soft, hard] = [fresh(), fresh()];
  for (const stream of [soft, hard]) await log.append(stream, 0, events(stream, 0, 3));
  await server.deleteStream(`test:${soft}`);
  await server.deleteStream(`test:${hard}`, true);
  t.ok(
    (await log.append(soft, 0, events(soft, 0)).catch((e: unknown) => e)) instanceof OutcomeUnknown,
    'revisions went on from the old number',
  );
  await t.rejects(log.read(soft), /were deleted on the server/);
  await t.rejects(log.read(hard), Unavailable);
  await t.rejects(log.append(hard, 3, events(hard, 3)), /deleted for good/);
  t.match(log.status().lastError, /deleted for good on the server/);
  await log.close();
});
