/** Views built anew: those of a service that is stopped, in its folder; those of one that runs, by asking it. */
import type { ViewStatus } from '../projections/engine.js';
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
 * The same of a running service, asked at its operator's address; `token` is its OPERATOR_TOKEN, where it asks for one. Resolves when they are
 * built. Throws with what to do when the service cannot be reached, or refuses.
 */
export async function rebuildRunning(service: string, token: string | undefined, names: readonly string[]): Promise<readonly ViewStatus[]> {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const { origin } = new URL(service);
  async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const answer = await fetch(new URL(path, origin), { ...init, headers, redirect: 'error' }).catch((error: unknown) => {
      throw new Error(
        `${origin} cannot be reached: ${((error as Error).cause as { code?: string } | undefined)?.code ?? (error as Error).message}. Name the running service as http(s)://host:port`,
      );
    });
    if (answer.status === 401) throw new Error(`${origin} does not take this token: OPERATOR_TOKEN must be the one that the service was started with`);
    if (answer.status === 404) throw new Error(`${origin} is not the operator’s address of a service: start it with OPERATOR_PORT or OPERATOR_TOKEN`);
    const body = (await answer.json().catch(() => ({}))) as T & { detail?: string };
    if (!answer.ok) throw new Error(body.detail ?? `${origin} answered ${answer.status}`);
    return body;
  }
  const { views } = await ask<{ views: readonly string[] }>('/operator/rebuild', { method: 'POST', body: JSON.stringify({ views: names }) });
  for (;;) {
    const health = await ask<{ views: readonly ViewStatus[] }>('/health/details');
    const asked = health.views.filter((v) => views.includes(v.name));
    if (asked.every((v) => v.state === 'stopped' || (v.state === 'live' && v.progress === 1))) return asked;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
