/** A node's own views built anew from the shared log, while the node is stopped. */
import type { ViewStatus } from '../projections/engine.js';
import { openViews, type NodeOptions } from './node.js';

/** Which views by name, all where none is named; gives how each stands then. Waits for a log that is away, and says so by `onError`. */
export async function rebuildViews(options: Pick<NodeOptions, 'log' | 'dataDir' | 'ref' | 'onError'>, names: readonly string[]): Promise<ViewStatus[]> {
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
