/** Accounts, their grants, and the review of all of them (docs/rules/account.md). */
import { z } from 'zod';
import {
  accountRecordId,
  grantOf,
  grantsInForce,
  isInForce,
  type AccountGrant,
  type AccountState,
} from '../../domain/accounts/state.js';
import { part } from '../../domain/kernel/parts.js';
import { conflictingGrants } from '../../domain/shared/separation.js';
import { grantName, type Grant } from '../../domain/shared/access.js';
import { accounts, type SessionRow } from '../../projections/views/accounts.js';
import type { StateRow } from '../../projections/engine/state-table.js';
import type { QueryContext } from '../query/context.js';
import { list, record, type AnswerOf, type Query, type RowOf } from '../query/declare.js';
import { parameter } from '../query/parameters.js';
import { titleOf } from '../query/titles.js';
import { isFailed, rowOf } from '../query/rows.js';
import { Account, AccountRow, OwnAccount, ReviewedGrant } from './accounts-shape.js';
import { along, inView, lineageOf, whole } from './shared.js';
import { notThere } from '../server/problem.js';

type HeldGrant = AnswerOf<typeof Account>['grants'][number];
/** One that stands: a stream may hold a refused step alone. */
type Standing = AccountState & { readonly status: Exclude<AccountState['status'], 'none'> };
function standing(row: StateRow<AccountState> | undefined): StateRow<Standing> {
  const found = inView(row);
  if (found.state.status === 'none') throw notThere();
  return found as StateRow<Standing>;
}

/** The state of a grant on a day, in one word. */
function statusOn(grant: AccountGrant, day: string): HeldGrant['status'] {
  if (grant.status !== 'approved') return grant.status;
  return isInForce(grant, day) ? 'in-force' : 'ended';
}
/** A grant's scope, by ids. */
function scopeShown(held: AccountGrant, grant: Grant | undefined) {
  const { programmeId = null, placeId = null, agencyId = null, role } = held;
  return {
    role,
    programmeId,
    placeId,
    agencyId,
    grant: grant ? grantName(grant) : role,
  };
}
/** And what these are called. */
function scopeNames(
  context: QueryContext,
  { programmeId, placeId, agencyId }: Pick<HeldGrant, 'programmeId' | 'placeId' | 'agencyId'>,
) {
  return {
    programme:
      programmeId !== null && context.seen('programme', programmeId)
        ? titleOf(context, 'programme', programmeId)
        : null,
    place: placeId === null ? null : context.nameFor('place', placeId, undefined),
    agency: agencyId === null ? null : context.nameFor('agency', agencyId, undefined),
  };
}
function heldGrants(context: QueryContext, state: AccountState): HeldGrant[] {
  const inForce = grantsInForce(state, context.day);
  const programmeOf = (placeId: string): string | undefined => context.viewer.programmeOf(placeId);
  return Object.entries(state.grants).map(([grantId, held]) => {
    const grant = grantOf(held);
    const status = statusOn(held, context.day);
    const beside = grant && status !== 'revoked' && status !== 'refused' && status !== 'ended';
    return {
      grantId,
      ...scopeShown(held, grant),
      status,
      until: held.until,
      requestedBy: held.requestedBy,
      requestedOn: held.requestedOn,
      approvedBy: held.approvedBy ?? null,
      approvedOn: held.approvedOn ?? null,
      endedBy: held.endedBy ?? null,
      endedOn: held.endedOn ?? null,
      endedBecause: held.endedBecause ?? null,
      conflicts: beside ? conflictingGrants(grant, inForce, programmeOf).map(grantName) : [],
    };
  });
}
type OwnGrant = AnswerOf<typeof OwnAccount>['held'][number];
type UsedGrant = Omit<OwnGrant, 'requestedByName' | 'approvedByName' | 'endedByName'>;
/** The same, with when each was last acted in: that is in no record of the account. */
function usedGrants(context: QueryContext, state: AccountState): UsedGrant[] {
  const { lastUsed } = context.of(accounts);
  return heldGrants(context, state).map((held) => {
    const recorded = part(state.grants, held.grantId);
    const grant = recorded && grantOf(recorded);
    return { ...held, lastUsedAt: (grant && lastUsed(state.accountId, grant)) ?? null };
  });
}
/**
 * And with what those are called who asked for it, approved and ended it: its holder is told, also when they
 * hold no grant any more in which they could read a name (docs/rules/account.md#who-reads-an-account).
 */
function ownGrants(context: QueryContext, state: AccountState): OwnGrant[] {
  const told = (account: string | null): string | null =>
    account === null ? null : (context.personFor(account, state.programmeId)?.state.name ?? null);
  return usedGrants(context, state).map((held) => ({
    ...held,
    requestedByName: told(held.requestedBy),
    approvedByName: told(held.approvedBy),
    endedByName: told(held.endedBy),
  }));
}
const nameOf = (context: QueryContext, { accountId, programmeId }: AccountState): string | null =>
  context.nameFor('person', accountId, programmeId);

/** What a list and the record itself tell alike. */
const headOf = (context: QueryContext, { id, version, state, illustrative }: StateRow<Standing>) => ({
  id,
  version,
  account: state.accountId,
  name: nameOf(context, state),
  programmeId: state.programmeId,
  status: state.status,
  illustrative,
});

/** Those who administer an account are told whom its issuer says its holder is. */
const administers = ({ viewer }: QueryContext, { programmeId, alsoOf }: AccountState): boolean =>
  viewer.grants.some(
    ({ role, programme }) =>
      (role === 'access-administrator' || role === 'programme-office') &&
      programme !== undefined &&
      (programme === programmeId || alsoOf.includes(programme)),
  );

const status = AccountRow.shape.status.optional().meta({ description: 'Of this status alone' });
const reviewSorts = ['until', 'account', 'role', 'id'] as const;

function reviewed(context: QueryContext, id: string): RowOf<typeof ReviewedGrant>[] {
  const { state } = standing(context.of(accounts).one(id));
  const link = context.link('account', id);
  return usedGrants(context, state).map(({ grantId, ...grant }) => ({
    id: `${id}.${grantId}`,
    account: state.accountId,
    name: nameOf(context, state),
    accountStatus: state.status,
    ...grant,
    ...scopeNames(context, grant),
    link,
  }));
}
/** Ids of the accounts that the reader may see, in the order of their ids. */
function* visibleAccounts(context: QueryContext): Generator<string> {
  for (const id of context.of(accounts).ids()) if (context.seen('account', id)) yield id;
}

const shownSession = ({ accountId: _, secret: __, ...session }: SessionRow) => ({
  ...session,
  grants: session.grants === null ? null : [...session.grants],
});

export const accountQueries: Query[] = [
  list({
    title: 'Accounts',
    url: '/v1/accounts',
    sorts: ['id', 'status', 'programmeId'],
    columnsVersion: 2,
    columns: [
      'id',
      'account',
      'name',
      'programmeId',
      'status',
      'grantsInForce',
      'grantsRequested',
      'link',
      'illustrative',
      'failed',
    ],
    query: z.object({ status }),
    row: AccountRow,
    sources: (query, context, by) =>
      along(context.of(accounts).walk({ by }), ({ tie: id, status: stands }) => {
        if ((query.status && stands !== query.status) || !context.seen('account', id)) return undefined;
        return rowOf(context, { id }, () => {
          const row = standing(context.of(accounts).one(id));
          const { state } = row;
          const held = Object.values(state.grants);
          return {
            ...headOf(context, row),
            grantsInForce: grantsInForce(state, context.day).length,
            grantsRequested: held.filter((grant) => grant.status === 'requested').length,
            link: context.link('account', id),
          };
        });
      }),
  }),
  record({
    title: 'An account with its grants',
    url: '/v1/accounts/:id',
    of: 'account',
    body: Account,
    answer(query, context) {
      const { position } = context.visible('account', query.id);
      return {
        position,
        body() {
          const row = standing(context.own(accounts).one(query.id));
          const { id, state } = row;
          const { rebinding } = state;
          return {
            ...headOf(context, row),
            placeId: state.placeId ?? null,
            invitedUntil: state.status === 'invited' ? (state.invitation?.until ?? null) : null,
            rebinding: rebinding
              ? { offeredBy: rebinding.offeredBy, until: rebinding.until, approved: rebinding.approved }
              : null,
            issuer: state.issuer ?? null,
            subject: administers(context, state) ? (state.subject ?? null) : null,
            grants: heldGrants(context, state),
            lineage: lineageOf('account', id),
          };
        },
      };
    },
  }),
  list({
    title: 'Who holds which grant, by whose word, and when something was last recorded in it',
    url: '/v1/access-review',
    sorts: reviewSorts,
    columnsVersion: 2,
    columns: [
      'account',
      'name',
      'accountStatus',
      'role',
      'programme',
      'place',
      'agency',
      'grant',
      'status',
      'until',
      'requestedBy',
      'requestedOn',
      'approvedBy',
      'approvedOn',
      'lastUsedAt',
      ['conflicts', (row) => row.conflicts?.join(' ')],
      'link',
      'failed',
      'endedBy',
      'endedOn',
      'endedBecause',
    ],
    query: z.object({
      status: ReviewedGrant.shape.status.optional().meta({ description: 'Of this status alone' }),
      account: z.string().optional().meta({ description: 'Of this account alone' }),
      placeId: parameter.placeId,
    }),
    row: ReviewedGrant,
    // As many as people have posts; each account is read whole.
    sources: (query, context, key) =>
      whole(
        key,
        [...visibleAccounts(context)]
          .flatMap((id): RowOf<typeof ReviewedGrant>[] => {
            const rows = rowOf(context, { id: `${id}.grants` }, () => reviewed(context, id));
            return isFailed(rows) ? [rows] : rows;
          })
          .filter(
            (row) =>
              isFailed(row) ||
              ((!query.status || row.status === query.status) &&
                (!query.account || row.account === query.account) &&
                (!query.placeId || row.placeId === query.placeId)),
          ),
      ),
  }),
  record({
    title: 'Your own account',
    url: '/v1/account',
    body: OwnAccount,
    answer(_query, context) {
      const { account, grants, grantsInLog } = context.viewer;
      const id = accountRecordId(account);
      const row = grantsInLog ? context.of(accounts).one(id) : undefined;
      const sessions = grantsInLog ? context.of(accounts).sessions(account) : [];
      return {
        position: context.deps.service.position(),
        body: () => ({
          account,
          name: row ? nameOf(context, row.state) : context.nameFor('person', account, undefined),
          id: row ? id : null,
          version: row ? row.version : null,
          grantsSaidBy: grantsInLog ? ('log' as const) : ('token' as const),
          grants: grants.map(grantName),
          held: row ? ownGrants(context, row.state) : [],
          calendarAddressSince: row?.state.calendar?.since ?? null,
          sessions: sessions.map(shownSession),
        }),
      };
    },
  }),
];
