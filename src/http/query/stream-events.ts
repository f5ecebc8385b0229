/**
 * The events of one stream, for whoever answers from a record's past: a stream may be very long, so it is
 * read a piece at a time, in slices. Whoever stops early reads no further.
 *
 * for await (const logged of streamEvents(context.deps, stream)) …
 */
import type { EventLog } from '../../commands/executor.js';
import type { Slice, Slices } from '../server/slices.js';

type LoggedEvent = Awaited<ReturnType<EventLog['read']>>[number];

/** Events that one reading of the log gives: about what is read and decoded in a slice. */
export const eventsAtOnce = 100;

/** Of `HttpDeps`. */
interface Sources {
  readonly service: { readonly log: Pick<EventLog, 'read'> };
  readonly slices: Pick<Slices, 'turn'>;
}

/**
 * `begun`: a slice in which the first piece may be read; without it that waits for a turn, as every later one
 * does.
 */
export async function* streamEvents(
  { service: { log }, slices }: Sources,
  stream: string,
  begun?: Slice,
): AsyncGenerator<LoggedEvent, void> {
  let slice = begun;
  try {
    let after = 0;
    for (;;) {
      slice ??= await slices.turn();
      const events = await log.read(stream, after, eventsAtOnce);
      for (const logged of events) {
        if (slice.over) slice = await slices.turn();
        yield logged;
        after = logged.version;
      }
      if (events.length < eventsAtOnce) return;
      slice.end();
      slice = undefined;
    }
  } finally {
    slice?.end();
  }
}
