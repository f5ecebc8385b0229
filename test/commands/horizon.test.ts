/**
 * States that are known to be fresh without being read: never one that another process has since changed,
 * whatever the follower does.
 */
import { test } from 'tap';
import { Executor } from '../../src/commands/executor.js';
import { Lanes } from '../../src/commands/lanes.js';
import type { EventLog, LoggedEvent } from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { reference } from '../domain/spec.js';
import { executorOn, give, seatHolder, must, pledge, secretariat, TestClock, world } from './world.js';
import { noViews } from '../no-views.js';

const trust = seatHolder('pct');
const vacate = (executor: Executor) =>
  must(executor, secretariat, 'collaborative', 'durham', 'VacateSeat', {
    seatId: 'pct',
    reason: 'left the post',
  });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Two processes on one log: `other` reads everything, `warm` has the records of a pledge at hand and is told
 * what each of its readings is.
 */
async function two(lanes?: (log: EventLog) => Lanes) {
  const log = new MemoryLog('simulated', { gaps: true });
  const other = executorOn(log);
  await world(log, other);
  const asked: string[] = [];
  const telling: EventLog = Object.assign(Object.create(log) as EventLog, {
    identity: log.identity,
    contiguous: false,
    read: (stream: string, after?: number) => (asked.push(stream), log.read(stream, after)),
    append: log.append.bind(log),
    since: (position: number, max: number) => (asked.push('since'), log.since(position, max)),
  });
  const warm = new Executor({
    log: telling,
    clock: new TestClock(),
    ref: reference,
    views: noViews,
    ...(lanes ? { lanes: lanes(telling) } : {}),
  });
  return { log, other, warm, asked };
}
/** A follower that hands on what it is let: everything of the log, when `free` is called. */
function held(log: EventLog) {
  let free = (): void => {};
  const gate = new Promise<void>((resolve) => (free = resolve));
  const follower: Pick<EventLog, 'follow'> = {
    follow: (from, onBatch, signal) =>
      log.follow(
        from,
        async (batch: readonly LoggedEvent[]) => {
          await gate;
          await onBatch(batch);
        },
        signal,
      ),
  };
  return { follower, free };
}

test('what came since a follower that stands still is asked for, and a changed record is read', async (t) => {
  const { log, other, warm, asked } = await two();
  const abort = new AbortController();
  void warm.lanes.follow(held(log).follower, await log.head(), abort.signal);
  await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge(1));
  asked.length = 0;
  await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge(2));
  t.same(asked, ['since']);
  asked.length = 0;
  await Promise.all(
    [0, 1, 2].flatMap(() => [warm.load('pool', 'treatment'), warm.load('collaborative', 'durham')]),
  );
  t.same(
    asked,
    ['since', 'since'],
    'the first of many asks; who came while that was under way share the next question',
  );
  await vacate(other);
  asked.length = 0;
  t.match(
    await give(warm, trust, 'pool', 'treatment', 'Pledge', pledge(3)),
    { kind: 'refused' },
    'the seat is held no more',
  );
  t.ok(asked.includes('collaborative-durham'));
  abort.abort();
});

test('a follower far behind is left alone until it comes: meanwhile the streams are read', async (t) => {
  const { log, other, warm, asked } = await two();
  await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge('first'));
  const abort = new AbortController();
  const { follower, free } = held(log);
  void warm.lanes.follow(follower, await log.head(), abort.signal);
  await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge('warm'));
  for (let i = 0; i < 150; i++) await must(other, trust, 'pool', 'treatment', 'Pledge', pledge(i));
  for (const n of ['a', 'b', 'c']) await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge(n));
  const questions = asked.filter((a) => a === 'since').length;
  asked.length = 0;
  await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge('d'));
  t.notOk(asked.includes('since'), `not asked again, after ${questions} times`);
  t.ok(asked.includes('collaborative-durham'));
  await vacate(other);
  t.match(await give(warm, trust, 'pool', 'treatment', 'Pledge', pledge('e')), { kind: 'refused' });
  free();
  await turn();
  asked.length = 0;
  await warm.load('pool', 'treatment');
  t.same(asked, ['since'], 'it is there: one question again');
  abort.abort();
});

test('what was warm before a follower began is read once', async (t) => {
  const { log, other, warm } = await two();
  await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge(1));
  await vacate(other);
  const abort = new AbortController();
  void warm.lanes.follow(log, await log.head(), abort.signal);
  t.match(await give(warm, trust, 'pool', 'treatment', 'Pledge', pledge(2)), { kind: 'refused' });
  abort.abort();
});

test('without its follower every state is read again', async (t) => {
  const { log, other, warm, asked } = await two();
  const abort = new AbortController();
  const done = warm.lanes.follow(log, await log.head(), abort.signal);
  await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge(1));
  abort.abort();
  await done;
  await vacate(other);
  asked.length = 0;
  t.match(await give(warm, trust, 'pool', 'treatment', 'Pledge', pledge(2)), { kind: 'refused' });
  t.notOk(asked.includes('since'));
  await t.rejects(
    warm.lanes.follow({ follow: () => Promise.reject(new Error('gone')) }, 0, new AbortController().signal),
    /gone/,
  );
  asked.length = 0;
  await warm.load('pool', 'treatment');
  t.same(asked, ['pool-treatment'], 'nor with one that failed');
});

test('a state that the cache let go while somebody holds it is shown nothing more, and read', async (t) => {
  const { log, other } = await two();
  const lanes = new Lanes(log, 1);
  const abort = new AbortController();
  void lanes.follow(log, await log.head(), abort.signal);
  const lane = lanes.get('pool-treatment');
  await lane.load();
  const { version } = lane.durable();
  lanes.get('agency-pct');
  await must(other, trust, 'pool', 'treatment', 'Pledge', pledge(1));
  await turn();
  const moment = lanes.fence.next();
  await lane.refresh(moment);
  t.equal(lane.durableSince(moment).version, version + 1);
  abort.abort();
});

test(
  'a refusal holds for what it was decided on, though the state moves on before it is ' + 'given',
  async (t) => {
    for (let steps = 0; steps < 40; steps++) {
      const { log, other, warm } = await two();
      await must(warm, trust, 'pool', 'treatment', 'Pledge', pledge('warm'));
      await must(other, trust, 'pool', 'treatment', 'Pledge', pledge('new'));
      // A reading of the same record by somebody else arrives so many steps later.
      const slow = warm.lanes.log as { read: EventLog['read'] };
      slow.read = async (stream, after) => {
        const events = await log.read(stream, after);
        if (stream === 'pool-treatment') for (let i = 0; i < steps; i++) await null;
        return events;
      };
      const look = warm.load('pool', 'treatment');
      const outcome = await give(warm, trust, 'pool', 'treatment', 'WithdrawPledge', {
        pledgeId: 'p-new',
        reason: 'not after all',
      });
      t.equal(outcome.kind, 'done', `${steps} steps later`);
      await look;
    }
  },
);

test(
  'whatever is written by whom, held back or let go from a small cache: what was acknowledged is seen ' +
    'by the next look',
  async (t) => {
    // Four states at hand: of the eight streams most have been let go when they are asked for.
    const { log, other, warm } = await two((telling) => new Lanes(telling, 4));
    let abort = new AbortController();
    void warm.lanes.follow(log, await log.head(), abort.signal);
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const pools = Array.from({ length: 8 }, (_, i) => `pool-${i}`);
    const versions = new Map<string, number>();
    for (const pool of pools) await must(other, secretariat, 'pool', pool, 'ProposePool', proposal);
    for (let round = 0; round < 1_500; round++) {
      const pool = pools[random(8)]!;
      await Promise.all(
        Array.from({ length: 1 + random(3) }, async (_, i) => {
          const mine = pools[random(8)]!;
          const { version } = await must(
            random(2) ? other : warm,
            trust,
            'pool',
            mine,
            'Pledge',
            pledge(`${round}-${i}`),
          );
          versions.set(mine, Math.max(version, versions.get(mine) ?? 0));
        }),
      );
      const known = versions.get(pool) ?? 1;
      const looks = await Promise.all(Array.from({ length: 1 + random(2) }, () => warm.load('pool', pool)));
      for (const look of looks)
        if (look.version < known) t.fail(`round ${round}: ${pool} at ${look.version}, acknowledged ${known}`);
      if (random(100) === 0) {
        abort.abort();
        await turn();
        abort = new AbortController();
        void warm.lanes.follow(random(2) ? log : held(log).follower, await log.head(), abort.signal);
      }
    }
    t.equal([...versions.values()].length, 8);
    abort.abort();
  },
);
const proposal = {
  name: 'Treatment',
  placeId: 'durham',
  legalBasis: 'joint-committee',
  partners: ['council', 'pct', 'police'],
  hostAgencyId: 'council',
  managerAgencyId: 'council',
  purposes: { cofog: ['07'], text: 'Treatment' },
  years: ['2009-10'],
  noticeMonths: 3,
};
