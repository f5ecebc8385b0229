/**
 * A running node gives a copy of its view file away: whole, consistent, with what the receiver needs to check
 * it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { existing } from '../../domain/kernel/parts.js';
import Database from '../../log/sqlite/driver.js';

export interface ViewsCopy {
  /** Id of the log it was made from, and the position up to which. */
  readonly log: string;
  readonly position: number;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
  /** Must be read to its end or destroyed: the next copy is made after that. */
  readonly content: Readable;
}

/** So few pages at once that the node answers in between. */
const pages = 250;

/** Makes copies one at a time; `ready` says whether there is anything to copy. */
export function copies(
  db: () => Database.Database,
  dataDir: string,
  ready: () => boolean,
): () => Promise<ViewsCopy | undefined> {
  const file = join(dataDir, 'views.db.given');
  const remove = (): void => rmSync(file, { force: true });
  let busy = false;
  return async () => {
    if (busy || !ready()) return undefined;
    busy = true;
    try {
      // What a process that ended halfway left.
      remove();
      // By the connection that writes: what it commits meanwhile is taken in, and nothing begins again.
      await db().backup(file, { progress: () => pages });
      const { log, position } = finished(file);
      const { size } = statSync(file);
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
      const content = createReadStream(file);
      content.once('close', () => {
        remove();
        busy = false;
      });
      return { log, position, size, sha256: hash.digest('hex'), content };
    } catch (error) {
      remove();
      busy = false;
      throw error;
    }
  };
}

/** One file without a journal beside it; gives where it stands. */
function finished(file: string): { log: string; position: number } {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = DELETE');
    const cursor = db.prepare<[], { log: string; position: number }>('SELECT log, position FROM cursor');
    return existing(cursor.get(), `cursor in ${file}`);
  } finally {
    db.close();
  }
}
