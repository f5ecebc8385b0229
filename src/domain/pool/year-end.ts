/**
 * A pool's year end (docs/rules/pool.md#year-end): what is left is carried forward by every contributor, or
 * returned when the year is settled.
 */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { exceeds } from '../shared/money.js';
import { part } from '../kernel/parts.js';
import { officerOfPlace, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { FinancialYear, longDate, yearEnd } from '../shared/values.js';
import { committedOf, type Pledge, type PoolState } from './state.js';
import { command, emit } from './events.js';
import { aboutYear } from './about.js';
import { carriesOrphan, endsOrphan } from './orphans.js';
import * as wording from './wording.js';

/** A year's accounts are late after 30 June, and stop the pool's draws after 30 September. */
export const settlement = (financialYear: string): { dueOn: string; stopsDrawsAfter: string } => {
  const year = yearEnd(financialYear).slice(0, 4);
  return { dueOn: `${year}-06-30`, stopsDrawsAfter: `${year}-09-30` };
};
const contributions = (state: PoolState, financialYear: string): Pledge[] =>
  Object.values(state.pledges).filter((p) => p.financialYear === financialYear && p.status === 'confirmed');

/** Refuses what would move money of a settled year. */
export const yearSettled = (state: PoolState, financialYear: string) =>
  state.settled.includes(financialYear)
    ? refuse('YEAR_SETTLED', wording.yearSettled(financialYear))
    : undefined;

/** Refuses every draw while a year with money in it is unsettled past its last day. */
export function yearNotSettled(state: PoolState, today: string) {
  const late = [...new Set(Object.values(state.pledges).map((p) => p.financialYear))]
    .sort()
    .find(
      (year) =>
        !state.settled.includes(year) &&
        contributions(state, year).length > 0 &&
        today > settlement(year).stopsDrawsAfter,
    );
  return late
    ? refuse('YEAR_NOT_SETTLED', wording.yearNotSettled(late, settlement(late).stopsDrawsAfter))
    : undefined;
}
function yearRefusal(state: PoolState, financialYear: string, context: Context) {
  if (contributions(state, financialYear).length === 0)
    return refuse('YEAR_NOT_IN_POOL', wording.noMoneyInYear, '/financialYear');
  return context.today > yearEnd(financialYear)
    ? undefined
    : refuse('YEAR_NOT_OVER', `The year ends on ${longDate(yearEnd(financialYear))}.`, '/financialYear');
}
/** Characters kept of the id that a carried pledge's is made of: it is followed by the year. */
const longestStem = 48;
/** A part id for the carried pledge that no pledge has. */
function carriedId(state: PoolState, pledgeId: string, year: string): string {
  let id = `${pledgeId.slice(0, longestStem)}-${year}`;
  while (part(state.pledges, id)) id += '-c';
  return id;
}
const nextYear = (fy: string): string => {
  const y = Number(fy.slice(0, 4)) + 1;
  return `${y}-${String((y + 1) % 100).padStart(2, '0')}`;
};
/** A ring-fenced grant, or any stream's money, reaches no further than the years of its stream. */
function reaches(pledge: Pledge, year: string, context: Context): boolean {
  const stream = pledge.fundingStreamId
    ? context.read('fundingstream', pledge.fundingStreamId).state
    : undefined;
  return !stream || (stream.status === 'active' && year <= stream.years.to);
}
/** Whether a figure that follows from the pledge's others may be open. */
const open = (pledge: Pledge): boolean => pledge.consented && !pledge.hidden;
const of = (pledge: Pledge) => ({
  pledgeId: pledge.pledgeId,
  agencyId: pledge.agencyId,
  financialYear: pledge.financialYear,
  consented: open(pledge),
});

export const yearEndCommands = {
  /**
   * Each contributor agrees for itself; with the last one it happens. What its stream does not let reach into
   * the next year stays, and is returned.
   */
  CarryForward: command(z.strictObject({ financialYear: FinancialYear.meta({ label: 'Which year' }) }), {
    title: 'Agree to carry a year’s money forward',
    segment: 'carry-forwards',
    givenBy: ['finance-officer'],
    allowedIn: ['open', 'suspended'],
    refuses: {
      PLACE_WITHDRAWN: 'state',
      NOT_A_CONTRIBUTOR: 'who',
      YEAR_NOT_IN_POOL: 'rule',
      YEAR_NOT_OVER: 'rule',
      YEAR_SETTLED: 'state',
    },
    example: { financialYear: '2009-10' },
    part: aboutYear,
    guard(state, context, year) {
      const no =
        withdrawnRefusal(context, state.placeId) ??
        yearRefusal(state, year, context) ??
        yearSettled(state, year);
      if (no) return no;
      const { agency } = context.actor;
      const contributes = contributions(state, year).some((p) => p.agencyId === agency);
      if (!contributes || !officerOfPlace(context, state.placeId))
        return refuse('NOT_A_CONTRIBUTOR', wording.onlyContributorsAgree);
      const to = nextYear(year);
      return state.years.includes(to)
        ? undefined
        : refuse('YEAR_NOT_IN_POOL', wording.yearNotCovered(state.years, to), '/financialYear');
    },
    decide(state, data, context) {
      const { agency: agencyId } = context.actor;
      const pledges = contributions(state, data.financialYear);
      const to = nextYear(data.financialYear);
      const done = part(state.carrying, data.financialYear) ?? [];
      if (done.includes(agencyId)) return [];
      const agreed = pledges.every((p) => p.agencyId === agencyId || done.includes(p.agencyId));
      const carried = agreed
        ? pledges.filter((p) => committedOf(p) > p.drawn && reaches(p, to, context))
        : [];
      return [
        emit('CarryForwardAgreed', { agencyId, financialYear: data.financialYear, agreed }),
        ...carried.flatMap((pledge) => {
          const toPledgeId = carriedId(state, pledge.pledgeId, to);
          const [pence, paidInPence] = [
            committedOf(pledge) - pledge.drawn,
            Math.max(0, pledge.paidIn - pledge.drawn),
          ];
          return [
            emit('CarriedForward', {
              ...of(pledge),
              toPledgeId,
              toYear: to,
              pence,
              paidInPence,
              reservedPence: pledge.reserved,
              allocatedPence: pledge.allocated - pledge.drawn,
            }),
            ...carriesOrphan(state, pledge, { pledgeId: toPledgeId, financialYear: to }, pence - paidInPence),
          ];
        }),
      ];
    },
  }),
  SettleYear: command(z.strictObject({ financialYear: FinancialYear.meta({ label: 'Which year' }) }), {
    title: 'Settle a year, returning what was not drawn',
    segment: 'year-settlements',
    givenBy: ['seat-holder', 'finance-officer'],
    allowedIn: ['open', 'suspended'],
    refuses: {
      PLACE_WITHDRAWN: 'state',
      NOT_A_SEAT_HOLDER: 'who',
      ONLY_THE_MANAGER_SETTLES: 'who',
      YEAR_NOT_IN_POOL: 'rule',
      YEAR_NOT_OVER: 'rule',
      MONEY_NOT_DRAWN: 'rule',
    },
    example: { financialYear: '2009-10' },
    part: aboutYear,
    guard(state, context, year) {
      const no = withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);
      if (no) return no;
      if (context.actor.agency !== state.manager)
        return refuse('ONLY_THE_MANAGER_SETTLES', wording.onlyManagerSettles);
      const wrong = yearRefusal(state, year, context);
      if (wrong ?? state.settled.includes(year)) return wrong;
      return contributions(state, year).some((p) => exceeds(p.allocated, p.drawn) || exceeds(p.reserved, 0))
        ? refuse('MONEY_NOT_DRAWN', wording.yearNotDrawn)
        : undefined;
    },
    decide(state, data) {
      if (state.settled.includes(data.financialYear)) return [];
      const pledges = contributions(state, data.financialYear);
      const back = pledges.filter((p) => p.paidIn > p.drawn);
      const over = Object.values(state.pledges).flatMap((pledge) =>
        pledge.financialYear === data.financialYear ? endsOrphan(pledge, 0, 'year-settled') : [],
      );
      return [
        ...back.map((pledge) =>
          emit('CashReturned', {
            ...of(pledge),
            pence: pledge.paidIn - pledge.drawn,
            paidInPence: pledge.drawn,
          }),
        ),
        emit('YearSettled', data),
        ...over,
      ];
    },
  }),
};
