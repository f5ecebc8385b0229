/** Returns and their submitted versions. */
import { is } from '../../domain/registry.js';
import { z } from 'zod';
import { words } from '../../domain/submission/state.js';
import { audienceOf, type Audience } from '../../domain/shared/access.js';
import type { Recorded } from '../../projections/engine/view.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import {
  submissionFor,
  type Standing,
  type SubmissionShown,
} from '../../projections/views/submission-rows.js';
import { submissionTracker } from '../../projections/views/submission-tracker.js';
import { notThere } from '../server/problem.js';
import type { QueryContext } from '../query/context.js';
import { named } from '../query/named.js';
import { parameter } from '../query/parameters.js';
import { changedSince, Since } from '../query/changed.js';
import { list, record, type Query, type RowOf } from '../query/declare.js';
import { rowOf } from '../query/rows.js';
import type { Light } from '../../projections/engine/state-table.js';
import type { Key } from '../../projections/engine/walk.js';
import { Submission, SubmissionListed, SubmissionStatus, Versions } from './submissions-shape.js';
import { titleOf } from '../query/titles.js';
import { accessOf, along, inView, lineageOf } from './shared.js';

const isStanding = (status: Key | undefined): status is Standing =>
  typeof status === 'string' && Object.hasOwn(SubmissionStatus.enum, status);

/** What changed in a record since it was sent for signature is part of the answer. */
const pinned = (events: readonly Recorded[]): string[] => {
  const pins = events.flatMap((e) => (is(e, 'submission', 'SubmissionSentForSignOff') ? e.data.pins : []));
  return [...new Set(pins.map((p) => `${p.aggregate}-${p.id}`))];
};

const linked = (context: QueryContext, { sections, ...submission }: SubmissionShown) => ({
  ...submission,
  title: titleOf(context, 'submission', submission.id),
  ...(sections && {
    sections: sections.map((one) => ({ ...one, words: one.content?.text ? words(one.content.text) : 0 })),
  }),
  tier: accessOf(context, 'submission', submission.id).tier,
  link: context.link('submission', submission.id),
  lineage: lineageOf('submission', submission.id),
});

export const submissions: Query[] = [
  list({
    title: 'Returns',
    url: '/v1/submissions',
    sorts: ['id', 'placeId', 'roundNo', 'status'],
    // `version` is the record's: what it held until 2 is `submittedVersion`.
    columnsVersion: 4,
    columns: [
      'id',
      'programmeId',
      'roundNo',
      'roundKind',
      'roundName',
      'placeId',
      'status',
      'version',
      'submittedVersion',
      'lateDays',
      'link',
      'lineage',
      'illustrative',
      'failed',
      'title',
    ],
    query: z.object({
      q: parameter.q,
      programmeId: parameter.programmeId,
      placeId: parameter.placeId,
      roundNo: z.coerce
        .number()
        .int()
        .optional()
        .meta({ description: 'Of the round with this number alone' }),
      status: SubmissionStatus.optional().meta({ description: 'In this status alone' }),
      since: Since,
      audience: parameter.audience,
    }),
    row: SubmissionListed,
    sources(query, context, key) {
      const { programmeId, placeId: within, roundNo, status, since } = query;
      const changed = changedSince(context, since);
      const tracker = context.of(submissionTracker);
      const isNamed = named(context, 'submission', query.q);
      // Nothing is said of a return that is hidden, not even that it may not be asked about so.
      const toldAs = ({ tie, namedPlaceId }: Light): Audience | undefined =>
        context.seen('submission', tie) && context.audience(String(namedPlaceId));
      const isMember = (light: Light): boolean => toldAs(light) === 'members';
      function show(light: Light): RowOf<typeof SubmissionListed> | undefined {
        if (
          (programmeId && light.programmeId !== programmeId) ||
          (roundNo !== undefined && light.roundNo !== roundNo) ||
          !isNamed(light.tie)
        )
          return undefined;
        const access = context.seen('submission', light.tie);
        const audience = toldAs(light);
        if (!access || !audience) return undefined;
        const known = audience === 'members' ? light.status : light.publicStatus;
        if (!isStanding(known) || (status && known !== status)) return undefined;
        const placeId = String(light.namedPlaceId);
        if (context.audienceAsked && !isShownTo(access.tier, audience)) return undefined;
        if (!changed('submission', light.tie, audience)) return undefined;
        return rowOf(context, { id: light.tie, placeId, status: known }, () => {
          const shown = submissionFor(inView(tracker.listed(light.tie)), audience);
          return shown && linked(context, shown);
        });
      }
      const by = key === 'placeId' ? 'namedPlaceId' : key;
      if (key !== 'status') return along(tracker.walk({ by, within }), show);
      // Its members know another status than everybody else: a return stands by the one that the reader is
      // shown.
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
    body: Submission,
    answer(query, context) {
      context.visible('submission', query.id);
      const row = inView(context.own(submissionTracker).one(query.id));
      const audience = audienceOf(context.viewer, row.placeId);
      const body = submissionFor(row, audience);
      if (!body) throw notThere();
      return { position: row.position, body: linked(context, body), tag: audience };
    },
  }),
  record({
    title: 'Every submitted version of a return',
    url: '/v1/submissions/:id/versions',
    of: 'submission',
    body: Versions,
    answer(query, context) {
      const { position } = context.visible('submission', query.id);
      const row = inView(context.own(submissionTracker).one(query.id));
      const audience = audienceOf(context.viewer, row.placeId);
      // To whom the return shows nothing, its earlier versions show nothing either.
      if (!submissionFor(row, audience)) throw notThere();
      return { position, body: { items: context.own(submissionTracker).versions(query.id) }, tag: audience };
    },
  }),
];
