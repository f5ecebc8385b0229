/** What changed since a day of what a department owes: of the reasons of its places, those that it owes. */
import type { Reason } from '../../domain/progress/judge.js';
import type { Audience } from '../../domain/shared/access.js';
import { addDays, endOfDay } from '../../domain/shared/calendar.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import type { PlaceAudiences } from '../query/visible-barriers.js';
import type { DepartmentChange } from './department-changes-shape.js';
import { placeName } from './due-items.js';
import { reasonFor } from './progress.js';

type Change = AnswerOf<typeof DepartmentChange>;

/** The last day that was over at the moment asked about. */
const lastDayOver = ({ day, now }: QueryContext): string => (endOfDay(day) <= now ? day : addDays(day, -1));

/** `places`: each with the audience that it is told to. */
export function departmentChanges(
  context: QueryContext,
  departmentId: string,
  places: PlaceAudiences,
  since: string,
): Change[] {
  // Of an earlier day the rows that the days left are told, which are today's to read.
  const { today } = context;
  const progress = today.of(placeProgress);
  const moved = (id: string, audience: Audience) => {
    if (today !== context) return progress.reasonsBetween(id, audience, since, lastDayOver(context));
    const now = progress.place(id, audience, context.day);
    return now && progress.changed(now, since);
  };
  const isOwed = ({ owedBy }: Reason): boolean =>
    owedBy.some(({ kind, id }) => kind === 'department' && id === departmentId);
  return [...places].flatMap(([id, audience]) => {
    const found = moved(id, audience);
    if (found === undefined) return [];
    const { reasonsNew, reasonsChanged, reasonsGone } = found;
    const place = { id, name: placeName(context, id) };
    const told = (change: Change['change'], reason: Reason, from: Change['from'] = null): Change[] =>
      isOwed(reason) ? [{ ...reasonFor(today, reason), change, from, place }] : [];
    return [
      ...reasonsNew.flatMap((reason) => told('new', reason)),
      ...reasonsChanged.flatMap(({ from, ...reason }) => told('changed', reason, from)),
      ...reasonsGone.flatMap((reason) => told('gone', reason)),
    ];
  });
}
