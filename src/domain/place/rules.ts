/** What several commands of a place ask of it: its enrolment, its statuses, whose chair confirms. */
import { refuse, type Context } from '../kernel/types.js';
import { held } from '../kernel/parts.js';
import type { PlaceState } from './state.js';

export const withdrawn = { PLACE_WITHDRAWN: 'state' } as const;
/** Statuses in which a place can be worked on. */
export const live: readonly PlaceState['status'][] = ['opened', 'active'];
export const enrolled = (state: PlaceState, context: Context) =>
  held(context.read('programme', state.programmeId).state.places, context.recordId);

/**
 * Where there is a collaborative its chair confirms, activates and closes out; a parallel place without one
 * may do with its secretariat or the programme office.
 */
export function onlyChair(state: PlaceState, context: Context) {
  if (context.actor.role === 'chair') return undefined;
  const alone =
    enrolled(state, context).kind === 'parallel' &&
    context.read('collaborative', context.recordId).version === 0;
  return alone
    ? undefined
    : refuse('ONLY_THE_CHAIR_CONFIRMS', 'The chair of the place’s collaborative does this.');
}

/**
 * Commitments that a view knows, for a sentence: those that the author may see by their ids, the others
 * without.
 */
export function listed(ids: readonly string[], context: Context): string {
  const seen = ids.filter((id) => context.named('commitment', id).version > 0);
  return [...seen, ...(seen.length < ids.length ? ['some that are not open to you'] : [])].join(', ');
}
