/**
 * What is due until Sunday, or in other days that are asked for, and what is overdue: a row for each deed,
 * however many places it waits for.
 */
import { z } from 'zod';
import { addDays, mondayOf } from '../../domain/shared/calendar.js';
import { Reader, rowsATurn } from '../query/list.js';
import { words, type ColumnOf } from '../query/csv.js';
import { record, type AnswerOf, type Query } from '../query/declare.js';
import { parameter } from '../query/parameters.js';
import type { QueryContext } from '../query/context.js';
import { isFailed } from '../query/rows.js';
import {
  DayShape,
  DueCodeShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  LinkShape,
  PartyShape,
  Text,
  WorkingDaysLeft,
} from '../query/shapes.js';
import { CalendarEntry, calendarSources, type CalendarFilter, type Entry } from './calendar.js';
import { groupsOf, isWaiting, type Group } from './deeds.js';
import { placeName } from './due-items.js';

const Deed = z
  .strictObject({
    id: z.string(),
    deed: Text.meta({ description: 'What is to be done, or what the day is' }),
    kind: CalendarEntry.shape.kind,
    code: DueCodeShape.nullable().meta({ description: 'Of a step and of what is due' }),
    dueOn: DayShape,
    overdue: z.boolean(),
    workingDaysLeft: WorkingDaysLeft,
    holidaysAssumed: HolidaysAssumed,
    programmeId: IdShape.nullable().meta({ description: 'Null of what is of no programme' }),
    waiting: z.int().meta({ description: 'How many times it waits: for each place, and each seat' }),
    places: z.array(z.strictObject({ placeId: IdShape, name: z.string() })),
    owedBy: z.array(PartyShape),
    link: LinkShape.meta({ description: 'Its record; where it is of several, their programme' }),
    illustrative: Illustrative,
  })
  .meta({ id: 'DeedOfTheWeek' });
/** Shape of the answer. */
export const Week = z
  .strictObject({
    from: DayShape.meta({ description: 'The Monday of this week, or the day asked for' }),
    to: DayShape.meta({ description: 'Its Sunday, or the day asked for' }),
    overdue: z.int().meta({ description: 'How many of the rows are overdue' }),
    failed: z.int().meta({ description: 'How many entries could not be shown' }),
    items: z.array(Deed).meta({ description: 'Overdue first, each by its day' }),
  })
  .meta({ id: 'Week' });

/** What it may be asked. */
export const weekParameters = z.object({
  programmeId: parameter.programmeId,
  placeId: parameter.placeId,
  from: parameter.from.meta({ description: 'From this day instead, without what was overdue before it' }),
  to: parameter.to.meta({ description: 'Until this day instead' }),
  audience: parameter.audience,
});

const daysAWeek = 7;

/** Every entry until a day that the reader may see, in order of days. */
async function entriesUntil(context: QueryContext, filter: CalendarFilter) {
  const reader = new Reader(calendarSources(context, filter, 'to'), {
    after: undefined,
    descending: false,
    slices: context.deps.slices,
  });
  const entries: Entry[] = [];
  let failed = 0;
  for (let page = await reader.take(rowsATurn); page.length > 0; page = await reader.take(rowsATurn))
    for (const { shown } of page) {
      if (isFailed(shown)) failed++;
      else entries.push(shown);
    }
  return { entries, failed };
}

function rowOf(context: QueryContext, { deed, entries }: Group): AnswerOf<typeof Deed> {
  const [first] = entries;
  const { id, kind, code, to, workingDaysLeft, holidaysAssumed, programmeId } = first;
  const placeIds = [...new Set(entries.flatMap(({ placeId }) => placeId ?? []))];
  const places = placeIds.map((placeId) => ({ placeId, name: placeName(context, placeId) }));
  const parties = new Map(
    entries.flatMap(({ owedBy }) => owedBy.map((party) => [`${party.kind} ${party.id}`, party])),
  );
  const isOfOne = new Set(entries.map(({ link }) => link)).size === 1;
  return {
    id,
    deed,
    kind,
    code,
    dueOn: to,
    overdue: isWaiting(kind) && to < context.day,
    workingDaysLeft,
    ...(holidaysAssumed ? { holidaysAssumed } : {}),
    programmeId,
    waiting: entries.length,
    places: places.sort((one, other) => one.name.localeCompare(other.name, 'en-GB')),
    owedBy: [...parties.values()].sort((one, other) => one.name.localeCompare(other.name, 'en-GB')),
    link: isOfOne ? first.link : context.link('programme', programmeId ?? ''),
    illustrative: entries.some(({ illustrative }) => illustrative),
  };
}

const weekColumns: readonly ColumnOf<AnswerOf<typeof Deed>>[] = [
  'id',
  'deed',
  'kind',
  'code',
  'dueOn',
  'overdue',
  'workingDaysLeft',
  'holidaysAssumed',
  'programmeId',
  'waiting',
  ['places', (row) => words(row.places.map(({ name }) => name))],
  ['owedBy', (row) => words(row.owedBy.map(({ name }) => name))],
  'link',
  'illustrative',
];

export const thisWeek: readonly Query[] = [
  record({
    title: 'What is due this week, and what is overdue, a row for each thing to do',
    url: '/v1/this-week',
    query: weekParameters,
    body: Week,
    csv: {
      rows: 'items',
      version: 2,
      row: Deed,
      columns: weekColumns,
    },
    async answer(query, context) {
      const monday = mondayOf(context.day);
      const { from = monday, to = addDays(monday, daysAWeek - 1), programmeId, placeId } = query;
      const { entries, failed } = await entriesUntil(context, { programmeId, placeId, from: query.from, to });
      // What is no deed is of its own day alone: a milestone that is over waits for nobody. What is known to
      // a month counts by its last day.
      const asked = entries.filter((entry) => isWaiting(entry.kind) || (entry.to >= from && entry.to <= to));
      const items = groupsOf(context, asked).map((group) => rowOf(context, group));
      const late = items.filter(({ overdue }) => overdue);
      return {
        position: context.deps.service.position(),
        body: {
          from,
          to,
          overdue: late.length,
          failed,
          items: [...late, ...items.filter(({ overdue }) => !overdue)],
        },
      };
    },
  }),
];
