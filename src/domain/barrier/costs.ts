/** Commands on what a barrier costs an agency, which is private until that agency opens it (domain.md 8.4). */
import { z } from 'zod';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { command, emit } from './events.js';
import { seated } from './rules.js';
import { inWork, type BarrierState, type Cost } from './state.js';
import { part, partOr } from '../kernel/parts.js';
import { officerOfPlace, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Pence, Prose } from '../shared/values.js';

const same = (known: Cost, d: { pence: number; evidence: string; consent: boolean }): boolean =>
  known.pence === d.pence && known.evidence === d.evidence && known.consented === d.consent;
/** The agency that bears a cost belongs to the place that raised the barrier or to one that joined it. */
function bearerRefusal(s: BarrierState, ctx: Context) {
  const no = withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, ctx.actor.place ?? s.placeId);
  if (no) return no;
  const ours =
    ctx.actor.role !== 'finance-officer' || Object.keys(s.joined).some((p) => officerOfPlace(ctx, p));
  return ours
    ? undefined
    : refuse(
        'NOT_OF_THE_PLACE',
        'Only an agency of a place that raised or joined the barrier can do this, each for itself.',
      );
}
const bearers = ['seat-holder', 'chair', 'finance-officer'] as const;
const bearer = { ...seated, NOT_OF_THE_PLACE: 'who' } as const;
const anyJoined = (s: BarrierState) => ({ placeIds: Object.keys(s.joined) });

export const costCommands = {
  CostBarrier: command(
    z.strictObject({
      pence: Pence,
      evidence: Prose(),
      consent: z.boolean({ error: 'Select whether the figure may be shown to the programme' }),
    }),
    {
      title: 'Put a figure on what a barrier costs your agency',
      segment: 'costs',
      givenBy: bearers,
      target: anyJoined,
      allowedIn: inWork,
      replaces(s, d, actor) {
        const known = part(s.costs, actor.agency!);
        return known !== undefined && !same(known, d);
      },
      refuses: bearer,
      example: { pence: 120_000_00, evidence: 'Two posts that only reconcile forms', consent: false },
      decide(s, d, ctx) {
        const no = bearerRefusal(s, ctx);
        if (no) return no;
        const known = part(s.costs, ctx.actor.agency!);
        return known && same(known, d) ? [] : [emit('BarrierCosted', { agencyId: ctx.actor.agency!, ...d })];
      },
    },
  ),
  DiscloseBarrierCost: command(z.strictObject({}), {
    title: 'Open what a barrier costs your agency',
    segment: 'cost-disclosures',
    givenBy: bearers,
    target: anyJoined,
    refuses: { ...bearer, COST_UNKNOWN: 'rule' },
    example: {},
    decide(s, _d, ctx) {
      const known =
        bearerRefusal(s, ctx) ??
        partOr(s.costs, ctx.actor.agency, () =>
          refuse('COST_UNKNOWN', 'Your agency has put no figure on this barrier. Enter one first.'),
        );
      if (isRefusal(known)) return known;
      return known.consented
        ? []
        : [
            emit('BarrierCostDisclosed', {
              agencyId: ctx.actor.agency!,
              pence: known.pence,
              evidence: known.evidence,
            }),
          ];
    },
  }),
};
