/**
 * A place: what needs its reader, its two colours and why, what changed, and a line on each kind of its
 * records. It can be read as a wider audience reads it.
 */
import { PlacePage, type PlaceToday } from '../../http/questions/progress-shape.js';
import { requiredOf, stepsOf as countsOf } from '../../http/questions/progress-totals.js';
import { isQuiet } from '../../domain/progress/judge.js';
import type { AnswerOf } from '../../http/query/declare.js';
import { CalendarEntry } from '../../http/questions/calendar.js';
import { withAsked, type Query } from '../address.js';
import { stepsFigure } from '../figures/steps.js';
import { ask, askList, page, whole, type Ask, type Page } from '../page.js';
import type { Visit } from '../visit.js';
import { mustActTold, stepsTold } from '../words/progress.js';
import { lastVisit } from './last-visit.js';
import type { RecordModel } from './record.js';
import { waiting } from './waiting.js';

type Progress = AnswerOf<typeof PlacePage>;
type Today = AnswerOf<typeof PlaceToday>;
type Reason = Today['reasons'][number];

/** What waits longest stands first; the rest is a link away. */
const firstActions = '5';
const firstDates = '3';
/** So many reasons a colour: the rest is on the page of the place's progress. */
const mostReasons = 3;

/** To whom its page is told, where it is another audience than the reader's own. */
function asTold({ request }: Visit): { audience?: string } {
  const { audience } = request.query as Query;
  return audience === undefined ? {} : { audience };
}
/** Asked of a place as it stands: of one as it stood there is its record alone. */
const asItStands =
  <A>(question: Ask<A>): Ask<A | undefined> =>
  async (visit, id, asked) =>
    asked.asAt === undefined ? question(visit, id, asked) : undefined;
/** Asked of what is its reader's own: what a wider audience is told has none of it. */
const ofReader =
  <A>(question: Ask<A>): Ask<A | undefined> =>
  async (visit, id, asked) =>
    asked.audience === undefined ? question(visit, id, asked) : undefined;
const profile = whole('/v1/places/:id');
/** What it is called and what it is, which everybody sees; also as it stood. */
const record: Ask<RecordModel> = (visit, id, asked) =>
  profile(visit, id, asked.asAt === undefined ? {} : asked);
const progress = asItStands(ask('/v1/places/:id/progress', PlacePage, { series: 'true' }));
const waitingHere = asItStands(ofReader(waiting((id) => ({ placeId: id, limit: firstActions }))));
const dates = asItStands(
  askList('/v1/calendar', CalendarEntry, (id, visit) => ({
    placeId: id,
    ...asTold(visit),
    from: visit.context.day,
    sort: 'to',
    limit: firstDates,
  })),
);

/**
 * The reasons that count toward one of a place's colours: the worst ones, and how many others there are. That
 * there is none is said of each colour in its own words.
 */
export function reasonsOf(reasons: readonly Reason[], whose: 'place' | 'whitehall') {
  const all = reasons.filter((reason) => reason.whose.includes(whose) && !isQuiet(reason));
  return { first: all.slice(0, mostReasons), others: Math.max(0, all.length - mostReasons) };
}
/** Of its steps: those asked of it, those done of them, and the next that is open. */
export function stepsOf(steps: Today['steps']) {
  const { required, done } = requiredOf(steps);
  const open = required.filter((step) => !done.includes(step));
  const next = [...open].sort((one, other) => one.dueOn.localeCompare(other.dueOn))[0];
  return { required: required.length, done: done.length, next };
}
const soFar = ({ required, done }: ReturnType<typeof stepsOf>): string =>
  required === 0 ? '' : `: ${done} of ${required} required steps done`;
/** A place as it stands, where it could be told. */
export const isToday = (progress: Progress): progress is Progress & Today => 'barriers' in progress;

/** What a page says of a place's progress, made ready to be read. */
export function standing(progress: Today) {
  const { reasons, changed } = progress;
  const steps = stepsOf(progress.steps);
  const { pledgedPence, confirmedPence, paidInPence, atLeastPence } = progress.pools.pooled;
  const nameOf = new Map(progress.steps.map(({ id, name }) => [id, name]));
  return {
    place: reasonsOf(reasons, 'place'),
    whitehall: reasonsOf(reasons, 'whitehall'),
    /** Said where the place has nothing late or due soon. */
    nothingOwn: `Nothing that the place owes is late or due soon${soFar(steps)}.`,
    steps,
    isPooledUntold:
      [pledgedPence, confirmedPence, paidInPence].every((pence) => pence === null) && !atLeastPence,
    stepsDone: changed?.stepsDone.map((id) => nameOf.get(id) ?? id) ?? [],
  };
}
/** Its steps day by day, with the sentence that says how they stand. */
function stepsDrawn({ steps, series = [] }: Today, day: string) {
  const counts = countsOf([{ steps }], day);
  return { finding: stepsTold({ steps: counts }), figure: stepsFigure(series, { date: day, ...counts }) };
}
/** A place's records by their kind. */
function byKind(progress: Progress) {
  const kinds: Record<string, { title: string; link: string }[]> = {};
  for (const { aggregate, title, link } of 'records' in progress ? progress.records : [])
    (kinds[aggregate] ??= []).push({ title, link });
  return kinds;
}

const pathOf = ({ request }: Visit): string => request.url.replace(/\?.*$/, '');
/** The pages where its records are read, each told to whom this page is. */
function linksOf(visit: Visit, placeId: string) {
  const told = asTold(visit);
  const list = (path: string): string => withAsked(path, { placeId, ...told });
  return {
    progress: withAsked(`${pathOf(visit)}/progress`, told),
    calendar: list('/calendar'),
    commitments: list('/commitments'),
    barriers: list('/barriers'),
    pools: list('/pools'),
    decisions: list('/decisions'),
    submissions: list('/submissions'),
  };
}
/** The same answer as files: as it is told to whom the page is made for. */
function filesOf(visit: Visit) {
  const { audience, since } = visit.request.query as Query;
  const at = (format: string) => withAsked(`${pathOf(visit)}/progress`, { audience, since, format });
  const days = withAsked(`${pathOf(visit)}/progress`, { audience, since, series: 'true', format: 'csv' });
  return { csv: at('csv'), json: at('json'), days };
}

/** From whom something is kept, where its reader asked what another audience is told. */
const keptFrom: Readonly<Record<string, string>> = { programme: 'Whitehall', public: 'the public' };
/** Who is told the same, within a sentence. */
const readers = {
  members: 'members of the place',
  programme: 'everybody in the programme',
  public: 'everybody',
} as const;
/** The widths of audiences, by which one may be shown what a wider one is told. */
const widerThan = {
  members: [
    { audience: 'programme', text: 'As Whitehall sees us' },
    { audience: 'public', text: 'As everybody sees us' },
  ],
  programme: [{ audience: 'public', text: 'As everybody sees it' }],
  public: [],
} as const;

export const placePages: readonly Page[] = [
  page({
    address: '/places/:id',
    title: ({ record }) => record.title,
    for: 'everybody',
    ask: { record, progress, waiting: waitingHere, dates, lastVisit },
    view({ progress, lastVisit }, visit) {
      if (!progress) return {};
      const here = visit.request.url;
      const { audience: asked, since } = visit.request.query as Query;
      const whom = keptFrom[asked ?? ''] ?? 'you';
      return {
        asked,
        whom,
        links: linksOf(visit, progress.id),
        since,
        lastVisit: lastVisit && { ...lastVisit, href: withAsked(here, { since: lastVisit.since }) },
        own: withAsked(here, { audience: undefined }),
        wider:
          asked === undefined
            ? widerThan[progress.audience].map(({ audience, text }) => ({
                text,
                href: withAsked(here, { audience }),
              }))
            : [],
        readers: readers[progress.audience],
        isProgrammes: progress.audience !== 'public',
        records: byKind(progress),
        files: filesOf(visit),
        json: `${pathOf(visit)}?format=json`,
        // It is its reader's own sight, so that it says whose.
        whole: asked === undefined && visit.isSignedIn ? `${pathOf(visit)}/export` : undefined,
        mustAct: isToday(progress) ? mustActTold(progress.barriers, whom) : undefined,
        told: isToday(progress) ? standing(progress) : undefined,
        drawn: isToday(progress) ? stepsDrawn(progress, visit.context.day) : undefined,
      };
    },
    template: 'place.njk',
  }),
];
