/** The service over HTTP in this process, no-ops beside it, and load from a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { build } from '../src/app.js';
import { createVerifier } from '../src/http/server/auth.js';
import { backlog } from '../src/http/server/connections.js';
import { commandRoutes, readBody } from '../src/http/commands.js';
import { readParameters } from '../src/http/server/input-errors.js';
import { readQuery } from '../src/http/query/read-query.js';
import { failuresTo } from '../src/http/query/rows.js';
import type { Reads } from '../src/http/server/reads.js';
import { Slices } from '../src/http/server/slices.js';
import { localIssuer } from '../src/demo/issuer.js';
import { openService, type EmbeddedService } from '../src/runtime/embedded.js';
import type { Grant } from '../src/domain/shared/access.js';
import { TestClock, world } from '../test/commands/world.js';
import { there, type Bench } from './report.js';
import { bare } from './workloads/append.js';

const none = z.strictObject({});

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Microseconds of the server's processor a request: who else is on the machine changes it least. */
  readonly cpu: number;
}
export interface Job {
  /** `{n}` is the number of the request, from nought. */
  readonly path: string;
  /** `{n}` begins anew after so many. */
  readonly among?: number;
  readonly method: 'GET' | 'POST';
  readonly connections: number;
  /** `{id}` in it is a new one for each request. */
  readonly body?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly seconds?: number;
  /** Milliseconds between two requests of one connection. */
  readonly pause?: number;
  /** Requests in all; otherwise as many as the seconds hold. */
  readonly count?: number;
  /** Tokens other than the server's own, each for the next `tokenFor` requests in turn. */
  readonly tokens?: readonly string[];
  readonly tokenFor?: number;
  /** What each request is in turn, instead of a token and a body. */
  readonly each?: readonly Each[];
}
export interface Each {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Words that its answer must have, or it failed. */
  readonly says?: string;
}
/** Sends load to a server of this process. */
export function loader(url: string, token?: string): Server['load'] {
  const client = new URL('./client.js', import.meta.url).pathname;
  const given = { url, tokens: token === undefined ? [] : [token], tokenFor: 1, seconds: 2 };
  return async (job) => {
    const before = process.cpuUsage();
    const running = promisify(execFile)(process.execPath, [client]);
    running.child.stdin?.end(JSON.stringify({ ...given, ...job }));
    const { stdout } = await running;
    const result = JSON.parse(stdout) as Load & { failed: number; because?: string };
    if (result.failed > 0)
      throw new Error(`${result.failed} requests of ${job.path} failed: ${result.because}`);
    const { user, system } = process.cpuUsage(before);
    return { ...result, cpu: (user + system) / result.requests };
  };
}
export interface Server {
  readonly service: EmbeddedService;
  readonly url: string;
  readonly token: string;
  /** A token of the server's issuer. */
  tokenOf(account: string, grants: readonly string[]): Promise<string>;
  load(job: Job): Promise<Load>;
  get(path: string, as?: string): Promise<Response>;
  close(): Promise<void>;
}

export interface Options {
  readonly name?: string;
  /** Whether the world of the tests is made in it. */
  readonly make?: boolean;
  readonly clock?: TestClock;
  /** Whether it is logged who reads what: as every service does. */
  readonly logsReads?: boolean;
  /** Routes beside the service's own. */
  readonly more?: (app: FastifyInstance, service: EmbeddedService) => void;
}
const unlogged = ({ reads: log }: Pick<EmbeddedService, 'reads'>): Reads => ({ log, note() {}, begun() {} });
/**
 * A no-op does what every request does before its own question: token, limits, parsing, validation, who
 * reads. `/naive` also commits one row to a database of its own.
 */
export async function openServer(
  b: Bench,
  { name = 'http', make = true, clock = new TestClock(), logsReads = true, more = () => {} }: Options = {},
): Promise<Server> {
  const service = openService({ dataDir: join(b.dir, name), clockKind: 'simulated', clock, ref: b.ref });
  await service.built();
  if (make) await world(service.log, service.executor);
  const issuer = await localIssuer();
  const verify = createVerifier(issuer.verifier);
  const app = await build({
    service,
    verify,
    version: 'bench',
    ratePerMinute: 1e9,
    ...(logsReads ? {} : { noteReads: () => unlogged(service) }),
  });
  const deps = {
    service,
    reads: unlogged(service),
    version: 'bench',
    staleReads: false,
    slices: new Slices(),
    failures: failuresTo(app.log),
    principal: app.principal,
    grantsNow: ({ grants }: { grants: readonly Grant[] }) => grants,
  };
  const pledge = there(
    commandRoutes.find((r) => r.aggregate.name === 'pool' && r.name === 'Pledge'),
    'a route to pledge',
  );
  const take = async (request: FastifyRequest): Promise<void> => {
    await deps.principal(request);
    readParameters(none, request.query);
    readBody(pledge, request.body);
  };
  const loop = bare(join(b.dir, `${name}-naive.db`));
  app.post('/noop', async (request) => {
    await take(request);
    return { ok: true };
  });
  app.post('/naive', async (request) => {
    await take(request);
    loop.commit(1);
    return { ok: true };
  });
  app.get('/noop', async (request) => {
    await readQuery(deps, none, request, () => null);
    return { ok: true };
  });
  more(app, service);
  const url = await app.listen({ port: 0, host: '127.0.0.1', backlog });
  const token = await issuer.token('seat-holder.pct', ['seat-holder@place:durham+agency:pct']);
  return {
    service,
    url,
    token,
    tokenOf: (account, grants) => issuer.token(account, [...grants]),
    load: loader(url, token),
    get: (path, as = token) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${as}` } }),
    async close() {
      await app.close();
      await service.close();
      loop.close();
    },
  };
}
