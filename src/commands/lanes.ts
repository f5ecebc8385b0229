/**
 * Warm state per stream. A lane has at most one append under way; what arrives meanwhile is decided in order,
 * each on the state the one before left, and appended together. Deleting every lane leaves a correct, slower
 * system.
 */
import { LRUCache } from 'lru-cache';
import type { Aggregate, Loaded } from '../domain/kernel/types.js';
import { emptyLoaded, fold } from '../domain/kernel/fold.js';
import { parseStream } from '../domain/registry.js';
import { decode, type DecodedEvent } from '../log/codec.js';
import type { EventLog, LoggedEvent } from '../log/event-log.js';
import { Waiters } from '../log/waiting.js';
import { Horizon, ReadFence, type Shown } from './horizon.js';

/** The answer a command got: found again by its command id for as long as the stream exists. */
export interface Receipt {
  readonly fingerprint: string;
  readonly events: string[];
  version: number;
  position: number;
}

/** Thrown by a read that is not at hand; the decision is taken again once `ready` resolves. */
export class Suspended {
  constructor(readonly ready: () => Promise<unknown>) {}
}

/**
 * Something to be decided in a lane: `attempt` runs synchronously on the lane's state and may throw
 * `Suspended`.
 */
export interface Work {
  attempt(lane: Lane): void;
  /** The lane's batch could not be appended at the version it was decided on; everything is decided again. */
  attempts: number;
  reject(error: unknown): void;
}

export class Lane {
  readonly aggregate: Aggregate;
  readonly recordId: string;
  loaded: Loaded | undefined;
  receipts = new Map<string, Receipt>();
  readonly queue: Work[] = [];
  running = false;
  /** Position of the last event the state holds; 0 while that is not known. */
  position = 0;
  /** The newest version that is known to stand in the log, once a follower shows what does. */
  shown = 0;
  /** The cache let it go: whoever still holds it is shown nothing more. */
  forgotten = false;
  /** The moment after which it was last read from the log. */
  #readAt = 0;
  #loading: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;
  /** Who waits for the append under way to end; undefined while there is none. */
  #settled: Waiters | undefined;

  constructor(
    readonly stream: string,
    readonly log: EventLog,
    readonly fence: ReadFence,
    readonly horizon: Horizon,
  ) {
    ({ aggregate: this.aggregate, recordId: this.recordId } = parseStream(stream));
  }

  /** The moment after which nothing but this process has been seen to write here. */
  get freshAt(): number {
    return this.#holdsWhatWasShown() ? Math.max(this.#readAt, this.horizon.freshAt) : this.#readAt;
  }
  /**
   * Read since the follower began, so that nothing before that is missing, and all that was shown since is in
   * it.
   */
  #holdsWhatWasShown(): boolean {
    return (
      this.loaded !== undefined &&
      !this.forgotten &&
      this.#readAt >= this.horizon.followedSince &&
      this.loaded.version >= this.shown
    );
  }

  /** The state another lane may read: durable, never speculative. */
  durable(): Loaded {
    if (this.loaded && !this.#settled) return this.loaded;
    throw new Suspended(() => this.#settled?.next() ?? this.load());
  }

  load(): Promise<void> {
    if (this.loaded) return Promise.resolve();
    this.#loading ??= this.#fold().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #fold(): Promise<void> {
    const loaded = emptyLoaded(this.aggregate);
    const receipts = new Map<string, Receipt>();
    const since = this.fence.next();
    this.#take(await this.log.read(this.stream), loaded, receipts);
    this.loaded = loaded;
    this.receipts = receipts;
    this.#readAt = since;
  }

  #take(events: readonly LoggedEvent[], loaded: Loaded, receipts: Map<string, Receipt>): void {
    for (const logged of events) {
      const event = decode(logged);
      fold(this.aggregate, loaded, event, event);
      remember(receipts, event);
      this.position = event.position;
    }
  }

  /** As `durable`, and as it stood in the log after a moment: where other processes write too. */
  durableSince(moment: number): Loaded {
    if (this.freshAt >= moment) return this.durable();
    throw new Suspended(() => this.refresh(moment));
  }

  /** Brings the state up to what stands in the log after a moment. Many who ask share one reading. */
  async refresh(moment: number): Promise<void> {
    while (this.freshAt < moment) {
      if (this.#holdsWhatWasShown() && (await this.horizon.showUntil(moment))) continue;
      this.#refreshing ??= this.#readOn().finally(() => (this.#refreshing = undefined));
      await this.#refreshing;
    }
  }

  async #readOn(): Promise<void> {
    await this.#settled?.next();
    if (!this.loaded) return this.load();
    const since = this.fence.next();
    const { version } = this.loaded;
    const events = await this.log.read(this.stream, version);
    // An append of our own began meanwhile: if it succeeds, nobody else wrote before it; if it does not,
    // everything is read anew.
    if (this.#settled) await this.#settled.next();
    else if (this.loaded?.version === version) this.#take(events, this.loaded, this.receipts);
    else if (this.loaded) return;
    this.#readAt = since;
  }

  /** Forgets the state: it may hold what was never written. */
  drop(): void {
    this.loaded = undefined;
    this.receipts = new Map();
  }

  /** From here on the state is speculative: other lanes wait for it. */
  beginAppend(): void {
    this.#settled ??= new Waiters();
  }
  endAppend(): void {
    const settled = this.#settled;
    this.#settled = undefined;
    settled?.wake();
  }
}

function remember(receipts: Map<string, Receipt>, event: DecodedEvent): void {
  const known = receipts.get(event.commandId);
  if (known) {
    known.events.push(event.type);
    known.version = event.version;
    known.position = event.position;
  } else
    receipts.set(event.commandId, {
      fingerprint: event.fingerprint,
      events: [event.type],
      version: event.version,
      position: event.position,
    });
}

/** Streams of which a node has the state at hand: those that were asked for last. */
const mostLanes = 20_000;

export class Lanes {
  readonly fence = new ReadFence();
  readonly #horizon: Horizon;
  readonly #lanes: LRUCache<string, Lane>;
  constructor(
    readonly log: EventLog,
    max = mostLanes,
  ) {
    this.#horizon = new Horizon(log, this.fence, (events) => this.#show(events));
    this.#lanes = new LRUCache({ max, dispose: (lane) => void (lane.forgotten = true) });
  }
  get(stream: string): Lane {
    let lane = this.#lanes.get(stream);
    if (!lane) this.#lanes.set(stream, (lane = new Lane(stream, this.log, this.fence, this.#horizon)));
    return lane;
  }

  /**
   * Knows warm states to be up to date by what a follower has shown, every event after a position, until the
   * signal aborts. Without it, or when it ends, each is read from the log whenever it must be: right as well,
   * and slower.
   */
  async follow(follower: Pick<EventLog, 'follow'>, from: number, signal: AbortSignal): Promise<void> {
    this.#horizon.begin(from);
    try {
      await follower.follow(from, (events) => this.#horizon.saw(events), signal);
    } finally {
      this.#horizon.end();
    }
  }
  #show(events: readonly Shown[]): void {
    for (const { stream, version } of events) {
      const lane = this.#lanes.peek(stream);
      if (lane && lane.shown < version) lane.shown = version;
    }
  }
}
