/**
 * A calendar by a private address (docs/rules/account.md#calendar-address): Outlook, Google and their like
 * send no token and ask for years. Whoever holds the address reads this one feed as its account may read now,
 * and nothing else.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { secretHash } from '../domain/accounts/state.js';
import type { Accounts } from '../runtime/accounts.js';
import type { CommandQueue } from '../commands/queue.js';
import { awaitConsistency } from './query/await-consistency.js';
import type { HttpDeps, Principal } from './query/deps.js';
import { digest, fresh } from './query/etag.js';
import { routeOfFeed } from './query/feed.js';
import type { Addresses } from './query/links.js';
import { readAsked } from './query/read-query.js';
import { CalendarParameters, calendarFeed, calendarText, calendarType } from './questions/calendar-feed.js';
import { executionProblem } from './server/execution-problem.js';
import { readParameters } from './server/input-errors.js';
import { privateCalendarAddress } from './server/identity.js';
import { tooMany } from './server/limits.js';
import { notThere, Problem } from './server/problem.js';
import { note } from './server/request-log.js';

/** Where an account's own address is made, or made anew. */
export const calendarAddresses = '/v1/account/calendar-address';
export const MadeCalendarAddress = z
  .strictObject({
    address: z.string().meta({
      description: 'What a calendar subscribes to. It is shown this once: only its hash is kept',
    }),
  })
  .meta({ id: 'MadeCalendarAddress' });

/** Bytes of a secret, and what they are written as. */
const secretBytes = 32;
const form = /^[A-Za-z0-9_-]{43}$/;
/** So often a minute one address is answered: a calendar asks a few times a day. */
const mostPerMinute = 30;
const minuteMs = 60_000;

/** The accounts in whose log private addresses stand. */
export type CalendarAccounts = Pick<
  Accounts,
  'grantsInLog' | 'grantsOf' | 'calendarOf' | 'setCalendarAddress'
>;

export function installPrivateCalendar(
  app: FastifyInstance,
  deps: HttpDeps,
  queue: CommandQueue,
  accounts: CalendarAccounts | undefined,
  addressOf: Addresses,
): void {
  const check = app.createRateLimit({
    max: mostPerMinute,
    timeWindow: minuteMs,
    keyGenerator: (request) => `calendar ${request.reader?.account ?? ''}`,
  });
  /** Who reads by an address: found by its hash, so that nothing is compared. */
  function readerOf(secret: string): Principal {
    const account = accounts && form.test(secret) ? accounts.calendarOf(secretHash(secret)) : undefined;
    if (!accounts || account === undefined) throw notThere();
    return { account, grants: accounts.grantsOf(account), grantsInLog: true };
  }
  const config = { ...routeOfFeed(calendarFeed), secretInPath: true as const };
  app.get(privateCalendarAddress, { config }, async (request, reply) => {
    await awaitConsistency(deps, request);
    const principal = readerOf((request.params as { readonly secret: string }).secret);
    request.reader = principal;
    note(request, { account: principal.account });
    const limit = await check(request);
    if (!limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
    const asking = { request, principal, given: request.query };
    const { query, context } = readAsked(deps, CalendarParameters, asking, addressOf);
    const text = await calendarText(context, query);
    reply.headers({ 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex' });
    return fresh(request, reply, context, digest(text))
      ? reply.code(304).send()
      : reply.type(calendarType).send(text);
  });

  app.post(calendarAddresses, async (request, reply) => {
    const principal = await deps.principal(request);
    readParameters(z.strictObject({}), request.query);
    if (!accounts || !principal.grantsInLog)
      throw new Problem(
        409,
        'GRANTS_IN_TOKENS',
        'Here tokens say who may do what: a calendar that sends none cannot be read.',
      );
    // It would show more than the token was made for.
    if (principal.chosen !== undefined)
      throw new Problem(403, 'NOT_ALLOWED', 'A token that was made for some grants alone makes no address.');
    const secret = randomBytes(secretBytes).toString('base64url');
    const outcome = await queue
      .enter(() => accounts.setCalendarAddress(principal.account, secretHash(secret)))
      .catch((error: unknown) => {
        throw executionProblem(error);
      });
    if (outcome.kind === 'refused')
      throw Problem.refused(outcome.status, outcome.refusal.code, outcome.refusal.detail);
    const path = privateCalendarAddress.replace(':secret', secret);
    return reply
      .code(201)
      .header('cache-control', 'no-store')
      .send({ address: `${originOf(deps, request)}${path}` });
  });
}

/** Where this service is reached: as its operator says, else as it was reached now. */
const originOf = ({ publicAddress }: HttpDeps, request: FastifyRequest): string =>
  publicAddress ?? `${request.protocol}://${request.host}`;
