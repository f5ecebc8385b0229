/** Machines ask with tokens of an organisation's own provider: found, verified and told from others. */
import { test } from 'tap';
import { createVerifier } from '../../src/http/server/auth.js';
import { readIssuers } from '../../src/web/issuers.js';
import { freePort, Provider, providersMissing } from './providers.js';

test('a machine asks with its own token, and with no other', { skip: providersMissing }, async (t) => {
  const here = `http://127.0.0.1:${await freePort()}`;
  const redirect = { redirectUris: [`${here}/sign-in/county/callback`], signedOut: `${here}/signed-out` };
  const county = await Provider.start(t, { name: 'county', ...redirect });
  const other = await Provider.start(t, { name: 'other', ...redirect });
  const away = `http://127.0.0.1:${await freePort()}`;
  const verifiers = readIssuers(
    `issuers:
  - { id: county, name: County, issuer: "${county.issuer}", tokens: { audience: total-place } }
  - { id: police, name: Police, issuer: "${away}", tokens: { audience: total-place } }
`,
    '.',
    () => '',
  ).flatMap(({ tokens }) => (tokens ? [tokens] : []));
  const verify = createVerifier(...verifiers);
  const told = (token: string) =>
    verify(`Bearer ${token}`).then(
      ({ identity }) => identity,
      ({ code }: { code: string }) => code,
    );
  /** By the client credentials grant, for a resource. */
  async function tokenOf(provider: Provider, resource: string): Promise<string> {
    const response = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('a-machine:a-secret-of-a-machine')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'read' }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    t.equal(response.status, 200);
    return token;
  }
  const good = await tokenOf(county, 'urn:total-place');
  t.match(await told(good), { issuer: county.issuer, subject: 'a-machine' });
  t.equal(await told(await tokenOf(county, 'urn:another-service')), 'INVALID_TOKEN', 'for another service');
  t.equal(await told(await tokenOf(other, 'urn:total-place')), 'INVALID_TOKEN', 'of one that nobody named');
  const [head, , signature] = good.split('.');
  const inTheirName = Buffer.from(JSON.stringify({ iss: away, sub: 'x' })).toString('base64url');
  t.equal(
    await told(`${head}.${inTheirName}.${signature}`),
    'ISSUER_UNAVAILABLE',
    'one that does not answer',
  );
  t.match(await told(good), { subject: 'a-machine' }, 'and the others go on');
});
