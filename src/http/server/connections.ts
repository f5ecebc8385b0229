/**
 * What a server does below its routes: how long a connection may be silent, what is told to a sender whose
 * request never becomes one, and how connections end when the server does. Installed before everything else.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionError, FastifyHttpOptions, FastifyInstance } from 'fastify';
import { Problem, problemText } from './problem.js';

/**
 * Longer than load balancers and reverse proxies keep a connection (60 s by default): who closes first must
 * not be the one who is asked.
 */
const keepAliveMs = 75_000;
const headMs = 10_000;
/** After so long a closing server destroys what has not ended by itself. */
const closeWithinMs = 3_000;
/** So long a sender that was refused has to read why, before the connection is cut. */
const lingerMs = 1_000;

/**
 * Connections that wait to be accepted, one in each turn of the event loop. Of more the system drops the
 * beginning, and they come again after seconds.
 */
export const backlog = 2048;

export interface ConnectionOptions {
  /** Milliseconds that a connection may be idle between two requests; 75,000 where it is not given. */
  readonly keepAliveMs?: number;
  /**
   * Milliseconds within which the head of a request must arrive, the first from the connection on; 10,000
   * where it is not given.
   */
  readonly headMs?: number;
  /**
   * Milliseconds after which a closing server destroys connections that have not ended; 3,000 where it is not
   * given.
   */
  readonly closeWithinMs?: number;
}

/** Milliseconds in which a request must have come whole: a slower one holds its connection for nothing. */
const requestMs = 30_000;
/** So often is looked whether one is over its time. */
const lookMs = 1_000;
/** The options of a server that `installConnections` is called on. */
export const connectionOptions = ({
  keepAliveMs: keepAliveTimeout = keepAliveMs,
  headMs: headersTimeout = headMs,
}: ConnectionOptions = {}) =>
  ({
    requestTimeout: Math.max(requestMs, headersTimeout),
    keepAliveTimeout,
    // Without `Host` Node would answer an empty 400 of its own.
    http: { headersTimeout, connectionsCheckingInterval: lookMs, requireHostHeader: false },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler(this: FastifyInstance, error, socket) {
      const problem = parserProblem(error);
      const correlation = randomUUID();
      this.log.debug(
        { correlation, code: problem?.code ?? error.code, status: problem?.status },
        'refused by the parser',
      );
      if (problem) answerRaw(socket, problem, correlation);
      else socket.destroy();
    },
  }) satisfies FastifyHttpOptions<Server>;

/** What the parser refused, or undefined where the connection itself failed and nobody hears an answer. */
function parserProblem({ code, rawPacket }: ConnectionError): Problem | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem(
      408,
      'REQUEST_TIMEOUT',
      'The request did not arrive in time. Send it again, whole and at once.',
    );
  if (code === 'HPE_HEADER_OVERFLOW')
    return endsInAddress(rawPacket as unknown as Buffer | undefined)
      ? new Problem(414, 'ADDRESS_TOO_LONG', 'The address is too long. Ask for less at a time.')
      : new Problem(431, 'HEADERS_TOO_LONG', 'The headers are too long. Send shorter ones, 16 KiB in all.');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new Problem(413, 'BODY_TOO_LARGE', 'Send the body without chunk extensions.');
  if (code.startsWith('HPE_')) return new Problem(400, 'BAD_REQUEST', 'This is not a request of HTTP/1.1.');
  return undefined;
}

/** What Node takes of a request's head, in bytes. */
const headBytes = 16_384;
/** An address of half of that is what made it too long. */
const longAddress = new RegExp(String.raw`^[A-Z]+ \S{${headBytes / 2}}`);
/** Is what overflowed still the first line? Of one that came in several packets that is not known. */
const endsInAddress = (packet: Buffer | undefined): boolean =>
  packet !== undefined && longAddress.test(packet.toString('latin1', 0, headBytes));

/** Writes a problem where there is no reply to write it to, and ends the connection. */
function answerRaw(socket: Duplex, problem: Problem, correlation = randomUUID() as string): void {
  // As Node's own answer does: into one that has begun, nothing can be written any more.
  const begun = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent;
  if (!socket.writable || begun) return void (begun && socket.destroy());
  const body = problemText(problem, correlation);
  const head = { ...headersOf(problem, body), date: new Date().toUTCString(), connection: 'close' };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  // Destroyed with bytes unread, the connection would be reset, and the answer lost on its way.
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

const headersOf = ({ options }: Problem, body: string): Record<string, string> => ({
  ...options.headers,
  'content-type': 'application/problem+json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
  'x-content-type-options': 'nosniff',
});

/** Node answers these before there is a request for a route. */
function answerForNode({ server }: FastifyInstance): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const problem = new Problem(
      417,
      'EXPECTATION_FAILED',
      'Expect is read for 100-continue alone. Leave it out.',
    );
    const body = problemText(problem, randomUUID());
    response.writeHead(problem.status, { ...headersOf(problem, body), connection: 'close' }).end(body);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
    answerRaw(
      socket,
      new Problem(405, 'METHOD_NOT_ALLOWED', 'Use GET or POST.', { headers: { allow: 'GET, POST' } }),
    ),
  );
}

/**
 * Answers below the framework what `refuses` gives a problem for, with an empty ear for the rest of the
 * request: where far more is asked than can be done, what a refusal costs is taken from those who are served.
 */
export function refuseEarly(
  { server, log }: FastifyInstance,
  refuses: (request: IncomingMessage) => Problem | undefined,
): void {
  const handlers = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const problem = refuses(request);
    if (!problem) return handlers.forEach((handle) => handle.call(server, request, response));
    const correlation = randomUUID();
    const body = problemText(problem, correlation);
    response.writeHead(problem.status, headersOf(problem, body)).end(body);
    log.warn(
      {
        correlation,
        method: request.method,
        url: request.url,
        ip: request.socket.remoteAddress,
        status: problem.status,
        code: problem.code,
      },
      'answered',
    );
  });
}

/**
 * From the beginning of `close()` on requests are refused and connections end; in `closeWithinMs` the rest of
 * them is destroyed.
 */
export function installConnections(
  app: FastifyInstance,
  { closeWithinMs: ms = closeWithinMs }: ConnectionOptions = {},
): void {
  let closing = false;
  let patience: NodeJS.Timeout | undefined;
  answerForNode(app);
  app.addHook('onRequest', async ({ raw }) => {
    if (closing)
      throw new Problem(
        503,
        'CLOSING',
        'This node is stopping. Send it again: another one answers, or this one when it is back.',
        { headers: { 'retry-after': '2' } },
      );
    if (raw.headers.host === undefined && raw.httpVersion === '1.1')
      throw new Problem(400, 'HOST_REQUIRED', 'Send a Host header.');
  });
  app.addHook('onSend', async (_request, reply) => {
    // Nobody shall keep a connection that is about to be cut.
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    closing = true;
    patience = setTimeout(() => app.server.closeAllConnections(), ms);
  });
  app.addHook('onClose', async () => clearTimeout(patience));
}
