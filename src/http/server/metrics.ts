/** What a node counts, for its operator: without personal data, but it tells what people do. */
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CommandQueue } from '../../commands/queue.js';
import { endOfDay } from '../../domain/shared/calendar.js';
import { ViewNotLive } from '../../projections/engine/engine.js';
import { register } from '../../projections/views/register.js';
import { commandRoutes } from '../commands.js';
import type { Served } from '../query/deps.js';

/** What is counted elsewhere, asked whenever metrics are read. */
export interface Counted {
  readonly liveStreams: () => number;
  readonly exports: () => number;
  readonly queue: Pick<CommandQueue, 'waiting' | 'turnedAway' | 'expectedMs'>;
  /** Parts of answers that could not be made. */
  readonly failedParts: () => number;
  /** Position of the log's newest event, as last heard of. */
  readonly newest: () => number;
  /** What stands on the disk: bytes by file, and the last backup. */
  readonly disk?:
    | (() => {
        readonly files: Readonly<Record<string, number>>;
        readonly lastBackup: { readonly at: string; readonly bytes: number } | undefined;
      })
    | undefined;
}

const secondsOf = (instant: string): number => Date.parse(instant) / 1000;

/**
 * The last day that is closed, by programme; none while the views that name the programmes are being built.
 */
async function lastDays({ engine, executor }: Served): Promise<{ programme: string; date: string }[]> {
  try {
    const ids = engine
      .queries(register)
      .programmes()
      .map((p) => p.id);
    const days = await Promise.all(
      ids.map(async (programme) => ({
        programme,
        date: (await executor.load('days', programme)).state.lastClosed,
      })),
    );
    return days.flatMap(({ programme, date }) => (date ? [{ programme, date }] : []));
  } catch (error) {
    if (error instanceof ViewNotLive) return [];
    throw error;
  }
}

/** Counts from now on. */
export function measure(
  app: FastifyInstance,
  service: Served,
  { liveStreams, exports, queue, failedParts, newest, disk }: Counted,
): Registry {
  const metrics = new Registry();
  const registers = [metrics];
  collectDefaultMetrics({ register: metrics });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('live_streams', 'Open live streams', liveStreams);
  gauge('exports', 'Exports under way', exports);
  gauge('commands_waiting', 'Commands that wait for their turn', () => queue.waiting);
  gauge(
    'commands_expected_wait_seconds',
    'How long the next command would wait for its turn',
    () => queue.expectedMs() / 1000,
  );
  gauge(
    'append_conflicts',
    'Batches decided again because a stream had moved',
    () => service.executor.conflicts,
  );
  gauge(
    'failed_parts',
    'Rows and parts of answers that could not be made, and were shown as failed',
    failedParts,
  );
  gauge(
    'reads_waiting',
    'Reads that are not written to the log of reads yet',
    () => service.reads.status.waiting,
  );
  gauge(
    'reads_missing',
    'Reads that could not be kept, since the process began: the log of reads says from when to when',
    () => service.reads.status.missing,
  );
  gauge(
    'reads_failures',
    'Attempts to write or read the log of reads that failed, since the process began',
    () => service.reads.status.failures,
  );
  gauge('reads_not_written', '1 while the log of reads cannot be written, and reading goes on', () =>
    service.reads.status.state === 'ready' ? 0 : 1,
  );
  gauge('clock_in_doubt', '1 while the machine’s clock may be wrong, and nothing is recorded', () =>
    service.clock.doubt?.() === undefined ? 0 : 1,
  );
  gauge(
    'views_not_live',
    'Views that are being built, or stopped',
    () => service.engine.status().filter((v) => v.state !== 'live').length,
  );
  gauge('views_behind', 'The log’s newest position less the views’: events on the embedded log', () =>
    Math.max(0, newest() - service.position()),
  );
  gauge(
    'views_behind_seconds',
    'For how long there has been something that the views have not ' +
      'seen, or could not hear of; NaN before they were level once',
    () => (service.logStatus().lag ?? NaN) / 1000,
  );
  new Gauge({
    name: 'last_day_closed_seconds',
    help: 'When the last day ended that is closed, by programme; in seconds since 1970, by the log’s clock',
    labelNames: ['programme'],
    registers,
    async collect() {
      for (const { programme, date } of await lastDays(service))
        this.set({ programme }, secondsOf(endOfDay(date)));
    },
  });
  if (disk) {
    new Gauge({
      name: 'file_bytes',
      help: 'Size of the log and of the views, and of their journals',
      labelNames: ['file'],
      registers,
      collect() {
        this.reset();
        for (const [file, bytes] of Object.entries(disk().files)) this.set({ file }, bytes);
      },
    });
    gauge(
      'last_backup_seconds',
      'When the log was last backed up whole, in seconds since 1970; 0 where it never was',
      () => secondsOf(disk().lastBackup?.at ?? '1970-01-01T00:00:00Z'),
    );
    gauge('last_backup_bytes', 'Size of that copy', () => disk().lastBackup?.bytes ?? 0);
  }
  const seconds = new Histogram({
    name: 'http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  let told = queue.turnedAway;
  const refused = new Counter({
    name: 'commands_refused_total',
    help: 'Commands that were not done, by the code of their problem',
    labelNames: ['code'],
    registers,
    // Most of them never come to a route.
    collect() {
      const turnedAway = queue.turnedAway;
      if (turnedAway > told) this.inc({ code: 'OVERLOADED' }, turnedAway - told);
      told = turnedAway;
    },
  });
  const ofCommands = new Set(commandRoutes.map((route) => route.url));
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    if (
      request.method === 'POST' &&
      request.noted?.code &&
      request.noted.code !== 'OVERLOADED' &&
      ofCommands.has(route)
    )
      refused.inc({ code: request.noted.code });
  });
  return metrics;
}
