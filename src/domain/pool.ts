/** PooledBudget (domain.md 9.12): pledges under an agreement, hosted by one body, allocated and drawn within purposes. */
import { z } from 'zod';
import { aggregate, kit } from './aggregate.js';
import { refuse, type Context, type Refusal } from './core.js';
import { seatRefusal, withdrawnRefusal } from './seats.js';
import { FinancialYear, Id, PartId, Prose, Purposes, pounds } from './values.js';
import { Agreement, Amounts, Functions, LegalBasis, Partners, initial, within, type PoolState } from './pool-state.js';
import { emit, events } from './pool-events.js';
import { pledgeCommands } from './pool-pledges.js';
import { yearCommands } from './pool-year.js';

const { command } = kit<PoolState>();
const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
const standing = (s: PoolState, ctx: Context): Refusal | undefined => withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, s.placeId);
const consentedAll = (s: PoolState, list: readonly { pledgeId: string }[]): boolean => list.every((x) => s.pledges[x.pledgeId]?.consented);

/** s75 pools an NHS body with a local authority for functions that must be cited; others join by another route. */
function basisRefusal(d: { legalBasis: string; partners: string[]; functions?: unknown }, ctx: Context): Refusal | undefined {
  if (d.legalBasis !== 's75') return undefined;
  const sectors = d.partners.map((id) => ctx.read('agency', id).state.sector);
  const ok = sectors.includes('nhs') && sectors.includes('council') && sectors.every((x) => x === 'nhs' || x === 'council') && d.functions;
  return ok
    ? undefined
    : refuse(
        'LEGAL_BASIS_NOT_AVAILABLE',
        'Section 75 pools NHS bodies with local authorities only, citing the functions of both. Others join through an aligned budget or a grant to the accountable body.',
        '/legalBasis',
      );
}
function agencyRefusal(ids: readonly string[], ctx: Context): Refusal | undefined {
  for (const id of ids) {
    const { status } = ctx.read('agency', id).state;
    if (status === 'none') return refuse('AGENCY_UNKNOWN', `There is no agency ${id}. Register it first.`, '/partners');
    if (status === 'retired') return refuse('AGENCY_RETIRED', `The agency ${id} is retired.`, '/partners');
  }
  return undefined;
}
/** Money that names no purpose has none to be inside. */
const purposeRefusal = (s: PoolState, cofog: readonly string[]): Refusal | undefined =>
  cofog.length > 0 && within(cofog, s.purposes.cofog)
    ? undefined
    : refuse('PURPOSE_OUTSIDE_POOL', `The pool is for ${s.purposes.cofog.join(', ')}. Enter purposes within them.`, '/purposes');
/** What a stream's money may be spent on here today: its purposes, and those of a relaxation in force for the place. */
function ringFenceRefusal(s: PoolState, pledgeId: string, cofog: readonly string[], ctx: Context): Refusal | undefined {
  const id = s.pledges[pledgeId]!.fundingStreamId;
  const stream = id ? ctx.read('fundingstream', id).state : undefined;
  if (!stream?.ringFenced) return undefined;
  const relaxed = Object.values(stream.relaxations).filter(
    (r) => (r.placeIds === 'all' || r.placeIds.includes(s.placeId)) && r.from <= ctx.effectiveOn && ctx.effectiveOn <= (r.endedOn ?? r.to),
  );
  const allowed = [...stream.purposes.cofog, ...relaxed.flatMap((r) => r.purposes.cofog)];
  return within(cofog, allowed)
    ? undefined
    : refuse('RING_FENCE_BREACH', `The money of ${stream.name} is ring-fenced for ${allowed.join(', ')}. Ask the department to relax it for this place.`, '/purposes');
}

const commands = {
  ProposePool: command(
    z.strictObject({
      name: Prose(200),
      placeId: Id,
      legalBasis: LegalBasis,
      partners: Partners,
      host: Id,
      manager: Id,
      purposes: Purposes,
      years: z.array(FinancialYear).min(1, 'Enter a financial year').max(20),
      noticeMonths: z.int().min(0).max(60),
      functions: Functions.optional(),
    }),
    {
      title: 'Propose a pooled budget',
      creates: true,
      by: ['secretariat', 'seat-holder'],
      refuses: { ...seated, LEGAL_BASIS_NOT_AVAILABLE: 'rule', AGENCY_UNKNOWN: 'rule', AGENCY_RETIRED: 'rule' },
      example: {
        name: 'Alcohol treatment',
        placeId: 'durham',
        legalBasis: 'aligned',
        partners: ['durham-county-council', 'county-durham-pct'],
        host: 'durham-county-council',
        manager: 'durham-county-council',
        purposes: { cofog: ['07'], text: 'Treatment and prevention' },
        years: ['2009-10'],
        noticeMonths: 6,
      },
      decide(_s, d, ctx) {
        const no = withdrawnRefusal(ctx, d.placeId) ?? seatRefusal(ctx, d.placeId) ?? agencyRefusal([...d.partners, d.host, d.manager], ctx) ?? basisRefusal(d, ctx);
        return no ?? [emit('PoolProposed', { ...d, programmeId: ctx.read('place', d.placeId).state.programmeId })];
      },
    },
  ),
  ProposeAgreement: command(Agreement, {
    title: 'Propose an agreement',
    noun: 'agreements',
    by: ['secretariat', 'seat-holder'],
    from: ['proposed', 'agreed', 'open'],
    refuses: {
      ...seated,
      AGREEMENT_VERSION_TAKEN: 'state',
      RISK_SHARE_NOT_100: 'rule',
      HOST_NOT_A_PARTNER: 'rule',
      AGENCY_UNKNOWN: 'rule',
      AGENCY_RETIRED: 'rule',
      LEGAL_BASIS_NOT_AVAILABLE: 'rule',
    },
    example: {
      version: 1,
      hash: '0'.repeat(64),
      partners: ['durham-county-council', 'county-durham-pct'],
      host: 'durham-county-council',
      purposes: { cofog: ['07'], text: 'Treatment' },
      years: ['2009-10'],
      riskShare: [
        { agencyId: 'durham-county-council', overBp: 5000, underBp: 5000 },
        { agencyId: 'county-durham-pct', overBp: 5000, underBp: 5000 },
      ],
    },
    decide(s, d, ctx) {
      const no = standing(s, ctx) ?? agencyRefusal(d.partners, ctx) ?? basisRefusal({ legalBasis: s.legalBasis, partners: d.partners, functions: true }, ctx);
      if (no) return no;
      const next = s.agreements.length + 1;
      if (d.version !== next) return refuse('AGREEMENT_VERSION_TAKEN', `The next version is ${next}.`, '/version');
      if (!d.partners.includes(d.host)) return refuse('HOST_NOT_A_PARTNER', 'The host is one of the partners.', '/host');
      const sum = (k: 'overBp' | 'underBp'): number => d.riskShare.reduce((n, x) => n + x[k], 0);
      const shares = d.riskShare.map((x) => x.agencyId);
      if (sum('overBp') !== 10_000 || sum('underBp') !== 10_000 || new Set(shares).size < shares.length || shares.some((id) => !d.partners.includes(id))) {
        return refuse('RISK_SHARE_NOT_100', 'The partners’ shares, over and under, must each total exactly 10,000 basis points.', '/riskShare');
      }
      return [emit('AgreementProposed', { agreement: d })];
    },
  }),
  SignAgreement: command(z.strictObject({ version: z.int().min(1) }), {
    title: 'Sign an agreement for your agency',
    noun: 'agreement-signatures',
    by: ['finance-officer'],
    from: ['proposed', 'agreed', 'open'],
    refuses: { PLACE_WITHDRAWN: 'state', AGREEMENT_UNKNOWN: 'rule', NOT_A_PARTNER: 'who' },
    example: { version: 1 },
    decide(s, d, ctx) {
      const no = withdrawnRefusal(ctx, s.placeId);
      const a = s.agreements.find((x) => x.version === d.version);
      if (no ?? !a) return no ?? refuse('AGREEMENT_UNKNOWN', 'There is no such version.', '/version');
      const { agency } = ctx.actor;
      if (!a!.partners.includes(agency!)) return refuse('NOT_A_PARTNER', 'Only the partners the agreement names sign it, each for itself.');
      const signed = s.signatures[d.version] ?? [];
      if (signed.includes(agency!)) return [];
      const agreed = a!.partners.every((p) => p === agency || signed.includes(p)) && d.version > (s.inForce ?? 0);
      return [emit('AgreementSigned', { agencyId: agency!, version: d.version, agreed })];
    },
  }),
  OpenPool: command(z.strictObject({}), {
    title: 'Open a pool',
    noun: 'opening',
    by: ['chair'],
    from: ['agreed'],
    refuses: { ...seated, AGREEMENT_NOT_SIGNED: 'rule' },
    example: {},
    decide(s, _d, ctx) {
      const no = standing(s, ctx);
      if (no) return no;
      const open = Object.values(s.pledges).filter((p) => p.status === 'pledged').length;
      const confirmed = Object.values(s.pledges).some((p) => p.status === 'confirmed');
      if (!s.inForce || s.partners.length < 2 || !s.partners.includes(s.host))
        return refuse('AGREEMENT_NOT_SIGNED', 'Every partner signs one version of the agreement first, the host among them.');
      if (open > 0 || !confirmed)
        return refuse('AGREEMENT_NOT_SIGNED', open > 0 ? `${open === 1 ? 'A pledge waits' : `${open} pledges wait`} for confirmation.` : 'No pledge is confirmed yet.');
      return [emit('PoolOpened', { placeId: s.placeId })];
    },
  }),
  Allocate: command(z.strictObject({ allocationId: PartId, title: Prose(300), purposes: Purposes, subBalances: Amounts, for: z.literal('none').default('none') }), {
    title: 'Allocate pooled money to a purpose',
    noun: 'allocations',
    by: ['secretariat'],
    from: ['open'],
    refuses: { PLACE_WITHDRAWN: 'state', ALLOCATION_EXISTS: 'state', PLEDGE_UNKNOWN: 'rule', PURPOSE_OUTSIDE_POOL: 'rule', RING_FENCE_BREACH: 'rule', OVER_ALLOCATED: 'rule' },
    example: {
      allocationId: 'outreach',
      title: 'Outreach nurses',
      purposes: { cofog: ['07.4'], text: 'Outreach' },
      subBalances: [{ pledgeId: 'council-2009', pence: 10_000_00 }],
      for: 'none',
    },
    decide(s, d, ctx) {
      const no = standing(s, ctx);
      if (no) return no;
      if (s.allocations[d.allocationId]) return refuse('ALLOCATION_EXISTS', 'There is an allocation with this id. Choose another.', '/allocationId');
      const outside = purposeRefusal(s, d.purposes.cofog);
      if (outside) return outside;
      const sums = new Map<string, number>();
      for (const x of d.subBalances) sums.set(x.pledgeId, (sums.get(x.pledgeId) ?? 0) + x.pence);
      for (const [pledgeId, pence] of sums) {
        const p = s.pledges[pledgeId];
        if (p?.status !== 'confirmed') return refuse('PLEDGE_UNKNOWN', `There is no confirmed pledge ${pledgeId}.`, '/subBalances');
        const fence = ringFenceRefusal(s, pledgeId, d.purposes.cofog, ctx);
        if (fence) return fence;
        const left = p.confirmed - p.allocated - p.reserved;
        if (pence > left) return refuse('OVER_ALLOCATED', `${pounds(left)} is left of the pledge ${pledgeId}; this is ${pounds(pence - left)} more.`, '/subBalances');
      }
      const subBalances = [...sums].map(([pledgeId, pence]) => ({ pledgeId, pence }));
      return [emit('FundsAllocated', { allocationId: d.allocationId, title: d.title, purposes: d.purposes, subBalances, consented: consentedAll(s, subBalances) })];
    },
  }),
  ReleaseAllocation: command(z.strictObject({ allocationId: PartId, reason: Prose() }), {
    title: 'Release what is left of an allocation',
    noun: 'allocation-releases',
    by: ['secretariat'],
    from: ['open', 'suspended'],
    refuses: { PLACE_WITHDRAWN: 'state', ALLOCATION_UNKNOWN: 'rule' },
    example: { allocationId: 'outreach', reason: 'Done for less' },
    decide(s, d, ctx) {
      const no = standing(s, ctx);
      const a = s.allocations[d.allocationId];
      if (no ?? !a) return no ?? refuse('ALLOCATION_UNKNOWN', 'There is no such allocation.', '/allocationId');
      const subBalances = Object.entries(a!.subBalances).map(([pledgeId, pence]) => ({ pledgeId, pence: pence - (a!.drawn[pledgeId] ?? 0) }));
      return a!.released ? [] : [emit('AllocationReleased', { allocationId: d.allocationId, title: a!.title, subBalances, consented: consentedAll(s, subBalances), reason: d.reason })];
    },
  }),
  Draw: command(z.strictObject({ allocationId: PartId, subBalances: Amounts }), {
    title: 'Draw from an allocation',
    noun: 'draws',
    by: ['seat-holder', 'finance-officer'],
    from: ['open'],
    refuses: { ...seated, ALLOCATION_UNKNOWN: 'rule', ONLY_THE_MANAGER_DRAWS: 'who', POOL_OVERDRAWN: 'rule', PURPOSE_OUTSIDE_POOL: 'rule', RING_FENCE_BREACH: 'rule' },
    example: { allocationId: 'outreach', subBalances: [{ pledgeId: 'council-2009', pence: 5_000_00 }] },
    decide(s, d, ctx) {
      const no = standing(s, ctx);
      const a = s.allocations[d.allocationId];
      if (no ?? (!a || a.released)) return no || refuse('ALLOCATION_UNKNOWN', 'There is no such allocation.', '/allocationId');
      const sums = new Map<string, number>();
      for (const x of d.subBalances) sums.set(x.pledgeId, (sums.get(x.pledgeId) ?? 0) + x.pence);
      for (const [pledgeId, pence] of sums) {
        const p = s.pledges[pledgeId];
        const drawer = s.legalBasis === 'aligned' ? p?.agencyId : s.manager;
        if (drawer && ctx.actor.agency !== drawer)
          return refuse('ONLY_THE_MANAGER_DRAWS', s.legalBasis === 'aligned' ? 'In an aligned pool each agency records its own spend.' : 'Only the agency that manages the pool draws.');
        const left = (a!.subBalances[pledgeId] ?? 0) - (a!.drawn[pledgeId] ?? 0);
        if (!p || pence > left) return refuse('POOL_OVERDRAWN', `The drawdown is ${pounds(pence - Math.max(0, left))} more than is left for ${a!.title}.`, '/subBalances');
        const fence = purposeRefusal(s, a!.cofog) ?? ringFenceRefusal(s, pledgeId, a!.cofog, ctx);
        if (fence) return fence;
        if (s.legalBasis !== 'aligned' && p.drawn + pence > p.paidIn)
          return refuse('POOL_OVERDRAWN', `Only ${pounds(p.paidIn - p.drawn)} of the pledge ${pledgeId} is in the pool as cash.`, '/subBalances');
      }
      const subBalances = [...sums].map(([pledgeId, pence]) => ({ pledgeId, pence }));
      return [emit('FundsDrawn', { allocationId: d.allocationId, title: a!.title, subBalances, consented: consentedAll(s, subBalances) })];
    },
  }),
  SuspendPool: command(z.strictObject({ reason: Prose() }), {
    title: 'Suspend a pool',
    noun: 'suspension',
    by: ['chair'],
    from: ['open'],
    refuses: seated,
    example: { reason: 'Under audit' },
    decide: (s, d, ctx) => standing(s, ctx) ?? [emit('PoolSuspended', d)],
  }),
  ResumePool: command(z.strictObject({ reason: Prose() }), {
    title: 'Resume a pool',
    noun: 'resumption',
    by: ['chair'],
    from: ['suspended'],
    refuses: seated,
    example: { reason: 'The audit is done' },
    decide: (s, d, ctx) => standing(s, ctx) ?? [emit('PoolResumed', d)],
  }),
  ClosePool: command(z.strictObject({ reason: Prose() }), {
    title: 'Close a pool',
    noun: 'closure',
    by: ['chair'],
    from: ['proposed', 'agreed', 'open', 'suspended'],
    refuses: { ...seated, POOL_NOT_SETTLED: 'rule' },
    example: { reason: 'The programme has ended' },
    decide(s, d, ctx) {
      const no = standing(s, ctx);
      if (no) return no;
      const live = Object.values(s.allocations).some((a) => !a.released && Object.entries(a.subBalances).some(([id, p]) => p > (a.drawn[id] ?? 0)));
      const balance = Object.values(s.pledges).some((p) => p.paidIn > p.drawn);
      return live || balance ? refuse('POOL_NOT_SETTLED', 'Draw or release what is allocated, and return what was paid in, first.') : [emit('PoolClosed', d)];
    },
  }),
  ...pledgeCommands,
  ...yearCommands,
};

export const pool = aggregate<PoolState>({
  name: 'pool',
  collection: 'pools',
  initial,
  title: (s) => s.name,
  events,
  commands,
  correctable: { fields: { name: Prose(200) }, by: ['secretariat'] },
});
