/** The demo's own issuer of tokens: a key made at start, known to nobody else. `serve` never accepts it. */
import { exportJWK, generateKeyPair, SignJWT, type JSONWebKeySet } from 'jose';
import type { VerifierOptions } from './http/auth.js';

export interface Issuer {
  readonly verifier: VerifierOptions;
  /** A token of an account with grants written `role@scope`; lives a day. */
  token(account: string, grants: readonly string[]): Promise<string>;
}

export async function localIssuer(): Promise<Issuer> {
  const issuer = 'urn:total-place:demo';
  const audience = 'total-place';
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const keys: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'demo', alg: 'EdDSA', use: 'sig' }] };
  return {
    verifier: { issuer, audience, algorithms: ['EdDSA'], keys },
    token: (account, grants) =>
      new SignJWT({ grants: grants.map((g) => ({ role: g.split('@')[0], scope: g.split('@')[1] ?? '' })) })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'demo' })
        .setSubject(account)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1d')
        .sign(privateKey),
  };
}
