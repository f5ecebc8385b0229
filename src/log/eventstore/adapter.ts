/**
 * The log on EventStoreDB: exact expected revisions on the leader, ids frozen across re-sends, every read
 * bounded, one connection for writing and reading and one for each follower. Everything the client gets wrong
 * is kept away from the rest of the house here.
 */
import { setMaxListeners } from 'node:events';
import {
  OtherLog,
  positionOf,
  Unavailable,
  type Appended,
  type Cursor,
  type EventLog,
  type LogIdentity,
  type LoggedEvent,
  type LogStatus,
  type Since,
  type StoredEvent,
} from '../event-log.js';
import { Appends } from './appends.js';
import { textOf } from './classify.js';
import { noted, type Expectation } from './connection.js';
import type { MakeDriver } from './driver.js';
import { Follower } from './follower.js';
import { Line } from './line.js';
import { placeOf, serverName } from './names.js';
import { collect } from './collect.js';
import { Reads } from './reads.js';
import type { Timings } from './timings.js';

export interface AdapterOptions {
  readonly namespace: string;
  readonly identity: LogIdentity;
  readonly timings: Timings;
  readonly make: MakeDriver;
}

export class EventStoreLog implements EventLog {
  readonly identity: LogIdentity;
  readonly contiguous = false;
  readonly #namespace: string;
  readonly #timings: Timings;
  readonly #make: MakeDriver;
  readonly #expectation: Expectation;
  readonly #line: Line;
  readonly #reads: Reads;
  readonly #appends: Appends;
  readonly #followers = new Set<Follower>();
  readonly #closing = new AbortController();
  constructor({ namespace, identity, timings, make }: AdapterOptions) {
    // Every waiting append listens to it.
    setMaxListeners(0, this.#closing.signal);
    this.identity = identity;
    this.#namespace = namespace;
    this.#timings = timings;
    this.#make = make;
    this.#expectation = { stream: serverName(namespace, 'log-identity'), identity };
    this.#line = this.#newLine('main');
    this.#reads = new Reads(this.#line, namespace, timings, this.#closing.signal);
    this.#appends = new Appends(this.#line, this.#reads, namespace, timings, this.#closing.signal);
  }
  #newLine(role: string): Line {
    return new Line(role, this.#make, this.#expectation, this.#timings, (error) => this.#refuse(error));
  }
  /** From now on nothing is written or followed: it takes a person to say which log is meant. */
  #refuse(error: OtherLog): void {
    this.#line.refuse(error);
    for (const f of this.#followers) f.line.refuse(error);
  }

  append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    return this.#appends.append(stream, expected, events);
  }
  read(stream: string, after = 0, max = Infinity): Promise<readonly LoggedEvent[]> {
    return this.#reads.stream(stream, after, max);
  }
  head(): Promise<number> {
    return this.#reads.head();
  }
  since(position: number, max: number): Promise<Since> {
    return this.#reads.since(position, max);
  }

  async follow(
    from: number | Cursor,
    onBatch: (events: readonly LoggedEvent[]) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    const follower = new Follower({
      line: this.#newLine(`follower`),
      namespace: this.#namespace,
      timings: this.#timings,
      from,
      onBatch,
      signal: AbortSignal.any([signal, this.#closing.signal]),
      onSeen: (seen, newest) => void this.#reads.know(seen, newest),
      end: async () => {
        const main = await this.#line.connection(this.#timings.probeTimeout, this.#closing.signal);
        const [e] = await main.run('read', (d) => collect(d.readAll('end', 1), this.#timings.probeTimeout));
        return e?.place?.commit ?? -1n;
      },
    });
    if (this.#line.refusal instanceof OtherLog) throw this.#line.refusal;
    if (positionOf(from) > 0) this.#reads.know(placeOf(positionOf(from)).commit, positionOf(from));
    if (typeof from !== 'number' && from.position > 0) noted(this.#expectation, from);
    this.#followers.add(follower);
    try {
      await follower.run();
    } catch (error) {
      if (error instanceof OtherLog) this.#refuse(error);
      throw error;
    } finally {
      this.#followers.delete(follower);
      follower.line.close();
    }
  }

  status(): LogStatus {
    const { refusal, current, reached, lastError } = this.#line;
    const lags = [...this.#followers].map((f) => f.lag);
    const { lastRefusal, barred } = this.#appends.refusals;
    const problem =
      refusal?.message ??
      lastRefusal ??
      this.#reads.refusal ??
      lastError ??
      [...this.#followers].map((f) => f.line.lastError).find(Boolean);
    let state: LogStatus['state'] = reached ? 'away' : 'starting';
    if (refusal) state = 'refused';
    else if (current && !current.retired) state = barred ? 'not-writable' : 'ready';
    return {
      state,
      ...(lags.length > 0 && lags.every((l) => l !== undefined)
        ? { lag: Math.max(...(lags as number[])) }
        : {}),
      ...(problem ? { lastError: problem } : {}),
      ...(current && !current.retired ? { leader: current.target } : {}),
    };
  }

  /** Waits for the first contact; throws `OtherLog` or, in time, `Unavailable`. */
  async reached(ms: number): Promise<void> {
    await this.#line.connection(ms).catch((error: unknown) => {
      throw error instanceof OtherLog ? error : new Unavailable(textOf(error));
    });
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await this.#appends.idle(this.#timings.appendBudget);
    this.#closing.abort();
    this.#line.close();
  }
}
