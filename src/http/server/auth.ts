/** Bearer tokens: who asks, and in which grants. Verified with `jose` against the machine's clock. */
import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { grantName, parseGrant, type Grant } from '../../domain/shared/access.js';
import { freshUntil, type FreshSignIn } from './fresh-sign-in.js';
import { issuerKeys } from './issuer-keys.js';
import { Problem } from './problem.js';
import type { ProblemCode } from './problem-codes.js';
import type { Principal, SignedIn } from '../query/deps.js';
import { accountOf, hashedAccount } from './subject.js';
import { isAccessToken, type TokenKind } from './token-kind.js';

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** The issuer's public keys, where they are, or how to come by them. */
  readonly keys: JSONWebKeySet | URL | JWTVerifyGetKey;
  /** What tells its access tokens from its others; their type where it is not given. */
  readonly kind?: TokenKind;
  /**
   * So many seconds after it was issued a token ends, whatever it says itself; a day where it is not given.
   */
  readonly longestAge?: number;
  /**
   * Its subjects are never accounts as they stand: of several issuers, each would otherwise name the others'
   * accounts.
   */
  readonly oneOfSeveral?: boolean;
  /**
   * What its proof of who somebody is must be to count as fresh; `'always'` where nobody proves anything, as
   * in the demo.
   */
  readonly freshSignIn?: FreshSignIn | 'always';
}

/** By which an issuer may sign. */
export const signatureAlgorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'PS256', 'EdDSA'] as const;
/** Seconds that a token may live, as an operator can say it. */
export const lifeOfToken = {
  shortest: 60,
  longest: 604_800,
  usual: 86_400,
  what: 'a number of seconds from 60 to 604800',
} as const;

/** Clocks of the issuer and this machine may be so many seconds apart. */
const tolerance = 5;

/** That one token may name. */
const mostGrants = 200;
/** Characters of an authentication's class; it is kept with what is signed. */
const longestClass = 200;

const Claims = z.object({
  sub: z.string(),
  exp: z.number(),
  iat: z.number(),
  // A member that is not known might narrow the grant.
  grants: z
    .array(z.strictObject({ role: z.string(), scope: z.string().default('') }))
    .max(mostGrants)
    .default([]),
  auth_time: z.number().optional().catch(undefined),
  acr: z.string().max(longestClass).optional().catch(undefined),
});
const unauthorised = (code: ProblemCode, detail: string): Problem =>
  new Problem(401, code, detail, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });

const notAccepted = 'The token is not one that this service accepts.';

/** Characters of a token at most. */
const longestToken = 8_192;
const bearer = new RegExp(`^Bearer ([A-Za-z0-9._~+/=-]{1,${longestToken}})$`, 'i');

/** Tokens whose signature is not looked at again: a memory bound, nothing else. */
const mostRemembered = 10_000;
/** Milliseconds for which a token is believed without being verified again. */
const rememberedMs = 60_000;

interface Trusted {
  readonly options: VerifierOptions;
  readonly keys: JWTVerifyGetKey;
}
function keysOf({ keys }: VerifierOptions): JWTVerifyGetKey {
  if (keys instanceof URL) return issuerKeys(keys);
  return typeof keys === 'function' ? keys : createLocalJWKSet(keys);
}

/** Whose a token says it is; nothing of it is believed yet. */
function statedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/**
 * Makes a verifier of `Authorization` headers. A verified token is remembered until it ends, a minute at
 * most. Of several issuers a token is its own's alone, by the exact text of `iss`: one that nobody knows is
 * refused before anything is fetched.
 */
export function createVerifier(
  ...issuers: readonly VerifierOptions[]
): (authorization: string | undefined) => Promise<Principal> {
  const trusted = new Map<string, Trusted>(
    issuers.map((options) => [options.issuer, { options, keys: keysOf(options) }]),
  );
  const verifiedTokens = new LRUCache<string, Principal>({ max: mostRemembered });
  return async (authorization) => {
    const token = bearer.exec(authorization ?? '')?.[1];
    if (!token)
      throw new Problem(401, 'TOKEN_REQUIRED', 'Send a bearer token in the Authorization header.', {
        headers: { 'www-authenticate': 'Bearer' },
      });
    const known = verifiedTokens.get(token);
    if (known) return known;
    const by = trusted.get(statedIssuer(token) ?? '');
    if (!by) throw unauthorised('INVALID_TOKEN', notAccepted);
    const principal = await verify(token, by.keys, by.options);
    verifiedTokens.set(token, principal, {
      ttl: Math.max(1, Math.min(rememberedMs, principal.expiresAt - Date.now())),
    });
    return principal;
  };
}

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  {
    issuer,
    audience,
    algorithms,
    kind = { typ: 'at+jwt' },
    longestAge = lifeOfToken.usual,
    oneOfSeveral = false,
    freshSignIn = { acr: [] },
  }: VerifierOptions,
): Promise<Principal & { expiresAt: number }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: [...algorithms],
      requiredClaims: ['sub', 'exp', 'iat'],
      maxTokenAge: longestAge,
      clockTolerance: tolerance,
    });
    if (!isAccessToken(kind, protectedHeader.typ, payload))
      throw unauthorised(
        'INVALID_TOKEN',
        'This is not an access token. Send the one that the issuer made for this service.',
      );
    const claims = Claims.safeParse(payload);
    const account = claims.data && (oneOfSeveral ? hashedAccount : accountOf)(issuer, claims.data.sub);
    if (!claims.success || account === undefined)
      throw unauthorised(
        'INVALID_TOKEN',
        'The token’s sub must be 1 to 255 characters and no name of ' +
          'the system’s own, and its grants a list of {role, scope}.',
      );
    const { sub: subject, iat, exp, grants } = claims.data;
    if (exp - iat > longestAge)
      throw unauthorised(
        'INVALID_TOKEN',
        `The token lives longer than ${longestAge} seconds. Get one that ends sooner.`,
      );
    const signedIn = signedInBy(issuer, claims.data);
    const fresh = freshSignIn === 'always' ? Infinity : freshUntil(signedIn, freshSignIn);
    return {
      account,
      grants: distinct(grants),
      expiresAt: exp * 1000,
      identity: { issuer, subject },
      ...(signedIn ? { signedIn } : {}),
      ...(fresh === undefined ? {} : { freshUntil: fresh }),
    };
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof errors.JWTExpired)
      throw unauthorised('TOKEN_EXPIRED', 'The token has expired. Get a new one.');
    if (isUnavailable(error))
      throw new Problem(503, 'ISSUER_UNAVAILABLE', 'The issuer’s keys cannot be read now. Try again soon.', {
        headers: { 'retry-after': '5' },
      });
    throw unauthorised('INVALID_TOKEN', notAccepted);
  }
}

/**
 * When an issuer says that somebody proved who they are; nobody has done so in times to come, and a claim in
 * another form says nothing.
 */
function signedInBy(
  issuer: string,
  { auth_time: seconds, acr }: { readonly auth_time?: number; readonly acr?: string },
): SignedIn | undefined {
  if (seconds === undefined || !(seconds > 0 && seconds * 1000 <= Date.now() + tolerance * 1000))
    return undefined;
  return { at: new Date(seconds * 1000).toISOString(), ...(acr === undefined ? {} : { acr }), issuer };
}

/** Nothing is wrong with the token where the keys are not to be had, or what came is no set of keys. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  !(error instanceof errors.JOSEError) ||
  error.code === 'ERR_JOSE_GENERIC';

/** Grants of a token, each once: one that stands twice is no choice between two. */
function distinct(claimed: readonly { role: string; scope: string }[]): Grant[] {
  const grants = new Map<string, Grant>();
  for (const { role, scope } of claimed) {
    const grant = parseGrant(role, scope);
    if (!grant)
      throw unauthorised('INVALID_GRANT', `The token holds a grant that does not exist: ${role}@${scope}.`);
    grants.set(grantName(grant), grant);
  }
  return [...grants.values()];
}

/** Reads `Acting-As: <role>@<scope>`. */
export function parseActingAs(header: string): Grant {
  const [role = '', scope = '', ...rest] = header.split('@');
  const grant = rest.length === 0 ? parseGrant(role, scope) : undefined;
  if (!grant)
    throw new Problem(
      400,
      'INVALID_ACTING_AS',
      'Acting-As must be a role and scope of yours, like seat-holder@place:durham+agency:county-durham-pct.',
    );
  return grant;
}
