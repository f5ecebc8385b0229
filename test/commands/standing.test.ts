/** Grants that stand in the log, as a command is judged by them. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { accountRecordId, bindingOf, scopeOf } from '../../src/domain/accounts/state.js';
import { parseGrant, type Grant } from '../../src/domain/shared/access.js';
import type { Executor } from '../../src/commands/executor.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { executorOn, seatHolder, world } from './world.js';

const { account = '' } = seatHolder('pct');
const seat = parseGrant('seat-holder', 'place:durham+agency:pct') as Grant;
const audit = parseGrant('auditor', 'programme:tp') as Grant;

async function adopt(executor: Executor, ...grants: readonly Grant[]): Promise<void> {
  const outcome = await executor.execute({
    aggregate: 'account',
    id: accountRecordId(account),
    command: 'Adopt',
    data: {
      account,
      programmeId: 'tp',
      issuer: 'issuer',
      subject: account,
      binding: bindingOf('issuer', account),
      grants: grants.map((grant, i) => ({ grantId: `g-${i}`, ...scopeOf(grant), until: '2010-05-28' })),
    },
    commandId: randomUUID(),
    actor: { account: 'system:operator', role: 'system' },
  });
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.detail);
}
const pledge = (executor: Executor, pledgeId: string, grants = [seat]) =>
  executor.execute({
    aggregate: 'pool',
    id: 'treatment',
    command: 'Pledge',
    data: { pledgeId, financialYear: '2009-10', pledgedPence: 100 },
    commandId: randomUUID(),
    principal: { account, grants, grantsInLog: true },
  });

test('what the door says somebody may do counts as far as the log says it, too', async (t) => {
  const log = new MemoryLog();
  const executor = executorOn(log);
  await world(log, executor);
  t.match(await pledge(executor, 'none'), { refusal: { code: 'NOT_FOUND' } }, 'of no account: nothing');
  await adopt(executor, seat);
  t.match(await pledge(executor, 'one'), { kind: 'done' });
  const more = [parseGrant('chair', 'place:durham+agency:council') as Grant];
  t.match(
    await pledge(executor, 'more', more),
    { refusal: { code: 'NOT_FOUND' } },
    'of another grant: nothing',
  );
  const [event] = (await log.read('pool-treatment')).slice(-1);
  t.match(
    JSON.parse(event?.body ?? '{}'),
    { reads: { [`account-${account}`]: 1 } },
    'the event says by which version',
  );
});

test('a token that acts in one grant is kept apart by all that its account holds', async (t) => {
  const log = new MemoryLog();
  const executor = executorOn(log);
  // Nobody knows yet which programme the place is of: that the two conflict shows when it is.
  await adopt(executor, audit, seat);
  await world(log, executor);
  t.match(await pledge(executor, 'one'), { status: 403, refusal: { code: 'SOD_CONFLICT' } });
});
