/** What its programme says of a place, and what it says of itself. */
import { held } from '../../domain/kernel/parts.js';
import type { PlaceState } from '../../domain/place/state.js';
import type { ProgrammeState } from '../../domain/programme/index.js';
import { register, type RegisterRow } from '../../projections/views/register.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import type { Champion, Place } from './registers-shape.js';

/** Until it opens, a place is what its programme says of it. */
const statusOf = (state: PlaceState | undefined) =>
  state === undefined || state.status === 'none' ? 'opened' : state.status;

/** A place's profile: what the programme says of it and what it says of itself. */
export function placeSummary(
  context: QueryContext,
  programme: RegisterRow<ProgrammeState>,
  id: string,
): AnswerOf<typeof Place> {
  const enrolled = held(programme.state.places, id);
  const row = context.own(register).one('place', id);
  const { champion, population, themes = {}, accountableBodyId } = row?.state ?? ({} as Partial<PlaceState>);
  return {
    id,
    version: row?.version ?? 0,
    programmeId: programme.id,
    name: enrolled.name,
    kind: enrolled.kind,
    region: enrolled.region,
    status: enrolled.status === 'withdrawn' ? 'withdrawn' : statusOf(row?.state),
    areas: enrolled.areas,
    // Ground that a pilot and a parallel place both cover: allowed, and said.
    warnings: enrolled.overlaps.map((overlap) => ({
      warning: 'AREA_OVERLAPS' as const,
      ...overlap,
      name: held(programme.state.places, overlap.placeId).name,
    })),
    population: population?.value ?? null,
    populationSource: population?.source ?? null,
    populationOn: population?.referenceOn ?? null,
    champion: championOf(context, champion, programme.id),
    accountableBodyId: accountableBodyId ?? null,
    themes: Object.entries(themes).flatMap(([themeId, { title, status }]) =>
      status === 'dropped' ? [] : [{ themeId, title, status }],
    ),
    illustrative: row?.illustrative ?? false,
  };
}

/** Who champions a place, by the name they have in its programme. */
export function championOf(
  context: QueryContext,
  champion: PlaceState['champion'],
  programmeId: string | undefined,
): AnswerOf<typeof Champion> | null {
  if (!champion) return null;
  const q = context.of(register);
  return {
    name: context.personFor(champion.accountId, programmeId)?.state.name ?? champion.accountId,
    department: champion.departmentId ? q.nameOf('agency', champion.departmentId) : null,
  };
}
