/** The OpenAPI 3.1 document, derived from the registry of commands and the list of queries. */
import { z } from 'zod';
import { commandEnvelope } from '../domain/kernel/command.js';
import type { CommandEntry } from '../domain/kernel/types.js';
import { aggregates } from '../domain/registry.js';
import { Id } from '../domain/shared/values.js';
import { columnName, type Columns } from './query/csv.js';
import { Components, type Json } from './schemas.js';
import { commandRoutes, type CommandRoute } from './commands.js';
import { loadExamples, type Example } from './query/examples.js';
import type { Feed } from './query/feed.js';
import { feeds } from './questions/feeds.js';
import { EventParameters, eventType, snapshotType } from './events.js';
import { LiveParameters } from './live.js';
import { queries } from './questions/index.js';
import { parametersOf } from './query/parameters.js';
import { documentedRow, queriesByKind, sentBy, type Query, type RecordQuery } from './query/declare.js';

const problem = { description: 'A problem document', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
const header = (name: string, description: string): Json => ({ name, in: 'header', description, schema: { type: 'string' } });
const path = (url: string): string => url.replace(/:([a-zA-Z]+)/g, '{$1}');
const idParameter: Json = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

/** How far an idempotency key reaches (domain.md G3). */
function promiseOf({ creates }: CommandEntry, ownId: boolean): string {
  if (!creates) return 'The promise is this record’s: for another record the same key is another request.';
  return ownId
    ? 'The promise is one record’s: with another id in the body the same key is another request. Where no id is given, the same key gives the same id, hence the same answer.'
    : 'The promise is one record’s: where the body names what gives another id, the same key is another request.';
}

function commandOperation({ aggregate, name, entry, ownId, url }: CommandRoute, components: Components): Json {
  const data = components.of(entry.data);
  const extra = components.of(z.strictObject({ ...commandEnvelope, ...(ownId ? { id: entry.named ? Id : Id.optional() } : {}) }));
  const required = [...(entry.named ? ['id'] : []), ...((data.required ?? []) as string[]), ...(entry.replaces === true ? ['expectedVersion'] : [])];
  const receipt = { description: 'Recorded', content: { 'application/json': { schema: { $ref: '#/components/schemas/Receipt' } } } };
  return {
    operationId: `${aggregate.name}.${name}`,
    summary: entry.title,
    tags: [aggregate.collection],
    description: `Roles: ${entry.by.filter((r) => r !== 'system').join(', ')}. Refusals: ${
      Object.entries(entry.refuses)
        .map(([code, kind]) => `${code} (${{ who: 403, state: 409, rule: 422 }[kind]})`)
        .join(', ') || 'the standard ones'
    }.${typeof entry.replaces === 'function' ? ' Where something stands that this replaces, expectedVersion is required.' : ''}`,
    parameters: [
      ...(url.includes(':id') ? [idParameter] : []),
      header('Idempotency-Key', `The same key sent again changes nothing and returns the first answer. ${promiseOf(entry, ownId)}`),
      header('Acting-As', 'Which of your roles, where several fit: `role@scope`.'),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { type: 'object', properties: { ...(data.properties as Json), ...(extra.properties as Json) }, ...(required.length > 0 ? { required } : {}), additionalProperties: false },
          example: { ...(entry.named ? { id: 'total-place' } : {}), ...(entry.example as object), ...(entry.replaces === true ? { expectedVersion: 1 } : {}) },
        },
      },
    },
    responses: { [entry.creates ? 201 : 200]: receipt, 400: problem, 401: problem, 403: problem, 404: problem, 409: problem, 422: problem, 429: problem, 503: problem },
  };
}

function parameters(schema: z.ZodObject, components: Components): Json[] {
  const json = components.of(schema);
  const required = (json.required ?? []) as readonly string[];
  return Object.entries(json.properties ?? {}).map(([name, s]) => ({ name, in: 'query', ...(required.includes(name) ? { required: true } : {}), schema: s as Json }));
}

const csvSchema = ({ columns, version = 1 }: Columns): Json => ({ type: 'string', description: `Columns, version ${version}: ${columns.map(columnName).join(', ')}` });
/** What a query answers, as it is declared. */
function answers(q: Query, recorded: Example | undefined, schema: Json): Json {
  const csv = q.kind === 'list' ? { columns: q.columns, version: q.columnsVersion } : q.csv;
  const json: Json = { schema, ...(recorded ? { examples: { demo: exampleOf(recorded) } } : {}) };
  return {
    200: { description: 'The answer', content: { 'application/json': json, ...(csv ? { 'text/csv': { schema: csvSchema(csv) } } : {}) } },
    304: { description: 'Not changed' },
    400: problem,
    401: problem,
    403: problem,
    404: problem,
    ...(csv ? {} : { 406: problem }),
    429: problem,
    503: problem,
  };
}
const exampleOf = ({ asked, as, answer }: Example): Json => ({ summary: `GET ${asked} of the demo, as ${as}; of long lists the first entries`, value: answer });

const Receipt = z
  .strictObject({ id: z.string(), events: z.array(z.string()), version: z.int(), position: z.string() })
  .meta({ description: 'What was recorded: the record, its events, its version after them, and the position to read after' });
const ProblemDocument = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'What a program goes by' }),
    detail: z.string().meta({ description: 'What to do about it' }),
    correlationId: z.string(),
    errors: z.array(z.strictObject({ path: z.string().meta({ description: 'JSON Pointer' }), message: z.string() })).optional(),
  })
  .meta({ description: 'RFC 9457' });

/** What a feed answers in, by media type. */
function contentOf({ answers, body, csv }: Omit<Feed, 'run'>, components: Components, recorded: Example | undefined): Json {
  const content: Record<string, Json> = {};
  for (const [type, example] of Object.entries(answers)) {
    if (type === 'application/json' && body) content[type] = { schema: components.answer(body), ...(recorded ? { examples: { demo: exampleOf(recorded) } } : { example }) };
    else content[type] = { schema: type === 'text/csv' && csv ? csvSchema(csv) : { type: 'string' }, example };
  }
  return content;
}

/** The document, so far as this service reads it. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly securitySchemes: Json };
  readonly [member: string]: unknown;
}

/** Builds the document; `version` is the product's. */
export function openapi(version: string): OpenApi {
  const paths: Record<string, Record<string, Json>> = {};
  const add = (url: string, method: string, operation: Json): void => void ((paths[path(url)] ??= {})[method] = operation);
  const components = new Components();
  for (const route of commandRoutes) add(route.url, 'post', commandOperation(route, components));
  for (const { name, events } of aggregates) for (const [type, { data }] of Object.entries(events)) components.named(eventType(name, type), components.of(data, 'output'));
  components.named('Receipt', components.answer(Receipt));
  components.named('Problem', components.answer(ProblemDocument));
  const examples = loadExamples();
  // Each kind of record as its `GET` answers it, and as a snapshot in `/v1/events` has it.
  const snapshots = new Map([...queriesByKind(queries)].map(([aggregate, q]) => [q, components.named(snapshotType(aggregate), components.answer(sentBy(q)))]));
  for (const q of queries) {
    add(q.url, 'get', {
      operationId: `get.${q.url.slice(4).replace(/[/:]+/g, '.')}`,
      summary: q.title,
      tags: [q.url.split('/')[2]!],
      parameters: [...(q.url.includes(':id') ? [idParameter] : []), ...parameters(parametersOf(q), components), header('Read-After', 'A Position: waits until it can be read.')],
      responses: answers(q, examples[q.url], snapshots.get(q as RecordQuery) ?? components.answer(sentBy(q, documentedRow))),
    });
  }
  const feed = (f: Omit<Feed, 'run'>, more: Json[] = []): void =>
    add(f.url, 'get', {
      operationId: `get.${f.url.slice(4)}`,
      summary: f.title,
      tags: [f.url.split('/')[2]!.split('.')[0]!],
      parameters: [...parameters(f.parameters, components), ...more],
      responses: { 200: { description: 'The answer', content: contentOf(f, components, examples[f.url]) }, 400: problem, 401: problem, 429: problem, 503: problem },
    });
  for (const f of feeds) feed(f);
  feed({ title: 'Events as they happen (SSE)', url: '/v1/live', parameters: LiveParameters, answers: { 'text/event-stream': 'event: PledgeMade' } }, [
    header('Last-Event-ID', 'Resumes after this position.'),
  ]);
  feed({
    title: 'Every event you may see from a position on, a line each (CloudEvents 1.0)',
    url: '/v1/events',
    parameters: EventParameters,
    answers: { 'application/x-ndjson': '{"specversion":"1.0","type":"pool.PledgeMade.v1"}' },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Total Place',
      version,
      description: 'Who promised what, who agreed, what Whitehall owes back, and whether it happened. Answers may gain members: read those you know.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: components.schemas,
    },
  };
}
