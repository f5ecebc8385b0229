/**
 * The private address of an account's calendar (docs/rules/account.md#calendar-address): made by the door,
 * which shows it once, and withdrawn by whoever holds the account.
 */
import { z } from 'zod';
import { roles, type Grant } from '../shared/access.js';
import { refuse } from '../kernel/types.js';
import { Sha256 } from '../shared/values.js';
import { anywhere } from './administered.js';
import { command, emit } from './events.js';
import * as wording from './wording.js';

/** Everybody who has a grant: it is their own account. */
const everybody = (Object.keys(roles) as Grant['role'][]).filter((role) => role !== 'public');

export const calendarAddressCommands = {
  SetCalendarAddress: command(z.strictObject({ hash: Sha256 }), {
    title: 'Make an address for the calendar of an account',
    givenBy: ['system'],
    allowedIn: ['active'],
    refuses: {},
    example: { hash: '5'.repeat(64) },
    decide: (_s, data) => [emit('CalendarAddressSet', data)],
  }),
  WithdrawCalendarAddress: command(z.strictObject({}), {
    title: 'Withdraw the address of one’s calendar',
    segment: 'calendar-address-withdrawals',
    givenBy: everybody,
    target: anywhere,
    allowedIn: ['active'],
    refuses: { NOT_YOUR_ACCOUNT: 'who', NO_CALENDAR_ADDRESS: 'state' },
    example: {},
    guard(state, context) {
      if (context.actor.account !== state.accountId)
        return refuse('NOT_YOUR_ACCOUNT', wording.notYourAccount);
      return state.calendar ? undefined : refuse('NO_CALENDAR_ADDRESS', wording.noCalendarAddress);
    },
    decide: () => [emit('CalendarAddressWithdrawn', {})],
  }),
};
