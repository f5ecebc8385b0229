/**
 * What each event said when the views were given it, kept beside them: an event that was changed in the log
 * afterwards is told from a view that went wrong. Forty-eight bits of its SHA-256: enough to tell that it
 * changed, and no proof against who can write both files.
 */
import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { LoggedEvent } from '../../log/event-log.js';

export const digestOf = ({ body }: Pick<LoggedEvent, 'body'>): number =>
  Number.parseInt(hash('sha256', body).slice(0, 12), 16);

/** Keeps the digests of events, within a transaction of the caller's. */
export function digestsIn(db: Database): (events: readonly LoggedEvent[]) => void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS digests (position INTEGER PRIMARY KEY, digest INTEGER NOT NULL) STRICT',
  );
  const put = db.prepare<[number, number]>('INSERT OR IGNORE INTO digests VALUES (?, ?)');
  return (events) => {
    for (const e of events) put.run(e.position, digestOf(e));
  };
}
