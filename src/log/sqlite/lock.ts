/** One writer a log: a lock beside the file. */
import Database from '../driver.js';

/** An exclusive lock that the system gives back when the process ends, however it ends. */
export function takeLock(file: string): Database.Database {
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS writer (pid INTEGER)');
    return lock;
  } catch (error) {
    lock.close();
    throw new Error(`another process is writing this log (${file} is locked). Stop it first; reading beside it (backup, export, verify) is allowed`, { cause: error });
  }
}
