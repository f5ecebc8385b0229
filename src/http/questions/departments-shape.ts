/** The shape of a department's docket. */
import { z } from 'zod';
import { Rung } from '../../domain/barrier/state.js';
import {
  AudienceShape,
  DayShape,
  DueCodeShape,
  FailedShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  InstantShape,
  LevelShape,
  LineageAddress,
  LinkShape,
  NotDisclosed,
  PenceShape,
  RecordShape,
  StoredDay,
  Text,
  WorkingDaysLeft,
} from '../query/shapes.js';
import { Ask, Named, OwnerAnswer } from './barriers-shape.js';
import { DepartmentChange } from './department-changes-shape.js';
import { Owed, OwedFailed } from './department-obligations-shape.js';

const Linked = z.strictObject({ id: IdShape, link: LinkShape }).meta({ id: 'LinkedRecord' });
/**
 * Members that are optional are there where the item is about a barrier, or where they say that something is
 * so.
 */
export const DocketItem = z
  .strictObject({
    id: IdShape,
    code: DueCodeShape,
    dueOn: DayShape,
    deed: Text,
    record: RecordShape,
    title: Text,
    placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
    audience: AudienceShape.meta({ description: 'As whom you are told of it' }),
    barrier: Linked.nullable().meta({
      description:
        'The barrier it is about, or that its commitment came ' +
        'from; null where there is none, or none is open to you',
    }),
    places: z
      .array(z.strictObject({ id: IdShape, name: Text }))
      .meta({ description: 'The places that wait for the barrier; without one, the item’s own' }),
    population: z.int().optional().meta({ description: 'Of these places, where it is known' }),
    populationOf: z.int().optional().meta({ description: 'How many of these places it is known of' }),
    pence: PenceShape.nullable()
      .optional()
      .meta({
        description:
          'What the barrier costs, whole pence; null with notDisclosed where not all costs are told, ' +
          'and alone where nobody has costed it',
      }),
    atLeastPence: PenceShape.optional().meta({ description: 'Where pence is null: the costs that are told' }),
    figuresNotShared: z.int().optional().meta({ description: 'Where pence is null: how many costs are not' }),
    notDisclosed: NotDisclosed,
    rung: Rung.nullable().optional().meta({ description: 'Before which rung the owner’s answer is' }),
    asks: z.array(Ask).optional(),
    answer: OwnerAnswer.nullable().optional().meta({ description: 'Null until it has answered' }),
    handler: Named.nullable().optional().meta({ description: 'Who handles it for its owner' }),
    promisedBy: Text.nullable().meta({ description: 'The official who promised it' }),
    commitment: Linked.nullable().meta({ description: 'The commitment that keeps the deed' }),
    ownerOfficial: Text.nullable().meta({
      description: 'The official who answers for it: by its commitment, else who promised it',
    }),
    firstDueOn: DayShape.meta({
      description:
        'The day first promised for it, however often it moved: of its commitment or of the first answer; ' +
        'of what is no promise the day due',
    }),
    since: DayShape,
    workingDaysLeft: WorkingDaysLeft,
    holidaysAssumed: HolidaysAssumed,
    daysLate: z.int().min(0).meta({ description: 'Working days' }),
    level: LevelShape,
    link: LinkShape,
    lineage: LineageAddress,
    illustrative: Illustrative,
  })
  .meta({ id: 'DocketItem' });

const beside = {
  changed: z.array(DepartmentChange).optional().meta({
    description: 'Where `since` is asked: of why places have their colours, what it owes and changed',
  }),
  answeredOnTime: z
    .strictObject({
      onTime: z
        .int()
        .nullable()
        .meta({ description: 'Answers by the day first due; null where none is told to you' }),
      of: z.int().nullable().meta({ description: 'Answers in all; null where none is told to you' }),
      percent: z.int().nullable().meta({ description: 'Per cent, whole; null where no answer was given' }),
    })
    .meta({ description: 'Of the answers it gave, those given by the day first due' }),
  asAt: InstantShape,
  items: z
    .array(
      z.union([
        DocketItem,
        z.strictObject({ id: IdShape, code: z.string(), dueOn: StoredDay, failed: FailedShape }),
      ]),
    )
    .meta({ description: 'What waits for it, soonest first' }),
  next: z.string().nullable().meta({ description: 'The address of the next page' }),
};
/** The counts of everything that is told, and a page of it. */
export const Docket = z.union([Owed.omit({ link: true }).extend(beside), OwedFailed.extend(beside)]);
