/**
 * Who may do and read what: roles, grants, disclosure tiers and the one function `canSee`
 * (docs/rules/shared.md#grants, docs/rules/shared.md#disclosure).
 */
import { isInherited } from '../kernel/parts.js';
import { idForm } from './patterns.js';

export type Part = 'programme' | 'place' | 'agency';

/** Every role that can stand in a grant, with the parts its scope must name (docs/rules/shared.md#grants). */
export const roles = {
  'seat-holder': ['place', 'agency'],
  chair: ['place', 'agency'],
  secretariat: ['place'],
  contributor: ['place', 'agency'],
  'finance-officer': ['agency'],
  champion: ['place'],
  official: ['agency'],
  treasury: ['programme'],
  'programme-office': ['programme'],
  auditor: [],
  member: ['place'],
  public: [],
  'access-administrator': ['programme'],
} as const satisfies Record<string, readonly Part[]>;

export type Role = keyof typeof roles | 'system';
type RoleNaming<P extends Part> = {
  [R in keyof typeof roles]: P extends (typeof roles)[R][number] ? R : never;
}[keyof typeof roles];
/** The parts that the scope of a grant names for certain, whichever of these roles it is of. */
export type NamedBy<R extends Role, P extends Part = Part> = {
  readonly [K in P as [R] extends [RoleNaming<K>] ? K : never]: string;
};

/** A role within a scope. `programme`, `place` and `agency` are ids. */
export interface Grant {
  readonly role: Exclude<Role, 'system'>;
  readonly programme?: string;
  readonly place?: string;
  readonly agency?: string;
}

/** Renders a grant as it is written in `Acting-As`: `seat-holder@place:durham+agency:nhs-durham`. */
export function grantName(grant: Grant): string {
  const parts = (['programme', 'place', 'agency'] as const)
    .filter((p) => grant[p])
    .map((p) => `${p}:${grant[p]}`);
  return `${grant.role}@${parts.join('+')}`;
}

/** The scopes a role may have, each by the parts it names: an auditor's is a programme or a place. */
export const scopesOf = (role: Grant['role']): readonly (readonly Part[])[] =>
  role === 'auditor' ? [['programme'], ['place']] : [roles[role]];

/** A part of a grant's scope, and the id of what it is. */
const scopePart = new RegExp(`^(programme|place|agency):(${idForm})$`);

/**
 * Reads one grant claim; undefined when the role is unknown or its scope names other parts than the role's.
 */
export function parseGrant(role: string, scope: string): Grant | undefined {
  if (!Object.hasOwn(roles, role)) return undefined;
  const grant: { -readonly [K in keyof Grant]: Grant[K] } = { role: role as Grant['role'] };
  for (const piece of scope === '' ? [] : scope.split('+')) {
    const [, part, id] = scopePart.exec(piece) ?? [];
    if (part === undefined || id === undefined || isInherited(id)) return undefined;
    if (grant[part as Part]) return undefined;
    grant[part as Part] = id;
  }
  return namesItsScope(grant) ? grant : undefined;
}
/** True of a grant whose scope names just the parts that its role's has. */
export function namesItsScope(grant: Grant): boolean {
  const named = (['programme', 'place', 'agency'] as const).filter((part) => grant[part]);
  return scopesOf(grant.role).some(
    (parts) => parts.length === named.length && named.every((part) => parts.includes(part)),
  );
}

/** `auditors` and `administrators` never widen. */
export type Tier = 'members' | 'programme' | 'public' | 'auditors' | 'administrators';
export type Audience = 'members' | 'programme' | 'public';
const rank: Record<Tier, number> = { auditors: -1, administrators: -1, members: 0, programme: 1, public: 2 };
/** Disclosure only widens. */
export const isWider = (to: Tier, than: Tier): boolean => rank[to] > rank[than];

/** What access needs to know of a record; kept by the fold of its stream and by the `access` view alike. */
export interface RecordAccess {
  tier: Tier;
  /** The version at which the present tier was reached: earlier history keeps the tier it had. */
  tierSince: number;
  /** Of a public record that the programme read before: since when. */
  programmeSince?: number;
  programmeId?: string;
  placeId?: string;
  /**
   * The programme of that place, where it was read with the record: what is hidden then takes no more reads
   * than what is not there.
   */
  placeProgrammeId?: string;
  /** Agencies whose officers read the record though it is not of their place. */
  parties: string[];
  /** The account whose own record it is. */
  holder?: string;
  /** Programmes besides its own whose administrators read it. */
  alsoOf?: string[];
}

/** A reader: an account with its grants, and the places its agencies belong to (seat or accountable body). */
export interface Viewer {
  readonly account: string;
  readonly grants: readonly Grant[];
  /** The grants stand in the log; else a token says them. */
  readonly grantsInLog?: true;
  /** Places of an agency, resolved before the question is asked. */
  placesOf(agencyId: string): ReadonlySet<string>;
  /** The programme a place belongs to. */
  programmeOf(placeId: string): string | undefined;
}

const memberRoles = new Set<Role>(['seat-holder', 'chair', 'secretariat', 'contributor', 'member']);
/** Roles of a place’s members’ audience. */
export const isMemberRole = (role: Role): boolean => memberRoles.has(role);

function auditorCovers(
  grant: Grant,
  viewer: Viewer,
  where: { programmeId?: string; placeId?: string },
): boolean {
  if (grant.role !== 'auditor') return false;
  if (grant.place) return grant.place === where.placeId;
  const programme = where.programmeId ?? (where.placeId ? viewer.programmeOf(where.placeId) : undefined);
  return programme === undefined || grant.programme === programme;
}

/** True when the reader belongs to the members' audience of the place, or audits it. */
export function isMember(viewer: Viewer, placeId: string): boolean {
  return viewer.grants.some(
    (grant) =>
      (memberRoles.has(grant.role) && grant.place === placeId) ||
      (grant.role === 'finance-officer' &&
        grant.agency !== undefined &&
        viewer.placesOf(grant.agency).has(placeId)) ||
      auditorCovers(grant, viewer, { placeId }),
  );
}

/**
 * True when the reader reads the programme tier: a place's or programme's grant of its own (a seat's is its
 * place's), an agency's alone of every programme.
 */
export function readsProgramme(viewer: Viewer, programmeId: string | undefined): boolean {
  return viewer.grants.some((grant) => {
    if (grant.role === 'public') return false;
    if (programmeId === undefined) return true;
    if (grant.programme) return grant.programme === programmeId;
    return grant.place ? viewer.programmeOf(grant.place) === programmeId : grant.agency !== undefined;
  });
}

/** The narrowest audience the reader is in for a place: what its totals are made of. */
export function audienceOf(viewer: Viewer, placeId: string): Audience {
  if (isMember(viewer, placeId)) return 'members';
  return readsProgramme(viewer, viewer.programmeOf(placeId)) ? 'programme' : 'public';
}

/**
 * Whom an event is withheld from though its record is open: everybody but members and parties (true), or the
 * public alone.
 */
export type Withheld = boolean | 'programme';
/** An event, or the part of a record that it wrote: its version tells whether the record was open already. */
export interface Told {
  readonly version: number;
  readonly private: Withheld;
}

/** Is it withheld from this audience? */
export const isWithheld = (withheld: Withheld, audience: Audience): boolean =>
  withheld !== false && audience !== 'members' && (withheld === true || audience === 'public');

/**
 * The record's place; a place of another programme than the record's is not its place, whatever its first
 * event says (docs/rules/place.md).
 */
const placeOf = (
  viewer: Viewer,
  { placeId, programmeId, placeProgrammeId }: RecordAccess,
): string | undefined =>
  placeId === undefined ||
  programmeId === undefined ||
  (placeProgrammeId ?? viewer.programmeOf(placeId)) === programmeId
    ? placeId
    : undefined;

/**
 * An account is read by whoever holds it, by access administrators and the programme office of its
 * programmes, and by the secretariat that invited it (docs/rules/account.md#who-reads-an-account).
 */
function administers({ account, grants }: Viewer, record: RecordAccess): boolean {
  if (record.holder === account) return true;
  return grants.some(({ role, programme, place }) => {
    if (role === 'secretariat') return place === record.placeId;
    if (role !== 'access-administrator' && role !== 'programme-office') return false;
    return programme === record.programmeId || record.alsoOf?.includes(programme ?? '') === true;
  });
}

/** The audience in which a reader reads one record: a party reads it as its members do. */
export function audienceIn(viewer: Viewer, record: RecordAccess): Audience {
  const { grants } = viewer;
  const placeId = placeOf(viewer, record);
  const where = placeId === record.placeId ? record : { programmeId: record.programmeId };
  if (grants.some((g) => auditorCovers(g, viewer, where))) return 'members';
  const programmeOf = record.programmeId ?? (placeId && viewer.programmeOf(placeId));
  if (record.tier === 'administrators') return administers(viewer, record) ? 'members' : 'public';
  if (record.tier !== 'auditors') {
    if (placeId && isMember(viewer, placeId)) return 'members';
    if (
      grants.some(
        (grant) =>
          grant.agency &&
          record.parties.includes(grant.agency) &&
          (!grant.place || programmeOf === undefined || viewer.programmeOf(grant.place) === programmeOf),
      )
    )
      return 'members';
  }
  return readsProgramme(viewer, programmeOf) ? 'programme' : 'public';
}

/**
 * Is a record open to an audience, or one event of it? Members see the whole; others see what happened since
 * the record was opened to them, and never a private event. What an event wrote that does not stand any more
 * is told like the event (docs/rules/shared.md#disclosure).
 */
export function isOpenTo(record: RecordAccess, audience: Audience, event?: Told): boolean {
  if (audience === 'members') return true;
  if (rank[record.tier] < rank[audience]) return false;
  if (!event) return true;
  if (isWithheld(event.private, audience)) return false;
  return (
    event.version >=
    (audience === 'programme' ? (record.programmeSince ?? record.tierSince) : record.tierSince)
  );
}

/**
 * May this reader see the record, or one event of it? The one function behind queries, lists, the live
 * stream, exports and the 404 of commands.
 */
export const canSee = (viewer: Viewer, record: RecordAccess, event?: Told): boolean =>
  isOpenTo(record, audienceIn(viewer, record), event);
