/** Pooled budgets. */
import { z } from 'zod';
import { Id } from '../../domain/values.js';
import { poolLedger, statement } from '../../projections/pool-ledger.js';
import { Problem } from '../problem.js';
import { Audiences, type Query } from '../query.js';
import { list, openTo, record, sight } from './shared.js';

export const pools: Query[] = [
  list({
    title: 'Pooled budgets',
    url: '/v1/pools',
    sorts: ['id', 'name', 'placeId', 'status'],
    columns: [
      'id',
      'name',
      'placeId',
      'status',
      'legalBasis',
      'pledgedPence',
      'confirmedPence',
      'paidInPence',
      'reservedPence',
      'allocatedPence',
      'drawnPence',
      'notDisclosed',
      'illustrative',
    ],
    query: z.object({ placeId: Id.optional(), status: z.string().optional(), audience: Audiences.optional() }),
    rows: (r) =>
      r
        .of(poolLedger)
        .list(r.query.placeId)
        .filter((p) => r.seen('pool', p.id) && openTo(r, 'pool', p.id, p.state.placeId) && (!r.query.status || p.state.status === r.query.status))
        .map((p) => statement(p, sight(r, 'pool', p.id, p.state.placeId), r.day)),
  }),
  record({
    title: 'A pooled budget’s statement',
    url: '/v1/pools/:id',
    of: 'pool',
    query: z.object({ audience: Audiences.optional() }),
    run(r) {
      const { id, placeId, position } = r.visible('pool', r.params.id!);
      if (!openTo(r, 'pool', id, placeId!)) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      const audience = sight(r, 'pool', id, placeId!);
      return { position, body: () => statement(r.own(poolLedger).one(id)!, audience, r.day), tag: audience };
    },
  }),
];
