/**
 * Pledges of an agency that left the table or is retired (docs/rules/pool.md#orphaned-pledges): leaving is
 * never refused for them, the place settles each within 20 working days. What was confirmed its agency may
 * still pay in; what it does not, the chair releases.
 */
import { z } from 'zod';
import { refuse, type Context, type Emitted } from '../kernel/types.js';
import { held, part } from '../kernel/parts.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Id, partId, Reason } from '../shared/values.js';
import { givenOf, owing, committedOf, type Pledge, type PoolState } from './state.js';
import { aboutPledge } from './about.js';
import type { OrphanEnd } from './orphan-events.js';
import { command, emit, type events } from './events.js';
import * as wording from './wording.js';

/** That something is owed of it follows from figures: open only where they are. */
const of = (pledge: Pledge) => ({
  pledgeId: pledge.pledgeId,
  agencyId: pledge.agencyId,
  financialYear: pledge.financialYear,
  consented: pledge.consented && !pledge.hidden,
});

/**
 * What goes with the event after which an orphaned pledge owes so many pence: where that is nothing, it is
 * settled.
 */
export const endsOrphan = (pledge: Pledge, pence: number, because: z.infer<typeof OrphanEnd>) =>
  pledge.orphanedOn && pence <= 0 ? [emit('PledgeOrphanEnded', { ...of(pledge), because })] : [];

/**
 * What goes with carrying so many pence of an orphaned pledge forward, so many of them not paid in: the new
 * one is to be settled too.
 */
export function carriesOrphan(
  state: PoolState,
  pledge: Pledge,
  to: { pledgeId: string; financialYear: string },
  unpaid: number,
) {
  const { orphanedOn, orphanCause: cause } = pledge;
  if (!orphanedOn) return [];
  const next =
    cause && unpaid > 0
      ? [emit('PledgeOrphaned', { ...of(pledge), ...to, placeId: state.placeId, cause })]
      : [];
  return [...next, ...endsOrphan(pledge, owing(state, pledge) - unpaid, 'carried-forward')];
}

/**
 * Why nobody answers for an agency's pledges. A seat that waits for its next holder is not left; the
 * accountable body's officers are of the place.
 */
function gone(state: PoolState, agencyId: string, context: Context): Pledge['orphanCause'] {
  // Noted when the retirement is recorded, though its date may lie ahead: there is no second event to hear
  // of.
  if (context.read('agency', agencyId).state.status === 'retired') return 'agency-retired';
  const seated = Object.values(context.read('collaborative', state.placeId).state.seats).some(
    (x) => x.agencyId === agencyId && x.status !== 'vacated',
  );
  return seated || context.read('place', state.placeId).state.accountableBodyId === agencyId
    ? undefined
    : 'seat-left';
}

const ReleasePledgeData = z.strictObject({
  pledgeId: partId('pledge').meta({ label: 'Pledge' }),
  reason: Reason,
});

export const orphanCommands = {
  OrphanPledges: command(z.strictObject({ agencyId: Id }), {
    title: 'Note which pledges of an agency nobody answers for',
    givenBy: ['system'],
    refuses: {},
    example: { agencyId: 'county-durham-pct' },
    decide(state, data, context) {
      if (state.status === 'none' || state.status === 'closed' || withdrawnRefusal(context, state.placeId))
        return [];
      const cause = gone(state, data.agencyId, context);
      return Object.values(state.pledges)
        .filter((p) => p.agencyId === data.agencyId)
        .flatMap((pledge): readonly Emitted<typeof events>[] => {
          if (!cause) return endsOrphan(pledge, 0, 'seated-again');
          return pledge.orphanedOn || owing(state, pledge) <= 0
            ? []
            : [emit('PledgeOrphaned', { ...of(pledge), placeId: state.placeId, cause })];
        });
    },
  }),
  ReleasePledge: command(ReleasePledgeData, {
    title: 'Release a pledge that nobody answers for',
    segment: 'pledge-releases',
    givenBy: ['chair'],
    allowedIn: ['proposed', 'agreed', 'open', 'suspended'],
    refuses: {
      PLACE_WITHDRAWN: 'state',
      NOT_A_SEAT_HOLDER: 'who',
      PLEDGE_UNKNOWN: 'rule',
      PLEDGE_NOT_ORPHANED: 'state',
      PLEDGE_IN_USE: 'rule',
    },
    example: { pledgeId: 'council-2009', reason: 'The trust has left the collaborative' },
    part: aboutPledge(({ orphanedOn }) => orphanedOn !== undefined),
    guard(state, context, pledgeId) {
      const no = withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);
      if (no) return no;
      const p = part(state.pledges, pledgeId);
      if (!p) return refuse('PLEDGE_UNKNOWN', wording.noSuchPledge, '/pledgeId');
      if (!p.orphanedOn) return refuse('PLEDGE_NOT_ORPHANED', wording.pledgeNotOrphaned, '/pledgeId');
      const beyond = committedOf(p) - givenOf(state, p);
      return p.status === 'confirmed' && beyond > 0
        ? refuse('PLEDGE_IN_USE', wording.usedBeyondPaid(beyond), '/pledgeId')
        : undefined;
    },
    decide(state, data) {
      const p = held(state.pledges, data.pledgeId);
      const { pledgeId, agencyId, financialYear, consented } = p;
      const pledge = { pledgeId, agencyId, financialYear, consented, reason: data.reason };
      if (p.status === 'pledged') return [emit('PledgeWithdrawn', pledge)];
      const toPence = givenOf(state, p);
      return [
        emit('PledgeReduced', { ...pledge, fromPence: p.confirmed, toPence }),
        ...endsOrphan(p, 0, 'reduced'),
      ];
    },
  }),
};
