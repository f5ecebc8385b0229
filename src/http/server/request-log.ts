/**
 * One line of the log for each request: what was asked, by whom in which role, and what came of it. Never a
 * body, nor a token, nor what may be one in its address.
 */
import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import { shownAddress } from './shown-address.js';

/** What is learnt of a request on its way. */
export interface Noted {
  readonly account?: string;
  /** In which a command was given. */
  readonly role?: string;
  /** A command by its name and its record. */
  readonly command?: string;
  readonly record?: string;
  /** Of the problem it was answered with. */
  readonly code?: string;
}
declare module 'fastify' {
  interface FastifyRequest {
    noted?: Noted;
  }
}

/** Adds what was learnt. */
export function note(request: FastifyRequest, learnt: Noted): void {
  request.noted = { ...request.noted, ...learnt };
}

/** The address as it may be told. */
function urlOf(request: FastifyRequest): string {
  const { path, query } = shownAddress(request);
  return `${path}${query}`;
}
/** Asked every few seconds by machines: of interest to who looks for a fault alone. */
const isWatching = (url: string): boolean => /^\/(health\/|metrics$)/.test(url);
const levelOf = ({ url }: FastifyRequest, { statusCode }: FastifyReply): 'debug' | 'info' | 'warn' => {
  if (isWatching(url)) return 'debug';
  return statusCode >= 500 ? 'warn' : 'info';
};

/** `correlation` is the id of the request, as its events and its problem have it. */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'correlation' });
  }

  override incomingRequest(request: FastifyRequest): void {
    request.log.debug({ method: request.method, url: urlOf(request) }, 'asked');
  }

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const { method, ip, noted } = request;
    const line = {
      method,
      url: urlOf(request),
      ip,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...noted,
    };
    if (error) reply.log.error({ ...line, err: error }, 'answer failed');
    else reply.log[levelOf(request, reply)](line, 'answered');
  }
}
