/** Reads and subscriptions, as a node answers them. */
import { randomUUID } from 'node:crypto';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { status } from '@grpc/grpc-js';
import type { FaultKind } from './faults.js';
import { deleted, leaderOnly, type Host, type Read } from './host.js';
import type { Rec, Records } from './records.js';
import { caughtUp, confirmation, eventMessage, failure, nameOf, streamNotFound } from './wire.js';

const pageSize = 32;

/** Answers one call; throws the status that ends it. */
export function reader(host: Host): (call: Read) => Promise<void> {
  async function read(call: Read): Promise<void> {
    const options = call.request.getOptions()!;
    const stream = options.hasAll() ? '$all' : nameOf(options.getStream()!.getStreamIdentifier());
    const subscribes = options.hasSubscription();
    host.rights.check(call.metadata, '$r', stream);
    leaderOnly(host, call.metadata, false);
    if (options.hasFilter())
      throw failure(status.UNIMPLEMENTED, 'The stand-in has no filters: the adapter uses none', {});
    const fault = host.faults.take(
      subscribes
        ? ['read-refused', 'subscription-silent', 'subscription-from-start']
        : ['read-refused', 'read-silent'],
      stream,
    );
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
      throw failure(
        status.UNKNOWN,
        host.version === '23.10'
          ? 'Unexpected ReadAllResult: Error'
          : 'Unexpected ReadAllResult: InvalidPosition',
        {},
      );
    return index;
  }
  function readStream(
    records: Records,
    stream: string,
    options: streamsPb.ReadReq.Options,
  ): Rec[] | undefined {
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
        // Beyond the end: 23.10 goes on with whatever is new, below the cursor as it may be; 24.10 waits for
        // the log to pass it.
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
      let after = at.hasEnd()
        ? visibleOf(records, stream).length - 1
        : at.hasRevision()
          ? Number(at.getRevision())
          : -1;
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
    else if (over === 'with a status')
      call.emit('error', failure(status.UNAVAILABLE, 'Subscription dropped', {}));
  }

  return read;
}

const goings = new WeakMap<Read, Promise<void>>();
/** Resolves when the caller has gone, or the call is over. */
export function gone(call: Read): Promise<void> {
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
    if (!call.write(m))
      await Promise.race([new Promise<void>((resolve) => call.once('drain', resolve)), gone(call)]);
  }
}
