/**
 * Three nodes: the leader is killed, frozen with its sockets open, or cut off. Appends and the follower go on
 * without a restart of ours.
 */
import { test } from 'tap';
import type { EventLog } from '../../src/log/event-log.js';
import { events, fresh } from '../log/conformance.js';
import { eventually, following, open, standIn, streamOf, type Following } from './harness.js';
import type { StandIn } from './stand-in/index.js';

const strikes: Record<string, (s: StandIn) => Promise<void>> = {
  killed: (s) => s.kill(),
  frozen: (s) => s.freeze(),
  'cut off': (s) => s.cutOff(),
};

/** Four writers until a condition holds; gives what was acknowledged. */
async function writing(
  log: EventLog,
  while_: () => boolean,
): Promise<{ stream: string; version: number; at: number }[]> {
  const acks: { stream: string; version: number; at: number }[] = [];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const stream = fresh();
      for (let version = 0; while_();) {
        version = (await log.append(stream, version, events(stream, version))).version;
        acks.push({ stream, version, at: performance.now() });
      }
    }),
  );
  return acks;
}

for (const [how, strike] of Object.entries(strikes)) {
  for (const discover of [false, true]) {
    test(`the leader is ${how}${discover ? ', nodes found by discovery' : ''}; gossip goes on naming it for a while`, async (t) => {
      const server = await standIn(t, { nodes: 3, electionMs: 300, staleGossipMs: 600 });
      const { openEventStoreLog } = await import('../../src/log/eventstore/eventstore-log.js');
      const { quick, namespace } = await import('./harness.js');
      const log = await openEventStoreLog(await server.url({ namespace, discover }), {
        clock: 'simulated',
        create: true,
        timings: quick,
      });
      t.teardown(() => log.close());
      const f: Following = following(log);
      let going = true;
      const acked = writing(log, () => going);
      await f.until((seen) => seen.length > 20);
      for (const round of [1, 2]) {
        const was = (await server.leader())!;
        const before = f.seen.length;
        await strike(server);
        await eventually(async () => ((await server.leader()) ?? was) !== was);
        const led = performance.now();
        await f.until((seen) => seen.length > before + 40);
        t.comment(
          `round ${round}: ${Math.round(performance.now() - led)} ms from the new leader to 40 events seen`,
        );
        await eventually(() => log.status().leader !== undefined);
        if (how === 'killed') await server.restart(was);
        else await server.heal(was);
        await f.until((seen) => seen.length > before + 80);
      }
      if (how !== 'killed')
        t.equal(
          (await server.counts())['ended itself']?.struck,
          4,
          'each healed leader ended twice, under the writers',
        );
      going = false;
      const acks = await acked;
      await f.until((seen) => seen.length >= acks.length + 1);
      for (const stream of new Set(acks.map((a) => a.stream))) {
        const versions = Array.from(
          { length: acks.filter((a) => a.stream === stream).length },
          (_, i) => i + 1,
        );
        t.same(streamOf(f.seen, stream), versions, 'every acknowledged event, once, in order');
        t.same(
          (await log.read(stream)).map((e) => e.version),
          versions,
        );
      }
      f.stop();
      await f.done;
      await log.close();
    });
  }
}

test('a follower node that is named alone leads to the leader', async (t) => {
  const server = await standIn(t, { nodes: 3 });
  const { openEventStoreLog } = await import('../../src/log/eventstore/eventstore-log.js');
  const second = /,(127\.0\.0\.1:\d+),/.exec(await server.url())![1]!;
  const log = await openEventStoreLog(`esdb://${second}?tls=false&namespace=test`, {
    clock: 'simulated',
    create: true,
  });
  const stream = fresh();
  t.equal((await log.append(stream, 0, events(stream, 0))).version, 1);
  t.not(log.status().leader, second);
  await log.close();
});

test('a follower cut off from the others, alive and silent, is left by the watchdog', async (t) => {
  const server = await standIn(t, { nodes: 3 });
  const log = await open(t, server);
  const f = following(log);
  await f.until((seen) => seen.length >= 1);
  // The subscription stays on the old leader when another one leads; then that one loses its peers.
  const was = (await server.leader())!;
  await server.cutOff(was, 300, 60_000);
  await eventually(async () => (await server.leader()) !== undefined);
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 3));
  await f.until((seen) => streamOf(seen, stream).length === 3);
  t.pass('seen on another node');
  f.stop();
  await f.done;
  await log.close();
});
