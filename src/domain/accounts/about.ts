/** The grants of an account that its commands are about, as they are offered to whoever gives one. */
import type { PartOf } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import { longDate } from '../shared/values.js';
import { grantNameOf, type AccountGrant, type AccountState } from './state.js';

/** What a grant is, and until when, in words. */
export const grantTitle = (grant: AccountGrant): string =>
  `${nameOf.grant(grantNameOf(grant))}, until ${longDate(grant.until)}`;
/** A command is about a grant of one of these statuses. */
export const aboutGrant = (...statuses: readonly AccountGrant['status'][]) => ({
  member: 'grantId' as const,
  among: (state: AccountState): PartOf[] =>
    Object.entries<AccountGrant>(state.grants)
      .filter(([, { status }]) => statuses.includes(status))
      .map(([id, grant]) => ({ id, title: grantTitle(grant) })),
});
