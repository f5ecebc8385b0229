/** Encodes an event once into its canonical envelope, decodes and upcasts it on the way back. */
import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { v4 as uuidv4, v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { flag, type Actor, type Basis, type NewEvent } from '../domain/core.js';
import { londonDate } from '../domain/calendar.js';
import { parseStream } from '../domain/index.js';
import type { LogIdentity, LoggedEvent, StoredEvent } from './event-log.js';

/** What a command gives to every event it causes. */
export interface EnvelopeContext {
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly fingerprint: string;
  readonly correlation: string;
  readonly causation?: string;
  readonly effectiveOn?: string;
  readonly backdatedBecause?: string;
  readonly basis?: Basis;
  /** Versions of the other streams the decision read. */
  readonly reads?: Readonly<Record<string, number>>;
}

/** An event as the fold and the views see it. */
export interface DecodedEvent {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly aggregate: string;
  readonly recordId: string;
  readonly version: number;
  readonly recordedAt: string;
  readonly today: string;
  readonly effectiveOn?: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly index: number;
  readonly fingerprint: string;
  readonly correlation: string;
  readonly causation?: string;
  readonly basis?: Basis;
  readonly backdatedBecause?: string;
  readonly reads?: Readonly<Record<string, number>>;
  readonly data: any;
  readonly private: boolean;
}

/** Fingerprint of a request; it names its algorithm so that it can become keyed. */
export function fingerprint(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalize(value)!).digest('hex')}`;
}

/** Gives new events their envelope at the next versions of a stream. Ids are fresh at each attempt. */
export function encode(stream: string, after: number, events: readonly NewEvent[], ctx: EnvelopeContext): StoredEvent[] {
  const { aggregate } = parseStream(stream);
  return events.map((event, index) => {
    const id = uuidv7();
    const version = after + 1 + index;
    const schema = (aggregate.events[event.type]!.upcasts?.length ?? 0) + 1;
    const data = ctx.backdatedBecause ? { ...event.data, backdatedBecause: ctx.backdatedBecause } : event.data;
    const { backdatedBecause: _, ...rest } = ctx;
    const body = canonicalize({ id, type: event.type, schema, stream, version, index, salt: randomBytes(16).toString('base64url'), data, ...rest })!;
    return { id, stream, version, type: event.type, body };
  });
}

/** Reads a stored event, its data brought to the current schema. */
export function decode(logged: LoggedEvent): DecodedEvent {
  const { schema, salt: _, data: stored, ...envelope } = JSON.parse(logged.body);
  const { aggregate, recordId } = parseStream(logged.stream);
  const entry = aggregate.events[envelope.type];
  if (!entry) throw new Error(`event ${logged.position} is of the unknown type ${envelope.type}: this log was written by a newer version`);
  const { backdatedBecause, ...plain } = stored;
  let data = plain;
  for (const up of (entry.upcasts ?? []).slice(schema - 1)) data = up(data);
  return {
    ...envelope,
    ...(backdatedBecause ? { backdatedBecause } : {}),
    position: logged.position,
    aggregate: aggregate.name,
    recordId,
    today: londonDate(envelope.recordedAt),
    data,
    private: flag(entry.private, data),
  };
}

/** The first event of every log: which log this is, and by which clock it goes. */
export function logCreated(clock: LogIdentity['clock'], now = new Date().toISOString()): StoredEvent {
  const logId = uuidv4();
  const commandId = uuidv5('log-created', logId);
  const actor: Actor = { account: 'system:log', role: 'system' };
  const data = { logId, clock };
  return encode('log-identity', 0, [{ type: 'LogCreated', data }], { recordedAt: now, actor, commandId, fingerprint: fingerprint(data), correlation: commandId })[0]!;
}

/** The identity that a log's first event states. */
export function identityOf(first: Pick<StoredEvent, 'body'>): LogIdentity {
  return JSON.parse(first.body).data;
}
