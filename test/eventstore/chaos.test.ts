/**
 * Eight writers and a follower on the adapter, while faults strike and nodes die: every acknowledged append
 * is in the log once, the follower has everything in order. (Whole nodes over HTTP have their own chaos
 * test.)
 */
import { test } from 'tap';
import { Conflict, OutcomeUnknown, Unavailable } from '../../src/log/event-log.js';
import { events, fresh } from '../log/conformance.js';
import { following, open, standIn } from './harness.js';
import type { FaultKind, StandIn } from './stand-in/index.js';

const calls: FaultKind[] = [
  'append-refused',
  'append-reply-lost',
  'append-never-answered',
  'append-swallowed',
  'append-delayed',
  'append-commit-timeout',
  'append-not-ready',
  'not-leader',
  'no-leader',
  'read-refused',
  'read-silent',
];
const nodes: Record<string, (s: StandIn) => Promise<void>> = {
  'killed and started again': async (s) => (await s.kill(), await s.restart()),
  'stopped and started again': async (s) => (await s.shutDown(), await s.restart()),
  'frozen for a while': async (s) => (
    await s.freeze(),
    await new Promise((r) => setTimeout(r, 700)),
    await s.thaw()
  ),
  'connections reset': (s) => s.resetConnections(),
  'dropped politely': (s) => s.dropSubscriptions('politely'),
  'dropped with a status': (s) => s.dropSubscriptions('with a status'),
};
/** Mulberry32: the same strikes for the same seed. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

for (const [seed, count] of [
  [1, 1],
  [2, 3],
] as const) {
  test(`chaos, seed ${seed}, ${count} ${count === 1 ? 'node' : 'nodes'}`, { timeout: 240_000 }, async (t) => {
    const server = await standIn(t, { nodes: count, electionMs: 200, staleGossipMs: 200 });
    const log = await open(t, server);
    const f = following(log);
    const dice = random(seed);
    const acks: { stream: string; version: number; position: number }[] = [];
    let striking = true;
    const outcomes = { conflicts: 0, unknown: 0, unavailable: 0 };
    const writers = Array.from({ length: 8 }, async () => {
      const stream = fresh();
      for (let version = 0; striking;) {
        try {
          const done = await log.append(stream, version, events(stream, version, 1 + (acks.length % 3)));
          version = done.version;
          acks.push({ stream, ...done });
        } catch (error) {
          if (error instanceof Conflict) outcomes.conflicts++;
          else if (error instanceof OutcomeUnknown) outcomes.unknown++;
          else if (error instanceof Unavailable) outcomes.unavailable++;
          else throw error;
          // As the executor does: look, then decide again.
          version = await log.read(stream).then(
            (all) => all.length,
            () => version,
          );
        }
      }
    });
    const strikes = [...Array.from({ length: 2 }, () => [...calls, ...Object.keys(nodes)]).flat()].sort(
      () => dice() - 0.5,
    );
    for (const strike of strikes) {
      const before = acks.length;
      if (strike in nodes) await nodes[strike]!(server);
      else await server.strike({ kind: strike as FaultKind, times: 1 + Math.floor(dice() * 3), ms: 300 });
      while (acks.length < before + 10) await new Promise((r) => setTimeout(r, 5));
    }
    await server.clearFaults();
    striking = false;
    await Promise.all(writers);
    const last = Math.max(...acks.map((a) => a.position));
    await f.until((seen) => (seen.at(-1)?.position ?? 0) >= last);
    const stored = new Map(
      (await server.records())
        .filter((r) => r.stream.startsWith('test:'))
        .map((r) => [`${r.stream.slice(5)} ${r.revision + 1}`, r]),
    );
    t.ok(acks.length >= 300, `${acks.length} acknowledged, ${JSON.stringify(outcomes)}`);
    t.ok(
      acks.every((a) => stored.get(`${a.stream} ${a.version}`)?.position === a.position),
      'each stands where its answer said',
    );
    const ids = [...stored.values()].map((r) => r.id);
    t.equal(new Set(ids).size, ids.length, 'no event twice');
    t.same(
      f.seen.map((e) => e.id),
      (await server.records()).filter((r) => r.stream.startsWith('test:')).map((r) => r.id),
      'the follower has all of them, in order, once',
    );
    const counts = await server.counts();
    for (const kind of calls)
      t.ok(
        (counts[kind]?.struck ?? 0) >= 1,
        `${kind} struck ${counts[kind]?.struck} times, ${counts[kind]?.underWay} with appends under way`,
      );
    f.stop();
    await f.done;
    await log.close();
  });
}
