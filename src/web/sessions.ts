/**
 * Whose request a page is: begins sessions, ends them, and reads them from cookies. That one has begun and
 * ended stands in the log, so that what is ended here is ended on every node.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Grant } from '../domain/shared/access.js';
import type { Instant } from '../domain/shared/calendar.js';
import type { Principal } from '../http/query/deps.js';
import { freshUntil } from '../http/server/fresh-sign-in.js';
import { Cookies } from './cookies.js';
import { isOwnRequest, readFormToken, writeFormToken } from './cross-site.js';
import type { Issuer } from './issuers.js';
import type { Keyring } from './keyring.js';
import {
  beginSession,
  endsAtLatest,
  endsUnused,
  readSession,
  usedNow,
  writeSession,
  type Entrance,
  type Session,
} from './session.js';

/** What sessions need of the log (src/runtime/accounts.ts). */
export interface SessionAccounts {
  grantsOf(account: string): readonly Grant[];
  startSession(
    account: string,
    session: {
      readonly sid: string;
      readonly kind: 'browser' | 'token';
      readonly until: Instant;
      readonly grants?: readonly string[];
      readonly secret?: string;
      readonly label?: string;
    },
  ): Promise<void>;
  /** The token of this text, if it is one that counts. */
  token(text: string): object | undefined;
  endSession(account: string, sid: string): Promise<void>;
  isOpen(account: string, sid: string): boolean;
}
export interface SessionsOptions {
  readonly keyring: Keyring;
  readonly accounts: SessionAccounts;
  /** Where people reach the service: `https://total-place.example`. */
  readonly origin: string;
  /** By its clock records are dated, which in the demo is not the machine's. */
  readonly logNow: () => Instant;
  readonly issuers?: readonly Issuer[];
  /** Of the demo alone: the address of its own issuer, where posts are chosen. */
  readonly ownIssuer?: string | undefined;
  /** Whoever is signed in proved it as freshly as can be: in the demo, where nobody proves anything. */
  readonly alwaysFresh?: boolean;
  /** Milliseconds of the machine. */
  readonly now?: () => number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The session as its cookie says it, read once; null where there is none that counts. */
    session: Session | null | undefined;
  }
}
const name = 'session';

export class Sessions {
  readonly cookies: Cookies;
  readonly #given: SessionsOptions;
  readonly #now: () => number;

  constructor(given: SessionsOptions) {
    this.#given = given;
    this.#now = given.now ?? Date.now;
    this.cookies = new Cookies(given.origin);
  }

  /** Renews the cookie of whoever was read by it. Call before routes are added. */
  async install(app: FastifyInstance): Promise<void> {
    await this.cookies.install(app);
    app.decorateRequest('session', undefined);
    app.addHook('onSend', async (request, reply) => {
      const { session } = request;
      if (!session) return;
      const used = usedNow(session, this.#now());
      if (used !== session) this.cookies.set(reply, name, writeSession(this.#given.keyring, used));
    });
  }

  /** Who is signed in by this request's cookie; undefined where nobody is. */
  async reader(request: FastifyRequest): Promise<Principal | undefined> {
    const session = this.open(request);
    if (!session) return undefined;
    const { account, sid, signedIn } = session;
    const { accounts, issuers = [], alwaysFresh = false } = this.#given;
    const rule = issuers.find(({ issuer }) => issuer === signedIn?.issuer)?.freshSignIn;
    const asFresh = rule && freshUntil(signedIn, rule);
    const fresh = alwaysFresh ? Infinity : asFresh;
    return {
      account,
      grants: accounts.grantsOf(account),
      // Looked at again where a command is judged: what was revoked counts no more there, either.
      grantsInLog: true,
      expiresAt: endsUnused(session),
      session: sid,
      ...(signedIn ? { signedIn } : {}),
      ...(fresh === undefined ? {} : { freshUntil: fresh }),
    };
  }

  /** A text with the organisations that it names by their addresses called as people call them. */
  issuersNamed(text: string): string {
    const { issuers = [], ownIssuer } = this.#given;
    const called = issuers.map(({ issuer, name: own }) => [issuer, own] as const);
    const all = ownIssuer === undefined ? called : [...called, [ownIssuer, 'this demonstrator'] as const];
    // One address may begin another.
    return [...all]
      .sort(([one], [other]) => other.length - one.length)
      .reduce((said, [issuer, own]) => said.replaceAll(issuer, own), text);
  }

  /** The session that counts now: neither over by its cookie nor ended in the log. */
  open(request: FastifyRequest): Session | undefined {
    if (request.session === undefined) {
      const read = this.#read(request);
      const counts =
        read && !read.over && this.#given.accounts.isOpen(read.session.account, read.session.sid);
      request.session = counts ? read.session : null;
    }
    return request.session ?? undefined;
  }
  /** The session of a cookie that was written here and counts no more: whose form came too late. */
  over(request: FastifyRequest): Session | undefined {
    return this.open(request) ? undefined : this.#read(request)?.session;
  }
  #read(request: FastifyRequest): ReturnType<typeof readSession> {
    const cookie = this.cookies.read(request, name);
    return cookie === undefined ? undefined : readSession(this.#given.keyring, cookie, this.#now());
  }

  /** Begins another session, whatever there was before; durable when it resolves. */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    account: string,
    by: Entrance = {},
  ): Promise<void> {
    const { accounts, keyring, logNow } = this.#given;
    await this.#endOpen(request);
    const session = beginSession(account, this.#now(), by);
    const until = new Date(Date.parse(logNow()) + endsAtLatest(session) - session.began).toISOString();
    await accounts.startSession(account, { sid: session.sid, kind: 'browser', until });
    request.session = null;
    this.cookies.set(reply, name, writeSession(keyring, session));
  }
  /** Ends it on every node, and in this browser. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#endOpen(request);
    request.session = null;
    this.cookies.clear(reply, name);
  }
  async #endOpen(request: FastifyRequest): Promise<void> {
    const open = this.open(request);
    if (open) await this.#given.accounts.endSession(open.account, open.sid);
  }

  /** Whether a request comes from a page of this service, by its browser's word. */
  isOwn(request: FastifyRequest): boolean {
    return isOwnRequest(request.headers, this.#given.origin);
  }
  /** Chooses in which grant whoever is signed in acts; undefined: in whichever fits. */
  act(request: FastifyRequest, reply: FastifyReply, grant: string | undefined): void {
    const open = this.open(request);
    if (!open) return;
    const { acting: _, ...before } = open;
    const session: Session = {
      ...before,
      ...(grant === undefined ? {} : { acting: grant }),
      seen: this.#now(),
    };
    request.session = session;
    this.cookies.set(reply, name, writeSession(this.#given.keyring, session));
  }

  /** The hidden field of a form that is sent to `address`; empty where nobody is signed in. */
  formToken(request: FastifyRequest, address: string, nonce?: string): string {
    const open = this.open(request);
    return open ? writeFormToken(this.#given.keyring, open.sid, address, nonce) : '';
  }
  /**
   * The Idempotency-Key of a form; undefined where it is not this session's for this address, sent by a page
   * of ours.
   */
  readForm(request: FastifyRequest, address: string, field: unknown): string | undefined {
    const open = this.open(request);
    return open && this.#keyOf(request, open, address, field);
  }
  /** The same of a form that came when its session was over: whose it is, and its key. */
  readLateForm(
    request: FastifyRequest,
    address: string,
    field: unknown,
  ): { readonly account: string; readonly key: string } | undefined {
    const over = this.over(request);
    const key = over && this.#keyOf(request, over, address, field);
    return over && key !== undefined ? { account: over.account, key } : undefined;
  }
  #keyOf(request: FastifyRequest, { sid }: Session, address: string, field: unknown): string | undefined {
    return this.isOwn(request) ? readFormToken(this.#given.keyring, sid, address, field) : undefined;
  }
}
