/**
 * What is over in a record, as an audience may read it (docs/rules/shared.md#disclosure): disclosure opens
 * the record as it stands, and its history keeps its tier. So a part that stands no longer is told to whom
 * the timeline tells the event that wrote it; each kind of record says in its view which parts stand, and
 * answers how many it does not share.
 */
import type { Told } from '../../domain/shared/access.js';

/**
 * Is the audience of an answer told of what this event wrote? `isOpenTo` of the record; a part without more
 * was written by an open event.
 */
export type Tells = (part: Pick<Told, 'version'> & Partial<Told>) => boolean;
/** Members, and tests that look at everything. */
export const tellsAll: Tells = () => true;

/** The parts of one answer: what is shown of them, and the count of the others. */
export class Past {
  notShared = 0;
  constructor(readonly tells: Tells) {}

  /** The part itself where it stands or is told, else undefined and counted. */
  part<T>(part: T, writtenBy: Parameters<Tells>[0], stands = false): T | undefined {
    if (stands || this.tells(writtenBy)) return part;
    this.notShared++;
    return undefined;
  }

  /** Of a list, the parts that stand or are told; the others are counted. */
  of<T extends { readonly version: number }>(
    parts: readonly T[],
    stands: (part: T) => boolean = () => false,
  ): T[] {
    return parts.filter((p) => this.part(p, { version: p.version }, stands(p)) !== undefined);
  }
}
