/** How the files of this process are set: the log's and the views' alike. */
import type Database from './driver.js';

/** So long SQLite waits for another process that holds a lock; everybody waits with it. */
export const busyMs = 5_000;
/** Pages in the journal from which on it is copied into the file: so many that most commands do not wait. */
const journalPages = 4_000;
/** Bytes that the journal keeps of the disk: what a long reader made of it is given back once it is gone. */
const journalBytes = 64 * 2 ** 20;
/** Of pages in memory. */
const cacheKibibytes = 32 * 2 ** 10;

/** For a file that is written: how long its journal grows. */
export function setJournal(db: Database.Database): void {
  db.pragma(`wal_autocheckpoint = ${journalPages}`);
  db.pragma(`journal_size_limit = ${journalBytes}`);
}
/** For every file: how long it waits, and what of it is held in memory. */
export function setReading(db: Database.Database): void {
  db.pragma(`busy_timeout = ${busyMs}`);
  // A negative number is in kibibytes.
  db.pragma(`cache_size = -${cacheKibibytes}`);
}
