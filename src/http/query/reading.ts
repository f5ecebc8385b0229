/** What every read begins with: who reads, what they have seen elsewhere, and their parameters. */
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { audienceOf, canSee, type Audience } from '../../domain/shared/access.js';
import { londonDate } from '../../domain/shared/calendar.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { QueryContext } from './context.js';
import { accessRow, namedRow, viewerFor, type HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import { awaitConsistency } from './await-consistency.js';
import { Problem, readParameters, notThere } from '../server/problem.js';

const rank = { members: 0, programme: 1, public: 2 } as const;
/**
 * Parameters that name a record: one that is not there, or is hidden, is told rather than answered with an
 * empty list.
 */
const named = { placeId: 'place', place: 'place', programmeId: 'programme', ownerId: 'agency' } as const;

/**
 * Everything a query may look at, and what is asked of it: its parameters read strictly, and the id in its
 * address.
 */
export async function read<P extends z.ZodObject>(
  deps: HttpDeps,
  parameters: P,
  request: FastifyRequest,
  addressOf: Addresses,
): Promise<{ readonly query: z.output<P> & { readonly id: string }; readonly context: QueryContext }> {
  const principal = await deps.principal(request);
  const { service } = deps;
  await awaitConsistency(deps, request);
  const query = readParameters(parameters, request.query);
  const viewer = viewerFor(deps, principal);
  const now = service.clock.now();
  const seen = (aggregate: string, id: string): AccessRow | undefined => {
    const row = accessRow(service.engine, aggregate, id);
    return row && canSee(viewer, row) ? row : undefined;
  };
  const asked = (aggregate: string, id: string): AccessRow | undefined => {
    const row = namedRow(service.engine, viewer.account, aggregate, id);
    return row && canSee(viewer, row) ? row : undefined;
  };
  const given = query as Readonly<Record<string, unknown>>;
  const unknown = Object.entries(named).flatMap(([path, kind]) => {
    const id = given[path];
    return typeof id !== 'string' || asked(kind, id)
      ? []
      : [{ path: `/${path}`, message: `There is no ${kind} ${id} that you may see` }];
  });
  if (unknown.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', { errors: unknown });
  const audienceAsked = given.audience as Audience | undefined;
  const context: QueryContext = {
    viewer,
    now,
    deps,
    seen,
    asked,
    audienceAsked,
    day: londonDate(now),
    of: (view) => service.engine.queries(view),
    own: (view) => service.engine.queries(view),
    link: (aggregate, id) => (seen(aggregate, id) ? addressOf(aggregate, id) : null),
    visible(aggregate, id) {
      const row = asked(aggregate, id);
      if (!row) throw notThere();
      return row;
    },
    audience(placeId) {
      const own = audienceOf(viewer, placeId);
      if (!audienceAsked) return own;
      if (rank[audienceAsked] < rank[own])
        throw new Problem(
          403,
          'AUDIENCE_TOO_NARROW',
          `You read this place as ${own}. Ask for that or a wider audience.`,
        );
      return audienceAsked;
    },
  };
  return { query: { ...query, ...(request.params as { readonly id: string }) }, context };
}
