/**
 * Several views together as of a moment: tables of their own in memory, filled by their own handlers from the
 * events of that past, a few at a time. Databases and statements are made once and used again for the next
 * past (docs/adr/0012), so there are few of these, and whoever asks for another waits its turn
 * (docs/adr/0036).
 */
import type { Replay } from './replay.js';
import {
  applyTo,
  createTables,
  type Handlers,
  type Recorded,
  type Tables,
  type View,
  type Views,
} from './view.js';

/** Events given to the views in one go; between two of these the event loop may have its turn. */
export const eventsTogether = 25;

interface Kept {
  readonly tables: Tables;
  readonly handlers: Handlers;
  readonly queries: unknown;
  readonly over: Map<string, unknown>;
}

/** Views as they stood, over one past at a time. */
export class PastViews implements Views {
  epoch = 0;
  readonly #db;
  readonly #kept = new Map<string, Kept>();
  readonly #ref;

  constructor({ memory, ref }: Pick<Replay, 'memory' | 'ref'>, views: readonly View[]) {
    this.#db = memory();
    this.#ref = ref;
    for (const view of views) {
      const prefix = view.name.replaceAll('-', '_');
      const tables = Object.fromEntries(
        Object.keys(view.tables).map((short) => [short, `${prefix}_${short}`]),
      );
      createTables(this.#db, view, tables);
      this.#kept.set(view.name, {
        tables,
        handlers: view.handlers(this.#db, tables, ref),
        queries: view.queries(this.#db, tables, ref),
        over: new Map(),
      });
    }
  }

  /** True of a view that stands here as it stood. */
  has(view: View): boolean {
    return this.#kept.has((view.over ?? view).name);
  }

  queries<Q>(view: View<Q>): Q {
    const kept = this.#kept.get((view.over ?? view).name);
    if (!kept) throw new Error(`the view ${view.name} is not among those of the past`);
    if (!view.over) return kept.queries as Q;
    let queries = kept.over.get(view.name);
    if (queries === undefined)
      kept.over.set(view.name, (queries = view.queries(this.#db, kept.tables, this.#ref)));
    return queries as Q;
  }

  /** Another past in the place of this one: its events in the order of the log. `turn`: between pieces. */
  async fill(events: readonly Recorded[], turn: () => Promise<void>): Promise<void> {
    this.epoch++;
    for (const { tables, handlers } of this.#kept.values()) {
      for (const table of Object.values(tables)) this.#db.exec(`DELETE FROM ${table}`);
      handlers.forget?.();
    }
    for (let from = 0; from < events.length; from += eventsTogether) {
      await turn();
      const together = events.slice(from, from + eventsTogether);
      this.#db.transaction(() => {
        for (const { handlers } of this.#kept.values()) applyTo(handlers, together);
      })();
    }
  }
}

interface Slot {
  readonly views: PastViews;
  /** Which past it holds, or is being filled with; none where that failed. */
  key: string | undefined;
  filled: Promise<void>;
  readers: number;
  usedAt: number;
}

/** Too many wait for a past already. */
export class PastsBusy extends Error {}

/** Pasts held in memory at once, and questions that may wait until one of them is free. */
const most = { held: 2, waiting: 16 };

/** Lends pasts to questions: one that is held to whoever asks for it; another once nobody reads one. */
export class Pasts {
  readonly #slots: Slot[] = [];
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(
    readonly make: () => PastViews,
    readonly limits = most,
  ) {}

  /**
   * What `work` makes of a past. `key` says which it is: pasts under one key are the same. `fill` fills one
   * that is not held. What is lent is changed by nobody until `work` has ended.
   */
  async lend<R>(
    key: string,
    fill: (views: PastViews) => Promise<void>,
    work: (views: PastViews) => R | Promise<R>,
  ): Promise<R> {
    const slot = await this.#take(key, fill);
    try {
      await slot.filled;
      return await work(slot.views);
    } finally {
      slot.readers--;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  async #take(key: string, fill: (views: PastViews) => Promise<void>): Promise<Slot> {
    for (;;) {
      const slot = this.#slots.find((one) => one.key === key) ?? this.#free();
      if (slot) {
        slot.readers++;
        slot.usedAt = ++this.#used;
        if (slot.key !== key) this.#fill(slot, key, fill);
        return slot;
      }
      if (this.#waiting.length >= this.limits.waiting) throw new PastsBusy('too many wait for a past');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #fill(slot: Slot, key: string, fill: (views: PastViews) => Promise<void>): void {
    slot.key = key;
    slot.filled = fill(slot.views).catch((error: unknown) => {
      // Half of a past is none: whoever asks next fills it anew.
      slot.key = undefined;
      throw error;
    });
    // Whoever waits for it is told; nobody need.
    slot.filled.catch(() => {});
  }

  /** One that nobody reads: a new one, or that which was used longest ago. */
  #free(): Slot | undefined {
    if (this.#slots.length < this.limits.held) {
      const slot = {
        views: this.make(),
        key: undefined,
        filled: Promise.resolve(),
        readers: 0,
        usedAt: 0,
      };
      this.#slots.push(slot);
      return slot;
    }
    return this.#slots
      .filter(({ readers }) => readers === 0)
      .sort((one, other) => one.usedAt - other.usedAt)[0];
  }
}
