/**
 * `GET /v1/events?from=…`: every event the reader may see from a position to the log's end, for data teams: a line each, CloudEvents 1.0.
 * Where an event opens to the reader what was closed before (disclosure, a consent, their agency becoming a party), the record as it
 * then stood comes first, as one line of its own. Fields are documented in docs/events.md, made from the registry.
 */
import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { audienceIn, canSee } from '../domain/access.js';
import { dataFor, flag, type EventEntry } from '../domain/core.js';
import { aggregateNamed } from '../domain/index.js';
import { jsonLine } from '../domain/text.js';
import { access, type AccessRow } from '../projections/access.js';
import type { Recorded } from '../projections/core.js';
import { decode } from '../projections/engine.js';
import { accessAfter, asAt, upTo } from './as-at.js';
import type { HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import { positionToken, readPosition } from './position.js';
import { Problem } from './problem.js';
import { read } from './query.js';
import { seesRefusal } from './refusal-sight.js';
import { reach } from './readable.js';
import { bodyOf, queriesByKind, type Query, type Reading, type RecordQuery } from './reading.js';

export const EventParameters = z.strictObject({
  /** A position of an earlier line; nothing before it is sent again. The log's beginning by default. */
  from: z.string().max(40).optional(),
});
const entryOf = (e: Recorded): EventEntry => aggregateNamed(e.aggregate).events[e.type]!;
export const eventType = (aggregate: string, type: string): string => `${aggregate}.${type}.v${(aggregateNamed(aggregate).events[type]!.upcasts?.length ?? 0) + 1}`;
/** Raised when a field of a record's answer changes its meaning or goes. */
const snapshotVersion = 1;
export const snapshotType = (aggregate: string): string => `${aggregate}.snapshot.v${snapshotVersion}`;
const schemaOf = (type: string): string => `/v1/openapi.json#/components/schemas/${type}`;

/** What of the log one reader may see, as it was when each event was recorded: read again, it is the same. */
export class Sight {
  readonly #past = new Map<string, Promise<Recorded[]>>();
  constructor(
    readonly r: Reading,
    readonly kinds: ReadonlyMap<string, RecordQuery>,
  ) {}

  /** The record's access after a version of its stream. */
  async #accessAt(stream: string, version: number): Promise<AccessRow | undefined> {
    let events = this.#past.get(stream);
    if (!events) this.#past.set(stream, (events = this.r.deps.service.log.read(stream).then((all) => all.map((l) => decode(l) as Recorded))));
    return accessAfter((await events).slice(0, version));
  }

  async sees(e: Recorded, row: AccessRow): Promise<boolean> {
    const { viewer } = this.r;
    if (e.aggregate === 'refusal') return seesRefusal(this.r.deps.service.engine, viewer, e.data);
    if (!canSee(viewer, row, e)) return false;
    if (canSee(viewer, { ...row, parties: [] }, e)) return true;
    // By their agency being a party: from when it became one.
    const then = await this.#accessAt(e.stream, e.version);
    return then !== undefined && canSee(viewer, then, e);
  }

  /** The record as it stood after an event that widened what this reader sees of it; undefined for every other event. */
  async snapshot(e: Recorded, row: AccessRow): Promise<{ body: unknown; version: number } | undefined> {
    const q = this.kinds.get(e.aggregate);
    const entry = entryOf(e);
    if (!q || e.version === 1 || !(await this.#widens(e, row, entry))) return undefined;
    try {
      const then = await asAt(q, { ...this.r, query: {}, params: { id: e.recordId } }, e.recordId, e.recordedAt, upTo(e.position));
      return { body: bodyOf(q, then), version: then.version };
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return undefined;
      throw error;
    }
  }

  async #widens(e: Recorded, row: AccessRow, entry: { access?: unknown; opens?: Parameters<typeof flag>[0] }): Promise<boolean> {
    const { viewer } = this.r;
    if (flag(entry.opens, e.data)) return !canSee(viewer, row, { version: 0, private: true });
    if (!entry.access) return false;
    const before = await this.#accessAt(e.stream, e.version - 1);
    const after = await this.#accessAt(e.stream, e.version);
    return !canSee(viewer, before!) && canSee(viewer, after!);
  }
}

/** An event as CloudEvents 1.0 has it; what is not of that standard are extensions, in its lower-case names. */
export function cloudEvent(r: Reading, e: Recorded, row: AccessRow): Record<string, unknown> {
  const { identity } = r.deps.service.log;
  const { actor, basis } = e;
  const data = dataFor(entryOf(e), e.data, audienceIn(r.viewer, row));
  return {
    specversion: '1.0',
    id: e.id,
    source: `/logs/${identity.logId}`,
    type: eventType(e.aggregate, e.type),
    subject: e.stream,
    time: e.recordedAt,
    datacontenttype: 'application/json',
    dataschema: schemaOf(eventType(e.aggregate, e.type)),
    recordversion: e.version,
    ...(row.placeId ? { placeid: row.placeId } : {}),
    ...(row.programmeId ? { programmeid: row.programmeId } : {}),
    ...(e.effectiveOn ? { effectiveon: e.effectiveOn } : {}),
    actoraccount: actor.account,
    actorrole: actor.role,
    ...(actor.agency ? { actoragency: actor.agency } : {}),
    ...(actor.onBehalfOf ? { onbehalfof: actor.onBehalfOf } : {}),
    commandid: e.commandId,
    // What it followed from names the record that its data does not.
    ...(e.causation && Object.keys(data).length === Object.keys(e.data).length ? { causationid: e.causation } : {}),
    ...(basis ? { basis: basis.kind, ...(basis.source ? { basissource: basis.source } : {}) } : {}),
    data,
    // The last member: who keeps it has read the line whole.
    position: positionToken(identity, e.position),
  };
}
/** Without a position: whoever stops between the two lines gets both again. */
function snapshotEvent(e: Record<string, unknown>, aggregate: string, { body, version }: { body: unknown; version: number }): Record<string, unknown> {
  const { specversion, id, source, subject, time, datacontenttype, placeid, programmeid } = e;
  return {
    specversion,
    id: `${id as string}.snapshot`,
    source,
    type: snapshotType(aggregate),
    subject,
    time,
    datacontenttype,
    dataschema: schemaOf(snapshotType(aggregate)),
    recordversion: version,
    ...(placeid ? { placeid } : {}),
    ...(programmeid ? { programmeid } : {}),
    data: body,
  };
}

/** Lines of one event for a reader: none where they may not see it. */
export async function linesOf(sight: Sight, e: Recorded, row: AccessRow | undefined): Promise<string> {
  if (!row || !(await sight.sees(e, row))) return '';
  // A day's refusals of an account stand in one stream, each of its own place and programme.
  const line = cloudEvent(sight.r, e, e.aggregate === 'refusal' ? { ...row, placeId: e.data.placeId, programmeId: e.data.programmeId } : row);
  const snapshot = await sight.snapshot(e, row);
  return `${snapshot ? `${jsonLine(snapshotEvent(line, e.aggregate, snapshot))}\n` : ''}${jsonLine(line)}\n`;
}

export function installEvents(app: FastifyInstance, deps: HttpDeps, queries: readonly Query[], addressOf: Addresses): { endAll(): void } {
  const { service } = deps;
  const { identity } = service.log;
  const kinds = queriesByKind(queries);
  const open = new Set<AbortController>();
  app.get('/v1/events', async (request, reply) => {
    const r = await read(deps, EventParameters, request, addressOf);
    const { from: token } = r.query as z.infer<typeof EventParameters>;
    const head = service.position();
    const from = token ? readPosition(identity, token) : 0;
    if (from > head) await reach(service, from);
    const records = r.of(access);
    const sight = new Sight(r, kinds);
    const abort = new AbortController();
    open.add(abort);
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'private, no-store',
      vary: 'Authorization',
      position: positionToken(identity, head),
    });
    out.on('close', () => abort.abort());
    try {
      if (from < head)
        await service.follow(
          from,
          async (batch) => {
            for (const logged of batch) {
              if (abort.signal.aborted) return;
              const e = decode(logged) as Recorded;
              const text = e.position > head ? '' : await linesOf(sight, e, records.record(e.aggregate, e.recordId));
              if (text && !out.write(text)) await once(out, 'drain', { signal: abort.signal });
              if (e.position >= head) abort.abort();
            }
          },
          abort.signal,
        );
      out.end();
    } catch (error) {
      // Cut off, so that nobody takes a part for the whole.
      if (!abort.signal.aborted) request.log.error({ err: error }, 'event stream failed');
      out.destroy();
    } finally {
      open.delete(abort);
    }
  });
  return { endAll: () => open.forEach((a) => a.abort()) };
}
