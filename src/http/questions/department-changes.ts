/** What changed since a day of what a department owes: of the reasons of its places, those that it owes. */
import type { Reason } from '../../domain/progress/judge.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import type { PlaceAudiences } from '../query/visible-barriers.js';
import type { DepartmentChange } from './department-changes-shape.js';
import { reasonFor } from './progress.js';

type Change = AnswerOf<typeof DepartmentChange>;

/** `places`: each with the audience that it is told to. */
export function departmentChanges(
  context: QueryContext,
  departmentId: string,
  places: PlaceAudiences,
  since: string,
): Change[] {
  const progress = context.of(placeProgress);
  const isOwed = ({ owedBy }: Reason): boolean =>
    owedBy.some(({ kind, id }) => kind === 'department' && id === departmentId);
  return [...places].flatMap(([id, audience]) => {
    const now = progress.place(id, audience, context.day);
    if (now === undefined) return [];
    const { reasonsNew, reasonsChanged, reasonsGone } = progress.changed(now, since);
    const told = (change: Change['change'], reason: Reason, from: Change['from'] = null): Change[] =>
      isOwed(reason) ? [{ ...reasonFor(context, reason), change, from, place: { id, name: now.name } }] : [];
    return [
      ...reasonsNew.flatMap((reason) => told('new', reason)),
      ...reasonsChanged.flatMap(({ from, ...reason }) => told('changed', reason, from)),
      ...reasonsGone.flatMap((reason) => told('gone', reason)),
    ];
  });
}
