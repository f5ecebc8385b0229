/** The shape of a barrier, as its register and its page show it. */
import { z } from 'zod';
import { Kind, Locus, OwnerKind, AnswerKind, Rung, Status } from '../../domain/barrier/state.js';
import {
  AudienceShape,
  DayShape,
  IdShape,
  Illustrative,
  LineageAddress,
  LinkShape,
  PenceShape,
  Text,
  Tier,
  Version,
} from '../query/shapes.js';

/** What the places that raised it ask for. */
export const Ask = z
  .strictObject({ askId: IdShape, remedy: Text, detail: Text, dueOn: DayShape })
  .meta({ id: 'Ask' });
/** The answer that an owner is held to, also while a rung's direction asks for another. */
export const OwnerAnswer = z
  .strictObject({
    position: AnswerKind,
    on: DayShape,
    answerDueOn: DayShape.optional().meta({
      description: 'The day by which it was first due, whatever rungs came in between',
    }),
    dueOn: DayShape.optional().meta({ description: 'The day by which it will act' }),
    firstPromisedFor: DayShape.optional().meta({
      description: 'The date of the promise that it came in the place of, the first one given',
    }),
    inFull: z
      .strictObject({ measure: Text, evidenceExpected: Text, verifierAgencyId: IdShape })
      .optional()
      .meta({ description: 'What makes of a department’s answer, by its own official, a promise' }),
    commitmentId: IdShape.optional().meta({
      description: 'The commitment that keeps its deed; not there where that is not open to you',
    }),
  })
  .meta({ id: 'OwnerAnswer' });

/** Somebody, by their account and the name that the programme has for them. */
export const Named = z
  .strictObject({ account: IdShape, name: Text })
  .meta({ id: 'NamedAccount', description: 'Somebody, by the name that the programme has for them' });
/** An answer that is prepared and not given: as its form is filled in. */
const Prepared = z
  .strictObject({
    answer: z.strictObject({
      position: AnswerKind,
      reason: Text.optional(),
      official: Text.optional(),
      dueOn: DayShape.optional(),
      measure: Text.optional(),
      evidenceExpected: Text.optional(),
      verifierAgencyId: IdShape.optional(),
      evidenceNeeded: z.array(Text).optional(),
      waiverId: IdShape.optional(),
    }),
    preparedBy: Named,
    preparedOn: DayShape,
  })
  .meta({ id: 'PreparedAnswer' });

const Owner = z
  .strictObject({
    agencyId: IdShape,
    kind: OwnerKind,
    proposedOn: DayShape,
    acceptedOn: DayShape.nullable().meta({ description: 'Null until it accepts to own it' }),
    struck: z.boolean().meta({ description: 'It declined, and no direction has brought it back' }),
    answer: OwnerAnswer.nullable().meta({ description: 'Null until it has answered' }),
    dueOn: DayShape.meta({
      description: 'The day by which its answer is due by its own clock, which no rung moves',
    }),
    rung: Rung,
    rungDueOn: DayShape.nullable().meta({
      description: 'The day until which an escalation waits for its direction',
    }),
    directionDueOn: DayShape.nullable().meta({
      description: 'The day by which its answer to the last direction is due',
    }),
    handler: Named.nullable().meta({ description: 'Who handles it for this owner; null until it is said' }),
    agency: Text,
  })
  .meta({ id: 'BarrierOwner' });
const AnswerGiven = z
  .strictObject({
    agencyId: IdShape,
    position: AnswerKind,
    on: DayShape,
    reason: Text.optional(),
    official: Text.optional(),
    dueOn: DayShape.optional(),
    preparedBy: Named.optional().meta({ description: 'Who prepared it, where that was somebody' }),
  })
  .meta({ id: 'OwnerAnswerGiven' });
const Joined = z
  .strictObject({
    placeId: IdShape,
    since: DayShape,
    localEffect: Text.optional(),
    through: IdShape.optional().meta({
      description: 'The barrier merged into this one that the place had raised or joined',
    }),
  })
  .meta({ id: 'JoinedPlace' });
const undisclosed = z.null().meta({ description: 'Not disclosed to you' });
const Cost = z
  .union([
    z.strictObject({ agencyId: IdShape, pence: PenceShape, evidence: Text, agency: Text }),
    z
      .strictObject({
        agencyId: undisclosed,
        pence: undisclosed,
        notDisclosed: z.literal(true),
        agency: undisclosed,
      })
      .meta({ description: 'A cost that its agency has not disclosed to you: neither how much nor whose' }),
  ])
  .meta({ id: 'BarrierCost' });
const Claim = z
  .strictObject({
    agencyId: IdShape,
    on: DayShape,
    silentUntil: DayShape.meta({
      description: 'After this day a joined place that has said nothing keeps it open no longer',
    }),
    confirmed: z.array(IdShape).meta({ description: 'Places that have confirmed it' }),
  })
  .meta({ id: 'RemovalClaim' });

export const Barrier = z
  .strictObject({
    id: IdShape,
    version: Version,
    placeId: IdShape,
    programmeId: IdShape,
    kind: Kind,
    locus: Locus.nullable().meta({ description: 'Whose it is to remove; null until it is triaged' }),
    status: Status,
    statusSince: DayShape,
    statement: Text,
    effectOnResidents: Text,
    asks: z.array(Ask),
    owners: z.array(Owner),
    answers: z.array(AnswerGiven),
    joined: z
      .array(Joined)
      .meta({ description: 'Places that wait for it; those of barriers merged into it are among them' }),
    mergedFrom: z.array(IdShape),
    costs: z.array(Cost),
    prepared: Prepared.optional().meta({
      description:
        'The answer that your own agency has prepared and not given. Nobody else is told of it: absent to ' +
        'them, and where there is none',
    }),
    claim: Claim.nullable().meta({ description: 'The claim that it is removed' }),
    mergedInto: IdShape.nullable().meta({
      description: 'The barrier that it is part of since; null where it stands by itself',
    }),
    earlierNotShared: z
      .int()
      .min(0)
      .meta({ description: 'Owners that declined, and answers, of before it was opened to you' }),
    audience: AudienceShape,
    illustrative: Illustrative,
    corrected: z.boolean(),
    tier: Tier,
    link: LinkShape,
    lineage: LineageAddress,
  })
  .meta({ id: 'Barrier' });

/** A barrier in its list, with what a board of them says of each. */
export const BarrierRow = Barrier.extend({
  statusDays: z.int().min(0).meta({ description: 'Days for which it has stood in its status' }),
  costPence: PenceShape.nullable().meta({
    description: 'Of all costs; null where one is not disclosed to you, or nobody has costed it',
  }),
  costAtLeastPence: PenceShape.optional().meta({
    description: 'Where costPence is null: the costs that are told, where any is',
  }),
}).meta({ id: 'BarrierRow' });
