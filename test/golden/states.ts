/**
 * The states that views keep as rows, each as it is in the beginning: a member that is new is not there in
 * rows of before, so a view that folds the record is built anew, by its version.
 */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { contentHash } from '../../src/domain/kernel/hash.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import Database from '../../src/log/sqlite/driver.js';
import { views } from '../../src/projections/index.js';

export interface Folding {
  readonly version: number;
  /** Hashes of the states it folds, by record. */
  readonly states: Readonly<Record<string, string>>;
}
export type Foldings = Readonly<Record<string, Folding>>;

export const statesFile = new URL('states.json', import.meta.url);
export const recorded = (): Foldings => JSON.parse(readFileSync(statesFile, 'utf8')) as Foldings;

/** No record of the demo’s first morning. */
const notInTheDemo: Readonly<Record<string, readonly string[]>> = { register: ['waiver'] };

/** What the views of a data directory of the demo fold. */
export function foldings(dataDir: string): Foldings {
  const db = new Database(join(dataDir, 'views.db'), { readonly: true });
  try {
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '*_rows_v*'")
      .pluck()
      .all();
    return Object.fromEntries(
      views.flatMap(({ name, version }) => {
        const table = tables.find((found) => found.startsWith(`${name.replaceAll('-', '_')}_rows_`));
        if (!table) return [];
        const found = db.prepare<[], string>(`SELECT DISTINCT aggregate FROM ${table}`).pluck().all();
        const records = [...new Set([...found, ...(notInTheDemo[name] ?? [])])].sort();
        return [
          [
            name,
            {
              version,
              states: Object.fromEntries(
                records.map((record) => [record, contentHash(aggregateNamed(record).initial())]),
              ),
            },
          ],
        ];
      }),
    );
  } finally {
    db.close();
  }
}

/** What would stop a view on rows of before: a state that changed under the same version. */
export const stale = (was: Foldings, is: Foldings): string[] =>
  Object.entries(is).flatMap(([view, { version, states }]) =>
    was[view]?.version === version
      ? Object.entries(states).flatMap(([record, hash]) =>
          was[view]!.states[record] === hash
            ? []
            : [
                `${view} keeps ${record} with what it had before: raise the view's version, then npm run golden`,
              ],
        )
      : [],
  );
