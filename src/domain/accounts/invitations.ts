/**
 * Commands by which somebody comes to an account, or to it anew from another sign-in
 * (docs/rules/account.md#invitations, docs/rules/account.md#another-sign-in).
 */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { addDays } from '../shared/calendar.js';
import { idOf, PersonAccount, Reason, Sha256 } from '../shared/values.js';
import { administeredElsewhere, administrators, anywhere, seconds } from './administered.js';
import { Asked, invitation } from './asked.js';
import { command, emit, Identity } from './events.js';
import { forOneself } from './grants.js';
import { invitationDays } from './limits.js';
import { scopeRefusal, wantedRefusal, wantedRefuses } from './scope.js';
import { accountRecordId, offerOf } from './state.js';
import * as wording from './wording.js';

const invitedUntil = ({ today }: Context): string => addDays(today, invitationDays);
/** One subject is one account: whoever is bound to another is refused. */
export const boundElsewhere = (binding: string, account: string, { views }: Context) => {
  const bound = views.accountOfSubject(binding);
  return bound !== undefined && bound !== account ? refuse('SUBJECT_BOUND', wording.subjectBound) : undefined;
};

export const invitationCommands = {
  Invite: command(
    z.strictObject({
      account: PersonAccount.meta({
        field: 'line',
        label: 'Account',
        hint: 'What they are called here, like programme-lead.durham; never an e-mail address.',
      }),
      programmeId: idOf('programme').meta({ label: 'Programme' }),
      placeId: idOf('place').optional().meta({ label: 'Place', hint: 'For somebody of one place.' }),
      invitation,
      grant: z.strictObject(Asked).optional().meta({ label: 'What they may do' }),
    }),
    {
      title: 'Invite somebody to an account',
      creates: true,
      id: (data) => accountRecordId(data.account),
      givenBy: ['access-administrator', 'secretariat'],
      target: (_s, data) => ({
        programmeId: data.programmeId,
        ...(data.placeId ? { placeIds: [data.placeId] } : {}),
      }),
      refuses: {
        ...wantedRefuses,
        NOT_OF_THE_PLACE: 'who of placeId',
        SECOND_PERSON_REQUIRED: 'who of account',
      },
      example: {
        account: 'programme-lead.durham',
        programmeId: 'total-place',
        invitation: '0'.repeat(64),
        grant: { grantId: 'durham-secretariat', role: 'secretariat', placeId: 'durham', until: '2010-06-30' },
      },
      decide(_s, { account, grant, ...data }, context) {
        const { place } = context.actor;
        if (place !== undefined && place !== data.placeId)
          return refuse('NOT_OF_THE_PLACE', wording.tableRolesOnly, '/placeId');
        const no =
          forOneself(account, context) ??
          scopeRefusal({ placeId: data.placeId }, context) ??
          (grant && wantedRefusal(grant, context, '/grant'));
        if (no) return no;
        const invited = emit('AccountInvited', { accountId: account, ...data, until: invitedUntil(context) });
        return grant ? [invited, emit('GrantRequested', grant)] : [invited];
      },
    },
  ),
  InviteAgain: command(z.strictObject({ invitation }), {
    title: 'Renew an invitation',
    segment: 'invitations',
    givenBy: ['access-administrator', 'secretariat'],
    allowedIn: ['invited'],
    refuses: {},
    example: { invitation: '1'.repeat(64) },
    decide: (_s, data, context) => [emit('InvitationRenewed', { ...data, until: invitedUntil(context) })],
  }),
  Activate: command(z.strictObject({ ...Identity, secret: Sha256 }), {
    title: 'Take up an invitation',
    givenBy: ['system'],
    allowedIn: ['invited', 'active'],
    refuses: { INVITATION_NOT_VALID: 'rule', SUBJECT_BOUND: 'rule' },
    example: {
      issuer: 'https://login.example.gov.uk',
      subject: '7c1e',
      binding: '2'.repeat(64),
      secret: '0'.repeat(64),
    },
    decide(state, { secret, ...identity }, context) {
      const bound = boundElsewhere(identity.binding, state.accountId, context);
      if (bound) return bound;
      const { binding } = state;
      const offered = offerOf(state);
      if (offered?.hash !== secret || offered.until < context.today)
        return refuse('INVITATION_NOT_VALID', wording.invitationNotValid);
      return binding === undefined
        ? [emit('AccountActivated', identity)]
        : [emit('AccountRebound', { ...identity, from: binding })];
    },
  }),
  OfferRebinding: command(z.strictObject({ invitation, reason: Reason }), {
    title: 'Offer an account to another sign-in',
    segment: 'rebindings',
    givenBy: administrators,
    target: anywhere,
    allowedIn: ['active'],
    refuses: {},
    example: { invitation: '4'.repeat(64), reason: 'Moved from the council to the primary care trust' },
    guard: administeredElsewhere,
    decide: (_s, data, context) => [emit('RebindingOffered', { ...data, until: invitedUntil(context) })],
  }),
  ApproveRebinding: command(z.strictObject({}), {
    title: 'Approve that an account is taken over by another sign-in',
    segment: 'rebinding-approvals',
    freshSignIn: true,
    givenBy: seconds,
    target: anywhere,
    allowedIn: ['active'],
    apart: {
      code: 'SECOND_PERSON_REQUIRED',
      after: ['RebindingOffered'],
      // Of an offer before this one.
      but: (_act, state, context) => state.rebinding?.offeredBy !== context.actor.account,
      detail: wording.secondPerson,
    },
    refuses: { REBINDING_NOT_OFFERED: 'state', SECOND_PERSON_REQUIRED: 'who' },
    example: {},
    guard(state, context) {
      const { rebinding } = state;
      if (context.actor.account === state.accountId)
        return refuse('SECOND_PERSON_REQUIRED', wording.secondPerson);
      const waits = rebinding && !rebinding.approved && context.today <= rebinding.until;
      return waits
        ? administeredElsewhere(state, context)
        : refuse('REBINDING_NOT_OFFERED', wording.nothingOffered);
    },
    decide: () => [emit('RebindingApproved', {})],
  }),
};
