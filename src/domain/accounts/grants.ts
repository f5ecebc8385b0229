/**
 * Commands on an account's grants: asked for by one person, approved by another, for a third
 * (docs/rules/account.md#grants).
 */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { part, partOr } from '../kernel/parts.js';
import { grantName, type Grant } from '../shared/access.js';
import { yearsLater } from '../shared/calendar.js';
import { programmeActedIn } from '../shared/registers.js';
import { conflictingGrant } from '../shared/separation.js';
import { DateOn, NewPartId, Prose, Reason, partId } from '../shared/values.js';
import { command, emit, Scope } from './events.js';
import { longestGrantYears, mostGrants } from './limits.js';
import {
  grantOf,
  grantsInForce,
  isInForce,
  rolesOfATable,
  type AccountGrant,
  type AccountState,
  type GrantedScope,
} from './state.js';
import * as wording from './wording.js';

const unknown = () => refuse('GRANT_UNKNOWN', wording.noSuchGrant, '/grantId');
const scopeOfGrant = ({ role, programmeId, placeId, agencyId }: GrantedScope) => ({
  role,
  ...(programmeId ? { programmeId } : {}),
  ...(placeId ? { placeId } : {}),
  ...(agencyId ? { agencyId } : {}),
});
const programmeOf = (context: Context) => (placeId: string) =>
  context.read('place', placeId).state.programmeId;

/** Refuses a scope that names what is not recorded, or what is of another programme than the author's. */
function scopeRefusal(scope: GrantedScope, context: Context) {
  const { programmeId, placeId, agencyId } = scope;
  if (!grantOf(scope)) return refuse('GRANT_NOT_VALID', wording.scopeDoesNotFit, '/role');
  // A programme's first administrators are there before it is: its own grants name it whether or not it is
  // recorded, since its programme office defines it.
  if (placeId && context.read('place', placeId).version === 0)
    return refuse('SCOPE_UNKNOWN', wording.unknownScope('place', placeId), '/placeId');
  if (agencyId) {
    const agency = context.read('agency', agencyId);
    if (agency.version === 0 || isRetired(agency.state, context.today))
      return refuse('SCOPE_UNKNOWN', wording.unknownScope('agency', agencyId), '/agencyId');
  }
  return ofOtherProgramme({ ...scope, programmeId }, context);
}
/** A grant that names an agency alone is of every programme: any of its account's administrators gives it. */
export function ofOtherProgramme({ programmeId, placeId }: GrantedScope, context: Context) {
  const of = programmeId ?? (placeId ? programmeOf(context)(placeId) : undefined);
  return of === undefined || of === programmeActedIn(context)
    ? undefined
    : refuse('OTHER_PROGRAMME', wording.otherProgramme);
}
export function untilRefusal(until: string, context: Context, path = '/until') {
  if (until < context.today) return refuse('UNTIL_IN_PAST', wording.untilInPast, path);
  return until > yearsLater(context.today, longestGrantYears)
    ? refuse('GRANT_TOO_LONG', wording.tooLong, path)
    : undefined;
}
/** A secretariat asks for the roles of its own place's table. */
export const beyondTheTable = ({ role, placeId }: GrantedScope, { actor }: Context) =>
  actor.role !== 'secretariat' || (rolesOfATable.has(role) && placeId === actor.place)
    ? undefined
    : refuse('NOT_OF_THE_PLACE', wording.tableRolesOnly);

/** One that is asked for or in force, and lasts as long. */
function heldAlready(state: AccountState, grant: Grant, until: string, context: Context) {
  const same = Object.values(state.grants).find(
    (held) =>
      (held.status === 'requested' || isInForce(held, context.today)) &&
      held.until >= until &&
      grantNameOfHeld(held) === grantName(grant),
  );
  return same && refuse('GRANT_HELD', wording.heldAlready(grant, same.until), '/role');
}
const grantNameOfHeld = (held: AccountGrant): string | undefined => {
  const grant = grantOf(held);
  return grant && grantName(grant);
};
/** Of what the account holds, a grant that may not stand beside this one. */
export function conflictRefusal(state: AccountState, wanted: Grant, context: Context) {
  const held = grantsInForce({ ...state, status: 'active' }, context.today);
  const beside = conflictingGrant(wanted, held, programmeOf(context));
  return beside && refuse('SOD_CONFLICT', wording.conflicts(wanted, beside));
}

export const Asked = {
  grantId: NewPartId,
  ...Scope,
  until: DateOn.meta({ label: 'Last day', hint: 'A year from now at most.' }),
};
const Wanted = { ...Asked, reason: Prose().optional().meta({ label: 'Reason' }) };
const grantId = partId('grant').meta({ label: 'Grant' });
/** Why a grant is ended though nobody else holds the same. */
export const although = Prose().optional().meta({
  label: 'Why it ends though nobody else holds the same',
  hint: 'Needed only where nobody else does.',
});
export const requestRefuses = {
  GRANT_EXISTS: 'state',
  GRANT_NOT_VALID: 'rule',
  GRANT_HELD: 'state',
  GRANT_TOO_LONG: 'rule',
  TOO_MANY_GRANTS: 'state',
  UNTIL_IN_PAST: 'rule',
  SCOPE_UNKNOWN: 'rule',
  NOT_OF_THE_PLACE: 'who',
  SECOND_PERSON_REQUIRED: 'who',
} as const;
/** What keeps somebody from asking for a grant. */
export function requestRefusal(
  state: AccountState,
  account: string,
  { grantId, until, ...scope }: { grantId: string; until: string } & GrantedScope,
  context: Context,
) {
  if (context.actor.account === account) return refuse('SECOND_PERSON_REQUIRED', wording.notForOneself);
  const no = beyondTheTable(scope, context) ?? scopeRefusal(scope, context) ?? untilRefusal(until, context);
  if (no) return no;
  if (part(state.grants, grantId)) return refuse('GRANT_EXISTS', wording.grantExists, '/grantId');
  if (Object.keys(state.grants).length >= mostGrants) return refuse('TOO_MANY_GRANTS', wording.tooMany);
  const grant = grantOf(scope);
  if (!grant) return undefined;
  return heldAlready(state, grant, until, context) ?? conflictRefusal(state, grant, context);
}
/** A grant that waits for a second person, who is neither whoever asked nor whoever gets it. */
function waiting(state: AccountState, grantId: string, context: Context) {
  const held = partOr(state.grants, grantId, unknown);
  if (isRefusal(held)) return held;
  if (held.status !== 'requested') return refuse('GRANT_NOT_REQUESTED', wording.notRequested, '/grantId');
  const { account } = context.actor;
  if (account === held.requestedBy || account === state.accountId)
    return refuse('SECOND_PERSON_REQUIRED', wording.secondPerson);
  return ofOtherProgramme(held, context) ?? held;
}
const seconding = {
  GRANT_UNKNOWN: 'rule',
  GRANT_NOT_REQUESTED: 'state',
  SECOND_PERSON_REQUIRED: 'who',
} as const;

/**
 * What keeps somebody from ending grants of an account: its auditor's open cases, returns that wait for the
 * last finance officer, and, unless they say why, that nobody else holds the same.
 */
export function endingRefusal(
  state: AccountState,
  ended: readonly Grant[],
  although: string | undefined,
  context: Context,
) {
  const protectedBy = ended.some((grant) => grant.role === 'auditor') && auditsActor(state, context);
  if (protectedBy) return refuse('AUDITOR_PROTECTED', wording.auditorProtected);
  for (const grant of ended) {
    if (!needsSomebody(grant, context)) continue;
    const others = context.views.accountsHolding(grant, context.today).filter((id) => id !== state.accountId);
    if (others.length > 0) continue;
    if (grant.role === 'finance-officer' && context.views.certificationsDue(grant.agency ?? ''))
      return refuse('LAST_CERTIFIER', wording.lastCertifier);
    if (although === undefined) return refuse('LAST_OF_ITS_KIND', wording.lastOfItsKind(grant), '/although');
  }
  return undefined;
}
/**
 * The machinery stops without an administrator; a place without a finance officer of its accountable body.
 */
const needsSomebody = (grant: Grant, { views }: Context): boolean =>
  grant.role === 'access-administrator' ||
  (grant.role === 'finance-officer' && views.isAccountableBody(grant.agency ?? ''));
/** The account leads a case on a place or programme that the author acts for. */
function auditsActor(state: AccountState, context: Context): boolean {
  const { place } = context.actor;
  const programmeId = programmeActedIn(context);
  return context.views
    .openCases(state.accountId)
    .some(
      (audit) =>
        (audit.placeId !== undefined && audit.placeId === place) || audit.programmeId === programmeId,
    );
}
export const endingRefuses = {
  AUDITOR_PROTECTED: 'who',
  LAST_CERTIFIER: 'rule',
  LAST_OF_ITS_KIND: 'rule',
} as const;

const administrators = ['access-administrator'] as const;
const seconds = ['access-administrator', 'programme-office'] as const;
const living: readonly AccountState['status'][] = ['invited', 'active'];
const anywhere = () => ({});

export const grantCommands = {
  RequestGrant: command(z.strictObject(Wanted), {
    title: 'Ask for a grant',
    segment: 'grants',
    givenBy: ['access-administrator', 'secretariat'],
    target: anywhere,
    allowedIn: living,
    refuses: requestRefuses,
    example: {
      grantId: 'durham-secretariat',
      role: 'secretariat',
      placeId: 'durham',
      until: '2010-06-30',
      reason: 'Leads the programme in Durham',
    },
    decide: (state, data, context) =>
      requestRefusal(state, state.accountId, data, context) ?? [emit('GrantRequested', data)],
  }),
  ApproveGrant: command(z.strictObject({ grantId }), {
    title: 'Approve a grant',
    segment: 'grant-approvals',
    givenBy: seconds,
    target: anywhere,
    allowedIn: living,
    refuses: {
      ...seconding,
      GRANT_TOO_LONG: 'rule',
      UNTIL_IN_PAST: 'rule',
      SCOPE_UNKNOWN: 'rule',
      GRANT_NOT_VALID: 'rule',
    },
    example: { grantId: 'durham-secretariat' },
    decide(state, { grantId }, context) {
      const held = waiting(state, grantId, context);
      if (isRefusal(held)) return held;
      const no = scopeRefusal(held, context) ?? untilRefusal(held.until, context, '/grantId');
      if (no) return no;
      const grant = grantOf(held);
      const conflict = grant && conflictRefusal(state, grant, context);
      if (conflict) return conflict;
      return [emit('GrantApproved', { grantId, ...scopeOfGrant(held), until: held.until })];
    },
  }),
  RefuseGrant: command(z.strictObject({ grantId, reason: Reason }), {
    title: 'Refuse a grant that was asked for',
    segment: 'grant-refusals',
    givenBy: seconds,
    target: anywhere,
    allowedIn: [...living, 'suspended'],
    refuses: seconding,
    example: { grantId: 'durham-secretariat', reason: 'The programme lead is somebody else' },
    decide(state, { grantId, reason }, context) {
      const held = waiting(state, grantId, context);
      if (isRefusal(held)) return held;
      return [emit('GrantRefused', { grantId, ...scopeOfGrant(held), reason })];
    },
  }),
  RevokeGrant: command(z.strictObject({ grantId, reason: Reason, although }), {
    title: 'Revoke a grant',
    segment: 'grant-revocations',
    givenBy: administrators,
    target: anywhere,
    allowedIn: [...living, 'suspended'],
    refuses: { ...endingRefuses, GRANT_UNKNOWN: 'rule', GRANT_NOT_IN_FORCE: 'state' },
    example: { grantId: 'durham-secretariat', reason: 'Left the council' },
    decide(state, { grantId, ...why }, context) {
      const held = partOr(state.grants, grantId, unknown);
      if (isRefusal(held)) return held;
      // What is only asked for can be taken back like what is in force.
      if (held.status !== 'requested' && !isInForce(held, context.today))
        return refuse('GRANT_NOT_IN_FORCE', wording.notInForce, '/grantId');
      const other = ofOtherProgramme(held, context);
      if (other) return other;
      const grant = isInForce(held, context.today) ? grantOf(held) : undefined;
      const no = grant && endingRefusal(state, [grant], why.although, context);
      return no ?? [emit('GrantRevoked', { grantId, ...scopeOfGrant(held), ...why })];
    },
  }),
};
