/**
 * Probes. Live: the process, never the log. Ready: every view answers, the log is there and this node is known not to be far
 * behind it; while the log is away a node that may give old answers stays ready for reading, and says so.
 */
import type { FastifyInstance } from 'fastify';
import type { Service } from './deps.js';

/** A node this many milliseconds behind its log is not ready. */
const mostLagMs = 10_000;

export function installHealth(app: FastifyInstance, service: Service, staleReads: boolean): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const views = service.engine.status();
    const log = service.logStatus();
    const live = views.every((v) => v.state === 'live');
    const level = log.lag !== undefined && log.lag <= mostLagMs;
    const status = live && level && log.state === 'ready' ? 'ready' : live && staleReads && log.state === 'away' ? 'reads-only' : 'not-ready';
    return reply.code(status === 'not-ready' ? 503 : 200).send({ status, clock: service.clock.now(), log, views });
  });
}
