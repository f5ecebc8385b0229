/**
 * What is fetched from an issuer: over a way that nobody can change, in bounded time and size, from there
 * alone.
 */
import { z } from 'zod';
import { isLoopback } from './loopback.js';

/** Of an answer: hundreds of keys; what is longer is none that we asked for. */
export const mostBytes = 1_048_576;
/** Milliseconds for a whole answer. */
export const withinMs = 5_000;

/** Keys that anybody on the way can change are nobody's; on this machine there is no way. */
function isSafeForKeys(url: string): boolean {
  const { protocol, hostname, username, password } = new URL(url);
  return username === '' && password === '' && (protocol === 'https:' || isLoopback(hostname));
}

/** An address from which keys are taken. */
export const IssuerAddress = z
  .url({ protocol: /^https?$/, error: 'an https address' })
  .refine(isSafeForKeys, {
    error: 'an https address without a user; http only on this machine (localhost, 127.0.0.1, [::1])',
    when: ({ issues }) => issues.length === 0,
  });

/** An answer that is longer than it may be. */
export class TooLong extends Error {}

/** The text of an answer; throws `TooLong`, after which the connection is closed. */
export async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (!response.body) return '';
  // Leaving the loop closes the connection.
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > mostBytes) throw new TooLong(`more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Fetches, and follows no redirect: what is at another address is another's. */
export async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'manual' });
  const { status, headers } = response;
  const text = await textOf(response);
  // Such an answer has no body, and may not be made with one.
  return new Response([204, 205, 304].includes(status) ? null : text, { status, headers });
}
