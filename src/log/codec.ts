/** Encodes an event once into its canonical envelope, decodes and upcasts it on the way back. */
import { createHash, randomBytes } from 'node:crypto';
import { v4 as uuidv4, v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { flag, type Actor, type Basis, type NewEvent } from '../domain/core.js';
import { londonDate } from '../domain/calendar.js';
import { parseStream } from '../domain/index.js';
import { canonical } from './canonical.js';
import type { LogIdentity, LoggedEvent, StoredEvent } from './event-log.js';

/** What a command gives to every event it causes. */
export interface EnvelopeContext {
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly fingerprint: string;
  readonly correlation: string;
  readonly causation?: string;
  /** The event that a step of the system followed from, `{stream}@{version}`: lineage goes back along it. */
  readonly because?: string;
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
  readonly because?: string;
  readonly basis?: Basis;
  readonly backdatedBecause?: string;
  readonly reads?: Readonly<Record<string, number>>;
  readonly data: any;
  readonly private: boolean;
}

/** Fingerprint of a request; it names its algorithm so that it can become keyed. */
export function fingerprint(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonical(value)).digest('hex')}`;
}

/**
 * Gives new events their envelope at the next versions of a stream. Ids are fresh at each attempt. Each carries what `decode`
 * would read from its text, so that the fold, the views and the reactors of this process need not parse it again.
 */
export function encode(stream: string, after: number, events: readonly NewEvent[], ctx: EnvelopeContext): StoredEvent[] {
  const { aggregate, recordId } = parseStream(stream);
  const { backdatedBecause, ...context } = ctx;
  const today = londonDate(ctx.recordedAt);
  return events.map(({ type, data: given }, index) => {
    const id = uuidv7({ random: sixteenBytes() });
    const salt = Buffer.from(sixteenBytes()).toString('base64url');
    const version = after + 1 + index;
    const entry = aggregate.events[type]!;
    const schema = (entry.upcasts?.length ?? 0) + 1;
    const written = canonical(backdatedBecause ? { ...given, backdatedBecause } : given);
    // Read back from its text: nothing of the command or the state is shared, and what JSON leaves out is left out.
    const data = JSON.parse(written);
    if (backdatedBecause) delete data.backdatedBecause;
    const decoded: DecodedEvent = {
      ...context,
      ...(backdatedBecause ? { backdatedBecause } : {}),
      id,
      type,
      stream,
      version,
      index,
      position: 0,
      aggregate: aggregate.name,
      recordId,
      today,
      data,
      private: flag(entry.private, data),
    };
    return { id, stream, version, type, body: envelope({ ...context, id, type, schema, stream, version, index, salt }, written), decoded };
  });
}

/** The canonical text of an event around its data's. Names are plain letters, so that members sort as their texts do. */
function envelope(members: object, data: string): string {
  const parts = [`"data":${data}`];
  for (const [name, value] of Object.entries(members)) if (value !== undefined) parts.push(`"${name}":${canonical(value)}`);
  return `{${parts.sort().join(',')}}`;
}

// The system's randomness is taken by the page: a call for each event would cost more than its insert. No byte is used twice.
let page = new Uint8Array(0);
let used = 0;
function sixteenBytes(): Uint8Array {
  if (used + 16 > page.length) {
    page = randomBytes(4096);
    used = 0;
  }
  return page.subarray(used, (used += 16));
}

/** Reads a stored event, its data brought to the current schema. Whoever gets it may keep what is in it, and changes nothing. */
export function decode(logged: LoggedEvent): DecodedEvent {
  const known = logged.decoded as Placed | undefined;
  if (known) {
    known.position = logged.position;
    return known;
  }
  const text = JSON.parse(logged.body);
  const { aggregate, recordId } = parseStream(logged.stream);
  const entry = aggregate.events[text.type];
  if (!entry) throw new Error(`event ${logged.position} is of the unknown type ${text.type}: this log was written by a newer version`);
  let { data } = text;
  let backdatedBecause: string | undefined;
  if (data.backdatedBecause !== undefined) ({ backdatedBecause, ...data } = data);
  if (entry.upcasts) for (const up of entry.upcasts.slice(text.schema - 1)) data = up(data);
  // Member by member: to copy what is left of a parsed object costs more than to parse it.
  const event: Placed = {
    position: logged.position,
    id: text.id,
    type: text.type,
    stream: text.stream,
    aggregate: aggregate.name,
    recordId,
    version: text.version,
    recordedAt: text.recordedAt,
    today: londonDate(text.recordedAt),
    actor: text.actor,
    commandId: text.commandId,
    index: text.index,
    fingerprint: text.fingerprint,
    correlation: text.correlation,
    data,
    private: flag(entry.private, data),
  };
  if (backdatedBecause !== undefined) event.backdatedBecause = backdatedBecause;
  for (const name of sometimes) if (text[name] !== undefined) event[name] = text[name];
  return event;
}
/** Members of the envelope that only some events have. */
const sometimes = ['effectiveOn', 'causation', 'because', 'basis', 'reads'] as const;
/** An event gets its position when it is written, after it was folded. */
type Placed = { -readonly [K in keyof DecodedEvent]: DecodedEvent[K] };

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
