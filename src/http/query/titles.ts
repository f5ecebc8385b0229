/** What records are called, wherever one is named. */
import { aggregateNamed } from '../../domain/registry.js';
import type { AccountState } from '../../domain/accounts/state.js';
import type { States } from '../../domain/states.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { accounts } from '../../projections/views/accounts.js';
import { barrierRegister } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { decisionLog } from '../../projections/views/decision-log.js';
import { poolLedger } from '../../projections/views/pool-ledger.js';
import { register } from '../../projections/views/register.js';
import { submissionTracker } from '../../projections/views/submission-tracker.js';
import type { NameResolver } from './name-resolver.js';

/** A record's state as far as views keep it. */
function stateOf(context: Pick<NameResolver, 'of'>, aggregate: string, id: string): object | undefined {
  switch (aggregate) {
    case 'barrier':
      return context.of(barrierRegister).one(id)?.state;
    case 'pool':
      return context.of(poolLedger).one(id)?.state;
    case 'commitment':
      return context.of(commitmentRegister).one(id)?.state;
    case 'decision':
      return context.of(decisionLog).one(id)?.state;
    case 'submission':
      return context.of(submissionTracker).stateOf(id);
    case 'account':
      return context.of(accounts).one(id)?.state;
    default:
      return context.of(register).one(aggregate as keyof States, id)?.state;
  }
}

/** An account is called as whoever holds it is, in its programme; else by its own id. */
const nameOfHolder = (
  context: Pick<NameResolver, 'nameFor'>,
  { accountId, programmeId }: AccountState,
): string => context.nameFor('person', accountId, programmeId) ?? accountId;

/**
 * What a record is called in a list; its id where it has no words of its own. Ask only for what the reader
 * may see.
 */
export function titleOf(
  context: Pick<NameResolver, 'of' | 'nameFor'>,
  aggregate: string,
  id: string,
): string {
  const state = stateOf(context, aggregate, id);
  if (!state) return id;
  if (aggregate === 'account') return nameOfHolder(context, state as AccountState);
  const nameOfPlace = (placeId: string): string => context.of(placeProgress).nameOf(placeId) ?? placeId;
  return aggregateNamed(aggregate).title(state, { id, nameOfPlace });
}
