/**
 * Writes refusals into the log, one event each, in a stream an account and London day:
 * `refusal-{account}.{yyyymmdd}`. Nothing is decided on these streams, so they need no lane: what is waiting
 * for a stream is appended together at the version the stream is known to be at.
 */
import { LRUCache } from 'lru-cache';
import type { Actor } from '../domain/kernel/types.js';
import { londonDate } from '../domain/shared/calendar.js';
import type { EventData } from '../domain/registry.js';
import { decode, encode, fingerprint } from '../log/codec.js';
import { Conflict, OutcomeUnknown, positionIn, type StoredEvent } from '../log/event-log.js';
import { ClockInDoubt } from './clock-watch.js';
import { RefusalBudget } from './refusal-budget.js';
import { TooBusy, type ExecutorDeps } from './request.js';
import { randomPause, maxTries } from './retry.js';

/** A refusal as it is to be written. */
export interface RefusalToWrite {
  /** As `streamOf` names it. */
  readonly stream: string;
  /** The event's own: of two appends that carry it, at most one is written. */
  readonly commandId: string;
  readonly actor: Actor;
  readonly data: EventData<'refusal', 'CommandRefused'>;
  /** It was given before, which failed, and may have been written all the same. */
  readonly again: boolean;
}
interface Waiting {
  readonly refusal: RefusalToWrite;
  tries: number;
  unknown: OutcomeUnknown | undefined;
  resolve(position: number): void;
  reject(error: unknown): void;
}
/** Where a stream ends. */
interface End {
  readonly version: number;
  readonly lastAt: string | undefined;
}

/** At most so many an append: a refusal is about a KiB, its texts being ids and names. */
const maxBatch = 256;
/** Streams whose end is kept in mind; another is read anew. */
const maxStreams = 10_000;

export class RefusalRecorder {
  readonly budget: RefusalBudget;
  /** Appends that met another, or of which nobody knows whether they were written. */
  conflicts = 0;
  readonly #ends = new LRUCache<string, End>({ max: maxStreams });
  /** By stream, while one of its appends is under way. */
  readonly #queues = new Map<string, Waiting[]>();

  constructor(readonly deps: Pick<ExecutorDeps, 'log' | 'clock' | 'machine'>) {
    this.budget = new RefusalBudget(deps.machine);
  }

  /** The stream of what an account is refused today. */
  streamOf(account: string): string {
    return `refusal-${account}.${londonDate(this.deps.clock.now()).replaceAll('-', '')}`;
  }

  /**
   * Appends a refusal in this turn of the event loop, so that it shares a group commit; resolves with its
   * position once it is durable. Throws `Unavailable`, `OutcomeUnknown`, `TooBusy` or `ClockInDoubt`.
   */
  write(refusal: RefusalToWrite): Promise<number> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { refusal, tries: 0, unknown: undefined, resolve, reject };
      const queue = this.#queues.get(refusal.stream);
      if (queue) queue.push(waiting);
      else void this.#drain(refusal.stream, [waiting]);
    });
  }

  async #drain(stream: string, queue: Waiting[]): Promise<void> {
    this.#queues.set(stream, queue);
    // Whoever is refused in the same turn comes along.
    await null;
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch);
      try {
        await this.#append(stream, batch);
      } catch (error) {
        // The stream is read anew before the next append, and whoever is found in it was written.
        this.#ends.delete(stream);
        if (error instanceof Conflict || error instanceof OutcomeUnknown) this.conflicts++;
        const again = batch.filter((waiting) => this.#triesAgain(waiting, error));
        queue.unshift(...again);
        const [first] = again;
        if (first) await randomPause(first.tries);
      }
    }
    this.#queues.delete(stream);
  }

  /** Rejects whoever has no try left, or failed for another reason than a race. */
  #triesAgain(waiting: Waiting, error: unknown): boolean {
    if (!(error instanceof Conflict) && !(error instanceof OutcomeUnknown)) {
      waiting.reject(waiting.unknown ?? error);
      return false;
    }
    if (error instanceof OutcomeUnknown) waiting.unknown = error;
    if (++waiting.tries < maxTries) return true;
    waiting.reject(waiting.unknown ?? new TooBusy('the record kept changing'));
    return false;
  }

  async #append(stream: string, batch: readonly Waiting[]): Promise<void> {
    const { log, clock } = this.deps;
    const known = batch.some(({ refusal }) => refusal.again) ? undefined : this.#ends.get(stream);
    const [end, missing] = known ? [known, batch] : await this.#read(stream, batch);
    if (missing.length === 0) return;
    if (clock.doubt?.()) throw new ClockInDoubt();
    const wall = clock.now();
    const recordedAt = end.lastAt && end.lastAt > wall ? end.lastAt : wall;
    const events = missing.flatMap(({ refusal }, i) => eventOf(refusal, end.version + i, recordedAt));
    const appended = await log.append(stream, end.version, events);
    this.#ends.set(stream, { version: appended.version, lastAt: recordedAt });
    missing.forEach((waiting, i) => waiting.resolve(positionIn(log, appended, missing.length - 1 - i)));
  }

  /** Reads where the stream ends; answers whoever is found in it, and hands on the others. */
  async #read(stream: string, batch: readonly Waiting[]): Promise<[End, readonly Waiting[]]> {
    const events = (await this.deps.log.read(stream)).map(decode);
    const positions = new Map(events.map((event) => [event.commandId, event.position]));
    const last = events.at(-1);
    const missing = batch.filter(({ refusal, resolve }) => {
      const position = positions.get(refusal.commandId);
      if (position !== undefined) resolve(position);
      return position === undefined;
    });
    const end = { version: last?.version ?? 0, lastAt: last?.recordedAt };
    this.#ends.set(stream, end);
    return [end, missing];
  }
}

/** `RecordRefusal` is the name that the fingerprints of older logs hold. */
function eventOf(
  { stream, commandId, actor, data }: RefusalToWrite,
  after: number,
  recordedAt: string,
): StoredEvent[] {
  const print = fingerprint({ aggregate: 'refusal', command: 'RecordRefusal', data });
  return encode(stream, after, [{ type: 'CommandRefused', data }], {
    recordedAt,
    actor,
    commandId,
    fingerprint: print,
    correlation: commandId,
  });
}
