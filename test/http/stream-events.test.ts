/**
 * A record with a very long past: whatever is answered from it is read a piece at a time, and everybody else
 * is served in between.
 */
import { test } from 'tap';
import { encode } from '../../src/log/codec.js';
import type { EventLog } from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { Slices } from '../../src/http/server/slices.js';
import { eventsAtOnce, streamEvents } from '../../src/http/query/stream-events.js';
import { events } from '../log/conformance.js';
import { openHarness } from './harness.js';

const lead = ['secretariat@place:suffolk', 'post.lead'] as const;
const owner = ['official@agency:department-for-work-and-pensions', 'post.official'] as const;
const auditor = ['auditor@programme:total-place', 'auditor'] as const;

test('a stream is given in order and whole, whatever its length; who stops reads no further', async (t) => {
  const log = new MemoryLog('simulated');
  const read: number[] = [];
  const counting = {
    read: async (...given: Parameters<EventLog['read']>) => {
      const found = await log.read(...given);
      read.push(found.length);
      return found;
    },
  };
  // Slices that are never over: the number of events alone ends a turn.
  const seen = { turns: 0, open: 0 };
  const slices = {
    turn: async () => (seen.turns++, seen.open++, { over: false, end: () => void seen.open-- }),
  };
  const deps = { service: { log: counting }, slices };
  for (const length of [0, 1, eventsAtOnce - 1, eventsAtOnce, eventsAtOnce + 1, 3 * eventsAtOnce]) {
    const stream = `pool-of-${length}`;
    if (length > 0) await log.append(stream, 0, events(stream, 0, length));
    Object.assign(seen, { turns: 0 });
    const versions: number[] = [];
    for await (const { version } of streamEvents(deps, stream)) versions.push(version);
    t.strictSame(
      versions,
      Array.from({ length }, (_, n) => n + 1),
      `${length} events`,
    );
    t.equal(seen.turns, Math.floor(length / eventsAtOnce) + 1, 'a turn for each piece');
  }
  read.length = 0;
  for await (const { version } of streamEvents(deps, `pool-of-${3 * eventsAtOnce}`))
    if (version === eventsAtOnce + 1) break;
  t.strictSame(read, [eventsAtOnce, eventsAtOnce]);
  t.equal(seen.open, 0, 'every slice is given back');
});

test('what is answered from a long past is read in bounded turns', { timeout: 120_000 }, async (t) => {
  let inTurn = 0;
  const slices = new Slices({ later: (callback) => setImmediate(() => ((inTurn = 0), callback())) });
  const harness = await openHarness(t, { slices });
  const terms = {
    accountable: { official: 'Deputy director' },
    measure: 'One form',
    evidenceExpected: 'The circular',
    dueOn: '2009-12-18',
    verifierAgencyId: 'suffolk-county-council',
  };
  await harness.command(...lead, '/v1/commitments', {
    ...{
      id: 'long',
      placeId: 'suffolk',
      title: 'Form',
      change: 'One form',
      ownerAgencyId: 'department-for-work-and-pensions',
      level: 'whitehall',
      ...terms,
    },
  });
  await harness.command(...lead, '/v1/commitments/long/offer', {});
  const stream = 'commitment-long';
  const { log } = harness.service;
  const before = (await log.read(stream)).length;
  const added = Array.from({ length: 5 * eventsAtOnce }, (_, n) => ({
    type: 'CommitmentMilestoneAdded',
    data: { milestoneId: `m-${n}`, title: `Step ${n}`, dueOn: '2009-12-01' },
  }));
  const actor = { account: 'post.lead', role: 'secretariat' as const, place: 'suffolk' };
  const written = {
    recordedAt: harness.service.clock.now(),
    actor,
    commandId: 'long',
    fingerprint: 'sha256:long',
    correlation: 'long',
  };
  const { position } = await log.append(stream, before, encode(stream, before, added, written));
  t.ok(await harness.service.waitForPosition(position));
  const length = before + added.length;

  const read = log.read.bind(log);
  const seen = { whole: 0, most: 0 };
  log.read = async (of, after, max) => {
    const found = await read(of, after, max);
    if (of !== stream) return found;
    seen.whole += found.length;
    seen.most = Math.max(seen.most, (inTurn += found.length));
    return found;
  };
  for (const [reader, url, wanted] of [
    [owner, `/v1/commitments/long?asAt=${written.recordedAt}`, length],
    // Before its beginning, at its end, and what came between.
    [
      auditor,
      `/v1/compare?record=${stream}&from=2009-08-01&to=${written.recordedAt}`,
      eventsAtOnce + 2 * length,
    ],
    [owner, '/v1/events', length],
  ] as const) {
    Object.assign(seen, { whole: 0, most: 0 });
    inTurn = 0;
    const { status, raw } = await harness.inject(reader[0], reader[1], 'GET', url);
    t.equal(status, 200, `${url}: ${raw.slice(0, 200)}`);
    t.equal(seen.whole, wanted, `${url}: events read`);
    t.ok(seen.most <= eventsAtOnce, `${url}: ${seen.most} events of it in a turn`);
  }
  t.strictSame(harness.errors, []);
});
