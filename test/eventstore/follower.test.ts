/** The follower: no gap, no event twice, and no other log taken for this one. */
import { test } from 'tap';
import { OtherLog, OutcomeUnknown, Unavailable } from '../../src/log/event-log.js';
import { events, fresh } from '../log/conformance.js';
import { eventually, following, open, standIn, streamOf } from './harness.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

test('it goes on after every kind of drop, without a gap and without an event twice', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  const f = following(log);
  let version = 0;
  const add = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++)
      version = (await log.append(stream, version, events(stream, version))).version;
  };
  await add(5);
  const drops: [string, () => Promise<void>][] = [
    ['politely', () => server.dropSubscriptions('politely')],
    ['with a status', () => server.dropSubscriptions('with a status')],
    ['every connection reset', () => server.resetConnections()],
    ['killed and started again', async () => (await server.kill(), await server.restart())],
    [
      'subscriptions refused',
      async () => (
        await server.strike({ kind: 'read-refused', match: '$all', times: 5 }),
        await server.dropSubscriptions('with a status')
      ),
    ],
  ];
  for (const [what, drop] of drops) {
    for (let i = 0; i < 3; i++) {
      await drop();
      await add(4);
    }
    await f.until((seen) => streamOf(seen, stream).length >= version);
    t.same(streamOf(f.seen, stream), upTo(version), what);
  }
  t.ok(
    f.seen.every((e, i) => i === 0 || e.position > f.seen[i - 1]!.position),
    'in order',
  );
  f.stop();
  await f.done;
  await eventually(async () => (await server.openSubscriptions()) === 1);
  t.equal(
    await server.openSubscriptions(),
    1,
    'only the guard of the other connection is left open on the server',
  );
  await log.close();
  await eventually(async () => (await server.openSubscriptions()) === 0);
});

test('others on the same server are passed over; they count for how far it has seen', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  await server.writeForeign('order-1', { text: 'theirs' }, 50);
  await server.writeForeign('other-namespace:pool-x', {}, 50);
  await log.append(stream, 0, events(stream, 0, 2));
  const own = await log.head();
  await server.writeForeign('order-2', {}, 700);
  t.equal(await log.head(), own, 'the newest event is ours, however much stands behind it');
  const f = following(log);
  await f.until((seen) => streamOf(seen, stream).length === 2);
  await eventually(() => log.status().lag === 0);
  t.ok(
    f.seen.every((e) => e.stream === stream || e.stream === 'log-identity'),
    'nothing of theirs was handed on',
  );
  await log.append(stream, 2, events(stream, 2));
  await f.until((seen) => streamOf(seen, stream).length === 3);
  f.stop();
  await f.done;
  await log.close();
});

test('two logs on one server never see each other', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const { openEventStoreLog } = await import('../../src/log/eventstore/eventstore-log.js');
  const other = await openEventStoreLog(await server.url({ namespace: 'second' }), {
    clock: 'simulated',
    create: true,
  });
  t.not(other.identity.logId, log.identity.logId);
  const stream = fresh();
  await Promise.all([log.append(stream, 0, events(stream, 0)), other.append(stream, 0, events(stream, 0))]);
  t.equal((await log.read(stream)).length, 1);
  t.not((await log.read(stream))[0]!.id, (await other.read(stream))[0]!.id);
  await Promise.all([log.close(), other.close()]);
});

for (const version of ['23.10', '24.10'] as const) {
  test(`a cursor beyond the end is refused, never waited for (${version})`, async (t) => {
    const server = await standIn(t, { version });
    const log = await open(t, server);
    const stream = fresh();
    await log.append(stream, 0, events(stream, 0));
    const [e] = await log.read(stream);
    await t.rejects(following(log, { position: e!.position + 5_000, id: e!.id }).done, OtherLog);
    t.equal(log.status().state, 'refused');
    await t.rejects(
      log.append(stream, 1, events(stream, 1)),
      { name: 'Unavailable', message: /view file/ },
      'nothing more is written to a log that may be another',
    );
    await log.close();
  });

  test(`an older copy of the log is refused with an instruction (${version})`, async (t) => {
    const server = await standIn(t, { version });
    const log = await open(t, server);
    const stream = fresh();
    await log.append(stream, 0, events(stream, 0, 10));
    const f = following(log);
    await f.until((seen) => streamOf(seen, stream).length === 10);
    await server.restoreOlder(4);
    const error = await f.done.catch((e: unknown) => e);
    t.ok(error instanceof OtherLog, `${error}`);
    t.match((error as Error).message, /older copy of this one[\s\S]*LOG_URL[\s\S]*view file/);
    t.equal(f.seen.filter((e) => e.stream === stream).length, 10);
    await log.close();
  });

  test(`an older copy that has grown past the cursor again is refused too (${version})`, async (t) => {
    const server = await standIn(t, { version });
    const log = await open(t, server);
    const stream = fresh();
    await log.append(stream, 0, events(stream, 0, 10));
    const [last] = (await log.read(stream)).slice(-1);
    await log.close();
    await server.restoreOlder(4);
    await server.writeForeign('order-1', { text: 'x'.repeat(500) }, 20);
    const again = await open(t, server);
    await t.rejects(following(again, { position: last!.position, id: last!.id }).done, OtherLog);
    await again.close();
  });
}

test('an event at or below the cursor is never taken for a redelivery', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 3));
  const [first] = await log.read(stream);
  await server.strike({ kind: 'subscription-from-start', match: '$all' });
  const f = following(log, { position: first!.position, id: first!.id });
  await t.rejects(f.done, OtherLog);
  t.same(f.seen, [], 'nothing of it was handed on');
  await log.close();
});

test('another log behind the same address is refused, by readers and by writers', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0));
  const f = following(log);
  await f.until((seen) => seen.length >= 2);
  await server.replaceLog();
  const other = await open(t, server);
  t.not(other.identity.logId, log.identity.logId);
  const error = await f.done.catch((e: unknown) => e);
  t.ok(error instanceof OtherLog);
  t.match((error as Error).message, /does not hold the log/);
  const before = (await server.records()).length;
  const t1 = fresh();
  await t.rejects(log.append(t1, 0, events(t1, 0)), Unavailable, 'not even a stream that is new in both');
  await t.rejects(log.read(stream), Unavailable);
  t.equal((await server.records()).length, before, 'nothing was written to it');
  t.equal(log.status().state, 'refused');
  await Promise.all([log.close(), other.close()]);
});

test('a writer alone notices, too: nobody followed, and the server changed while nothing was under way', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0));
  await server.replaceLog();
  await (await open(t, server)).close();
  const before = (await server.records()).length;
  const t1 = fresh();
  const error = await log.append(t1, 0, events(t1, 0)).catch((e: unknown) => e);
  t.ok(error instanceof Error, `${error}`);
  t.equal((await server.records()).length, before, 'nothing was written to it');
  await log.close();
});

test('a writer writes nothing to an older copy, though that would take it: what is known to stand in the log is asked for first', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 6));
  await server.setAside((await server.length()) - 2);
  const before = (await server.records()).length;
  // At the very version that the older copy has.
  const error = await log.append(stream, 4, events(stream, 4)).catch((e: unknown) => e);
  t.ok(error instanceof Unavailable || error instanceof OutcomeUnknown, `${error}`);
  t.equal((await server.records()).length, before);
  t.equal(log.status().state, 'refused');
  t.match(log.status().lastError ?? '', /older copy of this one\. Point LOG_URL/);
  await log.close();
});

test('a node that lacks the newest for a while, as a leader cut off does, is asked again and not refused', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server, { timings: { stuckAfter: 600_000 } });
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 6));
  await server.setAside((await server.length()) - 2);
  const waiting = log.append(stream, 6, events(stream, 6));
  await eventually(() => /cut off from the others/.test(log.status().lastError ?? ''));
  await server.bringBack();
  t.equal((await waiting).version, 7);
  await log.close();
});

test('a known identity needs no contact at the start, and is held against what answers', async (t) => {
  const server = await standIn(t);
  const first = await open(t, server);
  const { identity } = first;
  await first.close();
  await server.kill();
  const log = await open(t, server, { identity, timings: { readBudget: 300 } });
  t.equal(log.status().state, 'starting');
  await t.rejects(log.read('pool-x'), Unavailable);
  await server.restart();
  await eventually(() => log.status().state === 'ready');
  const wrong = await open(t, server, {
    identity: { ...identity, logId: '00000000-0000-4000-8000-000000000000' },
  });
  await t.rejects(wrong.reached(5_000), OtherLog);
  await Promise.all([log.close(), wrong.close()]);
});

test('where there is no log it says what to do; a demo and a real log never mix', async (t) => {
  const server = await standIn(t);
  await t.rejects(open(t, server, { create: false }), /total-place log prepare/);
  await (await open(t, server)).close();
  await t.rejects(open(t, server, { clock: 'machine' }), /a demo's/);
});

test('a node that is cut off and silent is noticed, and left', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  const f = following(log);
  await f.until((seen) => seen.length >= 1);
  await server.strike({ kind: 'subscription-silent', match: '$all' });
  await server.dropSubscriptions('politely');
  await eventually(async () => (await server.counts())['subscription-silent']?.struck === 1);
  await log.append(stream, 0, events(stream, 0, 3));
  await f.until((seen) => streamOf(seen, stream).length === 3);
  t.same(streamOf(f.seen, stream), [1, 2, 3], 'the watchdog brought it to another connection');
  f.stop();
  await f.done;
  await log.close();
});

test('lag tells of a handler that does not keep up, and the watchdog does not blame the server for it', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 3));
  const abort = new AbortController();
  let release = (): void => {};
  let held = Promise.resolve();
  let batches = 0;
  const done = log.follow(
    0,
    async () => {
      batches++;
      await held;
    },
    abort.signal,
  );
  t.equal(log.status().lag, undefined, 'before it was level for the first time it is not known');
  await eventually(() => log.status().lag === 0);
  held = new Promise<void>((resolve) => (release = resolve));
  const level = batches;
  await log.append(stream, 3, events(stream, 3));
  await eventually(() => batches > level);
  await log.append(stream, 4, events(stream, 4));
  const subscriptions = (await server.calls()).subscribe;
  await eventually(() => (log.status().lag ?? 0) > 1_500);
  t.equal((await server.calls()).subscribe, subscriptions, 'it kept its subscription');
  release();
  await eventually(() => log.status().lag === 0);
  abort.abort();
  await done;
  await log.close();
});
