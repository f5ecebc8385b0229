/**
 * What tells an access token from the other tokens that an issuer signs (ID tokens, logout tokens): its
 * header's type (RFC 9068), or, of an issuer that sends none, a claim that its access tokens alone hold.
 */
import type { JWTPayload } from 'jose';

export type TokenKind = { readonly typ: 'at+jwt' } | { readonly claim: string; readonly value?: string };

/** Claims that stand in access tokens alone. */
const present = ['scp', 'scope', 'client_id'];
/** Claims whose value says which kind a token is. */
const telling = ['token_use', 'token_type', 'typ', 'idtyp'];
/** Values that say another kind, or nothing: every token is a JWT. */
const others =
  /^(jwt|id|id[_-]?token|id\+jwt|logout|logout[_-]?token|logout\+jwt|refresh|refresh[_-]?token|offline)$/i;
export const tokenKinds =
  'at+jwt, or of an issuer that sends no type a claim of its access ' +
  `tokens alone: ${present.join(', ')}, one of these with a value, ` +
  `or ${telling.join(', ')} with one, like token_use=access`;

/** Characters of a claim's value at most. */
const longestValue = 200;
const setting = new RegExp(String.raw`^([a-z_]+)(?:=([\x21-\x7e]{1,${longestValue}}))?$`);

/** Reads the setting; undefined where it would take any token of the issuer. */
export function parseTokenKind(text: string): TokenKind | undefined {
  if (text === 'at+jwt') return { typ: 'at+jwt' };
  const [, claim = '', value] = setting.exec(text) ?? [];
  // An ID token's scope is that.
  if (value === 'openid') return undefined;
  if (present.includes(claim)) return value === undefined ? { claim } : { claim, value };
  return telling.includes(claim) && value !== undefined && !others.test(value) ? { claim, value } : undefined;
}

/** What ID tokens and logout tokens hold, and no access token does. */
const foreign = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events', 'logout_token'];
/** A space between, as `scope` is written, or a list, as some issuers write it. */
function values(claim: unknown): readonly unknown[] {
  const all: unknown = typeof claim === 'string' ? claim.split(' ') : claim;
  return Array.isArray(all) ? all.filter((v) => v !== '') : [];
}

/**
 * Whether a token, whose header states `typ`, is an access token by its claims; one of a stated kind is no
 * other.
 */
export function isAccessToken(kind: TokenKind, typ: string | undefined, claims: JWTPayload): boolean {
  if (foreign.some((name) => Object.hasOwn(claims, name))) return false;
  if ('typ' in kind) return isType('at+jwt', typ);
  if (typ !== undefined && !isType('jwt', typ) && !isType('at+jwt', typ)) return false;
  // Whichever claim is asked for: what another says plainly counts. That it is a JWT says nothing.
  if (
    telling.some(
      (name) =>
        Object.hasOwn(claims, name) &&
        values(claims[name]).some((v) => typeof v === 'string' && others.test(v) && !isType('jwt', v)),
    )
  )
    return false;
  // ID tokens' own scope tells nothing.
  const held = Object.hasOwn(claims, kind.claim)
    ? values(claims[kind.claim]).filter((v) => v !== 'openid')
    : [];
  return kind.value === undefined ? held.length > 0 : held.includes(kind.value);
}

/** Media types are compared without regard to case, and may leave `application/` out. */
const isType = (type: string, stated: string | undefined): boolean =>
  stated !== undefined && stated.toLowerCase().replace(/^application\//, '') === type;
