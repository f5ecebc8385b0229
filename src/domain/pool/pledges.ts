/** Commands on pledges: what an agency promises, confirms, and lets others see (domain.md 9.12). Nobody binds another agency's money. */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { exceeds, totalRefusal } from '../shared/money.js';
import { held, part, partOr, type Parts } from '../kernel/parts.js';
import { officerOfPlace, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import {
  FinancialYear,
  PartId,
  Pence,
  PositivePence,
  Prose,
  longDate,
  pounds,
  ref,
} from '../shared/values.js';
import { givenOf, openedBy, owing, committedOf, type Pledge, type PoolState } from './state.js';
import { yearSettled } from './year-end.js';
import { command, emit } from './events.js';
import { endsOrphan } from './orphans.js';

const live: readonly PoolState['status'][] = ['proposed', 'agreed', 'open'];
const pledgers = ['seat-holder', 'chair', 'finance-officer'] as const;
const unknown = () => refuse('PLEDGE_UNKNOWN', 'The pool has no such pledge.', '/pledgeId');
/** What names a pledge in an event, with the consent in force. */
export const pledgeRef = (p: Pledge) => ({
  pledgeId: p.pledgeId,
  agencyId: p.agencyId,
  financialYear: p.financialYear,
  consented: p.consented,
});
const sum = (list: Parts<number>): number => Object.values(list).reduce((n, x) => n + x, 0);
export const figures = (p: Pledge) => ({
  pledgedPence: p.pledged,
  confirmedPence: p.confirmed,
  paidInPence: p.paidIn,
  allocatedPence: p.allocated,
  drawnPence: p.drawn,
});

/** A partner of the pool; a finance officer of an agency of the place, but for what it owed when it left. */
function partnerRefusal(s: PoolState, ctx: Context, owed?: Pledge) {
  if (!s.partners.includes(ctx.actor.agency!))
    return refuse('NOT_A_PARTNER', 'Only partners of the pool can do this, each for itself.');
  return ctx.actor.role === 'finance-officer' && !owed?.orphanedOn && !officerOfPlace(ctx, s.placeId)
    ? refuse('NOT_A_PARTNER', 'Your agency holds no seat in this place.')
    : undefined;
}
/** Of those who pledge: a seat-holder needs the seat. */
const standing = (s: PoolState, ctx: Context) =>
  withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, s.placeId) ?? partnerRefusal(s, ctx);
/** A pledge of the actor's own agency. */
function ownPledge(s: PoolState, pledgeId: string, ctx: Context) {
  const p = partOr(s.pledges, pledgeId, unknown);
  return isRefusal(p) || p.agencyId === ctx.actor.agency
    ? p
    : refuse('NOT_OWN_PLEDGE', 'Only the agency that pledged can do this.', '/pledgeId');
}
/** Of finance officers alone, a pledge of their own agency. */
const officersPledge = (s: PoolState, pledgeId: string, ctx: Context, owed?: Pledge) =>
  withdrawnRefusal(ctx, s.placeId) ?? partnerRefusal(s, ctx, owed) ?? ownPledge(s, pledgeId, ctx);
/** With what stands of the others, so that nothing that is made of a pool's pledges is beyond what numbers hold. */
function tooMuch(s: PoolState, { pledgeId, amountPence }: { pledgeId: string; amountPence: number }) {
  const refused = (others: readonly number[]) =>
    totalRefusal([amountPence, ...others], 'The pledges of a pool', '/amountPence');
  // A pool has many pledges, and they are counted only where it may matter.
  if (!refused([s.everPledged])) return undefined;
  return refused(
    Object.values(s.pledges).flatMap((p) =>
      p.pledgeId === pledgeId || p.status === 'withdrawn' ? [] : Math.max(p.pledged, p.confirmed),
    ),
  );
}
/** The stream a pledge comes from exists, is not ended, and covers the year. */
function streamRefusal(id: string, year: string, ctx: Context) {
  const stream = ctx.named('fundingstream', id).state;
  const fits = stream.status === 'active' && stream.years.from <= year && year <= stream.years.to;
  return fits
    ? undefined
    : refuse(
        'FUNDING_STREAM_NOT_AVAILABLE',
        'This funding stream does not exist, has ended, or does not cover the year.',
        '/fundingStreamId',
      );
}
const partner = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who', NOT_A_PARTNER: 'who' } as const;
const officers = {
  PLACE_WITHDRAWN: 'state',
  NOT_A_PARTNER: 'who',
  PLEDGE_UNKNOWN: 'rule',
  NOT_OWN_PLEDGE: 'who',
} as const;
const mine = { ...partner, ...officers } as const;

export const pledgeCommands = {
  Pledge: command(
    z.strictObject({
      pledgeId: PartId,
      financialYear: FinancialYear,
      amountPence: PositivePence,
      fundingStreamId: ref('fundingstream').optional(),
    }),
    {
      title: 'Pledge money to a pool',
      segment: 'pledges',
      givenBy: pledgers,
      allowedIn: live,
      refuses: {
        ...partner,
        AGENCY_RETIRED: 'rule',
        PLEDGE_EXISTS: 'state',
        YEAR_NOT_IN_POOL: 'rule',
        YEAR_SETTLED: 'state',
        TOTAL_TOO_LARGE: 'rule',
        FUNDING_STREAM_NOT_AVAILABLE: 'rule',
      },
      example: { pledgeId: 'council-2009', financialYear: '2009-10', amountPence: 50_000_00 },
      decide(s, d, ctx) {
        const no = standing(s, ctx);
        if (no) return no;
        if (isRetired(ctx.read('agency', ctx.actor.agency!).state, ctx.today))
          return refuse('AGENCY_RETIRED', 'Your agency is retired. Its successor pledges.');
        const left = part(s.notices, ctx.actor.agency!);
        if (left && left <= ctx.today)
          return refuse('NOT_A_PARTNER', `Your agency left the pool on ${longDate(left)}.`);
        if (part(s.pledges, d.pledgeId))
          return refuse('PLEDGE_EXISTS', 'There is a pledge with this id. Choose another.', '/pledgeId');
        if (!s.years.includes(d.financialYear))
          return refuse('YEAR_NOT_IN_POOL', `The pool covers ${s.years.join(', ')}.`, '/financialYear');
        const over = yearSettled(s, d.financialYear) ?? tooMuch(s, d);
        if (over) return over;
        const stream = d.fundingStreamId ? streamRefusal(d.fundingStreamId, d.financialYear, ctx) : undefined;
        return stream ?? [emit('PledgeMade', { ...d, agencyId: ctx.actor.agency!, consented: false })];
      },
    },
  ),
  ChangePledge: command(z.strictObject({ pledgeId: PartId, amountPence: PositivePence, reason: Prose() }), {
    title: 'Change a pledge before it is confirmed',
    segment: 'pledge-changes',
    givenBy: pledgers,
    allowedIn: live,
    replaces: true,
    refuses: { ...mine, PLEDGE_IS_CONFIRMED: 'state', TOTAL_TOO_LARGE: 'rule' },
    example: { pledgeId: 'council-2009', amountPence: 60_000_00, reason: 'The board agreed more' },
    decide(s, d, ctx) {
      const p = standing(s, ctx) ?? ownPledge(s, d.pledgeId, ctx);
      if (isRefusal(p)) return p;
      if (p.status !== 'pledged')
        return refuse(
          'PLEDGE_IS_CONFIRMED',
          `The pledge is ${p.status}. A confirmed pledge is reduced, not changed.`,
        );
      if (p.pledged === d.amountPence) return [];
      return (
        tooMuch(s, d) ?? [
          emit('PledgeChanged', {
            ...pledgeRef(p),
            fromPence: p.pledged,
            toPence: d.amountPence,
            reason: d.reason,
          }),
        ]
      );
    },
  }),
  WithdrawPledge: command(z.strictObject({ pledgeId: PartId, reason: Prose() }), {
    title: 'Withdraw a pledge before it is confirmed',
    segment: 'pledge-withdrawals',
    givenBy: pledgers,
    allowedIn: live,
    refuses: { ...mine, PLEDGE_IS_CONFIRMED: 'state' },
    example: { pledgeId: 'council-2009', reason: 'The budget was cut' },
    decide(s, d, ctx) {
      const p = standing(s, ctx) ?? ownPledge(s, d.pledgeId, ctx);
      if (isRefusal(p)) return p;
      if (p.status === 'withdrawn') return [];
      return p.status === 'confirmed'
        ? refuse('PLEDGE_IS_CONFIRMED', 'A confirmed pledge is reduced, not withdrawn.')
        : [emit('PledgeWithdrawn', { ...pledgeRef(p), reason: d.reason })];
    },
  }),
  ConfirmPledge: command(
    z.strictObject({
      pledgeId: PartId,
      consent: z.boolean({ error: 'Select whether the figures may be shown to the programme' }),
    }),
    {
      title: 'Confirm a pledge',
      segment: 'pledge-confirmations',
      givenBy: ['finance-officer'],
      allowedIn: live,
      apart: {
        code: 'SOD_CONFLICT',
        after: ['PledgeMade', 'PledgeChanged'],
        of: (d) => d.pledgeId,
        detail: 'You made this pledge or changed it. Another finance officer of your agency confirms it.',
      },
      refuses: {
        ...officers,
        AGENCY_RETIRED: 'rule',
        PLEDGE_IS_WITHDRAWN: 'state',
        YEAR_SETTLED: 'state',
        FUNDING_STREAM_NOT_AVAILABLE: 'rule',
      },
      example: { pledgeId: 'council-2009', consent: true },
      decide(s, d, ctx) {
        const p = officersPledge(s, d.pledgeId, ctx);
        if (isRefusal(p)) return p;
        if (p.status === 'confirmed') return [];
        if (p.status === 'withdrawn') return refuse('PLEDGE_IS_WITHDRAWN', 'The pledge was withdrawn.');
        // Confirming is what makes it a contribution; what was confirmed before its agency retired is still paid in, under the old body.
        if (isRetired(ctx.read('agency', p.agencyId).state, ctx.today))
          return refuse(
            'AGENCY_RETIRED',
            'Your agency is retired: nothing new is contributed in its name. Its successor pledges.',
          );
        const stream =
          yearSettled(s, p.financialYear) ??
          (p.fundingStreamId ? streamRefusal(p.fundingStreamId, p.financialYear, ctx) : undefined);
        return (
          stream ?? [
            emit('PledgeConfirmed', {
              ...pledgeRef(p),
              consented: d.consent,
              figures: { ...figures(p), confirmedPence: p.pledged },
            }),
          ]
        );
      },
    },
  ),
  ConsentToDisclosure: command(z.strictObject({ pledgeId: PartId }), {
    title: 'Consent to show a pledge’s figures to the programme',
    segment: 'disclosure-consents',
    givenBy: ['finance-officer'],
    refuses: { ...officers, PLEDGE_IS_NOT_CONFIRMED: 'state' },
    example: { pledgeId: 'council-2009' },
    decide(s, d, ctx) {
      const p = officersPledge(s, d.pledgeId, ctx);
      if (isRefusal(p)) return p;
      if (p.status !== 'confirmed')
        return refuse('PLEDGE_IS_NOT_CONFIRMED', 'Consent is given with the confirmation, or after it.');
      if (p.consented) return [];
      const { pledgeIds, allocationIds } = openedBy(s, d.pledgeId);
      const opened = {
        pledges: pledgeIds.map((id) => ({
          pledgeId: id,
          figures: figures(held(s.pledges, id)),
          reservedPence: held(s.pledges, id).reserved,
        })),
        allocations: allocationIds.map((allocationId) => {
          const { subBalances, drawn } = held(s.allocations, allocationId);
          return { allocationId, pence: sum(subBalances), drawnPence: sum(drawn) };
        }),
      };
      return [
        emit('PledgeDisclosureConsented', {
          ...pledgeRef(p),
          consented: true,
          figures: figures(p),
          reservedPence: p.reserved,
          opened,
        }),
      ];
    },
  }),
  ReducePledge: command(z.strictObject({ pledgeId: PartId, toPence: Pence, reason: Prose() }), {
    title: 'Reduce a confirmed pledge',
    segment: 'pledge-reductions',
    givenBy: ['finance-officer'],
    allowedIn: ['proposed', 'agreed'],
    replaces: true,
    refuses: {
      ...officers,
      PLEDGE_IS_NOT_CONFIRMED: 'state',
      NOT_A_REDUCTION: 'rule',
      PLEDGE_IN_USE: 'rule',
    },
    example: { pledgeId: 'council-2009', toPence: 40_000_00, reason: 'A grant was cut' },
    decide(s, d, ctx) {
      const p = officersPledge(s, d.pledgeId, ctx);
      if (isRefusal(p)) return p;
      if (p.status !== 'confirmed')
        return refuse('PLEDGE_IS_NOT_CONFIRMED', 'Only a confirmed pledge is reduced.');
      if (exceeds(d.toPence, p.confirmed - 1))
        return refuse('NOT_A_REDUCTION', 'Enter less than what is confirmed.', '/toPence');
      if (exceeds(committedOf(p), d.toPence))
        return refuse(
          'PLEDGE_IN_USE',
          `${pounds(committedOf(p))} of it is paid in, allocated or reserved.`,
          '/toPence',
        );
      return [
        emit('PledgeReduced', {
          ...pledgeRef(p),
          fromPence: p.confirmed,
          toPence: d.toPence,
          reason: d.reason,
        }),
        ...endsOrphan(p, d.toPence - givenOf(s, p), 'reduced'),
      ];
    },
  }),
  PayIn: command(z.strictObject({ pledgeId: PartId, pence: PositivePence, reference: Prose(100) }), {
    title: 'Pay cash into a pool',
    segment: 'payments',
    givenBy: ['finance-officer'],
    allowedIn: ['open'],
    refuses: {
      ...officers,
      PLEDGE_IS_NOT_CONFIRMED: 'state',
      PAID_IN_FULL: 'rule',
      YEAR_SETTLED: 'state',
      ALIGNED_POOL_HOLDS_NO_CASH: 'rule',
    },
    example: { pledgeId: 'council-2009', pence: 25_000_00, reference: 'BACS 4711' },
    decide(s, d, ctx) {
      const p = officersPledge(s, d.pledgeId, ctx, part(s.pledges, d.pledgeId));
      if (isRefusal(p)) return p;
      if (s.legalBasis === 'aligned')
        return refuse(
          'ALIGNED_POOL_HOLDS_NO_CASH',
          'In an aligned pool each agency keeps its money. Record what is spent as a draw.',
        );
      if (p.status !== 'confirmed')
        return refuse('PLEDGE_IS_NOT_CONFIRMED', 'The pledge has to be confirmed first.');
      const over = yearSettled(s, p.financialYear);
      if (over) return over;
      if (exceeds(p.paidIn + d.pence, p.confirmed))
        return refuse('PAID_IN_FULL', `The pledge still owes ${pounds(p.confirmed - p.paidIn)}.`, '/pence');
      return [
        emit('CashPaidIn', {
          ...pledgeRef(p),
          pence: d.pence,
          paidInPence: p.paidIn + d.pence,
          reference: d.reference,
        }),
        ...endsOrphan(p, owing(s, p) - d.pence, 'kept'),
      ];
    },
  }),
};
