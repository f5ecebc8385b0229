/** `GET /v1/live` (SSE): every event the reader may see, as it happens; resumes by `Last-Event-ID` (a position token). */
import type { FastifyInstance } from 'fastify';
import { canSee } from '../domain/access.js';
import { aggregateNamed } from '../domain/index.js';
import { decode } from '../projections/engine.js';
import { access } from '../projections/access.js';
import { viewerFor, type HttpDeps } from './deps.js';
import { positionToken, readPosition } from './position.js';
import { Problem } from './problem.js';

const maxBuffered = 256 * 1024;

/** Open streams, ended before the server closes: a default close would wait for them for ever. */
export interface LiveStreams {
  endAll(): void;
  count(): number;
}

export function installLive(app: FastifyInstance, deps: HttpDeps, heartbeatMs = 15_000): LiveStreams {
  const { service } = deps;
  const open = new Set<AbortController>();
  app.get('/v1/live', async (request, reply) => {
    const principal = await deps.principal(request);
    const { scope, ...unknown } = request.query as Record<string, string | undefined>;
    if (Object.keys(unknown).length > 0) throw new Problem(400, 'UNKNOWN_PARAMETER', `There is no parameter ${Object.keys(unknown)[0]}. Use scope.`);
    const place = scope === undefined || scope === 'programme' ? undefined : /^place:([a-z0-9-]+)$/.exec(scope)?.[1];
    if (scope !== undefined && scope !== 'programme' && !place) throw new Problem(400, 'INVALID_PARAMETER', 'scope must be place:{id} or programme.');
    const last = request.headers['last-event-id'];
    const from = last ? readPosition(service.log.identity, String(last)) : await service.log.head();
    const abort = new AbortController();
    open.add(abort);
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    out.write('retry: 2000\n\n');
    const heartbeat = setInterval(() => out.write(': still here\n\n'), heartbeatMs);
    out.on('close', () => abort.abort());
    try {
      await service.log.follow(
        from,
        (batch) => {
          const viewer = viewerFor(deps, principal);
          const rows = service.engine.queries(access);
          for (const logged of batch) {
            const e = decode(logged);
            const row = rows.record(e.aggregate, e.recordId);
            if (!row || !canSee(viewer, row, e) || (place && row.placeId !== place)) continue;
            const data = {
              position: positionToken(service.log.identity, e.position),
              type: e.type,
              record: { aggregate: e.aggregate, id: e.recordId, version: e.version },
              placeId: row.placeId ?? null,
              recordedAt: e.recordedAt,
              actor: e.actor,
              says: aggregateNamed(e.aggregate).events[e.type]!.says(e.data, e),
              illustrative: e.basis?.kind === 'illustrative',
            };
            out.write(`id: ${data.position}\nevent: ${e.type}\ndata: ${JSON.stringify(data)}\n\n`);
          }
          // A reader that does not read is let go; it resumes by Last-Event-ID.
          if (out.writableLength > maxBuffered) abort.abort();
        },
        abort.signal,
      );
    } catch (error) {
      request.log.error({ err: error }, 'live stream failed');
    } finally {
      clearInterval(heartbeat);
      open.delete(abort);
      out.end();
    }
  });
  return { endAll: () => open.forEach((a) => a.abort()), count: () => open.size };
}
