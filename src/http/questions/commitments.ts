/** The commitment register, and a commitment's page. */
import { z } from 'zod';
import { officialTold, type Accountable, type Rag } from '../../domain/commitment/state.js';
import { Id, PartId } from '../../domain/shared/values.js';
import { commitmentRegister, type CommitmentRow } from '../../projections/views/commitment-register.js';
import { commitmentFor, commitmentPage } from '../../projections/views/commitment-shown.js';
import { register } from '../../projections/views/register.js';
import { CommitmentPage, CommitmentLine, CommitmentStatus } from './commitments-shape.js';
import { resolveNames } from '../query/present-event.js';
import { notThere } from '../server/problem.js';
import type { QueryContext } from '../query/context.js';
import { changedSince, Since } from '../query/changed.js';
import { list, record, type Query } from '../query/declare.js';
import { named } from '../query/named.js';
import { parameter } from '../query/parameters.js';
import { partOf } from '../query/rows.js';
import { back, under } from '../../projections/engine/walk.js';
import type { Light } from '../../projections/engine/state-table.js';
import { accessOf, along, inView, lineageOf, openTo, pastFor, sight, seenAs } from './shared.js';

/** How the row's programme reports, and the day it is looked at. */
const looked = (context: QueryContext, row: CommitmentRow) =>
  [
    context.of(commitmentRegister).periodOf(row.state.programmeId),
    context.day,
    context.deps.service.ref.workingDays,
  ] as const;
const ownerAndVerifier = (
  context: QueryContext,
  {
    ownerAgencyId,
    verifierAgencyId,
  }: { readonly ownerAgencyId: string; readonly verifierAgencyId: string | null },
) => {
  const q = context.of(register);
  return {
    owner: q.nameOf('agency', ownerAgencyId),
    verifier: verifierAgencyId && q.nameOf('agency', verifierAgencyId),
  };
};
/**
 * Who answers for it, by name: an official whom nobody named by the department; of a seat, what it is called
 * beside its id.
 */
function answerable(
  context: QueryContext,
  { accountable, placeId }: { readonly accountable: Accountable | null; readonly placeId: string },
) {
  if (accountable === null) return { accountable, accountableSeat: null };
  if ('seatId' in accountable)
    return { accountable, accountableSeat: context.partOf('seat', accountable.seatId, placeId) };
  const official = resolveNames(context, officialTold(accountable.official), undefined);
  return { accountable: { official }, accountableSeat: null };
}
/** Colours by dimension, a member for each: who opens the register in a spreadsheet has a column for each. */
const flat = (rag: Rag | null, previous: Rag | null) => ({
  ragDelivery: rag?.delivery ?? null,
  ragSpend: rag?.spend ?? null,
  ragRisk: rag?.risk ?? null,
  ragConfidence: rag?.confidence ?? null,
  previousRagDelivery: previous?.delivery ?? null,
  previousRagSpend: previous?.spend ?? null,
  previousRagRisk: previous?.risk ?? null,
  previousRagConfidence: previous?.confidence ?? null,
});

function line(context: QueryContext, row: CommitmentRow) {
  const audience = sight(context, 'commitment', row.id, row.state.placeId);
  const c = commitmentFor(
    row,
    audience,
    pastFor(context, 'commitment', row.id, audience),
    ...looked(context, row),
  );
  return {
    ...c,
    ...ownerAndVerifier(context, c),
    ...answerable(context, c),
    ...flat(c.rag, c.previousRag),
    moneyPence: c.money?.pence ?? null,
    tier: accessOf(context, 'commitment', row.id).tier,
    link: context.link('commitment', row.id),
    lineage: lineageOf('commitment', row.id),
  };
}
const Bool = z.enum(['true', 'false'], { error: 'Enter true or false' });

export const commitments: Query[] = [
  list({
    title: 'Commitments',
    url: '/v1/commitments',
    renamed: { ownerId: 'ownerAgencyId' },
    sorts: [
      'id',
      'dueOn',
      'placeId',
      'ownerAgencyId',
      'status',
      'themeId',
      'slippageDays',
      'daysLate',
      'title',
    ],
    columns: [
      'id',
      'placeId',
      'title',
      'level',
      'status',
      'statusSince',
      'ownerAgencyId',
      'owner',
      [
        'accountable',
        ({ accountable: a, accountableSeat: seat }) =>
          a && ('official' in a ? a.official : (seat ?? `seat ${a.seatId}`)),
      ],
      'themeId',
      ['from', (c) => c.from && `${c.from.kind}-${c.from.id}`],
      'acceptedOn',
      'baselineDueOn',
      'dueOn',
      'slippageDays',
      'reschedules',
      'overdue',
      'daysLate',
      'silent',
      'progress',
      'ragDelivery',
      'ragSpend',
      'ragRisk',
      'ragConfidence',
      'previousRagDelivery',
      'previousRagSpend',
      'previousRagRisk',
      'previousRagConfidence',
      'lastReport',
      'lastReportOn',
      'cause',
      'nextStep',
      'verifierAgencyId',
      'verifier',
      'moneyPence',
      'notDisclosed',
      'audience',
      'tier',
      'link',
      'lineage',
      'illustrative',
      'holidaysAssumed',
      'failed',
    ],
    columnsVersion: 4,
    query: z.object({
      q: parameter.q,
      placeId: parameter.placeId,
      ownerAgencyId: Id.optional().meta({ description: 'Of this agency alone' }),
      status: CommitmentStatus.optional().meta({ description: 'In this status alone' }),
      level: z
        .enum(['place', 'whitehall'])
        .optional()
        .meta({ description: 'Promised by partners of a place, or by departments' }),
      themeId: PartId.optional().meta({ description: 'Of this theme of its place alone' }),
      overdue: Bool.optional().meta({ description: 'Those whose due date is over, or those whose is not' }),
      since: Since,
      audience: parameter.audience,
    }),
    row: CommitmentLine,
    past({ placeId, ownerAgencyId }, context) {
      const commitments = context.of(commitmentRegister);
      if (placeId !== undefined)
        return {
          name: `commitments of ${placeId}`,
          records: commitments.streamsOf(placeId),
        };
      if (ownerAgencyId === undefined) return undefined;
      // What is another's now may have been this one's then.
      return {
        name: `commitments owned by ${ownerAgencyId}`,
        records: commitments.everOwnedBy(ownerAgencyId),
      };
    },
    sources(query, context, key) {
      const { placeId: within, ownerAgencyId, status, level, themeId, overdue, since } = query;
      const changed = changedSince(context, since);
      const register = context.of(commitmentRegister);
      const isNamed = named(context, 'commitment', query.q);
      const hasBegun = (c: Light): boolean => c.beginsOn !== null && String(c.beginsOn) <= context.day;
      function show(light: Light) {
        const id = light.tie;
        const now = hasBegun(light) ? 'in-delivery' : light.status;
        if (
          now === 'none' ||
          (status && now !== status) ||
          (ownerAgencyId && light.ownerId !== ownerAgencyId) ||
          (level && light.level !== level) ||
          (themeId && light.themeId !== themeId) ||
          !isNamed(id)
        )
          return undefined;
        // Late by the day alone: a weekend's day is one too.
        if (
          overdue &&
          (light.runsUntil !== null && String(light.runsUntil) < context.day) !== (overdue === 'true')
        )
          return undefined;
        const placeId = String(light.placeId);
        return context.seen('commitment', id) &&
          openTo(context, 'commitment', id, placeId) &&
          changed('commitment', id, sight(context, 'commitment', id, placeId))
          ? partOf(context, `commitment-${id}`, { id }, () => line(context, inView(register.one(id))))
          : undefined;
      }
      if (key === 'daysLate') return along(back(register.walk({ by: 'runsUntil', within })), show);
      if (key === 'ownerAgencyId') return along(register.walk({ by: 'ownerId', within }), show);
      if (key !== 'status') return along(register.walk({ by: key, within }), show);
      // What was accepted to begin later stands among what is in delivery once its day has come.
      return [
        ...along(register.walk({ by: 'status', within }), (c) => (hasBegun(c) ? undefined : show(c))),
        ...along(under('in-delivery', register.walk({ by: 'id', within, only: 'beginning' })), (light) =>
          hasBegun(light) ? show(light) : undefined,
        ),
      ];
    },
  }),
  record({
    title: 'A commitment',
    url: '/v1/commitments/:id',
    of: 'commitment',
    query: z.object({ audience: parameter.audience }),
    body: CommitmentPage,
    answer(query, context) {
      const { tier } = context.visible('commitment', query.id);
      const row = context.own(commitmentRegister).one(query.id);
      if (!row) throw notThere();
      const audience = seenAs(context, 'commitment', row.id, row.state.placeId);
      const page = commitmentPage(
        row,
        audience,
        pastFor(context, 'commitment', row.id, audience),
        ...looked(context, row),
      );
      const linked = (id: string) => ({ id, link: context.link('commitment', id) });
      return {
        position: row.position,
        body: {
          ...page,
          ...ownerAndVerifier(context, page),
          ...answerable(context, page),
          moves: page.moves.map((move) => ({
            ...move,
            ...(move.decisionId ? { link: context.link('decision', move.decisionId) } : {}),
          })),
          endedBy: page.endedBy && {
            ...page.endedBy,
            ...(page.endedBy.decisionId ? { link: context.link('decision', page.endedBy.decisionId) } : {}),
          },
          lineage: lineageOf('commitment', row.id),
          dependsOn: page.dependsOn.map(linked),
          supersedes: page.supersedes === null ? null : linked(page.supersedes),
          supersededBy: page.supersededBy === null ? null : linked(page.supersededBy),
          from: page.from && { ...page.from, link: context.link(page.from.kind, page.from.id) },
          tier,
        },
        tag: audience,
      };
    },
  }),
];
