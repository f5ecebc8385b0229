/**
 * The embedded log: one SQLite file, WAL, synchronous=FULL, group commit without a timer. A lock beside the
 * file keeps a second writer out.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from './driver.js';
import { LRUCache } from 'lru-cache';
import { identityOf, logCreated } from '../codec.js';
import {
  Conflict,
  OutcomeUnknown,
  Unavailable,
  checkAppend,
  checkCursor,
  positionOf,
  type Appended,
  type Cursor,
  type EventLog,
  type LogIdentity,
  type LogStatus,
  type LoggedEvent,
  type Since,
  type StoredEvent,
} from '../event-log.js';
import { Waiters } from '../waiting.js';
import { takeLock } from './lock.js';
import { damaged, isOfTheDevice, LogFile } from './log-file.js';

interface Request {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly StoredEvent[];
  resolve(a: Appended): void;
  reject(e: Error): void;
}

export interface SqliteLogOptions {
  readonly clock: LogIdentity['clock'];
  /** Told why the log cannot be written, once a minute while it lasts. */
  readonly onError?: (error: unknown) => void;
  /** Reading beside a writer: no lock is taken and appends are refused. */
  readonly readOnly?: boolean;
}

/**
 * Events that a follower is handed at once: reading them is one piece of work, and each of many followers
 * holds its own.
 */
const followedPage = 250;

/** Requests of one commit, and bytes of their events: more would make those who wait for it wait longer. */
const [mostRequests, mostBytes] = [512, 1_048_576];

/** Streams whose last version is at hand: those that were written or asked for last. */
const mostHeads = 50_000;

export class SqliteLog implements EventLog {
  readonly identity: LogIdentity;
  readonly contiguous = true;
  /** Called with the events of a batch once they are durable, before anybody is answered; never throws. */
  onCommitted: (events: readonly LoggedEvent[]) => void = () => {};

  readonly #file: LogFile;
  readonly #lock: Database.Database | undefined;
  readonly #heads = new LRUCache<string, { key: number; version: number }>({ max: mostHeads });
  #queue: Request[] = [];
  #scheduled = false;
  /** Followers that are level, until there is more, or the log is closed. */
  readonly #level = new Waiters();
  /** The batch written last: followers that are level take it as it is instead of reading it again. */
  #latest: readonly LoggedEvent[] = [];
  #head: number;
  #closed = false;
  #sealed: string | undefined;

  constructor(file: string, options: SqliteLogOptions) {
    const { clock, readOnly = false, onError = () => {} } = options;
    if (readOnly) {
      if (!existsSync(file))
        throw new Error(
          `There is no log at ${file}. Name its folder with --data-dir (the demo’s is ./var/demo)`,
        );
    } else {
      mkdirSync(dirname(file), { recursive: true });
      this.#lock = takeLock(
        `${file}.lock`,
        'another process is writing this log. Stop it first; ' +
          'reading beside it (backup, export, verify) is allowed',
      );
    }
    let opened: LogFile | undefined;
    try {
      opened = this.#file = new LogFile(file, {
        readOnly,
        onError,
        durableHead: () => this.#head,
        onReopened: () => this.#reopened(),
      });
      this.identity = identityOf(this.#first(clock));
      this.#head = this.#sql.head.get() ?? 0;
    } catch (error) {
      opened?.close();
      this.#lock?.close();
      throw damaged(file, error);
    }
    if (!readOnly && this.identity.clock !== clock) {
      void this.close();
      throw new Error(
        this.identity.clock === 'simulated'
          ? `${file} is a demo's log with a simulated clock: open it with "demo", or give another DATA_DIR`
          : `${file} is a real log: the demo does not touch it. Give the demo another --data-dir`,
      );
    }
  }

  /** The log's first event, made where the file is new. */
  #first(clock: LogIdentity['clock']): StoredEvent {
    const first = this.#sql.after.all(0, 1)[0];
    if (first) return first;
    const created = logCreated(clock);
    this.#sql.insert.run(
      1,
      Number(this.#sql.addStream.run(created.stream).lastInsertRowid),
      1,
      created.id,
      created.type,
      created.body,
    );
    return created;
  }

  /** The file, as it is open now. */
  get db(): Database.Database {
    return this.#file.db;
  }
  get #sql(): LogFile['sql'] {
    return this.#file.sql;
  }

  async read(stream: string, after = 0, max = -1): Promise<readonly LoggedEvent[]> {
    try {
      return this.#sql.read.all(stream, after, max);
    } catch (error) {
      throw new Unavailable('the log cannot be read', { cause: error });
    }
  }

  /** Events after a position, at most `limit`: for views, exports and feeds in this process. */
  readAll(after: number, limit: number): LoggedEvent[] {
    try {
      return this.#sql.after.all(after, limit);
    } catch (error) {
      throw new Unavailable('the log cannot be read', { cause: error });
    }
  }

  /** Position of the newest event; of a log that is open for reading only, as it was opened. */
  get newest(): number {
    return this.#head;
  }

  append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    checkAppend(stream, expected, events);
    return new Promise<Appended>((resolve, reject) => {
      if (this.#closed || !this.#lock)
        return reject(new Unavailable(this.#lock ? 'the log is closed' : 'the log is open for reading only'));
      this.#queue.push({ stream, expected, events, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  /** What is written in one commit; what waits longer is the next batch. */
  #take(): Request[] {
    let bytes = 0;
    let count = 0;
    for (const { events } of this.#queue) {
      if (count >= mostRequests || bytes >= mostBytes) break;
      count++;
      for (const e of events) bytes += e.body.length;
    }
    return this.#queue.splice(0, count);
  }

  #flush(): void {
    const batch = this.#take();
    if (batch.length === 0) return;
    let settle: (() => void)[];
    try {
      this.#file.ready();
      settle = this.#commit(batch);
    } catch (error) {
      // That the log has moved is no trouble of the disk's.
      if (!this.#sealed) this.#file.failed((error as Error).cause ?? error, bytesOf(batch));
      settle = batch.map((r) => () => r.reject(error as Error));
    }
    for (const s of settle) s();
    this.#level.wake();
  }

  #commit(batch: readonly Request[]): (() => void)[] {
    const { begin, commit, insert } = this.#sql;
    const settle: (() => void)[] = [];
    const written: LoggedEvent[] = [];
    let position = this.#head;
    try {
      begin.run();
    } catch (error) {
      throw new Unavailable('the log cannot be written', { cause: error });
    }
    const sealed = this.#sql.seal?.get();
    if (sealed) {
      this.#undone();
      this.#sealed = sealed;
      throw new Unavailable(
        `the log was sealed on ${sealed}: it has moved, or is about to. LOG_URL must name the new one`,
      );
    }
    try {
      for (const r of batch) {
        const head = this.#headOf(r.stream);
        if (head.version !== r.expected) {
          const actual = head.version;
          settle.push(() => r.reject(new Conflict(actual)));
          continue;
        }
        for (const e of r.events) {
          insert.run(++position, head.key, e.version, e.id, e.type, e.body);
          written.push({ ...e, position });
        }
        head.version += r.events.length;
        const done = { version: head.version, position };
        settle.push(() => r.resolve(done));
      }
    } catch (error) {
      this.#undone();
      throw new Unavailable('the log cannot be written', { cause: error });
    }
    try {
      commit.run();
    } catch (error) {
      // Of a write or a sync that failed, the disk may hold all, some or nothing; its word on it now is worth
      // nothing either.
      if (isOfTheDevice(error)) {
        this.#file.doubt();
        this.#undone();
        throw new OutcomeUnknown('the disk failed at a commit', { cause: error });
      }
      const open = this.db.inTransaction;
      this.#undone();
      if (open) throw new Unavailable('the log cannot be written', { cause: error });
      this.#file.failed(error, bytesOf(batch));
      return this.#settleByReading(batch, error);
    }
    this.#head = position;
    this.#file.written();
    if (written.length > 0) {
      this.#latest = written;
      this.onCommitted(written);
    }
    return settle;
  }

  #undone(): void {
    this.#heads.clear();
    try {
      if (this.db.inTransaction) this.#sql.rollback.run();
    } catch {
      this.#file.doubt();
    }
  }

  /** What the failed commit left is there or gone: who follows is told of it like of anything else. */
  #reopened(): void {
    this.#heads.clear();
    this.#latest = [];
    this.#head = this.#sql.head.get() ?? 0;
    this.#level.wake();
  }

  /** COMMIT threw and no transaction is open: the heads say what happened. */
  #settleByReading(batch: readonly Request[], cause: unknown): (() => void)[] {
    return batch.map((request) => {
      try {
        const events = this.#sql.read.all(request.stream, request.expected, -1);
        const mine = events[0] !== undefined && events[0].id === request.events[0]?.id;
        const last = events[request.events.length - 1];
        this.#head = this.#sql.head.get() ?? 0;
        if (mine && last) return () => request.resolve({ version: last.version, position: last.position });
        return () => request.reject(new Unavailable('the log cannot be written', { cause }));
      } catch {
        return () => request.reject(new OutcomeUnknown('the log did not answer after a commit', { cause }));
      }
    });
  }

  #headOf(stream: string): { key: number; version: number } {
    let head = this.#heads.get(stream);
    if (!head) {
      const known = this.#sql.stream.get(stream);
      const key = known ?? Number(this.#sql.addStream.run(stream).lastInsertRowid);
      head = { key, version: known === undefined ? 0 : (this.#sql.version.get(key) ?? 0) };
      this.#heads.set(stream, head);
    }
    return head;
  }

  /** What a follower is given after a position; nothing where it is level. */
  #next(after: number): readonly LoggedEvent[] {
    if (this.#lock !== undefined && after >= this.#head) return [];
    return this.#latest[0]?.position === after + 1 ? this.#latest : this.readAll(after, followedPage);
  }

  async follow(
    from: number | Cursor,
    onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    let after = positionOf(from);
    checkCursor(from, after > 0 ? this.readAll(after - 1, 1)[0] : undefined);
    while (!signal.aborted && !this.#closed) {
      const batch = this.#next(after);
      const last = batch.at(-1);
      if (last) {
        await onBatch(batch);
        after = last.position;
        continue;
      }
      await this.#level.next(Infinity, signal);
    }
  }

  async since(position: number, max: number): Promise<Since> {
    const events = this.readAll(position, max);
    return { events, all: events.length < max };
  }

  async head(): Promise<number> {
    // Beside a writer of another process the newest is only in the file.
    return this.#lock ? this.#head : (this.#sql.head.get() ?? 0);
  }

  status(): LogStatus {
    const { trouble } = this.#file;
    const lastError = this.#sealed ? `the log was sealed on ${this.#sealed}` : trouble;
    const open = trouble === undefined ? 'ready' : 'not-writable';
    return {
      state: this.#closed ? 'away' : open,
      ...(lastError ? { lastError } : {}),
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    while (this.#queue.length > 0) this.#flush();
    this.#closed = true;
    this.#level.wake();
    this.#file.close();
    this.#lock?.close();
  }
}

const bytesOf = (batch: readonly Request[]): number =>
  batch.reduce((n, r) => n + r.events.reduce((m, e) => m + e.body.length, 0), 0);
