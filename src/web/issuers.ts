/**
 * The organisations whose word is taken on who somebody is (ISSUERS_FILE): a council, a health body, the
 * police and a department each have their own.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { FreshSignIn } from '../http/server/fresh-sign-in.js';
import { lifeOfToken, signatureAlgorithms, type VerifierOptions } from '../http/server/auth.js';
import { IssuerAddress } from '../http/server/issuer-address.js';
import { discoveredKeys } from '../http/server/issuer-keys.js';
import { parseTokenKind, tokenKinds } from '../http/server/token-kind.js';

/** How this service says to an issuer that it is itself: by a secret, or by a key that stays here. */
export type ClientProof =
  | { readonly secret: string; readonly by: 'basic' | 'post' }
  | { readonly key: string; readonly algorithm: string; readonly headers: Readonly<Record<string, string>> };

/** How people of an organisation sign in. */
export interface SignInClient {
  readonly clientId: string;
  readonly proof: ClientProof;
  /** Scopes asked for besides `openid`. */
  readonly scopes: readonly string[];
}
export interface Issuer {
  /** In addresses: `/sign-in/{id}`. */
  readonly id: string;
  /** As people call it. */
  readonly name: string;
  /** Exactly as its tokens state it. */
  readonly issuer: string;
  /** Whom to ask for an account, in words. */
  readonly contact?: string;
  /** Not there where it signs tokens for machines alone. */
  readonly signIn?: SignInClient;
  /** What its word must be (`acr`) for what is signed, certified or approved; any where none is named. */
  readonly freshSignIn: FreshSignIn;
  /** Its access tokens; not there where none are taken. */
  readonly tokens?: VerifierOptions;
}

const algorithmsOfKeys: Readonly<Record<string, string>> = { rsa: 'RS256', ec: 'ES256', ed25519: 'EdDSA' };
const text = (what: string, longest = 200) =>
  z.string(what).refine((s) => s.trim() === s && s.length > 0 && s.length <= longest, what);
const list = (what: string) => z.array(text(what), what).min(1, what).max(20, what);

const File = text('the name of a file', 1_000);
const SignIn = z
  .strictObject(
    {
      clientId: text('the name under which the issuer knows this service'),
      secretFile: File.optional(),
      secretBy: z.enum(['basic', 'post'], 'basic or post').default('basic'),
      keyFile: File.optional(),
      keyId: text('the name under which the issuer knows the key').optional(),
      keyAlgorithm: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA'], 'RS256, PS256, ES256 or EdDSA').optional(),
      certificateFile: File.optional(),
      scopes: list('a list of scopes').default([]),
    },
    'a mapping with clientId and secretFile or keyFile',
  )
  .refine(
    ({ secretFile, keyFile }) => (secretFile === undefined) !== (keyFile === undefined),
    'named with either secretFile or keyFile',
  );
const Tokens = z.strictObject(
  {
    audience: text('the audience exactly as tokens state it').default('total-place'),
    kind: z
      .string(tokenKinds)
      .default('at+jwt')
      .transform((given, context) => {
        const kind = parseTokenKind(given);
        if (!kind) context.addIssue({ code: 'custom', message: tokenKinds });
        return kind ?? z.NEVER;
      }),
    keys: IssuerAddress.optional(),
    algorithms: z
      .array(z.enum(signatureAlgorithms, `of ${signatureAlgorithms.join(', ')}`), 'a list of algorithms')
      .min(1, 'a list of algorithms')
      .default(['RS256', 'ES256', 'EdDSA']),
    longestAge: z
      .int(lifeOfToken.what)
      .min(lifeOfToken.shortest, lifeOfToken.what)
      .max(lifeOfToken.longest, lifeOfToken.what)
      .default(lifeOfToken.usual),
  },
  'a mapping, {} where everything is as usual',
);
const One = z.strictObject(
  {
    id: z
      .string('a word for addresses')
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'a word of lower-case letters, digits and hyphens'),
    name: text('the name of the organisation, as people call it'),
    issuer: IssuerAddress,
    contact: text('whom to ask for an account, in words', 500).optional(),
    signIn: SignIn.optional(),
    freshSignIn: z
      .strictObject({ acr: list('a list of classes (acr)') }, 'a mapping with the list acr')
      .default({ acr: [] }),
    tokens: Tokens.optional(),
  },
  'a mapping with id, name and issuer',
);
/** Organisations of one service: a page to choose from. */
const most = 100;
const organisations = `a list of organisations, ${most} at most`;
const All = z.strictObject(
  { issuers: z.array(One, organisations).min(1, organisations).max(most, organisations) },
  'a mapping with the list issuers',
);

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
/** A mistake, beginning with where it is: `issuers[0].signIn.clientId must be …`. */
const mistake = (path: readonly PropertyKey[], must: string): string =>
  `  ${placeOf(path) || 'it'} must be ${must}`;

/**
 * Reads the text of the file. `folder`: where it stands, from which it names others; `readSecret` gives the
 * text of one that must be closed to others. Throws one error that names every mistake and what would be
 * right; a secret is in none of them.
 */
export function readIssuers(
  given: string,
  folder: string,
  readSecret: (file: string, named: string) => string,
): readonly Issuer[] {
  const wrong: string[] = [];
  const parsed = All.safeParse(yamlIn(given, wrong));
  if (wrong.length === 0 && !parsed.success)
    for (const issue of parsed.error.issues)
      wrong.push(
        ...(issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => mistake([...issue.path, key], 'left out: nothing is known of it'))
          : [mistake(issue.path, issue.message)]),
      );
  const found = parsed.data?.issuers ?? [];
  for (const member of ['id', 'issuer'] as const)
    found.forEach((one, i) => {
      if (found.findIndex((other) => other[member] === one[member]) < i)
        wrong.push(mistake(['issuers', i, member], 'another than those above'));
    });
  const read = (file: string, path: readonly PropertyKey[]): string | undefined => {
    try {
      return readSecret(isAbsolute(file) ? file : join(folder, file), placeOf(path));
    } catch (error) {
      wrong.push(`  ${(error as Error).message}`);
      return undefined;
    }
  };
  const issuers = found.map((one, i): Issuer => {
    const { signIn, tokens, contact, ...rest } = one;
    const at = ['issuers', i, 'signIn'];
    return {
      ...rest,
      ...(contact === undefined ? {} : { contact }),
      ...(signIn
        ? {
            signIn: {
              clientId: signIn.clientId,
              scopes: signIn.scopes,
              proof: proofOf(
                signIn,
                (file, member) => read(file, [...at, member]),
                (member, must) => void wrong.push(mistake([...at, member], must)),
              ),
            },
          }
        : {}),
      ...(tokens
        ? {
            tokens: {
              issuer: one.issuer,
              audience: tokens.audience,
              algorithms: tokens.algorithms,
              kind: tokens.kind,
              longestAge: tokens.longestAge,
              keys: tokens.keys === undefined ? discoveredKeys(one.issuer) : new URL(tokens.keys),
              oneOfSeveral: true,
              freshSignIn: one.freshSignIn,
            },
          }
        : {}),
    };
  });
  if (wrong.length > 0) throw new Error(['ISSUERS_FILE needs mending:', ...wrong].join('\n'));
  return issuers;
}

function yamlIn(given: string, wrong: string[]): unknown {
  try {
    return parse(given);
  } catch (error) {
    // Of its message the first line says what and where; the others show the text.
    wrong.push(`  it must be YAML: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

function proofOf(
  client: z.infer<typeof SignIn>,
  read: (file: string, member: string) => string | undefined,
  wrong: (member: string, must: string) => void,
): ClientProof {
  const { secretFile, secretBy, keyFile, keyId, keyAlgorithm, certificateFile } = client;
  if (keyFile === undefined) {
    const secret = read(secretFile ?? '', 'secretFile')?.trim();
    if (secret === '') wrong('secretFile', 'a file that holds the client secret');
    return { secret: secret ?? '', by: secretBy };
  }
  const key = read(keyFile, 'keyFile');
  const own = key === undefined ? '' : algorithmOf(key);
  if (own === undefined) wrong('keyFile', 'a private key in PEM: RSA, P-256 or Ed25519, without a password');
  const certificate = certificateFile === undefined ? undefined : read(certificateFile, 'certificateFile');
  const thumbprint = certificate === undefined ? undefined : thumbprintOf(certificate);
  if (thumbprint === '') wrong('certificateFile', 'a certificate in PEM');
  return {
    key: key ?? '',
    algorithm: keyAlgorithm ?? own ?? '',
    headers: {
      ...(keyId === undefined ? {} : { kid: keyId }),
      ...(thumbprint ? { 'x5t#S256': thumbprint } : {}),
    },
  };
}

function algorithmOf(pem: string): string | undefined {
  try {
    const { asymmetricKeyType = '', asymmetricKeyDetails } = createPrivateKey(pem);
    const curve = asymmetricKeyDetails?.namedCurve;
    return curve === undefined || curve === 'prime256v1' ? algorithmsOfKeys[asymmetricKeyType] : undefined;
  } catch {
    return undefined;
  }
}
/** By which some issuers know a key: the SHA-256 of its certificate, in base64url; empty where it is none. */
function thumbprintOf(pem: string): string {
  try {
    return Buffer.from(new X509Certificate(pem).fingerprint256.replaceAll(':', ''), 'hex').toString(
      'base64url',
    );
  } catch {
    return '';
  }
}
