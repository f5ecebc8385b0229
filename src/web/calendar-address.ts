/**
 * The private address of somebody's calendar, on a page: made, made anew, and shown once
 * (docs/rules/account.md#calendar-address).
 */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from '../commands/request.js';
import { accountRecordId, secretHash } from '../domain/accounts/state.js';
import { existing } from '../domain/kernel/parts.js';
import type { RecordQuery } from '../http/query/declare.js';
import { queries } from '../http/questions/index.js';
import { privateCalendarAddress } from '../http/server/identity.js';
import { Problem } from '../http/server/problem.js';
import { formField, originFor } from './cross-site.js';
import type { Keyring } from './keyring.js';
import type { Sessions } from './sessions.js';
import { foreignForm } from './sign-in.js';
import type { TokensPages } from './tokens.js';

export const calendarPage = '/account/calendar';

/** What the page needs of the log (src/runtime/accounts.ts). */
export interface CalendarAccounts {
  calendarOf(hash: string): string | undefined;
  setCalendarAddress(account: string, hash: string): Promise<Outcome>;
}
export interface CalendarDoor {
  readonly sessions: Sessions;
  readonly accounts: CalendarAccounts;
  readonly keyring: Keyring;
  /** Where people reach the service. */
  readonly origin: string;
  readonly waitForPosition: (position: number) => Promise<boolean>;
}

export function installCalendarAddress(app: FastifyInstance, door: CalendarDoor, pages: TokensPages): void {
  const question = existing(
    queries.find((one): one is RecordQuery => one.url === '/v1/account' && one.kind === 'record'),
    '/v1/account',
  );

  async function show(request: FastifyRequest, reply: FastifyReply, made?: string): Promise<unknown> {
    const visit = pages.visit(request);
    if (!visit.isSignedIn) return pages.askToSignIn(request, reply);
    const { body } = await visit.record(question, '', {});
    const id = encodeURIComponent(accountRecordId(visit.principal.account));
    return pages.send(request, reply, 'calendar-address.njk', {
      title: 'The address of your calendar',
      address: calendarPage,
      token: { name: formField, value: door.sessions.formToken(request, calendarPage) },
      since: body.calendarAddressSince,
      withdraw: `/accounts/${id}/calendar-address-withdrawals`,
      made,
    });
  }

  async function make(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const sent = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    const key = door.sessions.readForm(request, calendarPage, sent[formField]);
    if (key === undefined) throw foreignForm();
    const { account } = pages.visit(request).principal;
    // Sent twice it is one address: it follows from the form's key.
    const secret = door.keyring.mac('calendar', key);
    const hash = secretHash(secret);
    if (door.accounts.calendarOf(hash) !== account) {
      const outcome = await door.accounts.setCalendarAddress(account, hash);
      if (outcome.kind === 'refused')
        throw Problem.refused(outcome.status, outcome.refusal.code, outcome.refusal.detail);
      await door.waitForPosition(outcome.position);
    }
    return show(
      request,
      reply,
      `${originFor(request, door.origin)}${privateCalendarAddress.replace(':secret', secret)}`,
    );
  }

  app.register(async (web) => {
    await web.register(formbody);
    web.get(calendarPage, (request, reply) => show(request, reply));
    web.post(calendarPage, make);
  });
}
