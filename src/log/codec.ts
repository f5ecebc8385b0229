/** Encodes an event once into its canonical envelope, decodes and upcasts it on the way back. */
import { hash, randomBytes } from 'node:crypto';
import { v4 as uuidv4, v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import {
  currentSchema,
  withheldOf,
  type Actor,
  type Basis,
  type NewEvent,
  type SignedIn,
} from '../domain/kernel/types.js';
import { londonDate } from '../domain/shared/calendar.js';
import { entryOf, parseStream, type Recorded } from '../domain/registry.js';
import { canonical } from './canonical.js';
import type { LogIdentity, LoggedEvent, StoredEvent } from './event-log.js';

/** What a command gives to every event it causes. */
export interface EnvelopeContext {
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly fingerprint: string;
  readonly correlation: string;
  readonly causation?: string | undefined;
  /** The event that a step of the system followed from, `{stream}@{version}`: lineage goes back along it. */
  readonly because?: string | undefined;
  readonly effectiveOn?: string | undefined;
  readonly backdatedBecause?: string | undefined;
  readonly basis?: Basis | undefined;
  readonly signedIn?: SignedIn | undefined;
  /** Versions of the other streams the decision read. */
  readonly reads?: Readonly<Record<string, number>> | undefined;
}

/** An event as it was written: what the fold and the views read, and its command's part in it. */
export interface DecodedEvent extends Recorded {
  /** Which of its command's events it is, from 0. */
  readonly index: number;
  readonly fingerprint: string;
  readonly correlation: string;
  readonly backdatedBecause?: string;
  /** Versions of the other streams the decision read. */
  readonly reads?: Readonly<Record<string, number>>;
}
/** What an event's text holds, its data at the schema version it was written in. */
type Written = Omit<
  DecodedEvent,
  'position' | 'aggregate' | 'recordId' | 'today' | 'private' | 'data' | 'backdatedBecause'
> & {
  readonly schema: number;
  readonly data: Record<string, unknown> & { backdatedBecause?: string };
};

/** Fingerprint of a request; it names its algorithm so that it can become keyed. */
export function fingerprint(value: unknown): string {
  return `sha256:${hash('sha256', canonical(value))}`;
}

/**
 * Gives new events their envelope at the next versions of a stream. Ids are fresh at each attempt. Each
 * carries what `decode` would read from its text, so that the fold, the views and the reactors of this
 * process need not parse it again.
 */
export function encode(
  stream: string,
  after: number,
  events: readonly NewEvent[],
  context: EnvelopeContext,
): StoredEvent[] {
  const { aggregate, recordId } = parseStream(stream);
  const { backdatedBecause } = context;
  const today = londonDate(context.recordedAt);
  return events.map(({ type, data: given }, index) => {
    const id = uuidv7({ random: sixteenBytes() });
    const version = after + 1 + index;
    const entry = entryOf({ aggregate: aggregate.name, type });
    const written = canonical(backdatedBecause ? { ...given, backdatedBecause } : given);
    // Read back from its text: nothing of the command or the state is shared, and what JSON leaves out is
    // left out.
    const data = JSON.parse(written) as Written['data'];
    if (backdatedBecause) delete data.backdatedBecause;
    // Member by member, here and in `decode`: an object that others were spread into is slow to make and to
    // read.
    const decoded: Placed = {
      position: 0,
      id,
      type,
      stream,
      aggregate: aggregate.name,
      recordId,
      version,
      recordedAt: context.recordedAt,
      today,
      actor: context.actor,
      commandId: context.commandId,
      index,
      fingerprint: context.fingerprint,
      correlation: context.correlation,
      data,
      private: withheldOf(entry, data),
    };
    if (backdatedBecause !== undefined) decoded.backdatedBecause = backdatedBecause;
    addSometimes(decoded, context);
    return {
      id,
      stream,
      version,
      type,
      body: envelope(decoded, written, currentSchema(entry)),
      decoded,
    };
  });
}

/** The canonical text of an event: its members in the order of their names, around the text of its data. */
function envelope(event: DecodedEvent, data: string, schema: number): string {
  const { basis, because, causation, effectiveOn, reads, signedIn } = event;
  const salt = Buffer.from(sixteenBytes()).toString('base64url');
  return (
    `{"actor":${canonical(event.actor)}` +
    (basis === undefined ? '' : `,"basis":${canonical(basis)}`) +
    (because === undefined ? '' : `,"because":${canonical(because)}`) +
    (causation === undefined ? '' : `,"causation":${canonical(causation)}`) +
    `,"commandId":${canonical(event.commandId)},"correlation":${canonical(event.correlation)}` +
    `,"data":${data}` +
    (effectiveOn === undefined ? '' : `,"effectiveOn":${canonical(effectiveOn)}`) +
    `,"fingerprint":${canonical(event.fingerprint)},"id":"${event.id}","index":${event.index}` +
    (reads === undefined ? '' : `,"reads":${canonical(reads)}`) +
    `,"recordedAt":${canonical(event.recordedAt)},"salt":"${salt}","schema":${schema}` +
    (signedIn === undefined ? '' : `,"signedIn":${canonical(signedIn)}`) +
    `,"stream":${canonical(event.stream)},"type":${canonical(event.type)},"version":${event.version}}`
  );
}

// The system's randomness is taken by the page: a call for each event would cost more than its insert. No
// byte is used twice.
const pageBytes = 4_096;
let page = new Uint8Array(0);
let used = 0;
function sixteenBytes(): Uint8Array {
  if (used + 16 > page.length) {
    page = randomBytes(pageBytes);
    used = 0;
  }
  return page.subarray(used, (used += 16));
}

/**
 * Reads a stored event, its data brought to the current schema. Whoever gets it may keep what is in it, and
 * changes nothing.
 */
export function decode(logged: LoggedEvent): DecodedEvent {
  const known = logged.decoded as Placed | undefined;
  if (known) {
    known.position = logged.position;
    return known;
  }
  const text = JSON.parse(logged.body) as Written;
  const { aggregate, recordId } = parseStream(logged.stream);
  const entry = aggregate.events[text.type];
  if (!entry)
    throw new Error(
      `event ${logged.position} is of the unknown type ${text.type}: this log was written by a newer version`,
    );
  if (text.schema > currentSchema(entry))
    throw new Error(
      `event ${logged.position} is a ${text.type} in schema ${text.schema}, of which this version knows ` +
        `${currentSchema(entry)}: this log was written by a newer version`,
    );
  let data: object = text.data;
  let backdatedBecause: string | undefined;
  if (text.data.backdatedBecause !== undefined) ({ backdatedBecause, ...data } = text.data);
  if (entry.upcasts) for (const up of entry.upcasts.slice(text.schema - 1)) data = up(data);
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
    private: withheldOf(entry, data),
  };
  if (backdatedBecause !== undefined) event.backdatedBecause = backdatedBecause;
  addSometimes(event, text);
  return event;
}
/** Members of the envelope that only some events have. */
function addSometimes(
  event: Placed,
  from: Pick<EnvelopeContext, 'effectiveOn' | 'causation' | 'because' | 'basis' | 'reads' | 'signedIn'>,
): void {
  if (from.effectiveOn !== undefined) event.effectiveOn = from.effectiveOn;
  if (from.causation !== undefined) event.causation = from.causation;
  if (from.because !== undefined) event.because = from.because;
  if (from.basis !== undefined) event.basis = from.basis;
  if (from.reads !== undefined) event.reads = from.reads;
  if (from.signedIn !== undefined) event.signedIn = from.signedIn;
}
/** An event gets its position when it is written, after it was folded. */
type Placed = { -readonly [K in keyof DecodedEvent]: DecodedEvent[K] };

/** The first event of every log: which log this is, and by which clock it goes. */
export function logCreated(clock: LogIdentity['clock'], now = new Date().toISOString()): StoredEvent {
  const logId = uuidv4();
  const commandId = uuidv5('log-created', logId);
  const actor: Actor = { account: 'system:log', role: 'system' };
  const data = { logId, clock };
  const [event] = encode('log-identity', 0, [{ type: 'LogCreated', data }], {
    recordedAt: now,
    actor,
    commandId,
    fingerprint: fingerprint(data),
    correlation: commandId,
  });
  // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- one event given is one encoded
  return event!;
}

/** The identity that a log's first event states, read as it stands: it has one schema for good. */
export function identityOf(first: Pick<StoredEvent, 'body'>): LogIdentity {
  return JSON.parse(first.body).data;
}
