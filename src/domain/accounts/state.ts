/** An account as it stands, and its grants: who may do what, since when, by whose word. */
import { contentHash, textHash } from '../kernel/hash.js';
import type { Parts } from '../kernel/parts.js';
import type { Presence } from '../kernel/presence.js';
import { grantName, namesItsScope, type Grant, type Role } from '../shared/access.js';
import { personId } from '../person/state.js';

/** A grant in words that a form has: the role, and what its scope names. */
export interface GrantedScope {
  readonly role: Grant['role'];
  readonly programmeId?: string | undefined;
  readonly placeId?: string | undefined;
  readonly agencyId?: string | undefined;
}
export interface AccountGrant extends GrantedScope {
  status: 'requested' | 'approved' | 'refused' | 'revoked';
  /** Its last day. */
  until: string;
  requestedBy: string;
  requestedOn: string;
  approvedBy?: string;
  approvedOn?: string;
  /** Who revoked or refused it, when and why. */
  endedBy?: string;
  endedOn?: string;
  endedBecause?: string;
}
export interface AccountState {
  status: 'none' | 'invited' | 'active' | 'suspended';
  accountId: string;
  programmeId: string;
  /** Of the secretariat that invited it. */
  placeId?: string;
  grants: Parts<AccountGrant>;
  /** The hash of the secret by which whoever holds it takes the account, and the last day for that. */
  invitation?: { hash: string; until: string };
  /**
   * An invitation to take over the account by another subject; it counts once a second person approved it.
   */
  rebinding?: { hash: string; until: string; offeredBy: string; offeredOn: string; approved: boolean };
  /** The hash of issuer and subject. */
  binding?: string;
  issuer?: string;
  subject?: string;
  suspendedBy?: string;
  /** The hash of the address by which its calendar is read, and since when. */
  calendar?: { hash: string; since: string };
  /** Programmes besides its own whose administrators see it. */
  alsoOf: string[];
}
export const initial = (): AccountState => ({
  status: 'none',
  accountId: '',
  programmeId: '',
  grants: {},
  alsoOf: [],
});
export const present = {
  invitation: ['invited'],
} as const satisfies Presence<AccountState>;

/** The record of an account: its id, or, where that is no id of a record, a hash. */
export const accountRecordId = (account: string): string => personId(account);

/** The hash by which an issuer's subject is known. */
export const bindingOf = (issuer: string, subject: string): string => contentHash([issuer, subject]);
/** What is kept of a one-time secret: its SHA-256, as `sha256sum` gives it. */
export const secretHash = (secret: string): string => textHash(secret);

/** Reads a scope as the grant it is; undefined where the role's scope names other parts. */
export function grantOf({ role, programmeId, placeId, agencyId }: GrantedScope): Grant | undefined {
  const grant: Grant = {
    role,
    ...(programmeId ? { programme: programmeId } : {}),
    ...(placeId ? { place: placeId } : {}),
    ...(agencyId ? { agency: agencyId } : {}),
  };
  return namesItsScope(grant) ? grant : undefined;
}
/** A grant as it is written, `seat-holder@place:durham+agency:nhs-durham`. */
export const grantNameOf = (scope: GrantedScope): string => {
  const grant = grantOf(scope);
  return grant ? grantName(grant) : scope.role;
};
/** The same the other way round. */
export const scopeOf = ({ role, programme, place, agency }: Grant): GrantedScope => ({
  role,
  ...(programme ? { programmeId: programme } : {}),
  ...(place ? { placeId: place } : {}),
  ...(agency ? { agencyId: agency } : {}),
});

/** True of a grant that counts on a day: approved, and not past its last day. */
export const isInForce = (grant: Pick<AccountGrant, 'status' | 'until'>, day: string): boolean =>
  grant.status === 'approved' && day <= grant.until;

/** The grants in which an account may act on a day: none of one that is not active. */
export function grantsInForce(state: Pick<AccountState, 'status' | 'grants'>, day: string): Grant[] {
  if (state.status !== 'active') return [];
  const grants = new Map<string, Grant>();
  for (const held of Object.values(state.grants)) {
    const grant = isInForce(held, day) ? grantOf(held) : undefined;
    if (grant) grants.set(grantName(grant), grant);
  }
  return [...grants.values()];
}

/** The grants of a token: those it was made for, as far as its account still has them. */
export const grantsOfToken = (held: readonly Grant[], chosen: readonly string[] | null): readonly Grant[] =>
  chosen === null ? held : held.filter((grant) => chosen.includes(grantName(grant)));

/** Roles that a secretariat may ask for: those of its own place's table. */
export const rolesOfATable: ReadonlySet<Role> = new Set<Role>([
  'seat-holder',
  'chair',
  'secretariat',
  'contributor',
  'member',
]);

/**
 * The invitation that can be taken up: of an account that is bound, one that a second person approved; none
 * of one that is suspended.
 */
export function offerOf({ status, binding, invitation, rebinding }: AccountState) {
  if (status === 'suspended') return undefined;
  if (binding === undefined) return invitation;
  return rebinding?.approved ? rebinding : undefined;
}
