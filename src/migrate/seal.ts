/** Stops all writing to a log before the last pass of a copy. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from '../log/sqlite/driver.js';
import type { EventLog } from '../log/event-log.js';

/** When the embedded log in a file was sealed; undefined where it is open. */
export function sealedAt(file: string): string | undefined {
  const db = open(file, true);
  try {
    const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'seal'").get();
    return known === undefined ? undefined : db.prepare<[], string>('SELECT at FROM seal').pluck().get();
  } finally {
    db.close();
  }
}

/**
 * Seals the embedded log, beside the process that writes it: the flag is looked at inside every append's
 * transaction, so what was acknowledged before is in the log, and nothing comes after. Survives restarts.
 * Gives the time of the seal.
 */
export function sealFile(file: string, now = new Date().toISOString()): string {
  const db = open(file, false);
  try {
    db.exec(
      'CREATE TABLE IF NOT EXISTS seal (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL) STRICT',
    );
    db.prepare('INSERT OR IGNORE INTO seal VALUES (1, ?)').run(now);
    return db.prepare<[], string>('SELECT at FROM seal').pluck().get() ?? now;
  } finally {
    db.close();
  }
}

/** Opens a sealed log again: only where nothing was written to the new one. */
export function unsealFile(file: string): void {
  const db = open(file, false);
  db.exec('DELETE FROM seal');
  db.close();
}

function open(file: string, readonly: boolean): Database.Database {
  if (!existsSync(file)) throw new Error(`There is no log at ${file}.`);
  const db = new Database(file, { readonly, fileMustExist: true });
  db.pragma('busy_timeout = 10000');
  // A seal that a power cut could take back would be none.
  if (!readonly) db.pragma('synchronous = FULL');
  return db;
}

/** Watches a log's head: true when nothing was added for so long that no append can be under way any more. */
export async function unchanged(log: Pick<EventLog, 'head'>, ms: number): Promise<boolean> {
  const before = await log.head();
  for (const until = Date.now() + ms; Date.now() < until; await sleep(Math.min(500, ms)))
    if ((await log.head()) !== before) return false;
  return (await log.head()) === before;
}
