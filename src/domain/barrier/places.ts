/**
 * What places do about a barrier they share: join it, leave it, supply the evidence an owner asked for
 * (docs/rules/barrier.md#places).
 */
import { z } from 'zod';
import { refuse, type Context } from '../kernel/types.js';
import { aboutOwnPlace } from '../shared/about.js';
import { command, emit } from './events.js';
import {
  atPlace,
  has,
  here,
  joinedOnly,
  joinedRefusal,
  office,
  ownersActApart,
  removal,
  seated,
} from './rules.js';
import { inWork, isIn, type BarrierState } from './state.js';
import { isEnrolled, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Id, Prose, idOf, Reason } from '../shared/values.js';
import * as wording from './wording.js';

const JoinBarrierData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Your place' }),
  localEffect: Prose('paragraph').meta({ label: 'What it does in your place' }),
});
const LeaveBarrierData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Your place' }),
  reason: Reason,
});
const SupplyEvidenceData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Your place' }),
  evidence: Prose().meta({ label: 'Evidence' }),
  agencyId: Id.optional().meta({
    field: 'part',
    part: 'owner',
    label: 'For which owner',
    hint: 'Leave it empty if it is for all who asked.',
  }),
});
/** Not joined, or enrolled still: the system takes it out of nothing. */
const isToStay = (state: BarrierState, context: Context, placeId: string): boolean =>
  !has(state, placeId) || isEnrolled(context, placeId);
/** Those whose days stand still until they have the evidence. */
const waitingOwners = (state: BarrierState): { agencyId: string; leftDays: number }[] =>
  Object.values(state.owners).flatMap(({ agencyId, leftDays }) =>
    leftDays === undefined ? [] : [{ agencyId, leftDays }],
  );

export const placeCommands = {
  JoinBarrier: command(JoinBarrierData, {
    title: 'Join a barrier for your place',
    segment: 'joins',
    givenBy: [...office, 'member'],
    target: atPlace,
    allowedIn: inWork,
    refuses: seated,
    example: { placeId: 'gateshead', localEffect: 'Three teams assess the same families' },
    part: aboutOwnPlace,
    guard: (_s, context, placeId) => withdrawnRefusal(context, placeId) ?? seatRefusal(context, placeId),
    decide: (state, data) => (has(state, data.placeId) ? [] : [emit('BarrierJoined', data)]),
  }),
  LeaveBarrier: command(LeaveBarrierData, {
    title: 'Leave a barrier that your place joined',
    segment: 'departures',
    // The system takes out a place that was withdrawn.
    givenBy: [...office, 'member', 'system'],
    target: atPlace,
    // A join lives on in the barrier it was merged into; who leaves it there leaves it here.
    allowedIn: [...inWork, 'merged'],
    apart: ownersActApart,
    refuses: { ...joinedOnly, RAISER_STAYS: 'rule' },
    example: { placeId: 'gateshead', reason: 'Solved here' },
    part: aboutOwnPlace,
    guard(state, context, placeId) {
      if (context.actor.role === 'system' && isToStay(state, context, placeId)) return undefined;
      const no = context.actor.role === 'system' ? undefined : joinedRefusal(state, placeId, context);
      if (no) return no;
      return placeId === state.placeId && state.status !== 'merged'
        ? refuse(
            'RAISER_STAYS',
            'The place that raised the barrier cannot leave it. Close it instead.',
            '/placeId',
          )
        : undefined;
    },
    decide(state, data, context) {
      if (context.actor.role === 'system' && isToStay(state, context, data.placeId)) return [];
      const rest = here(state, context).filter((p) => p !== data.placeId);
      return [
        emit('BarrierLeft', data),
        ...(isIn(state, 'removal-claimed') ? removal(state, rest, state.claim.confirmed, context.today) : []),
      ];
    },
  }),
  SupplyEvidence: command(SupplyEvidenceData, {
    title: 'Supply evidence an owner asked for',
    segment: 'evidence',
    givenBy: office,
    target: atPlace,
    allowedIn: inWork,
    refuses: { ...joinedOnly, EVIDENCE_NOT_ASKED: 'state' },
    example: { placeId: 'durham', evidence: 'Case notes of twelve families, 2008-09' },
    part: aboutOwnPlace,
    guard(state, context, placeId) {
      const no = joinedRefusal(state, placeId, context);
      if (no) return no;
      return waitingOwners(state).length > 0
        ? undefined
        : refuse('EVIDENCE_NOT_ASKED', wording.evidenceNotAsked(undefined));
    },
    decide(state, data, context) {
      const waiting = waitingOwners(state)
        .filter(({ agencyId }) => !data.agencyId || data.agencyId === agencyId)
        .map(({ agencyId, leftDays }) => ({
          agencyId,
          answerDueOn: context.ref.workingDays.add(context.today, Math.max(1, leftDays)),
        }));
      if (waiting.length === 0)
        return refuse('EVIDENCE_NOT_ASKED', wording.evidenceNotAsked(data.agencyId), '/agencyId');
      return [emit('EvidenceSupplied', { placeId: data.placeId, evidence: data.evidence, waiting })];
    },
  }),
};
