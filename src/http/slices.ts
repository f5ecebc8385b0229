/**
 * Long answers (exports, live streams that catch up, long lists) work in slices, so that nobody waits for them: one of them at a time,
 * for a few milliseconds, and between two slices the event loop takes a whole turn, in which commands and short answers are served.
 * However many there are, they take that much of a turn together.
 *
 *     let slice = await slices.turn();
 *     for (const row of rows) {
 *       if (slice.over) slice = await slices.turn();
 *       …
 *     }
 *
 * Whoever waited for something else (a socket, a server) takes a turn before it goes on: its slice was given to others meanwhile.
 */

/** Milliseconds of a slice; a piece of work that was begun in it is ended. A request takes two or three turns, and waits that often. */
export const sliceMs = 2;

/** The time one answer has before it must take its next turn. */
export interface Slice {
  readonly over: boolean;
}

export interface SlicesOptions {
  /** Milliseconds of a slice. */
  readonly ms?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  /** Calls back in a later turn of the event loop. */
  readonly later?: (callback: () => void) => void;
}

/** Shares one event loop among long answers: each app has one. */
export class Slices {
  readonly #ms: number;
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  readonly #waiting: ((slice: Slice) => void)[] = [];

  constructor({ ms = sliceMs, now = () => performance.now(), later = setImmediate }: SlicesOptions = {}) {
    this.#ms = ms;
    this.#now = now;
    this.#later = later;
  }

  /** Resolves in a later turn of the event loop, after everybody who asked before, with a slice of its own. */
  turn(): Promise<Slice> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) this.#later(this.#next);
    });
  }

  /** Gives each item to `work`, in order, and gives way between two of them whenever the slice is over. What `work` throws ends it. */
  async each<T>(items: Iterable<T> | AsyncIterable<T>, work: (item: T) => void | Promise<void>): Promise<void> {
    let slice = await this.turn();
    for await (const item of items) {
      if (slice.over) slice = await this.turn();
      await work(item);
    }
  }

  readonly #next = (): void => {
    const resolve = this.#waiting.shift()!;
    if (this.#waiting.length > 0) this.#later(this.#next);
    const [now, end] = [this.#now, this.#now() + this.#ms];
    resolve({
      get over() {
        return now() >= end;
      },
    });
  };
}
