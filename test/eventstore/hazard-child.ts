/**
 * One hazard a process (its name is the argument): what would end the process must not. It prints "survived"
 * when it is through.
 */
import assert from 'node:assert/strict';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { Conflict, OutcomeUnknown, Unavailable, type EventLog } from '../../src/log/event-log.js';
import { events, fresh } from '../log/conformance.js';
import { eventually, following, patient, quick } from './harness.js';
import { StandIn } from './stand-in/index.js';

/**
 * Opened with patience, however slow the machine: what a hazard gives up early is what it asks of the log
 * then.
 */
async function open(server: StandIn, timings: Partial<typeof quick> = {}) {
  const url = await server.url({ namespace: 'test' });
  const first = await openEventStoreLog(url, { clock: 'simulated', create: true, timings: patient });
  if (Object.keys(timings).length === 0) return first;
  await first.close();
  return openEventStoreLog(url, {
    clock: 'simulated',
    identity: first.identity,
    timings: { ...quick, ...timings },
  });
}
const impatient = { appendBudget: 1_500, readBudget: 1_500, settleBudget: 500 };
const known = (e: unknown): boolean =>
  e instanceof Unavailable || e instanceof OutcomeUnknown || e instanceof Conflict;
/** Many appends at once; every one is answered, by a result or by one of the port's errors. */
async function burst(log: EventLog, count: number, size = 10): Promise<{ written: number; refused: number }> {
  const all = await Promise.allSettled(
    Array.from({ length: count }, () => {
      const stream = fresh();
      return log.append(stream, 0, events(stream, 0, 1, 'x'.repeat(size)));
    }),
  );
  for (const settled of all)
    assert.ok(
      settled.status === 'fulfilled' || known(settled.reason),
      `unexpected: ${settled.status === 'rejected' && settled.reason}`,
    );
  const written = all.filter((r) => r.status === 'fulfilled').length;
  return { written, refused: count - written };
}

const hazards: Record<string, () => Promise<void>> = {
  async 'two clients, one connection breaks'() {
    const [a, b] = [await StandIn.start(), await StandIn.start()];
    const [onA, onB] = [await open(a, impatient), await open(b)];
    for (let i = 0; i < 3; i++) {
      const both = Promise.all([burst(onA, 60), burst(onB, 60)]);
      await a.resetConnections();
      await a.kill();
      const [, other] = await both;
      assert.equal(other.refused, 0, 'the other client does not notice');
      await a.restart();
    }
    await Promise.all([onA.close(), onB.close(), a.close(), b.close()]);
  },
  async 'the connection dies under back-pressure'() {
    const server = await StandIn.start();
    const log = await open(server, impatient);
    for (let i = 0; i < 3; i++) {
      await server.freeze();
      const all = burst(log, 200, 59_000);
      await new Promise((r) => setTimeout(r, 100));
      await server.kill();
      await all;
      await server.restart();
    }
    const unhurried = await open(server);
    assert.equal((await burst(unhurried, 200, 59_000)).refused, 0, 'and then it goes on');
    await Promise.all([log.close(), unhurried.close()]);
    await server.close();
  },
  async 'an orderly stop, heard as CANCELLED'() {
    const server = await StandIn.start();
    const log = await open(server);
    const f = following(log);
    for (let i = 0; i < 3; i++) {
      const all = burst(log, 100);
      await server.shutDown();
      await server.restart();
      assert.equal((await all).refused, 0);
    }
    await f.until((seen) => seen.length === 301);
    f.stop();
    await f.done;
    await log.close();
    await server.close();
  },
  async 'nothing is ever answered'() {
    const server = await StandIn.start();
    const log = await open(server, { ...impatient, readTimeout: 200 });
    await server.strike({ kind: 'append-never-answered', match: ':pool', times: 1_000 });
    await server.strike({ kind: 'read-silent', match: ':pool', times: 1_000 });
    const { refused } = await burst(log, 20);
    assert.equal(refused, 20);
    await Promise.all(Array.from({ length: 20 }, () => assert.rejects(log.read(fresh()), Unavailable)));
    await server.clearFaults();
    const unhurried = await open(server);
    assert.equal((await burst(unhurried, 20)).refused, 0);
    await Promise.all([log.close(), unhurried.close()]);
    await server.close();
  },
  async 'what cannot be serialised'() {
    const server = await StandIn.start();
    const log = await open(server);
    const stream = fresh();
    const [e] = events(stream, 0);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const body of [1n, circle, undefined, null, Symbol('x'), () => 1])
      await assert.rejects(async () => log.append(stream, 0, [{ ...e!, body: body as never }]), TypeError);
    // Texts that parse to what JSON would write differently, or that are no JSON: kept as they are.
    const texts = [
      '{"10":1,"9":2}',
      '{"a":9007199254740993}',
      '{"a":1e400}',
      'no json',
      '{"__proto__":{"x":1}}',
      '"text"',
      '{"a":-0}',
      '[]',
      '',
    ];
    await log.append(
      stream,
      0,
      texts.map((body, i) => ({ ...events(stream, i)[0]!, body })),
    );
    assert.deepEqual(
      (await log.read(stream)).map((x) => x.body),
      texts,
    );
    await log.close();
    await server.close();
  },
  async 'subscriptions that fail, from the first moment on'() {
    const server = await StandIn.start();
    const log = await open(server);
    await server.strike({ kind: 'read-refused', times: 30 });
    const several = Array.from({ length: 5 }, () => following(log));
    for (const how of ['with a status', 'politely', 'with a status'] as const) {
      await new Promise((r) => setTimeout(r, 100));
      await server.dropSubscriptions(how);
    }
    await server.clearFaults();
    for (const f of several) await f.until((seen) => seen.length >= 1);
    for (const f of several) f.stop();
    await Promise.all(several.map((f) => f.done));
    await log.close();
    await server.close();
  },
  async 'reads given up leave nothing open on the server'() {
    const server = await StandIn.start();
    const log = await open(server, { ...impatient, readTimeout: 150 });
    const unhurried = await open(server);
    const stream = fresh();
    await unhurried.append(stream, 0, events(stream, 0, 200, 'x'.repeat(2_000)));
    await server.strike({ kind: 'read-silent', match: stream, times: 20 });
    await Promise.allSettled(Array.from({ length: 8 }, () => log.read(stream)));
    await server.clearFaults();
    await Promise.all(Array.from({ length: 8 }, () => unhurried.read(stream)));
    await eventually(async () => (await server.openReads()) === 0);
    await Promise.all([log.close(), unhurried.close()]);
    await server.close();
  },
  async 'no node is found'() {
    for (const url of [
      'esdb://127.0.0.1:1?tls=false',
      'esdb://127.0.0.1:1,127.0.0.1:2?tls=false',
      'esdb+discover://127.0.0.1:1?tls=false',
      'esdb+discover://no.such.host.invalid?tls=false',
    ])
      await assert.rejects(
        openEventStoreLog(url, { clock: 'simulated', create: true, timings: { ...quick, readBudget: 800 } }),
        Unavailable,
      );
  },
  async 'discovery fails while calls are failing'() {
    const server = await StandIn.start({ nodes: 3, electionMs: 100 });
    const log = await open(server, impatient);
    const f = following(log);
    for (let round = 0; round < 2; round++) {
      const all = burst(log, 100);
      await Promise.all([0, 1, 2].map((i) => server.kill(i)));
      await all;
      for (const i of [0, 1, 2]) await server.restart(i);
      await eventually(() => log.status().state === 'ready');
    }
    const unhurried = await open(server);
    assert.equal((await burst(unhurried, 20)).refused, 0);
    f.stop();
    await f.done;
    await Promise.all([log.close(), unhurried.close()]);
    await server.close();
  },
  async 'hundreds of first appends on a fresh client'() {
    const server = await StandIn.start();
    const log = await open(server);
    assert.equal((await burst(log, 500)).refused, 0);
    await log.close();
    await server.close();
  },
  async 'a server that starts later'() {
    const first = await StandIn.start();
    const url = await first.url({ namespace: 'test' });
    await first.kill();
    const opening = openEventStoreLog(url, { clock: 'simulated', create: true, timings: patient });
    await new Promise((r) => setTimeout(r, 500));
    await first.strike({ kind: 'append-not-ready', times: 3 });
    await first.restart();
    const log = await opening;
    assert.equal((await burst(log, 5)).refused, 0);
    await log.close();
    await first.close();
  },
  async 'closed while everything is under way'() {
    const server = await StandIn.start();
    const log = await open(server, impatient);
    const f = following(log);
    const all = burst(log, 100);
    const reads = Promise.allSettled(Array.from({ length: 50 }, () => log.read('pool-x')));
    await server.freeze();
    await log.close();
    await Promise.all([all, reads, f.done]);
    await server.close();
  },
};

const [name = ''] = process.argv.slice(2);
const hazard = hazards[name];
if (!hazard) console.log(JSON.stringify(Object.keys(hazards)));
else {
  await hazard();
  // Whatever still comes late must find somebody who hears it.
  await new Promise((r) => setTimeout(r, 300));
  console.log('survived');
}
