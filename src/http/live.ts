/** `GET /v1/live` (SSE): every event the reader may see, as it happens; resumes by `Last-Event-ID` (a position token). */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { audienceIn, canSee } from '../domain/access.js';
import { part } from '../domain/parts.js';
import type { PlaceState } from '../domain/place-state.js';
import { jsonLine } from '../domain/text.js';
import { access, type AccessRow } from '../projections/access.js';
import { barrierRegister } from '../projections/barrier-register.js';
import type { Recorded } from '../projections/core.js';
import { decode } from '../projections/engine.js';
import { register } from '../projections/register.js';
import { viewerFor, type HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import { positionToken, readPosition } from './position.js';
import { seesRefusal } from './refusal-sight.js';
import { readParameters } from './problem.js';
import { eyesOf, told } from './told.js';

const maxBuffered = 256 * 1024;
/** A reader that takes nothing for so long is let go; it resumes by Last-Event-ID. */
const patienceMs = 30_000;

/** Waits until what was written is taken; false when the reader has gone or takes nothing. */
async function drained(out: ServerResponse, signal: AbortSignal, ms: number): Promise<boolean> {
  try {
    await once(out, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]) });
    return true;
  } catch {
    return false;
  }
}

/** Open streams, ended before the server closes: a default close would wait for them for ever. */
export interface LiveStreams {
  endAll(): void;
  count(): number;
}

export const LiveParameters = z.strictObject({
  /** `place:{id}`, `theme:{id}` (every place that works on it), `docket:{department}` (what it owes), or `programme` (everything). */
  scope: z
    .string()
    .regex(/^(programme|(place|theme|docket):[a-z0-9][a-z0-9.-]{0,99})$/, 'scope must be place:{id}, theme:{id}, docket:{department} or programme')
    .optional(),
});

/** Is an event within the scope asked for? Sight is another question. */
function scopeOf(deps: HttpDeps, scope: string | undefined): (e: Recorded, row: AccessRow) => boolean {
  const [kind, id = ''] = (scope ?? 'programme').split(':');
  if (kind === 'place') return (_e, row) => row.placeId === id;
  if (kind === 'docket') return (e) => e.actor.agency === id || ownedBy(deps, e, id);
  if (kind === 'theme') {
    let places: ReadonlySet<string> | undefined;
    return (e, row) => {
      if (!places || e.aggregate === 'place') places = placesOfTheme(deps, id);
      return (row.placeId !== undefined && places.has(row.placeId)) || e.data.themeId === id || e.data.policyThemeId === id;
    };
  }
  return () => true;
}
function ownedBy(deps: HttpDeps, e: Recorded, department: string): boolean {
  if (e.aggregate !== 'barrier') return e.data.ownerAgency === department;
  return part(deps.service.engine.queries(barrierRegister).one(e.recordId)?.state.owners, department) !== undefined;
}
/** Places with a theme of this id, or one that belongs to the policy theme of this id. */
function placesOfTheme(deps: HttpDeps, id: string): ReadonlySet<string> {
  const places = deps.service.engine.queries(register).all<PlaceState>('place');
  const works = ({ themes }: PlaceState): boolean => Object.entries(themes).some(([themeId, t]) => t.status !== 'dropped' && (themeId === id || t.policyThemeIds.includes(id)));
  return new Set(places.filter((p) => works(p.state)).map((p) => p.id));
}

export function installLive(app: FastifyInstance, deps: HttpDeps, addressOf: Addresses, heartbeatMs = 15_000): LiveStreams {
  const { service } = deps;
  const open = new Set<AbortController>();
  app.get('/v1/live', async (request, reply) => {
    const principal = await deps.principal(request);
    const { scope } = readParameters(LiveParameters, request.query);
    const inScope = scopeOf(deps, scope);
    const last = request.headers['last-event-id'];
    const from = last ? readPosition(service.log.identity, String(last)) : service.position();
    const abort = new AbortController();
    open.add(abort);
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    out.write('retry: 2000\n\n');
    const heartbeat = setInterval(() => out.write(': still here\n\n'), heartbeatMs);
    out.on('close', () => abort.abort());
    // A stream lasts no longer than the right to it: its reader comes again with a new token.
    const expiry = principal.expiresAt === undefined ? undefined : setTimeout(() => abort.abort(), Math.min(Math.max(0, principal.expiresAt - Date.now()), 2 ** 31 - 1));
    expiry?.unref();
    try {
      await service.follow(
        from,
        async (batch) => {
          const viewer = viewerFor(deps, principal);
          const rows = service.engine.queries(access);
          const eyes = eyesOf(deps, viewer, addressOf);
          for (const logged of batch) {
            const e = decode(logged);
            const record = rows.record(e.aggregate, e.recordId);
            const refused = e.aggregate === 'refusal';
            // A day's refusals of an account stand in one stream, each of its own place and programme.
            const row = record && refused ? { ...record, placeId: e.data.placeId, programmeId: e.data.programmeId } : record;
            if (!row || !(refused ? seesRefusal(service.engine, viewer, e.data) : canSee(viewer, row, e)) || !inScope(e as Recorded, row)) continue;
            const data = {
              position: positionToken(service.log.identity, e.position),
              placeId: row.placeId ?? null,
              ...told(eyes, e as Recorded, audienceIn(viewer, row)),
            };
            out.write(`id: ${data.position}\nevent: ${e.type}\ndata: ${jsonLine(data)}\n\n`);
            if (out.writableLength > maxBuffered && !(await drained(out, abort.signal, patienceMs))) return abort.abort();
            if (abort.signal.aborted) return;
          }
          // Whoever reads from long ago does not keep the others waiting.
          await setImmediate();
        },
        abort.signal,
      );
    } catch (error) {
      request.log.error({ err: error }, 'live stream failed');
    } finally {
      clearInterval(heartbeat);
      clearTimeout(expiry);
      open.delete(abort);
      out.end();
    }
  });
  return { endAll: () => open.forEach((a) => a.abort()), count: () => open.size };
}
