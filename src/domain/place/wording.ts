/** What a place's commands say where they refuse: a sentence each, of what its reader has to be told. */
import { nameOf } from '../kernel/naming.js';

const commitment = (id: string): string => nameOf.record(`commitment-${id}`);

export const championVotes =
  'This person has a voting seat in the place’s collaborative. A champion opens doors and does not vote.';
export const championIsDelegate =
  'This person is the delegate of a seat-holder of the place. A champion does not vote, for another ' +
  'neither. End the delegation first.';
export const noSuchDepartment = 'There is no department with this id. Register it first, or leave it out.';
export const noCommitmentToKeep = (commitmentId: string): string =>
  `${commitment(commitmentId)} is no commitment of this place that is still to be kept.`;
/** `commitments`: as their author may see them. */
export const commitmentsOpen = (commitments: string): string =>
  `Commitments are still to be kept: ${commitments}. Complete, withdraw or hand them on, or name them as ` +
  'continuing.';
export const themeInUse = (commitmentIds: readonly string[]): string =>
  `Commitments of this theme are still to be kept: ${commitmentIds.map(commitment).join(', ')}. ` +
  'Complete or withdraw them ' +
  'first.';
