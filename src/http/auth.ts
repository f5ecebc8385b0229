/** Bearer tokens: who asks, and in which grants. Verified with `jose` against the machine's clock. */
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { parseGrant, type Grant } from '../domain/access.js';
import { AccountId } from '../domain/values.js';
import { Problem } from './problem.js';
import type { Principal } from './deps.js';

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** The issuer's public keys, or where they are. */
  readonly keys: JSONWebKeySet | URL;
}

const Claims = z.object({
  sub: AccountId,
  exp: z.number(),
  grants: z
    .array(z.object({ role: z.string(), scope: z.string().default('') }))
    .max(200)
    .default([]),
});
const unauthorised = (code: string, detail: string): Problem => new Problem(401, code, detail, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });

/** Makes a verifier of `Authorization` headers. A verified token is remembered until it expires, a minute at most. */
export function createVerifier(options: VerifierOptions): (authorization: string | undefined) => Promise<Principal> {
  const keys: JWTVerifyGetKey =
    options.keys instanceof URL ? createRemoteJWKSet(options.keys, { timeoutDuration: 5000, cooldownDuration: 30_000, cacheMaxAge: 600_000 }) : createLocalJWKSet(options.keys);
  const remembered = new LRUCache<string, Principal>({ max: 10_000 });
  return async (authorization) => {
    const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(authorization ?? '')?.[1];
    if (!token) throw new Problem(401, 'TOKEN_REQUIRED', 'Send a bearer token in the Authorization header.', { headers: { 'www-authenticate': 'Bearer' } });
    const known = remembered.get(token);
    if (known) return known;
    const claims = await verify(token, keys, options);
    const grants = claims.grants.map(({ role, scope }): Grant => {
      const grant = parseGrant(role, scope);
      if (!grant) throw unauthorised('INVALID_GRANT', `The token holds a grant that does not exist: ${role}@${scope}.`);
      return grant;
    });
    const principal = { account: claims.sub, grants, expiresAt: claims.exp * 1000 };
    remembered.set(token, principal, { ttl: Math.max(1, Math.min(60_000, claims.exp * 1000 - Date.now())) });
    return principal;
  };
}

async function verify(token: string, keys: JWTVerifyGetKey, { issuer, audience, algorithms }: VerifierOptions): Promise<z.infer<typeof Claims>> {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: [...algorithms], requiredClaims: ['sub', 'exp'], clockTolerance: 5 });
    const claims = Claims.safeParse(payload);
    if (!claims.success) throw unauthorised('INVALID_TOKEN', 'The token’s sub must be an account id (not an e-mail address) and its grants a list of {role, scope}.');
    return claims.data;
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof errors.JWTExpired) throw unauthorised('TOKEN_EXPIRED', 'The token has expired. Get a new one.');
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') {
      throw new Problem(503, 'ISSUER_UNAVAILABLE', 'The issuer’s keys cannot be read now. Try again soon.', { headers: { 'retry-after': '5' } });
    }
    throw unauthorised('INVALID_TOKEN', 'The token is not one that this service accepts.');
  }
}

/** Reads `Acting-As: <role>@<scope>`. */
export function parseActingAs(header: string): Grant {
  const [role = '', scope = ''] = header.split('@');
  const grant = parseGrant(role, scope);
  if (!grant) throw new Problem(400, 'INVALID_ACTING_AS', 'Acting-As must be a role and scope of yours, like seat-holder@place:durham+agency:county-durham-pct.');
  return grant;
}
