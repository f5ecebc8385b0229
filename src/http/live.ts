/**
 * `GET /v1/live` (SSE): every event the reader may see, as it happens; resumes by `Last-Event-ID` (a position
 * token).
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { idForm } from '../domain/shared/patterns.js';
import { grantName, type Grant, type Viewer } from '../domain/shared/access.js';
import type { PlaceState } from '../domain/place/state.js';
import { jsonLine } from '../domain/kernel/text.js';
import type { AccessRow } from '../projections/views/access.js';
import { textOf } from '../domain/registry.js';
import type { Recorded } from '../projections/engine/view.js';
import { register } from '../projections/views/register.js';
import { keptWhile, viewerFor, type HttpDeps, type Principal } from './query/deps.js';
import type { Addresses } from './query/links.js';
import type { LongAnswer, LongAnswers } from './server/long-answer.js';
import { OpenEvents } from './query/open-events.js';
import { positionToken, readPosition } from './query/position.js';
import { readParameters } from './server/input-errors.js';
import { waitForPosition } from './query/await-consistency.js';
import { NameResolver } from './query/name-resolver.js';
import { presentEvent } from './query/present-event.js';
import { isOfDocket } from './questions/department-items.js';

export const LiveParameters = z.strictObject({
  scope: z
    .string()
    .regex(
      new RegExp(`^(programme|(place|theme|docket):${idForm})$`),
      'scope must be place:{id}, theme:{id}, docket:{department} or programme',
    )
    .optional()
    .meta({
      description:
        '`place:{id}`, `theme:{id}` (every place that works on it), `docket:{department}` (what it ' +
        'owes), or `programme` (everything)',
    }),
});

/** What of the log a scope asks for: records, and among their events those. Sight is another question. */
interface Scope {
  record(row: AccessRow): boolean;
  event(e: Recorded, row: AccessRow, viewer: Viewer): boolean;
}
const all: Scope = { record: () => true, event: () => true };
function scopeOf({ engine }: HttpDeps['service'], scope = 'programme'): Scope {
  const [kind, id = ''] = scope.split(':');
  switch (kind) {
    case 'place':
      return { ...all, record: (row) => row.placeId === id };
    case 'docket':
      return {
        ...all,
        event: (e, row, viewer) => e.actor.agency === id || isOfDocket(engine, viewer, e, row, id),
      };
    case 'theme':
      return {
        ...all,
        event: (event, row) =>
          (row.placeId !== undefined && placesOfTheme(engine, id).has(row.placeId)) ||
          textOf(event, 'themeId') === id ||
          textOf(event, 'policyThemeId') === id,
      };
    default:
      return all;
  }
}
/** Places with a theme of this id, or one that belongs to the policy theme of this id. */
const placesOfTheme = keptWhile((engine, id): ReadonlySet<string> => {
  const places = engine.queries(register).all('place');
  const works = ({ themes }: PlaceState): boolean =>
    Object.entries(themes).some(
      ([themeId, t]) => t.status !== 'dropped' && (themeId === id || t.policyThemeIds.includes(id)),
    );
  return new Set(places.filter((p) => works(p.state)).map((p) => p.id));
});

/** Events whose names a reader's stream remembers: a memory bound, nothing else. */
const mostNamed = 1000;
/**
 * Gives the SSE text of an event for one reader; undefined where they may not see it or did not ask for it.
 */
function teller(deps: HttpDeps, principal: Principal, scope: Scope, open: OpenEvents, addressOf: Addresses) {
  const { engine, log } = deps.service;
  const viewer = viewerFor(deps, principal);
  // What an id is called is remembered until a view changes, and for so many events.
  let [names, epoch, events] = [new NameResolver(deps, viewer, addressOf), engine.epoch, 0];
  return (logged: Parameters<OpenEvents['of']>[1]): string | undefined => {
    const seen = open.of(viewer, logged, scope.record);
    if (!seen || !scope.event(seen.e, seen.row, viewer)) return undefined;
    const { e, row } = seen;
    if (epoch !== engine.epoch || ++events > mostNamed)
      [names, epoch, events] = [new NameResolver(deps, viewer, addressOf), engine.epoch, 0];
    const data = {
      position: positionToken(log.identity, e.position),
      placeId: row.placeId ?? null,
      ...presentEvent(names, e, row),
    };
    return `id: ${data.position}\nevent: ${e.type}\ndata: ${jsonLine(data)}\n\n`;
  };
}

/** By an event of an account or of its sessions, or because a day is over that was a grant's last. */
const mayChangeGrants = ({ stream }: { readonly stream: string }): boolean =>
  /^(account|session|days)-/.test(stream);

/** After so long a reader that was cut off comes again: soon, and not all at the same moment as the cut. */
const retryMs = 2000;
/** Gateways commonly cut what says nothing for thirty seconds, or sixty. */
const usualHeartbeatMs = 15_000;
export function installLive(
  app: FastifyInstance,
  deps: HttpDeps,
  answers: LongAnswers,
  addressOf: Addresses,
  heartbeatMs = usualHeartbeatMs,
): void {
  const { service } = deps;
  const open = new OpenEvents(service.engine);
  const config = { parameters: Object.keys(LiveParameters.shape) };
  app.get('/v1/live', { config }, async (request, reply) => {
    const principal = await deps.principal(request);
    const { scope } = readParameters(LiveParameters, request.query);
    const last = request.headers['last-event-id'];
    const from = last ? readPosition(service.log.identity, String(last)) : service.position();
    if (from > service.position()) await waitForPosition(service, from);
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    };
    await answers.send(
      request,
      reply,
      { account: principal.account, kind: 'streams', headers, until: principal.expiresAt },
      async (answer) => {
        const tell = teller(deps, principal, scopeOf(service, scope), open, addressOf);
        answer.write(`retry: ${retryMs}\n\n`);
        await answer.rest();
        const heartbeat = setInterval(() => answer.aside(': still here\n\n'), heartbeatMs);
        try {
          await follow(answer, tell);
        } finally {
          clearInterval(heartbeat);
        }
      },
    );

    /** What is read of a stream is what its reader might read when it began. */
    function holdStill(): boolean {
      const names = (grants: readonly Grant[]): string => grants.map(grantName).sort().join(' ');
      return names(deps.grantsNow(principal)) === names(principal.grants);
    }
    async function follow(answer: LongAnswer, tell: ReturnType<typeof teller>): Promise<void> {
      // What lies behind is read a page at a time, each in a slice of its own.
      if (from < service.position()) await answer.turn();
      await service.follow(
        from,
        async (batch) => {
          // Whoever may do less or more than when it began comes again, and is told what they may read now.
          if (batch.some(mayChangeGrants) && !holdStill()) return answer.end();
          for (const logged of batch) {
            if (answer.over) await answer.turn();
            if (answer.signal.aborted) return;
            const text = tell(logged);
            if (text) answer.write(text);
          }
          const last = batch.at(-1);
          if (last && last.position < service.position()) await answer.turn();
          else await answer.rest();
        },
        answer.signal,
      );
    }
  });
}
