/** Reporting periods of a programme: months (`2009-09`) or calendar quarters (`2009-Q3`). */
import type { CivilDate, WorkingDays } from './calendar.js';
import { addDays, monthsLater } from './calendar.js';

export type PeriodKind = 'month' | 'quarter';

/** A month or a calendar quarter, as it is written in a report. */
export const periodPattern = /^\d{4}-(0[1-9]|1[0-2]|Q[1-4])$/;
export const kindOfPeriod = (period: string): PeriodKind => (period[5] === 'Q' ? 'quarter' : 'month');

const firstMonth = (period: string): number =>
  period[5] === 'Q' ? Number(period[6]) * 3 - 2 : Number(period.slice(5));
const periodText = (kind: PeriodKind, year: number, month: number): string =>
  kind === 'quarter' ? `${year}-Q${Math.ceil(month / 3)}` : `${year}-${String(month).padStart(2, '0')}`;

/** The period a date falls in. */
export const periodOf = (kind: PeriodKind, date: CivilDate): string =>
  periodText(kind, Number(date.slice(0, 4)), Number(date.slice(5, 7)));
export const periodStart = (period: string): CivilDate =>
  `${period.slice(0, 4)}-${String(firstMonth(period)).padStart(2, '0')}-01`;
/** Of periods asked for lately: the same few are asked for of every promise. */
function memoised<V>(of: (period: string) => V): (period: string) => V {
  const known = new Map<string, V>();
  return (period) => {
    let value = known.get(period);
    if (value === undefined) {
      if (known.size >= mostRemembered) known.clear();
      known.set(period, (value = of(period)));
    }
    return value;
  };
}
/** Some eighty years of months: a bound on memory, nothing else. */
const mostRemembered = 1000;

export const nextPeriod = memoised((period) => {
  const kind = kindOfPeriod(period);
  return periodOf(kind, monthsLater(periodStart(period), kind === 'quarter' ? 3 : 1));
});
/** The last day of a period. */
export const periodEnd = memoised((period): CivilDate => addDays(periodStart(nextPeriod(period)), -1));

/**
 * Periods that began after a day and have ended before another, oldest first: what a promise accepted on the
 * first owes reports for by the second.
 */
export function periodsOwed(kind: PeriodKind, acceptedOn: CivilDate, day: CivilDate): string[] {
  const owed: string[] = [];
  for (let p = nextPeriod(periodOf(kind, acceptedOn)); periodEnd(p) < day; p = nextPeriod(p)) owed.push(p);
  return owed;
}

/** Working days after a period's end by which it is reported. */
const reportWithin = 10;
export const reportDue = (period: string, wd: WorkingDays): CivilDate =>
  wd.add(periodEnd(period), reportWithin);

/**
 * Periods owed by a day for which no report was given, oldest first; none before the latest one reported: a
 * later report is the newest word.
 */
export function unreported(
  kind: PeriodKind,
  acceptedOn: CivilDate,
  day: CivilDate,
  reported: readonly string[],
): string[] {
  const last = reported.toSorted().at(-1) ?? '';
  return periodsOwed(kind, acceptedOn, day).filter((p) => p > last);
}

/**
 * The day on which the second of two unreported periods running was not reported in time; undefined where
 * there are no two.
 */
export function silentSince(
  kind: PeriodKind,
  acceptedOn: CivilDate,
  day: CivilDate,
  reported: readonly string[],
  wd: WorkingDays,
): CivilDate | undefined {
  const missed = unreported(kind, acceptedOn, day, reported).filter((p) => reportDue(p, wd) < day);
  const [, second] = missed;
  return second === undefined ? undefined : addDays(reportDue(second, wd), 1);
}
