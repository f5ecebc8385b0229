/** The tables of the embedded log, and every statement it runs on them, prepared once. */
import type Database from './driver.js';
import type { LoggedEvent } from '../event-log.js';

// The file keeps these texts as they stand: a line that is broken here is none there.
export const schema =
  '\n  CREATE TABLE IF NOT EXISTS streams (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;\n' +
  '  CREATE TABLE IF NOT EXISTS events (\n' +
  '    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL, ' +
  'id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL\n' +
  '  ) STRICT;\n' +
  '  CREATE TABLE IF NOT EXISTS probe (one INTEGER PRIMARY KEY CHECK (one = 1), ' +
  'at TEXT NOT NULL, fill BLOB NOT NULL) STRICT;\n' +
  '  CREATE TABLE IF NOT EXISTS seal (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL) STRICT;\n' +
  '  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, version);';

/** Views once stood in the log's own file. They stand beside it now, and are made anew there. */
export function dropViews(db: Database.Database): void {
  const names = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const old = names.filter((name) => name === 'views' || name === 'reactors' || /_v\d+_g\d+$/.test(name));
  if (old.length > 0) db.transaction(() => old.forEach((name) => db.exec(`DROP TABLE ${name}`)))();
}

export function statementsOf(db: Database.Database) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    // Looked at inside every append's transaction: whoever sealed the log from another process is obeyed at
    // once.
    seal: db.readonly ? undefined : db.prepare<[], string>('SELECT at FROM seal').pluck(),
    // Whether so much can be written, asked of the file where nobody writes; its room is given back by a
    // second one of nothing.
    probe: db.readonly
      ? undefined
      : db.prepare<[string, number]>('INSERT OR REPLACE INTO probe VALUES (1, ?, zeroblob(?))'),
    head: db.prepare<[], number>('SELECT position FROM events ORDER BY position DESC LIMIT 1').pluck(),
    stream: db.prepare<[string], number>('SELECT key FROM streams WHERE name = ?').pluck(),
    addStream: db.prepare<[string]>('INSERT INTO streams (name) VALUES (?)'),
    version: db
      .prepare<[number], number>('SELECT version FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1')
      .pluck(),
    insert: db.prepare<[number, number, number, string, string, string]>(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)',
    ),
    // As many as there are where the limit is negative.
    read: db.prepare<[string, number, number], LoggedEvent>(
      `SELECT e.position, e.id, s.name AS stream, e.version, e.type, e.body FROM streams s
        JOIN events e ON e.stream = s.key WHERE s.name = ? AND e.version > ? ORDER BY e.version LIMIT ?`,
    ),
    after: db.prepare<[number, number], LoggedEvent>(
      `SELECT e.position, e.id, s.name AS stream, e.version, e.type, e.body FROM events e
        JOIN streams s ON s.key = e.stream WHERE e.position > ? ORDER BY e.position LIMIT ?`,
    ),
  };
}
