/**
 * The file of the embedded log while it is open: opened anew where a commit left in doubt what of it is on
 * the disk, and tried now and then while it cannot be written.
 */
import { existsSync, statSync } from 'node:fs';
import Database from './driver.js';
import { Unavailable } from '../event-log.js';
import { busyMs, setJournal, setReading } from './pragmas.js';
import { dropViews, schema, statementsOf } from './statements.js';
import { Trouble } from './trouble.js';

const tryAgainMs = 5_000;

function openFile(file: string, readonly: boolean): Database.Database {
  const db = new Database(file, { readonly });
  if (!readonly) {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    setJournal(db);
  }
  setReading(db);
  return db;
}

export interface LogFileOptions {
  readonly readOnly: boolean;
  /** Told why the log cannot be written, once a minute while it lasts. */
  readonly onError: (error: unknown) => void;
  /** Position of the newest event that is known to be on the disk. */
  readonly durableHead: () => number;
  /** The file was opened anew, or found writable again: nothing that was known of it may be used. */
  readonly onReopened: () => void;
}

/** Bytes of the pages that a commit writes besides. */
const pagesBeside = 65_536;

export class LogFile {
  db: Database.Database;
  sql: ReturnType<typeof statementsOf>;
  readonly #trouble: Trouble;
  #inDoubt = false;
  #trying: NodeJS.Timeout | undefined;
  /** Bytes of the largest attempt that failed: room for less is no room. */
  #wanted = 0;

  /** Throws in words that say what to do where the file is damaged. */
  constructor(
    readonly file: string,
    readonly options: LogFileOptions,
  ) {
    this.#trouble = new Trouble(options.onError);
    let db: Database.Database | undefined;
    try {
      db = openFile(file, options.readOnly);
      if (!options.readOnly) {
        db.exec(schema);
        dropViews(db);
      }
      this.db = db;
      this.sql = statementsOf(db);
    } catch (error) {
      db?.close();
      throw damaged(file, error);
    }
  }

  /** Why the last attempt to write failed; undefined since one came about. */
  get trouble(): string | undefined {
    return this.#trouble.cause;
  }

  /**
   * A commit failed so that the disk may hold all of it, some or nothing: nothing is written before the file
   * was opened anew and read.
   */
  doubt(): void {
    this.#inDoubt = true;
  }

  /**
   * To be called before anything is written. Throws `Unavailable` while the file is in doubt and cannot be
   * opened anew.
   */
  ready(): void {
    if (!this.#inDoubt) return;
    try {
      this.#openAnew(false);
      this.#bringToDisk();
      this.#inDoubt = false;
    } catch (error) {
      // What cannot be written may be read meanwhile.
      if (!this.db.open) this.#openAnew(true);
      throw new Unavailable('the log cannot be opened again', { cause: error });
    }
    this.options.onReopened();
  }
  /**
   * What is there is brought to the disk once more: what the disk said of it before is worth nothing. Beside
   * a process that reads an old moment that cannot be done, and need not be where nothing of the failed
   * commit is there: the next one is written over it.
   */
  #bringToDisk(): void {
    this.db.pragma('busy_timeout = 0');
    try {
      const [{ busy }] = this.db.pragma('wal_checkpoint(TRUNCATE)') as [{ readonly busy: number }];
      if (busy !== 0 && (this.sql.head.get() ?? 0) > this.options.durableHead())
        throw new Error(
          'what a failed commit left cannot be brought to the disk while another process reads the ' +
            'file: end that one (fuser -v finds it)',
        );
    } finally {
      this.db.pragma(`busy_timeout = ${busyMs}`);
    }
  }
  #openAnew(readonly: boolean): void {
    try {
      if (this.db.open) this.db.close();
      this.db = openFile(this.file, readonly);
      this.sql = statementsOf(this.db);
    } catch (error) {
      if (!readonly) throw error;
    }
  }

  written(): void {
    if (this.#trouble.cause === undefined) return;
    this.#wanted = 0;
    this.#stopTrying();
    this.#trouble.over();
  }

  /**
   * An attempt to write failed. It is tried again now and then: whoever asks whether the log is ready must
   * not have to write to it.
   */
  failed(error: unknown, bytes: number): void {
    this.#wanted = Math.max(this.#wanted, bytes);
    this.#trouble.failed(error);
    this.#trying ??= setInterval(() => this.#tryAgain(), tryAgainMs).unref();
  }
  #tryAgain(): void {
    try {
      this.ready();
      // Its events, and their rows in the index.
      this.sql.probe?.run(new Date().toISOString(), 2 * this.#wanted + pagesBeside);
      this.sql.probe?.run(new Date().toISOString(), 0);
      this.written();
      this.options.onReopened();
    } catch (error) {
      if (isOfTheDevice(error)) this.#inDoubt = true;
      this.#trouble.failed((error as Error).cause ?? error);
    }
  }
  #stopTrying(): void {
    clearInterval(this.#trying);
    this.#trying = undefined;
  }

  close(): void {
    this.#stopTrying();
    this.db.close();
  }
}

/** The device failed, or the file system under it: not that there was no room. */
export const isOfTheDevice = (error: unknown): boolean =>
  /^SQLITE_(IOERR|CORRUPT|NOTADB|PROTOCOL)/.test((error as { code?: string } | null)?.code ?? '');

/** A file that is damaged, in words that say what to do; every other error as it is. */
export function damaged(file: string, error: unknown): unknown {
  const { code = '', message } = error as { code?: string; message: string };
  if (!/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return error;
  const left =
    existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0
      ? ` ${file}-wal lies beside it: if a backup was copied over the log of a service that was killed, ` +
        'the two do not belong together.'
      : '';
  return new Error(
    `${file} cannot be read: ${message}.${left} Put a backup ` +
      'back with total-place restore; it keeps what it replaces.',
    { cause: error },
  );
}
