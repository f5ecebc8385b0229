/**
 * What became of what followed a decision: its promises as they stand against what was first promised, and
 * the money held for them.
 */
import type { z } from 'zod';
import {
  isIn,
  type CommitmentIn,
  type CommitmentState,
  type Completion,
} from '../../domain/commitment/state.js';
import { sumOf } from '../../domain/shared/sums.js';
import {
  commitmentRegister,
  type CommitmentRow,
  type Standing,
} from '../../projections/views/commitment-register.js';
import { commitmentFor } from '../../projections/views/commitment-shown.js';
import { decisionLog, type FollowedRow } from '../../projections/views/decision-log.js';
import { poolLedger, statement } from '../../projections/views/pool-ledger.js';
import { pastFor, sight } from './shared.js';
import type { QueryContext } from '../query/context.js';

/**
 * Streams whose past an audit shows beside the decision's own: what followed it, and the pools that hold
 * money for that.
 */
export function streamsFollowing(context: QueryContext, decisionId: string): string[] {
  const followed = context.of(decisionLog).followed(decisionId);
  const pools = followed.flatMap((row) =>
    row.aggregate === 'commitment'
      ? (context.of(commitmentRegister).one(row.recordId)?.state.money?.poolId ?? [])
      : [],
  );
  return [...followed.map((f) => f.stream), ...pools.map((id) => `pool-${id}`)];
}

type Done = 'kept' | 'kept-late' | `verified-${Exclude<z.infer<typeof Completion>, 'complete'>}`;
/**
 * How a promise stands against what was first promised; one that is neither completed nor live, by its
 * status.
 */
export type Against =
  | Done
  | 'late'
  | 'running'
  | Exclude<Standing, 'completed' | 'accepted' | 'in-delivery' | 'completion-claimed'>;

/**
 * Kept is verified as complete, claimed by the first accepted due date; what was claimed after it was kept
 * late.
 */
function done({ verification: { level }, claim, baselineDueOn }: CommitmentIn<'completed'>): Done {
  if (level !== 'complete') return `verified-${level}`;
  return claim.on <= baselineDueOn ? 'kept' : 'kept-late';
}
function against(state: CommitmentState, overdue: boolean): Against {
  if (isIn(state, 'completed')) return done(state);
  switch (state.status) {
    case 'none':
    case 'completed':
      throw new Error('no commitment stands in this row');
    case 'accepted':
    case 'in-delivery':
    case 'completion-claimed':
      return overdue ? 'late' : 'running';
    default:
      return state.status;
  }
}

/** What its pool holds, gave and paid for a commitment, in pence; null what the reader may not see. */
function moneyOf(context: QueryContext, id: string, poolId: string) {
  const known = context.seen('pool', poolId);
  const row = known && context.own(poolLedger).one(poolId);
  if (!row)
    return {
      poolId: null,
      link: null,
      reservedPence: null,
      allocatedPence: null,
      drawnPence: null,
      notDisclosed: true as const,
    };
  const audience = sight(context, 'pool', poolId, row.state.placeId);
  const s = statement(row, audience, pastFor(context, 'pool', poolId, audience), context.day);
  const link = context.link('pool', poolId);
  // For whom a pool holds money its own members see: nobody else knows of an amount, and none is not nothing.
  if (!s.reservations)
    return {
      poolId,
      link,
      reservedPence: null,
      allocatedPence: null,
      drawnPence: null,
      notDisclosed: true as const,
    };
  const mine = s.allocations.filter((a) => a.commitmentId === id);
  return {
    poolId,
    link,
    reservedPence: sumOf(s.reservations.filter((x) => x.commitmentId === id).map((x) => x.pence)).pence,
    allocatedPence: sumOf(mine.map((a) => a.pence)).pence,
    drawnPence: sumOf(mine.map((a) => a.drawnPence)).pence,
  };
}

function commitmentNow(context: QueryContext, row: CommitmentRow) {
  const audience = sight(context, 'commitment', row.id, row.state.placeId);
  const c = commitmentFor(
    row,
    audience,
    pastFor(context, 'commitment', row.id, audience),
    context.of(commitmentRegister).periodOf(row.state.programmeId),
    context.day,
    context.deps.service.ref.workingDays,
  );
  return {
    id: row.id,
    link: context.link('commitment', row.id),
    title: c.title,
    ownerAgencyId: c.ownerAgencyId,
    status: c.status,
    baselineDueOn: c.baselineDueOn,
    dueOn: c.dueOn,
    slippageDays: c.slippageDays,
    overdue: c.overdue,
    daysLate: c.daysLate,
    ...(c.holidaysAssumed ? { holidaysAssumed: true as const } : {}),
    silent: c.silent,
    verified: row.state.verification?.level ?? null,
    against: against(row.state, c.overdue),
    // For whom money is held is a member's to see.
    money:
      row.state.money && audience === 'members' ? moneyOf(context, row.id, row.state.money.poolId) : null,
    ...(row.state.money && audience !== 'members' ? { notDisclosed: true as const } : {}),
  };
}

/** The commitments among what followed, each once, as they stand. */
export function promisesOf(context: QueryContext, followed: readonly FollowedRow[]) {
  const ids = new Set(followed.flatMap((f) => (f.aggregate === 'commitment' ? [f.recordId] : [])));
  return [...ids].flatMap((id) => {
    const row = context.own(commitmentRegister).one(id);
    return row ? [commitmentNow(context, row)] : [];
  });
}
