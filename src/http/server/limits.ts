/** What whoever asks too often, or is refused too often, is told; and who asks, where a proxy says it. */
import type { FastifyInstance } from 'fastify';
import type { TooManyRefusals } from '../../commands/executor.js';
import type { Overloaded } from '../../commands/queue.js';
import { Problem } from './problem.js';
import type { ProblemCode } from './problem-codes.js';

function waiting(status: 429 | 503, code: ProblemCode, before: string, ttl: number): Problem {
  const seconds = Math.max(1, Math.ceil(ttl / 1000));
  return new Problem(
    status,
    code,
    `${before}Wait ${seconds} second${seconds === 1 ? '' : 's'} and try again.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}
export const tooMany = (ttl: number): Problem => waiting(429, 'TOO_MANY_REQUESTS', '', ttl);
export const tooManyRefusals = ({ retryAfterMs }: TooManyRefusals): Problem =>
  waiting(
    429,
    'TOO_MANY_REFUSALS',
    'Too many of your commands were refused within a minute. This one was not decided. ',
    retryAfterMs,
  );
export const overloaded = ({ retryAfterMs }: Overloaded): Problem =>
  waiting(
    503,
    'OVERLOADED',
    'More commands wait than can be answered soon. Nothing ' +
      'of this one was done; its Idempotency-Key stays good. ',
    retryAfterMs,
  );

/**
 * `192.0.2.1:40001` or `[2001:db8::1]:40001`, as some gateways forward a client's address; the brackets alone
 * too.
 */
const withPort = /^(?:\[([0-9a-f:.%]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/i;

/**
 * A forwarded address counts without its port: with it each connection would be a client of its own, and a
 * proxy that is trusted by its address not be recognised. Before any hook that asks for `request.ip`.
 */
export function forgetPorts(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined) return;
    headers['x-forwarded-for'] = String(forwarded)
      .split(',')
      .map((address) => address.trim().replace(withPort, '$1$2'))
      .join(', ');
  });
}
