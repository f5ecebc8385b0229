/**
 * What came since a position, on a server that others use too and of which a node may know less than we do.
 */
import { test } from 'tap';
import { events, fresh } from '../log/conformance.js';
import { eventually, following, open, standIn, streamOf } from './harness.js';

test('others on the same server are passed over, and what is known of them is not read again', async (t) => {
  const server = await standIn(t);
  const log = await open(t, server);
  const stream = fresh();
  const { position } = await log.append(stream, 0, events(stream, 0, 2));
  await server.writeForeign('order-1', { text: 'theirs' }, 10);
  t.same(await log.since(position, 50), { events: [], all: true });
  await log.append(stream, 2, events(stream, 2, 3));
  await server.writeForeign('order-1', { text: 'theirs' }, 60);
  const told = await log.since(position, 50);
  t.same(
    told.events.map((e) => [e.stream, e.version]),
    [3, 4, 5].map((version) => [stream, version]),
  );
  t.notOk(told.all, 'there were more than it may read');
  const f = following(log);
  await f.until((seen) => streamOf(seen, stream).length === 5);
  await eventually(() => log.status().lag === 0);
  const newest = await log.head();
  // The follower asks now and then where the log ends, which is counted too: not at each of the tries.
  const readsAt: number[] = [];
  for (let tries = 0; tries < 20 && readsAt.at(-1) !== 1; tries++) {
    const { read: before = 0 } = await server.calls();
    t.same(
      await log.since(newest, 50),
      { events: [], all: true },
      'the follower has seen what stands behind it',
    );
    const { read: after = 0 } = await server.calls();
    readsAt.push(after - before);
  }
  t.equal(readsAt.at(-1), 1, 'one call');
  f.stop();
  await f.done;
});

test('a leader that is cut off does not say that nothing came: it lacks what the position names', async (t) => {
  const server = await standIn(t, { nodes: 3 });
  const log = await open(t, server);
  const stream = fresh();
  const { position } = await log.append(stream, 0, events(stream, 0));
  // It answers reads, with what it has, for a minute; the others go on.
  await server.cutOff(0, 300, 60_000);
  await eventually(async () => (await server.leader()) !== undefined);
  t.same(
    await log.since(position, 10),
    { events: [], all: true },
    'up to where it was cut off nobody can tell',
  );
  const other = await open(t, server, { identity: log.identity });
  const later = await other.append(stream, 1, events(stream, 1));
  t.same(await log.since(later.position, 10), { events: [], all: false });
});
