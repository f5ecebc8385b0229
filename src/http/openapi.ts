/** The OpenAPI 3.1 document, derived from the registry of commands and the list of queries. */
import { z } from 'zod';
import { aggregates } from '../domain/registry.js';
import { commandRoutes } from './commands.js';
import { EventParameters, eventType, snapshotType } from './events.js';
import { TakenUp, TakenUpAccount } from './invitations.js';
import { invitationsAddress } from './server/identity.js';
import { LiveParameters } from './live.js';
import { headerParameters, headers } from './openapi/headers.js';
import { commandOperation, feedOperation, queryOperation, type Described } from './openapi/operations.js';
import { ProblemDocument, refusals, refusedWith } from './openapi/refusals.js';
import { CloudEvent, LiveMessage } from './openapi/streams.js';
import { queriesByKind } from './query/declare.js';
import { loadExamples } from './query/examples.js';
import { feeds } from './questions/feeds.js';
import { queries } from './questions/index.js';
import { Components, type Json } from './openapi/schemas.js';

const path = (url: string): string => url.replace(/:([a-zA-Z]+)/g, '{$1}');
const recordIdInPath: Json = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of the record',
  schema: { $ref: '#/components/schemas/Id' },
};
const commandNameInPath: Json = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'The name of the command',
  schema: { $ref: '#/components/schemas/CommandName' },
};

const Receipt = z
  .strictObject({
    id: z.string().meta({ description: 'Of the record' }),
    events: z
      .array(z.string())
      .meta({ description: 'The names of what was recorded, oldest first; none where nothing changed' }),
    version: z.int().meta({ description: 'Of the record after them' }),
    position: z.string().meta({ description: 'What Read-After takes' }),
  })
  .meta({ id: 'Receipt', description: 'What was recorded' });

/** The document, so far as this service reads it. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Readonly<
    Record<
      'schemas' | 'headers' | 'parameters' | 'responses' | 'securitySchemes',
      Readonly<Record<string, Json>>
    >
  >;
  readonly [member: string]: unknown;
}

const invitationOperation = (components: Components): Json => ({
  operationId: 'account.takeUp',
  summary: 'Take up an invitation to an account',
  tags: ['accounts'],
  description:
    'For whoever is signed in by an issuer and has no account yet. Refusals: INVITATION_NOT_VALID (422), ' +
    'SUBJECT_BOUND (422), GRANTS_IN_TOKENS (409).',
  parameters: [],
  requestBody: {
    required: true,
    content: {
      'application/json': { schema: components.sent(TakenUp), example: { secret: '0'.repeat(32) } },
    },
  },
  responses: {
    200: {
      description: 'The account is yours',
      content: { 'application/json': { schema: components.answer(TakenUpAccount) } },
    },
    ...refusedWith(400, 401, 409, 422, 429, 503),
  },
  'x-refusals': [
    { code: 'INVITATION_NOT_VALID', status: 422 },
    { code: 'SUBJECT_BOUND', status: 422 },
    { code: 'GRANTS_IN_TOKENS', status: 409 },
  ],
});

/** Builds the document; `version` is the product's. */
export function openapi(version: string): OpenApi {
  const paths: Record<string, Record<string, Json>> = {};
  const add = (url: string, method: string, operation: Json): void =>
    void ((paths[path(url)] ??= {})[method] = operation);
  const components = new Components();
  for (const route of commandRoutes) add(route.url, 'post', commandOperation(route, components));
  for (const { name, events } of aggregates)
    for (const [type, { data }] of Object.entries(events))
      components.add(eventType(name, type), components.of(data, 'output'));
  components.answer(Receipt);
  components.answer(ProblemDocument);
  const examples = loadExamples();
  // Each kind of record as its `GET` answers it, and as a snapshot in `/v1/events` has it.
  for (const [aggregate, { body }] of queriesByKind(queries))
    components.add(snapshotType(aggregate), components.answer(body));
  for (const q of queries) add(q.url, 'get', queryOperation(q, examples[q.url], components));
  add(invitationsAddress, 'post', invitationOperation(components));
  const feed = (f: Described): void => add(f.url, 'get', feedOperation(f, examples[f.url], components));
  for (const f of feeds) feed(f);
  feed({
    title: 'Events as they happen (SSE)',
    url: '/v1/live',
    parameters: LiveParameters,
    answers: { 'text/event-stream': 'event: PledgeMade' },
    sent: ['LastEventId'],
    item: {
      schema: LiveMessage,
      description: 'Server-sent events: `data` of each message is a LiveMessage, as JSON in one line',
    },
  });
  feed({
    title: 'Every event you may see from a position on, a line each (CloudEvents 1.0)',
    url: '/v1/events',
    parameters: EventParameters,
    answers: { 'application/x-ndjson': '{"specversion":"1.0","type":"pool.PledgeMade.v1"}' },
    headers: ['Position'],
    item: { schema: CloudEvent, description: 'Lines, each of them a CloudEvent as JSON' },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Total Place',
      version,
      description:
        'Who promised what, who agreed, what Whitehall owes back, and whether it happened. Answers may ' +
        'gain members: read those you know.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      headers,
      parameters: {
        RecordIdInPath: recordIdInPath,
        CommandNameInPath: commandNameInPath,
        ...components.parameters,
        ...headerParameters,
      },
      responses: refusals,
      schemas: components.schemas,
    },
  };
}
