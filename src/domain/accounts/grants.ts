/**
 * Commands on an account's grants: asked for by one person, approved by another, for a third
 * (docs/rules/account.md#grants).
 */
import { z } from 'zod';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { held, part, partOr } from '../kernel/parts.js';
import type { Grant } from '../shared/access.js';
import { partId, Prose, Reason } from '../shared/values.js';
import { aboutGrant } from './about.js';
import { Asked, although } from './asked.js';
import { administrators, anywhere, seconds } from './administered.js';
import { auditorRefusal, certifierRefusal, lastOfItsKind } from './ending.js';
import { command, emit } from './events.js';
import { mostGrants } from './limits.js';
import {
  conflictRefusal,
  heldAlready,
  ofOtherProgramme,
  overRefusal,
  scopeAlone,
  scopeRefusal,
  wantedRefusal,
  wantedRefuses,
} from './scope.js';
import { grantNameOf, grantOf, isInForce, type AccountGrant, type AccountState } from './state.js';
import * as wording from './wording.js';

const unknown = () => refuse('GRANT_UNKNOWN', wording.noSuchGrant, '/grantId');
/** Nobody asks for a grant for themselves. */
export const forOneself = (account: string, { actor }: Context) =>
  actor.account === account ? refuse('SECOND_PERSON_REQUIRED', wording.notForOneself) : undefined;

const taken = (state: AccountState, grantId: string) =>
  part(state.grants, grantId) && refuse('GRANT_EXISTS', wording.grantExists, '/grantId');

/** A grant that waits for a second person, who does not get it. */
function waiting(state: AccountState, grantId: string, context: Context) {
  const wanted = partOr(state.grants, grantId, unknown);
  if (isRefusal(wanted)) return wanted;
  if (wanted.status !== 'requested') return refuse('GRANT_NOT_REQUESTED', wording.notRequested, '/grantId');
  if (context.actor.account === state.accountId)
    return refuse('SECOND_PERSON_REQUIRED', wording.secondPerson);
  return ofOtherProgramme(wanted, context);
}
const seconding = {
  part: aboutGrant('requested'),
  apart: {
    code: 'SECOND_PERSON_REQUIRED',
    after: ['GrantRequested'],
    ofPart: true,
    detail: wording.secondPerson,
  },
} as const;
const secondingRefuses = {
  GRANT_UNKNOWN: 'rule',
  GRANT_NOT_REQUESTED: 'state',
  SECOND_PERSON_REQUIRED: 'who',
} as const;

/** What is only asked for can be taken back like what is in force. */
function revocable(state: AccountState, grantId: string, context: Context) {
  const found = partOr(state.grants, grantId, unknown);
  if (isRefusal(found)) return found;
  if (found.status !== 'requested' && !isInForce(found, context.today))
    return refuse('GRANT_NOT_IN_FORCE', wording.notInForce, '/grantId');
  return (
    ofOtherProgramme(found, context) ?? auditorRefusal(state, endedWith(state, grantId, context), context)
  );
}
/** What somebody has no more without this grant: nothing where they hold the same once more. */
function endedWith(state: AccountState, grantId: string, { today }: Context): readonly Grant[] {
  const ended = held(state.grants, grantId);
  const grant = isInForce(ended, today) ? grantOf(ended) : undefined;
  const again = Object.entries<AccountGrant>(state.grants).some(
    ([id, other]) => id !== grantId && isInForce(other, today) && grantNameOf(other) === grantNameOf(ended),
  );
  return grant && !again ? [grant] : [];
}

const living: readonly AccountState['status'][] = ['invited', 'active'];
const aGrant = partId('grant').meta({ label: 'Grant' });

export const grantCommands = {
  RequestGrant: command(z.strictObject({ ...Asked, reason: Prose().optional().meta({ label: 'Reason' }) }), {
    title: 'Ask for a grant',
    segment: 'grants',
    givenBy: ['access-administrator', 'secretariat'],
    target: anywhere,
    allowedIn: living,
    refuses: {
      ...wantedRefuses,
      GRANT_EXISTS: 'state',
      GRANT_HELD: 'state',
      TOO_MANY_GRANTS: 'state',
      NOT_OF_THE_PLACE: 'who of role',
      SECOND_PERSON_REQUIRED: 'who',
    },
    example: {
      grantId: 'durham-secretariat',
      role: 'secretariat',
      placeId: 'durham',
      until: '2010-06-30',
      reason: 'Leads the programme in Durham',
    },
    guard(state, context) {
      const self = forOneself(state.accountId, context);
      if (self) return self;
      return Object.keys(state.grants).length >= mostGrants
        ? refuse('TOO_MANY_GRANTS', wording.tooMany)
        : undefined;
    },
    decide(state, data, context) {
      const { grantId, until, reason: _, ...scope } = data;
      const no = wantedRefusal({ ...scope, until }, context) ?? taken(state, grantId);
      if (no) return no;
      const grant = grantOf(scope);
      const beside =
        grant && (heldAlready(state, grant, until, context) ?? conflictRefusal(state, grant, context));
      return beside ?? [emit('GrantRequested', data)];
    },
  }),
  ApproveGrant: command(z.strictObject({ grantId: aGrant }), {
    title: 'Approve a grant',
    segment: 'grant-approvals',
    freshSignIn: true,
    givenBy: seconds,
    target: anywhere,
    allowedIn: living,
    ...seconding,
    refuses: { ...secondingRefuses, UNTIL_IN_PAST: 'rule', SCOPE_UNKNOWN: 'rule' },
    example: { grantId: 'durham-secretariat' },
    guard(state, context, grantId) {
      const no = waiting(state, grantId, context);
      if (no) return no;
      const wanted = held(state.grants, grantId);
      const grant = grantOf(wanted);
      return (
        scopeRefusal(wanted, context) ??
        overRefusal(wanted.until, context, '/grantId') ??
        (grant && conflictRefusal(state, grant, context))
      );
    },
    decide(state, { grantId }) {
      const wanted = held(state.grants, grantId);
      return [emit('GrantApproved', { grantId, ...scopeAlone(wanted), until: wanted.until })];
    },
  }),
  RefuseGrant: command(z.strictObject({ grantId: aGrant, reason: Reason }), {
    title: 'Refuse a grant that was asked for',
    segment: 'grant-refusals',
    givenBy: seconds,
    target: anywhere,
    allowedIn: [...living, 'suspended'],
    ...seconding,
    refuses: secondingRefuses,
    example: { grantId: 'durham-secretariat', reason: 'The programme lead is somebody else' },
    guard: (state, context, grantId) => waiting(state, grantId, context),
    decide: (state, { grantId, reason }) => [
      emit('GrantRefused', { grantId, ...scopeAlone(held(state.grants, grantId)), reason }),
    ],
  }),
  RevokeGrant: command(z.strictObject({ grantId: aGrant, reason: Reason, although }), {
    title: 'Revoke a grant',
    segment: 'grant-revocations',
    givenBy: administrators,
    target: anywhere,
    allowedIn: [...living, 'suspended'],
    refuses: {
      GRANT_UNKNOWN: 'rule',
      GRANT_NOT_IN_FORCE: 'state',
      AUDITOR_PROTECTED: 'who',
      LAST_CERTIFIER: 'rule',
      LAST_OF_ITS_KIND: 'rule',
    },
    example: { grantId: 'durham-secretariat', reason: 'Left the council' },
    part: aboutGrant('requested', 'approved'),
    guard(state, context, grantId) {
      return (
        revocable(state, grantId, context) ??
        certifierRefusal(state, endedWith(state, grantId, context), context)
      );
    },
    decide(state, { grantId, reason, although: why }, context) {
      const warned = lastOfItsKind(state, endedWith(state, grantId, context), why, context);
      return isRefusal(warned)
        ? warned
        : [emit('GrantRevoked', { grantId, ...scopeAlone(held(state.grants, grantId)), reason, ...warned })];
    },
  }),
};
