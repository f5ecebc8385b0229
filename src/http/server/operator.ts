/**
 * What the operator alone is told, and may have done: what a node counts, how it is in detail, views built
 * anew, and, for another node, a copy of its view file. On the main address by the operator's secret, and not
 * there at all unless it is configured; on an address of the operator's own without it, but for the copy: it
 * holds what every reader may see together.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { Health } from './health.js';
import { Problem } from './problem.js';

/** As `ViewsCopy` of a node. */
interface Copy {
  readonly log: string;
  readonly position: number;
  readonly size: number;
  readonly sha256: string;
  readonly content: Readable;
}
export interface Operations {
  readonly token: string | undefined;
  readonly metrics: Registry;
  readonly health: () => Health;
  /**
   * Begins to build views anew, all where none is named; gives which. Throws a `RangeError` for one that
   * there is not.
   */
  readonly rebuild: (names: readonly string[]) => readonly string[];
  /** Believes the machine's clock as it now stands; undefined where the clock is not the machine's. */
  readonly acceptClock: (() => void) | undefined;
  /** Gives undefined while there is none to give. */
  readonly copy: (() => Promise<Copy | undefined>) | undefined;
}
declare module 'fastify' {
  interface FastifyInstance {
    /** What the operator's own address shows of this application. */
    operations: Operations;
  }
}

/** They ask for the operator's token, and not for a reader's. */
export const operatorAddresses: ReadonlySet<string> = new Set([
  '/metrics',
  '/health/details',
  '/operator/views',
  '/operator/rebuild',
  '/operator/clock',
]);
/** A receiver that takes nothing for so long is gone. */
const stalledMs = 60_000;

/** That are asked for at once: more than there are. */
const mostViews = 100;
const Rebuild = z.strictObject({ views: z.array(z.string()).max(mostViews).default([]) });

const Clock = z.strictObject({ accept: z.literal(true) });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
type Check = (request: FastifyRequest) => Promise<void>;
function holderOf(token: string): Check {
  const expected = digest(`Bearer ${token}`);
  return async (request) => {
    // Digests are of one length, and compared in a time that tells nothing.
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw new Problem(401, 'OPERATOR_TOKEN_REQUIRED', 'Send the token that this node was started with.', {
        headers: { 'www-authenticate': 'Bearer' },
      });
  };
}

/** `own`: nobody else reaches this address. */
export function installOperator(
  app: FastifyInstance,
  { token, metrics, health, rebuild, acceptClock, copy }: Operations,
  own: boolean,
): void {
  const holder = token === undefined ? undefined : holderOf(token);
  if (holder && copy) installCopy(app, copy, holder);
  if (!holder && !own) return;
  const onRequest = holder && !own ? [holder] : [];
  app.get('/metrics', { onRequest }, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.metrics()),
  );
  app.get('/health/details', { onRequest }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(health()),
  );
  app.post('/operator/clock', { onRequest }, async (request) => {
    if (!acceptClock)
      throw new Problem(
        409,
        'CLOCK_OF_ITS_OWN',
        'This service goes by a clock of its own, as the demo does. There is nothing to accept.',
      );
    if (!Clock.safeParse(request.body).success)
      throw new Problem(400, 'INVALID_REQUEST', 'Send {"accept": true} to say that the clock is right.');
    acceptClock();
    const { clock } = health();
    request.log.warn({ clock }, 'the clock was accepted as right');
    return { clock };
  });
  app.post('/operator/rebuild', { onRequest }, async (request, reply) => {
    const asked = Rebuild.safeParse(request.body);
    if (!asked.success)
      throw new Problem(
        400,
        'INVALID_REQUEST',
        'Send {"views": [...]} with the names of views; none for all of them.',
      );
    try {
      return reply.code(202).send({ views: rebuild(asked.data.views) });
    } catch (error) {
      if (error instanceof RangeError) throw new Problem(400, 'NO_SUCH_VIEW', error.message);
      throw error;
    }
  });
}

function installCopy(app: FastifyInstance, copy: () => Promise<Copy | undefined>, holder: Check): void {
  app.get('/operator/views', { exposeHeadRoute: false, onRequest: holder }, async (request, reply) => {
    const made = await copy();
    if (!made)
      throw new Problem(
        503,
        'NO_COPY_NOW',
        'The views are being built, or another copy is under way. Try again soon.',
        { headers: { 'retry-after': '5' } },
      );
    reply.raw.setTimeout(stalledMs, () => reply.raw.destroy());
    reply.raw.once('close', () => made.content.destroy());
    if (request.raw.destroyed || reply.raw.destroyed) made.content.destroy();
    return reply
      .headers({
        'views-log': made.log,
        'views-position': String(made.position),
        'views-size': String(made.size),
        'views-sha256': made.sha256,
        'cache-control': 'no-store',
      })
      .type('application/octet-stream')
      .send(made.content);
  });
}
