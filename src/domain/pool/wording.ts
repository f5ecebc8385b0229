/** What a pool's commands say where they refuse: a sentence each, of what its reader has to be told. */
import { nameOf } from '../kernel/naming.js';
import { longDate, pounds } from '../shared/values.js';
import type { Pledge } from './state.js';

/** A pledge as people call it: whose it is, and for which year. */
type Called = Pick<Pledge, 'agencyId' | 'financialYear'>;
const called = ({ agencyId, financialYear }: Called): string =>
  `pledge of ${nameOf.agency(agencyId)} for ${financialYear}`;

// Agreeing, opening and closing a pool
export const whatSection75Pools =
  'Section 75 pools NHS bodies with local authorities only, citing the functions of both. Others join ' +
  'through an aligned budget or a grant to the accountable body.';
export const sharesTotalTheWhole =
  'The partners’ shares, over and under, must each total exactly 10,000 basis points.';
export const reductionsOfSignersOnly =
  'Only the pledge of an agency that signs this version can be reduced by it.';
export const onlyNamedPartnersSign = 'Only the partners the agreement names sign it, each for itself.';
export const documentDiffers = 'This is not the document that was proposed as this version. Read that one.';
export const signerRetired = 'Your agency is retired. Propose a version that names its successor.';
export const reducedPledgeInUse = (pledge: Called, pence: number): string =>
  `${pounds(pence)} of the ${called(pledge)} is in use by now. Propose a new version.`;
export const everyPartnerSigns =
  'Every partner signs one version of the agreement first, the host among them.';
export const pledgesWait = (pledges: number): string =>
  `${pledges === 1 ? 'A pledge waits' : `${pledges} pledges wait`} for confirmation.`;
export const noPledgeConfirmed = 'No pledge is confirmed yet.';
export const moneyStillHeld =
  'Draw or release what is allocated first, and let the commitments end for which money is reserved.';
export const cashStillHeld = 'Settle the years first, which returns the cash that was not drawn.';

// Pledging
export const holdsNoSeat = 'Your agency holds no seat in this place.';
/** Who left the table is not told whose a pledge is that was left there. */
export const notOwnPledge = (pledge: Called & Pick<Pledge, 'orphanedOn'>): string =>
  pledge.orphanedOn
    ? 'Only the agency that pledged can do this.'
    : `This is the ${called(pledge)}. Only that agency can do this.`;
export const noSuchPledge = 'The pool has no such pledge.';
export const noConfirmedPledge = (pledge: Called | undefined): string =>
  pledge ? `The ${called(pledge)} is not confirmed.` : noSuchPledge;
export const lessThanConfirmed = 'Enter less than what is confirmed.';
export const pledgeInUse = (pence: number): string =>
  `${pounds(pence)} of it is paid in, allocated or reserved.`;
export const changedBeforeConfirmedOnly = (status: string): string =>
  `The pledge is ${status}. A confirmed pledge is reduced, not changed.`;
export const streamNotAvailable =
  'This funding stream does not exist, has ended, or does not cover the year.';
export const confirmedByAnother =
  'You made this pledge or changed it. Another finance officer of your agency confirms it.';
export const confirmerRetired =
  'Your agency is retired: nothing new is contributed in its name. Its successor pledges.';
export const alignedPoolHoldsNoCash =
  'In an aligned pool each agency keeps its money. Record what is spent as a draw.';

// Pledges that nobody answers for
export const pledgeNotOrphaned =
  'Its agency answers for the pledge, or nothing of it is owed. Only the agency withdraws or reduces it.';
export const usedBeyondPaid = (pence: number): string =>
  `${pounds(pence)} of it is allocated or reserved beyond what was paid. Release that first, or have it ` +
  'paid in.';

// Allocating, drawing and moving. `pence` is what was asked for, `left` what is there for it.
export const purposeOutsidePool = (cofog: readonly string[]): string =>
  `The pool is for ${cofog.join(', ')}. Enter purposes within them.`;
export const ringFenced = (streamName: string, allowed: readonly string[]): string =>
  `The money of ${streamName} is ring-fenced for ${allowed.join(', ')}. Ask the department to relax it ` +
  'for this place.';
export const commitmentNotAccepted =
  'This place has no accepted commitment with this id. Its owner accepts it first.';
export const nothingReservedFor =
  'The pool holds nothing for this commitment. Ask for its money on the commitment first, whether or not ' +
  'it was drafted with any.';
export const moreThanReserved = (pledge: Called, pence: number, left: number): string =>
  `${pounds(left)} of the ${called(pledge)} is reserved for this commitment; this is ` +
  `${pounds(pence - left)} more.`;
export const moreThanPledged = (pledge: Called, pence: number, left: number): string =>
  `${pounds(left)} is left of the ${called(pledge)}; this is ${pounds(pence - left)} more.`;
export const drawnByAnother =
  'You allocated this money. Somebody else of the agency that spends it draws it.';
export const moreThanAllocated = (title: string, pence: number, left: number): string =>
  `The drawdown is ${pounds(pence - Math.max(0, left))} more than is left for ${title}.`;
export const cashInPool = (pledge: Called, pence: number): string =>
  `Only ${pounds(pence)} of the ${called(pledge)} is in the pool as cash.`;
export const moreThanLeftIn = (
  title: string,
  pledge: Called | undefined,
  pence: number,
  left: number,
): string =>
  `${pounds(left)} of ${pledge ? `the ${called(pledge)}` : 'that pledge'} is left in ${title}; ` +
  `this is ${pounds(pence - left)} more.`;
export const movedTooMuch =
  'So much was moved between allocations before that its sum could no more be kept.';
export const placeAskedForIt =
  'The place asked for this money, and the commitment was accepted on it. Withdraw the commitment or put ' +
  'another in its stead: the money comes back with it.';

// Years
export const yearsCovered = (years: readonly string[]): string => `The pool covers ${years.join(', ')}.`;
export const yearNotCovered = (years: readonly string[], financialYear: string): string =>
  `The pool covers ${years.join(', ')}. Agree a version that covers ${financialYear} first.`;
export const yearSettled = (financialYear: string): string =>
  `${financialYear} is settled: nothing more is pledged, paid in or allocated for it.`;
export const yearNotSettled = (financialYear: string, stopsDrawsAfter: string): string =>
  `${financialYear} was to be settled by ${longDate(stopsDrawsAfter)}. The manager settles it first.`;
export const onlyContributorsAgree =
  'Only agencies of the place with a confirmed pledge for the year agree, each for itself.';
export const noMoneyInYear = 'The pool has no confirmed pledge for this year.';
export const yearNotDrawn =
  'Money of this year is still allocated or reserved. Draw it, release it, or carry it forward first.';
export const onlyManagerSettles = 'Only the agency that manages the pool settles its years.';
export const onlyManagerReports = 'Only the agency that manages the pool reports its position.';
export const varianceUnexplained = (variance: number, budgetPence: number): string =>
  `The forecast is ${pounds(variance)} away from the ${pounds(budgetPence)} confirmed. Enter the cause ` +
  'and what is done about it.';
export const noticeTooShort = (noticeMonths: number, earliest: string): string =>
  `The pool agreed ${noticeMonths} months’ notice. Enter ${longDate(earliest)} or later.`;
