/**
 * One side of paper, always as the programme's audience is told it, so that it can be handed on within the
 * programme whoever printed it: its frame, how much of it fits, and the same as plain text.
 */
import { addDays } from '../../domain/shared/calendar.js';
import { ColourShape } from '../../http/query/shapes.js';
import type { AnswerOf } from '../../http/query/declare.js';
import { weekBefore } from '../../http/questions/progress.js';
import type { Reason, PlaceToday } from '../../http/questions/progress-shape.js';
import type { Query } from '../address.js';
import type { Ask } from '../page.js';
import type { Visit } from '../visit.js';
import { colour } from '../words/colours.js';
import { day, daysLeft, instant, sentence } from '../../http/words/format.js';

type Why = AnswerOf<typeof Reason>;
type Changed = NonNullable<AnswerOf<typeof PlaceToday>['changed']>;

/** Of a part at most, in lines of paper and by how many letters one has, so that all stands on one side. */
const [mostLines, lettersOfLine] = [9, 90];
/** Days of the next four weeks. */
const daysAhead = 28;

export interface Part {
  readonly title: string;
  readonly lines: readonly string[];
}
/** A part of a brief. `more`: where what does not fit is read. */
export function part(title: string, lines: readonly string[], none: string, more: string): Part {
  if (lines.length === 0) return { title, lines: [none] };
  let taken = 0;
  const over = lines.findIndex((line) => (taken += Math.ceil(line.length / lettersOfLine)) > mostLines);
  const fit = over === -1 ? lines.length : Math.max(1, over);
  const rest = lines.length - fit;
  return { title, lines: [...lines.slice(0, fit), ...(rest > 0 ? [`And ${rest} more: ${more}`] : [])] };
}

/** The day since when changes are told: as asked, else a week ago. */
const sinceOf = (visit: Visit, since: string | undefined): string => since ?? weekBefore(visit.context.day);
export const sinceAsked = (visit: Visit): string => sinceOf(visit, (visit.request.query as Query).since);
/** A question as the programme is answered it, with what changed since the day asked for. */
export const ofBrief =
  <A>(question: Ask<A>): Ask<A> =>
  (visit, id, { since }) =>
    question(visit, id, { since: sinceOf(visit, since), audience: 'programme' });
/** Is a day within the next four weeks, today with them? */
export const isAhead = (on: string, today: string): boolean => on >= today && on <= addDays(today, daysAhead);

interface Dated {
  readonly on: string;
  readonly text: string;
}
/** What comes, by its day. */
export const byDay = (dated: readonly Dated[]): string[] =>
  [...dated]
    .sort((one, other) => one.on.localeCompare(other.on))
    .map(({ on, text }) => `${day(on)}: ${text}`);
/** Who owes what is due within the next four weeks. */
export const dueOf = (reasons: readonly Why[], today: string): Dated[] =>
  reasons.flatMap(({ dueOn, deed, owedBy }) =>
    dueOn !== null && isAhead(dueOn, today)
      ? [{ on: dueOn, text: `${sentence(deed)} (${owedBy.map((one) => one.name).join(', ')})` }]
      : [],
  );

export const reasonTold = ({ text, owedBy }: Pick<Why, 'text' | 'owedBy'>): string =>
  `${sentence(text)}${owedBy.length > 0 ? ` (${owedBy.map(({ name }) => name).join(', ')})` : ''}`;
export const redOf = (reasons: readonly Why[]): string[] =>
  reasons.filter(({ level }) => level === 'red').map(reasonTold);
export const colourTold = (from: Why['level'] | null): string => (from === null ? 'none' : colour(from).word);
/** Of what changed at a place: its colours, its steps (`done`, by name) and what its owners answered. */
export function movedOf(changed: Changed, done: readonly string[]): string[] {
  return [
    ...moved('its colour', changed.rag),
    ...moved('Whitehall’s colour', changed.whitehallRag),
    ...(done.length > 0 ? [`done: ${done.join(', ')}`] : []),
    ...(changed.answers ? [`answers of owners of barriers: ${changed.answers}`] : []),
  ];
}
const moved = (what: string, { from, to }: Changed['rag']): string[] =>
  from === to ? [] : [`${what} from ${colourTold(from)} to ${colourTold(to)}`];

/** Of what changed at a place: its reasons, each by its text, the worst of those that stand first. */
export function reasonsMoved({ reasonsNew, reasonsChanged, reasonsGone }: Changed): readonly string[] {
  const standing = [
    ...reasonsNew.map((reason) => ({ reason, was: 'New' })),
    ...reasonsChanged.map((reason) => ({ reason, was: `Was ${colourTold(reason.from)}` })),
  ];
  const rank = ({ reason: { level } }: (typeof standing)[number]): number => levels.indexOf(level);
  return [
    ...standing
      .sort((one, other) => rank(other) - rank(one))
      .map(({ reason, was }) => `${was}: ${reasonTold(reason)}`),
    ...reasonsGone.map(({ text }) => `No longer: ${sentence(text)}`),
  ];
}
const levels = ColourShape.options;
/**
 * What Whitehall owes longest, to whom and whose: of the reasons of places the one of the earliest day, where
 * that is as late as is counted.
 */
export function owedLongest(
  places: readonly { readonly name: string; readonly reasons: readonly Why[] }[],
  oldestWorkingDays: number | null,
): string | undefined {
  if (oldestWorkingDays === null) return undefined;
  const howLate = daysLeft(-oldestWorkingDays);
  const late = places.flatMap(({ name, reasons }) =>
    reasons
      .filter(({ whose, text }) => whose.includes('whitehall') && text.includes(`: ${howLate} `))
      .map(({ dueOn, text, owedBy }) => ({ on: dueOn ?? '', name, text, owedBy })),
  );
  const [first] = late.sort((one, other) => one.on.localeCompare(other.on));
  return first && `${first.name}: ${reasonTold(first)}`;
}

const audience = 'For the programme: what departments, its office and its places may all read.';
const invented = 'Illustrative in part: filled in to make the demonstrator live.';
interface Brief {
  readonly name: string;
  /** The instant of which it tells. */
  readonly asAt: string;
  readonly isIllustrative: boolean;
  readonly summary: readonly string[];
  readonly parts: readonly Part[];
  readonly since: string;
}
/** A brief as its template has it. */
export function briefModel({ name, asAt, isIllustrative, summary, parts, since }: Brief) {
  const made = `${audience} As at ${instant(asAt)}.${isIllustrative ? ` ${invented}` : ''}`;
  const text = [
    name,
    made,
    '',
    ...summary,
    ...parts.flatMap(({ title, lines }) => ['', title, ...lines.map((line) => `- ${line}`)]),
  ].join('\n');
  return { made, summary, parts, since, text };
}
