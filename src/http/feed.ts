/** What is answered in an own form, neither one record nor a list: the timeline, the iCalendar feed. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Columns } from './csv.js';
import type { HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import { read, refuseCsv, wantsCsv, type Reading } from './query.js';

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
  /** `requested` is the address asked, for the link to the next page; `csv` what the Accept header says. */
  run(r: Reading, requested: string, csv: boolean): FeedAnswer | Promise<FeedAnswer>;
}

export function installFeeds(app: FastifyInstance, deps: HttpDeps, feeds: readonly Feed[], addressOf: Addresses): void {
  for (const feed of feeds) {
    app.get(feed.url, async (request, reply) => {
      if (!('text/csv' in feed.answers)) refuseCsv(request);
      const reading = await read(deps, feed.parameters, request, addressOf);
      const { type, body, headers = {} } = await feed.run(reading, request.url, wantsCsv(request));
      return reply
        .headers({ vary: 'Accept, Authorization', 'cache-control': 'private, no-cache', ...headers })
        .type(type)
        .send(body);
    });
  }
}
