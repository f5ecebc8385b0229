/**
 * The log's port. A version is the number of events in a stream: 0 = it does not exist, the first event is 1.
 */
import { characters } from '../domain/shared/patterns.js';

/** An event ready to be stored: its canonical JSON text, kept verbatim. */
export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  /** RFC 8785 JSON of the envelope and the data. */
  readonly body: string;
  /**
   * The codec's own: what it made the text from, as it would read it. A log hands it on where it costs
   * nothing, or drops it.
   */
  readonly decoded?: object;
}

export interface LoggedEvent extends StoredEvent {
  /** Totally ordered within one log, opaque, increasing; not consecutive, and never above 2^53 - 1. */
  readonly position: number;
}

/** Where a follower has got to: the last event it applied. Its id is how the log is known again. */
export interface Cursor {
  readonly position: number;
  readonly id: string;
}

/** How the log is, for readiness. */
export interface LogStatus {
  /**
   * `starting`: not reached yet. `away`: reached before, not now. `not-writable`: the last append failed, it
   * can be read. `refused`: it is another log, and stays refused.
   */
  readonly state: 'starting' | 'ready' | 'away' | 'not-writable' | 'refused';
  /**
   * Milliseconds for which the follower furthest behind has had something unseen before it, or could not
   * follow; 0 when all are level, undefined before each was level once.
   */
  readonly lag?: number;
  readonly lastError?: string;
  /** Host and port of the node that takes the writes. */
  readonly leader?: string;
}

export interface Appended {
  /** The stream's version after the append. */
  readonly version: number;
  /** Position of the append's last event. */
  readonly position: number;
}

export interface Since {
  readonly events: readonly Pick<LoggedEvent, 'stream' | 'version' | 'position'>[];
  /** False where there may be more. */
  readonly all: boolean;
}

export interface EventLog {
  readonly identity: LogIdentity;
  /** True where the positions of one append follow each other by one. */
  readonly contiguous: boolean;
  /** Events of a stream with a version above `after`, in order; all of them, or at most `max`. */
  read(stream: string, after?: number, max?: number): Promise<readonly LoggedEvent[]>;
  /**
   * Appends all or nothing when the stream is at exactly `expected`; resolved when durable. At most
   * `maxAppendBytes`. Throws `Conflict`, `Unavailable` or `OutcomeUnknown`, nothing else.
   */
  append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended>;
  /**
   * Hands every event after `from` to `onBatch`, in order, without gaps, until the signal aborts. Give the
   * cursor, not the bare position, where it was stored: throws `OtherLog` when the event there is not the one
   * that was applied. What `onBatch` throws ends it too.
   */
  follow(
    from: number | Cursor,
    onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Position of the newest event; 0 for an empty log. */
  head(): Promise<number>;
  /**
   * What stands after a position of this log, oldest first, at most `max` events: for whoever has followed so
   * far and must know now what came since.
   */
  since(position: number, max: number): Promise<Since>;
  status(): LogStatus;
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

/** What an operator is told in a sentence while the service goes on: no fault of the program. */
export class Notice extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Notice';
  }
}

/**
 * This is not the log it was: another one behind the same address, or an older copy of it. Going on would mix
 * two histories.
 */
export class OtherLog extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OtherLog';
  }
}

/** At most so many bytes of canonical JSON an event. */
export const maxEventBytes = 60_000;
/**
 * At most so many an append: below the smallest limit of the servers a log may stand on (1 MiB with types and
 * ids).
 */
export const maxAppendBytes = 900_000;

/**
 * Position of the event that has so many behind it in its append; of all of them the last's, where the log
 * tells no other.
 */
export const positionIn = (log: Pick<EventLog, 'contiguous'>, appended: Appended, behind: number): number =>
  log.contiguous ? appended.position - behind : appended.position;
export const positionOf = (from: number | Cursor): number =>
  typeof from === 'number' ? from : from.position;
/** Refuses to follow on from an event that is not the one the follower applied. */
export function checkCursor(from: number | Cursor, found: LoggedEvent | undefined): void {
  if (typeof from === 'number' || from.position === 0 || found?.id === from.id) return;
  throw new OtherLog(
    `At position ${from.position} this log has ${found ? 'another event' : 'no event'} than the one ` +
      'already applied: it is another log, or an older copy of this one. Point LOG_URL at the log these ' +
      'views were made from, or move the view file away and start again to rebuild it.',
  );
}

/** Characters of a stream's name at most. */
const longestStream = 251;
const streamName = new RegExp(`^${characters('[a-z]', '[A-Za-z0-9._:|-]', longestStream)}$`);

/** What every log checks before it touches anything: a bug of the caller, hence a TypeError. */
export function checkAppend(stream: string, expected: number, events: readonly StoredEvent[]): void {
  if (!streamName.test(stream)) throw new TypeError(`not a stream name: ${stream}`);
  if (!Number.isSafeInteger(expected) || expected < 0)
    throw new TypeError(`expected version ${expected} is not a whole number from 0`);
  if (events.length === 0) throw new TypeError('an append needs at least one event');
  const ids = new Set(events.map((e) => e.id));
  if (ids.size !== events.length) throw new TypeError('an event id stands twice in one append');
  let total = 0;
  events.forEach((event, index) => {
    if (event.stream !== stream || event.version !== expected + 1 + index)
      throw new TypeError(
        `event ${index} says ${event.stream} version ${event.version}, ` +
          `not ${stream} version ${expected + 1 + index}`,
      );
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(event.id))
      throw new TypeError(`not a lower-case UUID: ${event.id}`);
    const bytes = Buffer.byteLength(event.body);
    if (bytes > maxEventBytes) throw new TypeError(`event ${index} is longer than ${maxEventBytes} bytes`);
    total += bytes;
  });
  if (total > maxAppendBytes) throw new TypeError(`an append is longer than ${maxAppendBytes} bytes`);
}
