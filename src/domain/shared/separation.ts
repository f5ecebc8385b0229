/**
 * Roles that nobody may hold together (docs/rules/shared.md#separation-of-duties): an auditor holds no other
 * in the programme, a champion no seat in the place.
 */
import type { Grant } from './access.js';

/** Where a role is held; one that names an agency alone is held in every programme. */
type ProgrammeOf = (placeId: string) => string | undefined;

function sameProgramme(held: Grant, wanted: Grant, programmeOf: ProgrammeOf): boolean {
  if (held.place && held.place === wanted.place) return true;
  const programme = (grant: Grant): string | undefined => {
    if (grant.programme) return grant.programme;
    return grant.place ? programmeOf(grant.place) : 'any';
  };
  const [one, other] = [programme(held), programme(wanted)];
  return one === 'any' || other === 'any' || (one !== undefined && one === other);
}
const votes = (grant: Grant): boolean => grant.role === 'seat-holder' || grant.role === 'chair';

/**
 * Of somebody's grants, one that may not stand beside the grant a command is given in. A chair is a
 * seat-holder too.
 */
export function conflictingGrant(
  chosen: Grant,
  grants: readonly Grant[],
  programmeOf: ProgrammeOf,
): Grant | undefined {
  return conflictingGrants(chosen, grants, programmeOf)[0];
}
/** All of them. */
export function conflictingGrants(
  chosen: Grant,
  grants: readonly Grant[],
  programmeOf: ProgrammeOf,
): readonly Grant[] {
  if (chosen.role === 'public') return [];
  return grants.filter((grant) => {
    if (grant.role === 'public') return false;
    if ((chosen.role === 'auditor') !== (grant.role === 'auditor'))
      return sameProgramme(chosen, grant, programmeOf);
    return (
      chosen.place !== undefined &&
      chosen.place === grant.place &&
      ((chosen.role === 'champion' && votes(grant)) || (votes(chosen) && grant.role === 'champion'))
    );
  });
}
