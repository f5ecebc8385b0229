/** What routes are given. */
import type { FastifyRequest } from 'fastify';
import type { Grant, Tier, Viewer } from '../../domain/shared/access.js';
import type { SignedIn } from '../../domain/kernel/types.js';
import { access, type AccessRow } from '../../projections/views/access.js';
import { splitStream } from '../../domain/registry.js';
import type { Service } from '../../runtime/service.js';
import type { Views } from '../../projections/engine/view.js';
import type { Failures } from './rows.js';
import type { Reads } from '../server/reads.js';
import type { Slices } from '../server/slices.js';

/** What routes need of the service below them. */
export type Served = Pick<
  Service,
  | 'log'
  | 'engine'
  | 'executor'
  | 'clock'
  | 'ref'
  | 'follow'
  | 'position'
  | 'waitForPosition'
  | 'logStatus'
  | 'reads'
  | 'newestAt'
>;

/** Whom an issuer says somebody is. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}
export type { SignedIn };
export interface Principal {
  readonly account: string;
  readonly grants: readonly Grant[];
  /** They stand in the log. */
  readonly grantsInLog?: true;
  /** When the token ends, in milliseconds of the machine's clock. */
  readonly expiresAt?: number;
  /** Of the session, or of the personal token, by which they ask. */
  readonly session?: string;
  /** Of a personal token: the grants it was made for, `role@scope`; all of them where it says none. */
  readonly chosen?: readonly string[];
  /** As the bearer token states it. */
  readonly identity?: Identity;
  /** Not there where nobody says when they proved who they are: of machines, and of most tokens. */
  readonly signedIn?: SignedIn;
  /**
   * Until when that counts as fresh, in milliseconds of the machine's clock: what is signed or approved asks
   * for it. Never where it is not there.
   */
  readonly freshUntil?: number;
}

export interface HttpDeps {
  readonly service: Served;
  /** Of the software: another one may answer the same question otherwise. */
  readonly version: string;
  /** Where people reach this service: `https://host`, without a path; not there where nobody said. */
  readonly publicAddress?: string | undefined;
  /** Reads are answered while the log is away, from what this node has seen. */
  readonly staleReads: boolean;
  /** By which long answers give way. */
  readonly slices: Slices;
  /** Who reads what is noted there. */
  readonly reads: Reads;
  /** Is told of rows that could not be made. */
  readonly failures: Failures;
  /** Who asks; throws the 401 problem. */
  principal(request: FastifyRequest): Promise<Principal>;
  /** What a reader may do now: where it is less or more than it was, what they were given ends. */
  grantsNow(reader: Principal): readonly Grant[];
}

const most = 10_000;
/**
 * What a view says of a key, kept until a view changes: lists ask the same of every row. It is kept beside
 * the views, as long as there are these, and for every question: what is one question's own stands in its
 * context.
 */
export function keptWhile<V>(read: (views: Views, key: string) => V): (views: Views, key: string) => V {
  const kept = new WeakMap<Views, { epoch: number; known: Map<string, V> }>();
  return (views, key) => {
    let of = kept.get(views);
    if (of?.epoch !== views.epoch || of.known.size >= most)
      kept.set(views, (of = { epoch: views.epoch, known: new Map() }));
    let value = of.known.get(key);
    if (value === undefined && !of.known.has(key)) of.known.set(key, (value = read(views, key)));
    return value as V;
  };
}

const asked = keptWhile((views, question) => {
  // Ids come as they were typed, with spaces too; accounts have none.
  return views.queries(access).rowReadAnew(...splitStream(question.slice(question.indexOf(' ') + 1)));
});
/**
 * The access row of a record that a reader named. It is looked up for each reader anew, until a view changes:
 * what is kept for others would tell, by how long an answer takes, which records are there. `account`: whose
 * question it is.
 */
export function namedRow(
  views: Views,
  account: string,
  aggregate: string,
  id: string,
): AccessRow | undefined {
  return asked(views, `${account} ${aggregate}-${id}`);
}
/** The access row of a record. */
export function accessRow(views: Views, aggregate: string, id: string): AccessRow | undefined {
  return views.queries(access).record(aggregate, id);
}
/** The tier of a record as it stands; one that is not there is nobody's to read. */
export const tierOf = (views: Views, aggregate: string, id: string): Tier =>
  accessRow(views, aggregate, id)?.tier ?? 'auditors';
const othersChanged = keptWhile((views) => views.queries(access).othersChangedAt());
/** When what any record shows of others last changed: their names, and whether they may be opened. */
export const othersChangedAt = (views: Views): number => othersChanged(views, 'last');
const places = keptWhile((views, agencyId) => views.queries(access).placesOf(agencyId));

/**
 * The reader of a query, its agencies' places taken from the `access` view. What the reader's own grants ask
 * of it is read before any record is judged: a hidden one then takes no more than one that is not there.
 */
export function viewerFor({ service: { engine } }: HttpDeps, principal: Principal): Viewer {
  for (const g of principal.grants) {
    if (g.agency) places(engine, g.agency);
    if (g.place) engine.queries(access).programmeOf(g.place);
  }
  return {
    ...principal,
    placesOf: (agencyId) => places(engine, agencyId),
    programmeOf: (placeId) => engine.queries(access).programmeOf(placeId),
  };
}
