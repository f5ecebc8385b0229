/**
 * Commitment (domain.md 9.9): a promise made by the body that must keep it, with a measure, a date and somebody else who
 * verifies it. `commitment-offer` leads to the promise, `commitment-delivery` keeps it, `commitment-changes` alters or ends it.
 */
import { aggregate } from './aggregate.js';
import { changeCommands } from './commitment-changes.js';
import { refuse } from './core.js';
import { deliveryCommands } from './commitment-delivery.js';
import { events } from './commitment-events.js';
import { offerCommands } from './commitment-offer.js';
import { initial, type CommitmentState } from './commitment-state.js';
import { Prose } from './values.js';

export const commitment = aggregate<CommitmentState>({
  name: 'commitment',
  collection: 'commitments',
  initial,
  title: (s) => s.title,
  events,
  commands: { ...offerCommands, ...deliveryCommands, ...changeCommands },
  correctable: { fields: { title: Prose(300) }, by: ['secretariat'] },
  // A department opens its own promise; a place's needs a carried decision, and its owner's consent besides.
  mayDisclose: (s, ctx) => s.level === 'whitehall' && ctx.actor.role === 'official' && ctx.actor.agency === s.ownerAgencyId,
  undisclosable: (s) => (s.acceptedOn && !s.consented ? refuse('NOT_DISCLOSED', `The owner, ${s.ownerAgencyId}, has not consented to its being shown. Ask it to consent first.`) : undefined),
});
