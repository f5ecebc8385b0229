/**
 * The pages, on the same Fastify instance as the API. What a request passes, in this order: what every
 * request passes (src/app.ts); who asks, by a cookie and never by a token; its page. What fails on the way is
 * told as a page.
 */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ListQuery, RecordQuery } from '../http/query/declare.js';
import type { Principal } from '../http/query/deps.js';
import { routeOfFeed, sendFeed, type Feed } from '../http/query/feed.js';
import { parametersOf } from '../http/query/parameters.js';
import { placeExportAddress } from '../http/query/place-export.js';
import { routeOf, sendQuery } from '../http/query/query.js';
import { feeds } from '../http/questions/feeds.js';
import { queries } from '../http/questions/index.js';
import { addressOf, isPageAddress } from '../http/server/identity.js';
import { installActing } from './acting.js';
import { pageAddress, withAsked, withoutEmpty, type Query } from './address.js';
import type { Door } from './door.js';
import type { Page } from './page.js';
import { apiModel, operationModel, type Described } from './pages/api.js';
import { pages as designed } from './pages/index.js';
import { installAssets, loadAssets, type Assets } from './assets.js';
import { installForms, type FormTokens } from './forms.js';
import { render, sendHtml } from './html.js';
import { exportRoute, sendPlaceExport } from './export/route.js';
import { installImport } from './import.js';
import { unclearIn } from './filter.js';
import { layoutOf, madeFor } from './layout.js';
import { problemModel } from './pages/problem.js';
import { byNames, type Unclear } from './pages/asked-by-name.js';
import { feedModel } from './pages/feed.js';
import { listModel } from './pages/list.js';
import { recordModel } from './pages/record.js';
import { hasPage, subjectOf } from './words/subjects.js';
import { Visit, visitor, type Web } from './visit.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks for a page, once that is known. */
    visit: Visit | undefined;
  }
}

/** How pages are served. */
export interface PagesOptions {
  /** Who has signed in, by the request's cookie; undefined where nobody has. */
  readonly reader?: (request: FastifyRequest) => Promise<Principal | undefined>;
  /** How people come in and go out; without it nobody does. */
  readonly door?: Door;
  /** What forms are known by: the door’s sessions. Without it there are none. */
  readonly tokens?: FormTokens;
}
interface Given extends Web {
  /** The description of the API. */
  description(): Described;
  /** Counts a request as its account's. */
  count(request: FastifyRequest, principal: Principal): Promise<void>;
}

export async function installPages(
  app: FastifyInstance,
  routes: Given,
  { door, reader = async (request) => door?.sessions.reader(request), tokens = door?.sessions }: PagesOptions,
): Promise<void> {
  await door?.sessions.install(app);
  const given: Given = door ? { ...routes, sessions: door.sessions } : routes;
  const assets = await loadAssets();
  const pages = new Pages(given, assets);
  app.problemPage = {
    isAt: (request) => isPageAddress(addressOf(request)),
    send: (request, reply, problem) => pages.sendProblem(request, reply, problem),
  };
  app.decorateRequest('visit', undefined);
  installAssets(app, assets);
  // Where there is no page its reader is told so as who they are.
  app.addHook('onRequest', async (request) => {
    if (!request.is404 || !isPageAddress(addressOf(request))) return;
    request.visit = new Visit(given, request, (await reader(request)) ?? visitor);
  });
  app.register(async (web) => {
    web.addHook('onRequest', async (request, reply) => {
      const principal = await reader(request);
      if (principal) await given.count(request, principal);
      request.visit = new Visit(given, request, principal ?? visitor);
      // A form sends what was left empty too: its answers stand in the address, and that is to be short.
      const short = request.method === 'GET' ? withoutEmpty(request.url) : undefined;
      if (short !== undefined) return reply.redirect(short, 303);
    });
    const shown = {
      visit: visitOf,
      send: (
        request: FastifyRequest,
        reply: FastifyReply,
        template: string,
        model: object,
        status?: number,
      ) => pages.send(request, reply, template, model, status),
      askToSignIn,
    };
    if (door) installActing(web, { sessions: door.sessions, ...shown });
    door?.installTokens(web, shown);
    door?.install(web, (request, reply, { status, ...page }) =>
      sendHtml(reply, pages.html(visitOf(request), 'sign-in.njk', page), status),
    );
    for (const question of queries.filter(({ url }) => hasPage(url))) {
      const page = designed.find(({ address }) => address === pageAddress(question.url));
      web.get(pageAddress(question.url), { config: pageRouteOf(question) }, (request, reply) =>
        pages.query(question, page, request, reply),
      );
    }
    const ownAddresses = new Set(queries.map(({ url }) => pageAddress(url)));
    for (const page of designed.filter(({ address }) => !ownAddresses.has(address)))
      web.get(page.address, (request, reply) => pages.page(page, request, reply));
    web.get(pageAddress(placeExportAddress), { config: exportRoute }, async (request, reply) => {
      const visit = visitOf(request);
      if (!visit.isSignedIn) return askToSignIn(request, reply);
      reply.header('vary', 'Cookie');
      return sendPlaceExport(given, request, reply, visit.principal);
    });
    web.get('/api', (request, reply) => pages.send(request, reply, 'api.njk', apiModel(given.description())));
    web.get('/api/:operation', (request, reply) => {
      const { operation } = request.params as { readonly operation: string };
      return pages.send(request, reply, 'operation.njk', operationModel(given.description(), operation));
    });
    for (const feed of feeds.filter(({ body }) => body !== undefined))
      web.get(pageAddress(feed.url), { config: routeOfFeed(feed) }, (request, reply) =>
        pages.feed(feed, request, reply),
      );
    if (tokens) installImport(web, { tokens, ...shown });
    if (tokens)
      installForms(web, {
        tokens,
        late: door,
        invitations: door?.invitations,
        visitOf,
        html: (visit, template, model) => pages.html(visit, template, model),
      });
  });
}

/** Makes pages of one application. */
class Pages {
  constructor(
    private readonly web: Web,
    private readonly assets: Assets,
  ) {}

  /** A template filled, within what every page has around it. */
  html(visit: Visit, template: string, model: object): string {
    return render(template, { layout: layoutOf(visit, this.assets), ...model });
  }

  /** Sends a page; a template that somebody else made has `layout` and what it is given. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    template: string,
    model: object,
    status = 200,
  ): FastifyReply {
    const visit = (request.visit ??= new Visit(this.web, request, visitor));
    return sendHtml(reply, this.html(visit, template, model), status);
  }

  async page(page: Page, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const visit = visitOf(request);
    if (page.for === 'signed-in' && !visit.isSignedIn) return askToSignIn(request, reply);
    const { id = '' } = request.params as { readonly id?: string };
    const model = await page.model(visit, id, request.query as Query);
    return this.send(request, reply, page.template, model);
  }

  /** What a query answers: as a file, as the page that was designed for it, or plainly. */
  async query(
    question: ListQuery | RecordQuery,
    page: Page | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    const visit = visitOf(request);
    const asked = { ...(request.query as Query) };
    const { id = '' } = request.params as { readonly id?: string };
    if (isOwn(question.url) && !visit.isSignedIn) return askToSignIn(request, reply);
    if (asked.format !== undefined) return this.#file(question, visit, asked, id, reply);
    if (question.kind === 'record') return this.#record(question, id, page, visit, asked, reply);
    if (page && !isOneByOne(asked) && (await byNames(parametersOf(question), asked, visit)) === undefined)
      try {
        return await this.page(page, request, reply);
      } catch (problem) {
        if (!unclearIn(parametersOf(question), problem)) throw problem;
      }
    // Its plain page has the form in which what is wrong with what is asked is said.
    return this.#asked(parametersOf(question), visit, asked, reply, 'list.njk', (unclear) =>
      listModel(question, visit, asked, unclear),
    );
  }
  /** The page of a record: what is wrong with what is asked of it is said in its plain page's form. */
  async #record(
    question: RecordQuery,
    id: string,
    page: Page | undefined,
    visit: Visit,
    asked: Query,
    reply: FastifyReply,
  ): Promise<unknown> {
    const plain = async (unclear?: Unclear): Promise<string> => {
      const record = await recordModel(question, id, visit, asked, unclear);
      return this.html(visit, 'record.njk', { title: record.title, answers: { record } });
    };
    try {
      if (page) return await this.page(page, visit.request, reply);
      return sendHtml(reply, await plain());
    } catch (problem) {
      const unclear = unclearIn(parametersOf(question), problem);
      if (!unclear) throw problem;
      return sendHtml(reply, await plain(unclear), unclear.status ?? 400);
    }
  }
  /** The same as a file: what the API answers, to whoever has signed in here. */
  #file(
    question: ListQuery | RecordQuery,
    visit: Visit,
    { format, ...sent }: Query,
    id: string,
    reply: FastifyReply,
  ): Promise<unknown> {
    const takesFormat = question.kind === 'list' || question.csv !== undefined;
    const given = takesFormat || format !== 'json' ? { ...sent, format } : sent;
    reply.headers({ 'cache-control': 'no-store', vary: 'Cookie' });
    const asked = { ...visit.read(question, given, id), fileName: fileNameOf(question.url, visit) };
    return sendQuery(question, asked, this.web.answers, visit.request, reply);
  }

  async feed(feed: Feed, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const visit = visitOf(request);
    const asked = request.query as Query;
    if (asked.format !== undefined) return this.#feedFile(feed, visit, asked, reply);
    return this.#asked(feed.parameters, visit, asked, reply, 'feed.njk', (unclear) =>
      feedModel(feed, visit, asked, unclear),
    );
  }
  /** What a feed answers, as a file. */
  #feedFile(feed: Feed, visit: Visit, { format, ...sent }: Query, reply: FastifyReply): Promise<unknown> {
    const given = feed.csv || format !== 'json' ? { ...sent, format } : sent;
    const headers = { 'cache-control': 'no-store', vary: 'Cookie' };
    const asked = { ...visit.readFeed(feed, given), headers };
    return sendFeed(feed, asked, this.web.answers, visit.request, reply);
  }
  /**
   * A page with a form for what it is asked: where that is by name it goes to the address that says it by
   * ids, and what is wrong or not clear is said in the form.
   */
  async #asked(
    parameters: z.ZodObject,
    visit: Visit,
    asked: Query,
    reply: FastifyReply,
    template: string,
    model: (unclear?: Unclear) => Promise<object>,
  ): Promise<unknown> {
    const found = await byNames(parameters, asked, visit);
    if (found && 'at' in found) return reply.redirect(found.at, 303);
    const wrong = async (unclear: Unclear): Promise<FastifyReply> =>
      sendHtml(reply, this.html(visit, template, await model(unclear)), 400);
    if (found) return wrong(found);
    try {
      return sendHtml(reply, this.html(visit, template, await model()));
    } catch (problem) {
      const unclear = unclearIn(parameters, problem);
      if (unclear) return wrong(unclear);
      throw problem;
    }
  }

  sendProblem(
    request: FastifyRequest,
    reply: FastifyReply,
    problem: Parameters<typeof problemModel>[0],
  ): FastifyReply {
    const model = problemModel(problem, request.id);
    reply.headers({ ...problem.options.headers });
    try {
      return this.send(request, reply, 'problem.njk', model, problem.status);
    } catch (error) {
      // What went wrong may be what names are looked up in: then the page goes without its reader's.
      request.log.error({ err: error }, 'a problem was told without naming its reader');
      const nobody = new Visit(this.web, request, visitor);
      return sendHtml(reply, this.html(nobody, 'problem.njk', model), problem.status);
    }
  }
}

/** What a page is asked for beside its query: as which file, with which columns. */
const ofPages = ['format', 'columns'];
/** What is known of the route of a page: what stands in its address is no secret. */
function pageRouteOf(question: ListQuery | RecordQuery): FastifyContextConfig {
  const { parameters = [], ...route } = routeOf(question);
  return { ...route, parameters: [...parameters, ...ofPages] };
}

/** Whoever has not signed in is led to this page after they have. */
const askToSignIn = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.redirect(withAsked('/sign-in', { return: request.url }), 303);
/** Is a list that has a page of its own asked for entry by entry, in an order or a page at a time? */
const isOneByOne = (asked: Query): boolean =>
  ['columns', 'sort', 'limit', 'cursor'].some((name) => asked[name] !== undefined);
/** Is it asked about whoever asks? */
const isOwn = (url: string): boolean => url.startsWith('/v1/me/') || url === '/v1/account';

/** Of a file's name: what is longer is cut. */
const longestFileName = 120;
/** What a file is called: what is in it, for whom it was made, and on which day. */
function fileNameOf(url: string, visit: Visit): string {
  const said = `${subjectOf(url).title} for ${madeFor(visit)}`
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-');
  return `${said.toLowerCase().slice(0, longestFileName).replace(/^-|-$/g, '')}-${visit.context.day}`;
}

function visitOf({ visit }: FastifyRequest): Visit {
  if (!visit) throw new Error('a page was asked for without knowing by whom');
  return visit;
}
