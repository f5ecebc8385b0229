/** A view file copied whole, beside the node that writes it (SQLite's own backup): effect and cursor as one transaction left them. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import Database from '../log/driver.js';
import { viewFile } from './node.js';

export interface CopiedViews {
  readonly log: string;
  readonly position: number;
}

/** `from` is a view file or the folder of one. Throws where the new node has a view file already, or `from` is no whole view file. */
export async function copyViews(from: string, dataDir: string): Promise<CopiedViews> {
  if (!existsSync(from)) throw new Error(`There is nothing at ${from}.`);
  const source = statSync(from).isDirectory() ? viewFile(from) : from;
  if (!existsSync(source)) throw new Error(`${from} holds no view file (views.db).`);
  const target = viewFile(dataDir);
  if (existsSync(target)) throw new Error(`${target} exists. Move it away first: a node's views are copied into a new node only.`);
  mkdirSync(dataDir, { recursive: true });
  const part = `${target}.part`;
  rmSync(part, { force: true });
  const db = new Database(source, { readonly: true, fileMustExist: true });
  try {
    // All pages in one step: a source that changes in between would make it begin again.
    await db.backup(part, { progress: () => 2 ** 31 - 1 });
  } finally {
    db.close();
  }
  const copy = new Database(part);
  try {
    if (copy.pragma('quick_check', { simple: true }) !== 'ok') throw new Error(`${source} is damaged. Copy another node's file, or start without one.`);
    const cursor = copy.prepare<[], CopiedViews>('SELECT log, position FROM cursor').get();
    if (!cursor || cursor.position === 0) throw new Error(`${source} is still being built. Wait until that node is ready.`);
    copy.pragma('journal_mode = DELETE');
    copy.close();
    renameSync(part, target);
    return cursor;
  } catch (error) {
    copy.close();
    rmSync(part, { force: true });
    throw (error as { code?: string }).code === 'SQLITE_ERROR' ? new Error(`${source} is no view file of a node.`) : error;
  }
}
