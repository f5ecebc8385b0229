/** The queue in front of the executor, by a clock and a log that stand until they are told to go on. */
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'tap';
import { CommandQueue, Overloaded } from '../../src/commands/queue.js';
import type { Appended, LoggedEvent, StoredEvent } from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { executorOn, give, seatHolder, pledge, propose, TestClock, world } from './world.js';

/** What is asked of it waits while it is held. */
class Held extends MemoryLog {
  appends = 0;
  reads = 0;
  /** Milliseconds of the clock that a commit takes. */
  takes = 0;
  #gate: Promise<void> | undefined;
  #open = (): void => {};
  constructor(readonly machine: { ms: number }) {
    super();
  }
  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }
  release(): void {
    this.#open();
    this.#gate = undefined;
  }
  override read(stream: string, after?: number): Promise<readonly LoggedEvent[]> {
    this.reads++;
    return super.read(stream, after);
  }
  override async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    this.appends++;
    await this.#gate;
    // As the embedded log: at the end of the turn, which lasts as long as the disk takes.
    await turn();
    this.machine.ms += this.takes;
    return super.append(stream, expected, events);
  }
}

async function open(longestMs?: number) {
  const machine = { ms: 5_000 };
  const log = new Held(machine);
  const executor = executorOn(log, new TestClock());
  await world(log, executor);
  // Read already: what is read below is read for the commands.
  for (const p of ['a', 'b']) await propose(executor, p);
  const queue = new CommandQueue({ longestMs, now: () => machine.ms });
  let n = 0;
  const ask = (pool = 'treatment') =>
    queue.enter(() => give(executor, seatHolder('pct'), 'pool', pool, 'Pledge', pledge(n++)));
  /** Asks for so many, and lets those begin that may. */
  async function offer(count: number): Promise<PromiseSettledResult<unknown>[]> {
    const all = Promise.allSettled(Array.from({ length: count }, () => ask()));
    for (let i = 0; i < 4; i++) await turn();
    return all;
  }
  const pledges = async (pool = 'treatment'): Promise<number> => (await log.read(`pool-${pool}`)).length - 1;
  return { machine, log, queue, ask, offer, pledges };
}
const done = (all: PromiseSettledResult<unknown>[]): number =>
  all.filter((r) => r.status === 'fulfilled').length;

test('as many wait as are done in time; the next is turned away before anything is read for it', async (t) => {
  const { log, queue, ask, pledges } = await open(100);
  log.hold();
  // 128 begin; by the first guess of a millisecond each, those who come while 100 wait may have time yet.
  const all = Promise.allSettled(Array.from({ length: 128 + 101 }, () => ask()));
  for (let i = 0; i < 4; i++) await turn();
  t.equal(queue.waiting, 101);
  const { appends, reads } = log;
  await t.rejects(ask(), new Overloaded(101), 'and says when to come again');
  t.throws(() => queue.admit(), new Overloaded(101), 'as does the question, before there is a command');
  t.same([log.appends, log.reads, queue.waiting], [appends, reads, 101], 'nothing is read or written');
  log.release();
  t.equal(done(await all), 229, 'who waited is served');
  t.same([await pledges(), queue.waiting], [229, 0], 'each once, and who was turned away is not');
  t.equal(queue.expectedMs(), 0);
  await ask();
});

test('how long one takes is measured while others wait', async (t) => {
  const { log, machine, queue, ask } = await open();
  log.hold();
  const all = Promise.allSettled(Array.from({ length: 128 * 3 }, () => ask()));
  for (let i = 0; i < 4; i++) await turn();
  t.equal(queue.expectedMs(), 256, 'by the first guess');
  machine.ms += 1280;
  log.release();
  log.hold();
  for (let i = 0; i < 12; i++) await turn();
  // A quarter of 10, three quarters of 1; the first of those who wait has waited 1280 ms.
  t.equal(queue.waiting, 128);
  t.equal(queue.expectedMs(), 1280, 'no less than the first has waited');
  const later = Promise.allSettled(Array.from({ length: 400 }, () => ask()));
  t.equal(queue.expectedMs(), 528 * 3.25);
  log.release();
  t.same([done(await all), done(await later)], [384, 400]);
});

test('while the log stands still, whoever comes later than anybody should wait is turned away', async (t) => {
  const { log, machine, ask, pledges } = await open();
  log.hold();
  const inside = Promise.allSettled(Array.from({ length: 128 }, () => ask()));
  for (let i = 0; i < 4; i++) await turn();
  const first = ask();
  const given = t.rejects(
    first,
    new Overloaded(1),
    'after twice the time nothing is begun any more for who waited: they have given up',
  );
  machine.ms += 2000;
  const second = ask();
  machine.ms += 1;
  await t.rejects(ask(), new Overloaded(2001), 'a single one waits, but long already');
  machine.ms += 2000;
  log.release();
  t.equal(done(await inside), 128);
  await given;
  t.match(await second, { kind: 'done' }, 'who came later is served');
  t.equal(await pledges(), 129);
  t.match(await ask(), { kind: 'done' }, 'and all is well again');
});

test('who fails leaves the queue too', async (t) => {
  const { queue, ask } = await open();
  const all = await Promise.allSettled(
    Array.from({ length: 300 }, () => queue.enter(() => Promise.reject(new Error('no')))),
  );
  t.equal(all.filter((r) => r.status === 'rejected').length, 300);
  t.match(await ask(), { kind: 'done' });
  t.equal(queue.waiting, 0);
});

test('commands that come one a turn share a commit, as long as one takes', async (t) => {
  const { log, machine, ask, pledges } = await open();
  const oneATurn = async (pool: string, count: number, ms: number): Promise<number> => {
    const before = log.appends;
    const all: Promise<unknown>[] = [];
    for (let i = 0; i < count; i++) {
      all.push(ask(pool));
      await turn();
      machine.ms += ms;
    }
    await Promise.all(all);
    t.equal(await pledges(pool), count);
    return log.appends - before;
  };
  log.takes = 10;
  await ask();
  for (let i = 0; i < 4; i++) await turn();
  t.equal(await oneATurn('a', 6, 0), 1, 'six in one');
  t.ok((await oneATurn('b', 20, 5)) > 1, 'where the turns take long, nobody waits for all of them');
});
