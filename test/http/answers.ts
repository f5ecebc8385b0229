/**
 * What readers are answered, to be compared: without how far the log stands, when it was asked, and what
 * another programme says of itself.
 */
import type { Harness } from './harness.js';

/**
 * Members of answers that move with the log as a whole, or with the clock; a page that another programme's
 * entries fill ends earlier.
 */
const ofTheLog = new Set(['position', 'asAt', 'next', 'correlationId']);

/**
 * An entry of a list, or a line, that is of a record of the programme `other` itself: public, and told to
 * everybody; or a refusal.
 */
function isOf(other: string, entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { type, id, programmeId, placeId, record, link } = entry as {
    type?: unknown;
    id?: unknown;
    programmeId?: unknown;
    placeId?: unknown;
    record?: { id?: unknown };
    link?: unknown;
  };
  if (type === 'CommandRefused') return true;
  return (
    programmeId === other ||
    link === `/v1/programmes/${other}` ||
    [id, placeId, record?.id].some((x) => x === other || new RegExp(`(^|-)${other}[.-]`).test(String(x)))
  );
}
const bare = (value: unknown, other: string): unknown =>
  Array.isArray(value)
    ? value.filter((x) => !isOf(other, x)).map((x) => bare(x, other))
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([k]) => !ofTheLog.has(k))
            .map(([k, v]) => [k, bare(v, other)]),
        )
      : value;

const text = (raw: string, other: string): string =>
  raw
    .replaceAll(/DTSTAMP:\S+/g, '')
    // A calendar is named after every programme whose days it has.
    .replaceAll(/^(X-WR-CAL)?NAME:.*$/gm, '')
    .split(raw.startsWith('BEGIN:VCALENDAR') ? 'BEGIN:VEVENT' : '\n')
    .filter((part) => !new RegExp(`(^|,|UID:|-)${other}[.,-]`).test(part))
    .join('\n');

export interface Asker {
  readonly as: string;
  readonly account: string;
}
/** Every answer of these readers to these questions, by who asked what. */
export async function answersOf(
  harness: Harness,
  readers: readonly Asker[],
  urls: readonly string[],
  other: string,
): Promise<Map<string, unknown>> {
  const answers = new Map<string, unknown>();
  for (const { as, account } of readers) {
    for (const url of urls) {
      // Who reads what is another answer after each read.
      if (url.startsWith('/v1/reads')) continue;
      const answer = await harness.inject(as, account, 'GET', url);
      answers.set(`${as || 'nobody'} ${url}`, {
        status: answer.status,
        body: answer.json === undefined ? text(answer.raw, other) : bare(answer.json, other),
      });
    }
  }
  return answers;
}

/** Of a page, as much as both hold. */
function comparable(was: unknown, is: unknown): [string, string] {
  const items = [was, is].map((x) => (x as { body?: { items?: unknown[] } }).body?.items);
  const shown = items.every(Array.isArray) ? Math.min(...items.map((x) => x!.length)) : 0;
  const [a, b] = [was, is].map((x, i) =>
    JSON.stringify(items[i] && shown >= 150 ? items[i].slice(0, shown) : x),
  );
  return [a!, b!];
}
/** What differs, each at its first difference. */
export const changesIn = (
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string[] =>
  [...before].flatMap(([question, answer]) => {
    const [was, is] = comparable(answer, after.get(question));
    if (was === is) return [];
    let at = 0;
    while (was[at] === is[at]) at++;
    const from = Math.max(0, at - 60);
    return [`${question}: …${was.slice(from, at + 80)} became …${is.slice(from, at + 80)}`];
  });
