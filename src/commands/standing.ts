/**
 * Grants that stand in the log are looked at again where a command is judged: what was revoked meanwhile
 * counts no more, whatever the node that took the command has seen (docs/rules/account.md#grants).
 */
import { accountRecordId, grantsInForce } from '../domain/accounts/state.js';
import { grantName } from '../domain/shared/access.js';
import { londonDate } from '../domain/shared/calendar.js';
import type { CommandRequest } from './request.js';
import type { Looks } from './judge.js';

/** The request, in those grants of its author that are in force: of a token with chosen grants, these. */
export function inStandingGrants(
  request: CommandRequest,
  { read, now }: Pick<Looks, 'read' | 'now'>,
): CommandRequest {
  const { principal } = request;
  if (!principal?.grantsInLog) return request;
  const { state } = read('account', accountRecordId(principal.account));
  const held = grantsInForce(state, londonDate(now));
  const names = new Set(held.map(grantName));
  const grants = principal.grants.filter((grant) => names.has(grantName(grant)));
  return { ...request, principal: { ...principal, grants, held } };
}
