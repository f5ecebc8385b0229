/** Writes pledges until it is killed, telling its parent of each acknowledgement. */
import { randomUUID } from 'node:crypto';
import { openService } from '../src/runtime/embedded.js';
import { seatHolder, must, pledge, propose, TestClock, world } from './commands/world.js';
import { reference } from './domain/spec.js';

const [dataDir, round, writers] = process.argv.slice(2) as [string, string, string];
const service = openService({ dataDir, clockKind: 'simulated', clock: new TestClock(), ref: reference });
await service.built();
const { executor, log } = service;
if ((await log.read('pool-pool-0')).length === 0) {
  if ((await log.read('programme-tp')).length === 0) await world(log, executor);
  for (let i = 0; i < 4; i++)
    if ((await log.read(`pool-pool-${i}`)).length === 0) await propose(executor, `pool-${i}`);
}
let n = 0;
await Promise.all(
  Array.from({ length: Number(writers) }, async () => {
    for (;;) {
      const pool = `pool-${n % 4}`;
      const p = pledge(`${round}-${n++}`);
      const commandId = randomUUID();
      const { version, position } = await must(executor, seatHolder('pct'), 'pool', pool, 'Pledge', p, {
        commandId,
      });
      process.send!({ pledgeId: p.pledgeId, commandId, pool, version, position });
    }
  }),
);
