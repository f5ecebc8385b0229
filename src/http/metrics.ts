/** What a node counts, for its operator: without personal data, but it tells what people do. */
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Service } from './deps.js';

/** Counts from now on. */
export function measure(app: FastifyInstance, service: Service, liveStreams: () => number): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const seconds = new Histogram({ name: 'http_request_seconds', help: 'Time to answer, by route and status', labelNames: ['method', 'route', 'status'], registers: [metrics] });
  new Gauge({
    name: 'live_streams',
    help: 'Open live streams',
    registers: [metrics],
    collect() {
      this.set(liveStreams());
    },
  });
  new Gauge({
    name: 'append_conflicts',
    help: 'Batches decided again because a stream had moved',
    registers: [metrics],
    collect() {
      this.set(service.executor.conflicts);
    },
  });
  app.addHook('onResponse', async (request, reply) => {
    seconds.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });
  return metrics;
}
