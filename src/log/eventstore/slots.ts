/** A bounded number of calls at once; who comes later waits its turn. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];

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
      else if (++this.#free === this.size) for (const done of this.#idle.splice(0)) done();
    };
  }

  /** Resolves when no slot is taken, or after `ms`. */
  idle(ms: number): Promise<void> {
    if (this.#free === this.size) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
