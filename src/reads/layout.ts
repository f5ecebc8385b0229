/**
 * The tables of the file of reads. What many reads have in common (accounts, addresses, records, places, tags
 * of grants) is a word: a row and its indexes hold its number, which is what makes a read cheap to keep.
 */
import type Database from '../log/sqlite/driver.js';

/** The first held every word in every row; its rows stay as they are until their days are over. */
const layout = 2;
/** Where the rows of the first layout stand now. */
export const earlierTable = 'earlier';

const schema = `
  CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS reads (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, account INTEGER NOT NULL, grants INTEGER NOT NULL,
    method TEXT NOT NULL, path INTEGER NOT NULL, query TEXT NOT NULL, record INTEGER, placeId INTEGER,
    version INTEGER, status INTEGER NOT NULL, code TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS by_record ON reads (record) WHERE record IS NOT NULL;
  CREATE INDEX IF NOT EXISTS by_account ON reads (account);
  CREATE INDEX IF NOT EXISTS by_place ON reads (placeId) WHERE placeId IS NOT NULL;
  CREATE INDEX IF NOT EXISTS by_path ON reads (path);
  CREATE TABLE IF NOT EXISTS days (
    day TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS gaps (
    seq INTEGER PRIMARY KEY, since TEXT, until TEXT NOT NULL, why TEXT NOT NULL, count INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS grants (tag TEXT PRIMARY KEY, names TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS file (node TEXT NOT NULL, open TEXT) STRICT;`;

export const hasTable = (db: Database.Database, name: string): boolean =>
  db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined;

/** Only when a file is opened: nobody walks along it then. */
function dropEarlierIfEmpty(db: Database.Database): void {
  if (!hasTable(db, earlierTable)) return;
  const row = db.prepare(`SELECT 1 FROM ${earlierTable} LIMIT 1`).get();
  if (row === undefined) db.exec(`DROP TABLE ${earlierTable}`);
}

/**
 * Makes the tables where they are not there. Rows of the first layout are set beside them and none is moved,
 * so that a large file opens as quickly as a small one; once all of them are too old their table goes. Throws
 * where newer software made the file.
 */
export function layOut(db: Database.Database): void {
  const found = db.pragma('user_version', { simple: true }) as number;
  if (found === layout) {
    dropEarlierIfEmpty(db);
    return;
  }
  if (found > layout)
    throw new Error(
      `the file of reads is of layout ${found}, and this software knows ${layout}: run the newer one`,
    );
  db.transaction(() => {
    if (hasTable(db, 'reads')) db.exec(`ALTER TABLE reads RENAME TO ${earlierTable}`);
    db.exec(schema);
    db.pragma(`user_version = ${layout}`);
  })();
}
