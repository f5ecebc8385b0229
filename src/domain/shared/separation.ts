/** Roles that nobody may hold together (domain.md 6): an auditor holds no other in the programme, a champion no seat in the place. */
import type { Grant } from './access.js';

/** Where a role is held; one that names an agency alone is held in every programme. */
type ProgrammeOf = (placeId: string) => string | undefined;

function sameProgramme(a: Grant, b: Grant, programmeOf: ProgrammeOf): boolean {
  if (a.place && a.place === b.place) return true;
  const [one, other] = [a, b].map((g) =>
    (g.programme ?? g.place) ? (g.programme ?? programmeOf(g.place!)) : 'any',
  );
  return one === 'any' || other === 'any' || (one !== undefined && one === other);
}
const votes = (g: Grant): boolean => g.role === 'seat-holder' || g.role === 'chair';

/** Of a token's grants, one that may not stand beside the grant a command is given in. A chair is a seat-holder too. */
export function conflictingGrant(
  chosen: Grant,
  grants: readonly Grant[],
  programmeOf: ProgrammeOf,
): Grant | undefined {
  if (chosen.role === 'public') return undefined;
  return grants.find((g) => {
    if (g.role === 'public') return false;
    if ((chosen.role === 'auditor') !== (g.role === 'auditor')) return sameProgramme(chosen, g, programmeOf);
    return (
      chosen.place !== undefined &&
      chosen.place === g.place &&
      ((chosen.role === 'champion' && votes(g)) || (votes(chosen) && g.role === 'champion'))
    );
  });
}
