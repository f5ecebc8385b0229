/** What every query does alike: who reads, read-your-writes, parameters, paging, sorting, CSV, ETags. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { audienceOf, canSee, grantName, type Audience, type Viewer } from '../domain/access.js';
import { londonDate } from '../domain/calendar.js';
import { access, type AccessRow } from '../projections/access.js';
import type { View } from '../projections/core.js';
import { ViewNotLive } from '../projections/engine.js';
import { csvReply } from './csv.js';
import { viewerFor, type HttpDeps } from './deps.js';
import { positionToken, readPosition } from './position.js';
import type { Addresses } from './links.js';
import { Problem, readParameters } from './problem.js';

type Row = Record<string, unknown>;

/** What a query's function is given. */
export interface Reading {
  readonly viewer: Viewer;
  readonly params: Record<string, string>;
  readonly query: any;
  /** Today in London, by the log's clock. */
  readonly day: string;
  /** The log's time. */
  readonly now: string;
  readonly deps: HttpDeps;
  /** Queries of a live view; one being built is a 503. */
  of<Q>(view: View<Q, any>): Q;
  /** The access row of a record that the reader may see; a 404 otherwise, the same for hidden and unknown. */
  visible(aggregate: string, id: string): AccessRow;
  /** As `visible`, for lists: undefined instead of the 404. */
  seen(aggregate: string, id: string): AccessRow | undefined;
  /** The address of a record that the reader may open; null where it is hidden, unknown or has none. */
  link(aggregate: string, id: string): string | null;
  /** The reader's audience for a place, or a wider one they asked for. */
  audience(placeId: string): Audience;
}

interface Common {
  /** For OpenAPI. */
  readonly title: string;
  readonly url: string;
  readonly query?: z.ZodObject;
}
export interface RecordQuery extends Common {
  readonly kind: 'record';
  /** The answer, and what its ETag is made of besides position and day. */
  run(r: Reading): { readonly position: number; readonly body: unknown; readonly tag?: string };
}
export interface ListQuery extends Common {
  readonly kind: 'list';
  /** Sort keys, the first one the default. */
  readonly sorts: readonly string[];
  /** Columns of the CSV, in order; stable names. */
  readonly columns: readonly string[];
  /** Every row the reader may see; each has `id`. */
  rows(r: Reading): readonly Row[];
}
export type Query = RecordQuery | ListQuery;

export const Audiences = z.enum(['members', 'programme', 'public']);
const rank = { members: 0, programme: 1, public: 2 } as const;

const ListParameters = z.strictObject({
  limit: z.coerce.number().int('limit must be a whole number').min(1, 'limit must be 1 or more').max(200, 'limit must be 200 or fewer').default(50),
  cursor: z.string().max(500).optional(),
  sort: z.string().optional(),
  format: z.enum(['json', 'csv']).optional(),
});

/** Every parameter a query takes, for checking and for OpenAPI. */
export const parametersOf = (q: Query): z.ZodObject => {
  const own = q.query?.shape ?? {};
  return q.kind === 'list' ? ListParameters.extend(own) : z.strictObject(own);
};

export function installQueries(app: FastifyInstance, deps: HttpDeps, queries: readonly Query[], addressOf: Addresses): void {
  for (const q of queries) {
    const parameters = parametersOf(q);
    app.get(q.url, async (request, reply) => {
      const reading = await read(deps, parameters, request, addressOf);
      reply.header('vary', 'Accept, Authorization').header('cache-control', 'private, no-cache');
      return answering(() => (q.kind === 'record' ? sendRecord(q, reading, request, reply) : sendList(q, reading, request, reply)));
    });
  }
}

/** Answers from views; one that is not live is a 503 with its progress. */
export function answering<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof ViewNotLive)) throw error;
    throw new Problem(503, `VIEW_${error.state.toUpperCase()}`, `The view ${error.view} is ${error.state} (${Math.floor(error.progress * 100)} %). Try again soon.`, {
      headers: { 'retry-after': '2' },
      extra: { progress: error.progress },
    });
  }
}
export const wantsCsv = (request: FastifyRequest): boolean => String(request.headers.accept ?? '').includes('text/csv');

/** Everything a query may look at, its parameters read strictly. */
export async function read(deps: HttpDeps, parameters: z.ZodObject, request: FastifyRequest, addressOf: Addresses): Promise<Reading> {
  const principal = await deps.principal(request);
  const { service } = deps;
  const wanted = request.headers['read-after'];
  if (wanted !== undefined && readPosition(service.log.identity, String(wanted)) > (await service.log.head())) {
    throw new Problem(503, 'READ_MODEL_BEHIND', 'This node has not seen that position yet. Try again soon.', { headers: { 'retry-after': '1' } });
  }
  const query = readParameters(parameters, request.query) as Record<string, any>;
  const viewer = viewerFor(deps, principal);
  const now = service.clock.now();
  const seen = (aggregate: string, id: string): AccessRow | undefined => {
    const row = service.engine.queries(access).record(aggregate, id);
    return row && canSee(viewer, row) ? row : undefined;
  };
  return {
    viewer,
    query,
    now,
    deps,
    seen,
    params: request.params as Record<string, string>,
    day: londonDate(now),
    of: (view) => service.engine.queries(view),
    link: (aggregate, id) => (seen(aggregate, id) ? addressOf(aggregate, id) : null),
    visible(aggregate, id) {
      const row = seen(aggregate, id);
      if (!row) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      return row;
    },
    audience(placeId) {
      const own = audienceOf(viewer, placeId);
      const asked = query.audience as Audience | undefined;
      if (!asked) return own;
      if (rank[asked] < rank[own]) throw new Problem(403, 'AUDIENCE_TOO_NARROW', `You read this place as ${own}. Ask for that or a wider audience.`);
      return asked;
    },
  };
}

/** An answer is the same for readers with the same grants only, so its tag names them. */
function fresh(request: FastifyRequest, reply: FastifyReply, r: Reading, tag: string): boolean {
  const grants = createHash('sha256').update(r.viewer.grants.map(grantName).sort().join(' ')).digest('base64url').slice(0, 12);
  const etag = `"${tag}.${grants}"`;
  reply.header('etag', etag);
  return String(request.headers['if-none-match'] ?? '')
    .split(',')
    .some((t) => t.trim() === etag);
}

function sendRecord(q: RecordQuery, r: Reading, request: FastifyRequest, reply: FastifyReply): unknown {
  const { position, body, tag = '' } = q.run(r);
  const log = r.deps.service.log.identity;
  reply.header('position', positionToken(log, position));
  if (fresh(request, reply, r, `${positionToken(log, position)}.${r.day}${tag && `.${tag}`}`)) return reply.code(304).send();
  return body;
}

interface Cursor {
  readonly sort: string;
  readonly after: readonly [string | number | null, string];
}
const encodeCursor = (c: Cursor): string => Buffer.from(JSON.stringify(c)).toString('base64url');
function decodeCursor(text: string, sort: string): Cursor {
  const Shape = z.strictObject({ sort: z.literal(sort), after: z.tuple([z.union([z.string(), z.number(), z.null()]), z.string()]) });
  try {
    return Shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw new Problem(400, 'INVALID_CURSOR', 'Follow the Link of the page before, with the same sort.');
  }
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
}

function sendList(q: ListQuery, r: Reading, request: FastifyRequest, reply: FastifyReply): unknown {
  const { limit, cursor, sort = q.sorts[0]!, format } = r.query as z.infer<typeof ListParameters>;
  const key = sort.replace(/^-/, '');
  if (!q.sorts.includes(sort) && !q.sorts.includes(key)) throw new Problem(400, 'INVALID_PARAMETER', `sort must be one of ${q.sorts.join(', ')}, with - before it for the other way round.`);
  const sign = sort.startsWith('-') ? -1 : 1;
  const order = (a: Row, b: Row): number => sign * compare(a[key], b[key]) || compare(a.id, b.id);
  let rows = [...q.rows(r)].sort(order);
  if (cursor) {
    const { after } = decodeCursor(cursor, sort);
    const last: Row = { [key]: after[0], id: after[1] };
    rows = rows.filter((row) => order(row, last) > 0);
  }
  const csv = format === 'csv' || (!format && wantsCsv(request));
  const page = rows.slice(0, limit);
  const head = r.deps.service.engine.source.head();
  const token = positionToken(r.deps.service.log.identity, head);
  reply.header('position', token);
  let next: string | undefined;
  if (rows.length > limit) {
    const last = page.at(-1)!;
    const url = new URL(request.url, 'http://local');
    url.searchParams.set('cursor', encodeCursor({ sort, after: [(last[key] as string | number | null | undefined) ?? null, String(last.id)] }));
    next = url.pathname + url.search;
    reply.header('link', `<${next}>; rel="next"`);
  }
  if (fresh(request, reply, r, `${token}.${r.day}${csv ? '.csv' : ''}`)) return reply.code(304).send();
  if (csv) return csvReply(reply, q.url.split('/').at(-1)!, q.columns, page);
  return { items: page, next: next ?? null };
}
