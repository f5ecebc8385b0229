/** The log's port. A version is the number of events in a stream: 0 = it does not exist, the first event is 1. */

/** An event ready to be stored: its canonical JSON text, kept verbatim. */
export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  /** RFC 8785 JSON of the envelope and the data. */
  readonly body: string;
}

export interface LoggedEvent extends StoredEvent {
  /** Totally ordered within one log, opaque, increasing. */
  readonly position: number;
}

export interface Appended {
  /** The stream's version after the append. */
  readonly version: number;
  /** Position of the append's last event. */
  readonly position: number;
}

export interface EventLog {
  readonly identity: LogIdentity;
  /** True where the positions of one append follow each other by one. */
  readonly contiguous: boolean;
  /** Events of a stream with a version above `after`, in order. */
  read(stream: string, after?: number): Promise<readonly LoggedEvent[]>;
  /**
   * Appends all or nothing when the stream is at exactly `expected`; resolved when durable.
   * Throws `Conflict`, `Unavailable` or `OutcomeUnknown`, nothing else.
   */
  append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended>;
  /** Hands every event after `from` to `onBatch`, in order, without gaps, until the signal aborts. */
  follow(from: number, onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void, signal: AbortSignal): Promise<void>;
  /** Position of the newest event; 0 for an empty log. */
  head(): Promise<number>;
  close(): Promise<void>;
}

export interface LogIdentity {
  readonly logId: string;
  readonly clock: 'machine' | 'simulated';
}

/** The stream is at another version than the append expected; nothing was written. */
export class Conflict extends Error {
  constructor(readonly actual: number) {
    super(`the stream is at version ${actual}`);
    this.name = 'Conflict';
  }
}
/** Nothing was written, and nothing can be now. */
export class Unavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Unavailable';
  }
}
/** It may or may not have been written: read the stream and look. */
export class OutcomeUnknown extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutcomeUnknown';
  }
}

/** At most so many bytes of canonical JSON an event. */
export const maxEventBytes = 60_000;

/** What every log checks before it touches anything: a bug of the caller, hence a TypeError. */
export function checkAppend(stream: string, expected: number, events: readonly StoredEvent[]): void {
  if (!/^[a-z][A-Za-z0-9._:|-]{0,250}$/.test(stream)) throw new TypeError(`not a stream name: ${stream}`);
  if (!Number.isSafeInteger(expected) || expected < 0) throw new TypeError(`expected version ${expected} is not a whole number from 0`);
  if (events.length === 0) throw new TypeError('an append needs at least one event');
  const ids = new Set(events.map((e) => e.id));
  if (ids.size !== events.length) throw new TypeError('an event id stands twice in one append');
  events.forEach((e, i) => {
    if (e.stream !== stream || e.version !== expected + 1 + i) throw new TypeError(`event ${i} says ${e.stream} version ${e.version}, not ${stream} version ${expected + 1 + i}`);
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(e.id)) throw new TypeError(`not a lower-case UUID: ${e.id}`);
    if (Buffer.byteLength(e.body) > maxEventBytes) throw new TypeError(`event ${i} is longer than ${maxEventBytes} bytes`);
  });
}
