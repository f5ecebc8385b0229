/** What waits in accounts for a second person (docs/rules/account.md#what-waits-for-a-second-person). */
import { approvalsOf, isAnothers, type Approval, type Approving } from '../../domain/accounts/approvals.js';
import { account } from '../../domain/accounts/index.js';
import { emptyLoaded, fold } from '../../domain/kernel/fold.js';
import { dueRoles } from '../../domain/progress/due-codes.js';
import type { Recorded } from '../../domain/registry.js';
import type { Grant } from '../../domain/shared/access.js';
import { accounts } from '../../projections/views/accounts.js';
import type { QueryContext } from '../query/context.js';

const approvingIn = (context: QueryContext): Approving => ({
  today: context.day,
  workingDays: context.deps.service.ref.workingDays,
  programmeOf: (placeId) => context.viewer.programmeOf(placeId),
});

/** In the accounts that the reader may see, as far as somebody else asked for it, for somebody else. */
export function approvalsFor(context: QueryContext, grants: readonly Grant[]): readonly Approval[] {
  if (!grants.some(({ role }) => dueRoles.approval.has(role))) return [];
  return context
    .of(accounts)
    .waiting()
    .filter(({ id }) => context.seen('account', id))
    .flatMap(({ id, state, illustrative }) => approvalsOf(id, state, approvingIn(context), illustrative))
    .filter((approval) => isAnothers(approval, context.viewer.account));
}

/** What events of an account would make wait there, and what not any more. */
export function approvalsAfter(
  context: QueryContext,
  id: string,
  events: readonly Recorded[],
): { readonly opened: readonly Approval[]; readonly closed: readonly Approval[] } {
  const approving = approvingIn(context);
  const stood = context.of(accounts).one(id)?.state;
  const before = stood ? approvalsOf(id, stood, approving) : [];
  const loaded = { ...emptyLoaded(account), ...(stood ? { state: structuredClone(stood) } : {}) };
  for (const event of events) fold(account, loaded, event, event);
  const after = approvalsOf(id, loaded.state, approving);
  const without = (all: readonly Approval[], others: readonly Approval[]): readonly Approval[] =>
    all.filter(({ key }) => !others.some((other) => other.key === key));
  return { opened: without(after, before), closed: without(before, after) };
}
