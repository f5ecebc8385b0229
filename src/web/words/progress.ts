/** What a programme's progress comes to, in sentences. */
import type { AnswerOf } from '../../http/query/declare.js';
import type { BarrierCounts } from '../../http/questions/department-obligations-shape.js';
import type { Totals } from '../../http/questions/progress-totals-shape.js';
import type { ByLateness } from '../../domain/progress/due-codes.js';
import type { Owing } from '../figures/owed.js';
import { daysLeft, grouped, pounds, sentence } from '../../http/words/format.js';

type Told = AnswerOf<typeof Totals>;

/** What colours a programme's places, as far as it is counted by colour. */
type Coloured = Pick<Told, 'places' | 'redPlaces'> & {
  readonly rag: Pick<Told['rag'], 'red'>;
  readonly whitehallRag: Pick<Told['whitehallRag'], 'red'>;
};

/** `Of 23 places 6 are red: 5 for what the places owe, 3 for what Whitehall owes, 2 of them for both.` */
export function colouredPlaces({ places, redPlaces, rag, whitehallRag }: Coloured): string {
  if (places === 0) return 'No place is enrolled yet.';
  if (redPlaces === 0) return `None of ${places} ${places === 1 ? 'place' : 'places'} is red.`;
  const are = redPlaces === 1 ? '1 is red' : `${redPlaces} are red`;
  const all = places === 1 ? '1 place' : `${places} places`;
  return `Of ${all} ${are}${forWhoseOwing(redPlaces, rag.red, whitehallRag.red)}.`;
}
/** Why places are red: for what they owe (`own`), for what Whitehall owes them, or for both. */
function forWhoseOwing(redPlaces: number, own: number, whitehall: number): string {
  const they = redPlaces === 1 ? 'it owes' : 'they owe';
  if (whitehall === 0) return `, for what ${they} and not for what Whitehall owes`;
  if (own === 0) return `, for what Whitehall owes and not for what ${they}`;
  const both = own + whitehall - redPlaces;
  if (both === redPlaces) return `, ${both === 1 ? '' : 'each '}for what it owes and for what Whitehall owes`;
  const whose = own === 1 ? 'the place owes' : 'the places owe';
  const ofThem = both > 0 ? `, ${both} of them for both` : '';
  return `: ${own} for what ${whose}, ${whitehall} for what Whitehall owes${ofThem}`;
}

/** What a sum is at least it still is as prose has it: to the first decimal of millions, to pounds below. */
const roundedDown = (pence: number): number => pence - (pence % (pence >= 100_000_000 ? 10_000_000 : 100));

/** A sum over places: what it is, or at least is; undefined where nothing of it is told. */
export function sumTold(
  { pence, atLeastPence, placesNotShared = 0 }: Told['pledged'],
  places: number,
): string {
  if (pence !== null) return pounds(pence);
  return placesNotShared === places
    ? 'not shared with you'
    : `at least ${pounds(roundedDown(atLeastPence ?? 0))}`;
}

/**
 * What departments owe and is late, as sentences. `who`: within one, Whitehall or a department; `oldest`:
 * what it owes longest and to whom, where that is told.
 */
export function lateTold(
  { answersOverdue, oldestWorkingDays }: Pick<Told, 'answersOverdue' | 'oldestWorkingDays'>,
  {
    who = 'Whitehall',
    oldest: longest,
  }: { readonly who?: string; readonly oldest?: string | undefined } = {},
): string {
  if (answersOverdue === null) return `What ${who} owes is not shared with this audience.`;
  const answers = answersOverdue === 1 ? '1 answer' : `${grouped(answersOverdue)} answers`;
  const oldest =
    oldestWorkingDays === null
      ? `Nothing that ${who} owes is late.`
      : `What ${who} owes longest is ${longest ?? daysLeft(-oldestWorkingDays)}.`;
  return `${sentence(who)} has ${answers} overdue. ${oldest}`;
}

/** How many barriers of a place wait for whom, and of which of them `whom` is not told. */
export function mustActTold(
  { whitehall, joint, local, untriaged }: AnswerOf<typeof BarrierCounts>,
  whom: string,
): string {
  const all = [
    { count: whitehall, who: 'Whitehall', waits: 'for Whitehall' },
    { count: joint, who: 'Whitehall and partners', waits: 'for Whitehall and partners' },
    { count: local, who: 'partners', waits: 'for partners' },
    { count: untriaged, who: 'not yet said', waits: 'to be sorted' },
  ];
  const told = all.flatMap(({ count, who }) => (count === null ? [] : [`${who} ${grouped(count)}`]));
  const untold = all.flatMap(({ count, waits }) => (count === null ? [waits] : []));
  return [
    ...(told.length > 0 ? [`Who must act: ${told.join('; ')}.`] : []),
    ...(untold.length > 0 ? [`How many wait ${listed(untold)} is not shared with ${whom}.`] : []),
  ].join(' ');
}
/** `a, b and c`. */
const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** `6 things wait for departments: 4 are late, the latest by 34 working days.` `whom`: for whom. */
export function owedTold(owing: readonly Owing[], whom: string): string {
  const count = (of: readonly (keyof ByLateness)[]): number =>
    owing.reduce((sum, { waiting }) => sum + of.reduce((all, key) => all + waiting[key], 0), 0);
  const late = count(['late1To10', 'late11To20', 'lateLonger']);
  const all = late + count(['notLate']);
  const wait = all === 1 ? `1 thing waits for ${whom}` : `${grouped(all)} things wait for ${whom}`;
  if (late === 0) return `${wait}: none is late.`;
  const latest = Math.max(...owing.map(({ oldest }) => oldest ?? 0));
  const by = `${grouped(latest)} working ${latest === 1 ? 'day' : 'days'}`;
  return `${wait}: ${late === 1 ? `1 is late, by ${by}` : `${grouped(late)} are late, the latest by ${by}`}.`;
}

/** `24 of 30 steps due are done, of 95 in all.` */
export function stepsTold({ steps: { required, due, doneOfDue } }: Pick<Told, 'steps'>): string {
  if (due === 0) return `No step is due yet, of ${grouped(required)} in all.`;
  const inAll = `of ${grouped(required)} in all`;
  return `${grouped(doneOfDue)} of ${grouped(due)} steps due by today are done, ${inAll}.`;
}
