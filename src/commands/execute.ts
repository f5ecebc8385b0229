/** Execution of commands: lanes decide in order, append together, and decide again after a conflict (design.md 5). */
import type { Loaded, States } from '../domain/core.js';
import { Conflict, maxAppendBytes, OutcomeUnknown, type Appended } from '../log/event-log.js';
import { Attempt, maxCommandBytes } from './attempt.js';
import { Lanes, Suspended, type Lane } from './lanes.js';
import { TooBusy, type CommandRequest, type ExecutorDeps, type Outcome } from './request.js';

export class Executor {
  readonly lanes: Lanes;
  conflicts = 0;
  constructor(readonly deps: ExecutorDeps) {
    this.lanes = deps.lanes ?? new Lanes(deps.log);
  }

  /** Decides and appends; resolves when the answer is durable. Throws `Unavailable`, `TooBusy` or what a view check throws. */
  execute(request: CommandRequest): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const lane = this.lanes.get(`${request.aggregate}-${request.id}`);
      lane.queue.push(new Attempt(this, request, resolve, reject));
      if (!lane.running) {
        lane.running = true;
        void this.#run(lane);
      }
    });
  }

  /** The durable state of a stream, for queries on one record. */
  async load<K extends keyof States & string>(aggregate: K, id: string): Promise<Loaded<States[K]>> {
    const lane = this.lanes.get(`${aggregate}-${id}`);
    for (;;) {
      try {
        return lane.durable();
      } catch (error) {
        if (!(error instanceof Suspended)) throw error;
        await error.ready();
      }
    }
  }

  async #run(lane: Lane): Promise<void> {
    while (lane.queue.length > 0) {
      const batch: Attempt[] = [];
      try {
        await lane.load();
        await this.#decide(lane, batch);
      } catch (error) {
        lane.drop();
        for (const d of [...batch, ...lane.queue.splice(0)]) d.reject(error);
        break;
      }
      if (batch.length > 0) await this.#append(lane, batch);
    }
    lane.running = false;
  }

  /** Decides what is queued until something must be waited for; nothing is speculative while waiting. */
  async #decide(lane: Lane, batch: Attempt[]): Promise<void> {
    let bytes = 0;
    while (lane.queue.length > 0 && batch.length < 256 && bytes <= maxAppendBytes - maxCommandBytes) {
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
      if (events.length > 0) {
        lane.beginAppend();
        const writing = this.deps.log.append(lane.stream, events[0]!.version - 1, events);
        // A refusal that rests on nothing speculative shares this group commit.
        const early = refusals.filter((d) => d.onDurable).map((d) => d.record());
        appended = await writing;
        await Promise.all(early);
      }
      await Promise.all(refusals.map((d) => d.record()));
    } catch (error) {
      lane.drop();
      lane.endAppend();
      if (error instanceof Conflict || error instanceof OutcomeUnknown) {
        this.conflicts++;
        const again = batch.filter((d) => ++d.attempts < 5 || (d.reject(new TooBusy('the record kept changing')), false));
        lane.queue.unshift(...again);
        await new Promise((r) => setTimeout(r, Math.random() * 10 * batch[0]!.attempts));
        return;
      }
      for (const d of batch) d.reject(error);
      return;
    }
    let after = events.length;
    for (const d of batch) {
      after -= d.events.length;
      if (appended && d.receipt && d.events.length > 0) d.receipt.position = this.deps.log.contiguous ? appended.position - after : appended.position;
    }
    lane.endAppend();
    for (const d of batch) d.settle(lane);
    // Lanes that waited to read this one go first.
    for (let i = 0; i < 4; i++) await null;
  }
}

export { commandIdOf, TooBusy, type Clock, type CommandRequest, type Outcome } from './request.js';
/** For those who answer commands: what the log may say, without reaching past this room. */
export { Unavailable, type EventLog, type LogIdentity } from '../log/event-log.js';
