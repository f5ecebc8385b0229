/**
 * One command's way through its lane: judged, decided, given its envelope, answered; a refusal is recorded
 * first.
 */
import type { RecordAccess } from '../domain/shared/access.js';
import {
  isRefusal,
  type Context,
  type Decision,
  type Loaded,
  type NewEvent,
  type Refusal,
  type States,
} from '../domain/kernel/types.js';
import { fold } from '../domain/kernel/fold.js';
import { existing } from '../domain/kernel/parts.js';
import { decode } from '../log/codec.js';
import type { OutcomeUnknown, StoredEvent } from '../log/event-log.js';
import { ClockInDoubt } from './clock-watch.js';
import { judge, type Judgement } from './judge.js';
import type { Lane, Lanes, Receipt, Work } from './lanes.js';
import type { RefusalRecorder } from './refusal-recorder.js';
import { RefusalRecord } from './refusals.js';
import type { CommandRequest, ExecutorDeps, Outcome } from './request.js';
import { happenedSince } from './since.js';
import { inEnvelopes, printOf } from './written.js';

/** What an attempt needs of the executor it runs in. */
export interface AttemptHost {
  readonly deps: ExecutorDeps;
  readonly lanes: Lanes;
  readonly refusals: RefusalRecorder;
}

/** Before it was judged. */
const unjudged: Judgement = { outcome: [], where: {} };

export class Attempt implements Work {
  attempts = 0;
  /** Set once an append of this command may or may not have been written. */
  unknown: OutcomeUnknown | undefined;
  events: StoredEvent[] = [];
  /** Bytes of `events`. */
  bytes = 0;
  refusal: Refusal | undefined;
  receipt: Receipt | undefined;
  /** How fresh its lane was when it was decided: moves on while it waits for its answer. */
  freshAt = 0;
  /** True when nothing speculative stood before this decision in its batch. */
  onDurable = false;
  readonly reject: (error: unknown) => void;
  readonly #record: RefusalRecord;
  #judgement: Judgement = unjudged;
  #access: RecordAccess | undefined;
  #versionSeen = 0;
  #print: string | undefined;

  constructor(
    readonly executor: AttemptHost,
    readonly request: CommandRequest,
    /**
     * What it decides on was read from the log after this moment, where other processes write; taken anew
     * after a conflict.
     */
    public born: number,
    readonly resolve: (o: Outcome) => void,
    reject: (e: unknown) => void,
  ) {
    this.#record = new RefusalRecord(executor.refusals, request);
    this.reject = (error) => {
      this.#record.end(false);
      reject(error);
    };
  }

  /** Answered by what its command id wrote before. */
  get isReplay(): boolean {
    return this.#judgement.replayed === true;
  }

  attempt(lane: Lane): void {
    const { clock } = this.executor.deps;
    this.events = [];
    this.bytes = 0;
    this.refusal = undefined;
    this.receipt = undefined;
    this.#judgement = unjudged;
    this.#record.again();
    const loaded = existing(lane.loaded, `state of ${lane.stream}`);
    this.#versionSeen = loaded.version;
    this.freshAt = lane.freshAt;
    this.#access = loaded.access;
    if (clock.doubt?.()) throw this.unknown ?? new ClockInDoubt();
    const wall = clock.now();
    const now = loaded.lastAt && loaded.lastAt > wall ? loaded.lastAt : wall;
    const reads: Record<string, number> = {};
    const { ref, views } = this.executor.deps;
    const done = lane.receipts.get(this.request.commandId);
    const stand = { aggregate: lane.aggregate, recordId: lane.recordId, loaded, done };
    this.#judgement = judge(stand, this.request, () => this.#fingerprint(), {
      now,
      ref,
      views,
      read: this.#reading(lane, loaded, reads),
    });
    const { outcome, actor, replayed } = this.#judgement;
    if (replayed) this.receipt = done;
    if (isRefusal(outcome) && !this.request.step) {
      this.refusal = outcome;
      return;
    }
    const made = this.#made(outcome, loaded.version);
    if (made.length === 0) {
      if (!this.receipt)
        this.receipt = { fingerprint: '', events: [], version: loaded.version, position: lane.position };
      return;
    }
    const written = inEnvelopes(this.request, made, {
      stream: lane.stream,
      version: loaded.version,
      now,
      actor,
      print: this.#fingerprint(),
      reads,
    });
    if (isRefusal(written)) {
      this.refusal = written;
      this.#judgement = { ...this.#judgement, status: 422 };
      return;
    }
    ({ events: this.events, bytes: this.bytes } = written);
    for (const e of this.events) {
      const event = decode({ ...e, position: 0 });
      fold(lane.aggregate, loaded, event, event);
    }
    this.receipt = {
      fingerprint: this.#fingerprint(),
      events: made.map((e) => e.type),
      version: loaded.version,
      position: 0,
    };
    lane.receipts.set(this.request.commandId, this.receipt);
  }

  /** The events that an outcome comes to: what was decided, or of a step that it was refused. */
  #made(outcome: Decision, version: number): readonly NewEvent[] {
    const { step, causation: cause = '' } = this.request;
    if (!step) {
      if (isRefusal(outcome)) throw new Error('a refusal is recorded, and is no event of its record');
      return outcome;
    }
    const refused = (code: string): NewEvent[] => [
      { type: 'StepRefused', data: { reactor: step.reactor, step: step.name, cause, code } },
    ];
    if (isRefusal(outcome)) return refused(outcome.code);
    // A step ends in one event even when it finds nothing to do, at the version that says so (docs/adr/0011);
    // what does not exist stays so.
    const nothing = outcome.length === 0 && !this.receipt && version > 0;
    return nothing ? refused('NOTHING_TO_DO') : outcome;
  }

  #fingerprint(): string {
    return (this.#print ??= printOf(this.request));
  }

  /** Reads another record as it stands, and notes at which version. */
  #reading(lane: Lane, loaded: Loaded, reads: Record<string, number>): Context['read'] {
    return <K extends keyof States>(aggregate: K, id: string): Loaded<States[K]> => {
      const stream = `${aggregate}-${id}`;
      if (stream === lane.stream) return loaded as Loaded<States[K]>;
      const beside = this.executor.lanes.get(stream);
      const other = this.executor.deps.alone ? beside.durable() : beside.durableSince(this.born);
      reads[stream] = other.version;
      return other as Loaded<States[K]>;
    };
  }

  /** Records the refusal durably before it is answered. */
  record(): Promise<void> {
    const refusal = existing(this.refusal, 'refusal to record');
    const { status = 0, actor, where } = this.#judgement;
    return this.#record.write({
      refusal,
      status,
      actor,
      ...where,
      versionSeen: this.#versionSeen,
      payload: this.#fingerprint(),
    });
  }

  settle(lane: Lane): void {
    const turnedAway = this.#record.end(this.refusal !== undefined);
    if (turnedAway) return this.reject(turnedAway);
    const { status = 0, actor, fits, audience = 'public', replayed = false } = this.#judgement;
    const role = actor ? { role: actor.role } : {};
    if (this.refusal) {
      const refused = {
        kind: 'refused' as const,
        ...role,
        status,
        refusal: this.refusal,
        ...(fits ? { fits } : {}),
      };
      const access = this.#access;
      if (this.refusal.code !== 'STALE_REVISION' || !access) return this.resolve(refused);
      const { log } = this.executor.deps;
      void happenedSince(log, lane.stream, this.request.expectedVersion, access, audience).then(
        (since) => this.resolve({ ...refused, since }),
        this.reject,
      );
      return;
    }
    const { events, version, position } = existing(this.receipt, 'receipt of what was not refused');
    const created = version - events.length === 0 && events.length > 0;
    this.resolve({
      kind: 'done',
      ...role,
      id: lane.recordId,
      events,
      version,
      position: position || this.#record.position,
      replayed,
      created,
    });
  }
}
