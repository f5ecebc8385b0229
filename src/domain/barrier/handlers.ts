/** Who handles a barrier for its owner (docs/rules/barrier.md#handlers). */
import { z } from 'zod';
import { accountRecordId, grantsInForce } from '../accounts/state.js';
import { held, part } from '../kernel/parts.js';
import { refuse, type Context } from '../kernel/types.js';
import { PersonAccount } from '../shared/values.js';
import { command, emit } from './events.js';
import { mine, ownerRefusal, owners } from './owners.js';
import * as wording from './wording.js';

const AssignHandlerData = z.strictObject({
  account: PersonAccount.meta({
    label: 'Who handles it for your agency',
    hint: 'A person or a post of your agency. You can name another at any time.',
    colleagues: true,
  }),
});

/** Whether an account may act for an agency today, as the log has it. */
const isOf = (agencyId: string, account: string, { read, today }: Context): boolean =>
  grantsInForce(read('account', accountRecordId(account)).state, today).some(
    ({ agency }) => agency === agencyId,
  );
/**
 * Who handles a barrier is of the agency. Where its author's own grant is not in the log, tokens say who may
 * do what, and of nobody is it known here for whom they act.
 */
const strangerRefusal = (agencyId: string, account: string, context: Context) =>
  isOf(agencyId, context.actor.account, context) && !isOf(agencyId, account, context)
    ? refuse('NOT_OF_THE_AGENCY', wording.handlersAreOfTheAgency(agencyId), '/account')
    : undefined;

export const handlerCommands = {
  AssignHandler: command(AssignHandlerData, {
    title: 'Name who handles a barrier for your agency',
    segment: 'handlers',
    givenBy: owners,
    allowedIn: ['triaged', 'owned', 'answered', 'in-action', 'removal-claimed'],
    replaces: (state, { account }, { agency }) =>
      ![undefined, account].includes(part(state.owners, agency)?.handler),
    refuses: { ...mine, NOT_OF_THE_AGENCY: 'rule' },
    example: { account: 'post.official.department-for-work-and-pensions' },
    guard: ownerRefusal,
    decide(state, { account }, context) {
      const { agencyId, handler } = held(state.owners, context.actor.agency);
      if (handler === account) return [];
      return (
        strangerRefusal(agencyId, account, context) ?? [
          emit('HandlerAssigned', { agencyId, account, ...(handler ? { from: handler } : {}) }),
        ]
      );
    },
  }),
};
