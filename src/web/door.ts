/**
 * The door: who is signed in, how they come in and go out. Put together here from what the log knows, what
 * organisations say and the keys of this service; the pages are given it whole.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formField } from './cross-site.js';
import type { Identity } from '../http/query/deps.js';
import type { Issuer } from './issuers.js';
import { KeptForms, type KeptForm } from './kept-form.js';
import { InvitationLinks } from './invitation-link.js';
import { keyring } from './keyring.js';
import { Sessions, type SessionAccounts, type SessionsOptions } from './sessions.js';
import { installCalendarAddress, type CalendarAccounts } from './calendar-address.js';
import { installTokens, type TokensDoor, type TokensPages } from './tokens.js';
import { installSignIn, type SignInAccounts, type SignInOptions } from './sign-in.js';
import { wording, type Post } from './sign-in-wording.js';

export interface DoorOptions extends Pick<SessionsOptions, 'origin' | 'logNow' | 'now'> {
  /** At least one, of 32 random bytes each, the newest first. */
  readonly secrets: readonly [Uint8Array, ...Uint8Array[]];
  readonly accounts: SessionAccounts & SignInAccounts & CalendarAccounts;
  readonly issuers: readonly Issuer[];
  /** Of the demo alone: posts as which anybody may sign in, and nothing is asked of them. */
  readonly posts?: readonly Post[];
  /** Of the demo alone: whom its own issuer says that somebody is who takes up an invitation. */
  readonly identityOf?: (account: string) => Identity;
  /** True once this node has seen a position. */
  readonly waitForPosition: (position: number) => Promise<boolean>;
}

export class Door {
  readonly sessions: Sessions;
  readonly invitations: InvitationLinks;
  readonly #given: DoorOptions;
  readonly #keyring: ReturnType<typeof keyring>;
  readonly #kept: KeptForms;
  #show: SignInOptions['show'] | undefined;

  constructor(given: DoorOptions) {
    this.#given = given;
    this.#keyring = keyring(given.secrets);
    const { accounts, origin, logNow, issuers, now, posts, identityOf } = given;
    this.sessions = new Sessions({
      keyring: this.#keyring,
      accounts,
      origin,
      logNow,
      issuers,
      ownIssuer: identityOf?.('nobody').issuer,
      ...(posts ? { alwaysFresh: true } : {}),
      ...(now ? { now } : {}),
    });
    this.invitations = new InvitationLinks(this.#keyring, this.sessions.cookies, origin);
    this.#kept = new KeptForms(this.#keyring, this.sessions.cookies, now);
  }

  /** The addresses of the door; `show` sends a page of it. */
  install(app: FastifyInstance, show: SignInOptions['show']): void {
    const kept = this.#kept;
    this.#show = show;
    installSignIn(app, { ...this.#given, sessions: this.sessions, keyring: this.#keyring, kept, show });
  }

  /** Somebody's own sign-ins and tokens, and the address of their calendar. */
  installTokens(app: FastifyInstance, pages: TokensPages): void {
    const { accounts, logNow } = this.#given;
    const own = { ...this.#given, sessions: this.sessions, keyring: this.#keyring };
    installCalendarAddress(app, own, pages);
    const again: TokensDoor['again'] = (request, reply, form) => this.again(request, reply, form);
    installTokens(app, { sessions: this.sessions, accounts, keyring: this.#keyring, logNow, again }, pages);
  }

  /**
   * Answers a form that came when its session was over: it is kept for whoever it was written for, and they
   * are asked to sign in. `entries`: what it sent, without the button that was pressed.
   */
  late(request: FastifyRequest, reply: FastifyReply, address: string, entries: KeptForm['entries']): unknown {
    const field = entries.find(([name]) => name === formField)?.[1];
    const written = this.sessions.readLateForm(request, address, field);
    const own = entries.filter(([name]) => name !== formField);
    const isKept = written !== undefined && this.#kept.keep(reply, { ...written, address, entries: own });
    return this.#show?.(request, reply, wording.late(isKept, written === undefined ? [] : own));
  }

  /**
   * Answers a form that asks its author to sign in again: it is kept, and they come back to it. `key`: its
   * Idempotency-Key.
   */
  again(
    request: FastifyRequest,
    reply: FastifyReply,
    form: Pick<KeptForm, 'address' | 'key' | 'entries'>,
  ): unknown {
    const session = this.sessions.open(request);
    if (!session) return this.late(request, reply, form.address, form.entries);
    const own = form.entries.filter(([name]) => name !== formField);
    const isKept = this.#kept.keep(reply, { ...form, account: session.account, entries: own });
    const issuer = this.#given.issuers.find((one) => one.issuer === session.issuer);
    return this.#show?.(request, reply, wording.again(issuer, isKept, own));
  }
  /** A form was recorded: it is offered no more. */
  recorded(request: FastifyRequest, reply: FastifyReply, key: string): void {
    this.#kept.done(request, reply, key);
  }
}
