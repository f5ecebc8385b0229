/** Commands on allocations: pooled money is allocated to a purpose, and drawn within it (domain.md 9.12). */
import { z } from 'zod';
import { isRefusal, refuse, type Context, type States } from '../kernel/types.js';
import { relaxedFor } from '../funding-stream/state.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { PartId, Prose, Purposes, pounds, ref } from '../shared/values.js';
import { decisionRefusal, decisionRefusals } from '../shared/authority.js';
import { exceeds } from '../shared/money.js';
import { held, part, partOr } from '../kernel/parts.js';
import { Amounts, consentedAll, free, owing, within, type PoolState } from './state.js';
import { yearNotSettled, yearSettled } from './year-end.js';
import { command, emit } from './events.js';
import { endsOrphan } from './orphans.js';

const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
const standing = (s: PoolState, ctx: Context) =>
  withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, s.placeId);
/** Money that names no purpose has none to be inside. */
const purposeRefusal = (s: PoolState, cofog: readonly string[]) =>
  cofog.length > 0 && within(cofog, s.purposes.cofog)
    ? undefined
    : refuse(
        'PURPOSE_OUTSIDE_POOL',
        `The pool is for ${s.purposes.cofog.join(', ')}. Enter purposes within them.`,
        '/purposes',
      );
/** What a stream's money may be spent on here today: its purposes, and those of a relaxation in force for the place. */
function ringFenceRefusal(s: PoolState, pledgeId: string, cofog: readonly string[], ctx: Context) {
  const id = held(s.pledges, pledgeId).fundingStreamId;
  const stream = id ? ctx.read('fundingstream', id).state : undefined;
  if (!stream?.ringFenced) return undefined;
  const allowed = [
    ...stream.purposes.cofog,
    ...relaxedFor(stream, s.placeId, ctx.effectiveOn).flatMap((r) => r.purposes.cofog),
  ];
  return within(cofog, allowed)
    ? undefined
    : refuse(
        'RING_FENCE_BREACH',
        `The money of ${stream.name} is ring-fenced for ${allowed.join(', ')}. Ask the department to relax it for this place.`,
        '/purposes',
      );
}

const unknown = (path: string) => () => refuse('ALLOCATION_UNKNOWN', 'There is no such allocation.', path);
/** An allocation that holds its money still; what was released is not there any more. */
function unreleased(s: PoolState, allocationId: string, path: string) {
  const a = partOr(s.allocations, allocationId, unknown(path));
  return isRefusal(a) || !a.released ? a : unknown(path)();
}
/** Several amounts of one pledge are one. */
function merged(list: readonly { pledgeId: string; pence: number }[]): { pledgeId: string; pence: number }[] {
  const sums = new Map<string, number>();
  for (const x of list) sums.set(x.pledgeId, (sums.get(x.pledgeId) ?? 0) + x.pence);
  return [...sums].map(([pledgeId, pence]) => ({ pledgeId, pence }));
}
const For = z
  .union([z.literal('none'), z.strictObject({ kind: z.literal('commitment'), id: ref('commitment') })])
  .default('none');
/** Until it is verified a promise that was accepted may need its money. */
const accepted: readonly States['commitment']['status'][] = ['accepted', 'in-delivery', 'completion-claimed'];
/** The commitment is of this place and accepted, and this pool holds money for it. */
function commitmentRefusal(s: PoolState, id: string, ctx: Context) {
  const { state } = ctx.named('commitment', id);
  if (state.placeId !== s.placeId || !accepted.includes(state.status))
    return refuse(
      'COMMITMENT_NOT_ACCEPTED',
      'This place has no accepted commitment with this id. Its owner accepts it first.',
      '/for/id',
    );
  const r = part(s.reservations, id);
  return r && !r.released
    ? undefined
    : refuse(
        'NO_FUNDS_RESERVED',
        'The pool holds nothing for this commitment. Ask for the funds on the commitment first.',
        '/for/id',
      );
}

/** By financial year (of the money, not of the day), what this moves with all that was moved before. */
function movedOf(
  s: PoolState,
  moved: readonly { pledgeId: string; pence: number }[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { pledgeId, pence } of moved) {
    const { financialYear } = held(s.pledges, pledgeId);
    sums.set(financialYear, (sums.get(financialYear) ?? part(s.vired, financialYear) ?? 0) + pence);
  }
  return sums;
}
/** More than a tenth of what is confirmed for a year. */
const large = (s: PoolState, moved: ReadonlyMap<string, number>): boolean =>
  [...moved].some(([year, sum]) => {
    const confirmed = Object.values(s.pledges).reduce(
      (n, p) => n + (p.financialYear === year ? p.confirmed : 0),
      0,
    );
    return sum * 10 > confirmed;
  });

export const allocationCommands = {
  Allocate: command(
    z.strictObject({
      allocationId: PartId,
      title: Prose(300),
      purposes: Purposes,
      subBalances: Amounts,
      for: For,
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
      decide(s, d, ctx) {
        const no = withdrawnRefusal(ctx, s.placeId);
        if (no) return no;
        if (part(s.allocations, d.allocationId))
          return refuse(
            'ALLOCATION_EXISTS',
            'There is an allocation with this id. Choose another.',
            '/allocationId',
          );
        const commitmentId = d.for === 'none' ? undefined : d.for.id;
        const wrong =
          (commitmentId ? commitmentRefusal(s, commitmentId, ctx) : undefined) ??
          purposeRefusal(s, d.purposes.cofog);
        if (wrong) return wrong;
        const subBalances = merged(d.subBalances);
        for (const { pledgeId, pence } of subBalances) {
          const p = part(s.pledges, pledgeId);
          if (p?.status !== 'confirmed')
            return refuse('PLEDGE_UNKNOWN', `There is no confirmed pledge ${pledgeId}.`, '/subBalances');
          const no = yearSettled(s, p.financialYear) ?? ringFenceRefusal(s, pledgeId, d.purposes.cofog, ctx);
          if (no) return no;
          const left = commitmentId
            ? (part(held(s.reservations, commitmentId).subBalances, pledgeId) ?? 0)
            : free(p);
          if (!exceeds(pence, left)) continue;
          return commitmentId
            ? refuse(
                'NO_FUNDS_RESERVED',
                `${pounds(left)} of the pledge ${pledgeId} is reserved for this commitment; this is ${pounds(pence - left)} more.`,
                '/subBalances',
              )
            : refuse(
                'OVER_ALLOCATED',
                `${pounds(left)} is left of the pledge ${pledgeId}; this is ${pounds(pence - left)} more.`,
                '/subBalances',
              );
        }
        const { allocationId, title, purposes } = d;
        return [
          emit('FundsAllocated', {
            allocationId,
            title,
            purposes,
            subBalances,
            ...(commitmentId ? { commitmentId } : {}),
            consented: consentedAll(s, subBalances),
          }),
        ];
      },
    },
  ),
  ReleaseAllocation: command(z.strictObject({ allocationId: PartId, reason: Prose() }), {
    title: 'Release what is left of an allocation',
    segment: 'allocation-releases',
    givenBy: ['secretariat'],
    allowedIn: ['open', 'suspended'],
    refuses: { PLACE_WITHDRAWN: 'state', ALLOCATION_UNKNOWN: 'rule' },
    example: { allocationId: 'outreach', reason: 'Done for less' },
    decide(s, d, ctx) {
      const a =
        withdrawnRefusal(ctx, s.placeId) ?? partOr(s.allocations, d.allocationId, unknown('/allocationId'));
      if (isRefusal(a)) return a;
      const subBalances = Object.entries(a.subBalances).map(([pledgeId, pence]) => ({
        pledgeId,
        pence: pence - (part(a.drawn, pledgeId) ?? 0),
      }));
      return a.released
        ? []
        : [
            emit('AllocationReleased', {
              allocationId: d.allocationId,
              title: a.title,
              subBalances,
              consented: consentedAll(s, subBalances),
              reason: d.reason,
            }),
          ];
    },
  }),
  Draw: command(z.strictObject({ allocationId: PartId, subBalances: Amounts }), {
    title: 'Draw from an allocation',
    segment: 'draws',
    givenBy: ['seat-holder', 'finance-officer'],
    allowedIn: ['open'],
    apart: {
      code: 'SOD_CONFLICT',
      after: ['FundsAllocated', 'FundsVired'],
      of: (d) => d.allocationId,
      detail: 'You allocated this money. Somebody else of the agency that spends it draws it.',
    },
    refuses: {
      ...seated,
      ALLOCATION_UNKNOWN: 'rule',
      ONLY_THE_MANAGER_DRAWS: 'who',
      POOL_OVERDRAWN: 'rule',
      PURPOSE_OUTSIDE_POOL: 'rule',
      RING_FENCE_BREACH: 'rule',
      YEAR_NOT_SETTLED: 'state',
    },
    example: { allocationId: 'outreach', subBalances: [{ pledgeId: 'council-2009', pence: 5_000_00 }] },
    decide(s, d, ctx) {
      const a = standing(s, ctx) ?? unreleased(s, d.allocationId, '/allocationId');
      if (isRefusal(a)) return a;
      const late = yearNotSettled(s, ctx.today);
      if (late) return late;
      const subBalances = merged(d.subBalances);
      for (const { pledgeId, pence } of subBalances) {
        const p = part(s.pledges, pledgeId);
        const drawer = s.legalBasis === 'aligned' ? p?.agencyId : s.manager;
        if (drawer && ctx.actor.agency !== drawer)
          return refuse(
            'ONLY_THE_MANAGER_DRAWS',
            s.legalBasis === 'aligned'
              ? 'In an aligned pool each agency records its own spend.'
              : 'Only the agency that manages the pool draws.',
          );
        const left = (part(a.subBalances, pledgeId) ?? 0) - (part(a.drawn, pledgeId) ?? 0);
        if (!p || exceeds(pence, left))
          return refuse(
            'POOL_OVERDRAWN',
            `The drawdown is ${pounds(pence - Math.max(0, left))} more than is left for ${a.title}.`,
            '/subBalances',
          );
        const fence = purposeRefusal(s, a.cofog) ?? ringFenceRefusal(s, pledgeId, a.cofog, ctx);
        if (fence) return fence;
        if (s.legalBasis !== 'aligned' && exceeds(p.drawn + pence, p.paidIn))
          return refuse(
            'POOL_OVERDRAWN',
            `Only ${pounds(p.paidIn - p.drawn)} of the pledge ${pledgeId} is in the pool as cash.`,
            '/subBalances',
          );
      }
      // In an aligned pool what is spent is what a pledge gives.
      const ended =
        s.legalBasis === 'aligned'
          ? subBalances.map((x) => [held(s.pledges, x.pledgeId), x.pence] as const)
          : [];
      return [
        emit('FundsDrawn', {
          allocationId: d.allocationId,
          title: a.title,
          subBalances,
          consented: consentedAll(s, subBalances),
        }),
        ...ended.flatMap(([p, pence]) => endsOrphan(p, owing(s, p) - pence, 'kept')),
      ];
    },
  }),
  Vire: command(
    z.strictObject({
      from: PartId,
      to: PartId,
      subBalances: Amounts,
      decisionId: ref('decision').optional(),
    }),
    {
      title: 'Move money from one allocation to another',
      segment: 'virements',
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
      decide(s, d, ctx) {
        const from = withdrawnRefusal(ctx, s.placeId) ?? unreleased(s, d.from, '/from');
        if (isRefusal(from)) return from;
        const to = unreleased(s, d.to, '/to');
        if (isRefusal(to)) return to;
        if (d.from === d.to) return refuse('NOT_A_VIREMENT', 'Enter two allocations.', '/to');
        const subBalances = merged(d.subBalances);
        for (const { pledgeId, pence } of subBalances) {
          const left = (part(from.subBalances, pledgeId) ?? 0) - (part(from.drawn, pledgeId) ?? 0);
          if (exceeds(pence, left))
            return refuse(
              'OVER_ALLOCATED',
              `${pounds(left)} of the pledge ${pledgeId} is left in ${from.title}; this is ${pounds(pence - left)} more.`,
              '/subBalances',
            );
          const fence = purposeRefusal(s, to.cofog) ?? ringFenceRefusal(s, pledgeId, to.cofog, ctx);
          if (fence) return fence;
        }
        const moved = movedOf(s, subBalances);
        if ([...moved.values()].some((sum) => exceeds(sum, Number.MAX_SAFE_INTEGER)))
          return refuse(
            'TOTAL_TOO_LARGE',
            'So much was moved between allocations before that its sum could no more be kept.',
            '/subBalances',
          );
        const needed = large(s, moved) || d.decisionId;
        const terms = { from: d.from, to: d.to, subBalances: d.subBalances };
        const undecided = needed
          ? decisionRefusal(ctx, {
              decisionId: d.decisionId,
              placeId: s.placeId,
              aggregate: 'pool',
              command: 'Vire',
              terms,
            })
          : undefined;
        if (undecided) return undecided;
        const { decisionId } = d;
        return [
          emit('FundsVired', {
            from: d.from,
            to: d.to,
            fromTitle: from.title,
            toTitle: to.title,
            subBalances,
            consented: consentedAll(s, subBalances),
            ...(decisionId ? { decisionId } : {}),
          }),
        ];
      },
    },
  ),
};
