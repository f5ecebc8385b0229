/**
 * The queue in front of the executor. So few commands are inside at a time that the event loop turns often,
 * and probes and reads are answered between them; the others wait in order. Who would wait too long is told
 * so at once, before anything is read for them.
 *
 * A turn of the loop accepts one new connection, and one that ends in a commit lasts as long as the disk
 * takes. So commands are gathered over several turns, as long as each brings another, but no longer than the
 * last commit took: without that, each of many clients that come on a connection of their own would have a
 * commit of its own, and the others would wait where nobody counts them.
 */

/** Inside the executor at once: enough to share a commit, few enough that a turn is short. */
const atOnce = 128;
/** A turn may be long for other reasons than a commit; those who wait are not to pay for them. */
const longestGatherMs = 20;
/** A first guess at what a command takes, until there was a queue to measure it by. */
const firstGuessMs = 1;
/** How much of the average one measurement makes. */
const weight = 0.25;

/** More commands wait than are done in the time that one may wait: come again. */
export class Overloaded extends Error {
  constructor(readonly retryAfterMs: number) {
    super('too many commands wait');
  }
}

export interface QueueOptions {
  /** Milliseconds that a command may be expected to wait. */
  readonly longestMs?: number;
  /** Milliseconds of the machine, which only go forward. */
  readonly now?: () => number;
}

interface Waiting {
  readonly since: number;
  begin(): void;
  refuse(error: Overloaded): void;
}

export class CommandQueue {
  readonly #waiting: Waiting[] = [];
  readonly #longest: number;
  readonly #now: () => number;
  #inside = 0;
  /**
   * What one command takes of everybody's time, measured while others wait: alone it takes longer, for nobody
   * shares its commit.
   */
  #each = firstGuessMs;
  /** Undefined while nobody waits for others. */
  #measuredFrom: number | undefined;
  #done = 0;
  #scheduled = false;
  /** Whether a command, or a connection that may bring one, came since the last turn. */
  #arrived = false;
  /** What the last turn with a commit took. */
  #turnMs = 0;
  #turnedAway = 0;

  constructor({ longestMs = 2_000, now = () => performance.now() }: QueueOptions = {}) {
    this.#longest = longestMs;
    this.#now = now;
  }

  /** How many were told to come again. */
  get turnedAway(): number {
    return this.#turnedAway;
  }
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Milliseconds that the next command would wait: by what is before it, and no less than what the first in
   * the queue has waited.
   */
  expectedMs(): number {
    const before = this.#waiting.length + this.#inside - atOnce;
    const first = this.#waiting.at(0);
    return first && before > 0 ? Math.max(before * this.#each, this.#now() - first.since) : 0;
  }

  /** Throws `Overloaded` where a command that comes now would wait too long. */
  admit(): void {
    const expected = this.expectedMs();
    if (expected > this.#longest) throw this.#turnAway(expected);
  }

  /**
   * Does the work in its turn; rejects with `Overloaded` where that would take too long, and nothing of it
   * was begun.
   */
  async enter<T>(work: () => Promise<T>): Promise<T> {
    this.admit();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        since: this.#now(),
        begin: () => void this.#inTurn(work).then(resolve, reject),
        refuse: reject,
      });
      this.#arrived = true;
      this.#schedule();
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
      this.#count();
      this.#schedule();
    }
  }

  /** Somebody came who may bring a command in the next turn. */
  expect(): void {
    this.#arrived = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#inside >= atOnce) return;
    this.#scheduled = true;
    // From the end of this turn, in which another commit may be.
    setImmediate(() => this.#gather(this.#now()));
  }

  #gather(from: number): void {
    if (this.#arrived && this.#now() - from < Math.min(this.#turnMs, longestGatherMs)) {
      this.#arrived = false;
      setImmediate(() => this.#gather(from));
      return;
    }
    this.#scheduled = false;
    this.#beginNext();
  }

  #beginNext(): void {
    const now = this.#now();
    while (this.#inside < atOnce) {
      const next = this.#waiting.shift();
      if (!next) break;
      // Expectations can be wrong, as when the log stood still: who has waited twice as long as anybody
      // should has given up.
      if (now - next.since > 2 * this.#longest) next.refuse(this.#turnAway(this.expectedMs()));
      else next.begin();
    }
    if (this.#waiting.length === 0) this.#measuredFrom = undefined;
    else if (this.#measuredFrom === undefined) this.#measure();
    // What the embedded log is given now it commits at the end of the coming turn: after the first of these,
    // and before the second.
    setImmediate(() => {
      const from = this.#now();
      setImmediate(() => (this.#turnMs = this.#now() - from));
    });
  }

  #count(): void {
    if (this.#measuredFrom === undefined || ++this.#done < atOnce) return;
    this.#each += weight * ((this.#now() - this.#measuredFrom) / this.#done - this.#each);
    this.#measure();
  }

  #measure(): void {
    this.#measuredFrom = this.#now();
    this.#done = 0;
  }

  /** Within twice the longest wait everybody who waits now is gone. */
  #turnAway(expected: number): Overloaded {
    this.#turnedAway++;
    return new Overloaded(Math.min(Math.max(expected, 1), 2 * this.#longest));
  }
}
