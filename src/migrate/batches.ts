/** A log read to its end, batch by batch, as fast as they are taken. */
import { positionOf, type Cursor, type EventLog, type LoggedEvent } from '../log/event-log.js';
import { Waiters } from '../log/waiting.js';

/** Events after `from` up to the position `to`. Throws what following the log throws. */
export async function* batches(
  log: Pick<EventLog, 'follow'>,
  from: number | Cursor,
  to: number,
): AsyncGenerator<readonly LoggedEvent[]> {
  if (positionOf(from) >= to) return;
  const stop = new AbortController();
  let next: { events: readonly LoggedEvent[]; taken: () => void } | undefined;
  let failure: unknown;
  let ended = false;
  const changes = new Waiters();
  const following = log
    .follow(
      from,
      (events) =>
        new Promise<void>((taken) => {
          next = { events, taken };
          changes.wake();
        }),
      stop.signal,
    )
    .catch((error: unknown) => (failure = error))
    .then(() => {
      ended = true;
      changes.wake();
    });
  try {
    for (;;) {
      await changes.until(() => next !== undefined || ended);
      if (failure) throw failure;
      if (!next) return;
      const { events } = next as { events: readonly LoggedEvent[] };
      const end = (events.at(-1)?.position ?? positionOf(from)) >= to;
      yield end ? events.filter((e) => e.position <= to) : events;
      if (end) return;
      const { taken } = next as { taken: () => void };
      next = undefined;
      taken();
    }
  } finally {
    stop.abort();
    (next as { taken: () => void } | undefined)?.taken();
    await following;
  }
}

/** The same one by one, without the log's own identity: what a copy and its original have in common. */
export async function* eventsOf(
  log: Pick<EventLog, 'follow'>,
  from: number | Cursor,
  to: number,
): AsyncGenerator<LoggedEvent> {
  for await (const batch of batches(log, from, to))
    for (const e of batch) if (e.stream !== 'log-identity') yield e;
}
