/**
 * Applies events to views: effect and checkpoint in one transaction, no event skipped. A view whose handler
 * fails stops, visibly, and the others go on. A new version or a rebuild is built beside the live generation
 * (`Rebuilds`) and switched in once.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { Reference } from '../../domain/shared/reference.js';
import { decode } from '../../log/codec.js';
import type { LoggedEvent } from '../../log/event-log.js';
import { Rebuilds, type Source } from './rebuilds.js';
import { applyTo, type Recorded, type View, type Views } from './view.js';
import { Generations, type Generation } from './generations.js';
import { ChunkSize } from './chunk-size.js';
import { Replay } from './replay.js';

/**
 * The view asked has no live generation (it is being built, or stopped by an error), or has not seen what the
 * log holds.
 */
export class ViewNotLive extends Error {
  constructor(
    readonly view: string,
    readonly state: 'building' | 'stopped' | 'behind',
    /** 0 to 1. */
    readonly progress: number,
  ) {
    super(`the view ${view} is ${state}`);
  }
}

export interface ViewStatus {
  readonly name: string;
  readonly state: 'live' | 'building' | 'stopped';
  readonly position: number;
  readonly progress: number;
  /** Why it stopped; of a live one, why its last rebuild came to nothing. */
  readonly error?: string;
}

/** What works on the file in use: another file, another of each. */
interface OnFile {
  readonly db: Database;
  readonly generations: Generations;
  readonly rebuilds: Rebuilds;
}

export class Engine implements Views {
  #file: OnFile;
  readonly #views = new Map<string, View>();
  readonly #live = new Map<string, Generation & { queries: unknown; over: Map<string, unknown> }>();
  readonly #stopped = new Map<string, { error: string; position: number }>();
  /** Why the last rebuild of a view that is live came to nothing. */
  readonly #unbuilt = new Map<string, string>();
  #current: string | undefined;
  /**
   * Changes with whatever may change what a live view answers: what was read under one number still holds
   * under it.
   */
  epoch = 0;
  readonly #pace = new ChunkSize();
  /** Views of a few streams, for answers as of an earlier moment. */
  readonly replay: Replay;

  constructor(
    db: Database,
    views: readonly View[],
    readonly ref: Reference,
    readonly source: Source,
  ) {
    // Of the same driver, which only the composition chooses.
    this.replay = new Replay(() => new (db.constructor as new (name: string) => Database)(':memory:'), ref);
    for (const view of views) this.#views.set(view.name, view);
    this.#file = this.#onFile(db);
    this.#openViews();
  }

  /**
   * Goes on with the views of another file; those that it does not hold are built anew. Nothing of the file
   * before is used any more.
   */
  moveTo(db: Database): void {
    this.epoch++;
    this.#current = undefined;
    this.#live.clear();
    this.#stopped.clear();
    this.#unbuilt.clear();
    this.#file = this.#onFile(db);
    this.#openViews();
  }

  get #db(): Database {
    return this.#file.db;
  }
  get #generations(): Generations {
    return this.#file.generations;
  }
  get #rebuilds(): Rebuilds {
    return this.#file.rebuilds;
  }

  #onFile(db: Database): OnFile {
    const generations = new Generations(db, this.ref);
    const rebuilds = new Rebuilds(db, generations, this.source, this.#pace, {
      built: (generation) => {
        this.#stopped.delete(generation.view.name);
        this.#unbuilt.delete(generation.view.name);
        this.#goLive(generation);
      },
      stopped: (generation, error) => {
        if (this.#live.has(generation.view.name)) this.#unbuilt.set(generation.view.name, error);
        else this.#stopped.set(generation.view.name, { error, position: generation.position });
      },
    });
    return { db, generations, rebuilds };
  }

  #openViews(): void {
    this.#generations.removeAllBut([...this.#views.values()]);
    for (const view of this.#views.values()) this.#open(view);
  }

  /** Up to where every live view has come; undefined where none is live. */
  livePosition(): number | undefined {
    return this.#live.size === 0 ? undefined : Math.min(...[...this.#live.values()].map((g) => g.position));
  }

  #open(view: View): void {
    for (const row of this.#generations.rows(view.name)) {
      if (row.version !== view.version) this.#generations.remove(view, row.generation, row.version);
      else if (row.state === 'live') this.#goLive(this.#generations.open(view, row.generation, row.position));
      else if (row.state === 'building')
        this.#rebuilds.resume(this.#generations.open(view, row.generation, row.position));
      else this.#stopped.set(view.name, { error: row.error ?? '', position: row.position });
    }
    if (!this.#live.has(view.name) && !this.#rebuilds.get(view.name) && !this.#stopped.has(view.name))
      this.#rebuilds.start(view);
  }

  #goLive(generation: Generation): void {
    this.epoch++;
    this.#live.set(generation.view.name, {
      ...generation,
      queries: generation.view.queries(this.#db, generation.tables, this.ref),
      over: new Map(),
    });
  }

  /**
   * Applies committed-together events to every live view; runs inside the caller's transaction. What a view
   * has already is passed over.
   */
  apply(logged: readonly LoggedEvent[]): void {
    this.epoch++;
    this.#pace.asked();
    const events = logged.map((e) => decode(e) as Recorded);
    const [first, last] = [events[0]?.position, events.at(-1)?.position];
    if (first === undefined || last === undefined) return;
    for (const g of this.#live.values()) {
      if (last <= g.position) continue;
      this.#current = g.view.name;
      applyTo(g.handlers, first > g.position ? events : events.filter((e) => e.position > g.position));
      g.position = last;
    }
    this.#current = undefined;
    this.#generations.advanceLive(last);
  }

  /** What was applied or fed was rolled back, whoever failed: no view may build on what it left in memory. */
  rolledBack(): void {
    this.epoch++;
    for (const g of this.#live.values()) {
      g.handlers.forget?.();
      g.position = this.#generations.positionOf(g);
    }
    this.#rebuilds.forget();
  }

  /** The lowest position of a build under way; undefined when nothing is being built. */
  buildsFrom(): number | undefined {
    return this.#rebuilds.from();
  }

  /**
   * Gives the builds under way what they have not seen, and makes them live where that was the last of it;
   * runs inside the caller's transaction. Call what it returns once that is committed.
   */
  feed(logged: readonly LoggedEvent[], finished: boolean): () => void {
    return this.#rebuilds.feed(logged, finished);
  }

  /**
   * The view at work when `apply` or `feed` threw stops here, if one was; call inside or outside a
   * transaction.
   */
  stopCurrent(error: unknown): boolean {
    const name = this.#current;
    this.#current = undefined;
    if (this.#rebuilds.stopCurrent(error)) return true;
    if (name === undefined) return false;
    const g = this.#live.get(name);
    if (!g) return false;
    this.epoch++;
    this.#live.delete(name);
    const message = error instanceof Error ? error.message : String(error);
    const position = this.#generations.positionOf(g);
    this.#generations.setState(g, 'stopped', message);
    this.#stopped.set(name, { error: message, position });
    return true;
  }

  /**
   * Begins to build a view anew from the log; the live generation goes on answering. A stopped view is mended
   * this way.
   */
  rebuild(name: string): void {
    const view = this.#views.get(name);
    if (!view) throw new RangeError(`There is no view ${name}. Views: ${[...this.#views.keys()].join(', ')}`);
    this.#unbuilt.delete(name);
    this.#rebuilds.start(view);
  }

  /** Gives up a build; what is live stays. */
  cancel(name: string): void {
    this.#rebuilds.cancel(name);
  }

  /**
   * A chunk for every build under way, read once for them all; true while there is more to do. Never inside
   * another transaction.
   */
  step(): boolean {
    return this.#rebuilds.step();
  }

  /** Builds to the end, giving way to other work between chunks. */
  async catchUp(onProgress?: (status: ViewStatus[]) => void): Promise<void> {
    while (this.step()) {
      onProgress?.(this.status());
      await nextTurn();
    }
  }

  /** The queries of a live view; throws `ViewNotLive`. */
  queries<Q>(view: View<Q>): Q {
    this.#pace.asked();
    const { name } = view.over ?? view;
    const live = this.#live.get(name);
    if (!live)
      throw new ViewNotLive(name, this.#stopped.has(name) ? 'stopped' : 'building', this.#progress(name));
    if (!view.over) return live.queries as Q;
    if (!live.over.has(view.name)) live.over.set(view.name, view.queries(this.#db, live.tables, this.ref));
    return live.over.get(view.name) as Q;
  }

  #progress(name: string): number {
    const g = this.#rebuilds.get(name);
    if (g) return Math.min(1, g.position / Math.max(1, this.source.end?.() ?? this.source.head()));
    return this.#live.has(name) ? 1 : 0;
  }

  status(): ViewStatus[] {
    const head = this.source.head();
    return [...this.#views.keys()].map((name) => {
      const stopped = this.#stopped.get(name);
      if (stopped)
        return { name, state: 'stopped', position: stopped.position, progress: 0, error: stopped.error };
      const g = this.#rebuilds.get(name);
      if (g && !this.#live.has(name))
        return { name, state: 'building', position: g.position, progress: this.#progress(name) };
      const error = this.#unbuilt.get(name);
      return {
        name,
        state: 'live',
        position: head,
        progress: g ? this.#progress(name) : 1,
        ...(error === undefined ? {} : { error }),
      };
    });
  }
}

/** For feeds: an event as views see it. */
export { decode } from '../../log/codec.js';
