/**
 * Whoever wants to see events once a node's views have: reactors, live streams, readers that wait for a
 * position.
 */
import type { Cursor, EventLog, LoggedEvent } from '../../log/event-log.js';
import { Waiters } from '../../log/waiting.js';
import { Recent } from './recent.js';

export class Onlookers {
  readonly #recent: Recent;
  readonly #moves = new Waiters();

  /** `position`: up to where the views stand. */
  constructor(
    readonly log: Pick<EventLog, 'follow'>,
    readonly position: () => number,
  ) {
    // What came before is read from the log.
    this.#recent = new Recent(position());
  }

  /** The views have come to their position by these events; without any, by a jump. */
  moved(events: readonly LoggedEvent[]): void {
    this.#recent.add(this.position(), events);
    this.#moves.wake();
  }

  /** True once the live views have seen a position; false when they have not within `ms`. */
  waitForPosition(position: number, ms: number): Promise<boolean> {
    return this.#moves.until(() => this.position() >= position, ms);
  }

  /** As `EventLog.follow`, and never ahead of this node's views. */
  async follow(
    from: number | Cursor,
    onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    let after = typeof from === 'number' ? from : from.position;
    while (!signal.aborted) {
      if (after < this.#recent.since) after = await this.#past(after, onBatch, signal);
      else {
        const events = this.#recent.after(after);
        const last = events.at(-1);
        if (!last) await this.#recent.more(signal);
        else {
          await onBatch(events);
          after = last.position;
        }
      }
    }
  }

  /** What is no longer kept is read from the log, up to where what is kept begins. */
  async #past(
    from: number,
    onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<number> {
    let after = from;
    const met = new AbortController();
    await this.log.follow(
      from,
      async (batch) => {
        const seen = batch.filter((e) => e.position <= this.position());
        if (met.signal.aborted) return;
        const last = seen.at(-1);
        if (last) {
          await onBatch(seen);
          after = last.position;
        }
        if (after >= this.#recent.since || seen.length < batch.length) met.abort();
      },
      AbortSignal.any([signal, met.signal]),
    );
    return after;
  }
}
