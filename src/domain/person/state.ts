/** What is known of a person, and under which id. */
import { contentHash } from '../kernel/hash.js';
import { Id } from '../shared/values.js';

export interface PersonState {
  status: 'none' | 'registered';
  accountId: string;
  name: string;
  post?: string;
  officeHolder: boolean;
  /** In which programme they are called so; one of before is called so in all. */
  programmeId?: string;
}

/** Hexadecimal digits of a hash that stand for an account: 160 bits. */
const hashDigits = 40;
/**
 * A person's record id follows from programme and account, so that an account has one name in each programme,
 * and no programme names an account in another's answers. Two are never one: the programme's own dots stand
 * doubled, and what is no record id (capitals, other signs, too long) has its hash's. Without a programme:
 * the record of a log from before names were a programme's.
 */
export function personId(accountId: string, programmeId?: string): string {
  const own =
    Id.safeParse(accountId).success && !accountId.startsWith('account-')
      ? accountId
      : `account-${contentHash(accountId).slice(0, hashDigits)}`;
  if (programmeId === undefined) return own;
  const id = `${programmeId.replaceAll('.', '..')}.${own}`;
  return Id.safeParse(id).success
    ? id
    : `account-${contentHash([programmeId, accountId]).slice(0, hashDigits)}`;
}
