/** What waits in an account for a second person, and whose it is to approve. */
import { test } from 'tap';
import { approvalsOf, isAnothers } from '../../src/domain/accounts/approvals.js';
import { initial, type AccountGrant, type AccountState } from '../../src/domain/accounts/state.js';
import { put } from '../../src/domain/kernel/parts.js';
import { waitsFor } from '../../src/domain/progress/due-codes.js';
import { loadReference } from '../../src/runtime/reference.js';
import { Property } from '../holds.js';

const { workingDays } = loadReference();
const asked = (more: Partial<AccountGrant> = {}): AccountGrant => ({
  role: 'secretariat',
  placeId: 'durham',
  until: '2010-06-30',
  status: 'requested',
  requestedBy: 'ruth',
  requestedOn: '2009-09-01',
  ...more,
});
const rebinding = {
  hash: '0'.repeat(64),
  until: '2009-09-15',
  offeredBy: 'ruth',
  offeredOn: '2009-09-01',
  approved: false,
};
type Given = Partial<Omit<AccountState, 'grants'>> & { grants?: Readonly<Record<string, AccountGrant>> };
function account({ grants = {}, ...more }: Given): AccountState {
  const state: AccountState = {
    ...initial(),
    status: 'active',
    accountId: 'anna',
    programmeId: 'tp',
    ...more,
  };
  for (const [grantId, grant] of Object.entries(grants)) put(state.grants, grantId, grant);
  return state;
}
const on = (state: AccountState, today = '2009-09-02') =>
  approvalsOf('anna', state, {
    today,
    workingDays,
    programmeOf: (placeId) => (placeId === 'hexham' ? 'nh' : 'tp'),
  });

test('a grant that was asked for waits ten working days, or until its own last day', async (t) => {
  t.match(on(account({ grants: { lead: asked() } })), [
    {
      code: 'approval',
      recordId: 'anna',
      key: 'grant.lead',
      dueOn: '2009-09-15',
      openedOn: '2009-09-01',
      deed: /^Approve or refuse a grant for .*anna.*: .grant:secretariat@place:durham., until 30 June 2010$/,
      owedBy: [{ kind: 'programme', id: 'tp' }],
      doneBy: { command: 'ApproveGrant', names: { grantId: 'lead' } },
    },
  ]);
  const short = account({ grants: { lead: asked({ until: '2009-09-04' }) } });
  t.match(on(short), [{ dueOn: '2009-09-04' }]);
  t.match(on(short, '2009-09-04'), [{ dueOn: '2009-09-04' }], 'on its last day still');
  t.same(on(short, '2009-09-05'), [], 'one that is over waits no more');
});

test('what waits is over when it was approved, refused or revoked, and while the account is suspended', async (t) => {
  const over = new Property('nothing waits for a second person');
  for (const status of ['approved', 'refused', 'revoked'] as const)
    over.same(t, status, on(account({ grants: { lead: asked({ status }) } })), []);
  for (const status of ['none', 'suspended'] as const)
    over.same(t, status, on(account({ status, rebinding, grants: { lead: asked() } })), []);
  over.same(t, 'approved offer', on(account({ rebinding: { ...rebinding, approved: true } })), []);
  over.same(t, 'offer of before', on(account({ rebinding }), '2009-09-16'), []);
  over.settle(t);
  const invited = account({ status: 'invited', grants: { lead: asked() } });
  t.equal(on(invited).length, 1, 'it waits before the account is taken up');
});

test('an offer to another sign-in waits for a second person for as long as it lasts', async (t) => {
  t.match(on(account({ rebinding })), [
    { key: 'rebinding', dueOn: '2009-09-15', doneBy: { command: 'ApproveRebinding', names: {} } },
  ]);
  const laterEnd = { ...rebinding, until: '2009-12-24' };
  t.match(on(account({ rebinding: laterEnd })), [{ dueOn: '2009-09-15' }], 'ten working days at most');
});

test('it waits for who administers the programme of the grant, but not for who asked or would get it', async (t) => {
  const programmes = (grant: AccountGrant, alsoOf: string[] = []) =>
    on(account({ alsoOf, grants: { one: grant } })).flatMap(({ owedBy }) => owedBy.map(({ id }) => id));
  t.same(programmes(asked({ placeId: 'hexham' }), ['nh']), ['nh'], 'of the place’s programme');
  const own = { role: 'treasury', placeId: undefined, programmeId: 'nh' } as const;
  t.same(programmes(asked(own), ['nh']), ['nh'], 'of its own');
  const ofBody = { role: 'official', placeId: undefined, agencyId: 'dwp' } as const;
  t.same(programmes(asked(ofBody), ['nh']), ['tp', 'nh'], 'a body’s own, of each that keeps the account');
  const [item] = on(account({ grants: { one: asked() } }));
  const waits = new Property('whether it waits in a grant');
  for (const [role, programme, expected] of [
    ['access-administrator', 'tp', 'tp'],
    ['programme-office', 'tp', 'tp'],
    ['access-administrator', 'nh', undefined],
    ['treasury', 'tp', undefined],
  ] as const)
    waits.same(t, `${role} of ${programme}`, item && waitsFor(item, { role, programme })?.id, expected);
  waits.same(t, 'secretariat', item && waitsFor(item, { role: 'secretariat', place: 'durham' }), undefined);
  waits.settle(t);
  t.same(
    ['omar', 'ruth', 'anna'].map((name) => item && isAnothers(item, name)),
    [true, false, false],
  );
});
