/** Which account a token's subject is. */
import { createHash } from 'node:crypto';
import { AccountId, isSystems } from '../../domain/shared/values.js';

/** What only this function makes: a subject that looks like one would be somebody else. */
const made = /^s\.[a-z2-7]{26}$/;
/** Characters of a subject, as OpenID Connect has it: no issuer sends more. */
const longest = 255;
/** So many of five bits are 130: nobody finds another subject with the same. */
const hashChars = 26;

/** RFC 4648 in lower-case, its first characters. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');
  return Array.from(
    { length: hashChars },
    (_, i) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(bits.slice(i * 5, i * 5 + 5), 2)],
  ).join('');
}

const isSubject = (text: string): boolean =>
  text !== '' && text.length <= longest && text.isWellFormed() && !isSystems(text);

/**
 * `s.` and the hash of a subject with its issuer's, so that it stands nowhere. Undefined where nobody may
 * have it.
 */
export function hashedAccount(issuer: string, subject: string): string | undefined {
  if (!isSubject(subject)) return undefined;
  return `s.${base32(createHash('sha256').update(`${issuer}\0${subject}`).digest())}`;
}

/**
 * A subject that is an account id is the account; any other (an e-mail address, an address of an identity) is
 * hashed. Undefined where nobody may have it.
 */
export function accountOf(issuer: string, subject: string): string | undefined {
  if (isSubject(subject) && AccountId.safeParse(subject).success && !made.test(subject)) return subject;
  return hashedAccount(issuer, subject);
}
