/**
 * What keeps a log from being written: told when it begins and once a minute while it lasts, and how long it
 * took when it is over.
 */
import { Notice } from '../event-log.js';

const often = 60_000;

export class Trouble {
  #error: Error | undefined;
  #since = 0;
  #toldAt = -Infinity;
  #told = false;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(
    readonly tell: (error: Error) => void,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** The cause of the last failed attempt; undefined since one came about. */
  get cause(): string | undefined {
    return this.#error?.message;
  }

  failed(error: unknown): void {
    const now = this.now();
    if (!this.#error) this.#since = now;
    this.#error = error instanceof Error ? error : new Error(String(error));
    if (now - this.#toldAt < often) return;
    this.#toldAt = now;
    this.#told = true;
    this.tell(
      new Notice(
        `The log cannot be written: ${this.#error.message}${codeOf(error)}. ` +
          'Commands are answered 503 until it can.',
        { cause: error },
      ),
    );
  }

  over(): void {
    if (!this.#error) return;
    this.#error = undefined;
    // Of what comes and goes within a minute the first time is told.
    if (!this.#told) return;
    this.#told = false;
    this.tell(
      new Notice(
        `The log can be written again, after ${Math.ceil((this.now() - this.#since) / 1000)} seconds.`,
      ),
    );
  }
}
const codeOf = (error: unknown): string => {
  const code = (error as { code?: string } | null)?.code;
  return code ? ` (${code})` : '';
};
