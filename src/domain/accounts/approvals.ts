/**
 * What waits in an account for a second person, by when
 * (docs/rules/account.md#what-waits-for-a-second-person).
 * It follows from the account and the day: a grant that was asked for may end before anybody approved it, and
 * nothing is written for that.
 */
import type { DueItem, DueParty } from '../progress/due-codes.js';
import { nameOf } from '../kernel/naming.js';
import type { WorkingDays } from '../shared/calendar.js';
import { grantTitle } from './about.js';
import { approvalDays } from './limits.js';
import type { AccountGrant, AccountState } from './state.js';

/** An item of the list of what is due, and whom it does not wait for: who asked, and who would get it. */
export interface Approval extends DueItem {
  readonly askedBy: string;
  readonly holder: string;
}
export interface Approving {
  readonly today: string;
  readonly workingDays: WorkingDays;
  programmeOf(placeId: string): string | undefined;
}

/**
 * Who approves a grant: the people of its programme; of a body's own, those of any that keeps the account.
 */
function programmesOf(
  { programmeId, placeId }: AccountGrant,
  state: AccountState,
  { programmeOf }: Approving,
): readonly string[] {
  const own = programmeId ?? (placeId === undefined ? undefined : programmeOf(placeId));
  return own === undefined ? [state.programmeId, ...state.alsoOf] : [own];
}

/** `illustrative`: the account, or what stands in it, was filled in. */
export function approvalsOf(
  recordId: string,
  state: AccountState,
  approving: Approving,
  illustrative = false,
): Approval[] {
  const { today, workingDays } = approving;
  if (state.status !== 'active' && state.status !== 'invited') return [];
  const item = (
    key: string,
    programmes: readonly string[],
    asked: { readonly by: string; readonly on: string; readonly until: string },
    does: Pick<DueItem, 'deed' | 'doneBy'>,
  ): Approval[] => {
    if (asked.until < today) return [];
    const usual = workingDays.add(asked.on, approvalDays);
    return [
      {
        code: 'approval',
        aggregate: 'account',
        recordId,
        key,
        owedBy: programmes.map((id): DueParty => ({ kind: 'programme', id })),
        dueOn: asked.until < usual ? asked.until : usual,
        openedOn: asked.on,
        openedBy: 'approval',
        illustrative,
        askedBy: asked.by,
        holder: state.accountId,
        ...does,
      },
    ];
  };
  const person = nameOf.person(state.accountId);
  const grants = Object.entries<AccountGrant>(state.grants)
    .filter(([, { status }]) => status === 'requested')
    .flatMap(([grantId, grant]) =>
      item(
        `grant.${grantId}`,
        programmesOf(grant, state, approving),
        { by: grant.requestedBy, on: grant.requestedOn, until: grant.until },
        {
          deed: `Approve or refuse a grant for ${person}: ${grantTitle(grant)}`,
          doneBy: { command: 'ApproveGrant', names: { grantId } },
        },
      ),
    );
  const { rebinding } = state;
  if (!rebinding || rebinding.approved) return grants;
  const offered = { by: rebinding.offeredBy, on: rebinding.offeredOn, until: rebinding.until };
  return [
    ...grants,
    ...item('rebinding', [state.programmeId, ...state.alsoOf], offered, {
      deed: `Approve that the account of ${person} is taken over by another sign-in`,
      doneBy: { command: 'ApproveRebinding', names: {} },
    }),
  ];
}

/** Nobody approves what they asked for, or what they would get. */
export const isAnothers = ({ askedBy, holder }: Approval, account: string): boolean =>
  account !== askedBy && account !== holder;
