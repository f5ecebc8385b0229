/**
 * Commands on delegations: a seat-holder names for a time who acts for them
 * (docs/rules/collaborative.md#delegates).
 */
import { z } from 'zod';
import { addDays, daysBetween } from '../shared/calendar.js';
import { refuse } from '../kernel/types.js';
import { command, emit } from './events.js';
import { accepted, held, live } from './state.js';
import { seatRefusal } from '../shared/seats.js';
import { AccountId, DateOn, PersonAccount } from '../shared/values.js';
import * as wording from './wording.js';

/** In days from its own start (docs/rules/collaborative.md#delegates). */
const longestDelegation = 90;

const NominateDelegateData = z.strictObject({
  to: PersonAccount.meta({ label: 'Who acts for you' }),
  startOn: DateOn.meta({ label: 'First day' }),
  endOn: DateOn.meta({ label: 'Last day' }),
});

export const delegationCommands = {
  NominateDelegate: command(NominateDelegateData, {
    title: 'Name a delegate for a time',
    segment: 'delegations',
    givenBy: ['seat-holder', 'chair'],
    allowedIn: live,
    refuses: { CANNOT_DELEGATE: 'rule', OBSERVERS_ONLY: 'rule', ONLY_SEAT_HOLDERS_DELEGATE: 'who' },
    example: { to: 'post.deputy.durham-constabulary', startOn: '2009-10-01', endOn: '2009-10-31' },
    guard(state, context) {
      const { account, agency } = context.actor;
      if (state.delegations.some((x) => x.to === account && x.endOn >= context.today))
        return refuse('CANNOT_DELEGATE', 'A delegate cannot delegate again.');
      const holds = accepted(state).some(
        (x) => x.account === account && x.agencyId === agency && x.kind === 'voting',
      );
      return holds ? undefined : refuse('ONLY_SEAT_HOLDERS_DELEGATE', wording.onlyHoldersDelegate);
    },
    decide(state, data, context) {
      const { account, agency } = context.actor;
      const theirs = Object.values(state.seats).filter((x) => x.account === data.to && held(x));
      // A delegate votes: whom the rules let only observe gets no vote by this way either.
      const champion = context.read('place', context.recordId).state.champion?.accountId === data.to;
      if (champion || theirs.some((x) => context.read('agency', x.agencyId).state.sector === 'department'))
        return refuse('OBSERVERS_ONLY', wording.observersTakeNoVote, '/to');
      if (theirs.length > 0) return refuse('CANNOT_DELEGATE', wording.delegateHoldsSeat, '/to');
      if (
        data.startOn > data.endOn ||
        daysBetween(data.startOn, data.endOn) > longestDelegation ||
        data.endOn < context.today
      )
        return refuse(
          'CANNOT_DELEGATE',
          wording.delegationTooLong(addDays(data.startOn, longestDelegation)),
          '/endOn',
        );
      return [emit('DelegateNominated', { agencyId: agency, from: account, ...data })];
    },
  }),
  EndDelegation: command(z.strictObject({ to: AccountId.meta({ label: 'Who acts for you now' }) }), {
    title: 'End a delegation',
    segment: 'delegation-ends',
    givenBy: ['seat-holder', 'chair'],
    allowedIn: live,
    refuses: { NOT_A_SEAT_HOLDER: 'who' },
    example: { to: 'post.deputy.durham-constabulary' },
    guard: (_s, context) => seatRefusal(context, context.recordId),
    decide: (state, data, context) =>
      state.delegations.some((x) => x.agencyId === context.actor.agency && x.to === data.to)
        ? [emit('DelegationEnded', { agencyId: context.actor.agency, to: data.to })]
        : [],
  }),
};
