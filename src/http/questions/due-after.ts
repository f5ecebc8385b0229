/** What waits for whom after events that are not written yet. */
import type { DueChange, DueParty, Sitting } from '../../domain/progress/due-codes.js';
import { entryOf, textOf, type Recorded } from '../../domain/registry.js';
import type { WorkingDays } from '../../domain/shared/calendar.js';
import type { Withheld } from '../../domain/shared/access.js';

/** An item, as far as it matters to whether it is another one than before. */
export interface Waits {
  readonly code: string;
  readonly key: string;
  readonly deed: string;
  readonly owedBy: readonly DueParty[];
  readonly dueOn: string;
  readonly placeId?: string;
  readonly version: number;
  readonly private: Withheld;
}
interface Looks {
  readonly workingDays: WorkingDays;
  whoSits(sits: Sitting['sits'], placeId: string): DueParty;
}
type Opening = Extract<DueChange, { open: string }>;
type Closing = Extract<DueChange, { close: string }>;

const nameOf = ({ code, key }: Pick<Waits, 'code' | 'key'>): string => `${code} ${key}`;

function opened(change: Opening, event: Recorded, { workingDays, whoSits }: Looks): Waits {
  const placeId = change.place ?? (event.aggregate === 'place' ? event.recordId : textOf(event, 'placeId'));
  const least =
    'workingDays' in change
      ? workingDays.add(event.today, change.workingDays)
      : workingDays.add(event.today, change.atLeastWorkingDays ?? 0);
  const dueOn =
    'on' in change && (change.atLeastWorkingDays === undefined || change.on > least) ? change.on : least;
  return {
    code: change.open,
    key: change.key,
    deed: change.deed,
    dueOn,
    owedBy: change.owedBy.flatMap((party) => {
      if ('kind' in party) return [party];
      return placeId === undefined ? [] : [whoSits(party.sits, placeId)];
    }),
    ...(placeId === undefined ? {} : { placeId }),
    version: event.version,
    private: event.private,
  };
}
const closes = (change: Closing, item: Waits): boolean =>
  (change.close === '*' || change.close === item.code) &&
  (change.key === undefined || change.key === item.key) &&
  (change.place === undefined || change.place === item.placeId) &&
  (change.owedBy === undefined || item.owedBy.some(({ id }) => id === change.owedBy));

/** Which items of a record come with its next events, and which go; one that is moved does both. */
export function dueAfter(
  before: readonly Waits[],
  events: readonly Recorded[],
  looks: Looks,
): { readonly opened: readonly Waits[]; readonly closed: readonly Waits[] } {
  const now = new Map(before.map((item) => [nameOf(item), item]));
  for (const event of events)
    for (const change of entryOf(event).due?.(event.data, event) ?? []) {
      if ('open' in change) {
        const item = opened(change, event, looks);
        now.set(nameOf(item), item);
      } else if ('close' in change) {
        for (const item of [...now.values()]) if (closes(change, item)) now.delete(nameOf(item));
      } else if ('move' in change) {
        const item = now.get(nameOf({ code: change.move, key: change.key }));
        if (item) now.set(nameOf(item), { ...item, dueOn: change.on });
      }
    }
  const was = new Map(before.map((item) => [nameOf(item), item]));
  const same = (one: Waits, other: Waits | undefined): boolean =>
    other !== undefined && one.dueOn === other.dueOn && one.deed === other.deed;
  return {
    opened: [...now.values()].filter((item) => !same(item, was.get(nameOf(item)))),
    closed: before.filter((item) => !same(item, now.get(nameOf(item)))),
  };
}
