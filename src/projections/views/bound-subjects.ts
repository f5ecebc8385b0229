/**
 * Whom each issuer's subject is bound to: the first account by position. What two nodes bound at once to
 * another is no binding (docs/rules/account.md#bound-twice). Kept by each view that asks.
 */
import type { Database } from 'better-sqlite3';
import { memberOf } from '../../domain/registry.js';
import type { Recorded, Tables } from '../engine/view.js';

export const boundTables = {
  subjects: `CREATE TABLE {subjects} (
      binding TEXT PRIMARY KEY, account TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
} as const;

/** Notes what an event binds to its account, and unbinds; true where its subject is another account's. */
export function binder(
  db: Database,
  tables: Tables<keyof typeof boundTables>,
): (event: Recorded, account: string) => boolean {
  const bind = db.prepare(`INSERT OR IGNORE INTO ${tables.subjects} VALUES (?, ?)`);
  const unbind = db.prepare(`DELETE FROM ${tables.subjects} WHERE binding = ? AND account = ?`);
  const bound = db
    .prepare<[string], string>(`SELECT account FROM ${tables.subjects} WHERE binding = ?`)
    .pluck();
  return (event, account) => {
    const [binding, from] = [memberOf(event, 'account', 'binding'), memberOf(event, 'account', 'from')];
    if (from !== undefined) unbind.run(from, account);
    if (binding === undefined) return false;
    bind.run(binding, account);
    return bound.get(binding) !== account;
  };
}
