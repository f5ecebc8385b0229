/**
 * Applies events to views: effect and checkpoint in one transaction, no event skipped. A view whose handler fails stops,
 * visibly, and the others go on. A new version or a rebuild is built beside the live generation and switched in once.
 */
import type { Database } from 'better-sqlite3';
import type { Reference } from '../domain/reference.js';
import { decode } from '../log/codec.js';
import type { LoggedEvent } from '../log/event-log.js';
import { applyTo, createTables, type Handlers, type Recorded, type Tables, type View } from './core.js';
import { Pace } from './pace.js';
import { Scratch } from './scratch.js';

interface Generation {
  readonly view: View<any, any>;
  readonly generation: number;
  readonly tables: Tables;
  readonly handlers: Handlers;
  position: number;
}

/** The view asked has no live generation: it is being built, or stopped by an error. */
export class ViewNotLive extends Error {
  constructor(
    readonly view: string,
    readonly state: 'building' | 'stopped',
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
  readonly error?: string;
}

export interface Source {
  /** Events after a position, at most `limit`; not asked where builds are fed (`feed`). */
  readAll(after: number, limit: number): LoggedEvent[];
  /** Position up to which the live views stand. */
  head(): number;
  /** Position of the newest event of the log, where that is another: for the progress of a build. */
  end?(): number;
}

export class Engine {
  readonly #db: Database;
  readonly #views = new Map<string, View<any, any>>();
  readonly #live = new Map<string, Generation & { queries: unknown; over: Map<string, unknown> }>();
  readonly #building = new Map<string, Generation>();
  readonly #stopped = new Map<string, { error: string; position: number }>();
  readonly #sql;
  #current: string | undefined;
  /** Changes with whatever may change what a live view answers: what was read under one number still holds under it. */
  epoch = 0;
  readonly #pace = new Pace();
  /** Views of a few streams, for answers as of an earlier moment. */
  readonly scratch: Scratch;
  #currentBuild: string | undefined;

  constructor(
    db: Database,
    views: readonly View<any, any>[],
    readonly ref: Reference,
    readonly source: Source,
  ) {
    this.#db = db;
    // Of the same driver, which only the composition chooses.
    this.scratch = new Scratch(() => new (db.constructor as new (name: string) => Database)(':memory:'), ref);
    db.exec(`CREATE TABLE IF NOT EXISTS views (
      name TEXT NOT NULL, version INTEGER NOT NULL, generation INTEGER NOT NULL, state TEXT NOT NULL, position INTEGER NOT NULL, error TEXT,
      PRIMARY KEY (name, generation)) STRICT`);
    this.#sql = {
      rows: db.prepare<[string], { version: number; generation: number; state: string; position: number; error: string | null }>('SELECT * FROM views WHERE name = ? ORDER BY generation'),
      add: db.prepare("INSERT INTO views VALUES (?, ?, ?, 'building', 0, NULL)"),
      advanceLive: db.prepare("UPDATE views SET position = ? WHERE state = 'live' AND position < ?"),
      advance: db.prepare('UPDATE views SET position = ? WHERE name = ? AND generation = ?'),
      state: db.prepare('UPDATE views SET state = ?, error = ? WHERE name = ? AND generation = ?'),
      drop: db.prepare('DELETE FROM views WHERE name = ? AND generation = ?'),
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
    };
    for (const view of views) {
      this.#views.set(view.name, view);
      this.#open(view);
    }
  }

  #open(view: View<any, any>): void {
    for (const row of this.#sql.rows.all(view.name)) {
      if (row.version !== view.version) this.#remove(view, row.generation, row.version);
      else if (row.state === 'live') this.#goLive(this.#generation(view, row.generation, row.position));
      else if (row.state === 'building') this.#building.set(view.name, this.#generation(view, row.generation, row.position));
      else this.#stopped.set(view.name, { error: row.error ?? '', position: row.position });
    }
    if (!this.#live.has(view.name) && !this.#building.has(view.name) && !this.#stopped.has(view.name)) this.#start(view);
  }

  #names(view: View<any, any>, generation: number, version = view.version): Tables {
    const prefix = view.name.replaceAll('-', '_');
    return Object.fromEntries(Object.keys(view.tables).map((k) => [k, `${prefix}_${k}_v${version}_g${generation}`]));
  }

  #generation(view: View<any, any>, generation: number, position: number): Generation {
    const tables = this.#names(view, generation);
    return { view, generation, tables, handlers: view.handlers(this.#db, tables, this.ref), position };
  }

  /** A fresh, empty generation beside what there is. */
  #start(view: View<any, any>): void {
    const generation = Math.max(0, ...this.#sql.rows.all(view.name).map((r) => r.generation)) + 1;
    const tables = this.#names(view, generation);
    this.#db.transaction(() => {
      createTables(this.#db, view, tables);
      this.#sql.add.run(view.name, view.version, generation);
    })();
    this.#building.set(view.name, this.#generation(view, generation, 0));
  }

  #remove(view: View<any, any>, generation: number, version = view.version): void {
    const prefix = `${view.name.replaceAll('-', '_')}_`;
    const suffix = `_v${version}_g${generation}`;
    const names = this.#db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all()
      .filter((n) => n.startsWith(prefix) && n.endsWith(suffix));
    for (const name of names) this.#db.exec(`DROP TABLE ${name}`);
    this.#sql.drop.run(view.name, generation);
  }

  #goLive(g: Generation): void {
    this.epoch++;
    this.#live.set(g.view.name, { ...g, queries: g.view.queries(this.#db, g.tables, this.ref), over: new Map() });
  }

  /** Applies committed-together events to every live view; runs inside the caller's transaction. What a view has already is passed over. */
  apply(logged: readonly LoggedEvent[]): void {
    this.epoch++;
    this.#pace.asked();
    const events = logged.map((e) => decode(e) as Recorded);
    const [first, last] = [events[0]!.position, events.at(-1)!.position];
    for (const g of this.#live.values()) {
      if (last <= g.position) continue;
      this.#current = g.view.name;
      applyTo(g.handlers, first > g.position ? events : events.filter((e) => e.position > g.position));
      g.position = last;
    }
    this.#current = undefined;
    this.#sql.advanceLive.run(last, last);
  }

  /** What was applied or fed was rolled back, whoever failed: no view may build on what it left in memory. */
  rolledBack(): void {
    this.epoch++;
    for (const g of this.#live.values()) {
      g.handlers.forget?.();
      g.position = this.#sql.rows.all(g.view.name).find((r) => r.generation === g.generation)!.position;
    }
    for (const g of this.#building.values()) g.handlers.forget?.();
  }

  /** The lowest position of a build under way; undefined when nothing is being built. */
  buildsFrom(): number | undefined {
    return this.#building.size === 0 ? undefined : Math.min(...[...this.#building.values()].map((g) => g.position));
  }

  /**
   * Gives the builds under way what they have not seen, and makes them live where that was the last of it; runs inside the
   * caller's transaction. Call what it returns once that is committed.
   */
  feed(logged: readonly LoggedEvent[], finished: boolean): () => void {
    const events = logged.map((e) => decode(e) as Recorded);
    const position = events.at(-1)?.position ?? 0;
    const builds = [...this.#building.values()];
    for (const g of builds) {
      this.#currentBuild = g.view.name;
      applyTo(
        g.handlers,
        events.filter((e) => e.position > g.position),
      );
      this.#sql.advance.run(Math.max(position, g.position), g.view.name, g.generation);
      if (finished) this.#switch(g);
    }
    this.#currentBuild = undefined;
    return () => {
      for (const g of builds) {
        g.position = Math.max(position, g.position);
        if (finished) this.#switched(g);
      }
    };
  }

  /** The view at work when `apply` or `feed` threw stops here, if one was; call inside or outside a transaction. */
  stopCurrent(error: unknown): boolean {
    const [name, building] = [this.#current, this.#currentBuild];
    this.#current = this.#currentBuild = undefined;
    const build = building ? this.#building.get(building) : undefined;
    if (build) {
      this.#stopBuild(building!, build, error);
      return true;
    }
    const g = name ? this.#live.get(name) : undefined;
    if (!g) return false;
    this.epoch++;
    this.#live.delete(name!);
    const message = error instanceof Error ? error.message : String(error);
    const position = this.#sql.rows.all(name!).find((r) => r.generation === g.generation)!.position;
    this.#sql.state.run('stopped', message, name!, g.generation);
    this.#stopped.set(name!, { error: message, position });
    return true;
  }

  /** Begins to build a view anew from the log; the live generation goes on answering. A stopped view is mended this way. */
  rebuild(name: string): void {
    const view = this.#views.get(name);
    if (!view) throw new RangeError(`There is no view ${name}. Views: ${[...this.#views.keys()].join(', ')}`);
    this.cancel(name);
    this.#start(view);
  }

  /** Gives up a build; what is live stays. */
  cancel(name: string): void {
    const g = this.#building.get(name);
    if (!g) return;
    this.#building.delete(name);
    this.#db.transaction(() => this.#remove(g.view, g.generation))();
  }

  /** A chunk for every build under way, read once for them all; true while there is more to do. Never inside another transaction. */
  step(): boolean {
    const from = this.buildsFrom();
    if (from === undefined) return false;
    const started = performance.now();
    const builds = [...this.#building.values()];
    const logged = this.source.readAll(from, this.#pace.size);
    // Begun again after a power cut, a build loses its last chunks and nothing else: the disk is not waited for.
    const safety = this.#db.pragma('synchronous', { simple: true }) as number;
    this.#db.pragma('synchronous = NORMAL');
    this.#sql.begin.run();
    try {
      const switched = this.feed(logged, logged.length < this.#pace.size);
      this.#sql.commit.run();
      switched();
      this.#pace.took(performance.now() - started, logged.length);
    } catch (error) {
      if (this.#db.inTransaction) this.#sql.rollback.run();
      for (const g of builds) g.handlers.forget?.();
      if (!this.stopCurrent(error)) for (const g of builds) this.#stopBuild(g.view.name, g, error);
    } finally {
      this.#db.pragma(`synchronous = ${safety}`);
    }
    return this.#building.size > 0;
  }

  #stopBuild(name: string, g: Generation, error: unknown): void {
    this.#building.delete(name);
    const message = error instanceof Error ? error.message : String(error);
    this.#sql.state.run('stopped', message, name, g.generation);
    if (!this.#live.has(name)) this.#stopped.set(name, { error: message, position: g.position });
  }

  /** In a transaction: the built generation is the live one, every other goes. */
  #switch(g: Generation): void {
    const { name } = g.view;
    for (const row of this.#sql.rows.all(name)) if (row.generation !== g.generation) this.#remove(g.view, row.generation, row.version);
    this.#sql.state.run('live', null, name, g.generation);
  }
  /** After its commit. */
  #switched(g: Generation): void {
    this.#building.delete(g.view.name);
    this.#stopped.delete(g.view.name);
    this.#goLive(g);
  }

  /** Builds to the end, giving way to other work between chunks. */
  async catchUp(onProgress?: (status: ViewStatus[]) => void): Promise<void> {
    while (this.step()) {
      onProgress?.(this.status());
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The queries of a live view; throws `ViewNotLive`. */
  queries<Q>(view: View<Q, any>): Q {
    this.#pace.asked();
    const { name } = view.over ?? view;
    const live = this.#live.get(name);
    if (!live) throw new ViewNotLive(name, this.#stopped.has(name) ? 'stopped' : 'building', this.#progress(name));
    if (!view.over) return live.queries as Q;
    if (!live.over.has(view.name)) live.over.set(view.name, view.queries(this.#db, live.tables, this.ref));
    return live.over.get(view.name) as Q;
  }

  #progress(name: string): number {
    const g = this.#building.get(name);
    return g ? Math.min(1, g.position / Math.max(1, this.source.end?.() ?? this.source.head())) : this.#live.has(name) ? 1 : 0;
  }

  status(): ViewStatus[] {
    const head = this.source.head();
    return [...this.#views.keys()].map((name) => {
      const stopped = this.#stopped.get(name);
      if (stopped) return { name, state: 'stopped', position: stopped.position, progress: 0, error: stopped.error };
      const g = this.#building.get(name);
      if (g && !this.#live.has(name)) return { name, state: 'building', position: g.position, progress: this.#progress(name) };
      return { name, state: 'live', position: head, progress: g ? this.#progress(name) : 1 };
    });
  }
}

/** For feeds: an event as views see it. */
export { decode } from '../log/codec.js';
