/** How long what concerns accounts lasts (docs/rules/account.md). */

/** Days for which an invitation can be taken up. */
export const invitationDays = 14;
/** Working days within which a second person is to say yes or no. */
export const approvalDays = 10;
/** Years that a grant lasts at most. */
export const longestGrantYears = 1;
/** Administrators whom the machine's operator names, before anybody can be asked. */
export const firstAdministrators = 2;
/** Grants that an account has had at most, those that ended among them. */
export const mostGrants = 500;
/** Of one account that is taken over from a list: those of one command fit into one append. */
export const mostAdoptedGrants = 200;
