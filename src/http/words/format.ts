/** How values read: money, days, instants, years, shares. Each is given as the API has it. */
import { endOfDay, isCivilDate, londonDate, londonTime } from '../../domain/shared/calendar.js';
import { longDate, monthNames } from '../../domain/shared/values.js';

/** `£1,234.00`, exactly; below zero with a minus before the pound. */
export function money(pence: number): string {
  const whole = Math.trunc(Math.abs(pence) / 100);
  const rest = String(Math.abs(pence) % 100).padStart(2, '0');
  return `${pence < 0 ? '−' : ''}£${grouped(whole)}.${rest}`;
}
const [million, billion] = [100_000_000, 100_000_000_000];
/** `£1.2 million`, as prose has it: to the first decimal; below a million in whole pounds. */
export function pounds(pence: number): string {
  const sign = pence < 0 ? '−' : '';
  const size = Math.abs(pence);
  const rounded = (unit: number): string => String(Math.round((10 * size) / unit) / 10);
  if (size >= billion) return `${sign}£${rounded(billion)} billion`;
  if (size >= million) return `${sign}£${rounded(million)} million`;
  return `${sign}£${grouped(Math.round(size / 100))}`;
}
/** A whole number with a comma between thousands. */
export const grouped = (count: number): string => count.toLocaleString('en-GB');

/** `24 March 2010` of `2010-03-24`; what is no day stays as it is. */
export const day = (text: string): string => (isCivilDate(text) ? longDate(text) : text);
/** `March 2010` of `2010-03`, and a year as it is. */
export function month(text: string): string {
  const [, year, number] = /^(\d{4})-(\d\d)$/.exec(text) ?? [];
  const name = monthNames[Number(number) - 1];
  return name === undefined ? text : `${name} ${year}`;
}
/** `2009 to 2010` of the financial year `2009-10`. */
export function financialYear(text: string): string {
  const [, from, to] = /^(\d{4})-(\d\d)$/.exec(text) ?? [];
  if (from === undefined) return text;
  const century = to === '00' ? Number(from.slice(0, 2)) + 1 : from.slice(0, 2);
  return `${from} to ${century}${to}`;
}

/** `24 March 2010 at 1:30pm`, of an instant in UTC, as clocks in London had it. */
export function instant(text: string): string {
  if (Number.isNaN(Date.parse(text))) return text;
  const utc = new Date(text).toISOString();
  const [hour, minute = ''] = londonTime(utc).split(':');
  return `${longDate(londonDate(utc))} at ${clock(Number(hour), minute)}`;
}
/** The day whose end an instant is; what is none stays as it is. */
export function dayOfMoment(text: string): string {
  if (Number.isNaN(Date.parse(text))) return text;
  const utc = new Date(text).toISOString();
  const on = londonDate(utc);
  return endOfDay(on) === utc ? on : text;
}
/** A moment that was asked about: its day, where it is the end of one. */
export function moment(text: string): string {
  const on = dayOfMoment(text);
  return isCivilDate(on) ? longDate(on) : instant(on);
}
/**
 * A sentence with its days and instants as people write them. One that shows how to write a day stays: it is
 * written so.
 */
export const datesTold = (text: string): string =>
  /, like \d/.test(text)
    ? text
    : text.replace(/\b\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?(?![\w-])/g, (written) =>
        isCivilDate(written) ? longDate(written) : instant(written),
      );
function clock(hour: number, minute: string): string {
  if (minute === '00' && hour === 0) return 'midnight';
  if (minute === '00' && hour === 12) return 'midday';
  const past = minute === '00' ? '' : `:${minute}`;
  return `${hour % 12 || 12}${past}${hour < 12 ? 'am' : 'pm'}`;
}

/** `the Department of Health`, `the Home Office`, `HM Treasury`: a body's name as a sentence has it. */
export const withArticle = (name: string): string =>
  /^(Department|Ministry)\b|\bOffice$/.test(name) ? `the ${name}` : name;

/** Hundredths of a per cent, as agreements share risk. */
export const basisPoints = (count: number): string => `${count / 100}%`;
/** `34 working days late`, `due today`, `2 working days left`, of how many are left. */
export function daysLeft(workingDaysLeft: number): string {
  if (workingDaysLeft === 0) return 'due today';
  const count = Math.abs(workingDaysLeft);
  return `${grouped(count)} working ${count === 1 ? 'day' : 'days'} ${workingDaysLeft < 0 ? 'late' : 'left'}`;
}
/** Text that ends as a sentence does: with a stop, where it has none of its own. */
export const stopped = (text: string): string => (/[.?!…][’”"')]*$/.test(text) ? text : `${text}.`);
/** Text with its first letter as a sentence begins. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Characters of a word from which it is broken anywhere: an id, a check code. */
const longestWord = 24;
const figureOrDay = /^(\d{1,2} [A-Z][a-z]+ \d{4}|[−-]?£[\d,.]+|\d{4} to \d{4})$/;
/** The class of a text by how its lines may end: a day or a sum never breaks, an id does anywhere. */
export function wrapping(text: string): 'app-whole' | 'app-id' | 'app-prose' {
  if (figureOrDay.test(text)) return 'app-whole';
  return text.length > longestWord && !/\s/.test(text) ? 'app-id' : 'app-prose';
}
