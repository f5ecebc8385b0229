/** A department: what it owes by the day first promised, who waits, and how often it answered in time. */
import { Docket, type DocketItem } from '../../http/questions/departments-shape.js';
import type { AnswerOf } from '../../http/query/declare.js';
import { isFailed } from '../../http/query/rows.js';
import { dayOfMoment, moment, withArticle } from '../../http/words/format.js';
import { pageAddress, withAsked, type Query } from '../address.js';
import { byLateness } from '../../domain/progress/due-codes.js';
import { owedFigure, type Owing } from '../figures/owed.js';
import { changeTold } from '../words/changes.js';
import { costShown } from '../words/costs.js';
import { owedTold } from '../words/progress.js';
import { ask, page, type Ask, type Page } from '../page.js';
import type { Visit } from '../visit.js';
import { addressOfAnswers } from './department-answers.js';
import { possibleModel, type PossibleModel } from './possible.js';

type Owed = AnswerOf<typeof Docket>;
type Item = AnswerOf<typeof DocketItem>;

/** A page's worth: what is due later is a link away. */
const mostItems = '100';
/** So many records are asked about what its reader may do with them: those due first. */
const mostAnswered = 10;

const docket = ask('/v1/departments/:id/docket', Docket);
const nothing: PossibleModel = { able: [], unable: [] };
/** By which forms of its record an item of a code is done. */
const formsOf: Readonly<Record<string, readonly string[]>> = {
  ownership: ['ownership-acceptances', 'ownership-refusals', 'handlers'],
  answer: ['answers', 'prepared-answers', 'handlers'],
  rung: ['answers', 'prepared-answers', 'directions', 'handlers'],
  deed: ['removal-claims', 'handlers'],
  offer: ['acceptance', 'refusal'],
  delivery: ['reports', 'completion-claims'],
  report: ['reports'],
  verification: ['verification', 'claim-returns'],
};
/** Of what may be done with its record, what does the item itself. */
function answersTo({ code }: Item, { able }: PossibleModel): PossibleModel['able'] {
  const forms = Object.hasOwn(formsOf, code) ? (formsOf[code] ?? []) : [];
  return able.filter(({ href }) => forms.some((form) => href.replace(/\?.*$/, '').endsWith(`/${form}`)));
}
/** Where its own people act on what waits for them, by the kind of record. */
const collections: Readonly<Record<string, string>> = { barrier: 'barriers', commitment: 'commitments' };
/** A record whose forms are asked for, by its address; undefined of a kind that none are offered of. */
function formsAt({ record: { aggregate, id } }: Item): readonly [collection: string, id: string] | undefined {
  const collection = Object.hasOwn(collections, aggregate) ? collections[aggregate] : undefined;
  return collection === undefined ? undefined : [collection, id];
}
/** Of how many barriers whoever reads may give its answer. */
const answerable = (possible: ReadonlyMap<string, PossibleModel>): number =>
  [...possible.values()].filter(({ able }) => able.some(({ href }) => href.endsWith('/answers'))).length;
/** Does whoever reads act for the department? */
const isOwn = ({ principal }: Visit, id: string): boolean =>
  principal.grants.some(({ agency }) => agency === id);

/** What it owes, and for its own people what they may do with each record that waits for them. */
const owed: Ask<{ readonly docket: Owed; readonly possible: ReadonlyMap<string, PossibleModel> }> = async (
  visit,
  id,
  asked,
) => {
  // What changed since stands in a part of its own: here is all that it owes.
  const { since: _, ...when } = asked;
  const answered = await docket(visit, id, { ...when, limit: mostItems });
  if (!isOwn(visit, id) || asked.audience !== undefined || asked.asAt !== undefined)
    return { docket: answered, possible: new Map() };
  const records = new Map(
    answered.items.flatMap((item) => {
      const at = isFailed(item) ? undefined : formsAt(item);
      return at === undefined ? [] : [[at.join('/'), at] as const];
    }),
  );
  const found = await Promise.all(
    [...records]
      .slice(0, mostAnswered)
      .map(
        async ([at, [collection, record]]) => [at, await possibleModel(collection, record, visit)] as const,
      ),
  );
  return {
    docket: answered,
    possible: new Map(found.flatMap(([at, model]) => (model ? [[at, model]] : []))),
  };
};

/** What changed since the day that is asked for; undefined where none is. */
const moved: Ask<Owed['changed']> = async (visit, id, asked) =>
  asked.since === undefined ? undefined : (await docket(visit, id, { ...asked, limit: '1' })).changed;

const asAtTold = ({ request }: Visit): string | undefined => {
  const { asAt } = request.query as Query;
  return asAt === undefined ? undefined : moment(asAt);
};

/** The items that could be shown, the one first promised for the earliest day first. */
export const byFirstPromise = (items: Owed['items']): readonly Item[] =>
  items
    .flatMap((item) => (isFailed(item) ? [] : item))
    .sort((one, other) => one.firstDueOn.localeCompare(other.firstDueOn) || one.id.localeCompare(other.id));

/** Of what waits for it, what it promised: not what it is yet to accept, to report on or to verify. */
export const isPromise = ({ code }: Item): boolean => code === 'deed' || code === 'delivery';

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
    ask: { owed, moved },
    view({ owed: { docket: told, possible }, moved: changed }, visit) {
      const { id } = told.department;
      const { asAt, since, audience } = visit.request.query as Query;
      const items = byFirstPromise(told.items);
      return {
        isOwn: isOwn(visit, id),
        asAt: asAtTold(visit),
        asAtDay: dayOfMoment(asAt ?? ''),
        now: withAsked(visit.request.url, { asAt: undefined }),
        since,
        audience,
        changed: changed?.map(changeTold),
        asked: withAsked('/barriers', { ownerAgencyId: id, asAt, audience }),
        failed: told.items.length - items.length,
        drawn: waitingDrawn(items, told.department.name),
        items: items.map((item) => ({
          ...item,
          href: item.link === null ? undefined : pageAddress(item.link),
          isPromise: isPromise(item),
          // What nobody has costed is told as that.
          cost:
            item.pence === undefined
              ? undefined
              : costShown({
                  pence: item.pence,
                  atLeastPence: item.atLeastPence,
                  isWithheld: item.notDisclosed === true,
                }),
          able: answersTo(item, possible.get(formsAt(item)?.join('/') ?? '') ?? nothing),
        })),
        at: `/departments/${encodeURIComponent(id)}`,
        answers: answerable(possible) > 1 ? addressOfAnswers(id) : undefined,
      };
    },
    template: 'department.njk',
  }),
];
