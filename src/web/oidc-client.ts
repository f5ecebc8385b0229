/**
 * Asks an organisation who somebody is: OpenID Connect's code flow with PKCE, state and nonce. Its own
 * description is read before anybody is sent there, so that nobody is led to one that is down; its keys when
 * they come back: one that it has withdrawn proves nobody from then on.
 */
import { importPKCS8 } from 'jose';
import * as oidc from 'openid-client';
import { freshSeconds } from '../http/server/fresh-sign-in.js';
import { fetchBounded, withinMs } from '../http/server/issuer-address.js';
import type { Identity, SignedIn } from '../http/query/deps.js';
import { isLoopback } from '../http/server/loopback.js';
import type { ClientProof, Issuer } from './issuers.js';

/**
 * The organisation cannot be asked now, or answers what nobody understands: nothing is wrong with the person.
 */
export class IssuerDown extends Error {}
/** What came back proves nobody: expired, used, for another, or not signed by whom it should be. */
export class NotProven extends Error {}
/** The organisation itself said no, or its person did. */
export class Declined extends Error {}

/** What must be known again when somebody comes back. */
export interface Asked {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}
export interface Proven extends Identity {
  readonly signedIn?: SignedIn;
}
export interface OidcClient {
  /** Where to send a browser. `fresh`: they prove who they are again, however lately they did. */
  ask(fresh: boolean): Promise<{ readonly url: URL; readonly asked: Asked }>;
  /**
   * Whom the answer in `query` proves. Throws `IssuerDown`, `NotProven` or `Declined`; of none its message is
   * for the person.
   */
  answer(query: URLSearchParams, asked: Asked, fresh: boolean): Promise<Proven>;
  /** Where a browser is signed out of the organisation too, if it has such an address. */
  signOutAt(returnTo: string): Promise<URL | undefined>;
}

/** Milliseconds for which what an organisation says of itself is believed once somebody was sent there. */
const believedMs = 600_000;
/** Characters of a class (`acr`) that are kept. */
const longestClass = 200;

type Metadata = Readonly<oidc.ServerMetadata>;

/** `redirect`: the address of ours to which the organisation sends people back, as it is registered there. */
export function oidcClient(issuer: Issuer, redirect: string, now: () => number = Date.now): OidcClient {
  const { signIn } = issuer;
  if (!signIn) throw new Error(`${issuer.id} has no signIn: nobody signs in there`);
  let known: { readonly at: number; readonly metadata: Metadata } | undefined;
  let reading: Promise<Metadata> | undefined;
  let proof: Promise<oidc.ClientAuth> | undefined;
  const plain = isLoopback(new URL(issuer.issuer).host) && issuer.issuer.startsWith('http:');
  const settings = {
    [oidc.customFetch]: ((url, options) => fetchBounded(url, options as RequestInit)) as oidc.CustomFetch,
    timeout: withinMs / 1000,
    execute: [oidc.enableNonRepudiationChecks, ...(plain ? [oidc.allowInsecureRequests] : [])],
  };

  /** Whoever asks while it is being read waits for the same answer. */
  const readNow = (): Promise<Metadata> => (reading ??= read().finally(() => (reading = undefined)));
  async function read(): Promise<Metadata> {
    const found = await oidc
      .discovery(new URL(issuer.issuer), signIn?.clientId ?? '', undefined, oidc.None(), settings)
      .catch((error: unknown) => {
        throw new IssuerDown(reasonOf(error));
      });
    const said = found.serverMetadata();
    // To the last sign: tokens are held to be of whoever they say.
    if (said.issuer !== issuer.issuer) throw new IssuerDown('it calls itself by another name');
    known = { at: now(), metadata: { ...said } };
    return known.metadata;
  }
  const believed = async (): Promise<Metadata> =>
    known && now() - known.at < believedMs ? known.metadata : readNow();
  /** Made anew each time, and so are the keys that it has read. */
  async function configuration(metadata: Promise<Metadata>): Promise<oidc.Configuration> {
    const { supportsPKCE: _, ...server } = (await metadata) as Metadata & { supportsPKCE?: unknown };
    const { clientId, proof: given } = signIn as NonNullable<typeof signIn>;
    proof ??= clientProof(given);
    const made = new oidc.Configuration(server, clientId, undefined, await proof);
    made[oidc.customFetch] = settings[oidc.customFetch];
    made.timeout = settings.timeout;
    for (const set of settings.execute) set(made);
    return made;
  }

  return {
    async ask(fresh) {
      const config = await configuration(readNow());
      const asked = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const { acr } = issuer.freshSignIn;
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirect,
        scope: ['openid', ...(signIn.scopes ?? [])].join(' '),
        state: asked.state,
        nonce: asked.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(asked.verifier),
        code_challenge_method: 'S256',
        ...(fresh ? { max_age: String(freshSeconds), prompt: 'login' } : {}),
        ...(fresh && acr.length > 0 ? { acr_values: acr.join(' ') } : {}),
      });
      return { url, asked };
    },
    async answer(query, asked, fresh) {
      const config = await configuration(believed());
      const url = new URL(redirect);
      url.search = query.toString();
      const tokens = await oidc
        .authorizationCodeGrant(config, url, {
          expectedState: asked.state,
          expectedNonce: asked.nonce,
          pkceCodeVerifier: asked.verifier,
          ...(fresh ? { maxAge: freshSeconds } : {}),
        })
        .catch((error: unknown) => {
          throw failureOf(error);
        });
      const claims = tokens.claims();
      if (!claims) throw new NotProven('no ID token');
      const { sub: subject, auth_time: at, acr } = claims;
      const signedIn =
        typeof at === 'number' && at > 0
          ? {
              at: new Date(at * 1000).toISOString(),
              ...(typeof acr === 'string' && acr.length <= longestClass ? { acr } : {}),
              issuer: issuer.issuer,
            }
          : undefined;
      return { issuer: issuer.issuer, subject, ...(signedIn ? { signedIn } : {}) };
    },
    async signOutAt(returnTo) {
      const config = await configuration(believed()).catch(() => undefined);
      if (!config?.serverMetadata().end_session_endpoint) return undefined;
      return oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: returnTo });
    },
  };
}

async function clientProof(proof: ClientProof): Promise<oidc.ClientAuth> {
  if ('secret' in proof)
    return proof.by === 'basic' ? oidc.ClientSecretBasic(proof.secret) : oidc.ClientSecretPost(proof.secret);
  const { key, algorithm, headers } = proof;
  return oidc.PrivateKeyJwt(await importPKCS8(key, algorithm), {
    [oidc.modifyAssertion]: (header) => void Object.assign(header, headers),
  });
}

/** Of a failure, in words for a log: what kind it is, and nothing that came from outside. */
function reasonOf(error: unknown): string {
  const { name, code, cause } = error as { name?: string; code?: unknown; cause?: { code?: unknown } };
  const known = [cause?.code, code].find((word) => typeof word === 'string' && /^[A-Z_]{1,60}$/.test(word));
  return typeof known === 'string' ? known : (name ?? 'Error');
}

/** What an organisation's answer fails by where nothing is wrong with the person. */
const outages: ReadonlySet<unknown> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);
/** Said of this service, not of the person: its secret has ended, say. */
const ofThisService = /^(invalid_client|unauthorized_client)$/;
/** The error codes of OAuth's token endpoint; any other text of an issuer is not repeated. */
const known = /^(invalid|unauthorized|unsupported)_[a-z_]{1,30}$/;

function failureOf(error: unknown): Error {
  const { code } = error as { readonly code?: unknown };
  if (error instanceof oidc.AuthorizationResponseError) return new Declined(reasonOf(error));
  if (error instanceof oidc.WWWAuthenticateChallengeError)
    return new IssuerDown('it does not know this service');
  if (error instanceof oidc.ResponseBodyError) {
    const said = known.test(error.error) ? error.error : 'refused';
    return error.status >= 500 || ofThisService.test(said) ? new IssuerDown(said) : new NotProven(said);
  }
  if (outages.has(code) || error instanceof TypeError) return new IssuerDown(reasonOf(error));
  return new NotProven(reasonOf(error));
}
