/** Returns and their submitted versions. */
import { is } from '../../domain/recorded.js';
import { z } from 'zod';
import { loose, wordsOf, type Row } from '../query/shapes.js';
import { audienceOf } from '../../domain/shared/access.js';
import type { SubmissionStatus } from '../../domain/submission/state.js';
import { Id } from '../../domain/shared/values.js';
import type { Recorded } from '../../projections/engine/view.js';
import { submissionFor, submissionTracker, type SubmissionRow } from '../../projections/views/submission-tracker.js';
import { Problem } from '../server/problem.js';
import type { Reading } from '../query/context.js';
import { list, record, type Query } from '../query/declare.js';
import { rowOf } from '../query/rows.js';
import type { Light } from '../../projections/engine/state-table.js';
import { along, lineageOf } from './shared.js';

const status = wordsOf<Exclude<SubmissionStatus, 'none'>>({
  'in-progress': true,
  ready: true,
  'awaiting-sign-off': true,
  'signed-off': true,
  submitted: true,
  'changes-requested': true,
  accepted: true,
  'not-submitted': true,
});

/** What changed in a record since it was sent for signature is part of the answer. */
const pinned = (events: readonly Recorded[]): string[] => {
  const pins = events.flatMap((e) => (is(e, 'submission', 'SubmissionSentForSignOff') ? e.data.pins : []));
  return [...new Set(pins.map((p) => `${p.aggregate}-${p.id}`))];
};

const linked = (r: Reading, s: Partial<SubmissionRow>) => ({ ...s, tier: r.seen('submission', s.id!)!.tier, link: r.link('submission', s.id!), lineage: lineageOf('submission', s.id!) });

export const submissions: Query[] = [
  list({
    title: 'Returns',
    url: '/v1/submissions',
    sorts: ['id', 'placeId', 'roundNo', 'status'],
    // `version` is the record's: what it held until 2 is `submittedVersion`.
    columnsVersion: 2,
    columns: ['id', 'programmeId', 'roundNo', 'roundKind', 'placeId', 'status', 'version', 'submittedVersion', 'lateDays', 'link', 'lineage', 'illustrative', 'failed'],
    query: z.object({ programmeId: Id.optional(), placeId: Id.optional(), roundNo: z.coerce.number().int().optional(), status: status.optional() }),
    row: loose,
    sources(query, r, key) {
      const { programmeId, placeId: within, roundNo, status } = query;
      const tracker = r.of(submissionTracker);
      const isMember = (s: Light): boolean => audienceOf(r.viewer, String(s.namedPlaceId)) === 'members';
      function show(s: Light): Row | undefined {
        if ((programmeId && s.programmeId !== programmeId) || (roundNo !== undefined && s.roundNo !== roundNo)) return undefined;
        const known = isMember(s) ? s.status : s.publicStatus;
        if (known === null || (status && known !== status) || !r.seen('submission', s.tie)) return undefined;
        return rowOf(r, { id: s.tie, placeId: s.namedPlaceId, status: known }, () => {
          const shown = submissionFor(tracker.listed(s.tie)!, audienceOf(r.viewer, String(s.namedPlaceId)));
          return shown && (linked(r, shown) as Row);
        });
      }
      const by = key === 'placeId' ? 'namedPlaceId' : key;
      if (key !== 'status') return along(tracker.walk({ by, within }), show);
      // Its members know another status than everybody else: a return stands by the one that the reader is shown.
      return [
        ...along(tracker.walk({ by: 'status', within }), (s) => (isMember(s) ? show(s) : undefined)),
        ...along(tracker.walk({ by: 'publicStatus', within }), (s) => (isMember(s) ? undefined : show(s))),
      ];
    },
  }),
  record({
    title: 'A return',
    url: '/v1/submissions/:id',
    of: 'submission',
    also: pinned,
    body: loose,
    answer(query, r) {
      r.visible('submission', query.id);
      const row = r.own(submissionTracker).one(query.id)!;
      const audience = audienceOf(r.viewer, row.placeId);
      const body = submissionFor(row, audience);
      if (!body) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      return { position: row.position, body: linked(r, body), tag: audience };
    },
  }),
  record({
    title: 'Every submitted version of a return',
    url: '/v1/submissions/:id/versions',
    of: 'submission',
    body: loose,
    answer(query, r) {
      const { position } = r.visible('submission', query.id);
      const row = r.own(submissionTracker).one(query.id)!;
      const audience = audienceOf(r.viewer, row.placeId);
      // To whom the return shows nothing, its earlier versions show nothing either.
      if (!submissionFor(row, audience)) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      return { position, body: { items: r.own(submissionTracker).versions(query.id) }, tag: audience };
    },
  }),
];
