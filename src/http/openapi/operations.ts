/** An operation of the description for each command, query and feed, made of how it is declared. */
import { z } from 'zod';
import { kindStatus } from '../../commands/judge.js';
import { commandEnvelope } from '../../domain/kernel/command.js';
import { kindOf, type CommandEntry } from '../../domain/kernel/types.js';
import { Id } from '../../domain/shared/values.js';
import { CommandParameters, type CommandRoute } from '../commands.js';
import { columnName, type Columns } from '../query/csv.js';
import { documentedAnswer, type Query } from '../query/declare.js';
import type { Example } from '../query/examples.js';
import { PreviewShape } from '../questions/preview.js';
import type { Feed } from '../query/feed.js';
import { parametersOf } from '../query/parameters.js';
import type { Components, Json } from './schemas.js';
import { headersOf, sentWith, type HeaderName, type ParameterName } from './headers.js';
import { refusedWith } from './refusals.js';
import { existing } from '../../domain/kernel/parts.js';
import { pathOf, type Renamed } from '../../domain/kernel/renamed.js';
import type { Schema } from '../../domain/kernel/schema.js';

/** Of a command: how far its promise reaches. */
function keyOf(
  { creates }: CommandEntry,
  ownId: boolean,
): 'IdempotencyKey' | 'IdempotencyKeyOfCreation' | 'IdempotencyKeyOfNamed' {
  if (!creates) return 'IdempotencyKey';
  return ownId ? 'IdempotencyKeyOfCreation' : 'IdempotencyKeyOfNamed';
}
const inPath = (url: string): Json[] => [
  ...(url.includes(':id') ? sentWith('RecordIdInPath') : []),
  ...(url.includes(':name') ? sentWith('CommandNameInPath') : []),
];

/** What is said of a name that is still taken, beside the name that took its place. */
const deprecatedFor = (present: string): Json => ({
  deprecated: true,
  description: `The earlier name of ${present}, taken until the next release`,
});
/** The properties of an object with those that had another name under that one, too. */
const withDeprecated = (renamed: Renamed = {}, properties: Json = {}): Json =>
  Object.entries(renamed).reduce((all, [path, present]) => {
    const { within, earlier } = pathOf(path);
    return deprecatedAt(all, within, earlier, present);
  }, properties);
function deprecatedAt(
  properties: Json,
  [name, ...rest]: readonly string[],
  earlier: string,
  present: string,
): Json {
  if (name === undefined) {
    const property = existing(properties[present], present) as Json;
    return { ...properties, [earlier]: { ...property, ...deprecatedFor(present) } };
  }
  const inner = existing(properties[name], name) as Json;
  const within = existing(inner.properties, `properties of ${name}`) as Json;
  return { ...properties, [name]: { ...inner, properties: deprecatedAt(within, rest, earlier, present) } };
}

export function commandOperation(
  { aggregate, name, entry, ownId, url }: CommandRoute,
  components: Components,
): Json {
  const data = components.sent(entry.data);
  const extra = components.sent(
    z.strictObject({ ...commandEnvelope, ...(ownId ? { id: entry.idGiven ? Id : Id.optional() } : {}) }),
  );
  const required = [
    ...(entry.idGiven ? ['id'] : []),
    ...((data.required ?? []) as string[]),
    ...(entry.replaces === true ? ['expectedVersion'] : []),
  ];
  const body = {
    type: 'object',
    properties: {
      ...withDeprecated(entry.renamed, data.properties as Json),
      ...(extra.properties as Json),
    },
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
  const refusals = Object.entries(entry.refuses).map(([code, kind]) => ({
    code,
    status: kindStatus[kindOf(kind)],
  }));
  const receipt = { $ref: '#/components/schemas/Receipt' };
  const foreseen = components.answer(PreviewShape);
  const answered = (description: string, schema: Json, ...more: readonly HeaderName[]): Json => ({
    description,
    headers: headersOf('Position', 'Idempotency-Key', 'Idempotent-Replayed', ...more),
    content: { 'application/json': { schema } },
  });
  const codes = refusals.map(({ code, status }) => `${code} (${status})`);
  return {
    operationId: `${aggregate.name}.${name}`,
    summary: entry.title,
    tags: [aggregate.collection],
    description:
      `Roles: ${entry.givenBy.filter((r) => r !== 'system').join(', ')}. ` +
      `Refusals: ${codes.join(', ') || 'the standard ones'}.` +
      (typeof entry.replaces === 'function'
        ? ' Where something stands that this replaces, expectedVersion is required.'
        : '') +
      (entry.freshSignIn
        ? ' Asks to have signed in within the last ten minutes (FRESH_SIGN_IN_REQUIRED).'
        : ''),
    parameters: [
      ...inPath(url),
      ...parameters(CommandParameters, components),
      ...sentWith(keyOf(entry, ownId), 'ActingAs'),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: components.add(`${aggregate.name}.${name}`, body),
          example: {
            ...(entry.idGiven ? { id: 'total-place' } : {}),
            ...(entry.example as object),
            ...(entry.replaces === true ? { expectedVersion: 1 } : {}),
          },
        },
      },
    },
    responses: {
      ...(entry.creates
        ? { 200: answered('Foreseen', foreseen), 201: answered('Recorded', receipt, 'Location') }
        : { 200: answered('Recorded; or foreseen', { anyOf: [receipt, foreseen] }) }),
      ...refusedWith(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
    },
    'x-refusals': refusals,
  };
}

/** Parameters of a request, each described. */
export function parameters(schema: z.ZodObject, components: Components, renamed?: Renamed): Json[] {
  const json = components.of(schema);
  const required = (json.required ?? []) as readonly string[];
  const properties = withDeprecated(renamed, json.properties as Json);
  return Object.entries(properties as Readonly<Record<string, Json>>).map(
    ([name, { description, deprecated, ...schema }]) =>
      components.parameter({
        name,
        in: 'query',
        ...(required.includes(name) ? { required: true } : {}),
        ...(deprecated ? { deprecated } : {}),
        ...(description === undefined ? {} : { description }),
        schema,
      }),
  );
}

const csvSchema = ({ columns, version = 1 }: Columns): Json => ({
  type: 'string',
  description: `Columns, version ${version}: ${columns.map(columnName).join(', ')}`,
});
/** The CSV of a query; beside it what stands in it where a parameter is given. */
function csvOf(question: Query, csv: Columns): Json {
  const asked = (question.kind === 'record' && question.csv?.asked) || [];
  const { description, ...schema } = csvSchema(csv);
  const others = asked.map((one) => `. With \`${one.parameter}\`: ${String(csvSchema(one).description)}`);
  return { ...schema, description: `${String(description)}${others.join('')}` };
}
const exampleOf = ({ asked, as, answer }: Example): Json => ({
  summary: `GET ${asked} of the demo, as ${as}; of long lists the first entries`,
  value: answer,
});

/** Under which heading an address stands: `pools` of `/v1/pools/:id`, `calendar` of `/v1/calendar.ics`. */
const tagOf = (url: string): string => /^\/v1\/([^/.]+)/.exec(url)?.[1] ?? '';

export function queryOperation(question: Query, recorded: Example | undefined, components: Components): Json {
  const csv =
    question.kind === 'list' ? { columns: question.columns, version: question.columnsVersion } : question.csv;
  const pages = question.kind === 'list' || question.paged === true;
  return {
    operationId: `get.${question.url.slice(4).replace(/[/:]+/g, '.')}`,
    summary: question.title,
    tags: [tagOf(question.url)],
    parameters: [
      ...inPath(question.url),
      ...parameters(parametersOf(question), components, question.renamed),
      ...sentWith('ReadAfter', 'IfNoneMatch'),
    ],
    responses: {
      200: {
        description: 'The answer',
        headers: headersOf(
          'Position',
          'ETag',
          ...(pages ? (['Link'] as const) : []),
          ...(csv ? (['Columns-Version', 'Content-Disposition'] as const) : []),
        ),
        content: {
          'application/json': {
            schema: components.answer(documentedAnswer(question)),
            ...(recorded ? { examples: { demo: exampleOf(recorded) } } : {}),
          },
          ...(csv ? { 'text/csv': { schema: csvOf(question, csv) } } : {}),
        },
      },
      304: { $ref: '#/components/responses/NotModified' },
      ...refusedWith(
        400,
        401,
        403,
        ...(question.kind === 'list' ? [] : [404 as const]),
        ...(csv ? [] : [406 as const]),
        ...(question.past ? [422 as const] : []),
        429,
        503,
      ),
    },
  };
}

/** What a feed answers in, by media type. */
function contentOf(
  { answers, body, csv, item }: Described,
  components: Components,
  recorded: Example | undefined,
): Json {
  const content: Record<string, Json> = {};
  for (const [type, example] of Object.entries(answers)) {
    if (type === 'application/json' && body)
      content[type] = {
        schema: components.answer(body),
        ...(recorded ? { examples: { demo: exampleOf(recorded) } } : { example }),
      };
    else if (type === 'text/csv' && csv) content[type] = { schema: csvSchema(csv), example };
    else
      content[type] = {
        schema: {
          type: 'string',
          ...(item ? { description: item.description, 'x-item-schema': components.answer(item.schema) } : {}),
        },
        example,
      };
  }
  return content;
}

/** What is said of a feed, or of a stream of events. */
export interface Described extends Omit<Feed, 'run' | 'whole'> {
  /** What its requests carry beside parameters, and its answers. */
  readonly sent?: readonly ParameterName[];
  readonly headers?: readonly HeaderName[];
  /** What comes one after another in its one text. */
  readonly item?: { readonly schema: Schema; readonly description: string };
}
export function feedOperation(feed: Described, recorded: Example | undefined, components: Components): Json {
  const csv = 'text/csv' in feed.answers;
  const headers =
    feed.headers ??
    (['ETag', ...(csv ? (['Link', 'Columns-Version', 'Content-Disposition'] as const) : [])] as const);
  return {
    operationId: `get.${feed.url.slice(4)}`,
    summary: feed.title,
    tags: [tagOf(feed.url)],
    parameters: [
      ...parameters(feed.parameters, components, feed.renamed),
      ...sentWith(...(feed.sent ?? (['ReadAfter', 'IfNoneMatch'] as const))),
    ],
    responses: {
      200: {
        description: 'The answer',
        ...(headers.length > 0 ? { headers: headersOf(...headers) } : {}),
        content: contentOf(feed, components, recorded),
      },
      ...(feed.sent ? {} : { 304: { $ref: '#/components/responses/NotModified' } }),
      ...refusedWith(400, 401, ...(feed.refuses ?? []), 429, 503),
    },
  };
}
