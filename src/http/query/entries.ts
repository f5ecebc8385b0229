/** Of which entries of the log an answer tells: of all of them, and of the record that it is about. */
import { londonDate } from '../../domain/shared/calendar.js';
import { timeline } from '../../projections/views/timeline.js';
import type { QueryContext } from './context.js';

/** The newest entry of whatever record, and when it was recorded; undefined where there was none yet. */
export function newestBy(
  context: QueryContext,
  instant: string,
): { readonly entry: number; readonly at: string } | undefined {
  const last = context.today.of(timeline).lastBy(instant, londonDate(instant));
  return last && { entry: last.position, at: last.recordedAt };
}

/** How many entries a record has, and where the last of them stands. */
export interface OwnEntries {
  readonly last: number;
  readonly count: number;
}
/** Of a record that may be seen; `version`: where it is told as it stood. */
export function ownEntries(
  context: QueryContext,
  kind: string,
  id: string,
  version?: number,
): OwnEntries | undefined {
  const row = context.asked(kind, id);
  if (row === undefined || version === undefined) return row && { last: row.position, count: row.version };
  const last = context.today.of(timeline).versionPosition(row.stream, version);
  return last === undefined ? undefined : { last, count: version };
}
