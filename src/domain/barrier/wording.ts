/** What a barrier's commands say where they refuse: a sentence each, of what its reader has to be told. */
import { longDate } from '../shared/values.js';
import { nameOf } from '../kernel/naming.js';

// Owning and answering
export const ownersFitLocus =
  'A Whitehall barrier is owned by departments, a local one by partners of the place, a joint one by one ' +
  'department and at least one partner, proposed together.';
export const neitherDepartmentNorPartner = (agencyId: string): string =>
  `${nameOf.agency(agencyId)} is neither a department nor a partner of the place.`;
export const declinedToOwn =
  'Your agency declined to own this barrier. The place can propose another owner or escalate.';
export const acceptedToOwn = 'Your agency has accepted to own this barrier. Answer it instead.';
export const alreadyAnswered = 'Your agency has answered. A new answer follows a direction from above.';
export const evidenceAskedTooOften =
  'Evidence can be asked for at most twice, and the second time when the first was supplied.';
export const dateAfterProgramme = (programmeEndOn: string): string =>
  `The date must be ${longDate(programmeEndOn)}, the end of the programme, or earlier, unless a waiver is ` +
  'named.';
export const handlersAreOfTheAgency = (agencyId: string): string =>
  `Only somebody who acts for ${nameOf.agency(agencyId)} handles a barrier for it. Name a person or a post ` +
  'that has access for it.';

/** `agencyId`: absent where evidence was supplied to no owner in particular. */
export const evidenceNotAsked = (agencyId?: string): string => {
  const nobody = agencyId === undefined ? 'No owner waits' : `${nameOf.agency(agencyId)} does not wait`;
  return `${nobody} for evidence. It is supplied when an owner has answered that it needs it.`;
};

// Escalating
export const whoDirectsAtWhichRung =
  'The place’s champion directs what stands before the champion, the programme office what stands before ' +
  'the groups, the chair what is local and stands before them.';
export const escalationNotDue =
  'A barrier is escalated when its owner is overdue, has declined or will not change it, one step at a ' +
  'time.';

// Who does what apart from whom
export const ownersConfirmNothing =
  'You acted for an owner of this barrier. Somebody else of the place says whether it is removed.';
export const ownersActApart = 'You acted for an owner of this barrier. Somebody who did not does this.';
export const judgesActApart =
  'You directed this owner, or disputed its claim for a place. Somebody else of the agency acts for it.';
export const onlyAgenciesOfItsPlaces =
  'Only an agency of a place that raised or joined the barrier can do this, each for itself.';

// Merging
export const otherRecordedLater =
  'A barrier is merged only into one that was recorded earlier. Merge the other one into this.';
export const otherNotWorkedOn = (status: string): string =>
  `The other barrier is ${status}. Choose one that is being worked on.`;
export const otherPlaceLeft =
  'The place that raised the other barrier has left the programme, so nobody works on it.';
export const otherNotAsOpen =
  'The other barrier is not open to everybody who can read this one. Decide first whose it is, ' +
  'Whitehall’s or joint, or open it.';
