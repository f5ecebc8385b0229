/** Whose word `serve` takes on who somebody is, and how people come in. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config.js';
import type { VerifierOptions } from '../http/server/auth.js';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import type { Accounts } from '../runtime/accounts.js';
import { readClosed } from '../runtime/closed-file.js';
import type { Service } from '../runtime/service.js';
import { sessionSecrets } from '../runtime/session-keys.js';
import { Door, type DoorOptions } from '../web/door.js';
import { readIssuers, type Issuer } from '../web/issuers.js';

/** Issuers of bearer tokens, and the organisations whose people sign in; throws where there are neither. */
export function issuersOf(config: Config): {
  readonly verifiers: readonly VerifierOptions[];
  readonly issuers: readonly Issuer[];
} {
  const { ISSUERS_FILE: file, AUTH_ISSUER: issuer, AUTH_JWKS_URL: keys } = config;
  if (file !== undefined) {
    if (issuer !== undefined || keys !== undefined)
      throw new Error('ISSUERS_FILE stands in place of AUTH_ISSUER and AUTH_JWKS_URL: leave these out');
    const issuers = readIssuers(textOf(file), dirname(file), readClosed);
    return { issuers, verifiers: issuers.flatMap(({ tokens }) => (tokens ? [tokens] : [])) };
  }
  if (issuer === undefined || keys === undefined)
    throw new Error(
      'AUTH_ISSUER and AUTH_JWKS_URL say whose tokens to accept, or ISSUERS_FILE of several. To look ' +
        'around without them: total-place demo',
    );
  const verifier = {
    issuer,
    audience: config.AUTH_AUDIENCE,
    algorithms: config.AUTH_ALGORITHMS,
    keys: new URL(keys),
    kind: config.AUTH_TOKEN_KIND,
    longestAge: config.AUTH_LONGEST_AGE,
  };
  return { issuers: [], verifiers: [verifier] };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`ISSUERS_FILE cannot be read: ${(error as Error).message}`);
  }
}

/** What people come in by: made before anything is opened, so that what is missing is said at once. */
export type Entry = Pick<ConstructorParameters<typeof Door>[0], 'secrets' | 'origin' | 'issuers'>;

/** Undefined where nobody signs in, and there are no pages: tokens alone are taken. */
export function entryOf(config: Config, issuers: readonly Issuer[]): Entry | undefined {
  if (!issuers.some(({ signIn }) => signIn)) return undefined;
  const { PUBLIC_ADDRESS: origin, SESSION_KEYS_FILE: file, DATA_DIR: dataDir, LOG_URL } = config;
  if (origin === undefined)
    throw new Error(
      'PUBLIC_ADDRESS must say where people reach the pages, like https://total-place.example: the ' +
        'organisations of ISSUERS_FILE send them back there',
    );
  return { origin, issuers, secrets: sessionSecrets({ file, dataDir, shared: isEventStoreUrl(LOG_URL) }) };
}

export const doorOn = (
  service: Pick<Service, 'clock' | 'waitForPosition'>,
  accounts: Accounts,
  entry: Entry,
  demo: Pick<DoorOptions, 'posts' | 'identityOf'> = {},
): Door =>
  new Door({
    ...entry,
    accounts,
    logNow: () => service.clock.now(),
    waitForPosition: (position) => service.waitForPosition(position),
    ...demo,
  });
