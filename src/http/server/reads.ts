/**
 * Every read of whoever has an account is noted in the log of reads before it is answered
 * (docs/rules/shared.md#reads): what was asked, and what of a record was shown. Routes say by `of` which
 * record they are about, and by `note` what they found.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { grantName } from '../../domain/shared/access.js';
import { idForm } from '../../domain/shared/patterns.js';
import type { GrantsUsed } from '../../reads/read.js';
import type { ReadsLog } from '../../reads/reads-log.js';
import { namedRow, type Principal, type Served } from '../query/deps.js';
import { grantsTag } from '../query/etag.js';
import { shownAddress } from './shown-address.js';

/** What an answer shows of a record, or that it does not. */
export interface Shown {
  readonly record?: { readonly aggregate: string; readonly id: string };
  /** That is shown; none where nothing of the record is. */
  readonly version?: number | undefined;
  /** What a preview met. */
  readonly code?: string;
}
declare module 'fastify' {
  interface FastifyContextConfig {
    /** The kind of the record that `:id` names. */
    readonly of?: string;
  }
  interface FastifyRequest {
    shown: Shown[] | undefined;
    /** It stands in the log of reads. */
    readNoted: boolean;
  }
}

export interface Reads {
  readonly log: ReadsLog;
  /**
   * What this request shows, of one record after another: each becomes a row. A request that changes nothing
   * but is no GET, such as a preview, is a read where this was called.
   */
  note(request: FastifyRequest, shown: Shown): void;
  /** The request is answered from now on, and not by one reply: streams and exports. */
  begun(request: FastifyRequest, status: number): void;
}

type Of = NonNullable<Shown['record']>;
const isSame = (one: Of, other: Of): boolean => one.id === other.id && one.aggregate === other.aggregate;
const isOf = (shown: Shown, { record }: Shown): boolean =>
  record === undefined || shown.record === undefined || isSame(shown.record, record);

/** Adds what is known, to what is known of the same record. */
function note(request: FastifyRequest, shown: Shown): void {
  const all = (request.shown ??= []);
  const at = all.findIndex((other) => isOf(other, shown));
  if (at < 0) all.push(shown);
  else all[at] = { ...all[at], ...shown };
}

/** By the list of grants itself, which lasts as long as what is known of its token. */
const used = new WeakMap<object, GrantsUsed>();
function grantsUsed({ grants }: Principal): GrantsUsed {
  let known = used.get(grants);
  if (!known) used.set(grants, (known = { tag: grantsTag(grants), names: grants.map(grantName).sort() }));
  return known;
}

/** What is no id names no record. */
const isId = new RegExp(`^${idForm}$`);
/** Turned away before anything was looked at, they read nothing. */
const turnedAway: ReadonlySet<number> = new Set([429]);
/**
 * What shows nothing but that it was done, and leads on, is a command: it stands in the log.
 */
const isRead = ({ method, shown }: FastifyRequest, status: number): boolean =>
  method === 'GET' || method === 'HEAD' || (shown !== undefined && !(status >= 300 && status < 400));

/** Notes every read from now on. */
export function installReads(app: FastifyInstance, { engine, clock, reads: log }: Served): Reads {
  app.decorateRequest('shown', undefined);
  app.decorateRequest('readNoted', false);

  /**
   * The place of a record, as it was looked up for this reader already. Where views cannot be read the row is
   * without it: no answer fails by what is noted of it.
   */
  function placeOf(account: string, { aggregate, id }: Of): string | undefined {
    try {
      return namedRow(engine, account, aggregate, id)?.placeId;
    } catch {
      return undefined;
    }
  }
  /** The record that the address is of, and what was said of it and of others. */
  function shownOf(request: FastifyRequest, of: string | undefined): readonly Shown[] {
    const { id } = request.params as { readonly id?: unknown };
    if (of === undefined || typeof id !== 'string' || !isId.test(id)) return request.shown ?? [{}];
    const record = { aggregate: of, id };
    // Most that show it have said so.
    if (!request.shown?.some((shown) => shown.record && isSame(shown.record, record)))
      note(request, { record });
    return request.shown ?? [];
  }
  function begun(request: FastifyRequest, status: number): void {
    const { reader } = request;
    if (reader === undefined || request.readNoted || !isRead(request, status) || turnedAway.has(status))
      return;
    request.readNoted = true;
    const { account } = reader;
    const at = clock.now();
    const grants = grantsUsed(reader);
    const route = request.routeOptions;
    const { path, query } = shownAddress(request, route);
    for (const { record, version, code = request.noted?.code } of shownOf(request, route.config.of))
      log.note({
        at,
        account,
        grants,
        method: request.method,
        path,
        query,
        record: record && `${record.aggregate}-${record.id}`,
        placeId: record && placeOf(account, record),
        version: status < 400 ? version : undefined,
        status,
        code,
      });
  }

  // Before the answer leaves: whoever has begun to take it has read.
  app.addHook('onSend', (request, reply, _payload, done) => {
    begun(request, reply.statusCode);
    done();
  });
  return { log, note, begun };
}
