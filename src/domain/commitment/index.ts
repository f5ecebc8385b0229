/**
 * Commitment (docs/rules/commitment.md): a promise made by the body that must keep it, with a measure, a date
 * and somebody else who verifies it. `commitment-offer` leads to the promise, `commitment-delivery` keeps it,
 * `commitment-changes` alters or ends it.
 */
import { aggregate } from '../kernel/aggregate.js';
import { refuse, type Context } from '../kernel/types.js';
import { changeCommands } from './changes.js';
import { deliveryCommands } from './delivery.js';
import { events } from './events.js';
import { offerCommands } from './offer.js';
import { initial, present, type CommitmentState } from './state.js';
import { Prose } from '../shared/values.js';
import * as wording from './wording.js';

const ownWord = (state: CommitmentState, context: Context): boolean =>
  state.level === 'whitehall' &&
  context.actor.role === 'official' &&
  context.actor.agency === state.ownerAgencyId;

export const commitment = aggregate<CommitmentState>()({
  name: 'commitment',
  collection: 'commitments',
  initial,
  present,
  title: (state) => state.title,
  events,
  commands: { ...offerCommands, ...deliveryCommands, ...changeCommands },
  correctable: {
    fields: { title: Prose('title') },
    labels: { title: 'What is promised' },
    givenBy: ['secretariat'],
  },
  // A promise is opened by nobody against the word of who made it.
  undisclosable: (state, context) =>
    state.baselineDueOn === undefined || state.consented || ownWord(state, context)
      ? undefined
      : refuse('NOT_DISCLOSED', wording.ownerHasNotConsented(state.ownerAgencyId)),
  // A department opens its own promise; a place's needs a carried decision, and its owner's consent besides.
  mayDisclose: ownWord,
});
