/** What is answered of accounts, their grants and their sessions. */
import { z } from 'zod';
import {
  DayShape,
  Illustrative,
  InstantShape,
  LineageAddress,
  LinkShape,
  RoleName,
  Text,
  Version,
  IdShape,
} from '../query/shapes.js';

const AccountStatus = z.enum(['invited', 'active', 'suspended']);
const Person = {
  account: z.string().meta({ description: 'Its id' }),
  name: Text.nullable().meta({ description: 'What whoever holds it is called; null where nobody has said' }),
};
/** What a grant is held for, by ids. */
const Scope = {
  role: RoleName,
  programmeId: IdShape.nullable().meta({ description: 'Null of a role that is held for none' }),
  placeId: IdShape.nullable().meta({ description: 'Null of a role that is held for none' }),
  agencyId: IdShape.nullable().meta({ description: 'Null of a role that is held for none' }),
  grant: z.string().meta({ description: 'As Acting-As takes it' }),
};
/** And what these are called now: in a record as it stood they would be names of another day. */
const ScopeNames = {
  programme: Text.nullable().meta({
    description: 'What it is called; null where there is none, or none that you may read',
  }),
  place: Text.nullable().meta({ description: 'What it is called; null where there is none' }),
  agency: Text.nullable().meta({ description: 'What it is called; null where there is none' }),
};
const GrantStatus = z
  .enum(['requested', 'in-force', 'ended', 'refused', 'revoked'])
  .meta({ description: '`ended`: its last day is over' });
const By = {
  requestedBy: z.string(),
  requestedOn: DayShape,
  approvedBy: z.string().nullable().meta({ description: 'Null while nobody has' }),
  approvedOn: DayShape.nullable().meta({ description: 'Null while nobody has' }),
};
const Ended = {
  endedBy: z.string().nullable().meta({ description: 'Who refused or revoked it; null where nobody has' }),
  endedOn: DayShape.nullable().meta({ description: 'Null where nobody has' }),
  endedBecause: Text.nullable().meta({ description: 'Why, as they said; null where nobody has' }),
};
const HeldGrant = z
  .strictObject({
    grantId: IdShape,
    ...Scope,
    status: GrantStatus,
    until: DayShape.meta({ description: 'Its last day' }),
    ...By,
    ...Ended,
    conflicts: z
      .array(z.string())
      .meta({ description: 'Other grants in force beside which nobody may hold it' }),
  })
  .meta({ id: 'AccountGrant' });

/** Of no record: it follows from what its holder does elsewhere. */
const LastUsed = InstantShape.nullable().meta({
  description: 'When something was last recorded in it: reading does not count; null where nothing was',
});
const UsedGrant = HeldGrant.extend({
  lastUsedAt: LastUsed,
  requestedByName: Text.nullable().meta({ description: 'What they are called; null where nobody has said' }),
  approvedByName: Text.nullable().meta({ description: 'What they are called; null where nobody has said' }),
  endedByName: Text.nullable().meta({ description: 'What they are called; null where nobody has said' }),
}).meta({ id: 'OwnGrant' });

export const AccountRow = z
  .strictObject({
    id: IdShape,
    version: Version,
    ...Person,
    programmeId: IdShape,
    status: AccountStatus,
    grantsInForce: z.int().meta({ description: 'That it may act in today' }),
    grantsRequested: z.int().meta({ description: 'That wait for a second person' }),
    link: LinkShape,
    illustrative: Illustrative,
  })
  .meta({ id: 'AccountRow' });

export const Account = z
  .strictObject({
    id: IdShape,
    version: Version,
    ...Person,
    programmeId: IdShape,
    placeId: IdShape.nullable().meta({
      description: 'Of the secretariat that invited it; null of who was invited by an administrator',
    }),
    status: AccountStatus,
    invitedUntil: DayShape.nullable().meta({
      description: 'Null once the invitation was taken up, or cannot be',
    }),
    rebinding: z
      .strictObject({ offeredBy: z.string(), until: DayShape, approved: z.boolean() })
      .nullable()
      .meta({
        description: 'An offer that another sign-in takes the account over; null where there is none',
      }),
    issuer: z.string().nullable().meta({ description: 'Who signs them in; null until they did' }),
    subject: z
      .string()
      .nullable()
      .meta({
        description:
          'Whom the issuer says they are; null until they signed in, and where it is not told to you: ' +
          'those who administer the account are',
      }),
    grants: z.array(HeldGrant),
    illustrative: Illustrative,
    lineage: LineageAddress,
  })
  .meta({ id: 'Account' });

/** A grant in the review of all. */
export const ReviewedGrant = z
  .strictObject({
    id: z.string().meta({ description: 'Of the account and the grant' }),
    ...Person,
    accountStatus: AccountStatus,
    ...Scope,
    ...ScopeNames,
    status: GrantStatus,
    until: DayShape,
    ...By,
    ...Ended,
    lastUsedAt: LastUsed,
    conflicts: z.array(z.string()),
    link: LinkShape,
  })
  .meta({
    id: 'ReviewedGrant',
    description: 'A grant of somebody, for who looks whether they still need it',
  });

const Session = z
  .strictObject({
    sid: z.string(),
    kind: z.enum(['browser', 'token']).meta({ description: '`token`: for scripts' }),
    label: Text.nullable().meta({ description: 'What whoever made a token calls it; null of a sign-in' }),
    startedAt: InstantShape,
    until: InstantShape,
    endedAt: InstantShape.nullable().meta({ description: 'Null until it is ended' }),
    grants: z
      .array(z.string())
      .nullable()
      .meta({ description: 'Of a token: those it was made for; null for all that its account has' }),
  })
  .meta({ id: 'Session' });
export const OwnAccount = z
  .strictObject({
    ...Person,
    id: IdShape.nullable().meta({
      description: 'Of the account’s record; null where tokens say what one may do',
    }),
    version: Version.nullable().meta({
      description: 'Of the account’s record; null where tokens say what one may do',
    }),
    grantsSaidBy: z
      .enum(['log', 'token'])
      .meta({ description: 'Whether the log says what one may do, or the token' }),
    grants: z.array(z.string()).meta({ description: 'In force now, as Acting-As takes them' }),
    held: z.array(UsedGrant),
    calendarAddressSince: DayShape.nullable().meta({
      description: 'When the address of one’s calendar was made; null where there is none',
    }),
    sessions: z.array(Session).meta({ description: 'Newest first' }),
  })
  .meta({ id: 'OwnAccount' });
