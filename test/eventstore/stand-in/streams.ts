/** The Streams service: what a node answers to appends, reads, subscriptions and deletions. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { status, type Metadata, type sendUnaryData, type ServerReadableStream, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import type { FaultKind, Faults } from './faults.js';
import type { Expected, Proposed, Rec, Records } from './records.js';
import type { Rights } from './rights.js';
import { appended, caughtUp, confirmation, eventMessage, expectedOf, failure, nameOf, proposedOf, streamNotFound, wrongVersion } from './wire.js';

export type ServerVersion = '23.10' | '24.10';
/** What the service asks of its node. */
export interface Host {
  readonly faults: Faults;
  readonly rights: Rights;
  readonly version: ServerVersion;
  readonly host: string;
  /** How often each method was called. */
  readonly calls: Record<string, number>;
  /** Open subscriptions; each can be dropped. */
  readonly subscriptions: Set<(how: 'politely' | 'with a status') => void>;
  records(): Records;
  role(): 'leader' | 'follower' | 'resigned';
  leaderPort(): number | undefined;
  /** How many records this node has: fewer than there are where it is cut off. */
  visible(): number;
  /** Milliseconds after which an append fails for want of a majority; undefined where there is one. */
  noQuorumAfter(): number | undefined;
}
type Read = ServerWritableStream<streamsPb.ReadReq, streamsPb.ReadResp>;

const maxAppendSize = 1_048_576;
const pageSize = 32;

export function streamsService(host: Host): IStreamsServer {
  const called = (method: string): void => void (host.calls[method] = (host.calls[method] ?? 0) + 1);

  function leaderOnly(metadata: Metadata, write: boolean): void {
    const [wanted] = metadata.get('requires-leader');
    if (host.role() === 'leader') return;
    // Without the header a follower forwards a write and answers a read from its own copy.
    if (host.role() === 'follower' && wanted !== 'true') return;
    const port = host.leaderPort();
    if (host.role() === 'resigned' && write) throw failure(status.UNAVAILABLE, 'Server Is Not Ready', {});
    if (port === undefined || host.role() === 'resigned') throw failure(status.UNKNOWN, 'No leader info available in response', {});
    throw notLeader(port);
  }
  const notLeader = (port: number) =>
    failure(status.NOT_FOUND, 'Leader info available', { exception: 'not-leader', 'leader-endpoint-host': host.host, 'leader-endpoint-port': String(port) });
  const deleted = (stream: string) => failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });

  /** Resolves with the reply; undefined where there never is one. */
  async function append(metadata: Metadata, stream: string, expected: Expected, raw: streamsPb.AppendReq.ProposedMessage[]): Promise<streamsPb.AppendResp | undefined> {
    const events: Proposed[] = [];
    try {
      if (stream === '') throw new TypeError('no stream');
      for (const m of raw) events.push(proposedOf(m));
    } catch {
      throw failure(status.UNKNOWN, 'Exception was thrown by handler.', {});
    }
    host.rights.check(metadata, '$w', stream);
    leaderOnly(metadata, true);
    if (events.reduce((n, e) => n + e.data.length + e.metadata.length + 2 * e.type.length, 0) > maxAppendSize)
      throw failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxAppendSize} Exceeded.`, {
        exception: 'maximum-append-size-exceeded',
        'maximum-append-size': String(maxAppendSize),
      });
    const fault = host.faults.take(
      [
        'append-refused',
        'append-reply-lost',
        'append-never-answered',
        'append-swallowed',
        'append-delayed',
        'append-commit-timeout',
        'append-not-ready',
        ...(metadata.get('requires-leader')[0] === 'true' ? (['not-leader', 'no-leader'] as const) : []),
      ],
      stream,
    );
    if (fault?.kind === 'append-refused') throw failure(status.UNAVAILABLE, 'Connection refused by the test', {});
    if (fault?.kind === 'append-not-ready') throw failure(status.UNAVAILABLE, 'Server Is Not Ready', {});
    if (fault?.kind === 'not-leader') throw notLeader(host.leaderPort() ?? 1);
    if (fault?.kind === 'no-leader') throw failure(status.UNKNOWN, 'No leader info available in response', {});
    if (fault?.kind === 'append-swallowed') return undefined;
    if (fault?.kind === 'append-delayed') await sleep(fault.ms ?? 1000, undefined, { ref: false });
    const noQuorum = host.noQuorumAfter();
    if (noQuorum !== undefined) {
      await sleep(noQuorum, undefined, { ref: false });
      throw failure(status.ABORTED, 'Commit phase timeout', {});
    }
    const result = host.records().append(stream, expected, events);
    if (fault?.kind === 'append-reply-lost') throw failure(status.UNAVAILABLE, 'Connection dropped by the test', {});
    if (fault?.kind === 'append-never-answered') return undefined;
    if (fault?.kind === 'append-commit-timeout') throw failure(status.ABORTED, 'Commit phase timeout', {});
    if (result.kind === 'deleted') throw deleted(stream);
    return result.kind === 'ok' ? appended(result.revision, result.position) : wrongVersion(result.current, expected);
  }

  function remove(call: { metadata: Metadata }, stream: string, expected: Expected, final: boolean): void {
    host.rights.check(call.metadata, '$d', stream);
    leaderOnly(call.metadata, true);
    const records = host.records();
    if (records.tombstoned(stream)) throw deleted(stream);
    const current = records.stream(stream).length - 1;
    if (typeof expected === 'number' ? expected !== current : expected === 'none' && current >= 0)
      throw failure(status.FAILED_PRECONDITION, 'Wrong expected version', {
        exception: 'wrong-expected-version',
        'stream-name': stream,
        'expected-version': String(expected),
        'actual-version': String(current),
      });
    if (final) records.tombstone(stream);
    else records.softDelete(stream);
  }

  async function read(call: Read): Promise<void> {
    const options = call.request.getOptions()!;
    const stream = options.hasAll() ? '$all' : nameOf(options.getStream()!.getStreamIdentifier());
    const subscribes = options.hasSubscription();
    host.rights.check(call.metadata, '$r', stream);
    leaderOnly(call.metadata, false);
    if (options.hasFilter()) throw failure(status.UNIMPLEMENTED, 'The stand-in has no filters: the adapter uses none', {});
    const fault = host.faults.take(subscribes ? ['read-refused', 'subscription-silent', 'subscription-from-start'] : ['read-refused', 'read-silent'], stream);
    if (fault?.kind === 'read-refused') throw failure(status.UNAVAILABLE, 'Read refused by the test', {});
    if (fault?.kind === 'read-silent') return void (await gone(call));
    const records = host.records();
    if (stream !== '$all' && records.tombstoned(stream)) throw deleted(stream);
    if (subscribes) return subscribe(call, stream, fault?.kind);
    const found = stream === '$all' ? readAll(records, options) : readStream(records, stream, options);
    if (!found) await send(call, [streamNotFound(stream)]);
    else await send(call, found.map(eventMessage));
    call.end();
  }

  function readAll(records: Records, options: streamsPb.ReadReq.Options): Rec[] {
    const backwards = options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
    const all = records.all().slice(0, host.visible());
    const o = options.getAll()!;
    let from = backwards ? all.length : 0;
    if (o.hasPosition()) from = indexOf(records, BigInt(o.getPosition()!.getCommitPosition()));
    else if (o.hasEnd()) from = all.length;
    const count = Math.min(Number(options.getCount()), all.length);
    return backwards ? all.slice(Math.max(0, from - count), from).reverse() : all.slice(from, from + count);
  }
  /** Position of a record, or past the end; a position inside a record is an error. */
  function indexOf(records: Records, position: bigint): number {
    const { index, exact } = records.at(position);
    if (!exact && position <= BigInt(records.end) && position > 0n)
      throw failure(status.UNKNOWN, host.version === '23.10' ? 'Unexpected ReadAllResult: Error' : 'Unexpected ReadAllResult: InvalidPosition', {});
    return index;
  }
  function readStream(records: Records, stream: string, options: streamsPb.ReadReq.Options): Rec[] | undefined {
    const own = visibleOf(records, stream);
    const first = records.first(stream);
    if (own.length === 0 || first > BigInt(own.length - 1)) return undefined;
    const there = own.slice(Number(first));
    const o = options.getStream()!;
    const count = Math.min(Number(options.getCount()), own.length);
    if (options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS) {
      const upTo = o.hasRevision() ? Number(o.getRevision()) : Infinity;
      return there
        .filter((r) => r.revision <= upTo)
        .slice(-count)
        .reverse();
    }
    const from = o.hasEnd() ? Infinity : o.hasRevision() ? Number(o.getRevision()) : 0;
    return there.filter((r) => r.revision >= from).slice(0, count);
  }
  function visibleOf(records: Records, stream: string): readonly Rec[] {
    const own = records.stream(stream);
    const last = records.all()[host.visible() - 1]?.position ?? -1;
    return host.visible() === records.length ? own : own.filter((r) => r.position <= last);
  }

  async function subscribe(call: Read, stream: string, fault: FaultKind | undefined): Promise<void> {
    const silent = fault === 'subscription-silent';
    const records = host.records();
    const o = call.request.getOptions()!;
    let next: () => Rec[];
    if (stream === '$all') {
      const at = o.getAll()!;
      let index = at.hasEnd() ? host.visible() : 0;
      let above = -1n;
      if (at.hasPosition()) {
        above = BigInt(at.getPosition()!.getCommitPosition());
        // Beyond the end: 23.10 goes on with whatever is new, below the cursor as it may be; 24.10 waits for the log to pass it.
        index = indexOf(records, above);
        if (host.version === '23.10' && above > BigInt(records.end)) above = -1n;
      }
      if (fault === 'subscription-from-start') [index, above] = [0, -1n];
      next = () => {
        const page = records.all().slice(index, Math.min(index + pageSize, host.visible()));
        index += page.length;
        return page.filter((r) => BigInt(r.position) > above);
      };
    } else {
      const at = o.getStream()!;
      let after = at.hasEnd() ? visibleOf(records, stream).length - 1 : at.hasRevision() ? Number(at.getRevision()) : -1;
      next = () => {
        const page = visibleOf(records, stream)
          .slice(after + 1)
          .slice(0, pageSize);
        after += page.length;
        return page;
      };
    }
    let wake = (): void => {};
    let over: 'politely' | 'with a status' | 'gone' | undefined;
    const stop = (how: typeof over): void => {
      over ??= how;
      wake();
    };
    const drop = (how: 'politely' | 'with a status'): void => stop(how);
    host.subscriptions.add(drop);
    const unlisten = records.onWritten(() => wake());
    void gone(call).then(() => stop('gone'));
    await send(call, [confirmation(randomUUID())]);
    let live = silent;
    while (!over) {
      const page = silent ? [] : next();
      if (page.length > 0) await send(call, page.map(eventMessage));
      else if (!live) {
        live = true;
        await send(call, [caughtUp()]);
      } else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (over) resolve();
        });
    }
    unlisten();
    host.subscriptions.delete(drop);
    if (over === 'politely') call.end();
    else if (over === 'with a status') call.emit('error', failure(status.UNAVAILABLE, 'Subscription dropped', {}));
  }

  return {
    append(call: ServerReadableStream<streamsPb.AppendReq, streamsPb.AppendResp>, reply: sendUnaryData<streamsPb.AppendResp>) {
      called('append');
      let options: streamsPb.AppendReq.Options | undefined;
      const raw: streamsPb.AppendReq.ProposedMessage[] = [];
      call.on('error', () => {});
      call.on('data', (m: streamsPb.AppendReq) => {
        if (m.hasOptions()) options = m.getOptions();
        else if (m.hasProposedMessage()) raw.push(m.getProposedMessage()!);
      });
      call.on('end', () => {
        host.faults.appends++;
        append(call.metadata, nameOf(options?.getStreamIdentifier()), options ? expectedOf(options) : 'any', raw)
          .then(
            (resp) => void (resp && reply(null, resp)),
            (error) => reply(error),
          )
          .finally(() => host.faults.appends--);
      });
    },
    read(call: Read) {
      called(call.request.getOptions()?.hasSubscription() ? 'subscribe' : 'read');
      call.on('error', () => {});
      read(call).catch((error) => call.emit('error', error));
    },
    delete(call: ServerUnaryCall<streamsPb.DeleteReq, streamsPb.DeleteResp>, reply: sendUnaryData<streamsPb.DeleteResp>) {
      called('delete');
      const o = call.request.getOptions()!;
      settle(reply, () => remove(call, nameOf(o.getStreamIdentifier()), expectedOf(o), false), new streamsPb.DeleteResp());
    },
    tombstone(call: ServerUnaryCall<streamsPb.TombstoneReq, streamsPb.TombstoneResp>, reply: sendUnaryData<streamsPb.TombstoneResp>) {
      called('tombstone');
      const o = call.request.getOptions()!;
      settle(reply, () => remove(call, nameOf(o.getStreamIdentifier()), expectedOf(o), true), new streamsPb.TombstoneResp());
    },
    // Named by the features, never to be called: the client's batch path has no deadline and can end the process.
    batchAppend(call: { emit(event: 'error', e: Error): boolean }) {
      called('batchAppend');
      call.emit('error', failure(status.UNIMPLEMENTED, 'The stand-in has no batch path', {}));
    },
  } as unknown as IStreamsServer;
}

function settle<T>(reply: sendUnaryData<T>, work: () => void, answer: T): void {
  try {
    work();
    reply(null, answer);
  } catch (error) {
    reply(error as never);
  }
}

const goings = new WeakMap<Read, Promise<void>>();
/** Resolves when the caller has gone, or the call is over. */
function gone(call: Read): Promise<void> {
  let going = goings.get(call);
  if (!going) {
    going = new Promise((resolve) => {
      if (call.cancelled || call.destroyed) return resolve();
      call.once('cancelled', resolve);
      call.once('close', resolve);
      call.once('finish', resolve);
    });
    goings.set(call, going);
  }
  return going;
}

/** Writes with back-pressure; gives up when the caller is gone. */
async function send(call: Read, messages: streamsPb.ReadResp[]): Promise<void> {
  for (const m of messages) {
    if (call.cancelled || call.destroyed) return;
    if (!call.write(m)) await Promise.race([new Promise<void>((resolve) => call.once('drain', resolve)), gone(call)]);
  }
}
