/**
 * What whoever gives a command sees of records (docs/rules/shared.md#hidden-and-unknown). Which streams are
 * read for it follows from the author's grants and from places known before the record is looked at, so that
 * a hidden record is found with the reads of one that does not exist.
 */
import {
  canSee,
  type Audience,
  type Grant,
  type RecordAccess,
  type Told,
  type Viewer,
} from '../domain/shared/access.js';
import type { Context, Loaded } from '../domain/kernel/types.js';
import { emptyLoaded } from '../domain/kernel/fold.js';
import { aggregateNamed } from '../domain/registry.js';
import { isPartner } from '../domain/shared/seats.js';

export interface Author {
  readonly account: string;
  readonly grants: readonly Grant[];
}
type Sees = (record: Loaded, event?: Told) => boolean;

/** `placeIds`: where the author's agencies are looked up. */
export function sightOf(author: Author, placeIds: readonly string[], read: Context['read']): Sees {
  const viewer = (
    access: RecordAccess,
    programmes: ReadonlyMap<string, string>,
    places: ReadonlyMap<string, ReadonlySet<string>>,
  ): Viewer => ({
    ...author,
    placesOf: (agencyId) => places.get(agencyId) ?? new Set(),
    // A record says itself which programme is its place's; what is of none known is of none that a grant
    // names.
    programmeOf: (placeId) =>
      (placeId === access.placeId ? access.programmeId : undefined) ?? programmes.get(placeId) ?? '',
  });
  return ({ version, access }, event) => {
    // Most see it by their grants alone, and then nothing need be read.
    if (version > 0 && canSee(viewer(access, new Map(), new Map()), access, event)) return true;
    const programmes = new Map(
      author.grants.flatMap(({ place }) =>
        place ? [[place, read('place', place).state.programmeId] as const] : [],
      ),
    );
    const tables = placeIds.map((placeId) => ({
      placeId,
      seats: read('collaborative', placeId).state,
      body: read('place', placeId).state.accountableBodyId,
    }));
    const ofAgency = (id: string): Set<string> =>
      new Set(tables.filter((x) => isPartner(x.seats, id) || x.body === id).map((x) => x.placeId));
    const places = new Map(
      author.grants.flatMap(({ agency }) => (agency ? [[agency, ofAgency(agency)] as const] : [])),
    );
    return version > 0 && canSee(viewer(access, programmes, places), access, event);
  };
}

/** The audience in which somebody sees a record that is open to them. */
export function audienceSeen(sees: Sees, record: Loaded): Audience {
  const told = (withheld: Told['private']): boolean =>
    sees(record, { version: record.version, private: withheld });
  if (told(true)) return 'members';
  return told('programme') ? 'programme' : 'public';
}

/**
 * The state of records that a command names, as its author may see them; whoever acts for the system sees
 * them all.
 */
export function namedBy(
  author: Author | undefined,
  placeIds: readonly string[],
  read: Context['read'],
): Context['named'] {
  const sees: Sees = author ? sightOf(author, placeIds, read) : () => true;
  return (aggregate, id) => {
    const found = read(aggregate, id);
    return sees(found) ? found : (emptyLoaded(aggregateNamed(aggregate)) as typeof found);
  };
}
