/** What routes are given. */
import type { FastifyRequest } from 'fastify';
import type { Grant, Viewer } from '../domain/access.js';
import { access } from '../projections/access.js';
import type { Service } from '../service.js';

export interface Principal {
  readonly account: string;
  readonly grants: readonly Grant[];
}

export interface HttpDeps {
  readonly service: Service;
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
