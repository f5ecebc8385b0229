/**
 * What a return's commands say where they refuse: a sentence each, of what its reader has to be told. What is
 * signed stands in statement.ts.
 */
import type { Content, TemplateSection } from './state.js';
import { longDate } from '../shared/values.js';
import { nameOf } from '../kernel/naming.js';

// Its round, and who makes it
export const placeNotEnrolled = 'This place is not enrolled in the programme, so it makes no return.';
export const noSuchRound = (roundNo: number): string =>
  `The programme has no round ${roundNo}. Choose a round that is open.`;
export const roundNotOpen = (roundNo: number, status: string): string =>
  status === 'planned'
    ? `Round ${roundNo} is not open yet.`
    : `Round ${roundNo} is closed. Ask the programme office for an extension.`;
export const whoMakesFullReturns = 'A pilot’s return is made by its secretariat and contributors.';
export const whoMakesLightReturns = 'A light return is made by the place’s members and secretariat.';
export const templateNotSet = 'The programme office has not set the sections of this return yet.';

// Its sections
export const noSuchSection = (sectionId: string, template: readonly TemplateSection[]): string =>
  `This return has no section ${sectionId}. Its sections are ` +
  `${template.map((section) => section.sectionId).join(', ')}.`;
export const notItsSection = (sectionId: string): string =>
  `This return has no section ${sectionId}. Name its own sections.`;
export const changesAskedElsewhere = (asked: {
  readonly sections: readonly string[];
  readonly dueOn: string;
}): string => `Changes were asked for in ${asked.sections.join(', ')} only, by ${longDate(asked.dueOn)}.`;
/** `full`: it is a pilot's. */
export const noSigner = (full: boolean): string =>
  `Nominate the place’s ${full ? 'accountable body' : 'lead contact'} first: it signs the return.`;
export const holdsNoRisks = (title: string): string =>
  `“${title}” holds no risks. Enter them in the risk section.`;
export const countsMissing = (title: string): string =>
  `Enter how many are Whitehall’s, joint and local for “${title}”.`;
export const tooManyWords = (title: string, maxWords: number, has: number): string =>
  `“${title}” must be ${maxWords} words or fewer. It has ${has}.`;
export const returnTooLong = (bytes: number, maxBytes: number): string =>
  `The return would be ${bytes - maxBytes} bytes longer than the ${maxBytes} it can hold. Shorten this ` +
  'section.';

// What it includes
export const nothingToInclude = (aggregate: string, id: string): string =>
  `This place has no ${aggregate} ${id}. Include pools, barriers and commitments of the place, or ` +
  'barriers it has joined.';
export const includedNotAccepted = (commitmentId: string, status: string): string =>
  `The commitment ${nameOf.record(`commitment-${commitmentId}`)} is ${status}. Include commitments that ` +
  `were accepted.`;
export const includedNotDisclosed = (commitmentId: string, ownerAgencyId: string): string =>
  `${nameOf.agency(ownerAgencyId)} has not consented to show the commitment ` +
  `${nameOf.record(`commitment-${commitmentId}`)} to the programme. Ask them ` +
  'to, or leave it out.';

// Signing
export const onlyOfficersSign =
  'Only a finance officer of the place’s accountable body can sign this return or decline it.';
export const onlyLeadContactSigns = 'Only the place’s lead contact can sign this return or decline it.';
export const signedApart =
  'You answered or completed a section of this return, or sent it. Somebody who did neither signs it.';
export const sentToAnother = (agencyId: string): string =>
  `It was sent to ${nameOf.agency(agencyId)}, which is not the place’s accountable body any more. ` +
  `Decline it, so that it ` +
  'is sent to yours.';
export const statementDiffers =
  'This is not the hash of the statement as it stands. Read the return’s statement again, and send its ' +
  'hash.';
export const notSignedOff = 'This is ready but not signed off. Send it for sign-off first.';
/** `what`: the records and sections that have changed. */
export const signOffVoid = (what: string): string =>
  `What was to be signed has changed since it was sent: ${what}. Send the return for sign-off again.`;

// Judging and asking
export const judgedApart =
  'You had a part in the making of this return. Somebody else of the programme office does this.';
export const queryExists = 'This return already has a query with this id. Choose another.';
export const queryAnswered = 'This query has been answered. Ask for a new one if more is to be said.';

// What stands in a section
/** All that a section holds, as one text. */
export function contentInWords({ text, rows = [], risks = [], counts }: Content): string {
  const parts = [
    ...(text === undefined ? [] : [text]),
    ...rows.map(({ label, value }) => `${label}: ${value}`),
    ...risks.map(({ description, mitigation }) => `${description} (${mitigation})`),
    ...(counts ? [countsInWords(counts)] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'nothing';
}
const countsInWords = ({ whitehall, joint, local }: NonNullable<Content['counts']>): string =>
  `${whitehall} for Whitehall, ${joint} for both together` +
  (local === undefined ? '' : `, ${local} for the place itself`);
