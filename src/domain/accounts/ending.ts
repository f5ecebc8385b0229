/**
 * What keeps grants from being ended: an auditor's open cases, what waits for the last finance officer, and,
 * unless its author says why, that nobody else holds the same (docs/rules/account.md#ending).
 */
import { refuse, type Context } from '../kernel/types.js';
import type { Grant } from '../shared/access.js';
import { programmeActedIn } from '../shared/registers.js';
import type { AccountState } from './state.js';
import * as wording from './wording.js';

/** Whoever is audited ends no grant of their auditor. */
export function auditorRefusal(state: AccountState, ended: readonly Grant[], context: Context) {
  if (!ended.some(({ role }) => role === 'auditor')) return undefined;
  const programmeId = programmeActedIn(context);
  const isOurs = context.views
    .openCases(state.accountId)
    .some(
      (audit) =>
        (audit.programmeId ?? (audit.placeId && context.read('place', audit.placeId).state.programmeId)) ===
        programmeId,
    );
  return isOurs ? refuse('AUDITOR_PROTECTED', wording.auditorProtected) : undefined;
}
const heldByOthers = ({ accountId }: AccountState, grant: Grant, { views, today }: Context): boolean =>
  views.accountsHolding(grant, today).some((account) => account !== accountId);

/** While something waits for a finance officer of an agency, its last one stays. */
export function certifierRefusal(state: AccountState, ended: readonly Grant[], context: Context) {
  const isLast = ended.some(
    (grant) =>
      grant.role === 'finance-officer' &&
      context.views.certificationsDue(grant.agency ?? '') &&
      !heldByOthers(state, grant, context),
  );
  return isLast ? refuse('LAST_CERTIFIER', wording.lastCertifier) : undefined;
}
/**
 * The machinery stops without an administrator; a place without a finance officer of its accountable body.
 */
const needsSomebody = (grant: Grant, { views }: Context): boolean =>
  grant.role === 'access-administrator' ||
  (grant.role === 'finance-officer' && views.isAccountableBody(grant.agency ?? ''));

/**
 * Why somebody ends what nobody else holds: refused where it is not said, kept only where it is asked for.
 */
export function lastOfItsKind(
  state: AccountState,
  ended: readonly Grant[],
  although: string | undefined,
  context: Context,
) {
  const last = ended.find((grant) => needsSomebody(grant, context) && !heldByOthers(state, grant, context));
  if (!last) return {};
  return although === undefined
    ? refuse('LAST_OF_ITS_KIND', wording.lastOfItsKind(last), '/although')
    : { although };
}
