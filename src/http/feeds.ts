/** The timeline and the calendar feed: what happened, in plain words, and what is to come. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { canSee } from '../domain/access.js';
import { aggregateNamed } from '../domain/index.js';
import { AccountId, DateOn, Id } from '../domain/values.js';
import type { ProgrammeState } from '../domain/programme.js';
import { access } from '../projections/access.js';
import { register } from '../projections/register.js';
import { timeline } from '../projections/timeline.js';
import { csvReply } from './csv.js';
import { viewerFor, type HttpDeps } from './deps.js';
import { icalendar, type CalendarEntry } from './ical.js';
import { positionToken, readPosition } from './position.js';
import { Problem, zodErrors } from './problem.js';

export const TimelineParameters = z.strictObject({
  place: Id.optional(),
  actor: AccountId.optional(),
  kind: z.string().max(60).optional(),
  record: z.string().max(160).optional(),
  from: DateOn.optional(),
  to: DateOn.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().max(40).optional(),
  format: z.enum(['json', 'csv']).optional(),
});

export function installFeeds(app: FastifyInstance, deps: HttpDeps): void {
  const { service } = deps;
  app.get('/v1/timeline', async (request, reply) => {
    const viewer = viewerFor(deps, await deps.principal(request));
    const parsed = TimelineParameters.safeParse(request.query);
    if (!parsed.success) throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', { errors: zodErrors(parsed.error.issues) });
    const { place, actor, kind, record, from, to, limit, before, format } = parsed.data;
    const { identity } = service.log;
    const rows = service.engine.queries(timeline);
    const records = service.engine.queries(access);
    const items: Record<string, unknown>[] = [];
    let position = before ? readPosition(identity, before) : Number.MAX_SAFE_INTEGER;
    let more = true;
    while (items.length < limit && more) {
      const page = rows.page({ placeId: place, account: actor, type: kind, record, from, to }, position, 500);
      more = page.length === 500;
      for (const e of page) {
        position = e.position;
        const row = records.record(e.aggregate, e.recordId);
        if (!row || !canSee(viewer, row, { version: e.version, private: e.private === 1 })) continue;
        items.push({
          position: positionToken(identity, e.position),
          recordedAt: e.recordedAt,
          effectiveOn: e.effectiveOn,
          type: e.type,
          record: { aggregate: e.aggregate, id: e.recordId, version: e.version },
          link: aggregateNamed(e.aggregate).machinery ? null : `/v1/${aggregateNamed(e.aggregate).collection}/${e.recordId}`,
          placeId: e.placeId,
          actor: { account: e.account, role: e.role, agencyId: e.agencyId, onBehalfOf: e.onBehalfOf },
          text: e.text,
          before: e.before,
          after: e.after,
          reason: e.reason,
          basis: e.basis,
          source: e.source,
          commandId: e.commandId,
        });
        if (items.length === limit) {
          more = true;
          break;
        }
      }
    }
    const next = more && items.length === limit ? positionToken(identity, position) : null;
    if (next) {
      const url = new URL(request.url, 'http://local');
      url.searchParams.set('before', next);
      reply.header('link', `<${url.pathname}${url.search}>; rel="next"`);
    }
    reply.header('vary', 'Accept, Authorization').header('cache-control', 'private, no-cache');
    if (format === 'csv' || (!format && String(request.headers.accept ?? '').includes('text/csv'))) {
      return csvReply(reply, 'timeline', ['recordedAt', 'effectiveOn', 'type', 'record', 'placeId', 'actor', 'text', 'before', 'after', 'reason', 'basis', 'source', 'commandId'], items);
    }
    return { items, next };
  });

  app.get('/v1/calendar.ics', async (request, reply) => {
    const viewer = viewerFor(deps, await deps.principal(request));
    const unknown = Object.keys(request.query as object)[0];
    if (unknown !== undefined) throw new Problem(400, 'INVALID_PARAMETER', `The calendar takes no parameter ${unknown}.`);
    const programmes = service.engine.queries(register).programmes();
    const entries = programmes
      .filter((p) => canSee(viewer, service.engine.queries(access).record('programme', p.id)!))
      .flatMap((p) => [...milestones(p.id, p.state), ...rounds(p.id, p.state)]);
    return reply.type('text/calendar; charset=utf-8').send(icalendar('Total Place', entries, service.clock.now()));
  });
}

const milestones = (id: string, p: ProgrammeState): CalendarEntry[] =>
  Object.entries(p.milestones).map(([milestoneId, m]) => ({
    uid: `${id}.${milestoneId}@total-place`,
    title: m.date.tbc ? `${m.name} (to be confirmed)` : m.name,
    from: m.date.from,
    to: m.date.to,
  }));
const rounds = (id: string, p: ProgrammeState): CalendarEntry[] =>
  Object.values(p.rounds).map((x) => ({ uid: `${id}.round-${x.no}@total-place`, title: `Round ${x.no} (${x.kind}) closes`, from: x.window.to.to, to: x.window.to.to }));
