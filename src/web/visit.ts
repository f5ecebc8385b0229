/**
 * One request for a page: who asks, and the queries that the page asks for them. It asks what a route asks,
 * by the same functions, so that nothing is shown that the API would withhold.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { grantName } from '../domain/shared/access.js';
import { endOfDay, isCivilDate } from '../domain/shared/calendar.js';
import { answer, beginList, bodyOf, pageOf, type ListAsked, type ListPage } from '../http/query/answer.js';
import type { Commands } from '../http/for-pages.js';
import type { QueryContext } from '../http/query/context.js';
import { kindIn, type ListQuery, type Paged, type Query, type RecordQuery } from '../http/query/declare.js';
import type { HttpDeps, Principal } from '../http/query/deps.js';
import { newestBy, ownEntries, type OwnEntries } from '../http/query/entries.js';
import type { Feed, FeedAnswer } from '../http/query/feed.js';
import type { Addresses } from '../http/query/links.js';
import { decodeCursor, nextPage, ownOrder } from '../http/query/paging.js';
import { parametersOf, type AnyParameters, type PageParameters } from '../http/query/parameters.js';
import type { Asked } from '../http/query/query.js';
import { readAsked } from '../http/query/read-query.js';
import { pageAddress } from './address.js';
import type { LongAnswers } from '../http/server/long-answer.js';
import type { Sessions } from './sessions.js';
import { Shower, type Names } from '../http/words/shown.js';
import { namesFor, type Told as Named } from '../http/words/names.js';

/** What pages are given: as routes are, with the log of their reads and their long answers. */
export interface Web {
  readonly deps: HttpDeps;
  readonly answers: LongAnswers;
  readonly addressOf: Addresses;
  /** Who is signed in, and the hidden fields of their forms; without it nobody is. */
  readonly sessions?: Sessions;
  readonly commands: Commands;
}

/** Who has not signed in: an account that nobody can have, without a grant. */
export const visitor: Principal = { account: 'system:visitor', grants: [] };

/** What is sent with a question, by name. */
export type Given = Readonly<Record<string, unknown>>;

/** The answer about a record, with the record's own entries where it is one's. */
export interface RecordAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly own: OwnEntries | undefined;
  readonly context: QueryContext;
}
/** Of when a page tells, and how far the log was then. */
export interface Told {
  readonly asAt: string;
  /** It is told as it stood then, and not as it stands. */
  readonly isPast: boolean;
  /** When the last thing was recorded, of whomever; undefined where nothing was. */
  readonly lastAt: string | undefined;
  readonly entry: number | undefined;
}

const Nothing = z.strictObject({});

export class Visit {
  constructor(
    readonly web: Web,
    readonly request: FastifyRequest,
    readonly principal: Principal,
    /** As at when everything is told; without it each question as at when it is asked. */
    readonly now?: string,
  ) {
    const { service } = web.deps;
    this.#begun = { entry: service.position(), lastAt: service.newestAt() || undefined };
  }

  readonly #begun: Pick<Told, 'entry' | 'lastAt'>;
  #past: string | undefined;
  /** Of when it was told, by what was asked: everything that was recorded until it began is in it. */
  get told(): Told {
    const past = this.#past;
    if (past === undefined) return { asAt: this.context.now, isPast: false, ...this.#begun };
    const last = newestBy(this.context, past);
    return { asAt: past, isPast: true, lastAt: last?.at, entry: last?.entry };
  }
  /** What was answered is told as it stood, where that was asked: the end of a day, or an instant. */
  #tells({ asAt }: Pick<AnyParameters, 'asAt'>): void {
    if (asAt !== undefined) this.#past = isCivilDate(asAt) ? endOfDay(asAt) : asAt;
  }

  get #asking() {
    return { request: this.request, principal: this.principal, now: this.now };
  }
  get isSignedIn(): boolean {
    return this.principal !== visitor;
  }
  /** The grants of whoever asks, as they are written. */
  get grants(): readonly string[] {
    return this.principal.grants.map(grantName);
  }

  /** The grant they chose to act in, where it is still theirs; undefined: in whichever fits. */
  get acting(): string | undefined {
    // Who is told that nothing can be looked up now is nobody known: nor is their session looked up.
    const chosen = this.isSignedIn ? this.web.sessions?.open(this.request)?.acting : undefined;
    return this.grants.find((grant) => grant === chosen);
  }

  /** A question as it is read: its parameters strictly, the id in its address, and what it may look at. */
  read(question: Query, given: Given, id?: string, name?: string): Asked {
    const { deps, addressOf } = this.web;
    const asking = { ...this.#asking, given, id, name };
    return readAsked(deps, parametersOf(question), asking, addressOf, question.renamed);
  }
  /** A context in which nothing is asked: for names and links. */
  get context(): QueryContext {
    const { deps, addressOf } = this.web;
    const asking = { ...this.#asking, given: {} };
    return (this.#context ??= readAsked(deps, Nothing, asking, addressOf).context);
  }
  #context: QueryContext | undefined;

  /** A page of a list. */
  async list(list: ListQuery, given: Given, requested = this.request.url): Promise<ListPage> {
    const { query, context } = this.read(list, given);
    const asked = query as ListAsked;
    const begun = await beginList(list, asked, context, asked.limit);
    this.#tells(asked);
    return pageOf(list, asked, begun, requested);
  }
  /**
   * The answer about a record, or a page of one that comes a page at a time; `name`: of a command of it.
   * Asked once for all parts of a page that ask the same; where something may have been recorded meanwhile,
   * anew.
   */
  record(question: RecordQuery, id: string | undefined, given: Given, name?: string): Promise<RecordAnswer> {
    if (this.request.method !== 'GET') return this.#ask(question, id, given, name);
    const key = JSON.stringify([question.url, id, given, name]);
    const known = this.#records.get(key);
    if (known) return known;
    const asked = this.#ask(question, id, given, name);
    this.#records.set(key, asked);
    return asked;
  }
  readonly #records = new Map<string, Promise<RecordAnswer>>();

  async #ask(
    question: RecordQuery,
    id: string | undefined,
    given: Given,
    name: string | undefined,
  ): Promise<RecordAnswer> {
    const { query, context } = this.read(question, given, id, name);
    const answered = await answer(question, query, context);
    const body = question.paged
      ? await this.#page(answered.body as Paged<object>, query)
      : (bodyOf(answered) as object);
    this.#tells(query);
    const told = body as RecordAnswer['body'];
    return { body: told, own: this.#ownOf(question, id, told, query, context), context };
  }
  /** The entries of the record that a question is about: of what many records are made of, there are none. */
  #ownOf(
    question: RecordQuery,
    id: string | undefined,
    { recordVersion }: RecordAnswer['body'],
    { asAt }: AnyParameters,
    context: QueryContext,
  ): OwnEntries | undefined {
    const kind = kindIn(question);
    if (kind === undefined || id === undefined) return undefined;
    if (asAt === undefined) return ownEntries(context, kind, id);
    return typeof recordVersion === 'number' ? ownEntries(context, kind, id, recordVersion) : undefined;
  }
  #page(make: Paged<object>, asked: AnyParameters): Promise<object> {
    const { cursor, limit } = asked as z.output<typeof PageParameters>;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, ownOrder);
    return make({ after, limit, next: (last) => nextPage(this.request.url, ownOrder, last) });
  }
  /** What a feed answers, where that is no text. */
  async feed(
    feed: Feed,
    given: Given,
  ): Promise<{ readonly answer: FeedAnswer; readonly context: QueryContext }> {
    const { query, context } = this.readFeed(feed, given);
    return { answer: await feed.run(query, context, this.request.url, false), context };
  }
  /** As `read`, of a feed. */
  readFeed(
    feed: Feed,
    given: Given,
  ): { readonly query: Readonly<Record<string, unknown>>; readonly context: QueryContext } {
    const { deps, addressOf } = this.web;
    const asking = { ...this.#asking, given };
    return readAsked(deps, feed.parameters, asking, addressOf, feed.renamed);
  }

  /** Shows values as this reader may know what they name. */
  get shower(): Shower {
    return (this.#shower ??= this.showerOf(this.context));
  }
  #shower: Shower | undefined;
  /** `told`: of which place and programme is what is shown. */
  showerOf(context: QueryContext, told: Named = {}, parts?: Readonly<Record<string, string>>): Shower {
    return new Shower(this.names(context, told), parts);
  }

  /** Names as this reader may know them, where something of a place or a programme is told. */
  names(context: QueryContext = this.context, told: Named = {}): Names {
    return { ...namesFor(context, told, pageAddress), issuersIn: (text) => this.issuersNamed(text) };
  }
  /** A text in which organisations that people sign in at are called by their names. */
  issuersNamed(text: string): string {
    return this.web.sessions?.issuersNamed(text) ?? text;
  }
}
