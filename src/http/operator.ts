/**
 * What one node gives another, by the operator's secret: a copy of its view file. The file holds what every reader may see
 * together, so the address is not there at all unless the secret is configured.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Readable } from 'node:stream';
import { Problem } from './problem.js';

/** As `ViewsCopy` of a node. */
interface Copy {
  readonly log: string;
  readonly position: number;
  readonly size: number;
  readonly sha256: string;
  readonly content: Readable;
}
/** A receiver that takes nothing for so long is gone. */
const stalledMs = 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `copy` gives undefined while there is none to give. */
export function installOperator(app: FastifyInstance, token: string, copy: () => Promise<Copy | undefined>): void {
  const expected = digest(`Bearer ${token}`);
  app.get('/operator/views', { exposeHeadRoute: false }, async (request, reply) => {
    // Digests are of one length, and compared in a time that tells nothing.
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw new Problem(401, 'OPERATOR_TOKEN_REQUIRED', 'Send the token that this node was started with.', { headers: { 'www-authenticate': 'Bearer' } });
    const made = await copy();
    if (!made) throw new Problem(503, 'NO_COPY_NOW', 'The views are being built, or another copy is under way. Try again soon.', { headers: { 'retry-after': '5' } });
    reply.raw.setTimeout(stalledMs, () => reply.raw.destroy());
    reply.raw.once('close', () => made.content.destroy());
    if (request.raw.destroyed || reply.raw.destroyed) made.content.destroy();
    return reply
      .headers({ 'views-log': made.log, 'views-position': String(made.position), 'views-size': String(made.size), 'views-sha256': made.sha256, 'cache-control': 'no-store' })
      .type('application/octet-stream')
      .send(made.content);
  });
}
