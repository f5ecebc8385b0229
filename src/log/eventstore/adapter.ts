/**
 * The log on EventStoreDB: exact expected revisions on the leader, ids frozen across re-sends, every read bounded, one connection
 * for writing and reading and one for each follower. Everything the client gets wrong is kept away from the rest of the house here.
 */
import { setMaxListeners } from 'node:events';
import {
  checkAppend,
  Conflict,
  OtherLog,
  OutcomeUnknown,
  positionOf,
  Unavailable,
  type Appended,
  type Cursor,
  type EventLog,
  type LogIdentity,
  type LoggedEvent,
  type LogStatus,
  type StoredEvent,
} from '../event-log.js';
import { classify, textOf } from './classify.js';
import type { Expectation } from './connection.js';
import type { MakeDriver, Place, Prepared, Received } from './driver.js';
import { Follower } from './follower.js';
import { Line, NotConnected } from './line.js';
import { logged, ourName, placeOf, positionAt, prepare, serverName } from './names.js';
import { collect } from './reading.js';
import { Slots } from './slots.js';
import { backoff, maxInFlight, pause, type Timings } from './timings.js';

const page = 500;

export interface AdapterOptions {
  readonly namespace: string;
  readonly identity: LogIdentity;
  readonly timings: Timings;
  readonly make: MakeDriver;
}

export class EventStoreLog implements EventLog {
  readonly identity: LogIdentity;
  readonly contiguous = false;
  readonly #namespace: string;
  readonly #timings: Timings;
  readonly #make: MakeDriver;
  readonly #expectation: Expectation;
  readonly #line: Line;
  readonly #slots = new Slots(maxInFlight);
  readonly #followers = new Set<Follower>();
  readonly #closing = new AbortController();
  /** Everything in `$all` up to `seen` is known, and the newest of ours in it. */
  #seen = -1n;
  #newest = 0;

  constructor({ namespace, identity, timings, make }: AdapterOptions) {
    // Every waiting append listens to it.
    setMaxListeners(0, this.#closing.signal);
    this.identity = identity;
    this.#namespace = namespace;
    this.#timings = timings;
    this.#make = make;
    this.#expectation = { stream: serverName(namespace, 'log-identity'), identity };
    this.#line = this.#newLine('main');
  }
  #newLine(role: string): Line {
    return new Line(role, this.#make, this.#expectation, this.#timings, (error) => this.#refuse(error));
  }
  /** From now on nothing is written or followed: it takes a person to say which log is meant. */
  #refuse(error: OtherLog): void {
    this.#line.refuse(error);
    for (const f of this.#followers) f.line.refuse(error);
  }

  async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    checkAppend(stream, expected, events);
    // Before any call: what cannot be serialised must throw here, in the caller's frame.
    const prepared = events.map(prepare);
    const name = serverName(this.#namespace, stream);
    const budget = this.#patience(this.#timings.appendBudget);
    const until = performance.now() + budget;
    const release = await this.#slots.take(budget);
    if (!release) throw new Unavailable('too many appends are waiting for the log');
    try {
      return await this.#send(name, expected, prepared, until);
    } finally {
      release();
    }
  }

  /** A log that has been away for long is not waited for: the caller hears at once, and tries again later. */
  #patience(budget: number): number {
    return this.#line.awayFor > this.#timings.appendBudget ? Math.min(budget, this.#timings.settleBudget / 3) : budget;
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
        const connection = await this.#line.connection(Math.max(left, 1), this.#closing.signal);
        sent = true;
        const done = await connection.run((d) => d.append(name, revision, events, Math.max(Math.min(this.#timings.appendDeadline, left), 250)));
        // An answer over a channel that is gone by now: make sure that it came from this log.
        if (connection.retired) {
          doubt = true;
          await this.#line.connection(this.#timings.readTimeout, this.#closing.signal);
        }
        if (Number(done.revision) !== expected + events.length - 1) throw new OutcomeUnknown(this.#tampered(name));
        return { version: expected + events.length, position: await this.#positionOf(name, done.revision, done.place) };
      } catch (error) {
        if (error instanceof OutcomeUnknown || error instanceof Unavailable) throw error;
        last = error;
        if (error instanceof NotConnected || !sent) break;
        if (error instanceof OtherLog) throw new OutcomeUnknown(error.message);
        const meaning = classify(error);
        if (meaning.kind === 'conflict') {
          if (!doubt) throw new Conflict(meaning.actual);
          return await this.#settle(name, expected, events, meaning.actual, error);
        }
        if (meaning.kind === 'refused' && meaning.what !== 'other') {
          if (!doubt) throw new Unavailable(explain(meaning.what, textOf(error)));
          break;
        }
        if (meaning.kind !== 'elsewhere') doubt = true;
      }
      await pause(Math.min(backoff(this.#timings, failures), Math.max(until - performance.now(), 0)), this.#closing.signal);
    }
    if (!doubt) throw new Unavailable(`the log cannot be written: ${textOf(last)}`);
    return this.#settle(name, expected, events, undefined, last);
  }

  /** Some attempt may have been carried out: the stream says. */
  async #settle(name: string, expected: number, events: readonly Prepared[], actual: number | undefined, cause: unknown): Promise<Appended> {
    const unknown = new OutcomeUnknown(`the log did not say whether it wrote: ${textOf(cause)}`);
    try {
      const found = await this.#retried((left) => this.#page(name, expected, events.length, left), this.#timings.settleBudget);
      const mine = events.every((e, i) => found[i]?.id === e.id);
      const end = found[events.length - 1];
      if (mine && end) return { version: expected + events.length, position: await this.#positionOf(name, end.revision, end.place) };
      // Another event stands where ours would have: none of our attempts can land any more.
      if (found.length > 0) throw new Conflict(actual ?? expected + found.length);
      if (actual !== undefined) throw new Conflict(actual);
    } catch (error) {
      if (error instanceof Conflict) throw error;
      throw unknown;
    }
    throw unknown;
  }

  async #positionOf(name: string, revision: bigint, place: Place | undefined): Promise<number> {
    if (place && place.commit !== 2n ** 64n - 1n) return positionAt(place, `revision ${revision} of ${name}`);
    // The server did not say: read it back; failing that, the end of the log is not before it.
    try {
      const [e] = await this.#retried((left) => this.#page(name, Number(revision), 1, left));
      if (e?.place && e.place.commit !== 2n ** 64n - 1n) return positionAt(e.place, `revision ${revision} of ${name}`);
      return await this.head();
    } catch (error) {
      throw new OutcomeUnknown(`written, but not where: ${textOf(error)}`);
    }
  }

  async read(stream: string, after = 0): Promise<readonly LoggedEvent[]> {
    const name = serverName(this.#namespace, stream);
    const found: LoggedEvent[] = [];
    for (;;) {
      const next = after + found.length;
      const events = await this.#retried((left) => this.#page(name, next, page, left));
      for (const [i, e] of events.entries()) {
        if (Number(e.revision) !== next + i) throw new Unavailable(this.#tampered(name));
        found.push(logged(stream, e, await this.#positionOf(name, e.revision, e.place)));
      }
      if (events.length < page) return found;
    }
  }
  async #page(name: string, after: number, max: number, left: number): Promise<Received[]> {
    const connection = await this.#line.connection(left, this.#closing.signal);
    try {
      return await connection.run((d) => collect(d.readStream(name, BigInt(after), max), Math.min(this.#timings.readTimeout, Math.max(left, 250))));
    } catch (error) {
      if (classify(error).kind === 'no-stream') return [];
      throw error;
    }
  }

  /** Reads may be tried again freely; throws `Unavailable` when the budget is spent. */
  async #retried<T>(work: (left: number) => Promise<T>, budget = this.#timings.readBudget): Promise<T> {
    const until = performance.now() + this.#patience(budget);
    for (let failures = 0; ; failures++) {
      const left = until - performance.now();
      try {
        return await work(left);
      } catch (error) {
        const meaning = classify(error);
        if (meaning.kind === 'refused' && meaning.what !== 'other') throw new Unavailable(explain(meaning.what, textOf(error)));
        if (error instanceof OtherLog || error instanceof NotConnected || meaning.kind === 'refused') throw new Unavailable(`the log cannot be read: ${textOf(error)}`);
        const wait = backoff(this.#timings, failures);
        if (performance.now() + wait >= until) throw new Unavailable(`the log cannot be read: ${textOf(error)}`);
        await pause(wait, this.#closing.signal);
      }
    }
  }
  #tampered(name: string): string {
    this.#line.lastError = `events of the stream ${name} were deleted on the server, or its metadata hides them`;
    return `${this.#line.lastError}: restore them from a backup. The rights that "total-place log prepare" sets keep the service from doing so`;
  }

  async head(): Promise<number> {
    let top: bigint | undefined;
    let before: Place | undefined;
    for (;;) {
      // Backwards from the end; what has been seen need not be seen again.
      const at: Place | undefined = before;
      const events: Received[] = (await this.#retried((left) => this.#backwards(at, left))).filter((e) => e.place && (!at || e.place.commit < at.commit));
      top ??= events[0]?.place?.commit ?? -1n;
      for (const e of events) {
        if (e.place!.commit <= this.#seen) return this.#know(top, this.#newest);
        if (ourName(this.#namespace, e.stream) !== undefined) return this.#know(top, positionAt(e.place!, `an event of ${e.stream}`));
      }
      before = events.at(-1)?.place;
      if (!before) return this.#know(top, this.#newest);
    }
  }
  async #backwards(before: Place | undefined, left: number): Promise<Received[]> {
    const connection = await this.#line.connection(left, this.#closing.signal);
    return connection.run((d) => collect(before ? d.readAll({ before }, page) : d.readAll('end', 16), Math.min(this.#timings.readTimeout, Math.max(left, 250))));
  }
  #know(seen: bigint, newest: number): number {
    if (seen > this.#seen) this.#seen = seen;
    this.#newest = Math.max(this.#newest, newest);
    return this.#newest;
  }

  async follow(from: number | Cursor, onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void, signal: AbortSignal): Promise<void> {
    const follower = new Follower({
      line: this.#newLine(`follower`),
      namespace: this.#namespace,
      timings: this.#timings,
      from,
      onBatch,
      signal: AbortSignal.any([signal, this.#closing.signal]),
      onSeen: (seen, newest) => void this.#know(seen, newest),
      end: async () => {
        const main = await this.#line.connection(this.#timings.probeTimeout, this.#closing.signal);
        const [e] = await main.run((d) => collect(d.readAll('end', 1), this.#timings.probeTimeout));
        return e?.place?.commit ?? -1n;
      },
    });
    if (this.#line.refusal instanceof OtherLog) throw this.#line.refusal;
    if (positionOf(from) > 0) this.#know(placeOf(positionOf(from)).commit, positionOf(from));
    this.#followers.add(follower);
    try {
      await follower.run();
    } catch (error) {
      if (error instanceof OtherLog) this.#refuse(error);
      throw error;
    } finally {
      this.#followers.delete(follower);
      follower.line.close();
    }
  }

  status(): LogStatus {
    const { refusal, current, reached, lastError } = this.#line;
    const lags = [...this.#followers].map((f) => f.lag);
    const problem = refusal?.message ?? lastError ?? [...this.#followers].map((f) => f.line.lastError).find(Boolean);
    return {
      state: refusal ? 'refused' : current && !current.retired ? 'ready' : reached ? 'away' : 'starting',
      ...(lags.length > 0 && lags.every((l) => l !== undefined) ? { lag: Math.max(...(lags as number[])) } : {}),
      ...(problem ? { lastError: problem } : {}),
      ...(current && !current.retired ? { leader: current.target } : {}),
    };
  }

  /** Waits for the first contact; throws `OtherLog` or, in time, `Unavailable`. */
  async reached(ms: number): Promise<void> {
    await this.#line.connection(ms).catch((error: unknown) => {
      throw error instanceof OtherLog ? error : new Unavailable(textOf(error));
    });
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await this.#slots.idle(this.#timings.appendDeadline);
    this.#closing.abort();
    this.#line.close();
  }
}

function explain(what: 'rights' | 'size' | 'deleted' | 'other', text: string): string {
  if (what === 'rights') return `the server refuses this account: ${text}. "total-place log check" says what is missing`;
  if (what === 'size') return `the server takes only smaller appends than other servers do (MaxAppendSize): ${text}`;
  if (what === 'deleted') return `the stream was deleted for good on the server: ${text}`;
  return text;
}
