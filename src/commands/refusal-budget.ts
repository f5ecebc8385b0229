/**
 * How many refusals of an account are recorded within a minute: a log that anybody may fill is no record. By
 * the machine's clock, as every limit of a rate: a demo's own clock stands, or runs through a week in a
 * minute. Counted where commands are decided, by each node for itself: to count what stands in the account's
 * stream, every command, the good ones too, would have to read it first.
 */
export const refusalsAMinute = 60;
const minute = 60_000;
/** Accounts kept at once; from there on those whose minute is over are forgotten. */
const maxWindows = 1000;

/** The account has been refused so often that nothing more of it is decided within this minute. */
export class TooManyRefusals extends Error {
  constructor(readonly retryAfterMs: number) {
    super('too many refusals');
  }
}

interface Window {
  until: number;
  recorded: number;
  /** Commands turned away since, of which no recorded refusal tells yet. */
  unrecorded: number;
}

export class RefusalBudget {
  readonly #windows = new Map<string, Window>();
  /** `machine`: milliseconds that only go forward. */
  constructor(readonly machine: () => number = () => performance.now()) {}

  /** Turns a command of an account away whose minute is full. */
  admit(account: string): void {
    const wait = this.#wait(account);
    if (wait > 0) throw this.turnAway(account, wait);
  }

  /**
   * Room for one more recorded refusal, with how many commands it has to tell of; undefined where there is
   * none.
   */
  take(account: string): number | undefined {
    if (this.#wait(account) > 0) return undefined;
    const now = this.machine();
    let window = this.#windows.get(account);
    if (!window || window.until <= now) {
      if (this.#windows.size >= maxWindows) this.#forget(now);
      window = { until: now + minute, recorded: 0, unrecorded: window?.unrecorded ?? 0 };
      this.#windows.set(account, window);
    }
    window.recorded++;
    const { unrecorded } = window;
    window.unrecorded = 0;
    return unrecorded;
  }

  /** Counts a refusal that was told and not recorded: of a preview. */
  spend(account: string): void {
    const unrecorded = this.take(account);
    if (unrecorded) this.#window(account).unrecorded += unrecorded;
  }

  /** Remembers a command that goes undecided, and says until when. */
  turnAway(account: string, wait = this.#wait(account)): TooManyRefusals {
    this.#window(account).unrecorded++;
    return new TooManyRefusals(Math.max(1, wait));
  }

  /** What was taken and in the end not recorded. */
  giveBack(account: string, unrecorded: number): void {
    const window = this.#window(account);
    window.recorded = Math.max(0, window.recorded - 1);
    window.unrecorded += unrecorded;
  }

  /** Milliseconds until the account may give a command; 0 where it may. */
  #wait(account: string): number {
    const window = this.#windows.get(account);
    return window && window.recorded >= refusalsAMinute ? Math.max(0, window.until - this.machine()) : 0;
  }

  #window(account: string): Window {
    let window = this.#windows.get(account);
    if (!window) this.#windows.set(account, (window = { until: 0, recorded: 0, unrecorded: 0 }));
    return window;
  }

  #forget(now: number): void {
    for (const [account, { until, unrecorded }] of this.#windows)
      if (until <= now && unrecorded === 0) this.#windows.delete(account);
  }
}
