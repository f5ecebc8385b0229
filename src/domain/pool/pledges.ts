/**
 * Commands on pledges: what an agency promises, confirms, and lets others see (docs/rules/pool.md#pledges).
 * Nobody binds another agency's money.
 */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { yesNo } from '../shared/fields.js';
import { exceeds, totalRefusal } from '../shared/money.js';
import { held, part, partOr, type Parts } from '../kernel/parts.js';
import { officerOfPlace, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import {
  FinancialYear,
  Pence,
  PositivePence,
  Prose,
  longDate,
  pounds,
  ref,
  partId,
  NewPartId,
  Reason,
} from '../shared/values.js';
import { givenOf, openedBy, owing, committedOf, type Pledge, type PoolState } from './state.js';
import { yearSettled } from './year-end.js';
import { command, emit } from './events.js';
import { aboutPledge } from './about.js';
import { endsOrphan } from './orphans.js';
import * as wording from './wording.js';

const live: readonly PoolState['status'][] = ['proposed', 'agreed', 'open'];
const pledgers = ['seat-holder', 'chair', 'finance-officer'] as const;
const unknown = () => refuse('PLEDGE_UNKNOWN', wording.noSuchPledge, '/pledgeId');
/** What names a pledge in an event, with the consent in force. */
export const pledgeRef = (pledge: Pledge) => ({
  pledgeId: pledge.pledgeId,
  agencyId: pledge.agencyId,
  financialYear: pledge.financialYear,
  consented: pledge.consented,
});
const sum = (list: Parts<number>): number => Object.values(list).reduce((n, x) => n + x, 0);
export const figures = (pledge: Pledge) => ({
  pledgedPence: pledge.pledged,
  confirmedPence: pledge.confirmed,
  paidInPence: pledge.paidIn,
  allocatedPence: pledge.allocated,
  drawnPence: pledge.drawn,
});

/** A partner of the pool; a finance officer of an agency of the place, but for what it owed when it left. */
function partnerRefusal(state: PoolState, context: Context, owed?: Pledge) {
  const { agency } = context.actor;
  if (agency === undefined || !state.partners.includes(agency))
    return refuse('NOT_A_PARTNER', 'Only partners of the pool can do this, each for itself.');
  return context.actor.role === 'finance-officer' &&
    !owed?.orphanedOn &&
    !officerOfPlace(context, state.placeId)
    ? refuse('NOT_A_PARTNER', wording.holdsNoSeat)
    : undefined;
}
/** Of those who pledge: a seat-holder needs the seat. */
const pledgerRefusal = (state: PoolState, context: Context) =>
  withdrawnRefusal(context, state.placeId) ??
  seatRefusal(context, state.placeId) ??
  partnerRefusal(state, context);
/** A pledge of the actor's own agency. */
function ownPledge(state: PoolState, pledgeId: string, context: Context) {
  const p = partOr(state.pledges, pledgeId, unknown);
  return isRefusal(p) || p.agencyId === context.actor.agency
    ? p
    : refuse('NOT_OWN_PLEDGE', wording.notOwnPledge(p), '/pledgeId');
}
/** Of finance officers alone, a pledge of their own agency. */
const officersPledge = (state: PoolState, pledgeId: string, context: Context, owed?: Pledge) =>
  withdrawnRefusal(context, state.placeId) ??
  partnerRefusal(state, context, owed) ??
  ownPledge(state, pledgeId, context);
/**
 * With what stands of the others, so that nothing that is made of a pool's pledges is beyond what numbers
 * hold.
 */
function tooMuch(state: PoolState, { pledgeId, pledgedPence }: { pledgeId: string; pledgedPence: number }) {
  const refused = (others: readonly number[]) =>
    totalRefusal([pledgedPence, ...others], 'The pledges of a pool', '/pledgedPence');
  // A pool has many pledges, and they are counted only where it may matter.
  if (!refused([state.everPledged])) return undefined;
  return refused(
    Object.values(state.pledges).flatMap((pledge) =>
      pledge.pledgeId === pledgeId || pledge.status === 'withdrawn'
        ? []
        : Math.max(pledge.pledged, pledge.confirmed),
    ),
  );
}
/** The stream a pledge comes from exists, is not ended, and covers the year. */
function streamRefusal(id: string, year: string, context: Context) {
  const stream = context.named('fundingstream', id).state;
  const fits = stream.status === 'active' && stream.years.from <= year && year <= stream.years.to;
  return fits
    ? undefined
    : refuse('FUNDING_STREAM_NOT_AVAILABLE', wording.streamNotAvailable, '/fundingStreamId');
}
const partner = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who', NOT_A_PARTNER: 'who' } as const;
const officers = {
  PLACE_WITHDRAWN: 'state',
  NOT_A_PARTNER: 'who',
  PLEDGE_UNKNOWN: 'rule',
  NOT_OWN_PLEDGE: 'who',
} as const;
const mine = { ...partner, ...officers } as const;

const ChangePledgeData = z.strictObject({
  pledgeId: partId('pledge').meta({ label: 'Pledge' }),
  pledgedPence: PositivePence.meta({ label: 'New amount', from: '/pledges/{pledgeId}/pledgedPence' }),
  reason: Reason,
});
const WithdrawPledgeData = z.strictObject({
  pledgeId: partId('pledge').meta({ label: 'Pledge' }),
  reason: Reason,
});
const ReducePledgeData = z.strictObject({
  pledgeId: partId('pledge').meta({ label: 'Pledge' }),
  toPence: Pence.meta({ label: 'New amount' }),
  reason: Reason,
});
const PayInData = z.strictObject({
  pledgeId: partId('pledge').meta({ label: 'Pledge' }),
  pence: PositivePence.meta({ label: 'Amount' }),
  reference: Prose('label').meta({
    label: 'Reference of the payment',
    hint: 'As it stands in the ledger of whoever paid.',
  }),
});

export const pledgeCommands = {
  Pledge: command(
    z.strictObject({
      pledgeId: NewPartId,
      financialYear: FinancialYear.meta({ label: 'Which year' }),
      pledgedPence: PositivePence.meta({ label: 'Amount' }),
      fundingStreamId: ref('fundingstream')
        .optional()
        .meta({ label: 'Funding stream that it comes from', hint: 'Only for money with conditions.' }),
    }),
    {
      title: 'Pledge money to a pool',
      segment: 'pledges',
      renamed: { amountPence: 'pledgedPence' },
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
      example: { pledgeId: 'council-2009', financialYear: '2009-10', pledgedPence: 50_000_00 },
      guard(state, context) {
        const no = pledgerRefusal(state, context);
        if (no) return no;
        const { agency } = context.actor;
        if (isRetired(context.read('agency', agency).state, context.today))
          return refuse('AGENCY_RETIRED', 'Your agency is retired. Its successor pledges.');
        const left = part(state.notices, agency);
        return left && left <= context.today
          ? refuse('NOT_A_PARTNER', `Your agency left the pool on ${longDate(left)}.`)
          : undefined;
      },
      decide(state, data, context) {
        const { pledgedPence, ...pledge } = data;
        const { agency } = context.actor;
        if (part(state.pledges, data.pledgeId))
          return refuse('PLEDGE_EXISTS', 'There is a pledge with this id. Choose another.', '/pledgeId');
        if (!state.years.includes(data.financialYear))
          return refuse('YEAR_NOT_IN_POOL', wording.yearsCovered(state.years), '/financialYear');
        const over = yearSettled(state, data.financialYear) ?? tooMuch(state, data);
        if (over) return over;
        const stream = data.fundingStreamId
          ? streamRefusal(data.fundingStreamId, data.financialYear, context)
          : undefined;
        return (
          stream ?? [
            emit('PledgeMade', { ...pledge, amountPence: pledgedPence, agencyId: agency, consented: false }),
          ]
        );
      },
    },
  ),
  ChangePledge: command(ChangePledgeData, {
    title: 'Change a pledge before it is confirmed',
    segment: 'pledge-changes',
    renamed: { amountPence: 'pledgedPence' },
    givenBy: pledgers,
    allowedIn: live,
    replaces: true,
    refuses: { ...mine, PLEDGE_IS_CONFIRMED: 'state', TOTAL_TOO_LARGE: 'rule' },
    example: { pledgeId: 'council-2009', pledgedPence: 60_000_00, reason: 'The board agreed more' },
    part: aboutPledge(({ status }) => status === 'pledged'),
    guard(state, context, pledgeId) {
      const p = pledgerRefusal(state, context) ?? ownPledge(state, pledgeId, context);
      if (isRefusal(p)) return p;
      return p.status === 'pledged'
        ? undefined
        : refuse('PLEDGE_IS_CONFIRMED', wording.changedBeforeConfirmedOnly(p.status));
    },
    decide(state, data) {
      const p = held(state.pledges, data.pledgeId);
      if (p.pledged === data.pledgedPence) return [];
      return (
        tooMuch(state, data) ?? [
          emit('PledgeChanged', {
            ...pledgeRef(p),
            fromPence: p.pledged,
            toPence: data.pledgedPence,
            reason: data.reason,
          }),
        ]
      );
    },
  }),
  WithdrawPledge: command(WithdrawPledgeData, {
    title: 'Withdraw a pledge before it is confirmed',
    segment: 'pledge-withdrawals',
    givenBy: pledgers,
    allowedIn: live,
    refuses: { ...mine, PLEDGE_IS_CONFIRMED: 'state' },
    example: { pledgeId: 'council-2009', reason: 'The budget was cut' },
    part: aboutPledge(({ status }) => status === 'pledged'),
    guard(state, context, pledgeId) {
      const p = pledgerRefusal(state, context) ?? ownPledge(state, pledgeId, context);
      if (isRefusal(p)) return p;
      return p.status === 'confirmed'
        ? refuse('PLEDGE_IS_CONFIRMED', 'A confirmed pledge is reduced, not withdrawn.')
        : undefined;
    },
    decide(state, data) {
      const p = held(state.pledges, data.pledgeId);
      return p.status === 'withdrawn'
        ? []
        : [emit('PledgeWithdrawn', { ...pledgeRef(p), reason: data.reason })];
    },
  }),
  ConfirmPledge: command(
    z.strictObject({
      pledgeId: partId('pledge').meta({ label: 'Pledge' }),
      consent: yesNo('Select whether the figures may be shown to the programme').meta({
        label: 'May the figures be shown to the programme?',
      }),
    }),
    {
      title: 'Confirm a pledge',
      segment: 'pledge-confirmations',
      freshSignIn: true,
      givenBy: ['finance-officer'],
      allowedIn: live,
      part: aboutPledge(({ status }) => status === 'pledged'),
      apart: {
        code: 'SOD_CONFLICT',
        after: ['PledgeMade', 'PledgeChanged'],
        ofPart: true,
        detail: wording.confirmedByAnother,
      },
      refuses: {
        ...officers,
        AGENCY_RETIRED: 'rule',
        PLEDGE_IS_WITHDRAWN: 'state',
        YEAR_SETTLED: 'state',
        FUNDING_STREAM_NOT_AVAILABLE: 'rule',
      },
      example: { pledgeId: 'council-2009', consent: true },
      guard(state, context, pledgeId) {
        const p = officersPledge(state, pledgeId, context);
        if (isRefusal(p)) return p;
        if (p.status === 'confirmed') return undefined;
        if (p.status === 'withdrawn') return refuse('PLEDGE_IS_WITHDRAWN', 'The pledge was withdrawn.');
        // Confirming is what makes it a contribution; what was confirmed before its agency retired is still
        // paid in, under the old body.
        if (isRetired(context.read('agency', p.agencyId).state, context.today))
          return refuse('AGENCY_RETIRED', wording.confirmerRetired);
        return (
          yearSettled(state, p.financialYear) ??
          (p.fundingStreamId ? streamRefusal(p.fundingStreamId, p.financialYear, context) : undefined)
        );
      },
      decide(state, data) {
        const p = held(state.pledges, data.pledgeId);
        if (p.status === 'confirmed') return [];
        return [
          emit('PledgeConfirmed', {
            ...pledgeRef(p),
            consented: data.consent,
            figures: { ...figures(p), confirmedPence: p.pledged },
          }),
        ];
      },
    },
  ),
  ConsentToDisclosure: command(z.strictObject({ pledgeId: partId('pledge').meta({ label: 'Pledge' }) }), {
    title: 'Consent to show a pledge’s figures to the programme',
    segment: 'disclosure-consents',
    givenBy: ['finance-officer'],
    refuses: { ...officers, PLEDGE_IS_NOT_CONFIRMED: 'state' },
    example: { pledgeId: 'council-2009' },
    part: aboutPledge(({ status, consented }) => status === 'confirmed' && !consented),
    guard(state, context, pledgeId) {
      const p = officersPledge(state, pledgeId, context);
      if (isRefusal(p)) return p;
      return p.status === 'confirmed'
        ? undefined
        : refuse('PLEDGE_IS_NOT_CONFIRMED', 'Consent is given with the confirmation, or after it.');
    },
    decide(state, data) {
      const p = held(state.pledges, data.pledgeId);
      if (p.consented) return [];
      const { pledgeIds, allocationIds } = openedBy(state, data.pledgeId);
      const opened = {
        pledges: pledgeIds.map((id) => ({
          pledgeId: id,
          figures: figures(held(state.pledges, id)),
          reservedPence: held(state.pledges, id).reserved,
        })),
        allocations: allocationIds.map((allocationId) => {
          const { subBalances, drawn } = held(state.allocations, allocationId);
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
  ReducePledge: command(ReducePledgeData, {
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
    part: aboutPledge(({ status }) => status === 'confirmed'),
    guard(state, context, pledgeId) {
      const p = officersPledge(state, pledgeId, context);
      if (isRefusal(p)) return p;
      return p.status === 'confirmed'
        ? undefined
        : refuse('PLEDGE_IS_NOT_CONFIRMED', 'Only a confirmed pledge is reduced.');
    },
    decide(state, data) {
      const p = held(state.pledges, data.pledgeId);
      if (exceeds(data.toPence, p.confirmed - 1))
        return refuse('NOT_A_REDUCTION', wording.lessThanConfirmed, '/toPence');
      if (exceeds(committedOf(p), data.toPence))
        return refuse('PLEDGE_IN_USE', wording.pledgeInUse(committedOf(p)), '/toPence');
      return [
        emit('PledgeReduced', {
          ...pledgeRef(p),
          fromPence: p.confirmed,
          toPence: data.toPence,
          reason: data.reason,
        }),
        ...endsOrphan(p, data.toPence - givenOf(state, p), 'reduced'),
      ];
    },
  }),
  PayIn: command(PayInData, {
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
    part: aboutPledge(({ status, paidIn, confirmed }) => status === 'confirmed' && paidIn < confirmed),
    guard(state, context, pledgeId) {
      const p = officersPledge(state, pledgeId, context, part(state.pledges, pledgeId));
      if (isRefusal(p)) return p;
      if (state.legalBasis === 'aligned')
        return refuse('ALIGNED_POOL_HOLDS_NO_CASH', wording.alignedPoolHoldsNoCash);
      if (p.status !== 'confirmed')
        return refuse('PLEDGE_IS_NOT_CONFIRMED', 'The pledge has to be confirmed first.');
      return yearSettled(state, p.financialYear);
    },
    decide(state, data) {
      const p = held(state.pledges, data.pledgeId);
      if (exceeds(p.paidIn + data.pence, p.confirmed))
        return refuse('PAID_IN_FULL', `The pledge still owes ${pounds(p.confirmed - p.paidIn)}.`, '/pence');
      return [
        emit('CashPaidIn', {
          ...pledgeRef(p),
          pence: data.pence,
          paidInPence: p.paidIn + data.pence,
          reference: data.reference,
        }),
        ...endsOrphan(p, owing(state, p) - data.pence, 'kept'),
      ];
    },
  }),
};
