/**
 * Commands on what a barrier costs an agency, which is private until that agency opens it
 * (docs/rules/barrier.md#costs).
 */
import { z } from 'zod';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { command, emit } from './events.js';
import { seated } from './rules.js';
import { inWork, type BarrierState, type Cost } from './state.js';
import { part, partOr, held } from '../kernel/parts.js';
import { yesNo } from '../shared/fields.js';
import { officerOfPlace, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Pence, Prose } from '../shared/values.js';
import * as wording from './wording.js';

const same = (known: Cost, data: { pence: number; evidence: string; consent: boolean }): boolean =>
  known.pence === data.pence && known.evidence === data.evidence && known.consented === data.consent;
/** The agency that bears a cost belongs to the place that raised the barrier or to one that joined it. */
function bearerRefusal(state: BarrierState, context: Context) {
  const no =
    withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, context.actor.place ?? state.placeId);
  if (no) return no;
  const ours =
    context.actor.role !== 'finance-officer' ||
    Object.keys(state.joined).some((p) => officerOfPlace(context, p));
  return ours ? undefined : refuse('NOT_OF_THE_PLACE', wording.onlyAgenciesOfItsPlaces);
}
const bearers = ['seat-holder', 'chair', 'finance-officer'] as const;
const bearer = { ...seated, NOT_OF_THE_PLACE: 'who' } as const;
const anyJoined = (state: BarrierState) => ({ placeIds: Object.keys(state.joined) });

export const costCommands = {
  CostBarrier: command(
    z.strictObject({
      pence: Pence.meta({ label: 'What it costs your agency in a year' }),
      evidence: Prose().meta({ label: 'How you know' }),
      consent: yesNo('Select whether the figure may be shown to the programme').meta({
        label: 'May the figure be shown to the programme?',
      }),
    }),
    {
      title: 'Put a figure on what a barrier costs your agency',
      segment: 'costs',
      givenBy: bearers,
      target: anyJoined,
      allowedIn: inWork,
      replaces(state, data, actor) {
        const known = part(state.costs, actor.agency);
        return known !== undefined && !same(known, data);
      },
      refuses: bearer,
      example: { pence: 120_000_00, evidence: 'Two posts that only reconcile forms', consent: false },
      guard: bearerRefusal,
      decide(state, data, context) {
        const { agency } = context.actor;
        const known = part(state.costs, agency);
        return known && same(known, data) ? [] : [emit('BarrierCosted', { agencyId: agency, ...data })];
      },
    },
  ),
  DiscloseBarrierCost: command(z.strictObject({}), {
    title: 'Open what a barrier costs your agency',
    segment: 'cost-disclosures',
    givenBy: bearers,
    target: anyJoined,
    refuses: { ...bearer, COST_UNKNOWN: 'rule', CONSENT_STANDS: 'rule' },
    example: {},
    guard(state, context) {
      const known =
        bearerRefusal(state, context) ??
        partOr(state.costs, context.actor.agency, () =>
          refuse('COST_UNKNOWN', 'Your agency has put no figure on this barrier. Enter one first.'),
        );
      if (isRefusal(known)) return known;
      return known.consented
        ? refuse('CONSENT_STANDS', 'What the barrier costs your agency is open already.')
        : undefined;
    },
    decide(state, _d, context) {
      const known = held(state.costs, context.actor.agency);
      return [
        emit('BarrierCostDisclosed', {
          agencyId: context.actor.agency,
          pence: known.pence,
          evidence: known.evidence,
        }),
      ];
    },
  }),
};
