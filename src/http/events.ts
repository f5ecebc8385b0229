/**
 * `GET /v1/events?from=…`: every event the reader may see from a position to the log's end, for data teams: a
 * line each, CloudEvents 1.0. Where an event opens to the reader what was closed before (disclosure, a
 * consent, their agency becoming a party), the record as it then stood comes first, as one line of its own.
 * Fields are documented in docs/events.md, made from the registry.
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { LRUCache } from 'lru-cache';
import { audienceIn, canSee, type RecordAccess } from '../domain/shared/access.js';
import { currentSchema, dataFor, flag, type EventEntry } from '../domain/kernel/types.js';
import { applyAccess } from '../domain/kernel/fold.js';
import { entryOf, splitStream } from '../domain/registry.js';
import { jsonLine } from '../domain/kernel/text.js';
import type { AccessRow } from '../projections/views/access.js';
import type { Recorded } from '../projections/engine/view.js';
import { decode } from '../projections/engine/engine.js';
import { asAt, upTo } from './query/as-at.js';
import type { HttpDeps } from './query/deps.js';
import type { Addresses } from './query/links.js';
import type { LongAnswers } from './server/long-answer.js';
import { OpenEvents, type OpenEvent } from './query/open-events.js';
import { longestToken, positionToken, readPosition } from './query/position.js';
import { Problem } from './server/problem.js';
import { readQuery } from './query/read-query.js';
import { waitForPosition } from './query/await-consistency.js';
import { bodyOf } from './query/answer.js';
import type { QueryContext } from './query/context.js';
import { queriesByKind, type Query, type RecordQuery } from './query/declare.js';
import type { Slice } from './server/slices.js';
import { streamEvents } from './query/stream-events.js';

export const EventParameters = z.strictObject({
  from: z.string().max(longestToken).optional().meta({
    description: 'The position of an earlier line: what comes after it. Without it, from the log’s beginning',
  }),
});
export const eventType = (aggregate: string, type: string): string =>
  `${aggregate}.${type}.v${currentSchema(entryOf({ aggregate, type }))}`;
/** Raised when a field of a record's answer changes its meaning or goes. */
const snapshotVersion = 2;
export const snapshotType = (aggregate: string): string => `${aggregate}.snapshot.v${snapshotVersion}`;
/** Absolute, as CloudEvents asks: at this service, where whoever read the events reached it. */
export const schemaAt = (origin: string, type: string): string => `${origin}/v1/schemas/${type}`;

/** The access of a record from a version of its stream on. */
interface AccessStep {
  readonly version: number;
  readonly access: RecordAccess;
}
/** Records whose past an export keeps at hand: a memory bound, nothing else. */
const mostPasts = 2000;

/** A short stream is read within the slice of the export that asks: it asks of very many. */
const within: Slice = { over: false, end() {} };

/** What of the log one reader may see, as it was when each event was recorded: read again, it is the same. */
export class Sight {
  readonly #past = new LRUCache<string, Promise<readonly AccessStep[]>>({ max: mostPasts });
  constructor(
    readonly context: QueryContext,
    readonly kinds: ReadonlyMap<string, RecordQuery>,
    /** At which this service was asked: `https://host:port`. */
    readonly origin: string,
  ) {}

  /** The record's access after a version of its stream. */
  async #accessAt(stream: string, version: number): Promise<RecordAccess | undefined> {
    let steps = this.#past.get(stream);
    if (!steps) this.#past.set(stream, (steps = this.#steps(stream)));
    return (await steps).findLast((step) => step.version <= version)?.access;
  }
  /** Only what says something of access is decoded: most of a stream does not. */
  async #steps(stream: string): Promise<AccessStep[]> {
    const steps: AccessStep[] = [];
    const [aggregate] = splitStream(stream);
    for await (const logged of streamEvents(this.context.deps, stream, within)) {
      const entry = entryOf({ aggregate, type: logged.type });
      if (logged.version > 1 && !entry.access) continue;
      const e = decode(logged);
      const change = entry.access?.(e.data, e);
      const access: RecordAccess = {
        ...(steps.at(-1)?.access ?? { tier: 'members', tierSince: 0, parties: [] }),
      };
      if (change) applyAccess(access, change, e.version);
      steps.push({ version: e.version, access });
    }
    return steps;
  }

  /**
   * Is what is open to the reader today open from when it was recorded? Not what is so by their agency having
   * become a party since.
   */
  async sees({ e, row }: OpenEvent): Promise<boolean> {
    const { viewer } = this.context;
    if (e.aggregate === 'refusal' || canSee(viewer, { ...row, parties: [] }, e)) return true;
    const then = await this.#accessAt(e.stream, e.version);
    return then !== undefined && canSee(viewer, then, e);
  }

  /**
   * The record as it stood after an event that widened what this reader sees of it; undefined for every other
   * event.
   */
  async snapshot(event: Recorded, row: AccessRow): Promise<{ body: unknown; version: number } | undefined> {
    const q = this.kinds.get(event.aggregate);
    const entry = entryOf(event);
    if (!q || event.version === 1 || !(await this.#widens(event, row, entry))) return undefined;
    try {
      const then = await asAt(q, this.context, event.recordId, event.recordedAt, upTo(event.position));
      return { body: bodyOf(await q.answer({ id: event.recordId }, then)), version: then.version };
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return undefined;
      throw error;
    }
  }

  async #widens(
    event: Recorded,
    row: AccessRow,
    entry: Pick<EventEntry, 'access' | 'disclosesFigures'>,
  ): Promise<boolean> {
    const { viewer } = this.context;
    if (flag(entry.disclosesFigures, event.data)) return !canSee(viewer, row, { version: 0, private: true });
    if (!entry.access) return false;
    const before = await this.#accessAt(event.stream, event.version - 1);
    const after = await this.#accessAt(event.stream, event.version);
    return before !== undefined && after !== undefined && !canSee(viewer, before) && canSee(viewer, after);
  }
}

/**
 * An event as CloudEvents 1.0 has it; what is not of that standard are extensions, in its lower-case names.
 */
export function cloudEvent(
  { context, origin }: Sight,
  event: Recorded,
  row: AccessRow,
): Record<string, unknown> {
  const { identity } = context.deps.service.log;
  const { actor, basis } = event;
  const data = dataFor(entryOf(event), event.data, audienceIn(context.viewer, row));
  return {
    specversion: '1.0',
    id: event.id,
    source: `/logs/${identity.logId}`,
    type: eventType(event.aggregate, event.type),
    subject: event.stream,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    dataschema: schemaAt(origin, eventType(event.aggregate, event.type)),
    recordversion: event.version,
    ...(row.placeId ? { placeid: row.placeId } : {}),
    ...(row.programmeId ? { programmeid: row.programmeId } : {}),
    ...(event.effectiveOn ? { effectiveon: event.effectiveOn } : {}),
    actoraccount: actor.account,
    actorrole: actor.role,
    ...(actor.agency ? { actoragency: actor.agency } : {}),
    ...(actor.onBehalfOf ? { onbehalfof: actor.onBehalfOf } : {}),
    commandid: event.commandId,
    // What it followed from names the record that its data does not.
    ...(event.causation && Object.keys(data).length === Object.keys(event.data).length
      ? { causationid: event.causation }
      : {}),
    ...(basis ? { basis: basis.kind, ...(basis.source ? { basissource: basis.source } : {}) } : {}),
    ...signedInOf(context, event),
    data,
    // The last member: who keeps it has read the line whole.
    position: positionToken(identity, event.position),
  };
}
/** How its author signed in, where it was asked: told to auditors. */
function signedInOf({ viewer }: QueryContext, { signedIn }: Recorded): Record<string, string> {
  if (!signedIn || !viewer.grants.some(({ role }) => role === 'auditor')) return {};
  const { at, acr, issuer } = signedIn;
  return { signedinat: at, signedinby: issuer, ...(acr === undefined ? {} : { signedinclass: acr }) };
}
/** Without a position: whoever stops between the two lines gets both again. */
function snapshotEvent(
  origin: string,
  event: Record<string, unknown>,
  aggregate: string,
  { body, version }: { body: unknown; version: number },
): Record<string, unknown> {
  const { specversion, id, source, subject, time, datacontenttype, placeid, programmeid } = event;
  return {
    specversion,
    id: `${id as string}.snapshot`,
    source,
    type: snapshotType(aggregate),
    subject,
    time,
    datacontenttype,
    dataschema: schemaAt(origin, snapshotType(aggregate)),
    recordversion: version,
    ...(placeid ? { placeid } : {}),
    ...(programmeid ? { programmeid } : {}),
    data: body,
  };
}

/** Lines of one event that is open to a reader: none where it was not when it was recorded. */
async function linesOf(sight: Sight, seen: OpenEvent): Promise<string> {
  if (!(await sight.sees(seen))) return '';
  const { e, row } = seen;
  const line = cloudEvent(sight, e, row);
  const snapshot = await sight.snapshot(e, row);
  const before = snapshot ? `${jsonLine(snapshotEvent(sight.origin, line, e.aggregate, snapshot))}\n` : '';
  return `${before}${jsonLine(line)}\n`;
}

export function installEvents(
  app: FastifyInstance,
  deps: HttpDeps,
  queries: readonly Query[],
  answers: LongAnswers,
  addressOf: Addresses,
): void {
  const { service } = deps;
  const { identity } = service.log;
  const kinds = queriesByKind(queries);
  const open = new OpenEvents(service.engine);
  const config = { parameters: Object.keys(EventParameters.shape) };
  app.get('/v1/events', { config }, async (request, reply) => {
    const { query, context } = await readQuery(deps, EventParameters, request, addressOf);
    const { from: token } = query;
    const head = service.position();
    const from = token ? readPosition(identity, token) : 0;
    if (from > head) await waitForPosition(service, from);
    const headers = {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'private, no-store',
      vary: 'Authorization',
      position: positionToken(identity, head),
    };
    await answers.send(
      request,
      reply,
      { account: context.viewer.account, kind: 'exports', headers },
      async (answer) => {
        if (from >= head) return;
        const sight = new Sight(context, kinds, `${request.protocol}://${request.host}`);
        const whole = new AbortController();
        await answer.turn();
        await service.follow(
          from,
          async (batch) => {
            for (const logged of batch) {
              if (logged.position > head) return whole.abort();
              if (answer.over) await answer.turn();
              if (answer.signal.aborted) return;
              const seen = open.of(context.viewer, logged);
              if (seen) answer.write(await linesOf(sight, seen));
              if (logged.position === head) return whole.abort();
            }
            // The next page is read in a slice of its own.
            await answer.turn();
          },
          AbortSignal.any([answer.signal, whole.signal]),
        );
      },
    );
  });
}
