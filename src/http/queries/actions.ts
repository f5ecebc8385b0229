/** What waits for the reader. */
import { z } from 'zod';
import { canSee } from '../../domain/access.js';
import { aggregateNamed } from '../../domain/index.js';
import { lateBy } from '../../domain/progress.js';
import { DateOn, Id } from '../../domain/values.js';
import { due } from '../../projections/due.js';
import { register } from '../../projections/register.js';
import type { Query } from '../query.js';
import { list } from './shared.js';

export const actions: Query[] = [
  list({
    title: 'What waits for you',
    url: '/v1/me/actions',
    sorts: ['dueOn', 'code', 'placeId'],
    columns: ['id', 'code', 'deed', 'placeId', 'dueOn', 'workingDaysLeft', 'why', 'link', 'illustrative'],
    query: z.object({ placeId: Id.optional(), to: DateOn.optional() }),
    rows(r) {
      const { workingDays } = r.deps.service.ref;
      return r
        .of(due)
        .open()
        .filter((i) => !i.stopped && (!r.query.placeId || i.placeId === r.query.placeId) && (!r.query.to || i.dueOn <= r.query.to))
        .flatMap((i) => {
          const row = r.seen(i.aggregate, i.recordId);
          if (!row || (i.private && !canSee(r.viewer, row, { version: row.version, private: true }))) return [];
          const grant = r.viewer.grants.find((g) =>
            i.owedBy.some((p) =>
              p.kind === 'agency' || p.kind === 'department'
                ? g.agency === p.id
                : p.kind === 'place'
                  ? g.place === p.id && ['secretariat', 'chair'].includes(g.role)
                  : g.role === 'programme-office' && g.programme === p.id,
            ),
          );
          if (!grant) return [];
          return [
            {
              id: `${i.stream}.${i.code}.${i.key}`,
              code: i.code,
              deed: i.deed,
              placeId: i.placeId ?? null,
              dueOn: i.dueOn,
              workingDaysLeft: lateBy(i.dueOn, r.day, workingDays) > 0 ? -lateBy(i.dueOn, r.day, workingDays) : workingDays.between(r.day, i.dueOn),
              why: `${grant.role}${grant.agency ? ` of ${r.of(register).nameOf('agency', grant.agency)}` : ''}`,
              link: `/v1/${aggregateNamed(i.aggregate).collection}/${i.recordId}`,
              illustrative: i.illustrative,
            },
          ];
        });
    },
  }),
];
