/** What a command reads on a log that others write to: what came since, in one question. */
import { test } from 'tap';
import type { EventLog } from '../../src/log/event-log.js';
import { give, seatHolder, must, pledge, secretariat, world } from '../commands/world.js';
import type { NodeService } from '../../src/runtime/node/node.js';
import { nodeOn, sharedLogs } from './nodes.js';

/** What is asked of a log from now on; `taken` gives it and begins anew. */
function asked(log: EventLog): { taken(): string[]; stop(): void } {
  let calls: string[] = [];
  const { read, since } = log;
  log.read = (stream, after) => (calls.push(stream), read.call(log, stream, after));
  log.since = (position, max) => (calls.push('since'), since.call(log, position, max));
  return {
    taken() {
      const before = calls;
      calls = [];
      return before;
    },
    stop: () => void Object.assign(log, { read, since }),
  };
}

async function level(log: EventLog, ...nodes: NodeService[]): Promise<void> {
  for (const node of nodes) while (!(await node.waitForPosition(await log.head())));
}

for (const [name, open] of sharedLogs)
  test(`what a lone command reads on ${name}`, { timeout: 120_000 }, async (t) => {
    const log = await open(t);
    // Without reactors: what these read when they act is theirs.
    const [a, b] = [nodeOn(t, log, { holdReactors: true }), nodeOn(t, log, { holdReactors: true })];
    await Promise.all([a.built(), b.built()]);
    await world(log, a.executor);
    const trust = seatHolder('pct');
    // Both have every record warm that the commands below look at.
    await must(a.executor, trust, 'pool', 'treatment', 'Pledge', pledge('a'));
    await must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge('b'));
    t.match(
      await give(b.executor, trust, 'pool', 'treatment', 'WithdrawPledge', {
        pledgeId: 'p-none',
        reason: 'no',
      }),
      { kind: 'refused' },
    );
    await level(log, a, b);
    const calls = asked(log);

    await must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge('c'));
    t.same(calls.taken(), ['since'], 'a command that is accepted');
    await level(log, a, b);
    calls.taken();
    t.match(
      await give(b.executor, trust, 'pool', 'treatment', 'WithdrawPledge', {
        pledgeId: 'p-none',
        reason: 'no',
      }),
      { kind: 'refused' },
    );
    t.same(calls.taken(), ['since'], 'one that is refused');
    await level(log, a, b);
    calls.taken();
    await must(b.executor, trust, 'pool', 'treatment', 'WithdrawPledge', {
      pledgeId: 'p-c',
      reason: 'not after all',
    });
    await level(log, a, b);
    calls.taken();
    t.match(
      await must(b.executor, trust, 'pool', 'treatment', 'WithdrawPledge', {
        pledgeId: 'p-c',
        reason: 'not after all',
      }),
      { events: [] },
    );
    t.same(calls.taken(), ['since'], 'one that finds nothing to do');
    await b.executor.load('pool', 'treatment');
    t.same(calls.taken(), ['since'], 'a record that is looked at');

    // Another node wrote to one of the records: that one is read too, and no other.
    await must(a.executor, secretariat, 'collaborative', 'durham', 'OfferSeat', {
      seatId: 'new',
      agencyId: 'pct',
      account: 'seat-holder.new',
      kind: 'observer',
    });
    await level(log, a, b);
    calls.taken();
    await must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge('d'));
    t.same(
      calls.taken().sort(),
      ['collaborative-durham', 'since'],
      'that one is read, and the others are known by the one question',
    );
    calls.stop();
    await Promise.all([a.close(), b.close()]);
  });
