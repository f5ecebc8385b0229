/** Pooled budgets. */
import { memberOf } from '../../domain/registry.js';
import { z } from 'zod';
import type { Audience } from '../../domain/shared/access.js';
import { lastDay, relaxedFor } from '../../domain/funding-stream/state.js';
import {
  poolFigures,
  poolLedger,
  statement,
  type StreamTerms,
  type TermsOf,
} from '../../projections/views/pool-ledger.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import { register } from '../../projections/views/register.js';
import { sumColumns } from '../query/csv.js';
import type { QueryContext } from '../query/context.js';
import { changedSince, Since } from '../query/changed.js';
import { list, record, type AnswerOf, type Query } from '../query/declare.js';
import { named } from '../query/named.js';
import { parameter } from '../query/parameters.js';
import { partOf } from '../query/rows.js';
import { titleOf } from '../query/titles.js';
import { statementCsv } from './pool-csv.js';
import { PoolStatus, Statement } from './pool-statement-shape.js';
import { accessOf, along, inView, lineageOf, openTo, pastFor, sight, seenAs } from './shared.js';

/** A statement with the names of those it names by id. */
function linked(
  context: QueryContext,
  { host, manager, ...pool }: ReturnType<typeof statement>,
): AnswerOf<typeof Statement> {
  const agencyName = (id: string): string => context.of(register).nameOf('agency', id);
  return {
    ...pool,
    hostAgencyId: host,
    managerAgencyId: manager,
    partnerNames: pool.partners.map(agencyName),
    hostName: agencyName(host),
    managerName: agencyName(manager),
    pledges: pool.pledges.map((pledge) => ({
      ...pledge,
      agency: pledge.agencyId === null ? null : agencyName(pledge.agencyId),
      fundingStream:
        pledge.fundingStreamId !== null && context.seen('fundingstream', pledge.fundingStreamId)
          ? titleOf(context, 'fundingstream', pledge.fundingStreamId)
          : null,
    })),
    tier: accessOf(context, 'pool', pool.id).tier,
    link: context.link('pool', pool.id),
    lineage: lineageOf('pool', pool.id),
  };
}

/**
 * What each funding stream says of its money in a place today, as far as the audience may read the stream;
 * each read once.
 */
function termsIn(context: QueryContext, placeId: string, audience: Audience): TermsOf {
  const known = new Map<string, StreamTerms | null | undefined>();
  const read = (id: string): StreamTerms | null | undefined => {
    const row = context.seen('fundingstream', id);
    const stream =
      row && isShownTo(row.tier, audience)
        ? context.own(register).one('fundingstream', id)?.state
        : undefined;
    if (!stream?.ringFenced) return stream && null;
    const relaxed = relaxedFor(stream, placeId, context.day);
    return {
      purposes: [...new Set([...stream.purposes.cofog, ...relaxed.flatMap((x) => x.purposes.cofog)])],
      relaxationUntil: relaxed[0] ? lastDay(relaxed[0]) : null,
    };
  };
  return (id) => {
    if (!known.has(id)) known.set(id, read(id));
    return known.get(id);
  };
}
/** A stream's conditions change without the pool: the tag says how its streams stand. */
const tagOf = (context: QueryContext, id: string): string =>
  context
    .own(poolLedger)
    .streamsOf(id)
    .map((stream) => `.${(context.seen('fundingstream', stream)?.position ?? 0).toString(36)}`)
    .join('');

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
      ...poolFigures.flatMap((figure) => sumColumns(figure, figure, (p: AnswerOf<typeof Statement>) => p)),
      'notDisclosed',
      'audience',
      'link',
      'lineage',
      'illustrative',
      'failed',
    ],
    columnsVersion: 3,
    query: z.object({
      q: parameter.q,
      placeId: parameter.placeId,
      status: z.string().optional().meta({ enum: PoolStatus.options, description: 'In this status alone' }),
      since: Since,
      audience: parameter.audience,
    }),
    row: Statement,
    past({ placeId }, context) {
      if (placeId === undefined) return undefined;
      return { name: `pools of ${placeId}`, records: context.of(poolLedger).inPlace(placeId) };
    },
    sources(query, context, by) {
      const { placeId: within, status, since } = query;
      const changed = changedSince(context, since);
      const ledger = context.of(poolLedger);
      const isNamed = named(context, 'pool', query.q);
      return along(ledger.walk({ by, within }), ({ tie: id, ...light }) => {
        const placeId = String(light.placeId);
        if (
          (status && light.status !== status) ||
          !isNamed(id) ||
          !context.seen('pool', id) ||
          !openTo(context, 'pool', id, placeId)
        )
          return undefined;
        const audience = sight(context, 'pool', id, placeId);
        if (!changed('pool', id, audience)) return undefined;
        return partOf(context, `pool-${id}`, { id }, () =>
          linked(
            context,
            statement(
              inView(ledger.one(id)),
              audience,
              pastFor(context, 'pool', id, audience),
              context.day,
              termsIn(context, placeId, audience),
            ),
          ),
        );
      });
    },
  }),
  record({
    title: 'A pooled budget’s statement',
    url: '/v1/pools/:id',
    of: 'pool',
    query: z.object({ audience: parameter.audience }),
    also: (events) =>
      events.flatMap((e) => memberOf(e, 'pool', 'fundingStreamId') ?? []).map((id) => `fundingstream-${id}`),
    body: Statement,
    csv: statementCsv,
    answer(query, context) {
      const { id, placeId: within, position } = context.visible('pool', query.id);
      const placeId = inView(within);
      const audience = seenAs(context, 'pool', id, placeId);
      return {
        position,
        body: () =>
          linked(
            context,
            statement(
              inView(context.own(poolLedger).one(id)),
              audience,
              pastFor(context, 'pool', id, audience),
              context.day,
              termsIn(context, placeId, audience),
            ),
          ),
        tag: `${audience}${tagOf(context, id)}`,
      };
    },
  }),
];
