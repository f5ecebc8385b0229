/**
 * 64 callers on one pool, beside 64 callers on as many pools: in this process, views inline, every answer
 * durable.
 */
import { join } from 'node:path';
import { openService, type EmbeddedService } from '../../src/runtime/embedded.js';
import { give, seatHolder, must as accepted, propose, TestClock, world } from '../../test/commands/world.js';
import { must, there, time, type Workload } from '../report.js';

const n = 4000;

export const hot: Workload = {
  name: 'hot',
  async run(b) {
    const service = openService({
      dataDir: join(b.dir, 'hot'),
      clockKind: 'simulated',
      clock: new TestClock(),
      ref: b.ref,
    });
    const { executor, log } = service;
    await service.built();
    await world(log, executor);
    let made = 0;
    const pledges = async (pools: readonly string[]): Promise<number> => {
      let i = 0;
      const ms = await time(() =>
        Promise.all(
          Array.from({ length: 64 }, async () => {
            while (i < n) {
              const pool = there(pools[i++ % pools.length], 'a pool');
              await accepted(executor, seatHolder('pct'), 'pool', pool, 'Pledge', {
                pledgeId: `p-${made++}`,
                financialYear: '2009-10',
                pledgedPence: 100,
              });
            }
          }),
        ),
      );
      return n / ms;
    };
    const ratios: number[] = [];
    for (let round = -1; round < b.runs; round++) {
      const pools = Array.from({ length: 64 }, (_, i) => `many-${round + 1}-${i}`);
      for (const p of [...pools, `hot-${round + 1}`]) await propose(executor, p);
      const many = await pledges(pools);
      const one = await pledges([`hot-${round + 1}`]);
      if (round >= 0) ratios.push(one / many);
    }
    b.ratio('64 callers on one pool ÷ on 64 pools', ratios, '≥ 0.8');
    b.value('conflict retries meanwhile', String(executor.conflicts), '0', executor.conflicts === 0);
    await oneWins(b.checked.bind(b), service);
    await service.close();
  },
};

/**
 * 60 callers pledge under one id at once: one of them does; more refusals of an account are not taken within
 * a minute. (That no pool passes its cap is a property test's to show.)
 */
async function oneWins(checked: (what: string) => void, { executor, log }: EmbeddedService): Promise<void> {
  const before = (await log.read('pool-hot-0')).length;
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      give(executor, seatHolder('pct'), 'pool', 'hot-0', 'Pledge', {
        pledgeId: 'same',
        financialYear: '2009-10',
        pledgedPence: 100 + i,
      }),
    ),
  );
  const done = outcomes.filter((o) => o.kind === 'done').length;
  must(done === 1, `60 callers make one pledge of one id, not ${done}`);
  must((await log.read('pool-hot-0')).length === before + 1, 'the stream holds one event more');
  checked('one of 60 racing pledges of one id is made, the others are refused');
}
