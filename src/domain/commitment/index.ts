/**
 * Commitment (domain.md 9.9): a promise made by the body that must keep it, with a measure, a date and somebody else who
 * verifies it. `commitment-offer` leads to the promise, `commitment-delivery` keeps it, `commitment-changes` alters or ends it.
 */
import { aggregate } from '../kernel/aggregate.js';
import { refuse, type Context } from '../kernel/types.js';
import { changeCommands } from './changes.js';
import { deliveryCommands } from './delivery.js';
import { events } from './events.js';
import { offerCommands } from './offer.js';
import { initial, present, type CommitmentState } from './state.js';
import { Prose } from '../shared/values.js';

const ownWord = (s: CommitmentState, ctx: Context): boolean =>
  s.level === 'whitehall' && ctx.actor.role === 'official' && ctx.actor.agency === s.ownerAgencyId;

export const commitment = aggregate<CommitmentState>()({
  name: 'commitment',
  collection: 'commitments',
  initial,
  present,
  title: (s) => s.title,
  events,
  commands: { ...offerCommands, ...deliveryCommands, ...changeCommands },
  correctable: { fields: { title: Prose(300) }, givenBy: ['secretariat'] },
  // A promise is opened by nobody against the word of who made it.
  undisclosable: (s, ctx) =>
    s.baselineDueOn === undefined || s.consented || ownWord(s, ctx)
      ? undefined
      : refuse(
          'NOT_DISCLOSED',
          `${s.ownerAgencyId} has not consented to show this commitment. Ask them to consent first.`,
        ),
  // A department opens its own promise; a place's needs a carried decision, and its owner's consent besides.
  mayDisclose: ownWord,
});
