/** The Streams service: what a node answers to appends and deletions; reads stand beside. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import {
  status,
  type Metadata,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { deleted, leaderOnly, notLeader, type Host, type Read } from './host.js';
import { gone, reader } from './reads.js';
import type { Expected, Proposed } from './records.js';
import { appended, expectedOf, failure, nameOf, proposedOf, wrongVersion } from './wire.js';

const maxAppendSize = 1_048_576;

export function streamsService(host: Host): IStreamsServer {
  const read = reader(host);
  const called = (method: string): void => void (host.calls[method] = (host.calls[method] ?? 0) + 1);

  /** Resolves with the reply; undefined where there never is one. */
  async function append(
    metadata: Metadata,
    stream: string,
    expected: Expected,
    raw: streamsPb.AppendReq.ProposedMessage[],
  ): Promise<streamsPb.AppendResp | undefined> {
    const events: Proposed[] = [];
    try {
      if (stream === '') throw new TypeError('no stream');
      for (const m of raw) events.push(proposedOf(m));
    } catch {
      throw failure(status.UNKNOWN, 'Exception was thrown by handler.', {});
    }
    host.rights.check(metadata, '$w', stream);
    leaderOnly(host, metadata, true);
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
        'append-held',
        'append-commit-timeout',
        'append-not-ready',
        ...(metadata.get('requires-leader')[0] === 'true' ? (['not-leader', 'no-leader'] as const) : []),
      ],
      stream,
    );
    if (fault?.kind === 'append-refused')
      throw failure(status.UNAVAILABLE, 'Connection refused by the test', {});
    if (fault?.kind === 'append-not-ready') throw failure(status.UNAVAILABLE, 'Server Is Not Ready', {});
    if (fault?.kind === 'not-leader') throw notLeader(host, host.leaderPort() ?? 1);
    if (fault?.kind === 'no-leader')
      throw failure(status.UNKNOWN, 'No leader info available in response', {});
    if (fault?.kind === 'append-swallowed') return undefined;
    // Whatever stands behind the address when it lands: it was given to this log.
    const records = host.records();
    if (fault?.kind === 'append-delayed') await sleep(fault.ms ?? 1000, undefined, { ref: false });
    if (fault?.kind === 'append-held') {
      await host.faults.held();
      host.faults.count('append-released');
    }
    const noQuorum = host.noQuorumAfter();
    if (noQuorum !== undefined) {
      await sleep(noQuorum, undefined, { ref: false });
      throw failure(status.ABORTED, 'Commit phase timeout', {});
    }
    const result = records.append(stream, expected, events);
    if (fault?.kind === 'append-reply-lost')
      throw failure(status.UNAVAILABLE, 'Connection dropped by the test', {});
    if (fault?.kind === 'append-never-answered') return undefined;
    if (fault?.kind === 'append-commit-timeout') throw failure(status.ABORTED, 'Commit phase timeout', {});
    if (result.kind === 'deleted') throw deleted(stream);
    return result.kind === 'ok'
      ? appended(result.revision, result.position)
      : wrongVersion(result.current, expected);
  }

  function remove(call: { metadata: Metadata }, stream: string, expected: Expected, final: boolean): void {
    host.rights.check(call.metadata, '$d', stream);
    leaderOnly(host, call.metadata, true);
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

  return {
    append(
      call: ServerReadableStream<streamsPb.AppendReq, streamsPb.AppendResp>,
      reply: sendUnaryData<streamsPb.AppendResp>,
    ) {
      called('append');
      let options: streamsPb.AppendReq.Options | undefined;
      const raw: streamsPb.AppendReq.ProposedMessage[] = [];
      call.on('error', () => {});
      call.on('data', (m: streamsPb.AppendReq) => {
        if (m.hasOptions()) options = m.getOptions();
        else if (m.hasProposedMessage()) raw.push(m.getProposedMessage()!);
      });
      call.on('end', () => {
        // An upload that was cut short ends here too, by its deadline, the caller or the connection, and is
        // known for one a moment later. A server never takes the half for the whole.
        setImmediate(() =>
          setImmediate(() => {
            if (call.cancelled || Number(call.getDeadline()) <= Date.now()) return;
            host.faults.appends++;
            append(
              call.metadata,
              nameOf(options?.getStreamIdentifier()),
              options ? expectedOf(options) : 'any',
              raw,
            )
              .then(
                (resp) => void (resp && reply(null, resp)),
                (error) => reply(error),
              )
              .finally(() => host.faults.appends--);
          }),
        );
      });
    },
    read(call: Read) {
      const subscribes = call.request.getOptions()?.hasSubscription();
      called(subscribes ? 'subscribe' : 'read');
      call.on('error', () => {});
      if (!subscribes) {
        host.openReads.add(call);
        void gone(call).then(() => host.openReads.delete(call));
      }
      read(call).catch((error) => call.emit('error', error));
    },
    delete(
      call: ServerUnaryCall<streamsPb.DeleteReq, streamsPb.DeleteResp>,
      reply: sendUnaryData<streamsPb.DeleteResp>,
    ) {
      called('delete');
      const o = call.request.getOptions()!;
      settle(
        reply,
        () => remove(call, nameOf(o.getStreamIdentifier()), expectedOf(o), false),
        new streamsPb.DeleteResp(),
      );
    },
    tombstone(
      call: ServerUnaryCall<streamsPb.TombstoneReq, streamsPb.TombstoneResp>,
      reply: sendUnaryData<streamsPb.TombstoneResp>,
    ) {
      called('tombstone');
      const o = call.request.getOptions()!;
      settle(
        reply,
        () => remove(call, nameOf(o.getStreamIdentifier()), expectedOf(o), true),
        new streamsPb.TombstoneResp(),
      );
    },
    // Named by the features, never to be called: the client's batch path has no deadline and can end the
    // process.
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
