// Specs of an account’s grants; account.test.ts runs them with its own.
import { test } from 'tap';
import { account } from '../../src/domain/accounts/index.js';
import { grantNameOf, grantOf, grantsInForce, scopeOf } from '../../src/domain/accounts/state.js';
import { mostGrants } from '../../src/domain/accounts/limits.js';
import type { ViewChecks } from '../../src/domain/kernel/types.js';
import { grantName } from '../../src/domain/shared/access.js';
import {
  type Given,
  type Scope,
  type World,
  active,
  administrator,
  anna,
  asIvy,
  asOmar,
  asRuth,
  asSam,
  auditor,
  byOmar,
  byRuth,
  bySam,
  elsewhere,
  finance,
  happened,
  held,
  invited,
  ofTheProgramme,
  omar,
  requested,
  ruth,
  seat,
  suspended,
  until,
  world,
} from './account-world.js';
import { load, type DataFor } from './spec.js';

test('a grant is asked for by an administrator or the secretariat, never for oneself', async (t) => {
  const ask = (
    who: (scene: World) => World,
    given: Given[] = active(),
    more: Partial<DataFor<typeof account, 'RequestGrant'>> = {},
  ) => who(world(t, ...given)).when('RequestGrant', { grantId: 'seat', ...seat, until, ...more });
  const { state } = ask(asRuth, active(), { reason: 'Chairs the board' }).then({
    type: 'GrantRequested',
    data: { grantId: 'seat', ...seat, until, reason: 'Chairs the board' },
  });
  t.strictSame(state.grants, {
    seat: { ...seat, until, status: 'requested', requestedBy: ruth, requestedOn: '2009-09-01' },
  });
  t.strictSame(grantsInForce(state, '2009-09-01'), [], 'what is asked for is not held');
  ask(asRuth, [invited()]).then({ type: 'GrantRequested' });
  ask(asRuth, active(suspended)).refuses('WRONG_STATE');
  ask(asSam).then({ type: 'GrantRequested' });
  ask(asIvy).refuses('NOT_ALLOWED');
  ask(asSam, active(), { placeId: 'hexham' }).refuses('NOT_OF_THE_PLACE');
  ask((scene) => scene.as('access-administrator', ofTheProgramme, anna)).refuses(
    'SECOND_PERSON_REQUIRED',
    /for themselves/,
  );
  ask(asRuth, active(), { role: 'official' }).refuses('GRANT_NOT_VALID', /Leave this empty.* a place/);
  ask(asRuth, active(), { role: 'treasury' }).refuses('GRANT_NOT_VALID', /Choose the programme/);
  ask(asRuth, active(), { role: 'auditor' }).refuses('GRANT_NOT_VALID', /an auditor a programme or a place/);
  ask(asRuth, active(), { agencyId: 'nobody' }).refuses('SCOPE_UNKNOWN', /agency nobody/);
  ask(asRuth, active(), { placeId: 'nowhere' }).refuses('SCOPE_UNKNOWN', /place nowhere/);
  ask(elsewhere).refuses('OTHER_PROGRAMME');
  ask(asRuth, active(), { until: '2010-09-02' }).refuses('GRANT_TOO_LONG');
  ask(asRuth, active(), { until: '2009-08-31' }).refuses('UNTIL_IN_PAST');
  // A body’s own grant is of every programme: whoever administers the account asks for it.
  for (const who of [asRuth, elsewhere])
    who(world(t, ...active()))
      .when('RequestGrant', { grantId: 'finance', ...finance, until })
      .then({ type: 'GrantRequested' });

  ask(asRuth, active(requested('seat', finance))).refuses('GRANT_EXISTS');
  ask(asRuth, active(requested('first', seat))).refuses('GRANT_HELD', /30 June 2010/);
  ask(asRuth, active(...held('first', seat))).refuses('GRANT_HELD');
  ask(asRuth, active(...held('first', seat, '2010-06-29'))).then({ type: 'GrantRequested' });
  ask(asRuth, active(requested('first', { ...seat, agencyId: 'old-council' }))).then({
    type: 'GrantRequested',
  });
  const over: Given = {
    event: happened('GrantRefused', { grantId: 'first', ...seat, reason: 'Not yet' }),
    by: byOmar,
  };
  ask(asRuth, active(requested('first', seat), over)).then({ type: 'GrantRequested' });
  const many = Array.from({ length: mostGrants }, (_, n) => requested(`g${n}`, finance, '2009-09-01'));
  ask(asRuth, active(...many.slice(1))).then({ type: 'GrantRequested' });
  ask(asRuth, active(...many)).refuses('TOO_MANY_GRANTS');
});

test('duties that nobody may hold together are kept apart when a grant is asked for and when it is approved', async (t) => {
  const ask = (scope: Scope, ...given: Given[]) =>
    asRuth(world(t, ...given)).when('RequestGrant', { grantId: 'two', ...scope, until });
  const approve = (scope: Scope, ...given: Given[]) =>
    asOmar(world(t, ...given, requested('two', scope))).when('ApproveGrant', { grantId: 'two' });
  const champion = { role: 'champion', placeId: 'durham' };
  for (const [one, other] of [
    [auditor, seat],
    [seat, auditor],
    [auditor, finance],
    [champion, seat],
    [seat, champion],
  ] as const) {
    ask(other, ...active(...held('one', one))).refuses('SOD_CONFLICT', /Nobody may hold/);
    approve(other, ...active(...held('one', one))).refuses('SOD_CONFLICT');
    // Who has not taken the account up yet will hold what was approved.
    ask(other, invited(), ...held('one', one)).refuses('SOD_CONFLICT');
    approve(other, invited(), ...held('one', one)).refuses('SOD_CONFLICT');
    // Two are asked for: whichever is approved first keeps the other out.
    ask(other, ...active(requested('one', one))).then({ type: 'GrantRequested' });
    approve(other, ...active(requested('one', one))).then({ type: 'GrantApproved' });
    // What is over keeps nothing out.
    ask(other, ...active(...held('one', one, '2009-08-31'))).then({ type: 'GrantRequested' });
    approve(other, ...active(...held('one', one, '2009-08-31'))).then({ type: 'GrantApproved' });
  }
  ask({ role: 'auditor', placeId: 'hexham' }, ...active(...held('one', seat))).refuses('OTHER_PROGRAMME');
  elsewhere(world(t, ...active(...held('one', seat))))
    .when('RequestGrant', { grantId: 'two', role: 'auditor', placeId: 'hexham', until })
    .then({ type: 'GrantRequested' });
});

test('a grant is approved or refused by a third person', async (t) => {
  const approve = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...given)).when('ApproveGrant', { grantId: 'seat' });
  const refuse = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...given)).when('RefuseGrant', { grantId: 'seat', reason: 'It is somebody else' });
  const { state } = approve(asOmar, ...active(requested('seat', seat))).then({
    type: 'GrantApproved',
    data: { grantId: 'seat', ...seat, until },
  });
  t.match(state.grants, {
    seat: { status: 'approved', requestedBy: ruth, approvedBy: omar, approvedOn: '2009-09-01' },
  });
  t.strictSame(grantsInForce(state, until).map(grantName), ['seat-holder@place:durham+agency:council']);
  t.strictSame(grantsInForce(state, '2010-07-01'), [], 'it ends with its last day by itself');
  const no = refuse(asOmar, ...active(requested('seat', seat))).then({
    type: 'GrantRefused',
    data: { grantId: 'seat', ...seat, reason: 'It is somebody else' },
  });
  t.match(no.state.grants, { seat: { status: 'refused', endedBy: omar, endedOn: '2009-09-01' } });
  t.strictSame(grantsInForce(no.state, '2009-09-01'), []);
  for (const second of [approve, refuse]) {
    const happens = { type: second === approve ? 'GrantApproved' : 'GrantRefused' } as const;
    second(asIvy, ...active(requested('seat', seat))).then(happens);
    second(asOmar, invited(), requested('seat', seat)).then(happens);
    second(asRuth, ...active(requested('seat', seat))).refuses('SECOND_PERSON_REQUIRED', /three people/);
    second(
      (scene) => scene.as('programme-office', ofTheProgramme, anna),
      ...active(requested('seat', seat)),
    ).refuses('SECOND_PERSON_REQUIRED', /three people/);
    // Whoever asked for another grant may approve this one.
    second(asRuth, ...active(requested('other', finance), requested('seat', seat, until, bySam))).then(
      happens,
    );
    second(asSam, ...active(requested('seat', seat))).refuses('NOT_ALLOWED');
    second(elsewhere, ...active(requested('seat', seat))).refuses('OTHER_PROGRAMME');
    second(asOmar, ...active()).refuses('GRANT_UNKNOWN');
    second(asOmar, ...active(...held('seat', seat))).refuses('GRANT_NOT_REQUESTED');
  }
  approve(asOmar, ...active(requested('seat', seat), suspended)).refuses('WRONG_STATE');
  refuse(asOmar, ...active(requested('seat', seat), suspended)).then({ type: 'GrantRefused' });
  approve(asOmar, ...active(requested('seat', seat, '2009-08-31'))).refuses('UNTIL_IN_PAST');
  approve(asOmar, ...active(requested('seat', seat, '2009-09-01'))).then({ type: 'GrantApproved' });
  refuse(asOmar, ...active(requested('seat', seat, '2009-08-31'))).then({ type: 'GrantRefused' });
  approve(asOmar, ...active(requested('seat', { ...seat, agencyId: 'old-council' }))).refuses(
    'SCOPE_UNKNOWN',
  );
  approve(asOmar, ...active(requested('seat', { ...seat, placeId: 'nowhere' }))).refuses('OTHER_PROGRAMME');
});

test('a grant is revoked with a reason', async (t) => {
  const revoke = (who: (scene: World) => World, ...given: Given[]) =>
    who(world(t, ...given)).when('RevokeGrant', { grantId: 'seat', reason: 'Left the council' });
  const { state } = revoke(asRuth, ...active(...held('seat', seat))).then({
    type: 'GrantRevoked',
    data: { grantId: 'seat', ...seat, reason: 'Left the council' },
  });
  t.match(state.grants, { seat: { status: 'revoked', endedBy: ruth, endedOn: '2009-09-01' } });
  t.strictSame(grantsInForce(state, '2009-09-01'), []);
  revoke(asRuth, ...active(requested('seat', seat))).then({ type: 'GrantRevoked' });
  revoke(asRuth, ...active(...held('seat', seat), suspended)).then({ type: 'GrantRevoked' });
  revoke(asRuth, invited(), ...held('seat', seat)).then({ type: 'GrantRevoked' });
  revoke(
    (scene) => scene.as('access-administrator', ofTheProgramme, anna),
    ...active(...held('seat', seat)),
  ).then({
    type: 'GrantRevoked',
  });
  revoke(asIvy, ...active(...held('seat', seat))).refuses('NOT_ALLOWED');
  revoke(elsewhere, ...active(...held('seat', seat))).refuses('OTHER_PROGRAMME');
  revoke(asRuth, ...active()).refuses('GRANT_UNKNOWN');
  revoke(asRuth, ...active(...held('seat', seat, '2009-08-31'))).refuses('GRANT_NOT_IN_FORCE');
  const ended: Given = {
    event: happened('GrantRevoked', { grantId: 'seat', ...seat, reason: 'Left' }),
    by: byRuth,
  };
  revoke(asRuth, ...active(...held('seat', seat), ended)).refuses('GRANT_NOT_IN_FORCE');
});

test('what nobody else holds is not ended unawares, and the last certifier stays while something waits', async (t) => {
  const revoke = (
    scope: Scope,
    views: Partial<ViewChecks>,
    although?: string,
    given: Given[] = active(...held('it', scope)),
  ) =>
    asRuth(world(t, ...given))
      .views(views)
      .when('RevokeGrant', { grantId: 'it', reason: 'Leaves', ...(although ? { although } : {}) });
  const suspend = (
    scope: Scope,
    views: Partial<ViewChecks>,
    although?: string,
    given: Given[] = active(...held('it', scope)),
  ) =>
    asRuth(world(t, ...given))
      .views(views)
      .when('Suspend', { reason: 'Leaves', ...(although ? { although } : {}) });
  const alone: Partial<ViewChecks> = { accountsHolding: () => [anna], isAccountableBody: () => true };
  const others: Partial<ViewChecks> = { ...alone, accountsHolding: () => [anna, omar] };
  const why = 'The programme ends';
  for (const [end, type] of [
    [revoke, 'GrantRevoked'],
    [suspend, 'AccountSuspended'],
  ] as const) {
    for (const scope of [administrator, finance]) {
      end(scope, alone).refuses('LAST_OF_ITS_KIND', /enter although/);
      end(scope, alone, why).then({ type, data: { although: why } });
      end(scope, others).then({ type, data: { although: undefined } });
      // What was said for nothing is not kept: it would tell that nobody else held it.
      end(scope, others, why).then({ type, data: { although: undefined } });
    }
    end(finance, { ...alone, isAccountableBody: () => false }).then({ type });
    end(seat, alone).then({ type });
    end(administrator, alone, undefined, active(requested('it', administrator))).then({ type });
    end(administrator, alone, undefined, [invited(), requested('it', administrator)]).then({ type });
  }
  // Asked for again, for longer, and approved: the first is not the last.
  const longer = active(...held('it', administrator), ...held('again', administrator, '2010-08-31'));
  revoke(administrator, alone, undefined, longer).then({ type: 'GrantRevoked' });
  suspend(administrator, alone, undefined, longer).refuses('LAST_OF_ITS_KIND');
  revoke(
    administrator,
    alone,
    undefined,
    active(...held('it', administrator), ...held('other', finance)),
  ).refuses('LAST_OF_ITS_KIND');
  revoke(
    administrator,
    alone,
    undefined,
    active(...held('it', administrator), ...held('again', administrator, '2009-08-31')),
  ).refuses('LAST_OF_ITS_KIND');

  // Of any agency, whether or not it is an accountable body, and whatever is said.
  const waits: Partial<ViewChecks> = {
    accountsHolding: () => [anna],
    certificationsDue: (id) => id === 'council',
  };
  revoke(finance, waits, why).refuses('LAST_CERTIFIER');
  revoke(finance, { ...waits, accountsHolding: () => [omar] }).then({ type: 'GrantRevoked' });
  revoke(finance, { ...waits, certificationsDue: () => false }).then({ type: 'GrantRevoked' });
  revoke(seat, { ...waits, certificationsDue: () => true }).then({ type: 'GrantRevoked' });
  revoke(finance, waits, undefined, active(requested('it', finance))).then({ type: 'GrantRevoked' });
  // Whoever’s sign-in is in wrong hands is stopped at once, and keeps the grant until another has it.
  suspend(finance, waits).then({ type: 'AccountSuspended' });
  revoke(finance, waits, why, active(...held('it', finance), suspended)).refuses('LAST_CERTIFIER');
});

test('those who are audited neither revoke nor suspend their auditor while a case is open', async (t) => {
  const cases = (...open: { programmeId?: string; placeId?: string }[]) => ({
    openCases: (of: string) => (of === anna ? open : []),
  });
  const scene = (views: Partial<ViewChecks>, scope: Scope = auditor, who = asRuth) =>
    who(world(t, ...active(happened('ProgrammeJoined', { programmeId: 'nh' }), ...held('it', scope)))).views(
      views,
    );
  const revoke = (...of: Parameters<typeof scene>) =>
    scene(...of).when('RevokeGrant', { grantId: 'it', reason: 'Asks too much' });
  const suspend = (...of: Parameters<typeof scene>) =>
    scene(...of).when('Suspend', { reason: 'Asks too much' });
  for (const [end, type] of [
    [revoke, 'GrantRevoked'],
    [suspend, 'AccountSuspended'],
  ] as const) {
    end(cases({ programmeId: 'tp' })).refuses('AUDITOR_PROTECTED');
    end(cases({ placeId: 'durham' })).refuses('AUDITOR_PROTECTED');
    end(cases()).then({ type });
    end(cases({ programmeId: 'nh' }, { placeId: 'hexham' })).then({ type });
    end(cases({ programmeId: 'tp' }), seat).then({ type });
  }
  suspend(cases({ programmeId: 'tp' }), auditor, elsewhere).then({ type: 'AccountSuspended' });
});

test('a grant is the same in the words of a form and as Acting-As takes it', async (t) => {
  for (const scope of [seat, auditor, finance, administrator]) t.strictSame(scopeOf(grantOf(scope)!), scope);
  t.equal(grantNameOf(seat), 'seat-holder@place:durham+agency:council');
  t.equal(
    grantNameOf({ role: 'seat-holder', placeId: 'durham' }),
    'seat-holder',
    'a scope that does not fit',
  );
  t.equal(grantOf({ role: 'official', placeId: 'durham' }), undefined);
  const twice = load(account, anna, active(...held('one', seat), ...held('two', seat))).state;
  t.equal(grantsInForce(twice, '2009-09-01').length, 1, 'one grant that is held twice is one');
});

test('the grants that a command may be about are offered by what they are', async (t) => {
  const { state } = load(account, anna, active(requested('seat', seat), ...held('audit', auditor)));
  const offered = (command: 'ApproveGrant' | 'RefuseGrant' | 'RevokeGrant') =>
    account.commands[command]
      .part!.among(state, [])
      .map(({ id, title }) => [id, title.replace(/[\u2068\u2069]/g, '|')]);
  const asked = ['seat', '|grant:seat-holder@place:durham+agency:council|, until 30 June 2010'];
  t.strictSame(offered('ApproveGrant'), [asked]);
  t.strictSame(offered('RefuseGrant'), [asked]);
  t.strictSame(offered('RevokeGrant'), [
    asked,
    ['audit', '|grant:auditor@programme:tp|, until 30 June 2010'],
  ]);
});
