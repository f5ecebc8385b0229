/**
 * How many rows a list has, by kind, place and month of its days: counted along the list's own sources, so
 * that whoever may not see a row does not have it counted.
 */
import { z } from 'zod';
import { addDays, monthsLater } from '../../domain/shared/calendar.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import { Reader, rowsATurn, type Source } from '../query/list.js';
import { DayShape, IdShape } from '../query/shapes.js';

const Month = z.string().meta({ description: 'Like 2009-09' });
const Count = z.int().meta({ description: 'Rows of the list that you may see' });
/** The days of a month that are asked about: for the filter of the list. */
const Days = {
  from: DayShape.meta({ description: 'The first day of the month that is asked about' }),
  to: DayShape.meta({ description: 'The last one' }),
};
/** `kind`: of what there is a row. */
export const countsShape = (name: string, kind: z.core.$ZodType<string>) =>
  z
    .strictObject({
      count: Count,
      kinds: z
        .array(
          z.strictObject({
            kind,
            count: Count,
            months: z
              .array(z.strictObject({ month: Month, ...Days, count: Count }))
              .meta({ description: 'The same months of each kind: those in which anything is counted' }),
          }),
        )
        .meta({ description: 'Of all places together, those with most rows first' }),
      items: z
        .array(
          z.strictObject({
            kind,
            placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
            month: Month,
            ...Days,
            count: Count,
          }),
        )
        .meta({ description: 'By month, then by place and kind' }),
    })
    .meta({ id: name });
/** What is answered, of whatever kinds. */
export type CountsAnswer = AnswerOf<ReturnType<typeof countsShape>>;
/** Columns of its CSV. */
export const countColumns = ['kind', 'placeId', 'month', 'from', 'to', 'count'] as const;

/** A row as it is counted. */
export interface Counted<K extends string = string> {
  readonly kind: K;
  readonly placeId: string | null;
  readonly day: string;
}
interface Bounds {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
/** The days of a month, within those that are asked about. */
function daysOf(month: string, { from, to }: Bounds) {
  const first = `${month}-01`;
  const last = addDays(monthsLater(first, 1), -1);
  return {
    from: from !== undefined && from > first ? from : first,
    to: to !== undefined && to < last ? to : last,
  };
}

/** Counts what sources in the order of days show. */
export async function countsOf<K extends string>(
  context: QueryContext,
  sources: readonly Source<Counted<K>>[],
  asked: Bounds,
) {
  const reader = new Reader(sources, { after: undefined, descending: false, slices: context.deps.slices });
  const counts = new Map<string, { kind: K; placeId: string | null; month: string; count: number }>();
  for (let rows = await reader.take(rowsATurn); rows.length > 0; rows = await reader.take(rowsATurn))
    for (const { shown } of rows) {
      const { kind, placeId, day } = shown;
      const month = day.slice(0, 'YYYY-MM'.length);
      const key = JSON.stringify([month, placeId, kind]);
      const known = counts.get(key) ?? { kind, placeId, month, count: 0 };
      known.count++;
      counts.set(key, known);
    }
  const inOrder = [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, counted]) => counted);
  const months = [...new Set(inOrder.map(({ month }) => month))];
  const kinds = [...new Set(inOrder.map(({ kind }) => kind))].sort();
  const sum = (of: (counted: (typeof inOrder)[number]) => boolean): number =>
    inOrder.filter(of).reduce((total, { count }) => total + count, 0);
  return {
    count: sum(() => true),
    kinds: kinds
      .map((kind) => ({
        kind,
        count: sum((counted) => counted.kind === kind),
        months: months.map((month) => ({
          month,
          ...daysOf(month, asked),
          count: sum((counted) => counted.kind === kind && counted.month === month),
        })),
      }))
      .sort((one, other) => other.count - one.count),
    items: inOrder.map(({ kind, placeId, month, count }) => ({
      kind,
      placeId,
      month,
      ...daysOf(month, asked),
      count,
    })),
  } satisfies CountsAnswer;
}
