/**
 * Views built anew: those of a service that is stopped, in its folder; those of one that runs, by asking it.
 */
import { isDamage, isOfTheDisk } from '../../projections/engine/disk.js';
import type { ViewStatus } from '../../projections/engine/engine.js';
import { Unavailable } from '../../log/event-log.js';
import { pause } from '../../log/waiting.js';
import { operatorOf } from './ask.js';
import { openViews, type ViewsOptions } from './open-views.js';

/** Milliseconds between two looks at how far a service has come, and the views of a stopped one have. */
const lookAgain = 250;
const lookEveryMs = 1_000;

/**
 * Which views by name, all where none is named; gives how each stands then. Waits for a log of others that is
 * away, and says so by `onError`; throws what the disk says.
 */
export async function rebuildViews(
  options: ViewsOptions,
  names: readonly string[],
): Promise<readonly ViewStatus[]> {
  const own = options.log.readAll !== undefined;
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => {});
  // A log of others that is away may come back; one's own, and the disk, say the same tomorrow.
  const onError = (error: unknown): void => {
    if ((own && error instanceof Unavailable) || (isOfTheDisk(error) && !isDamage(error))) fail(error);
    else options.onError?.(error);
  };
  const { engine, follower, close } = openViews({ ...options, onError, check: true });
  try {
    for (const name of names.length > 0 ? names : engine.status().map((v) => v.name)) engine.rebuild(name);
    const head = await options.log.head();
    await Promise.race([follower.start(engine).built, failed]);
    while (!(await Promise.race([follower.waitForPosition(head, lookEveryMs), failed])))
      if (follower.refused) throw follower.refused;
    return engine.status();
  } finally {
    await follower.stop();
    close();
  }
}

/** Asked so often with the same answer, and an error in it, a rebuild does not come about. */
const mostAlike = 40;

/**
 * The same of a running service, asked at its operator's address. Resolves when they are built. Throws as
 * `operatorOf` does.
 */
export async function rebuildRunning(
  service: string,
  token: string | undefined,
  names: readonly string[],
): Promise<readonly ViewStatus[]> {
  const ask = operatorOf(service, token);
  const { views } = await ask<{ views: readonly string[] }>('/operator/rebuild', {
    method: 'POST',
    body: JSON.stringify({ views: names }),
  });
  let seen = '';
  for (let same = 0; ; same++) {
    const { views: all, log } = await ask<{ views: readonly ViewStatus[]; log: { lastError?: string } }>(
      '/health/details',
    );
    const asked = all.filter((v) => views.includes(v.name));
    const now = JSON.stringify(asked.map((v) => [v.state, v.progress]));
    if (now !== seen) [seen, same] = [now, 0];
    if (log.lastError && same >= mostAlike) throw new Error(`It comes no further: ${log.lastError}`);
    if (asked.every((v) => v.state === 'stopped' || (v.state === 'live' && v.progress === 1))) return asked;
    await pause(lookAgain);
  }
}
