/** The shapes of what places come to together. */
import { z } from 'zod';
import { type ColourShape, NotDisclosed, PartyShape, PenceShape } from '../query/shapes.js';

const counted = z.int().meta({ description: 'Places of this colour' });
const colours = z.strictObject({
  green: counted,
  'amber-green': counted,
  amber: counted,
  'amber-red': counted,
  red: counted,
  'no-information': counted,
} satisfies Record<z.output<typeof ColourShape>, z.ZodInt>);

/** A sum over places, with what it is at least where a figure in it is withheld. */
const Sum = z
  .strictObject({
    pence: PenceShape.nullable().meta({
      description: 'Whole pence; null where a figure in it is not shared',
    }),
    notDisclosed: NotDisclosed,
    atLeastPence: PenceShape.optional().meta({ description: 'What it is at least, where it is withheld' }),
    figuresNotShared: z.int().optional().meta({ description: 'How many figures in it are not shared' }),
    placesNotShared: z
      .int()
      .optional()
      .meta({ description: 'Places of which no pool is open to you: there may be none' }),
  })
  .meta({ id: 'SumOverPlaces' });

/** What the places of a programme come to, of what its reader sees of each. */
export const Totals = z
  .strictObject({
    places: z.int().meta({ description: 'Places that are counted here' }),
    placesFailed: z
      .int()
      .meta({ description: 'Places of which nothing can be said now; counted nowhere else' }),
    rag: colours.meta({ description: 'Places by the colour of what they and their agencies owe' }),
    whitehallRag: colours.meta({ description: 'Places by the colour of what Whitehall owes them' }),
    redPlaces: z.int().meta({ description: 'Places of which either colour is red' }),
    steps: z.strictObject({
      required: z.int().meta({ description: 'Steps that places must take, those excused apart' }),
      done: z.int().meta({ description: 'Of them, those that are done' }),
      due: z.int().meta({ description: 'Of those required, those due by today' }),
      doneOfDue: z.int().meta({ description: 'Of those due by today, those that are done' }),
    }),
    pledged: Sum.meta({ description: 'Pledged to pools and aligned budgets' }),
    confirmed: Sum.meta({ description: 'Of what was pledged, what is confirmed' }),
    answersOverdue: z
      .int()
      .nullable()
      .meta({ description: 'Answers of departments that are overdue; null where you are not told' }),
    oldestWorkingDays: z.int().min(1).nullable().meta({
      description: 'Working days by which the latest of what departments owe is late; null where nothing is',
    }),
    mustAct: z
      .array(
        PartyShape.extend({
          places: z.int().meta({ description: 'Places in whose colours it counts' }),
          redPlaces: z.int().meta({ description: 'Of them, those where what it owes is red' }),
        }),
      )
      .meta({ description: 'Who owes what colours places, whoever turns most of them red first' }),
  })
  .meta({ id: 'ProgressTotals' });
