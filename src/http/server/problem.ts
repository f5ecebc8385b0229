/** Problem documents (RFC 9457): every error of the API, the framework's own included, in one form. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Unavailable } from '../../commands/executor.js';
import { ViewNotLive } from '../../projections/engine/engine.js';
import { readAway } from '../query/read-away.js';
import type { ProblemCode } from './problem-codes.js';
import { note } from './request-log.js';
import { withPresentNames, type Renamed } from '../../domain/kernel/renamed.js';
import type { Schema } from '../../domain/kernel/schema.js';

export interface ProblemError {
  /** JSON Pointer into the body, or the parameter's name. */
  readonly path: string;
  readonly message: string;
}
export interface ProblemOptions {
  readonly errors?: readonly ProblemError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Thrown anywhere below a route; `code` is stable, `detail` says what to do. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: ProblemCode,
    readonly detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail);
  }

  /** Of a refused command: its record declares the code. */
  static refused(status: number, code: string, detail: string, options?: ProblemOptions): Problem {
    return new Problem(status, code as ProblemCode, detail, options);
  }
}

/** Of a problem document, by its status. */
export const titles: Readonly<Record<number, string>> = {
  400: 'The request is not in the right form',
  401: 'Sign in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not answered in this form',
  408: 'The request took too long',
  409: 'The record does not allow this now',
  413: 'The body is too long',
  414: 'The address is too long',
  415: 'Send JSON',
  417: 'Expectation failed',
  422: 'A rule refuses this',
  429: 'Too many requests',
  431: 'The headers are too long',
  500: 'Something went wrong',
  503: 'Not available now',
};

const asked: Record<string, string> = {
  string: 'Enter text',
  number: 'Enter a number',
  int: 'Enter a whole number',
  boolean: 'Select true or false',
  array: 'Enter a list',
  object: 'Enter the members that are asked for here',
  record: 'Enter the members that are asked for here',
};
const listed = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.slice(-1).join('')}`;

/**
 * The schema of what a path names, without what only says that it may be left out; undefined below unions.
 */
function schemaAt(
  schema: z.core.$ZodType | undefined,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  let s = schema;
  while (s instanceof z.ZodOptional || s instanceof z.ZodNullable || s instanceof z.ZodDefault)
    s = s.unwrap();
  const [key, ...rest] = path;
  if (!s || key === undefined) return s;
  return schemaAt(partOf(s, String(key)), rest);
}
/** The schema of a member of what a schema describes. */
function partOf(schema: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}
/** What the schema itself knows better than the issue: an object's members by name, both ends of a range. */
function told(issue: z.core.$ZodIssue, schema: z.core.$ZodType | undefined): string | undefined {
  const s = schemaAt(schema, issue.path);
  if (issue.code === 'invalid_type' && s instanceof z.ZodObject) {
    const members = Object.keys(s.shape);
    const needed = members.filter((m) => !(s.shape[m] as Schema).safeParse(undefined).success);
    return members.length > 0
      ? `Enter an object with ${listed(needed.length > 0 ? needed : members)}`
      : undefined;
  }
  const ranged = (issue.code === 'too_small' || issue.code === 'too_big') && s instanceof z.ZodNumber;
  return ranged &&
    [s.minValue, s.maxValue].every(
      (n) => n !== null && Number.isFinite(n) && Math.abs(n) < Number.MAX_SAFE_INTEGER,
    )
    ? `Enter ${s.minValue} to ${s.maxValue}`
    : undefined;
}

/** What to do, for a form: schemas say it themselves; where one does not, its kind says it. */
function worded(issue: z.core.$ZodIssue, schema: z.core.$ZodType | undefined): string {
  if (!/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message)) return issue.message;
  const better = told(issue, schema);
  if (better) return better;
  switch (issue.code) {
    case 'invalid_type':
      return asked[issue.expected] ?? 'Enter a value';
    case 'invalid_value':
      return issue.values.length === 1
        ? `Enter ${String(issue.values[0])}`
        : `Select ${issue.values.slice(0, -1).map(String).join(', ')} or ${String(issue.values.at(-1))}`;
    case 'too_small':
      if (issue.origin === 'array') return `Enter at least ${issue.minimum}`;
      return `Enter ${issue.minimum} ${issue.origin === 'string' ? 'characters or more' : 'or more'}`;
    case 'too_big':
      if (issue.origin === 'array') return `Enter ${issue.maximum} or fewer`;
      return `Enter ${issue.maximum} ${issue.origin === 'string' ? 'characters or fewer' : 'or less'}`;
    case 'invalid_union':
      return 'Enter it in one of the forms that the API’s description gives';
    default:
      return 'Enter a value in the right form';
  }
}

/** One step of a JSON Pointer (RFC 6901). */
const pointer = (key: PropertyKey): string => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/**
 * Zod's issues as JSON Pointers and sentences; identical ones merged, and of one path only the first. The
 * schema lets them name members and ranges.
 */
export function zodErrors(
  issues: readonly z.core.$ZodIssue[],
  what = 'member',
  schema?: z.core.$ZodType,
): ProblemError[] {
  const byPath = new Map<string, string>();
  for (const issue of issues) {
    const path = issue.path.map(pointer).join('');
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys)
        byPath.set(`${path}${pointer(key)}`, `There is no ${what} ${key} here. Remove it.`);
    else if (!byPath.has(path)) byPath.set(path, worded(issue, schema));
  }
  return [...byPath].map(([path, message]) => ({ path, message }));
}

/** Reads query parameters strictly, also by the names that they had; every mistake at once. */
export function readParameters<T extends z.ZodObject>(
  schema: T,
  given: unknown,
  renamed: Renamed = {},
): z.infer<T> {
  const repeated = Object.entries(given as object).filter(([, value]) => Array.isArray(value));
  if (repeated.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
      errors: repeated.map(([name]) => ({ path: pointer(name), message: `Give ${name} once` })),
    });
  const { members, issues } = withPresentNames(renamed, given as Readonly<Record<string, unknown>>);
  const parsed = schema.safeParse(members);
  if (!parsed.success || issues.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
      errors: zodErrors([...issues, ...(parsed.error?.issues ?? [])], 'parameter', schema),
    });
  return parsed.data;
}

/** The document itself, as it is sent. */
export function problemText(
  { status, code, detail, options: { errors, extra = {} } }: Problem,
  correlationId: string,
): string {
  return JSON.stringify({
    type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: titles[status] ?? 'Error',
    status,
    code,
    detail,
    correlationId,
    ...(errors ? { errors } : {}),
    ...extra,
  });
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  note(request, { code: problem.code });
  // A tag that was set before the answer failed is not the failure's.
  reply.removeHeader('etag');
  return reply
    .code(problem.status)
    .headers({ ...problem.options.headers })
    .type('application/problem+json; charset=utf-8')
    .send(problemText(problem, request.id));
}

/** What is hidden is told as what is not there. */
const hiddenOrUnknown: [number, ProblemCode, string] = [
  404,
  'NOT_FOUND',
  'There is no such record, or it is not open to you.',
];
export const notThere = (): Problem => new Problem(...hiddenOrUnknown);

const known: Record<string, [number, ProblemCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'BODY_TOO_LARGE', 'Send a shorter body.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'INVALID_CONTENT_LENGTH',
    'The body is not as long as Content-Length says.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: hiddenOrUnknown,
  FST_ERR_BAD_URL: [400, 'BAD_URL', 'The address is not well formed.'],
};

/**
 * What the framework refuses before there is a route: an address that is not well formed, an id longer than
 * any. Told to readers only, like all else.
 */
export async function frameworkProblem(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: (request: FastifyRequest) => Promise<unknown>,
): Promise<void> {
  const told = new Problem(
    ...(known[error.code] ?? ([400, 'BAD_REQUEST', 'The request is not in the right form.'] as const)),
  );
  sendProblem(request, reply, await principal(request).then(() => told, problemOf(request)));
}

/** A view that is being built, or stopped: how far it is, and when to ask again. */
const notLive = ({ view, state, progress }: ViewNotLive): Problem =>
  new Problem(
    503,
    `VIEW_${state.toUpperCase() as Uppercase<typeof state>}`,
    `The view ${view} is ${state} (${Math.floor(progress * 100)} %). Try again soon.`,
    {
      headers: { 'retry-after': '2' },
      extra: { progress },
    },
  );

/** Makes a problem of anything that can go wrong; what is unknown is logged and shown without its insides. */
const problemOf =
  (request: FastifyRequest) =>
  (error: FastifyError): Problem => {
    if (error instanceof Problem) return error;
    if (error instanceof ViewNotLive) return notLive(error);
    if (error instanceof Unavailable)
      return new Problem(503, 'LOG_UNAVAILABLE', 'The log cannot be reached now. Try again soon.', {
        headers: { 'retry-after': '2' },
      });
    // The second of whoever was reading a file that was set aside meanwhile.
    if (/^SQLITE_/.test(error.code ?? '') || error.message === 'The database connection is not open') {
      request.log.error({ err: error }, 'the views cannot be read');
      return new Problem(
        503,
        'VIEWS_UNREADABLE',
        'The views cannot be read now; the log is not touched by it. Try again soon.',
        { headers: { 'retry-after': '2' } },
      );
    }
    const mapped = known[error.code];
    if (mapped) return new Problem(...mapped);
    if (error.statusCode === 429) return new Problem(429, 'TOO_MANY_REQUESTS', 'Wait and try again.');
    if (error.statusCode && error.statusCode < 500)
      return new Problem(error.statusCode, 'BAD_REQUEST', 'The request is not in the right form.');
    request.log.error({ err: error }, 'unexpected error');
    return new Problem(
      500,
      'INTERNAL_ERROR',
      'Something went wrong on our side. Nothing says it was ' +
        'recorded; try again with the same Idempotency-Key.',
    );
  };

/** An address without what is asked of it. */
export function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** Makes a problem document of everything that can go wrong. Call before routes are added. */
export function installProblems(app: FastifyInstance): void {
  const methodsAt = rememberRoutes(app);
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = problemOf(request)(error);
    // Closed with bytes unread, the connection would be reset, and the answer lost on its way.
    if (problem.status === 413 && (await readAway(request.raw))) reply.removeHeader('connection');
    return sendProblem(request, reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const url = withoutQuery(request.url);
    const allowed = methodsAt(url).filter((method) => method !== request.method);
    if (allowed.length > 0)
      return sendProblem(
        request,
        reply,
        new Problem(405, 'METHOD_NOT_ALLOWED', `Use ${allowed.join(' or ')}.`, {
          headers: { allow: allowed.join(', ') },
        }),
      );
    return sendProblem(request, reply, new Problem(404, 'NOT_FOUND', 'There is nothing at this address.'));
  });
}

/**
 * Remembers every route, so that another method on its address is a 405 and not a 404. Gives the methods of an
 * address.
 */
function rememberRoutes(app: FastifyInstance): (url: string) => string[] {
  const routes: { readonly method: string; readonly address: RegExp }[] = [];
  app.addHook('onRoute', (route) => {
    const address = new RegExp(
      `^${route.url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[a-zA-Z]+/g, '[^/]+')}$`,
    );
    for (const method of [route.method].flat()) if (method !== 'HEAD') routes.push({ method, address });
  });
  return (url) => [...new Set(routes.filter((r) => r.address.test(url)).map((r) => r.method))].sort();
}
