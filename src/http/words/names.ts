/** What a reader may know of other records, for whoever shows them values. */
import { aggregates } from '../../domain/registry.js';
import type { NameResolver } from '../query/name-resolver.js';
import type { Named } from './members.js';
import type { Names } from './shown.js';

/** Of which place and programme is what is told: its seats and themes, and what people are called. */
export interface Told {
  readonly placeId?: string | undefined;
  readonly programmeId?: string | undefined;
}
/** The place and the programme of a record, by what is known of who may see it. */
export const toldOf = (
  kind: string | undefined,
  id: string,
  row: { readonly [K in 'placeId' | 'programmeId' | 'placeProgrammeId']?: string | undefined } | undefined,
): Told => ({
  placeId: row?.placeId ?? (kind === 'place' || kind === 'collaborative' ? id : undefined),
  programmeId: kind === 'programme' ? id : (row?.programmeId ?? row?.placeProgrammeId),
});

const kinds = new Set<string>(aggregates.map(({ name }) => name));
const isKind = (kind: string): kind is Named => kinds.has(kind);

/**
 * Names as a reader may know them, where something of a place or a programme is told. `pageOf`: the page at
 * an address of the API.
 */
export function namesFor(
  names: NameResolver,
  { placeId, programmeId }: Told,
  pageOf: (link: string) => string,
): Names {
  const home = programmeId ?? (placeId === undefined ? undefined : names.viewer.programmeOf(placeId));
  return {
    nameOf(kind, id) {
      if (kind === 'person') return names.nameFor('person', id, home) ?? undefined;
      if (kind === 'place' || kind === 'agency') return names.nameFor(kind, id, undefined) ?? undefined;
      const title = isKind(kind) ? names.nameFor('record', `${kind}-${id}`, undefined) : null;
      return title?.replace(/^“|”$/g, '');
    },
    partOf: (kind, id) =>
      placeId === undefined ? undefined : (names.partOf(kind, id, placeId) ?? undefined),
    hrefOf(kind, id) {
      const link = isKind(kind) ? names.link(kind, id) : null;
      return link === null ? undefined : pageOf(link);
    },
    pledgeOf: (poolId, id) => names.pledgeOf(poolId, id) ?? undefined,
    serviceOf: (code) => names.deps.service.ref.cofog.get(code),
  };
}
