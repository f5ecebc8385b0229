/**
 * A view of a few streams only, as of any moment: its own tables in memory, filled by its own handlers from
 * the events given. What it answers is what the live view would have answered then, because it is the same
 * code. Answers hold until the view is next asked for.
 */
import type { Database } from 'better-sqlite3';
import type { Reference } from '../../domain/shared/reference.js';
import { applyTo, createTables, type Handlers, type Recorded, type Tables, type View } from './view.js';

export class Replay {
  /** Prepared once: a statement a request would be one too many (src/log/sqlite/driver.ts). */
  readonly #kept = new Map<string, { db: Database; tables: Tables; handlers: Handlers; queries: unknown }>();
  constructor(
    /** A new, empty database in memory. */
    readonly memory: () => Database,
    readonly ref: Reference,
  ) {}

  of<Q>(view: View<Q>, events: readonly Recorded[]): Q {
    let kept = this.#kept.get(view.name);
    if (kept) {
      for (const table of Object.values(kept.tables)) kept.db.exec(`DELETE FROM ${table}`);
      kept.handlers.forget?.();
    } else {
      const db = this.memory();
      const tables = Object.fromEntries(Object.keys(view.tables).map((short) => [short, short]));
      createTables(db, view, tables);
      kept = {
        db,
        tables,
        handlers: view.handlers(db, tables, this.ref),
        queries: view.queries(db, tables, this.ref),
      };
      this.#kept.set(view.name, kept);
    }
    const { db, handlers, queries } = kept;
    db.transaction(() => applyTo(handlers, events))();
    return queries as Q;
  }
}
