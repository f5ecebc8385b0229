/** A place's records, each with a link that the same reader may open. */
import type { Audience } from '../../domain/shared/access.js';
import { barrierRegister } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { decisionLog } from '../../projections/views/decision-log.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import { poolLedger } from '../../projections/views/pool-ledger.js';
import { submissionFor } from '../../projections/views/submission-rows.js';
import { submissionTracker } from '../../projections/views/submission-tracker.js';
import type { QueryContext } from '../query/context.js';
import { titleOf } from '../query/titles.js';

export interface LinkedRecord {
  readonly aggregate: string;
  readonly id: string;
  readonly title: string;
  readonly link: string;
}

/** Those that the reader and the audience asked for may see. */
export function placeRecords(context: QueryContext, placeId: string, audience: Audience): LinkedRecord[] {
  const ids: [string, string][] = [
    ['collaborative', placeId],
    ...context
      .of(barrierRegister)
      .list(placeId)
      .map((x): [string, string] => ['barrier', x.id]),
    ...context
      .of(poolLedger)
      .list(placeId)
      .map((x): [string, string] => ['pool', x.id]),
    ...context
      .of(commitmentRegister)
      .list(placeId)
      .map((x): [string, string] => ['commitment', x.id]),
    ...context
      .of(decisionLog)
      .list(placeId)
      .map((x): [string, string] => ['decision', x.id]),
    ...context
      .of(submissionTracker)
      .list({ placeId })
      .filter((x) => submissionFor(x, audience))
      .map((x): [string, string] => ['submission', x.id]),
  ];
  return ids.flatMap(([aggregate, id]) => {
    const row = context.seen(aggregate, id);
    const link = row && isShownTo(row.tier, audience) ? context.link(aggregate, id) : null;
    return link === null ? [] : [{ aggregate, id, title: titleOf(context, aggregate, id), link }];
  });
}
