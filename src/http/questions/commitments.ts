/** The commitment register, and a commitment's page. */
import { z } from 'zod';
import {
  AudienceShape,
  DayShape,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  LineageAddress,
  LinkShape,
  NotDisclosed,
  PenceShape,
  Text,
  Tier,
  Version,
  wordsOf,
} from '../query/shapes.js';
import {
  Accountable,
  Cause,
  Colour,
  Completion,
  Evidence,
  Level,
  Money,
  Rag,
  Source,
} from '../../domain/commitment/state.js';
import { Id, PartId } from '../../domain/shared/values.js';
import {
  commitmentFor,
  commitmentPage,
  commitmentRegister,
  type CommitmentRow,
  type Standing,
} from '../../projections/views/commitment-register.js';
import { register } from '../../projections/views/register.js';
import { notThere } from '../server/problem.js';
import type { QueryContext } from '../query/context.js';
import { list, record, type Query } from '../query/declare.js';
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
const named = (
  context: QueryContext,
  { ownerId, verifierId }: { ownerId: string; verifierId: string | null },
) => {
  const q = context.of(register);
  return { owner: q.nameOf('agency', ownerId), verifier: verifierId && q.nameOf('agency', verifierId) };
};
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
    ...named(context, c),
    ...flat(c.rag, c.previousRag),
    moneyPence: c.money?.pence ?? null,
    tier: accessOf(context, 'commitment', row.id).tier,
    link: context.link('commitment', row.id),
    lineage: lineageOf('commitment', row.id),
  };
}
export const CommitmentStatus = wordsOf<Standing>({
  draft: true,
  offered: true,
  accepted: true,
  'in-delivery': true,
  'completion-claimed': true,
  completed: true,
  declined: true,
  lapsed: true,
  withdrawn: true,
  superseded: true,
});
const Bool = z.enum(['true', 'false'], { error: 'Enter true or false' });

/** What the register and the page both show. */
const Commitment = z.strictObject({
  id: IdShape,
  version: Version,
  placeId: IdShape,
  programmeId: IdShape,
  title: Text,
  level: Level,
  status: CommitmentStatus,
  statusSince: DayShape,
  ownerId: IdShape,
  owner: Text,
  accountable: Accountable.nullable().meta({ description: 'Null while nobody is named' }),
  themeId: IdShape.nullable().meta({ description: 'The theme of its place; null where it is of none' }),
  from: Source.nullable().meta({ description: 'The barrier or decision that it follows from' }),
  offeredOn: DayShape.nullable().meta({ description: 'Null until it is offered' }),
  lapsesOn: DayShape.nullable().meta({ description: 'The last day on which the offer can be accepted' }),
  acceptedOn: DayShape.nullable().meta({ description: 'Null until it is accepted' }),
  baselineDueOn: DayShape.nullable().meta({ description: 'The due date of the first acceptance' }),
  dueOn: DayShape.nullable().meta({ description: 'By when it is to be done; null while no day is set' }),
  slippageDays: z
    .int()
    .nullable()
    .meta({ description: 'Days from the baseline to the due date that stands' }),
  reschedules: z.int().meta({ description: 'How often its due date was changed' }),
  progress: z.int().nullable().meta({ description: 'Per cent, by the last report' }),
  rag: Rag.nullable().meta({ description: 'Of the last report; null until there is one' }),
  previousRag: Rag.nullable().meta({ description: 'Of the report before; null until there is one' }),
  worst: Colour.nullable().meta({ description: 'The worst of the four dimensions of the last report' }),
  overdue: z.boolean(),
  daysLate: z.int().meta({ description: 'Working days' }),
  holidaysAssumed: HolidaysAssumed,
  silent: z.boolean().meta({ description: 'A report is missing' }),
  red: z.boolean(),
  lastReport: z.string().nullable().meta({ description: 'The period of the last report' }),
  lastReportOn: DayShape.nullable().meta({ description: 'Null until there is one' }),
  cause: Cause.nullable().meta({ description: 'Of the last report; null where it gives none' }),
  nextStep: Text.nullable().meta({ description: 'Of the last report; null until there is one' }),
  verifierId: IdShape.nullable().meta({
    description: 'The agency that is to verify it; null while none is named',
  }),
  verifier: Text.nullable().meta({ description: 'Its name' }),
  money: Money.extend({
    funds: z
      .enum(['requested', 'confirmed', 'refused', 'released'])
      .nullable()
      .meta({ description: 'What became of the request; null until it is asked for' }),
  })
    .nullable()
    .meta({ description: 'What it asks for; null where it asks for no money, or you are not told' }),
  notDisclosed: NotDisclosed,
  consented: z.boolean(),
  orphanedOn: DayShape.nullable().meta({
    description: 'Since when nobody answers for it; null where there is one who does',
  }),
  audience: AudienceShape,
  illustrative: Illustrative,
  corrected: z.boolean(),
  tier: Tier,
  lineage: LineageAddress,
});
const LastColour = Colour.nullable().meta({ description: 'Of the last report; null until there is one' });
const ColourBefore = Colour.nullable().meta({ description: 'Of the report before; null until there is one' });
const Row = Commitment.extend({
  ragDelivery: LastColour,
  ragSpend: LastColour,
  ragRisk: LastColour,
  ragConfidence: LastColour,
  previousRagDelivery: ColourBefore,
  previousRagSpend: ColourBefore,
  previousRagRisk: ColourBefore,
  previousRagConfidence: ColourBefore,
  moneyPence: PenceShape.nullable().meta({
    description: 'Whole pence; null where it asks for no money, or you are not told',
  }),
  link: LinkShape,
}).meta({ id: 'CommitmentRow' });
const Linked = z.strictObject({ id: IdShape, link: LinkShape }).meta({ id: 'LinkedCommitment' });
const ByWord = { decisionId: IdShape.optional(), official: Text.optional(), link: LinkShape.optional() };
const Page = Commitment.extend({
  from: Source.extend({ link: LinkShape })
    .nullable()
    .meta({ description: 'The barrier or decision that it follows from' }),
  change: Text,
  measure: Text.nullable().meta({
    description: 'By what it is told that it is done; null while none is given',
  }),
  evidenceExpected: Text.nullable().meta({ description: 'What is to show it; null while none is given' }),
  startOn: DayShape.nullable().meta({ description: 'When it is to begin; null where that is not said' }),
  milestones: z.array(
    z.strictObject({
      milestoneId: IdShape,
      title: Text,
      dueOn: DayShape,
      reachedOn: DayShape.nullable().meta({ description: 'Null until it is reached' }),
    }),
  ),
  reports: z.array(
    z.strictObject({
      period: z.string(),
      on: DayShape,
      progress: z.int().meta({ description: 'Per cent' }),
      rag: Rag,
      worst: Colour,
      narrative: Text,
      nextStep: Text,
      cause: Cause.optional(),
      causeText: Text.optional(),
      recovery: Text.optional(),
      recoveryOn: DayShape.optional(),
      fallReason: Text.optional().meta({ description: 'Why progress fell' }),
      correctionReason: Text.optional().meta({
        description: 'Why the report of this period was given again',
      }),
      waiverId: IdShape.optional(),
      overrideReason: Text.optional(),
    }),
  ),
  moves: z
    .array(z.strictObject({ from: DayShape, to: DayShape, on: DayShape, reason: Text, ...ByWord }))
    .meta({ description: 'Changes of the due date, by whose word' }),
  dependsOn: z.array(Linked),
  claims: z
    .array(
      z.strictObject({
        on: DayShape.nullable().meta({ description: 'Null where you are not told of the claim' }),
        evidence: z
          .array(Evidence)
          .nullable()
          .meta({ description: 'Null where you are not told of the claim' }),
        outcome: z
          .enum([...Completion.options, 'returned'])
          .nullable()
          .meta({ description: 'Null until the verifier has answered, or where you are not told' }),
        answeredOn: DayShape.nullable().meta({
          description: 'Null until the verifier has answered, or where you are not told',
        }),
        reason: Text.nullable().meta({
          description: 'Why, in the verifier’s words; null where none is given',
        }),
      }),
    )
    .meta({ description: 'Claims that it is done, oldest first, and what the verifier said' }),
  evidence: z.array(Evidence),
  claimedOn: DayShape.nullable().meta({
    description: 'When it was last claimed to be done; null until then',
  }),
  verification: z
    .strictObject({
      level: Completion,
      by: z.string(),
      agencyId: IdShape,
      on: DayShape,
      reason: Text.optional(),
    })
    .nullable()
    .meta({ description: 'What the verifier found last; null until then' }),
  supersedes: Linked.nullable().meta({ description: 'The commitment in whose stead it stands' }),
  supersededBy: Linked.nullable().meta({ description: 'The commitment that stands in its stead' }),
  endedOn: DayShape.nullable().meta({
    description: 'When it was withdrawn, declined, superseded, or lapsed; null while it was not',
  }),
  endedBy: z.strictObject(ByWord).nullable().meta({ description: 'By whose word; null where by none' }),
  reason: Text.nullable().meta({ description: 'Why it ended; null while it has not' }),
  earlierNotShared: z
    .int()
    .meta({ description: 'Reports, moves, claims and answers of before it was opened to you' }),
}).meta({ id: 'Commitment' });

export const commitments: Query[] = [
  list({
    title: 'Commitments',
    url: '/v1/commitments',
    sorts: ['id', 'dueOn', 'placeId', 'ownerId', 'status', 'themeId', 'slippageDays', 'daysLate', 'title'],
    columns: [
      'id',
      'placeId',
      'title',
      'level',
      'status',
      'statusSince',
      'ownerId',
      'owner',
      ['accountable', ({ accountable: a }) => a && ('official' in a ? a.official : `seat ${a.seatId}`)],
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
      'verifierId',
      'verifier',
      'moneyPence',
      'notDisclosed',
      'tier',
      'link',
      'lineage',
      'illustrative',
      'holidaysAssumed',
      'failed',
    ],
    query: z.object({
      placeId: parameter.placeId,
      ownerId: Id.optional().meta({ description: 'Of this agency alone' }),
      status: CommitmentStatus.optional().meta({ description: 'In this status alone' }),
      level: z
        .enum(['place', 'whitehall'])
        .optional()
        .meta({ description: 'Promised by partners of a place, or by departments' }),
      themeId: PartId.optional().meta({ description: 'Of this theme of its place alone' }),
      overdue: Bool.optional().meta({ description: 'Those whose due date is over, or those whose is not' }),
      audience: parameter.audience,
    }),
    row: Row,
    sources(query, context, key) {
      const { placeId: within, ownerId, status, level, themeId, overdue } = query;
      const register = context.of(commitmentRegister);
      const hasBegun = (c: Light): boolean => c.beginsOn !== null && String(c.beginsOn) <= context.day;
      function show(light: Light) {
        const id = light.tie;
        const now = hasBegun(light) ? 'in-delivery' : light.status;
        if (
          now === 'none' ||
          (status && now !== status) ||
          (ownerId && light.ownerId !== ownerId) ||
          (level && light.level !== level) ||
          (themeId && light.themeId !== themeId)
        )
          return undefined;
        // Late by the day alone: a weekend's day is one too.
        if (
          overdue &&
          (light.runsUntil !== null && String(light.runsUntil) < context.day) !== (overdue === 'true')
        )
          return undefined;
        return context.seen('commitment', id) && openTo(context, 'commitment', id, String(light.placeId))
          ? partOf(context, `commitment-${id}`, { id }, () => line(context, inView(register.one(id))))
          : undefined;
      }
      if (key === 'daysLate') return along(back(register.walk({ by: 'runsUntil', within })), show);
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
    body: Page,
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
          ...named(context, page),
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
