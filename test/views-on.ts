/**
 * Views on an open log of this process, in memory or in a file, fed by what it commits: the node's parts
 * without what acts.
 */
import Database from '../src/log/sqlite/driver.js';
import type { Reference } from '../src/domain/shared/reference.js';
import type { SqliteLog } from '../src/log/sqlite/sqlite-log.js';
import { Follower } from '../src/runtime/node/follower.js';
import { createTables, type Tables, type View } from '../src/projections/engine/view.js';
import { Engine } from '../src/projections/engine/engine.js';
import { views as every } from '../src/projections/index.js';

export interface ViewsOn {
  readonly db: Database.Database;
  readonly engine: Engine;
  readonly follower: Follower;
  /** Resolves when the views are live. */
  readonly built: Promise<void>;
}
export function viewsOn(
  log: SqliteLog,
  ref: Reference,
  file = ':memory:',
  views: readonly View<any, any>[] = every,
): ViewsOn {
  const db = new Database(file);
  const follower = new Follower(db, log);
  const engine = new Engine(db, views, ref, {
    readAll: (after, limit) => log.readAll(after, limit),
    head: () => follower.position,
    end: () => follower.end,
  });
  log.onCommitted = (events) => follower.take(events);
  return { db, engine, follower, built: follower.start(engine).built };
}

/** The tables of a view in a database of its own, under their short names. */
export function tablesIn<K extends string>(db: Database.Database, of: View<unknown, K>): Tables<K> {
  const tables = Object.fromEntries(Object.keys(of.tables).map((name) => [name, name])) as Tables<K>;
  createTables(db, of, tables);
  return tables;
}
