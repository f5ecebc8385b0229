/** Problem documents (RFC 9457): every error of the API, the framework's own included, in one form. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Unavailable } from '../../commands/executor.js';
import { ViewNotLive } from '../../projections/engine/engine.js';
import { ReadsUnreadable } from '../../reads/reads-log.js';
import { readAway } from '../query/read-away.js';
import type { ProblemCode } from './problem-codes.js';
import { note } from './request-log.js';
import { withoutQuery } from './shown-address.js';

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

/** The document itself. */
export function problemDocument(
  { status, code, detail, options: { errors, extra = {} } }: Problem,
  correlationId: string,
) {
  return {
    type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: titles[status] ?? 'Error',
    status,
    code,
    detail,
    correlationId,
    ...(errors ? { errors: [...errors] } : {}),
    ...extra,
  };
}
/** As it is sent. */
export const problemText = (problem: Problem, correlationId: string): string =>
  JSON.stringify(problemDocument(problem, correlationId));

/** A problem as a page, at the addresses that are a browser's. */
export interface ProblemPage {
  isAt(request: FastifyRequest): boolean;
  send(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply;
}
declare module 'fastify' {
  interface FastifyInstance {
    /** How a problem is told to whoever asks for a page; null where there are none. */
    problemPage: ProblemPage | null;
  }
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  note(request, { code: problem.code });
  // A tag that was set before the answer failed is not the failure's.
  reply.removeHeader('etag');
  const { problemPage } = request.server;
  if (problemPage?.isAt(request)) return problemPage.send(request, reply, problem);
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

const frameworkErrors: Record<string, [number, ProblemCode, string]> = {
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
    ...(frameworkErrors[error.code] ??
      ([400, 'BAD_REQUEST', 'The request is not in the right form.'] as const)),
  );
  const isTold = request.server.problemPage?.isAt(request)
    ? told
    : await principal(request).then(() => told, problemOf(request));
  sendProblem(request, reply, isTold);
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
export const problemOf =
  (request: FastifyRequest) =>
  (error: FastifyError): Problem => {
    if (error instanceof Problem) return error;
    if (error instanceof ViewNotLive) return notLive(error);
    if (error instanceof Unavailable)
      return new Problem(503, 'LOG_UNAVAILABLE', 'The log cannot be reached now. Try again soon.', {
        headers: { 'retry-after': '2' },
      });
    if (error instanceof ReadsUnreadable) {
      request.log.error({ err: error.cause }, 'the log of reads cannot be read');
      return new Problem(
        503,
        'READS_UNREADABLE',
        'Who read what cannot be looked up on this node now; nothing is lost by asking. Try again soon.',
        { headers: { 'retry-after': '5' } },
      );
    }
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
    const mapped = frameworkErrors[error.code];
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

/** Makes a problem document of everything that can go wrong. Call before routes are added. */
export function installProblems(app: FastifyInstance): void {
  app.decorate('problemPage', null);
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
 * Remembers every route, so that another method on its address is a 405 and not a 404. Gives the methods of
 * an address.
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
