/**
 * What became of somebody's grants lately, in sentences: which await approval, which
 * were ended, by whom and why.
 */
import type { RecordQuery } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import { addDays } from '../../domain/shared/calendar.js';
import { existing } from '../../domain/kernel/parts.js';
import type { Visit } from '../visit.js';
import { day } from '../words/format.js';

/** A grant as one's own account tells of it. */
interface Held {
  readonly grant: string;
  readonly status: 'requested' | 'in-force' | 'ended' | 'refused' | 'revoked';
  readonly until: string;
  readonly requestedBy: string;
  readonly requestedByName: string | null;
  readonly requestedOn: string;
  readonly endedBy: string | null;
  readonly endedByName: string | null;
  readonly endedOn: string | null;
  readonly endedBecause: string | null;
}
/** So long somebody who still has a grant is told of one that ended; who has none is told however long. */
const toldForDays = 30;

const ownAccount = (): RecordQuery =>
  existing(
    queries.find((one): one is RecordQuery => one.kind === 'record' && one.url === '/v1/account'),
    '/v1/account',
  );
const by = (name: string | null, account: string | null): string => name ?? account ?? 'somebody';

/** The sentences; none of grants that are in force. Nobody who has not signed in has any. */
export async function grantNotices(visit: Visit): Promise<readonly string[]> {
  if (!visit.isSignedIn) return [];
  const { body } = await visit.record(ownAccount(), '', {});
  const held = body.held as readonly Held[];
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
