/**
 * Money held for a commitment while it is offered (domain.md 8.2, PoolReserver): the system's own commands, whose refusal is an event, since
 * its cause waits for an answer; and the place's, which lets go of what it did not ask for (G15).
 */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { FinancialYear, Id, PartId, PositivePence, Prose, largestPence, ref } from '../shared/values.js';
import { exceeds } from '../shared/money.js';
import { held, part } from '../kernel/parts.js';
import { consentedAll, free, type PoolState, type Reservation } from './state.js';
import { command, emit } from './events.js';
import { yearSettled } from './year-end.js';

export const Reserve = z.strictObject({
  commitmentId: Id,
  pence: PositivePence,
  financialYear: FinancialYear,
  /** Filled in this order. */
  pledgeIds: z.array(PartId).min(1, 'Enter a pledge').max(200),
});
type Reserve = z.infer<typeof Reserve>;
/** Why nothing is reserved: no reason says a figure. */
type Why = readonly [code: string, reason: string];

function whyNot(s: PoolState, d: Reserve, ctx: Context): Why | undefined {
  if (s.status !== 'open') return ['POOL_NOT_OPEN', `The pool is ${s.status}.`];
  const no = withdrawnRefusal(ctx, s.placeId);
  if (no) return [no.code, no.detail];
  if (ctx.read('commitment', d.commitmentId).state.placeId !== s.placeId)
    return ['POOL_OF_ANOTHER_PLACE', 'The pool belongs to another place than the commitment.'];
  if (!s.years.includes(d.financialYear))
    return ['YEAR_NOT_IN_POOL', `The pool covers ${s.years.join(', ')}.`];
  const over = yearSettled(s, d.financialYear);
  if (over) return [over.code, over.detail];
  const unknown = d.pledgeIds.find(
    (id) =>
      part(s.pledges, id)?.status !== 'confirmed' || part(s.pledges, id)?.financialYear !== d.financialYear,
  );
  if (unknown)
    return ['PLEDGE_UNKNOWN', `The pool has no confirmed pledge ${unknown} for ${d.financialYear}.`];
  return undefined;
}

function releasing(commitmentId: string, reserved: Reservation, s: PoolState, reason?: string) {
  const subBalances = Object.entries<number>(reserved.subBalances).map(([pledgeId, pence]) => ({
    pledgeId,
    pence,
  }));
  return [
    emit('FundsReleased', {
      commitmentId,
      subBalances,
      consented: consentedAll(s, subBalances),
      ...(reason === undefined ? {} : { reason }),
    }),
  ];
}

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
    decide(s, d, ctx) {
      const before = part(s.reservations, d.commitmentId);
      if (s.status === 'none' || (before && !before.released)) return [];
      const { commitmentId } = d;
      const why = whyNot(s, d, ctx);
      if (why) return [emit('FundsReservationRefused', { commitmentId, code: why[0], reason: why[1] })];
      // Asked again after its release: what was allocated to it meanwhile it has.
      const allocated = Object.values(s.allocations).filter(
        (a) => a.commitmentId === commitmentId && !a.released,
      );
      let wanted = Math.max(
        0,
        d.pence - allocated.flatMap((a) => Object.values(a.subBalances)).reduce((n, x) => n + x, 0),
      );
      const subBalances = [];
      for (const pledgeId of new Set(d.pledgeIds)) {
        const pence = Math.min(wanted, free(held(s.pledges, pledgeId)));
        if (pence > 0) subBalances.push({ pledgeId, pence });
        wanted -= pence;
      }
      if (wanted === 0 && subBalances.length === 0) subBalances.push({ pledgeId: d.pledgeIds[0]!, pence: 0 });
      return wanted > 0 || exceeds(d.pence, largestPence)
        ? [
            emit('FundsReservationRefused', {
              commitmentId,
              code: 'OVER_ALLOCATED',
              reason: 'Less than this is left of the pledges named.',
            }),
          ]
        : [emit('FundsReserved', { commitmentId, subBalances, consented: consentedAll(s, subBalances) })];
    },
  }),
  /** What was allocated to the commitment meanwhile stays allocated: its bills may still come. */
  ReleaseFunds: command(z.strictObject({ commitmentId: Id }), {
    title: 'Release what is reserved for a commitment',
    givenBy: ['system'],
    refuses: {},
    example: { commitmentId: 'outreach-nurses' },
    decide(s, d) {
      const reserved = part(s.reservations, d.commitmentId);
      return !reserved || reserved.released ? [] : releasing(d.commitmentId, reserved, s);
    },
  }),
  ReleaseReservation: command(z.strictObject({ commitmentId: ref('commitment'), reason: Prose() }), {
    title:
      'Release money that is held for a commitment, but not what the place itself asked for and its owner relied on',
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
    decide(s, d, ctx) {
      const no = withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, s.placeId);
      if (no) return no;
      const reserved = part(s.reservations, d.commitmentId);
      if (!reserved)
        return refuse('RESERVATION_UNKNOWN', 'The pool holds nothing for this commitment.', '/commitmentId');
      if (reserved.released) return [];
      const c = ctx.named('commitment', d.commitmentId).state;
      // Offered on to another agency it is a promise still, whose owner may come back to it.
      const promised = c.baselineDueOn !== undefined && c.endedOn === undefined;
      return promised && c.askedByPlace
        ? refuse(
            'COMMITMENT_ACCEPTED',
            'The place asked for this money, and the commitment was accepted on it. Withdraw the commitment or put another in its stead: the money comes back with it.',
            '/commitmentId',
          )
        : releasing(d.commitmentId, reserved, s, d.reason);
    },
  }),
};
