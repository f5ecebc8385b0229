/**
 * What every read waits for: a log that is there, and this node's views having seen what the reader has seen
 * elsewhere.
 */
import type { FastifyRequest } from 'fastify';
import type { HttpDeps } from './deps.js';
import { readPosition } from './position.js';
import { Problem } from '../server/problem.js';

/**
 * Throws the 503 while the log is away (unless old reads are allowed) and while this node is behind
 * `Read-After`.
 */
export async function awaitConsistency(
  { service, staleReads }: HttpDeps,
  request: FastifyRequest,
): Promise<void> {
  const { state } = service.logStatus();
  if (state === 'refused')
    throw new Problem(
      503,
      'LOG_REFUSED',
      'This node is connected to another log than it was. Its operator must look.',
      { headers: { 'retry-after': '30' } },
    );
  if (state !== 'ready' && state !== 'not-writable' && !staleReads)
    throw new Problem(
      503,
      'LOG_UNAVAILABLE',
      'The log cannot be reached now, and old answers are not given. Try again soon.',
      { headers: { 'retry-after': '2' } },
    );
  const wanted = request.headers['read-after'];
  if (wanted !== undefined)
    await waitForPosition(service, readPosition(service.log.identity, String(wanted)));
}

/**
 * Waits a while until this node has seen a position; one that the log itself has not reached was never given,
 * and waiting for it would not end.
 */
export async function waitForPosition(service: HttpDeps['service'], position: number): Promise<void> {
  if (await service.waitForPosition(position)) return;
  if (position > (await service.log.head()))
    throw new Problem(
      400,
      'POSITION_BEYOND_LOG',
      'The log ends before this position, so it was not given ' +
        'by this service. Send one that was, or read without it.',
    );
  throw new Problem(503, 'READ_MODEL_BEHIND', 'This node has not seen that position yet. Try again soon.', {
    headers: { 'retry-after': '1' },
  });
}
