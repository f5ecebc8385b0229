/**
 * An account for every post that gives a command of the seed, and for whoever may look around: with what it
 * gives them in, until the programme ends. All are filled in.
 */
import { accountRecordId, bindingOf, scopeOf } from '../../domain/accounts/state.js';
import { parseGrant, type Grant } from '../../domain/shared/access.js';
import { demoIssuer } from '../issuer.js';
import { grantsOf, readers } from '../readers.js';
import { give, type Giver, type SeedCommand } from './types.js';

/** Before the programme is defined: whoever defines it must be allowed to. */
const first = '2009-05-29T08:00:00.000Z';
const until = '2010-05-28';
const programmeId = 'total-place';
const system: Giver = { as: 'system', account: 'system:demo' };
const identity = (account: string) => ({
  issuer: demoIssuer,
  subject: account,
  binding: bindingOf(demoIssuer, account),
});
const administrators = ['total-place.administrator-1', 'total-place.administrator-2'] as const;
const administrator = (account: string): Giver => ({
  as: `access-administrator@programme:${programmeId}`,
  account,
});

function grantNamed(as: string): Grant {
  const [role = '', scope = ''] = as.split('@');
  const grant = parseGrant(role, scope);
  if (!grant) throw new Error(`${as} is no grant`);
  return grant;
}
/** What a grant's id is made of: its role and what it is held for, in as few words as tell it apart. */
const grantId = (grant: Grant): string =>
  [grant.role, grant.place ?? grant.agency ?? grant.programme]
    .filter(Boolean)
    .join('-')
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 60);

/** Accounts that were there when the programme began, by what the seed has them do. */
function adopted(commands: readonly SeedCommand[]): SeedCommand[] {
  const grants = new Map<string, Map<string, Grant>>();
  const add = (account: string, ...names: readonly string[]): void => {
    const held = grants.get(account) ?? new Map<string, Grant>();
    grants.set(account, held);
    for (const name of names) held.set(name, grantNamed(name));
  };
  for (const command of commands) add(command.account, command.as);
  for (const reader of readers)
    if (!invited.includes(reader.account)) add(reader.account, ...grantsOf(reader));
  return [...grants].map(([account, held]) =>
    give(first, system, 'account', accountRecordId(account), 'Adopt', {
      account,
      programmeId,
      ...identity(account),
      grants: [...held.values()].map((grant) => ({ grantId: grantId(grant), ...scopeOf(grant), until })),
    }),
  );
}

/** The auditor came later, in the ordinary way: asked for by one administrator, approved by another. */
const auditor = 'demo.auditor';
const invited: readonly string[] = [auditor];
/** Of a secret that nobody kept: the demo signs in by choosing a post. */
const invitation = bindingOf('urn:total-place:demo:invitation', auditor);
const inTheOrdinaryWay: SeedCommand[] = [
  give('2009-06-02T09:00:00.000Z', administrator(administrators[0]), 'account', auditor, 'Invite', {
    account: auditor,
    programmeId,
    invitation,
    grant: { grantId: 'auditor', role: 'auditor', programmeId, until },
  }),
  give('2009-06-02T14:00:00.000Z', administrator(administrators[1]), 'account', auditor, 'ApproveGrant', {
    grantId: 'auditor',
  }),
  give('2009-06-03T08:30:00.000Z', system, 'account', auditor, 'Activate', {
    ...identity(auditor),
    secret: invitation,
  }),
];

/** The accounts that the commands of the seed are given by. */
export const accountsFor = (commands: readonly SeedCommand[]): SeedCommand[] => [
  ...administrators.map((account) =>
    give(first, system, 'account', account, 'AppointAdministrator', {
      account,
      programmeId,
      ...identity(account),
      until,
    }),
  ),
  give(first, system, 'log', 'grants', 'AdoptGrants'),
  ...adopted(commands),
  ...inTheOrdinaryWay,
];
