/** The newest events a node has applied, kept for those who follow it closely. */
import type { LoggedEvent } from '../../log/event-log.js';
import { Waiters } from '../../log/waiting.js';

const most = 4096;
const mostBytes = 16 * 1024 * 1024;

export class Recent {
  #events: LoggedEvent[] = [];
  #bytes = 0;
  #since: number;
  readonly #added = new Waiters();

  constructor(since: number) {
    this.#since = since;
  }
  /** Everything after this position is here. */
  get since(): number {
    return this.#since;
  }

  /** Adds what was applied; without events the node has jumped to a position (its first build is done). */
  add(position: number, events: readonly LoggedEvent[]): void {
    if (events.length === 0) {
      this.#events = [];
      this.#bytes = 0;
      this.#since = position;
    }
    for (const e of events) this.#bytes += e.body.length;
    this.#events.push(...events);
    let drop = 0;
    while (this.#events.length - drop > most || (this.#bytes > mostBytes && drop < this.#events.length))
      this.#bytes -= this.#events[drop++]!.body.length;
    if (drop > 0) this.#since = this.#events.splice(0, drop).at(-1)!.position;
    this.#added.wake();
  }

  /** At most 1,000 events after a position at or beyond `since`. */
  after(position: number): LoggedEvent[] {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low, low + 1000);
  }

  /** Resolves when something was added, or the signal aborts. */
  async more(signal: AbortSignal): Promise<void> {
    await this.#added.next(Infinity, signal);
  }
}
