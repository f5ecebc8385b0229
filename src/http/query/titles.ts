/** What records are called, wherever one is named. */
import { barrierRegister } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { decisionLog } from '../../projections/views/decision-log.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { poolLedger } from '../../projections/views/pool-ledger.js';
import { register } from '../../projections/views/register.js';
import type { QueryContext } from './context.js';

/**
 * What a record is called in a list; its id where it has no words of its own. Ask only for what the reader
 * may see.
 */
export function titleOf(context: Pick<QueryContext, 'of'>, aggregate: string, id: string): string {
  switch (aggregate) {
    case 'barrier':
      return context.of(barrierRegister).one(id)?.state.statement ?? id;
    case 'pool':
      return context.of(poolLedger).one(id)?.state.name ?? id;
    case 'commitment':
      return context.of(commitmentRegister).one(id)?.state.title ?? id;
    case 'decision':
      return context.of(decisionLog).one(id)?.state.question ?? id;
    case 'place':
      return context.of(placeProgress).nameOf(id) ?? id;
    case 'collaborative':
      return `Leadership collaborative of ${context.of(placeProgress).nameOf(id) ?? id}`;
    case 'submission':
      return `Return of round ${id.split('.').at(-2)}`;
    default:
      return context.of(register).nameOf(aggregate, id);
  }
}
