/** The programme: how far each place is, why, who must act, and what Whitehall owes. */
import type { AnswerOf } from '../../http/query/declare.js';
import { ColourShape } from '../../http/query/shapes.js';
import { ProgrammePage, type PlaceToday } from '../../http/questions/progress-shape.js';
import { partyAsked } from '../../http/questions/places-asked.js';
import { withAsked, type Query } from '../address.js';
import { owedFigure, type Owing } from '../figures/owed.js';
import { stepsFigure } from '../figures/steps.js';
import { ask, page, possible, whole, type Ask, type Page } from '../page.js';
import { colouredPlaces, owedTold, stepsTold, sumTold } from '../words/progress.js';
import { stepTold, type Step, type StepTold } from '../words/steps.js';
import { lastVisit } from './last-visit.js';
import { noneAsked, placesFilter, regions } from './programme-filter.js';
import type { RecordModel } from './record.js';

export type Answer = AnswerOf<typeof ProgrammePage>;
export type Today = Extract<Answer, { readonly totals: object }>;
type Place = AnswerOf<typeof PlaceToday>;

/** The record as its plain page has it, which is asked for nothing but a moment. */
const record: Ask<RecordModel> = (visit, id, { asAt }) =>
  whole('/v1/programmes/:id')(visit, id, asAt === undefined ? {} : { asAt });

/** The same at an address of its own: the record's files are at the programme's. */
const recordAlone: Ask<RecordModel> = async (visit, id, asked) => ({
  ...(await record(visit, id, asked)),
  json: withAsked(`/programmes/${encodeURIComponent(id)}`, { asAt: asked.asAt, format: 'json' }),
});

export const isToday = (progress: Answer): progress is Today => 'totals' in progress;
/** Those of which everything can be said. */
export const wholeOf = (places: Today['places']): Place[] =>
  places.flatMap((place) => ('failed' in place ? [] : [place]));

interface Column {
  readonly id: string;
  readonly name: string;
}
/** The steps that any place must take, by when they were first due. */
function columnsOf(places: readonly Place[]): Column[] {
  const first = new Map<string, Step>();
  for (const step of places.flatMap(({ steps }) => steps)) {
    const known = first.get(step.id);
    if (known === undefined || step.originalDueOn < known.originalDueOn) first.set(step.id, step);
  }
  return [...first.values()]
    .sort((one, other) => one.originalDueOn.localeCompare(other.originalDueOn))
    .map(({ id, name }) => ({ id, name }));
}

interface Cell extends StepTold {
  /** Where it still can be late. */
  readonly dueOn: string | undefined;
}
const untaken: Cell = { ...stepTold('not-required'), dueOn: undefined };
function cellOf(step: Step | undefined): Cell {
  if (step === undefined) return untaken;
  const isOpen = step.state === 'overdue' || step.state === 'due-soon';
  return { ...stepTold(step.state), dueOn: isOpen ? step.dueOn : undefined };
}
/** The worse a colour, the higher; nothing is known of what has none. */
const rank = (colour: Place['rag']): number =>
  colour === 'no-information' ? -1 : ColourShape.options.indexOf(colour);
const worst = ({ rag, whitehallRag }: Place): number => Math.max(rank(rag), rank(whitehallRag));

/** The reason that a place is shown for: where a body was asked for, the first in which that must act. */
const firstOf = ({ reasons }: Place, mustAct: string | undefined) =>
  reasons.find(({ owedBy }) => owedBy.some((who) => partyAsked(who) === mustAct)) ?? reasons[0];
/** Places by steps, the worst colours first. */
function matrixOf(places: Today['places'], mustAct: string | undefined) {
  const all = wholeOf(places);
  const columns = columnsOf(all);
  const rows = [...all]
    .sort((one, other) => worst(other) - worst(one))
    .map((place) => ({
      place,
      first: firstOf(place, mustAct),
      others: Math.max(0, place.reasons.length - 1),
      cells: columns.map(({ id }) => cellOf(place.steps.find((step) => step.id === id))),
    }));
  return { columns, rows, failed: places.filter((place) => 'failed' in place) };
}

const moved = ({ from, to }: { readonly from: unknown; readonly to: unknown }): boolean => from !== to;
/** Places of which something changed since the day asked for, with what did. */
export function changesOf(places: Today['places']) {
  return wholeOf(places).flatMap(({ id, name, steps, changed }) => {
    if (changed === undefined) return [];
    const done = changed.stepsDone.map((step) => steps.find((one) => one.id === step)?.name ?? step);
    const isMoved =
      moved(changed.rag) ||
      moved(changed.whitehallRag) ||
      moved(changed.pledgedPence) ||
      done.length > 0 ||
      (changed.answers ?? 0) > 0 ||
      [changed.reasonsNew, changed.reasonsChanged, changed.reasonsGone].some(({ length }) => length > 0);
    return isMoved ? [{ id, name, changed, done, pledged: moved(changed.pledgedPence) }] : [];
  });
}

/** What is latest first; of what nothing can be said, last. */
function owedOf(owed: Today['owed']) {
  const age = (one: NonNullable<Today['owed']>[number]): number =>
    'failed' in one ? -1 : (one.oldestWorkingDays ?? 0);
  return owed && [...owed].sort((one, other) => age(other) - age(one));
}

/** What departments owe, as it is drawn, with what it shows. */
function owedDrawn(owed: Today['owed']) {
  const owing = (owed ?? []).flatMap((one): Owing[] =>
    'failed' in one
      ? []
      : [{ name: one.department.name, waiting: one.waiting, oldest: one.oldestWorkingDays }],
  );
  return { finding: owedTold(owing, 'departments'), figure: owedFigure(owing) };
}

function todayOf(progress: Today, day: string, mustAct: string | undefined) {
  const { totals, places, owed } = progress;
  return {
    summary: colouredPlaces(totals),
    steps: stepsTold(totals),
    pledged: sumTold(totals.pledged, totals.places),
    confirmed: sumTold(totals.confirmed, totals.places),
    matrix: matrixOf(places, mustAct),
    changes: changesOf(places),
    owed: owedOf(owed),
    owedDrawn: owedDrawn(owed),
    figure: stepsFigure(progress.series ?? [], { date: day, ...totals.steps }),
  };
}

const progress = ask('/v1/programmes/:id/progress', ProgrammePage, { series: 'true' });

export const programmePages: readonly Page[] = [
  page({
    address: '/programmes/:id',
    title: (answers) => answers.progress.programme.name,
    for: 'everybody',
    ask: {
      progress,
      record,
      regions,
      lastVisit,
      possible: possible('programmes'),
    },
    view: ({ progress, regions, lastVisit }, { request, context }) => {
      const asked = request.query as Query;
      const { since, asAt } = asked;
      const own = `/programmes/${encodeURIComponent(progress.programme.id)}`;
      const files = `${own}/progress`;
      const today = isToday(progress) ? todayOf(progress, context.day, asked.mustAct) : undefined;
      const filter = placesFilter(asked, {
        parties: isToday(progress) ? progress.totals.mustAct : [],
        regions,
      });
      return {
        today,
        since,
        filter,
        all: withAsked(request.url, noneAsked),
        asAt,
        now: withAsked(request.url, { asAt: undefined }),
        lastVisit: lastVisit && { ...lastVisit, href: withAsked(request.url, { since: lastVisit.since }) },
        isProgrammes: progress.places.some(({ audience }) => audience !== 'public'),
        whole: withAsked(`${own}/record`, { asAt }),
        csv: withAsked(files, { since, ...filter.asked, format: 'csv' }),
        owed: withAsked(files, { owed: 'true', format: 'csv' }),
        days: withAsked(files, { since, series: 'true', format: 'csv' }),
        json: withAsked(files, { since, ...filter.asked, format: 'json' }),
      };
    },
    template: 'programme.njk',
  }),
  page({
    address: '/programmes/:id/record',
    title: ({ record }) => `${record.title}: its rounds, steps and themes`,
    for: 'everybody',
    ask: { record: recordAlone },
    template: 'record.njk',
  }),
];
