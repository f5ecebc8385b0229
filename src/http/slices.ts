/**
 * Long answers (exports, live streams that catch up, long lists) work in slices, so that nobody waits for them: for a few milliseconds
 * of a turn of the event loop, however many they are, and then everything else is served. Who waited longest works first.
 *
 *     let slice = await slices.turn();
 *     for (const row of rows) {
 *       if (slice.over) slice = await slices.turn();
 *       …
 *     }
 *     slice.end();
 *
 * Whoever waits for something else (a socket, a server) ends its slice before, and takes a turn after.
 */

/** The time one answer has before it must take its next turn; a piece of work begun in it is ended. */
export interface Slice {
  readonly over: boolean;
  /** What is left of it goes to the next in the queue, at once. Without it they wait for the next turn of the event loop. */
  end(): void;
}

export interface SlicesOptions {
  /** Milliseconds of a slice when nothing else is to be done: a request takes two or three turns, and waits that often. */
  readonly least?: number;
  /** Milliseconds of a slice at most: a busy service still moves its readers on. */
  readonly most?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  /** Calls back in a later turn of the event loop. */
  readonly later?: (callback: () => void) => void;
}

/** Shares one event loop among long answers: each app has one. A slice is as long as everything else took since the last one. */
export class Slices {
  readonly #least: number;
  readonly #most: number;
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  readonly #waiting: ((slice: Slice) => void)[] = [];
  /** When a long answer last stopped working, as far as it said so. */
  #worked = -Infinity;
  #scheduled = false;

  constructor({ least = 2, most = 10, now = () => performance.now(), later = setImmediate }: SlicesOptions = {}) {
    this.#least = least;
    this.#most = most;
    this.#now = now;
    this.#later = later;
  }

  /** Resolves in a later turn of the event loop, after everybody who asked before. */
  turn(): Promise<Slice> {
    return new Promise((resolve) => {
      this.#worked = this.#now();
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  /** Gives each item to `work`, in order, and gives way between two of them whenever the slice is over. What `work` throws ends it. */
  async each<T>(items: Iterable<T> | AsyncIterable<T>, work: (item: T) => void | Promise<void>): Promise<void> {
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
    const began = this.#now();
    this.#release(began + Math.min(Math.max(began - this.#worked, this.#least), this.#most));
    if (this.#waiting.length > 0) this.#schedule();
  };

  #release(until: number): void {
    let ended = false;
    const over = (): boolean => ended || this.#now() >= until;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.#worked = this.#now();
      if (this.#worked < until && this.#waiting.length > 0) this.#release(until);
    };
    this.#waiting.shift()!({
      get over() {
        return over();
      },
      end,
    });
  }
}
