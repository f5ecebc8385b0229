/** What is answered of a decision: its page, which is a row of the list too. */
import { z } from 'zod';
import { Fraction, Rule } from '../../domain/collaborative/state.js';
import type { Result, Tally, Why } from '../../domain/decision/rule.js';
import { Affected, Authorise, Forum, Money, Stances, Verdict, Voter } from '../../domain/decision/state.js';
import type { DecisionRow, Standing } from '../../projections/views/decision-log.js';
import {
  DayShape,
  IdShape,
  Illustrative,
  InstantShape,
  LineageAddress,
  LinkShape,
  PenceShape,
  Text,
  Tier,
  Version,
  wordsOf,
} from '../query/shapes.js';
import type { Schema } from '../../domain/kernel/schema.js';

export const DecisionStatus = wordsOf<Standing>({
  draft: true,
  open: true,
  carried: true,
  confirmed: true,
  'not-carried': true,
  lapsed: true,
  withdrawn: true,
  superseded: true,
  rescinded: true,
});
export const DecisionResult = wordsOf<Result['result']>({ carried: true, 'not-carried': true, lapsed: true });
export const WhyShape = wordsOf<Why>({
  QUORUM_NOT_REACHED: true,
  OBJECTION_STANDS: true,
  NO_MAJORITY: true,
  NO_SUPERMAJORITY: true,
  AFFECTED_AGENCY_HAS_NOT_AGREED: true,
});
export const HowClosed = wordsOf<NonNullable<DecisionRow['extra']['how']>>({
  'all-spoken': true,
  clock: true,
});
const Count = z.int().min(0);
export const TallyShape = z
  .strictObject({
    agree: Count.meta({ description: 'Seats that agree' }),
    abstain: Count.meta({ description: 'Seats that abstain' }),
    disagree: Count.meta({ description: 'Seats that disagree' }),
    object: Count.meta({ description: 'Seats that object' }),
    withdrawn: Count.meta({ description: 'Seats that withdrew what they had said' }),
  } satisfies Record<keyof Tally, Schema>)
  .meta({ id: 'Tally', description: 'Seats by what they said' });
export const RecordName = z
  .string()
  .meta({ description: 'A record by its kind and id, as in `pool-treatment`' });

const Said = z
  .strictObject({
    stance: Stances,
    withdrawn: z.boolean(),
    reason: Text.nullable().meta({ description: 'Null where none is given' }),
    at: InstantShape,
  })
  .meta({ id: 'PositionSaid' });
/** What a seat says. */
export const PositionShape = Said.extend({
  seatId: IdShape,
  agencyId: IdShape,
  changed: z.boolean(),
  earlier: z
    .array(Said)
    .meta({ description: 'What the seat said before, oldest first, as far as it is told to you' }),
  agency: Text,
}).meta({ id: 'DecisionPosition' });
export const AffectedShape = Affected.extend({
  pence: PenceShape.meta({ description: 'Of its money that the decision spends' }),
  consented: z.boolean().meta({ description: 'Outside the vote' }),
  agreed: z
    .boolean()
    .nullable()
    .meta({ description: 'By its seat or its consent; null where no money of its own is spent' }),
  agency: Text,
}).meta({ id: 'AffectedAgency' });
/** What the decision lets a command do once, and the record that it is done to. */
export const AuthoriseShape = Authorise.extend({ link: LinkShape }).meta({
  id: 'Authorisation',
  description: 'What the decision lets a command do once',
});
const Linked = z.strictObject({ id: IdShape, link: LinkShape }).meta({ id: 'LinkedDecision' });
const Ended = Linked.extend({ how: z.enum(['superseded', 'rescinded']) }).meta({ id: 'EndedDecision' });
/** Other decisions in whose stead it stands, and the one that stands in its. */
export const Succession = {
  replaces: Linked.nullable().meta({ description: 'The decision that it is to end where it is carried' }),
  supersedes: z.array(Ended),
  supersededBy: Ended.nullable().meta({ description: 'The decision that stands in its stead' }),
};

export const Decision = z
  .strictObject({
    id: IdShape,
    version: Version,
    placeId: IdShape,
    status: DecisionStatus,
    question: Text,
    text: Text,
    forum: Forum,
    options: z.array(Text),
    textHash: z.string().nullable().meta({
      description:
        'The SHA-256 of what is put to the vote; null before the opening, as is all that the opening fixes',
    }),
    openedAt: InstantShape.nullable().meta({ description: 'Null before the opening' }),
    closesAt: InstantShape.nullable().meta({ description: 'Null before the opening' }),
    urgent: z.boolean(),
    rule: Rule.nullable().meta({ description: 'As at the opening; null before it' }),
    quorum: Fraction.extend({
      needed: Count.meta({ description: 'Seats' }),
      spoken: Count.meta({ description: 'Seats' }),
      met: z.boolean(),
    })
      .nullable()
      .meta({ description: 'Which part of the seats must have spoken; null before the opening' }),
    electorate: z
      .array(Voter.extend({ interest: z.enum(['none', 'declared', 'pecuniary']), agency: Text }))
      .meta({ description: 'The voting seats at the opening' }),
    positions: z.array(PositionShape),
    tally: TallyShape.nullable().meta({ description: 'Null before the opening' }),
    interests: z.array(
      z.strictObject({
        seatId: IdShape,
        agencyId: IdShape,
        account: z.string(),
        pecuniary: z.boolean(),
        nature: Text,
        at: InstantShape,
        agency: Text,
      }),
    ),
    affectedAgencies: z
      .array(IdShape)
      .meta({ description: 'Named as affected, beside those whose money it spends' }),
    affected: z.array(AffectedShape).meta({ description: 'From its opening on' }),
    money: z.array(Money),
    refs: z.array(z.strictObject({ record: RecordName, link: LinkShape })),
    authorises: z.array(AuthoriseShape),
    closedAt: InstantShape.nullable().meta({ description: 'Null until it is closed' }),
    how: HowClosed.nullable().meta({ description: 'By what it was closed' }),
    result: DecisionResult.nullable().meta({ description: 'Null until it is closed' }),
    why: WhyShape.nullable().meta({ description: 'Why it was not carried' }),
    whyText: Text.nullable().meta({ description: 'The same in words' }),
    outcome: Text.nullable().meta({ description: 'What came of it; null until that is recorded' }),
    reviewed: z
      .strictObject({ verdict: Verdict, on: DayShape })
      .nullable()
      .meta({ description: 'What the last review found' }),
    reviewOn: DayShape.nullable().meta({ description: 'When it is to be reviewed; null where it is not' }),
    ...Succession,
    earlierNotShared: z.int().meta({ description: 'Positions and reasons of before it was opened to you' }),
    illustrative: Illustrative,
    tier: Tier,
    link: LinkShape,
    lineage: LineageAddress,
  })
  .meta({ id: 'Decision' });
