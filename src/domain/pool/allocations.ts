/**
 * Commands on allocations: pooled money is allocated to a purpose, and drawn within it
 * (docs/rules/pool.md#allocating).
 */
import { z } from 'zod';
import { isRefusal, refuse, type Context, type States } from '../kernel/types.js';
import { relaxedFor } from '../funding-stream/state.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Prose, Purposes, ref, partId, NewPartId, Reason } from '../shared/values.js';
import { decisionRefusal, decisionRefusals } from '../shared/authority.js';
import { exceeds } from '../shared/money.js';
import { held, part, partOr } from '../kernel/parts.js';
import { aboutAllocation, aboutAllocationLeft } from './about.js';
import { Amounts, consentedAll, free, owing, within, type PoolState } from './state.js';
import { yearNotSettled, yearSettled } from './year-end.js';
import { command, emit } from './events.js';
import { endsOrphan } from './orphans.js';
import * as wording from './wording.js';
import { undecidedVirement } from './limits.js';

const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
const seatedRefusal = (state: PoolState, context: Context) =>
  withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);
/** Money that names no purpose has none to be inside. */
const purposeRefusal = (state: PoolState, cofog: readonly string[]) =>
  cofog.length > 0 && within(cofog, state.purposes.cofog)
    ? undefined
    : refuse('PURPOSE_OUTSIDE_POOL', wording.purposeOutsidePool(state.purposes.cofog), '/purposes');
/**
 * What a stream's money may be spent on here today: its purposes, and those of a relaxation in force for the
 * place.
 */
function ringFenceRefusal(state: PoolState, pledgeId: string, cofog: readonly string[], context: Context) {
  const id = held(state.pledges, pledgeId).fundingStreamId;
  const stream = id ? context.read('fundingstream', id).state : undefined;
  if (!stream?.ringFenced) return undefined;
  const allowed = [
    ...stream.purposes.cofog,
    ...relaxedFor(stream, state.placeId, context.effectiveOn).flatMap((r) => r.purposes.cofog),
  ];
  return within(cofog, allowed)
    ? undefined
    : refuse('RING_FENCE_BREACH', wording.ringFenced(stream.name, allowed), '/purposes');
}

const unknown = (path: string) => () => refuse('ALLOCATION_UNKNOWN', 'There is no such allocation.', path);
/** An allocation that holds its money still; what was released is not there any more. */
function unreleased(state: PoolState, allocationId: string, path: string) {
  const a = partOr(state.allocations, allocationId, unknown(path));
  return isRefusal(a) || !a.released ? a : unknown(path)();
}
/** Several amounts of one pledge are one. */
function merged(list: readonly { pledgeId: string; pence: number }[]): { pledgeId: string; pence: number }[] {
  const sums = new Map<string, number>();
  for (const x of list) sums.set(x.pledgeId, (sums.get(x.pledgeId) ?? 0) + x.pence);
  return [...sums].map(([pledgeId, pence]) => ({ pledgeId, pence }));
}
const For = z
  .union([
    z.literal('none').meta({ title: 'A purpose of the pool' }),
    z
      .strictObject({
        kind: z.literal('commitment'),
        id: ref('commitment').meta({ label: 'Commitment' }),
      })
      .meta({ title: 'A commitment' }),
  ])
  .default('none');
/** Until it is verified a promise that was accepted may need its money. */
const accepted: readonly States['commitment']['status'][] = ['accepted', 'in-delivery', 'completion-claimed'];
/** The commitment is of this place and accepted, and this pool holds money for it. */
function commitmentRefusal(pool: PoolState, id: string, context: Context) {
  const { state } = context.named('commitment', id);
  if (state.placeId !== pool.placeId || !accepted.includes(state.status))
    return refuse('COMMITMENT_NOT_ACCEPTED', wording.commitmentNotAccepted, '/for/id');
  const r = part(pool.reservations, id);
  return r && !r.released ? undefined : refuse('NO_FUNDS_RESERVED', wording.nothingReservedFor, '/for/id');
}

/** By financial year (of the money, not of the day), what this moves with all that was moved before. */
function movedOf(
  state: PoolState,
  moved: readonly { pledgeId: string; pence: number }[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { pledgeId, pence } of moved) {
    const { financialYear } = held(state.pledges, pledgeId);
    sums.set(financialYear, (sums.get(financialYear) ?? part(state.vired, financialYear) ?? 0) + pence);
  }
  return sums;
}
/** More than a tenth of what is confirmed for a year. */
const large = (state: PoolState, moved: ReadonlyMap<string, number>): boolean =>
  [...moved].some(([year, sum]) => {
    const confirmed = Object.values(state.pledges).reduce(
      (n, p) => n + (p.financialYear === year ? p.confirmed : 0),
      0,
    );
    return sum * undecidedVirement.onePartIn > confirmed;
  });

const ReleaseAllocationData = z.strictObject({
  allocationId: partId('allocation').meta({ label: 'Allocation' }),
  reason: Reason,
});
const DrawData = z.strictObject({
  allocationId: partId('allocation').meta({ label: 'Allocation' }),
  subBalances: Amounts.meta({ label: 'Amounts' }),
});

export const allocationCommands = {
  Allocate: command(
    z.strictObject({
      allocationId: NewPartId,
      title: Prose('title').meta({ label: 'What it is called' }),
      purposes: Purposes.meta({ label: 'What it is spent on' }),
      subBalances: Amounts.meta({ label: 'Amounts' }),
      for: For.meta({ label: 'For what' }),
    }),
    {
      title: 'Allocate pooled money to a purpose or a commitment',
      segment: 'allocations',
      givenBy: ['secretariat'],
      allowedIn: ['open'],
      refuses: {
        PLACE_WITHDRAWN: 'state',
        ALLOCATION_EXISTS: 'state',
        PLEDGE_UNKNOWN: 'rule',
        PURPOSE_OUTSIDE_POOL: 'rule',
        RING_FENCE_BREACH: 'rule',
        OVER_ALLOCATED: 'rule',
        COMMITMENT_NOT_ACCEPTED: 'state',
        NO_FUNDS_RESERVED: 'rule',
        YEAR_SETTLED: 'state',
      },
      example: {
        allocationId: 'outreach',
        title: 'Outreach nurses',
        purposes: { cofog: ['07.4'], text: 'Outreach' },
        subBalances: [{ pledgeId: 'council-2009', pence: 10_000_00 }],
        for: 'none',
      },
      guard: (state, context) => withdrawnRefusal(context, state.placeId),
      decide(state, data, context) {
        if (part(state.allocations, data.allocationId))
          return refuse(
            'ALLOCATION_EXISTS',
            'There is an allocation with this id. Choose another.',
            '/allocationId',
          );
        const commitmentId = data.for === 'none' ? undefined : data.for.id;
        const wrong =
          (commitmentId ? commitmentRefusal(state, commitmentId, context) : undefined) ??
          purposeRefusal(state, data.purposes.cofog);
        if (wrong) return wrong;
        const subBalances = merged(data.subBalances);
        for (const { pledgeId, pence } of subBalances) {
          const p = part(state.pledges, pledgeId);
          if (p?.status !== 'confirmed')
            return refuse('PLEDGE_UNKNOWN', wording.noConfirmedPledge(p), '/subBalances');
          const no =
            yearSettled(state, p.financialYear) ??
            ringFenceRefusal(state, pledgeId, data.purposes.cofog, context);
          if (no) return no;
          const left = commitmentId
            ? (part(held(state.reservations, commitmentId).subBalances, pledgeId) ?? 0)
            : free(p);
          if (!exceeds(pence, left)) continue;
          return commitmentId
            ? refuse('NO_FUNDS_RESERVED', wording.moreThanReserved(p, pence, left), '/subBalances')
            : refuse('OVER_ALLOCATED', wording.moreThanPledged(p, pence, left), '/subBalances');
        }
        const { allocationId, title, purposes } = data;
        return [
          emit('FundsAllocated', {
            allocationId,
            title,
            purposes,
            subBalances,
            ...(commitmentId ? { commitmentId } : {}),
            consented: consentedAll(state, subBalances),
          }),
        ];
      },
    },
  ),
  ReleaseAllocation: command(ReleaseAllocationData, {
    title: 'Release what is left of an allocation',
    segment: 'allocation-releases',
    givenBy: ['secretariat'],
    allowedIn: ['open', 'suspended'],
    refuses: { PLACE_WITHDRAWN: 'state', ALLOCATION_UNKNOWN: 'rule' },
    example: { allocationId: 'outreach', reason: 'Done for less' },
    part: aboutAllocation,
    guard(state, context, allocationId) {
      const a =
        withdrawnRefusal(context, state.placeId) ??
        partOr(state.allocations, allocationId, unknown('/allocationId'));
      return isRefusal(a) ? a : undefined;
    },
    decide(state, data) {
      const a = held(state.allocations, data.allocationId);
      const subBalances = Object.entries(a.subBalances).map(([pledgeId, pence]) => ({
        pledgeId,
        pence: pence - (part(a.drawn, pledgeId) ?? 0),
      }));
      return a.released
        ? []
        : [
            emit('AllocationReleased', {
              allocationId: data.allocationId,
              title: a.title,
              subBalances,
              consented: consentedAll(state, subBalances),
              reason: data.reason,
            }),
          ];
    },
  }),
  Draw: command(DrawData, {
    title: 'Draw from an allocation',
    segment: 'draws',
    givenBy: ['seat-holder', 'finance-officer'],
    allowedIn: ['open'],
    part: aboutAllocation,
    apart: {
      code: 'SOD_CONFLICT',
      after: ['FundsAllocated', 'FundsVired'],
      ofPart: true,
      detail: wording.drawnByAnother,
    },
    refuses: {
      ...seated,
      ALLOCATION_UNKNOWN: 'rule',
      ONLY_THE_MANAGER_DRAWS: 'who of subBalances',
      POOL_OVERDRAWN: 'rule',
      PURPOSE_OUTSIDE_POOL: 'rule',
      RING_FENCE_BREACH: 'rule',
      YEAR_NOT_SETTLED: 'state',
    },
    example: { allocationId: 'outreach', subBalances: [{ pledgeId: 'council-2009', pence: 5_000_00 }] },
    guard(state, context, allocationId) {
      const a = seatedRefusal(state, context) ?? unreleased(state, allocationId, '/allocationId');
      if (isRefusal(a)) return a;
      const manages = state.legalBasis === 'aligned' || context.actor.agency === state.manager;
      return manages
        ? yearNotSettled(state, context.today)
        : refuse('ONLY_THE_MANAGER_DRAWS', 'Only the agency that manages the pool draws.');
    },
    decide(state, data, context) {
      const a = held(state.allocations, data.allocationId);
      const subBalances = merged(data.subBalances);
      for (const { pledgeId, pence } of subBalances) {
        const p = part(state.pledges, pledgeId);
        if (state.legalBasis === 'aligned' && p && context.actor.agency !== p.agencyId)
          return refuse(
            'ONLY_THE_MANAGER_DRAWS',
            'In an aligned pool each agency records its own spend.',
            '/subBalances',
          );
        const left = (part(a.subBalances, pledgeId) ?? 0) - (part(a.drawn, pledgeId) ?? 0);
        if (!p || exceeds(pence, left))
          return refuse('POOL_OVERDRAWN', wording.moreThanAllocated(a.title, pence, left), '/subBalances');
        const fence = purposeRefusal(state, a.cofog) ?? ringFenceRefusal(state, pledgeId, a.cofog, context);
        if (fence) return fence;
        if (state.legalBasis !== 'aligned' && exceeds(p.drawn + pence, p.paidIn))
          return refuse('POOL_OVERDRAWN', wording.cashInPool(p, p.paidIn - p.drawn), '/subBalances');
      }
      // In an aligned pool what is spent is what a pledge gives.
      const ended =
        state.legalBasis === 'aligned'
          ? subBalances.map((x) => [held(state.pledges, x.pledgeId), x.pence] as const)
          : [];
      return [
        emit('FundsDrawn', {
          allocationId: data.allocationId,
          title: a.title,
          subBalances,
          consented: consentedAll(state, subBalances),
        }),
        ...ended.flatMap(([p, pence]) => endsOrphan(p, owing(state, p) - pence, 'kept')),
      ];
    },
  }),
  Vire: command(
    z.strictObject({
      from: partId('allocation').meta({ label: 'From which allocation' }),
      to: partId('allocation').meta({ label: 'To which allocation' }),
      subBalances: Amounts.meta({ label: 'Amounts' }),
      decisionId: ref('decision')
        .optional()
        .meta({ label: 'Decision that allows it', hint: 'Needed for large amounts.' }),
    }),
    {
      title: 'Move money from one allocation to another',
      segment: 'virements',
      authorised: { by: 'decisionId', on: ['from', 'to', 'subBalances'] },
      givenBy: ['secretariat'],
      allowedIn: ['open'],
      refuses: {
        PLACE_WITHDRAWN: 'state',
        ALLOCATION_UNKNOWN: 'rule',
        NOT_A_VIREMENT: 'rule',
        OVER_ALLOCATED: 'rule',
        TOTAL_TOO_LARGE: 'rule',
        PURPOSE_OUTSIDE_POOL: 'rule',
        RING_FENCE_BREACH: 'rule',
        ...decisionRefusals,
      },
      example: { from: 'outreach', to: 'beds', subBalances: [{ pledgeId: 'council-2009', pence: 1_000_00 }] },
      part: aboutAllocationLeft,
      guard(state, context, allocationId) {
        const from = withdrawnRefusal(context, state.placeId) ?? unreleased(state, allocationId, '/from');
        return isRefusal(from) ? from : undefined;
      },
      decide(state, data, context) {
        const from = held(state.allocations, data.from);
        const to = unreleased(state, data.to, '/to');
        if (isRefusal(to)) return to;
        if (data.from === data.to) return refuse('NOT_A_VIREMENT', 'Enter two allocations.', '/to');
        const subBalances = merged(data.subBalances);
        for (const { pledgeId, pence } of subBalances) {
          const left = (part(from.subBalances, pledgeId) ?? 0) - (part(from.drawn, pledgeId) ?? 0);
          if (exceeds(pence, left))
            return refuse(
              'OVER_ALLOCATED',
              wording.moreThanLeftIn(from.title, part(state.pledges, pledgeId), pence, left),
              '/subBalances',
            );
          const fence =
            purposeRefusal(state, to.cofog) ?? ringFenceRefusal(state, pledgeId, to.cofog, context);
          if (fence) return fence;
        }
        const moved = movedOf(state, subBalances);
        if ([...moved.values()].some((sum) => exceeds(sum, Number.MAX_SAFE_INTEGER)))
          return refuse('TOTAL_TOO_LARGE', wording.movedTooMuch, '/subBalances');
        const needed = large(state, moved) || data.decisionId;
        const terms = { from: data.from, to: data.to, subBalances: data.subBalances };
        const undecided = needed
          ? decisionRefusal(context, {
              decisionId: data.decisionId,
              placeId: state.placeId,
              aggregate: 'pool',
              command: 'Vire',
              terms,
            })
          : undefined;
        if (undecided) return undecided;
        const { decisionId } = data;
        return [
          emit('FundsVired', {
            from: data.from,
            to: data.to,
            fromTitle: from.title,
            toTitle: to.title,
            subBalances,
            consented: consentedAll(state, subBalances),
            ...(decisionId ? { decisionId } : {}),
          }),
        ];
      },
    },
  ),
};
