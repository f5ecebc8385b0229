/**
 * build(deps): a Fastify instance with every route; nothing global, nothing listening.
 *
 * What a request passes, in this order: its connection and `Host` (`installConnections`), where commands come
 * faster than they are done (`turnAway`, ADR 20), requests by address (`rateLimit`), who asks and requests by
 * account (`installIdentity`), its body (`installBody`), its route. What fails on the way is answered by
 * `installProblems`.
 */
import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyBaseLogger,
} from 'fastify';
import { WatchedClock } from './commands/clock-watch.js';
import { diskOf } from './runtime/disk.js';
import { usual, type AtOnce } from './http/server/at-once.js';
import { CommandQueue } from './commands/queue.js';
import { installBody } from './http/server/body.js';
import { installCommands, turnAway } from './http/commands.js';
import { installDepartmentAnswers } from './http/department-answers.js';
import { connectionOptions, installConnections, type ConnectionOptions } from './http/server/connections.js';
import type { HttpDeps } from './http/query/deps.js';
import { installEvents } from './http/events.js';
import { installFeeds } from './http/query/feed.js';
import { feeds } from './http/questions/feeds.js';
import { commandsOn } from './http/for-pages.js';
import { healthOf, installProbes, probes } from './http/server/health.js';
import { installInvitations } from './http/invitations.js';
import { installIdentity, isPageAddress } from './http/server/identity.js';
import { forgetPorts, tooMany } from './http/server/limits.js';
import { addresses } from './http/query/links.js';
import { installLive } from './http/live.js';
import { LongAnswers } from './http/server/long-answer.js';
import type { ExportLimits } from './http/query/place-export.js';
import { installDescription } from './http/description.js';
import { measure } from './http/server/metrics.js';
import { installOperator, type Operations } from './http/server/operator.js';
import { frameworkProblem, installProblems } from './http/server/problem.js';
import { installReads } from './http/server/reads.js';
import { RequestLog } from './http/server/request-log.js';
import { installPrivateCalendar } from './http/private-calendar.js';
import { installQueries } from './http/query/query.js';
import { failuresTo } from './http/query/rows.js';
import { queries } from './http/questions/index.js';
import { rememberSecretAddresses } from './http/server/shown-address.js';
import { Slices } from './http/server/slices.js';
import type { Principal } from './http/query/deps.js';
import type { Accounts } from './runtime/accounts.js';
import { installPlaceExport } from './web/export/route.js';
import { installPages, type PagesOptions } from './web/server.js';
import type { NodeService } from './runtime/node/node.js';
import type { Service } from './runtime/service.js';

export interface AppOptions {
  readonly service: Service & Partial<Pick<NodeService, 'copyOfViews' | 'dataDir' | 'follower'>>;
  readonly verify: (authorization: string | undefined) => Promise<Principal>;
  readonly version: string;
  /** Without one nothing is logged. */
  readonly logger?: FastifyBaseLogger;
  /** Requests a minute by address. */
  readonly ratePerMinute?: number;
  /** Requests a minute by account; as many as by address where it is not given. */
  readonly accountRatePerMinute?: number;
  /** Long answers under way at once, by account and in all. */
  readonly atOnce?: AtOnce;
  /** How much one export of a place holds. */
  readonly mostExported?: ExportLimits;
  /** By which long answers give way. */
  readonly slices?: Slices;
  /** Proxies whose word on a client's address is taken. */
  readonly trustProxy?: string | false;
  readonly bodyLimit?: number;
  /** Reads are answered while the log is away, from what this node has seen. */
  readonly staleReads?: boolean;
  /**
   * By which the operator is told what nobody else is, and another node may take a copy of this one's views;
   * without it nobody may.
   */
  readonly operatorToken?: string | undefined;
  readonly connections?: ConnectionOptions;
  /** How it is noted who reads what. */
  readonly noteReads?: typeof installReads;
  /** In which commands wait for their turn. */
  readonly queue?: CommandQueue;
  /** Who may do what where the log says it; without it tokens do, whatever the log says. */
  readonly accounts?: Accounts;
  /** Where people reach the pages: `https://host`. What is read elsewhere, like a calendar, links to it. */
  readonly publicAddress?: string | undefined;
  /** How pages are served; without it there are none: each address but the open ones asks for a token. */
  readonly pages?: PagesOptions;
}

const minuteMs = 60_000;
/** Requests a minute from one address: more than anybody who works sends, also behind a proxy. */
const usualRate = 60_000;
/** Bytes of a request: no command is as long, as each of its texts has a limit of its own. */
const longestBody = 102_400;

export async function build({
  service,
  verify,
  version,
  logger,
  ratePerMinute = usualRate,
  accountRatePerMinute = ratePerMinute,
  atOnce = usual,
  mostExported,
  slices = new Slices(),
  trustProxy = false,
  bodyLimit = longestBody,
  staleReads = false,
  operatorToken,
  connections = {},
  noteReads = installReads,
  queue = new CommandQueue(),
  accounts,
  publicAddress,
  pages,
}: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new RequestLog(),
    trustProxy,
    bodyLimit,
    genReqId: () => randomUUID(),
    ...connectionOptions(connections),
    frameworkErrors: ((error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      void frameworkProblem(error, request, reply, principal)) as never,
  });
  rememberSecretAddresses(app);
  installConnections(app, connections);
  installProblems(app);
  turnAway(app, queue);
  if (trustProxy) forgetPorts(app);
  installBody(app);
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      useDefaults: false,
    },
  });
  await app.register(rateLimit, {
    global: false,
    max: ratePerMinute,
    timeWindow: minuteMs,
    allowList: (request) => probes.has(request.url),
    errorResponseBuilder: (_request, context) => tooMany(context.ttl),
  });
  // By address before anything is read, whether or not there is a route.
  app.addHook('onRequest', app.rateLimit());
  const { principal, grantsNow, count } = installIdentity(app, verify, accountRatePerMinute, {
    accounts,
    logNow: () => service.clock.now(),
    isPage: pages ? isPageAddress : undefined,
  });
  const failures = failuresTo(app.log);
  const reads = noteReads(app, service);
  const deps: HttpDeps = {
    service,
    version,
    publicAddress,
    staleReads,
    slices,
    principal,
    grantsNow,
    reads,
    failures,
  };
  installCommands(app, deps, queue);
  installDepartmentAnswers(app, deps, queue);
  installInvitations(app, deps, queue, accounts);
  app.server.on('connection', () => queue.expect());
  const addressOf = addresses(queries);
  const answers = new LongAnswers({
    slices,
    atOnce,
    onBegin: reads.begun,
    onError: (error) => service.viewsFailed(error),
  });
  installQueries(app, deps, queries, answers, addressOf);
  installFeeds(app, deps, feeds, answers, addressOf);
  installPrivateCalendar(app, deps, queue, accounts, addressOf);
  installLive(app, deps, answers, addressOf);
  installEvents(app, deps, queries, answers, addressOf);
  app.addHook('preClose', async () => answers.endAll());
  app.addHook('onError', async (_request, _reply, error) => service.viewsFailed(error));
  const { dataDir } = service;
  const operations: Operations = {
    token: operatorToken,
    metrics: measure(app, service, {
      liveStreams: () => answers.count('streams'),
      exports: () => answers.count('exports'),
      queue,
      failedParts: () => failures.count,
      newest: () => service.follower?.end ?? service.position(),
      disk: dataDir === undefined ? undefined : () => diskOf(dataDir),
    }),
    health: () => healthOf(service, staleReads),
    rebuild: (names) => service.rebuild(names),
    acceptClock: service.clock instanceof WatchedClock ? service.clock.accept.bind(service.clock) : undefined,
    copy: service.copyOfViews?.bind(service),
  };
  installProbes(app, operations.health);
  installOperator(app, operations, false);
  app.decorate('operations', operations);
  const description = installDescription(app, version);
  const web = { deps, answers, addressOf, commands: commandsOn(deps, queue) };
  installPlaceExport(app, web, mostExported);
  if (pages) await installPages(app, { ...web, count, description }, pages);
  return app;
}
