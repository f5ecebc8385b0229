/** What is one deed, however many places or seats it waits for. */
import type { QueryContext } from '../query/context.js';
import type { Entry } from './calendar.js';
import { placeName } from './due-items.js';

/** What is to be done, without for whom and by whom. */
function deedOf(context: QueryContext, { title, placeId, kind, code, owedBy }: Entry): string {
  const place = placeId !== null && isWaiting(kind) ? `${placeName(context, placeId)}: ` : '';
  const who = code === 'position' ? ` (${owedBy.map((party) => party.name).join(', ')})` : '';
  const from = title.startsWith(place) ? place.length : 0;
  return title.slice(from, title.endsWith(who) ? title.length - who.length : undefined);
}
export const isWaiting = (kind: Entry['kind']): boolean => kind === 'step' || kind === 'due';

/** Entries that are one deed: a step of several places, or what several owe of one record, on one day. */
export interface Group {
  readonly deed: string;
  readonly entries: [Entry, ...Entry[]];
}
/** What is one deed stands together, in the order of the first of each. */
export function groupsOf(context: QueryContext, entries: readonly Entry[]): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    const deed = deedOf(context, entry);
    const { id, kind, programmeId, code, to, link } = entry;
    const whose = kind === 'step' ? programmeId : link;
    const key = isWaiting(kind) ? JSON.stringify([kind, code, whose, deed, to]) : id;
    const group = groups.get(key);
    if (group) group.entries.push(entry);
    else groups.set(key, { deed, entries: [entry] });
  }
  return [...groups.values()];
}
