/** Commands over HTTP: what is asked is read, given in its turn, and answered. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { commandIdOf, type CommandRequest, type Outcome } from '../commands/executor.js';
import { Overloaded, type CommandQueue } from '../commands/queue.js';
import { commandEnvelope } from '../domain/kernel/command.js';
import { withNames } from '../domain/kernel/naming.js';
import { withPresentNames } from '../domain/kernel/renamed.js';
import { Id } from '../domain/shared/values.js';
import { ViewNotLive } from '../projections/engine/engine.js';
import { commandRoutes, type CommandRoute } from './query/command-routes.js';
import { parseActingAs } from './server/auth.js';
import { refuseEarly } from './server/connections.js';
import { viewerFor, type HttpDeps } from './query/deps.js';
import { executionProblem } from './server/execution-problem.js';
import { overloaded } from './server/limits.js';
import { readParameters, zodErrors } from './server/input-errors.js';
import { Problem, notThere } from './server/problem.js';
import { positionToken } from './query/position.js';
import { note } from './server/request-log.js';
import { NameResolver } from './query/name-resolver.js';
import { homeOf, resolveNames } from './query/present-event.js';

export { commandRoutes, type CommandRoute };

/** Characters of an `Idempotency-Key` at most, beside the quotes that it may stand in. */
export const longestKey = 128;
const IdempotencyKey = new RegExp(String.raw`^"?([\x21\x23-\x7e]{1,${longestKey}})"?$`);
const Envelope = z.object(commandEnvelope);
const NoParameters = z.strictObject({});
const receiptSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    events: { type: 'array', items: { type: 'string' } },
    version: { type: 'integer' },
    position: { type: 'string' },
  },
} as const;

/**
 * Of what would be turned away nothing is read, neither its token nor its body: refusing must cost far less
 * than doing. What comes over a socket is refused before the framework sees it, whatever it asks of `/v1`;
 * the rest before every other hook.
 */
export function turnAway(app: FastifyInstance, queue: CommandQueue): void {
  const addresses = new Set(commandRoutes.map((route) => route.url));
  const refusal = (): Problem | undefined => {
    try {
      return void queue.admit();
    } catch (error) {
      if (error instanceof Overloaded) return overloaded(error);
      throw error;
    }
  };
  refuseEarly(app, ({ method, url }) =>
    method === 'POST' && url?.startsWith('/v1/') ? refusal() : undefined,
  );
  app.addHook('onRequest', async (request) => {
    const refused =
      request.method === 'POST' && addresses.has(request.routeOptions.url ?? '') ? refusal() : undefined;
    if (refused) throw refused;
  });
}

export function installCommands(app: FastifyInstance, deps: HttpDeps, queue: CommandQueue): void {
  for (const route of commandRoutes) {
    app.post(
      route.url,
      { schema: { response: { 200: receiptSchema, 201: receiptSchema } } },
      (request, reply) => handle(route, deps, queue, request, reply),
    );
  }
}

/** Splits a body into the command's data and the members every command may carry; all mistakes at once. */
export function readBody(
  route: CommandRoute,
  body: unknown,
): { data: unknown; envelope: z.infer<typeof Envelope>; id?: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem(400, 'BODY_NOT_AN_OBJECT', 'Send a JSON object.');
  const { expectedVersion, effectiveOn, backdatedBecause, ...rest } = body as Record<string, unknown>;
  const given: Record<string, unknown> = { ...rest };
  const envelope = Envelope.safeParse({ expectedVersion, effectiveOn, backdatedBecause });
  let id: z.ZodSafeParseResult<string | undefined> | undefined;
  if (route.ownId) {
    id = (route.entry.idGiven ? Id : Id.optional()).safeParse(given.id);
    delete given.id;
  }
  const { members, issues: renamings } = withPresentNames(route.entry.renamed ?? {}, given);
  const data = route.entry.data.safeParse(members);
  const issues = [
    ...renamings,
    ...(envelope.error?.issues ?? []),
    ...(id?.error?.issues.map((i) => ({ ...i, path: ['id'] })) ?? []),
    ...(data.error?.issues ?? []),
  ];
  if (issues.length > 0 || !envelope.success)
    throw new Problem(400, 'INVALID_REQUEST', 'Mend what is named and send it again.', {
      errors: zodErrors(issues, 'member', route.entry.data),
    });
  return { data: data.data, envelope: envelope.data, ...(id?.data ? { id: id.data } : {}) };
}

async function handle(
  route: CommandRoute,
  deps: HttpDeps,
  queue: CommandQueue,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { aggregate, entry } = route;
  const principal = await deps.principal(request);
  readParameters(NoParameters, request.query);
  // Ignored, it would let a change through on a version that its sender did not mean.
  if (request.headers['if-match'] !== undefined)
    throw new Problem(
      400,
      'IF_MATCH_NOT_READ',
      'Send expectedVersion in the body: If-Match is not read, ' +
        'since one address can stand for several records.',
      {
        errors: [{ path: '/expectedVersion', message: 'Enter the version of the record you looked at' }],
      },
    );
  const pathId = (request.params as { id?: string }).id;
  if (pathId !== undefined && !Id.safeParse(pathId).success) throw notThere();
  const { data, envelope, id } = readBody(route, request.body === undefined ? {} : request.body);
  const header = request.headers['idempotency-key'];
  const key = header === undefined ? randomUUID() : IdempotencyKey.exec(String(header))?.[1];
  if (!key)
    throw new Problem(400, 'INVALID_IDEMPOTENCY_KEY', 'Idempotency-Key must be 1 to 128 visible characters.');
  const actingAs = request.headers['acting-as'];
  const commandId = commandIdOf(principal.account, key, aggregate.collection, pathId);
  const command: CommandRequest = {
    aggregate: aggregate.name,
    id: pathId ?? entry.id?.(data) ?? id ?? commandId,
    command: route.name,
    data,
    commandId,
    principal,
    correlation: request.id,
    ...(envelope.expectedVersion === undefined ? {} : { expectedVersion: envelope.expectedVersion }),
    ...(envelope.effectiveOn ? { effectiveOn: envelope.effectiveOn } : {}),
    ...(envelope.backdatedBecause ? { backdatedBecause: envelope.backdatedBecause } : {}),
    ...(actingAs ? { actingAs: parseActingAs(String(actingAs)) } : {}),
  };
  // The role they chose, else their first: what fitted is known once it was judged.
  const { role } = command.actingAs ?? principal.grants[0] ?? {};
  note(request, {
    ...(role ? { role } : {}),
    command: `${command.aggregate}.${command.command}`,
    record: `${command.aggregate}-${command.id}`,
  });
  const outcome = await queue
    .enter(() => deps.service.executor.execute(command))
    .catch((error: unknown) => {
      throw executionProblem(error);
    });
  if (outcome.role) note(request, { role: outcome.role });
  reply.header('idempotency-key', key);
  return answer(route, deps, command, outcome, reply);
}

/** Texts with their names; commands do not wait for a view that is being built, and then say ids. */
function namesResolved<T extends { readonly text: string }>(
  deps: HttpDeps,
  { principal, aggregate, id }: CommandRequest,
  events: readonly T[],
): T[] {
  const unnamed = (): T[] => events.map((e) => ({ ...e, text: withNames(e.text, (_, id) => id) }));
  if (!principal) return unnamed();
  try {
    const names = new NameResolver(deps, viewerFor(deps, principal));
    const home = homeOf(names, aggregate, id);
    return events.map((e) => ({ ...e, text: resolveNames(names, e.text, home) }));
  } catch (error) {
    if (!(error instanceof ViewNotLive)) throw error;
    return unnamed();
  }
}

function answer(
  { aggregate }: CommandRoute,
  deps: HttpDeps,
  command: CommandRequest,
  outcome: Outcome,
  reply: FastifyReply,
): unknown {
  if (outcome.kind === 'refused') {
    const { status, refusal, since, fits } = outcome;
    const [{ text: detail } = { text: refusal.detail }] = namesResolved(deps, command, [
      { text: refusal.detail },
    ]);
    throw Problem.refused(status, refusal.code, detail, {
      ...(refusal.path
        ? { errors: [refusal.path, ...(refusal.also ?? [])].map((path) => ({ path, message: detail })) }
        : {}),
      ...(since ? { extra: { since: namesResolved(deps, command, since) } } : {}),
      ...(fits ? { extra: { grants: fits } } : {}),
    });
  }
  const token = positionToken(deps.service.log.identity, outcome.position);
  reply.header('position', token);
  if (outcome.replayed) reply.header('idempotent-replayed', 'true');
  if (outcome.created) reply.header('location', `/v1/${aggregate.collection}/${outcome.id}`);
  reply.code(outcome.created ? 201 : 200);
  return { id: outcome.id, events: outcome.events, version: outcome.version, position: token };
}
