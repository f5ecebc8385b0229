/** For those who audit: commands that were refused, and their trend by place and rule. */
import { z } from 'zod';
import { nameOf } from '../../domain/kernel/naming.js';
import { AccountId } from '../../domain/shared/values.js';
import { refusals, type RefusalSpot } from '../../projections/views/refusals.js';
import type { QueryContext } from '../query/context.js';
import { actorColumns, recordColumn } from '../query/csv.js';
import { list, record, type Query } from '../query/declare.js';
import type { Source } from '../query/list.js';
import { parameter } from '../query/parameters.js';
import { actorFor, homeOf, resolveNames, targetFor } from '../query/present-event.js';
import { seesRefusal } from '../query/refusal-sight.js';
import {
  ActorShape,
  AggregateName,
  CommandName,
  IdShape,
  InstantShape,
  LinkShape,
  Text,
} from '../query/shapes.js';
import { Problem } from '../server/problem.js';
import { countColumns, countsOf, countsShape } from './counts.js';
import { along, whole } from './shared.js';

const Refused = z
  .strictObject({
    id: IdShape,
    recordedAt: InstantShape,
    actor: ActorShape,
    command: CommandName,
    commandTitle: Text.meta({ description: 'What the command is called' }),
    record: z.strictObject({ aggregate: AggregateName, id: IdShape }),
    title: Text.nullable().meta({ description: 'Null where it is not open to you' }),
    code: z.string().meta({ description: 'Of the refusal' }),
    sentence: Text.nullable().meta({
      description: 'What whoever asked was told; null where that was not kept',
    }),
    placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
    link: LinkShape,
    unrecorded: z.int().nullable().meta({ description: 'Commands turned away undecided before this one' }),
  })
  .meta({ id: 'RefusedCommand' });
const Trend = z
  .strictObject({
    id: IdShape,
    month: z.string().meta({ description: 'Like 2009-09' }),
    placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
    code: z.string().meta({ description: 'Of the refusals' }),
    count: z.int().meta({ description: 'Refusals recorded' }),
    unrecorded: z.int().meta({ description: 'Commands turned away undecided besides' }),
  })
  .meta({ id: 'RefusalCount' });

/** Refusals are for auditors, each within their scope; nobody else is told whether there are any. */
function checkAudits(context: QueryContext): void {
  if (!context.viewer.grants.some((g) => g.role === 'auditor'))
    throw new Problem(403, 'NOT_ALLOWED', 'Refusals are read by auditors.');
}
/** In characters, of a refusal's code. */
const longestCode = 60;
const Filter = {
  placeId: parameter.placeId,
  code: z.string().max(longestCode).optional().meta({ description: 'With this code alone' }),
};
const ListFilter = z.object({
  ...Filter,
  account: AccountId.optional().meta({ description: 'Of this account alone' }),
  from: parameter.from,
  to: parameter.to,
});
const Counts = countsShape('RefusalCounts', z.string().meta({ description: 'The code of the refusals' }));

/** Refusals that an auditor may read and asks for, in the order of their recording; each as `make` has it. */
function told<S>(
  query: z.output<typeof ListFilter>,
  context: QueryContext,
  make: (spot: RefusalSpot) => S,
): Source<S>[] {
  checkAudits(context);
  const { placeId, code, account, from, to } = query;
  const isAsked = (spot: RefusalSpot): boolean =>
    (!placeId || spot.placeId === placeId) &&
    (!code || spot.code === code) &&
    (!account || spot.account === account) &&
    (!from || spot.day >= from) &&
    (!to || spot.day <= to);
  return along(context.of(refusals).walk(query), (spot) =>
    isAsked(spot) && seesRefusal(context.deps.service.engine, context.viewer, spot) ? make(spot) : undefined,
  );
}

export const refusalQueries: readonly Query[] = [
  list({
    title: 'Commands refused by rule, or on a record that was not found (auditors)',
    url: '/v1/refusals',
    sorts: ['recordedAt'],
    first: '-recordedAt',
    columnsVersion: 2,
    columns: [
      'id',
      'recordedAt',
      ...actorColumns,
      'command',
      recordColumn,
      'title',
      'code',
      'sentence',
      'placeId',
      'link',
      'unrecorded',
      'commandTitle',
    ],
    query: ListFilter,
    row: Refused,
    sources: (query, context) =>
      told(query, context, (spot) => {
        const { aggregate, id, title, link } = targetFor(context, spot.target);
        const { recordedAt, command, code, placeId, unrecorded, sentence } = spot;
        const home = homeOf(context, aggregate, id);
        return {
          id: String(spot.position),
          recordedAt,
          actor: actorFor(context, spot, home),
          command,
          commandTitle: resolveNames(context, nameOf.command(`${aggregate}.${command}`), home).replace(
            /^“|”$/g,
            '',
          ),
          record: { aggregate, id },
          title,
          code,
          sentence: sentence && resolveNames(context, sentence, home),
          placeId,
          link,
          unrecorded,
        };
      }),
  }),
  record({
    title: 'How many commands were refused, by rule, place and month, as the list has them (auditors)',
    url: '/v1/refusals/counts',
    query: ListFilter,
    body: Counts,
    csv: { rows: 'items', columns: countColumns },
    answer: async (query, context) => ({
      position: context.deps.service.position(),
      body: await countsOf(
        context,
        told(query, context, ({ code, placeId, day }) => ({ kind: code, placeId, day })),
        query,
      ),
    }),
  }),
  list({
    title: 'How many commands were refused, by month, place and rule (auditors)',
    url: '/v1/refusals/trend',
    sorts: ['month', 'count', 'placeId', 'code'],
    columns: ['id', 'month', 'placeId', 'code', 'count', 'unrecorded'],
    query: z.object(Filter),
    // One row for so many refusals: months, places and rules are few.
    row: Trend,
    sources(query, context, key) {
      checkAudits(context);
      const rows = context
        .of(refusals)
        .counts()
        .filter((x) => seesRefusal(context.deps.service.engine, context.viewer, { target: '', ...x }))
        .filter(
          (x) => (!query.placeId || x.placeId === query.placeId) && (!query.code || x.code === query.code),
        );
      return whole(
        key,
        rows.map(({ month, placeId, programmeId, code, count, unrecorded }) => ({
          id: [month, placeId ?? 'no-place', programmeId ?? 'no-programme', code].join('.'),
          month,
          placeId,
          code,
          count,
          unrecorded,
        })),
      );
    },
  }),
];
