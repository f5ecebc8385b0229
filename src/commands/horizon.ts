/**
 * How far a process knows a log that others write to. What its follower has shown is known stream by stream;
 * what came after that is asked of the log. So one question brings every warm state that holds what was shown
 * of its stream up to date, instead of one reading a stream (docs/adr/0006). Nobody else writes to
 * the embedded log: there it is not asked (`alone`).
 */
import type { EventLog, LoggedEvent } from '../log/event-log.js';

/**
 * A count of moments: a command is born at one, a state was read from the log at one. A state read after a
 * command was born shows everything that was acknowledged, by whatever node, before the command was given.
 */
export class ReadFence {
  #now = 0;
  next(): number {
    return ++this.#now;
  }
}

export type Shown = Pick<LoggedEvent, 'stream' | 'version' | 'position'>;

/**
 * Events that one question asks for at most. Where more are missing the follower is far behind, and the few
 * streams of a command are sooner read.
 */
const most = 100;

export class Horizon {
  /** A moment after which everything that was in the log has been shown. */
  freshAt = 0;
  /** The moment from which on everything is shown; `Infinity` while nobody follows. */
  followedSince = Infinity;
  /** Everything up to this position has been shown. */
  #position = 0;
  /** More came after `#position` than is asked for at once: nothing is asked until the follower is there. */
  #far = false;
  #asking: Promise<void> | undefined;

  constructor(
    readonly log: Pick<EventLog, 'since'>,
    readonly fence: ReadFence,
    /** Takes note of events, in order; some are shown twice. */
    readonly show: (events: readonly Shown[]) => void,
  ) {}

  /** From now on `saw` is given every event after a position. */
  begin(position: number): void {
    this.#position = position;
    this.#far = false;
    this.followedSince = this.fence.next();
  }
  saw(events: readonly Shown[]): void {
    this.show(events);
    const position = events.at(-1)?.position;
    if (position === undefined || position < this.#position) return;
    this.#position = position;
    this.#far = false;
  }
  end(): void {
    this.followedSince = Infinity;
  }

  /**
   * True once everything that was in the log at a moment has been shown; false where the streams themselves
   * must be read. Many who wait share one question.
   */
  async showUntil(moment: number): Promise<boolean> {
    while (this.freshAt < moment) {
      if (this.followedSince === Infinity || (this.#far && !this.#asking)) return false;
      await (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)));
    }
    return true;
  }

  async #ask(): Promise<void> {
    const at = this.fence.next();
    const { followedSince } = this;
    const after = this.#position;
    const { events, all } = await this.log.since(after, most);
    if (this.followedSince !== followedSince) return;
    this.show(events);
    const end = events.at(-1)?.position ?? after;
    if (all) this.freshAt = at;
    else if (this.#position <= end) this.#far = true;
    this.#position = Math.max(this.#position, end);
  }
}
