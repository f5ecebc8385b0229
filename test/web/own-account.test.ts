/** What somebody is told of their own account who has lost every grant: in names, not in ids. */
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'tap';
import { readers, type DemoReader } from '../../src/demo/readers.js';
import { personId } from '../../src/domain/person/state.js';
import { openWeb, wordsOf, type WebWorld } from './world.js';

const [first, second] = ['total-place.administrator-1', 'total-place.administrator-2'];
const programmeOffice = 'post.programme-office.total-place';
const programmeId = 'total-place';
const grantId = 'given';

/** A command by somebody; throws what it was refused with. */
async function give(world: WebWorld, account: string, url: string, data: object): Promise<void> {
  const { status, raw } = await world.inject('', account, 'POST', url, data);
  if (status > 201) throw new Error(raw);
}
const personOf = (account: string): DemoReader => ({
  ...(readers[0] as DemoReader),
  variable: account,
  account,
});
/** Somebody with a name that is for readers with a grant, who takes up an account with one grant. */
async function newcomer(
  world: WebWorld,
  { account, name, grant, by }: { account: string; name: string; grant: object; by: readonly string[] },
): Promise<DemoReader> {
  const [asks = '', approves = ''] = by;
  const secret = randomBytes(24).toString('base64url');
  await give(world, programmeOffice, '/v1/people', { programmeId, account, name, officeHolder: false });
  await give(world, asks, '/v1/accounts', {
    account,
    programmeId,
    invitation: createHash('sha256').update(secret).digest('hex'),
    grant: { grantId, until: '2010-05-01', ...grant },
  });
  await give(world, approves, `/v1/accounts/${account}/grant-approvals`, { grantId });
  await give(world, account, '/v1/invitations', { secret });
  return personOf(account);
}
const textOf = (html: string): string => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

test('who has lost every grant sees who asked for it, approved it and ended it, by name', async (t) => {
  const world = await openWeb(t);
  const administrator = await newcomer(world, {
    account: 'new.administrator',
    name: 'Nadia Approver',
    grant: { role: 'access-administrator', programmeId },
    by: [first, second],
  });
  const lead = await newcomer(world, {
    account: 'new.lead',
    name: 'Lena Lead',
    grant: { role: 'secretariat', placeId: 'kent' },
    by: [first, administrator.account],
  });
  const reason = 'Left the council';
  await give(world, second, `/v1/accounts/${lead.account}/grant-revocations`, { grantId, reason });
  const { json } = await world.inject('', lead.account, 'GET', '/v1/account');
  t.match(json, {
    name: 'Lena Lead',
    grants: [],
    held: [
      {
        status: 'revoked',
        requestedBy: first,
        requestedByName: 'First administrator 1',
        approvedBy: administrator.account,
        approvedByName: 'Nadia Approver',
        endedBy: second,
        endedByName: 'First administrator 2',
      },
    ],
  });
  const page = await world.get(lead, '/account');
  t.equal(page.status, 200);
  const said = textOf(page.html);
  t.match(said, /Signed in: Lena Lead /);
  t.match(
    said,
    /Requested by First administrator 1 .*Approved by Nadia Approver .*Ended by First administrator 2 /,
  );
  t.notMatch(said, /[a-z]+\.(administrator|lead)/, 'no id of an account');

  const named = `/v1/people/${personId(administrator.account, programmeId)}`;
  t.equal(
    (await world.inject('', lead.account, 'GET', named)).status,
    404,
    'but the person is not theirs to read',
  );
  t.match((await world.inject('', first, 'GET', named)).json, { name: 'Nadia Approver' });
  const own = await world.get(
    readers.find(({ variable }) => variable === 'FINANCE_OFFICER'),
    '/account',
  );
  t.match(textOf(own.html), /Requested by The service itself /, 'nobody’s name stands for the service’s');
});

test('where somebody signs in is said by its name, never by its address', async (t) => {
  const world = await openWeb(t);
  const administrator = personOf(first);
  const said = async (url: string): Promise<string> => {
    const { status, html } = await world.get(administrator, url);
    t.equal(status, 200, url);
    t.notMatch(html.replace(/<head>.*?<\/head>/s, ''), /urn:/, url);
    return wordsOf(html);
  };
  t.match(await said('/accounts/post.programme-lead.durham'), /Signs in at This demonstrator/);
  await newcomer(world, {
    account: 'new.lead',
    name: 'Lena Lead',
    grant: { role: 'secretariat', placeId: 'kent' },
    by: [first, second],
  });
  t.match(await said('/timeline?record=account-new.lead'), /Took up the invitation, signed in at /i);
});
