/** The shapes of the commitment register and of a commitment's page. */
import { z } from 'zod';
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
import type { Standing } from '../../projections/views/commitment-register.js';
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

/** What has become of a commitment by a day. */
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
  ownerAgencyId: IdShape,
  owner: Text,
  accountable: Accountable.nullable().meta({ description: 'Null while nobody is named' }),
  accountableSeat: Text.nullable().meta({
    description:
      'What the seat is called that answers for it; null where none does, or its table is not open to you',
  }),
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
    .meta({ description: 'Days from the baseline to the due date that stands; null until it is accepted' }),
  reschedules: z.int().meta({ description: 'How often its due date was changed' }),
  progress: z.int().nullable().meta({ description: 'Per cent, by the last report; null until there is one' }),
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
  verifierAgencyId: IdShape.nullable().meta({
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
/** A line of the register. */
export const CommitmentLine = Commitment.extend({
  ragDelivery: LastColour,
  ragSpend: LastColour,
  ragRisk: LastColour,
  ragConfidence: LastColour,
  previousRagDelivery: ColourBefore,
  previousRagSpend: ColourBefore,
  previousRagRisk: ColourBefore,
  previousRagConfidence: ColourBefore,
  moneyPence: PenceShape.nullable().meta({
    description: 'Whole pence; null where it asks for no money, and with notDisclosed where you are not told',
  }),
  link: LinkShape,
}).meta({ id: 'CommitmentRow' });
const Linked = z.strictObject({ id: IdShape, link: LinkShape }).meta({ id: 'LinkedCommitment' });
const ByWord = { decisionId: IdShape.optional(), official: Text.optional(), link: LinkShape.optional() };
/** A commitment's page. */
export const CommitmentPage = Commitment.extend({
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
      dueOn: DayShape.meta({ description: 'By when the report was due' }),
      daysLate: z
        .int()
        .nullable()
        .meta({ description: 'Working days late; 0 in time; null of one that was given again' }),
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
