/** An exclusive lock that the system gives back when the process ends, however it ends. */
import Database from './driver.js';

/**
 * Throws when another holds it (`busy` says what that means and what to do), and, in other words, where the
 * folder cannot be written.
 */
export function takeLock(file: string, busy: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(file, { timeout: 0 });
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS writer (pid INTEGER)');
    return lock;
  } catch (error) {
    lock?.close();
    const { code = '', message } = error as { code?: string; message: string };
    if (/^SQLITE_BUSY/.test(code)) throw new Error(`${busy} (${file} is locked)`, { cause: error });
    throw new Error(
      `${file} cannot be written: ${message} (${code}). Is the disk full, or mounted for reading only, ` +
        'or does the folder belong to another user?',
      { cause: error },
    );
  }
}
