/**
 * The reference implementation of the log: nothing but arrays. For specs, and the model in property tests.
 */
import { identityOf, logCreated } from './codec.js';
import {
  Conflict,
  Unavailable,
  checkAppend,
  checkCursor,
  positionOf,
  type Appended,
  type Cursor,
  type EventLog,
  type LogIdentity,
  type LogStatus,
  type LoggedEvent,
  type Since,
  type StoredEvent,
} from './event-log.js';
import { Waiters } from './waiting.js';

export interface MemoryLogOptions {
  /**
   * Positions with gaps between them, as a server gives them: so that nothing comes to rely on their
   * following by one.
   */
  readonly gaps?: boolean;
}

/** Between the positions of two events, where there are gaps. */
const gapBytes = 97;
/** Events that a follower is handed at once. */
const followedPage = 1_000;

export class MemoryLog implements EventLog {
  readonly identity: LogIdentity;
  readonly contiguous: boolean;
  readonly #events: LoggedEvent[] = [];
  readonly #streams = new Map<string, LoggedEvent[]>();
  /** Followers that are level, until there is more, or the log is closed. */
  readonly #level = new Waiters();
  #closed = false;

  constructor(clock: LogIdentity['clock'] = 'simulated', { gaps = false }: MemoryLogOptions = {}) {
    this.contiguous = !gaps;
    const first = { ...logCreated(clock), position: this.#positionOf(1) };
    this.#events.push(first);
    this.#streams.set(first.stream, [first]);
    this.identity = identityOf(first);
  }

  /** Position of the nth event: n, or with gaps an uneven number of bytes further on each time. */
  #positionOf(count: number): number {
    return this.contiguous ? count : count * gapBytes + (count % 5);
  }
  /** How many events stand at or before a position. */
  #upTo(position: number): number {
    if (this.contiguous) return position;
    let n = Math.floor(position / gapBytes);
    while (n > 0 && this.#positionOf(n) > position) n--;
    return n;
  }

  async read(stream: string, after = 0, max = Infinity): Promise<readonly LoggedEvent[]> {
    return (this.#streams.get(stream) ?? []).slice(after, after + max);
  }

  async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    checkAppend(stream, expected, events);
    await Promise.resolve();
    if (this.#closed) throw new Unavailable('the log is closed');
    const own = this.#streams.get(stream) ?? [];
    if (own.length !== expected) throw new Conflict(own.length);
    for (const e of events) {
      const logged = { ...e, position: this.#positionOf(this.#events.length + 1) };
      this.#events.push(logged);
      own.push(logged);
    }
    this.#streams.set(stream, own);
    this.#level.wake();
    return { version: own.length, position: this.#positionOf(this.#events.length) };
  }

  async follow(
    from: number | Cursor,
    onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    let after = this.#upTo(positionOf(from));
    const at = this.#events[after - 1];
    checkCursor(from, at?.position === positionOf(from) ? at : undefined);
    while (!signal.aborted && !this.#closed) {
      const batch = this.#events.slice(after, after + followedPage);
      if (batch.length > 0) {
        await onBatch(batch);
        after += batch.length;
      } else {
        await this.#level.next(Infinity, signal);
      }
    }
  }

  async head(): Promise<number> {
    return this.#positionOf(this.#events.length);
  }

  async since(position: number, max: number): Promise<Since> {
    const after = this.#upTo(position);
    return { events: this.#events.slice(after, after + max), all: after + max >= this.#events.length };
  }

  status(): LogStatus {
    return { state: this.#closed ? 'away' : 'ready', lag: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#level.wake();
  }
}
