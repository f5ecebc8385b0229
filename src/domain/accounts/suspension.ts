/** Commands that stop an account and let it go on (docs/rules/account.md#suspension). */
import { z } from 'zod';
import { isRefusal, refuse } from '../kernel/types.js';
import { Reason } from '../shared/values.js';
import { administeredElsewhere, administrators, anywhere, seconds } from './administered.js';
import { although } from './asked.js';
import { auditorRefusal, lastOfItsKind } from './ending.js';
import { command, emit } from './events.js';
import { grantsInForce } from './state.js';
import * as wording from './wording.js';

export const suspensionCommands = {
  Suspend: command(z.strictObject({ reason: Reason, although }), {
    title: 'Suspend an account',
    segment: 'suspensions',
    givenBy: administrators,
    target: anywhere,
    allowedIn: ['invited', 'active'],
    refuses: { AUDITOR_PROTECTED: 'who', LAST_OF_ITS_KIND: 'rule' },
    example: { reason: 'Their laptop was stolen' },
    guard: (state, context) =>
      administeredElsewhere(state, context) ??
      auditorRefusal(state, grantsInForce(state, context.today), context),
    // The last certifier, too: whoever’s sign-in is in wrong hands is stopped at once.
    decide(state, { reason, although: why }, context) {
      const warned = lastOfItsKind(state, grantsInForce(state, context.today), why, context);
      return isRefusal(warned) ? warned : [emit('AccountSuspended', { reason, ...warned })];
    },
  }),
  Reinstate: command(z.strictObject({ reason: Reason }), {
    title: 'Reinstate an account that was suspended',
    segment: 'reinstatements',
    givenBy: seconds,
    target: anywhere,
    // Its grants count again, by this word.
    freshSignIn: true,
    allowedIn: ['suspended'],
    apart: {
      code: 'SECOND_PERSON_REQUIRED',
      after: ['AccountSuspended'],
      // When it was suspended before this time.
      but: (_act, state, context) => state.suspendedBy !== context.actor.account,
      detail: wording.otherPersonReinstates,
    },
    refuses: { SECOND_PERSON_REQUIRED: 'who' },
    example: { reason: 'Has a new laptop' },
    guard: (state, context) =>
      context.actor.account === state.accountId
        ? refuse('SECOND_PERSON_REQUIRED', wording.secondPerson)
        : administeredElsewhere(state, context),
    decide: (_s, data) => [emit('AccountReinstated', data)],
  }),
};
