/** The shapes that answers share: what they hold, in which unit, and what it means that a member is not there. */
import { z } from 'zod';
import { dueCodes, levels, partyKinds } from '../../domain/progress/due-codes.js';
import { Sector } from '../../domain/shared/values.js';

/** Text that people wrote, and names of bodies and things. */
export const Text = z.string();
/** An id of a record or of a part of one. */
export const IdShape = z.string();

/** A closed list of words, written once for the type and for the schema. */
export const wordsOf = <S extends string>(all: Readonly<Record<S, unknown>>): z.ZodEnum<{ readonly [K in S]: K }> =>
  z.enum(Object.fromEntries(Object.keys(all).map((word) => [word, word])) as { readonly [K in S]: K });

export const DayShape = z.iso.date().meta({ description: 'A day in London' });
/** Of what failed: a day as it is stored. */
export const StoredDay = z.string().meta({ description: 'A day in London, as it is stored: it may be what could not be read' });
export const InstantShape = z.iso.datetime({ offset: true }).meta({ description: 'An instant, in UTC' });
export const PenceShape = z.int().meta({ description: 'Whole pence' });
export const Version = z.int().min(0).meta({ description: 'How many events the record has: what expectedVersion of a command takes' });
export const Address = z.string().meta({ format: 'uri-reference', description: 'The address of the record' });
/** Null where the reader may not open the record, or it has no page of its own. */
export const LinkShape = Address.nullable().meta({ description: 'Its address; null where it is not open to you, or has none' });
export const LineageAddress = z.string().meta({ format: 'uri-reference', description: 'The address of its links both ways' });
export const Illustrative = z.boolean().meta({ description: 'Filled in to make the demo live, or resting on what was; not taken from a source' });
export const Tier = z.enum(['members', 'programme', 'public', 'auditors']).meta({ description: 'Who may read the record' });
export const AudienceShape = z.enum(['members', 'programme', 'public']).meta({ description: 'As whom you are answered' });
export const NotDisclosed = z.literal(true).optional().meta({ description: 'There where figures are not disclosed to you' });
export const HolidaysAssumed = z.literal(true).optional().meta({ description: 'There where working days are counted into a year whose bank holidays are not known: by its weekends alone' });
export const WorkingDaysLeft = z.int().meta({ description: 'Working days until the day; negative by how many it is over' });
export const SectorShape = Sector;
/** What is due, by its code. */
export const DueCodeShape = z.enum(dueCodes);
/** The colour that something open gives its place. */
export const LevelShape = z.enum(levels);
export const FailedShape = z.literal(true).meta({ description: 'It could not be made from what is stored, so that only some of its members are known; the operator’s log says why' });

export const SourceShape = z.string().nullable().meta({ description: 'Where its newest facts come from' });

/** A record by its kind and id. */
export const RecordShape = z.strictObject({ aggregate: z.string(), id: z.string() }).meta({ id: 'Record', description: 'A record by its kind and id' });
/** A record at a version of its own. */
export const RecordVersionShape = z.strictObject({ aggregate: z.string(), id: z.string(), version: Version }).meta({ id: 'RecordVersion' });

/** A colour, or that nothing was shared by which to give one. */
export const ColourShape = z.enum([...levels, 'no-information']);

/** Who acted, by id and by the name they have where it is told. */
export const ActorShape = z
  .strictObject({
    account: z.string(),
    name: z.string().nullable(),
    role: z.string(),
    agencyId: z.string().nullable(),
    agency: z.string().nullable(),
    onBehalfOf: z.string().nullable(),
  })
  .meta({ id: 'Actor' });

/** The record that a refused command addressed, as far as the reader may see it. */
export const TargetShape = z.strictObject({ aggregate: z.string(), id: IdShape, title: Text.nullable(), link: LinkShape });
/** An event as it is told: `text` is a sentence without its actor. */
export const ToldShape = z.strictObject({
  position: z.string(),
  recordedAt: InstantShape,
  type: z.string(),
  record: RecordVersionShape,
  link: LinkShape,
  actor: ActorShape,
  text: Text,
  before: Text.nullable(),
  after: Text.nullable(),
  illustrative: Illustrative,
  target: TargetShape.optional(),
});

/** For whom something waits. */
export const PartyShape = z.strictObject({ kind: z.enum(partyKinds), id: z.string(), name: z.string() }).meta({ id: 'Party' });
