/**
 * The one follower of a node: events of the log into the node's own view file, effect and cursor in one transaction, one after
 * the other. Whoever wants to see events after the views have (reactors, live streams) asks the follower, not the log.
 */
import type { Database } from 'better-sqlite3';
import { OtherLog, type Cursor, type EventLog, type LoggedEvent } from '../log/event-log.js';
import type { Engine } from '../projections/engine.js';
import { Recent } from './recent.js';

/** Events in one transaction: so many that catching up is fast, so few that the process answers in between. */
const chunk = 200;
/** The file could not be written: nothing a view could have done better. */
const ofTheDisk = (error: unknown): boolean => /^SQLITE_(FULL|IOERR|READONLY|NOMEM|CORRUPT|BUSY|CANTOPEN)/.test((error as { code?: string } | null)?.code ?? '');
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The last event applied, and when it was recorded. */
interface Applied extends Cursor {
  readonly at: string;
}
const applied = (e: LoggedEvent): Applied => ({ position: e.position, id: e.id, at: (JSON.parse(e.body) as { recordedAt?: string }).recordedAt ?? '' });

export class Follower {
  readonly #db: Database;
  readonly #sql;
  readonly #recent: Recent;
  readonly #abort = new AbortController();
  readonly #waiting = new Set<{ position: number; resolve: () => void }>();
  #cursor: Applied;
  #running: Promise<void> = Promise.resolve();
  #end = 0;
  /** Set when the log turned out to be another one: the views are not moved again by this process. */
  refused: OtherLog | undefined;
  lastError: string | undefined;

  constructor(
    db: Database,
    readonly log: Pick<EventLog, 'identity' | 'follow' | 'head'>,
    readonly onError: (error: unknown) => void = () => {},
  ) {
    this.#db = db;
    db.exec('CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), log TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL) STRICT');
    const { logId } = log.identity;
    const stored = db.prepare<[], Applied & { log: string }>('SELECT log, position, id, at FROM cursor').get();
    if (stored && stored.log !== logId)
      throw new OtherLog(
        `These views were made from the log ${stored.log}, and LOG_URL leads to the log ${logId}. Point LOG_URL at the first one, or move the view file (views.db in DATA_DIR) away and start again to rebuild it.`,
      );
    if (!stored) db.prepare("INSERT INTO cursor VALUES (1, ?, 0, '', '')").run(logId);
    this.#cursor = stored ? { position: stored.position, id: stored.id, at: stored.at } : { position: 0, id: '', at: '' };
    this.#recent = new Recent(this.#cursor.position);
    this.#sql = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
      // Moves forward only: an event at or below the cursor is not of this log.
      move: db.prepare('UPDATE cursor SET position = @position, id = @id, at = @at WHERE position < @position'),
    };
  }

  /** Position of the last event applied to the live views; 0 while there are none. */
  get position(): number {
    return this.#cursor.position;
  }
  /** When the last event applied was recorded, by the log's clock; empty while there is none. */
  get at(): string {
    return this.#cursor.at;
  }
  /** Position of the newest event, as last heard of. */
  get end(): number {
    return Math.max(this.#end, this.#cursor.position);
  }
  head(): Promise<number> {
    return this.log.head();
  }

  /** Builds what is to be built and follows; `built` resolves when no view is being built any more, and rejects when the log is refused. */
  start(engine: Engine): { readonly built: Promise<void> } {
    const { signal } = this.#abort;
    const again = async (work: () => Promise<void>): Promise<void> => {
      for (let wait = 100; !signal.aborted; wait = Math.min(wait * 2, 5_000)) {
        try {
          return await work();
        } catch (error) {
          this.lastError = error instanceof Error ? error.message : String(error);
          if (signal.aborted) return;
          this.onError(error);
          if (error instanceof OtherLog) return void (this.refused = error);
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, wait);
            signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
          });
        }
      }
    };
    const build = again(() => this.#build(engine));
    const built = build.then(() => {
      if (this.refused) throw this.refused;
    });
    built.catch(() => {});
    // A file with a cursor goes on at once, whatever is built beside it; a new one begins where its first build ends.
    const follow = async (): Promise<void> => {
      if (this.#cursor.position === 0) await build;
      if (!this.refused)
        await again(() => this.log.follow(this.#cursor.position === 0 ? 0 : { position: this.#cursor.position, id: this.#cursor.id }, (events) => this.#apply(engine, events), signal));
    };
    this.#running = Promise.all([build, follow()]).then(() => {});
    return { built };
  }

  async #build(engine: Engine): Promise<void> {
    const from = engine.buildsFrom();
    if (from === undefined) return;
    const stop = new AbortController();
    this.#end = await this.log.head();
    const target = this.#end;
    await this.log.follow(
      from,
      async (batch) => {
        for (let i = 0; i < batch.length && !stop.signal.aborted; i += chunk) {
          const beside = this.#cursor.position > 0;
          const goal = beside ? this.#cursor.position : target;
          const events = batch.slice(i, i + chunk).filter((e) => !beside || e.position <= goal);
          const finished = events.length < Math.min(chunk, batch.length - i) || events.at(-1)!.position >= goal;
          this.#transaction(engine, () => {
            const committed = engine.feed(events, finished);
            const last = events.at(-1);
            const at = finished && !beside && last ? applied(last) : undefined;
            if (at) this.#sql.move.run(at);
            return () => {
              committed();
              if (at) this.#moved(at, []);
            };
          });
          if (finished || engine.buildsFrom() === undefined) stop.abort();
          await pause();
        }
      },
      AbortSignal.any([this.#abort.signal, stop.signal]),
    );
  }

  async #apply(engine: Engine, batch: readonly LoggedEvent[]): Promise<void> {
    for (let i = 0; i < batch.length; i += chunk) {
      if (i > 0) await pause();
      if (this.#abort.signal.aborted) return;
      const events = batch.slice(i, i + chunk);
      const at = applied(events.at(-1)!);
      this.#transaction(engine, () => {
        // The cursor first: what does not belong after it is not shown to any view.
        if (events[0]!.position <= this.#cursor.position || this.#sql.move.run(at).changes !== 1)
          throw new OtherLog(
            `The log gave the event ${events[0]!.id} at position ${events[0]!.position}, and these views already stand at ${this.#cursor.position}: it is another log, or an older copy of this one. ` +
              'Point LOG_URL at the log these views were made from, or move the view file (views.db in DATA_DIR) away and start again to rebuild it.',
          );
        engine.apply(events);
        return () => this.#moved(at, events);
      });
    }
  }

  /** One transaction; a view whose handler fails stops, and the rest of it is done again without. */
  #transaction(engine: Engine, work: () => () => void): void {
    for (;;) {
      this.#sql.begin.run();
      try {
        const committed = work();
        this.#sql.commit.run();
        return committed();
      } catch (error) {
        if (this.#db.inTransaction) this.#sql.rollback.run();
        engine.rolledBack();
        if (error instanceof OtherLog || ofTheDisk(error) || !engine.stopCurrent(error)) throw error;
        this.onError(error);
      }
    }
  }

  #moved(cursor: Applied, events: readonly LoggedEvent[]): void {
    this.#cursor = cursor;
    this.lastError = undefined;
    this.#recent.add(cursor.position, events);
    for (const w of [...this.#waiting]) if (w.position <= cursor.position) w.resolve();
  }

  /** True once the live views have seen a position; false when they have not within `ms`. */
  async seen(position: number, ms: number): Promise<boolean> {
    if (this.#cursor.position >= position) return true;
    return await new Promise<boolean>((resolve) => {
      const end = (yes: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        resolve(yes);
      };
      const waiter = { position, resolve: () => end(true) };
      const timer = setTimeout(() => end(false), ms);
      this.#waiting.add(waiter);
    });
  }

  /** As `EventLog.follow`, and never ahead of this node's views. */
  async follow(from: number | Cursor, onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void, signal: AbortSignal): Promise<void> {
    let after = typeof from === 'number' ? from : from.position;
    while (!signal.aborted) {
      if (after < this.#recent.since) after = await this.#past(after, onBatch, signal);
      else {
        const events = this.#recent.after(after);
        if (events.length === 0) await this.#recent.more(signal);
        else {
          await onBatch(events);
          after = events.at(-1)!.position;
        }
      }
    }
  }

  /** What is no longer kept is read from the log, up to where what is kept begins. */
  async #past(from: number, onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void, signal: AbortSignal): Promise<number> {
    let after = from;
    const met = new AbortController();
    await this.log.follow(
      from,
      async (batch) => {
        const seen = batch.filter((e) => e.position <= this.#cursor.position);
        if (met.signal.aborted) return;
        if (seen.length > 0) {
          await onBatch(seen);
          after = seen.at(-1)!.position;
        }
        if (after >= this.#recent.since || seen.length < batch.length) met.abort();
      },
      AbortSignal.any([signal, met.signal]),
    );
    return after;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }
}
