/**
 * A pool through its year: the position its manager reports, and the notice of a partner who leaves
 * (docs/rules/pool.md#position).
 */
import { z } from 'zod';
import { refuse } from '../kernel/types.js';
import { monthsLater } from '../shared/calendar.js';
import { exceeds } from '../shared/money.js';
import { part } from '../kernel/parts.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Pence, Prose, longDate, yearOf, Reason } from '../shared/values.js';
import { Period, type PoolState, type MonthlyPosition } from './state.js';
import { command, emit } from './events.js';
import * as wording from './wording.js';
import { unexplainedVariance } from './limits.js';

const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;

function isReported(
  state: PoolState,
  data: Pick<MonthlyPosition, 'actualPence' | 'forecastPence'> & {
    period: string;
    cause?: string | undefined;
    action?: string | undefined;
  },
): boolean {
  const last = part(state.positions, data.period);
  return (
    last !== undefined &&
    last.actualPence === data.actualPence &&
    last.forecastPence === data.forecastPence &&
    last.cause === data.cause &&
    last.action === data.action
  );
}

const GiveNoticeData = z.strictObject({
  leavesOn: DateOn.meta({ label: 'Day on which your agency leaves' }),
  reason: Reason,
});

export const yearCommands = {
  ReportPosition: command(
    z.strictObject({
      period: Period.meta({ label: 'Which month' }),
      actualPence: Pence.meta({ label: 'Spent so far' }),
      forecastPence: Pence.meta({ label: 'Expected to be spent by the end of the year' }),
      cause: Prose().optional().meta({ label: 'Why it differs' }),
      action: Prose().optional().meta({ label: 'What is done about it' }),
    }),
    {
      title: 'Report a pool’s position',
      segment: 'positions',
      givenBy: ['seat-holder', 'finance-officer'],
      allowedIn: ['open', 'suspended'],
      replaces: (state, data) => part(state.positions, data.period) !== undefined && !isReported(state, data),
      refuses: {
        ...seated,
        ONLY_THE_MANAGER_REPORTS: 'who',
        YEAR_NOT_IN_POOL: 'rule',
        PERIOD_IN_FUTURE: 'rule',
        VARIANCE_UNEXPLAINED: 'rule',
      },
      example: { period: '2009-09', actualPence: 40_000_00, forecastPence: 100_000_00 },
      guard(state, context) {
        const no = withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);
        if (no) return no;
        return context.actor.agency === state.manager
          ? undefined
          : refuse('ONLY_THE_MANAGER_REPORTS', wording.onlyManagerReports);
      },
      decide(state, data, context) {
        const financialYear = yearOf(`${data.period}-01`);
        if (!state.years.includes(financialYear))
          return refuse('YEAR_NOT_IN_POOL', wording.yearsCovered(state.years), '/period');
        if (`${data.period}-01` > context.today)
          return refuse('PERIOD_IN_FUTURE', 'Report a month that has begun.', '/period');
        const pledges = Object.values(state.pledges).filter(
          (p) => p.status === 'confirmed' && p.financialYear === financialYear,
        );
        const budgetPence = pledges.reduce((n, p) => n + p.confirmed, 0);
        const variance = Math.abs(data.forecastPence - budgetPence);
        // A part of it without leaving whole numbers.
        if (
          (exceeds(variance, unexplainedVariance.pence) ||
            exceeds(variance, Math.floor(budgetPence / unexplainedVariance.onePartIn))) &&
          !(data.cause && data.action)
        ) {
          return refuse(
            'VARIANCE_UNEXPLAINED',
            wording.varianceUnexplained(variance, budgetPence),
            data.cause ? '/action' : '/cause',
          );
        }
        const { period, ...position } = data;
        return isReported(state, data)
          ? []
          : [
              emit('PositionReported', {
                period,
                financialYear,
                budgetPence,
                ...position,
                consented: pledges.every((p) => p.consented),
              }),
            ];
      },
    },
  ),
  GiveNotice: command(GiveNoticeData, {
    title: 'Give notice to leave a pool',
    segment: 'exit-notices',
    givenBy: ['seat-holder', 'chair', 'finance-officer'],
    allowedIn: ['agreed', 'open', 'suspended'],
    refuses: { ...seated, NOT_A_PARTNER: 'who', NOTICE_GIVEN: 'state', NOTICE_TOO_SHORT: 'rule' },
    example: { leavesOn: '2010-09-30', reason: 'The trust is reorganised' },
    guard(state, context) {
      const no = withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);
      if (no) return no;
      return state.partners.includes(context.actor.agency)
        ? undefined
        : refuse('NOT_A_PARTNER', 'Only partners of the pool give notice, each for itself.');
    },
    decide(state, data, context) {
      const { agency: agencyId } = context.actor;
      const given = part(state.notices, agencyId);
      if (given)
        return given === data.leavesOn
          ? []
          : refuse('NOTICE_GIVEN', `Your agency gave notice for ${longDate(given)}.`);
      const earliest = monthsLater(context.today, state.noticeMonths);
      if (data.leavesOn < earliest)
        return refuse('NOTICE_TOO_SHORT', wording.noticeTooShort(state.noticeMonths, earliest), '/leavesOn');
      return [emit('ExitNoticeGiven', { agencyId, leavesOn: data.leavesOn, reason: data.reason })];
    },
  }),
};
