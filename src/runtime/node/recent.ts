/** The newest events a node has applied, kept for those who follow it closely. */
import type { LoggedEvent } from '../../log/event-log.js';
import { Waiters } from '../../log/waiting.js';

/** Events kept, and bytes of them: a memory bound, nothing else. */
const most = 4096;
const mostBytes = 16 * 1024 * 1024;
/** Events given at once: who is far behind does not hold up the others. */
const mostAtOnce = 1000;

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
    for (const e of this.#events) {
      if (this.#events.length - drop <= most && this.#bytes <= mostBytes) break;
      this.#bytes -= e.body.length;
      this.#since = e.position;
      drop++;
    }
    if (drop > 0) this.#events.splice(0, drop);
    this.#added.wake();
  }

  /** Events after a position at or beyond `since`, so many at most. */
  after(position: number): LoggedEvent[] {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.#events[middle];
      if (at && at.position <= position) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low, low + mostAtOnce);
  }

  /** Resolves when something was added, or the signal aborts. */
  async more(signal: AbortSignal): Promise<void> {
    await this.#added.next(Infinity, signal);
  }
}
