/**
 * Two logs event by event, in global order: count, versions of every stream, a hash over everything; a
 * difference says where.
 */
import { createHash } from 'node:crypto';
import type { EventLog, LoggedEvent } from '../log/event-log.js';
import { eventsOf } from './batches.js';

export interface Comparison {
  /** Events in both, `log-identity` aside. */
  readonly count: number;
  readonly streams: number;
  /** SHA-256 over id, stream, version, type and bytes of every event, in order. */
  readonly hash: string;
  /** The first difference as a sentence; absent where there is none. */
  readonly difference?: string;
}

const fields = ['id', 'stream', 'version', 'type', 'body'] as const;
const eventLabel = (event: LoggedEvent): string =>
  `${event.stream} version ${event.version} (${event.type} ${event.id}, position ${event.position})`;
/** How two events that should be the same differ; undefined where they do not. */
export function differenceOf(source: LoggedEvent, target: LoggedEvent, count: number): string | undefined {
  const field = fields.find((f) => source[f] !== target[f]);
  return (
    field &&
    `event ${count} differs in ${field}: the source has ${eventLabel(source)}, ` +
      `the target ${eventLabel(target)}`
  );
}

/**
 * Compares the source, up to a position, with the target; what the target has beyond that is a difference
 * too.
 */
export async function compareLogs(
  source: EventLog,
  target: EventLog,
  upTo: number,
  onProgress: (n: number, e: LoggedEvent) => void = () => {},
): Promise<Comparison> {
  const hash = createHash('sha256');
  const versions = new Map<string, number>();
  const end = await target.head();
  const theirs = eventsOf(target, 0, end);
  let count = 0;
  const found = (difference?: string): Comparison => ({
    count,
    streams: versions.size,
    hash: hash.digest('hex'),
    ...(difference ? { difference } : {}),
  });
  try {
    for await (const e of eventsOf(source, 0, upTo)) {
      const { value: t, done } = await theirs.next();
      if (done)
        return found(`the target ends after ${count} events: it lacks ${eventLabel(e)} and what follows`);
      const difference = differenceOf(e, t, count + 1);
      if (difference) return found(difference);
      if (t.version !== (versions.get(t.stream) ?? 0) + 1)
        return found(
          `event ${count + 1} is not the next one of its stream: ${eventLabel(t)} after version ` +
            `${versions.get(t.stream) ?? 0}`,
        );
      versions.set(t.stream, t.version);
      for (const f of fields) hash.update(String(t[f])).update('\n');
      onProgress(++count, e);
    }
    const { value: extra, done } = await theirs.next();
    return found(
      done
        ? undefined
        : `the target goes on after ${count} events where the source ends: ${eventLabel(extra)}`,
    );
  } finally {
    await theirs.return(undefined);
  }
}
