/**
 * The demo's own issuer of tokens: a key made at start (or kept in a file that the demo's nodes share), known
 * to nobody else. `serve` never accepts it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type GenerateKeyPairResult,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import type { VerifierOptions } from '../http/server/auth.js';

/** Its name; whoever started a demo has its key. */
export const demoIssuer = 'urn:total-place:demo';

/** Whom it says somebody is, whichever account they have. */
export const identityOf = (account: string): { readonly issuer: string; readonly subject: string } => ({
  issuer: demoIssuer,
  subject: account,
});

export interface Issuer {
  readonly verifier: VerifierOptions;
  /** A token of an account with grants written `role@scope`; lives a day. */
  token(account: string, grants: readonly string[]): Promise<string>;
}

/**
 * The key kept in a file (made where it is not), so that several nodes of one demo take each other's tokens.
 */
async function keysIn(
  file: string | undefined,
): Promise<Pick<GenerateKeyPairResult, 'publicKey' | 'privateKey'>> {
  if (!file) return generateKeyPair('EdDSA');
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(file, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another node was quicker: its key is everybody's.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  const key = JSON.parse(readFileSync(file, 'utf8')) as JWK;
  const { d: _, ...open } = key;
  return {
    publicKey: (await importJWK(open, 'EdDSA')) as CryptoKey,
    privateKey: (await importJWK(key, 'EdDSA')) as CryptoKey,
  };
}

export async function localIssuer(keyFile?: string): Promise<Issuer> {
  const issuer = demoIssuer;
  const audience = 'total-place';
  const { publicKey, privateKey } = await keysIn(keyFile);
  const keys: JSONWebKeySet = {
    keys: [{ ...(await exportJWK(publicKey)), kid: 'demo', alg: 'EdDSA', use: 'sig' }],
  };
  return {
    verifier: { issuer, audience, algorithms: ['EdDSA'], keys, freshSignIn: 'always' },
    token: (account, grants) =>
      new SignJWT({ grants: grants.map((g) => ({ role: g.split('@')[0], scope: g.split('@')[1] ?? '' })) })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'demo', typ: 'at+jwt' })
        .setSubject(account)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1d')
        .sign(privateKey),
  };
}
