/**
 * Money held for a commitment while it is offered (docs/rules/pool.md#reserving): the system's own commands,
 * whose refusal is an event, since its cause waits for an answer; and the place's, which lets go of what it
 * did not ask for.
 */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { FinancialYear, Id, PartId, PositivePence, largestPence, ref, Reason } from '../shared/values.js';
import { exceeds } from '../shared/money.js';
import { held, part } from '../kernel/parts.js';
import { aboutReservation } from './about.js';
import { consentedAll, free, type PoolState, type Reservation } from './state.js';
import { command, emit } from './events.js';
import { yearSettled } from './year-end.js';
import * as wording from './wording.js';
import { atMost } from './limits.js';

export const Reserve = z.strictObject({
  commitmentId: Id,
  pence: PositivePence,
  financialYear: FinancialYear,
  /** Filled in this order. */
  pledgeIds: z.array(PartId).min(1, 'Enter a pledge').max(atMost.pledges),
});
type Reserve = z.infer<typeof Reserve>;
/** Why nothing is reserved: no reason says a figure. */
type Why = readonly [code: string, reason: string];

function whyNot(state: PoolState, data: Reserve, context: Context): Why | undefined {
  if (state.status !== 'open') return ['POOL_NOT_OPEN', `The pool is ${state.status}.`];
  const no = withdrawnRefusal(context, state.placeId);
  if (no) return [no.code, no.detail];
  if (context.read('commitment', data.commitmentId).state.placeId !== state.placeId)
    return ['POOL_OF_ANOTHER_PLACE', 'The pool belongs to another place than the commitment.'];
  if (!state.years.includes(data.financialYear))
    return ['YEAR_NOT_IN_POOL', wording.yearsCovered(state.years)];
  const over = yearSettled(state, data.financialYear);
  if (over) return [over.code, over.detail];
  const unknown = data.pledgeIds.find(
    (id) =>
      part(state.pledges, id)?.status !== 'confirmed' ||
      part(state.pledges, id)?.financialYear !== data.financialYear,
  );
  if (unknown)
    return ['PLEDGE_UNKNOWN', `The pool has no confirmed pledge ${unknown} for ${data.financialYear}.`];
  return undefined;
}

function releasing(commitmentId: string, reserved: Reservation, state: PoolState, reason?: string) {
  const subBalances = Object.entries<number>(reserved.subBalances).map(([pledgeId, pence]) => ({
    pledgeId,
    pence,
  }));
  return [
    emit('FundsReleased', {
      commitmentId,
      subBalances,
      consented: consentedAll(state, subBalances),
      ...(reason === undefined ? {} : { reason }),
    }),
  ];
}

const ReleaseReservationData = z.strictObject({
  commitmentId: ref('commitment').meta({ label: 'Commitment' }),
  reason: Reason,
});

export const reservationCommands = {
  /** On a pool that does not exist nothing happens: whoever names a pool reads first that there is one. */
  ReserveFunds: command(Reserve, {
    title: 'Reserve funds for a commitment',
    givenBy: ['system'],
    refuses: {},
    example: {
      commitmentId: 'outreach-nurses',
      pence: 10_000_00,
      financialYear: '2009-10',
      pledgeIds: ['council-2009'],
    },
    decide(state, data, context) {
      const before = part(state.reservations, data.commitmentId);
      if (state.status === 'none' || (before && !before.released)) return [];
      const { commitmentId } = data;
      const why = whyNot(state, data, context);
      if (why) return [emit('FundsReservationRefused', { commitmentId, code: why[0], reason: why[1] })];
      // Asked again after its release: what was allocated to it meanwhile it has.
      const allocated = Object.values(state.allocations).filter(
        (a) => a.commitmentId === commitmentId && !a.released,
      );
      let wanted = Math.max(
        0,
        data.pence - allocated.flatMap((a) => Object.values(a.subBalances)).reduce((n, x) => n + x, 0),
      );
      const subBalances = [];
      for (const pledgeId of new Set(data.pledgeIds)) {
        const pence = Math.min(wanted, free(held(state.pledges, pledgeId)));
        if (pence > 0) subBalances.push({ pledgeId, pence });
        wanted -= pence;
      }
      const [pledgeId] = data.pledgeIds;
      if (pledgeId !== undefined && wanted === 0 && subBalances.length === 0)
        subBalances.push({ pledgeId, pence: 0 });
      return wanted > 0 || exceeds(data.pence, largestPence)
        ? [
            emit('FundsReservationRefused', {
              commitmentId,
              code: 'OVER_ALLOCATED',
              reason: 'Less than this is left of the pledges named.',
            }),
          ]
        : [emit('FundsReserved', { commitmentId, subBalances, consented: consentedAll(state, subBalances) })];
    },
  }),
  /** What was allocated to the commitment meanwhile stays allocated: its bills may still come. */
  ReleaseFunds: command(z.strictObject({ commitmentId: Id }), {
    title: 'Release what is reserved for a commitment',
    givenBy: ['system'],
    refuses: {},
    example: { commitmentId: 'outreach-nurses' },
    decide(state, data) {
      const reserved = part(state.reservations, data.commitmentId);
      return !reserved || reserved.released ? [] : releasing(data.commitmentId, reserved, state);
    },
  }),
  ReleaseReservation: command(ReleaseReservationData, {
    title:
      'Release money that is held for a commitment, but not what the place itself asked for and its ' +
      'owner relied on',
    segment: 'reservation-releases',
    givenBy: ['secretariat', 'chair'],
    allowedIn: ['open', 'suspended'],
    refuses: {
      PLACE_WITHDRAWN: 'state',
      NOT_A_SEAT_HOLDER: 'who',
      RESERVATION_UNKNOWN: 'rule',
      COMMITMENT_ACCEPTED: 'state',
    },
    example: { commitmentId: 'outreach-nurses', reason: 'The department asked for it without us' },
    part: aboutReservation,
    guard(state, context, commitmentId) {
      const no = withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);
      if (no) return no;
      const reserved = part(state.reservations, commitmentId);
      if (!reserved)
        return refuse('RESERVATION_UNKNOWN', 'The pool holds nothing for this commitment.', '/commitmentId');
      if (reserved.released) return undefined;
      const c = context.named('commitment', commitmentId).state;
      // Offered on to another agency it is a promise still, whose owner may come back to it.
      const promised = c.baselineDueOn !== undefined && c.endedOn === undefined;
      return promised && c.askedByPlace
        ? refuse('COMMITMENT_ACCEPTED', wording.placeAskedForIt, '/commitmentId')
        : undefined;
    },
    decide(state, data) {
      const reserved = held(state.reservations, data.commitmentId);
      return reserved.released ? [] : releasing(data.commitmentId, reserved, state, data.reason);
    },
  }),
};
