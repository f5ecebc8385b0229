/** How one waits for a while, for the next try, or for what others bring about. */
import { setTimeout as after } from 'node:timers/promises';

/** Milliseconds between tries: the first, and the longest. */
export interface BackoffLimits {
  readonly backoffMin: number;
  readonly backoffMax: number;
}
/** Doublings are counted no further: by then every wait is as long as it may be. */
const mostDoublings = 16;
/** Exponential, jittered between half and the whole: who failed together does not come again together. */
export const exponentialBackoff = ({ backoffMin, backoffMax }: BackoffLimits, failures: number): number =>
  Math.min(backoffMax, backoffMin * 2 ** Math.min(failures, mostDoublings)) * (0.5 + Math.random() / 2);

/** Resolves after a while, or when the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await after(ms, undefined, signal && { signal });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/**
 * Does what may fail for now, again and again until it is done or the signal aborts. `failed` is told of each
 * failure, and answers true where trying again would not help.
 */
export async function untilDone(
  work: () => Promise<void>,
  waits: BackoffLimits,
  signal: AbortSignal,
  failed: (error: unknown) => boolean,
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || failed(error)) return;
      await pause(exponentialBackoff(waits, failures), signal);
    }
  }
}

/** The longest a timer can be set for. */
const longestTimer = 2 ** 31 - 1;

/** Those who wait until something is so; whoever may have made it so wakes them. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** True once `isSo` holds, false when it does not within `ms` or the signal aborts before. */
  until(isSo: () => boolean, ms = Infinity, signal?: AbortSignal): Promise<boolean> {
    if (isSo()) return Promise.resolve(true);
    return this.#wait(isSo, ms, signal);
  }
  /** As `until`, of whatever happens next. */
  next(ms = Infinity, signal?: AbortSignal): Promise<boolean> {
    return this.#wait(() => true, ms, signal);
  }
  #wait(isSo: () => boolean, ms: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (so: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', give);
        resolve(so);
      };
      const look = (): void => {
        if (isSo()) end(true);
      };
      const give = (): void => end(false);
      const timer = ms === Infinity ? undefined : setTimeout(give, Math.min(ms, longestTimer));
      this.#waiting.add(look);
      signal?.addEventListener('abort', give, { once: true });
      if (signal?.aborted) give();
    });
  }
  /** Something changed: those for whom it is so now go on. */
  wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
