/** The demo with its pages, read by whomever a header names: who signs in, and how, is another test's. */
import type { Test } from 'tap';
import { parseGrant } from '../../src/domain/shared/access.js';
import { aggregates, splitStream } from '../../src/domain/registry.js';
import { grantsOf, readers, type DemoReader } from '../../src/demo/readers.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { queries } from '../../src/http/questions/index.js';
import type { Principal } from '../../src/http/query/deps.js';
import { hasPage } from '../../src/web/words/subjects.js';
import type { PagesOptions } from '../../src/web/server.js';
import { openHarness, type Harness } from '../http/harness.js';

/** Names the reader in these tests alone. */
const header = 'x-reader';

/** Who reads in the demo, one a role; `undefined` has not signed in. */
export const everybody: readonly (DemoReader | undefined)[] = [
  undefined,
  ...readers.filter(({ grant }) => grant !== 'public@'),
];
export const nameOf = (reader: DemoReader | undefined): string => reader?.grant ?? 'nobody';
export const readerHeaders = (reader: DemoReader | undefined): Record<string, string> =>
  reader ? { [header]: reader.variable } : {};

export function principalOf(variable: unknown): Principal | undefined {
  const found = readers.find((one) => one.variable === variable);
  if (!found) return undefined;
  const grants = grantsOf(found).map((written) => {
    const [role = '', scope = ''] = written.split('@');
    return parseGrant(role, scope)!;
  });
  return { account: found.account, grants, grantsInLog: true };
}

export interface WebWorld extends Harness {
  /** A page as a reader is sent it. */
  get(reader: DemoReader | undefined, url: string, headers?: Record<string, string>): Promise<Got>;
}
export interface Got {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly html: string;
}
export async function openWeb(t: Test, pages: PagesOptions = {}): Promise<WebWorld> {
  const harness = await openHarness(t, {
    grantsInLog: true,
    pages: { ...pages, reader: async ({ headers }) => principalOf(headers[header]) },
  });
  return {
    ...harness,
    async get(reader, url, headers = {}) {
      const answer = await harness.app.inject({ url, headers: { ...readerHeaders(reader), ...headers } });
      return { status: answer.statusCode, headers: answer.headers, html: answer.body };
    },
  };
}

/** Ids of every record of the demo, by kind. */
export function recordsIn({ service }: Pick<WebWorld, 'service'>): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  const all = 1_000_000;
  for (const stream of new Set(service.log.readAll(0, all).map((event) => event.stream))) {
    const [kind, id] = splitStream(stream);
    ids.set(kind, [...(ids.get(kind) ?? []), id]);
  }
  return ids;
}

/** Every address of a page that is made of a query, with the ids that it may be asked about, so many a query. */
export function queryPages(world: WebWorld, most: number): string[] {
  const ids = recordsIn(world);
  const kindOf = (url: string): string => {
    const collection = url.split('/')[2];
    return aggregates.find((one) => one.collection === collection)?.name ?? 'agency';
  };
  return queries
    .filter(({ url }) => hasPage(url))
    .flatMap(({ url }) => {
      const page = url.replace(/^\/v1/, '');
      if (!page.includes(':id')) return [page];
      return (ids.get(kindOf(url)) ?? [])
        .slice(0, most)
        .map((id) => page.replace(':id', encodeURIComponent(id)));
    });
}
export const feedPages = (): string[] =>
  feeds.filter(({ body }) => body !== undefined).map(({ url }) => url.replace(/^\/v1/, ''));
