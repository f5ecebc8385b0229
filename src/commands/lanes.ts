/**
 * Warm state per stream. A lane has at most one append under way; what arrives meanwhile is decided in order, each on the
 * state the one before left, and appended together. Deleting every lane leaves a correct, slower system.
 */
import { LRUCache } from 'lru-cache';
import type { Aggregate, Loaded } from '../domain/core.js';
import { emptyLoaded, fold } from '../domain/fold.js';
import { parseStream } from '../domain/index.js';
import { decode, type DecodedEvent } from '../log/codec.js';
import type { EventLog } from '../log/event-log.js';

/** The answer a command got: found again by its command id for as long as the stream exists. */
export interface Receipt {
  readonly fingerprint: string;
  readonly events: string[];
  version: number;
  position: number;
}

/** Thrown by a read that is not at hand; the decision is taken again once `ready` resolves. */
export class Suspended {
  constructor(readonly ready: () => Promise<void>) {}
}

/** Something to be decided in a lane: `attempt` runs synchronously on the lane's state and may throw `Suspended`. */
export interface Work {
  attempt(lane: Lane): void;
  /** The lane's batch could not be appended at the version it was decided on; everything is decided again. */
  attempts: number;
  reject(error: unknown): void;
}

export class Lane {
  readonly aggregate: Aggregate;
  readonly recordId: string;
  loaded: Loaded<any> | undefined;
  receipts = new Map<string, Receipt>();
  readonly queue: Work[] = [];
  running = false;
  #loading: Promise<void> | undefined;
  #settled: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(
    readonly stream: string,
    readonly log: EventLog,
  ) {
    ({ aggregate: this.aggregate, recordId: this.recordId } = parseStream(stream));
  }

  /** The state another lane may read: durable, never speculative. */
  durable(): Loaded<any> {
    if (this.loaded && !this.#settled) return this.loaded;
    throw new Suspended(() => this.#settled?.promise ?? this.load());
  }

  load(): Promise<void> {
    if (this.loaded) return Promise.resolve();
    this.#loading ??= this.#fold().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #fold(): Promise<void> {
    const loaded = emptyLoaded(this.aggregate);
    const receipts = new Map<string, Receipt>();
    for (const logged of await this.log.read(this.stream)) {
      const event = decode(logged);
      fold(this.aggregate, loaded, event, event);
      remember(receipts, event);
    }
    this.loaded = loaded;
    this.receipts = receipts;
  }

  /** Forgets the state: it may hold what was never written. */
  drop(): void {
    this.loaded = undefined;
    this.receipts = new Map();
  }

  beginAppend(): void {
    let resolve!: () => void;
    const promise = new Promise<void>((r) => (resolve = r));
    this.#settled = { promise, resolve };
  }
  endAppend(): void {
    const settled = this.#settled;
    this.#settled = undefined;
    settled?.resolve();
  }
}

function remember(receipts: Map<string, Receipt>, e: DecodedEvent): void {
  const known = receipts.get(e.commandId);
  if (known) {
    known.events.push(e.type);
    known.version = e.version;
    known.position = e.position;
  } else receipts.set(e.commandId, { fingerprint: e.fingerprint, events: [e.type], version: e.version, position: e.position });
}

export class Lanes {
  readonly #lanes: LRUCache<string, Lane>;
  constructor(
    readonly log: EventLog,
    max = 20_000,
  ) {
    this.#lanes = new LRUCache({ max });
  }
  get(stream: string): Lane {
    let lane = this.#lanes.get(stream);
    if (!lane) this.#lanes.set(stream, (lane = new Lane(stream, this.log)));
    return lane;
  }
}
