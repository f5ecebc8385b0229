/** What waits for its reader, soonest first, each with one thing to do about it. */
import { Action } from '../../http/questions/actions.js';
import type { RowOf } from '../../http/query/declare.js';
import { isFailed } from '../../http/query/rows.js';
import { pageAddress, withAsked, type Query } from '../address.js';
import { askList, type Ask } from '../page.js';
import type { Visit } from '../visit.js';

export interface Waiting {
  readonly id: string;
  /** What is to be done; of one that could not be shown its code. */
  readonly deed: string;
  readonly title: string | undefined;
  readonly record: string | undefined;
  readonly place: string | undefined;
  readonly dueOn: string;
  readonly workingDaysLeft: number | undefined;
  /** Why it waits for its reader: their role, and for whom. */
  readonly why: string | undefined;
  readonly illustrative: boolean;
  /** One thing to do: the form that does it where that is known, else the record. */
  readonly button: { readonly text: string; readonly href: string } | undefined;
}
export interface WaitingModel {
  readonly items: readonly Waiting[];
  /** There is more than is shown. */
  readonly isMore: boolean;
}

/** Asks what waits; `given` narrows it. Undefined where nobody has signed in: nothing waits for them. */
export function waiting(given: (id: string) => Query): Ask<WaitingModel | undefined> {
  const question = askList('/v1/me/actions', Action, given);
  return async (visit, id, asked) => {
    if (!visit.isSignedIn) return undefined;
    const { items, next } = await question(visit, id, asked);
    return { items: items.map((row) => waitingOf(row, visit)), isMore: next !== null };
  };
}

function waitingOf(row: RowOf<typeof Action>, visit: Visit): Waiting {
  const place = typeof row.placeId === 'string' ? visit.names().nameOf('place', row.placeId) : undefined;
  if (isFailed(row))
    return {
      id: row.id,
      deed: 'Something that could not be shown',
      title: undefined,
      record: undefined,
      place,
      dueOn: row.dueOn ?? '',
      workingDaysLeft: undefined,
      why: undefined,
      illustrative: false,
      button: undefined,
    };
  const record = row.link === null ? undefined : pageAddress(row.link);
  return {
    id: row.id,
    deed: row.deed,
    title: row.title,
    record,
    place: place === row.title ? undefined : place,
    dueOn: row.dueOn,
    workingDaysLeft: row.workingDaysLeft,
    why: row.why,
    illustrative: row.illustrative === true,
    button: buttonOf(row.does, record),
  };
}
function buttonOf(
  does: { readonly path: string; readonly names: Readonly<Record<string, string>> } | undefined,
  record: string | undefined,
): Waiting['button'] {
  if (does) return { text: 'Go to the form', href: withAsked(pageAddress(does.path), does.names) };
  return record === undefined ? undefined : { text: 'Open the record', href: record };
}
