/** Parts of a record that commands of several records are about. */
import type { PartOf } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';

/** A command that everybody gives for their own place. */
export const aboutOwnPlace = {
  member: 'placeId' as const,
  among: (_state: unknown, places: readonly string[]): PartOf[] =>
    places.map((id) => ({ id, title: nameOf.place(id) })),
};
