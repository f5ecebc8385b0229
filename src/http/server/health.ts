/**
 * Probes. Live: the process, never the log. Ready: every view answers, the log is there and this node is
 * known not to be far behind it; while the log is away a node that may give old answers stays ready for
 * reading, and says so. Whoever asks is told that alone; the operator is told what it follows from.
 */
import type { FastifyInstance } from 'fastify';
import type { Clock, LogStatus } from '../../commands/executor.js';
import type { Engine } from '../../projections/engine/engine.js';
import type { ReadsStatus } from '../../reads/reads-log.js';
import type { Served } from '../query/deps.js';

/** A node this many milliseconds behind its log is not ready. */
const mostLagMs = 10_000;

export interface Health {
  readonly status: 'ready' | 'reads-only' | 'not-ready';
  readonly clock: ReturnType<Clock['now']>;
  /** Why the clock may be wrong, and what to do; commands are answered 503 meanwhile. */
  readonly clockDoubt?: string;
  /** Up to where the views stand. */
  readonly position: number;
  readonly log: LogStatus;
  readonly views: ReturnType<Engine['status']>;
  /** Who reads what is logged, or why it is not; reading goes on. */
  readonly reads: ReadsStatus;
  /** The last day whose bank holidays are known: beyond it working days are counted by weekends alone. */
  readonly holidaysKnownTo: string | null;
}
export function healthOf(service: Served, staleReads: boolean): Health {
  const views = service.engine.status();
  const log = service.logStatus();
  const live = views.every((v) => v.state === 'live');
  const level = log.lag !== undefined && log.lag <= mostLagMs;
  const doubt = service.clock.doubt?.();
  const upToDate = level && log.state === 'ready';
  let status: Health['status'] = 'not-ready';
  if (live && upToDate && doubt === undefined) status = 'ready';
  else if (live && staleReads && (upToDate || log.state === 'away' || log.state === 'not-writable'))
    status = 'reads-only';
  return {
    status,
    clock: service.clock.now(),
    ...(doubt === undefined ? {} : { clockDoubt: doubt }),
    position: service.position(),
    log,
    views,
    reads: service.reads.status,
    holidaysKnownTo: service.ref.workingDays.holidaysKnown?.to ?? null,
  };
}

export const probes: ReadonlySet<string> = new Set(['/health/live', '/health/ready']);
export function installProbes(app: FastifyInstance, health: () => Health): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const { status } = health();
    return reply.code(status === 'not-ready' ? 503 : 200).send({ status });
  });
}
