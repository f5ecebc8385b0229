/** An exclusive lock that the system gives back when the process ends, however it ends. */
import Database from '../driver.js';

/** Throws when another holds it: `busy` says what that means and what to do. */
export function takeLock(file: string, busy: string): Database.Database {
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS writer (pid INTEGER)');
    return lock;
  } catch (error) {
    lock.close();
    throw new Error(`${busy} (${file} is locked)`, { cause: error });
  }
}
