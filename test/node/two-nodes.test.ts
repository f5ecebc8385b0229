/** Two equal nodes on one log: what one has acknowledged, the other decides on; nothing happens twice. */
import { randomUUID } from 'node:crypto';
import { test, type Test } from 'tap';
import { decode } from '../../src/log/codec.js';
import type { EventLog } from '../../src/log/event-log.js';
import { give, seatHolder, must, pledge, secretariat, world } from '../commands/world.js';
import { differences, level, nodeOn, sharedLogs } from './nodes.js';
import { everyCase } from '../holds.js';

async function pair(t: Test, open: (t: Test) => Promise<EventLog>) {
  const log = await open(t);
  const [a, b] = [nodeOn(t, log), nodeOn(t, log)];
  await Promise.all([a.built(), b.built()]);
  await world(log, a.executor);
  await level(a, b);
  const refusals = async (account: string): Promise<string[]> =>
    (await log.read(`refusal-${account}.20090701`)).map((e) => (decode(e).data as { code: string }).code);
  const end = async (): Promise<void> => {
    await level(a, b);
    for (const node of [a, b]) t.same(await differences(node, log), []);
    t.same([...a.errors, ...b.errors], []);
    await Promise.all([a.close(), b.close()]);
  };
  return { log, a, b, refusals, end };
}

for (const [name, open] of sharedLogs)
  test(`two nodes on ${name}`, { timeout: 240_000 }, async (t) => {
    t.test(
      'a seat vacated through one node is seen by the very next command through the other',
      async (t) => {
        const { a, b, refusals, end } = await pair(t, open);
        const trust = seatHolder('pct');
        // Node b has the collaborative and the pool warm.
        await must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge('before'));
        await must(a.executor, secretariat, 'collaborative', 'durham', 'VacateSeat', {
          seatId: 'pct',
          reason: 'left the post',
        });
        const after = await give(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge('after'));
        t.match(after, { kind: 'refused' }, 'the seat is held no more');
        t.equal((await refusals(trust.account!)).length, 1);
        await end();
      },
    );

    t.test(
      'an offer through one node is accepted through the other, and no refusal is recorded',
      async (t) => {
        const { log, a, b, refusals, end } = await pair(t, open);
        for (let round = 0; round < 20; round++) {
          const [giver, taker] = round % 2 ? [a, b] : [b, a];
          const seatId = `seat-${round}`;
          // The taker has this lane warm, at a version before the offer.
          await taker.executor.load('collaborative', 'durham');
          await must(giver.executor, secretariat, 'collaborative', 'durham', 'OfferSeat', {
            seatId,
            agencyId: 'pct',
            account: `seat-holder.${round}`,
            kind: 'observer',
          });
          const accepted = await give(
            taker.executor,
            { as: 'seat-holder@place:durham+agency:pct', account: `seat-holder.${round}` },
            'collaborative',
            'durham',
            'AcceptSeat',
            { seatId },
          );
          t.equal(accepted.kind, 'done', JSON.stringify(accepted));
          t.same(await refusals(`seat-holder.${round}`), []);
        }
        t.equal((await log.read('collaborative-durham')).filter((e) => e.type === 'SeatAccepted').length, 23);
        await end();
      },
    );

    t.test(
      'a refusal and a no-op are answered on what stands in the log now, not on what was warm',
      async (t) => {
        const { a, b, refusals, end } = await pair(t, open);
        const trust = seatHolder('pct');
        await must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge('x'));
        const { version } = await must(a.executor, trust, 'pool', 'treatment', 'Pledge', pledge('z'));
        // b's warm lane is at the version before: the reader of a's answer must not be told that he is stale,
        // or that there is no p-z.
        const changed = await give(
          b.executor,
          trust,
          'pool',
          'treatment',
          'ChangePledge',
          { pledgeId: 'p-z', pledgedPence: 500, reason: 'more' },
          { expectedVersion: version },
        );
        t.match(changed, { kind: 'done', version: version + 1 });
        await must(a.executor, trust, 'pool', 'treatment', 'WithdrawPledge', {
          pledgeId: 'p-x',
          reason: 'not after all',
        });
        const twice = await must(b.executor, trust, 'pool', 'treatment', 'WithdrawPledge', {
          pledgeId: 'p-x',
          reason: 'not after all',
        });
        t.match(twice, { events: [], version: version + 2 });
        t.ok(twice.position > 0, 'a no-op names the position it was decided at');
        t.same(await refusals(trust.account!), []);
        t.match(
          await give(b.executor, trust, 'pool', 'treatment', 'WithdrawPledge', {
            pledgeId: 'p-none',
            reason: 'no',
          }),
          { kind: 'refused' },
        );
        t.equal((await refusals(trust.account!)).length, 1, 'a true refusal is recorded once');
        await end();
      },
    );

    t.test(
      '64 callers through two nodes on one pool: one key sent to both is one event and one answer',
      async (t) => {
        const { log, a, b, end } = await pair(t, open);
        const keys = Array.from({ length: 200 }, () => randomUUID());
        const outcomes = await Promise.all(
          keys.map(async (commandId, i) =>
            Promise.all(
              [a, b].map((node) =>
                must(node.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(i), {
                  commandId,
                }),
              ),
            ),
          ),
        );
        everyCase(t, 'both nodes answer one version, one of them as a replay', (look) => {
          for (const [i, [x, y]] of outcomes.entries())
            look(`key ${i}`, [x!.version === y!.version, x!.replayed !== y!.replayed], [true, true]);
        });
        const stream = (await log.read('pool-treatment')).map(decode);
        t.equal(stream.length, 201);
        t.same(new Set(stream.slice(1).map((e) => e.commandId)), new Set(keys));
        await end();
      },
    );

    t.test(
      'many commands that wait for the same other stream share its reading, and their append',
      async (t) => {
        const { log, a, b, end } = await pair(t, open);
        const trust = seatHolder('pct');
        await must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge('warm'));
        const reads: string[] = [];
        const appends: number[] = [];
        const { read, append } = log;
        log.read = (stream, after) => (reads.push(stream), read.call(log, stream, after));
        log.append = (stream, expected, events) => (
          appends.push(events.length),
          append.call(log, stream, expected, events)
        );
        await Promise.all(
          Array.from({ length: 64 }, (_, i) =>
            must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge(`m-${i}`)),
          ),
        );
        t.ok(reads.length < 16, `${reads.length} readings for 64 commands`);
        t.equal(Math.max(...appends), 64, `appended as ${appends.join(', ')}`);
        log.read = read;
        log.append = append;
        t.ok(a.position() > 0);
        await end();
      },
    );
  });
