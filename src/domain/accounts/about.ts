/** The grants of an account that its commands are about, as they are offered to whoever gives one. */
import type { PartOf } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import { longDate } from '../shared/values.js';
import type { AccountGrant, AccountState } from './state.js';

/** What a grant is, and until when, in words. */
export const grantTitle = ({ role, programmeId, placeId, agencyId, until }: AccountGrant): string =>
  [
    role,
    ...(placeId ? [nameOf.place(placeId)] : []),
    ...(agencyId ? [nameOf.agency(agencyId)] : []),
    ...(programmeId ? [nameOf.record(`programme-${programmeId}`)] : []),
    `until ${longDate(until)}`,
  ].join(', ');
/** A command is about a grant of one of these statuses. */
export const aboutGrant = (...statuses: readonly AccountGrant['status'][]) => ({
  member: 'grantId' as const,
  among: (state: AccountState): PartOf[] =>
    Object.entries<AccountGrant>(state.grants)
      .filter(([, { status }]) => statuses.includes(status))
      .map(([id, grant]) => ({ id, title: grantTitle(grant) })),
});
