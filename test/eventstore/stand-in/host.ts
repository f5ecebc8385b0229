/** What a service asks of its node, and what both reads and writes need. */
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { status, type Metadata, type ServerWritableStream } from '@grpc/grpc-js';
import type { Faults } from './faults.js';
import type { Records } from './records.js';
import type { Rights } from './rights.js';
import { failure } from './wire.js';

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
  /** Reads that are neither finished nor cancelled. */
  readonly openReads: Set<object>;
  records(): Records;
  role(): 'leader' | 'follower' | 'resigned';
  leaderPort(): number | undefined;
  /** How many records this node has: fewer than there are where it is cut off. */
  visible(): number;
  /** Milliseconds after which an append fails for want of a majority; undefined where there is one. */
  noQuorumAfter(): number | undefined;
}
export type Read = ServerWritableStream<streamsPb.ReadReq, streamsPb.ReadResp>;

/** Throws what a node answers that does not lead, where the call needs the leader. */
export function leaderOnly(host: Host, metadata: Metadata, write: boolean): void {
  const [wanted] = metadata.get('requires-leader');
  if (host.role() === 'leader') return;
  // Without the header a follower forwards a write and answers a read from its own copy.
  if (host.role() === 'follower' && wanted !== 'true') return;
  const port = host.leaderPort();
  if (host.role() === 'resigned' && write) throw failure(status.UNAVAILABLE, 'Server Is Not Ready', {});
  if (port === undefined || host.role() === 'resigned')
    throw failure(status.UNKNOWN, 'No leader info available in response', {});
  throw notLeader(host, port);
}
export const notLeader = (host: Host, port: number) =>
  failure(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host.host,
    'leader-endpoint-port': String(port),
  });
export const deleted = (stream: string) =>
  failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
