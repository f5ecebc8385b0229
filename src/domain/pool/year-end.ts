/** A pool's year end (domain.md 9.12): what is left is carried forward by every contributor, or returned when the year is settled. */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { exceeds } from '../shared/money.js';
import { part } from '../kernel/parts.js';
import { officerOfPlace, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { FinancialYear, longDate, yearEnd } from '../shared/values.js';
import { committedOf, type Pledge, type PoolState } from './state.js';
import { command, emit } from './events.js';
import { carriesOrphan, endsOrphan } from './orphans.js';

/** A year's accounts are late after 30 June, and stop the pool's draws after 30 September. */
export const settlement = (financialYear: string): { dueOn: string; stopsDrawsAfter: string } => {
  const year = yearEnd(financialYear).slice(0, 4);
  return { dueOn: `${year}-06-30`, stopsDrawsAfter: `${year}-09-30` };
};
const contributions = (s: PoolState, financialYear: string): Pledge[] =>
  Object.values(s.pledges).filter((p) => p.financialYear === financialYear && p.status === 'confirmed');

/** Refuses what would move money of a settled year. */
export const yearSettled = (s: PoolState, financialYear: string) =>
  s.settled.includes(financialYear)
    ? refuse(
        'YEAR_SETTLED',
        `${financialYear} is settled: nothing more is pledged, paid in or allocated for it.`,
      )
    : undefined;

/** Refuses every draw while a year with money in it is unsettled past its last day. */
export function yearNotSettled(s: PoolState, today: string) {
  const late = [...new Set(Object.values(s.pledges).map((p) => p.financialYear))]
    .sort()
    .find(
      (y) =>
        !s.settled.includes(y) && contributions(s, y).length > 0 && today > settlement(y).stopsDrawsAfter,
    );
  return late
    ? refuse(
        'YEAR_NOT_SETTLED',
        `${late} was to be settled by ${longDate(settlement(late).stopsDrawsAfter)}. The manager settles it first.`,
      )
    : undefined;
}
function yearRefusal(s: PoolState, financialYear: string, ctx: Context) {
  if (contributions(s, financialYear).length === 0)
    return refuse('YEAR_NOT_IN_POOL', 'The pool has no confirmed pledge for this year.', '/financialYear');
  return ctx.today > yearEnd(financialYear)
    ? undefined
    : refuse('YEAR_NOT_OVER', `The year ends on ${longDate(yearEnd(financialYear))}.`, '/financialYear');
}
/** A part id for the carried pledge that no pledge has. */
function carriedId(s: PoolState, pledgeId: string, year: string): string {
  let id = `${pledgeId.slice(0, 48)}-${year}`;
  while (part(s.pledges, id)) id += '-c';
  return id;
}
const nextYear = (fy: string): string => {
  const y = Number(fy.slice(0, 4)) + 1;
  return `${y}-${String((y + 1) % 100).padStart(2, '0')}`;
};
/** A ring-fenced grant, or any stream's money, reaches no further than the years of its stream. */
function reaches(p: Pledge, year: string, ctx: Context): boolean {
  const stream = p.fundingStreamId ? ctx.read('fundingstream', p.fundingStreamId).state : undefined;
  return !stream || (stream.status === 'active' && year <= stream.years.to);
}
/** Whether a figure that follows from the pledge's others may be open. */
const open = (p: Pledge): boolean => p.consented && !p.hidden;
const of = (p: Pledge) => ({
  pledgeId: p.pledgeId,
  agencyId: p.agencyId,
  financialYear: p.financialYear,
  consented: open(p),
});

export const yearEndCommands = {
  /** Each contributor agrees for itself; with the last one it happens. What its stream does not let reach into the next year stays, and is returned. */
  CarryForward: command(z.strictObject({ financialYear: FinancialYear }), {
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
    decide(s, d, ctx) {
      const agencyId = ctx.actor.agency!;
      const no =
        withdrawnRefusal(ctx, s.placeId) ??
        yearRefusal(s, d.financialYear, ctx) ??
        yearSettled(s, d.financialYear);
      if (no) return no;
      const pledges = contributions(s, d.financialYear);
      if (!pledges.some((p) => p.agencyId === agencyId) || !officerOfPlace(ctx, s.placeId))
        return refuse(
          'NOT_A_CONTRIBUTOR',
          'Only agencies of the place with a confirmed pledge for the year agree, each for itself.',
        );
      const to = nextYear(d.financialYear);
      if (!s.years.includes(to))
        return refuse(
          'YEAR_NOT_IN_POOL',
          `The pool covers ${s.years.join(', ')}. Agree a version that covers ${to} first.`,
          '/financialYear',
        );
      const done = part(s.carrying, d.financialYear) ?? [];
      if (done.includes(agencyId)) return [];
      const agreed = pledges.every((p) => p.agencyId === agencyId || done.includes(p.agencyId));
      const carried = agreed ? pledges.filter((p) => committedOf(p) > p.drawn && reaches(p, to, ctx)) : [];
      return [
        emit('CarryForwardAgreed', { agencyId, financialYear: d.financialYear, agreed }),
        ...carried.flatMap((p) => {
          const toPledgeId = carriedId(s, p.pledgeId, to);
          const [pence, paidInPence] = [committedOf(p) - p.drawn, Math.max(0, p.paidIn - p.drawn)];
          return [
            emit('CarriedForward', {
              ...of(p),
              toPledgeId,
              toYear: to,
              pence,
              paidInPence,
              reservedPence: p.reserved,
              allocatedPence: p.allocated - p.drawn,
            }),
            ...carriesOrphan(s, p, { pledgeId: toPledgeId, financialYear: to }, pence - paidInPence),
          ];
        }),
      ];
    },
  }),
  SettleYear: command(z.strictObject({ financialYear: FinancialYear }), {
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
    decide(s, d, ctx) {
      const no = withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, s.placeId);
      if (no) return no;
      if (ctx.actor.agency !== s.manager)
        return refuse('ONLY_THE_MANAGER_SETTLES', 'Only the agency that manages the pool settles its years.');
      const wrong = yearRefusal(s, d.financialYear, ctx);
      if (wrong) return wrong;
      if (s.settled.includes(d.financialYear)) return [];
      const pledges = contributions(s, d.financialYear);
      if (pledges.some((p) => exceeds(p.allocated, p.drawn) || exceeds(p.reserved, 0)))
        return refuse(
          'MONEY_NOT_DRAWN',
          'Money of this year is still allocated or reserved. Draw it, release it, or carry it forward first.',
        );
      const back = pledges.filter((p) => p.paidIn > p.drawn);
      const over = Object.values(s.pledges).flatMap((p) =>
        p.financialYear === d.financialYear ? endsOrphan(p, 0, 'year-settled') : [],
      );
      return [
        ...back.map((p) =>
          emit('CashReturned', { ...of(p), pence: p.paidIn - p.drawn, paidInPence: p.drawn }),
        ),
        emit('YearSettled', d),
        ...over,
      ];
    },
  }),
};
