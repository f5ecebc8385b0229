import { test } from 'tap';
import { account } from '../../src/domain/accounts/index.js';
import {
  accountRecordId,
  bindingOf,
  grantsInForce,
  offerOf,
  secretHash,
} from '../../src/domain/accounts/state.js';
import { dataFor } from '../../src/domain/kernel/types.js';
import { audienceIn, grantName, isOpenTo, parseGrant, type Viewer } from '../../src/domain/shared/access.js';
import './account-grants-specs.js';
import {
  type Given,
  type Scope,
  type World,
  active,
  administrator,
  anna,
  another,
  asIvy,
  asOmar,
  asRuth,
  asSam,
  auditor,
  byOmar,
  byRuth,
  elsewhere,
  finance,
  happened,
  held,
  invited,
  issuer,
  ivy,
  ofTheProgramme,
  ruth,
  sam,
  seat,
  secret,
  signIn,
  suspended,
  until,
  world,
} from './account-world.js';
import { coverage, load, metaOf, spec, type DataFor } from './spec.js';
import { withIds } from '../../src/domain/kernel/naming.js';

test('somebody is invited by an administrator, or by a secretariat to its own place’s table', async (t) => {
  const invite = (
    who: (scene: World) => World,
    more: Partial<DataFor<typeof account, 'Invite'>> = {},
    ...given: Given[]
  ) =>
    who(world(t, ...given)).when('Invite', {
      account: anna,
      programmeId: 'tp',
      invitation: secret,
      ...more,
    });
  const begun = invite(asRuth).then({
    type: 'AccountInvited',
    data: { accountId: anna, programmeId: 'tp', invitation: secret, until: '2009-09-15' },
  });
  t.match(begun.state, { status: 'invited', accountId: anna, programmeId: 'tp' });
  t.strictSame(begun.access, {
    tier: 'administrators',
    tierSince: 1,
    parties: [],
    programmeId: 'tp',
    holder: anna,
  });
  const grant = { grantId: 'seat', ...seat, until };
  const both = invite(asSam, { placeId: 'durham', grant }).then(
    { type: 'AccountInvited', data: { placeId: 'durham' } },
    { type: 'GrantRequested', data: grant },
  );
  t.match(both.state, { placeId: 'durham', grants: { seat: { status: 'requested', requestedBy: sam } } });
  t.match(both.access, { placeId: 'durham' });
  invite(asSam, { grant }).refuses('NOT_OF_THE_PLACE', /own place/);
  invite(asSam, { placeId: 'hexham', grant }).refuses('NOT_ALLOWED');
  const askedBySam = (scope: Scope) =>
    invite(asSam, { placeId: 'durham', grant: { grantId: 'one', ...scope, until } });
  for (const role of ['chair', 'contributor'])
    askedBySam({ ...seat, role }).then({ type: 'AccountInvited' }, { type: 'GrantRequested' });
  for (const role of ['secretariat', 'member'])
    askedBySam({ role, placeId: 'durham' }).then({ type: 'AccountInvited' }, { type: 'GrantRequested' });
  for (const scope of [
    { role: 'champion', placeId: 'durham' },
    { ...seat, placeId: 'hexham' },
    administrator,
    finance,
    auditor,
  ])
    askedBySam(scope).refuses('NOT_OF_THE_PLACE', /roles of that table/);
  invite(asRuth, { grant: { grantId: 'one', ...administrator, until } }).then(
    { type: 'AccountInvited' },
    { type: 'GrantRequested' },
  );
  invite(asRuth, { account: ruth }).refuses('SECOND_PERSON_REQUIRED', /for themselves/);
  invite(asRuth, { placeId: 'durham' }).then({ type: 'AccountInvited', data: { placeId: 'durham' } });
  invite(asRuth, { placeId: 'nowhere' }).refuses('SCOPE_UNKNOWN', /nowhere/);
  invite(asRuth, { placeId: 'hexham' }).refuses('OTHER_PROGRAMME');
  const wanted = (scope: Scope, last: string = until) =>
    invite(asRuth, { grant: { grantId: 'one', ...scope, until: last } });
  wanted({ role: 'seat-holder', placeId: 'durham' }).refuses(
    'GRANT_NOT_VALID',
    /Choose the agency that the role is held for/,
  );
  wanted({ ...seat, placeId: 'nowhere' }).refuses('SCOPE_UNKNOWN', /nowhere/);
  wanted({ ...seat, agencyId: 'nobody' }).refuses('SCOPE_UNKNOWN', /nobody/);
  wanted({ ...seat, agencyId: 'old-council' }).refuses('SCOPE_UNKNOWN', /old-council/);
  wanted({ ...seat, placeId: 'hexham' }).refuses('OTHER_PROGRAMME');
  wanted({ ...administrator, programmeId: 'nh' }).refuses('OTHER_PROGRAMME');
  wanted(seat, '2010-09-02').refuses('GRANT_TOO_LONG');
  wanted(seat, '2010-09-01').then({ type: 'AccountInvited' }, { type: 'GrantRequested' });
  wanted(seat, '2009-08-31').refuses('UNTIL_IN_PAST');
  wanted(seat, '2009-09-01').then({ type: 'AccountInvited' }, { type: 'GrantRequested' });
  elsewhere(world(t))
    .when('Invite', { account: anna, programmeId: 'tp', invitation: secret })
    .refuses('NOT_ALLOWED');
  asIvy(world(t))
    .when('Invite', { account: anna, programmeId: 'tp', invitation: secret })
    .refuses('NOT_ALLOWED');
  invite(asRuth, {}, invited()).refuses('RECORD_EXISTS');
  t.notOk(
    account.commands.Invite.data.safeParse({ account: 'system:x', programmeId: 'tp', invitation: secret })
      .success,
    'nobody is invited as the machinery',
  );
  t.equal(
    account.commands.Invite.id!({ account: 'Anna', programmeId: 'tp', invitation: secret }),
    accountRecordId('Anna'),
  );
});

test('an invitation is renewed, and the one before is void', async (t) => {
  const again = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...given))
      .at('2009-09-10')
      .when('InviteAgain', { invitation: another });
  const { state } = again(asRuth, invited()).then({
    type: 'InvitationRenewed',
    data: { invitation: another, until: '2009-09-24' },
  });
  t.match(state.invitation, { hash: another, until: '2009-09-24' });
  again(asSam, invited({ placeId: 'durham' })).then({ type: 'InvitationRenewed' });
  world(t, invited({ placeId: 'durham' }))
    .as('secretariat', 'place:hexham')
    .when('InviteAgain', { invitation: another })
    .refuses('NOT_ALLOWED');
  again(asRuth, ...active()).refuses('WRONG_STATE');
  again(asRuth).refuses('WRONG_STATE');
});

test('whoever holds the secret takes the account up, once, within fourteen days', async (t) => {
  const takeUp = (
    given: Given[],
    { key = secret, at = '2009-09-15', boundTo }: { key?: string; at?: string; boundTo?: string } = {},
  ) =>
    world(t, ...given)
      .at(at)
      .as('system')
      .views({ accountOfSubject: (binding) => (binding === mine.binding ? boundTo : undefined) })
      .when('Activate', { ...mine, secret: key });
  const mine = signIn('anna@durham');
  const { state } = takeUp([invited(), ...held('seat', seat)]).then({
    type: 'AccountActivated',
    data: mine,
  });
  t.match(state, { status: 'active', issuer, subject: 'anna@durham', binding: mine.binding });
  t.notOk('invitation' in state, 'a secret is used once');
  t.strictSame(grantsInForce(state, '2009-09-15').map(grantName), [
    'seat-holder@place:durham+agency:council',
  ]);
  takeUp([invited()], { at: '2009-09-16' }).refuses('INVITATION_NOT_VALID');
  takeUp([invited()], { key: another }).refuses('INVITATION_NOT_VALID');
  const renewed = happened('InvitationRenewed', { invitation: another, until: '2009-09-24' });
  takeUp([invited(), renewed]).refuses('INVITATION_NOT_VALID');
  takeUp([invited(), renewed], { key: another, at: '2009-09-24' }).then({ type: 'AccountActivated' });
  takeUp(active()).refuses('INVITATION_NOT_VALID');
  takeUp([invited()], { boundTo: 'somebody' }).refuses('SUBJECT_BOUND', /have an account already/);
  takeUp([invited()], { boundTo: anna }).then({ type: 'AccountActivated' });
  takeUp([invited(), suspended]).refuses('WRONG_STATE');
  asRuth(world(t, invited()))
    .when('Activate', { ...mine, secret })
    .refuses('NOT_ALLOWED');
  t.equal(offerOf(load(account, anna, [invited(), suspended]).state), undefined, 'nor while it is suspended');
  t.match(offerOf(load(account, anna, [invited()]).state), { hash: secret });
  t.equal(
    secretHash('abc'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'of a secret only its SHA-256 is kept',
  );
  t.not(bindingOf('a', 'bc'), bindingOf('ab', 'c'));
});

test('another sign-in takes an account over when a second person approved it', async (t) => {
  const offered = (by = byRuth, last = '2009-09-15'): Given => ({
    event: happened('RebindingOffered', { invitation: another, until: last, reason: 'Moved to the trust' }),
    by,
  });
  const agreed: Given = { event: happened('RebindingApproved'), by: byOmar };
  const offer = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...given)).when('OfferRebinding', { invitation: another, reason: 'Moved to the trust' });
  const { state } = offer(asRuth, ...active()).then({
    type: 'RebindingOffered',
    data: { invitation: another, until: '2009-09-15' },
  });
  t.match(state.rebinding, { hash: another, offeredBy: ruth, approved: false });
  t.equal(offerOf(state), undefined, 'it counts when it is approved');
  offer(asRuth, invited()).refuses('WRONG_STATE');
  offer(elsewhere, ...active()).refuses('OTHER_PROGRAMME');
  offer(elsewhere, ...active(happened('ProgrammeJoined', { programmeId: 'nh' }))).then({
    type: 'RebindingOffered',
  });

  const approve = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...active(...given))).when('ApproveRebinding');
  const done = approve(asOmar, offered()).then({ type: 'RebindingApproved' });
  t.match(offerOf(done.state), { hash: another, until: '2009-09-15' });
  approve(asIvy, offered()).then({ type: 'RebindingApproved' });
  approve(asRuth, offered()).refuses('SECOND_PERSON_REQUIRED');
  approve(asRuth, offered(), offered(byOmar)).then({ type: 'RebindingApproved' });
  approve(asOmar, offered(), offered(byOmar)).refuses('SECOND_PERSON_REQUIRED');
  approve((scene) => scene.as('programme-office', ofTheProgramme, anna), offered()).refuses(
    'SECOND_PERSON_REQUIRED',
  );
  approve(asOmar).refuses('REBINDING_NOT_OFFERED');
  approve(asOmar, offered(), agreed).refuses('REBINDING_NOT_OFFERED');
  approve(asOmar, offered(byRuth, '2009-08-31')).refuses('REBINDING_NOT_OFFERED');
  approve(elsewhere, offered()).refuses('OTHER_PROGRAMME');

  const theirs = signIn('anna@trust');
  const takeOver = (given: Given[], boundTo?: string) =>
    world(t, ...active(...given))
      .as('system')
      .views({ accountOfSubject: () => boundTo })
      .when('Activate', { ...theirs, secret: another });
  const over = takeOver([offered(), agreed]).then({
    type: 'AccountRebound',
    data: { ...theirs, from: bindingOf(issuer, 'anna@durham') },
  });
  t.match(over.state, { status: 'active', subject: 'anna@trust', binding: theirs.binding });
  t.notOk('rebinding' in over.state, 'an offer is used once');
  takeOver([offered()]).refuses('INVITATION_NOT_VALID');
  takeOver([offered(), agreed, offered()]).refuses('INVITATION_NOT_VALID');
  takeOver([offered(), agreed], 'somebody').refuses('SUBJECT_BOUND');
});

test('an account is suspended at once, and reinstated by somebody else', async (t) => {
  const suspend = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...given)).when('Suspend', { reason: 'Laptop stolen' });
  const reinstate = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...given)).when('Reinstate', { reason: 'Has a new laptop' });
  const stopped = suspend(asRuth, ...active(...held('seat', seat))).then({
    type: 'AccountSuspended',
    data: { reason: 'Laptop stolen' },
  });
  t.match(stopped.state, { status: 'suspended', suspendedBy: ruth });
  t.strictSame(grantsInForce(stopped.state, '2009-09-01'), [], 'while it is, nothing is in force');
  suspend(asRuth, invited()).then({ type: 'AccountSuspended' });
  suspend(asRuth, ...active(suspended)).refuses('WRONG_STATE');
  suspend(asIvy, ...active()).refuses('NOT_ALLOWED');
  suspend(elsewhere, ...active()).refuses('OTHER_PROGRAMME');

  const again = reinstate(asOmar, ...active(...held('seat', seat), suspended)).then({
    type: 'AccountReinstated',
    data: { reason: 'Has a new laptop' },
  });
  t.equal(again.state.status, 'active');
  t.notOk('suspendedBy' in again.state);
  t.strictSame(grantsInForce(again.state, '2009-09-01').length, 1);
  const before = reinstate(asIvy, invited(), suspended).then({ type: 'AccountReinstated' });
  t.match(before.state, { status: 'invited', invitation: { hash: secret } });
  reinstate(asRuth, ...active(suspended)).refuses('SECOND_PERSON_REQUIRED', /Somebody else/);
  const suspendedByOmar: Given = { event: happened('AccountSuspended', { reason: 'Again' }), by: byOmar };
  const reinstated: Given = { event: happened('AccountReinstated', { reason: 'Found' }), by: byOmar };
  reinstate(asRuth, ...active(suspended, reinstated, suspendedByOmar)).then({ type: 'AccountReinstated' });
  reinstate((scene) => scene.as('programme-office', ofTheProgramme, anna), ...active(suspended)).refuses(
    'SECOND_PERSON_REQUIRED',
    /three people/,
  );
  reinstate(elsewhere, ...active(suspended)).refuses('OTHER_PROGRAMME');
  reinstate(asOmar, ...active()).refuses('WRONG_STATE');
});

test('whoever holds an account lets another programme’s administrators see it', async (t) => {
  const join = (by: string, programmeId: string, ...given: Given[]) =>
    world(t, ...given)
      .as('seat-holder', 'place:durham+agency:council', by)
      .when('JoinProgramme', { programmeId });
  const { state, access } = join(anna, 'nh', ...active()).then({
    type: 'ProgrammeJoined',
    data: { programmeId: 'nh' },
  });
  t.strictSame([state.alsoOf, access.alsoOf], [['nh'], ['nh']]);
  join(anna, 'tp', ...active()).nothing();
  join(anna, 'nh', ...active(happened('ProgrammeJoined', { programmeId: 'nh' }))).nothing();
  join(ruth, 'nh', ...active()).refuses('NOT_YOUR_ACCOUNT');
  join(anna, 'nh', invited()).refuses('WRONG_STATE');
});

test('the address of a calendar is made for whoever holds the account, made anew, and withdrawn by them', async (t) => {
  const hash = secretHash('one');
  const set = (...given: Given[]) =>
    world(t, ...given)
      .as('system')
      .when('SetCalendarAddress', { hash });
  const { state } = set(...active()).then({ type: 'CalendarAddressSet', data: { hash } });
  t.match(state.calendar, { hash, since: /^2009-/ });
  const earlier = happened('CalendarAddressSet', { hash: secretHash('earlier') });
  t.match(set(...active(earlier)).then({ type: 'CalendarAddressSet' }).state.calendar, { hash });
  set(invited()).refuses('WRONG_STATE');
  set(...active(suspended)).refuses('WRONG_STATE');
  asRuth(world(t, ...active()))
    .when('SetCalendarAddress', { hash })
    .refuses('NOT_ALLOWED');

  const withdraw = (who: string, ...given: Given[]) =>
    world(t, ...given)
      .as('secretariat', 'place:durham', who)
      .when('WithdrawCalendarAddress', {});
  const withdrawn = withdraw(anna, ...active(earlier)).then({ type: 'CalendarAddressWithdrawn', data: {} });
  t.notOk('calendar' in withdrawn.state);
  withdraw(anna, ...active()).refuses('NO_CALENDAR_ADDRESS');
  withdraw(anna, ...active(earlier, happened('CalendarAddressWithdrawn', {}))).refuses('NO_CALENDAR_ADDRESS');
  withdraw(ruth, ...active(earlier)).refuses('NOT_YOUR_ACCOUNT');
  withdraw(anna, invited()).refuses('WRONG_STATE');
});

test('a first administrator is appointed by whoever runs the machine', async (t) => {
  const ruths = signIn('ruth@clg');
  const appoint = (more: { until?: string } = {}, boundTo?: string) =>
    spec(t, account)
      .id('tp.administrator-1')
      .as('system')
      .views({ accountOfSubject: () => boundTo })
      .when('AppointAdministrator', {
        account: 'tp.administrator-1',
        programmeId: 'tp',
        ...ruths,
        until,
        ...more,
      });
  const { state, access } = appoint().then({
    type: 'AdministratorAppointed',
    data: { accountId: 'tp.administrator-1', programmeId: 'tp', ...ruths, grantId: 'administrator', until },
  });
  t.match(state, { status: 'active', subject: 'ruth@clg', binding: ruths.binding });
  t.match(access, { tier: 'administrators', programmeId: 'tp', holder: 'tp.administrator-1' });
  t.strictSame(grantsInForce(state, until).map(grantName), ['access-administrator@programme:tp']);
  appoint({ until: '2010-09-02' }).refuses('GRANT_TOO_LONG');
  appoint({ until: '2009-08-31' }).refuses('UNTIL_IN_PAST');
  appoint({}, 'somebody').refuses('SUBJECT_BOUND');
  appoint({}, 'tp.administrator-1').then({ type: 'AdministratorAppointed' });
  asRuth(world(t))
    .when('AppointAdministrator', { account: anna, programmeId: 'tp', ...ruths, until })
    .refuses('NOT_ALLOWED');
});

test('an account that stood elsewhere is taken over with its grants', async (t) => {
  const mine = signIn('anna@durham');
  const grants: DataFor<typeof account, 'Adopt'>['grants'] = [
    { grantId: 'seat', ...seat, until },
    { grantId: 'finance', ...finance, until },
  ];
  const adopt = (taken: DataFor<typeof account, 'Adopt'>['grants'] = grants, boundTo?: string) =>
    world(t)
      .as('system')
      .views({ accountOfSubject: () => boundTo })
      .when('Adopt', { account: anna, programmeId: 'tp', ...mine, grants: taken });
  const { state, access } = adopt().then({
    type: 'AccountAdopted',
    data: { accountId: anna, programmeId: 'tp', ...mine, grants },
  });
  t.match(state, { status: 'active', binding: mine.binding });
  t.match(access, { tier: 'administrators', programmeId: 'tp', holder: anna });
  t.strictSame(grantsInForce(state, '2009-09-01').map(grantName), [
    'seat-holder@place:durham+agency:council',
    'finance-officer@agency:council',
  ]);
  adopt([]).then({ type: 'AccountAdopted' });
  adopt(grants, 'somebody').refuses('SUBJECT_BOUND');
  adopt(grants, anna).then({ type: 'AccountAdopted' });
  adopt([{ grantId: 'seat', role: 'seat-holder', placeId: 'durham', until }]).refuses('GRANT_NOT_VALID');
  adopt([{ grantId: 'seat', ...seat, until: '2010-09-02' }]).refuses('GRANT_TOO_LONG');
  adopt([{ grantId: 'seat', ...seat, until: '2009-08-31' }]).refuses('UNTIL_IN_PAST');
  adopt([...grants, { grantId: 'seat', ...auditor, until }]).refuses('GRANT_EXISTS');
  adopt([...grants, { grantId: 'audit', ...auditor, until }]).refuses('SOD_CONFLICT');
  asRuth(world(t))
    .when('Adopt', { account: anna, programmeId: 'tp', ...mine, grants })
    .refuses('NOT_ALLOWED');
});

test('what is told of an account: to nobody whom its issuer says its holder is, with no event', async (t) => {
  const told = (type: keyof typeof account.events & string, data: object): object =>
    dataFor(account.events[type], data, 'members');
  const mine = signIn('anna@durham');
  t.strictSame(told('AccountActivated', mine), { issuer });
  t.strictSame(told('AccountRebound', { ...mine, from: mine.binding }), { issuer });
  for (const type of ['AdministratorAppointed', 'AccountAdopted'] as const)
    t.strictSame(
      told(type, {
        accountId: anna,
        programmeId: 'tp',
        ...mine,
        grantId: 'administrator',
        until,
        grants: [],
      }),
      {
        accountId: anna,
        programmeId: 'tp',
        issuer,
        grantId: 'administrator',
        until,
        grants: [],
      },
    );
  const says = (type: keyof typeof account.events & string, data: object): string =>
    withIds(
      account.events[type].describe(
        data as never,
        metaOf(account, anna, type, 2, '2009-09-01T09:00:00.000Z', byRuth),
      ),
    );
  t.match(says('GrantRequested', { grantId: 'seat', ...seat, until }), /council until 30 June 2010$/);
  t.match(says('GrantRequested', { grantId: 'seat', ...seat, until, reason: 'Chairs' }), /2010: Chairs$/);
  const ended = { grantId: 'seat', ...seat, reason: 'Left' };
  t.match(says('GrantRevoked', ended), /: Left$/);
  t.match(
    says('GrantRevoked', { ...ended, although: 'Closing' }),
    /: Left; it was the last of its kind: Closing$/,
  );
  t.match(says('AccountSuspended', { reason: 'Stolen' }), /: Stolen$/);
  t.match(says('AccountSuspended', { reason: 'Stolen', although: 'Urgent' }), /nobody else holds: Urgent$/);
  t.match(says('AccountAdopted', { accountId: anna, grants: [] }), /with no grants$/);
  t.match(
    says('AccountAdopted', { accountId: anna, grants: [{ ...seat }, { ...finance }] }),
    /with seat-holder@place:durham\+agency:council, finance-officer@agency:council$/,
  );
  t.equal(account.title(load(account, anna, [invited()]).state, { id: anna, nameOfPlace: (id) => id }), anna);
});

test('an account is read by its holder, who administers it, the secretariat that invited it, and auditors', async (t) => {
  const reads = (who: string, role: string, scope: string, ...given: Given[]): boolean => {
    const grant = parseGrant(role, scope);
    const viewer: Viewer = {
      account: who,
      grants: grant ? [grant] : [],
      placesOf: () => new Set(['durham']),
      programmeOf: (placeId) => (placeId === 'hexham' ? 'nh' : 'tp'),
    };
    const { access } = load(account, anna, given);
    return isOpenTo(access, audienceIn(viewer, access));
  };
  const bySecretariat = invited({ placeId: 'durham' });
  t.ok(reads(anna, 'public', '', invited()), 'its holder');
  t.ok(reads(ruth, 'access-administrator', ofTheProgramme, invited()));
  t.ok(reads(ivy, 'programme-office', ofTheProgramme, invited()));
  t.ok(reads(sam, 'secretariat', 'place:durham', bySecretariat));
  t.ok(reads('alan', 'auditor', ofTheProgramme, invited()));
  t.ok(reads('alan', 'auditor', 'place:durham', bySecretariat));
  const joined = happened('ProgrammeJoined', { programmeId: 'nh' });
  t.ok(reads('noor', 'access-administrator', 'programme:nh', ...active(joined)));
  for (const [role, scope] of [
    ['access-administrator', 'programme:nh'],
    ['programme-office', 'programme:nh'],
    ['secretariat', 'place:durham'],
    ['treasury', ofTheProgramme],
    ['auditor', 'programme:nh'],
    ['auditor', 'place:durham'],
  ] as const)
    t.notOk(reads('somebody', role, scope, invited()), `${role}@${scope}`);
  for (const [role, scope] of [
    ['secretariat', 'place:hexham'],
    ['seat-holder', 'place:durham+agency:council'],
    ['finance-officer', 'agency:council'],
  ] as const)
    t.notOk(reads('somebody', role, scope, bySecretariat), `${role}@${scope}`);
});

test('every command and refusal of an account has a spec', async (t) => coverage(t, account));
