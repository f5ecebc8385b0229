/** View `lineage`: which record names which other, in what sense, and by which event. */
import { entryOf } from '../../domain/registry.js';
import type { LinkKind } from '../../domain/kernel/links.js';
import { linksTold } from '../../domain/shared/links.js';
import { storedWithheld, view, type Recorded } from '../engine/view.js';

export interface LinkRow {
  /** Streams: `source` follows from, or rests on, `target`. */
  readonly source: string;
  readonly target: string;
  readonly kind: LinkKind;
  /** Of the source, at the event that says so. */
  readonly version: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly private: number;
  readonly position: number;
}

export const lineage = view({
  name: 'lineage',
  version: 2,
  tables: {
    links: `CREATE TABLE {links} (
        source TEXT, target TEXT, kind TEXT, version INTEGER, type TEXT NOT NULL, recordedAt TEXT NOT NULL,
        private INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (source, target, kind, version)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {links}_target ON {links} (target)`,
  },
  handlers(db, tables) {
    const put = db.prepare(`INSERT OR IGNORE INTO ${tables.links} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    return {
      each(event: Recorded) {
        for (const { kind, to, membersOnly } of linksTold(entryOf(event), event))
          put.run(
            event.stream,
            to,
            kind,
            event.version,
            event.type,
            event.recordedAt,
            storedWithheld(membersOnly || event.private),
            event.position,
          );
      },
    };
  },
  queries(db, tables) {
    const from = db.prepare<[string], LinkRow>(
      `SELECT * FROM ${tables.links} WHERE source = ? ORDER BY position, target, kind`,
    );
    const to = db.prepare<[string], LinkRow>(
      `SELECT * FROM ${tables.links} WHERE target = ? ORDER BY position, source, kind`,
    );
    return {
      /** What a record rests on. */
      from: (stream: string): LinkRow[] => from.all(stream),
      /** What rests on a record. */
      to: (stream: string): LinkRow[] => to.all(stream),
    };
  },
});
