/** Barriers. */
import { z } from 'zod';
import { Locus, Status } from '../../domain/barrier/state.js';
import { contentHash } from '../../domain/kernel/hash.js';
import { Id, pounds } from '../../domain/shared/values.js';
import { barrierFor, barrierRegister, type BarrierRow } from '../../projections/views/barrier-register.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import { register } from '../../projections/views/register.js';
import { words, type ColumnOf } from '../query/csv.js';
import { Problem } from '../server/problem.js';
import type { QueryContext } from '../query/context.js';
import { list, record, type AnswerOf, type Query } from '../query/declare.js';
import { parameter } from '../query/parameters.js';
import { partOf } from '../query/rows.js';
import { Barrier } from './barriers-shape.js';
import { along, answerFor, lineageOf, openTo, pastFor, sight } from './shared.js';

type Row = AnswerOf<typeof Barrier>;
/** A barrier with its owners and costs named, as far as their agencies are told. */
function linked(r: QueryContext, b: ReturnType<typeof barrierFor>): Row {
  const nameOf = (agencyId: string): string => r.of(register).nameOf('agency', agencyId);
  return {
    ...b,
    owners: b.owners.map((o) => ({
      ...o,
      answer: answerFor(r, o.answer, b.audience),
      agency: nameOf(o.agencyId),
    })),
    costs: b.costs.map((c) =>
      c.agencyId === null ? { ...c, agency: null } : { ...c, agency: nameOf(c.agencyId) },
    ),
    tier: r.seen('barrier', b.id)!.tier,
    link: r.link('barrier', b.id),
    lineage: lineageOf('barrier', b.id),
  };
}
const answered = (o: Row['owners'][number]): string => {
  const said = o.answer
    ? `${o.answer.position}${o.answer.dueOn ? ` by ${o.answer.dueOn}` : ''}`
    : `to answer by ${o.dueOn}`;
  return o.struck
    ? 'struck'
    : o.directionDueOn
      ? `${said}, to answer the direction by ${o.directionDueOn}`
      : said;
};
const barrierColumns: readonly ColumnOf<Row>[] = [
  'id',
  'placeId',
  'kind',
  'locus',
  'status',
  'statusSince',
  'statement',
  'effectOnResidents',
  ['asks', (b) => words(b.asks.map((a) => `${a.remedy} by ${a.dueOn}: ${a.detail}`))],
  ['owners', (b) => words(b.owners.map((o) => `${o.agency}: ${answered(o)}`))],
  ['joined', (b) => words(b.joined.map((j) => j.placeId))],
  ['mergedFrom', (b) => words(b.mergedFrom)],
  [
    'costs',
    (b) =>
      words(b.costs.map((c) => (c.pence === null ? 'not disclosed' : `${c.agency}: ${pounds(c.pence)}`))),
  ],
  'link',
  'lineage',
  'illustrative',
  'failed',
];
/** The barriers merged into one that the reader may see, and the audience asked for would. */
const mergedInto = (r: QueryContext, id: string): BarrierRow[] =>
  r.own(barrierRegister).mergedInto(id, (m) => {
    const row = r.seen('barrier', m.id);
    return row !== undefined && (!r.audienceAsked || isShownTo(row.tier, r.audienceAsked));
  });
/** What an answer shows of other records changes without this one: its tag says what that is. */
const tagOf = (merged: readonly BarrierRow[]): string =>
  merged.length === 0
    ? ''
    : `.${contentHash(merged.map((m) => [m.id, Object.keys(m.state.joined)])).slice(0, 12)}`;

export const barriers: Query[] = [
  list({
    title: 'Barriers',
    url: '/v1/barriers',
    sorts: ['id', 'placeId', 'status', 'locus', 'kind', 'statusSince'],
    columns: barrierColumns,
    query: z.object({
      placeId: parameter.placeId,
      locus: Locus.optional().meta({ description: 'Those that this one is to remove' }),
      status: Status.optional().meta({ description: 'In this status alone' }),
      ownerId: Id.optional().meta({ description: 'Those that this agency was asked to own' }),
      audience: parameter.audience,
    }),
    row: Barrier,
    sources(query, r, by) {
      const { placeId: within, locus, status, ownerId } = query;
      const barriers = r.of(barrierRegister);
      return along(barriers.walk({ by, within }), ({ tie: id, ...light }) => {
        const placeId = String(light.placeId);
        if ((locus && light.locus !== locus) || (status && light.status !== status)) return undefined;
        if (!r.seen('barrier', id) || !openTo(r, 'barrier', id, placeId)) return undefined;
        const audience = sight(r, 'barrier', id, placeId);
        return partOf(r, `barrier-${id}`, { id, placeId }, () => {
          const b = barriers.one(id)!;
          if (ownerId && !Object.hasOwn(b.state.owners, ownerId)) return undefined;
          return linked(r, barrierFor(b, audience, pastFor(r, 'barrier', id, audience), mergedInto(r, id)));
        });
      });
    },
  }),
  record({
    title: 'A barrier',
    url: '/v1/barriers/:id',
    of: 'barrier',
    query: z.object({ audience: parameter.audience }),
    also: (_events, r, id) => r.of(barrierRegister).streamsMergedInto(id),
    body: Barrier,
    answer(query, r) {
      const { id, placeId, position } = r.visible('barrier', query.id);
      if (!openTo(r, 'barrier', id, placeId!))
        throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      const audience = sight(r, 'barrier', id, placeId!);
      const merged = mergedInto(r, id);
      return {
        position,
        body: () =>
          linked(
            r,
            barrierFor(
              r.own(barrierRegister).one(id)!,
              audience,
              pastFor(r, 'barrier', id, audience),
              merged,
            ),
          ),
        tag: `${audience}${tagOf(merged)}`,
      };
    },
  }),
];
