/**
 * The one content hash: SHA-256 of the RFC 8785 canonical JSON, as 64 hexadecimal digits. Pure; no randomness
 * is taken from the module.
 */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

export const contentHash = (value: unknown): string =>
  createHash('sha256').update(canonicalize(value)!).digest('hex');
/** SHA-256 of a text's UTF-8 bytes, for what people read. */
export const textHash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
