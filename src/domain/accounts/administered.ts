/** Where an account is administered. */
import { refuse, type Context } from '../kernel/types.js';
import { programmeActedIn } from '../shared/registers.js';
import type { AccountState } from './state.js';
import * as wording from './wording.js';

export const administrators = ['access-administrator'] as const;
/** Who approves what an administrator began. */
export const seconds = ['access-administrator', 'programme-office'] as const;
/** Of a command on a record that its author reads: the command itself says in which programme. */
export const anywhere = () => ({});
/** An account is administered where it was invited, and where its holder let it be seen. */
export function administeredElsewhere(state: AccountState, context: Context) {
  const programmeId = programmeActedIn(context) ?? '';
  return state.programmeId === programmeId || state.alsoOf.includes(programmeId)
    ? undefined
    : refuse('OTHER_PROGRAMME', wording.otherProgramme);
}
