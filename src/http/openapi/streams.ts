/** What comes one after another: a line of `/v1/events`, and a message of `/v1/live`. */
import { z } from 'zod';
import {
  DayShape,
  EventType,
  IdShape,
  InstantShape,
  listed,
  RoleName,
  ToldShape,
  Version,
} from '../query/shapes.js';

/** A line: an event, or a record as it then stood. */
export const CloudEvent = z
  .strictObject({
    specversion: z.literal('1.0'),
    id: z.string().meta({
      description: 'The event’s own; of a snapshot that of the event which opened it, and `.snapshot`',
    }),
    source: z.string().meta({ format: 'uri-reference', description: 'The log' }),
    type: z.string().meta({
      description:
        'Kind of record, name of the event and version of its schema, like pool.PledgeMade.v1; or kind ' +
        'and version of a snapshot, like pool.snapshot.v2',
    }),
    subject: z.string().meta({ description: 'The record by its kind and id, like pool-durham-housing' }),
    time: InstantShape.meta({ description: 'When it was recorded' }),
    datacontenttype: z.literal('application/json'),
    dataschema: z.string().meta({
      format: 'uri',
      description:
        'The address of the schema of `data`, open to everybody: `/v1/schemas/` and the type, which is ' +
        'a component here by the same name',
    }),
    recordversion: Version,
    placeid: IdShape.optional(),
    programmeid: IdShape.optional(),
    effectiveon: DayShape.optional().meta({ description: 'From when it holds, where that was said' }),
    actoraccount: z
      .string()
      .optional()
      .meta({ description: 'Who acted; not there in a snapshot, as what follows' }),
    actorrole: RoleName.optional(),
    actoragency: IdShape.optional(),
    onbehalfof: z.string().optional().meta({ description: 'The account that the system acted for' }),
    commandid: z.string().optional().meta({ description: 'The same of all events of one command' }),
    causationid: z
      .string()
      .optional()
      .meta({ description: 'The event that it followed from, where you may know of that' }),
    basis: listed(['sourced', 'illustrative'])
      .optional()
      .meta({ description: 'Whether it stands in a source, or was filled in' }),
    basissource: z.string().optional().meta({ description: 'The source' }),
    signedinat: z.string().optional().meta({
      description: 'Of what is signed or approved, told to auditors: when its author proved who they are',
    }),
    signedinby: z.string().optional().meta({ description: 'To which issuer' }),
    signedinclass: z.string().optional().meta({ description: 'And how, as it calls that (`acr`)' }),
    data: z.record(z.string(), z.unknown()).meta({ description: 'As `dataschema` says' }),
    position: z
      .string()
      .optional()
      .meta({
        description:
          'Where to go on from: `from` of the next request. Not ' +
          'there in a snapshot, which comes again with its event',
      }),
  })
  .meta({ id: 'CloudEvent', description: 'A line of /v1/events: CloudEvents 1.0, with extensions' });

/** `data` of a message; its `event` is the type, its `id` the position. */
export const LiveMessage = ToldShape.extend({
  type: EventType,
  placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
}).meta({
  id: 'LiveMessage',
  description:
    '`data` of a message of /v1/live, whose `event` is the type and whose `id` is the position. Where ' +
    'its record can be read, and how, says `link`; the schema of what was recorded is the one that ' +
    '`dataschema` of its line in /v1/events names',
});
