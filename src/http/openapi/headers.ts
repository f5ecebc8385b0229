/** Headers of requests and answers: each described once, and referred to. */
import { longestKey } from '../commands.js';
import type { Json } from './schemas.js';

const text = (description: string): Json => ({ description, schema: { type: 'string' } });

/** What answers carry, by their names. */
export const headers = {
  Position: text(
    'How far the answer has read, or where the log ends with what was recorded: what `Read-After` ' +
      'takes. Opaque, and of this log alone.',
  ),
  ETag: text(
    'Of this answer for who has your grants: send it as ' +
      '`If-None-Match` when you ask again. Long CSV has none.',
  ),
  Link: text('`<…>; rel="next"`: the address of the next page, where there is one.'),
  'Columns-Version': {
    description:
      'Of a CSV: the version of its columns’ names, raised when one goes, moves or changes its meaning.',
    schema: { type: 'integer', minimum: 1 },
  },
  'Content-Disposition': text('Of a CSV: the name of the file.'),
  Location: {
    description: 'The address of the record that was created.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Idempotency-Key': text('The key of the request; where none was sent, the one it was given.'),
  'Idempotent-Replayed': {
    description:
      'There where the same key was sent before: nothing was recorded, and this is the first answer.',
    schema: { type: 'string', const: 'true' },
  },
  'WWW-Authenticate': text('`Bearer`, with `error="invalid_token"` where a token was sent.'),
  'Retry-After': {
    description: 'Seconds to wait before it is asked again.',
    schema: { type: 'integer', minimum: 0 },
  },
  'Accept-Encoding': text(
    'How a body may be packed: `identity`, not at all. Of UNSUPPORTED_CONTENT_ENCODING.',
  ),
  Allow: text('The methods of this address. Of METHOD_NOT_ALLOWED.'),
} as const satisfies Record<string, Json>;

export type HeaderName = keyof typeof headers;
/** References to these headers, as a response has them. */
export const headersOf = (...names: readonly HeaderName[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});
/** A key may stand in them. */
const quotes = 2;
/** How far an idempotency key reaches. */
const keyed = (promise: string): Json => ({
  ...header(
    'Idempotency-Key',
    '1 to 128 visible characters. The same key sent again ' +
      `changes nothing and returns the first answer. ${promise}`,
  ),
  schema: { type: 'string', minLength: 1, maxLength: longestKey + quotes },
});

/** What requests carry, by the names of their components. */
export const headerParameters = {
  ActingAs: header(
    'Acting-As',
    'In which of your grants you act, where several fit: `role@scope`, like ' +
      '`seat-holder@place:durham+agency:county-durham-pct`.',
  ),
  IdempotencyKey: keyed('The promise is this record’s: for another record the same key is another request.'),
  IdempotencyKeyOfCreation: keyed(
    'The promise is one record’s: with another id in the body the same key is another request. Where no ' +
      'id is given, the same key gives the same id, hence the same answer.',
  ),
  IdempotencyKeyOfNamed: keyed(
    'The promise is one record’s: where the body names what ' +
      'gives another id, the same key is another request.',
  ),
  ReadAfter: header(
    'Read-After',
    'A `Position` of an earlier answer: waits until that can be read, a while, else READ_MODEL_BEHIND.',
  ),
  IfNoneMatch: header(
    'If-None-Match',
    'An `ETag` of an earlier answer, or several: 304 where it is still that.',
  ),
  LastEventId: header(
    'Last-Event-ID',
    'The `id` of the last message that arrived: those after it follow. Without it, those from now on.',
  ),
} as const satisfies Record<string, Json>;

export type ParameterName = keyof typeof headerParameters | 'RecordIdInPath' | 'CommandNameInPath';
/** References to these parameters, as an operation has them. */
export const sentWith = (...names: readonly ParameterName[]): Json[] =>
  names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
