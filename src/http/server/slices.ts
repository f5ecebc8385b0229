/**
 * Long answers (exports, live streams that catch up, long lists) work in slices, so that nobody waits for
 * them: for a few milliseconds of a turn of the event loop, all of them together, and then everything else is
 * served. Who waited longest works first.
 *
 * ```ts
 * let slice = await slices.turn();
 * for (const row of rows) {
 *   if (slice.over) slice = await slices.turn();
 *   …
 * }
 * slice.end();
 * ```
 *
 * Whoever waits for something else (a socket, a server) ends its slice before, and takes a turn after.
 */

/** The time one answer has before it must take its next turn; a piece of work begun in it is ended. */
export interface Slice {
  readonly over: boolean;
  /**
   * What is left of it goes to the next in the queue, at once. Without it they wait for the next turn of the
   * event loop.
   */
  end(): void;
}

export interface SlicesOptions {
  /** Milliseconds of a slice. */
  readonly ms?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  /** Calls back in a later turn of the event loop. */
  readonly later?: (callback: () => void) => void;
}

/**
 * A command takes two or three turns, and of connections that come together one is accepted a turn: each
 * waits for the slice of a turn. Five times as long moves readers on by a quarter more and doubles what
 * everybody else waits.
 */
const sliceMs = 2;
/** A turn in which others worked for longer was not an idle one. */
const idleMs = 0.5;
/** Turns that others may keep busy before a slice comes all the same. */
const mostPassed = 4;

/** Shares one event loop among long answers: each app has one. */
export class Slices {
  readonly #ms: number;
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  readonly #waiting: ((slice: Slice) => void)[] = [];
  #scheduled = false;
  /** When somebody last asked for a turn, or ended a slice. */
  #asked = 0;
  #passed = 0;

  constructor({ ms = sliceMs, now = () => performance.now(), later = setImmediate }: SlicesOptions = {}) {
    this.#ms = ms;
    this.#now = now;
    this.#later = later;
  }

  /** Resolves in a later turn of the event loop, after everybody who asked before. */
  turn(): Promise<Slice> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#asked = this.#now();
      this.#schedule();
    });
  }

  /**
   * Gives each item to `work`, in order, and gives way between two of them whenever the slice is over. What
   * `work` throws ends it.
   */
  async each<T>(
    items: Iterable<T> | AsyncIterable<T>,
    work: (item: T) => void | Promise<void>,
  ): Promise<void> {
    let slice = await this.turn();
    try {
      for await (const item of items) {
        if (slice.over) slice = await this.turn();
        await work(item);
      }
    } finally {
      slice.end();
    }
  }

  #schedule(): void {
    if (!this.#scheduled) this.#later(this.#next);
    this.#scheduled = true;
  }

  readonly #next = (): void => {
    this.#scheduled = false;
    // Whoever was next may have had what another one left.
    if (this.#waiting.length === 0) return;
    const now = this.#now();
    if (now - this.#asked > idleMs && ++this.#passed < mostPassed) {
      this.#asked = now;
      return this.#schedule();
    }
    this.#passed = 0;
    this.#release(now + this.#ms);
    if (this.#waiting.length > 0) this.#schedule();
  };

  #release(until: number): void {
    let ended = false;
    const over = (): boolean => ended || this.#now() >= until;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.#asked = this.#now();
      if (this.#asked < until && this.#waiting.length > 0) this.#release(until);
    };
    this.#waiting.shift()?.({
      get over() {
        return over();
      },
      end,
    });
  }
}
