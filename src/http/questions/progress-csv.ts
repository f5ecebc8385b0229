/** Progress as a spreadsheet has it: a row for each place, today or on a day that is over. */
import { placeFigures } from '../../projections/place-progress/pools.js';
import { sumColumns, words, type Cell, type Column } from '../query/csv.js';

type Counts = Readonly<Record<string, Cell>>;
interface Step {
  readonly id: string;
  readonly state: string;
}
/** What the page of today and the row of an earlier day have in common, and what only the first has. */
interface PlaceBody {
  readonly reasons: readonly { readonly text: string; readonly owedBy: readonly { readonly name: string }[] }[];
  readonly steps: readonly Step[] | { readonly required: number; readonly done: number };
  readonly champion?: { readonly name: string; readonly department: string | null } | null;
  readonly themes?: readonly string[];
  readonly barriers?: Counts;
  readonly commitments?: Counts;
  readonly pools?: Readonly<Record<'pooled' | 'aligned', object>>;
}
const isDone = (s: Step): boolean => s.state.startsWith('done');
const required = (s: Step): boolean => s.state !== 'not-required' && s.state !== 'excused';
const counted = (name: string, of: 'barriers' | 'commitments', key: string): Column<PlaceBody> => [name, (p) => p[of]?.[key]];
const money = (kind: 'pooled' | 'aligned'): Column<PlaceBody>[] =>
  placeFigures.flatMap((figure) => sumColumns<PlaceBody>(`${kind}${figure[0]!.toUpperCase()}${figure.slice(1)}`, figure, (p) => p.pools?.[kind]));

export const progressColumns: readonly Column<PlaceBody>[] = [
  'id',
  'name',
  'kind',
  'audience',
  ['champion', (p) => p.champion && [p.champion.name, p.champion.department].filter(Boolean).join(', ')],
  ['themes', (p) => p.themes && words(p.themes)],
  'rag',
  'whitehallRag',
  'lastStepOn',
  ['reasons', (p) => words(p.reasons.map((x) => (x.owedBy.length > 0 ? `${x.text} (${x.owedBy.map((o) => o.name).join(', ')})` : x.text)))],
  ['stepsRequired', (p) => ('required' in p.steps ? p.steps.required : p.steps.filter(required).length)],
  ['stepsDone', (p) => ('done' in p.steps ? p.steps.done : p.steps.filter(isDone).length)],
  ['stepsOverdue', (p) => ('done' in p.steps ? undefined : words(p.steps.filter((s) => s.state === 'overdue').map((s) => s.id)))],
  counted('barriersOpen', 'barriers', 'open'),
  counted('ownershipOverdue', 'barriers', 'ownershipOverdue'),
  counted('answersOverdue', 'barriers', 'answersOverdue'),
  counted('deedsOverdue', 'barriers', 'deedsOverdue'),
  counted('directionsOverdue', 'barriers', 'directionsOverdue'),
  counted('commitmentsLive', 'commitments', 'live'),
  counted('commitmentsOnTime', 'commitments', 'onTime'),
  counted('commitmentsOverdue', 'commitments', 'overdue'),
  counted('commitmentsSilent', 'commitments', 'silent'),
  counted('commitmentsRed', 'commitments', 'red'),
  counted('commitmentsCompleted', 'commitments', 'completed'),
  ...money('pooled'),
  ...money('aligned'),
  'illustrative',
  'failed',
];
