/** The calendar as its reader may see it: the programme's dates, places' own dates, open steps and due items. */
import { z } from 'zod';
import {
  DayShape,
  DueCodeShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  LinkShape,
  PartyShape,
  Text,
  wordsOf,
  WorkingDaysLeft,
} from '../query/shapes.js';
import { addDays, isCivilDate } from '../../domain/shared/calendar.js';
import { FuzzyDate } from '../../domain/shared/values.js';
import { calendar, type CalendarKind, type CalendarRow } from '../../projections/views/calendar.js';
import { due, type DueOrder } from '../../projections/views/due.js';
import { itemId } from '../../projections/views/due-items.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { register } from '../../projections/views/register.js';
import { between, walkOf, type Key, type Spot } from '../../projections/engine/walk.js';
import type { AnswerOf } from '../query/declare.js';
import { feed } from '../query/feed.js';
import { icalendar } from './ical.js';
import { Reader, rowsATurn, type Source } from '../query/list.js';
import type { QueryContext } from '../query/context.js';
import { parameter } from '../query/parameters.js';
import { isFailed, rowOf, type Failed } from '../query/rows.js';
import { homeOf, resolveNames } from '../query/present-event.js';
import { countdown, itemAt, partyName, stepsWaiting, visibleItems } from './due-items.js';
import { titleOf } from '../query/titles.js';
import type { DueItem } from '../../domain/progress/due-codes.js';

export interface CalendarFilter {
  readonly programmeId?: string | undefined;
  readonly placeId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
export const CalendarEntry = z
  .strictObject({
    id: IdShape,
    programmeId: IdShape.nullable().meta({ description: 'Null of what is of no programme' }),
    kind: wordsOf<CalendarKind | 'step' | 'due'>({
      deadline: true,
      political: true,
      programme: true,
      engagement: true,
      info: true,
      'round-opens': true,
      'round-closes': true,
      extension: true,
      step: true,
      due: true,
    }),
    code: DueCodeShape.nullable().meta({ description: 'Of a step and of what is due' }),
    title: Text,
    from: DayShape,
    to: DayShape.meta({ description: 'The day that counts; of what is known to a month, its last' }),
    precision: FuzzyDate.shape.precision,
    tbc: z.boolean().meta({ description: 'It may still move' }),
    originalTo: DayShape.meta({ description: 'The day first given' }),
    status: wordsOf<CalendarRow['status'] | 'passed'>({
      planned: true,
      reached: true,
      open: true,
      closed: true,
      passed: true,
    }),
    workingDaysLeft: WorkingDaysLeft,
    holidaysAssumed: HolidaysAssumed,
    placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
    owedBy: z.array(PartyShape),
    reason: Text.nullable().meta({ description: 'Why it moved, or why a place has longer' }),
    link: LinkShape,
    illustrative: Illustrative,
  })
  .meta({ id: 'CalendarEntry' });
type Entry = AnswerOf<typeof CalendarEntry>;
/** What is known of an entry that could not be made. */
type FailedEntry = Pick<Entry, 'id' | 'from' | 'to'> & Failed;

const dated = (r: QueryContext, e: CalendarRow, id: string): Entry => ({
  id,
  programmeId: e.programmeId,
  kind: e.kind,
  code: null,
  title: e.placeId ? `${r.of(placeProgress).nameOf(e.placeId) ?? e.placeId}: ${e.title}` : e.title,
  from: e.from,
  to: e.to,
  precision: e.precision,
  tbc: e.tbc,
  originalTo: e.originalTo,
  // Nobody said that it was reached; its day is over all the same.
  status: e.status === 'planned' && e.to < r.day ? 'passed' : e.status,
  ...countdown(r, e.to),
  placeId: e.placeId,
  owedBy: [],
  reason: e.reason,
  link: r.link('programme', e.programmeId),
  illustrative: e.illustrative,
});

function waiting(r: QueryContext, i: DueItem, id: string): Entry {
  const place = i.placeId ? (r.of(placeProgress).nameOf(i.placeId) ?? i.placeId) : undefined;
  const owedBy = i.owedBy.map((p) => ({ ...p, name: partyName(r, p) }));
  const title = titleOf(r, i.aggregate, i.recordId);
  const deed = resolveNames(r, i.deed, homeOf(r, i.aggregate, i.recordId));
  const named = i.code === 'step' || deed.includes(title) ? deed : `${deed}: ${title}`;
  // Each seat has its own: the question alone would not tell them apart.
  const about = i.code === 'position' ? `${named} (${owedBy.map((p) => p.name).join(', ')})` : named;
  return {
    id,
    programmeId: i.placeId ? (r.of(placeProgress).programmeOf(i.placeId) ?? null) : null,
    kind: i.code === 'step' ? 'step' : 'due',
    code: i.code,
    title: place ? `${place}: ${about}` : about,
    from: i.dueOn,
    to: i.dueOn,
    precision: 'day',
    tbc: false,
    originalTo: i.dueOn,
    status: 'open',
    ...countdown(r, i.dueOn),
    placeId: i.placeId ?? null,
    owedBy,
    reason: null,
    link: r.link(i.aggregate, i.recordId),
    illustrative: i.illustrative,
  };
}

/** Before everything else of its day: what opens comes before what closes. */
const tieOf = (to: string, id: string): string => `${to}${/\.round\.\d+\.opens$/.test(id) ? ' ' : '~'}${id}`;
interface DateSpot extends Spot {
  make(): Entry | FailedEntry;
}
export type CalendarOrder = 'to' | 'kind' | 'placeId';
/** The same of what is due: an item has a day, a place, and one kind. */
const dueOrders: Readonly<Record<CalendarOrder, DueOrder>> = {
  to: 'dueOn',
  placeId: 'placeId',
  kind: { alike: 'due' },
};

/** Everything with a date that the reader may see and asks for: the few dates and steps beside what is due, which is walked. */
export function calendarSources(
  r: QueryContext,
  f: CalendarFilter,
  by: CalendarOrder,
): Source<Entry | FailedEntry>[] {
  const { from = '0000-01-01', to = '9999-12-31' } = f;
  const isAsked = (e: { readonly from: string; readonly to: string }): boolean =>
    e.to >= from && e.from <= to;
  const programmes = r
    .of(register)
    .programmes()
    .filter((p) => (!f.programmeId || p.id === f.programmeId) && r.seen('programme', p.id));
  const places = new Set(
    programmes
      .flatMap((p) => r.of(placeProgress).places(p.id))
      .map((p) => p.id)
      .filter((id) => (!f.placeId || id === f.placeId) && r.seen('place', id)),
  );
  const spot = (
    key: { readonly to: string; readonly kind: Key; readonly placeId: Key },
    id: string,
    make: DateSpot['make'],
  ): DateSpot => ({ key: key[by], tie: tieOf(key.to, id), make });
  const item = (i: DueItem, id: string) =>
    rowOf(r, { id, from: i.dueOn, to: i.dueOn }, () => waiting(r, i, id));
  const dates = programmes
    .flatMap((p) => r.of(calendar).ofProgramme(p.id))
    .filter((e) => !f.placeId || !e.placeId || e.placeId === f.placeId)
    // That a place has longer for a return, and why, is the programme's to know.
    .filter((e) => e.kind !== 'extension' || r.audience(e.placeId!) !== 'public')
    .filter(isAsked)
    .map((e) => {
      const id = `${e.programmeId}.${e.entryId}`;
      return spot(e, id, () => rowOf(r, { id, from: e.from, to: e.to }, () => dated(r, e, id)));
    });
  const steps = [...places].flatMap((placeId) => {
    const failed = { id: `place-${placeId}.steps`, from: r.day, to: r.day };
    const open = rowOf(r, failed, () => stepsWaiting(r, placeId));
    if (isFailed(open))
      return isAsked(open) ? [spot({ to: open.to, kind: null, placeId: null }, open.id, () => open)] : [];
    return open
      .filter((i) => isAsked({ from: i.dueOn, to: i.dueOn }))
      .map((i) => {
        const id = `place-${placeId}.step.${i.key}`;
        return spot({ to: i.dueOn, kind: 'step', placeId }, id, () => item(i, id));
      });
  });
  const items = r.of(due).walkOpen(dueOrders[by], f.placeId);
  const show = ({ tie }: Spot): Entry | FailedEntry | undefined => {
    const i = itemAt(r, tie);
    if (
      i.stopped ||
      !isAsked({ from: i.dueOn, to: i.dueOn }) ||
      (i.placeId && !places.has(i.placeId)) ||
      visibleItems(r, [i]).length === 0
    )
      return undefined;
    return item(i, itemId(i));
  };
  return [
    { walk: walkOf([...dates, ...steps]), show: (row: DateSpot) => row.make() },
    { walk: by === 'to' ? between(from, to, items) : items, show },
  ];
}

const Parameters = z.strictObject({
  programmeId: parameter.programmeId,
  placeId: parameter.placeId,
  from: parameter.from,
  to: parameter.to,
});

export const calendarFeed = feed({
  title: 'The calendar as an iCalendar feed, as you may see it',
  url: '/v1/calendar.ics',
  parameters: Parameters,
  answers: { 'text/calendar': 'BEGIN:VCALENDAR' },
  refuses: [406],
  async run(query, r) {
    // A subscription needs no distant past: half a year back unless more is asked for.
    const { from = addDays(r.day, -183), ...rest } = query;
    const reader = new Reader(calendarSources(r, { from, ...rest }, 'to'), {
      after: undefined,
      descending: false,
      slices: r.deps.slices,
    });
    const entries: (Entry | FailedEntry)[] = [];
    for (let page = await reader.take(rowsATurn); page.length > 0; page = await reader.take(rowsATurn))
      entries.push(...page.map((e) => e.shown));
    return {
      type: 'text/calendar; charset=utf-8',
      body: icalendar(
        'Total Place',
        entries.map((e) => {
          const uid = `${e.id}@total-place`;
          // Which day it was may be what cannot be read: then it stands today.
          if (isFailed(e))
            return {
              uid,
              title: 'Something with a date cannot be shown now',
              ...([e.from, e.to].every(isCivilDate)
                ? { from: e.from, to: e.to }
                : { from: r.day, to: r.day }),
            };
          const notes = [
            e.owedBy.length > 0 ? `Owed by ${e.owedBy.map((p) => p.name).join(', ')}` : '',
            e.originalTo === e.to ? '' : `First planned for ${e.originalTo}`,
            e.reason ?? '',
            e.illustrative ? 'Illustrative: filled in, not taken from a source' : '',
          ].filter(Boolean);
          return {
            uid,
            title: e.tbc ? `${e.title} (to be confirmed)` : e.title,
            from: e.from,
            to: e.to,
            ...(notes.length > 0 ? { description: notes.join('\n') } : {}),
          };
        }),
        r.now,
      ),
    };
  },
});
