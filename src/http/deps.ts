/** What routes are given. */
import type { FastifyRequest } from 'fastify';
import type { Grant, Viewer } from '../domain/access.js';
import { access, type AccessRow } from '../projections/access.js';
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

const most = 10_000;
const kept = new WeakMap<Engine, { epoch: number; rows: Map<string, AccessRow | undefined> }>();
/** The access row of a record. Every answer asks for some, lists for one a row: they are kept until a view changes. */
export function accessRow(engine: Engine, aggregate: string, id: string): AccessRow | undefined {
  const view = engine.queries(access);
  let known = kept.get(engine);
  if (known?.epoch !== engine.epoch || known.rows.size >= most) kept.set(engine, (known = { epoch: engine.epoch, rows: new Map() }));
  const stream = `${aggregate}-${id}`;
  let row = known.rows.get(stream);
  if (!row && !known.rows.has(stream)) known.rows.set(stream, (row = view.record(aggregate, id)));
  return row;
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
