/**
 * The one content hash: SHA-256 of the RFC 8785 canonical JSON, as 64 hexadecimal digits. Pure; no randomness
 * is taken from the module.
 */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

export function contentHash(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('What JSON does not have has no content hash.');
  return createHash('sha256').update(text).digest('hex');
}
/** SHA-256 of a text's UTF-8 bytes, for what people read. */
export const textHash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
