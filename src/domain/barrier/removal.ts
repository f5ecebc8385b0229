/** What places say to a claimed removal: confirmed, disputed, or presumed where they stay silent (domain.md 9.7). */
import { z } from 'zod';
import { refuse } from '../kernel/types.js';
import { owingCommitment } from './deeds.js';
import { command, emit } from './events.js';
import { atPlace, here, joinedOnly, joinedRefusal, office, ownersConfirmNothing, removal } from './rules.js';
import { held, part } from '../kernel/parts.js';
import { isIn } from './state.js';
import { Id, Prose } from '../shared/values.js';

export const removalCommands = {
  ConfirmRemoved: command(z.strictObject({ placeId: Id }), {
    title: 'Confirm for your place that a barrier is removed',
    segment: 'removal-confirmations',
    givenBy: office,
    target: atPlace,
    allowedIn: ['removal-claimed'],
    apart: ownersConfirmNothing,
    refuses: { ...joinedOnly, OWNER_CANNOT_CONFIRM: 'who' },
    example: { placeId: 'durham' },
    decide(s, d, ctx) {
      const no = joinedRefusal(s, d.placeId, ctx);
      if (no) return no;
      if (ctx.actor.agency && part(s.owners, ctx.actor.agency))
        return refuse(
          'OWNER_CANNOT_CONFIRM',
          'Your agency owns this barrier. Somebody else of the place confirms.',
        );
      const { confirmed } = s.claim;
      const again = confirmed.includes(d.placeId);
      return [
        ...(again ? [] : [emit('RemovalConfirmed', d)]),
        ...removal(s, here(s, ctx), [...confirmed, d.placeId], ctx.today),
      ];
    },
  }),
  DisputeRemoval: command(z.strictObject({ placeId: Id, reason: Prose() }), {
    title: 'Dispute for your place that a barrier is removed',
    segment: 'removal-disputes',
    givenBy: office,
    target: atPlace,
    allowedIn: ['removal-claimed'],
    apart: ownersConfirmNothing,
    refuses: joinedOnly,
    example: { placeId: 'durham', reason: 'The old form is still asked for' },
    decide(s, d, ctx) {
      const no = joinedRefusal(s, d.placeId, ctx);
      if (no) return no;
      const o = held(s.owners, s.claim.agencyId);
      const least = ctx.ref.workingDays.add(ctx.today, 10);
      const was = o.answer?.dueOn ?? least;
      const keeps = owingCommitment(o, ctx) ? { commitmentId: o.answer!.commitmentId! } : {};
      return [
        emit('RemovalDisputed', {
          ...d,
          agencyId: o.agencyId,
          kind: o.kind,
          raisedBy: s.placeId,
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
    decide(s, _d, ctx) {
      if (!isIn(s, 'removal-claimed') || ctx.today <= s.claim.silentUntil) return [];
      const joined = here(s, ctx);
      if (!joined.includes(s.placeId) || !s.claim.confirmed.includes(s.placeId))
        return [emit('BarrierRemoved', { unconfirmed: true, joined })];
      return removal(s, joined, s.claim.confirmed, ctx.today);
    },
  }),
};
