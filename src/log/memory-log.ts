/** The reference implementation of the log: nothing but arrays. For specs, and the model in property tests. */
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
  type StoredEvent,
} from './event-log.js';

export class MemoryLog implements EventLog {
  readonly identity: LogIdentity;
  readonly contiguous = true;
  readonly #events: LoggedEvent[] = [];
  readonly #streams = new Map<string, LoggedEvent[]>();
  #wake: (() => void)[] = [];
  #closed = false;

  constructor(clock: LogIdentity['clock'] = 'simulated') {
    const first = { ...logCreated(clock), position: 1 };
    this.#events.push(first);
    this.#streams.set(first.stream, [first]);
    this.identity = identityOf(first);
  }

  async read(stream: string, after = 0): Promise<readonly LoggedEvent[]> {
    return (this.#streams.get(stream) ?? []).slice(after);
  }

  async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    checkAppend(stream, expected, events);
    await Promise.resolve();
    if (this.#closed) throw new Unavailable('the log is closed');
    const own = this.#streams.get(stream) ?? [];
    if (own.length !== expected) throw new Conflict(own.length);
    for (const e of events) {
      const logged = { ...e, position: this.#events.length + 1 };
      this.#events.push(logged);
      own.push(logged);
    }
    this.#streams.set(stream, own);
    this.#wake.splice(0).forEach((wake) => wake());
    return { version: own.length, position: this.#events.length };
  }

  async follow(from: number | Cursor, onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void, signal: AbortSignal): Promise<void> {
    let after = positionOf(from);
    checkCursor(from, this.#events[after - 1]);
    while (!signal.aborted && !this.#closed) {
      const batch = this.#events.slice(after, after + 1000);
      if (batch.length > 0) {
        await onBatch(batch);
        after += batch.length;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake.push(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    }
  }

  async head(): Promise<number> {
    return this.#events.length;
  }

  status(): LogStatus {
    return { state: this.#closed ? 'away' : 'ready', lag: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake.splice(0).forEach((wake) => wake());
  }
}
