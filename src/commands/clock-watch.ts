/**
 * The machine's clock, watched. What is recorded, and which days are over, follows from it: a clock that was
 * set wrong would close days that are not over, and let every offer lapse. So nothing is recorded while it is
 * in doubt (docs/adr/0019).
 */
import type { Clock } from './request.js';

/** The clock may be wrong: nothing was recorded. */
export class ClockInDoubt extends Error {
  constructor() {
    super('The clock of this machine is in doubt. Nothing was recorded.');
    this.name = 'ClockInDoubt';
  }
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/**
 * By so much the wall clock may leave the one that only goes forward, and stand before the newest event when
 * a process starts.
 */
export const mostStepMs = 10 * minuteMs;
/** So long may nothing have been recorded when a process starts; a running service closes a day every day. */
export const mostSilenceMs = 40 * dayMs;
/** So long an acceptance given while no process ran is good for the next start. */
export const acceptedForMs = dayMs;

export interface ClockWatchOptions {
  /** Milliseconds since 1970, as the machine's clock is set. */
  readonly wall?: () => number;
  /** Milliseconds of a clock that nobody sets: it only goes forward. */
  readonly steady?: () => number;
  /** Told in a sentence when doubt begins, and when it ends. */
  readonly tell?: (text: string) => void;
}

const instant = (ms: number): string => new Date(ms).toISOString();
const told = (ms: number): string => {
  const minutes = Math.round(Math.abs(ms) / minuteMs);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
};
const remedy =
  'Nothing is recorded and no day is closed until it is set right, or accepted as right: total-place ' +
  'clock accept --service <the operator’s address>';

export class WatchedClock implements Clock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  readonly #tell: (text: string) => void;
  /** Wall clock less steady clock, as they stood when the wall clock was last believed. */
  #offset: number | undefined;
  /**
   * When the newest event was recorded, and when an operator accepted the clock for this start; undefined
   * until the log was looked at.
   */
  #start: { readonly newestAt: number | undefined; readonly acceptedAt: number | undefined } | undefined;
  #doubted = false;

  constructor({
    wall = Date.now,
    steady = () => performance.now(),
    tell = () => {},
  }: ClockWatchOptions = {}) {
    this.#wall = wall;
    this.#steady = steady;
    this.#tell = tell;
  }

  now(): string {
    return instant(this.#wall());
  }

  /**
   * The log was looked at: when its newest event was recorded (empty where there is none), and, if so, when
   * the clock was accepted for this start.
   */
  compare(newestAt: string, acceptedAt?: string): void {
    this.#start = {
      newestAt: newestAt === '' ? undefined : Date.parse(newestAt),
      acceptedAt: acceptedAt === undefined ? undefined : Date.parse(acceptedAt),
    };
    this.doubt();
  }

  /** Believes the clock as it now stands. */
  accept(): void {
    this.#offset = this.#wall() - this.#steady();
    this.doubt();
  }

  /**
   * Why the clock is in doubt, and what to do; undefined where it is not. Ends by itself where the clock
   * returns.
   */
  doubt(): string | undefined {
    const doubt = this.#judge();
    // Whoever has not looked yet has nothing to say.
    if ((doubt !== undefined) !== this.#doubted && (this.#start || this.#offset !== undefined)) {
      this.#doubted = doubt !== undefined;
      this.#tell(doubt ?? `The clock of this machine is no longer in doubt: it says ${this.now()}.`);
    }
    return doubt;
  }

  #judge(): string | undefined {
    const wall = this.#wall();
    if (this.#offset !== undefined) {
      const step = wall - this.#steady() - this.#offset;
      if (Math.abs(step) <= mostStepMs) return undefined;
      return (
        `The clock of this machine says ${instant(wall)}: it was moved ${step > 0 ? 'forward' : 'back'} ` +
        `by ${told(step)} while the service ran, or the machine slept. ${remedy}.`
      );
    }
    if (!this.#start)
      return 'The clock of this machine was not compared with the log yet. Wait until this node has read it.';
    const wrong = this.#judgeStart(wall, this.#start.newestAt, this.#start.acceptedAt);
    if (wrong === undefined) this.#offset = wall - this.#steady();
    return wrong;
  }

  #judgeStart(
    wall: number,
    newestAt: number | undefined,
    acceptedAt: number | undefined,
  ): string | undefined {
    if (acceptedAt !== undefined && wall >= acceptedAt - mostStepMs && wall <= acceptedAt + acceptedForMs)
      return undefined;
    if (newestAt === undefined) return undefined;
    const silence = wall - newestAt;
    if (silence >= -mostStepMs && silence <= mostSilenceMs) return undefined;
    return (
      `The clock of this machine says ${instant(wall)}: ${told(silence)} ` +
      `${silence > 0 ? 'after' : 'before'} the newest event of the log was recorded ` +
      `(${instant(newestAt)}). ${remedy}.`
    );
  }
}
