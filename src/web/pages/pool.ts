/** Pages about a pooled budget. */
import { Statement } from '../../http/questions/pool-statement-shape.js';
import { poolFlow } from '../figures/pool-flow.js';
import { ask, page, whole, type Page } from '../page.js';

const pool = ask('/v1/pools/:id', Statement);

export const poolPages: readonly Page[] = [
  page({
    address: '/pools/:id',
    title: ({ record }) => record.title,
    for: 'everybody',
    ask: { pool, record: whole('/v1/pools/:id') },
    view: ({ pool }, visit) => ({
      flow: poolFlow(pool.pledges),
      partners: new Map(pool.partners.map((id, i) => [id, pool.partnerNames[i] ?? id])),
      services: pool.purposes.cofog.map((code) => visit.names().serviceOf(code) ?? code),
    }),
    template: 'pool.njk',
  }),
];
