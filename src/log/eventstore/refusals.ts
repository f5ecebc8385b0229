/**
 * Appends that a server refuses though it is there: told for as long as they are. Whether the account may
 * append at all is asked anew now and then, so that nobody must give a command to learn that its right is
 * back.
 */
import { logCreated } from '../codec.js';
import { classify } from './classify.js';
import type { Driver } from './driver.js';
import type { Line } from './line.js';
import { prepare } from './names.js';
import type { Timings } from './timings.js';
import { pause } from '../waiting.js';

/**
 * No stream is so long: an append, a deletion or a change of metadata that expects it is refused by its
 * rights or by its version.
 */
export const never = 2n ** 40n;

/**
 * Whether a call that expects `never` was let through to its version; throws what says nothing about that.
 */
export async function allowed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
  } catch (error) {
    const meaning = classify(error);
    if (meaning.kind === 'refused' && meaning.what === 'rights') return false;
    if (meaning.kind !== 'conflict') throw error;
  }
  return true;
}
/** An append that writes nothing, whatever it is answered. */
export const tryAppend = (driver: Driver, stream: string, ms: number): Promise<unknown> =>
  driver.append(stream, never, [prepare(logCreated('machine'))], ms);

export class Refusals {
  /** What was refused last, and what to do; undefined once an append succeeds, or the right is back. */
  lastRefusal: string | undefined;
  /** Not this stream or that one: the account may append to none. */
  barred = false;
  #asking = false;

  constructor(
    readonly line: Line,
    readonly timings: Timings,
    readonly closing: AbortSignal,
  ) {}

  refused(what: 'rights' | 'size' | 'deleted', text: string): void {
    this.lastRefusal = text;
    if (what === 'rights' && !this.#asking) void this.#ask();
  }
  passed(): void {
    this.lastRefusal = undefined;
    this.barred = false;
  }

  /** Until the account may append to a stream that has no rights of its own: the log's identity. */
  async #ask(): Promise<void> {
    this.#asking = true;
    while (!this.closing.aborted && this.lastRefusal !== undefined) {
      // Whoever does not answer says nothing: it is asked again.
      const may = await this.line
        .connection(this.timings.readTimeout, this.closing)
        .then((connection) =>
          connection.run('append', (driver) =>
            allowed(tryAppend(driver, this.line.expectation.stream, this.timings.appendDeadline)),
          ),
        )
        .catch(() => undefined);
      if (may === true) {
        // One stream that is closed to us is told until the next append succeeds; the right that was gone is
        // back.
        if (this.barred) this.passed();
        break;
      }
      if (may === false && this.lastRefusal !== undefined) this.barred = true;
      await pause(this.timings.watchEvery, this.closing);
    }
    this.#asking = false;
  }
}
