/** The first page of who is signed in: what waits for them, how their place stands, what happened lately. */
import { existing } from '../../domain/kernel/parts.js';
import { feeds } from '../../http/questions/feeds.js';
import { Docket } from '../../http/questions/departments-shape.js';
import { PlacePage } from '../../http/questions/progress-shape.js';
import { Agency } from '../../http/questions/registers-shape.js';
import { withAsked } from '../address.js';
import { ask, type Ask } from '../page.js';
import { feedModel, type FeedModel } from './feed.js';
import { lastVisit } from './last-visit.js';
import { isToday, standing } from './place.js';

/** Of who has grants in many places, so many are shown; the rest is a link away. */
const mostPlaces = 3;
const progress = ask('/v1/places/:id/progress', PlacePage);

/** The places of the reader's own grants, as they stand. */
export const ownPlaces: Ask<readonly object[]> = async (visit) => {
  const ids = new Set(visit.principal.grants.flatMap(({ place }) => place ?? []));
  const seen = [...ids].filter((id) => visit.context.seen('place', id)).slice(0, mostPlaces);
  const told = await Promise.all(seen.map((id) => progress(visit, id, {})));
  return told.flatMap((one) => (isToday(one) ? [{ progress: one, told: standing(one) }] : []));
};

const docket = ask('/v1/departments/:id/docket', Docket, { limit: '1' });
const agency = ask('/v1/agencies/:id', Agency);
/** What the departments that the reader acts for owe. */
export const ownDepartments: Ask<readonly object[]> = async (visit) => {
  const ids = new Set(visit.principal.grants.flatMap(({ agency: id }) => id ?? []));
  const seen = [...ids].filter((id) => visit.context.seen('agency', id));
  const bodies = await Promise.all(seen.map((id) => agency(visit, id, {})));
  const departments = bodies.filter(({ sector }) => sector === 'department');
  return Promise.all(departments.slice(0, mostPlaces).map(({ id }) => docket(visit, id, {})));
};

/** So many of the newest entries are told; the rest is a link away. */
const newest = '8';
const timeline = existing(
  feeds.find(({ url }) => url === '/v1/timeline'),
  '/v1/timeline',
);

/** What people did to records: their sign-ins and the days that closed tell nobody what happened. */
const deeds = { without: 'housekeeping' };
interface Lately {
  /** The day of its reader's last visit; undefined where none is known. */
  readonly since: string | undefined;
  readonly href: string;
  readonly events: FeedModel['events'];
}
/**
 * What was done to records since its reader's last visit, that day with it, newest first, and the address of
 * the rest: whenever that was where they were not here before, undefined where nobody has signed in.
 */
export const lately: Ask<Lately | undefined> = async (visit, id, asked) => {
  if (!visit.isSignedIn) return undefined;
  const since = (await lastVisit(visit, id, asked))?.on;
  const told = { ...deeds, ...(since === undefined ? {} : { from: since }) };
  const { events } = await feedModel(timeline, visit, { ...told, limit: newest });
  return { since, href: withAsked('/timeline', told), events };
};
