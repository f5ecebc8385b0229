/** Members that several commands on an account take. */
import { DateOn, NewPartId, Prose, Sha256 } from '../shared/values.js';
import { Scope } from './events.js';

/** A grant that is asked for. */
export const Asked = {
  grantId: NewPartId,
  ...Scope,
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
