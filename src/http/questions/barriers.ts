/** Barriers. */
import { z } from 'zod';
import { speaksFor } from '../../domain/barrier/owners.js';
import { Locus, Status, type BarrierState, type Owner } from '../../domain/barrier/state.js';
import { splitStream } from '../../domain/registry.js';
import { daysBetween } from '../../domain/shared/calendar.js';
import { contentHash } from '../../domain/kernel/hash.js';
import { Id, pounds } from '../../domain/shared/values.js';
import { barrierFor, barrierRegister, type BarrierRow } from '../../projections/views/barrier-register.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import { register } from '../../projections/views/register.js';
import { words, type ColumnOf } from '../query/csv.js';
import type { QueryContext } from '../query/context.js';
import { changedSince, Since } from '../query/changed.js';
import { list, record, type AnswerOf, type Query } from '../query/declare.js';
import { named } from '../query/named.js';
import { parameter } from '../query/parameters.js';
import { partOf } from '../query/rows.js';
import { untold } from '../query/why-null.js';
import { Barrier, BarrierRow as BarrierListed } from './barriers-shape.js';
import {
  accessOf,
  along,
  answerFor,
  inView,
  lineageOf,
  namedIn,
  openTo,
  pastFor,
  sight,
  seenAs,
} from './shared.js';

type Row = AnswerOf<typeof Barrier>;
type Listed = AnswerOf<typeof BarrierListed>;
/**
 * The owner for which the reader speaks, unless they ask what others are told; nobody's where they speak for
 * more than one.
 */
function ownFor({ viewer, audienceAsked }: QueryContext, { owners }: BarrierState): Owner | undefined {
  if (audienceAsked) return undefined;
  const [own, other] = Object.values(owners).filter((owner) =>
    viewer.grants.some(({ role, agency }) => agency === owner.agencyId && speaksFor(owner, role)),
  );
  return other ? undefined : own;
}
/** What the reader's own agency has prepared. */
function preparedFor(context: QueryContext, state: BarrierState): Pick<Row, 'prepared'> {
  const prepared = ownFor(context, state)?.prepared;
  if (!prepared) return {};
  const { by, on, answer } = prepared;
  return { prepared: { answer, preparedBy: namedIn(context, by, state.programmeId), preparedOn: on } };
}
/** A barrier with its owners and costs named, as far as their agencies are told. */
function linked(context: QueryContext, barrier: ReturnType<typeof barrierFor>): Row {
  const nameOf = (agencyId: string): string => context.of(register).nameOf('agency', agencyId);
  const named = (account: string) => namedIn(context, account, barrier.programmeId);
  return {
    ...barrier,
    owners: barrier.owners.map((owner) => ({
      ...owner,
      answer: answerFor(context, owner.answer, barrier.audience),
      handler: owner.handler === null ? null : named(owner.handler),
      agency: nameOf(owner.agencyId),
    })),
    answers: barrier.answers.map(({ preparedBy, ...answer }) => ({
      ...answer,
      ...(preparedBy === undefined ? {} : { preparedBy: named(preparedBy) }),
    })),
    costs: barrier.costs.map((cost) =>
      cost.agencyId === null ? { ...cost, agency: null } : { ...cost, agency: nameOf(cost.agencyId) },
    ),
    tier: accessOf(context, 'barrier', barrier.id).tier,
    link: context.link('barrier', barrier.id),
    lineage: lineageOf('barrier', barrier.id),
  };
}
const answered = (owner: Row['owners'][number]): string => {
  if (owner.struck) return 'struck';
  const by = owner.answer?.dueOn ? ` by ${owner.answer.dueOn}` : '';
  const said = owner.answer ? `${owner.answer.position}${by}` : `to answer by ${owner.dueOn}`;
  return owner.directionDueOn ? `${said}, to answer the direction by ${owner.directionDueOn}` : said;
};
const handledBy = ({ handler }: Row['owners'][number]): string =>
  handler === null ? '' : ` (${handler.name})`;
/** What it costs, as far as the reader is told: where nobody has costed it nothing is said, never zero. */
function costOf({ costs }: Row): Pick<Listed, 'costPence' | 'costAtLeastPence'> {
  const told = costs.flatMap(({ pence }) => pence ?? []);
  const sum = told.reduce((total, pence) => total + pence, 0);
  if (told.length === costs.length) return { costPence: costs.length === 0 ? null : sum };
  return { costPence: null, ...(told.length > 0 ? { costAtLeastPence: sum } : {}) };
}
const listed = (context: QueryContext, barrier: Row): Listed => ({
  ...barrier,
  statusDays: daysBetween(barrier.statusSince, context.day),
  ...costOf(barrier),
});
const barrierColumns: readonly ColumnOf<Listed>[] = [
  'id',
  'placeId',
  'kind',
  'locus',
  'status',
  'statusSince',
  'statement',
  'effectOnResidents',
  ['asks', (b) => words(b.asks.map((a) => `${a.remedy} by ${a.dueOn}: ${a.detail}`))],
  ['owners', (b) => words(b.owners.map((o) => `${o.agency}${handledBy(o)}: ${answered(o)}`))],
  ['joined', (b) => words(b.joined.map((j) => j.placeId))],
  ['mergedFrom', (b) => words(b.mergedFrom)],
  [
    'costs',
    (barrier) =>
      words(
        barrier.costs.map((c) => (c.pence === null ? untold.withheld : `${c.agency}: ${pounds(c.pence)}`)),
      ),
  ],
  'audience',
  'link',
  'lineage',
  'illustrative',
  'statusDays',
  'costPence',
  'costAtLeastPence',
  'failed',
];
/** The barriers merged into one that the reader may see, and the audience asked for would. */
const mergedInto = (context: QueryContext, id: string): BarrierRow[] =>
  context.own(barrierRegister).mergedInto(id, (barrier) => {
    const row = context.seen('barrier', barrier.id);
    return row !== undefined && (!context.audienceAsked || isShownTo(row.tier, context.audienceAsked));
  });
/** Enough of a hash to tell one answer's versions apart. */
const hashChars = 12;
/** What an answer shows of other records changes without this one: its tag says what that is. */
const tagOf = (merged: readonly BarrierRow[]): string =>
  merged.length === 0
    ? ''
    : `.${contentHash(merged.map((m) => [m.id, Object.keys(m.state.joined)])).slice(0, hashChars)}`;

export const barriers: Query[] = [
  list({
    title: 'Barriers',
    url: '/v1/barriers',
    renamed: { ownerId: 'ownerAgencyId' },
    sorts: ['id', 'placeId', 'status', 'locus', 'kind', 'statusSince'],
    columns: barrierColumns,
    columnsVersion: 2,
    query: z.object({
      q: parameter.q,
      placeId: parameter.placeId,
      locus: Locus.optional().meta({ description: 'Those that this one is to remove' }),
      status: Status.optional().meta({ description: 'In this status alone' }),
      ownerAgencyId: Id.optional().meta({ description: 'Those that this agency was asked to own' }),
      since: Since,
      audience: parameter.audience,
    }),
    row: BarrierListed,
    past({ placeId, ownerAgencyId }, context) {
      const barriers = context.of(barrierRegister);
      const asked = placeId === undefined ? ownerAgencyId : placeId;
      if (asked === undefined) return undefined;
      return {
        name: `barriers ${placeId === undefined ? 'owned by' : 'of'} ${asked}`,
        records: placeId === undefined ? barriers.streamsProposedTo(asked) : barriers.streamsOf(asked),
        besideOf: (stream) => barriers.streamsMergedInto(splitStream(stream)[1]),
      };
    },
    sources(query, context, by) {
      const { placeId: within, locus, status, ownerAgencyId, since } = query;
      const isNamed = named(context, 'barrier', query.q);
      const changed = changedSince(context, since);
      const barriers = context.of(barrierRegister);
      return along(barriers.walk({ by, within }), ({ tie: id, ...light }) => {
        const placeId = String(light.placeId);
        if ((locus && light.locus !== locus) || (status && light.status !== status)) return undefined;
        if (!isNamed(id)) return undefined;
        if (!context.seen('barrier', id) || !openTo(context, 'barrier', id, placeId)) return undefined;
        const audience = sight(context, 'barrier', id, placeId);
        if (!changed('barrier', id, audience)) return undefined;
        return partOf(context, `barrier-${id}`, { id, placeId }, () => {
          const b = inView(barriers.one(id));
          if (ownerAgencyId && !Object.hasOwn(b.state.owners, ownerAgencyId)) return undefined;
          return listed(
            context,
            linked(
              context,
              barrierFor(b, audience, pastFor(context, 'barrier', id, audience), mergedInto(context, id)),
            ),
          );
        });
      });
    },
  }),
  record({
    title: 'A barrier',
    url: '/v1/barriers/:id',
    of: 'barrier',
    query: z.object({ audience: parameter.audience }),
    also: (_events, context, id) => context.of(barrierRegister).streamsMergedInto(id),
    body: Barrier,
    answer(query, context) {
      const { id, placeId: within, position } = context.visible('barrier', query.id);
      const placeId = inView(within);
      const audience = seenAs(context, 'barrier', id, placeId);
      const merged = mergedInto(context, id);
      return {
        position,
        body() {
          const row = inView(context.own(barrierRegister).one(id));
          const past = pastFor(context, 'barrier', id, audience);
          const told = linked(context, barrierFor(row, audience, past, merged));
          return { ...told, ...preparedFor(context, row.state) };
        },
        tag: `${audience}${tagOf(merged)}`,
      };
    },
  }),
];
