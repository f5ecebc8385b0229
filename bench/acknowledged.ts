/**
 * What every workload of commands ends in: each acknowledged one is in the log once, and every view equals a
 * rebuild.
 */
import type { Reference } from '../src/domain/shared/reference.js';
import type { EmbeddedService } from '../src/runtime/embedded.js';
import { compareViews } from '../src/runtime/verify.js';
import { must } from './report.js';

/** Throws unless exactly so many pledges were recorded after a position. */
export async function pledgedOnce(
  { log, db }: Pick<EmbeddedService, 'log' | 'db'>,
  before: number,
  acknowledged: number,
  ref: Reference,
): Promise<void> {
  let pledges = 0;
  for (
    let after = before, batch = log.readAll(after, 1000);
    batch.length > 0;
    batch = log.readAll(after, 1000)
  ) {
    pledges += batch.filter((e) => e.type === 'PledgeMade').length;
    after = batch.at(-1)?.position ?? after;
  }
  must(pledges === acknowledged, `${acknowledged} acknowledged, ${pledges} in the log`);
  const problems = await compareViews(log, db, ref);
  must(problems.length === 0, problems.join('; '));
}
