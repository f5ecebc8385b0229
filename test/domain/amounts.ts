/**
 * Amounts that are none (docs/rules/shared.md#amounts): each `when` of a spec is decided again with each of
 * its amounts replaced by what is no safe integer, past the schema. Nothing is recorded of it: it is no
 * comparison's business to let it through.
 */
import { z } from 'zod';
import { isRefusal, type Decision } from '../../src/domain/kernel/types.js';
import { largestPence } from '../../src/domain/shared/values.js';
import { replaced, spotsIn } from './inherited.js';
import type { Schema } from '../../src/domain/kernel/schema.js';

const none = [NaN, Infinity, 2 ** 53, 0.5];
/**
 * Said, and compared with nothing: what is spent, asked for, or costs. Their schemas alone refuse what is no
 * amount.
 */
const said = new Set([
  'pool.ReportPosition/actualPence',
  'pool.ReportPosition/forecastPence',
  'commitment.DraftCommitment/money/pence',
  'commitment.RequestFunds/money/pence',
  'barrier.CostBarrier/pence',
]);

export function wrongAmounts(
  command: string,
  schema: Schema,
  data: unknown,
  decide: (data: any) => Decision,
): string[] {
  return spotsIn(schema, data, (s) => s instanceof z.ZodNumber && s.maxValue === largestPence).flatMap(
    (spot) => {
      const path = `/${spot.path.join('/')}`;
      const at = `${command}${path.replace(/\/\d+/g, '')}`;
      return none.flatMap((amount) => {
        const given = replaced(data, spot, amount);
        if (schema.safeParse(given).success) return `the schema takes ${amount} at ${at}`;
        const decision = said.has(at) || /^decision\./.test(at) ? undefined : decide(given);
        const refused =
          decision === undefined ||
          isRefusal(decision) ||
          decision.every((e) => e.type === 'FundsReservationRefused');
        return refused ? [] : `${at} ${amount}: ${JSON.stringify(decision)}`;
      });
    },
  );
}
