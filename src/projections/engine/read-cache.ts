/**
 * Rows read lately, by table: whoever lists a hundred records reads and parses those again that were written
 * since, and no other. The handlers of a table drop what they write, and everything when a batch is rolled
 * back; readers share what is kept, and may not change it.
 */
import type { Database } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';

/** By the file, the one thing that a table's handlers and readers, which are made apart, have in common. */
const tables = new WeakMap<Database, Map<string, unknown>>();
/** What is kept of a table: one for its handlers and all its readers, made as whoever asks first says. */
export function lately<V extends object>(
  db: Database,
  table: string,
  most: LRUCache.Options<string, V, unknown>,
): LRUCache<string, V> {
  let kept = tables.get(db);
  if (!kept) tables.set(db, (kept = new Map()));
  // A table's rows are of one type, whoever asks.
  let rows = kept.get(table) as LRUCache<string, V> | undefined;
  if (!rows) kept.set(table, (rows = new LRUCache(most)));
  return rows;
}

/** What several readers share, none may change. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
