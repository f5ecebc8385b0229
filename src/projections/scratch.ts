/**
 * A view of a few streams only, as of any moment: its own tables in memory, filled by its own handlers from the events given. What
 * it answers is what the live view would have answered then, because it is the same code. Answers hold until the view is next asked for.
 */
import type { Database } from 'better-sqlite3';
import type { Reference } from '../domain/reference.js';
import { applyTo, createTables, type Recorded, type Tables, type View } from './core.js';

export class Scratch {
  readonly #kept = new Map<string, { db: Database; tables: Tables }>();
  constructor(
    /** A new, empty database in memory. */
    readonly memory: () => Database,
    readonly ref: Reference,
  ) {}

  of<Q>(view: View<Q, any>, events: readonly Recorded[]): Q {
    let kept = this.#kept.get(view.name);
    if (kept) for (const table of Object.values(kept.tables)) kept.db.exec(`DELETE FROM ${table}`);
    else {
      kept = { db: this.memory(), tables: Object.fromEntries(Object.keys(view.tables).map((short) => [short, short])) };
      createTables(kept.db, view, kept.tables);
      this.#kept.set(view.name, kept);
    }
    const { db, tables } = kept;
    const handlers = view.handlers(db, tables, this.ref);
    db.transaction(() => applyTo(handlers, events))();
    return view.queries(db, tables, this.ref);
  }
}
