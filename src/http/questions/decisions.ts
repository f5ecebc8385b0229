/** Decisions, how each was taken, and waivers of rules. */
import { memberOf, splitStream } from '../../domain/registry.js';
import { z } from 'zod';
import {
  DayShape,
  IdShape,
  Illustrative,
  LineageAddress,
  LinkShape,
  SourceShape,
  Version,
  wordsOf,
} from '../query/shapes.js';
import { waivableRules } from '../../domain/shared/authority.js';
import type { WaiverState } from '../../domain/waiver/state.js';
import { decisionLog } from '../../projections/views/decision-log.js';
import { register } from '../../projections/views/register.js';
import { decisionAudit } from './decision-audit.js';
import { decisionColumns, decisionPage, positionOf, streamsEnded } from './decision-page.js';
import { auditCsv, positionsCsv } from './decision-csv.js';
import { Decision, DecisionStatus, RecordName } from './decision-page-shape.js';
import { Audit } from './decision-audit-shape.js';
import { streamsFollowing } from './decision-followed.js';
import type { QueryContext } from '../query/context.js';
import { changedSince, Since } from '../query/changed.js';
import { list, record, type Query } from '../query/declare.js';
import { named } from '../query/named.js';
import { parameter } from '../query/parameters.js';
import { notThere } from '../server/problem.js';
import { isFailed, partOf, rowOf } from '../query/rows.js';
import { along, inView, fromRegister, lineageOf, openTo, sight, visibleIds, whole } from './shared.js';

/** What a waiver is on a day: in force, or over with its last one. */
function waiverStatusOn(state: WaiverState, day: string): z.output<typeof WaiverStatus> {
  if (state.status === 'none') throw new Error('no waiver stands in this row');
  return state.status === 'granted' && day > state.until ? 'expired' : state.status;
}
const WaiverStatus = wordsOf<Exclude<WaiverState['status'], 'none'> | 'expired'>({
  requested: true,
  granted: true,
  refused: true,
  revoked: true,
  expired: true,
});
const Waiver = z.strictObject({
  id: IdShape,
  version: Version,
  status: WaiverStatus,
  rule: z.string().meta({ description: 'The code of the refusal that it passes' }),
  placeId: IdShape,
  until: DayShape.meta({ description: 'Its last day' }),
  requestedBy: z.string().meta({ description: 'An account' }),
  lineage: LineageAddress,
  illustrative: Illustrative,
});
const waivedRecord = RecordName.meta({
  description: 'The record that it is for, by its kind and id, where it is for one alone',
});

/** The streams in a list of references, of records seen or of what is authorised. */
const mentioned = (list: readonly (string | { readonly record: string })[] = []): string[] =>
  list.map((x) => (typeof x === 'string' ? x : x.record));

function decisionOf(context: QueryContext, id: string) {
  context.visible('decision', id);
  const row = inView(context.own(decisionLog).one(id));
  if (!openTo(context, 'decision', row.id, row.state.placeId)) throw notThere();
  return row;
}

export const decisions: Query[] = [
  list({
    title: 'Decisions',
    url: '/v1/decisions',
    sorts: ['id', 'placeId', 'status', 'closesAt', 'openedAt', 'reviewOn'],
    columns: decisionColumns,
    columnsVersion: 2,
    query: z.object({
      q: parameter.q,
      placeId: parameter.placeId,
      status: DecisionStatus.optional().meta({ description: 'In this status alone' }),
      since: Since,
      audience: parameter.audience,
    }),
    row: Decision,
    past({ placeId }, context) {
      if (placeId === undefined) return undefined;
      const records = context.of(decisionLog).streamsOf(placeId);
      return {
        name: `decisions of ${placeId}`,
        records,
        besideOf: (stream) => streamsEnded(context, splitStream(stream)[1]),
      };
    },
    sources(query, context, by) {
      const { placeId: within, status, since } = query;
      const changed = changedSince(context, since);
      const log = context.of(decisionLog);
      const isNamed = named(context, 'decision', query.q);
      return along(log.walk({ by, within }), ({ tie: id, placeId, ...light }) =>
        (!status || light.status === status) &&
        isNamed(id) &&
        context.seen('decision', id) &&
        openTo(context, 'decision', id, String(placeId)) &&
        changed('decision', id, sight(context, 'decision', id, String(placeId)))
          ? partOf(context, `decision-${id}`, { id }, () => decisionPage(context, inView(log.one(id))))
          : undefined,
      );
    },
  }),
  record({
    title: 'A decision',
    url: '/v1/decisions/:id',
    of: 'decision',
    also: (_, context, id) => streamsEnded(context, id),
    query: z.object({ audience: parameter.audience }),
    body: Decision,
    csv: positionsCsv,
    answer(query, context) {
      const row = decisionOf(context, query.id);
      return {
        position: positionOf(context, row),
        body: decisionPage(context, row),
        tag: sight(context, 'decision', row.id, row.state.placeId),
      };
    },
  }),
  record({
    title:
      'How a decision was taken: who could vote and did, by ' +
      'which arithmetic, on what evidence, and what followed',
    url: '/v1/decisions/:id/audit',
    of: 'decision',
    also: (events, context, id) => [
      ...events.flatMap((event) => [
        ...mentioned(memberOf(event, 'decision', 'refs')),
        ...mentioned(memberOf(event, 'decision', 'authorises')),
      ]),
      ...streamsFollowing(context, id),
      ...streamsEnded(context, id),
    ],
    body: Audit,
    csv: auditCsv,
    answer: (query, context) => decisionAudit(context, decisionOf(context, query.id)),
  }),
  list({
    title: 'Waivers of rules',
    url: '/v1/waivers',
    sorts: ['id', 'placeId', 'rule', 'until', 'status'],
    columnsVersion: 2,
    columns: [
      'id',
      'placeId',
      'rule',
      'record',
      'status',
      'until',
      'requestedBy',
      'link',
      'lineage',
      'illustrative',
      'failed',
    ],
    query: z.object({
      q: parameter.q,
      placeId: parameter.placeId,
      rule: z.enum(waivableRules).optional().meta({ description: 'Of the refusal with this code alone' }),
    }),
    // Few by their nature, each granted by a programme's office; whether one is over changes with the day.
    row: Waiver.extend({
      record: waivedRecord
        .nullable()
        .meta({ description: 'The record that it is for; null where it is for a place' }),
      link: LinkShape,
    }).meta({ id: 'WaiverRow' }),
    sources: (query, context, key) =>
      whole(
        key,
        visibleIds(context, 'waiver')
          .filter(named(context, 'waiver', query.q))
          .map((id) =>
            rowOf(context, { id }, () => {
              const w = inView(context.of(register).one('waiver', id));
              return {
                id,
                version: w.version,
                ...w.state,
                record: w.state.record ?? null,
                status: waiverStatusOn(w.state, context.day),
                link: context.link('waiver', id),
                lineage: lineageOf('waiver', id),
                illustrative: w.illustrative,
              };
            }),
          )
          .filter(
            (waiver) =>
              isFailed(waiver) ||
              ((!query.placeId || waiver.placeId === query.placeId) &&
                (!query.rule || waiver.rule === query.rule)),
          ),
      ),
  }),
  record({
    title: 'A waiver of a rule',
    url: '/v1/waivers/:id',
    of: 'waiver',
    body: Waiver.extend({ record: waivedRecord.optional(), source: SourceShape }).meta({ id: 'Waiver' }),
    answer: (query, context) =>
      fromRegister(context, 'waiver', query.id, (w) => ({ status: waiverStatusOn(w.state, context.day) })),
  }),
];
