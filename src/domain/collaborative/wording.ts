/**
 * What a collaborative's commands say where they refuse: a sentence each, of what its reader has to be told.
 */

// Its rule
export const quorumOutOfRange = 'The quorum is a fraction of the voting seats from a half to all.';
export const supermajorityOutOfRange = 'A supermajority is more than a half and at most all.';
export const decidedUnderAnotherRule =
  'This decision was opened under another rule than the one in force. A rule is changed by a decision ' +
  'carried under the one it replaces.';

// Seats and delegates
export const onlyThePersonOffered =
  'Only the person to whom this seat was offered can do this, acting for that agency.';
export const observersOnly = 'Champions and officials of departments may be observers only.';
export const agencyHasSeat = 'The agency has a voting seat here. One is all an agency has.';
export const personHasSeat = 'This person has a voting seat here. One is all a person has.';
export const onlyHoldersDelegate = 'Only the holder of the agency’s voting seat names its delegate.';
export const observersTakeNoVote =
  'Champions and officials of departments may be observers only. Name somebody of your own agency.';
export const delegateHoldsSeat = 'The delegate holds a seat already. Name somebody without one.';
export const delegationTooLong = (last: string): string =>
  `A delegation lasts 90 days at most, until ${last} from that start.`;
