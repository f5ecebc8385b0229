/** For those who audit: what went otherwise than it should, and is there to be looked at. */
import { z } from 'zod';
import { exceptionKinds } from '../../projections/views/exceptions.js';
import { Since } from '../query/changed.js';
import { actorColumns, recordColumn, recordVersionColumn } from '../query/csv.js';
import { list, record, type Query } from '../query/declare.js';
import { parameter } from '../query/parameters.js';
import { rowOf } from '../query/rows.js';
import { IdShape, StoredDay } from '../query/shapes.js';
import { countColumns, countsOf, countsShape } from './counts.js';
import {
  Exception,
  exceptionSources,
  pastExceptions,
  type Known,
  type ShownException,
} from './exception-sources.js';

const Counts = countsShape('ExceptionCounts', z.enum(exceptionKinds));
const Filter = z.object({
  kind: z.enum(exceptionKinds).optional().meta({ description: 'Of this kind alone' }),
  placeId: parameter.placeId,
  from: parameter.from,
  to: parameter.to,
  since: Since,
});

export const exceptionQueries: readonly Query[] = [
  list({
    title:
      'Exceptions: backdated, late, reported late, excused, waived, voided, contradicted, reopened, ' +
      'orphaned, bound ' +
      'twice, urgent, overdue verification; for auditors, near misses of separated duties',
    url: '/v1/exceptions',
    sorts: ['day', 'kind', 'placeId', 'days'],
    // The reason of a near miss was its code, which has a column of its own since.
    columnsVersion: 3,
    columns: [
      'id',
      'kind',
      'recordedAt',
      'day',
      'type',
      recordColumn,
      recordVersionColumn,
      'title',
      'placeId',
      ...actorColumns,
      'dueOn',
      'days',
      'reason',
      'code',
      'waiverId',
      'link',
      'lineage',
      'failed',
    ],
    query: Filter,
    row: Exception,
    past: ({ placeId }, context) => (placeId === undefined ? undefined : pastExceptions(context, placeId)),
    failedRow: z.strictObject({
      id: IdShape,
      kind: z.enum(exceptionKinds),
      day: StoredDay,
      placeId: IdShape.nullable(),
    }),
    sources: (query, context, key) =>
      exceptionSources<ShownException>(query, context, key, (known, whole) => rowOf(context, known, whole)),
  }),
  record({
    title: 'How many exceptions there are, by kind, place and month',
    url: '/v1/exceptions/counts',
    query: Filter,
    body: Counts,
    csv: { rows: 'items', columns: countColumns },
    answer: async (query, context) => ({
      position: context.deps.service.position(),
      body: await countsOf(
        context,
        exceptionSources<Known>(query, context, 'day', (known) => known),
        query,
      ),
    }),
  }),
];
