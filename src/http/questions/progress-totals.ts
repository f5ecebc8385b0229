/** What the places of a programme come to together, counted from what its reader is answered of each. */
import { sumOf } from '../../domain/shared/sums.js';
import type { AnswerOf } from '../query/declare.js';
import type { WhitehallOwes } from './department-obligations-shape.js';
import type { PlaceToday } from './progress-shape.js';
import type { Totals } from './progress-totals-shape.js';

type Place = AnswerOf<typeof PlaceToday>;
type Answered = AnswerOf<typeof Totals>;
type Owed = AnswerOf<typeof WhitehallOwes>['owed'];
type Figure = 'pledgedPence' | 'confirmedPence';

/** `day`: today, by which a step is due; `placesFailed`: of which no more than their names is known. */
export function totalsOf(
  places: readonly Place[],
  owed: Owed,
  { day, placesFailed }: { readonly day: string; readonly placesFailed: number },
): Answered {
  return {
    places: places.length,
    placesFailed,
    rag: byColour(places.map(({ rag }) => rag)),
    whitehallRag: byColour(places.map(({ whitehallRag }) => whitehallRag)),
    redPlaces: places.filter(({ rag, whitehallRag }) => rag === 'red' || whitehallRag === 'red').length,
    steps: stepsOf(places, day),
    pledged: sumOver(places, 'pledgedPence'),
    confirmed: sumOver(places, 'confirmedPence'),
    ...lateOf(owed),
    mustAct: whoMustAct(places),
  };
}

function byColour(colours: readonly Place['rag'][]): Answered['rag'] {
  const counts = { green: 0, 'amber-green': 0, amber: 0, 'amber-red': 0, red: 0, 'no-information': 0 };
  for (const colour of colours) counts[colour]++;
  return counts;
}

/** Of steps: those that a place must take, those excused apart, and those done of them. */
export function requiredOf(steps: Place['steps']): {
  readonly required: Place['steps'];
  readonly done: Place['steps'];
} {
  const required = steps.filter(({ state }) => state !== 'not-required' && state !== 'excused');
  const done = required.filter(({ state }) => state === 'done' || state === 'done-late');
  return { required, done };
}
/** Of what places must do: those required, those due by a day, and those done. */
export function stepsOf(places: readonly Pick<Place, 'steps'>[], day: string): Answered['steps'] {
  const { required, done } = requiredOf(places.flatMap(({ steps }) => steps));
  const isDue = ({ dueOn }: Place['steps'][number]): boolean => dueOn <= day;
  return {
    required: required.length,
    done: done.length,
    due: required.filter(isDue).length,
    doneOfDue: done.filter(isDue).length,
  };
}

/** A place of which no pool is seen has neither a sum nor what one is at least. */
/** A sum over the pools of places, of what is told of each. */
export function sumOver(places: readonly Pick<Place, 'pools'>[], figure: Figure): Answered['pledged'] {
  const sums = places.flatMap(({ pools }) => [pools.pooled, pools.aligned]);
  const told = sumOf(sums.map((sum) => sum[figure] ?? sum.atLeastPence?.[figure] ?? 0));
  const figuresNotShared = sums.reduce((count, sum) => count + (sum.figuresNotShared?.[figure] ?? 0), 0);
  const placesNotShared = places.filter(({ pools }) =>
    [pools.pooled, pools.aligned].every(
      (sum) => sum[figure] === null && sum.atLeastPence?.[figure] === undefined,
    ),
  ).length;
  const isWhole = sums.every((sum) => sum[figure] !== null) && told.pence !== null;
  return isWhole
    ? { pence: told.pence }
    : {
        pence: null,
        notDisclosed: true,
        atLeastPence: told.pence ?? told.atLeastPence ?? 0,
        figuresNotShared,
        placesNotShared,
      };
}

function lateOf(owed: Owed): Pick<Answered, 'answersOverdue' | 'oldestWorkingDays'> {
  const told = (owed ?? []).flatMap((one) => ('failed' in one ? [] : [one]));
  const answers = told.flatMap(({ answersOverdue }) => answersOverdue ?? []);
  const oldest = Math.max(0, ...told.map(({ oldestWorkingDays }) => oldestWorkingDays ?? 0));
  return {
    answersOverdue: answers.length > 0 ? answers.reduce((sum, one) => sum + one, 0) : null,
    oldestWorkingDays: oldest > 0 ? oldest : null,
  };
}

function whoMustAct(places: readonly Place[]): Answered['mustAct'] {
  type Party = Place['reasons'][number]['owedBy'][number];
  const parties = new Map<string, { party: Party; places: Set<string>; red: Set<string> }>();
  for (const { id, reasons } of places)
    for (const { owedBy, level } of reasons)
      for (const party of owedBy) {
        const key = `${party.kind} ${party.id}`;
        const met = parties.get(key) ?? { party, places: new Set(), red: new Set() };
        parties.set(key, met);
        met.places.add(id);
        if (level === 'red') met.red.add(id);
      }
  return [...parties.values()]
    .map((met) => ({ ...met.party, places: met.places.size, redPlaces: met.red.size }))
    .sort((one, other) => other.redPlaces - one.redPlaces || other.places - one.places);
}
