/** Steps done so far against those due, day by day: one model for the figure and for its numbers. */
import { drawLines, type LinesDrawn } from './lines.js';

/** Of a day, as progress tells it. */
interface Day {
  readonly date: string;
  readonly required: number;
  readonly due: number;
  readonly done: number;
}
export interface StepsFigure extends LinesDrawn {
  /** The days on which a number became another, with the first and the last. */
  readonly numbers: readonly Day[];
}
/** So many days can be read without a figure. */
const readDays = 10;

/** The figure of days that are over and of today; undefined where they are so few that they can be read. */
export function stepsFigure(over: readonly Day[], today: Day): StepsFigure | undefined {
  const days = [...over, today];
  if (days.length <= readDays) return undefined;
  const line = (name: string, key: 'due' | 'done', isMain: boolean) => ({
    name,
    isMain,
    points: days.map((day) => ({ date: day.date, count: day[key] })),
  });
  return {
    ...drawLines([line('Due', 'due', false), line('Done', 'done', true)]),
    numbers: days.filter((day, i) => day === today || !isSame(day, days[i - 1])),
  };
}
const isSame = (one: Day, other: Day | undefined): boolean =>
  one.required === other?.required && one.due === other.due && one.done === other.done;
