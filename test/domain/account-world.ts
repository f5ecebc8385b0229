// Who stands around an account in its specs, and what has happened to it.
import type { Test } from 'tap';
import { account } from '../../src/domain/accounts/index.js';
import { bindingOf } from '../../src/domain/accounts/state.js';
import { agency } from '../../src/domain/agency/index.js';
import type { Actor } from '../../src/domain/kernel/types.js';
import { place } from '../../src/domain/place/index.js';
import { eventsFor, spec, type GivenFor } from './spec.js';

export type Given = GivenFor<typeof account>;
export const happened = eventsFor(account);

// Anna is invited, Ruth asks, Omar approves; Ivy is the programme office, Sam Durham’s secretariat.
export const [anna, ruth, omar, ivy, sam] = ['anna', 'ruth', 'omar', 'ivy', 'sam'] as const;
export const ofTheProgramme = 'programme:tp';
export const byRuth: Actor = { account: ruth, role: 'access-administrator' };
export const byOmar: Actor = { account: omar, role: 'access-administrator' };
export const bySam: Actor = { account: sam, role: 'secretariat', place: 'durham' };

export const [secret, another] = ['0'.repeat(64), '1'.repeat(64)] as const;
export const issuer = 'https://login.durham.gov.uk';
export const signIn = (subject: string) => ({ issuer, subject, binding: bindingOf(issuer, subject) });
export const until = '2010-06-30';

export const invited = (more: { placeId?: string } = {}): Given => ({
  event: happened('AccountInvited', {
    accountId: anna,
    programmeId: 'tp',
    invitation: secret,
    until: '2009-09-15',
    ...more,
  }),
  by: more.placeId ? bySam : byRuth,
});
export const activated = happened('AccountActivated', signIn('anna@durham'));
export const seat = { role: 'seat-holder', placeId: 'durham', agencyId: 'council' } as const;
export const auditor = { role: 'auditor', programmeId: 'tp' } as const;
export const finance = { role: 'finance-officer', agencyId: 'council' } as const;
export const administrator = { role: 'access-administrator', programmeId: 'tp' } as const;
export type Scope = { readonly role: string; programmeId?: string; placeId?: string; agencyId?: string };

export const requested = (grantId: string, scope: Scope, last: string = until, by = byRuth): Given => ({
  event: happened('GrantRequested', { grantId, ...scope, until: last }),
  by,
});
const approved = (grantId: string, scope: Scope, last: string = until, by = byOmar): Given => ({
  event: happened('GrantApproved', { grantId, ...scope, until: last }),
  by,
});
export const held = (grantId: string, scope: Scope, last: string = until): Given[] => [
  requested(grantId, scope, last),
  approved(grantId, scope, last),
];
export const suspended: Given = {
  event: happened('AccountSuspended', { reason: 'Laptop stolen' }),
  by: byRuth,
};

export const opened = (programmeId: string) =>
  eventsFor(place)('PlaceOpened', { programmeId, kind: 'pilot', name: 'A place' });
export const registered = eventsFor(agency)('AgencyRegistered', {
  name: 'Durham County Council',
  sector: 'council',
  type: 'unitary authority',
  startOn: '1974-04-01',
  identifiers: [],
  programmeId: 'tp',
});
export const world = (t: Test, ...given: Given[]) =>
  spec(t, account)
    .id(anna)
    .given(...given)
    .with(place, 'durham', opened('tp'))
    .with(place, 'hexham', opened('nh'))
    .with(agency, 'council', registered)
    .with(
      agency,
      'old-council',
      registered,
      eventsFor(agency)('AgencyRetired', { reason: 'Merged', on: '2009-04-01' }),
    );
export type World = ReturnType<typeof world>;
export const asRuth = (scene: World): World => scene.as('access-administrator', ofTheProgramme, ruth);
export const asOmar = (scene: World): World => scene.as('access-administrator', ofTheProgramme, omar);
export const asIvy = (scene: World): World => scene.as('programme-office', ofTheProgramme, ivy);
export const asSam = (scene: World): World => scene.as('secretariat', 'place:durham', sam);
export const elsewhere = (scene: World): World => scene.as('access-administrator', 'programme:nh', 'noor');
export const active = (...more: Given[]): Given[] => [invited(), activated, ...more];
