/**
 * Whether somebody proved a moment ago who they are: what is signed, certified or approved asks for it
 * (docs/adr/0030-signing-in.md).
 */
import type { Principal, SignedIn } from '../query/deps.js';

/** Seconds after which somebody must prove anew who they are. */
export const freshSeconds = 600;

/** What an issuer's proof must be to count. */
export interface FreshSignIn {
  /** Classes (`acr`), of which one is enough; any where none is named. */
  readonly acr: readonly string[];
}

/**
 * Until when a proof counts as fresh, in milliseconds of the machine's clock; undefined where it never did:
 * it says no time, or is of another class than it must be.
 */
export function freshUntil(signedIn: SignedIn | undefined, { acr }: FreshSignIn): number | undefined {
  if (!signedIn || (acr.length > 0 && !acr.includes(signedIn.acr ?? ''))) return undefined;
  return Date.parse(signedIn.at) + freshSeconds * 1000;
}

/** Whether whoever asks proved a moment ago who they are. */
export const isFresh = ({ freshUntil: until }: Principal, now: number): boolean =>
  until !== undefined && now <= until;
