/**
 * Records that changed after a day (`?since=`): by when their events were recorded, and as far as the reader
 * is told of these (docs/rules/shared.md#disclosure).
 */
import { isOpenTo, type Audience } from '../../domain/shared/access.js';
import { addDays } from '../../domain/shared/calendar.js';
import { DateOn } from '../../domain/shared/values.js';
import { readWithheld } from '../../projections/engine/view.js';
import { timeline } from '../../projections/views/timeline.js';
import { Problem } from '../server/problem.js';
import type { QueryContext } from './context.js';

export const Since = DateOn.optional().meta({
  description: 'Only what changed since the end of this day, as far as you are told of it',
});

/** Refuses a day to come, of which nobody knows yet. */
export function checkSince(context: QueryContext, since: string | undefined): void {
  if (since === undefined || since <= context.day) return;
  throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
    errors: [{ path: '/since', message: `Enter ${context.day} or a day before it` }],
  });
}

/** Events of a record looked at in one go: of most the newest is told to everybody who reads the record. */
const page = 50;
/**
 * Did a record change after the day, in a way that an audience is told of? Always where no day is asked for.
 */
export function changedSince(
  context: QueryContext,
  since: string | undefined,
): (aggregate: string, id: string, audience: Audience) => boolean {
  checkSince(context, since);
  if (since === undefined) return () => true;
  const from = addDays(since, 1);
  const entries = context.of(timeline);
  return (aggregate, id, audience) => {
    const row = context.seen(aggregate, id);
    if (!row) return false;
    const record = `${aggregate}-${id}`;
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const events = entries.page({ record, from }, before, page);
      // Of an earlier day nothing is told that was recorded later.
      const isTold = events.some(
        (event) =>
          event.recordedAt <= context.now &&
          isOpenTo(row, audience, { version: event.version, private: readWithheld(event.private) }),
      );
      const last = events.at(-1);
      if (isTold || !last || events.length < page) return isTold;
      before = last.position;
    }
  };
}
