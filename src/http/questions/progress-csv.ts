/** Progress as a spreadsheet has it: a row for each place, today or on a day that is over. */
import { placeFigures } from '../../projections/place-progress/pools.js';
import { sumColumns, toldOrNot, words, type Cell, type ColumnOf } from '../query/csv.js';
import type { AnswerOf } from '../query/declare.js';
import type { PlaceThen, PlaceToday } from './progress-shape.js';

/** What a row is made of: the page of today, the row of an earlier day, or a place that could not be made. */
type Place = AnswerOf<typeof PlaceToday> | AnswerOf<typeof PlaceThen>;
type Step = AnswerOf<typeof PlaceToday>['steps'][number];
/** What only the page of today has. */
const today = (p: Place): AnswerOf<typeof PlaceToday> | undefined => ('pools' in p ? p : undefined);
const isDone = (s: Step): boolean => s.state.startsWith('done');
const required = (s: Step): boolean => s.state !== 'not-required' && s.state !== 'excused';
type CountColumn = readonly [name: string, cell: (p: Place) => Cell];
const ofBarriers = (
  name: string,
  key: 'open' | 'ownershipOverdue' | 'answersOverdue' | 'deedsOverdue' | 'directionsOverdue',
): CountColumn => [name, (p) => toldOrNot(today(p)?.barriers[key])];
const ofCommitments = (
  name: string,
  key: 'live' | 'onTime' | 'overdue' | 'silent' | 'red' | 'completed',
): CountColumn => [name, (p) => toldOrNot(today(p)?.commitments[key])];
const money = (kind: 'pooled' | 'aligned'): ColumnOf<Place>[] =>
  placeFigures.flatMap((figure) =>
    sumColumns(
      `${kind}${figure.charAt(0).toUpperCase()}${figure.slice(1)}`,
      figure,
      (p: Place) => today(p)?.pools[kind],
    ),
  );

type Changed = NonNullable<AnswerOf<typeof PlaceToday>['changed']>;
/** What moved since the day that was asked for; empty where none was. */
const ofChanged = (name: string, cell: (changed: Changed) => Cell): CountColumn => [
  name,
  (place) => {
    const changed = today(place)?.changed;
    return changed && cell(changed);
  },
];
const told = (reasons: readonly { readonly text: string }[]): Cell => words(reasons.map(({ text }) => text));
const sinceColumns: readonly ColumnOf<Place>[] = [
  ofChanged('ragBefore', ({ rag }) => rag.from),
  ofChanged('whitehallRagBefore', ({ whitehallRag }) => whitehallRag.from),
  [
    'stepsDoneSince',
    (place) => {
      const { changed, steps = [] } = today(place) ?? {};
      const names = new Map(steps.map(({ id, name }) => [id, name]));
      return changed && words(changed.stepsDone.map((id) => names.get(id) ?? id));
    },
  ],
  ofChanged('answersSince', ({ answers }) => toldOrNot(answers)),
  ofChanged('pledgedBeforePence', ({ pledgedPence }) => toldOrNot(pledgedPence.from)),
  ofChanged('pledgedNowPence', ({ pledgedPence }) => toldOrNot(pledgedPence.to)),
  ofChanged('reasonsNew', ({ reasonsNew }) => told(reasonsNew)),
  ofChanged('reasonsChanged', ({ reasonsChanged }) =>
    words(reasonsChanged.map(({ text, from }) => `${text} (was ${from})`)),
  ),
  ofChanged('reasonsGone', ({ reasonsGone }) => told(reasonsGone)),
];

const championCell = (place: Place): Cell => {
  const champion = today(place)?.champion;
  return champion && [champion.name, champion.department].filter(Boolean).join(', ');
};

const themesCell = (place: Place): Cell => {
  const now = today(place);
  return now && words(now.themes);
};

export const progressColumns: readonly ColumnOf<Place>[] = [
  'id',
  'name',
  'kind',
  'audience',
  ['champion', championCell],
  ['themes', themesCell],
  'rag',
  'whitehallRag',
  'lastStepOn',
  [
    'reasons',
    (place) =>
      words(
        place.reasons.map((reason) =>
          reason.owedBy.length > 0
            ? `${reason.text} (${reason.owedBy.map((o) => o.name).join(', ')})`
            : reason.text,
        ),
      ),
  ],
  ['stepsRequired', (p) => ('required' in p.steps ? p.steps.required : p.steps.filter(required).length)],
  ['stepsDone', (p) => ('done' in p.steps ? p.steps.done : p.steps.filter(isDone).length)],
  [
    'stepsOverdue',
    (place) =>
      'done' in place.steps
        ? undefined
        : words(place.steps.filter((s) => s.state === 'overdue').map((s) => s.name)),
  ],
  ofBarriers('barriersOpen', 'open'),
  ofBarriers('ownershipOverdue', 'ownershipOverdue'),
  ofBarriers('answersOverdue', 'answersOverdue'),
  ofBarriers('deedsOverdue', 'deedsOverdue'),
  ofBarriers('directionsOverdue', 'directionsOverdue'),
  ofCommitments('commitmentsLive', 'live'),
  ofCommitments('commitmentsOnTime', 'onTime'),
  ofCommitments('commitmentsOverdue', 'overdue'),
  ofCommitments('commitmentsSilent', 'silent'),
  ofCommitments('commitmentsRed', 'red'),
  ofCommitments('commitmentsCompleted', 'completed'),
  ...money('pooled'),
  ...money('aligned'),
  ...sinceColumns,
  'illustrative',
  'failed',
];
