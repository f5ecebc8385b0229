/**
 * The calendar for calendars: one event for what is one deed, however many places or seats it waits for, each
 * with a link to where more of it is told (docs/rules/shared.md#calendar-feeds).
 */
import { z } from 'zod';
import { addDays, at, isCivilDate } from '../../domain/shared/calendar.js';
import { pageOf } from '../query/links.js';
import type { QueryContext } from '../query/context.js';
import { digest } from '../query/etag.js';
import { feed } from '../query/feed.js';
import { Reader, rowsATurn } from '../query/list.js';
import { parameter } from '../query/parameters.js';
import { isFailed } from '../query/rows.js';
import { titleOf } from '../query/titles.js';
import { calendarSources, type CalendarFilter, type Entry, type FailedEntry } from './calendar.js';
import { placeName } from './due-items.js';
import { groupsOf, isWaiting, type Group } from './deeds.js';
import { icalendar, type IcalEvent } from './ical.js';

export const CalendarParameters = z.strictObject({
  programmeId: parameter.programmeId,
  placeId: parameter.placeId,
  from: parameter.from,
  to: parameter.to,
});

/** A subscription needs no distant past: half a year back unless more is asked for. */
const pastDays = 183;
/** What a calendar is called in which nothing of any programme stands. */
const product = 'Total Place';
/** Names at most in a note: a line for each of a hundred places would be none. */
const mostNamed = 30;

const listed = (names: readonly string[]): string => {
  const all = [...new Set(names)];
  const more = all.length - mostNamed;
  return `${all.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
/** Of a group by what makes it one, so that it stays the same event when one of them has done it. */
function uidOf({ deed, entries: [first] }: Group): string {
  const { id, kind, programmeId, to } = first;
  return kind === 'step' ? `${programmeId ?? ''}.step.${digest(deed).slice(0, 16)}.${to}` : id;
}

function eventOf(context: QueryContext, group: Group): IcalEvent {
  const { deed, entries } = group;
  const [first] = entries;
  const placeIds = [...new Set(entries.flatMap(({ placeId }) => placeId ?? []))];
  const places = placeIds.map((id) => placeName(context, id)).sort();
  const several = isWaiting(first.kind) && places.length > 1;
  const title = isWaiting(first.kind) && places.length === 1 ? `${places.join()}: ${deed}` : deed;
  const owed = entries.flatMap(({ owedBy }) => owedBy.map((party) => party.name)).sort();
  const notes = [
    several ? `For ${places.length} places: ${listed(places)}` : '',
    // A step of several places is owed by these.
    owed.length > 0 && !(several && first.kind === 'step') ? `Owed by ${listed(owed)}` : '',
    first.originalTo === first.to ? '' : `First planned for ${first.originalTo}`,
    ...new Set(entries.map(({ reason }) => reason ?? '')),
    entries.some(({ illustrative }) => illustrative)
      ? 'Illustrative: filled in, not taken from a source'
      : '',
  ].filter(Boolean);
  const links = new Set(entries.map(({ link }) => link));
  const link = links.size === 1 ? first.link : context.link('programme', first.programmeId ?? '');
  const url = addressOf(context, link);
  return {
    uid: `${uidOf(group)}@total-place`,
    title: first.tbc ? `${title} (to be confirmed)` : title,
    from: first.from,
    to: first.to,
    changedAt: entries.map((entry) => entry.changedAt).reduce((one, other) => (one > other ? one : other)),
    ...(notes.length > 0 ? { description: notes.join('\n') } : {}),
    ...(url === undefined ? {} : { url }),
  };
}

function addressOf({ deps: { publicAddress } }: QueryContext, link: string | null): string | undefined {
  return link === null || publicAddress === undefined ? undefined : pageOf(publicAddress, link);
}

/** Which day it was may be what cannot be read: then it stands today. */
function failedEvent({ day }: QueryContext, { id, from, to }: FailedEntry): IcalEvent {
  const days = [from, to].every(isCivilDate) ? { from, to } : { from: day, to: day };
  return {
    uid: `${id}@total-place`,
    title: 'Something with a date cannot be shown now',
    ...days,
    changedAt: at(day, '00:00'),
  };
}

/** After the programmes that it is of, and the place where it is one's. */
function nameOf(context: QueryContext, entries: readonly Entry[], placeId: string | undefined): string {
  const ids = new Set(entries.flatMap(({ programmeId }) => programmeId ?? []));
  const programmes = [...ids].map((id) => titleOf(context, 'programme', id)).sort();
  const all = programmes.length === 0 ? product : programmes.join(', ');
  return placeId === undefined ? all : `${placeName(context, placeId)}: ${all}`;
}

/** The text of the calendar of whoever asks. */
export async function calendarText(context: QueryContext, filter: CalendarFilter): Promise<string> {
  const { from = addDays(context.day, -pastDays), ...rest } = filter;
  const reader = new Reader(calendarSources(context, { from, ...rest }, 'to'), {
    after: undefined,
    descending: false,
    slices: context.deps.slices,
  });
  const entries: (Entry | FailedEntry)[] = [];
  for (let page = await reader.take(rowsATurn); page.length > 0; page = await reader.take(rowsATurn))
    entries.push(...page.map((entry) => entry.shown));
  const whole = entries.filter((entry): entry is Entry => !isFailed(entry));
  const failed = entries.filter((entry): entry is FailedEntry => isFailed(entry));
  return icalendar(nameOf(context, whole, filter.placeId), [
    ...groupsOf(context, whole).map((group) => eventOf(context, group)),
    ...failed.map((entry) => failedEvent(context, entry)),
  ]);
}
export const calendarType = 'text/calendar; charset=utf-8';

export const calendarFeed = feed({
  title: 'The calendar as an iCalendar feed, as you may see it',
  url: '/v1/calendar.ics',
  parameters: CalendarParameters,
  answers: { 'text/calendar': 'BEGIN:VCALENDAR' },
  refuses: [406],
  run: async (query, context) => ({ type: calendarType, body: await calendarText(context, query) }),
});
