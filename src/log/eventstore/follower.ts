/**
 * One subscription to `$all`, kept alive by our own loop: the client never resubscribes. Read in paused mode,
 * in the batches in which events arrive; only events of our namespace are handed on. The event at the cursor
 * is looked at on every connection, and an event at or below the cursor ends everything: it is another log,
 * never a redelivery.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkCursor, OtherLog, positionOf, type Cursor, type LoggedEvent } from '../event-log.js';
import { classify, textOf, TimedOut } from './classify.js';
import { eventAt, noted, type Connection } from './connection.js';
import type { Received, Subscription } from './driver.js';
import type { Line } from './line.js';
import { NotConnected } from './line.js';
import { logged, ourName, placeOf, positionAt } from './names.js';
import { alarm, type Timings } from './timings.js';
import { exponentialBackoff, pause, Waiters } from '../waiting.js';

const batchSize = 500;
const batchBytes = 1_048_576;
/**
 * Turns of the event loop that a batch waits for more: what trickles in one by one is not held up for longer.
 */
const mostTurns = 16;
/** So many in a row that bring nothing end it: one message may take two, the socket's and the parser's. */
const quietTurns = 2;

interface Arrived {
  readonly e: Received;
  readonly at: bigint;
}

export interface FollowerOptions {
  readonly line: Line;
  readonly namespace: string;
  readonly timings: Timings;
  readonly from: number | Cursor;
  readonly onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void;
  readonly signal: AbortSignal;
  /** How far `$all` has been seen, and our newest event in it. */
  readonly onSeen: (seen: bigint, newest: number) => void;
  /** Where `$all` ends, by the leader. */
  readonly end: () => Promise<bigint>;
}
/** Carries what the handler threw past the loop that mends everything else. */
class HandlerFailed extends Error {}

export class Follower {
  #cursor: number | Cursor;
  /** Over everything in `$all`, ours or not; in memory only. */
  #seen: bigint;
  #handling = false;
  #failures = 0;
  /** Since when there has been something unseen, or nothing could be seen. */
  #behindSince: number | undefined;
  /** The end of `$all` as last heard on this subscription. */
  #target: bigint | undefined;
  /** It has been at the log's end once: a node that starts on old views is not level before it knows. */
  #levelOnce = false;

  constructor(readonly options: FollowerOptions) {
    this.#cursor = options.from;
    this.#seen = positionOf(options.from) > 0 ? BigInt(positionOf(options.from)) : -1n;
  }
  get line(): Line {
    return this.options.line;
  }
  /**
   * Milliseconds for which it has been behind, or could not follow; undefined before it was level for the
   * first time.
   */
  get lag(): number | undefined {
    if (!this.#levelOnce) return undefined;
    return this.#behindSince === undefined ? 0 : performance.now() - this.#behindSince;
  }

  async run(): Promise<void> {
    const { signal, timings, line } = this.options;
    while (!signal.aborted) {
      let connection: Connection | undefined;
      try {
        connection = await line.connection(Number.MAX_SAFE_INTEGER, signal);
        await this.#check(connection);
        await this.#subscribe(connection);
        if (!signal.aborted) line.lastError = 'the server ended the subscription';
      } catch (error) {
        if (error instanceof HandlerFailed) throw error.cause;
        if (error instanceof OtherLog) throw error;
        if (error instanceof NotConnected) continue;
        line.lastError = textOf(error);
        const { kind } = classify(error);
        if (kind === 'broken' || kind === 'elsewhere') connection?.retire(error as Error);
      } finally {
        this.#lost();
      }
      if (!signal.aborted) await pause(exponentialBackoff(timings, this.#failures++), signal);
    }
  }

  /**
   * The event at the cursor must be the one that was applied: a restored backup or another log has none
   * there, or another.
   */
  async #check(connection: Connection): Promise<void> {
    const at = positionOf(this.#cursor);
    if (at === 0) return;
    const e = await connection.run('read', (d) => eventAt(d, at, this.options.timings.readTimeout));
    const stream = e && ourName(this.options.namespace, e.stream);
    const event = e && stream !== undefined ? logged(stream, e, at) : undefined;
    checkCursor(
      typeof this.#cursor === 'number' ? { position: at, id: event?.id ?? '' } : this.#cursor,
      event,
    );
  }

  async #subscribe(connection: Connection): Promise<void> {
    const { signal, timings } = this.options;
    const at = positionOf(this.#cursor);
    const subscription = connection.driver.subscribeToAll(at === 0 ? 'start' : placeOf(at));
    let failure: unknown;
    let ended = false;
    const changes = new Waiters();
    const over = (error?: unknown): void => {
      failure ??= error;
      ended = true;
      changes.wake();
    };
    // In the same turn as the call: an error that nobody listens to ends the process.
    subscription.on('error', (error) => over(error ?? new Error('the subscription failed')));
    subscription.on('end', () => over());
    subscription.on('readable', () => changes.wake());
    const confirmed = alarm(timings.confirmTimeout, () =>
      over(new TimedOut(`a subscription was not confirmed within ${timings.confirmTimeout} ms`)),
    );
    subscription.on('confirmation', () => {
      confirmed();
      this.#failures = 0;
      this.line.lastError = undefined;
    });
    const aborted = (): void => over();
    signal.addEventListener('abort', aborted, { once: true });
    const unretired = connection.onRetired((reason) => over(reason));
    const unwatch = this.#watch(connection);
    let last = at === 0 ? -1n : BigInt(at);
    try {
      while (!ended && !signal.aborted) {
        const batch = await this.#gather(subscription, last);
        if (ended || signal.aborted) break;
        if (batch.length === 0) {
          await changes.next();
          continue;
        }
        last = batch.at(-1)?.at ?? last;
        await this.#apply(batch);
        this.#saw(last);
      }
      if (failure) throw failure;
    } finally {
      confirmed();
      unwatch();
      unretired();
      signal.removeEventListener('abort', aborted);
      subscription.cancel();
    }
  }

  /**
   * What has arrived, in order, and what comes in while the event loop is given its turns: the client parses
   * a few messages a turn, and whoever takes each at once hands over one event at a time.
   */
  async #gather(subscription: Subscription, last: bigint): Promise<readonly Arrived[]> {
    const batch: Arrived[] = [];
    let bytes = 0;
    for (
      let turns = 0, quiet = 0;
      turns < mostTurns && quiet < quietTurns && batch.length < batchSize && bytes < batchBytes;
      turns++
    ) {
      await nextTurn();
      const taken = this.#take(subscription, batch, bytes, batch.at(-1)?.at ?? last);
      quiet = taken === bytes ? quiet + 1 : 0;
      bytes = taken;
    }
    return batch;
  }
  /** Adds what can be read now to a batch of so many bytes; gives its bytes. */
  #take(subscription: Subscription, batch: Arrived[], before: number, after: bigint): number {
    let [bytes, last] = [before, after];
    for (let e = subscription.read(); e; e = subscription.read()) {
      const at = e.place?.commit ?? -1n;
      if (at <= last)
        throw new OtherLog(
          `The server sent an event at ${at}, where everything up to ${last} had been read: its log is ` +
            'another one, or an older copy. Point LOG_URL at the log these views were made from, or move ' +
            'the view file away and start again to rebuild it.',
        );
      last = at;
      batch.push({ e, at });
      bytes += e.size;
      if (batch.length >= batchSize || bytes >= batchBytes) break;
    }
    return bytes;
  }

  async #apply(batch: readonly Arrived[]): Promise<void> {
    const own: LoggedEvent[] = [];
    for (const { e } of batch) {
      const stream = ourName(this.options.namespace, e.stream);
      if (stream !== undefined && e.place)
        own.push(logged(stream, e, positionAt(e.place, `an event of ${e.stream}`)));
    }
    const newest = own.at(-1);
    if (!newest) return;
    this.#handling = true;
    try {
      await this.options.onBatch(own);
    } catch (error) {
      throw new HandlerFailed('', { cause: error });
    } finally {
      this.#handling = false;
    }
    this.#cursor = { position: newest.position, id: newest.id };
    noted(this.line.expectation, this.#cursor);
  }

  #saw(at: bigint): void {
    if (at > this.#seen) this.#seen = at;
    this.options.onSeen(this.#seen, positionOf(this.#cursor));
    if (this.#target !== undefined && this.#seen >= this.#target) this.#level();
  }
  #level(): void {
    this.#behindSince = undefined;
    this.#levelOnce = true;
  }
  /**
   * Without a subscription nobody tells what is missing: the clock runs until the log's end has been heard of
   * and reached again.
   */
  #lost(): void {
    this.#behindSince ??= performance.now();
    this.#target = undefined;
  }

  /**
   * The only defence against a node that is alive, reachable and cut off from the others: nothing else would
   * tell.
   */
  #watch(connection: Connection): () => void {
    const { timings, end } = this.options;
    let moved = performance.now();
    let before = this.#seen;
    let over = false;
    const look = async (): Promise<void> => {
      void connection.probe();
      if (this.#seen !== before || this.#handling) {
        before = this.#seen;
        moved = performance.now();
      }
      const head = await end();
      if (over) return;
      this.#target = head;
      if (head <= this.#seen) {
        this.#level();
        moved = performance.now();
        return;
      }
      this.#behindSince ??= performance.now();
      if (this.#seen === before && !this.#handling && performance.now() - moved > timings.stuckAfter)
        connection.retire(
          new Error(
            `${connection.target} has sent nothing for ${timings.stuckAfter} ms ` +
              'while the log went on: it is cut off from the others',
          ),
        );
    };
    // The leader that cannot say where the log ends is the other connection's business.
    const timer = setInterval(() => void look().catch(() => {}), timings.watchEvery);
    void look().catch(() => {});
    timer.unref();
    return () => {
      over = true;
      clearInterval(timer);
    };
  }
}
