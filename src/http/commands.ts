/** Commands over HTTP: what is asked is read, given in its turn, and answered. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Overloaded, type CommandQueue } from '../commands/queue.js';
import { Id } from '../domain/shared/values.js';
import { doneOf, give, readBody, requestOf } from './give.js';
import { previewOf } from './preview.js';
import { commandRoutes, type CommandRoute } from './query/command-routes.js';
import { parseActingAs } from './server/auth.js';
import { refuseEarly } from './server/connections.js';
import { departmentAnswersAddress } from './query/department-answers.js';
import type { HttpDeps } from './query/deps.js';
import { overloaded } from './server/limits.js';
import { readParameters } from './server/input-errors.js';
import { Problem, notThere } from './server/problem.js';
import { positionToken } from './query/position.js';

export { readBody };
export { commandRoutes, type CommandRoute };

/** Characters of an `Idempotency-Key` at most, beside the quotes that it may stand in. */
export const longestKey = 128;
const IdempotencyKey = new RegExp(String.raw`^"?([\x21\x23-\x7e]{1,${longestKey}})"?$`);
export const CommandParameters = z.strictObject({
  preview: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'What it would write is answered, and nothing is recorded' }),
});
/** What was recorded. */
export const Receipt = z
  .strictObject({
    id: z.string().meta({ description: 'Of the record' }),
    events: z
      .array(z.string())
      .meta({ description: 'The names of what was recorded, oldest first; none where nothing changed' }),
    version: z.int().meta({ description: 'Of the record after them' }),
    position: z.string().meta({ description: 'What Read-After takes' }),
  })
  .meta({ id: 'Receipt', description: 'What was recorded' });
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
  const addresses = new Set([...commandRoutes.map((route) => route.url), departmentAnswersAddress]);
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

async function handle(
  route: CommandRoute,
  deps: HttpDeps,
  queue: CommandQueue,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const principal = await deps.principal(request);
  const { preview } = readParameters(CommandParameters, request.query);
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
  const recordId = (request.params as { id?: string }).id;
  if (recordId !== undefined && !Id.safeParse(recordId).success) throw notThere();
  const key = keyOf(request);
  const actingAs = request.headers['acting-as'];
  const command = requestOf(route, {
    principal,
    recordId,
    body: request.body === undefined ? {} : request.body,
    key,
    ...(actingAs ? { actingAs: parseActingAs(String(actingAs)) } : {}),
    correlation: request.id,
  });
  if (preview === 'true') {
    const foreseen = await previewOf(deps, command, request);
    reply.header('idempotency-key', key).serializer(JSON.stringify);
    return foreseen;
  }
  const outcome = await give(deps, queue, command, request);
  reply.header('idempotency-key', key);
  const done = doneOf(deps, command, outcome);
  const token = positionToken(deps.service.log.identity, done.position);
  reply.header('position', token);
  if (done.replayed) reply.header('idempotent-replayed', 'true');
  if (done.created) reply.header('location', `/v1/${route.aggregate.collection}/${done.id}`);
  reply.code(done.created ? 201 : 200);
  return { id: done.id, events: done.events, version: done.version, position: token };
}

/** The Idempotency-Key of a request: its own, else a new one. */
export function keyOf(request: FastifyRequest): string {
  const header = request.headers['idempotency-key'];
  const key = header === undefined ? randomUUID() : IdempotencyKey.exec(String(header))?.[1];
  if (!key)
    throw new Problem(400, 'INVALID_IDEMPOTENCY_KEY', 'Idempotency-Key must be 1 to 128 visible characters.');
  return key;
}
