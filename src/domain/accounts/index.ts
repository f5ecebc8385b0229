/**
 * Account (docs/rules/account.md): somebody whom their organisation signs in, and what the log says they may
 * do: asked for by one person, approved by another, until a day.
 */
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { refuse } from '../kernel/types.js';
import { roles, type Grant } from '../shared/access.js';
import { idOf } from '../shared/values.js';
import { anywhere } from './administered.js';
import { calendarAddressCommands } from './calendar-address.js';
import { command, emit, events } from './events.js';
import { grantCommands } from './grants.js';
import { invitationCommands } from './invitations.js';
import { initial, present, type AccountState } from './state.js';
import { suspensionCommands } from './suspension.js';
import { takingOverCommands } from './taking-over.js';
import * as wording from './wording.js';

/** Everybody who has a grant: it is their own account. */
const everybody = (Object.keys(roles) as Grant['role'][]).filter((role) => role !== 'public');

const commands = {
  ...invitationCommands,
  ...takingOverCommands,
  ...grantCommands,
  ...suspensionCommands,
  ...calendarAddressCommands,
  JoinProgramme: command(z.strictObject({ programmeId: idOf('programme').meta({ label: 'Programme' }) }), {
    title: 'Let the administrators of another programme see one’s account',
    segment: 'programmes',
    givenBy: everybody,
    target: anywhere,
    allowedIn: ['active'],
    refuses: { NOT_YOUR_ACCOUNT: 'who' },
    example: { programmeId: 'neighbourhood-budgets' },
    guard: (state, context) =>
      context.actor.account === state.accountId
        ? undefined
        : refuse('NOT_YOUR_ACCOUNT', wording.notYourAccount),
    decide: (state, data) =>
      data.programmeId === state.programmeId || state.alsoOf.includes(data.programmeId)
        ? []
        : [emit('ProgrammeJoined', data)],
  }),
};

export const account = aggregate<AccountState>()({
  name: 'account',
  collection: 'accounts',
  initial,
  present,
  title: (state) => state.accountId,
  events,
  commands,
  disclosure: 'never',
});
