/**
 * The shapes of what barriers and promises mean for progress: what a department owes, and the counts of a
 * place.
 */
import { z } from 'zod';
import {
  Address,
  AudienceShape,
  FailedShape,
  HolidaysAssumed,
  IdShape,
  NotDisclosed,
  Text,
} from '../query/shapes.js';

/** A count of what the reader may see; null where whether there is anything is withheld. */
const counted = (description: string) => z.int().min(0).nullable().meta({ description });
const Department = z.strictObject({ id: IdShape, name: Text }).meta({ id: 'Department' });

const tellsOf = {
  ownershipOverdue: counted('Of proposed: not accepted, declined or answered by the day due'),
  answersOverdue: counted(
    'Barriers that it has not answered, or not answered anew as a rung directed, by the day due',
  ),
  deedsOverdue: counted(
    'Promises to remove or try whose day has passed, each once, also while a higher rung looks at it',
  ),
  directionsOverdue: counted('Barriers before its champion that were not directed by the day due'),
};
/**
 * What waits, by how late it is, where colours change by it (docs/rules/progress.md#colours): each count of
 * what its reader is told of.
 */
const ByLateness = z
  .strictObject({
    notLate: z.int().min(0).meta({ description: 'Due today or later' }),
    late1To10: z.int().min(0).meta({ description: 'Late by 1 to 10 working days' }),
    late11To20: z.int().min(0).meta({ description: 'Late by 11 to 20 working days' }),
    lateLonger: z.int().min(0).meta({ description: 'Late by more than 20 working days' }),
  })
  .meta({
    id: 'ByLateness',
    description:
      'How many things wait for it, each item of its docket that is told to you, by how late it is; one ' +
      'barrier may have several',
  });
/** What a department owes: its barriers, and whatever else waits for it. */
export const Owed = z
  .strictObject({
    department: Department,
    audience: AudienceShape.meta({
      description: 'The widest of the audiences that it is told to: what it says holds in each of them',
    }),
    proposed: counted(
      'Open barriers that the department was asked to own and has not answered, whether or not it has ' +
        'accepted to own them. Null with notDisclosed: no barrier is open to you',
    ),
    answered: z.strictObject({
      willRemove: counted('Barriers that it has said it will remove'),
      willPilot: counted('Barriers for which it will pilot a way round'),
      needEvidence: counted('Barriers for which it asked for evidence and its time to answer stands still'),
      willNot: counted(
        'Barriers for which its own answer is that it will not; the barrier may be open still, before a ' +
          'higher rung or with other owners',
      ),
    }),
    removed: counted('Barriers it was asked to own that were removed, by whomever'),
    refused: counted(
      'Barriers it was asked to own that ended refused at the ' +
        'highest rung; those it said no to are in answered/willNot too',
    ),
    ...tellsOf,
    waiting: ByLateness,
    oldestWorkingDays: z
      .int()
      .min(1)
      .nullable()
      .meta({ description: 'Working days by which the latest of these is late; null where nothing is' }),
    holidaysAssumed: HolidaysAssumed,
    notDisclosed: NotDisclosed,
    places: z.array(IdShape).meta({
      description:
        'Ids of the places that wait for it: those that raised or joined what is open, unless it has said ' +
        'that it will not, or was merged into it, and those of what else waits',
    }),
    placeNames: z.array(Text).meta({ description: 'Their names, in the same order' }),
    link: Address.meta({ description: 'The address of its docket' }),
  })
  .meta({ id: 'Owed' });
/** The same where it could not be reckoned: of which department it would be. */
export const OwedFailed = z
  .strictObject({ department: Department, failed: FailedShape })
  .meta({ id: 'OwedFailed' });
export const OwedPart = z.union([Owed, OwedFailed]);

/** What each department owes. */
export const WhitehallOwes = z.strictObject({
  owed: z
    .array(OwedPart)
    .nullable()
    .meta({
      description:
        'What each department owes, with the counts that its docket explains; null with notDisclosed ' +
        'where nothing of it is open to you',
    }),
  notDisclosed: NotDisclosed,
});

/** What departments owe a place and is late. */
export const WhitehallLate = z
  .strictObject({
    answersOverdue: counted('Answers of departments to its barriers that are overdue'),
    oldestWorkingDays: z.int().min(1).nullable().meta({
      description:
        'Working days by which the latest of what departments owe it is late; null where nothing is',
    }),
    notDisclosed: NotDisclosed,
  })
  .meta({ id: 'WhitehallLate' });

/** Barriers of a place, and what their owners owe it. */
export const BarrierCounts = z
  .strictObject({
    whitehall: counted(
      'Open barriers for departments alone. Null with notDisclosed: none of the kind is open to you',
    ),
    joint: counted('Open barriers for a department and partners'),
    local: counted('Open barriers for partners alone'),
    untriaged: counted('Open barriers of which nobody has said whose they are'),
    open: counted('All of these'),
    ownershipOverdue: counted('Owners that have not accepted, declined or answered by the day due'),
    answersOverdue: counted(
      'Owners that have not answered, or not answered anew as a rung directed, by the day due',
    ),
    deedsOverdue: tellsOf.deedsOverdue,
    directionsOverdue: counted('Barriers before a rung that was to direct by the day due'),
    oldestWorkingDays: z
      .int()
      .min(1)
      .nullable()
      .meta({ description: 'Working days by which the latest of these is late; null where nothing is' }),
    holidaysAssumed: HolidaysAssumed,
    notDisclosed: NotDisclosed,
  })
  .meta({ id: 'BarrierCounts' });
