/** Members that several commands on an account take. */
import { scopesOf, type Part } from '../shared/access.js';
import { DateOn, NewPartId, Prose, Sha256 } from '../shared/values.js';
import { RoleName, Scope } from './events.js';

/** Needed for the roles that can be held for nothing else; an auditor's is of a programme or of a place. */
const neededFor = (part: Part) => ({
  needed: `Choose the ${part} that the role is held for`,
  neededWhen: {
    role: RoleName.options.filter((role) => scopesOf(role).every((parts) => parts.includes(part))),
  },
});
/** A grant that is asked for. */
export const Asked = {
  grantId: NewPartId,
  ...Scope,
  programmeId: Scope.programmeId.meta(neededFor('programme')),
  placeId: Scope.placeId.meta(neededFor('place')),
  agencyId: Scope.agencyId.meta(neededFor('agency')),
  until: DateOn.meta({ label: 'Last day', hint: 'A year from now at most.' }),
};
/** The page that invites makes the secret, and shows it once. */
export const invitation = Sha256.meta({
  field: 'given',
  makes: 'invitation',
  label: 'Fingerprint of the invitation',
});
/** Why a grant is ended though nobody else holds the same. */
export const although = Prose().optional().meta({
  label: 'Why it ends though nobody else holds the same',
  hint: 'Needed only where nobody else does.',
});
