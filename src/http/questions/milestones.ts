/**
 * The milestones of a programme: when each is, and how far its places are with the steps that are due by it.
 */
import { z } from 'zod';
import { part } from '../../domain/kernel/parts.js';
import { FuzzyDate } from '../../domain/shared/values.js';
import type { RequiredStep } from '../../domain/programme/state.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { calendar, type CalendarRow } from '../../projections/views/calendar.js';
import { register } from '../../projections/views/register.js';
import type { QueryContext } from '../query/context.js';
import { list, type AnswerOf, type Query } from '../query/declare.js';
import { parameter } from '../query/parameters.js';
import { rowOf } from '../query/rows.js';
import {
  DayShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  LinkShape,
  NotDisclosed,
  StoredDay,
  Text,
  WorkingDaysLeft,
} from '../query/shapes.js';
import { inView, visibleIds, whole } from './shared.js';
import { countdown } from './due-items.js';

const kinds = ['deadline', 'political', 'programme', 'engagement', 'info'] as const;
const isMilestone = (row: CalendarRow): row is CalendarRow & { readonly kind: (typeof kinds)[number] } =>
  row.entryId.startsWith('milestone.');

function statusOn(day: string, status: CalendarRow['status'], to: string): 'planned' | 'reached' | 'passed' {
  if (status === 'reached') return 'reached';
  return to < day ? 'passed' : 'planned';
}

const Standing = z.strictObject({
  places: z.int().meta({
    description:
      'Enrolled places of which a step is required by it; by ' +
      'the deadline each required step, whatever its own day',
  }),
  placesReady: z
    .int()
    .nullable()
    .meta({ description: 'Of them, those that have nothing left to do by it: each step is done or excused' }),
  placesLate: z
    .int()
    .nullable()
    .meta({ description: 'Of them, those that are not ready though its day is over' }),
  stepsOutstanding: z
    .int()
    .nullable()
    .meta({ description: 'Steps of all these places that are neither done nor excused' }),
  notDisclosed: NotDisclosed,
});
/** A milestone of a programme, and how far its places are with what is due by it. */
export const Milestone = z
  .strictObject({
    id: IdShape.meta({ description: 'As in the calendar' }),
    programmeId: IdShape,
    milestoneId: IdShape,
    name: Text,
    kind: z.enum(kinds),
    from: DayShape,
    to: DayShape.meta({ description: 'The day that counts; of what is known to a month, its last' }),
    precision: FuzzyDate.shape.precision,
    tbc: z.boolean().meta({ description: 'It may still move' }),
    originalTo: DayShape.meta({ description: 'The day first given' }),
    reason: Text.nullable().meta({ description: 'Why it moved' }),
    status: z
      .enum(['planned', 'reached', 'passed'])
      .meta({ description: 'Passed: its day is over, and nobody said that it was reached' }),
    workingDaysLeft: WorkingDaysLeft,
    holidaysAssumed: HolidaysAssumed,
    ...Standing.shape,
    link: LinkShape,
    illustrative: Illustrative,
  })
  .meta({ id: 'MilestoneRow' });

type Dated = Pick<AnswerOf<typeof Milestone>, 'milestoneId' | 'kind' | 'to'>;
/**
 * Is a step due by the milestone? By the deadline, which progress counts toward, every step that is required.
 */
const isDueBy = ({ milestoneId, kind }: Dated, { due }: RequiredStep): boolean =>
  kind === 'deadline' || ('milestoneId' in due && due.milestoneId === milestoneId);

/**
 * How far the places of a programme are with what is due by a milestone. That a step is done is the
 * programme's to know, not the public's.
 */
function standings(
  context: QueryContext,
  programmeId: string,
): (milestone: Dated) => AnswerOf<typeof Standing> {
  const { steps } = inView(context.of(register).one('programme', programmeId)).state;
  const places = context
    .of(placeProgress)
    .places(programmeId)
    .map(({ id, kind }) => {
      const audience = context.audience(id);
      return {
        required: part(steps, kind) ?? [],
        open: context.of(placeProgress).openSteps(id, audience, context.day),
        told: audience !== 'public',
      };
    });
  return (milestone) => {
    const owing = places.flatMap(({ required, open, told }) => {
      const due = new Set<string>(
        required.filter((step) => isDueBy(milestone, step)).map((step) => step.stepId),
      );
      return due.size > 0 ? [{ outstanding: open.filter((step) => due.has(step.stepId)).length, told }] : [];
    });
    if (owing.some((p) => !p.told))
      return {
        places: owing.length,
        placesReady: null,
        placesLate: null,
        stepsOutstanding: null,
        notDisclosed: true,
      };
    const unready = owing.filter((p) => p.outstanding > 0);
    return {
      places: owing.length,
      placesReady: owing.length - unready.length,
      placesLate: milestone.to < context.day ? unready.length : 0,
      stepsOutstanding: unready.reduce((sum, p) => sum + p.outstanding, 0),
    };
  };
}

function milestonesOf(context: QueryContext, programmeId: string) {
  // Read for the first row that is made, so that what fails is a row's fault.
  let readOnce: ReturnType<typeof standings> | undefined;
  const standingOf = (milestone: Dated) => (readOnce ??= standings(context, programmeId))(milestone);
  return context
    .of(calendar)
    .ofProgramme(programmeId)
    .filter(isMilestone)
    .map(
      ({
        entryId,
        kind,
        title: name,
        from,
        to,
        precision,
        tbc,
        originalTo,
        reason,
        status,
        illustrative,
      }) => {
        const id = `${programmeId}.${entryId}`;
        const milestoneId = entryId.slice('milestone.'.length);
        return rowOf(context, { id, programmeId, kind, from, to }, (): AnswerOf<typeof Milestone> => ({
          id,
          programmeId,
          milestoneId,
          name,
          kind,
          from,
          to,
          precision,
          tbc,
          originalTo,
          reason,
          status: statusOn(context.day, status, to),
          ...countdown(context, to),
          ...standingOf({ milestoneId, kind, to }),
          link: context.link('programme', programmeId),
          illustrative,
        }));
      },
    );
}

export const milestones: readonly Query[] = [
  list({
    title: 'Milestones, and how far places are with what is due by each',
    url: '/v1/milestones',
    sorts: ['to', 'name', 'kind', 'programmeId'],
    columnsVersion: 2,
    columns: [
      'id',
      'programmeId',
      'milestoneId',
      'name',
      'kind',
      'from',
      'to',
      'precision',
      'tbc',
      'originalTo',
      'reason',
      'status',
      'workingDaysLeft',
      'holidaysAssumed',
      'places',
      'placesReady',
      'placesLate',
      'stepsOutstanding',
      'notDisclosed',
      'link',
      'illustrative',
      'failed',
    ],
    query: z.object({
      programmeId: parameter.programmeId,
      kind: z.enum(kinds).optional().meta({ description: 'Of this kind alone' }),
    }),
    row: Milestone,
    failedRow: z.strictObject({
      id: IdShape,
      programmeId: IdShape,
      kind: z.enum(kinds),
      from: StoredDay,
      to: StoredDay,
    }),
    // A programme has few, by their nature.
    sources: (query, context, key) =>
      whole(
        key,
        visibleIds(context, 'programme')
          .filter((id) => !query.programmeId || id === query.programmeId)
          .flatMap((id) => milestonesOf(context, id))
          .filter((m) => !query.kind || m.kind === query.kind),
      ),
  }),
];
