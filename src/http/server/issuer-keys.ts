/**
 * An issuer's public keys, read where it publishes them: in bounded time and size, from that address alone,
 * and a set of keys or nothing.
 */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';

/** Of an answer: hundreds of keys; what is longer is no set of keys. */
const mostBytes = 1_048_576;
/** Milliseconds in which keys are not asked for again, whatever key a token names. */
const restMs = 30_000;
/** Milliseconds for which keys are believed: so soon one that the issuer has withdrawn is no key here. */
const believedMs = 600_000;

/** `withinMs` for the whole answer. */
export const issuerKeys = (url: URL, withinMs = 5_000): JWTVerifyGetKey =>
  createRemoteJWKSet(url, {
    timeoutDuration: withinMs,
    cooldownDuration: restMs,
    cacheMaxAge: believedMs,
    [customFetch]: fetchKeys,
  });

/** Follows no redirect: keys from another address are another issuer's. */
async function fetchKeys(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'manual' });
  if (response.status !== 200 || !response.body) return response;
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop closes the connection.
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > mostBytes) throw new errors.JWKSInvalid(`more than ${mostBytes} bytes`);
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  if (!holdsKeys(text)) throw new errors.JWKSInvalid('not a set of keys');
  return new Response(text, { status: 200 });
}

/**
 * What a public key of each type must have (RFC 7518, 8037); members that are not understood are passed over,
 * a set of nothing else is none.
 */
const members: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);
function isKey(key: unknown): boolean {
  const given = (key ?? {}) as Readonly<Record<string, unknown>>;
  return members.get(given.kty)?.every((name) => typeof given[name] === 'string') ?? false;
}
function holdsKeys(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) && keys.some(isKey);
  } catch {
    return false;
  }
}
