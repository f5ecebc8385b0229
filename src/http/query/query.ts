/** How the answer to a query is sent: as JSON or CSV, a page or whole, with what tells whether it changed. */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { z } from 'zod';
import type { Spot } from '../../projections/engine/walk.js';
import {
  answer as answerTo,
  beginList,
  bodyOf,
  orderOf,
  pageOf,
  type Begun,
  type ListAsked,
  type Rows as Reading,
} from './answer.js';
import type { QueryContext } from './context.js';
import { csvHead, csvHeaders, csvNameOf, csvReply, csvText, csvType, type Columns } from './csv.js';
import { csvAsked, csvRows, kindIn } from './declare.js';
import type { ListQuery, Page, Paged, Query, RecordQuery } from './declare.js';
import { keptWhile, othersChangedAt, type HttpDeps } from './deps.js';
import { digest, fresh, othersTag, readerOf } from './etag.js';
import { keptAnswer, type Answer } from './kept.js';
import type { Addresses } from './links.js';
import { rowsATurn, type Entry } from './list.js';
import { decodeCursor, nextPage, ownOrder } from './paging.js';
import { namesIn, parametersOf, type AnyParameters, type PageParameters } from './parameters.js';
import { positionToken } from './position.js';
import { readQuery } from './read-query.js';
import type { LongAnswers } from '../server/long-answer.js';
import { Problem } from '../server/problem.js';

export function installQueries(
  app: FastifyInstance,
  deps: HttpDeps,
  queries: readonly Query[],
  answers: LongAnswers,
  addressOf: Addresses,
): void {
  for (const q of queries) {
    const parameters = parametersOf(q);
    app.get(q.url, { config: routeOf(q) }, async (request, reply) => {
      const asked: Asked = await readQuery(deps, parameters, request, addressOf, q.renamed);
      reply.header('vary', 'Accept, Authorization').header('cache-control', 'private, no-cache');
      return sendQuery(q, asked, answers, request, reply);
    });
  }
}

/** What is known of the route of a query: what it takes, and the kind of the record that it is of. */
export function routeOf(question: Query): FastifyContextConfig {
  const of = kindIn(question);
  // What people look for by name is text of their own: no log holds it.
  const parameters = namesIn(parametersOf(question), question.renamed).filter((name) => name !== 'q');
  return { parameters, ...(of === undefined ? {} : { of }) };
}

/** A question as it was read. */
export interface Asked {
  readonly query: AnyParameters & { readonly id: string };
  readonly context: QueryContext;
  /** What its CSV is called, without its ending; by its address where nothing is said. */
  readonly fileName?: string;
}
/** Sends the answer to a question as JSON or CSV. */
export const sendQuery = (
  question: Query,
  asked: Asked,
  answers: LongAnswers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> =>
  question.kind === 'list'
    ? sendList(question, asked, answers, request, reply)
    : sendRecord(question, asked, answers, request, reply);

/** Media types, as `Accept` names them. */
const asJson = 'application/json';
const asCsv = 'text/csv';
/**
 * Whoever asks would rather have CSV than JSON, by `Accept` with its qualities. Few name a text at all, and
 * of what is no text JSON comes first.
 */
const wantsCsv = (request: FastifyRequest): boolean =>
  /text\//i.test(request.headers.accept ?? '') &&
  new Negotiator(request).mediaType([asJson, asCsv]) === asCsv;
/** `format` says; where it says nothing, `Accept`. */
export const isCsv = (request: FastifyRequest, format: unknown): boolean =>
  format === 'csv' || (!format && wantsCsv(request));
/** Refuses whoever takes CSV, and none of the forms that there are, of what is no list. */
export function refuseCsv(request: FastifyRequest, forms: readonly string[] = [asJson]): void {
  if (wantsCsv(request) && new Negotiator(request).mediaType(forms) === undefined)
    throw new Problem(
      406,
      'NOT_ACCEPTABLE',
      'This is not a list, and there is no CSV of it. Accept application/json; lists answer CSV.',
    );
}

/** In a spreadsheet nobody looks for the link to another page: without a limit it is everything. */
export const isWhole = (csv: boolean, request: FastifyRequest): boolean =>
  csv && !Object.hasOwn(request.query as object, 'limit');

async function sendRecord(
  question: RecordQuery,
  { query, context, fileName = csvNameOf(question.url) }: Asked,
  answers: LongAnswers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const csv = question.csv && isCsv(request, query.format) ? csvAsked(question.csv, query) : undefined;
  if (!question.csv) refuseCsv(request);
  const after =
    question.paged && query.cursor !== undefined ? decodeCursor(query.cursor, ownOrder) : undefined;
  const answered = await answerTo(question, query, context);
  const { position, body, tag = '' } = answered;
  const token = positionToken(context.deps.service.log.identity, position);
  reply.header('position', token);
  const others = othersTag(context.deps.version, othersChangedAt(context.deps.service.engine));
  // Whoever has it is told so before the body is made.
  const ofThis = `${token}.${context.day}.${tag}.${others}${csv ? '.csv' : ''}`;
  if (fresh(request, reply, context, ofThis)) return reply.code(304).send();
  const name = fileName;
  if (!question.paged)
    return csv
      ? csvReply(reply, name, csv, csvRows(csv, bodyOf(answered) as object), context.deps)
      : bodyOf(answered);
  const make = body as Paged;
  if (csv && isWhole(true, request)) {
    const page = async (from: Spot | undefined): Promise<Rows> => {
      let last: Spot | undefined;
      const made = await make({ after: from, limit: rowsATurn, next: (spot) => ((last = spot), '') });
      return { rows: csvRows(csv, made), more: last && (() => page(last)) };
    };
    if (request.method === 'HEAD')
      return sendWhole({ ...csv, name }, { rows: [] }, context, answers, request, reply);
    const first = await page(after);
    return first.more
      ? sendWhole({ ...csv, name }, first, context, answers, request, reply)
      : csvReply(reply, name, csv, first.rows, context.deps);
  }
  const { limit } = query as z.output<typeof PageParameters>;
  const page: Page = { after, limit, next: (last) => nextPage(request.url, ownOrder, last) };
  if (csv) return csvReply(reply, name, csv, csvRows(csv, await make(page)), context.deps);
  const kept = await keptAnswer(
    context.deps.service.engine,
    `${readerOf(context)} ${request.url}`,
    async () => {
      const made = await make(page);
      return { text: JSON.stringify(made), next: made.next };
    },
  );
  return sendPage(reply, kept);
}

/** `columns`: of a CSV. */
function sendPage(reply: FastifyReply, { text, next }: Answer, columns?: Named): FastifyReply {
  if (next !== null) reply.header('link', `<${next}>; rel="next"`);
  return (
    columns ? csvHead(reply, columns.name, columns) : reply.type('application/json; charset=utf-8')
  ).send(text);
}

/** Rows of a long list, and how to read those after them, where there are more. */
interface Rows {
  readonly rows: readonly object[];
  more?(): Promise<Rows>;
}
/** The rows of a list from those that were read on. */
const rowsFrom = (found: readonly Entry<object>[], reader: Reading): Rows => ({
  rows: found.map((e) => e.shown),
  ...(found.length > 0 ? { more: async () => rowsFrom(await reader.take(rowsATurn), reader) } : {}),
});

/** Every row as CSV, as it is read. */
async function sendWhole(
  columns: Named,
  first: Rows,
  context: QueryContext,
  answers: LongAnswers,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const headers = {
    ...reply.getHeaders(),
    'content-type': csvType,
    ...csvHeaders(columns.name, columns.version),
  } as Record<string, string>;
  await answers.send(
    request,
    reply,
    { account: context.viewer.account, kind: 'exports', headers },
    async (answer) => {
      answer.write(csvText(columns, first.rows, context.deps));
      for (let { more } = first; more;) {
        await answer.turn();
        if (answer.signal.aborted) return;
        const next: Rows = await more();
        answer.write(csvText(columns, next.rows, context.deps, false));
        more = next.more;
      }
    },
  );
  return reply;
}

type Named = Columns & { readonly name: string };

async function sendList(
  list: ListQuery,
  { query, context, fileName = csvNameOf(list.url) }: Asked,
  answers: LongAnswers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const asked = query as ListAsked;
  orderOf(list, asked.sort);
  const { service } = context.deps;
  const csv = isCsv(request, asked.format);
  // How far this node had read, for `Read-After`: it says that something was recorded, of whomever; the tag
  // is of what is shown alone.
  reply.header('position', positionToken(service.log.identity, service.position()));
  const question = `${readerOf(context)} ${csv} ${request.url}`;
  const shown: { tag?: string } = list.changesByItself ? {} : shownAs(service.engine, question);
  // The rows are a question of the reader, the views and the day alone: whoever has them is not made to wait
  // for them again.
  if (shown.tag && fresh(request, reply, context, shown.tag)) return reply.code(304).send();
  const columns = { columns: list.columns, version: list.columnsVersion, row: list.row, name: fileName };
  const whole = isWhole(csv, request);
  // HEAD reads nothing.
  if (whole && request.method === 'HEAD')
    return sendWhole(columns, { rows: [] }, context, answers, request, reply);
  const limit = whole ? rowsATurn : asked.limit;
  const kept = list.changesByItself ? madeAnew : keptAnswer;
  const answer = await kept(service.engine, question, async (): Promise<Answer | Begun> => {
    const begun = await beginList(list, asked, context, limit);
    // A long list is sent as it is read, and has no tag: nobody knows its end when it begins.
    if (whole && begun.more) return begun;
    const page = pageOf(list, { ...asked, limit }, begun, request.url);
    return {
      text: csv ? csvText(columns, page.items, context.deps) : JSON.stringify(page),
      next: page.next,
    };
  });
  if ('reading' in answer)
    return sendWhole(columns, rowsFrom(answer.found, answer.reading), context, answers, request, reply);
  shown.tag = `${digest(`${answer.text}${answer.next}`)}${csv ? '.csv' : ''}`;
  if (fresh(request, reply, context, shown.tag)) return reply.code(304).send();
  return sendPage(reply, answer, csv ? columns : undefined);
}

/** As `keptAnswer`, of what must not be kept. */
const madeAnew = <Made>(_engine: unknown, _question: string, make: () => Promise<Made>): Promise<Made> =>
  make();

/** Tags of lists by who asked for what, until a view changes. */
const shownAs = keptWhile((_engine, _question: string): { tag?: string } => ({}));
