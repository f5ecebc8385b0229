/** What a grant is held for, until when, and beside what: rules of asking, approving and taking over. */
import { isRetired } from '../agency/state.js';
import { refuse, type Context } from '../kernel/types.js';
import { grantName, scopesOf, type Grant, type Part } from '../shared/access.js';
import { yearsLater } from '../shared/calendar.js';
import { programmeActedIn } from '../shared/registers.js';
import { conflictingGrant } from '../shared/separation.js';
import { longestGrantYears } from './limits.js';
import {
  grantNameOf,
  grantOf,
  grantsInForce,
  isInForce,
  rolesOfATable,
  type AccountState,
  type GrantedScope,
} from './state.js';
import * as wording from './wording.js';

/** The members of a scope, without what stands beside them. */
export const scopeAlone = ({ role, programmeId, placeId, agencyId }: GrantedScope) => ({
  role,
  ...(programmeId ? { programmeId } : {}),
  ...(placeId ? { placeId } : {}),
  ...(agencyId ? { agencyId } : {}),
});
const programmeOf = (context: Context) => (placeId: string) =>
  context.read('place', placeId).state.programmeId;

/** A grant that names an agency alone is of every programme: any of its account's administrators gives it. */
export function ofOtherProgramme({ programmeId, placeId }: Omit<GrantedScope, 'role'>, context: Context) {
  const of = programmeId ?? (placeId ? programmeOf(context)(placeId) : undefined);
  return of === undefined || of === programmeActedIn(context)
    ? undefined
    : refuse('OTHER_PROGRAMME', wording.otherProgramme);
}
/**
 * Refuses a scope that names what is not recorded, or not any more, or is of another programme than the
 * author's. A programme's first administrators are there before it is: its own grants name it whether or not
 * it is recorded, since its programme office defines it.
 */
export function scopeRefusal(scope: Omit<GrantedScope, 'role'>, context: Context, at = '') {
  const { placeId, agencyId } = scope;
  if (placeId && context.read('place', placeId).version === 0)
    return refuse('SCOPE_UNKNOWN', wording.unknownScope('place', placeId), `${at}/placeId`);
  if (agencyId) {
    const agency = context.read('agency', agencyId);
    if (agency.version === 0 || isRetired(agency.state, context.today))
      return refuse('SCOPE_UNKNOWN', wording.unknownScope('agency', agencyId), `${at}/agencyId`);
  }
  return ofOtherProgramme(scope, context);
}
/** Its last day is today or later. */
export const overRefusal = (until: string, { today }: Context, path: string) =>
  until < today ? refuse('UNTIL_IN_PAST', wording.untilInPast, path) : undefined;
/** And within a year. */
export function untilRefusal(until: string, context: Context, path = '/until') {
  const over = overRefusal(until, context, path);
  if (over) return over;
  return until > yearsLater(context.today, longestGrantYears)
    ? refuse('GRANT_TOO_LONG', wording.tooLong, path)
    : undefined;
}
/** A secretariat asks for the roles of its own place's table. */
const beyondTheTable = ({ role, placeId }: GrantedScope, { actor }: Context) =>
  actor.role !== 'secretariat' || (rolesOfATable.has(role) && placeId === actor.place)
    ? undefined
    : refuse('NOT_OF_THE_PLACE', wording.tableRolesOnly);

/** What a scope lacks of what its role is held for, or names beside it. */
export function scopeUnfit(scope: GrantedScope, at = '') {
  const parts = ['programme', 'place', 'agency'] as const;
  const named = parts.filter((one) => scope[`${one}Id`]);
  const no = (part: Part, detail: string) => refuse('GRANT_NOT_VALID', detail, `${at}/${part}Id`);
  const [fits = [], ...others] = scopesOf(scope.role);
  const missing = fits.find((part) => !named.includes(part));
  const wrong = missing ?? named.find((part) => !fits.includes(part));
  // An auditor's is of a programme or of a place: which of them is meant is theirs to say.
  if (wrong === undefined || others.length > 0)
    return refuse('GRANT_NOT_VALID', wording.scopeDoesNotFit, `${at}/role`);
  return no(wrong, missing ? wording.scopeLacks(wrong) : wording.scopeHasTooMuch(wrong));
}

/** Whether a grant can be asked for by whoever asks; `at`: where it stands in what they sent. */
export function wantedRefusal(
  { until, ...scope }: GrantedScope & { readonly until: string },
  context: Context,
  at = '',
) {
  const no = beyondTheTable(scope, context) ?? scopeRefusal(scope, context, at);
  if (no) return no;
  return grantOf(scope) ? untilRefusal(until, context, `${at}/until`) : scopeUnfit(scope, at);
}
export const wantedRefuses = {
  GRANT_NOT_VALID: 'rule',
  SCOPE_UNKNOWN: 'rule',
  GRANT_TOO_LONG: 'rule',
  UNTIL_IN_PAST: 'rule',
} as const;

/** One that is asked for or in force, and lasts as long. */
export function heldAlready(state: AccountState, grant: Grant, until: string, context: Context) {
  const same = Object.values(state.grants).find(
    (held) =>
      (held.status === 'requested' || isInForce(held, context.today)) &&
      held.until >= until &&
      grantNameOf(held) === grantName(grant),
  );
  return same && refuse('GRANT_HELD', wording.heldAlready(grant, same.until), '/role');
}
/** Of what the account holds, a grant that may not stand beside this one. */
export function conflictRefusal(state: AccountState, wanted: Grant, context: Context) {
  // Whoever is not active yet, or not now, will hold what was approved.
  const held = grantsInForce({ ...state, status: 'active' }, context.today);
  const beside = conflictingGrant(wanted, held, programmeOf(context));
  return beside && refuse('SOD_CONFLICT', wording.conflicts(wanted, beside));
}
