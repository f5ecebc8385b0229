/** What an agency's commands say where they refuse: a sentence each, of what its reader has to be told. */
import { longDate } from '../shared/values.js';

export const onlyOwnPartners =
  'A secretariat changes the record of its own place’s partners only. The programme office changes the ' +
  'others.';
export const recordClosed = (retiredOn: string): string =>
  `The agency was retired on ${longDate(retiredOn)}. Its record is closed.`;
export const codeTaken = (code: string): string => `The code ${code} belongs to another agency then.`;
export const codeOfScheme = (schemes: readonly string[]): string =>
  `Enter a code of the scheme ${schemes.join(' or ')}. Where the proper code is not known, a programme ` +
  'code stands in.';
export const codeHoldsLater = (identifier: { readonly code: string; readonly from: string }): string =>
  `The code ${identifier.code} holds from ${longDate(identifier.from)}. Enter a later date for the next ` +
  'one, or correct that code.';
export const codeInUse = 'Records name this agency by its code. Add a new code from a date instead.';
export const beforeItBegan = 'The date must not lie before the agency began.';
export const succeedsItself = 'An agency cannot succeed itself, not even by a detour.';
