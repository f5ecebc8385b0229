/** A department: what it owes by the day first promised, who waits, and how often it answered in time. */
import { Docket, type DocketItem } from '../../http/questions/departments-shape.js';
import type { AnswerOf } from '../../http/query/declare.js';
import { isFailed } from '../../http/query/rows.js';
import { moment, withArticle } from '../../http/words/format.js';
import { pageAddress, type Query } from '../address.js';
import { byLateness } from '../../domain/progress/due-codes.js';
import { owedFigure, type Owing } from '../figures/owed.js';
import { owedTold } from '../words/progress.js';
import { ask, page, type Ask, type Page } from '../page.js';
import type { Visit } from '../visit.js';
import { addressOfAnswers } from './department-answers.js';
import { possibleModel, type PossibleModel } from './possible.js';

type Owed = AnswerOf<typeof Docket>;
type Item = AnswerOf<typeof DocketItem>;

/** A page's worth: what is due later is a link away. */
const mostItems = '100';
/** So many barriers are asked about what its reader may do with them: those due first. */
const mostAnswered = 10;

const docket = ask('/v1/departments/:id/docket', Docket, { limit: mostItems });
const nothing: PossibleModel = { able: [], unable: [] };
/** By which forms of its barrier an item of a code is done. */
const formsOf: Readonly<Record<string, readonly string[]>> = {
  ownership: ['ownership-acceptances', 'ownership-refusals', 'handlers'],
  answer: ['answers', 'prepared-answers', 'handlers'],
  rung: ['answers', 'prepared-answers', 'directions', 'handlers'],
  deed: ['removal-claims', 'handlers'],
};
/** Of what may be done with its barrier, what does the item itself. */
function answersTo({ code }: Item, { able }: PossibleModel): PossibleModel['able'] {
  const forms = Object.hasOwn(formsOf, code) ? (formsOf[code] ?? []) : [];
  return able.filter(({ href }) => forms.some((form) => href.replace(/\?.*$/, '').endsWith(`/${form}`)));
}
/** Of how many barriers whoever reads may give its answer. */
const answerable = (possible: ReadonlyMap<string, PossibleModel>): number =>
  [...possible.values()].filter(({ able }) => able.some(({ href }) => href.endsWith('/answers'))).length;
/** Does whoever reads act for the department? */
const isOwn = ({ principal }: Visit, id: string): boolean =>
  principal.grants.some(({ agency }) => agency === id);

/** What it owes, and for its own people what they may do with each barrier that it owes an answer to. */
const owed: Ask<{ readonly docket: Owed; readonly possible: ReadonlyMap<string, PossibleModel> }> = async (
  visit,
  id,
  asked,
) => {
  // What changed since is told by its list and its brief: here is what it owes.
  const { since: _, ...when } = asked;
  const answered = await docket(visit, id, when);
  if (!isOwn(visit, id) || asked.audience !== undefined || asked.asAt !== undefined)
    return { docket: answered, possible: new Map() };
  const barriers = new Set(
    answered.items.flatMap((item) =>
      !isFailed(item) && item.record.aggregate === 'barrier' ? item.record.id : [],
    ),
  );
  const found = await Promise.all(
    [...barriers]
      .slice(0, mostAnswered)
      .map(async (barrier) => [barrier, await possibleModel('barriers', barrier, visit)] as const),
  );
  return {
    docket: answered,
    possible: new Map(found.flatMap(([barrier, model]) => (model ? [[barrier, model]] : []))),
  };
};

const asAtTold = ({ request }: Visit): string | undefined => {
  const { asAt } = request.query as Query;
  return asAt === undefined ? undefined : moment(asAt);
};

/** The items that could be shown, the one first promised for the earliest day first. */
export const byFirstPromise = (items: Owed['items']): readonly Item[] =>
  items
    .flatMap((item) => (isFailed(item) ? [] : item))
    .sort((one, other) => one.firstDueOn.localeCompare(other.firstDueOn) || one.id.localeCompare(other.id));

/** Of what waits for it, what it promised. */
export const isPromise = ({ commitment, code }: Item): boolean => commitment !== null || code === 'deed';

/** So many things can be read without a figure. */
const readItems = 10;
/** What each place waits for, as it is drawn, with what it shows; undefined where it can be read. */
export function waitingDrawn(items: readonly Item[], departmentName: string) {
  if (items.length <= readItems) return undefined;
  const places = new Map<string, number[]>();
  for (const { places: waiting, daysLate } of items)
    for (const { name } of waiting) places.set(name, [...(places.get(name) ?? []), daysLate]);
  const owing = [...places].map(([name, late]): Owing => ({
    name,
    waiting: byLateness(late),
    oldest: Math.max(...late) || null,
  }));
  const late = items.map(({ daysLate }) => daysLate);
  const all = { name: departmentName, waiting: byLateness(late), oldest: Math.max(...late) || null };
  return { finding: owedTold([all], withArticle(departmentName)), figure: owedFigure(owing) };
}

export const departmentPages: readonly Page[] = [
  page({
    address: '/departments/:id',
    title: ({ owed }) => owed.docket.department.name,
    for: 'everybody',
    ask: { owed },
    view({ owed: { docket: told, possible } }, visit) {
      const { id } = told.department;
      const items = byFirstPromise(told.items);
      return {
        isOwn: isOwn(visit, id),
        asAt: asAtTold(visit),
        failed: told.items.length - items.length,
        drawn: waitingDrawn(items, told.department.name),
        items: items.map((item) => ({
          ...item,
          href: item.link === null ? undefined : pageAddress(item.link),
          isPromise: isPromise(item),
          able: answersTo(item, possible.get(item.record.id) ?? nothing),
        })),
        at: `/departments/${encodeURIComponent(id)}`,
        answers: answerable(possible) > 1 ? addressOfAnswers(id) : undefined,
      };
    },
    template: 'department.njk',
  }),
];
