/**
 * The first access administrators of a programme, named by whoever runs the machine while the log is empty:
 * everybody else is invited (docs/rules/account.md#first-administrators).
 */
import { v5 as uuidv5 } from 'uuid';
import { accountRecordId, bindingOf } from '../domain/accounts/state.js';
import { firstAdministrators, longestGrantYears } from '../domain/accounts/limits.js';
import { bootstrapped } from '../domain/accounts/wording.js';
import { londonDate, yearsLater } from '../domain/shared/calendar.js';
import { splitStream } from '../domain/registry.js';
import { Id } from '../domain/shared/values.js';
import type { Outcome } from '../commands/request.js';
import type { EventLog } from '../log/event-log.js';
import { batches } from '../migrate/batches.js';
import type { Service } from './service.js';
import { withIds } from '../domain/kernel/naming.js';

const namespace = '0c2b9a53-3f9e-4a1c-8a4e-8b1d7b7b5d0e';
const operator = { account: 'system:operator', role: 'system' } as const;
/** What stands in a log that nobody has used yet. */
const before: ReadonlySet<string> = new Set(['log', 'account', 'session', 'refusal']);

/** A command of whoever runs the machine; throws what it is refused with. */
export async function asOperator(
  service: Pick<Service, 'executor'>,
  aggregate: string,
  id: string,
  command: string,
  data: object,
): Promise<Outcome & { readonly kind: 'done' }> {
  const commandId = uuidv5(JSON.stringify([aggregate, id, command, data]), namespace);
  const outcome = await service.executor.execute({
    aggregate,
    id,
    command,
    data,
    commandId,
    actor: operator,
  });
  if (outcome.kind === 'refused') throw new Error(`${id}: ${withIds(outcome.refusal.detail)}`);
  return outcome;
}

/** True where nothing was recorded but what the machinery and first accounts are. */
export async function isUnused(log: EventLog): Promise<boolean> {
  for await (const batch of batches(log, 0, await log.head()))
    if (batch.some(({ stream }) => !before.has(splitStream(stream)[0]))) return false;
  return true;
}

/** Appoints the next of them; throws a sentence where there are two, or the log is in use. */
export async function appointAdministrator(
  service: Pick<Service, 'executor' | 'log' | 'clock'>,
  programmeId: string,
  identity: { readonly issuer: string; readonly subject: string },
): Promise<{ readonly account: string; readonly until: string; readonly missing: number }> {
  if (!Id.safeParse(programmeId).success)
    throw new Error(
      `${programmeId} is no id of a programme: write lower-case letters, digits, hyphens and dots`,
    );
  if (!(await isUnused(service.log)))
    throw new Error(
      'This log is in use. Its access administrators invite all others; where tokens said who may do what ' +
        'so ' +
        'far: total-place account adopt',
    );
  const until = yearsLater(londonDate(service.clock.now()), longestGrantYears);
  const binding = bindingOf(identity.issuer, identity.subject);
  await asOperator(service, 'log', 'grants', 'AdoptGrants', {});
  for (let n = 1; n <= firstAdministrators; n++) {
    const account = `${programmeId}.administrator-${n}`;
    const id = accountRecordId(account);
    const { version, state } = await service.executor.load('account', id);
    if (version > 0) {
      if (state.binding === binding) return { account, until, missing: await missing(service, programmeId) };
      continue;
    }
    const data = { account, programmeId, ...identity, binding, until };
    await asOperator(service, 'account', id, 'AppointAdministrator', data);
    return { account, until, missing: firstAdministrators - n };
  }
  throw new Error(bootstrapped(programmeId));
}
async function missing({ executor }: Pick<Service, 'executor'>, programmeId: string): Promise<number> {
  const last = accountRecordId(`${programmeId}.administrator-${firstAdministrators}`);
  return (await executor.load('account', last)).version > 0 ? 0 : 1;
}
