/** In which of their grants somebody gives a command, and what they are told where there is none. */
import { grantName, roles, type Grant, type Role } from '../domain/shared/access.js';
import { fittingGrants } from '../domain/kernel/command.js';
import { refuse, type CommandEntry, type Refusal, type Target } from '../domain/kernel/types.js';
import { nameOf } from '../domain/kernel/naming.js';
import { conflictingGrant } from '../domain/shared/separation.js';

type Choice =
  | { readonly grant: Grant; readonly refusal?: Refusal }
  | { readonly status: number; readonly refusal: Refusal; readonly fits?: string[] };

/**
 * The one grant that fits, or the one that was chosen with `Acting-As`. A grant that another one forbids is
 * given with its refusal; `held`: all of the account, where `grants` are those of a token for scripts.
 */
export function chooseGrant(
  entry: CommandEntry,
  grants: readonly Grant[],
  target: Target,
  /** The record's programme: a place acts in its own only. */
  programmeId: string | undefined,
  wanted: Grant | undefined,
  programmeOf: (placeId: string) => string | undefined,
  held: readonly Grant[] = grants,
): Choice {
  const fits = fittingGrants(entry, grants, target).filter(
    (g) => !wanted || grantName(g) === grantName(wanted),
  );
  const chosen = fits.filter(
    (g) => !g.place || programmeId === undefined || programmeOf(g.place) === programmeId,
  );
  const [grant] = chosen;
  const [elsewhere] = fits;
  if (!grant && elsewhere) {
    const place = nameOf.place(elsewhere.place ?? '');
    return {
      status: 403,
      refusal: refuse(
        'OTHER_PROGRAMME',
        `This is of the programme ${nameOf.record(`programme-${programmeId}`)}, and ${place} is not. ` +
          'A place acts within its own ' +
          'programme.',
      ),
    };
  }
  if (!grant) {
    const also = wanted
      ? ` The role of ${nameOf.grant(grantName(wanted))} is not one of yours that fits.`
      : '';
    return { status: 403, refusal: refuse('NOT_ALLOWED', `${needed(entry, target)}${also}`) };
  }
  if (chosen.length > 1) {
    const names = chosen.map(grantName);
    return {
      status: 400,
      refusal: refuse(
        'ACTING_AS_REQUIRED',
        `Several of your roles fit. Choose one with the header Acting-As: ${names.join(' or ')}.`,
      ),
      fits: names,
    };
  }

  const beside = conflictingGrant(grant, held, programmeOf);
  if (!beside) return { grant };
  return {
    grant,
    refusal: refuse(
      'SOD_CONFLICT',
      `Nobody may be ${nameOf.grant(grantName(grant))} and ${nameOf.grant(grantName(beside))}. Give up ` +
        `one of them, or let somebody ` +
        'else do this.',
    ),
  };
}

/** A role as people say it: `seat holder`. */
const inWords = (role: Role): string => role.replaceAll('-', ' ');
const or = (words: readonly string[]): string =>
  words.length < 3 ? words.join(' or ') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/**
 * Which roles, and where each must be held: a place's in the record's place, an agency's in the agency it is
 * for, wherever that is.
 */
function needed(entry: CommandEntry, { placeIds, programmeId }: Target): string {
  // Before anything was entered, the place that will be named is not known.
  const known = placeIds?.filter((placeId) => typeof placeId === 'string');
  const where = {
    place: known && known.length > 0 ? ` in ${or(known.map(nameOf.place))}` : '',
    agency: ' of the agency concerned',
    programme: programmeId ? ' of this programme' : '',
    none: '',
  };
  const scopeOf = (role: Exclude<Role, 'system'>): keyof typeof where => roles[role][0] ?? 'none';
  const given = entry.givenBy.filter((r) => r !== 'system');
  const parts = [...new Set(given.map(scopeOf))].map(
    (scope) => `${or(given.filter((r) => scopeOf(r) === scope).map(inWords))}${where[scope]}`,
  );
  return given.length === 1
    ? `This needs the role ${parts[0]}.`
    : `This needs one of these roles: ${parts.join(', or ')}.`;
}
