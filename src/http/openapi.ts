/** The OpenAPI 3.1 document, derived from the registry of commands and the list of queries. */
import { aggregates } from '../domain/registry.js';
import { commandRoutes, Receipt } from './commands.js';
import { departmentAnswersOperation } from './openapi/department-answers.js';
import { departmentAnswersAddress } from './query/department-answers.js';
import { EventParameters, eventType, snapshotType } from './events.js';
import { TakenUp, TakenUpAccount } from './invitations.js';
import { calendarAddresses, MadeCalendarAddress } from './private-calendar.js';
import { CalendarParameters } from './questions/calendar-feed.js';
import { placeExportAddress } from './query/place-export.js';
import { invitationsAddress, privateCalendarAddress } from './server/identity.js';
import { LiveParameters } from './live.js';
import { allWithExamples } from './openapi/examples.js';
import { headerParameters, headers, headersOf, sentWith } from './openapi/headers.js';
import {
  commandOperation,
  feedOperation,
  parameters as parametersIn,
  queryOperation,
  type Described,
} from './openapi/operations.js';
import { placeExportOperation } from './openapi/place-export.js';
import { ProblemDocument, refusals, refusedWith } from './openapi/refusals.js';
import { CloudEvent, LiveMessage } from './openapi/streams.js';
import { queriesByKind } from './query/declare.js';
import { loadExampleRequests } from './query/example-requests.js';
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

const calendarAddressOperation = (components: Components): Json => ({
  operationId: 'account.setCalendarAddress',
  summary: 'Make the private address of one’s calendar, or make it anew',
  tags: ['accounts'],
  description:
    'The address before ends. Refusals: NOT_ALLOWED (403), GRANTS_IN_TOKENS (409), WRONG_STATE (409).',
  parameters: [],
  responses: {
    201: {
      description: 'The address, shown this once',
      content: { 'application/json': { schema: components.answer(MadeCalendarAddress) } },
    },
    ...refusedWith(400, 401, 403, 409, 429, 503),
  },
  'x-refusals': [
    { code: 'NOT_ALLOWED', status: 403 },
    { code: 'GRANTS_IN_TOKENS', status: 409 },
    { code: 'WRONG_STATE', status: 409 },
  ],
});
const privateCalendarOperation = (components: Components): Json => ({
  operationId: 'get.calendar.private',
  summary: 'The calendar of whoever made this address, as they may see it now; it asks for no token',
  tags: ['calendar'],
  security: [],
  parameters: [
    {
      name: 'secret',
      in: 'path',
      required: true,
      description: 'As the address has it',
      schema: { type: 'string' },
    },
    ...parametersIn(CalendarParameters, components),
    ...sentWith('ReadAfter', 'IfNoneMatch'),
  ],
  responses: {
    200: {
      description: 'The answer',
      headers: headersOf('ETag'),
      content: { 'text/calendar': { schema: { type: 'string' }, example: 'BEGIN:VCALENDAR' } },
    },
    304: { $ref: '#/components/responses/NotModified' },
    ...refusedWith(400, 404, 429, 503),
  },
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
  add(departmentAnswersAddress, 'post', departmentAnswersOperation(components));
  add(invitationsAddress, 'post', invitationOperation(components));
  add(calendarAddresses, 'post', calendarAddressOperation(components));
  add(privateCalendarAddress, 'get', privateCalendarOperation(components));
  add(placeExportAddress, 'get', placeExportOperation());
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
  const named = {
    RecordIdInPath: recordIdInPath,
    CommandNameInPath: commandNameInPath,
    ...components.parameters,
    ...headerParameters,
  };
  const shown = allWithExamples(paths, named, loadExampleRequests());
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
    paths: shown.paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      headers,
      parameters: shown.parameters,
      responses: refusals,
      schemas: components.schemas,
    },
  };
}
