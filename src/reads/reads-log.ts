/**
 * The log of reads (docs/rules/shared.md#reads): noted in memory, written each second, kept for so many days.
 * It stops nobody: while it cannot be written, reads wait in memory, and what does not fit there is counted;
 * the file then says from when to when reads are missing, and the operator is told meanwhile.
 */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, londonDate } from '../domain/shared/calendar.js';
import { Notice } from '../log/event-log.js';
import { setAside } from '../log/sqlite/aside.js';
import { Trouble } from '../log/sqlite/trouble.js';
import { isDamage } from '../projections/engine/disk.js';
import { tieAt, type Walk } from '../projections/engine/walk.js';
import type { Gap, Read } from './read.js';
import { ReadsFile, type GapSpot, type ReadFilter } from './reads-file.js';
import type { ReadSpot } from './rows.js';

export const readsFile = (dataDir: string): string => join(dataDir, 'reads.db');

/** Days for which a read is kept where nothing else is configured: a year, and a month to look at it. */
export const usualKeptDays = 400;

/** What a crash may lose. */
const flushEveryMs = 1_000;
/** While it cannot be written. */
const tryAgainMs = 5_000;
/** Reads written in one piece, with one wait for the disk: others wait as long, 10 to 25 ms. */
const rowsAtOnce = 4_000;
/** Reads that wait in memory at most: some ten MiB. */
const mostWaiting = 20_000;
/** Rows taken out in one piece when their days are over. */
const prunedAtOnce = 2_000;
/** Where what is not written yet stands among what is: after it. */
const afterAll = Number.MAX_SAFE_INTEGER - 100;
/** Bytes of the disk that are left to the log: what was done comes before what was read. */
const leftToTheLog = 32 * 2 ** 20;

export interface ReadsOptions {
  readonly dataDir: string;
  readonly clock: { now(): string; doubt?(): string | undefined };
  readonly keptDays?: number;
  readonly onError?: (error: unknown) => void;
  /** Reads that wait at most. */
  readonly most?: number;
  /** Bytes that are free on the disk of a folder. */
  readonly room?: (dataDir: string) => number;
}

/** How the log of reads is, for its operator. */
export interface ReadsStatus {
  /** `not-written`: reads are answered, and wait to be written, or are counted as missing. */
  readonly state: 'ready' | 'not-written';
  /** Reads that are not in the file yet. */
  readonly waiting: number;
  /** Reads that could not be kept since the process began. */
  readonly missing: number;
  /** Attempts to write that failed since the process began. */
  readonly failures: number;
  readonly lastError?: string;
}

/** The file of reads cannot be read now. */
export class ReadsUnreadable extends Error {
  override readonly name = 'ReadsUnreadable';
}

/** There is no room, or another process holds the file: nothing is wrong with what is there. */
const isOfTheMoment = (error: unknown): boolean =>
  /^SQLITE_(FULL|BUSY)/.test((error as { code?: string } | null)?.code ?? '');

/** Free bytes; as many as one likes where the system does not say. */
function roomOn(dataDir: string): number {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** What one commit holds. */
interface Batch {
  /** The newest row before it. */
  readonly after: number;
  readonly reads: number;
  readonly lost: number;
  /** It holds how many are missing, too. */
  readonly saysLost: boolean;
}

export class ReadsLog {
  readonly #options: Required<ReadsOptions>;
  readonly #path: string;
  readonly #trouble: Trouble;
  #file: ReadsFile | undefined;
  /** It was, by this process. */
  #opened = false;
  /** Noted and not yet written, in order. */
  #waiting: Read[] = [];
  /** To be written before what waits: what is missing from before it. */
  #gaps: Gap[] = [];
  #lost = 0;
  #lostSince: string | undefined;
  #missing = 0;
  /** A commit that failed. */
  #inDoubt: Batch | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #soon = false;
  /** The day up to which days were pruned. */
  #prunedTo = '';
  #closed = false;

  /** Opens nothing: that is done when there is something to write or to read. */
  constructor({
    keptDays = usualKeptDays,
    onError = () => {},
    most = mostWaiting,
    room = roomOn,
    ...options
  }: ReadsOptions) {
    this.#options = { keptDays, onError, most, room, ...options };
    this.#path = readsFile(options.dataDir);
    this.#trouble = new Trouble(onError, () => performance.now(), {
      begun: (cause) =>
        `Reads cannot be logged: ${cause}. They are answered all the same; ${most} wait to be written, and ` +
        'what comes after these will be counted as missing.',
      over: (seconds) => `Reads are logged again, after ${seconds} seconds.`,
    });
  }

  get status(): ReadsStatus {
    const { cause } = this.#trouble;
    return {
      state: cause === undefined ? 'ready' : 'not-written',
      waiting: this.#waiting.length,
      missing: this.#missing,
      failures: this.#failures,
      ...(cause === undefined ? {} : { lastError: cause }),
    };
  }

  /** Keeps a read: it is written within a second. */
  note(read: Read): void {
    if (this.#waiting.length >= this.#options.most) {
      this.#lost++;
      this.#missing++;
      this.#lostSince ??= read.at;
    } else this.#waiting.push(read);
    if (this.#closed) return;
    if (this.#waiting.length >= rowsAtOnce && !this.#soon && this.#trouble.cause === undefined) {
      this.#soon = true;
      setImmediate(() => {
        this.#soon = false;
        this.flush();
      });
    }
    this.#plan(flushEveryMs);
  }

  #plan(afterMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.flush()) this.#plan(tryAgainMs);
      else if (this.prune()) this.#plan(flushEveryMs);
    }, afterMs).unref();
  }

  /** Writes what waits; false where that failed, which was told. */
  flush(): boolean {
    if (this.#waiting.length === 0 && this.#lost === 0 && this.#gaps.length === 0) return true;
    if (this.#closed) return false;
    try {
      if (this.#options.room(this.#options.dataDir) < leftToTheLog)
        throw new Error(
          `less than ${leftToTheLog / 2 ** 20} MiB are free on the disk, which are left to the log itself`,
        );
      this.#mended(() => this.#write());
      this.#trouble.over();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #write(): void {
    do {
      const file = this.#open();
      const reads = this.#waiting.slice(0, rowsAtOnce);
      const lost = reads.length === this.#waiting.length ? this.#lostNow() : [];
      const batch = { after: file.newest, reads: reads.length, lost: this.#lost, saysLost: lost.length > 0 };
      try {
        file.write(this.#gaps, reads, lost);
      } catch (error) {
        this.#inDoubt = batch;
        throw error;
      }
      this.#written(batch);
    } while (this.#waiting.length > 0);
  }
  /** A batch stands in the file. */
  #written({ reads, lost, saysLost }: Batch): void {
    this.#waiting = this.#waiting.slice(reads);
    this.#gaps = [];
    if (!saysLost) return;
    this.#lost -= lost;
    this.#lostSince = this.#lost > 0 ? this.#options.clock.now() : undefined;
  }

  /** What did not fit, and is not written yet. */
  #lostNow(): Gap[] {
    if (this.#lost === 0) return [];
    const until = this.#options.clock.now();
    return [{ since: this.#lostSince, until, why: 'not-written', count: this.#lost }];
  }

  #open(): ReadsFile {
    if (this.#file) return this.#file;
    if (this.#closed) throw new Error('the service is closing');
    const file = new ReadsFile(this.#path);
    this.#file = file;
    const batch = this.#inDoubt;
    if (batch) {
      // A commit that failed may stand there all the same; what the disk said of it then is worth nothing.
      file.bringToDisk();
      if (file.newest > batch.after) this.#written(batch);
      this.#inDoubt = undefined;
    }
    // Opened again, it was left open by this process.
    if (!this.#opened && file.leftOpen !== undefined)
      this.#gaps.push({
        since: file.leftOpen,
        until: this.#options.clock.now(),
        why: 'process-ended',
        count: undefined,
      });
    this.#opened = true;
    return file;
  }

  /** Does something with the file; where it is damaged, sets it aside and does it with a new one. */
  #mended<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#letGo();
      this.#inDoubt = undefined;
      const name = setAside(this.#path);
      const until = this.#options.clock.now();
      this.#gaps.unshift({ since: undefined, until, why: 'file-damaged', count: undefined });
      this.#options.onError(
        new Notice(
          `${this.#path} cannot be used: ${(error as Error).message}. It was set aside as ${name}, and ` +
            'reads are logged in a new one: keep it for whoever audits.',
          { cause: error },
        ),
      );
      return work();
    }
  }

  #failed(error: unknown): void {
    this.#failures++;
    // What of a commit stands on a device that failed is known when the file is opened anew.
    if (!isOfTheMoment(error)) this.#letGo();
    this.#trouble.failed(error);
  }
  #letGo(): void {
    try {
      this.#file?.close(false);
    } catch {
      // It is opened anew, or set aside.
    }
    this.#file = undefined;
  }

  /**
   * Takes out what is older than is kept; true where there is more to take out. By a clock in doubt nothing
   * is too old.
   */
  prune(): boolean {
    const { clock, keptDays } = this.#options;
    if (!this.#file || this.#closed || clock.doubt?.() !== undefined) return false;
    const day = addDays(londonDate(clock.now()), -keptDays);
    if (day <= this.#prunedTo) return false;
    try {
      if (this.#file.prune(day, prunedAtOnce)) return true;
      this.#prunedTo = day;
    } catch (error) {
      this.#failed(error);
    }
    return false;
  }

  /** What of the file is asked, what waits being written before. Throws `ReadsUnreadable`. */
  #asked<T>(ask: (file: ReadsFile) => T): T {
    try {
      return this.#mended(() => ask(this.#open()));
    } catch (error) {
      this.#failed(error);
      throw new ReadsUnreadable('the log of reads cannot be read', { cause: error });
    }
  }

  /**
   * Reads in order, newest or oldest first. The filter names what they are found by; who asks sifts by the
   * rest. Throws `ReadsUnreadable`, and so does the walk.
   */
  walk(filter: ReadFilter): Walk<ReadSpot> {
    this.flush();
    const walk = this.#asked((file) => file.walk(filter));
    return (from) => this.#asked(() => walk(from));
  }
  /** What is missing of the reads of some days, with what waits to be written. Throws `ReadsUnreadable`. */
  gaps({ from = '', to = '9999-12-31' }: Pick<ReadFilter, 'from' | 'to'>): GapSpot[] {
    const written = this.#asked((file) => file.gaps());
    const [first] = this.#waiting;
    const until = this.#options.clock.now();
    const waits: Gap[] = first
      ? [{ since: first.at, until, why: 'not-written', count: this.#waiting.length }]
      : [];
    const now = [...this.#gaps, ...waits, ...this.#lostNow()].map((gap, index) => {
      const key = afterAll + index;
      return { ...gap, key, tie: tieAt(key) };
    });
    return [...written, ...now].filter(
      ({ since, until }) => londonDate(until) >= from && (since === undefined || londonDate(since) <= to),
    );
  }
  /** The names of the grants behind a tag. Throws `ReadsUnreadable`. */
  grantsOf(tag: string): readonly string[] {
    return this.#asked((file) => file.grantsOf(tag));
  }
  /** By which the reads of this node's file are told from another's. Throws `ReadsUnreadable`. */
  get node(): string {
    return this.#asked((file) => file.node);
  }

  /** Writes what waits and closes the file; what cannot be written is told, and the file says so later. */
  close(): void {
    clearTimeout(this.#timer);
    const written = this.flush();
    this.#closed = true;
    try {
      this.#file?.close(written);
    } catch (error) {
      this.#options.onError(error);
    }
    this.#file = undefined;
  }
}
