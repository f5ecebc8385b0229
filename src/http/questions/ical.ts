/**
 * iCalendar feeds (RFC 5545): whole days that take nobody's time, text escaped, lines folded at 75 octets.
 */
import { addDays } from '../../domain/shared/calendar.js';
import { shownPlain } from '../../domain/kernel/text.js';

/** An event of a feed: whole days, both inclusive. */
export interface IcalEvent {
  readonly uid: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** An instant: when any of this last changed. */
  readonly changedAt: string;
  readonly description?: string;
  /** Absolute: where more of it is told. */
  readonly url?: string;
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

const stampOf = (instant: string): string => `${instant.slice(0, 19).replace(/[-:]/g, '')}Z`;

/** How often a calendar is to be asked for again, for those that go by it. */
const refreshed = 'PT6H';
/** A calendar must hold something (RFC 5545, 3.4); one in which nothing has a date holds the time zone. */
const timeZone = [
  'BEGIN:VTIMEZONE',
  'TZID:Europe/London',
  'BEGIN:STANDARD',
  'DTSTART:19961027T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0000',
  'TZNAME:GMT',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:19960331T010000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0100',
  'TZNAME:BST',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

/**
 * The text of a calendar. It is the same as long as its entries are: of a publication without a `METHOD` the
 * stamp is when an entry last changed (3.8.7.2), and not when it was asked for.
 */
export function icalendar(name: string, entries: readonly IcalEvent[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//total-place//calendar//EN',
    `NAME:${escape(name)}`,
    `X-WR-CALNAME:${escape(name)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:${refreshed}`,
    `X-PUBLISHED-TTL:${refreshed}`,
    ...(entries.length === 0 ? timeZone : []),
  ];
  for (const e of entries) {
    lines.push(
      'BEGIN:VEVENT',
      `UID:${escape(e.uid)}`,
      `DTSTAMP:${stampOf(e.changedAt)}`,
      `LAST-MODIFIED:${stampOf(e.changedAt)}`,
      `DTSTART;VALUE=DATE:${day(e.from)}`,
      `DTEND;VALUE=DATE:${day(addDays(e.to, 1))}`,
      `SUMMARY:${escape(e.title)}`,
      // A deadline takes nobody's day.
      'TRANSP:TRANSPARENT',
    );
    if (e.description) lines.push(`DESCRIPTION:${escape(e.description)}`);
    if (e.url) lines.push(`URL:${e.url}`);
    lines.push('END:VEVENT');
  }
  return [...lines, 'END:VCALENDAR', ''].map(foldLine).join('\r\n');
}
