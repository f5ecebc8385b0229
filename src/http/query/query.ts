/** What every query does alike: who reads, read-your-writes, parameters, paging, sorting, CSV, ETags. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { audienceOf, canSee, grantName, type Audience, type Viewer } from '../../domain/shared/access.js';
import { londonDate } from '../../domain/shared/calendar.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { Key, Spot } from '../../projections/engine/walk.js';
import { csvHead, csvHeaders, csvReply, csvText, csvType, type Columns } from './csv.js';
import { accessRow, keptWhile, namedRow, viewerFor, type HttpDeps } from './deps.js';
import { positionToken } from './position.js';
import { AsAt, asAt, checkAsAt, isAsAt, marked } from './as-at.js';
import type { ListQuery, Page, Query, Reading, RecordQuery, Row } from './context.js';
import type { Addresses } from './links.js';
import type { LongAnswers } from '../server/long-answer.js';
import { keptAnswer, type Answer } from './kept.js';
import { Reader, rowsATurn, type Entry } from './list.js';
import { Problem, readParameters } from '../server/problem.js';
import { readable } from './readable.js';

export const Audiences = z.enum(['members', 'programme', 'public']);
const rank = { members: 0, programme: 1, public: 2 } as const;

const Format = z.enum(['json', 'csv']).optional();
const PageParameters = z.strictObject({
  limit: z.coerce.number().int('limit must be a whole number').min(1, 'limit must be 1 or more').max(200, 'limit must be 200 or fewer').default(50),
  cursor: z.string().max(500).optional(),
});
const ListParameters = PageParameters.extend({ sort: z.string().optional(), format: Format });

/** Every parameter a query takes, for checking and for OpenAPI. */
export const parametersOf = (q: Query): z.ZodObject => {
  const own = { ...q.query?.shape, ...(q.kind === 'record' && q.of ? { asAt: AsAt.optional() } : {}), ...(q.kind === 'record' && q.csv ? { format: Format } : {}) };
  return q.kind === 'list' ? ListParameters.extend(own) : q.paged ? PageParameters.extend(own) : z.strictObject(own);
};

export function installQueries(app: FastifyInstance, deps: HttpDeps, queries: readonly Query[], answers: LongAnswers, addressOf: Addresses): void {
  for (const q of queries) {
    const parameters = parametersOf(q);
    app.get(q.url, async (request, reply) => {
      const reading = await read(deps, parameters, request, addressOf);
      reply.header('vary', 'Accept, Authorization').header('cache-control', 'private, no-cache');
      if (q.kind === 'list') return sendList(q, reading, answers, request, reply);
      const instant = q.of ? (reading.query.asAt as string | undefined) : undefined;
      if (!instant) return sendRecord(q, reading, answers, request, reply);
      checkAsAt(reading, instant);
      return sendRecord(q, await asAt(q, reading, reading.params.id!, instant), answers, request, reply);
    });
  }
}

export const wantsCsv = (request: FastifyRequest): boolean => String(request.headers.accept ?? '').includes('text/csv');
/** `format` says; where it says nothing, `Accept`. */
export const isCsv = (request: FastifyRequest, format: unknown): boolean => format === 'csv' || (!format && wantsCsv(request));
/** Refuses whoever takes CSV and nothing else of what is no list. */
export function refuseCsv(request: FastifyRequest): void {
  if (wantsCsv(request) && !/(application|\*)\/(json|\*)/.test(String(request.headers.accept)))
    throw new Problem(406, 'NOT_ACCEPTABLE', 'This is not a list, and there is no CSV of it. Accept application/json; lists answer CSV.');
}

/** Parameters that name a record: one that is not there, or is hidden, is told rather than answered with an empty list. */
const named = { placeId: 'place', place: 'place', programmeId: 'programme', ownerId: 'agency' } as const;

/** Everything a query may look at, its parameters read strictly. */
export async function read(deps: HttpDeps, parameters: z.ZodObject, request: FastifyRequest, addressOf: Addresses): Promise<Reading> {
  const principal = await deps.principal(request);
  const { service } = deps;
  await readable(deps, request);
  const query = readParameters(parameters, request.query) as Record<string, any>;
  const viewer = viewerFor(deps, principal);
  const now = service.clock.now();
  const seen = (aggregate: string, id: string): AccessRow | undefined => {
    const row = accessRow(service.engine, aggregate, id);
    return row && canSee(viewer, row) ? row : undefined;
  };
  const asked = (aggregate: string, id: string): AccessRow | undefined => {
    const row = namedRow(service.engine, aggregate, id);
    return row && canSee(viewer, row) ? row : undefined;
  };
  const unknown = Object.entries(named).flatMap(([path, kind]) =>
    query[path] === undefined || asked(kind, query[path] as string) ? [] : [{ path: `/${path}`, message: `There is no ${kind} ${query[path]} that you may see` }],
  );
  if (unknown.length > 0) throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', { errors: unknown });
  return {
    viewer,
    query,
    now,
    deps,
    seen,
    asked,
    params: request.params as Record<string, string>,
    day: londonDate(now),
    of: (view) => service.engine.queries(view),
    own: (view) => service.engine.queries(view),
    link: (aggregate, id) => (seen(aggregate, id) ? addressOf(aggregate, id) : null),
    visible(aggregate, id) {
      const row = asked(aggregate, id);
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

/** By whom something is read: who has the same grants is shown the same. */
export const readerOf = (r: Reading): string => `${r.viewer.account} ${grantsTag(r.viewer.grants)} ${r.day}`;

/** An answer is the same for readers with the same grants only, so its tag names them. */
function fresh(request: FastifyRequest, reply: FastifyReply, r: Reading, tag: string): boolean {
  const etag = `"${tag}.${grantsTag(r.viewer.grants)}"`;
  reply.header('etag', etag);
  const given = request.headers['if-none-match'];
  return given !== undefined && (given === etag || given.split(',').some((t) => t.trim() === etag));
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
/** By the verified token's own list of grants, which is remembered as long as the token. */
const tags = new WeakMap<object, string>();
function grantsTag(grants: Viewer['grants']): string {
  let tag = tags.get(grants);
  if (!tag) tags.set(grants, (tag = digest(grants.map(grantName).sort().join(' ')).slice(0, 12)));
  return tag;
}

/** In a spreadsheet nobody looks for the link to another page: without a limit it is everything. */
export const isWhole = (csv: boolean, request: FastifyRequest): boolean => csv && !Object.hasOwn(request.query as object, 'limit');

/** What is paged has one order of its own, which its cursors name so. */
const ownOrder = 'own';
const afterOf = (r: Reading): Spot | undefined => {
  const { cursor } = r.query as z.infer<typeof PageParameters>;
  return cursor === undefined ? undefined : decodeCursor(cursor, ownOrder);
};

async function sendRecord(q: RecordQuery, r: Reading, answers: LongAnswers, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const csv = q.csv && isCsv(request, r.query.format) ? q.csv : undefined;
  if (!q.csv) refuseCsv(request);
  const after = q.paged && afterOf(r);
  const answer = q.run(r);
  const { position, body, tag } = isAsAt(r) ? marked(r, answer) : { tag: '', ...answer };
  const token = positionToken(r.deps.service.log.identity, position);
  reply.header('position', token);
  if (fresh(request, reply, r, `${token}.${r.day}${tag && `.${tag}`}${csv ? '.csv' : ''}`)) return reply.code(304).send();
  const name = q.url.split('/').at(-1)!;
  if (q.paged && csv && isWhole(true, request)) {
    const page = async (from: Spot | undefined): Promise<Rows> => {
      let last: Spot | undefined;
      const made = await (body as Paged)({ after: from, limit: rowsATurn, next: (spot) => ((last = spot), '') });
      return { rows: csv.rows(made), more: last && (() => page(last)) };
    };
    if (request.method === 'HEAD') return sendWhole({ ...csv, name }, { rows: [] }, r, answers, request, reply);
    const first = await page(after);
    return first.more ? sendWhole({ ...csv, name }, first, r, answers, request, reply) : csvReply(reply, name, csv, first.rows);
  }
  if (q.paged) {
    const { limit } = r.query as z.infer<typeof PageParameters>;
    const page: Page = { after, limit, next: (last) => nextPage(request.url, ownOrder, last) };
    if (csv) return csvReply(reply, name, csv, csv.rows(await (body as Paged)(page)));
    const answer = await keptAnswer(r.deps.service.engine, `${readerOf(r)} ${request.url}`, async () => {
      const made = await (body as Paged)(page);
      return { text: JSON.stringify(made), next: made.next };
    });
    return sendPage(reply, answer);
  }
  const made = typeof body === 'function' ? await body() : body;
  return csv ? csvReply(reply, name, csv, csv.rows(made)) : made;
}
/** The body of what is paged. */
type Paged = (page: Page) => Promise<{ readonly next: string | null }>;

/** `columns`: of a CSV. */
function sendPage(reply: FastifyReply, { text, next }: Answer, columns?: Named): FastifyReply {
  if (next !== null) reply.header('link', `<${next}>; rel="next"`);
  return (columns ? csvHead(reply, columns.name, columns) : reply.type('application/json; charset=utf-8')).send(text);
}

interface Cursor {
  readonly sort: string;
  readonly after: readonly [key: Key, tie: string];
}
const encodeCursor = (c: Cursor): string => Buffer.from(JSON.stringify(c)).toString('base64url');
function decodeCursor(text: string, sort: string): Spot {
  const Shape = z.strictObject({ sort: z.literal(sort), after: z.tuple([z.union([z.string(), z.number(), z.null()]), z.string()]) });
  try {
    const [key, tie] = Shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString())).after;
    return { key, tie };
  } catch {
    throw new Problem(400, 'INVALID_CURSOR', 'Follow the Link of the page before, with the same sort.');
  }
}
/** The address of the page after a row, as it is asked for here. */
function nextPage(url: string, sort: string, { key, tie }: Spot): string {
  const next = new URL(url, 'http://local');
  next.searchParams.set('cursor', encodeCursor({ sort, after: [key, tie] }));
  return next.pathname + next.search;
}

/** Rows of a long list, and how to read those after them, where there are more. */
interface Rows {
  readonly rows: readonly object[];
  more?(): Promise<Rows>;
}
/** The rows of a list from those that were read on. */
const rowsOf = (found: readonly Entry<Row>[], reader: Reader<Row>): Rows => ({
  rows: found.map((e) => e.shown),
  ...(found.length > 0 ? { more: async () => rowsOf(await reader.take(rowsATurn), reader) } : {}),
});

/** Every row as CSV, as it is read. */
async function sendWhole({ columns, name, version }: Named, first: Rows, r: Reading, answers: LongAnswers, request: FastifyRequest, reply: FastifyReply) {
  const headers = { ...reply.getHeaders(), 'content-type': csvType, ...csvHeaders(name, version) } as Record<string, string>;
  await answers.send(request, reply, { account: r.viewer.account, kind: 'exports', headers }, async (answer) => {
    answer.write(csvText(columns, first.rows));
    for (let { more } = first; more;) {
      await answer.turn();
      if (answer.signal.aborted) return;
      const next: Rows = await more();
      answer.write(csvText(columns, next.rows, false));
      more = next.more;
    }
  });
  return reply;
}

type Named = Columns & { readonly name: string };

async function sendList(q: ListQuery, r: Reading, answers: LongAnswers, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { limit, cursor, sort = q.sorts[0]!, format } = r.query as z.infer<typeof ListParameters>;
  const key = sort.replace(/^-/, '');
  if (!q.sorts.includes(sort) && !q.sorts.includes(key)) throw new Problem(400, 'INVALID_PARAMETER', `sort must be one of ${q.sorts.join(', ')}, with - before it for the other way round.`);
  const { slices, service } = r.deps;
  const csv = isCsv(request, format);
  // How far this node had read, for `Read-After`: it says that something was recorded, of whomever; the tag is of what is shown alone.
  reply.header('position', positionToken(service.log.identity, service.position()));
  const question = `${readerOf(r)} ${csv} ${request.url}`;
  const shown = shownAs(service.engine, question);
  // The rows are a question of the reader, the views and the day alone: whoever has them is not made to wait for them again.
  if (shown.tag && fresh(request, reply, r, shown.tag)) return reply.code(304).send();
  const reader = () => new Reader(q.sources(r, key), { after: cursor === undefined ? undefined : decodeCursor(cursor, sort), descending: sort.startsWith('-'), slices });
  const columns = { columns: q.columns, version: q.columnsVersion, name: q.url.split('/').at(-1)! };
  const whole = isWhole(csv, request);
  // HEAD reads nothing.
  if (whole && request.method === 'HEAD') return sendWhole(columns, { rows: [] }, r, answers, request, reply);
  const most = whole ? rowsATurn : limit;
  const answer = await keptAnswer(service.engine, question, async (): Promise<Answer | { readonly found: Entry<Row>[]; readonly reading: Reader<Row> }> => {
    const reading = reader();
    // One more than is shown: that there is one says that there is another page.
    const found = await reading.take(most + 1);
    // A long list is sent as it is read, and has no tag: nobody knows its end when it begins.
    if (whole && found.length > most) return { found, reading };
    const page = found.slice(0, most);
    const items = page.map((e) => e.shown);
    const next = found.length > most ? nextPage(request.url, sort, page.at(-1)!.spot) : null;
    return { text: csv ? csvText(q.columns, items) : JSON.stringify({ items, next }), next };
  });
  if ('reading' in answer) return sendWhole(columns, rowsOf(answer.found, answer.reading), r, answers, request, reply);
  shown.tag = `${digest(`${answer.text}${answer.next}`)}${csv ? '.csv' : ''}`;
  if (fresh(request, reply, r, shown.tag)) return reply.code(304).send();
  return sendPage(reply, answer, csv ? columns : undefined);
}

/** Tags of lists by who asked for what, until a view changes. */
const shownAs = keptWhile((_engine, _question: string): { tag?: string } => ({}));

export type { ListQuery, Query, Reading, RecordQuery } from './context.js';
