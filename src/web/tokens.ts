/**
 * Somebody's own sign-ins and tokens for scripts: seen, ended and made. A token outlives the session that it
 * was made in, so it is made by who proved a moment ago who they are.
 */
import { createHash } from 'node:crypto';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { secretHash } from '../domain/accounts/state.js';
import type { Instant } from '../domain/shared/calendar.js';
import { Name } from '../domain/shared/values.js';
import { existing } from '../domain/kernel/parts.js';
import type { RecordQuery } from '../http/query/declare.js';
import { queries } from '../http/questions/index.js';
import { isFresh } from '../http/server/fresh-sign-in.js';
import { personalTokenOf } from '../http/server/personal-token.js';
import { formField } from './cross-site.js';
import type { KeptForm } from './kept-form.js';
import type { Keyring } from './keyring.js';
import type { SessionAccounts, Sessions } from './sessions.js';
import { foreignForm } from './sign-in.js';
import type { Visit } from './visit.js';

export const tokensAddress = '/account/tokens';
const endAddress = '/account/tokens/end';
/** Days that a token may last: as long as a grant at most. */
const lasting = [30, 90, 365] as const;
const dayMs = 86_400_000;
/** Of a token's id, in hexadecimal digits. */
const sidLength = 32;

/** What the page of tokens is given by the door. */
export interface TokensDoor {
  readonly sessions: Sessions;
  readonly accounts: SessionAccounts;
  readonly keyring: Keyring;
  readonly logNow: () => Instant;
  again(
    request: FastifyRequest,
    reply: FastifyReply,
    form: Pick<KeptForm, 'address' | 'key' | 'entries'>,
  ): unknown;
}
/** And by the pages. */
export interface TokensPages {
  visit(request: FastifyRequest): Visit;
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    template: string,
    model: object,
    status?: number,
  ): unknown;
  askToSignIn(request: FastifyRequest, reply: FastifyReply): unknown;
}

const several = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]);
const Sent = z.object({
  label: z.string().default(''),
  days: z.coerce.number().catch(0),
  grants: several,
});
const Session = z.object({
  sid: z.string(),
  kind: z.enum(['browser', 'token']),
  startedAt: z.string(),
  until: z.string(),
  label: z.string().nullable(),
  grants: z.array(z.string()).nullable(),
  endedAt: z.string().nullable(),
});
interface Mistake {
  readonly text: string;
  readonly href: string;
}

export function installTokens(app: FastifyInstance, door: TokensDoor, pages: TokensPages): void {
  const tokens = new Tokens(door, pages);
  app.register(async (web) => {
    await web.register(formbody);
    web.get(tokensAddress, (request, reply) => tokens.show(request, reply));
    web.post(tokensAddress, (request, reply) => tokens.make(request, reply));
    web.post(endAddress, (request, reply) => tokens.end(request, reply));
  });
}

class Tokens {
  readonly #question: RecordQuery;

  constructor(
    private readonly door: TokensDoor,
    private readonly pages: TokensPages,
  ) {
    const question = queries.find(
      (one): one is RecordQuery => one.url === '/v1/account' && one.kind === 'record',
    );
    this.#question = existing(question, '/v1/account');
  }

  async show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: object = {},
    status = 200,
  ): Promise<unknown> {
    const visit = this.pages.visit(request);
    if (!visit.isSignedIn) return this.pages.askToSignIn(request, reply);
    const { sessions } = this.door;
    const { body } = await visit.record(this.#question, '', {});
    const open = z
      .array(Session)
      .parse(body.sessions)
      .filter(({ endedAt, until }) => endedAt === null && until > this.door.logNow());
    const field = (address: string) => ({ name: formField, value: sessions.formToken(request, address) });
    const model = {
      title: 'Your sign-ins and tokens',
      address: tokensAddress,
      token: field(tokensAddress),
      end: { address: endAddress, token: field(endAddress) },
      own: visit.principal.session,
      sessions: open.map((one) => ({
        ...one,
        grants: one.grants?.map((grant) => grantOf(grant, visit)),
      })),
      grants: visit.grants.map((value) => ({ value, text: visit.shower.grant(value), checked: false })),
      lasting: lasting.map((days) => ({
        value: String(days),
        text: `${days} days`,
        checked: days === lasting[0],
      })),
      mistakes: [],
      ...more,
    };
    return this.pages.send(request, reply, 'tokens.njk', model, status);
  }

  async make(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { principal, grants: held } = this.pages.visit(request);
    const { sessions, accounts, keyring, logNow } = this.door;
    const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    const key = sessions.readForm(request, tokensAddress, body[formField]);
    if (key === undefined) throw foreignForm();
    const { label, days, grants } = Sent.parse(body);
    const mistakes = mistakesIn(label, days, grants, held);
    if (mistakes.length > 0) {
      return this.show(request, reply, { mistakes, label }, 400);
    }
    if (!isFresh(principal, Date.now())) {
      const entries: (readonly [string, string])[] = [
        ['label', label],
        ['days', String(days)],
        ...grants.map((grant) => ['grants', grant] as const),
      ];
      return this.door.again(request, reply, { address: tokensAddress, key, entries });
    }
    // Sent twice it is one token: both follow from the form's key.
    const made = personalTokenOf(keyring.mac('token', key));
    if (!accounts.token(made))
      await accounts.startSession(principal.account, {
        sid: createHash('sha256').update(made).digest('hex').slice(0, sidLength),
        kind: 'token',
        until: new Date(Date.parse(logNow()) + days * dayMs).toISOString(),
        grants,
        secret: secretHash(made),
        label,
      });
    return this.show(request, reply, { made });
  }

  async end(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { principal } = this.pages.visit(request);
    const { sessions, accounts } = this.door;
    const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    if (sessions.readForm(request, endAddress, body[formField]) === undefined) throw foreignForm();
    const { sid } = body;
    if (sid === principal.session) await sessions.end(request, reply);
    // Another's is none of this account's: nothing is ended.
    else if (typeof sid === 'string') await accounts.endSession(principal.account, sid);
    return reply.redirect(tokensAddress, 303);
  }
}

/** A grant of a token in words, and whether it still does anything. */
const grantOf = (grant: string, visit: Visit): string =>
  visit.grants.includes(grant)
    ? visit.shower.grant(grant)
    : `${visit.shower.grant(grant)} (not yours any more: it does nothing)`;

function mistakesIn(
  label: string,
  days: number,
  grants: readonly string[],
  held: readonly string[],
): Mistake[] {
  const mistakes: Mistake[] = [];
  if (!Name.safeParse(label).success)
    mistakes.push({ text: 'Enter what the token is for, in up to 200 characters', href: '#label' });
  if (grants.length === 0 || grants.some((grant) => !held.includes(grant)))
    mistakes.push({ text: 'Choose in which of your roles the script acts', href: '#grants' });
  if (!lasting.some((known) => known === days))
    mistakes.push({ text: 'Choose how long it lasts', href: '#days' });
  return mistakes;
}
