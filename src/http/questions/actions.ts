/** What waits for the reader, and the programme's calendar. */
import { z } from 'zod';
import {
  Address,
  CommandName,
  DayShape,
  DueCodeShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  LineageAddress,
  LinkShape,
  RecordShape,
  StoredDay,
  Text,
  WorkingDaysLeft,
} from '../query/shapes.js';
import type { DueItem } from '../../domain/progress/due-codes.js';
import { grantName, type Grant } from '../../domain/shared/access.js';
import { CalendarEntry, calendarSources } from './calendar.js';
import { commandRoutes } from '../query/command-routes.js';
import { recordColumn, words } from '../query/csv.js';
import { Problem } from '../server/problem.js';
import type { QueryContext } from '../query/context.js';
import { parameter } from '../query/parameters.js';
import { list, type Query } from '../query/declare.js';
import { homeOf, resolveNames } from '../query/present-event.js';
import { actionSources, asName, countdown, placeOf, why } from './due-items.js';
import { titleOf } from '../query/titles.js';
import { isFailed, joined, rowOf } from '../query/rows.js';
import { Named } from './barriers-shape.js';
import { inView, lineageOf, namedIn } from './shared.js';
import { readKey } from '../../domain/barrier/state.js';
import { part } from '../../domain/kernel/parts.js';
import { barrierRegister } from '../../projections/views/barrier-register.js';

/** The reader's grants, or the one they ask for. */
function grantsAsked(context: QueryContext, asked: string | undefined): readonly Grant[] {
  if (asked === undefined) return context.viewer.grants;
  const found = context.viewer.grants.filter((g) => grantName(g) === asked);
  if (found.length === 0)
    throw new Problem(
      400,
      'INVALID_PARAMETER',
      'as must be one of your grants, like chair@place:durham+agency:durham-county-council.',
      {
        errors: [{ path: '/as', message: 'Enter one of your grants' }],
      },
    );
  return found;
}

const Does = z
  .strictObject({
    name: CommandName,
    path: Address.meta({ description: 'Where it is sent to; its form stands there without /v1' }),
    names: z
      .record(z.string(), z.string())
      .meta({ description: 'Members of its body by which it is about what waits' }),
  })
  .meta({ id: 'DoesIt', description: 'The command that does it, where that is just one' });
export const Action = z
  .strictObject({
    id: IdShape,
    code: DueCodeShape,
    placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
    dueOn: DayShape,
    deed: Text,
    does: Does.optional(),
    record: RecordShape,
    title: Text,
    workingDaysLeft: WorkingDaysLeft,
    holidaysAssumed: HolidaysAssumed,
    as: z.string().meta({ description: 'The grant of yours in which it is done, as Acting-As takes it' }),
    handler: Named.optional().meta({
      description: 'Who handles it for the agency that owes it, where that was said',
    }),
    why: Text.meta({ description: 'Why it waits for you: the role, and for whom' }),
    link: LinkShape,
    lineage: LineageAddress,
    illustrative: Illustrative,
  })
  .meta({ id: 'Action' });

/** Who handles what an owner owes of a barrier. */
function handlerOf(context: QueryContext, { aggregate, recordId, key }: DueItem) {
  if (aggregate !== 'barrier') return undefined;
  const { owners, programmeId } = inView(context.of(barrierRegister).one(recordId)).state;
  const handler = part(owners, readKey(key).agencyId)?.handler;
  return handler === undefined ? undefined : namedIn(context, handler, programmeId);
}
/** The command that does it, where it is known which. */
function doesIt({ aggregate, recordId, doneBy }: DueItem): { does?: z.infer<typeof Does> } {
  const route = commandRoutes.find((one) => one.aggregate.name === aggregate && one.name === doneBy?.command);
  if (!route || !doneBy) return {};
  const path = route.url.replace(':id', encodeURIComponent(recordId));
  return { does: { name: route.name, path, names: { ...doneBy.names } } };
}

/** In characters, of a grant as it is written. */
const longestGrant = 300;

export const actions: Query[] = [
  list({
    title: 'What waits for you',
    url: '/v1/me/actions',
    sorts: ['dueOn', 'code', 'placeId'],
    columnsVersion: 2,
    columns: [
      'id',
      'code',
      'deed',
      recordColumn,
      'title',
      'placeId',
      'dueOn',
      'workingDaysLeft',
      'holidaysAssumed',
      'as',
      'why',
      ['handler', (action) => action.handler?.name],
      'link',
      'lineage',
      'illustrative',
      'failed',
    ],
    query: z.object({
      placeId: parameter.placeId,
      to: parameter.to,
      handler: z.literal('me').optional().meta({ description: 'What you were named to handle, with `me`' }),
      as: z
        .string()
        .max(longestGrant)
        .optional()
        .meta({ description: 'What waits for one of your grants, `role@scope`' }),
    }),
    row: Action,
    failedRow: z.strictObject({
      id: IdShape,
      code: z.string(),
      placeId: IdShape.nullable(),
      dueOn: StoredDay,
    }),
    sources: (query, context, by) =>
      actionSources(context, grantsAsked(context, query.as), by, (action) => {
        const { id, placeId, dueOn } = isFailed(action)
          ? action
          : { id: action.id, placeId: placeOf(context, action.item), dueOn: action.item.dueOn };
        if ((query.placeId && placeId !== query.placeId) || (query.to && dueOn > query.to)) return undefined;
        if (isFailed(action)) return { ...action };
        const { item } = action;
        const known = { id, code: item.code, placeId, dueOn };
        return rowOf(context, known, () => {
          const handler = handlerOf(context, item);
          if (query.handler && handler?.account !== context.viewer.account) return undefined;
          return joined(
            known,
            {
              ...doesIt(item),
              deed: resolveNames(context, item.deed, homeOf(context, item.aggregate, item.recordId)),
              record: { aggregate: item.aggregate, id: item.recordId },
              title: titleOf(context, item.aggregate, item.recordId),
            },
            countdown(context, dueOn),
            {
              as: asName(action),
              why: why(context, action),
              ...(handler ? { handler } : {}),
              link: context.link(item.aggregate, item.recordId),
              lineage: lineageOf(item.aggregate, item.recordId),
              illustrative: item.illustrative,
            },
          );
        });
      }),
  }),
  list({
    title: 'The calendar: milestones, rounds, and what is due that you may see',
    url: '/v1/calendar',
    // Not by title: it is made of the names that each reader may see, and no index holds it.
    sorts: ['to', 'kind', 'placeId'],
    columnsVersion: 2,
    columns: [
      'id',
      'programmeId',
      'kind',
      'code',
      'title',
      'from',
      'to',
      'precision',
      'tbc',
      'originalTo',
      'status',
      'workingDaysLeft',
      'holidaysAssumed',
      'placeId',
      ['owedBy', (e) => words(e.owedBy.map((p) => p.name))],
      'reason',
      'link',
      'illustrative',
      'failed',
    ],
    query: z.object({
      programmeId: parameter.programmeId,
      placeId: parameter.placeId,
      from: parameter.from,
      to: parameter.to,
      audience: parameter.audience,
    }),
    row: CalendarEntry,
    failedRow: z.strictObject({ id: IdShape, from: StoredDay, to: StoredDay }),
    sources: (query, context, by) => calendarSources(context, query, by),
  }),
];
