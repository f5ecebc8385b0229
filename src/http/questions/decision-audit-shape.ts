/** What is answered of how a decision was taken. */
import { z } from 'zod';
import { Completion } from '../../domain/commitment/state.js';
import type { RuleStep } from '../../domain/decision/rule.js';
import { Stances, Verdict, Voter } from '../../domain/decision/state.js';
import type { FollowedRow } from '../../projections/views/decision-log.js';
import {
  ActorShape,
  DayShape,
  EventType,
  HolidaysAssumed,
  IdShape,
  Illustrative,
  InstantShape,
  LineageAddress,
  LinkShape,
  NotDisclosed,
  PenceShape,
  RecordVersionShape,
  Text,
  Version,
  wordsOf,
} from '../query/shapes.js';
import { CommitmentStatus } from './commitments-shape.js';
import type { Against } from './decision-followed.js';
import {
  AffectedShape,
  AuthoriseShape,
  DecisionStatus,
  HowClosed,
  DecisionResult,
  PositionShape,
  RecordName,
  Succession,
  TallyShape,
  WhyShape,
} from './decision-page-shape.js';

const ThenLink = z.string().nullable().meta({
  format: 'uri-reference',
  description: 'The address of the record as it stood at that instant; null where it is not open to you so',
});
const Title = Text.nullable().meta({
  description: 'What the record is called; null where it is not open to you',
});
const seen = z
  .array(z.strictObject({ record: RecordName, version: Version, link: ThenLink }))
  .meta({ description: 'The records referred to, at the versions that lay before whoever spoke' });
const capacity = z.enum(['holder', 'delegate']).meta({ description: 'The seat’s holder, or a delegate' });
const by = ActorShape;

const Voting = Voter.extend({
  agency: Text,
  mayVote: z.boolean().meta({ description: 'False for a seat with a pecuniary interest' }),
  position: PositionShape.nullable().meta({ description: 'Null where the seat has said nothing' }),
  history: z
    .array(
      z.strictObject({
        at: InstantShape,
        type: z.enum(['PositionTaken', 'PositionChanged', 'ObjectionWithdrawn']),
        stance: Stances.nullable().meta({ description: 'Null of a position that was withdrawn' }),
        from: Stances.nullable().meta({ description: 'What the position was before it was changed' }),
        reason: Text.nullable().meta({ description: 'Null where none is given' }),
        by,
        capacity,
        versions: seen,
      }),
    )
    .meta({ description: 'What the seat said, oldest first' }),
}).meta({ id: 'VoterAudited' });

const Whole = z.int().min(0);
const result = {
  mayVote: Whole.meta({ description: 'Seats' }),
  needed: Whole.meta({ description: 'Seats' }),
  spoken: Whole.meta({ description: 'Seats whose position counts' }),
  tally: TallyShape,
  quorate: z.boolean(),
  ruleMet: z.boolean(),
  unagreed: z.array(IdShape).meta({ description: 'Agencies whose money it spends and who have not agreed' }),
  result: DecisionResult,
  why: WhyShape.optional(),
  whyText: Text.nullable().meta({ description: 'Why it was not carried, in words' }),
};
const stepName = wordsOf<RuleStep['step']>({
  electorate: true,
  interests: true,
  quorum: true,
  positions: true,
  rule: true,
  'affected-agencies': true,
  result: true,
});
const sum = {
  steps: z.array(
    z.strictObject({
      step: stepName,
      text: Text,
      met: z.boolean().optional().meta({ description: 'Where the step is a condition' }),
    }),
  ),
  result: z.strictObject(result),
};

const against = wordsOf<Against>({
  kept: true,
  'kept-late': true,
  'verified-substantial': true,
  'verified-limited': true,
  'verified-not-started': true,
  'verified-no-evidence': true,
  running: true,
  late: true,
  draft: true,
  offered: true,
  declined: true,
  lapsed: true,
  withdrawn: true,
  superseded: true,
});
const pence = PenceShape.nullable().meta({ description: 'Whole pence; null where you are not told' });
const Promised = z
  .strictObject({
    id: IdShape,
    link: LinkShape,
    title: Text,
    ownerAgencyId: IdShape,
    status: CommitmentStatus,
    baselineDueOn: DayShape.nullable().meta({ description: 'The due date of the first acceptance' }),
    dueOn: DayShape.nullable().meta({ description: 'Null while no day is set' }),
    slippageDays: z
      .int()
      .nullable()
      .meta({ description: 'Days from the baseline to the due date that stands' }),
    overdue: z.boolean(),
    daysLate: z.int().meta({ description: 'Working days' }),
    holidaysAssumed: HolidaysAssumed,
    silent: z.boolean().meta({ description: 'A report is missing' }),
    verified: Completion.nullable().meta({ description: 'What the verifier found; null until then' }),
    against: against.meta({
      description:
        'How it stands against what was first promised; kept is ' +
        'verified as complete, and claimed by the baseline',
    }),
    money: z
      .strictObject({
        poolId: IdShape.nullable().meta({ description: 'Null where you are not told' }),
        link: LinkShape,
        reservedPence: pence,
        allocatedPence: pence,
        drawnPence: pence,
        notDisclosed: NotDisclosed,
      })
      .nullable()
      .meta({
        description:
          'What its pool holds, gave and paid for it; null where it asks for none, or you are not told',
      }),
    notDisclosed: NotDisclosed,
  })
  .meta({ id: 'PromisedCommitment' });

const Verdicts = z
  .strictObject({
    at: InstantShape,
    verdict: Verdict,
    note: Text,
    reviewOn: DayShape.nullable().meta({
      description: 'When it is to be reviewed again; null where it is not',
    }),
    by,
  })
  .meta({ id: 'DecisionReview' });

export const Audit = z
  .strictObject({
    id: IdShape,
    version: Version,
    placeId: IdShape,
    question: Text,
    text: Text,
    status: DecisionStatus,
    opened: z
      .strictObject({
        at: InstantShape.nullable().meta({ description: 'Null where you are not told' }),
        by: by.nullable().meta({ description: 'Null where you are not told' }),
        closesAt: InstantShape,
        urgent: z.boolean(),
      })
      .nullable()
      .meta({ description: 'Null before the opening' }),
    textHash: z
      .strictObject({ opened: z.string(), now: z.string(), matches: z.boolean() })
      .nullable()
      .meta({ description: 'The SHA-256 of what was put to the vote, and of what stands' }),
    voters: z.array(Voting),
    interests: z.array(
      z.strictObject({
        at: InstantShape,
        seatId: IdShape,
        agencyId: IdShape,
        agency: Text,
        pecuniary: z.boolean(),
        nature: Text,
        by,
        capacity,
      }),
    ),
    arithmetic: z
      .strictObject({
        ...sum,
        recorded: z.strictObject({ result: DecisionResult, why: WhyShape.optional() }),
        matches: z.boolean(),
      })
      .nullable()
      .meta({
        description: 'Of a decision that was closed: the result calculated anew, and the one recorded',
      }),
    ifClosedNow: z
      .strictObject({ ...sum, text: Text })
      .nullable()
      .meta({ description: 'Of an open decision: no outcome' }),
    closed: z
      .strictObject({
        at: InstantShape,
        how: HowClosed,
        result: DecisionResult,
        why: WhyShape.nullable().meta({ description: 'Why it was not carried' }),
        whyText: Text.nullable().meta({ description: 'The same in words' }),
      })
      .nullable()
      .meta({ description: 'Null until it is closed' }),
    affected: z.array(
      AffectedShape.extend({
        consent: z
          .strictObject({ at: InstantShape, evidence: Text, by, versions: seen })
          .nullable()
          .meta({ description: 'Its consent outside the vote; null where it gave none' }),
      }),
    ),
    dissent: z.array(PositionShape),
    evidence: z.array(
      z.strictObject({
        record: RecordName,
        title: Title,
        versionWhenOpened: Version.nullable().meta({
          description: 'Null where it was not there yet, or is not open to you',
        }),
        versionNow: Version.nullable().meta({ description: 'Null where the record is not open to you' }),
        changedSince: z.boolean().nullable().meta({ description: 'Null where it cannot be told' }),
        link: LinkShape,
        linkThen: ThenLink,
      }),
    ),
    authorises: z.array(
      AuthoriseShape.extend({
        title: Title,
        used: z
          .strictObject({ recordedAt: InstantShape, type: EventType, version: Version, text: Text })
          .nullable()
          .meta({ description: 'The event that it allowed, where it was and you may read it' }),
      }),
    ),
    followed: z
      .array(
        z.strictObject({
          recordedAt: InstantShape,
          type: EventType,
          record: RecordVersionShape,
          title: Text.meta({ description: 'What the record is called' }),
          text: Text,
          how: wordsOf<FollowedRow['how']>({ authorised: true, from: true }),
          link: LinkShape,
        }),
      )
      .meta({
        description: 'Events of other records that it led to: it authorised them, or they come from it',
      }),
    commitments: z.array(Promised),
    outcome: z.strictObject({
      promised: Text.nullable().meta({ description: 'The text that was carried' }),
      followed: z.array(z.strictObject({ id: IdShape, against })),
      statement: Text.nullable().meta({ description: 'What came of it; null until that is recorded' }),
      recordedOn: DayShape.nullable().meta({ description: 'Null until it is recorded' }),
      dueOn: DayShape.nullable().meta({ description: 'By when the outcome is to be recorded' }),
      holidaysAssumed: HolidaysAssumed,
      reviewOn: DayShape.nullable().meta({ description: 'When it is to be reviewed; null where it is not' }),
      reviews: z.array(Verdicts),
    }),
    ...Succession,
    lineage: LineageAddress,
    earlierNotShared: z.int().meta({ description: 'Steps of before it was opened to you' }),
    history: z.array(
      z.strictObject({
        version: Version,
        recordedAt: InstantShape,
        type: EventType,
        text: Text,
        actor: ActorShape,
      }),
    ),
    illustrative: Illustrative,
  })
  .meta({ id: 'DecisionAudit' });
