/** Everything that is read on the leader: streams, the end of the log, what became of an append. */
import { OtherLog, Unavailable, type LoggedEvent, type Since } from '../event-log.js';
import { classify, textOf } from './classify.js';
import type { Place, Received } from './driver.js';
import { NotConnected, type Line } from './line.js';
import { logged, ourName, positionAt, serverName } from './names.js';
import { collect } from './collect.js';
import { leastMs, type Timings } from './timings.js';
import { exponentialBackoff, pause } from '../waiting.js';

const page = 500;
/** The newest events, of which the first that is ours is looked for. */
const newestPage = 16;
const nowhere = 2n ** 64n - 1n;

export class Reads {
  /** Everything in `$all` up to `seen` is known, and the newest of ours in it. */
  #seen = -1n;
  #newest = 0;
  /** What the server refuses to give; undefined once it gives something. */
  refusal: string | undefined;

  constructor(
    readonly line: Line,
    readonly namespace: string,
    readonly timings: Timings,
    readonly closing: AbortSignal,
  ) {}

  async stream(stream: string, after: number, max: number): Promise<readonly LoggedEvent[]> {
    const name = serverName(this.namespace, stream);
    const found: LoggedEvent[] = [];
    for (;;) {
      const next = after + found.length;
      const most = Math.min(page, max - found.length);
      const events = await this.retried((left) => this.page(name, next, most, left));
      for (const [i, e] of events.entries()) {
        if (Number(e.revision) !== next + i) throw new Unavailable(this.tampered(name));
        found.push(logged(stream, e, await this.positionOf(name, e.revision, e.place)));
      }
      if (events.length < page || found.length >= max) return found;
    }
  }
  /** Events of a stream from a version on, by the server's name. */
  async page(name: string, after: number, max: number, left: number): Promise<Received[]> {
    const connection = await this.line.connection(left, this.closing);
    try {
      return await connection.run('read', (driver) =>
        collect(
          driver.readStream(name, BigInt(after), max),
          Math.min(this.timings.readTimeout, Math.max(left, leastMs)),
        ),
      );
    } catch (error) {
      if (classify(error).kind === 'no-stream') return [];
      throw error;
    }
  }

  /** Where an event stands, by what the server said or by looking. */
  async positionOf(name: string, revision: bigint, place: Place | undefined): Promise<number> {
    if (place && place.commit !== nowhere) return positionAt(place, `revision ${revision} of ${name}`);
    // The server did not say: read it back; failing that, the end of the log is not before it.
    const [e] = await this.retried((left) => this.page(name, Number(revision), 1, left));
    return e?.place && e.place.commit !== nowhere
      ? positionAt(e.place, `revision ${revision} of ${name}`)
      : this.head();
  }

  async head(): Promise<number> {
    let top: bigint | undefined;
    let before: Place | undefined;
    for (;;) {
      // Backwards from the end; what has been seen need not be seen again.
      const at: Place | undefined = before;
      const events: Received[] = (await this.retried((left) => this.#backwards(at, left))).filter(
        (e) => e.place && (!at || e.place.commit < at.commit),
      );
      top ??= events[0]?.place?.commit ?? -1n;
      for (const e of events) {
        if (!e.place) continue;
        if (e.place.commit <= this.#seen) return this.know(top, this.#newest);
        if (ourName(this.namespace, e.stream) !== undefined)
          return this.know(top, positionAt(e.place, `an event of ${e.stream}`));
      }
      before = events.at(-1)?.place;
      if (!before) return this.know(top, this.#newest);
    }
  }
  async #backwards(before: Place | undefined, left: number): Promise<Received[]> {
    const connection = await this.line.connection(left, this.closing);
    return connection.run('read', (driver) =>
      collect(
        before ? driver.readAll({ before }, page) : driver.readAll('end', newestPage),
        Math.min(this.timings.readTimeout, Math.max(left, leastMs)),
      ),
    );
  }

  /**
   * As `EventLog.since`; nothing, and not all, by a node that has no event at the position: it is cut off,
   * and its word is no answer.
   */
  async since(position: number, max: number): Promise<Since> {
    // Others' events behind our newest have been seen, and need not be read again.
    const from = position >= this.#newest && this.#seen > BigInt(position) ? this.#seen : BigInt(position);
    const asked = from > 0n ? max + 1 : max;
    const found = await this.retried((left) => this.#onwards(from, asked, left));
    if (from > 0n && found[0]?.place?.commit !== from) return { events: [], all: false };
    const events = found.flatMap((event) => {
      const { place } = event;
      const stream = ourName(this.namespace, event.stream);
      if (stream === undefined || !place || place.commit <= BigInt(position)) return [];
      return [
        {
          stream,
          version: Number(event.revision) + 1,
          position: positionAt(place, `an event of ${event.stream}`),
        },
      ];
    });
    return { events, all: found.length < asked };
  }
  async #onwards(from: bigint, max: number, left: number): Promise<Received[]> {
    const connection = await this.line.connection(left, this.closing);
    const place = from > 0n ? { commit: from, prepare: from } : ('start' as const);
    return connection.run('read', (driver) =>
      collect(driver.readAll(place, max), Math.min(this.timings.readTimeout, Math.max(left, leastMs))),
    );
  }

  /** Takes note of how far the log has been seen. */
  know(seen: bigint, newest: number): number {
    if (seen > this.#seen) this.#seen = seen;
    this.#newest = Math.max(this.#newest, newest);
    return this.#newest;
  }

  /** Reads may be tried again freely; throws `Unavailable` when the budget is spent. */
  async retried<T>(work: (left: number) => Promise<T>, budget = this.timings.readBudget): Promise<T> {
    const until = performance.now() + this.patience(budget);
    for (let failures = 0; ; failures++) {
      const left = until - performance.now();
      try {
        const found = await work(left);
        this.refusal = undefined;
        return found;
      } catch (error) {
        const meaning = classify(error);
        if (meaning.kind === 'refused' && meaning.what !== 'other')
          throw new Unavailable((this.refusal = explain(meaning.what, textOf(error))));
        if (error instanceof OtherLog || error instanceof NotConnected || meaning.kind === 'refused')
          throw new Unavailable(`the log cannot be read: ${textOf(error)}`);
        const wait = exponentialBackoff(this.timings, failures);
        if (performance.now() + wait >= until)
          throw new Unavailable(`the log cannot be read: ${textOf(error)}`);
        await pause(wait, this.closing);
      }
    }
  }
  /** A log that has been away for long is not waited for: the caller hears at once, and tries again later. */
  patience(budget: number): number {
    return this.line.awayFor > this.timings.appendBudget
      ? Math.min(budget, this.timings.settleBudget / 3)
      : budget;
  }

  /** Somebody removed what we wrote. */
  tampered(name: string): string {
    this.line.lastError =
      `events of the stream ${name} were deleted on the server, ` + 'or its metadata hides them';
    return (
      `${this.line.lastError}: restore them from a backup. The rights that "total-place log prepare" ` +
      'sets keep the service from doing so'
    );
  }
}

/** What a refusal means, and what to do. */
export function explain(what: 'rights' | 'size' | 'deleted' | 'other', text: string): string {
  if (what === 'rights')
    return `the server refuses this account: ${text}. "total-place log check" says what is missing`;
  if (what === 'size')
    return `the server takes only smaller appends than other servers do (MaxAppendSize): ${text}`;
  if (what === 'deleted') return `the stream was deleted for good on the server: ${text}`;
  return text;
}
