/**
 * Whether somebody proved a moment ago who they are: what is signed, certified or approved asks for it
 * (docs/adr/0030-signing-in.md).
 */
import type { Principal, SignedIn } from '../http/query/deps.js';
import type { Issuer } from './issuers.js';
import { freshSeconds } from './oidc-client.js';

/**
 * Until when a proof counts as fresh, in milliseconds of the machine's clock; undefined where it never did: it
 * says no time, or is of another class than its issuer's must be.
 */
export function freshUntil(
  signedIn: SignedIn | undefined,
  issuers: readonly Pick<Issuer, 'issuer' | 'freshSignIn'>[],
): number | undefined {
  const issuer = issuers.find((one) => one.issuer === signedIn?.issuer);
  if (!signedIn || !issuer) return undefined;
  const { acr } = issuer.freshSignIn;
  if (acr.length > 0 && !acr.includes(signedIn.acr ?? '')) return undefined;
  return Date.parse(signedIn.at) + freshSeconds * 1000;
}

/** Whether whoever asks proved a moment ago who they are. */
export const isFresh = ({ freshUntil: until }: Principal, now: number): boolean =>
  until !== undefined && now <= until;
