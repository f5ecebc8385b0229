/**
 * Personal tokens, by which somebody's scripts ask in their name: made on their account's page, shown once,
 * and kept as a hash. One is a session with a longer time and the grants that were chosen for it.
 */
import { grantsOfToken } from '../../domain/accounts/state.js';
import type { Instant } from '../../domain/shared/calendar.js';
import type { Accounts } from '../../runtime/accounts.js';
import type { Principal } from '../query/deps.js';
import { Problem } from './problem.js';

const beginning = /^Bearer tp_/i;
const form = /^Bearer (tp_[A-Za-z0-9_-]{43})$/i;

/** The token of a secret of 32 bytes in base64url: who finds one in a file sees what it is. */
export const personalTokenOf = (secret: string): string => `tp_${secret}`;

/**
 * Who asks by a personal token, by the log's clock; undefined where the header holds none. Throws the 401
 * problem of one that does not count.
 */
export function personalToken(
  authorization: string | undefined,
  accounts: Pick<Accounts, 'token' | 'grantsOf' | 'grantsInLog'>,
  logNow: () => Instant,
): Principal | undefined {
  if (!beginning.test(authorization ?? '')) return undefined;
  const secret = form.exec(authorization ?? '')?.[1];
  const token = secret !== undefined && accounts.grantsInLog() ? accounts.token(secret) : undefined;
  if (!token)
    throw new Problem(
      401,
      'INVALID_TOKEN',
      'This personal token is not known here, was ended, or is past its time. Make another on the page of ' +
        'your account.',
      { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    );
  const { accountId: account, sid, grants: chosen, until } = token;
  return {
    account,
    grants: grantsOfToken(accounts.grantsOf(account), chosen),
    grantsInLog: true,
    session: sid,
    expiresAt: Date.now() + Date.parse(until) - Date.parse(logNow()),
    ...(chosen === null ? {} : { chosen }),
  };
}
