/**
 * Copies of the embedded log: made beside a service that writes, and put back in its stead. Nothing half made
 * stands under a name that counts.
 */
import {
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database, { allPages } from './driver.js';
import { SqliteLog } from './sqlite-log.js';
import { takeLock } from './lock.js';

/** When the last backup of a log was made, and how large it is; kept in the data directory. */
export interface BackupMark {
  readonly at: string;
  readonly bytes: number;
  readonly file: string;
}
export const backupMark = (dataDir: string): string => join(dataDir, 'last-backup.json');

const rests = ['-wal', '-shm', '-journal'] as const;
const removeAll = (file: string): void =>
  ['', ...rests].forEach((rest) => rmSync(`${file}${rest}`, { force: true }));
function sync(path: string): void {
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

/**
 * Copies a log that may be written meanwhile. Throws where the file exists already, or the copy is not whole.
 */
export async function backUp(log: SqliteLog, file: string, now = new Date()): Promise<BackupMark> {
  if (existsSync(file)) throw new Error(`${file} exists. Name a new file`);
  if (!existsSync(dirname(file)))
    throw new Error(`There is no folder ${dirname(file)}. Make it first, or name another file`);
  const part = `${file}.part`;
  removeAll(part);
  try {
    // All pages in one step: a source that changes in between would make it begin again, and never end beside
    // a writer.
    await log.db.backup(part, { progress: () => allPages });
    const copy = new Database(part);
    try {
      if (copy.pragma('quick_check', { simple: true }) !== 'ok')
        throw new Error(
          'the copy is not whole: the log, or the disk, is damaged. Look at it: total-place verify',
        );
      copy.pragma('journal_mode = DELETE');
    } finally {
      copy.close();
    }
    sync(part);
    renameSync(part, file);
    sync(dirname(file));
  } catch (error) {
    removeAll(part);
    const { code } = error as { code?: string };
    if (code === 'SQLITE_FULL' || code === 'ENOSPC')
      throw new Error(`There is no room for the copy: ${file} was not made. Name a file on another disk.`, {
        cause: error,
      });
    throw error;
  }
  const mark = { at: now.toISOString(), bytes: statSync(file).size, file: basename(file) };
  try {
    const name = backupMark(dirname(log.db.name));
    writeFileSync(name, JSON.stringify(mark), { mode: 0o600 });
    toOwner(name);
  } catch {
    // A folder that cannot be written to is backed up all the same; that it was is then not told.
  }
  return mark;
}

export interface Restored {
  /** Position of the last event, and when it was recorded. */
  readonly position: number;
  readonly at: string;
  /** The same position of the log that was replaced, where it could be read. */
  readonly before?: number;
  /** Where what was there before is kept, file by file. */
  readonly kept: readonly string[];
}

/**
 * Puts a backup in the place of a log. Throws, and changes nothing, while a service runs, or where the backup
 * is damaged, of another log, or no log. `check` looks at the backup and gives what is wrong with it.
 */
export async function restore(
  backup: string,
  file: string,
  check: (log: SqliteLog) => Promise<readonly string[]>,
  now = new Date(),
): Promise<Restored> {
  if (!existsSync(backup)) throw new Error(`There is no backup at ${backup}.`);
  if (existsSync(`${backup}-wal`) && statSync(`${backup}-wal`).size > 0)
    throw new Error(
      `${backup}-wal lies beside it: this was copied from a log in use, and is whole only with that. ` +
        'Make backups with total-place backup.',
    );
  mkdirSync(dirname(file), { recursive: true });
  const lock = takeLock(
    `${file}.lock`,
    'a service is running on this log. Stop it first: nothing may write what is being replaced',
  );
  const part = `${file}.part`;
  try {
    removeAll(part);
    copyFileSync(backup, part);
    const found = await looked(part, check);
    const before = existsSync(file) ? ofFile(file) : undefined;
    if (before && before.logId !== found.logId)
      throw new Error(
        `${backup} is of the log ${found.logId}, and ${file} is the log ${before.logId}. Nothing was ` +
          'changed: give the folder of that log, or an empty one.',
      );
    sync(part);
    const aside = `.replaced-${now.toISOString().replaceAll(':', '')}`;
    const kept: string[] = [];
    // What a killed service left beside its log belongs to that log, and would be taken for the backup's own.
    for (const name of [
      file,
      ...rests.map((rest) => `${file}${rest}`),
      ...['', ...rests].map((rest) => join(dirname(file), `views.db${rest}`)),
    ]) {
      if (!existsSync(name)) continue;
      // Made by looking at it, or left empty: it says nothing.
      if (/-(wal|shm|journal)$/.test(name) && (name.endsWith('-shm') || statSync(name).size === 0)) {
        rmSync(name);
        continue;
      }
      renameSync(name, `${name}${aside}`);
      kept.push(`${name}${aside}`);
    }
    renameSync(part, file);
    toOwner(file);
    toOwner(`${file}.lock`);
    sync(dirname(file));
    return { position: found.position, at: found.at, ...(before ? { before: before.position } : {}), kept };
  } finally {
    removeAll(part);
    lock.close();
  }
}

async function looked(
  file: string,
  check: (log: SqliteLog) => Promise<readonly string[]>,
): Promise<{ logId: string; position: number; at: string }> {
  let log: SqliteLog | undefined;
  try {
    log = new SqliteLog(file, { clock: 'machine', readOnly: true });
    const problems = await check(log);
    if (problems.length > 0)
      throw new Error(`The backup is not whole, and nothing was changed: ${problems.join('; ')}.`);
    const position = await log.head();
    // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- the head has an event
    const newest = log.readAll(position - 1, 1)[0]!;
    const { recordedAt } = JSON.parse(newest.body) as { recordedAt: string };
    return { logId: log.identity.logId, position, at: recordedAt };
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: { code?: string } };
    if (/^SQLITE_CORRUPT/.test(code ?? cause?.code ?? ''))
      throw new Error('The backup is damaged, and nothing was changed. Try the one before it.', {
        cause: error,
      });
    if (/^SQLITE_(NOTADB|ERROR)/.test(code ?? cause?.code ?? ''))
      throw new Error('This is no backup of a log. Nothing was changed.', { cause: error });
    throw error;
  } finally {
    await log?.close();
  }
}
/**
 * Which log a file holds, and its last position; undefined where it cannot be read any more, or was made new
 * and holds nothing yet.
 */
function ofFile(file: string): { readonly logId: string; readonly position: number } | undefined {
  const log = (() => {
    try {
      return new SqliteLog(file, { clock: 'machine', readOnly: true });
    } catch {
      return undefined;
    }
  })();
  const found = log && log.newest > 1 ? { logId: log.identity.logId, position: log.newest } : undefined;
  void log?.close();
  return found;
}

/** Files in a folder that hold a database and are none of a service's own: backups, most likely. */
export function likeBackups(dataDir: string): string[] {
  const own = /^(total-place\.db(-wal|-shm|-journal|\.lock.*|\.part.*)?|(views|reads)\.db.*)$/;
  return readdirSync(dataDir).filter((name) => !own.test(name) && isDatabase(join(dataDir, name)));
}
/** Of every file that SQLite writes. */
const firstBytes = 'SQLite format 3\0';
/** What cannot be looked at is none. */
function isDatabase(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const fd = openSync(path, 'r');
    const head = Buffer.alloc(firstBytes.length);
    readSync(fd, head, 0, firstBytes.length, 0);
    closeSync(fd);
    return head.toString('latin1') === firstBytes;
  } catch {
    return false;
  }
}
/**
 * What the superuser makes in a folder is the folder's owner's: the service that runs as that user must read
 * it.
 */
function toOwner(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  chownSync(path, uid, gid);
}
