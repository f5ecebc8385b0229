/**
 * Agencies are one register for every programme of a log (domain.md 6.1). Whoever registered one keeps it: another programme's people name
 * it, and change nothing of it; and it acts in their programme where they have brought it in. People are called in each programme what that
 * one says.
 */
import type {} from './agency.js';
import type {} from './barrier-state.js';
import { refuse, type Context, type Refusal } from './core.js';
import { part } from './parts.js';
import { agencyOfPlace } from './seats.js';

/** The programme that the author acts in: their grant's, or their place's; none where an agency's grant stands in every programme. */
export const programmeActedIn = (ctx: Context): string | undefined =>
  ctx.ofProgramme ?? (ctx.actor.place === undefined ? undefined : ctx.read('place', ctx.actor.place).state.programmeId || undefined);

/** Refuses what another programme's people would change. A record of before says not whose it is, and is anybody's who may. */
export const keptElsewhere = (keptBy: string | undefined, ctx: Context): Refusal | undefined =>
  keptBy === undefined || programmeActedIn(ctx) === keptBy ? undefined : refuse('OTHER_PROGRAMME', `The programme ${keptBy} registered this and keeps its record. Ask its programme office.`);

/**
 * True of a body that another programme keeps, which nobody of the place has brought in: it holds no seat there, is not its accountable body
 * or its champion's department, and was not proposed as owner of the barrier that this is about. The place's own people bring in whom they name.
 */
export function isStranger(ctx: Context, agencyId: string, placeId: string, barrierId?: string): boolean {
  const { programmeId, champion } = ctx.read('place', placeId).state;
  const keptBy = ctx.read('agency', agencyId).state.programmeId;
  if (keptBy === undefined || keptBy === programmeId || ctx.actor.place === placeId) return false;
  if (champion?.departmentId === agencyId || agencyOfPlace(ctx, agencyId, placeId)) return false;
  return barrierId === undefined || part(ctx.named('barrier', barrierId).state.owners, agencyId) === undefined;
}
