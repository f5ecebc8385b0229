/**
 * The shapes that answers share: what they hold, in which unit, and what it means that a member is not there.
 */
import { z } from 'zod';
import { aggregates } from '../../domain/registry.js';
import { roles } from '../../domain/shared/access.js';
import { dueCodes, levels, partyKinds } from '../../domain/progress/due-codes.js';

/** Text that people wrote, and names of bodies and things. */
export const Text = z.string();
/** An id of a record or of a part of one. */
export const IdShape = z
  .string()
  .meta({ id: 'AnyId', description: 'An id of a record, of a part of one, or of a row' });

/** A closed list of words, written once for the type and for the schema. */
export const wordsOf = <S extends string>(
  all: Readonly<Record<S, unknown>>,
): z.ZodEnum<{ readonly [K in S]: K }> =>
  z.enum(Object.fromEntries(Object.keys(all).map((word) => [word, word])) as { readonly [K in S]: K });

export const DayShape = z.iso.date().meta({ id: 'Day', description: 'A day in London' });
/** Of what failed: a day as it is stored. */
export const StoredDay = z
  .string()
  .meta({ description: 'A day in London, as it is stored: it may be what could not be read' });
export const InstantShape = z.iso
  .datetime({ offset: true })
  .meta({ id: 'Instant', description: 'An instant, in UTC' });
export const PenceShape = z
  .int()
  .meta({ id: 'WholePence', description: 'Whole pence; a forecast may be below zero' });
export const Version = z.int().min(0).meta({
  id: 'VersionOfRecord',
  description: 'How many events the record has: what expectedVersion of a command takes',
});
export const Address = z
  .string()
  .meta({ id: 'Address', format: 'uri-reference', description: 'The address of the record' });
/** Null where the reader may not open the record, or it has no page of its own. */
export const LinkShape = Address.nullable().meta({
  id: 'Link',
  description: 'Its address; null where it is not open to you, or has none',
});
export const LineageAddress = z
  .string()
  .meta({ id: 'LineageAddress', format: 'uri-reference', description: 'The address of its links both ways' });
export const Illustrative = z.boolean().meta({
  id: 'Illustrative',
  description: 'Filled in to make the demo live, or resting on what was; not taken from a source',
});
export const Tier = z
  .enum(['members', 'programme', 'public', 'auditors', 'administrators'])
  .meta({ id: 'Tier', description: 'Who may read the record' });
export const AudienceShape = z
  .enum(['members', 'programme', 'public'])
  .meta({ id: 'Audience', description: 'As whom you are answered' });
export const NotDisclosed = z
  .literal(true)
  .optional()
  .meta({ description: 'There where figures are not disclosed to you' });
export const HolidaysAssumed = z
  .literal(true)
  .optional()
  .meta({
    description:
      'There where working days are counted into a year whose ' +
      'bank holidays are not known: by its weekends alone',
  });
export const WorkingDaysLeft = z.int().meta({
  id: 'WorkingDaysLeft',
  description: 'Working days until the day; negative by how many it is over',
});
/** What is due, by its code. */
export const DueCodeShape = z.enum(dueCodes).meta({ id: 'DueCode' });
/** The colour that something open gives its place. */
export const LevelShape = z.enum(levels).meta({ id: 'Level' });
export const FailedShape = z.literal(true).meta({
  description:
    'It could not be made from what is stored, so that only ' +
    'some of its members are known; the operator’s log says why',
});

export const SourceShape = z
  .string()
  .nullable()
  .meta({ id: 'Source', description: 'Where its newest facts come from' });

/** One of a list that the registry knows, and that the types of rows do not spell out. */
export const listed = (words: readonly string[]): z.ZodString =>
  z
    .string()
    .refine((word) => words.includes(word), { error: 'is none of the list' })
    .meta({ enum: words });
/** Kinds of records. */
export const AggregateName = listed(aggregates.map(({ name }) => name)).meta({
  id: 'Aggregate',
  description: 'A kind of record',
});
/** A record by its kind and id. */
export const RecordShape = z
  .strictObject({ aggregate: AggregateName, id: IdShape })
  .meta({ id: 'RecordId', description: 'A record by its kind and id' });
/** A record at a version of its own. */
export const RecordVersionShape = z
  .strictObject({ aggregate: AggregateName, id: IdShape, version: Version })
  .meta({ id: 'RecordVersion', description: 'A record at a version of its own' });

/** A colour, or that nothing was shared by which to give one. */
export const ColourShape = z
  .enum([...levels, 'no-information'])
  .meta({ id: 'ColourOrNone', description: 'A colour, or that nothing was shared by which to give one' });

/** The roles of grants, and the system's own; a refusal may be of somebody without any. */
export const RoleName = listed([...Object.keys(roles), 'system']).meta({ id: 'Role' });
/** The name of an event. */
export const EventType = listed(
  [...new Set(aggregates.flatMap(({ events }) => Object.keys(events)))].sort(),
).meta({ id: 'EventType', description: 'The name of an event' });

/** The name of a command. */
export const CommandName = listed(
  [...new Set(aggregates.flatMap(({ commands }) => Object.keys(commands)))].sort(),
).meta({ id: 'CommandName', description: 'The name of a command' });

/** Who acted, by id and by the name they have where it is told. */
export const ActorShape = z
  .strictObject({
    account: z.string().meta({ description: 'The account that acted' }),
    name: z.string().nullable().meta({
      description: 'The name of the person; null where the account has none, or none that is told to you',
    }),
    role: RoleName,
    agencyId: IdShape.nullable().meta({
      description: 'The agency it acted for; null of a role that is no agency’s',
    }),
    agency: z.string().nullable().meta({ description: 'Its name' }),
    onBehalfOf: z
      .string()
      .nullable()
      .meta({ description: 'The account that the system acted for; null where none is named' }),
  })
  .meta({ id: 'Actor', description: 'Who acted' });

/** The record that a refused command addressed, as far as the reader may see it. */
export const TargetShape = z
  .strictObject({
    aggregate: AggregateName,
    id: IdShape,
    title: Text.nullable().meta({ description: 'Null where it is not open to you' }),
    link: LinkShape,
  })
  .meta({ id: 'RefusedRecord', description: 'The record that a refused command addressed' });
/** A value that an event replaced. */
const ChangeShape = z
  .strictObject({
    what: Text.meta({ description: 'What was replaced, like “Due”' }),
    before: Text,
    after: Text,
  })
  .meta({ id: 'ReplacedValue', description: 'A value that an event replaced, in words' });
/** An event as it is told: `text` is a sentence without its actor. */
export const ToldShape = z
  .strictObject({
    position: z.string().meta({ description: 'Where it stands in the log: what Read-After takes' }),
    recordedAt: InstantShape,
    type: EventType,
    record: RecordVersionShape,
    link: LinkShape,
    actor: ActorShape,
    text: Text,
    before: Text.nullable().meta({
      description:
        'What it replaced, as that was: of several things each by its name; null where it replaced ' +
        'nothing, or nothing that was told to you',
    }),
    after: Text.nullable().meta({ description: 'As that is since' }),
    changes: z.array(ChangeShape).meta({ description: 'What it replaced, one by one' }),
    illustrative: Illustrative,
    target: TargetShape.optional(),
  })
  .meta({ id: 'ToldEvent', description: 'An event: `text` is a sentence without its actor' });

/** For whom something waits. */
export const PartyShape = z
  .strictObject({ kind: z.enum(partyKinds), id: IdShape, name: z.string() })
  .meta({ id: 'Party', description: 'For whom something waits' });
