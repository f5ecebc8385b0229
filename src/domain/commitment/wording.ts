/** What a commitment's commands say where they refuse: a sentence each, of what its reader has to be told. */
import type { CommitmentState } from './state.js';
import { longDate, pounds } from '../shared/values.js';
import { nameOf } from '../kernel/naming.js';

// Offering
export const onlyDraftersActHere =
  'Only who drafted the commitment, or the place’s secretariat or chair, can do this.';

const toCome = (what: string): string =>
  `${what} cannot be named yet: it can once they are recorded here. Name a barrier or a decision, or ` +
  'say it in what will be different.';
/** What a commitment may follow from one day. */
export const sourcesToCome = {
  engagement: toCome('An engagement'),
  proposal: toCome('A proposal'),
} as const;

/** Why a commitment's money is not there, by what its funds are. */
const unreserved = {
  requested: 'It was asked for and not answered yet.',
  refused: 'The pool did not reserve it, or has let go of it; ask again when there is room.',
  released: 'It was given back when the commitment had ended; ask for it again.',
} as const;
export const fundsNotReserved = (pence: number, funds: keyof typeof unreserved): string =>
  `The pool has not reserved ${pounds(pence)} for this commitment. ${unreserved[funds]}`;
/** It asks for no money: when it may, and what to say then. */
export const offeredWithoutMoney =
  'This commitment was offered without money of a pool, and is accepted as it was offered. Ask for money ' +
  'once it is accepted, or draft another that asks for it.';
export const sayWhichMoney =
  'This commitment asks no money of a pool yet. Enter how much, of which pool and which pledges.';
export const fundsAsked = ({ pence, poolId }: NonNullable<CommitmentState['money']>): string =>
  `This commitment asks ${pounds(pence)} of the pool ${nameOf.record(`pool-${poolId}`)} already. Leave the ` +
  'money out to ask for that again.';

export const onlyOwnerAccepts = (ownerAgencyId: string, level: CommitmentState['level']): string => {
  const who =
    level === 'whitehall' ? 'an official of that department.' : 'the holder of its seat, or their delegate.';
  return `Only ${nameOf.agency(ownerAgencyId)} can accept this commitment: ${who}`;
};
export const ownerFitsLevel =
  'A Whitehall commitment is owned by a department, a place’s by a partner of the place.';
export const keptByAnotherProgramme = (programmeId: string, agencyId: string): string =>
  `The programme ${nameOf.record(`programme-${programmeId}`)} keeps ${nameOf.agency(agencyId)}, and it ` +
  `promises nothing here unasked. Have the place ` +
  'draft it, or propose it as owner of a barrier first.';
export const ownerHoldsNoSeat = (agencyId: string): string =>
  `${nameOf.agency(agencyId)} holds no seat in this place’s collaborative, so it cannot be offered a ` +
  `commitment.`;
export const consentStands = 'Your agency has consented already. There is nothing more to consent to.';
export const onlyOwnMoney =
  'Only members of the pool’s place ask for its money, or an agency for what it pledged itself. Have the ' +
  'place ask.';
export const dependsOnNoneOffered = (commitmentId: string): string =>
  `${nameOf.record(`commitment-${commitmentId}`)} is this commitment itself, or was never offered. A ` +
  `commitment depends only on what was ` +
  'offered before it.';

// Who answers for it, who verifies it, and its dates
/** `orOffice`: the place's secretariat may do it too. */
export const onlyOwnerActs = (ownerAgencyId: string, orOffice: boolean): string =>
  `Only ${nameOf.agency(ownerAgencyId)}${orOffice ? ' or the place’s secretariat' : ''} can do this.`;
export const seatAnswersForPlace = 'A seat of the owner answers for a place’s commitment. Enter its seatId.';
export const officialAnswersForWhitehall =
  'A named official answers for a Whitehall commitment. Enter official.';
export const verifierOtherThanOwner = (ownerAgencyId: string): string =>
  `Enter a verifier other than ${nameOf.agency(ownerAgencyId)}: nobody verifies their own promise.`;
export const verifiesNothingHere = (agencyId: string): string =>
  `${nameOf.agency(agencyId)} can verify nothing here. Enter a partner of the place or a department.`;
export const milestoneOutside = (milestone: { readonly title: string; readonly dueOn: string }): string =>
  `The milestone ${milestone.title} (${longDate(milestone.dueOn)}) must lie between the start and the due ` +
  'date.';
export const programmeEndsBefore = (programmeEndOn: string): string =>
  `The programme ends on ${longDate(programmeEndOn)}. Enter an earlier date, or afterProgramme to say ` +
  'that later is meant.';

// Delivering
export const programmeReportsBy = (period: 'month' | 'quarter'): string => {
  const example = period === 'month' ? 'month, like 2009-09' : 'quarter, like 2009-Q3';
  return `The programme reports by ${period}. Enter a ${example}.`;
};
export const acceptedLaterThanPeriod = (acceptedOn: string): string =>
  `The commitment was accepted on ${longDate(acceptedOn)}. Report that period or a later one.`;
export const periodReported = (period: string, reportedOn: string): string =>
  `${period} was reported on ${longDate(reportedOn)}. Enter correctionReason to correct that report.`;
/** `why`: what contradicts it, as a clause. */
export const deliveryNotGreen = (why: string): string =>
  `Delivery cannot be green while ${why}. Select another colour, or enter a waiver and the reason for ` +
  'passing over it.';
export const milestoneOverdue = (milestoneTitle: string, workingDaysLate: number): string =>
  `the milestone ${milestoneTitle} is ${workingDaysLate} working days overdue`;
export const milestoneAfterDue = (dueOn: string): string =>
  `The milestone must lie between the start and ${longDate(dueOn)}, the due date.`;
export const deliveryNotBegun = (startOn: string): string =>
  `The commitment starts on ${longDate(startOn)}. Report progress first, or claim completion when it has ` +
  'begun.';
export const officersVerifyMoneyOnly =
  'A finance officer verifies commitments with money from a pool. The seat-holder or an official verifies ' +
  'this one.';
export const verifierHadAPart =
  'You had a part in this commitment other than for the agency that verifies it: you drafted, offered, ' +
  'accepted, changed, reported or claimed it. Somebody else of that agency looks at it.';
export const evidenceSeenBefore =
  'This evidence was looked at when completion was verified. Enter evidence that is new.';

// Changing, ending and disclosing
/** `why`: what makes it more than the owner's own word can do, as a clause. */
export const rescheduleNeedsOfficial = (why: string): string =>
  `This needs the department’s senior responsible official by name, because ${why}. Enter official.`;
export const rescheduleNeedsDecision = (why: string): string =>
  `This needs a carried decision of the place, because ${why}. Enter decisionId.`;
export const movedPastFirstDate = (days: number): string =>
  `it would be ${days} days after the date first accepted`;
export const successorNotAccepted = (commitmentId: string): string =>
  `${nameOf.record(`commitment-${commitmentId}`)} is not an accepted commitment that was drafted to ` +
  `supersede this one.`;
export const ownerHasNotConsented = (ownerAgencyId: string): string =>
  `${nameOf.agency(ownerAgencyId)} has not consented to show this commitment. Ask them to consent first.`;
