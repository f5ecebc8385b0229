/** Sessions of anybody: accounts that hold what the tokens of other tests say they hold. */
import { randomUUID } from 'node:crypto';
import { accountRecordId, bindingOf, scopeOf } from '../../src/domain/accounts/state.js';
import { grantName, parseGrant } from '../../src/domain/shared/access.js';
import type { DemoReader } from '../../src/demo/readers.js';
import type { Harness } from '../http/harness.js';

const until = '2010-05-28';
const issuer = 'https://login.example.org';

/** Whose session is asked for (world.ts); `grant` is empty where they hold none. */
export const readerOf = (account: string, grant: string): DemoReader => ({
  variable: account,
  account,
  grant,
  title: account,
  use: 'Reads in a test.',
});

/**
 * Takes accounts over with their one grant each, as the log would of another system. An account that the seed
 * has already must hold it there.
 */
export async function takeOver(
  { service }: Pick<Harness, 'service'>,
  readers: readonly DemoReader[],
  lastDay = until,
): Promise<void> {
  for (const { account, grant: written } of readers) {
    const id = accountRecordId(account);
    const [role = '', scope = ''] = written.split('@');
    const grant = role === 'public' ? undefined : parseGrant(role, scope);
    const { state, version } = await service.executor.load('account', id);
    if (version > 0) {
      const held = Object.values(state.grants).map((one) => one.role);
      if (grant && !held.includes(grant.role))
        throw new Error(`${account} does not hold ${grantName(grant)}`);
      continue;
    }
    const outcome = await service.executor.execute({
      aggregate: 'account',
      id,
      command: 'Adopt',
      data: {
        account,
        programmeId: 'total-place',
        issuer,
        subject: account,
        binding: bindingOf(issuer, account),
        grants: grant ? [{ grantId: 'the-only-one', ...scopeOf(grant), until: lastDay }] : [],
      },
      commandId: randomUUID(),
      actor: { account: 'system:test', role: 'system' },
    });
    if (outcome.kind !== 'done') throw new Error(`${account}: ${JSON.stringify(outcome.refusal)}`);
  }
  await service.reactors.idle();
}
