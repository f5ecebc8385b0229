/** The OpenAPI 3.1 document, derived from the registry of commands and the list of queries. */
import { z } from 'zod';
import { commandEnvelope } from '../domain/kernel/command.js';
import type { Aggregate, CommandEntry } from '../domain/kernel/types.js';
import { aggregates } from '../domain/registry.js';
import { Id } from '../domain/shared/values.js';
import { columnName, type Columns } from './query/csv.js';
import { commandRoutes, type CommandRoute } from './commands.js';
import { loadExamples, type Example, type Examples } from './query/examples.js';
import type { Feed } from './query/feed.js';
import { feeds } from './questions/feeds.js';
import { EventParameters, eventType, snapshotType } from './events.js';
import { LiveParameters } from './live.js';
import { queries } from './questions/index.js';
import { parametersOf } from './query/parameters.js';
import { queriesByKind, type Query, type RecordQuery } from './query/declare.js';

type Json = Record<string, any>;
const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'input'): Json => {
  const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', override: ({ jsonSchema }) => own(jsonSchema as Json) }) as Json;
  return inline(rest, $defs ?? {});
};
/** What our schemas say beside what JSON Schema knows: a name there means what it means to JSON Schema, so ours begin with `x-`. */
function own(schema: Json): void {
  delete schema.id;
  for (const name of ['prose', 'names']) {
    if (!Object.hasOwn(schema, name)) continue;
    schema[`x-${name}`] = schema[name];
    delete schema[name];
  }
}
/** Definitions are few and small: written where they are used. */
function inline(value: any, defs: Json): any {
  if (Array.isArray(value)) return value.map((v) => inline(v, defs));
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$ref === 'string') return inline(defs[value.$ref.split('/').at(-1)!], defs);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inline(v, defs)]));
}
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

function commandOperation({ aggregate, name, entry, ownId, url }: CommandRoute): Json {
  const data = schemaOf(entry.data);
  const extra = schemaOf(z.strictObject({ ...commandEnvelope, ...(ownId ? { id: entry.named ? Id : Id.optional() } : {}) }));
  const required = [...(entry.named ? ['id'] : []), ...(data.required ?? []), ...(entry.replaces === true ? ['expectedVersion'] : [])];
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
          schema: { type: 'object', properties: { ...data.properties, ...extra.properties }, ...(required.length > 0 ? { required } : {}), additionalProperties: false },
          example: { ...(entry.named ? { id: 'total-place' } : {}), ...(entry.example as object), ...(entry.replaces === true ? { expectedVersion: 1 } : {}) },
        },
      },
    },
    responses: { [entry.creates ? 201 : 200]: receipt, 400: problem, 401: problem, 403: problem, 404: problem, 409: problem, 422: problem, 429: problem, 503: problem },
  };
}

function parameters(schema: z.ZodObject): Json[] {
  const json = schemaOf(schema);
  const required = (json.required ?? []) as readonly string[];
  return Object.entries(json.properties ?? {}).map(([name, s]) => ({ name, in: 'query', ...(required.includes(name) ? { required: true } : {}), schema: s as Json }));
}

/** A column of a list, by what its name says: a name never means two things. */
function columnSchema(name: string): Json {
  if (name.endsWith('Pence')) return { type: ['integer', 'null'], description: 'Whole pence' };
  if (name.endsWith('On')) return { type: ['string', 'null'], format: 'date', description: 'A day in London' };
  if (name === 'holidaysAssumed') return { type: 'boolean', description: 'There where working days are counted into a year whose bank holidays are not known: by its weekends alone' };
  if (name === 'failed')
    return { type: 'boolean', description: 'There where the row could not be made from what is stored, so that only some of its members are known; the operator’s log says why' };
  return name === 'id' ? { type: 'string' } : {};
}
/** A member of a record, by its example where that is a list or an object, else by its name. */
function memberSchema(name: string, example: unknown): Json {
  if (Array.isArray(example)) return { type: 'array' };
  return typeof example === 'object' && example !== null ? { type: ['object', 'null'] } : columnSchema(name);
}
const csvSchema = ({ columns, version = 1 }: Columns): Json => ({ type: 'string', description: `Columns, version ${version}: ${columns.map(columnName).join(', ')}` });
/** Descriptions by path as properties. */
function nested(members: Readonly<Record<string, string>>): Json {
  const properties: Json = {};
  for (const [path, description] of Object.entries(members)) {
    const [name = '', ...rest] = path.split('/');
    if (rest.length === 0) properties[name] = { ...properties[name], description };
    else properties[name] = { ...properties[name], type: 'object', properties: { ...properties[name]?.properties, ...nested({ [rest.join('/')]: description }) } };
  }
  return properties;
}
/** What a query answers: a list's rows have at least the plain columns of its CSV. */
function answers(q: Query, recorded: Example | undefined, snapshot: string | undefined): Json {
  const row: Json =
    q.kind === 'list' ? { type: 'object', properties: Object.fromEntries(q.columns.flatMap((c) => (typeof c === 'string' ? [[c, columnSchema(c)]] : []))), required: ['id'] } : {};
  const csv = q.kind === 'list' ? { columns: q.columns, version: q.columnsVersion } : q.csv;
  const schema: Json =
    q.kind === 'list'
      ? {
          type: 'object',
          properties: { items: { type: 'array', items: row }, next: { type: ['string', 'null'], description: 'The address of the next page' } },
          required: ['items', 'next'],
        }
      : snapshot
        ? { $ref: `#/components/schemas/${snapshot}` }
        : { type: 'object', ...(q.members ? { properties: nested(q.members) } : {}) };
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

/** The data of each event, as `/v1/events` names it. */
function eventSchemas(): Json {
  return Object.fromEntries(aggregates.flatMap((a: Aggregate) => Object.entries(a.events).map(([type, entry]) => [eventType(a.name, type), schemaOf(entry.data, 'output')])));
}

/** Each kind of record as its `GET` answers it, and as a snapshot in `/v1/events` has it: the members of the answer recorded. */
function snapshotSchemas(byKind: ReadonlyMap<string, RecordQuery>, examples: Examples): Json {
  return Object.fromEntries(
    [...byKind].map(([aggregate, { title, url }]) => {
      const members = Object.entries((examples[url]?.answer ?? {}) as object);
      const properties = Object.fromEntries(members.map(([name, value]) => [name, memberSchema(name, value)]));
      return [snapshotType(aggregate), { type: 'object', description: `${title}, as GET ${path(url)} answers it`, properties }];
    }),
  );
}

/** Builds the document; `version` is the product's. */
export function openapi(version: string): Json {
  const paths: Record<string, Json> = {};
  const add = (url: string, method: string, operation: Json): void => void ((paths[path(url)] ??= {})[method] = operation);
  for (const route of commandRoutes) add(route.url, 'post', commandOperation(route));
  const examples = loadExamples();
  const byKind = queriesByKind(queries);
  const snapshots = new Map([...byKind].map(([aggregate, q]) => [q, snapshotType(aggregate)]));
  for (const q of queries) {
    add(q.url, 'get', {
      operationId: `get.${q.url.slice(4).replace(/[/:]+/g, '.')}`,
      summary: q.title,
      tags: [q.url.split('/')[2]!],
      parameters: [...(q.url.includes(':id') ? [idParameter] : []), ...parameters(parametersOf(q)), header('Read-After', 'A Position: waits until it can be read.')],
      responses: answers(q, examples[q.url], snapshots.get(q as RecordQuery)),
    });
  }
  const feed = (f: Omit<Feed, 'run'>, more: Json[] = []): void =>
    add(f.url, 'get', {
      operationId: `get.${f.url.slice(4)}`,
      summary: f.title,
      tags: [f.url.split('/')[2]!.split('.')[0]!],
      parameters: [...parameters(f.parameters), ...more],
      responses: {
        200: {
          description: 'The answer',
          content: Object.fromEntries(
            Object.entries(f.answers).map(([type, example]) => {
              const json = type === 'application/json';
              const recorded = json ? examples[f.url] : undefined;
              return [
                type,
                {
                  schema: json ? { type: 'object' } : type === 'text/csv' && f.csv ? csvSchema(f.csv) : { type: 'string' },
                  ...(recorded ? { examples: { demo: exampleOf(recorded) } } : { example }),
                },
              ];
            }),
          ),
        },
        400: problem,
        401: problem,
        429: problem,
        503: problem,
      },
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
    info: { title: 'Total Place', version, description: 'Who promised what, who agreed, what Whitehall owes back, and whether it happened.', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: {
        ...eventSchemas(),
        ...snapshotSchemas(byKind, examples),
        Receipt: { type: 'object', properties: { id: { type: 'string' }, events: { type: 'array', items: { type: 'string' } }, version: { type: 'integer' }, position: { type: 'string' } } },
        Problem: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            code: { type: 'string' },
            detail: { type: 'string' },
            correlationId: { type: 'string' },
            errors: { type: 'array', items: { type: 'object' } },
          },
        },
      },
    },
  };
}
