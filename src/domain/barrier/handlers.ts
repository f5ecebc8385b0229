/** Who handles a barrier for its owner (docs/rules/barrier.md#handlers). */
import { z } from 'zod';
import { held, part } from '../kernel/parts.js';
import { PersonAccount } from '../shared/values.js';
import { command, emit } from './events.js';
import { mine, ownerRefusal, owners } from './owners.js';

const AssignHandlerData = z.strictObject({
  account: PersonAccount.meta({
    label: 'Who handles it for your agency',
    hint: 'A person or a post of your agency. You can name another at any time.',
  }),
});

export const handlerCommands = {
  AssignHandler: command(AssignHandlerData, {
    title: 'Name who handles a barrier for your agency',
    segment: 'handlers',
    givenBy: owners,
    allowedIn: ['triaged', 'owned', 'answered', 'in-action', 'removal-claimed'],
    replaces: (state, { account }, { agency }) =>
      ![undefined, account].includes(part(state.owners, agency)?.handler),
    refuses: mine,
    example: { account: 'post.official.department-for-work-and-pensions' },
    guard: ownerRefusal,
    decide(state, { account }, { actor }) {
      const { agencyId, handler } = held(state.owners, actor.agency);
      return handler === account
        ? []
        : [emit('HandlerAssigned', { agencyId, account, ...(handler ? { from: handler } : {}) })];
    },
  }),
};
