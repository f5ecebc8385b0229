/**
 * What places say to a claimed removal: confirmed, disputed, or presumed where they stay silent
 * (docs/rules/barrier.md#removal).
 */
import { z } from 'zod';
import { refuse } from '../kernel/types.js';
import { aboutOwnPlace } from '../shared/about.js';
import { owingCommitment } from './deeds.js';
import { command, emit } from './events.js';
import { atPlace, here, joinedOnly, joinedRefusal, office, ownersConfirmNothing, removal } from './rules.js';
import { held, part } from '../kernel/parts.js';
import { isIn } from './state.js';
import { idOf, Reason } from '../shared/values.js';
import { daysFor } from './limits.js';

const DisputeRemovalData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Your place' }),
  reason: Reason,
});

export const removalCommands = {
  ConfirmRemoved: command(z.strictObject({ placeId: idOf('place').meta({ label: 'Your place' }) }), {
    title: 'Confirm for your place that a barrier is removed',
    segment: 'removal-confirmations',
    givenBy: office,
    target: atPlace,
    allowedIn: ['removal-claimed'],
    apart: ownersConfirmNothing,
    refuses: { ...joinedOnly, OWNER_CANNOT_CONFIRM: 'who' },
    example: { placeId: 'durham' },
    part: aboutOwnPlace,
    guard: (state, context, placeId) =>
      joinedRefusal(state, placeId, context) ??
      (part(state.owners, context.actor.agency)
        ? refuse(
            'OWNER_CANNOT_CONFIRM',
            'Your agency owns this barrier. Somebody else of the place confirms.',
          )
        : undefined),
    decide(state, data, context) {
      const { confirmed } = state.claim;
      const again = confirmed.includes(data.placeId);
      return [
        ...(again ? [] : [emit('RemovalConfirmed', data)]),
        ...removal(state, here(state, context), [...confirmed, data.placeId], context.today),
      ];
    },
  }),
  DisputeRemoval: command(DisputeRemovalData, {
    title: 'Dispute for your place that a barrier is removed',
    segment: 'removal-disputes',
    givenBy: office,
    target: atPlace,
    allowedIn: ['removal-claimed'],
    apart: ownersConfirmNothing,
    refuses: joinedOnly,
    example: { placeId: 'durham', reason: 'The old form is still asked for' },
    part: aboutOwnPlace,
    guard: (state, context, placeId) => joinedRefusal(state, placeId, context),
    decide(state, data, context) {
      const o = held(state.owners, state.claim.agencyId);
      const least = context.ref.workingDays.add(context.today, daysFor.disputedDeed);
      const was = o.answer?.dueOn ?? least;
      const keeps = owingCommitment(o, context) ? { commitmentId: o.answer?.commitmentId } : {};
      return [
        emit('RemovalDisputed', {
          ...data,
          agencyId: o.agencyId,
          kind: o.kind,
          raisedBy: state.placeId,
          deedDueOn: was > least ? was : least,
          ...keeps,
        }),
      ];
    },
  }),
  PresumeRemoved: command(z.strictObject({}), {
    title: 'Count a barrier as removed when fifteen working days have passed',
    givenBy: ['system'],
    refuses: {},
    example: {},
    decide(state, _d, context) {
      if (!isIn(state, 'removal-claimed') || context.today <= state.claim.silentUntil) return [];
      const joined = here(state, context);
      if (!joined.includes(state.placeId) || !state.claim.confirmed.includes(state.placeId))
        return [emit('BarrierRemoved', { unconfirmed: true, joined })];
      return removal(state, joined, state.claim.confirmed, context.today);
    },
  }),
};
