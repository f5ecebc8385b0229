/** What happened to a record since its author looked at it, as far as they may see it. */
import { isOpenTo, type Audience, type RecordAccess } from '../domain/shared/access.js';
import { dataFor } from '../domain/kernel/types.js';
import { entryOf } from '../domain/registry.js';
import { decode } from '../log/codec.js';
import type { EventLog } from '../log/event-log.js';

/** An event in a sentence; ids in it are marked for their names (domain/kernel/naming.ts). */
export interface Since {
  readonly version: number;
  readonly type: string;
  readonly text: string;
}
/** The events of a stream after a version, as an audience is told them. */
export async function happenedSince(
  log: Pick<EventLog, 'read'>,
  stream: string,
  version: number | undefined,
  access: RecordAccess,
  audience: Audience,
): Promise<Since[]> {
  const events = (await log.read(stream, version)).map(decode);
  return events
    .filter((event) => isOpenTo(access, audience, event))
    .map((event) => {
      const entry = entryOf(event);
      const text = entry.describe(dataFor(entry, event.data, audience), event);
      return { version: event.version, type: event.type, text };
    });
}
