/** How values read: money, days, instants, years, shares. Each is given as the API has it. */

/** `£1,234.00`, exactly; below zero with a minus before the pound. */
export function money(pence: number): string {
  const whole = Math.trunc(Math.abs(pence) / 100);
  const rest = String(Math.abs(pence) % 100).padStart(2, '0');
  return `${pence < 0 ? '−' : ''}£${grouped(whole)}.${rest}`;
}
/** A whole number with a comma between thousands. */
export const grouped = (count: number): string => count.toLocaleString('en-GB');

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `24 March 2010` of `2010-03-24`; what is no day stays as it is. */
export function day(text: string): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const name = months[Number(month) - 1];
  return name === undefined ? text : `${Number(date)} ${name} ${year}`;
}
/** `March 2010` of `2010-03`, and a year as it is. */
export function month(text: string): string {
  const [, year, number] = /^(\d{4})-(\d\d)$/.exec(text) ?? [];
  const name = months[Number(number) - 1];
  return name === undefined ? text : `${name} ${year}`;
}
/** `2009 to 2010` of the financial year `2009-10`. */
export function financialYear(text: string): string {
  const [, from, to] = /^(\d{4})-(\d\d)$/.exec(text) ?? [];
  if (from === undefined) return text;
  const century = to === '00' ? Number(from.slice(0, 2)) + 1 : from.slice(0, 2);
  return `${from} to ${century}${to}`;
}

const london = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
/** `24 March 2010 at 1:30pm`, of an instant in UTC, as clocks in London had it. */
export function instant(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const parts = Object.fromEntries(london.formatToParts(at).map(({ type, value }) => [type, value]));
  const on = day(`${parts.year}-${parts.month}-${parts.day}`);
  return `${on} at ${clock(Number(parts.hour), `${parts.minute}`)}`;
}
function clock(hour: number, minute: string): string {
  if (minute === '00' && hour === 0) return 'midnight';
  if (minute === '00' && hour === 12) return 'midday';
  const past = minute === '00' ? '' : `:${minute}`;
  return `${hour % 12 || 12}${past}${hour < 12 ? 'am' : 'pm'}`;
}

/** Hundredths of a per cent, as agreements share risk. */
export const basisPoints = (count: number): string => `${count / 100}%`;
/** Text with its first letter as a sentence begins. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
