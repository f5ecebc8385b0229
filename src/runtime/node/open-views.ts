/**
 * Opens the views of a node on its log; a file that is damaged, or is not of the log beside it, is set aside
 * and made anew.
 */
import { mkdirSync } from 'node:fs';
import { existing } from '../../domain/kernel/parts.js';
import type Database from '../../log/sqlite/driver.js';
import type { Reference } from '../../domain/shared/reference.js';
import { checkCursor, Notice, OtherLog } from '../../log/event-log.js';
import { setAside } from '../../log/sqlite/aside.js';
import { takeLock } from '../../log/sqlite/lock.js';
import { isDamage } from '../../projections/engine/disk.js';
import { Engine } from '../../projections/engine/engine.js';
import { views } from '../../projections/index.js';
import { Follower, type Followed } from './follower.js';
import { openViewFile, viewFile } from './view-file.js';

export interface ViewsOptions {
  readonly log: Followed;
  readonly dataDir: string;
  readonly ref: Reference;
  readonly onError?: (error: unknown) => void;
  /**
   * The whole file is looked through before it is used: what is damaged in it is else found when it is read.
   */
  readonly check?: boolean;
}

/** A node's view file, opened and locked: a second process on it would follow beside the first. */
export interface OpenViews {
  readonly file: string;
  /** The file that is in use now. */
  db(): Database.Database;
  readonly follower: Follower;
  readonly engine: Engine;
  /**
   * To be told of every error that reading views gave: where the file is damaged, another takes its place and
   * is built.
   */
  failed(error: unknown): void;
  close(): void;
}

/**
 * What readers report so soon after the file was replaced, they found in the one before: many may have been
 * reading it.
 */
const lateMs = 10_000;

/**
 * Throws `OtherLog` where the file was made from another log than the one that nodes share: which of the two
 * is meant, its operator knows.
 */
export function openViews({ log, dataDir, ref, onError = () => {}, check = false }: ViewsOptions): OpenViews {
  mkdirSync(dataDir, { recursive: true });
  const file = viewFile(dataDir);
  const lock = takeLock(
    `${file}.lock`,
    `another process keeps its views in ${dataDir}. Stop it, or give this one another DATA_DIR: each ` +
      'node has its own (a running service is asked to rebuild with --service)',
  );
  let db: Database.Database | undefined;
  const aside = (why: unknown): void => {
    db?.close();
    const name = setAside(file);
    onError(
      new Notice(
        `${file} cannot be used: ${wordsOf(why)}. It was set aside ` +
          `as ${name}, and the views are built anew from the log.`,
        { cause: why },
      ),
    );
  };
  function opened(): { readonly follower: Follower; readonly engine: Engine } {
    db = openViewFile(file);
    if (check && db.pragma('quick_check(1)', { simple: true }) !== 'ok')
      throw Object.assign(new Error('pages of it are damaged'), { code: 'SQLITE_CORRUPT' });
    const follower = new Follower(db, log, { onError, onDamage: (error) => replace(error) });
    const { position, id } = follower.cursor;
    // Of this process's own log there is no other: a file that stands elsewhere was left by a log that was
    // put back, or put away.
    if (log.readAll && position > 0) checkCursor({ position, id }, log.readAll(position - 1, 1)[0]);
    const source = {
      readAll: (after: number, limit: number) => [...(log.readAll?.(after, limit) ?? [])],
      head: () => follower.position,
      end: () => follower.end,
    };
    return { follower, engine: new Engine(db, views, ref, source) };
  }
  let made;
  try {
    try {
      made = opened();
    } catch (error) {
      if (!isDamage(error) && !(log.readAll && error instanceof OtherLog)) throw error;
      aside(error);
      made = opened();
    }
  } catch (error) {
    db?.close();
    lock.close();
    throw error;
  }
  const { follower, engine } = made;
  let closed = false;
  let replacedAt = -Infinity;
  function replace(error: unknown): void {
    if (closed) return;
    replacedAt = performance.now();
    aside(error);
    db = openViewFile(file);
    engine.moveTo(db);
    follower.moveTo(db);
  }
  return {
    file,
    db: () => existing(db, 'open view file'),
    follower,
    engine,
    failed(error) {
      if (isDamage(error) && performance.now() - replacedAt > lateMs) replace(error);
    },
    close() {
      closed = true;
      db?.close();
      lock.close();
    },
  };
}

/** Why a file cannot be used. */
function wordsOf(why: unknown): string {
  if (why instanceof OtherLog) return 'it was made from another log than the one beside it';
  return why instanceof Error ? why.message : String(why);
}
