/**
 * Appends: the exact revision on the leader, ids frozen across re-sends, a doubt settled by reading. Never
 * the client's batch path.
 */
import {
  checkAppend,
  Conflict,
  OutcomeUnknown,
  Unavailable,
  type Appended,
  type StoredEvent,
} from '../event-log.js';
import { classify, textOf } from './classify.js';
import { noted } from './connection.js';
import type { Place, Prepared } from './driver.js';
import { NotConnected, type Line } from './line.js';
import { prepare, serverName } from './names.js';
import { explain, type Reads } from './reads.js';
import { Refusals } from './refusals.js';
import { Slots } from './slots.js';
import { leastMs, maxInFlight, type Timings } from './timings.js';
import { exponentialBackoff, pause } from '../waiting.js';

export class Appends {
  readonly refusals: Refusals;
  readonly #slots = new Slots(maxInFlight);

  constructor(
    readonly line: Line,
    readonly reads: Reads,
    readonly namespace: string,
    readonly timings: Timings,
    readonly closing: AbortSignal,
  ) {
    this.refusals = new Refusals(line, timings, closing);
  }

  async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    checkAppend(stream, expected, events);
    // Before any call: what cannot be serialised must throw here, in the caller's frame.
    const prepared = events.map(prepare);
    const name = serverName(this.namespace, stream);
    const budget = this.reads.patience(this.timings.appendBudget);
    const until = performance.now() + budget;
    const release = await this.#slots.take(budget);
    if (!release) throw new Unavailable('too many appends are waiting for the log');
    try {
      return await this.#send(name, expected, prepared, until);
    } finally {
      release();
    }
  }

  /** Sends until there is an answer or the budget is spent; the same ids at the same revision each time. */
  async #send(name: string, expected: number, events: readonly Prepared[], until: number): Promise<Appended> {
    const revision = expected === 0 ? ('no_stream' as const) : BigInt(expected - 1);
    let doubt = false;
    let last: unknown;
    for (let failures = 0; ; failures++) {
      const left = until - performance.now();
      if (failures > 0 && left <= 0) break;
      let sent = false;
      try {
        const connection = await this.line.connection(Math.max(left, 1), this.closing);
        sent = true;
        const done = await connection.run('append', (driver) =>
          driver.append(
            name,
            revision,
            events,
            Math.max(Math.min(this.timings.appendDeadline, left), leastMs),
          ),
        );
        // An answer over a channel that is gone by now: make sure that it came from this log.
        if (connection.retired) await this.#met();
        if (Number(done.revision) !== expected + events.length - 1)
          throw new OutcomeUnknown(this.reads.tampered(name));
        return await this.#written(name, expected, events, done.revision, done.place);
      } catch (error) {
        if (error instanceof OutcomeUnknown || error instanceof Unavailable) throw error;
        last = error;
        if (error instanceof NotConnected || !sent) break;
        const meaning = classify(error);
        if (meaning.kind === 'conflict') {
          if (!doubt) throw new Conflict(meaning.actual);
          return await this.#settle(name, expected, events, meaning.actual, error);
        }
        if (meaning.kind === 'refused' && meaning.what !== 'other') {
          const refused = explain(meaning.what, textOf(error));
          this.refusals.refused(meaning.what, refused);
          if (!doubt) throw new Unavailable(refused);
          break;
        }
        if (meaning.kind !== 'elsewhere') doubt = true;
      }
      await pause(
        Math.min(exponentialBackoff(this.timings, failures), Math.max(until - performance.now(), 0)),
        this.closing,
      );
    }
    if (!doubt) throw new Unavailable(`the log cannot be written: ${textOf(last)}`);
    return this.#settle(name, expected, events, undefined, last);
  }

  /** Some attempt may have been carried out: the stream says. */
  async #settle(
    name: string,
    expected: number,
    events: readonly Prepared[],
    actual: number | undefined,
    cause: unknown,
  ): Promise<Appended> {
    const unknown = new OutcomeUnknown(`the log did not say whether it wrote: ${textOf(cause)}`);
    try {
      const found = await this.reads.retried(
        (left) => this.reads.page(name, expected, events.length, left),
        this.timings.settleBudget,
      );
      const mine = events.every((e, i) => found[i]?.id === e.id);
      const end = found[events.length - 1];
      if (mine && end) return await this.#written(name, expected, events, end.revision, end.place);
      // Another event stands where ours would have: none of our attempts can land any more.
      if (found.length > 0) throw new Conflict(actual ?? expected + found.length);
      if (actual !== undefined) throw new Conflict(actual);
    } catch (error) {
      if (error instanceof Conflict) throw error;
      throw error instanceof OutcomeUnknown ? error : unknown;
    }
    throw unknown;
  }

  async #written(
    name: string,
    expected: number,
    events: readonly Prepared[],
    revision: bigint,
    place: Place | undefined,
  ): Promise<Appended> {
    this.refusals.passed();
    const position = await this.#where(name, revision, place);
    const last = events.at(-1);
    if (last && place?.commit === BigInt(position)) noted(this.line.expectation, { position, id: last.id });
    return { version: expected + events.length, position };
  }
  /** Written, and the channel lost: acknowledged only once this log has been met again. */
  async #met(): Promise<void> {
    await this.line.connection(this.timings.readTimeout, this.closing).catch((error: unknown) => {
      throw new OutcomeUnknown(`written, and then the connection was lost: ${textOf(error)}`);
    });
  }
  /** Written: what goes wrong from here on leaves only the answer in doubt. */
  async #where(name: string, revision: bigint, place: Place | undefined): Promise<number> {
    return this.reads.positionOf(name, revision, place).catch((error: unknown) => {
      throw new OutcomeUnknown(`written, but not where: ${textOf(error)}`);
    });
  }

  /** Resolves when nothing is under way, or after `ms`. */
  idle(ms: number): Promise<void> {
    return this.#slots.idle(ms);
  }
}
