/** Pages about a decision. */
import { Audit } from '../../http/questions/decision-audit-shape.js';
import { ask, page, whole, type Page } from '../page.js';

const audit = ask('/v1/decisions/:id/audit', Audit);

export const decisionPages: readonly Page[] = [
  page({
    address: '/decisions/:id/audit',
    title: ({ record }) => record.title,
    for: 'everybody',
    ask: { audit, record: whole('/v1/decisions/:id/audit') },
    template: 'decision-audit.njk',
  }),
];
