/** What every read begins with: who reads, what they have seen elsewhere, and their parameters. */
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { splitStream } from '../../domain/registry.js';
import type { Audience } from '../../domain/shared/access.js';
import { QueryContext } from './context.js';
import { viewerFor, type HttpDeps, type Principal } from './deps.js';
import type { Addresses } from './links.js';
import { awaitConsistency } from './await-consistency.js';
import { readParameters } from '../server/input-errors.js';
import { Problem } from '../server/problem.js';
import type { Renamed } from '../../domain/kernel/renamed.js';

/**
 * Parameters that name a record: one that is not there, or is hidden, is told rather than answered with an
 * empty list.
 */
const recordParameters = { placeId: 'place', programmeId: 'programme', ownerAgencyId: 'agency' } as const;

/** A question as it is read: what is asked, and everything it may look at. */
export interface ReadQuery<P extends z.ZodObject> {
  readonly query: z.output<P> & { readonly id: string };
  readonly context: QueryContext;
}

/** That a record was named as a parameter, and the version of what may be shown of it. */
function noteRecord(record: unknown, context: QueryContext): void {
  if (typeof record !== 'string') return;
  const [aggregate, id] = splitStream(record);
  context.shows({ record: { aggregate, id }, version: context.asked(aggregate, id)?.version });
}

/**
 * Everything a query may look at, and what is asked of it: its parameters read strictly, and the id in its
 * address.
 */
export async function readQuery<P extends z.ZodObject>(
  deps: HttpDeps,
  parameters: P,
  request: FastifyRequest,
  addressOf: Addresses,
  renamed: Renamed = {},
): Promise<ReadQuery<P>> {
  const principal = await deps.principal(request);
  await awaitConsistency(deps, request);
  const { id, name } = request.params as { readonly id: string; readonly name?: string };
  const asking = { request, principal, given: request.query, id, name };
  return readAsked(deps, parameters, asking, addressOf, renamed);
}

/** Who asks, the parameters as they were sent, and the id in the address where there is one. */
export interface Asking {
  /** In which it is asked: what it shows is noted as read. */
  readonly request: FastifyRequest;
  readonly principal: Principal;
  readonly given: unknown;
  readonly id?: string | undefined;
  /** Of the command in the address. */
  readonly name?: string | undefined;
  /** As at when it is told: where several questions are to be of one moment. */
  readonly now?: string | undefined;
}
/** As `readQuery`, of what need not be a request's own: a page asks several queries. */
export function readAsked<P extends z.ZodObject>(
  deps: HttpDeps,
  parameters: P,
  { request, principal, given: sent, id, name, now = deps.service.clock.now() }: Asking,
  addressOf: Addresses,
  renamed: Renamed = {},
): ReadQuery<P> {
  const query = readParameters(parameters, sent, renamed);
  const given = query as Readonly<Record<string, unknown>>;
  const context = new QueryContext({
    deps,
    viewer: viewerFor(deps, principal),
    addressOf,
    now,
    audienceAsked: given.audience as Audience | undefined,
    shows: (shown) => deps.reads.note(request, shown),
  });
  const unknown = Object.entries(recordParameters).flatMap(([path, kind]) => {
    const id = given[path];
    return typeof id !== 'string' || context.asked(kind, id)
      ? []
      : [{ path: `/${path}`, message: `There is no ${kind} ${id} that you may see` }];
  });
  noteRecord(given.record, context);
  if (unknown.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', { errors: unknown });
  return {
    query: { ...query, id, ...(name === undefined ? {} : { name }) } as ReadQuery<P>['query'],
    context,
  };
}
