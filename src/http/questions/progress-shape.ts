/** What is answered of progress toward the deadline. */
import { z } from 'zod';
import { dueTable } from '../../domain/progress/due-codes.js';
import type { ReasonCode, StepState } from '../../domain/progress/judge.js';
import type { placeFigures } from '../../projections/place-progress/pools.js';
import {
  AggregateName,
  AudienceShape,
  ColourShape,
  DayShape,
  FailedShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  InstantShape,
  LinkShape,
  NotDisclosed,
  PartyShape,
  PenceShape,
  Text,
  wordsOf,
} from '../query/shapes.js';
import { Champion } from './registers-shape.js';
import { BarrierCounts, WhitehallLate, WhitehallOwes } from './department-obligations-shape.js';
import { Totals } from './progress-totals-shape.js';

const Codes = wordsOf<ReasonCode>({
  ...dueTable,
  'commitments-late': true,
  'deadline-missed': true,
  'step-done-late': true,
  'no-movement': true,
  'nothing-late': true,
  'no-information': true,
});
/** Why a place has its colour. */
export const Reason = z
  .strictObject({
    code: Codes,
    level: ColourShape,
    text: Text,
    since: DayShape,
    deed: Text.meta({ description: 'What is to be done about it' }),
    dueOn: DayShape.nullable().meta({ description: 'Null where nothing is due' }),
    illustrative: Illustrative,
    owedBy: z.array(PartyShape),
    whose: z.array(z.enum(['place', 'whitehall'])).meta({
      description: 'Whose colour it counts toward: the place’s (rag), Whitehall’s (whitehallRag) or both',
    }),
    link: LinkShape,
  })
  .meta({ id: 'Reason', description: 'Why a place has its colour' });

const Step = z
  .strictObject({
    id: IdShape,
    name: Text,
    dueOn: DayShape,
    originalDueOn: DayShape,
    state: wordsOf<StepState>({
      'not-required': true,
      excused: true,
      done: true,
      'done-late': true,
      overdue: true,
      'due-soon': true,
      'not-yet-due': true,
    }),
    doneOn: DayShape.nullable().meta({ description: 'Null until it is done' }),
    fuzzy: z
      .literal(true)
      .optional()
      .meta({ description: 'There where the date is not exact: it counts as its last day' }),
    excused: Text.optional().meta({ description: 'Why it is excused; not told to the public' }),
    extensionReason: Text.optional().meta({
      description: 'Why it is due later than first; not told to the public',
    }),
    illustrative: Illustrative,
  })
  .meta({ id: 'PlaceStep' });

/** A count, null where your audience sees nothing of its kind: a zero would say that there is none. */
const Count = z
  .int()
  .nullable()
  .meta({ description: 'How many; null where your audience sees nothing of their kind' });
const figures = <T extends z.core.$ZodType>(shape: T) =>
  ({
    pledgedPence: shape,
    confirmedPence: shape,
    paidInPence: shape,
    allocatedPence: shape,
    drawnPence: shape,
  }) satisfies Record<(typeof placeFigures)[number], T>;
/**
 * Sums over pools; beside those that are withheld, what they are at least and how many figures are not
 * shared.
 */
const Sums = z
  .strictObject({
    ...figures(
      PenceShape.nullable().meta({ description: 'Whole pence; null where a figure in it is not shared' }),
    ),
    notDisclosed: NotDisclosed,
    atLeastPence: z.strictObject(figures(PenceShape.optional())).optional(),
    figuresNotShared: z
      .strictObject(
        figures(z.int().optional().meta({ description: 'How many figures in it are not shared' })),
      )
      .optional(),
  })
  .meta({ id: 'PoolSums' });
const Commitments = z
  .strictObject({
    live: Count,
    onTime: Count,
    overdue: Count,
    silent: Count,
    red: Count,
    completed: Count,
    notDisclosed: NotDisclosed,
  })
  .meta({ id: 'CommitmentCounts' });
const StepsOfDay = z.strictObject({
  date: DayShape,
  required: z.int().meta({ description: 'Steps that must be taken, those excused apart' }),
  due: z.int().meta({ description: 'Of those required, those due by this day, as it was planned on it' }),
  done: z.int().meta({ description: 'Of those required, those that are done, early ones too' }),
});
const Series = z
  .array(StepsOfDay.extend({ rag: ColourShape, whitehallRag: ColourShape }))
  .optional()
  .meta({
    id: 'ColourSeries',
    description: 'How the place stood at the end of each day, where `series` is asked',
  });
const StepsSeries = z.array(StepsOfDay).optional().meta({
  id: 'StepsSeries',
  description: 'Where `series` is asked: the sums of the series that its places have here',
});

const fromTo = <T extends z.core.$ZodType>(shape: T) => z.strictObject({ from: shape, to: shape });
/** What moved since a day. */
const Changed = z
  .strictObject({
    rag: z.strictObject({
      from: ColourShape.nullable().meta({ description: 'Null where there was none on that day' }),
      to: ColourShape,
    }),
    whitehallRag: z.strictObject({
      from: ColourShape.nullable().meta({ description: 'Null where there was none on that day' }),
      to: ColourShape,
    }),
    stepsDone: z.array(IdShape),
    pledgedPence: fromTo(
      PenceShape.nullable().meta({ description: 'Whole pence; null where you are not told' }),
    ),
    notDisclosed: NotDisclosed,
    atLeastPence: fromTo(
      PenceShape.nullable().meta({ description: 'Whole pence; null where you are not told' }),
    ).optional(),
    figuresNotShared: fromTo(
      z.int().nullable().meta({ description: 'How many figures are not shared; null where all are' }),
    ).optional(),
    reasonsNew: z.array(Reason),
    reasonsChanged: z.array(Reason.extend({ from: ColourShape })),
    reasonsGone: z.array(Reason),
    answers: Count.meta({ description: 'Answers that owners of barriers gave since' }),
  })
  .meta({ id: 'Changes' });

const Known = z.strictObject({
  id: IdShape,
  name: Text,
  kind: z.enum(['pilot', 'parallel']),
  audience: AudienceShape,
});
/** A place of which nothing else can be said: a colour that leaves a record out would be a guess. */
const FailedPlace = Known.extend({ failed: FailedShape }).meta({ id: 'FailedPlace' });
export const PlaceToday = Known.extend({
  champion: Champion.nullable().meta({ description: 'Null while it has none' }),
  themes: z.array(Text),
  rag: ColourShape,
  whitehallRag: ColourShape,
  lastStepOn: DayShape.nullable().meta({ description: 'When a step was last done; null where none was' }),
  reasons: z.array(Reason),
  steps: z.array(Step),
  barriers: BarrierCounts,
  whitehallOwes: WhitehallLate,
  pools: z.strictObject({ pooled: Sums, aligned: Sums }),
  commitments: Commitments,
  changed: Changed.optional().meta({ description: 'Where `since` is asked' }),
  series: Series,
  illustrative: Illustrative,
}).meta({ id: 'PlaceProgress' });
export const PlaceThen = Known.extend({
  rag: ColourShape,
  whitehallRag: ColourShape,
  lastStepOn: DayShape.nullable().meta({ description: 'When a step was last done; null where none was' }),
  reasons: z.array(Reason),
  steps: z.strictObject({
    required: z.int().meta({ description: 'Steps that are due by the deadline' }),
    done: z.int().meta({ description: 'Of them, those that were done' }),
  }),
  pledgedPence: PenceShape.nullable().meta({
    description: 'Whole pence; null where a figure in it is not shared',
  }),
  notDisclosed: NotDisclosed,
  atLeastPence: PenceShape.optional(),
  figuresNotShared: z.int().optional().meta({ description: 'How many figures in it are not shared' }),
  series: Series,
  illustrative: Illustrative,
}).meta({ id: 'PlaceProgressThen', description: 'A place on a day that is over (`asAt`)' });

export const RecordLink = z
  .strictObject({ aggregate: AggregateName, id: IdShape, title: Text, link: Text })
  .meta({ id: 'RecordLink' });
const page = { records: z.array(RecordLink), asAt: InstantShape };
export const PlacePage = z.union([
  PlaceToday.extend(page),
  PlaceThen.extend({ asAt: DayShape }),
  FailedPlace.extend(page),
]);

const ProgrammeName = z.strictObject({ id: IdShape, name: Text });
const ProgrammeToday = z
  .strictObject({
    programme: ProgrammeName,
    deadline: z
      .strictObject({
        name: Text.nullable().meta({ description: 'Null where it has none' }),
        date: DayShape,
        workingDaysLeft: z.int().meta({ description: 'Working days until then' }),
        holidaysAssumed: HolidaysAssumed,
      })
      .nullable()
      .meta({ description: 'What its places are to have done everything by; null where there is none' }),
    asAt: InstantShape,
    position: z.string().meta({ description: 'Up to which event it counts: what Read-After takes' }),
    totals: Totals,
    ...WhitehallOwes.shape,
    series: StepsSeries,
    places: z.array(z.union([PlaceToday, FailedPlace])),
  })
  .meta({ id: 'ProgrammeProgress' });
const ProgrammeThen = z
  .strictObject({
    programme: ProgrammeName,
    asAt: DayShape,
    series: StepsSeries,
    places: z.array(z.union([PlaceThen, FailedPlace])),
  })
  .meta({ id: 'ProgrammeProgressThen' });
export const ProgrammePage = z.union([ProgrammeToday, ProgrammeThen]);
