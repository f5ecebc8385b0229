/**
 * What became of somebody's grants lately, in sentences: which await approval, which
 * were ended, by whom and why.
 */
import { OwnAccount } from '../../http/questions/accounts-shape.js';
import type { AnswerOf } from '../../http/query/declare.js';
import { addDays } from '../../domain/shared/calendar.js';
import { ask } from '../page.js';
import type { Visit } from '../visit.js';
import { day } from '../../http/words/format.js';

/** A grant as one's own account tells of it. */
type Held = AnswerOf<typeof OwnAccount>['held'][number];
/** So long somebody who still has a grant is told of one that ended; who has none is told however long. */
const toldForDays = 30;

const ownAccount = ask('/v1/account', OwnAccount);
const by = (name: string | null, account: string | null): string => name ?? account ?? 'somebody';

/** The sentences; none of grants that are in force. Nobody who has not signed in has any. */
export async function grantNotices(visit: Visit): Promise<readonly string[]> {
  if (!visit.isSignedIn) return [];
  const { held } = await ownAccount(visit, '', {});
  const inForce = new Set(held.filter(({ status }) => status === 'in-force').map(({ grant }) => grant));
  const since = inForce.size === 0 ? '' : addDays(visit.context.day, -toldForDays);
  return held
    .filter(({ grant }) => !inForce.has(grant))
    .flatMap((one) => noticeOf(one, visit.shower.grant(one.grant), since) ?? []);
}
function noticeOf(held: Held, grant: string, since: string): string | undefined {
  const { status, until, endedOn, endedBecause } = held;
  if (status === 'requested') {
    const asked = by(held.requestedByName, held.requestedBy);
    return (
      `Your grant ${grant} awaits approval: ${asked} asked for it on ${day(held.requestedOn)}. ` +
      'Until somebody else approves it you can do nothing in it, and need do nothing.'
    );
  }
  if (status === 'ended')
    return until >= since ? `Your grant ${grant} ended on ${day(until)}, its last day.` : undefined;
  if (endedOn === null || endedOn < since) return undefined;
  const deed = status === 'refused' ? 'was refused' : 'was ended';
  const why = endedBecause === null ? '.' : `: ${endedBecause}`;
  return `Your grant ${grant} ${deed} on ${day(endedOn)} by ${by(held.endedByName, held.endedBy)}${why}`;
}
