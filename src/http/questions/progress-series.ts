/** Steps day by day: of a place where they are asked for, and of places what they come to together. */
import type { Audience } from '../../domain/shared/access.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import type { QueryContext } from '../query/context.js';
import type { ColumnOf } from '../query/csv.js';
import type { AnswerOf } from '../query/declare.js';
import type { PlaceToday, ProgrammePage } from './progress-shape.js';

type PlaceSeries = Pick<AnswerOf<typeof PlaceToday>, 'series'>;
type Day = NonNullable<PlaceSeries['series']>[number];
type ProgrammeSeries = Pick<AnswerOf<typeof ProgrammePage>, 'series'>;
type Sum = NonNullable<ProgrammeSeries['series']>[number];

/** The days of a place that are told. */
interface Days {
  /** Whether they are asked for at all. */
  readonly series?: 'true' | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A place's days as one audience may know them. */
export const seriesOf = (
  context: QueryContext,
  placeId: string,
  audience: Audience,
  { series, from, to }: Days,
): PlaceSeries =>
  series === undefined
    ? {}
    : {
        series: context
          .of(placeProgress)
          .series(placeId, audience)
          .filter(({ date }) => (from === undefined || date >= from) && (to === undefined || date <= to)),
      };

/** The sums, day by day, of what is answered of each place: of a day without a row a place adds nothing. */
export function seriesOver(places: readonly object[], { series }: Pick<Days, 'series'>): ProgrammeSeries {
  if (series === undefined) return {};
  const days = new Map<string, Sum>();
  for (const place of places)
    for (const { date, required, due, done } of (place as PlaceSeries).series ?? []) {
      const sum = days.get(date) ?? { date, required: 0, due: 0, done: 0 };
      days.set(date, {
        date,
        required: sum.required + required,
        due: sum.due + due,
        done: sum.done + done,
      });
    }
  return { series: [...days.values()].sort((one, other) => one.date.localeCompare(other.date)) };
}

export const programmeDayColumns: readonly ColumnOf<Sum>[] = ['date', 'required', 'due', 'done'];
export const placeDayColumns: readonly ColumnOf<Day>[] = [
  'date',
  'required',
  'due',
  'done',
  'rag',
  'whitehallRag',
  'failed',
];
