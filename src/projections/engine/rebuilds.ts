/**
 * Builds of views under way: a new version, or a rebuild, is filled beside the live generation and switched
 * in once.
 */
import type { Database } from 'better-sqlite3';
import type { LoggedEvent } from '../../log/event-log.js';
import { decode } from '../../log/codec.js';
import { giveTo, type Recorded, type View } from './view.js';
import { isOfTheDisk } from './disk.js';
import type { Generation, Generations } from './generations.js';
import type { ChunkSize } from './chunk-size.js';

export interface Source {
  /** Events after a position, at most `limit`; not asked where builds are fed (`feed`). */
  readAll(after: number, limit: number): LoggedEvent[];
  /** Position up to which the live views stand. */
  head(): number;
  /** Position of the newest event of the log, where that is another: for the progress of a build. */
  end?(): number;
}

/** Events decoded at once: what a chunk holds in memory beside what its views hold back. */
const page = 250;

/** What becomes of a build. */
export interface BuildObserver {
  /** After the commit in which it was switched in. */
  built(g: Generation): void;
  stopped(g: Generation, error: string): void;
}

export class Rebuilds {
  readonly #db: Database;
  readonly #under = new Map<string, Generation>();
  readonly #begin;
  readonly #commit;
  readonly #rollback;
  /** The view at work in `feed`. */
  #current: string | undefined;

  constructor(
    db: Database,
    readonly generations: Generations,
    readonly source: Source,
    readonly pace: ChunkSize,
    readonly observer: BuildObserver,
  ) {
    this.#db = db;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
  }

  get(name: string): Generation | undefined {
    return this.#under.get(name);
  }

  /** From the first event, in place of a build of this view that is under way. */
  start(view: View): void {
    this.cancel(view.name);
    this.#under.set(view.name, this.generations.create(view));
  }

  /** One that an earlier process began. */
  resume(generation: Generation): void {
    this.#under.set(generation.view.name, generation);
  }

  /** Gives a build up; what is live stays. */
  cancel(name: string): void {
    const g = this.#under.get(name);
    if (!g) return;
    this.#under.delete(name);
    this.#db.transaction(() => this.generations.remove(g.view, g.generation))();
  }

  /** The lowest position of them; undefined when nothing is being built. */
  from(): number | undefined {
    return this.#under.size === 0 ? undefined : Math.min(...[...this.#under.values()].map((g) => g.position));
  }

  /**
   * Gives them what they have not seen; runs inside the caller's transaction. Call what it returns once that
   * is committed.
   */
  feed(logged: readonly LoggedEvent[], finished: boolean): () => void {
    this.#give(logged);
    return this.#write(logged.at(-1)?.position ?? 0, finished);
  }

  #give(logged: readonly LoggedEvent[]): void {
    const events = logged.map((e) => decode(e) as Recorded);
    const first = events[0]?.position ?? 0;
    for (const g of this.#under.values()) {
      this.#current = g.view.name;
      giveTo(g.handlers, first > g.position ? events : events.filter((e) => e.position > g.position));
    }
    this.#current = undefined;
  }

  /**
   * What came of the events up to a position, and the checkpoint with it. Call what it returns once that is
   * committed.
   */
  #write(position: number, finished: boolean): () => void {
    const builds = [...this.#under.values()];
    for (const g of builds) {
      this.#current = g.view.name;
      g.handlers.flush?.();
      this.generations.advance(g, Math.max(position, g.position));
      if (finished) this.#switch(g);
    }
    this.#current = undefined;
    return () => {
      for (const g of builds) {
        g.position = Math.max(position, g.position);
        if (!finished) continue;
        this.#under.delete(g.view.name);
        this.observer.built(g);
      }
    };
  }

  /** In a transaction: the built generation is the live one, every other goes. */
  #switch(generation: Generation): void {
    for (const row of this.generations.rows(generation.view.name))
      if (row.generation !== generation.generation)
        this.generations.remove(generation.view, row.generation, row.version);
    this.generations.setState(generation, 'live');
  }

  /** A chunk, read once for them all; true while there is more to do. Never inside another transaction. */
  step(): boolean {
    const from = this.from();
    if (from === undefined) return false;
    const started = performance.now();
    const { size } = this.pace;
    let reading = false;
    this.#begin.run();
    try {
      // Page by page, so that what is held is what the views hold back: each record is written once for all
      // of them.
      let [at, given, more] = [from, 0, true];
      while (more && given < size && (given === 0 || performance.now() - started < this.pace.target)) {
        const wanted = Math.min(page, size - given);
        reading = true;
        const logged = this.source.readAll(at, wanted);
        reading = false;
        this.#give(logged);
        given += logged.length;
        at = logged.at(-1)?.position ?? at;
        more = logged.length === wanted;
      }
      const switched = this.#write(at, !more);
      this.#commit.run();
      switched();
      this.pace.took(performance.now() - started, given);
    } catch (error) {
      if (this.#db.inTransaction) this.#rollback.run();
      this.forget();
      // That the log cannot be read, or the disk written, is no view's fault.
      if (reading || isOfTheDisk(error)) throw error;
      if (!this.stopCurrent(error)) for (const g of [...this.#under.values()]) this.#stop(g, error);
    }
    return this.#under.size > 0;
  }

  /** What they were fed was rolled back. */
  forget(): void {
    for (const g of this.#under.values()) g.handlers.forget?.();
  }

  /** The build at work when `feed` threw stops, if one was. */
  stopCurrent(error: unknown): boolean {
    const g = this.#current === undefined ? undefined : this.#under.get(this.#current);
    this.#current = undefined;
    if (g) this.#stop(g, error);
    return g !== undefined;
  }

  #stop(generation: Generation, error: unknown): void {
    this.#under.delete(generation.view.name);
    const message = error instanceof Error ? error.message : String(error);
    this.generations.setState(generation, 'stopped', message);
    this.observer.stopped(generation, message);
  }
}
