/**
 * What is answered in the stead of what was asked for: the problem document, and a response of each status
 * that an operation names.
 */
import { z } from 'zod';
import type { Json } from './schemas.js';
import { problemCodes } from '../server/problem-codes.js';
import { titles } from '../server/problem.js';
import { headersOf, type HeaderName } from './headers.js';

/** The shape of a problem document. */
export const ProblemDocument = z
  .looseObject({
    type: z.string().meta({
      format: 'uri-reference',
      description: 'The code as an address, which names the problem and need not be there',
    }),
    title: z.string().meta({ description: 'The same for each problem of a status' }),
    status: z.int().meta({ description: 'That of the answer' }),
    code: z.union([z.enum(Object.keys(problemCodes)), z.string()]).meta({
      description:
        'What a program goes by. Listed are the codes that any request may be refused with; a command ' +
        'has more, in its `x-refusals`, and others may come',
    }),
    detail: z.string().meta({ description: 'What to do about it' }),
    correlationId: z.string().meta({ description: 'Of this request: what the operator’s log calls it' }),
    errors: z
      .array(
        z.strictObject({
          path: z
            .string()
            .meta({ description: 'JSON Pointer into the body; of parameters `/` and the name' }),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Each member that is to be mended' }),
    since: z
      .array(
        z.strictObject({
          version: z.int().min(1).meta({ description: 'Of the record after the event' }),
          type: z.string().meta({ description: 'The name of the event' }),
          text: z.string(),
        }),
      )
      .optional()
      .meta({
        description:
          'Of STALE_REVISION: what happened since the version that was looked at, as far as you may see it',
      }),
    grants: z
      .array(z.string())
      .optional()
      .meta({ description: 'Of ACTING_AS_REQUIRED: what Acting-As may be' }),
    authorises: z
      .strictObject({
        command: z.string(),
        record: z.string(),
        terms: z.record(z.string(), z.unknown()),
      })
      .optional()
      .meta({
        description:
          'Of what wants a decision: what that has to authorise, as an entry of `authorises` of a draft',
      }),
    progress: z.number().min(0).max(1).optional().meta({
      description: 'Of VIEW_BUILDING and its like: how much of what is asked for has been made, from 0 to 1',
    }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });

/** Of each status the name of its response, and what it carries. */
const responsesOf = {
  400: ['BadRequest', []],
  401: ['Unauthorized', ['WWW-Authenticate']],
  403: ['Forbidden', []],
  404: ['NotFound', []],
  406: ['NotAcceptable', []],
  409: ['Conflict', []],
  413: ['ContentTooLarge', []],
  415: ['UnsupportedMediaType', ['Accept-Encoding']],
  422: ['UnprocessableContent', []],
  429: ['TooManyRequests', ['Retry-After']],
  503: ['ServiceUnavailable', ['Retry-After']],
} as const satisfies Record<number, readonly [name: string, headers: readonly HeaderName[]]>;
/** A status that an operation names. Any other is not of one operation: `default`. */
export type RefusedStatus = keyof typeof responsesOf;

const codesOf = (which: (status: number) => boolean): string[] =>
  Object.entries(problemCodes).flatMap(([code, status]) => (which(status) ? [code] : []));
const isNamed = (status: number): boolean => Object.hasOwn(responsesOf, status);
function problem(description: string, codes: readonly string[], carried: readonly HeaderName[]): Json {
  return {
    description: `${description}. ${codes.join(', ')}`,
    ...(carried.length > 0 ? { headers: headersOf(...carried) } : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    'x-refusals': codes,
  };
}
/** A response of each status, with its standard codes. */
export const refusals: Readonly<Record<string, Json>> = {
  ...Object.fromEntries(
    Object.entries(responsesOf).map(([status, [name, carried]]) => [
      name,
      problem(
        titles[Number(status)] ?? '',
        codesOf((s) => s === Number(status)),
        carried,
      ),
    ]),
  ),
  Other: problem(
    'What any request may be answered before it has come to ' +
      'its address, or when something went wrong on our side',
    codesOf((s) => !isNamed(s)),
    ['Allow'],
  ),
  NotModified: { description: 'It is what If-None-Match says', headers: headersOf('ETag') },
};

/** References to the responses of these statuses, and to that of any other. */
export const refusedWith = (...statuses: readonly RefusedStatus[]): Json => ({
  ...Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${responsesOf[status][0]}` }]),
  ),
  default: { $ref: '#/components/responses/Other' },
});
