/** Civil dates in Europe/London, working days and London midnights. Dates are `YYYY-MM-DD`, instants RFC 3339 UTC with milliseconds. */
import { Temporal } from 'temporal-polyfill';

export type CivilDate = string;
export type Instant = string;

const zone = 'Europe/London';
const dayMs = 86_400_000;
const dayNumber = (date: CivilDate): number => Date.parse(`${date}T00:00:00Z`) / dayMs;
const fromNumber = (n: number): CivilDate => new Date(n * dayMs).toISOString().slice(0, 10);

/** True for a date that exists, written `YYYY-MM-DD`. */
export function isCivilDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const n = dayNumber(text);
  return Number.isFinite(n) && fromNumber(n) === text;
}

export const addDays = (date: CivilDate, days: number): CivilDate => fromNumber(dayNumber(date) + days);
/** The same day `n` years later, for comparing: 29 February stays what it is. */
export const yearsLater = (date: CivilDate, n: number): CivilDate => `${Number(date.slice(0, 4)) + n}${date.slice(4)}`;
/** Days from `a` to `b`; negative when `b` is earlier. */
export const daysBetween = (a: CivilDate, b: CivilDate): number => dayNumber(b) - dayNumber(a);

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
export const londonTime = (instant: Instant): string => Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' });
/** The instant at which a London day begins. */
export function startOfDay(date: CivilDate): Instant {
  return at(date, '00:00');
}
/** The last millisecond of a London day: where every date deadline ends. */
export function endOfDay(date: CivilDate): Instant {
  return new Date(Date.parse(startOfDay(addDays(date, 1))) - 1).toISOString();
}
/** A London wall-clock time (`HH:MM`) as an instant. */
export function at(date: CivilDate, time: string): Instant {
  const ms = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds;
  return new Date(ms).toISOString();
}

/** Working days of England and Wales: Monday to Friday but for the holidays given (dates). Answers hold from 1990 to 2060. */
export class WorkingDays {
  static readonly #first = dayNumber('1990-01-01');
  static readonly #last = dayNumber('2060-12-31');
  /** count[i] = working days from the first day up to and including day i. */
  readonly #count: Int32Array;
  readonly #days: number[] = [];

  constructor(holidays: Iterable<CivilDate>) {
    const off = new Set([...holidays].map(dayNumber));
    this.#count = new Int32Array(WorkingDays.#last - WorkingDays.#first + 1);
    for (let i = 0, n = 0; i < this.#count.length; i++) {
      const day = WorkingDays.#first + i;
      const weekday = (day + 4) % 7; // 1 January 1970 was a Thursday (4)
      if (weekday !== 0 && weekday !== 6 && !off.has(day)) {
        n++;
        this.#days.push(day);
      }
      this.#count[i] = n;
    }
  }

  #upTo(date: CivilDate): number {
    const i = dayNumber(date) - WorkingDays.#first;
    if (!(i >= 0 && i < this.#count.length)) throw new RangeError(`no working days are known for ${date}`);
    return this.#count[i]!;
  }

  isWorkingDay(date: CivilDate): boolean {
    return this.#upTo(date) > this.#upTo(addDays(date, -1));
  }
  /** The n-th working day after a date (n ≥ 1), or before the day's own working day (n < 0); n = 0 gives the date itself. */
  add(date: CivilDate, n: number): CivilDate {
    return n === 0 ? date : fromNumber(this.#days[this.#upTo(date) + n - 1]!);
  }
  /** Working days after `a` up to and including `b`; negative when `b` is earlier. */
  between(a: CivilDate, b: CivilDate): number {
    return this.#upTo(b) - this.#upTo(a);
  }
}
