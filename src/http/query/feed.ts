/** What is answered in an own form, neither one record nor a list: the timeline, the iCalendar feed. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { csvHeaders, csvText, csvType, type Columns } from './csv.js';
import type { HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import type { LongAnswers } from '../server/long-answer.js';
import { isCsv, isWhole, read, refuseCsv, type Reading } from './query.js';

/** An answer ready to be sent. */
export interface FeedAnswer {
  readonly type: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
/** A feed asked once; its parameters are refused as strictly as a query's. */
export interface Feed {
  readonly title: string;
  readonly url: string;
  readonly parameters: z.ZodObject;
  /** Media types it answers in, the first one by default, each with an example. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Where it answers CSV: its columns. */
  readonly csv?: Columns;
  /** Every row, page by page: what CSV is without a `limit`. */
  whole?(r: Reading): AsyncGenerator<readonly object[]>;
  /** `requested` is the address asked, for the link to the next page; `csv`: it is asked for, and the feed has it. */
  run(r: Reading, requested: string, csv: boolean): FeedAnswer | Promise<FeedAnswer>;
}

export function installFeeds(app: FastifyInstance, deps: HttpDeps, feeds: readonly Feed[], answers: LongAnswers, addressOf: Addresses): void {
  for (const feed of feeds) {
    app.get(feed.url, async (request, reply) => {
      if (!('text/csv' in feed.answers)) refuseCsv(request);
      const reading = await read(deps, feed.parameters, request, addressOf);
      const csv = feed.csv !== undefined && isCsv(request, reading.query.format);
      if (feed.whole && isWhole(csv, request)) return sendWhole(feed, feed.whole(reading), reading, answers, request, reply);
      const { type, body, headers = {} } = await feed.run(reading, request.url, csv);
      return reply
        .headers({ vary: 'Accept, Authorization', 'cache-control': 'private, no-cache', ...headers })
        .type(type)
        .send(body);
    });
  }
}

/** Every row of a feed as CSV, as it is read. */
async function sendWhole({ url, csv }: Feed, pages: AsyncGenerator<readonly object[]>, r: Reading, answers: LongAnswers, request: FastifyRequest, reply: FastifyReply) {
  // What is wrong with the question is said before anything is sent.
  const first = request.method === 'HEAD' ? undefined : await pages.next();
  const headers = { ...reply.getHeaders(), vary: 'Accept, Authorization', 'cache-control': 'private, no-cache', 'content-type': csvType, ...csvHeaders(url.split('/').at(-1)!) };
  await answers.send(request, reply, { account: r.viewer.account, kind: 'exports', headers: headers as Record<string, string> }, async (answer) => {
    answer.write(csvText(csv!.columns, first?.done === false ? first.value : []));
    for await (const rows of pages) {
      await answer.turn();
      if (answer.signal.aborted) break;
      answer.write(csvText(csv!.columns, rows, false));
    }
  });
  return reply;
}
