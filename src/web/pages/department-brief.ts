/** A department on one side of paper. */
import type { AnswerOf } from '../../http/query/declare.js';
import { Docket, type DocketItem } from '../../http/questions/departments-shape.js';
import { PlacePage, type PlaceToday } from '../../http/questions/progress-shape.js';
import { stepsOf, sumOver } from '../../http/questions/progress-totals.js';
import { isFailed } from '../../http/query/rows.js';
import { ask, page, type Ask, type Page } from '../page.js';
import { day, daysLeft, grouped, sentence } from '../../http/words/format.js';
import { changeTold } from '../words/changes.js';
import { lateTold, stepsTold, sumTold } from '../words/progress.js';
import { briefModel, byDay, isAhead, ofBrief, part, sinceAsked } from './brief.js';
import { byFirstPromise, isPromise } from './department.js';
import { isToday } from './place.js';

type Item = AnswerOf<typeof DocketItem>;

const docketOf = ask('/v1/departments/:id/docket', Docket);
/** What changed: of its items those alone. */
const moved = ofBrief(ask('/v1/departments/:id/docket', Docket, { limit: '1' }));

const placesTold = ({ places }: Item): string =>
  places.length > 0 ? `${places.map(({ name }) => name).join(', ')}: ` : '';
const itemTold = (item: Item): string => `${placesTold(item)}${sentence(item.deed)}`;
const lateItem = (item: Item): string =>
  `${itemTold(item)}, ${isPromise(item) ? 'first promised for' : 'due'} ${day(item.firstDueOn)}, ` +
  daysLeft(item.workingDaysLeft);

/** What it owes longest, and to whom; undefined where that is not among what is told. */
function oldestOf(items: readonly Item[], oldestWorkingDays: number | null): string | undefined {
  const oldest = items.find(({ daysLate }) => daysLate > 0 && daysLate === oldestWorkingDays);
  return oldest && lateItem(oldest);
}

const progressOf = ask('/v1/places/:id/progress', PlacePage);
interface Owed {
  readonly docket: AnswerOf<typeof Docket>;
  /** Those that wait for it, as far as each can be told. */
  readonly places: readonly AnswerOf<typeof PlaceToday>[];
}
const owed: Ask<Owed> = async (visit, id) => {
  const docket = await docketOf(visit, id, { audience: 'programme', limit: '200' });
  const ids = isFailed(docket) ? [] : docket.places;
  const all = await Promise.all(ids.map((place) => progressOf(visit, place, { audience: 'programme' })));
  return { docket, places: all.filter(isToday) };
};
/** How far the places that wait for it are, and what is confirmed there. */
function stepsAndMoney(places: Owed['places'], today: string): string[] {
  if (places.length === 0) return [];
  const confirmed = sumTold(sumOver(places, 'confirmedPence'), places.length);
  return [
    `Their steps: ${stepsTold({ steps: stepsOf(places, today) })}`,
    `Confirmed in their pooled and aligned budgets: ${confirmed}.`,
  ];
}

/** How often it answered in time, in words. */
function onTimeTold({ answeredOnTime: { onTime, of } }: AnswerOf<typeof Docket>): string {
  if (onTime === null || of === null) return 'How it answered is not shared with this audience.';
  if (of === 0) return 'It has given no answer yet.';
  return `${grouped(onTime)} of ${grouped(of)} answers came by the day first due.`;
}

export const departmentBriefs: readonly Page[] = [
  page({
    address: '/departments/:id/brief',
    title: (answers) => `Brief: ${answers.owed.docket.department.name}`,
    for: 'signed-in',
    ask: { owed, moved },
    view: ({ owed: { docket: told, places }, moved: { changed = [] } }, visit) => {
      const { name } = told.department;
      const since = sinceAsked(visit);
      const items = byFirstPromise(told.items);
      const more = `see the page of ${name}`;
      const ahead = items.filter(({ dueOn }) => isAhead(dueOn, visit.context.day));
      return briefModel({
        name,
        asAt: told.asAt,
        isIllustrative: items.some(({ illustrative }) => illustrative),
        summary: [
          onTimeTold(told),
          ...(isFailed(told)
            ? ['Its counts could not be shown.']
            : [
                lateTold(told, { who: 'it', oldest: oldestOf(items, told.oldestWorkingDays) }),
                `Places that wait for it: ${told.placeNames.join(', ') || 'none'}.`,
                ...stepsAndMoney(places, visit.context.day),
              ]),
        ],
        parts: [
          part(
            'What is red, and why',
            items.filter(({ level }) => level === 'red').map(lateItem),
            'Nothing is red.',
            more,
          ),
          part(`What changed since ${day(since)}`, changed.map(changeTold), 'Nothing changed.', more),
          part(
            'The next four weeks',
            byDay(ahead.map((item) => ({ on: item.dueOn, text: itemTold(item) }))),
            'Nothing is due.',
            more,
          ),
        ],
        since,
      });
    },
    template: 'brief.njk',
  }),
];
