/**
 * Where the log says who may do what, a token says only who somebody is: accounts that are invited, approved,
 * taken up, revoked and suspended, over HTTP.
 */
import { createHash, randomBytes } from 'node:crypto';
import { test, type Test } from 'tap';
import { readers } from '../../src/demo/readers.js';
import { isProblem, openHarness, type Harness } from './harness.js';
import { listen } from './live.js';
import { everyCase } from '../holds.js';

const administrator = 'total-place.administrator-1';
const otherAdministrator = 'total-place.administrator-2';
const programmeOffice = 'post.programme-office.total-place';
const auditor = 'demo.auditor';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const newSecret = (): string => randomBytes(24).toString('base64url');
const until = '2010-05-01';
const grant = { grantId: 'kent', role: 'secretariat', placeId: 'kent', until };

/** Asks as somebody of whom a token says only who they are. */
const as =
  (harness: Harness, account: string) =>
  (method: string, url: string, body?: object): ReturnType<Harness['send']> =>
    harness.inject('', account, method, url, body);
const open = (t: Test) => openHarness(t, { grantsInLog: true });

/** Somebody is invited with a grant, which another administrator approves, and takes the account up. */
async function newcomer(harness: Harness, account = 'new.lead', wanted: object = grant) {
  const secret = newSecret();
  const invited = { account, programmeId: 'total-place', invitation: sha256(secret), grant: wanted };
  const steps = [
    await as(harness, administrator)('POST', '/v1/accounts', invited),
    await as(harness, otherAdministrator)('POST', `/v1/accounts/${account}/grant-approvals`, {
      grantId: grant.grantId,
    }),
    await as(harness, account)('POST', '/v1/invitations', { secret }),
  ];
  for (const { status, raw } of steps) if (status > 201) throw new Error(raw);
  return { secret, own: as(harness, account) };
}

test('a token’s own grants count for nothing where the log says who may do what', async (t) => {
  const harness = await open(t);
  const claiming = await harness.inject(
    'auditor@programme:total-place',
    'nobody.here',
    'GET',
    '/v1/refusals',
  );
  isProblem(t, claiming, 403, 'NO_ACCOUNT', 'somebody without an account who claims a grant');
  const suffolk = 'post.programme-lead.suffolk';
  const more = await harness.inject('secretariat@place:durham', suffolk, 'GET', '/v1/account');
  t.strictSame(more.json.grants, ['secretariat@place:suffolk'], 'and an account’s are its own');
  t.match(more.json, {
    grantsSaidBy: 'log',
    account: suffolk,
    held: [{ status: 'in-force', placeId: 'suffolk' }],
  });
});

test('every post of the demo may do in the log what its token said before', async (t) => {
  const harness = await open(t);
  await everyCase(t, 'a post of the demo has its grant in the log', async (look) => {
    for (const reader of readers) {
      const { json } = await as(harness, reader.account)('GET', '/v1/account');
      const found =
        reader.grant === 'public@' ? json.grants.length === 0 : json.grants.includes(reader.grant);
      look(reader.grant, found, true);
    }
  });
});

test('an administrator invites, another approves, the person takes it up, acts, is revoked and stops', async (t) => {
  const harness = await open(t);
  const { own, secret } = await newcomer(harness);
  const theme = { themeId: 'families', title: 'Families' };
  const acted = await own('POST', '/v1/places/kent/themes', theme);
  t.equal(acted.status, 200, acted.raw);
  t.match((await own('GET', '/v1/account')).json, { grants: ['secretariat@place:kent'], sessions: [] });

  const again = await as(harness, 'somebody.else')('POST', '/v1/invitations', { secret });
  isProblem(t, again, 422, 'INVITATION_NOT_VALID', 'a secret is used once');

  const revoked = await as(harness, administrator)('POST', '/v1/accounts/new.lead/grant-revocations', {
    grantId: grant.grantId,
    reason: 'Left the council',
  });
  t.equal(revoked.status, 200, revoked.raw);
  t.strictSame((await own('GET', '/v1/account')).json.grants, [], 'the next request has no grant');
  isProblem(t, await own('POST', '/v1/places/kent/themes', theme), 403, 'NOT_ALLOWED', 'nor may it act');
});

test('who asks does not approve, nobody asks for themselves, and what conflicts is not granted', async (t) => {
  const harness = await open(t);
  const invite = { account: 'new.lead', programmeId: 'total-place', invitation: sha256(newSecret()), grant };
  t.equal((await as(harness, administrator)('POST', '/v1/accounts', invite)).status, 201);
  const approve = (account: string) =>
    as(harness, account)('POST', '/v1/accounts/new.lead/grant-approvals', { grantId: grant.grantId });
  isProblem(t, await approve(administrator), 403, 'SECOND_PERSON_REQUIRED', 'who asked');
  isProblem(t, await approve('post.programme-lead.kent'), 404, 'NOT_FOUND', 'who may not see the account');
  t.equal((await approve(programmeOffice)).status, 200, 'the programme office is a second person');
  const own = { grantId: 'mine', role: 'treasury', programmeId: 'total-place', until };
  isProblem(
    t,
    await as(harness, administrator)('POST', `/v1/accounts/${administrator}/grants`, own),
    403,
    'SECOND_PERSON_REQUIRED',
    'for oneself',
  );
  isProblem(
    t,
    await as(harness, administrator)('POST', `/v1/accounts/${auditor}/grants`, { ...grant, grantId: 'k' }),
    403,
    'SOD_CONFLICT',
    'an auditor is nothing else in the programme',
  );
});

test('an open stream ends when its reader may do less, and not for what others are given', async (t) => {
  const harness = await open(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { own } = await newcomer(harness);
  const administer = as(harness, administrator);
  const stream = await listen(t, harness, '', 'new.lead', 'programme');
  const invited = { account: 'other', programmeId: 'total-place', invitation: sha256('other') };
  t.equal((await administer('POST', '/v1/accounts', invited)).status, 201);
  const named = await as(harness, programmeOffice)('POST', '/v1/people', {
    programmeId: 'total-place',
    account: 'other',
    name: 'Other',
  });
  t.equal(named.status, 201, named.raw);
  await stream.until((e) => e.type === 'PersonRegistered');
  t.pass('it goes on when somebody else is invited');

  const revocation = { grantId: grant.grantId, reason: 'Left' };
  const revoked = await administer('POST', '/v1/accounts/new.lead/grant-revocations', revocation);
  t.equal(revoked.status, 200, revoked.raw);
  await stream.ended();
  t.notOk(
    stream.events.some((e) => e.type === 'GrantRevoked'),
    'it ends before it tells anything more',
  );

  const suspended = await listen(t, harness, '', 'post.programme-lead.kent', 'programme');
  const suspension = await administer('POST', '/v1/accounts/post.programme-lead.kent/suspensions', {
    reason: 'A laptop was stolen',
  });
  t.equal(suspension.status, 200, suspension.raw);
  await suspended.ended();
  t.strictSame((await own('GET', '/v1/account')).json.grants, []);
});

test('an account’s subject is told to those who administer it, and stands in nothing that others read', async (t) => {
  const harness = await open(t);
  const subject = 'Somebody.Telling@example.org';
  const secret = newSecret();
  const invite = { account: 'told', programmeId: 'total-place', invitation: sha256(secret), grant };
  await as(harness, administrator)('POST', '/v1/accounts', invite);
  const taken = await as(harness, subject)('POST', '/v1/invitations', { secret });
  t.strictSame(taken.json, { account: 'told' }, 'whoever their issuer says they are');
  t.equal((await as(harness, administrator)('GET', '/v1/accounts/told')).json.subject, subject);
  t.equal((await as(harness, auditor)('GET', '/v1/accounts/told')).json.subject, null);
  await everyCase(t, 'no event tells a subject', async (look) => {
    for (const url of [
      '/v1/timeline?limit=500&sort=-position',
      '/v1/events',
      '/v1/accounts/told/history',
      '/v1/access-review',
    ])
      for (const account of [auditor, administrator, programmeOffice]) {
        const { raw, status } = await as(harness, account)('GET', url);
        look(`${url} to ${account} (${status})`, raw.includes('Telling'), false);
      }
  });
});

test('a place’s secretariat invites to its own table, sees whom it invited, and nobody else’s', async (t) => {
  const harness = await open(t);
  const lead = as(harness, 'post.programme-lead.kent');
  const invite = (placeId: string, role: string) => ({
    account: `${placeId}.${role}`,
    programmeId: 'total-place',
    placeId: 'kent',
    invitation: sha256(`${placeId}${role}`),
    grant: {
      grantId: 'one',
      role,
      placeId,
      until,
      ...(role === 'contributor' ? { agencyId: 'kent-county-council' } : {}),
    },
  });
  t.equal((await lead('POST', '/v1/accounts', invite('kent', 'contributor'))).status, 201);
  t.equal((await lead('GET', '/v1/accounts/kent.contributor')).status, 200);
  isProblem(
    t,
    await lead('POST', '/v1/accounts', invite('durham', 'secretariat')),
    403,
    'NOT_OF_THE_PLACE',
    'another table',
  );
  isProblem(
    t,
    await lead('POST', '/v1/accounts', invite('kent', 'champion')),
    403,
    'NOT_OF_THE_PLACE',
    'another role',
  );
  isProblem(
    t,
    await as(harness, 'post.programme-lead.durham')('GET', '/v1/accounts/kent.contributor'),
    404,
    'NOT_FOUND',
    'another place',
  );
  const seen = (await lead('GET', '/v1/accounts')).json.items.map((row: { id: string }) => row.id);
  t.strictSame(seen.sort(), ['kent.contributor', 'post.programme-lead.kent'], 'its own, and whom it invited');
});
