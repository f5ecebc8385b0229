/** When a reader was here before, by their own sign-ins: what changed since then can be asked for. */
import { addDays, londonDate } from '../../domain/shared/calendar.js';
import { OwnAccount } from '../../http/questions/accounts-shape.js';
import { ask, type Ask } from '../page.js';

/** The day of the visit, and the day before it: what changed since the end of that is told with the day. */
export interface LastVisit {
  readonly on: string;
  readonly since: string;
}
const account = ask('/v1/account', OwnAccount);
/** The last visit before this one; undefined where none is known, and where nobody has signed in. */
export const lastVisit: Ask<LastVisit | undefined> = async (visit) => {
  if (!visit.isSignedIn) return undefined;
  const { sessions } = await account(visit, '', {});
  const others = sessions.filter(({ kind, sid }) => kind === 'browser' && sid !== visit.principal.session);
  const [last] = others
    .map(({ startedAt }) => londonDate(startedAt))
    .sort()
    .reverse();
  return last === undefined ? undefined : { on: last, since: addDays(last, -1) };
};
