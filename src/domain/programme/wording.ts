/** What a programme's commands say where they refuse: a sentence each, of what its reader has to be told. */
import { longDate } from '../shared/values.js';
import { longestExtension } from './limits.js';

// The programme itself
export const officeOfAnother = (programmeId: string): string =>
  `Your office is of the programme ${programmeId}. It defines that one only: enter that id.`;
export const deadlineMissing = 'Add the milestone of kind deadline that progress counts toward first.';
export const scaleFixed =
  'The scale never changes: every colour given so far was given on it. Define another programme.';
export const deadlineNotExact = 'The deadline must be a confirmed day.';
export const milestoneAhead = (plannedFrom: string): string =>
  `It is planned for ${plannedFrom} or later. Mark it when it has happened.`;
export const noSuchMilestone = 'There is no such milestone.';

// Its places and their areas
export const placeWithdrawn = (placeName: string): string =>
  `${placeName} was withdrawn from the programme. Nothing new can be recorded for it.`;
export const areaOfAnotherPilot = (areaCode: string, pilotName: string): string =>
  `The area ${areaCode} belongs to the pilot ${pilotName}. An area is in one pilot at most.`;
export const placeOfAnother = (placeId: string): string =>
  `${placeId} is a place of another programme, and a place belongs to one. Choose another id.`;
export const areaUnknown = (areaCode: string): string =>
  `The area code ${areaCode} is not in the register of areas. Check it, or point AREAS_FILE to a larger ` +
  'register.';
/** `successors`: the areas that stand in its stead on that day. */
export function areaNotValid(
  area: {
    readonly code: string;
    readonly name: string;
    readonly from: string;
    readonly to?: string | undefined;
  },
  on: string,
  successors: readonly string[],
): string {
  const valid = `valid from ${area.from}${area.to ? ` to ${area.to}` : ''}`;
  const instead = successors.length > 0 ? ` Use its successor ${successors.join(' or ')}.` : '';
  return `${area.name} (${area.code}) was ${valid}, not on ${on}.${instead}`;
}

// Its rounds
export const noSuchRound = 'There is no such round.';
export const windowsOutOfOrder =
  'What is observed must end before submission starts, and submission must start before it ends.';
export const nextRoundIs = (roundNo: number): string =>
  `Rounds are numbered one after the other. The next is ${roundNo}.`;
export const roundNotPlanned = (status: string): string =>
  `This round is ${status}. Once open, its closing date only moves later: extend it.`;
export const roundClosedForGood = 'This round is closed. A closed round is not opened again.';
export const windowNotExact =
  'Both ends of the submission window must be a confirmed day. Move the round to exact dates first.';
export const opensLater = (opensOn: string): string =>
  `This round opens on ${longDate(opensOn)}. Until then it stays planned.`;
export const roundWithoutPlaces = 'Enrol a place first: a round without places is nobody’s.';
export const templateMissing = (roundKind: string, placeKinds: readonly string[]): string =>
  `Set the ${roundKind} template for ${placeKinds.join(' and ')} places first.`;
export const noSuchRoundKind = (roundKind: string): string =>
  `No round of the kind ${roundKind} is planned. Plan one first, or mend the word.`;
export const stepWithoutRule = (stepName: string): string => `Say what completes the step ${stepName}.`;
export const stepOfItsKind = (roundKind: string): string =>
  `The step ${roundKind} is due by a round of that kind.`;
export const stepByReturn = (stepName: string): string =>
  `${stepName} is done when a return is submitted: it is due by the end of a round.`;
export const closesNoEarlier = (closesOn: string): string =>
  `The round closes on ${longDate(closesOn)}. Once open, its date only moves later.`;
export const extendedNoEarlier = (placesDate: string): string =>
  `The place’s date is ${longDate(placesDate)}. An extension is later than that.`;
export const extensionTooLong =
  `An extension is at most ${longestExtension} working days after the round’s own date, unless a waiver is ` +
  'named.';
export const sectionsDropped = (titles: readonly string[]): string =>
  `The round is open. Keep the section ${titles.join(', ')}.`;
