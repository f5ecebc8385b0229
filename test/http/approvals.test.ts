/** What waits for a second person stands among what waits for whoever may approve it, over HTTP. */
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'tap';
import { openHarness } from './harness.js';

const [asker, other] = ['total-place.administrator-1', 'total-place.administrator-2'] as const;
const programmeOffice = 'post.programme-office.total-place';
const url = '/v1/accounts/new.lead';
const grant = { grantId: 'kent', role: 'secretariat', placeId: 'kent', until: '2010-05-01' };
const invitation = {
  account: 'new.lead',
  programmeId: 'total-place',
  invitation: createHash('sha256').update('secret').digest('hex'),
  grant,
};

test('a grant that waits for a second person waits for those who may approve it, until it is over', async (t) => {
  const harness = await openHarness(t, { grantsInLog: true });
  const as = (account: string, method: string, address: string, body?: object) =>
    harness.inject('', account, method, address, body);
  const give = (account: string, address: string, body: object) =>
    harness.command('', account, address, body);
  const waiting = async (account: string) => {
    const { json } = await as(account, 'GET', '/v1/me/actions?limit=200');
    return json.items.filter((item: { code: string }) => item.code === 'approval');
  };
  const foreseen = await harness.inject('', asker, 'POST', '/v1/accounts?preview=true', invitation, {
    'idempotency-key': randomUUID(),
  });
  const name = 'Access administrators and programme office of Total Place';
  t.match(foreseen.json.due, {
    opened: [{ code: 'approval', owedBy: [{ kind: 'programme', id: 'total-place', name }] }],
    closed: [],
  });
  await give(asker, '/v1/accounts', invitation);
  const [item] = await waiting(other);
  t.match(item, {
    deed: /^Approve or refuse a grant for new\.lead: secretariat of Kent, until 1 May 2010$/,
    record: { aggregate: 'account', id: 'new.lead' },
    link: url,
    as: 'access-administrator@programme:total-place',
    why: 'access administrator of Total Place',
    does: { name: 'ApproveGrant', path: `${url}/grant-approvals`, names: { grantId: 'kent' } },
  });
  t.equal(item.workingDaysLeft, 10);
  t.match(foreseen.json.due.opened[0].dueOn, item.dueOn, 'as the preview had said');
  t.equal((await waiting(programmeOffice)).length, 1, 'the programme office is a second person');
  for (const [who, why] of [
    [asker, 'who asked'],
    ['demo.auditor', 'who reads the account and approves nothing'],
    ['post.programme-lead.kent', 'the place that it is for'],
    ['post.programme-lead.suffolk', 'anybody else'],
  ] as const)
    t.same(await waiting(who), [], why);
  const calendar = await as(other, 'GET', '/v1/calendar?limit=200');
  t.notOk(
    JSON.stringify(calendar.json).includes('new.lead'),
    'the calendar that all have tells nothing of it',
  );

  const approval = await harness.inject(
    '',
    other,
    'POST',
    `${item.does.path}?preview=true`,
    item.does.names,
    {
      'idempotency-key': randomUUID(),
    },
  );
  t.match(approval.json.due, { opened: [], closed: [{ code: 'approval' }] });
  await give(other, `${url}/suspensions`, { reason: 'Laptop stolen' });
  t.same(await waiting(programmeOffice), [], 'not while the account is suspended');
  await give(asker, `${url}/reinstatements`, { reason: 'Found again' });
  t.equal((await waiting(other)).length, 1, 'and again after that');
  await give(other, item.does.path, item.does.names);
  t.same([...(await waiting(other)), ...(await waiting(programmeOffice))], [], 'approved, it waits no more');
});
