/** What waits for the reader, and the programme's calendar. */
import { z } from 'zod';
import { grantName, type Grant } from '../../domain/access.js';
import { DateOn, Id } from '../../domain/values.js';
import { calendarEntries, opensFirst } from '../calendar.js';
import { recordColumn, words } from '../csv.js';
import { Problem } from '../problem.js';
import type { Query, Reading } from '../query.js';
import { homeOf, inWords } from '../told.js';
import { actionsOf, asName, daysLeft, placeOf, titleOf, why } from '../waiting.js';
import { lineageOf, list } from './shared.js';

/** The reader's grants, or the one they ask for. */
function grantsAsked(r: Reading): readonly Grant[] {
  const asked = r.query.as as string | undefined;
  if (asked === undefined) return r.viewer.grants;
  const found = r.viewer.grants.filter((g) => grantName(g) === asked);
  if (found.length === 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'as must be one of your grants, like chair@place:durham+agency:durham-county-council.', {
      errors: [{ path: '/as', message: 'Enter one of your grants' }],
    });
  return found;
}

export const actions: Query[] = [
  list({
    title: 'What waits for you',
    url: '/v1/me/actions',
    sorts: ['dueOn', 'code', 'placeId'],
    columns: ['id', 'code', 'deed', recordColumn, 'title', 'placeId', 'dueOn', 'workingDaysLeft', 'as', 'why', 'link', 'lineage', 'illustrative'],
    query: z.object({ placeId: Id.optional(), to: DateOn.optional(), as: z.string().max(300).optional() }),
    rows: (r) =>
      actionsOf(r, grantsAsked(r))
        .filter(({ item }) => (!r.query.placeId || placeOf(r, item) === r.query.placeId) && (!r.query.to || item.dueOn <= r.query.to))
        .map((a) => ({
          id: a.id,
          code: a.item.code,
          deed: inWords(r, a.item.deed, homeOf(r, a.item.aggregate, a.item.recordId)),
          record: { aggregate: a.item.aggregate, id: a.item.recordId },
          title: titleOf(r, a.item.aggregate, a.item.recordId),
          placeId: placeOf(r, a.item),
          dueOn: a.item.dueOn,
          workingDaysLeft: daysLeft(r, a.item.dueOn),
          as: asName(a),
          why: why(r, a),
          link: r.link(a.item.aggregate, a.item.recordId),
          lineage: lineageOf(a.item.aggregate, a.item.recordId),
          illustrative: a.item.illustrative,
        })),
  }),
  list({
    title: 'The calendar: milestones, rounds, and what is due that you may see',
    url: '/v1/calendar',
    sorts: ['to', 'kind', 'placeId', 'title'],
    tie: opensFirst,
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
      'placeId',
      ['owedBy', (e) => words(e.owedBy.map((p: { name: string }) => p.name))],
      'reason',
      'link',
      'illustrative',
    ],
    query: z.object({ programmeId: Id.optional(), placeId: Id.optional(), from: DateOn.optional(), to: DateOn.optional() }),
    rows: (r) => calendarEntries(r, r.query),
  }),
];
