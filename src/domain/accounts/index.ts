/**
 * Account (docs/rules/account.md): somebody whom their organisation signs in, and what the log says they may
 * do: asked for by one person, approved by another, until a day.
 */
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { refuse, type Context } from '../kernel/types.js';
import { addDays } from '../shared/calendar.js';
import { programmeActedIn } from '../shared/registers.js';
import { roles, type Grant } from '../shared/access.js';
import { DateOn, Id, Name, PartId, PersonAccount, Reason, Sha256, idOf } from '../shared/values.js';
import { command, emit, events, Issuer, Scope } from './events.js';
import {
  Asked,
  although,
  conflictRefusal,
  endingRefusal,
  endingRefuses,
  grantCommands,
  requestRefusal,
  requestRefuses,
  untilRefusal,
} from './grants.js';
import { invitationDays, mostAdoptedGrants } from './limits.js';
import {
  accountRecordId,
  grantOf,
  grantsInForce,
  initial,
  offerOf,
  present,
  type AccountState,
} from './state.js';
import * as wording from './wording.js';

const administrators = ['access-administrator'] as const;
const seconds = ['access-administrator', 'programme-office'] as const;
/** Everybody who has a grant: it is their own account. */
const everybody = (Object.keys(roles) as Grant['role'][]).filter((role) => role !== 'public');
const anywhere = () => ({});
const invitedUntil = ({ today }: Context): string => addDays(today, invitationDays);
const Identity = { issuer: Issuer, subject: Name, binding: Sha256 };
/** An account is administered where it was invited, and where its holder let it be seen. */
const administeredElsewhere = (state: AccountState, context: Context) => {
  const programmeId = programmeActedIn(context) ?? '';
  return state.programmeId === programmeId || state.alsoOf.includes(programmeId)
    ? undefined
    : refuse('OTHER_PROGRAMME', wording.otherProgramme);
};
/** One subject is one account: whoever is bound to another is refused. */
const boundElsewhere = (binding: string, account: string, { views }: Context) => {
  const bound = views.accountOfSubject(binding);
  return bound !== undefined && bound !== account ? refuse('SUBJECT_BOUND', wording.subjectBound) : undefined;
};
/** The page that invites makes the secret, and shows it once. */
const invitation = Sha256.meta({ field: 'given', label: 'Fingerprint of the invitation' });
const Grants = z.array(z.strictObject({ grantId: PartId, ...Scope, until: DateOn })).max(mostAdoptedGrants);

const commands = {
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
      refuses: requestRefuses,
      example: {
        account: 'programme-lead.durham',
        programmeId: 'total-place',
        invitation: '0'.repeat(64),
        grant: { grantId: 'durham-secretariat', role: 'secretariat', placeId: 'durham', until: '2010-06-30' },
      },
      decide(_s, { account, grant, ...data }, context) {
        const state = initial();
        const { place } = context.actor;
        if (place !== undefined && place !== data.placeId)
          return refuse('NOT_OF_THE_PLACE', wording.tableRolesOnly, '/placeId');
        const no = grant && requestRefusal(state, account, grant, context);
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
  AppointAdministrator: command(
    z.strictObject({ account: PersonAccount, programmeId: Id, ...Identity, until: DateOn }),
    {
      title: 'Appoint a first access administrator',
      creates: true,
      id: (data) => accountRecordId(data.account),
      givenBy: ['system'],
      refuses: { GRANT_TOO_LONG: 'rule', UNTIL_IN_PAST: 'rule', SUBJECT_BOUND: 'rule' },
      example: {
        account: 'total-place.administrator-1',
        programmeId: 'total-place',
        issuer: 'https://login.example.gov.uk',
        subject: '7c1e',
        binding: '2'.repeat(64),
        until: '2010-06-30',
      },
      decide: (_s, { account, ...data }, context) =>
        untilRefusal(data.until, context) ??
        boundElsewhere(data.binding, account, context) ?? [
          emit('AdministratorAppointed', { accountId: account, ...data, grantId: 'administrator' }),
        ],
    },
  ),
  Adopt: command(z.strictObject({ account: PersonAccount, programmeId: Id, ...Identity, grants: Grants }), {
    title: 'Take over an account and its grants',
    creates: true,
    id: (data) => accountRecordId(data.account),
    givenBy: ['system'],
    refuses: {
      GRANT_TOO_LONG: 'rule',
      GRANT_NOT_VALID: 'rule',
      UNTIL_IN_PAST: 'rule',
      SUBJECT_BOUND: 'rule',
      SOD_CONFLICT: 'who',
    },
    example: {
      account: 'programme-lead.durham',
      programmeId: 'total-place',
      issuer: 'https://login.example.gov.uk',
      subject: '81f2',
      binding: '3'.repeat(64),
      grants: [{ grantId: 'secretariat', role: 'secretariat', placeId: 'durham', until: '2010-06-30' }],
    },
    decide(_s, { account, ...data }, context) {
      const taken = boundElsewhere(data.binding, account, context);
      if (taken) return taken;
      const so: AccountState = { ...initial(), accountId: account, status: 'active' };
      for (const [i, { grantId, until, ...scope }] of data.grants.entries()) {
        const grant = grantOf(scope);
        if (!grant) return refuse('GRANT_NOT_VALID', wording.scopeDoesNotFit, `/grants/${i}/role`);
        const no = untilRefusal(until, context, `/grants/${i}/until`) ?? conflictRefusal(so, grant, context);
        if (no) return no;
        const { account: by } = context.actor;
        so.grants = {
          ...so.grants,
          [grantId]: { ...scope, until, status: 'approved', requestedBy: by, requestedOn: context.today },
        };
      }
      return [emit('AccountAdopted', { accountId: account, ...data })];
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
    decide: (state, data, context) =>
      administeredElsewhere(state, context) ?? [
        emit('RebindingOffered', { ...data, until: invitedUntil(context) }),
      ],
  }),
  ApproveRebinding: command(z.strictObject({}), {
    title: 'Approve that an account is taken over by another sign-in',
    segment: 'rebinding-approvals',
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
    decide(state, _data, context) {
      const no = administeredElsewhere(state, context);
      if (no) return no;
      if (!state.rebinding || state.rebinding.approved)
        return refuse('REBINDING_NOT_OFFERED', wording.nothingOffered);
      if (context.actor.account === state.accountId)
        return refuse('SECOND_PERSON_REQUIRED', wording.secondPerson);
      return [emit('RebindingApproved', {})];
    },
  }),
  ...grantCommands,
  Suspend: command(z.strictObject({ reason: Reason, although }), {
    title: 'Suspend an account',
    segment: 'suspensions',
    givenBy: administrators,
    target: anywhere,
    allowedIn: ['invited', 'active'],
    refuses: endingRefuses,
    example: { reason: 'Their laptop was stolen' },
    decide: (state, data, context) =>
      administeredElsewhere(state, context) ??
      endingRefusal(state, grantsInForce(state, context.today), data.although, context) ?? [
        emit('AccountSuspended', data),
      ],
  }),
  Reinstate: command(z.strictObject({ reason: Reason }), {
    title: 'Reinstate an account that was suspended',
    segment: 'reinstatements',
    givenBy: seconds,
    target: anywhere,
    allowedIn: ['suspended'],
    refuses: { SECOND_PERSON_REQUIRED: 'who' },
    example: { reason: 'Has a new laptop' },
    decide(state, data, context) {
      const { account } = context.actor;
      if (account === state.suspendedBy)
        return refuse('SECOND_PERSON_REQUIRED', wording.otherPersonReinstates);
      if (account === state.accountId) return refuse('SECOND_PERSON_REQUIRED', wording.secondPerson);
      return administeredElsewhere(state, context) ?? [emit('AccountReinstated', data)];
    },
  }),
  JoinProgramme: command(z.strictObject({ programmeId: idOf('programme').meta({ label: 'Programme' }) }), {
    title: 'Let the administrators of another programme see one’s account',
    segment: 'programmes',
    givenBy: everybody,
    target: anywhere,
    allowedIn: ['active'],
    refuses: { NOT_YOUR_ACCOUNT: 'who' },
    example: { programmeId: 'neighbourhood-budgets' },
    decide(state, data, context) {
      if (context.actor.account !== state.accountId)
        return refuse('NOT_YOUR_ACCOUNT', wording.notYourAccount);
      return data.programmeId === state.programmeId || state.alsoOf.includes(data.programmeId)
        ? []
        : [emit('ProgrammeJoined', data)];
    },
  }),
};

export const account = aggregate<AccountState>()({
  name: 'account',
  collection: 'accounts',
  initial,
  present,
  title: (state) => state.accountId,
  events,
  commands,
  disclosure: 'never',
});
