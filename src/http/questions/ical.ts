/** iCalendar feeds (RFC 5545): whole days, text escaped, lines folded at 75 octets. */
import { addDays } from '../../domain/shared/calendar.js';
import { shownPlain } from '../../domain/kernel/text.js';

/** An event of a feed: whole days, both inclusive. */
export interface IcalEvent {
  readonly uid: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly description?: string;
}
const day = (date: string): string => date.replaceAll('-', '');
/** Also what readers take for a line's end that RFC 5545 does not name: an older text may hold it. */
const escape = (text: string): string =>
  shownPlain(text)
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');

/** Of a line (RFC 5545, 3.1); one that goes on begins with a space. */
const mostOctets = 75;
function foldLine(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const c of line) {
    const size = Buffer.byteLength(c);
    if (octets + size > (parts.length === 0 ? mostOctets : mostOctets - 1)) {
      parts.push(part);
      part = '';
      octets = 0;
    }
    part += c;
    octets += size;
  }
  return [...parts, part].join('\r\n ');
}

export function icalendar(name: string, entries: readonly IcalEvent[], now: string): string {
  const stamp = `${now.slice(0, 19).replace(/[-:]/g, '')}Z`;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//total-place//calendar//EN',
    `X-WR-CALNAME:${escape(name)}`,
  ];
  for (const e of entries) {
    lines.push(
      'BEGIN:VEVENT',
      `UID:${escape(e.uid)}`,
      `DTSTAMP:${stamp}`,
      `DTSTART;VALUE=DATE:${day(e.from)}`,
      `DTEND;VALUE=DATE:${day(addDays(e.to, 1))}`,
      `SUMMARY:${escape(e.title)}`,
    );
    if (e.description) lines.push(`DESCRIPTION:${escape(e.description)}`);
    lines.push('END:VEVENT');
  }
  return [...lines, 'END:VCALENDAR', ''].map(foldLine).join('\r\n');
}
