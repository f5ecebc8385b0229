/** What is answered of a return, and of its submitted versions. */
import { z } from 'zod';
import { Changed, Content, Pin, TemplateSection } from '../../domain/submission/state.js';
import type { SignedState, Standing, SubmissionRow } from '../../projections/views/submission-rows.js';
import {
  DayShape,
  IdShape,
  Illustrative,
  InstantShape,
  LineageAddress,
  LinkShape,
  RoleName,
  Text,
  Tier,
  Version,
  wordsOf,
} from '../query/shapes.js';
import { RoundKind } from './registers-shape.js';

export const SubmissionStatus = wordsOf<Standing>({
  'in-progress': true,
  ready: true,
  'awaiting-sign-off': true,
  'signed-off': true,
  submitted: true,
  'changes-requested': true,
  accepted: true,
  'not-submitted': true,
});
const publicStatus = wordsOf<NonNullable<SubmissionRow['publicStatus']>>({
  submitted: true,
  'changes-requested': true,
  accepted: true,
  'not-submitted': true,
});
const signed = wordsOf<SignedState>({ no: true, awaiting: true, signed: true, void: true });
const Hand = z
  .strictObject({ role: RoleName, account: z.string() })
  .meta({ id: 'Hand', description: 'In which role an account acted' });
const Position = z.int().meta({ description: 'Of the last event behind it, in this log' });
const SubmittedSection = z
  .strictObject({
    sectionId: IdShape,
    title: Text,
    kind: TemplateSection.shape.kind,
    content: Content,
    prefilled: z.boolean(),
  })
  .meta({ id: 'SubmittedSection' });
const sections = z.array(SubmittedSection);
const included = z
  .array(Pin)
  .meta({ description: 'The records that it includes, at the versions that were sent for sign-off' });

const LateDays = z.int().min(0).meta({
  description: 'Days (not working days) by which the last submitted version came after its deadline',
});
const SubmittedVersion = z.int().min(0).meta({ description: 'Counted from 1; 0 while none is submitted' });

/**
 * As lists show it, and as what is to be signed is left out of. What its members alone are shown is not there
 * for anybody else.
 */
export const SubmissionListed = z
  .strictObject({
    id: IdShape,
    title: Text.meta({ description: 'What it is called: its round and its place' }),
    programmeId: IdShape,
    roundNo: z.int().meta({ description: 'Of its round, counted from 1' }),
    roundKind: RoundKind,
    roundName: Text.meta({ description: 'What its round is called, by its own name or its kind' }),
    placeId: IdShape,
    placeKind: z
      .enum(['pilot', 'parallel'])
      .meta({ description: 'As at the start: pilots make full returns, parallel places light ones' }),
    status: SubmissionStatus,
    publicStatus: publicStatus.optional().meta({
      description: 'To its members: what the programme knows of it, once it was submitted or missed',
    }),
    sections: z
      .array(
        TemplateSection.extend({
          content: Content.optional(),
          prefilled: z.boolean().optional(),
          complete: z.boolean(),
          words: z.int().min(0).meta({ description: 'How many words its text has; 0 without one' }),
          answeredBy: Hand.optional(),
          completedBy: Hand.optional(),
        }),
      )
      .optional()
      .meta({ description: 'Its members’ alone' }),
    included: included.optional(),
    signed: signed.optional().meta({ description: 'Its members’ alone' }),
    voided: z
      .strictObject({ changed: z.array(Changed), sections: z.array(IdShape) })
      .optional()
      .meta({ description: 'What took the last signature away, until it is sent again; its members’ alone' }),
    changedSinceSignOff: z
      .array(Changed.extend({ at: InstantShape }))
      .optional()
      .meta({
        description:
          'Events of the records included since it was sent ' +
          'for sign-off, material or not; its members’ alone',
      }),
    version: Version,
    submittedVersion: SubmittedVersion,
    submittedOn: DayShape.optional(),
    lateDays: LateDays,
    submitted: z
      .strictObject({ sections, included })
      .optional()
      .meta({ description: 'The text of the last submitted version' }),
    changes: z
      .strictObject({ sections: z.array(IdShape), reason: Text, dueOn: DayShape })
      .optional()
      .meta({ description: 'A request for changes that is not met yet' }),
    queries: z.array(
      z.strictObject({
        queryId: IdShape,
        sectionId: IdShape,
        sectionTitle: Text,
        question: Text,
        askedBy: Hand,
        askedAt: InstantShape,
        answer: Text.optional(),
        answeredAt: InstantShape.optional(),
      }),
    ),
    illustrative: Illustrative,
    position: Position,
    tier: Tier,
    link: LinkShape,
    lineage: LineageAddress,
  })
  .meta({ id: 'SubmissionRow' });
export const Submission = SubmissionListed.extend({
  statement: z
    .strictObject({
      text: Text,
      hash: z.string().meta({ description: 'The SHA-256 of the text’s UTF-8 bytes' }),
      names: z
        .array(z.strictObject({ aggregate: z.string(), id: IdShape }))
        .meta({ description: 'The records that its text says by their ids' }),
    })
    .optional()
    .meta({ description: 'What is to be signed, or was; its members’ alone' }),
}).meta({ id: 'Submission' });
export const Versions = z
  .strictObject({
    items: z.array(
      z.strictObject({
        submissionId: IdShape,
        submittedVersion: SubmittedVersion,
        sections,
        included,
        submittedAt: InstantShape,
        lateDays: LateDays,
        position: Position,
      }),
    ),
  })
  .meta({ id: 'SubmissionVersions' });
