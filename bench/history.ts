/**
 * A long history of pools, written to a log alone: twenty events a pool, hundreds of pools at a time, in no
 * order of theirs.
 */
import { encode } from '../src/log/codec.js';
import { SqliteLog } from '../src/log/sqlite/sqlite-log.js';
import { executorOn, seatHolder, must, pledge, world } from '../test/commands/world.js';

const eventsAPool = 20;
const together = 400;

/** Writes at least `count` events; views are left unbuilt. */
export async function writeHistory(file: string, count: number): Promise<void> {
  const log = new SqliteLog(file, { clock: 'simulated' });
  const executor = executorOn(log);
  await world(log, executor);
  await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('seed'));
  const [proposed, made] = (await log.read('pool-treatment')).map((e) => JSON.parse(e.body));
  const ctx = (n: number) => ({
    recordedAt: new Date(Date.parse('2009-07-02T09:00:00Z') + n * 1000).toISOString(),
    actor: made.actor,
    commandId: made.commandId,
    fingerprint: made.fingerprint,
    correlation: made.correlation,
    reads: made.reads,
  });
  const nth = (pool: number, version: number) => {
    if (version === 0) return { type: 'PoolProposed', data: { ...proposed.data, name: `Pool ${pool}` } };
    if (version < 12)
      return {
        type: 'PledgeMade',
        data: { ...made.data, pledgeId: `p-${version}`, amountPence: 1000 + version },
      };
    return {
      type: 'PledgeChanged',
      data: {
        pledgeId: `p-${version - 11}`,
        agencyId: made.data.agencyId,
        financialYear: made.data.financialYear,
        fromPence: 1000,
        toPence: 2000 + version,
        reason: 'more',
      },
    };
  };
  for (let first = 0; first * eventsAPool < count; first += together) {
    const pools = Array.from({ length: together }, (_, i) => first + i);
    for (let version = 0; version < eventsAPool; version++) {
      await Promise.all(
        pools.map((p) =>
          log.append(
            `pool-h${p}`,
            version,
            encode(`pool-h${p}`, version, [nth(p, version)], ctx(first * eventsAPool)),
          ),
        ),
      );
    }
  }
  await log.close();
}
