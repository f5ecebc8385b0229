/** What events of a barrier set of its owners, so that the next can tell what it was. */
import { nameOf } from '../kernel/naming.js';
import { sets, type SetValue } from '../kernel/set-value.js';
import { longDate } from '../shared/values.js';

/** The key of all that is set of an owner. */
export const owner = (agencyId: string): string => `owner.${agencyId}`;
export const ownership = (agencyId: string, how: 'proposed' | 'accepted' | 'declined'): SetValue =>
  sets(`${owner(agencyId)}.ownership`, `${nameOf.agency(agencyId)} as owner`, how);
export const answerOf = (agencyId: string, answer: string): SetValue =>
  sets(`${owner(agencyId)}.answer`, `Answer of ${nameOf.agency(agencyId)}`, answer);
export const answerDue = (agencyId: string, dueOn: string): SetValue =>
  sets(answerDueKey(agencyId), `Answer of ${nameOf.agency(agencyId)} due`, longDate(dueOn));
export const answerDueKey = (agencyId: string): string => `${owner(agencyId)}.answer-due`;
export const promisedFor = (agencyId: string, dueOn: string): SetValue =>
  sets(promisedKey(agencyId), `${nameOf.agency(agencyId)} to act by`, longDate(dueOn));
export const promisedKey = (agencyId: string): string => `${owner(agencyId)}.promised`;
