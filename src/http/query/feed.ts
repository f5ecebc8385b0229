/** What is answered in an own form, neither one record nor a list: the timeline, the iCalendar feed. */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { csvHeaders, csvNameOf, csvText, csvType, type ColumnOf, type Columns } from './csv.js';
import type { HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import type { LongAnswers } from '../server/long-answer.js';
import type { QueryContext } from './context.js';
import type { AnswerOf } from './declare.js';
import { digest, fresh } from './etag.js';
import { namesIn } from './parameters.js';
import { isCsv, isWhole, refuseCsv } from './query.js';
import { readQuery } from './read-query.js';
import type { Renamed } from '../../domain/kernel/renamed.js';
import type { Schema } from '../../domain/kernel/schema.js';

/** An answer ready to be sent: an object as JSON, or a text. */
export interface FeedAnswer<B = object> {
  readonly type: string;
  readonly body: B | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What of it is told apart, where that is less than all: the instant of an answer may be left out. */
  readonly told?: object;
}
/** A feed asked once; its parameters are refused as strictly as a query's. */
export interface Feed {
  readonly title: string;
  readonly url: string;
  readonly parameters: z.ZodObject;
  /** Parameters that had another name, which is still taken. */
  readonly renamed?: Renamed;
  /** The shape of its answer as JSON. */
  readonly body?: Schema | undefined;
  /** Media types it answers in, the first one by default, each with an example. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Where it answers CSV: its columns. */
  readonly csv?: Columns;
  /**
   * Statuses it refuses with beside those that any may: 404 of a record that it is asked about, 406 where it
   * has no CSV.
   */
  readonly refuses?: readonly (403 | 404 | 406)[];
  /** Every row, page by page: what CSV is without a `limit`. */
  whole?(query: object, context: QueryContext): AsyncGenerator<readonly object[]>;
  /**
   * `requested` is the address asked, for the link to the next page; `csv`: it is asked for, and the feed has
   * it.
   */
  run(
    query: object,
    context: QueryContext,
    requested: string,
    csv: boolean,
  ): FeedAnswer | Promise<FeedAnswer>;
}

/** What a row of a feed's `items` is. */
type ItemOf<B> = B extends { readonly items: readonly (infer L extends object)[] } ? L : never;
interface FeedSpec<P extends z.ZodObject, B extends z.core.$ZodType> extends Omit<
  Feed,
  'parameters' | 'body' | 'csv' | 'whole' | 'run'
> {
  readonly parameters: P;
  readonly body?: B;
  readonly csv?: Omit<Columns, 'columns'> & { readonly columns: readonly ColumnOf<ItemOf<AnswerOf<B>>>[] };
  whole?(query: z.output<P>, context: QueryContext): AsyncGenerator<readonly ItemOf<AnswerOf<B>>[]>;
  run(
    query: z.output<P>,
    context: QueryContext,
    requested: string,
    csv: boolean,
  ): FeedAnswer<AnswerOf<B>> | Promise<FeedAnswer<AnswerOf<B>>>;
}
/** Declares a feed: its function is given what its own parameters have read. */
export const feed = <P extends z.ZodObject, B extends z.core.$ZodType = z.core.$ZodNever>(
  spec: FeedSpec<P, B>,
): Feed => spec as unknown as Feed;

/** What is known of the route of a feed: what it takes. */
export const routeOfFeed = (feed: Feed): FastifyContextConfig => ({
  parameters: namesIn(feed.parameters, feed.renamed),
});

export function installFeeds(
  app: FastifyInstance,
  deps: HttpDeps,
  feeds: readonly Feed[],
  answers: LongAnswers,
  addressOf: Addresses,
): void {
  for (const feed of feeds) {
    app.get(feed.url, { config: routeOfFeed(feed) }, async (request, reply) => {
      if (!('text/csv' in feed.answers)) refuseCsv(request, Object.keys(feed.answers));
      const { query, context } = await readQuery(deps, feed.parameters, request, addressOf, feed.renamed);
      return sendFeed(feed, { query, context, headers: forPrograms }, answers, request, reply);
    });
  }
}

const forPrograms = { vary: 'Accept, Authorization', 'cache-control': 'private, no-cache' } as const;
/** A question to a feed as it was read, and the headers that go with whatever answers it. */
interface AskedFeed {
  readonly query: object;
  readonly context: QueryContext;
  readonly headers: Readonly<Record<string, string>>;
}
/** Sends what a feed answers, in the form that was asked for. */
export async function sendFeed(
  feed: Feed,
  { query, context, headers }: AskedFeed,
  answers: LongAnswers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const csv = feed.csv !== undefined && isCsv(request, (query as { readonly format?: string }).format);
  if (feed.csv && feed.whole && isWhole(csv, request)) {
    const named = { ...feed.csv, name: csvNameOf(feed.url), headers };
    return sendWhole(named, feed.whole(query, context), context, answers, request, reply);
  }
  const { type, body, headers: own, told } = await feed.run(query, context, request.url, csv);
  reply.headers({ ...headers, ...own });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const tag = digest(told === undefined ? text : JSON.stringify(told));
  if (fresh(request, reply, context, tag, told !== undefined)) return reply.code(304).send();
  return reply.type(type).send(text);
}

/** Every row of a feed as CSV, as it is read. */
async function sendWhole(
  columns: Columns & Pick<AskedFeed, 'headers'> & { readonly name: string },
  pages: AsyncGenerator<readonly object[]>,
  context: QueryContext,
  answers: LongAnswers,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  // What is wrong with the question is said before anything is sent.
  const first = request.method === 'HEAD' ? undefined : await pages.next();
  const headers = {
    ...reply.getHeaders(),
    ...columns.headers,
    'content-type': csvType,
    ...csvHeaders(columns.name, columns.version),
  };
  await answers.send(
    request,
    reply,
    { account: context.viewer.account, kind: 'exports', headers: headers as Record<string, string> },
    async (answer) => {
      answer.write(csvText(columns, first?.done === false ? first.value : [], context.deps));
      for await (const rows of pages) {
        await answer.turn();
        if (answer.signal.aborted) break;
        answer.write(csvText(columns, rows, context.deps, false));
      }
    },
  );
  return reply;
}
