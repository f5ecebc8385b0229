/**
 * The one follower of a node: events of the log into the node's own view file, effect and cursor in one
 * transaction, one after the other. What this process itself has written it is given at once (`take`).
 * Whoever wants to see events after the views have (reactors, live streams) asks the follower, not the log.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { decode } from '../../log/codec.js';
import {
  OtherLog,
  Unavailable,
  type Cursor,
  type EventLog,
  type LoggedEvent,
  type LogIdentity,
} from '../../log/event-log.js';
import type { Engine } from '../../projections/engine/engine.js';
import { isDamage, isOfTheDisk } from '../../projections/engine/disk.js';
import { digestsIn } from './digests.js';
import { Onlookers } from './onlookers.js';
import { untilDone } from '../../log/waiting.js';

/**
 * Events in one transaction: so many that catching up is fast, so few that the process answers in between.
 */
const chunk = 200;

/** A log to follow; one of this process can be read without waiting. */
export type Followed = Pick<EventLog, 'identity' | 'follow' | 'head'> & {
  readonly readAll?: (after: number, limit: number) => readonly LoggedEvent[];
};

/** The last event applied, and when it was recorded. */
interface Applied extends Cursor {
  readonly at: string;
}
const nothing: Applied = { position: 0, id: '', at: '' };
const applied = (event: LoggedEvent): Applied => ({
  position: event.position,
  id: event.id,
  at: event.decoded
    ? decode(event).recordedAt
    : ((JSON.parse(event.body) as { recordedAt?: string }).recordedAt ?? ''),
});

/** Where the views of a file stand, which may be new; throws `OtherLog` where they were made from another. */
function cursorIn(db: Database, { logId }: LogIdentity): Applied {
  db.exec(
    `CREATE TABLE IF NOT EXISTS cursor (
        one INTEGER PRIMARY KEY CHECK (one = 1), log TEXT NOT NULL, position INTEGER NOT NULL,
        id TEXT NOT NULL, at TEXT NOT NULL
      ) STRICT`,
  );
  const stored = db.prepare<[], Applied & { log: string }>('SELECT log, position, id, at FROM cursor').get();
  if (stored && stored.log !== logId)
    throw new OtherLog(
      `These views were made from the log ${stored.log}, and LOG_URL leads to ` +
        `the log ${logId}. Point LOG_URL at the first one, or move the view ` +
        'file (views.db in DATA_DIR) away and start again to rebuild it.',
    );
  if (!stored) db.prepare("INSERT INTO cursor VALUES (1, ?, 0, '', '')").run(logId);
  return stored ? { position: stored.position, id: stored.id, at: stored.at } : nothing;
}

const statementsOf = (db: Database) => ({
  inTransaction: (): boolean => db.inTransaction,
  begin: db.prepare('BEGIN IMMEDIATE'),
  commit: db.prepare('COMMIT'),
  rollback: db.prepare('ROLLBACK'),
  keep: digestsIn(db),
  // Moves forward only: an event at or below the cursor is not of this log.
  move: db.prepare('UPDATE cursor SET position = @position, id = @id, at = @at WHERE position < @position'),
});

export interface FollowerOptions {
  readonly onError?: (error: unknown) => void;
  /** Puts another file in the place of one that is damaged, and hands it to `moveTo`. */
  readonly onDamage?: (error: unknown) => void;
}

/** How long the log or the disk is left alone before what it could not do is tried again. */
const triedAgain = { backoffMin: 100, backoffMax: 5_000 };

export class Follower {
  /** On the file in use. */
  #sql: ReturnType<typeof statementsOf>;
  #engine: Engine | undefined;
  #cursor: Applied;
  readonly #onlookers: Onlookers;
  readonly #closing = new AbortController();
  /** Ends what runs on one file. */
  #turn = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #built: Promise<void> = Promise.resolve();
  #end = 0;
  /** Up to where this process gave what it wrote itself: the log gives it once more. */
  #taken = 0;
  /** Set when the log turned out to be another one: the views are not moved again by this process. */
  refused: OtherLog | undefined;
  lastError: string | undefined;

  /** Throws `OtherLog` where the file was made from another log. */
  constructor(
    db: Database,
    readonly log: Followed,
    readonly options: FollowerOptions = {},
  ) {
    this.#cursor = cursorIn(db, log.identity);
    this.#onlookers = new Onlookers(log, () => this.#cursor.position);
    this.#sql = statementsOf(db);
  }

  /**
   * Goes on with another file, of this log, which the engine has gone on with already. What was followed
   * before is followed on.
   */
  moveTo(db: Database): void {
    this.#turn.abort();
    // How far the log reaches is known, though the new file holds nothing yet.
    this.#end = this.end;
    this.#cursor = cursorIn(db, this.log.identity);
    this.#sql = statementsOf(db);
    this.#onlookers.moved([]);
    if (this.#engine) this.#begin(this.#engine);
  }

  /** Position of the last event applied to the live views; 0 while there are none. */
  get position(): number {
    return this.#cursor.position;
  }
  /** The last event applied to the live views. */
  get cursor(): Cursor {
    return this.#cursor;
  }
  /** When the last event applied was recorded, by the log's clock; empty while there is none. */
  get at(): string {
    return this.#cursor.at;
  }
  /** Position of the newest event, as last heard of. */
  get end(): number {
    return Math.max(this.#end, this.#cursor.position);
  }
  /** Resolves when no view is being built any more, and rejects when the log is refused. */
  get built(): Promise<void> {
    return this.#built;
  }
  head(): Promise<number> {
    return this.log.head();
  }

  /** Builds what is to be built and follows. */
  start(engine: Engine): { readonly built: Promise<void> } {
    this.#engine = engine;
    this.#begin(engine);
    return { built: this.#built };
  }

  /** Builds what was asked for since, beside what is live. */
  build(): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, this.#turn.signal]);
    const before = this.#built;
    this.#built = before
      .catch(() => {})
      .then(() => this.#untilDone(signal, async () => this.#engine && this.#build(this.#engine, signal)));
    this.#built.catch(() => {});
    return this.#built;
  }

  #begin(engine: Engine): void {
    const before = this.#running;
    this.#turn = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, this.#turn.signal]);
    const build = this.#untilDone(signal, () => this.#build(engine, signal));
    this.#built = build.then(() => {
      if (this.refused) throw this.refused;
    });
    this.#built.catch(() => {});
    // A file with a cursor goes on at once, whatever is built beside it; a new one begins where its first
    // build ends.
    const follow = async (): Promise<void> => {
      if (this.#cursor.position === 0) await build;
      if (this.refused) return;
      await this.#untilDone(signal, () => {
        const { position, id } = this.#cursor;
        return this.log.follow(
          position === 0 ? 0 : { position, id },
          (events) => this.#apply(engine, events, signal),
          signal,
        );
      });
    };
    this.#running = Promise.all([before, build, follow()]);
  }

  /** What the log or the disk could not do now is tried again; another log than the one before never. */
  #untilDone(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    return untilDone(work, triedAgain, signal, (error) => {
      this.#failed(error);
      if (error instanceof OtherLog) this.refused = error;
      return error instanceof OtherLog;
    });
  }
  #failed(error: unknown): void {
    const cause = error instanceof Unavailable ? (error.cause as Error | undefined)?.message : undefined;
    this.lastError = `${error instanceof Error ? error.message : String(error)}${cause ? ` (${cause})` : ''}`;
    this.options.onError?.(error);
    if (isDamage(error)) this.options.onDamage?.(error);
  }

  async #build(engine: Engine, signal: AbortSignal): Promise<void> {
    if (!this.log.readAll) return this.#buildFollowing(engine, signal);
    while (!signal.aborted && engine.step()) await nextTurn();
    if (signal.aborted || this.#cursor.position > 0) return;
    const to = engine.livePosition() ?? (await this.log.head());
    for (let at = 0; at < to && !signal.aborted; await nextTurn()) {
      const events = this.log.readAll(at, Math.min(chunk, to - at));
      const last = events.at(-1);
      if (!last) return;
      at = last.position;
      this.#transaction(engine, () => {
        this.#sql.keep(events);
        const cursor = at >= to ? applied(last) : undefined;
        if (cursor) this.#sql.move.run(cursor);
        return () => cursor && this.#moved(cursor, []);
      });
    }
  }

  /**
   * Builds from a log that cannot be read without waiting: by a second reading, until it meets the cursor.
   */
  async #buildFollowing(engine: Engine, signal: AbortSignal): Promise<void> {
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
          const last = events.at(-1);
          const finished =
            last === undefined || events.length < Math.min(chunk, batch.length - i) || last.position >= goal;
          this.#transaction(engine, () => {
            const committed = engine.feed(events, finished);
            const at = finished && !beside && last ? applied(last) : undefined;
            if (!beside) this.#sql.keep(events);
            if (at) this.#sql.move.run(at);
            return () => {
              committed();
              if (at) this.#moved(at, []);
            };
          });
          if (finished || engine.buildsFrom() === undefined) stop.abort();
          await nextTurn();
        }
      },
      AbortSignal.any([signal, stop.signal]),
    );
  }

  /**
   * What this process has just written, applied at once where the views are level with it: in the turn of its
   * commit, before it is answered. Never throws: where they are not level, or it fails, it comes by the log
   * as what others wrote does.
   */
  take(events: readonly LoggedEvent[]): void {
    const engine = this.#engine;
    const last = events.at(-1);
    if (
      !engine ||
      !last ||
      this.refused ||
      this.#cursor.position === 0 ||
      events[0]?.position !== this.#cursor.position + 1
    )
      return;
    try {
      this.#applyNow(engine, events);
      this.#taken = last.position;
    } catch (error) {
      this.#failed(error);
    }
  }

  async #apply(engine: Engine, batch: readonly LoggedEvent[], signal: AbortSignal): Promise<void> {
    const [first] = batch;
    const isNew = first !== undefined && this.#taken < first.position;
    const given = isNew ? batch : batch.filter((e) => e.position > this.#taken);
    for (let i = 0; i < given.length; i += chunk) {
      if (i > 0) await nextTurn();
      if (signal.aborted) return;
      this.#applyNow(engine, given.slice(i, i + chunk));
    }
  }

  #applyNow(engine: Engine, events: readonly LoggedEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return;
    const at = applied(last);
    this.#transaction(engine, () => {
      // The cursor first: what does not belong after it is not shown to any view.
      if (first.position <= this.#cursor.position || this.#sql.move.run(at).changes !== 1)
        throw new OtherLog(
          `The log gave the event ${first.id} at position ${first.position}, and these views ` +
            `already stand at ${this.#cursor.position}: it is another log, or an older copy of this one. ` +
            'Point LOG_URL at the log these views were made from, or move the view file (views.db in ' +
            'DATA_DIR) away and start again to rebuild it.',
        );
      this.#sql.keep(events);
      engine.apply(events);
      return () => this.#moved(at, events);
    });
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
        if (this.#sql.inTransaction()) this.#sql.rollback.run();
        engine.rolledBack();
        if (error instanceof OtherLog || isOfTheDisk(error) || !engine.stopCurrent(error)) throw error;
        this.options.onError?.(error);
      }
    }
  }

  #moved(cursor: Applied, events: readonly LoggedEvent[]): void {
    this.#cursor = cursor;
    this.lastError = undefined;
    this.#onlookers.moved(events);
  }

  /** True once the live views have seen a position; false when they have not within `ms`. */
  waitForPosition(position: number, ms: number): Promise<boolean> {
    return this.#onlookers.waitForPosition(position, ms);
  }
  /** As `EventLog.follow`, and never ahead of this node's views. */
  follow(
    from: number | Cursor,
    onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#onlookers.follow(from, onBatch, signal);
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }
}
