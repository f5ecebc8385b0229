/**
 * Between records and the messages of the protocol, with the classes that ship inside the installed client
 * package.
 */
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServiceError, type status } from '@grpc/grpc-js';
import type { Expected, Proposed, Rec } from './records.js';

/** A status with trailers, as the server answers. */
export function failure(code: status, details: string, trailers: Record<string, string>): ServiceError {
  const metadata = new Metadata();
  for (const [k, v] of Object.entries(trailers)) metadata.set(k, v);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const nameOf = (id: sharedPb.StreamIdentifier | undefined): string =>
  Buffer.from(id?.getStreamName_asU8() ?? []).toString();
const identifier = (name: string): sharedPb.StreamIdentifier =>
  new sharedPb.StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(name)));

export const expectedOf = (o: {
  hasRevision(): boolean;
  getRevision(): string;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}): Expected =>
  o.hasRevision()
    ? Number(o.getRevision())
    : o.hasNoStream()
      ? 'none'
      : o.hasStreamExists()
        ? 'exists'
        : 'any';

/** Throws for an id that .NET does not read as a Guid. */
export function proposedOf(m: streamsPb.AppendReq.ProposedMessage): Proposed {
  const id = m.getId()?.getString() ?? '';
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new TypeError(`not a Guid: ${id}`);
  return {
    id: id.toLowerCase(),
    type: m.getMetadataMap().get('type') ?? '',
    contentType: m.getMetadataMap().get('content-type') ?? '',
    data: Buffer.from(m.getData_asU8()),
    metadata: Buffer.from(m.getCustomMetadata_asU8()),
  };
}

export function eventMessage(rec: Rec): streamsPb.ReadResp {
  const recorded = new streamsPb.ReadResp.ReadEvent.RecordedEvent()
    .setId(new sharedPb.UUID().setString(rec.id))
    .setStreamIdentifier(identifier(rec.stream))
    .setStreamRevision(String(rec.revision))
    .setCommitPosition(String(rec.position))
    .setPreparePosition(String(rec.position))
    .setData(rec.data)
    .setCustomMetadata(rec.metadata);
  recorded
    .getMetadataMap()
    .set('type', rec.type)
    .set('content-type', rec.contentType)
    .set('created', rec.created);
  return new streamsPb.ReadResp().setEvent(
    new streamsPb.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(rec.position)),
  );
}

export const confirmation = (id: string): streamsPb.ReadResp =>
  new streamsPb.ReadResp().setConfirmation(
    new streamsPb.ReadResp.SubscriptionConfirmation().setSubscriptionId(id),
  );
export const caughtUp = (): streamsPb.ReadResp =>
  new streamsPb.ReadResp().setCaughtUp(new streamsPb.ReadResp.CaughtUp());
export const streamNotFound = (name: string): streamsPb.ReadResp =>
  new streamsPb.ReadResp().setStreamNotFound(
    new streamsPb.ReadResp.StreamNotFound().setStreamIdentifier(identifier(name)),
  );

export function appended(revision: number, position: number): streamsPb.AppendResp {
  const at = new streamsPb.AppendResp.Position()
    .setCommitPosition(String(position))
    .setPreparePosition(String(position));
  return new streamsPb.AppendResp().setSuccess(
    new streamsPb.AppendResp.Success().setCurrentRevision(String(revision)).setPosition(at),
  );
}

export function wrongVersion(current: number, expected: Expected): streamsPb.AppendResp {
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new sharedPb.Empty());
  else wrong.setCurrentRevision(String(current));
  if (typeof expected === 'number') wrong.setExpectedRevision(String(expected));
  else if (expected === 'none') wrong.setExpectedNoStream(new sharedPb.Empty());
  else if (expected === 'exists') wrong.setExpectedStreamExists(new sharedPb.Empty());
  else wrong.setExpectedAny(new sharedPb.Empty());
  return new streamsPb.AppendResp().setWrongExpectedVersion(wrong);
}

export interface Member {
  readonly port: number;
  readonly alive: boolean;
  readonly role: 'leader' | 'follower' | 'unknown';
}
export function clusterInfo(host: string, members: readonly Member[]): gossipPb.ClusterInfo {
  const states = {
    leader: gossipPb.MemberInfo.VNodeState.LEADER,
    follower: gossipPb.MemberInfo.VNodeState.FOLLOWER,
    unknown: gossipPb.MemberInfo.VNodeState.UNKNOWN,
  };
  return new gossipPb.ClusterInfo().setMembersList(
    members.map((m) =>
      new gossipPb.MemberInfo()
        .setInstanceId(
          new sharedPb.UUID().setString(`00000000-0000-4000-8000-${String(m.port).padStart(12, '0')}`),
        )
        .setState(states[m.role])
        .setIsAlive(m.alive)
        .setTimeStamp(String(Date.now() * 10_000))
        .setHttpEndPoint(new gossipPb.EndPoint().setAddress(host).setPort(m.port)),
    ),
  );
}
