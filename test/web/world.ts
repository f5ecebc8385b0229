/** The demo with its pages, read by sessions of its posts: how somebody signs in is another test's. */
import type { Test } from 'tap';
import { aggregates, splitStream } from '../../src/domain/registry.js';
import { identityOf } from '../../src/demo/issuer.js';
import { posts, readers, type DemoReader } from '../../src/demo/readers.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { queries } from '../../src/http/questions/index.js';
import { pages as designed } from '../../src/web/pages/index.js';
import { hasPage } from '../../src/web/words/subjects.js';
import { Door } from '../../src/web/door.js';
import { keyring } from '../../src/web/keyring.js';
import { beginSession, writeSession, type Session } from '../../src/web/session.js';
import { openHarness, type Harness } from '../http/harness.js';

const secrets = [new Uint8Array(32)] as const;
/** What the door of these tests signs with. */
export const keys = keyring(secrets);
const sessions = new Map<string, Session>();
/** A reader's session, used now. */
export function sessionOf({ variable, account }: DemoReader): Session {
  let session = sessions.get(variable);
  if (!session) sessions.set(variable, (session = beginSession(account, Date.now())));
  return { ...session, seen: Date.now() };
}
const cookie = 'session';
/** The cookie that the door gives whoever has signed in. */
export const cookieOf = (reader: DemoReader): string => writeSession(keys, sessionOf(reader));
/** The same for a browser. */
export const browserCookies = (reader: DemoReader | undefined, url: string) =>
  reader ? [{ name: cookie, value: cookieOf(reader), url }] : [];
/** The door by which they came in: of the demo, on this machine. */
export const pagesOn: NonNullable<Parameters<typeof openHarness>[1]>['pagesOn'] = (service, accounts) => ({
  door: new Door({
    secrets,
    accounts,
    issuers: [],
    posts,
    identityOf,
    origin: 'http://127.0.0.1',
    logNow: () => service.clock.now(),
    waitForPosition: (position) => service.waitForPosition(position),
  }),
});

/** Who reads in the demo, one a role; `undefined` has not signed in. */
export const everybody: readonly (DemoReader | undefined)[] = [
  undefined,
  ...readers.filter(({ grant }) => grant !== 'public@'),
];
/** A post of the demo by the shell's name for its token. */
export const readerCalled = (variable: string): DemoReader | undefined =>
  readers.find((reader) => reader.variable === variable);
/** The words of a page from its heading on. */
export const wordsOf = (html: string): string =>
  html
    .replace(/^.*?<h1/s, '<h1')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/\s+/g, ' ');
export const nameOf = (reader: DemoReader | undefined): string => reader?.grant ?? 'nobody';
/** What a browser sends of somebody who has signed in. */
export const readerHeaders = (reader: DemoReader | undefined): Record<string, string> =>
  reader ? { cookie: `${cookie}=${cookieOf(reader)}`, 'sec-fetch-site': 'same-origin' } : {};

export interface WebWorld extends Harness {
  /** A page as a reader is sent it. */
  get(reader: DemoReader | undefined, url: string, headers?: Record<string, string>): Promise<Got>;
}
export interface Got {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly html: string;
}
/** `grantsInLog`: as in forms-world.ts. */
export async function openWeb(t: Test, { grantsInLog = true } = {}): Promise<WebWorld> {
  const harness = await openHarness(t, { grantsInLog, pagesOn });
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

/**
 * Every address of a page that is made of queries, or was designed, with the ids that it may be asked about, so
 * many an address.
 */
export function pageAddresses(world: Pick<WebWorld, 'service'>, most: number): string[] {
  const ids = recordsIn(world);
  const kindOf = (address: string): string => {
    const collection = address.split('/')[1];
    return aggregates.find((one) => one.collection === collection)?.name ?? 'agency';
  };
  const plain = queries.filter(({ url }) => hasPage(url)).map(({ url }) => url.replace(/^\/v1/, ''));
  return [...new Set([...plain, ...designed.map(({ address }) => address)])].flatMap((address) =>
    address.includes(':id')
      ? (ids.get(kindOf(address)) ?? [])
          .slice(0, most)
          .map((id) => address.replace(':id', encodeURIComponent(id)))
      : [address],
  );
}
export const feedPages = (): string[] =>
  feeds.filter(({ body }) => body !== undefined).map(({ url }) => url.replace(/^\/v1/, ''));
