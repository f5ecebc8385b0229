/**
 * Between our names, versions and texts and the server's. A revision is a version minus one; only here is
 * that known.
 */
import { OtherLog, type LoggedEvent, type StoredEvent } from '../event-log.js';
import type { Place, Prepared, Received } from './driver.js';

/** The namespace, and a sign that no name of ours and no namespace holds before it. */
export const serverName = (namespace: string, stream: string): string => `${namespace}:${stream}`;
/** Our name of a stream on the server; undefined for everybody else's. */
export const ourName = (namespace: string, stream: string): string | undefined =>
  stream.startsWith(`${namespace}:`) ? stream.slice(namespace.length + 1) : undefined;

/**
 * An event to send. As JSON where its text comes back the same (people read it in the server's own pages),
 * else as bytes: an object with keys like "10" and "9" would come back in another order.
 */
export function prepare(event: StoredEvent): Prepared {
  let json: unknown;
  try {
    json = JSON.parse(event.body);
  } catch {
    json = undefined;
  }
  const same =
    json !== undefined && typeof json === 'object' && json !== null && JSON.stringify(json) === event.body;
  return {
    id: event.id,
    type: event.type,
    content: same ? { json } : { bytes: Uint8Array.from(Buffer.from(event.body)) },
  };
}

/** An event of ours as the port gives it; throws where it cannot be one that we wrote. */
export function logged(stream: string, event: Received, position: number): LoggedEvent {
  return {
    position,
    id: event.id,
    stream,
    version: Number(event.revision) + 1,
    type: event.type,
    body: event.body(),
  };
}

/**
 * Our position of a place in `$all`: one number, since commit and prepare are equal for all that we write.
 */
export function positionAt(place: Place, what: string): number {
  if (place.commit !== place.prepare || place.commit > BigInt(Number.MAX_SAFE_INTEGER))
    throw new OtherLog(
      `${what} stands at commit ${place.commit}, prepare ${place.prepare}: Total Place did not write ` +
        'it. Use a namespace of its own',
    );
  return Number(place.commit);
}
export const placeOf = (position: number): Place => ({ commit: BigInt(position), prepare: BigInt(position) });
