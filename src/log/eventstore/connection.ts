/**
 * One client on one node, for as long as it is what it was. It is verified before its first use (the log's
 * identity, read on it), and a subscription on the same channel tells when the channel is another: then it is
 * given up, never mended. The client would reconnect by itself, to whatever answers at the address.
 */
import { OtherLog, type Cursor, type LogIdentity } from '../event-log.js';
import { identityOf } from '../codec.js';
import { classify, Retired, textOf, TimedOut } from './classify.js';
import type { Driver, Received } from './driver.js';
import { placeOf } from './names.js';
import { collect } from './collect.js';
import { alarm, type Timings } from './timings.js';
import type { Host } from './url.js';

export interface Expectation {
  /** The stream that holds the log's identity, namespace included. */
  readonly stream: string;
  /** Which log it must be; undefined until one was seen. */
  identity?: LogIdentity;
  /** Our newest event that is known to stand in it: written, or seen. */
  newest?: Cursor;
  /** Since when no node that was asked had it. */
  missingSince?: number | undefined;
}
/** Takes note of an event that stands in the log. */
export function noted(expectation: Expectation, event: Cursor): void {
  if (event.position > (expectation.newest?.position ?? 0))
    expectation.newest = { position: event.position, id: event.id };
}
/** There is no log of this namespace, by the word of its leader. */
export class NoLog extends Error {
  readonly host: Host;
  constructor(target: string) {
    super(`there is no log at ${target} under this namespace`);
    const colon = target.lastIndexOf(':');
    this.host = { address: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
  }
}

export class Connection {
  target = '';
  retired: Error | undefined;
  /**
   * Silences in a row, each kind for itself: a leader cut off from its peers answers reads, and a frozen one
   * answers nothing.
   */
  readonly #misses = { append: 0, read: 0, probe: 0 };
  #pending = 0;
  #answered = 0;
  #pulse: NodeJS.Timeout | undefined;
  #probing = false;
  readonly #onRetired = new Set<(reason: Error) => void>();

  constructor(
    readonly driver: Driver,
    readonly expectation: Expectation,
    readonly timings: Timings,
  ) {}

  /** Chooses a node and verifies it. Throws `OtherLog`, `NoLog`, or what the client said. */
  async open(): Promise<void> {
    const { driver, expectation, timings } = this;
    this.target = await within(timings.connectTimeout, 'no node was found', driver.connect());
    const [first] = await collect(driver.readStream(expectation.stream, 0n, 1), timings.connectTimeout).catch(
      (error: unknown) => {
        if (classify(error).kind === 'no-stream') return [];
        throw error;
      },
    );
    if (!first) {
      if (expectation.identity) throw new OtherLog(otherServer(this.target, expectation.identity));
      throw new NoLog(this.target);
    }
    const identity = identityOf({ body: first.body() });
    if (expectation.identity && identity.logId !== expectation.identity.logId)
      throw new OtherLog(otherServer(this.target, expectation.identity));
    expectation.identity ??= identity;
    await this.#upToDate();
    await within(timings.connectTimeout, 'no answer to a subscription', this.#guard(identity));
  }

  /**
   * A node that lacks what is known to be in the log is an older copy of it, or a leader cut off from the
   * others that does not know yet: nothing is decided or written there. The second ends by itself, so it is
   * asked again for a while before it is refused.
   */
  async #upToDate(): Promise<void> {
    const { driver, expectation, timings } = this;
    const { newest } = expectation;
    if (!newest) return;
    const found = await eventAt(driver, newest.position, timings.connectTimeout).catch((error: unknown) => {
      const meaning = classify(error);
      // Whoever may not read `$all` cannot follow either, and is told so there.
      if (meaning.kind === 'refused' && meaning.what === 'rights') return newest;
      throw error;
    });
    if (found?.id === newest.id) return void (expectation.missingSince = undefined);
    expectation.missingSince ??= performance.now();
    const missing =
      `${this.target} has ${found ? 'another' : 'no'} event at position ${newest.position}, where ` +
      `${newest.id} stood: it holds another log, or an older copy of this one`;
    if (!found && performance.now() - expectation.missingSince < timings.stuckAfter)
      throw new Error(`${missing}, or it is cut off from the others`);
    throw new OtherLog(
      `${missing}. Point LOG_URL at the log these views were made from, ` +
        'or move the view file away and start again to rebuild it.',
    );
  }

  /** The log's identity again, on a subscription that stays: when it ends, the channel is another one. */
  #guard(identity: LogIdentity): Promise<void> {
    return new Promise((resolve, reject) => {
      const guard = this.driver.subscribeToStream(this.expectation.stream);
      const lost = (error: Error): void => {
        guard.cancel();
        reject(error);
        this.retire(error);
      };
      guard.on('error', (error) => lost(error instanceof Error ? error : new Error(String(error))));
      guard.on('end', () => lost(new Error('the server ended the connection')));
      guard.on('readable', () => {
        for (let e = guard.read(); e; e = guard.read()) {
          if (e.revision === 0n && identityOf({ body: e.body() }).logId !== identity.logId)
            lost(new OtherLog(otherServer(this.target, identity)));
          else resolve();
        }
      });
      this.onRetired(() => guard.cancel());
    });
  }

  /**
   * Runs a call; throws `Retired` when the connection is given up first. What the call meets tells whether it
   * may go on.
   */
  async run<T>(purpose: 'append' | 'read', work: (driver: Driver) => Promise<T>): Promise<T> {
    if (this.retired) throw new Retired(textOf(this.retired));
    this.#begin();
    let off = (): void => {};
    try {
      const result = await Promise.race([
        work(this.driver),
        new Promise<never>(
          (_, reject) => (off = this.onRetired((reason) => reject(new Retired(textOf(reason))))),
        ),
      ]);
      this.#heard(purpose);
      return result;
    } catch (error) {
      const { kind } = classify(error);
      if (kind === 'silent') this.#missed(purpose, error);
      else if (kind === 'broken' || kind === 'elsewhere') this.retire(error as Error);
      else this.#heard(purpose);
      throw error;
    } finally {
      off();
      this.#end();
    }
  }

  /** Asks for a sign of life until there is one or the connection is given up. */
  async probe(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    while (!this.retired) {
      const before = this.#answered;
      try {
        await collect(this.driver.readStream(this.expectation.stream, 0n, 1), this.timings.probeTimeout);
        this.#heard('probe');
        break;
      } catch (error) {
        if (this.#answered !== before) break;
        const { kind } = classify(error);
        if (kind === 'silent') this.#missed('probe', error);
        else if (kind === 'broken' || kind === 'elsewhere') this.retire(error as Error);
        else break;
      }
    }
    this.#probing = false;
  }

  onRetired(listener: (reason: Error) => void): () => void {
    if (this.retired) listener(this.retired);
    else this.#onRetired.add(listener);
    return () => void this.#onRetired.delete(listener);
  }
  retire(reason: Error): void {
    if (this.retired) return;
    this.retired = reason;
    clearInterval(this.#pulse);
    for (const listener of [...this.#onRetired]) listener(reason);
    this.#onRetired.clear();
    this.driver.dispose();
  }

  #heard(purpose: 'append' | 'read' | 'probe'): void {
    this.#misses[purpose] = 0;
    this.#misses.probe = 0;
    this.#answered++;
  }
  /**
   * Two in a row: a node that keeps its socket open and answers nothing, which the client itself never gives
   * up.
   */
  #missed(purpose: 'append' | 'read' | 'probe', error: unknown): void {
    if (++this.#misses[purpose] >= 2)
      this.retire(new Error(`${this.target} does not answer: ${textOf(error)}`));
  }
  #begin(): void {
    if (this.#pending++ > 0) return;
    let seen = this.#answered;
    this.#pulse = setInterval(() => {
      if (this.#answered === seen) void this.probe();
      seen = this.#answered;
    }, this.timings.probeEvery);
  }
  #end(): void {
    if (--this.#pending === 0) clearInterval(this.#pulse);
  }
}

/** The event at a position of `$all`; undefined where none begins there. */
export async function eventAt(driver: Driver, position: number, ms: number): Promise<Received | undefined> {
  const found = await collect(driver.readAll(placeOf(position), 1), ms).catch((error: unknown) => {
    // A position inside a record, by the server's own words: there is no event there.
    if (classify(error).kind === 'refused' && (error as { code?: number }).code === 2) return [];
    throw error;
  });
  return found[0]?.place?.commit === BigInt(position) ? found[0] : undefined;
}

const otherServer = (target: string, identity: LogIdentity): string =>
  `The server at ${target || 'this address'} does not hold the log ${identity.logId}: it is another ` +
  'server, an emptied one, or another namespace. Point LOG_URL at the right one and start again; ' +
  'nothing is written to this one.';

function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const off = alarm(ms, () => reject(new TimedOut(`${what} within ${ms} ms`)));
    work.finally(off).then(resolve, reject);
  });
}
