/** Views built anew: those of a service that is stopped, in its folder; those of one that runs, by asking it. */
import type { ViewStatus } from '../projections/engine.js';
import { operatorOf } from './ask.js';
import { openViews, type ViewsOptions } from './open-views.js';

/** Which views by name, all where none is named; gives how each stands then. Waits for a log that is away, and says so by `onError`. */
export async function rebuildViews(options: ViewsOptions, names: readonly string[]): Promise<readonly ViewStatus[]> {
  const { engine, follower, close } = openViews(options);
  try {
    for (const name of names.length > 0 ? names : engine.status().map((v) => v.name)) engine.rebuild(name);
    const head = await options.log.head();
    await follower.start(engine).built;
    while (!(await follower.seen(head, 1_000))) if (follower.refused) throw follower.refused;
    return engine.status();
  } finally {
    await follower.stop();
    close();
  }
}

/**
 * The same of a running service, asked at its operator's address. Resolves when they are built. Throws as `operatorOf` does.
 */
export async function rebuildRunning(service: string, token: string | undefined, names: readonly string[]): Promise<readonly ViewStatus[]> {
  const ask = operatorOf(service, token);
  const { views } = await ask<{ views: readonly string[] }>('/operator/rebuild', { method: 'POST', body: JSON.stringify({ views: names }) });
  for (;;) {
    const health = await ask<{ views: readonly ViewStatus[] }>('/health/details');
    const asked = health.views.filter((v) => views.includes(v.name));
    if (asked.every((v) => v.state === 'stopped' || (v.state === 'live' && v.progress === 1))) return asked;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
