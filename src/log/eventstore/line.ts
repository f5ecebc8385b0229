/** Keeps one connection for a role: makes it, makes another when it is lost, and says how it stands. */
import { OtherLog } from '../event-log.js';
import { classify, textOf } from './classify.js';
import { Connection, NoLog, type Expectation } from './connection.js';
import type { MakeDriver } from './driver.js';
import type { Timings } from './timings.js';
import { exponentialBackoff, pause, Waiters } from '../waiting.js';

/** There is no connection, and none came in time: nothing was sent. */
export class NotConnected extends Error {}

/** A connection that was lost sooner than this, in milliseconds, is not made anew at once. */
const shortLivedMs = 1_000;

export class Line {
  #current: Connection | undefined;
  #connecting: Promise<void> | undefined;
  readonly #changes = new Waiters();
  readonly #abort = new AbortController();
  #madeAt = -Infinity;
  #awaySince = performance.now();
  lastError: string | undefined;
  /** Set once and for ever: what answers is another log, or none was made here. */
  refusal: OtherLog | NoLog | undefined;
  reached = false;

  constructor(
    readonly role: string,
    readonly make: MakeDriver,
    readonly expectation: Expectation,
    readonly timings: Timings,
    readonly onRefused: (error: OtherLog) => void = () => {},
  ) {}

  /** Milliseconds without a connection; 0 while there is one. */
  get awayFor(): number {
    return this.#current && !this.#current.retired ? 0 : performance.now() - this.#awaySince;
  }
  get current(): Connection | undefined {
    return this.#current;
  }

  /** A verified connection, within `ms`. Throws `NotConnected`, `OtherLog` or `NoLog`. */
  async connection(ms: number, signal?: AbortSignal): Promise<Connection> {
    const until = performance.now() + ms;
    for (;;) {
      if (this.refusal) throw this.refusal;
      if (this.#abort.signal.aborted || signal?.aborted) throw new NotConnected('the log is closed');
      if (this.#current && !this.#current.retired) return this.#current;
      const left = until - performance.now();
      if (left <= 0) throw new NotConnected(this.lastError ?? 'the log has not answered yet');
      this.#reconnect();
      await this.#changes.next(left, signal);
    }
  }

  #reconnect(reason?: Error): void {
    this.#connecting ??= this.#connect(reason)
      .catch((error: unknown) => void (this.lastError = textOf(error)))
      .finally(() => (this.#connecting = undefined));
  }

  async #connect(reason?: Error): Promise<void> {
    const told = reason && classify(reason);
    let only = told?.kind === 'elsewhere' ? told.leader : undefined;
    let avoid = this.#current?.target;
    // One that was lost as soon as it was made must not be made again in a tight circle.
    if (performance.now() - this.#madeAt < shortLivedMs && !only)
      await pause(exponentialBackoff(this.timings, 1), this.#abort.signal);
    for (let failures = 0; !this.#abort.signal.aborted; failures++) {
      const driver = await this.make(this.role, { ...(only ? { only } : {}), ...(avoid ? { avoid } : {}) });
      const connection = new Connection(driver, this.expectation, this.timings);
      try {
        await connection.open();
        if (this.#abort.signal.aborted) return connection.retire(new Error('closed'));
        connection.onRetired((reason) => this.#lost(connection, reason));
        this.#current = connection;
        this.#madeAt = performance.now();
        this.reached = true;
        this.lastError = undefined;
        return this.#changes.wake();
      } catch (error) {
        connection.retire(error as Error);
        this.lastError = textOf(error);
        if (error instanceof OtherLog || error instanceof NoLog) {
          this.refusal = error;
          if (error instanceof OtherLog) this.onRefused(error);
          return this.#changes.wake();
        }
        const meaning = classify(error);
        only = meaning.kind === 'elsewhere' && only === undefined ? meaning.leader : undefined;
        avoid = avoid === undefined ? connection.target || undefined : undefined;
        if (!only) await pause(exponentialBackoff(this.timings, failures), this.#abort.signal);
      }
    }
  }

  /** Connects again at once: whoever comes next finds it done or under way. */
  #lost(connection: Connection, reason: Error): void {
    this.lastError = textOf(reason);
    this.#awaySince = performance.now();
    if (reason instanceof OtherLog) {
      this.refusal = reason;
      this.onRefused(reason);
    }
    if (this.#current === connection && !this.refusal && !this.#abort.signal.aborted) this.#reconnect(reason);
    this.#changes.wake();
  }

  refuse(error: OtherLog): void {
    this.refusal ??= error;
    this.#current?.retire(error);
    this.#changes.wake();
  }

  close(): void {
    this.#abort.abort();
    this.#current?.retire(new Error('the log is closed'));
    this.#changes.wake();
  }
}
