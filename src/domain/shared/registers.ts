/**
 * Agencies are one register for every programme of a log (domain.md 6.1). Whoever registered one keeps it: another programme's people name
 * it, and change nothing of it. People are called in each programme what that one says.
 */
import { refuse, type Context } from '../kernel/types.js';

/** The programme that the author acts in: their grant's, or their place's; none where an agency's grant stands in every programme. */
export const programmeActedIn = (ctx: Context): string | undefined =>
  ctx.ofProgramme ??
  (ctx.actor.place === undefined
    ? undefined
    : ctx.read('place', ctx.actor.place).state.programmeId || undefined);

/** Refuses what another programme's people would change. A record of before says not whose it is, and is anybody's who may. */
export const keptElsewhere = (keptBy: string | undefined, ctx: Context) =>
  keptBy === undefined || programmeActedIn(ctx) === keptBy
    ? undefined
    : refuse(
        'OTHER_PROGRAMME',
        `The programme ${keptBy} registered this and keeps its record. Ask its programme office.`,
      );
