/** What routes are given. */
import type { FastifyRequest } from 'fastify';
import type { Grant, Viewer } from '../domain/access.js';
import { access } from '../projections/access.js';
import type { Clock, EventLog, Executor, LogStatus } from '../commands/execute.js';
import type { Reference } from '../domain/reference.js';
import type { Engine } from '../projections/engine.js';

/** The service below HTTP, as routes need it. */
export interface Service {
  readonly log: Pick<EventLog, 'identity' | 'read'>;
  readonly engine: Engine;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly ref: Reference;
  /** Events as this node's views have seen them. */
  readonly follow: EventLog['follow'];
  /** Position up to which this node's views stand. */
  position(): number;
  /** True once this node's views have seen a position; false when they have not in time. */
  seen(position: number): Promise<boolean>;
  logStatus(): LogStatus;
}

export interface Principal {
  readonly account: string;
  readonly grants: readonly Grant[];
  /** When the token ends, in milliseconds of the machine's clock. */
  readonly expiresAt?: number;
}

export interface HttpDeps {
  readonly service: Service;
  /** Reads are answered while the log is away, from what this node has seen. */
  readonly staleReads: boolean;
  /** Who asks; throws the 401 problem. */
  principal(request: FastifyRequest): Promise<Principal>;
}

/** The reader of a query, its agencies' places taken from the `access` view. */
export function viewerFor(deps: HttpDeps, principal: Principal): Viewer {
  const q = deps.service.engine.queries(access);
  const places = new Map<string, ReadonlySet<string>>();
  return {
    ...principal,
    placesOf(agencyId) {
      let found = places.get(agencyId);
      if (!found) places.set(agencyId, (found = q.placesOf(agencyId)));
      return found;
    },
    programmeOf: (placeId) => q.programmeOf(placeId),
  };
}
