/**
 * Agencies are one register for every programme of a log (docs/rules/shared.md#registers). Whoever registered
 * one keeps it: another programme's people name it, and change nothing of it. People are called in each
 * programme what that one says.
 */
import { refuse, type Context } from '../kernel/types.js';
import * as wording from './wording.js';

/**
 * The programme that the author acts in: their grant's, or their place's; none where an agency's grant stands
 * in every programme.
 */
export const programmeActedIn = (context: Context): string | undefined =>
  context.ofProgramme ??
  (context.actor.place === undefined
    ? undefined
    : context.read('place', context.actor.place).state.programmeId || undefined);

/**
 * Refuses what another programme's people would change. A record of before says not whose it is, and is
 * anybody's who may.
 */
export const keptElsewhere = (keptBy: string | undefined, context: Context) =>
  keptBy === undefined || programmeActedIn(context) === keptBy
    ? undefined
    : refuse('OTHER_PROGRAMME', wording.registeredElsewhere(keptBy));
