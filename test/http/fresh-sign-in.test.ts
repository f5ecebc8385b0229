/** What is signed or approved asks to have signed in lately, and its events say when and how. */
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { test, type Test } from 'tap';
import { demoIssuer } from '../../src/demo/issuer.js';
import { createVerifier, type VerifierOptions } from '../../src/http/server/auth.js';
import { decode } from '../../src/log/codec.js';
import { isProblem, openHarness } from './harness.js';

const [first, second] = ['total-place.administrator-1', 'total-place.administrator-2'] as const;
const audience = 'total-place';
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Tokens in the name of the demo’s issuer, to whose subjects its accounts are bound, that say what is given. */
async function opened(t: Test, { acr = [] as string[] } = {}) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA', use: 'sig' };
  const verifier: VerifierOptions = {
    issuer: demoIssuer,
    audience,
    algorithms: ['EdDSA'],
    keys: { keys: [jwk] },
    freshSignIn: { acr },
  };
  const harness = await openHarness(t, { grantsInLog: true, verify: createVerifier(verifier) });
  async function tokenOf(account: string, claims: object): Promise<string> {
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k', typ: 'at+jwt' })
      .setSubject(account)
      .setIssuer(demoIssuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  }
  async function as(
    account: string,
    claims: object,
    url: string,
    body: object,
    key: string = randomUUID(),
    headers: Readonly<Record<string, string>> = {},
  ) {
    const authorization = `Bearer ${await tokenOf(account, claims)}`;
    return harness.send('POST', url, { authorization, 'idempotency-key': key, ...headers }, body);
  }
  const ask = async (account: string, url: string) =>
    harness.send('GET', url, { authorization: `Bearer ${await tokenOf(account, {})}` });
  /** Asks for a grant, whose approval waits. */
  async function asked(account: string): Promise<string> {
    const grant = { grantId: 'kent', role: 'secretariat', placeId: 'kent', until: '2010-05-01' };
    const invitation = createHash('sha256').update(account).digest('hex');
    const body = { account, programmeId: 'total-place', invitation, grant };
    const { status, raw } = await as(first, {}, '/v1/accounts', body);
    t.equal(status, 201, raw);
    return `/v1/accounts/${account}/grant-approvals`;
  }
  const lastOf = (type: string) =>
    harness.service.log
      .readAll(0, 100_000)
      .map(decode)
      .filter((event) => event.type === type)
      .at(-1);
  return { as, ask, asked, lastOf };
}
const approval = { grantId: 'kent' };

test('a grant is approved by who signed in within ten minutes, and the event says so', async (t) => {
  const { as, asked, lastOf } = await opened(t);
  const url = await asked('new.lead');
  const tooOld = { auth_time: seconds() - 601 };
  for (const [what, claims] of [
    ['who does not say when', {}],
    ['who did longer ago', tooOld],
    ['who says it in another form', { auth_time: 'now' }],
    ['who will', { auth_time: seconds() + 600 }],
  ] as const)
    isProblem(t, await as(second, claims, url, approval), 403, 'FRESH_SIGN_IN_REQUIRED', what);
  t.match(
    lastOf('CommandRefused'),
    { data: { code: 'FRESH_SIGN_IN_REQUIRED' }, signedIn: undefined },
    'it stands in the log that it was refused',
  );
  isProblem(
    t,
    await as(first, tooOld, url, approval),
    403,
    'SECOND_PERSON_REQUIRED',
    'who may not is told that',
  );
  const at = seconds() - 300;
  const done = await as(second, { auth_time: at, acr: 'mfa' }, url, approval, 'once');
  t.equal(done.status, 200, done.raw);
  const signedIn = { at: new Date(at * 1000).toISOString(), acr: 'mfa', issuer: demoIssuer };
  t.strictSame(lastOf('GrantApproved')?.signedIn, signedIn);
  const again = await as(second, tooOld, url, approval, 'once');
  t.equal(again.status, 200, 'sent twice it is done once, however late the second comes');
  t.equal(again.headers['idempotent-replayed'], 'true');
});

test('where its issuer’s rule says so, only a proof of that class counts', async (t) => {
  const { as, asked } = await opened(t, { acr: ['mfa', 'card'] });
  const url = await asked('new.lead');
  for (const acr of [undefined, 'password', 'MFA'])
    isProblem(
      t,
      await as(second, { auth_time: seconds(), acr }, url, approval),
      403,
      'FRESH_SIGN_IN_REQUIRED',
      String(acr),
    );
  t.equal((await as(second, { auth_time: seconds(), acr: 'card' }, url, approval)).status, 200);
});

test('a pool’s agreement is signed, and a pledge confirmed, by who signed in within ten minutes', async (t) => {
  const { as, lastOf } = await opened(t);
  const officer = 'post.finance-director.county-durham-pct';
  const grant = { grantId: 'city', role: 'finance-officer', agencyId: 'leicester-city-council' };
  const account = `/v1/accounts/${officer}`;
  await as(first, {}, `${account}/grants`, { ...grant, until: '2010-05-01' });
  await as(second, { auth_time: seconds() }, `${account}/grant-approvals`, { grantId: 'city' });
  const headers = { 'acting-as': 'finance-officer@agency:leicester-city-council' };
  const pool = '/v1/pools/leicester-leicestershire-alcohol';
  for (const [url, body, type] of [
    [`${pool}/agreement-signatures`, { agreementVersion: 1 }, 'AgreementSigned'],
    [`${pool}/pledge-confirmations`, { pledgeId: 'city-2009', consent: true }, 'PledgeConfirmed'],
  ] as const) {
    for (const claims of [{}, { auth_time: seconds() - 601 }])
      isProblem(
        t,
        await as(officer, claims, url, body, randomUUID(), headers),
        403,
        'FRESH_SIGN_IN_REQUIRED',
        type,
      );
    const at = seconds() - 300;
    const done = await as(officer, { auth_time: at, acr: 'mfa' }, url, body, randomUUID(), headers);
    t.equal(done.status, 200, done.raw);
    const signedIn = { at: new Date(at * 1000).toISOString(), acr: 'mfa', issuer: demoIssuer };
    t.strictSame(lastOf(type)?.signedIn, signedIn, type);
  }
});

test('what asks for nothing of it neither asks nor keeps how its author signed in', async (t) => {
  const { as, lastOf } = await opened(t);
  const theme = { themeId: 'families', title: 'Families' };
  const claims = { auth_time: seconds(), acr: 'mfa' };
  const proposed = await as('post.programme-office.total-place', claims, '/v1/places/kent/themes', theme);
  t.equal(proposed.status, 200, proposed.raw);
  t.equal(lastOf('ThemeProposed')?.signedIn, undefined);
});

test('auditors are told how who approved had signed in, and nobody else', async (t) => {
  const { as, ask, asked } = await opened(t);
  const at = seconds();
  await as(second, { auth_time: at, acr: 'mfa' }, await asked('new.lead'), approval);
  const approved = async (account: string) => {
    const { raw } = await ask(account, '/v1/events');
    const lines = raw.split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line)).findLast(({ type }) => type === 'account.GrantApproved.v1');
  };
  t.match(await approved('demo.auditor'), {
    signedinat: new Date(at * 1000).toISOString(),
    signedinby: demoIssuer,
    signedinclass: 'mfa',
  });
  const told = await approved(first);
  t.equal(told?.actoraccount, second, 'an administrator is told who approved');
  t.notOk(Object.keys(told ?? {}).some((member) => member.startsWith('signedin')));
});
