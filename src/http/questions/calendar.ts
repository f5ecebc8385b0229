/**
 * The calendar as its reader may see it: the programme's dates, places' own dates, open steps and due items.
 */
import { z } from 'zod';
import {
  DayShape,
  DueCodeShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  InstantShape,
  LinkShape,
  PartyShape,
  Text,
  wordsOf,
  WorkingDaysLeft,
} from '../query/shapes.js';
import { isOpenTo, type Withheld } from '../../domain/shared/access.js';
import { FuzzyDate } from '../../domain/shared/values.js';
import { at } from '../../domain/shared/calendar.js';
import { calendar, type CalendarKind, type CalendarRow } from '../../projections/views/calendar.js';
import { due, type DueOrder } from '../../projections/views/due.js';
import { itemId } from '../../projections/views/due-items.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { timeline } from '../../projections/views/timeline.js';
import { register } from '../../projections/views/register.js';
import { between, walkOf, type Key, type Spot } from '../../projections/engine/walk.js';
import type { AnswerOf } from '../query/declare.js';
import type { Source } from '../query/list.js';
import type { QueryContext } from '../query/context.js';
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
    changedAt: InstantShape.meta({ description: 'When that last changed, or began to wait' }),
    link: LinkShape,
    illustrative: Illustrative,
  })
  .meta({ id: 'CalendarEntry' });
export type Entry = AnswerOf<typeof CalendarEntry>;
/** What is known of an entry that could not be made. */
export type FailedEntry = Pick<Entry, 'id' | 'from' | 'to'> & Failed;

/** When an event was recorded; of what there is none for, when the day began. */
const changedAt = (context: QueryContext, position: number): string =>
  context.of(timeline).recordedAt(position) ?? at(context.day, '00:00');

const dated = (context: QueryContext, row: CalendarRow, id: string): Entry => ({
  id,
  programmeId: row.programmeId,
  kind: row.kind,
  code: null,
  title: row.placeId
    ? `${context.of(placeProgress).nameOf(row.placeId) ?? row.placeId}: ${row.title}`
    : row.title,
  from: row.from,
  to: row.to,
  precision: row.precision,
  tbc: row.tbc,
  originalTo: row.originalTo,
  // Nobody said that it was reached; its day is over all the same.
  status: row.status === 'planned' && row.to < context.day ? 'passed' : row.status,
  ...countdown(context, row.to),
  placeId: row.placeId,
  owedBy: [],
  reason: row.reason,
  changedAt: changedAt(context, row.position),
  link: context.link('programme', row.programmeId),
  illustrative: row.illustrative,
});

/** `position`: of the event by which it last changed. */
function waiting(context: QueryContext, item: DueItem, id: string, position: number): Entry {
  const place = item.placeId ? (context.of(placeProgress).nameOf(item.placeId) ?? item.placeId) : undefined;
  const owedBy = item.owedBy.map((p) => ({ ...p, name: partyName(context, p) }));
  const title = titleOf(context, item.aggregate, item.recordId);
  const deed = resolveNames(context, item.deed, homeOf(context, item.aggregate, item.recordId));
  const named = item.code === 'step' || deed.includes(title) ? deed : `${deed}: ${title}`;
  // Each seat has its own: the question alone would not tell them apart.
  const about = item.code === 'position' ? `${named} (${owedBy.map((p) => p.name).join(', ')})` : named;
  return {
    id,
    programmeId: item.placeId ? (context.of(placeProgress).programmeOf(item.placeId) ?? null) : null,
    kind: item.code === 'step' ? 'step' : 'due',
    code: item.code,
    title: place ? `${place}: ${about}` : about,
    from: item.dueOn,
    to: item.dueOn,
    precision: 'day',
    tbc: false,
    originalTo: item.dueOn,
    status: 'open',
    ...countdown(context, item.dueOn),
    placeId: item.placeId ?? null,
    owedBy,
    reason: null,
    changedAt: changedAt(context, position),
    link: context.link(item.aggregate, item.recordId),
    illustrative: item.illustrative,
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

/**
 * Everything with a date that the reader may see and asks for: the few dates and steps beside what is due,
 * which is walked.
 */
export function calendarSources(
  context: QueryContext,
  filter: CalendarFilter,
  by: CalendarOrder,
): Source<Entry | FailedEntry>[] {
  const { from = '0000-01-01', to = '9999-12-31' } = filter;
  const isAsked = (event: { readonly from: string; readonly to: string }): boolean =>
    event.to >= from && event.from <= to;
  /** Is a record, or what waits on it, told to the audience that was asked for? */
  function isTold(aggregate: string, id: string, withheld: Withheld = false): boolean {
    const row = context.seen(aggregate, id);
    const { audienceAsked = 'members' } = context;
    return !!row && isOpenTo(row, audienceAsked, { version: row.version, private: withheld });
  }
  const programmes = context
    .of(register)
    .programmes()
    .filter((p) => (!filter.programmeId || p.id === filter.programmeId) && isTold('programme', p.id));
  const places = new Set(
    programmes
      .flatMap((p) => context.of(placeProgress).places(p.id))
      .map((p) => p.id)
      .filter((id) => (!filter.placeId || id === filter.placeId) && isTold('place', id)),
  );
  // Nobody is told more than they may know: a narrower audience than one's own is refused.
  if (context.audienceAsked) for (const id of places) context.audience(id);
  const spot = (
    key: { readonly to: string; readonly kind: Key; readonly placeId: Key },
    id: string,
    make: DateSpot['make'],
  ): DateSpot => ({ key: key[by], tie: tieOf(key.to, id), make });
  const item = (item: DueItem, id: string, position: number) =>
    rowOf(context, { id, from: item.dueOn, to: item.dueOn }, () => waiting(context, item, id, position));
  const dates = programmes
    .flatMap((p) => context.of(calendar).ofProgramme(p.id))
    .filter((e) => !filter.placeId || !e.placeId || e.placeId === filter.placeId)
    // That a place has longer for a return, and why, is the programme's to know.
    .filter((e) => e.kind !== 'extension' || (e.placeId && context.audience(e.placeId) !== 'public'))
    .filter(isAsked)
    .map((row) => {
      const id = `${row.programmeId}.${row.entryId}`;
      return spot(row, id, () =>
        rowOf(context, { id, from: row.from, to: row.to }, () => dated(context, row, id)),
      );
    });
  const steps = [...places].flatMap((placeId) => {
    const failed = { id: `place-${placeId}.steps`, from: context.day, to: context.day };
    const open = rowOf(context, failed, () => stepsWaiting(context, placeId));
    if (isFailed(open))
      return isAsked(open) ? [spot({ to: open.to, kind: null, placeId: null }, open.id, () => open)] : [];
    return open
      .filter((i) => isAsked({ from: i.dueOn, to: i.dueOn }))
      .map((entry) => {
        const id = `place-${placeId}.step.${entry.key}`;
        // What a place must have done, and by when, its programme says.
        const programmeId = context.of(placeProgress).programmeOf(placeId);
        const position =
          programmeId === undefined ? 0 : (context.seen('programme', programmeId)?.position ?? 0);
        return spot({ to: entry.dueOn, kind: 'step', placeId }, id, () => item(entry, id, position));
      });
  });
  const items = context.of(due).walkOpen(dueOrders[by], filter.placeId);
  const show = ({ tie }: Spot): Entry | FailedEntry | undefined => {
    const i = itemAt(context, tie);
    if (
      i.stopped ||
      !isAsked({ from: i.dueOn, to: i.dueOn }) ||
      (i.placeId && !places.has(i.placeId)) ||
      visibleItems(context, [i]).length === 0 ||
      !isTold(i.aggregate, i.recordId, i.private)
    )
      return undefined;
    return item(i, itemId(i), i.position);
  };
  return [
    { walk: walkOf([...dates, ...steps]), show: (row: DateSpot) => row.make() },
    { walk: by === 'to' ? between(from, to, items) : items, show },
  ];
}
