/** What people type for money, dates and times, as values; undefined of what is none. */

/** "12,400.50" in pence, exactly: no number with a fraction is ever made of it. */
export function penceOf(text: string): number | undefined {
  const plain = text.replace(/\s/g, '').replace(/^£/, '');
  const [, pounds, pence = ''] = /^(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d{1,2}))?$/.exec(plain) ?? [];
  return pounds === undefined ? undefined : Number(pounds.replaceAll(',', '') + pence.padEnd(2, '0'));
}
/** An amount in pence as it is typed: "12,400.50". */
export function poundsOf(pence: number): string {
  const digits = String(pence).padStart(3, '0');
  const pounds = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = digits.slice(-2);
  return rest === '00' ? pounds : `${pounds}.${rest}`;
}

const monthNames =
  'january february march april may june july august september october november december'.split(' ');
/** The number of a month, two digits, as it is typed: 3, 03, Mar, March. */
export function monthOf(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  if (/^\d{1,2}$/.test(word)) return word.padStart(2, '0');
  const index = word.length < 3 ? -1 : monthNames.findIndex((month) => month.startsWith(word));
  return index < 0 ? undefined : String(index + 1).padStart(2, '0');
}
/** As it stands in a date: what is too long or no number stays wrong, and is refused. */
export const two = (text: string): string => text.trim().padStart(2, '0');

/** "24 3 2010", "24/3/2010", "24 March 2010" or "2010-03-24". */
export function dateOf(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) return text.trim();
  const [, day = '', month = '', year = ''] =
    /^(\d{1,2})[\s/.-]+(\d{1,2}|[A-Za-z]{3,})[\s/.,-]+(\d{4})$/.exec(text.trim()) ?? [];
  const number = monthOf(month);
  return number === undefined ? undefined : `${year}-${number}-${two(day)}`;
}
/** "17:00", "5pm", "5:30pm", "midday". */
export function timeOf(text: string): string | undefined {
  const typed = text.trim().toLowerCase().replace(/\s/g, '');
  if (typed === 'midday' || typed === 'noon') return '12:00';
  if (typed === 'midnight') return '00:00';
  const [, hours, minutes = '00', seconds, half] =
    /^(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}(?:\.\d{1,3})?))?(am|pm)?$/.exec(typed) ?? [];
  if (hours === undefined || (half === undefined && !/[:.]/.test(typed))) return undefined;
  const most = half === undefined ? 23 : 12;
  const hour = Number(hours);
  if (hour > most || (half !== undefined && hour === 0) || Number(minutes) > 59) return undefined;
  if (seconds !== undefined && Number(seconds) >= 60) return undefined;
  const of24 = half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0);
  return `${two(String(of24))}:${minutes}${seconds === undefined ? '' : `:${seconds}`}`;
}
