/**
 * What keeps a file from being written: told when it begins and once a minute while it lasts, and how long it
 * took when it is over.
 */
import { Notice } from '../event-log.js';

const often = 60_000;

/** How it is told. */
export interface TroubleWords {
  /** `cause`: the words of the error, with its code. */
  begun(cause: string): string;
  over(seconds: number): string;
}
const ofTheLog: TroubleWords = {
  begun: (cause) => `The log cannot be written: ${cause}. Commands are answered 503 until it can.`,
  over: (seconds) => `The log can be written again, after ${seconds} seconds.`,
};

export class Trouble {
  #error: Error | undefined;
  #since = 0;
  #toldAt = -Infinity;
  #told = false;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(
    readonly tell: (error: Error) => void,
    readonly now: () => number = () => performance.now(),
    readonly words: TroubleWords = ofTheLog,
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
    this.tell(new Notice(this.words.begun(`${this.#error.message}${codeOf(error)}`), { cause: error }));
  }

  over(): void {
    if (!this.#error) return;
    this.#error = undefined;
    // Of what comes and goes within a minute the first time is told.
    if (!this.#told) return;
    this.#told = false;
    this.tell(new Notice(this.words.over(Math.ceil((this.now() - this.#since) / 1000))));
  }
}
const codeOf = (error: unknown): string => {
  const code = (error as { code?: string } | null)?.code;
  return code ? ` (${code})` : '';
};
