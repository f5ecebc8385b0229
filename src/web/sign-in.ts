/**
 * Signing in with one's own organisation, and out again. Each organisation has a redirect address of its own,
 * so that none answers in another's name (docs/adr/0030-signing-in.md).
 */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Outcome } from '../commands/request.js';
import type { Identity } from '../http/query/deps.js';
import { tooMany } from '../http/server/limits.js';
import { Problem } from '../http/server/problem.js';
import { formField } from './cross-site.js';
import type { Issuer } from './issuers.js';
import { keptFormAddress, type KeptForms } from './kept-form.js';
import type { Keyring } from './keyring.js';
import { Declined, IssuerDown, NotProven, oidcClient, type OidcClient, type Proven } from './oidc-client.js';
import { returnAddress } from './return-address.js';
import type { Sessions } from './sessions.js';
import {
  noAccountTyped,
  noInvitee,
  noPost,
  otherPost,
  wording,
  type Post,
  type PostMistake,
  type SignInPage,
} from './sign-in-wording.js';

/** What signing in needs of the log, beside sessions (src/runtime/accounts.ts). */
export interface SignInAccounts {
  bound(identity: Identity): string | undefined;
  /** The account that can be taken up with this secret now. */
  invited(secret: string): string | undefined;
  activate(identity: Identity, secret: string): Promise<Outcome>;
}
export interface SignInOptions {
  readonly issuers: readonly Issuer[];
  readonly accounts: SignInAccounts;
  readonly sessions: Sessions;
  readonly kept: KeptForms;
  readonly keyring: Keyring;
  /** Where people reach the service: `https://total-place.example`. */
  readonly origin: string;
  /** True once this node has seen a position. */
  waitForPosition(position: number): Promise<boolean>;
  /** Shows a page, with the layout of all. */
  show(request: FastifyRequest, reply: FastifyReply, page: SignInPage): unknown;
  /** Of the demo alone: posts as which anybody may sign in. */
  readonly posts?: readonly Post[];
  /** Of the demo alone: whom its own issuer says that somebody is who takes up an invitation. */
  readonly identityOf?: (account: string) => Identity;
  readonly now?: () => number;
}

/** Where the form is sent that signs somebody out. */
export const signOutAddress = '/sign-out';
const minuteMs = 60_000;
/** So long somebody may take at their organisation. */
const underWayMs = 10 * minuteMs;
/** And so long after they opened an invitation. */
const invitedSeconds = 3_600;
/** Requests a minute to sign in, by address: behind one may be a whole council in the morning. */
const mostPerMinute = 120;
/** Sign-ins that are remembered as done, so that none is done twice here. */
const mostRemembered = 10_000;
/** Seconds within which a browser goes on from having signed out here. */
const leavingSeconds = 60;
/** Characters of an invitation's secret that are looked at. */
const longestSecret = 200;

/** A sign-in under way, sealed in a cookie. */
const UnderWay = z.strictObject({
  issuer: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  again: z.boolean(),
  began: z.number(),
});
type UnderWay = z.infer<typeof UnderWay>;
interface Question {
  readonly return?: unknown;
  readonly again?: unknown;
}

export function installSignIn(app: FastifyInstance, given: SignInOptions): void {
  const signIn = new SignIn(given);
  // One for all of its addresses: they are steps of one way.
  const check = app.createRateLimit({ max: mostPerMinute, timeWindow: minuteMs });
  app.register(async (web) => {
    await web.register(formbody);
    web.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const limit = await check(request);
      if (!limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
    });
    web.get('/sign-in', (request, reply) => signIn.choose(request, reply));
    if (given.posts) web.post('/sign-in', (request, reply) => signIn.takePost(request, reply));
    web.get('/sign-in/:issuer', (request, reply) => signIn.ask(request, reply));
    web.get('/sign-in/:issuer/callback', (request, reply) => signIn.answer(request, reply));
    web.post(signOutAddress, (request, reply) => signIn.out(request, reply));
    web.get('/signed-out', (request, reply) => signIn.gone(request, reply));
    web.get(keptFormAddress, (request, reply) => signIn.offerKept(request, reply));
    web.post(keptFormAddress, (request, reply) => signIn.forgetKept(request, reply));
    web.get('/invitation/:secret', { config: { secretInPath: true } }, (request, reply) =>
      signIn.invited(request, reply),
    );
    if (given.identityOf)
      web.post('/invitation/:secret', { config: { secretInPath: true } }, (request, reply) =>
        signIn.takeUp(request, reply),
      );
  });
}

class SignIn {
  readonly #given: SignInOptions;
  readonly #now: () => number;
  readonly #clients: ReadonlyMap<string, { readonly issuer: Issuer; readonly client: OidcClient }>;
  /** States that came back: none comes twice. */
  readonly #answered = new LRUCache<string, true>({ max: mostRemembered, ttl: underWayMs });

  constructor(given: SignInOptions) {
    this.#given = given;
    this.#now = given.now ?? Date.now;
    this.#clients = new Map(
      given.issuers
        .filter(({ signIn }) => signIn)
        .map((issuer) => [
          issuer.id,
          { issuer, client: oidcClient(issuer, `${given.origin}/sign-in/${issuer.id}/callback`, given.now) },
        ]),
    );
  }

  /** Asks which organisation. */
  choose(request: FastifyRequest, reply: FastifyReply): unknown {
    const { return: to, again } = request.query as Question;
    const { posts } = this.#given;
    if (posts)
      return this.#show(
        request,
        reply,
        wording.choosePost(posts, returnAddress(to), this.#given.identityOf !== undefined),
      );
    return this.#show(request, reply, wording.choose(this.#ways(returnAddress(to), again === 'yes')));
  }
  /** Signs in as a post of the demo. */
  async takePost(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { posts = [], sessions } = this.#given;
    if (!sessions.isOwn(request)) throw foreignForm();
    const { post, other, return: to } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    const chosen = post === otherPost ? this.#invitee(other) : posts.find(({ account }) => account === post);
    if (!chosen) {
      const mistake = mistakeIn(post, other);
      return this.#show(
        request,
        reply,
        wording.choosePost(posts, returnAddress(to), this.#given.identityOf !== undefined, mistake),
      );
    }
    await sessions.begin(request, reply, chosen.account);
    return reply.redirect(this.#afterwards(request, returnAddress(to)), 303);
  }
  /** Whoever took up an invitation in the demo comes again by their account's name. */
  #invitee(account: unknown): { readonly account: string } | undefined {
    const { accounts, identityOf } = this.#given;
    if (typeof account !== 'string' || !identityOf) return undefined;
    const named = account.trim();
    return accounts.bound(identityOf(named)) === named ? { account: named } : undefined;
  }
  /** Takes up an invitation in the demo, where no organisation signs anybody in. */
  async takeUp(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { accounts, identityOf, sessions } = this.#given;
    if (!sessions.isOwn(request)) throw foreignForm();
    const { secret } = request.params as { readonly secret: string };
    const account = this.#offered(secret);
    if (account === undefined || !identityOf) return this.#show(request, reply, wording.noInvitation());
    const outcome = await accounts.activate(identityOf(account), secret);
    if (outcome.kind === 'refused')
      return this.#show(request, reply, wording.notActivated(outcome.refusal.detail));
    await this.#given.waitForPosition(outcome.position);
    await sessions.begin(request, reply, account);
    return reply.redirect('/', 303);
  }
  #offered(secret: string): string | undefined {
    return secret.length <= longestSecret ? this.#given.accounts.invited(secret) : undefined;
  }
  /** Whoever was on the way nowhere is offered the form that they left. */
  #afterwards(request: FastifyRequest, to: string): string {
    return to === '/' && this.#given.kept.isThere(request) ? keptFormAddress : to;
  }

  /** Offers the form that somebody sent when their session was over. */
  offerKept(request: FastifyRequest, reply: FastifyReply): unknown {
    const { sessions, kept } = this.#given;
    const session = sessions.open(request);
    if (!session) return reply.redirect(`/sign-in?return=${encodeURIComponent(keptFormAddress)}`, 303);
    const form = kept.read(request, session.account);
    if (!form) return this.#show(request, reply, wording.nothingKept());
    const hidden = form.entries.map(([name, value]) => ({ name, value }));
    const token = { name: formField, value: sessions.formToken(request, form.address, form.key) };
    const forget = { name: formField, value: sessions.formToken(request, keptFormAddress) };
    const offered = { address: form.address, hidden: [...hidden, token], forget: [forget] };
    return this.#show(request, reply, wording.kept(offered));
  }
  forgetKept(request: FastifyRequest, reply: FastifyReply): unknown {
    const { sessions, kept } = this.#given;
    const field = (request.body as Readonly<Record<string, unknown>> | undefined)?.[formField];
    if (sessions.readForm(request, keptFormAddress, field) === undefined) throw foreignForm();
    kept.forget(reply);
    return reply.redirect('/', 303);
  }

  #ways(returnTo: string, again: boolean): { readonly text: string; readonly href: string }[] {
    const asked = new URLSearchParams({
      ...(returnTo === '/' ? {} : { return: returnTo }),
      ...(again ? { again: 'yes' } : {}),
    }).toString();
    return [...this.#clients.values()].map(({ issuer: { id, name } }) => ({
      text: name,
      href: `/sign-in/${id}${asked ? `?${asked}` : ''}`,
    }));
  }

  /** Sends a browser to the organisation it named. */
  async ask(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { issuer, client } = this.#named(request);
    const { return: to, again } = request.query as Question;
    const returnTo = returnAddress(to);
    const asked = await client.ask(again === 'yes').catch((error: unknown) => error as Error);
    if (asked instanceof Error) return this.#failed(request, reply, issuer, returnTo, asked);
    const underWay: UnderWay = {
      issuer: issuer.id,
      ...asked.asked,
      returnTo,
      again: again === 'yes',
      began: this.#now(),
    };
    this.#put(reply, 'sign-in', underWay, underWayMs / 1000);
    return reply.redirect(asked.url.href, 303);
  }

  /** Takes the organisation's answer, once. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { issuer, client } = this.#named(request);
    const underWay = UnderWay.safeParse(this.#take(request, reply, 'sign-in')).data;
    const query = new URL(request.url, this.#given.origin).searchParams;
    const { state = '', returnTo = '/', again = false } = underWay ?? {};
    if (
      !underWay ||
      underWay.issuer !== issuer.id ||
      this.#now() - underWay.began > underWayMs ||
      query.get('state') !== state ||
      this.#answered.has(state)
    )
      return this.#show(request, reply, wording.startAgain(this.#ways(returnTo, again)));
    this.#answered.set(state, true);
    const proven = await client.answer(query, underWay, again).catch((error: unknown) => error as Error);
    if (proven instanceof Error) return this.#failed(request, reply, issuer, returnTo, proven, again);
    return this.#enter(request, reply, issuer, proven, returnTo);
  }

  /** Lets in whoever has an account, or takes one up now. */
  async #enter(
    request: FastifyRequest,
    reply: FastifyReply,
    issuer: Issuer,
    proven: Proven,
    returnTo: string,
  ): Promise<unknown> {
    const { accounts, sessions } = this.#given;
    const before = sessions.over(request) ?? sessions.open(request);
    const secret = z.string().safeParse(this.#take(request, reply, 'invitation')).data;
    let account = accounts.bound(proven);
    let to = returnTo;
    if (account === undefined) {
      const offered = secret === undefined ? undefined : accounts.invited(secret);
      if (secret === undefined || offered === undefined)
        return this.#show(request, reply, wording.noAccount(issuer, proven, secret !== undefined));
      const outcome = await accounts.activate({ issuer: proven.issuer, subject: proven.subject }, secret);
      if (outcome.kind === 'refused')
        return this.#show(request, reply, wording.notActivated(outcome.refusal.detail));
      await this.#given.waitForPosition(outcome.position);
      account = offered;
    }
    // A form of somebody else is not theirs to go on with.
    else if (before && before.account !== account) to = '/';
    await sessions.begin(request, reply, account, proven);
    return reply.redirect(this.#afterwards(request, to), 303);
  }

  async #failed(
    request: FastifyRequest,
    reply: FastifyReply,
    issuer: Issuer,
    returnTo: string,
    error: Error,
    again = false,
  ): Promise<unknown> {
    const ways = this.#ways(returnTo, again);
    request.log.warn(
      { issuer: issuer.id, kind: error.constructor.name, reason: reasonOf(error) },
      'no sign-in',
    );
    if (error instanceof IssuerDown) return this.#show(request, reply, wording.down(issuer, ways));
    if (error instanceof Declined) return this.#show(request, reply, wording.declined(issuer, ways));
    if (error instanceof NotProven) return this.#show(request, reply, wording.startAgain(ways));
    throw error;
  }

  /** Ends the session here, then where it was begun. */
  async out(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { sessions } = this.#given;
    const open = sessions.open(request);
    if (open) {
      const field = (request.body as Readonly<Record<string, unknown>> | undefined)?.[formField];
      if (sessions.readForm(request, signOutAddress, field) === undefined) throw foreignForm();
      await sessions.end(request, reply);
      const from = this.#given.issuers.find(({ issuer }) => issuer === open.issuer)?.id;
      if (from !== undefined) this.#put(reply, 'leaving', from, leavingSeconds);
    }
    reply.header('clear-site-data', '"cache", "storage"');
    return reply.redirect('/signed-out', 303);
  }
  /**
   * A page, which goes on to the organisation by itself: a form's answer may lead to no other service, and
   * nobody is signed out of theirs by a link.
   */
  async gone(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const from = this.#clients.get(String(this.#take(request, reply, 'leaving')));
    const on = await from?.client.signOutAt(`${this.#given.origin}/signed-out`);
    if (on) reply.header('refresh', `0; url=${on.href}`);
    return this.#show(request, reply, wording.signedOut(from?.issuer, on?.href));
  }

  /** What an invitation is, and with whom to take it up. */
  invited(request: FastifyRequest, reply: FastifyReply): unknown {
    const { secret } = request.params as { readonly secret: string };
    const account = this.#offered(secret);
    if (account === undefined) return this.#show(request, reply, wording.noInvitation());
    if (this.#given.identityOf) return this.#show(request, reply, wording.invitedInDemo(account, secret));
    this.#put(reply, 'invitation', secret, invitedSeconds);
    return this.#show(request, reply, wording.invited(account, this.#ways('/', false)));
  }

  #named(request: FastifyRequest): { readonly issuer: Issuer; readonly client: OidcClient } {
    const { issuer } = request.params as { readonly issuer: string };
    const found = this.#clients.get(issuer);
    if (!found) throw new Problem(404, 'NOT_FOUND', 'There is nothing at this address.');
    return found;
  }
  #show(request: FastifyRequest, reply: FastifyReply, page: SignInPage): unknown {
    return this.#given.show(request, reply, page);
  }
  #put(reply: FastifyReply, name: Sealed, value: unknown, maxAge: number): void {
    const sealed = this.#given.keyring.seal(purposes[name], JSON.stringify(value));
    this.#given.sessions.cookies.set(reply, name, sealed, { maxAge });
  }
  /** What a cookie holds, which is then gone. */
  #take(request: FastifyRequest, reply: FastifyReply, name: Sealed): unknown {
    const { cookies } = this.#given.sessions;
    const sealed = cookies.read(request, name);
    if (sealed === undefined) return undefined;
    cookies.clear(reply, name);
    const text = this.#given.keyring.open(purposes[name], sealed);
    return text === undefined ? undefined : JSON.parse(text);
  }
}

/** What is wrong with a post that nobody signs in as. */
function mistakeIn(post: unknown, other: unknown): PostMistake {
  const typed = typeof other === 'string' ? other.trim() : '';
  if (post !== otherPost) return { at: 'post', text: noPost, typed };
  return { at: 'other', text: typed === '' ? noAccountTyped : noInvitee(typed), typed };
}

type Sealed = 'sign-in' | 'invitation' | 'leaving';
const purposes = { 'sign-in': 'sign-in', invitation: 'invitation', leaving: 'leaving' } as const;

/** Of an error, what may stand in a line of the log: no text that came from outside. */
const reasonOf = (error: Error): string =>
  error instanceof IssuerDown || error instanceof NotProven || error instanceof Declined
    ? error.message
    : error.name;

/** A form that is not this session's, or was sent by another site's page. */
export const foreignForm = (): Problem =>
  new Problem(
    403,
    'FORM_NOT_YOURS',
    'This form was not written for you here. Go back, load the page again, and send it from there.',
  );
