/**
 * Civil dates in Europe/London, working days and London midnights. Dates are `YYYY-MM-DD`, instants RFC 3339
 * UTC with milliseconds.
 */
import { Temporal } from 'temporal-polyfill';

export type CivilDate = string;
export type Instant = string;

const zone = 'Europe/London';
const dayMs = 86_400_000;
/**
 * The ends of what is written with four digits for the year; what is reckoned beyond them stands at the end.
 */
const [firstDate, lastDate] = ['0000-01-01', '9999-12-31'];
/** The last day that may be given: a year is left in which what is reckoned from it ends. */
export const latestDate = '9998-12-31';
const dayNumber = (date: CivilDate): number => Date.parse(`${date}T00:00:00Z`) / dayMs;
const [firstDay, lastDay] = [dayNumber(firstDate), dayNumber(lastDate)];
const fromNumber = (count: number): CivilDate =>
  new Date(Math.min(Math.max(count, firstDay), lastDay) * dayMs).toISOString().slice(0, 10);

/** True for an instant in UTC whose London day can be written and may be given. */
export const isWithinCalendar = (instant: Instant): boolean =>
  /^\d{4}-/.test(instant) && instant.slice(0, 10) > firstDate && instant.slice(0, 10) <= latestDate;

/** True for a date that exists, written `YYYY-MM-DD`. */
export function isCivilDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const n = dayNumber(text);
  return Number.isFinite(n) && fromNumber(n) === text;
}

/** Stands at 0000-01-01 and 9999-12-31, the ends of what can be written. */
export const addDays = (date: CivilDate, days: number): CivilDate => fromNumber(dayNumber(date) + days);
/** The Monday of a day's week. */
export function mondayOf(date: CivilDate): CivilDate {
  // Day 0, 1 January 1970, was a Thursday.
  const sinceMonday = (((dayNumber(date) + 3) % 7) + 7) % 7;
  return addDays(date, -sinceMonday);
}
/** The same day so many months on; the month's last where it has no such day. */
export const monthsLater = (date: CivilDate, months: number): CivilDate =>
  Temporal.PlainDate.from(date).add({ months }).toString();
/** The same day `n` years later, for comparing: 29 February stays what it is. */
export const yearsLater = (date: CivilDate, count: number): CivilDate =>
  `${String(Math.min(Number(date.slice(0, 4)) + count, 9999)).padStart(4, '0')}${date.slice(4)}`;
/** Days from `a` to `b`; negative when `b` is earlier. */
export const daysBetween = (one: CivilDate, other: CivilDate): number => dayNumber(other) - dayNumber(one);

let cached: { from: Instant; to: Instant; date: CivilDate } = { from: '', to: '', date: '' };
/** The London day on which an instant falls. */
export function londonDate(instant: Instant): CivilDate {
  // Instants in UTC sort as their texts do.
  if (instant >= cached.from && instant < cached.to && instant.endsWith('Z')) return cached.date;
  const date = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
  cached = { from: startOfDay(date), to: startOfDay(addDays(date, 1)), date };
  return date;
}

/** The time of day in London, `HH:MM`. */
export const londonTime = (instant: Instant): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' });
/** The same to the millisecond, where it is not a whole minute: `HH:MM:SS`, `HH:MM:SS.mmm`. */
export const londonTimeOf = (instant: Instant): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainTime().toString().replace(/:00$/, '');
/** The instant at which a London day begins. */
export function startOfDay(date: CivilDate): Instant {
  return at(date, '00:00');
}
/** The last millisecond of a London day: where every date deadline ends. */
export function endOfDay(date: CivilDate): Instant {
  return at(date, '23:59:59.999');
}
/** A London wall-clock time (`HH:MM`, or with seconds) as an instant. */
export function at(date: CivilDate, time: string): Instant {
  const ms = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds;
  return new Date(ms).toISOString();
}

/**
 * Weekdays from Monday 29 December 1969 up to and including a day, by its number; the weekday that is the
 * n-th of these.
 */
const weekdaysUpTo = (day: number): number => {
  const week = Math.floor((day + 3) / 7);
  return week * 5 + Math.min(day + 3 - week * 7 + 1, 5);
};
const nthWeekday = (count: number): number => {
  const week = Math.floor((count - 1) / 5);
  return week * 7 + (count - 1 - week * 5) - 3;
};

/**
 * Working days of England and Wales, in any year: Monday to Friday but for the holidays given (dates). In a
 * year for which none are given the weekends alone are known: `assumes` says where an answer rests on that.
 */
export class WorkingDays {
  /** Holidays that fall on a weekday, in order. */
  readonly #holidays: readonly number[];
  /**
   * The last day of the last year for which holidays are known, and the first of the first; undefined where
   * none are.
   */
  readonly holidaysKnown: { readonly from: CivilDate; readonly to: CivilDate } | undefined;

  constructor(holidays: Iterable<CivilDate>) {
    const dates = [...new Set(holidays)].sort();
    this.#holidays = dates.map(dayNumber).filter((day) => weekdaysUpTo(day) > weekdaysUpTo(day - 1));
    const [first, last] = [dates.at(0), dates.at(-1)];
    this.holidaysKnown =
      first && last ? { from: `${first.slice(0, 4)}-01-01`, to: `${last.slice(0, 4)}-12-31` } : undefined;
  }

  /** Holidays up to and including a day. */
  #holidaysUpTo(day: number): number {
    let [low, high] = [0, this.#holidays.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- below its length: a hot search
      if (this.#holidays[middle]! <= day) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  #upTo(date: CivilDate): number {
    const day = dayNumber(date);
    if (Number.isNaN(day)) throw new RangeError(`${JSON.stringify(date)} is no date`);
    return weekdaysUpTo(day) - this.#holidaysUpTo(day);
  }

  isWorkingDay(date: CivilDate): boolean {
    return this.#upTo(date) > this.#upTo(addDays(date, -1));
  }
  /**
   * The n-th working day after a date (n ≥ 1), or before the day's own working day (n < 0); n = 0 gives the
   * date itself.
   */
  add(date: CivilDate, count: number): CivilDate {
    if (count === 0) return date;
    const target = this.#upTo(date) + count;
    // As many weekdays as holidays are passed are passed beside: until no more are.
    let [passed, day] = [-1, 0];
    for (let holidays = 0; holidays !== passed; holidays = this.#holidaysUpTo(day))
      day = nthWeekday(target + (passed = holidays));
    return fromNumber(day);
  }
  /** Working days after `a` up to and including `b`; negative when `b` is earlier. */
  between(one: CivilDate, other: CivilDate): number {
    return this.#upTo(other) - this.#upTo(one);
  }
  /**
   * True where one of the days lies in a year whose holidays are not known: what is reckoned with it is made
   * by weekends alone.
   */
  assumes(...dates: readonly CivilDate[]): boolean {
    return dates.some(
      (date) => !this.holidaysKnown || date < this.holidaysKnown.from || date > this.holidaysKnown.to,
    );
  }
}
