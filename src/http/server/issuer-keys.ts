/**
 * An issuer's public keys, read where it publishes them: in bounded time and size, from that address alone,
 * and a set of keys or nothing.
 */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { fetchBounded, IssuerAddress, textOf, TooLong, withinMs as usualMs } from './issuer-address.js';

/** Milliseconds in which keys are not asked for again, whatever key a token names. */
const restMs = 30_000;
/** Milliseconds for which keys are believed: so soon one that the issuer has withdrawn is no key here. */
const believedMs = 600_000;

/** `withinMs` for the whole answer. */
export const issuerKeys = (url: URL, withinMs = usualMs): JWTVerifyGetKey =>
  createRemoteJWKSet(url, {
    timeoutDuration: withinMs,
    cooldownDuration: restMs,
    cacheMaxAge: believedMs,
    [customFetch]: fetchKeys,
  });

/** Milliseconds for which an issuer that could not say where its keys are is not asked again. */
const afterFailureMs = 2_000;

/**
 * The keys of an issuer, where its own description says they are. It is asked when a token of it comes; while
 * it cannot be, nothing is wrong with the token.
 */
export function discoveredKeys(issuer: string, now: () => number = Date.now): JWTVerifyGetKey {
  let known: Promise<JWTVerifyGetKey> | undefined;
  let failedAt = -Infinity;
  return async (...token) => {
    if (!known && now() - failedAt < afterFailureMs) throw new errors.JWKSTimeout();
    known ??= whereKeysAre(issuer).then((url) => issuerKeys(url));
    try {
      await known;
    } catch (error) {
      known = undefined;
      failedAt = now();
      throw error;
    }
    return (await known)(...token);
  };
}

/** The address of an issuer's description of itself, which it stands under. */
export const descriptionOf = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

async function whereKeysAre(issuer: string): Promise<URL> {
  const response = await fetchBounded(descriptionOf(issuer), { signal: AbortSignal.timeout(usualMs) });
  const said = response.status === 200 ? ((await response.json()) as Record<string, unknown>) : {};
  // One that calls itself otherwise is another, whoever answered.
  const url = said.issuer === issuer ? IssuerAddress.safeParse(said.jwks_uri).data : undefined;
  if (url === undefined) throw new errors.JWKSInvalid(`${issuer} does not say where its keys are`);
  return new URL(url);
}

/** Follows no redirect: keys from another address are another issuer's. */
async function fetchKeys(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'manual' });
  if (response.status !== 200 || !response.body) return response;
  const text = await textOf(response).catch((error: unknown) => {
    throw error instanceof TooLong ? new errors.JWKSInvalid(error.message) : error;
  });
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
