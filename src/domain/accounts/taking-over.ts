/**
 * Commands of whoever runs the machine: first administrators, and accounts that stood elsewhere
 * (docs/rules/account.md#first-administrators, docs/rules/account.md#taking-over).
 */
import { z } from 'zod';
import { part } from '../kernel/parts.js';
import { refuse } from '../kernel/types.js';
import { DateOn, Id, PartId, PersonAccount } from '../shared/values.js';
import { command, emit, Scope, Identity } from './events.js';
import { boundElsewhere } from './invitations.js';
import { mostAdoptedGrants } from './limits.js';
import { conflictRefusal, scopeUnfit, untilRefusal } from './scope.js';
import { accountRecordId, grantOf, initial, type AccountState } from './state.js';
import * as wording from './wording.js';

const Grants = z.array(z.strictObject({ grantId: PartId, ...Scope, until: DateOn })).max(mostAdoptedGrants);

export const takingOverCommands = {
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
      GRANT_EXISTS: 'state',
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
        if (!grant) return scopeUnfit(scope, `/grants/${i}`);
        if (part(so.grants, grantId))
          return refuse('GRANT_EXISTS', wording.grantExists, `/grants/${i}/grantId`);
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
};
