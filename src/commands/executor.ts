/** Execution of commands: lanes decide in order, append together, and decide again after a conflict. */
import type { Authorised, Loaded, States } from '../domain/kernel/types.js';
import { Conflict, maxAppendBytes, OutcomeUnknown, positionIn, type Appended } from '../log/event-log.js';
import { Attempt } from './attempt.js';
import { consider, type Standing } from './consider.js';
import type { Looks } from './judge.js';
import { Lanes, Suspended, type Lane } from './lanes.js';
import { preview, whatItMeets, type Authorising, type Foreseen, type Refused } from './preview.js';
import { RefusalRecorder } from './refusal-recorder.js';
import { TooBusy, type CommandRequest, type ExecutorDeps, type Outcome } from './request.js';
import { randomPause, maxTries } from './retry.js';
import { maxCommandBytes } from './written.js';

/** Commands that one append takes at most: whoever waits for the last of them waits for all. */
const maxBatch = 256;
/** Turns of the microtask queue until whoever waited for a lane has taken it up. */
const turnsForReaders = 4;

export class Executor {
  readonly lanes: Lanes;
  readonly refusals: RefusalRecorder;
  #conflicts = 0;
  constructor(readonly deps: ExecutorDeps) {
    this.lanes = deps.lanes ?? new Lanes(deps.log);
    this.refusals = new RefusalRecorder(deps);
  }

  /**
   * Appends, of commands or refusals, that met another, or of which nobody knows whether they were written.
   */
  get conflicts(): number {
    return this.#conflicts + this.refusals.conflicts;
  }

  /**
   * Decides and appends; resolves when the answer is durable. Throws `Unavailable`, `OutcomeUnknown`,
   * `ClockInDoubt`, `TooBusy`, `TooManyRefusals` or what a view check throws.
   */
  execute(request: CommandRequest): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (request.principal) this.refusals.budget.admit(request.principal.account);
      const lane = this.lanes.get(`${request.aggregate}-${request.id}`);
      lane.queue.push(new Attempt(this, request, this.lanes.fence.next(), resolve, reject));
      if (!lane.running) {
        lane.running = true;
        void this.#run(lane);
      }
    });
  }

  /**
   * The durable state of a stream as it now stands in the log, whoever wrote it: for queries on one record.
   */
  async load<K extends keyof States & string>(aggregate: K, id: string): Promise<Loaded<States[K]>> {
    const lane = this.lanes.get(`${aggregate}-${id}`);
    const moment = this.lanes.fence.next();
    for (;;) {
      try {
        // The stream's name says whose state it is.
        return (this.deps.alone ? lane.durable() : lane.durableSince(moment)) as Loaded<States[K]>;
      } catch (error) {
        if (!(error instanceof Suspended)) throw error;
        await error.ready();
      }
    }
  }

  /** As `consider` of commands/consider.ts: what is asked of a record without giving it a command. */
  consider<T>(
    aggregate: keyof States & string,
    id: string,
    look: (standing: Standing, looks: Looks) => T,
  ): Promise<T> {
    return consider(this, aggregate, id, look);
  }

  /** As `preview` of commands/preview.ts: what a command would write, without giving it. */
  preview(request: CommandRequest): Promise<Foreseen | Refused> {
    return preview(this, request);
  }

  /** As of commands/preview.ts: what commands would meet that a decision would authorise. */
  whatItMeets(request: CommandRequest, authorises: readonly Authorised[]): Promise<Authorising[]> {
    return whatItMeets(this, request, authorises);
  }

  async #run(lane: Lane): Promise<void> {
    while (lane.queue.length > 0) {
      const batch: Attempt[] = [];
      try {
        await lane.load();
        await this.#decide(lane, batch);
        await this.#confirm(lane, batch);
      } catch (error) {
        lane.drop();
        lane.endAppend();
        for (const d of [...batch, ...(lane.queue.splice(0) as Attempt[])]) d.reject(d.unknown ?? error);
        break;
      }
      if (batch.length > 0) await this.#append(lane, batch);
    }
    lane.running = false;
  }

  /**
   * Where other processes write, a refusal or a no-op may rest on a state that is no longer so. An append of
   * the same batch would meet its Conflict; without one, the stream is read to its end, and what was decided
   * on less is decided again.
   */
  async #confirm(lane: Lane, batch: Attempt[]): Promise<void> {
    if (this.deps.alone || batch.some((d) => d.events.length > 0)) return;
    const stale = batch.filter((d) => !d.isReplay && d.freshAt < d.born);
    if (stale.length === 0) return;
    batch.splice(0, batch.length, ...batch.filter((d) => !stale.includes(d)));
    await lane.refresh(Math.max(...stale.map((d) => d.born))).catch((error: unknown) => {
      batch.push(...stale);
      throw error;
    });
    lane.queue.unshift(...stale);
  }

  /** Decides what is queued until something must be waited for; nothing is speculative while waiting. */
  async #decide(lane: Lane, batch: Attempt[]): Promise<void> {
    let bytes = 0;
    while (lane.queue.length > 0 && batch.length < maxBatch && bytes <= maxAppendBytes - maxCommandBytes) {
      const next = lane.queue[0] as Attempt;
      try {
        next.attempt(lane);
      } catch (error) {
        if (error instanceof Suspended) {
          if (batch.length > 0) return;
          await error.ready();
          continue;
        }
        lane.queue.shift();
        next.reject(error);
        continue;
      }
      lane.queue.shift();
      if (next.events.length > 0) lane.beginAppend();
      next.onDurable = batch.every((d) => d.events.length === 0);
      batch.push(next);
      bytes += next.bytes;
    }
  }

  async #append(lane: Lane, batch: Attempt[]): Promise<void> {
    const events = batch.flatMap((d) => d.events);
    const refusals = batch.filter((d) => d.refusal && !d.request.step);
    let appended: Appended | undefined;
    try {
      const [first] = events;
      if (first) {
        const writing = this.deps.log.append(lane.stream, first.version - 1, events);
        // A refusal that rests on nothing speculative shares this group commit; where others write, the
        // append must succeed first.
        const early = refusals.filter((d) => d.onDurable && this.deps.alone).map((d) => d.record());
        await allEnded([writing, ...early]);
        appended = await writing;
      }
      await allEnded(refusals.map((d) => d.record()));
    } catch (error) {
      lane.drop();
      lane.endAppend();
      if (error instanceof Conflict || error instanceof OutcomeUnknown) {
        this.#conflicts++;
        const unknown = error instanceof OutcomeUnknown ? error : undefined;
        const again = batch.filter((attempt) => {
          if (attempt.events.length > 0) attempt.unknown = unknown ?? attempt.unknown;
          attempt.born = this.lanes.fence.next();
          if (++attempt.attempts < maxTries) return true;
          attempt.reject(attempt.unknown ?? new TooBusy('the record kept changing'));
          return false;
        });
        lane.queue.unshift(...again);
        await randomPause(batch[0]?.attempts ?? 1);
        return;
      }
      for (const d of batch) d.reject(d.unknown ?? error);
      return;
    }
    let after = events.length;
    for (const d of batch) {
      after -= d.events.length;
      if (appended && d.receipt && d.events.length > 0)
        d.receipt.position = positionIn(this.deps.log, appended, after);
    }
    if (appended) lane.position = appended.position;
    lane.endAppend();
    for (const d of batch) d.settle(lane);
    // Lanes that waited to read this one go first.
    for (let turn = 0; turn < turnsForReaders; turn++) await null;
  }
}

/**
 * Waits for the end of each, then throws what the first one to fail threw: none is left unheard, or under way
 * while it is given again.
 */
async function allEnded(writing: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(writing);
  await Promise.all(writing);
}

export type { Authorising, Foreseen, Refused };
export { possibility, standOfNothing } from './possible.js';
export { ClockInDoubt } from './clock-watch.js';
export { TooManyRefusals } from './refusal-budget.js';
export { commandIdOf, TooBusy, type Clock, type CommandRequest, type Outcome } from './request.js';
/** For those who answer commands: what the log may say, without reaching past this room. */
export {
  OutcomeUnknown,
  Unavailable,
  type EventLog,
  type LogIdentity,
  type LogStatus,
} from '../log/event-log.js';
