/** A bounded number of calls at once; who comes later waits its turn. */
import { Waiters } from '../waiting.js';

export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #changes = new Waiters();

  constructor(readonly size: number) {
    this.#free = size;
  }

  /** Gives a slot back by calling the result; undefined when none came free within `ms`. */
  async take(ms: number): Promise<(() => void) | undefined> {
    if (this.#free > 0) this.#free--;
    else {
      const got = await new Promise<boolean>((resolve) => {
        const turn = (): void => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          this.#waiting.splice(this.#waiting.indexOf(turn), 1);
          resolve(false);
        }, ms);
        this.#waiting.push(turn);
      });
      if (!got) return undefined;
    }
    return () => {
      const next = this.#waiting.shift();
      if (next) next();
      else {
        this.#free++;
        this.#changes.wake();
      }
    };
  }

  /** Resolves when no slot is taken, or after `ms`. */
  async idle(ms: number): Promise<void> {
    await this.#changes.until(() => this.#free === this.size, ms);
  }
}
