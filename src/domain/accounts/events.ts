/** Events of an account (docs/rules/account.md). */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { changed, put } from '../kernel/parts.js';
import { nameOf } from '../kernel/naming.js';
import type { Meta } from '../kernel/types.js';
import { scopesOf, type Grant } from '../shared/access.js';
import { choice } from '../shared/fields.js';
import { AccountId, DateOn, Id, Name, PartId, Prose, Sha256, idOf, longDate } from '../shared/values.js';
import { grantNameOf, present, type AccountGrant, type AccountState, type GrantedScope } from './state.js';
import { forgets, sets, type ValueChange } from '../kernel/set-value.js';

const { event } = kit<AccountState>();

/** Characters of an issuer's address at most. */
const longestIssuer = 255;
export const Issuer = z.string().min(1).max(longestIssuer);
export const RoleName = choice<Grant['role']>({
  'seat-holder': 'Holds a seat at a place’s table',
  chair: 'Chairs a place’s table',
  secretariat: 'Secretariat of a place',
  contributor: 'Contributes for an agency of a place',
  'finance-officer': 'Finance officer of an agency',
  champion: 'Champion of a place',
  official: 'Official of a department',
  treasury: 'Treasury',
  'programme-office': 'Programme office',
  auditor: 'Auditor',
  member: 'Elected member of a place',
  public: 'Member of the public',
  'access-administrator': 'Access administrator',
});
/** The roles whose grants may name this part. */
const naming = (part: 'programme' | 'place' | 'agency'): string[] =>
  RoleName.options.filter((role) => scopesOf(role).some((parts) => parts.includes(part)));
/** What a grant is held for. */
export const Scope = {
  role: RoleName.meta({ label: 'Role' }),
  programmeId: idOf('programme')
    .optional()
    .meta({ label: 'Programme', when: { role: naming('programme') } }),
  placeId: idOf('place')
    .optional()
    .meta({ label: 'Place', when: { role: naming('place') } }),
  agencyId: idOf('agency')
    .optional()
    .meta({ label: 'Agency', when: { role: naming('agency') } }),
};
const Granted = z.strictObject({ grantId: PartId, ...Scope, until: DateOn });
/** Which grant: its id, and what it is, for whoever reads the event by itself. */
const OfGrant = z.strictObject({ grantId: PartId, ...Scope });
/**
 * Who somebody is by their issuer. The subject may be an e-mail address, so it is a `Name`; and it is told
 * with no event, but by the account's own answer to those who administer it. Nor is its hash, by which
 * whoever guesses a subject could try the guess.
 */
export const Identity = { issuer: Issuer, subject: Name, binding: Sha256 };
const subjectUntold = { subject: 'nobody', binding: 'nobody' } as const;

function bind(state: AccountState, data: { issuer: string; subject?: string; binding: string }): void {
  state.status = 'active';
  state.issuer = data.issuer;
  state.binding = data.binding;
  if (data.subject !== undefined) state.subject = data.subject;
  delete state.invitation;
  delete state.rebinding;
}
const began = (data: {
  readonly programmeId: string;
  readonly placeId?: string | undefined;
  accountId: string;
}) =>
  ({
    tier: 'administrators',
    programmeId: data.programmeId,
    holder: data.accountId,
    ...(data.placeId ? { placeId: data.placeId } : {}),
  }) as const;

const boundSet = (data: { issuer: string }): ValueChange[] => [
  sets('issuer', 'Signs in at', data.issuer),
  forgets('invitation'),
  forgets('rebinding'),
];
/** A grant by the word of whoever runs the machine: nobody was there to ask for it. */
function granted(
  state: AccountState,
  grantId: string,
  grant: GrantedScope & { readonly until: string },
  { actor: { account }, today }: Meta,
): void {
  put<AccountGrant>(state.grants, grantId, {
    ...grant,
    status: 'approved',
    requestedBy: account,
    requestedOn: today,
    approvedBy: account,
    approvedOn: today,
  });
}

export const events = {
  AccountInvited: event(
    z.strictObject({
      accountId: AccountId,
      programmeId: Id,
      placeId: Id.optional(),
      invitation: Sha256,
      until: DateOn,
    }),
    {
      evolve(state, { accountId, programmeId, placeId, invitation, until }) {
        state.status = 'invited';
        state.accountId = accountId;
        state.programmeId = programmeId;
        if (placeId) state.placeId = placeId;
        state.invitation = { hash: invitation, until };
      },
      access: began,
      describe: (data) => `invited ${nameOf.person(data.accountId)}, until ${longDate(data.until)}`,
      sets: (data) => [sets('invitation', 'Invitation until', longDate(data.until))],
    },
  ),
  InvitationRenewed: event(z.strictObject({ invitation: Sha256, until: DateOn }), {
    evolve(state, data) {
      state.invitation = { hash: data.invitation, until: data.until };
    },
    describe: (data) => `invited again, until ${longDate(data.until)}; the invitation of before is void`,
    sets: (data) => [sets('invitation', 'Invitation until', longDate(data.until))],
  }),
  AccountActivated: event(z.strictObject(Identity), {
    evolve: bind,
    membersOnly: subjectUntold,
    describe: (data) => `took up the invitation, signed in at ${data.issuer}`,
    sets: boundSet,
  }),
  /** An administrator named by whoever runs the machine, before anybody could be asked. */
  AdministratorAppointed: event(
    z.strictObject({ accountId: AccountId, programmeId: Id, ...Identity, grantId: PartId, until: DateOn }),
    {
      evolve(state, { accountId, programmeId, grantId, until, ...identity }, meta) {
        state.accountId = accountId;
        state.programmeId = programmeId;
        bind(state, identity);
        granted(state, grantId, { role: 'access-administrator', programmeId, until }, meta);
      },
      membersOnly: subjectUntold,
      access: began,
      describe: (data) =>
        `appointed ${nameOf.person(data.accountId)} a first access administrator until ` +
        `${longDate(data.until)}`,
      sets: boundSet,
    },
  ),
  /** Taken over, with what it was granted elsewhere, when the log began to say who may do what. */
  AccountAdopted: event(
    z.strictObject({
      accountId: AccountId,
      programmeId: Id,
      ...Identity,
      grants: z.array(Granted),
    }),
    {
      evolve(state, { accountId, programmeId, grants, ...identity }, meta) {
        state.accountId = accountId;
        state.programmeId = programmeId;
        bind(state, identity);
        for (const { grantId, ...grant } of grants) granted(state, grantId, grant, meta);
      },
      membersOnly: subjectUntold,
      access: began,
      describe: (data) =>
        `took over the account of ${nameOf.person(data.accountId)} with ` +
        (data.grants.map((grant) => nameOf.grant(grantNameOf(grant))).join(', ') || 'no grants'),
      sets: boundSet,
    },
  ),
  RebindingOffered: event(z.strictObject({ invitation: Sha256, until: DateOn, reason: Prose() }), {
    evolve(state, data, meta) {
      state.rebinding = {
        hash: data.invitation,
        until: data.until,
        offeredBy: meta.actor.account,
        offeredOn: meta.today,
        approved: false,
      };
    },
    act: true,
    describe: (data) =>
      `offered the account to be taken over by another sign-in until ${longDate(data.until)}: ${data.reason}`,
    sets: (data) => [sets('rebinding', 'Offer to take it over until', longDate(data.until))],
  }),
  RebindingApproved: event(z.strictObject({}), {
    evolve(state) {
      if (state.rebinding) state.rebinding.approved = true;
    },
    describe: () => 'approved that the account is taken over by another sign-in',
  }),
  AccountRebound: event(z.strictObject({ ...Identity, from: Sha256 }), {
    evolve: bind,
    membersOnly: { ...subjectUntold, from: 'nobody' },
    describe: (data) => `took the account over, signed in at ${data.issuer}`,
    sets: boundSet,
  }),
  GrantRequested: event(Granted.extend({ reason: Prose().optional() }), {
    evolve(state, { grantId, reason: _, ...grant }, meta) {
      put<AccountGrant>(state.grants, grantId, {
        ...grant,
        status: 'requested',
        requestedBy: meta.actor.account,
        requestedOn: meta.today,
      });
    },
    act: (data) => data.grantId,
    describe: (data) =>
      `asked for the grant ${nameOf.grant(grantNameOf(data))} until ${longDate(data.until)}` +
      (data.reason ? `: ${data.reason}` : ''),
  }),
  GrantApproved: event(OfGrant.extend({ until: DateOn }), {
    evolve(state, data, meta) {
      const grant = changed(state.grants, data.grantId);
      grant.status = 'approved';
      grant.approvedBy = meta.actor.account;
      grant.approvedOn = meta.today;
    },
    describe: (data) => `approved the grant ${nameOf.grant(grantNameOf(data))} until ${longDate(data.until)}`,
  }),
  GrantRefused: event(OfGrant.extend({ reason: Prose() }), {
    evolve(state, data, meta) {
      const grant = changed(state.grants, data.grantId);
      grant.status = 'refused';
      grant.endedBy = meta.actor.account;
      grant.endedOn = meta.today;
      grant.endedBecause = data.reason;
    },
    describe: (data) => `refused the grant ${nameOf.grant(grantNameOf(data))}: ${data.reason}`,
  }),
  GrantRevoked: event(OfGrant.extend({ reason: Prose(), although: Prose().optional() }), {
    evolve(state, data, meta) {
      const grant = changed(state.grants, data.grantId);
      grant.status = 'revoked';
      grant.endedBy = meta.actor.account;
      grant.endedOn = meta.today;
      grant.endedBecause = data.reason;
    },
    describe: (data) =>
      `revoked the grant ${nameOf.grant(grantNameOf(data))}: ${data.reason}` +
      (data.although ? `; it was the last of its kind: ${data.although}` : ''),
  }),
  AccountSuspended: event(z.strictObject({ reason: Prose(), although: Prose().optional() }), {
    evolve(state, _data, meta) {
      state.status = 'suspended';
      state.suspendedBy = meta.actor.account;
    },
    act: true,
    describe: (data) =>
      `suspended the account: ${data.reason}` +
      (data.although ? `; it held a grant that nobody else holds: ${data.although}` : ''),
  }),
  AccountReinstated: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = state.binding ? 'active' : 'invited';
      delete state.suspendedBy;
    },
    describe: (data) => `reinstated the account: ${data.reason}`,
  }),
  CalendarAddressSet: event(z.strictObject({ hash: Sha256 }), {
    evolve(state, data, meta) {
      state.calendar = { hash: data.hash, since: meta.today };
    },
    describe: () => 'made an address for the calendar; the one before is void',
  }),
  CalendarAddressWithdrawn: event(z.strictObject({}), {
    evolve(state) {
      delete state.calendar;
    },
    describe: () => 'withdrew the address of the calendar',
  }),
  /** Whoever holds the account lets another programme's administrators see it. */
  ProgrammeJoined: event(z.strictObject({ programmeId: Id }), {
    evolve(state, data) {
      state.alsoOf.push(data.programmeId);
    },
    access: (data) => ({ addProgrammes: [data.programmeId] }),
    describe: (data) =>
      `let the administrators of the programme ${nameOf.record(`programme-${data.programmeId}`)} see ` +
      `the account`,
  }),
};
export const { command, emit } = decides<AccountState>()(events, present);
