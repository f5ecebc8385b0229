/**
 * The file of a node's views, beside the log and never part of it: what is in it can be made again from the
 * log, so a power cut may take its last transactions, and a file that is damaged is set aside and made anew.
 */
import { join } from 'node:path';
import Database from '../../log/sqlite/driver.js';
import { setJournal, setReading } from '../../log/sqlite/pragmas.js';

export const viewFile = (dataDir: string): string => join(dataDir, 'views.db');

/** Opens the file, or makes it. Throws the driver's error where it is damaged or no database. */
export function openViewFile(file: string): Database.Database {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = WAL');
    // What a power cut takes is applied again from the log: effect and cursor are one transaction.
    db.pragma('synchronous = NORMAL');
    setJournal(db);
    setReading(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
