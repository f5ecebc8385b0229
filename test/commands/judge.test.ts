/**
 * What becomes of a command, asked without giving it: the same answer as the executor's, of a record that
 * nobody may change.
 */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { judge, type Judgement, type UpTo } from '../../src/commands/judge.js';
import type { CommandRequest } from '../../src/commands/request.js';
import { isRefusal, type Loaded, type States } from '../../src/domain/kernel/types.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { reference } from '../domain/spec.js';
import { executorOn, seatHolder, must, propose, world } from './world.js';

function frozen<T>(value: T): T {
  if (value && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
/** As the token of the trust's seat-holder says. */
const partner = {
  account: seatHolder('pct').account ?? 'seat-holder.pct',
  grants: [parseGrant('seat-holder', seatHolder('pct').as.split('@')[1]!)!],
};
const pledge = { pledgeId: 'p', financialYear: '2009-10', pledgedPence: 100 };

test('a judgement is the executor’s answer, up to the guard or up to the decision, and changes nothing', async (t) => {
  const log = new MemoryLog();
  const executor = executorOn(log);
  await world(log, executor);
  await propose(executor, 'pool');
  await must(executor, seatHolder('pct'), 'pool', 'pool', 'Pledge', pledge);
  const now = executor.deps.clock.now();
  const views = executor.deps.views;

  async function ask(
    id: string,
    command: string,
    data: object,
    more: Partial<CommandRequest> = {},
    upTo?: UpTo,
  ): Promise<Judgement> {
    const request: CommandRequest = {
      aggregate: 'pool',
      id,
      command,
      data,
      commandId: randomUUID(),
      principal: partner,
      ...more,
    };
    const loaded = frozen(await executor.load('pool', id));
    const before = JSON.stringify(loaded);
    // What it reads of others is fetched as it asks: a judgement is begun again as often as that takes.
    const others = new Map<string, Loaded>();
    for (;;) {
      let missing: [keyof States, string] | undefined;
      const read = <K extends keyof States>(aggregate: K, other: string): Loaded<States[K]> => {
        if (aggregate === 'pool' && other === id) return loaded as Loaded<States[K]>;
        const known = others.get(`${aggregate}-${other}`);
        if (!known) {
          missing = [aggregate, other];
          throw new Error('fetch it');
        }
        return known as Loaded<States[K]>;
      };
      try {
        const found = judge(
          { aggregate: aggregateNamed('pool'), recordId: id, loaded, done: undefined },
          request,
          () => 'print',
          { now, ref: reference, views, read },
          upTo,
        );
        t.equal(JSON.stringify(loaded), before, `${command}: the record is as it was`);
        return found;
      } catch (error) {
        if (!missing) throw error;
        others.set(missing.join('-'), frozen(await executor.load(missing[0], missing[1])));
      }
    }
  }
  const codeOf = ({ outcome }: Judgement): string =>
    isRefusal(outcome) ? outcome.code : outcome.map((e) => e.type).join();

  const asked: [
    id: string,
    command: string,
    data: object,
    more: Partial<CommandRequest>,
    guard: string,
    decision: string,
  ][] = [
    ['pool', 'Pledge', { ...pledge, pledgeId: 'q' }, {}, '', 'PledgeMade'],
    ['pool', 'Pledge', pledge, {}, '', 'PLEDGE_EXISTS'],
    ['pool', 'Pledge', pledge, { principal: { account: 'nobody', grants: [] } }, 'NOT_FOUND', 'NOT_FOUND'],
    ['pool', 'OpenPool', {}, {}, 'NOT_ALLOWED', 'NOT_ALLOWED'],
    ['pool', 'Pledge', pledge, { expectedVersion: 9 }, 'STALE_REVISION', 'STALE_REVISION'],
    [
      'pool',
      'Pledge',
      pledge,
      { effectiveOn: '2009-06-01' },
      'BACKDATED_WITHOUT_REASON',
      'BACKDATED_WITHOUT_REASON',
    ],
    ['pool', 'Pledge', pledge, { effectiveOn: '2199-06-01' }, 'EFFECTIVE_IN_FUTURE', 'EFFECTIVE_IN_FUTURE'],
    ['other', 'Pledge', pledge, {}, 'NOT_FOUND', 'NOT_FOUND'],
  ];
  for (const [id, command, data, more, guard, decision] of asked) {
    t.equal(
      codeOf(await ask(id, command, data, more, 'guard')),
      guard,
      `${command} to the guard: ${guard || 'it may be given'}`,
    );
    const judged = await ask(id, command, data, more);
    t.equal(codeOf(judged), decision, `${command} to the decision: ${decision}`);
    if (decision === 'PledgeMade') continue;
    const given = await executor.execute({
      aggregate: 'pool',
      id,
      command,
      data,
      commandId: randomUUID(),
      principal: partner,
      ...more,
    });
    t.match(
      given,
      { kind: 'refused', status: judged.status, refusal: { code: decision } },
      `${command}: as the executor answers`,
    );
  }
  const [first, again] = [
    await ask('pool', 'Pledge', { ...pledge, pledgeId: 'r' }),
    await ask('pool', 'Pledge', { ...pledge, pledgeId: 'r' }),
  ];
  t.same(first, again, 'asked twice it says the same');
  t.equal((await log.read('pool-pool')).length, 2, 'and nothing was recorded of it');
});
